//! Device tokens: what a client keeps from a login, so that the next one is told from those of strangers. They open nothing
//! and are no second password; they only say that somebody has logged in to this account from there.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ordervault_domain::contact::Email;
use ordervault_domain::time::Timestamp;

use super::secrets::{is_mac, mac};
use super::{Realm, Secrets};

const PREFIX: &str = "dvc_";
const ID_BYTES: usize = 16;
const TIME_BYTES: usize = 8;
const MAC_BYTES: usize = 32;

/// Mints and reads device tokens.
pub struct DeviceTokens {
    keys: Vec<[u8; 32]>,
}

/// From where an account was logged in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Random; stays the same from login to login.
    pub id: [u8; ID_BYTES],
    /// The last login.
    pub logged_in_at: Timestamp,
}

impl DeviceTokens {
    /// With keys derived from the secrets; the first mints, all read.
    pub fn new(secrets: &Secrets) -> Self {
        Self { keys: secrets.derive("device-token") }
    }

    /// The token of a device for an account.
    pub fn mint(&self, realm: Realm, email: &Email, device: Device) -> Option<String> {
        let time = device.logged_in_at.millis().to_be_bytes();
        let tag = mac(self.keys.first()?, &signed(realm, &realm.email_key(email), &device.id, &time));
        Some(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([device.id.as_slice(), &time, &tag].concat())))
    }

    /// Reads what a client sent; `None` unless it is ours, for this account, to the last bit.
    pub fn read(&self, realm: Realm, email: &Email, text: &str) -> Option<Device> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let bytes: [u8; ID_BYTES + TIME_BYTES + MAC_BYTES] = bytes.try_into().ok()?;
        let (id, rest) = bytes.split_at(ID_BYTES);
        let (time, tag) = rest.split_at(TIME_BYTES);
        let account = realm.email_key(email);
        let is_ours = self.keys.iter().any(|key| is_mac(key, &signed(realm, &account, id, time), tag));
        let logged_in_at = Timestamp::from_millis(i64::from_be_bytes(time.try_into().ok()?));
        is_ours.then_some(Device { id: id.try_into().ok()?, logged_in_at })
    }
}

fn signed<'a>(realm: Realm, account: &'a str, id: &'a [u8], time: &'a [u8]) -> [&'a [u8]; 4] {
    [<&str>::from(realm).as_bytes(), account.as_bytes(), id, time]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_device_and_one_account() {
        let tokens = DeviceTokens::new(&Secrets::from_keys([1; 32], None));
        let (ana, eva) = ("ana@example.com".parse().unwrap(), "eva@example.com".parse().unwrap());
        let device = Device { id: [9; ID_BYTES], logged_in_at: Timestamp::from_millis(123_456) };
        let text = tokens.mint(Realm::Staff, &ana, device).unwrap();
        assert_eq!(tokens.read(Realm::Staff, &ana, &text), Some(device));
        assert_eq!(tokens.read(Realm::Staff, &eva, &text), None);
        assert_eq!(tokens.read(Realm::Customer, &ana, &text), None);
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                tokens.read(Realm::Staff, &ana, std::str::from_utf8(&changed).unwrap()),
                None,
                "at {index}"
            );
        }
        for bad in ["", "dvc_", &text[4..], &format!("{text}A")] {
            assert_eq!(tokens.read(Realm::Staff, &ana, bad), None, "{bad}");
        }
        let rotated = DeviceTokens::new(&Secrets::from_keys([2; 32], Some([1; 32])));
        assert_eq!(rotated.read(Realm::Staff, &ana, &text), Some(device));
    }
}
