//! `POST /v1/order-lookups`: the way to an order without an account.
//!
//! A wrong contact, an unknown number and a deleted order are answered alike and cost the same: one attempt is counted, one
//! row is asked for, and the comparison does not end early.

use actix_web::web;
use ordervault_domain::access::{Actor, OrderGrant};
use ordervault_domain::contact::{Contact, Email, Phone};
use ordervault_domain::id::{IdError, OrderId};
use ordervault_persistence::read;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::fields::Fields;
use super::login::token_id;
use super::masked_order::MaskedOrderBody;
use super::offers::store_name;
use super::orders::read::visible;
use crate::auth::lookup_is_in_time;
use crate::extract::{ClientAddress, Content, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::throttling;
use crate::v1::fields::faults_of;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(look_up_order))
}

/// Which order, and what proves that it is yours: exactly one of `phone`, `email` and `token`.
#[derive(Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 2, max_properties = 2, example = json!({"number": examples::ORDER_NUMBER, "phone": examples::ORDER_PHONE}))]
pub(crate) struct LookUpOrder {
    /// The order number, however it is spelled, with what comes along when it is copied.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 14, max_length = 100, example = json!(examples::ORDER_NUMBER))]
    number: String,
    /// The phone number of the order: all its digits, with the country code or as it is dialled at home.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = json!(examples::ORDER_PHONE))]
    phone: Option<String>,
    /// The e-mail address of the order, in any spelling.
    #[serde(default)]
    #[validate(length(min = 1, max = 300))]
    #[schema(nullable = false, min_length = 1, max_length = 300, example = json!(examples::CUSTOMER_EMAIL))]
    email: Option<String>,
    /// The `lookup_token` that came with the placed order, or with the amendment that changed its contact.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "olt_T0yJ4dUfv1eQb8mKx2cR9w")]
    token: Option<String>,
}

impl Content for LookUpOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

/// The order, masked, and a grant to see the rest of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundOrder {
    /// The order as strangers may see it.
    order: MaskedOrderBody,
    /// Opens the order, its history and the way to cancel and amend it: for the header `Authorization: Bearer …`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwUDY1In0.c2lnbmF0dXJl")]
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(minimum = 1, example = 900)]
    expires_in: i64,
}

/// The contact of an order that is not there.
const NOBODY: Contact = Contact { name: None, phone: None, email: None, address: None };

/// What somebody says to be let in.
enum Proof {
    Phone(Phone),
    Email(Email),
    Token(String),
}

impl LookUpOrder {
    fn to_domain(&self) -> Result<(OrderId, Proof), Problem> {
        let mut fields = Fields::default();
        let number = match self.number.parse() {
            // Told apart without asking the database: the check symbol is no secret.
            Err(IdError::Mistyped) => {
                let mistyped = vec![FieldError::new("/number", "mistyped")];
                return Err(Problem::new(Code::OrderNumberMistyped).errors(mistyped));
            }
            Err(IdError::Malformed) => {
                fields.fault("/number", "invalid-order-number");
                None
            }
            Ok(number) => Some(number),
        };
        let proof = match (&self.phone, &self.email, &self.token) {
            (Some(_), None, None) => fields.reach("/phone", self.phone.as_ref()).map(Proof::Phone),
            (None, Some(_), None) => fields.reach("/email", self.email.as_ref()).map(Proof::Email),
            (None, None, Some(token)) => Some(Proof::Token(token.clone())),
            (None, None, None) => {
                fields.fault("/phone", "missing");
                None
            }
            (_, Some(_), _) => {
                fields.fault("/email", "contradiction");
                None
            }
            (_, None, _) => {
                fields.fault("/token", "contradiction");
                None
            }
        };
        let asked = fields.finish(number.zip(proof))?;
        asked.ok_or_else(|| Problem::internal("a look-up was lost"))
    }
}

