//! From a handler to the write queue and back: who asks, under which key, and what a refusal looks like outside.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use ordervault_domain::access::{Actor, Permission};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Order, actions};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read::{self, OrderContext};
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{
    ActorRef, Class, Idempotency, Operation, Receipt, Submission, WriteError,
};
use ordervault_persistence::{DbError, Error, fold};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::look_alike;
use super::order_body::ActionBody;
use super::resource::Resource;
use crate::auth::{CustomerOrGuest, Staff};
use crate::extract::{IdempotencyKey, IfMatch, OptionalIdempotencyKey, OptionalIfMatch};
use crate::middleware::request_id::RequestId;
use crate::problem::{Code, FieldError, Problem, Remedy};
use crate::state::AppState;

/// Seconds after which an overloaded queue is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Whoever asks for a change.
pub(crate) struct Caller<'a> {
    /// Where to.
    pub state: &'a AppState,
    /// With which rights.
    pub actor: Actor,
    actor_ref: ActorRef,
    request_id: &'a RequestId,
    /// By what somebody without an account can be reached.
    reach: Option<String>,
}

impl<'a> Caller<'a> {
    /// A customer, or a guest with their one order.
    pub(crate) fn buyer(state: &'a AppState, buyer: &CustomerOrGuest, request_id: &'a RequestId) -> Self {
        Self::new(state, buyer.actor(), buyer.actor_ref(), request_id)
    }

    /// A member.
    pub(crate) fn staff<P>(state: &'a AppState, staff: &Staff<P>, request_id: &'a RequestId) -> Self {
        Self::new(state, staff.actor(), staff.actor_ref(), request_id)
    }

    fn new(state: &'a AppState, actor: Actor, actor_ref: ActorRef, request_id: &'a RequestId) -> Self {
        Self { state, actor, actor_ref, request_id, reach: None }
    }

    /// Whoever orders without an account is told from others by what they can be reached by.
    pub(crate) fn reached_by(mut self, contact: &Contact) -> Self {
        self.reach = contact.reach().filter(|_| self.actor == Actor::Guest(None));
        self
    }

    /// The key with its owner in front. Of what somebody can be reached by only a hash is kept, and the client's random key
    /// goes into it, so that nobody finds a phone number by trying them all.
    fn scoped(&self, key: &IdempotencyKey) -> String {
        let id = match self.actor {
            Actor::Guest(order) => order.map(OrderId::get),
            _ => self.actor.id(),
        };
        match &self.reach {
            Some(reach) => format!("guest {}", digest(&[reach.as_bytes(), key.0.as_bytes()])),
            None => format!("{}:{} {}", <&str>::from(self.actor.kind()), id.unwrap_or_default(), key.0),
        }
    }

    /// The key with its owner, and what it stands for.
    pub(crate) fn idempotency(
        &self,
        key: OptionalIdempotencyKey,
        operation: &str,
        body: &impl Serialize,
    ) -> Option<Idempotency> {
        key.0.map(|key| Idempotency {
            scoped_key: self.scoped(&key),
            fingerprint: digest(&[operation.as_bytes(), &serde_json::to_vec(body).unwrap_or_default()]),
        })
    }

    /// Hands over acts, all or none, and waits.
    pub(crate) async fn submit(
        &self,
        idempotency: Option<Idempotency>,
        operations: Vec<Operation>,
    ) -> Result<Receipt, WriteError> {
        let (state, actor, request_id) = (self.state, self.actor_ref, self.request_id);
        Handover { state, actor, request_id, idempotency }.submit(operations).await
    }

    /// Carries out acts, all or none, and tells what became of the one thing of kind `A` among them. `operation` (with the
    /// id of what it is done to) and `body` are what the key stands for.
    pub(crate) async fn change<A: Resource>(
        &self,
        key: OptionalIdempotencyKey,
        operation: &str,
        body: &impl Serialize,
        operations: Vec<Operation>,
    ) -> Result<Written<A>, Problem> {
        let seen = operations.first().and_then(seen);
        match self.submit(self.idempotency(key, operation, body), operations).await {
            Ok(Receipt::Executed { done, .. }) => match done.into_iter().find_map(A::of) {
                Some(thing) => Ok(Written { now: Arc::clone(&thing), thing, replayed: false }),
                None => Err(Problem::internal("an act led to something else")),
            },
            Ok(Receipt::Replayed { entity_id, version }) => self.repeated(entity_id, version).await,
            Err(WriteError::Refused { refusal, order }) => {
                Err(self.refused::<A>(&refusal, order.as_deref(), seen).await?)
            }
            Err(error) => Err(not_written(&error)),
        }
    }

