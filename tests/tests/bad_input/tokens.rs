//! Access tokens that are not quite ours (RFC 8725). A token is taken apart, changed, and signed again with the real
//! key, so that nothing but the change can be the reason for the refusal.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ordervault_api::auth::{AccessTokens, Realm, Secrets};
use ordervault_tests::http::Request;
use ordervault_tests::server::SECRET;
use ordervault_tests::shop::OPENING_MILLIS;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::case::{Case, case};
use crate::fixture::Fixture;

/// HMAC-SHA-256.
fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// The key that signs access tokens, made of the secret as the server makes it.
fn signing_key() -> Vec<u8> {
    let label = b"access-token";
    mac(&SECRET, &[&12_u64.to_be_bytes(), label.as_slice()].concat())
}

/// A token's header and claims.
struct Parts {
    header: Value,
    claims: Value,
}

impl Parts {
    fn of(token: &str) -> Self {
        let part = |index| {
            let text = token.split('.').nth(index).expect("a token of three parts");
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
        };
        Self { header: part(0), claims: part(1) }
    }

    fn message(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    fn signed(&self) -> String {
        let message = self.message();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac(&signing_key(), message.as_bytes())))
    }
}

pub(crate) fn cases(fixture: &Fixture) -> Vec<Case> {
    let mut cases = headers(fixture);
    cases.extend(claims(fixture));
    cases.extend(other_tokens(fixture));
    cases
}

fn refused(name: &'static str, token: &str) -> Case {
    case(name, Request::get("/v1/me").bearer(token), 401, "token-invalid")
}

fn headers(fixture: &Fixture) -> Vec<Case> {
    let with = |name: &str, value: Value| {
        let mut parts = Parts::of(&fixture.token);
        parts.header[name] = value;
        parts
    };
    let unsigned = |algorithm: &str| format!("{}.", with("alg", json!(algorithm)).message());
    let (message, signature) = fixture.token.rsplit_once('.').expect("a token of three parts");
    vec![
        refused("algorithm none", &unsigned("none")),
        refused("algorithm nOnE", &unsigned("nOnE")),
        refused("algorithm none with a signature", &with("alg", json!("none")).signed()),
        refused("no signature", &format!("{message}.")),
        refused("two parts", message),
        refused("another's signature", &format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 32]))),
        refused("a signature with padding", &format!("{message}.{signature}=")),
        refused("another algorithm", &with("alg", json!("HS512")).signed()),
        refused("an algorithm with a public key", &with("alg", json!("RS256")).signed()),
        refused("an extension that must be known", &with("crit", json!(["exp"])).signed()),
        refused("a key's address", &with("jku", json!("https://example.com/keys")).signed()),
        refused("a key of its own", &with("jwk", json!({"kty": "oct", "k": "AAAA"})).signed()),
        refused("a certificate's address", &with("x5u", json!("https://example.com/cert")).signed()),
        refused("a key that is a path", &with("kid", json!("../../dev/null")).signed()),
        refused("a key that is not known", &with("kid", json!("other")).signed()),
        refused("another type", &with("typ", json!("JWT")).signed()),
    ]
}

