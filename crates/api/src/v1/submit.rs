//! From a handler to the write queue and back: who asks, under which key, and what a refusal looks like outside.

use std::sync::Arc;

use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Order, actions};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read::{self, OrderContext};
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{
    Act, ActorRef, Class, Done, Idempotency, Receipt, Submission, WriteError,
};
use ordervault_persistence::{DbError, Error};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::order_body::ActionBody;
use crate::extract::OptionalIdempotencyKey;
use crate::middleware::request_id::RequestId;
use crate::problem::{Code, FieldError, Problem};
use crate::state::AppState;

/// Seconds after which an overloaded queue is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;

/// One request that wants a change.
pub(crate) struct Wish<'a> {
    pub state: &'a AppState,
    pub actor: ActorRef,
    pub request_id: &'a RequestId,
    pub idempotency: Option<Idempotency>,
}

/// The key with its owner in front, and what it stands for.
pub(crate) fn idempotency(
    owner: &str,
    key: OptionalIdempotencyKey,
    operation: &str,
    body: &impl Serialize,
) -> Option<Idempotency> {
    let key = key.0?.0;
    let mut hasher = Sha256::new();
    hasher.update((operation.len() as u64).to_be_bytes());
    hasher.update(operation);
    hasher.update(serde_json::to_vec(body).unwrap_or_default());
    let fingerprint = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Idempotency { scoped_key: format!("{owner} {key}"), fingerprint })
}

impl Wish<'_> {
    /// Hands over the acts and waits.
    pub(crate) async fn submit(self, acts: Vec<Act>) -> Result<Receipt, WriteError> {
        let submission = Submission {
            actor: self.actor,
            request_id: self.request_id.as_str().to_owned(),
            class: Class::Interactive,
            idempotency: self.idempotency,
            acts,
        };
        self.state.writer.submit(submission).await
    }
}

/// An order as an act left it.
pub(crate) struct ChangedOrder {
    pub order: Arc<Order>,
    /// Was it an old key's answer?
    pub replayed: bool,
}

/// Carries out one act on an order and reads what became of it.
pub(crate) async fn change_order(wish: Wish<'_>, actor: &Actor, act: Act) -> Result<ChangedOrder, Problem> {
    let state = wish.state;
    let expected = match &act {
        Act::Order { id: Some(id), expected_version: Some(version), .. } => Some((*id, *version)),
        _ => None,
    };
    match wish.submit(vec![act]).await {
        Ok(Receipt::Done { done, .. }) => match done.into_iter().next() {
            Some(Done::Order(order)) => Ok(ChangedOrder { order, replayed: false }),
            _ => Err(Problem::internal("an act on an order led to something else")),
        },
        Ok(Receipt::Replayed { entity_id, version }) => {
            let mut conn = reader(state).await?;
            let order =
                read::order_at(&mut conn, OrderId::from_i64(entity_id), version).await.map_err(failed)?;
            let order =
                order.ok_or_else(|| Problem::internal("an idempotency key names an unknown version"))?;
            Ok(ChangedOrder { order: Arc::new(order), replayed: true })
        }
        Err(WriteError::Refused { refusal, order }) => {
            let mut problem = refused(&refusal);
            if let Refusal::VersionConflict { .. } = refusal
                && let Some((id, version)) = expected
            {
                problem = changed_since(state, problem, id, version).await?;
            }
            match order {
                Some(order)
                    if problem.code().status().as_u16() == 409
                        || problem.code() == Code::PreconditionFailed =>
                {
                    Err(with_current(state, problem, &order, actor).await?)
                }
                _ => Err(problem),
            }
        }
        Err(error) => Err(not_written(&error)),
    }
}

/// Adds where the order stands and what its actor may do instead.
async fn with_current(
    state: &AppState,
    problem: Problem,
    order: &Order,
    actor: &Actor,
) -> Result<Problem, Problem> {
    let offers = offers(state, order, actor).await?;
    let offers = serde_json::to_value(offers).map_err(Problem::internal)?;
    Ok(problem.current(<&str>::from(order.status), order.version, offers))
}

/// Names the fields that changed since the version that the client has seen.
async fn changed_since(
    state: &AppState,
    problem: Problem,
    id: OrderId,
    seen: i64,
) -> Result<Problem, Problem> {
    let mut conn = reader(state).await?;
    let rows = read::history(&mut conn, id.get()).await.map_err(failed)?;
    let newer = rows.iter().filter(|row| row.seq > seen);
    let mut fields: Vec<&str> = newer.flat_map(|row| row.fields.split_whitespace()).collect();
    fields.sort_unstable();
    fields.dedup();
    let errors = fields.iter().map(|field| {
        FieldError::new(format!("/{field}"), "changed")
            .detail("this has changed since the version in If-Match")
    });
    Ok(problem.errors(errors.collect()))
}