    /// What a rule that said no looks like to this asker, who has `seen` a version of a thing: with where the `order` stands, and
    /// the ways on.
    pub(crate) async fn refused<A: Resource>(
        &self,
        refusal: &Refusal,
        order: Option<&Order>,
        seen: Option<(i64, i64)>,
    ) -> Result<Problem, Problem> {
        let mut problem = refused(refusal);
        match (refusal, seen) {
            (Refusal::VersionConflict { .. }, Some((id, version))) => {
                problem = changed_since::<A>(self.state, problem, id, version).await?;
            }
            (Refusal::LooksLike(orders), _) => {
                problem = look_alike::named(self.state, problem, orders, &self.actor);
            }
            _ => {}
        }
        let tells =
            problem.code().status() == StatusCode::CONFLICT || problem.code() == Code::PreconditionFailed;
        match order.filter(|_| tells) {
            Some(order) => with_current(self.state, problem, order, &self.actor).await,
            None => Ok(problem),
        }
    }

    /// The thing as the act under an old key left it, if it still is within the actor's reach.
    async fn repeated<A: Resource>(&self, entity_id: i64, version: i64) -> Result<Written<A>, Problem> {
        // Somebody without an account has proved to know the order by the key that it was placed under.
        let actor = match &self.actor {
            Actor::Guest(None) => &Actor::Guest(Some(OrderId::from_i64(entity_id))),
            actor => actor,
        };
        let mut conn = reader(self.state).await?;
        let rows = read::history(&mut conn, entity_id).await.map_err(failed)?;
        let known: Vec<_> = rows.iter().filter(|row| row.seq <= version).cloned().collect();
        let (Some(thing), Some(now)) =
            (fold::<A>(&known).map_err(failed)?, fold::<A>(&rows).map_err(failed)?)
        else {
            return Err(Problem::internal("an idempotency key names an unknown version"));
        };
        if !now.is_visible(actor) {
            return Err(Problem::new(Code::NotFound));
        }
        Ok(Written { thing: Arc::new(thing), now: Arc::new(now), replayed: true })
    }
}

/// A thing as an act left it.
pub(crate) struct Written<A> {
    pub thing: Arc<A>,
    /// As it is by now: after a repeated request more may have happened to it.
    pub now: Arc<A>,
    /// Was it an old key's answer?
    pub replayed: bool,
}

impl<A: Resource> Written<A> {
    /// Answers with the thing's `body`: ETag, path of a new one, and the mark of a repeated answer.
    pub(crate) fn answer(&self, status: StatusCode, path: &str, body: &impl Serialize) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response.insert_header((header::ETAG, format!("\"{}\"", self.thing.version())));
        if status == StatusCode::CREATED {
            response.insert_header((header::LOCATION, path));
        }
        if self.replayed {
            response.insert_header(("idempotent-replayed", "true"));
        }
        response.json(body)
    }
}

impl<A> From<A> for Written<A> {
    /// A thing that was only read.
    fn from(thing: A) -> Self {
        let thing = Arc::new(thing);
        Self { now: Arc::clone(&thing), thing, replayed: false }
    }
}

/// Under which conditions an act is wanted.
pub(crate) struct Conditions {
    /// The version that the caller has seen.
    pub version: OptionalIfMatch,
    /// "Do this once."
    pub key: OptionalIdempotencyKey,
}

impl Conditions {
    /// On this version, without a key.
    pub(crate) fn version(version: IfMatch) -> Self {
        Self { version: OptionalIfMatch(Some(version)), key: OptionalIdempotencyKey(None) }
    }
}

/// One request that wants a change.
pub(crate) struct Handover<'a> {
    pub state: &'a AppState,
    pub actor: ActorRef,
    pub request_id: &'a RequestId,
    pub idempotency: Option<Idempotency>,
}

/// SHA-256 over the parts, each preceded by its length, in hexadecimal.
fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

impl Handover<'_> {
    /// Hands over the acts and waits.
    pub(crate) async fn submit(self, operations: Vec<Operation>) -> Result<Receipt, WriteError> {
        let submission = Submission {
            actor: self.actor,
            request_id: self.request_id.as_str().to_owned(),
            class: Class::Interactive,
            idempotency: self.idempotency,
            operations,
        };
        self.state.writer.submit(submission).await
    }
}

