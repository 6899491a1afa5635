//! Whoever asks for a change: from their request to the write queue, and back with what became of it.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use ordervault_domain::access::{Actor, Permission};
use ordervault_domain::contact::Contact;
use ordervault_domain::order::Order;
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read::{self, AsOf};
use ordervault_persistence::writer::{Allowance, Effect, Idempotency, Operation, Receipt, WriteError};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::offers::offers;
use super::paths::order_path;
use super::possible_duplicates;
use super::resource::{Resource, knowing};
use crate::extract::{IdempotencyKey, IfMatch, OptionalIdempotencyKey, OptionalIfMatch, etag};
use crate::middleware::request_id::RequestId;
use crate::principals::{CustomerOrGuest, Staff, Submitter};
use crate::problem::{Code, FieldError, Problem, RATE_LIMIT, Remedy, RemedyKind, rate_limit};
use crate::reading::{failed, reader};
use crate::refusals::refused;
use crate::state::AppState;
use crate::submit::{not_written, submit};
use crate::translations::Text;

/// Whoever asks for a change.
pub(crate) struct Caller<'a> {
    /// Where to.
    pub state: &'a AppState,
    /// With which rights.
    pub actor: Actor,
    submitter: Submitter,
    request_id: &'a RequestId,
    /// By what somebody without an account can be reached.
    reach: Option<String>,
}

impl<'a> Caller<'a> {
    /// A customer, or a guest with their one order.
    pub(crate) fn buyer(state: &'a AppState, buyer: &CustomerOrGuest, request_id: &'a RequestId) -> Self {
        Self::new(state, buyer.actor(), buyer.submitter(), request_id)
    }

    /// A member.
    pub(crate) fn staff<P>(state: &'a AppState, staff: &Staff<P>, request_id: &'a RequestId) -> Self {
        Self::new(state, staff.actor(), staff.submitter(), request_id)
    }

    fn new(state: &'a AppState, actor: Actor, submitter: Submitter, request_id: &'a RequestId) -> Self {
        Self { state, actor, submitter, request_id, reach: None }
    }

    /// Whoever orders without an account is told from others by what they can be reached by.
    pub(crate) fn reached_by(mut self, contact: &Contact) -> Self {
        self.reach =
            contact.reach(self.state.settings.default_country).filter(|_| self.actor == Actor::Guest(None));
        self
    }

    /// The key with its owner in front. Of what somebody can be reached by only a hash is kept, and the client's random key
    /// goes into it, so that nobody finds a phone number by trying them all.
    fn scoped(&self, key: &IdempotencyKey) -> String {
        let id = match self.actor {
            Actor::Guest(grant) => grant.map(|grant| grant.order.get()),
            _ => self.actor.id(),
        };
        match &self.reach {
            Some(reach) => format!("guest {}", digest(&[reach.as_bytes(), key.0.as_bytes()])),
            None => format!("{}:{} {}", <&str>::from(self.actor.kind()), id.unwrap_or_default(), key.0),
        }
    }

    /// The key with its owner, and what it stands for; 400 for a key of a guest that could be guessed.
    pub(crate) fn idempotency(
        &self,
        key: OptionalIdempotencyKey,
        operation: &str,
        body: &impl Serialize,
    ) -> Result<Option<Idempotency>, Problem> {
        let Some(key) = key.0 else { return Ok(None) };
        if let Actor::Guest(_) = self.actor {
            key.check_for_guest()?;
        }
        Ok(Some(Idempotency {
            scoped_key: self.scoped(&key),
            fingerprint: digest(&[operation.as_bytes(), &serde_json::to_vec(body).unwrap_or_default()]),
        }))
    }

    /// Hands over operations, all or none, and waits.
    pub(crate) async fn submit(
        &self,
        idempotency: Option<Idempotency>,
        operations: Vec<Operation>,
    ) -> Result<Receipt, WriteError> {
        submit(self.state, self.submitter, self.request_id, idempotency, operations).await
    }

    /// Carries out operations, all or none, and tells what became of the one resource of kind `A` among them. `operation` (with the
    /// id of what it is done to) and `body` are what the key stands for.
    pub(crate) async fn change<A: Resource>(
        &self,
        key: OptionalIdempotencyKey,
        operation: &str,
        body: &impl Serialize,
        operations: Vec<Operation>,
    ) -> Result<Written<A>, Problem> {
        let seen = operations.iter().find_map(seen);
        match self.submit(self.idempotency(key, operation, body)?, operations).await {
            Ok(Receipt::Executed { done, .. }) => {
                let allowance = done.iter().find_map(allowance);
                match done.into_iter().find_map(A::of) {
                    Some(resource) => {
                        Ok(Written { now: Arc::clone(&resource), resource, replayed: false, allowance })
                    }
                    None => Err(Problem::internal("an operation led to something else")),
                }
            }
            Ok(Receipt::Replayed { entity_id, version }) => self.repeated(entity_id, version).await,
            Err(WriteError::Refused { refusal, order }) => {
                Err(self.refused::<A>(&refusal, order.as_deref(), seen).await?)
            }
            Err(error) => Err(not_written(&error)),
        }
    }