/// What the actor may do with the order now.
pub(crate) async fn offers(
    state: &AppState,
    order: &Order,
    actor: &Actor,
) -> Result<Vec<ActionBody>, Problem> {
    // Only taking an order back into the shop asks for stock; everything else is decided by the order alone.
    let context = match order.invalid_from {
        None => OrderContext::default(),
        Some(_) => {
            let mut conn = reader(state).await?;
            let products = order.lines.iter().map(|line| line.product_id.get());
            OrderContext::read(&mut conn, order.store_id.get(), products).await.map_err(failed)?
        }
    };
    let offers = actions(order, &context.facts(), actor, state.now());
    Ok(offers.into_iter().map(ActionBody::from).collect())
}

/// A connection to read with.
pub(crate) async fn reader(state: &AppState) -> Result<Conn, Problem> {
    state.db.read().await.map_err(|error| failed(Error::Db(error)))
}

/// What a failed read looks like outside.
pub(crate) fn failed(error: Error) -> Problem {
    match &error {
        Error::Db(DbError::Busy(_)) => {
            Problem::new(Code::Overloaded).retry_after(RETRY_AFTER_SECONDS).cause(error)
        }
        Error::Db(inner) if inner.is_transient() => Problem::new(Code::StorageUnavailable).cause(error),
        _ => Problem::internal(error),
    }
}

/// What a submission that was not carried out looks like outside.
pub(crate) fn not_written(error: &WriteError) -> Problem {
    let code = match error {
        WriteError::Refused { refusal, .. } => return refused(refusal),
        WriteError::KeyReused => Code::IdempotencyKeyReused,
        WriteError::Overloaded | WriteError::Locked => Code::Overloaded,
        WriteError::NotExecuted => Code::NotExecuted,
        WriteError::Storage => Code::StorageUnavailable,
        WriteError::ClockBehind { .. } => {
            return Problem::new(Code::StorageUnavailable).detail(error.to_string()).retry_after(60);
        }
        WriteError::OutcomeUnknown => Code::OutcomeUnknown,
        WriteError::Internal => Code::InternalError,
    };
    match code.status().as_u16() {
        503 => Problem::new(code).retry_after(RETRY_AFTER_SECONDS),
        _ => Problem::new(code),
    }
}

/// What a rule that said no looks like outside: the one table from refusals to problems.
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NotFound => Problem::new(Code::NotFound),
        Refusal::Forbidden(Some(permission)) => {
            Problem::new(Code::Forbidden).detail(format!("this takes the permission {permission}"))
        }
        Refusal::Forbidden(None) => Problem::new(Code::Forbidden),
        Refusal::BeyondOwnRights => {
            Problem::new(Code::Forbidden).detail("nobody grants or changes rights beyond their own")
        }
        Refusal::Inactive => Problem::new(Code::Unauthenticated),
        Refusal::InvalidCredentials => Problem::new(Code::Unauthenticated),
        Refusal::TokenReused => Problem::new(Code::TokenReused),
        Refusal::VersionConflict { .. } => Problem::new(Code::PreconditionFailed),
        Refusal::StateConflict { .. } => Problem::new(Code::StateConflict),
        Refusal::CutOffPassed { at } => {
            Problem::new(Code::StateConflict).detail(format!("changes were possible until {at}"))
        }
        Refusal::InsufficientStock(shortages) => {
            let errors = shortages.iter().map(|short| {
                FieldError::new(format!("/lines/{}/quantity", short.line), "insufficient-stock")
                    .detail(format!("asked for {}, available {}", short.requested, short.available.max(0)))
            });
            Problem::new(Code::InsufficientStock).errors(errors.collect())
        }
        Refusal::UnknownProduct(lines) => {
            let errors = lines
                .iter()
                .map(|line| FieldError::new(format!("/lines/{line}/product_id"), "unknown-product"));
            Problem::invalid(errors.collect())
        }
        Refusal::UnknownStore => Problem::invalid(vec![FieldError::new("/store_id", "unknown-store")]),
        Refusal::Invalid { pointer, code, detail } => {
            Problem::invalid(vec![FieldError::new(pointer.as_str(), *code).detail(*detail)])
        }
        Refusal::AmountOutOfRange => Problem::invalid(vec![FieldError::new("/lines", "amount-out-of-range")]),
        Refusal::Duplicate { field } => {
            let error = FieldError::new(format!("/{field}"), "duplicate").detail("this value is taken");
            Problem::new(Code::Duplicate).errors(vec![error])
        }
        Refusal::StockBelowReserved { reserved } => {
            Problem::new(Code::StockReserved).detail(format!("{reserved} pieces are promised to open orders"))
        }
        Refusal::LastOwner => Problem::new(Code::LastOwner),
        Refusal::OwnAccount => Problem::new(Code::OwnAccount),
        Refusal::CurrencyFixed => Problem::new(Code::CurrencyFixed),
    }
}
