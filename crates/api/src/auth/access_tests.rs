use ordervault_domain::id::OrderId;

use super::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha512;

const NOW_MILLIS: i64 = 1_800_000_000_000;
const NOW_SECONDS: i64 = NOW_MILLIS / 1000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW_MILLIS)
}

fn tokens() -> AccessTokens {
    AccessTokens::new(&Secrets::from_keys([1; 32], None))
}

fn issued() -> String {
    tokens().issue(Realm::Customer, "cus_1", "ses_1", "t1", now()).unwrap().text
}

fn encode(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// A token with any header and claims (as JSON text), signed with our own key: only its content is wrong.
fn signed(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = crypto::sign(message.as_bytes(), &tokens().keys[0].sign, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn good_header() -> Value {
    json!({"alg": "HS256", "typ": "at+jwt", "kid": tokens().keys[0].id})
}

fn good_claims() -> Value {
    json!({
        "iss": "ordervault", "aud": "ordervault-customer", "sub": "cus_1", "sid": "ses_1", "jti": "t1",
        "iat": NOW_SECONDS, "nbf": NOW_SECONDS, "exp": NOW_SECONDS + 600,
    })
}

fn with(mut object: Value, name: &str, value: Value) -> String {
    object[name] = value;
    object.to_string()
}

fn without(mut object: Value, name: &str) -> String {
    object.as_object_mut().unwrap().remove(name);
    object.to_string()
}

#[test]
fn an_issued_token_says_who_it_is_for() {
    let claims = tokens().verify(&issued(), now()).unwrap();
    assert_eq!(
        (claims.audience, claims.subject.as_str(), claims.session.as_str()),
        (Audience::Login(Realm::Customer), "cus_1", "ses_1")
    );
    assert_eq!(claims.expires_at.millis() - claims.issued_at.millis(), 600_000);
    let staff = tokens().issue(Realm::Staff, "mem_1", "ses_2", "t2", now()).unwrap().text;
    assert_eq!(tokens().verify(&staff, now()).unwrap().audience, Audience::Login(Realm::Staff));
    assert!(tokens().verify(&signed(&good_header().to_string(), &good_claims().to_string()), now()).is_ok());
}

#[test]
fn a_grant_is_for_one_order_and_has_no_session() {
    let order = OrderGrant { order: OrderId::from_i64(123_456_789), contact_version: 3 };
    let grant = tokens().grant(order, "t1", now()).unwrap();
    let claims = tokens().verify(&grant.text, now()).unwrap();
    assert_eq!(
        (claims.audience, claims.subject, claims.session),
        (Audience::Guest, order.to_string(), String::new())
    );
    assert_eq!(grant.expires_in_seconds, 900);
    let at = |seconds: i64| tokens().verify(&grant.text, Timestamp::from_millis(NOW_MILLIS + seconds * 1000));
    assert!(at(929).is_ok());
    assert_eq!(at(930), Err(TokenFault::Expired(Audience::Guest)));
    // A login's claims do not become a grant, nor the other way round.
    let header = good_header().to_string();
    let with_session = with(good_claims(), "aud", json!("ordervault-guest"));
    assert_eq!(tokens().verify(&signed(&header, &with_session), now()), Err(TokenFault::Claims));
    let without_session = without(good_claims(), "sid");
    assert_eq!(tokens().verify(&signed(&header, &without_session), now()), Err(TokenFault::Claims));
}

#[test]
fn its_time_is_ten_minutes_with_half_a_minute_of_leeway() {
    let token = issued();
    let at =
        |seconds: i64| tokens().verify(&token, Timestamp::from_millis(NOW_MILLIS + seconds * 1000)).is_ok();
    assert!(at(0) && at(599) && at(629) && at(-30));
    assert!(!at(630) && !at(100_000) && !at(-31));
}

#[test]
fn foreign_headers_are_refused() {
    let claims = good_claims().to_string();
    let cases = [
        with(good_header(), "alg", json!("none")),
        with(good_header(), "alg", json!("nOnE")),
        with(good_header(), "alg", json!("HS384")),
        with(good_header(), "alg", json!("HS512")),
        with(good_header(), "alg", json!("RS256")),
        with(good_header(), "alg", json!("hs256")),
        with(good_header(), "alg", json!(["HS256"])),
        with(good_header(), "typ", json!("JWT")),
        with(good_header(), "typ", json!("AT+JWT")),
        with(good_header(), "crit", json!(["exp"])),
        with(good_header(), "crit", json!([])),
        with(good_header(), "jku", json!("https://evil.example/keys")),
        with(good_header(), "jwk", json!({"kty": "oct", "k": "AAAA"})),
        with(good_header(), "x5u", json!("https://evil.example/cert")),
        with(good_header(), "b64", json!(false)),
        without(good_header(), "typ"),
        without(good_header(), "kid"),
        without(good_header(), "alg"),
        "null".to_owned(),
        r#"["HS256","at+jwt","k"]"#.to_owned(),
        good_header().to_string().replace('{', r#"{"alg":"none","#),
    ];
    for header in cases {
        let fault = tokens().verify(&signed(&header, &claims), now()).unwrap_err();
        let is_positional = header.starts_with('[');
        assert!(
            fault == TokenFault::Header || (is_positional && fault == TokenFault::UnknownKey),
            "{header} {fault}"
        );
    }
    for kid in ["../../x", "", "other"] {
        let header = with(good_header(), "kid", json!(kid));
        assert_eq!(tokens().verify(&signed(&header, &claims), now()), Err(TokenFault::UnknownKey), "{kid}");
    }
}

#[test]
fn wrong_claims_are_refused() {
    let header = good_header().to_string();
    let mut cases = vec![
        with(good_claims(), "iss", json!("elsewhere")),
        with(good_claims(), "aud", json!("ordervault")),
        with(good_claims(), "aud", json!(["ordervault-customer", "other"])),
        with(good_claims(), "aud", json!(["ordervault-customer"])),
        with(good_claims(), "sub", json!("")),
        with(good_claims(), "sub", json!(1)),
        with(good_claims(), "role", json!("owner")),
        "[]".to_owned(),
        good_claims().to_string().replace('{', r#"{"exp":99999999999,"#),
    ];
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
        cases.push(without(good_claims(), name));
        cases.push(with(good_claims(), name, Value::Null));
    }
    for name in ["iat", "nbf", "exp"] {
        cases.push(with(good_claims(), name, json!((NOW_SECONDS + 60).to_string())));
        cases.push(with(good_claims(), name, json!(1_800_000_060.5)));
        cases.push(with(good_claims(), name, json!({"$gt": 0})));
        cases.push(
            good_claims().to_string().replace(&format!("\"{name}\":"), &format!("\"{name}\":1e9,\"x\":")),
        );
    }
    for claims in cases {
        assert_eq!(tokens().verify(&signed(&header, &claims), now()), Err(TokenFault::Claims), "{claims}");
    }
}

#[test]
fn times_out_of_reach_are_refused() {
    const YEAR_9999_SECONDS: i64 = 253_402_300_799;
    let header = good_header().to_string();
    for claims in [
        with(good_claims(), "nbf", json!(YEAR_9999_SECONDS)),
        with(good_claims(), "exp", json!(YEAR_9999_SECONDS)),
        with(good_claims(), "exp", json!(i64::MAX)),
        with(good_claims(), "exp", json!(NOW_SECONDS - 31)),
        with(good_claims(), "exp", json!(i64::MIN)),
        with(good_claims(), "iat", json!(NOW_SECONDS + 31)),
        with(good_claims(), "iat", json!(i64::MIN)),
    ] {
        assert_eq!(tokens().verify(&signed(&header, &claims), now()), Err(TokenFault::Time), "{claims}");
    }
}

#[test]
fn broken_signatures_and_shapes_are_refused() {
    let token = issued();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let foreign = AccessTokens::new(&Secrets::from_keys([9; 32], None));
    let forged = crypto::sign(message.as_bytes(), &foreign.keys[0].sign, Algorithm::HS256).unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    // Good by another method: what a token's head says of that counts for nothing.
    let hs512 = Hmac::<Sha512>::new_from_slice(tokens().keys[0].sign.as_bytes()).unwrap();
    let hs512 = URL_SAFE_NO_PAD.encode(hs512.chain_update(message).finalize().into_bytes());
    for bad in [
        format!("{message}."),
        message.to_owned(),
        format!("{message}.{forged}"),
        format!("{message}.{hs512}"),
        format!("{message}.{flipped}{}", &signature[1..]),
        format!("{message}.{signature}="),
        format!("{message}.{signature}.{signature}"),
        format!(".{message}.{signature}"),
        format!("{token}\n"),
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(100_000),
        foreign.issue(Realm::Staff, "mem_1", "s", "t", now()).unwrap().text,
    ] {
        assert!(tokens().verify(&bad, now()).is_err(), "{bad}");
    }
}

#[test]
fn every_changed_symbol_is_noticed() {
    let token = issued();
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        assert!(tokens().verify(std::str::from_utf8(&changed).unwrap(), now()).is_err(), "at {index}");
    }
}

#[test]
fn rotation_keeps_two_keys_alive_and_drops_the_retired_one() {
    let token = issued();
    let rotating = AccessTokens::new(&Secrets::from_keys([2; 32], Some([1; 32])));
    assert!(rotating.verify(&token, now()).is_ok());
    let fresh = rotating.issue(Realm::Customer, "cus_1", "ses_1", "t", now()).unwrap().text;
    let retired = AccessTokens::new(&Secrets::from_keys([2; 32], None));
    assert!(retired.verify(&fresh, now()).is_ok());
    assert_eq!(retired.verify(&token, now()), Err(TokenFault::UnknownKey));
}
