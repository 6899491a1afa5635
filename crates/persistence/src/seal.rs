//! Seals: what makes a change behind the program's back show. The keys come from outside and are never in the database, so
//! that whoever can write there can change a row, and not what seals it.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of the fingerprint by which a key is named.
const ID_BYTES: usize = 4;
/// Stands in the place of a length for a value that is not there.
const ABSENT: u64 = u64::MAX;

/// The keys of an installation: the first seals, and every one tells whether a seal is its own. Cheap to clone.
#[derive(Clone, Debug)]
pub struct KeyRing(Arc<[Key]>);

/// A key and its name.
#[derive(Clone)]
pub struct Key {
    id: String,
    mac: Hmac<Sha256>,
}

/// A row that is sealed by itself, because it has no history.
pub(crate) trait Sealed {
    /// Its table.
    const TABLE: &'static str;

    /// What is sealed of it.
    fn put(&self, seal: &mut Seal);

    /// Its seal: the name of the key, a colon, the seal.
    fn seal(&self) -> &str;

    /// The name of its key.
    fn key_id(&self) -> &str {
        self.seal().split(':').next().unwrap_or_default()
    }

    /// What seals it under this key.
    fn seal_under(&self, key: &Key) -> String {
        let mut seal = key.seal(Self::TABLE);
        self.put(&mut seal);
        format!("{}:{}", key.id(), seal.finish())
    }

    /// Is it what was sealed with this key?
    fn is_sealed(&self, key: &Key) -> bool {
        self.seal() == self.seal_under(key)
    }
}

/// A seal that is being made, value by value.
pub(crate) struct Seal(Hmac<Sha256>);

impl KeyRing {
    /// With the key that seals, and those that did.
    #[must_use]
    pub fn new(sealing: [u8; KEY_BYTES], former: impl IntoIterator<Item = [u8; KEY_BYTES]>) -> Self {
        Self(std::iter::once(sealing).chain(former).map(Key::new).collect())
    }

    /// The key that seals.
    #[must_use]
    pub fn sealing(&self) -> &Key {
        &self.0[0]
    }

    /// The key of this name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }
}

impl Key {
    fn new(key: [u8; KEY_BYTES]) -> Self {
        // HMAC itself pads a shorter key with zeros to the hash's block of 64 bytes.
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(&key);
        let mac = Hmac::<Sha256>::new(&block.into());
        let name = mac.clone().chain_update(b"key-id").finalize().into_bytes();
        Self { id: format!("k{}", hex::encode(&name[..ID_BYTES])), mac }
    }

    /// Its name: `k` and a fingerprint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Begins a seal. `of` says of what, so that no seal passes for one of another kind.
    pub(crate) fn seal(&self, of: &'static str) -> Seal {
        let mut seal = Seal(self.mac.clone());
        seal.text(of).text(&self.id);
        seal
    }
}

// Whatever prints a key prints its name.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id)
    }
}

impl Seal {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn absent(&mut self) -> &mut Self {
        self.0.update(&ABSENT.to_be_bytes());
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn text_if_any(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.absent(),
        }
    }

    pub(crate) fn int(&mut self, int: i64) -> &mut Self {
        self.bytes(&int.to_be_bytes())
    }

    pub(crate) fn int_if_any(&mut self, int: Option<i64>) -> &mut Self {
        match int {
            Some(int) => self.int(int),
            None => self.absent(),
        }
    }

    /// The seal, 64 hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &Key, of: &'static str, fill: impl Fn(&mut Seal)) -> String {
        let mut seal = key.seal(of);
        fill(&mut seal);
        seal.finish()
    }

    #[test]
    fn no_two_rows_have_one_seal() {
        let ring = KeyRing::new([1; 32], [[2; 32]]);
        let key = ring.sealing();
        let rows: [&dyn Fn(&mut Seal); 8] = [
            &|_| {},
            &|seal| _ = seal.text(""),
            &|seal| _ = seal.text_if_any(None),
            &|seal| _ = seal.text("ab").text("c"),
            &|seal| _ = seal.text("a").text("bc"),
            &|seal| _ = seal.int(7),
            &|seal| _ = seal.int(7).int_if_any(None),
            &|seal| _ = seal.int_if_any(None).int(7),
        ];
        let mut seals: Vec<String> = rows.iter().map(|fill| sealed(key, "a", fill)).collect();
        seals.extend(rows.iter().map(|fill| sealed(key, "b", fill)));
        seals.extend(ring.find(ring.0[1].id()).map(|former| sealed(former, "a", rows[0])));
        let count = seals.len();
        seals.sort();
        seals.dedup();
        assert_eq!((count, seals.len()), (17, 17));
    }

    #[test]
    fn keys_are_known_by_name_and_show_nothing_else() {
        let ring = KeyRing::new([1; 32], [[2; 32]]);
        let rotated = KeyRing::new([2; 32], []);
        let names: Vec<&str> = ring.0.iter().map(Key::id).collect();
        assert_eq!(rotated.sealing().id(), names[1]);
        assert!(ring.find(names[0]).is_some() && rotated.find(names[0]).is_none());
        assert_eq!(format!("{ring:?}"), format!("KeyRing([{}, {}])", names[0], names[1]));
    }
}