fn claims(fixture: &Fixture) -> Vec<Case> {
    let with = |name: &str, value: Value| {
        let mut parts = Parts::of(&fixture.token);
        parts.claims[name] = value;
        parts.signed()
    };
    let without = |name: &str| {
        let mut parts = Parts::of(&fixture.token);
        parts.claims.as_object_mut().expect("claims").remove(name);
        parts.signed()
    };
    let seconds = OPENING_MILLIS / 1000;
    let year_9999 = 253_370_764_800_i64;
    let audience = Parts::of(&fixture.token).claims["aud"].clone();
    let over = {
        let mut parts = Parts::of(&fixture.token);
        for (claim, ago) in [("iat", 631), ("nbf", 631), ("exp", 31)] {
            parts.claims[claim] = json!(seconds - ago);
        }
        parts.signed()
    };
    vec![
        refused("an end that is a text", &with("exp", json!((seconds + 600).to_string()))),
        refused("a beginning that is a text", &with("nbf", json!(seconds.to_string()))),
        refused("an end with a fraction", &with("exp", json!(f64::from(u32::MAX) + 1.5))),
        refused("no end", &without("exp")),
        refused("no beginning", &without("nbf")),
        refused("no time of issue", &without("iat")),
        refused("no subject", &without("sub")),
        refused("no session", &without("sid")),
        refused("an end that is null", &with("exp", Value::Null)),
        refused("a beginning in the year 9999", &with("nbf", json!(year_9999))),
        refused("an end in the year 9999", &with("exp", json!(year_9999))),
        case(
            "over for longer than clocks differ",
            Request::get("/v1/me").bearer(&over),
            401,
            "token-expired",
        ),
        refused("another issuer", &with("iss", json!("somebody"))),
        refused("another audience", &with("aud", json!("somewhere"))),
        refused("our audience and another", &with("aud", json!([audience, "somewhere"]))),
        refused("our audience in a list", &with("aud", json!([audience]))),
        refused("a claim that we do not know", &with("admin", json!(true))),
        refused("a session that does not exist", &with("sid", json!("ses_0BQ7C0M3X7T2KA"))),
        refused("somebody else's session", &{
            let mut parts = Parts::of(&fixture.token);
            parts.claims["sid"] = Parts::of(&fixture.stranger_token).claims["sid"].clone();
            parts.signed()
        }),
        refused("somebody else as subject", &{
            let mut parts = Parts::of(&fixture.token);
            parts.claims["sub"] = Parts::of(&fixture.stranger_token).claims["sub"].clone();
            parts.signed()
        }),
    ]
}

fn other_tokens(fixture: &Fixture) -> Vec<Case> {
    assert_eq!(
        Parts::of(&fixture.token).signed().len(),
        fixture.token.len(),
        "tokens are made as the server makes them"
    );
    let subject = fixture.customer.id.to_string();
    let session = Parts::of(&fixture.token).claims["sid"].as_str().unwrap_or_default().to_owned();
    let retired = AccessTokens::new(&Secrets::from_keys([9; 32], None))
        .issue(Realm::Customer, &subject, &session, "token", fixture.server.shop.clock.now())
        .expect("a token");
    let refresh = |token: &str| Request::post("/v1/auth/refresh").json(&json!({"refresh_token": token}));
    let invalid = |name, request| case(name, request, 401, "token-invalid");
    let bearer = |value: String| Request::get("/v1/me").header("authorization", value);
    vec![
        refused("signed with a retired key", &retired.text),
        refused("a refresh token as access token", &fixture.refresh_token),
        invalid("an access token at refresh", refresh(&fixture.token)),
        invalid("a customer's token at the staff's refresh", {
            Request::post("/v1/staff/auth/refresh").json(&json!({"refresh_token": fixture.refresh_token}))
        }),
        invalid("a refresh token with a symbol too many", refresh(&format!("{}A", fixture.refresh_token))),
        case("no header", Request::get("/v1/me"), 401, "token-missing"),
        invalid("an empty header", bearer(String::new())),
        invalid("another scheme", bearer(format!("Basic {}", fixture.token))),
        invalid("two tokens in one header", bearer(format!("Bearer {0}, Bearer {0}", fixture.token))),
        invalid("two headers", bearer(format!("Bearer {0}", fixture.token)).bearer(&fixture.token)),
        case(
            "a token in the query",
            Request::get(format!("/v1/me?access_token={}", fixture.token)),
            401,
            "token-missing",
        ),
        invalid("a token of 10,000 symbols", Request::get("/v1/me").bearer(&"A".repeat(10_000))),
        case(
            "a good token, and one in the query",
            fixture.customer("GET", &format!("/v1/me?access_token={}", fixture.token)),
            400,
            "invalid-parameter",
        )
        .at("access_token", "unknown-parameter"),
    ]
}

/// What the tables rest on: taken apart and put together without a change, a token is good.
pub(crate) async fn the_maker_of_tokens_is_right(fixture: &Fixture) {
    let same = Parts::of(&fixture.token).signed();
    fixture.server.good(&Request::get("/v1/me").bearer(&same), 200).await;
}
