//! `Authorization: Bearer` (RFC 6750): the header only, never the query.
//!
//! These extractors say whose token it is. What the account may do, and whether it and its session are still alive, is read
//! from the database by the extractors built on them, and those are what a handler takes.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use crate::auth::{AccessClaims, Audience, Realm};
use crate::problem::{Code, Problem};
use crate::state::AppState;

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
    let refused = || Problem::new(Code::Unauthenticated);
    let state = request.app_data::<web::Data<AppState>>().ok_or_else(|| Problem::internal("no state"))?;
    let token = bearer_token(request).ok_or_else(refused)?;
    let claims = state.access_tokens.verify(token, state.now()).map_err(|fault| refused().cause(fault))?;
    if !welcome.contains(&claims.audience) {
        return Err(Problem::new(Code::Forbidden).detail(match claims.audience {
            Audience::Login(Realm::Customer) => "this is for staff; a customer token does not open it",
            Audience::Login(Realm::Staff) => "this is for customers; a staff token does not open it",
            Audience::Guest => "a grant opens its one order and nothing else",
        }));
    }
    Ok(claims)
}

/// The token, if there is exactly one `Authorization` header and it is a bearer's.
fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (scheme, token) = headers.next()?.to_str().ok()?.split_once(' ')?;
    let is_single = headers.next().is_none();
    (is_single && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim_matches(' '))
}
