//! HMAC-SHA-256 for `jsonwebtoken`, over the crate that everything else here is keyed with. The providers that it ships
//! bring RSA and curves along, which nobody asks for and every build would wait for.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use sha2::Sha256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key: &DecodingKey| {
        Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes this the process's provider.
pub(super) fn install() {
    // Refused when there is one, which is this: an earlier call has set it.
    let _ = PROVIDER.install_default();
}

struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, Error> {
        match algorithm {
            Algorithm::HS256 => {
                let mac = Hmac::new_from_slice(key).map_err(|_| ErrorKind::InvalidKeyFormat)?;
                Ok(Self(mac))
            }
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        }
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        // Takes as long for a wrong signature as for the right one.
        self.0.clone().chain_update(message).verify_slice(signature).map_err(signature::Error::from_source)
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::crypto;

    /// RFC 7515, appendix A.1.
    const KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const MESSAGE: &[u8] = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn the_example_of_the_standard_is_signed_and_verified() {
        install();
        install();
        let key = URL_SAFE_NO_PAD.decode(KEY).unwrap();
        let (sign, verify) = (EncodingKey::from_secret(&key), DecodingKey::from_secret(&key));
        assert_eq!(crypto::sign(MESSAGE, &sign, Algorithm::HS256).unwrap(), SIGNATURE);
        let verified = |message, signature| crypto::verify(signature, message, &verify, Algorithm::HS256);
        assert!(verified(MESSAGE, SIGNATURE).unwrap());
        assert!(!verified(b"another", SIGNATURE).unwrap());
        assert!(!verified(MESSAGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXg").unwrap());
        assert!(!verified(MESSAGE, &SIGNATURE[..40]).unwrap());
    }

    #[test]
    fn other_algorithms_and_keys_are_errors() {
        install();
        let (sign, verify) = (EncodingKey::from_secret(b"key"), DecodingKey::from_secret(b"key"));
        assert!(crypto::sign(MESSAGE, &sign, Algorithm::HS512).is_err());
        assert!(crypto::verify(SIGNATURE, MESSAGE, &verify, Algorithm::RS256).is_err());
        let public = DecodingKey::from_rsa_components("AQAB", "AQAB").unwrap();
        assert!(crypto::verify(SIGNATURE, MESSAGE, &public, Algorithm::HS256).is_err());
    }
}
