//! What of a contact strangers may see.

use super::{Email, Phone};
use crate::search::is_cjk;

const MASK: &str = "***";

/// A name for strangers' eyes: of a Chinese, Japanese or Korean word the first character and a star for every other
/// (`王**`), of any other word the first character and always three stars (`M*** S***`). A character that is all of a
/// Chinese, Japanese or Korean word is a star.
#[must_use]
pub fn masked_name(name: &str) -> String {
    name.split_whitespace().map(masked_word).collect::<Vec<_>>().join(" ")
}

fn masked_word(word: &str) -> String {
    let mut rest = word.chars();
    match rest.next() {
        Some(first) if is_cjk(first) => match rest.count() {
            0 => "*".into(),
            hidden => format!("{first}{}", "*".repeat(hidden)),
        },
        Some(first) => format!("{first}{MASK}"),
        None => String::new(),
    }
}

/// A telephone number for strangers' eyes: three stars and the last three digits.
#[must_use]
pub fn masked_phone(phone: &Phone) -> String {
    let digits = phone.digits();
    format!("{MASK}{}", &digits[digits.len().saturating_sub(3)..])
}

/// An e-mail address for strangers' eyes: `m***@e***.com`.
#[must_use]
pub fn masked_email(email: &Email) -> String {
    let (local, domain) = email.as_str().split_once('@').unwrap_or_default();
    match domain.rsplit_once('.') {
        Some((name, top)) => format!("{}@{}.{top}", masked_start(local), masked_start(name)),
        None => format!("{}@{}", masked_start(local), masked_start(domain)),
    }
}

fn masked_start(text: &str) -> String {
    text.chars().take(1).chain(MASK.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strangers_see_little() {
        for (name, masked) in [
            ("王小明", "王**"),
            ("田中 太郎", "田* 太*"),
            ("김철수", "김**"),
            ("王", "*"),
            ("Maria Silva", "M*** S***"),
            (" Jo  Ü ", "J*** Ü***"),
            ("maria@example.com", "m***"),
            ("", ""),
        ] {
            assert_eq!(masked_name(name), masked);
        }
        assert_eq!(masked_phone(&"+886912345678".parse().unwrap()), "***678");
        assert_eq!(masked_email(&"maria@mail.example.com".parse().unwrap()), "m***@m***.com");
        assert_eq!(masked_email(&"m@localhost".parse().unwrap()), "m***@l***");
    }

    proptest! {
        #[test]
        fn a_mask_lets_little_through(
            words in prop::collection::vec("[A-Za-zÀ-ÿ]{2,9}|[王小明田中太郎]{1,4}|[가-힣]{2,3}", 1..4),
            phone in "\\+?[0-9]{5,15}", local in "[a-z0-9]{2,9}", domain in "[a-z]{2,9}", top in "com|com\\.tw|org",
        ) {
            let name = words.join(" ");
            let seen = masked_name(&name);
            prop_assert_eq!(seen.split(' ').count(), words.len());
            for (word, seen) in words.iter().zip(seen.split(' ')) {
                let open: String = seen.chars().filter(|c| *c != '*').collect();
                prop_assert!(word.starts_with(&open) && open.chars().count() <= 1, "{}", seen);
                prop_assert!(word.chars().count() > 1 || open.is_empty(), "{}", seen);
            }
            let phone: Phone = phone.parse().unwrap();
            let seen = masked_phone(&phone);
            prop_assert_eq!(seen.chars().filter(char::is_ascii_digit).count(), 3);
            prop_assert!(phone.number().ends_with(seen.trim_start_matches('*')));
            let email: Email = format!("{local}@{domain}.{top}").parse().unwrap();
            let seen = masked_email(&email);
            let last = top.rsplit('.').next().unwrap();
            prop_assert_eq!(seen, format!("{}***@{}***.{last}", &local[..1], &domain[..1]));
        }

        #[test]
        fn no_name_of_two_characters_is_seen_whole(name in "\\w{2,20}") {
            prop_assert!(!masked_name(&name).contains(&name));
        }
    }
}
