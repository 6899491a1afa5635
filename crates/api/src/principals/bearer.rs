//! `Authorization: Bearer` (RFC 6750): the header only, never the query.
//!
//! These extractors say whose token it is. What the account may do, and whether it and its session are still alive, is read
//! from the database by the extractors built on them, and those are what a handler takes.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use crate::auth::{AccessClaims, Audience, Realm, TokenFault};
use crate::problem::{Code, Problem, Remedy, RemedyKind};
use crate::state::AppState;
use crate::translations::Text;

/// A valid customer token.
#[derive(Debug, Clone)]
pub(crate) struct CustomerBearer(pub(crate) AccessClaims);

/// A valid customer token or grant for one order.
#[derive(Debug, Clone)]
pub(super) struct CustomerOrGuestBearer(pub(super) AccessClaims);

/// A valid staff token.
#[derive(Debug, Clone)]
pub(crate) struct StaffBearer(pub(crate) AccessClaims);

#[cfg(test)]
impl crate::extract::Argument for CustomerBearer {}

impl FromRequest for CustomerBearer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(claims(request, &[Audience::Login(Realm::Customer)]).map(CustomerBearer))
    }
}

#[cfg(test)]
impl crate::extract::Argument for StaffBearer {}

impl FromRequest for StaffBearer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(claims(request, &[Audience::Login(Realm::Staff)]).map(StaffBearer))
    }
}

impl FromRequest for CustomerOrGuestBearer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            claims(request, &[Audience::Login(Realm::Customer), Audience::Guest]).map(CustomerOrGuestBearer),
        )
    }
}

fn claims(request: &HttpRequest, welcome: &[Audience]) -> Result<AccessClaims, Problem> {
    let state = request.app_data::<web::Data<AppState>>().ok_or_else(|| Problem::internal("no state"))?;
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Err(welcome
            .iter()
            .copied()
            .map(log_in)
            .fold(Problem::new(Code::TokenMissing), Problem::remedy));
    }
    let token = bearer_token(request).ok_or_else(|| Problem::new(Code::TokenInvalid))?;
    let claims = state.access_tokens.verify(token, state.now()).map_err(|fault| match fault {
        TokenFault::Expired(audience) => Problem::new(Code::TokenExpired).remedy(go_on(audience)),
        fault => Problem::new(Code::TokenInvalid).cause(fault),
    })?;
    if !welcome.contains(&claims.audience) {
        return Err(Problem::new(Code::Forbidden).detail(match claims.audience {
            Audience::Login(Realm::Customer) => Text::new("customer-token"),
            Audience::Login(Realm::Staff) => Text::new("staff-token"),
            Audience::Guest => Text::new("grant-only"),
        }));
    }
    Ok(claims)
}

/// How somebody gets a token for this audience.
fn log_in(audience: Audience) -> Remedy {
    match audience {
        Audience::Login(Realm::Customer) => {
            Remedy::new(RemedyKind::LogIn, Text::new("remedy-log-in")).request("POST", "/v1/auth/login")
        }
        Audience::Login(Realm::Staff) => {
            Remedy::new(RemedyKind::LogIn, Text::new("remedy-log-in")).request("POST", "/v1/staff/auth/login")
        }
        Audience::Guest => look_up(),
    }
}

/// How whoever had a token for this audience gets the next one.
fn go_on(audience: Audience) -> Remedy {
    let refresh = || Remedy::new(RemedyKind::Refresh, Text::new("remedy-refresh"));
    match audience {
        Audience::Login(Realm::Customer) => refresh().request("POST", "/v1/auth/refresh"),
        Audience::Login(Realm::Staff) => refresh().request("POST", "/v1/staff/auth/refresh"),
        Audience::Guest => look_up(),
    }
}

fn look_up() -> Remedy {
    Remedy::new(RemedyKind::LookUp, Text::new("remedy-look-up-again")).request("POST", "/v1/order-lookups")
}

/// The token, if there is exactly one `Authorization` header and it is a bearer's.
fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (scheme, token) = headers.next()?.to_str().ok()?.split_once(' ')?;
    let is_single = headers.next().is_none();
    (is_single && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim_matches(' '))
}
