//! Tokens that stand for one order: what somebody without an account is given with their order, to find it again, and what
//! names an order to somebody who has not proved to know it.
//!
//! A token is derived from what it names and not stored, so that the repeated answer to a repeated request has the same one.
//! What stands in the order's row ends it: another contact, or the time since the order was closed.

use std::fmt::Display;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ordervault_domain::time::Timestamp;

use super::Secrets;
use super::secrets::{is_mac, mac};

const LOOKUP_PREFIX: &str = "olt_";
/// How a token for an order that looks like another begins.
pub const DUPLICATE_PREFIX: &str = "oat_";

/// How long a look-up token is good after its order was closed.
const LOOKUP_MILLIS_AFTER_CLOSING: i64 = 400 * 86_400_000;

/// Mints and checks the tokens of one purpose.
pub struct OrderTokens {
    prefix: &'static str,
    keys: Vec<[u8; 32]>,
}

impl OrderTokens {
    /// Look-up tokens, `olt_…`, with keys derived from the secrets; the first mints, all check. They name what they
    /// open.
    pub fn for_lookups(secrets: &Secrets) -> Self {
        Self { prefix: LOOKUP_PREFIX, keys: secrets.derive("lookup-token") }
    }

    /// Tokens for orders that look like another, `oat_…`. They open nothing, and do not tell the order's number.
    pub fn for_duplicates(secrets: &Secrets) -> Self {
        Self { prefix: DUPLICATE_PREFIX, keys: secrets.derive("look-alike-token") }
    }

    /// The token of what has this text. Always the same as long as the signing key is.
    pub fn mint(&self, named: impl Display) -> Option<String> {
        let tag = mac(self.keys.first()?, &[named.to_string().as_bytes()]);
        Some(format!("{}{}", self.prefix, URL_SAFE_NO_PAD.encode(tag)))
    }

    /// Does this token name what has this text, with any live key? How far it agrees does not show in the time that it takes.
    pub fn proves(&self, named: impl Display, text: &str) -> bool {
        let named = named.to_string();
        let encoded = text.strip_prefix(self.prefix).unwrap_or_default();
        let tag = URL_SAFE_NO_PAD.decode(encoded).unwrap_or_default();
        self.keys.iter().any(|key| is_mac(key, &[named.as_bytes()], &tag))
    }
}

/// Is the look-up token of an order that was closed then still good?
pub fn lookup_is_in_time(closed_at: Option<Timestamp>, now: Timestamp) -> bool {
    closed_at.is_none_or(|closed_at| now.millis() - closed_at.millis() < LOOKUP_MILLIS_AFTER_CLOSING)
}

#[cfg(test)]
mod tests {
    use ordervault_domain::id::OrderId;

    use super::*;

    const ORDER: OrderId = OrderId::from_i64(123_456_789);

    #[test]
    fn a_token_proves_its_order_and_no_other() {
        let tokens = OrderTokens::for_lookups(&Secrets::from_keys([1; 32], None));
        let token = tokens.mint(ORDER).unwrap();
        assert_eq!(tokens.mint(ORDER), Some(token.clone()));
        assert!(tokens.proves(ORDER, &token));
        assert!(!tokens.proves(OrderId::from_i64(123_456_788), &token));
        let others = OrderTokens::for_duplicates(&Secrets::from_keys([1; 32], None));
        assert!(!tokens.proves(ORDER, &others.mint(ORDER).unwrap()) && !others.proves(ORDER, &token));
        for index in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            assert!(!tokens.proves(ORDER, std::str::from_utf8(&changed).unwrap()), "at {index}");
        }
        for bad in ["", "olt_", &token[..20], &token[4..], &format!("{token}A")] {
            assert!(!tokens.proves(ORDER, bad), "{bad}");
        }
    }

    #[test]
    fn a_token_outlives_one_change_of_keys() {
        let old = OrderTokens::for_lookups(&Secrets::from_keys([1; 32], None)).mint(ORDER).unwrap();
        let rotated = OrderTokens::for_lookups(&Secrets::from_keys([2; 32], Some([1; 32])));
        assert!(rotated.proves(ORDER, &old));
        assert_ne!(rotated.mint(ORDER), Some(old.clone()));
        assert!(!OrderTokens::for_lookups(&Secrets::from_keys([2; 32], None)).proves(ORDER, &old));
    }
}
