//! Which passwords may be set: long enough, not too long, not well known. No rules of composition (NIST SP 800-63B-4).

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::Realm;

const MIN_CUSTOMER_CODE_POINTS: usize = 8;
const MIN_STAFF_CODE_POINTS: usize = 15;
/// Shorter repeated parts need no look into the list: `abcabcabc` is weak whatever `abc` is.
const MAX_TRIVIAL_PERIOD: usize = 3;

/// Well-known passwords of 8 characters and more, sorted; its head says where it is from.
static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Words of this product and its trade; with digits and signs around them they are still guessed first.
const OWN_WORDS: &[&str] = &[
    "ordervault",
    "ordervaultorder",
    "ordermanagement",
    "ordermanager",
    "administrator",
    "shopmanager",
    "shopowner",
    "warehouse",
    "customerservice",
    "changeme",
    "passphrase",
    "letmein",
    "welcome",
    "password",
    "passwort",
    "contraseña",
    "motdepasse",
];

/// What a keyboard or an alphabet gives away, in both directions.
const SEQUENCES: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
];

/// A password that passed the rules, normalised (NFC).
#[derive(Clone)]
pub struct NewPassword(pub(super) String);

impl NewPassword {
    /// Longest password, in code points.
    pub const MAX_CODE_POINTS: usize = 128;

    /// Shortest password of an account, in code points.
    #[must_use]
    pub const fn min_code_points(realm: Realm) -> usize {
        match realm {
            Realm::Customer => MIN_CUSTOMER_CODE_POINTS,
            Realm::Staff => MIN_STAFF_CODE_POINTS,
        }
    }

    /// Checks the rules; `personal` are words the account is known by (e-mail address, name). The error is the broken rule:
    /// `too-short`, `too-long` or `blocklisted`.
    pub fn check(realm: Realm, password: &str, personal: &[&str]) -> Result<Self, &'static str> {
        let password = normalised(password);
        match password.chars().count() {
            count if count < Self::min_code_points(realm) => Err("too-short"),
            count if count > Self::MAX_CODE_POINTS => Err("too-long"),
            _ if is_guessable(&password, personal) => Err("blocklisted"),
            _ => Ok(Self(password)),
        }
    }
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// The same text typed on another system gives the same bytes.
pub(super) fn normalised(password: &str) -> String {
    password.nfc().collect()
}

fn is_guessable(password: &str, personal: &[&str]) -> bool {
    let folded = password.to_lowercase();
    let unit = repeated_part(&folded);
    unit.chars().count() <= MAX_TRIVIAL_PERIOD
        || [folded.as_str(), unit, letters_inside(&folded), letters_inside(unit)].into_iter().any(is_known)
        || is_sequence(&folded)
        || personal.iter().any(|word| is_personal(letters_inside(&folded), &folded, &word.to_lowercase()))
}

fn is_known(word: &str) -> bool {
    OWN_WORDS.contains(&word) || COMMON.binary_search(&word).is_ok()
}

/// The address, or its part before the @, is no secret.
fn is_personal(bare: &str, folded: &str, word: &str) -> bool {
    let local = word.split('@').next().unwrap_or_default();
    [word, local].into_iter().any(|known| !known.is_empty() && (known == folded || known == bare))
}

/// `passwordpassword` is no better than `password`: the shortest part that, repeated, gives the whole (cut off at the end).
fn repeated_part(text: &str) -> &str {
    let boundaries = text.char_indices().map(|(index, _)| index).skip(1);
    for period in boundaries {
        if text.as_bytes()[period..] == text.as_bytes()[..text.len() - period] {
            return &text[..period];
        }
    }
    text
}

/// `!password2024` is no better than `password`.
fn letters_inside(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

fn is_sequence(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    SEQUENCES.iter().any(|sequence| {
        // Twice, so that a run may wrap around.
        let run = sequence.repeat(2);
        run.contains(text) || run.contains(&backwards)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(realm: Realm, password: &str) -> Option<&'static str> {
        NewPassword::check(realm, password, &["maria.silva@example.com", "Maria Silva"]).err()
    }

    #[test]
    fn lengths_count_code_points() {
        assert_eq!(rule(Realm::Customer, "zk4!vqp"), Some("too-short"));
        assert_eq!(rule(Realm::Customer, "zk4!vqpx"), None);
        assert_eq!(rule(Realm::Staff, "vier Pferde 14c"), None);
        assert_eq!(rule(Realm::Staff, "vier Pferde 14"), Some("too-short"));
        assert_eq!(rule(Realm::Customer, "河山大好風光明媚"), None);
        let long: String = ('一'..).take(129).collect();
        assert_eq!(rule(Realm::Staff, &long), Some("too-long"));
        assert_eq!(rule(Realm::Staff, &long.chars().take(128).collect::<String>()), None);
        // Seven visible letters, one of them sent as two code points.
        assert_eq!(rule(Realm::Customer, "zk4!vqe\u{301}"), Some("too-short"));
    }

    #[test]
    fn well_known_passwords_are_refused() {
        for password in [
            "password",
            "Password",
            "PASSWORD1",
            "iloveyou",
            "12345678",
            "11111111",
            "abcabcabcabc",
            "qwertyuiop",
            "passwordpassword",
            "passwordpasswor",
            "ordervault2024!",
            "!!OrderVault!!",
            "poiuytrewq",
            "987654321",
            "maria.silva@example.com",
            "maria.silva",
            "Maria Silva",
            "maria.silva2024",
        ] {
            assert_eq!(rule(Realm::Customer, password), Some("blocklisted"), "{password}");
        }
        for password in [
            "passwordpassword",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "123456789012345",
            "trustno1trustno1",
        ] {
            assert_eq!(rule(Realm::Staff, password), Some("blocklisted"), "{password}");
        }
        for password in ["correct horse battery staple", "password horse staple", "ordervault keeps 7 goats"]
        {
            assert_eq!(rule(Realm::Staff, password), None, "{password}");
        }
    }

    #[test]
    fn the_list_is_long_sorted_and_only_what_the_length_rule_leaves() {
        assert!(COMMON.len() >= 3000, "{}", COMMON.len());
        assert!(COMMON.is_sorted());
        assert!(
            COMMON
                .iter()
                .all(|word| word.chars().count() >= MIN_CUSTOMER_CODE_POINTS && *word == word.to_lowercase())
        );
    }

    #[test]
    fn the_same_text_in_another_encoding_is_the_same_password() {
        let composed = NewPassword::check(Realm::Customer, "caf\u{e9} am Eck", &[]).unwrap();
        let decomposed = NewPassword::check(Realm::Customer, "cafe\u{301} am Eck", &[]).unwrap();
        assert_eq!(composed.0, decomposed.0);
        assert_eq!(format!("{composed:?}"), "NewPassword(…)");
    }
}
