//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

use super::ContactProblem;
use crate::serde_text::serde_as_text;

/// An e-mail address as it is compared and stored: `local@domain` in form C with ASCII letters in lower case.
///
/// The local part is a dot-string of RFC 5321 (no quotes) of at most 64 octets, the domain has at least two labels or
/// is `localhost`; letters beyond ASCII are allowed in both (RFC 6531). At most 254 octets in all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Email(String);

impl Email {
    const MAX_OCTETS: usize = 254;
    const MAX_LOCAL_OCTETS: usize = 64;
    const MAX_LABEL_OCTETS: usize = 63;

    /// The normalised address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Are the two equal? How far they agree does not show in the time that it takes.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl FromStr for Email {
    type Err = ContactProblem;

    fn from_str(text: &str) -> Result<Self, ContactProblem> {
        if text.len() > Email::MAX_OCTETS {
            return Err(ContactProblem::InvalidEmail);
        }
        let address: String = text.nfc().map(|c| c.to_ascii_lowercase()).collect();
        match address.split_once('@') {
            Some((local, domain))
                if address.len() <= Email::MAX_OCTETS && is_local_part(local) && is_domain(domain) =>
            {
                Ok(Self(address))
            }
            _ => Err(ContactProblem::InvalidEmail),
        }
    }
}

/// RFC 5321, section 4.1.2, `Dot-string`, with the characters of RFC 5322's `atext`.
fn is_local_part(local: &str) -> bool {
    local.len() <= Email::MAX_LOCAL_OCTETS
        && local.split('.').all(|atom| {
            !atom.is_empty() && atom.chars().all(|c| is_letter(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
        })
}

/// RFC 1035 names of letters, digits and inner hyphens.
fn is_domain(domain: &str) -> bool {
    (domain.contains('.') || domain == "localhost")
        && domain.split('.').all(|label| {
            (1..=Email::MAX_LABEL_OCTETS).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| is_letter(c) || c == '-')
        })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Email);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn emails_are_normalised() {
        let longest =
            format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(58));
        assert_eq!(longest.len(), 254);
        for (text, address) in [
            ("Maria.Silva@Example.COM", "maria.silva@example.com"),
            ("o'neil+shop@mail.example.co.uk", "o'neil+shop@mail.example.co.uk"),
            ("root@localhost", "root@localhost"),
            ("王@例子.中国", "王@例子.中国"),
            ("jose\u{301}@example.com", "josé@example.com"),
            (&longest, &longest),
        ] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), address);
        }
    }

    #[test]
    fn other_texts_are_no_emails() {
        let too_long =
            format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(59));
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_label = format!("a@{}.com", "b".repeat(64));
        for text in [
            "",
            "@",
            "maria",
            "maria@",
            "@example.com",
            "maria@example",
            "a@b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a@.example.com",
            "a@example..com",
            "a@example.com.",
            "a@-b.com",
            "a@b-.com",
            "a b@example.com",
            "a@exa mple.com",
            " a@example.com",
            "a@example.com\r\n",
            "a@example.com\0",
            "a\u{200B}b@example.com",
            "\"a\"@example.com",
            "a@[127.0.0.1]",
            "<a@example.com>",
            "a,b@example.com",
            &too_long,
            &long_local,
            &long_label,
        ] {
            assert_eq!(text.parse::<Email>(), Err(ContactProblem::InvalidEmail), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_form_is_read_as_itself(
            // At most 64 octets: 12, and three times a dot and four characters.
            local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\\.[a-zA-Zéü王-]{1,4}){0,3}",
            domain in "[a-zA-Z0-9é例]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?(\\.[a-zA-Z]{2,9}){1,3}",
        ) {
            let typed = format!("{local}@{domain}");
            let email: Email = typed.parse().unwrap();
            prop_assert_eq!(email.as_str(), typed.to_ascii_lowercase());
            prop_assert_eq!(email.to_string().parse(), Ok(email));
        }
    }
}
