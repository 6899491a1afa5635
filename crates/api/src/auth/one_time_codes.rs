//! One-time codes: what is mailed to somebody, or told to them by staff, to show once.

use ordervault_domain::id::CustomerId;
use ordervault_domain::search::fold;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{CodeOperation, Operation, Purpose};

use super::{Secrets, hashed};

/// Bytes of randomness in a code. Only who has the server's key can try codes anywhere but here, where they are throttled.
const CODE_BYTES: usize = 8;
const DIGITS_OF_A_GROUP: usize = 4;

/// How long a mailed code for a new password is good, hours.
const PASSWORD_RESET_HOURS: i64 = 1;
/// How long a mailed code that confirms an address is good, hours.
const EMAIL_VERIFICATION_HOURS: i64 = 24;
/// How long a code is good that staff hand out, minutes.
const HANDED_OUT_MINUTES: i64 = 30;
const MINUTE_MILLIS: i64 = 60_000;

/// Makes and reads one-time codes.
#[derive(Clone)]
pub struct OneTimeCodes {
    keys: Vec<[u8; 32]>,
    epoch: i64,
}

impl OneTimeCodes {
    /// With keys derived from the secrets. Codes of another epoch are void: one that was used may be unused in a backup.
    pub fn new(secrets: &Secrets, epoch: i64) -> Self {
        Self { keys: secrets.derive("one-time-code"), epoch }
    }

    /// A code as people read it, made of random bytes: `3f2a-77b0-91cc-04de`.
    pub fn mint(bytes: [u8; CODE_BYTES]) -> String {
        let digits = hex::encode(bytes);
        let groups = digits.as_bytes().chunks(DIGITS_OF_A_GROUP).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// What is kept of a code, however it is typed.
    pub fn hash(&self, text: &str) -> String {
        let digits: String = fold(text).chars().filter(char::is_ascii_alphanumeric).collect();
        hashed(&self.keys, &[&self.epoch.to_be_bytes(), digits.as_bytes()])
    }

    /// Keeps a code for a customer, in the place of another one for the same.
    pub(crate) fn issue(
        &self,
        id: CustomerId,
        purpose: Purpose,
        code: &str,
        expires_at: Timestamp,
    ) -> Operation {
        let hash = self.hash(code);
        Operation::Code(CodeOperation::Issue { customer_id: id, purpose, hash, expires_at })
    }
}

/// How long a code for this is good, milliseconds.
pub const fn lifetime_millis(purpose: Purpose) -> i64 {
    MINUTE_MILLIS
        * match purpose {
            Purpose::PasswordReset => 60 * PASSWORD_RESET_HOURS,
            Purpose::EmailVerification => 60 * EMAIL_VERIFICATION_HOURS,
            Purpose::HandedOut => HANDED_OUT_MINUTES,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed_and_by_its_own_shop_and_epoch_alone() {
        let code = OneTimeCodes::mint([0x3f, 0x2a, 0x77, 0xb0, 0x91, 0xcc, 0x04, 0xde]);
        assert_eq!(code, "3f2a-77b0-91cc-04de");
        let codes = |key, epoch| OneTimeCodes::new(&Secrets::from_keys([key; 32], None), epoch);
        let hash = codes(7, 1).hash(&code);
        for typed in [
            "3F2A 77B0 91CC 04DE",
            "３Ｆ２Ａ－７７ｂ０－９１ｃｃ－０４ｄｅ",
            "3f2a77b091cc04de",
            " 3f2a–77b0–91cc–04de\u{200b}\n",
        ] {
            assert_eq!(codes(7, 1).hash(typed), hash, "{typed:?}");
        }
        assert_ne!(codes(7, 1).hash("3f2a-77b0-91cc-04df"), hash);
        assert_ne!(codes(7, 2).hash(&code), hash);
        assert_ne!(codes(8, 1).hash(&code), hash);
    }
}