    /// What a rule that said no looks like to this caller, who has `seen` a version of a resource: with where the `order` stands, and
    /// the ways on.
    pub(crate) async fn refused<A: Resource>(
        &self,
        refusal: &Refusal,
        order: Option<&Order>,
        seen: Option<(i64, i64)>,
    ) -> Result<Problem, Problem> {
        let mut problem = refused(refusal);
        if let (Refusal::VersionConflict { .. }, Some((id, version))) = (refusal, seen) {
            problem = changed_since::<A>(self.state, problem, id, version).await?;
        }
        if let Refusal::PossibleDuplicate(orders) = refusal {
            problem = possible_duplicates::named(self.state, problem, orders, &self.actor).await?;
        }
        let tells =
            problem.code().status() == StatusCode::CONFLICT || problem.code() == Code::PreconditionFailed;
        match order.filter(|_| tells) {
            Some(order) => with_current(self.state, problem, order, &self.actor).await,
            None => Ok(problem),
        }
    }

    /// The resource as the operation under an old key left it, if it still is within the actor's reach.
    async fn repeated<A: Resource>(&self, entity_id: i64, version: i64) -> Result<Written<A>, Problem> {
        let mut conn = reader(self.state).await?;
        let resource =
            read::state_at::<A>(&mut conn, entity_id, AsOf::Version(version)).await.map_err(failed)?;
        let now = read::newest_state::<A>(&mut conn, entity_id).await.map_err(failed)?;
        let (Some(resource), Some(now)) = (resource, now) else {
            return Err(Problem::internal("an idempotency key names an unknown version"));
        };
        if !now.is_visible(&knowing(&self.actor, &resource)) {
            return Err(Problem::new(Code::NotFound));
        }
        Ok(Written { resource: Arc::new(resource), now: Arc::new(now), replayed: true, allowance: None })
    }
}

/// A resource as an operation left it.
pub(crate) struct Written<A> {
    pub resource: Arc<A>,
    /// As it is by now: after a repeated request more may have happened to it.
    pub now: Arc<A>,
    /// Was it an old key's answer?
    pub replayed: bool,
    /// What its caller may do yet, if that is counted.
    allowance: Option<Allowance>,
}

impl<A: Resource> Written<A> {
    /// Answers with the resource's `body`: ETag, path of a new one, and the mark of a repeated answer.
    pub(crate) fn answer(
        &self,
        state: &AppState,
        status: StatusCode,
        path: &str,
        body: &impl Serialize,
    ) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response.insert_header((header::ETAG, etag(state.epoch(), self.resource.version())));
        if status == StatusCode::CREATED {
            response.insert_header((header::LOCATION, path));
        }
        if self.replayed {
            response.insert_header(("idempotent-replayed", "true"));
        }
        if let Some(Allowance { left, window_ends_at }) = self.allowance {
            let seconds =
                (window_ends_at.millis() - state.now().millis()).max(0).cast_unsigned().div_ceil(1_000);
            response.insert_header((RATE_LIMIT, rate_limit(left, seconds)));
        }
        response.json(body)
    }
}

impl<A> From<A> for Written<A> {
    /// A resource that was only read.
    fn from(resource: A) -> Self {
        let resource = Arc::new(resource);
        Self { now: Arc::clone(&resource), resource, replayed: false, allowance: None }
    }
}

fn allowance(effect: &Effect) -> Option<Allowance> {
    match effect {
        Effect::Counted(allowance) => Some(*allowance),
        _ => None,
    }
}

/// Under which conditions an operation is wanted.
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

/// SHA-256 over the parts, each preceded by its length, in hexadecimal.
fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

/// What an operation is done to, and the version of it that its caller has seen, if they said so.
fn seen(operation: &Operation) -> Option<(i64, i64)> {
    match operation {
        Operation::Order { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Store { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Product { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Member { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        Operation::Customer { id, expected_version, .. } => Some((id.as_ref()?.get(), (*expected_version)?)),
        // Without versions.
        Operation::Installation(_)
        | Operation::Session(_)
        | Operation::Batch(_)
        | Operation::Mail(_)
        | Operation::Code(_)
        | Operation::Verified { .. }
        | Operation::Rehash { .. }
        | Operation::Throttle(_)
        | Operation::Seen { .. }
        | Operation::ImportHistory(_) => None,
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
    let problem = match problem.code() {
        Code::StateConflict if order.is_deleted() => in_trash(problem, order, actor),
        Code::StateConflict if order.erased_at.is_some() => problem.detail(Text::new("order-erased")),
        _ => problem,
    };
    Ok(problem.current(<&str>::from(order.status()), order.version, offers.order))
}

/// Whoever meets an order in the trash is told so, and whoever may take it out, how.
fn in_trash(problem: Problem, order: &Order, actor: &Actor) -> Problem {
    let problem = problem.detail(Text::new("in-trash"));
    if !actor.may(Permission::OrdersDelete) {
        return problem;
    }
    let undelete = Remedy::new(RemedyKind::Undelete, Text::new("remedy-undelete"));
    problem.remedy(undelete.request("POST", order_path(actor, order.id) + "/undelete"))
}

/// Names the fields that are no longer as in the version that the client has seen.
async fn changed_since<A: Resource>(
    state: &AppState,
    problem: Problem,
    id: i64,
    seen: i64,
) -> Result<Problem, Problem> {
    let mut conn = reader(state).await?;
    let before = read::state_at::<A>(&mut conn, id, AsOf::Version(seen)).await.map_err(failed)?;
    let now = read::newest_state::<A>(&mut conn, id).await.map_err(failed)?;
    let changes = match (before, now) {
        (Some(before), Some(now)) => now.changes(&before),
        _ => vec![],
    };
    let errors = changes
        .into_iter()
        .filter_map(A::shown)
        .map(|change| FieldError::new(format!("/{}", change.field), "changed"));
    Ok(problem.errors(errors.collect()))
}
