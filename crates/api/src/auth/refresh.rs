//! Refresh tokens: opaque texts that carry realm, family (the session) and generation under a MAC.
//!
//! Each use replaces a token by its successor, the next generation of the same family. The database stores only the current
//! generation and the SHA-256 of its text. Because a successor is derived and not random, an honest client that sends the
//! same token twice within the grace gets the same successor again. A forged or cut-off text is refused without a look into
//! the database.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ordervault_domain::id::SessionId;
use sha2::{Digest, Sha256};

use super::secrets::{is_mac, mac};
use super::{Realm, Secrets};

const MAC_BYTES: usize = 32;
const PAYLOAD_BYTES: usize = 8 + 4 + MAC_BYTES;

/// Mints and reads refresh tokens.
pub struct RefreshTokens {
    keys: Vec<[u8; 32]>,
}

/// A token to hand out.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// What the client keeps.
    pub text: String,
    /// What the database keeps: SHA-256 of the text.
    pub hash: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// A genuine token that a client sent. Whether it is current, replaced or revoked is for the database to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedRefreshToken {
    /// Whose it is: customer or staff.
    pub realm: Realm,
    /// The session.
    pub family: SessionId,
    /// Counts the replacements; the first token is 1.
    pub generation: u32,
    /// SHA-256 of the text.
    pub hash: [u8; 32],
}

const fn prefix(realm: Realm) -> &'static str {
    match realm {
        Realm::Customer => "rtc_",
        Realm::Staff => "rts_",
    }
}

impl RefreshTokens {
    /// With keys derived from the secrets; the first mints, all read.
    pub fn new(secrets: &Secrets) -> Self {
        Self { keys: secrets.derive("refresh-token") }
    }

    /// The token of a family's generation. Always the same as long as the signing key is.
    pub fn mint(&self, realm: Realm, family: SessionId, generation: u32) -> Option<RefreshToken> {
        self.keys.first().map(|key| minted(key, realm, family, generation))
    }

    /// The generation's token whose hash is stored, whichever live key it was made with: what a client gets that repeats
    /// the predecessor within the grace, also while keys are being rotated.
    pub fn recover(
        &self,
        realm: Realm,
        family: SessionId,
        generation: u32,
        stored_hash: &[u8; 32],
    ) -> Option<RefreshToken> {
        self.keys
            .iter()
            .map(|key| minted(key, realm, family, generation))
            .find(|token| token.hash == *stored_hash)
    }

    /// Reads what a client sent; `None` unless it is one of ours, to the last bit.
    pub fn read(&self, text: &str) -> Option<PresentedRefreshToken> {
        let (realm, encoded) = [Realm::Customer, Realm::Staff]
            .into_iter()
            .find_map(|realm| Some((realm, text.strip_prefix(prefix(realm))?)))?;
        let payload: [u8; PAYLOAD_BYTES] = URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()?;
        let (named, tag) = payload.split_at(PAYLOAD_BYTES - MAC_BYTES);
        let (family, generation) = named.split_at(8);
        let is_ours =
            self.keys.iter().any(|key| is_mac(key, &[prefix(realm).as_bytes(), family, generation], tag));
        if !is_ours {
            return None;
        }
        Some(PresentedRefreshToken {
            realm,
            family: SessionId::from_i64(i64::from_be_bytes(family.try_into().ok()?)),
            generation: u32::from_be_bytes(generation.try_into().ok()?),
            hash: Sha256::digest(text).into(),
        })
    }
}

fn minted(key: &[u8; 32], realm: Realm, family: SessionId, generation: u32) -> RefreshToken {
    let (family, generation) = (family.get().to_be_bytes(), generation.to_be_bytes());
    let tag = mac(key, &[prefix(realm).as_bytes(), &family, &generation]);
    let payload = [family.as_slice(), &generation, &tag].concat();
    let text = format!("{}{}", prefix(realm), URL_SAFE_NO_PAD.encode(payload));
    RefreshToken { hash: Sha256::digest(&text).into(), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> RefreshTokens {
        RefreshTokens::new(&Secrets::from_keys([1; 32], None))
    }

    const FAMILY: SessionId = SessionId::from_i64(123_456_789);

    #[test]
    fn a_token_reads_back_and_its_successor_is_always_the_same() {
        let token = tokens().mint(Realm::Staff, FAMILY, 3).unwrap();
        let presented = tokens().read(&token.text).unwrap();
        assert_eq!(
            presented,
            PresentedRefreshToken { realm: Realm::Staff, family: FAMILY, generation: 3, hash: token.hash }
        );
        let successor = tokens().mint(presented.realm, presented.family, presented.generation + 1);
        assert_eq!(successor, tokens().mint(Realm::Staff, FAMILY, 4));
        assert_ne!(successor.unwrap().text, token.text);
    }

    #[test]
    fn every_changed_symbol_is_noticed() {
        let text = tokens().mint(Realm::Customer, FAMILY, 1).unwrap().text;
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens().read(std::str::from_utf8(&changed).unwrap()), None, "at {index}");
        }
        for bad in ["", "rtc_", &text[1..], &format!("{text}A"), &text.replace("rtc_", "rts_")] {
            assert_eq!(tokens().read(bad), None, "{bad}");
        }
    }

    #[test]
    fn rotation_reads_old_tokens_and_recovers_the_stored_successor() {
        let old = tokens();
        let rotating = RefreshTokens::new(&Secrets::from_keys([2; 32], Some([1; 32])));
        let token = old.mint(Realm::Customer, FAMILY, 1).unwrap();
        assert!(rotating.read(&token.text).is_some());
        let stored = old.mint(Realm::Customer, FAMILY, 2).unwrap();
        assert_ne!(rotating.mint(Realm::Customer, FAMILY, 2).unwrap(), stored);
        assert_eq!(rotating.recover(Realm::Customer, FAMILY, 2, &stored.hash), Some(stored.clone()));
        let retired = RefreshTokens::new(&Secrets::from_keys([2; 32], None));
        assert_eq!(retired.read(&token.text), None);
        assert_eq!(retired.recover(Realm::Customer, FAMILY, 2, &stored.hash), None);
    }

    #[test]
    fn debug_output_does_not_show_the_token() {
        let token = tokens().mint(Realm::Customer, FAMILY, 1).unwrap();
        assert_eq!(format!("{token:?}"), "RefreshToken(…)");
    }
}