/// What an act is done to, and the version of it that its caller has seen, if they said so.
fn seen(act: &Operation) -> Option<(i64, i64)> {
    match act {
        Operation::Order { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Store { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Product { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Member { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        _ => None,
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
    let problem = match order.is_deleted() && problem.code() == Code::StateConflict {
        true => in_trash(problem, order, actor),
        false => problem,
    };
    Ok(problem.current(<&str>::from(order.status), order.version, offers))
}

/// Whoever meets an order in the trash is told so, and whoever may take it out, how.
fn in_trash(problem: Problem, order: &Order, actor: &Actor) -> Problem {
    let problem = problem.detail("the order is in the trash, where nothing goes on");
    if !actor.may(Permission::OrdersDelete) {
        return problem;
    }
    problem.remedy(Remedy {
        code: "undelete".into(),
        detail: "take the order out of the trash first".into(),
        method: Some("POST".into()),
        href: Some(order_path(actor, order.id) + "/undelete"),
    })
}

/// Names the fields that are no longer as in the version that the client has seen.
async fn changed_since<A: Resource>(
    state: &AppState,
    problem: Problem,
    id: i64,
    seen: i64,
) -> Result<Problem, Problem> {
    let mut conn = reader(state).await?;
    let rows = read::history(&mut conn, id).await.map_err(failed)?;
    let known: Vec<_> = rows.iter().filter(|row| row.seq <= seen).cloned().collect();
    let states = (fold::<A>(&known).map_err(failed)?, fold::<A>(&rows).map_err(failed)?);
    let changes = match states {
        (Some(before), Some(after)) => after.changes(&before),
        _ => vec![],
    };
    let errors = changes
        .into_iter()
        .filter_map(A::shown)
        .map(|change| FieldError::new(format!("/{}", change.field), "changed"));
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
    let offers = actions(order, &context.context(), actor, state.now());
    Ok(offers.into_iter().map(ActionBody::from).collect())
}

/// Where this kind of actor finds orders.
pub(crate) fn orders_path(actor: &Actor) -> &'static str {
    match actor {
        Actor::Member(_) => "/v1/staff/orders",
        _ => "/v1/orders",
    }
}

/// Where this kind of actor finds an order.
pub(crate) fn order_path(actor: &Actor, id: OrderId) -> String {
    format!("{}/{id}", orders_path(actor))
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
        WriteError::Throttled { retry_after_seconds } => {
            return Problem::new(Code::RateLimited).retry_after(*retry_after_seconds);
        }
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

/// What a rule that said no looks like outside.
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    let problem = Problem::new(Code::of(refusal.into()));
    match refusal {
        Refusal::Forbidden(Some(permission)) => {
            problem.detail(format!("this takes the permission {permission}"))
        }
        Refusal::BeyondOwnRights => problem.detail("nobody grants or changes rights beyond their own"),
        Refusal::CutOffPassed { at } => problem.detail(format!("changes were possible until {at}")),
        Refusal::BatchCompleted => problem.detail("every order of the batch has had its turn"),
        Refusal::StockBelowReserved { reserved } => {
            problem.detail(format!("the {reserved} pieces that open orders reserve must stay in the house"))
        }
        _ => problem.errors(faults(refusal)),
    }
}

/// Which fields of the request the rule is about.
fn faults(refusal: &Refusal) -> Vec<FieldError> {
    match refusal {
        Refusal::InsufficientStock(shortages) => {
            let errors = shortages.iter().map(|short| {
                FieldError::new(format!("/lines/{}/quantity", short.line), "insufficient-stock")
                    .detail(format!("asked for {}, available {}", short.requested, short.available.max(0)))
            });
            errors.collect()
        }
        Refusal::UnknownProduct(lines) => {
            let errors = lines
                .iter()
                .map(|line| FieldError::new(format!("/lines/{line}/product_id"), "unknown-product"));
            errors.collect()
        }
        Refusal::UnknownStore => vec![FieldError::new("/store_id", "unknown-store")],
        Refusal::Invalid { pointer, code, detail } => {
            vec![FieldError::new(pointer.as_str(), *code).detail(*detail)]
        }
        Refusal::AmountOutOfRange => vec![FieldError::new("/lines", "amount-out-of-range")],
        Refusal::Duplicate { field } => {
            vec![FieldError::new(format!("/{field}"), "duplicate").detail("this value is taken")]
        }
        _ => vec![],
    }
}
