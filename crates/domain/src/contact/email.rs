//! E-mail addresses.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use caseless::Caseless;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use super::ContactProblem;
use crate::serde_text::serde_as_text;
use crate::text::is_invisible;

/// An e-mail address as it was given, `local@domain`: compatibility characters resolved (NFKC), ASCII letters in lower case, the
/// domain as Unicode writes it, without white space and invisible characters.
///
/// The local part has at most 64 octets, of RFC 5322's `atext` and of letters beyond ASCII (RFC 6531), and dots anywhere, as
/// carriers gave them out; nothing is quoted. The domain is one by IDNA (UTS 46) of at least two labels, or `localhost`. At most 254
/// octets in all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Email(String);

impl Email {
    const MAX_INPUT_BYTES: usize = 1_000;
    const MAX_OCTETS: usize = 254;
    const MAX_LOCAL_OCTETS: usize = 64;

    /// The address, to be shown and written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What all spellings of the address have in common: in form NFKC, case folded, the domain as the name service has it.
    #[must_use]
    pub fn key(&self) -> String {
        let (local, domain) = self.parts();
        let folded: String = local.chars().default_case_fold().nfkc().collect();
        format!("{folded}@{}", ascii(domain).unwrap_or(Cow::Borrowed(domain)))
    }

    /// What all addresses that look like this one have in common (UTS 39, skeleton).
    #[must_use]
    pub fn skeleton(&self) -> String {
        let (local, domain) = self.parts();
        let looks = format!("{}@{domain}", local.chars().default_case_fold().nfkc().collect::<String>());
        skeleton(&looks).collect()
    }

    /// Are the two one address? How far they agree does not show in the time that it takes.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.key().as_bytes().ct_eq(other.key().as_bytes()).into()
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once('@').unwrap_or_default()
    }
}

impl FromStr for Email {
    type Err = ContactProblem;

    fn from_str(text: &str) -> Result<Self, ContactProblem> {
        if text.len() > Self::MAX_INPUT_BYTES {
            return Err(ContactProblem::InvalidEmail);
        }
        let shown = text.chars().filter(|c| !is_invisible(*c)).nfkc().filter(|c| !c.is_whitespace());
        let address: String = shown.map(|c| c.to_ascii_lowercase()).collect();
        let read = || {
            let (local, domain) = address.split_once('@').filter(|(local, _)| is_local_part(local))?;
            Some(Self(format!("{local}@{}", unicode(domain)?)))
        };
        read().filter(|email| email.0.len() <= Self::MAX_OCTETS).ok_or(ContactProblem::InvalidEmail)
    }
}

fn is_local_part(local: &str) -> bool {
    local.len() <= Email::MAX_LOCAL_OCTETS
        && local.chars().any(|c| c != '.')
        && local.chars().all(|c| is_letter(c) || "!#$%&'*+-/=?^_`{|}~.".contains(c))
}

/// The domain as the name service has it.
fn ascii(domain: &str) -> Option<Cow<'_, str>> {
    let read = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    read.ok().filter(|name| name.contains('.') || name == "localhost")
}

