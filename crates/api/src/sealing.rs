//! Numbers that a client carries and sends back, and can neither read nor change.

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes128Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::auth::Secrets;

/// Seals numbers for one purpose (AES-SIV, RFC 5297). The same numbers always give the same text.
pub struct Sealing {
    keys: Vec<[u8; 32]>,
}

impl Sealing {
    /// With keys derived from the secrets, so that every replica reads them; the first seals, all open.
    pub fn new(secrets: &Secrets, purpose: &str) -> Self {
        Self { keys: secrets.derive(purpose) }
    }

    /// The numbers as text that opens with the same `bound_to` only.
    pub(crate) fn seal(&self, bound_to: [&[u8]; 2], numbers: &[i64]) -> Option<String> {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        let mut cipher = Aes128Siv::new(self.keys.first()?.into());
        Some(URL_SAFE_NO_PAD.encode(cipher.encrypt(bound_to, &bytes).ok()?))
    }

    /// The numbers in a text of ours.
    pub(crate) fn open(&self, bound_to: [&[u8]; 2], text: &str) -> Option<Vec<i64>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut ciphers = self.keys.iter().map(|key| Aes128Siv::new(key.into()));
        let bytes = ciphers.find_map(|mut cipher| cipher.decrypt(bound_to, &sealed).ok())?;
        let (numbers, []) = bytes.as_chunks() else { return None };
        Some(numbers.iter().map(|number| i64::from_be_bytes(*number)).collect())
    }
}
