//! Access tokens: JWT with HMAC-SHA-256 (RFC 7519, RFC 9068's `at+jwt`), checked after RFC 8725: one algorithm, one type, a
//! known key, every claim present and of its type, nothing unknown. Time is an argument; the library's clock is not used.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use ordervault_domain::access::OrderGrant;
use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Realm, Secrets, hs256};

/// How long the access token of a login lives.
const LIFETIME_SECONDS: i64 = 600;
/// How long a grant for one order lives.
const GRANT_LIFETIME_SECONDS: i64 = 900;
/// How far the clocks of replicas may be apart.
const LEEWAY_SECONDS: i64 = 30;
const ISSUER: &str = "ordervault";
const TYPE: &str = "at+jwt";
const ALGORITHM: &str = "HS256";
const MAX_TOKEN_BYTES: usize = 2048;

/// Whom a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Somebody who has logged in.
    Login(Realm),
    /// Somebody without an account who knows one order.
    Guest,
}

impl Audience {
    /// The token's `aud`.
    const fn name(self) -> &'static str {
        match self {
            Self::Login(Realm::Customer) => "ordervault-customer",
            Self::Login(Realm::Staff) => "ordervault-staff",
            Self::Guest => "ordervault-guest",
        }
    }

    const fn lifetime_seconds(self) -> i64 {
        match self {
            Self::Login(_) => LIFETIME_SECONDS,
            Self::Guest => GRANT_LIFETIME_SECONDS,
        }
    }
}

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whom it is for.
    pub audience: Audience,
    /// The account's id; what a guest has proved.
    pub subject: String,
    /// The session's id (the family of refresh tokens it came from); empty for guests.
    pub session: String,
    /// The token's own id.
    pub token_id: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A fresh token.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// For `Authorization: Bearer`.
    pub text: String,
    /// How long it lives, in seconds.
    pub expires_in_seconds: i64,
}

/// Why a token is not accepted. For the log; the client learns only whether it was good once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not three parts of canonical base64url with the JSON we write.
    #[error("malformed")]
    Malformed,
    /// Another algorithm, another type, or more in the header than we write.
    #[error("foreign header")]
    Header,
    /// Signed with a key we do not have.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("bad signature")]
    Signature,
    /// A claim is missing, of the wrong type, unknown, or not ours.
    #[error("bad claims")]
    Claims,
    /// Not valid yet, or valid for longer than we issue.
    #[error("outside its time")]
    Time,
    /// Not valid any more; otherwise it is one of ours, for this audience.
    #[error("expired")]
    Expired(Audience),
}

/// Issues and checks access tokens.
pub struct AccessTokens {
    keys: Vec<Key>,
}

struct Key {
    id: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sid: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    /// With keys derived from the secrets; the first signs, all verify.
    pub fn new(secrets: &Secrets) -> Self {
        hs256::install();
        let keys = secrets.derive("access-token").into_iter().map(|key| Key {
            id: URL_SAFE_NO_PAD.encode(&Sha256::digest(key)[..6]),
            sign: EncodingKey::from_secret(&key),
            verify: DecodingKey::from_secret(&key),
        });
        Self { keys: keys.collect() }
    }

    /// A token for an account's session. `token_id` is random; it names the token in logs.
    pub fn issue(
        &self,
        realm: Realm,
        subject: &str,
        session: &str,
        token_id: &str,
        now: Timestamp,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        self.signed(Audience::Login(realm), subject, session, token_id, now)
    }

    /// A token for one order, without an account and without a session.
    pub fn grant(
        &self,
        order: OrderGrant,
        token_id: &str,
        now: Timestamp,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        self.signed(Audience::Guest, &order.to_string(), "", token_id, now)
    }

    fn signed(
        &self,
        audience: Audience,
        subject: &str,
        session: &str,
        token_id: &str,
        now: Timestamp,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let expires_in_seconds = audience.lifetime_seconds();
        let key = self.keys.first().ok_or(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat)?;
        let header = Header { alg: ALGORITHM.to_owned(), typ: TYPE.to_owned(), kid: key.id.clone() };
        let seconds = now.millis().div_euclid(1000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: audience.name().to_owned(),
            sub: subject.to_owned(),
            sid: session.to_owned(),
            jti: token_id.to_owned(),
            iat: seconds,
            nbf: seconds,
            exp: seconds + expires_in_seconds,
        };
        let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
        let message =
            format!("{}.{}", part(serde_json::to_vec(&header)?), part(serde_json::to_vec(&claims)?));
        let signature = crypto::sign(message.as_bytes(), &key.sign, Algorithm::HS256)?;
        Ok(AccessToken { text: format!("{message}.{signature}"), expires_in_seconds })
    }

    /// What the token says, if it is one of ours and within its time.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenFault> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(TokenFault::Malformed)?;
        // Canonical base64url only: no padding, no stray bits, no second dot.
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Malformed);
        let (header, claims) = (decode(header)?, decode(claims)?);
        decode(signature)?;

        let header: Header = serde_json::from_slice(&header).map_err(|_| TokenFault::Header)?;
        if header.alg != ALGORITHM || header.typ != TYPE {
            return Err(TokenFault::Header);
        }
        let key = self.keys.iter().find(|key| key.id == header.kid).ok_or(TokenFault::UnknownKey)?;
        let is_ours = crypto::verify(signature, message.as_bytes(), &key.verify, Algorithm::HS256);
        if !matches!(is_ours, Ok(true)) {
            return Err(TokenFault::Signature);
        }
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_| TokenFault::Claims)?;
        accepted(claims, now)
    }
}

fn accepted(claims: Claims, now: Timestamp) -> Result<AccessClaims, TokenFault> {
    let logins = Realm::ALL.map(Audience::Login).into_iter();
    let audience = logins.chain([Audience::Guest]).find(|audience| audience.name() == claims.aud);
    let audience = audience.ok_or(TokenFault::Claims)?;
    let has_session = !claims.sid.is_empty();
    let is_named = !claims.sub.is_empty()
        && !claims.jti.is_empty()
        && has_session == matches!(audience, Audience::Login(_));
    if claims.iss != ISSUER || !is_named {
        return Err(TokenFault::Claims);
    }
    let now = now.millis().div_euclid(1000);
    let lifetime = claims.exp.checked_sub(claims.iat).ok_or(TokenFault::Time)?;
    let is_in_time = claims.nbf <= now + LEEWAY_SECONDS
        && claims.iat <= now + LEEWAY_SECONDS
        && (1..=audience.lifetime_seconds()).contains(&lifetime);
    if !is_in_time {
        return Err(TokenFault::Time);
    }
    if now >= claims.exp.saturating_add(LEEWAY_SECONDS) {
        return Err(TokenFault::Expired(audience));
    }
    Ok(AccessClaims {
        audience,
        subject: claims.sub,
        session: claims.sid,
        token_id: claims.jti,
        issued_at: Timestamp::from_millis(claims.iat * 1000),
        expires_at: Timestamp::from_millis(claims.exp * 1000),
    })
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