/// The domain as people read it, if it is one.
fn unicode(domain: &str) -> Option<String> {
    let name = ascii(domain)?;
    let (shown, read) =
        Uts46::new().to_unicode(name.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    read.is_ok().then(|| shown.into_owned())
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Email, "email");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn email(text: &str) -> Email {
        text.parse().unwrap_or_else(|_| panic!("{text:?} is no address"))
    }

    #[test]
    fn emails_are_kept_as_they_are_written_to() {
        let longest =
            format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(58));
        assert_eq!(longest.len(), 254);
        for (text, address) in [
            ("Maria.Silva@Example.COM", "maria.silva@example.com"),
            ("o'neil+shop@mail.example.co.uk", "o'neil+shop@mail.example.co.uk"),
            ("root@localhost", "root@localhost"),
            ("王@例子.中国", "王@例子.中国"),
            ("jose\u{301}@example.com", "josé@example.com"),
            ("straße@beispiel.de", "straße@beispiel.de"),
            ("keiko..mori@docomo.ne.jp", "keiko..mori@docomo.ne.jp"),
            ("keiko.@ezweb.ne.jp", "keiko.@ezweb.ne.jp"),
            (".keiko@au.com", ".keiko@au.com"),
            (" keiko@example.com\t\r\n", "keiko@example.com"),
            ("\u{3000}ｋｅｉｋｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "keiko@example.com"),
            ("keiko@example。com", "keiko@example.com"),
            ("\u{FEFF}kei\u{200B}ko@exam\u{AD}ple.com\u{202C}", "keiko@example.com"),
            ("kei ko@example.com", "keiko@example.com"),
            ("info@BÜCHER.example", "info@bücher.example"),
            ("info@xn--bcher-kva.example", "info@bücher.example"),
            (&longest, &longest),
        ] {
            assert_eq!(email(text).as_str(), address);
        }
    }

    #[test]
    fn one_mailbox_has_one_key() {
        for spellings in [
            &[
                "info@bücher.example",
                "INFO@BÜCHER.EXAMPLE",
                "info@xn--bcher-kva.example",
                "info@XN--BCHER-KVA.example",
            ][..],
            &["mike@example.com", "mi\u{212A}e@example.com", "𝐦𝐢𝐤𝐞@example.com", "ＭＩＫＥ@example.com"],
            &["susi@example.com", "\u{17F}u\u{17F}i@example.com"],
            &["ΜΑΡΙΑΣ@example.com", "μαριας@example.com", "μαριασ@example.com"],
            &["josé@example.com", "JOSE\u{301}@example.com"],
        ] {
            for spelling in spellings {
                assert_eq!(email(spelling).key(), email(spellings[0]).key(), "{spelling}");
                assert!(email(spelling).is_same(&email(spellings[0])));
            }
        }
        for (a, b) in [
            ("mike@example.com", "mıke@example.com"),
            ("mike@example.com", "mіke@example.com"),
            ("a.b@example.com", "ab@example.com"),
            ("strasse@strasse.example", "strasse@straße.example"),
            ("mike@example.com", "mike@example.org"),
        ] {
            assert!(!email(a).is_same(&email(b)), "{a} {b}");
        }
    }

    #[test]
    fn look_alikes_have_one_skeleton() {
        for spelling in [
            "MIKE@example.com",
            "m\u{131}ke@example.com",
            "mіkе@example.com",
            "mi\u{212A}e@example.com",
            "𝗆𝗂𝗄𝖾@example.com",
            "mike@exаmple.com",
        ] {
            assert_eq!(email(spelling).skeleton(), email("mike@example.com").skeleton(), "{spelling}");
        }
        assert_ne!(email("mikea@example.com").skeleton(), email("mike@example.com").skeleton());
    }

    #[test]
    fn other_texts_are_no_emails() {
        let too_long =
            format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(59));
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_label = format!("a@{}.com", "b".repeat(64));
        for text in [
            "",
            " \u{200B}\u{3000}",
            "@",
            "maria",
            "maria@",
            "@example.com",
            "maria@example",
            "a@b@example.com",
            "...@example.com",
            "a@.example.com",
            "a@example..com",
            "a@example.com.",
            "a@-b.com",
            "a@b-.com",
            "a@exa_mple.com",
            "a@xn--zzzzzzzz.com",
            "a@example.com\0",
            "\"a\"@example.com",
            "a@[127.0.0.1]",
            "<a@example.com>",
            "a,b@example.com",
            &too_long,
            &long_local,
            &long_label,
            &"a".repeat(10_000),
            &"\u{200B}".repeat(10_000),
        ] {
            assert_eq!(text.parse::<Email>(), Err(ContactProblem::InvalidEmail), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_form_is_read_as_itself(
            // At most 64 octets: 12, and three times a dot and four characters.
            local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\\.[a-zA-Zéü王-]{0,4}){0,3}",
            domain in "[a-zA-Z0-9é例]([a-zA-Z0-9]{0,10}[a-zA-Z0-9])?(\\.[a-zA-Z]{2,9}){1,3}",
            blanks in prop::collection::vec("[ \t\n\u{3000}\u{200B}\u{202A}\u{FEFF}]{0,2}", 3),
        ) {
            let typed = format!("{}{local}{}@{domain}{}", blanks[0], blanks[1], blanks[2]);
            let email = email(&typed);
            prop_assert_eq!(email.as_str(), format!("{local}@{domain}").to_ascii_lowercase());
            prop_assert_eq!(email.to_string().parse(), Ok(email.clone()));
            prop_assert_eq!(email.key().parse::<Email>().map(|again| again.key()), Ok(email.key()));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), marks in "\\PC{0,20}@\\PC{0,20}\\.com") {
            for text in [text, marks] {
                let Ok(email) = text.parse::<Email>() else { continue };
                prop_assert_eq!(email.to_string().parse(), Ok(email.clone()));
                prop_assert!(email.is_same(&email) && !email.skeleton().is_empty());
            }
        }
    }
}
