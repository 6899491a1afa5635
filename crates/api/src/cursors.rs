//! Where pages of lists end: sealed, so that a client can send it back and neither read nor change it.

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes128Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::auth::Secrets;
use crate::problem::{Code, Problem};

/// Makes cursors and reads them: encrypted, because a walk may end at an order of which its reader may know nothing. They are
/// good in one epoch of the installation: after a restore what they lead on from may not be there any more.
pub struct Cursors {
    keys: Vec<[u8; 32]>,
    epoch: i64,
}

impl Cursors {
    /// With keys derived from the secrets, so that every replica reads them.
    pub fn new(secrets: &Secrets, epoch: i64) -> Self {
        Self { keys: secrets.derive("cursor"), epoch }
    }

    /// For the list of this name (whose it is included) with these filters, cursor and limit left out.
    pub(crate) fn of(&self, list: &str, filters: &impl Serialize) -> Seal<'_> {
        let filters = serde_json::to_vec(filters).unwrap_or_default();
        Seal { keys: &self.keys, epoch: self.epoch, list: list.to_owned(), filters }
    }
}

/// Binds cursors to one list with one set of filters.
pub(crate) struct Seal<'a> {
    keys: &'a [[u8; 32]],
    epoch: i64,
    list: String,
    filters: Vec<u8>,
}

impl Seal<'_> {
    fn bound_to(&self) -> [&[u8]; 2] {
        [self.list.as_bytes(), &self.filters]
    }

    /// The cursor that holds these keys.
    pub(crate) fn cursor(&self, keys: &[i64]) -> Option<String> {
        let numbers = std::iter::once(&self.epoch).chain(keys);
        let bytes: Vec<u8> = numbers.flat_map(|number| number.to_be_bytes()).collect();
        let mut cipher = Aes128Siv::new(self.keys.first()?.into());
        Some(URL_SAFE_NO_PAD.encode(cipher.encrypt(self.bound_to(), &bytes).ok()?))
    }

    /// The keys in a cursor of this list.
    ///
    /// # Errors
    /// 400 `invalid-parameter` when it is another list's, or not one of ours; 410 `list-outdated` when it is of another epoch.
    pub(crate) fn keys<const N: usize>(&self, cursor: Option<&String>) -> Result<Option<[i64; N]>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        let opened = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|sealed| self.open(&sealed));
        match opened {
            Some((epoch, keys)) if epoch == self.epoch => Ok(Some(keys)),
            Some(_) => Err(Problem::new(Code::ListOutdated)),
            None => Err(Problem::parameter("cursor", "unknown-cursor")),
        }
    }

    /// The epoch and the keys.
    fn open<const N: usize>(&self, sealed: &[u8]) -> Option<(i64, [i64; N])> {
        let mut ciphers = self.keys.iter().map(|key| Aes128Siv::new(key.into()));
        let bytes = ciphers.find_map(|mut cipher| cipher.decrypt(self.bound_to(), sealed).ok())?;
        let (numbers, []) = bytes.as_chunks() else { return None };
        let (epoch, keys) = numbers.split_first()?;
        let keys: &[[u8; size_of::<i64>()]; N] = keys.try_into().ok()?;
        Some((i64::from_be_bytes(*epoch), keys.map(i64::from_be_bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursors(signing: u8, previous: Option<u8>) -> Cursors {
        Cursors::new(&Secrets::from_keys([signing; 32], previous.map(|key| [key; 32])), 1)
    }

    #[test]
    fn a_cursor_opens_only_its_own_list() {
        let cursors = cursors(1, None);
        let seal = cursors.of("orders", &["pending_review"]);
        let cursor = seal.cursor(&[7, i64::MAX]);
        assert_eq!(seal.keys::<2>(cursor.as_ref()).unwrap(), Some([7, i64::MAX]));
        assert!(cursors.of("orders", &["confirmed"]).keys::<2>(cursor.as_ref()).is_err());
        assert!(cursors.of("products", &["pending_review"]).keys::<2>(cursor.as_ref()).is_err());
        assert!(seal.keys::<1>(cursor.as_ref()).is_err() && seal.keys::<3>(cursor.as_ref()).is_err());
    }

    #[test]
    fn a_cursor_ends_with_its_epoch() {
        let cursors = cursors(1, None);
        let cursor = cursors.of("orders", &()).cursor(&[7]);
        let restored = Cursors { epoch: 2, ..cursors };
        let outcome = restored.of("orders", &()).keys::<1>(cursor.as_ref());
        assert_eq!(outcome.map_err(|problem| problem.code()), Err(Code::ListOutdated));
        assert!(
            restored
                .of("products", &())
                .keys::<1>(cursor.as_ref())
                .is_err_and(|problem| problem.code() == Code::InvalidParameter)
        );
    }

    #[test]
    fn every_changed_symbol_of_a_cursor_is_noticed() {
        let cursors = cursors(1, None);
        let seal = cursors.of("orders", &());
        let cursor = seal.cursor(&[1_700_000_000_000, 42]).unwrap();
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(seal.keys::<2>(Some(&changed)).is_err(), "at {index}");
        }
    }

    #[test]
    fn a_cursor_tells_nothing_and_outlives_a_change_of_keys() {
        let keys = [1_700_000_000_000, 42];
        let cursor = cursors(1, None).of("orders", &()).cursor(&keys);
        let bytes = URL_SAFE_NO_PAD.decode(cursor.as_ref().unwrap()).unwrap();
        for key in keys.map(i64::to_be_bytes) {
            assert!(bytes.windows(key.len()).all(|part| part != key));
        }
        for replica in [cursors(1, None), cursors(2, Some(1))] {
            assert_eq!(replica.of("orders", &()).keys::<2>(cursor.as_ref()).unwrap(), Some(keys));
        }
        assert!(cursors(2, None).of("orders", &()).keys::<2>(cursor.as_ref()).is_err());
    }
}