impl Proof {
    /// Is it what one has to know? Nothing takes less time for an order that is not there.
    fn holds(&self, state: &AppState, number: OrderId, known: Option<&read::Proof>) -> bool {
        let grant = known.map_or(OrderGrant { order: number, contact_version: 0 }, |known| known.grant);
        let contact = known.map_or(&NOBODY, |known| &known.contact);
        let home = known.and_then(|known| known.country);
        let is_right = match self {
            Self::Phone(phone) => contact.has_phone(phone, home),
            Self::Email(email) => contact.has_email(email),
            Self::Token(token) => {
                let closed_at = known.and_then(|known| known.closed_at);
                state.lookup_tokens.proves(grant, token) & lookup_is_in_time(closed_at, state.now())
            }
        };
        is_right & known.is_some()
    }
}

impl Proof {
    /// Lets a proof that holds through, and counts one that does not. A token that holds is never stopped, because nobody
    /// guesses it; a contact that holds is stopped only where its own address has failed too often, however often others
    /// have failed with the number.
    async fn judged(
        &self,
        state: &AppState,
        address: ClientAddress,
        number: OrderId,
        holds: bool,
        request_id: &RequestId,
    ) -> Result<(), Problem> {
        let is_token = matches!(self, Self::Token(_));
        if is_token && holds {
            return Ok(());
        }
        let by_address = state.throttles.lookup_address(address);
        throttling::admit(&mut reader(state).await?, std::slice::from_ref(&by_address), state.now()).await?;
        if holds {
            return throttling::submit(state, request_id, vec![throttling::let_through(&by_address)]).await;
        }
        tracing::info!("a look-up failed");
        throttling::submit(state, request_id, vec![throttling::counted(&by_address)]).await?;
        if !is_token {
            // By itself: a number that many have failed with must not spare anybody's address the count.
            let by_number = throttling::counted(&state.throttles.lookup_number(number));
            throttling::submit(state, request_id, vec![by_number]).await?;
        }
        Err(Problem::new(Code::NotFound))
    }
}

/// What somebody proves to know: the order, as it is now.
///
/// # Errors
/// 404 for what is not proved, whether there is such an order or not; 429 after too many attempts.
pub(crate) async fn proved(
    state: &AppState,
    address: ClientAddress,
    request_id: &RequestId,
    asked: &LookUpOrder,
) -> Result<OrderGrant, Problem> {
    let (number, proof) = asked.to_domain()?;
    let mut conn = reader(state).await?;
    let known = read::proof(&mut conn, number).await.map_err(failed)?;
    drop(conn);
    let holds = proof.holds(state, number, known.as_ref());
    proof.judged(state, address, number, holds, request_id).await?;
    known.map(|known| known.grant).ok_or_else(|| Problem::new(Code::NotFound))
}

/// Look an order up
///
/// Without an account, or without being logged in: by its number and the phone number or e-mail address that it has now, or
/// by its look-up token. The answer has the masked order and a grant that opens it for 15 minutes, for
/// `GET /v1/orders/{id}`, its history, and to amend, cancel or hide it. A new phone number or e-mail address of the order ends
/// its grants and tokens; a token ends 400 days after the order was closed, too. A wrong contact, an unknown number, a token
/// that has ended and a deleted order look the same. After five failures from one address it has a pause of ten minutes; a right look-up token has none.
#[utoipa::path(post, path = "/v1/order-lookups", operation_id = "look_up_order", tag = "orders",
    request_body = LookUpOrder,
    responses((status = 200, description = "The order", body = FoundOrder),
        (status = 404, description = "No such order, or not yours; or the number is mistyped",
            content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn look_up_order(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<LookUpOrder>,
) -> Result<web::Json<FoundOrder>, Problem> {
    let grant = proved(&state, address, &request_id, &body.0).await?;
    let order = visible(&state, &Actor::Guest(Some(grant)), grant.order).await?;
    let store_name = store_name(&state, order.store_id).await?;
    let grant = state.access_tokens.grant(order.grant(), &token_id(&state), state.now());
    let grant = grant.map_err(Problem::internal)?;
    Ok(web::Json(FoundOrder {
        order: MaskedOrderBody::new(&order, &store_name),
        access_token: grant.text,
        token_type: "Bearer",
        expires_in: grant.expires_in_seconds,
    }))
}
