//! `POST /v1/staff/batches`

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use ordervault_domain::batch::{Batch, BatchAction};
use ordervault_domain::id::{BatchId, OrderId};
use ordervault_domain::member::Member;
use ordervault_domain::order::{AdjustReason, MAX_COMMENT_CODE_POINTS, NotPlain, OrderCommandKind};
use ordervault_persistence::read;
use ordervault_persistence::writer::{BatchOperation, Effect, Idempotency, Operation, Receipt, WriteError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::body::{BatchBody, visible};
use super::correction::CorrectionBody;
use super::preview::{self, PreviewBody, outdated};
use super::selection::{Selection, Selector, digest};
use crate::extract::{Content, OptionalIdempotencyKey, Query, Valid};
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Code, FieldError, Problem, pointer};
use crate::reading::{failed, reader};
use crate::refusals::refused;
use crate::state::AppState;
use crate::submit::not_written;
use crate::v1::caller::Caller;
use crate::v1::fields::{Fields, faults_of};
use crate::v1::staff::orders::filters::ListStaffOrders;
use crate::v1::staff::orders::selection::OrderSelection;

/// What to do to which orders. Exactly one of `ids` and `filter` says which.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "confirm", "ids": examples::ORDERS_TO_CONFIRM}))]
pub(crate) struct RunBatch {
    /// What shall be done to each order.
    #[schema(value_type = names::KnownBatchAction)]
    action: OrderCommandKind,
    /// The orders one by one: ids or numbers. One that is named twice counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 500))]
    #[schema(nullable = false, min_items = 1, max_items = 500)]
    ids: Option<Vec<String>>,
    /// The orders that `GET /v1/staff/orders` lists with these filters; at most 10,000. Needs a preview first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false, value_type = Option<OrderSelection>)]
    filter: Option<ListStaffOrders>,
    /// With `adjust`: by how much each order costs less, or more. Needs a preview first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    correction: Option<CorrectionBody>,
    /// The reason, if the act takes one: of the same list as for one order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 50))]
    #[schema(nullable = false, value_type = Option<names::KnownReason>)]
    reason: Option<String>,
    /// With a reason: in your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "asked for by telephone")]
    comment: Option<String>,
    /// The one of the preview. Required for `delete`, `adjust` and for a `filter`; with it, an order that has changed since is left
    /// alone. A preview does not look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(equal = 64))]
    #[schema(
        nullable = false,
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    )]
    digest: Option<String>,
}

impl Content for RunBatch {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain(true))
    }
}

/// Whether to act or only to look.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct BatchStep {
    /// With `true` nothing is done; the answer says what it would be about, with the digest for the second step.
    #[param(default = false)]
    preview: Option<bool>,
}

impl Content for BatchStep {}

impl RunBatch {
    fn to_domain(&self, is_preview: bool) -> Result<(BatchAction, Selector), Problem> {
        let mut fields = Fields::default();
        let selector = self.selector(&mut fields);
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        let corrects = self.action == OrderCommandKind::Adjust;
        let action =
            if corrects { self.correct(&mut fields, comment) } else { self.plain(&mut fields, comment) };
        let needs_digest = corrects || self.action == OrderCommandKind::Delete || self.filter.is_some();
        if needs_digest && !is_preview && self.digest.is_none() {
            fields.fault("/digest", "missing");
        }
        fields.finish(action.zip(selector))?.ok_or_else(|| Problem::internal("a fault was lost"))
    }

    /// An act that says no more than why.
    fn plain(&self, fields: &mut Fields, comment: Option<String>) -> Option<BatchAction> {
        self.correction.iter().for_each(|_| fields.fault("/correction", "contradiction"));
        let action = BatchAction::new(self.action, self.reason.as_deref(), comment);
        let action = action.map_err(|fault| match fault {
            NotPlain::ReasonMissing => fields.fault("/reason", "missing"),
            NotPlain::ReasonUnknown => fields.fault("/reason", "unknown-value"),
            NotPlain::SaysMore => fields.fault("/action", "unknown-value"),
            NotPlain::TakesNoReason => {
                self.reason.iter().for_each(|_| fields.fault("/reason", "contradiction"));
                self.comment.iter().for_each(|_| fields.fault("/comment", "contradiction"));
            }
        });
        action.ok()
    }

    /// A correction of prices, for a reason.
    fn correct(&self, fields: &mut Fields, comment: Option<String>) -> Option<BatchAction> {
        let reason = match self.reason.as_deref().map(str::parse::<AdjustReason>) {
            Some(Ok(reason)) => Some(reason),
            Some(Err(_)) => {
                fields.fault("/reason", "unknown-value");
                None
            }
            None => {
                fields.fault("/reason", "missing");
                None
            }
        };
        if self.correction.is_none() {
            fields.fault("/correction", "missing");
        }
        let correction = self.correction.as_ref().and_then(|correction| correction.read(fields));
        Some(BatchAction::correct(correction?, reason?, comment))
    }

    fn selector(&self, fields: &mut Fields) -> Option<Selector> {
        match (&self.ids, &self.filter) {
            (Some(ids), None) => {
                let ids = ids.iter().enumerate();
                let mut ids: Vec<OrderId> =
                    ids.filter_map(|(i, id)| fields.order(format!("/ids/{i}"), id)).collect();
                ids.sort_unstable();
                ids.dedup();
                Some(Selector::Ids(ids))
            }
            (None, Some(filter)) => {
                if let Some(name) = filter.no_filter() {
                    fields.fault(pointer(["filter", name]), "unknown-field");
                }
                Some(Selector::Filter(Box::new(filter.clone())))
            }
            (None, None) => {
                fields.fault("/ids", "missing");
                None
            }
            (Some(_), Some(_)) => {
                fields.fault("/ids", "contradiction");
                None
            }
        }
    }
}

/// Act on many orders
///
/// In two steps. With `preview=true` you get the number of orders, what they cost, and a digest. With that digest it is
/// carried out in the background; if the orders are not what you saw any more, 409 `preview-outdated` names what joined,
/// left or changed. On orders that are named one by one everything but `delete` and `adjust` also goes without. Of a correction of
/// prices (`adjust`) the preview also tells what the orders would cost. Takes the permission of the
/// act, now and at each order's turn.
#[utoipa::path(post, path = "/v1/staff/batches", operation_id = "run_batch", tag = "staff-batches",
    params(BatchStep, ("Idempotency-Key" = Option<String>, Header,
        description = "Required without `preview`: 1 to 255 printable ASCII characters, new for each batch",
        min_length = 1, max_length = 255, example = "0190f5c2-9a40-7f0e-8c61-2b7d9e1f4a35")),
    request_body = RunBatch,
    responses((status = 200, description = "With `preview`: what it would be about", body = PreviewBody),
        (status = 202, description = "Accepted", body = BatchBody,
            headers(("Location" = String, description = "The path of the batch")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn run_batch(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    step: Query<BatchStep>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
    body: Valid<RunBatch>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let is_preview = step.0.preview == Some(true);
    if !is_preview && key.0.is_none() {
        return Err(Problem::new(Code::IdempotencyKeyMissing));
    }
    let (action, selector) = body.0.to_domain(is_preview)?;
    action.authorize(&caller.actor).map_err(|refusal| refused(&refusal))?;
    if is_preview {
        let selection = Selection::read(&state, &caller.actor, &selector).await?;
        let digest = digest(staff.member.id, &action, &selection.versions());
        return preview::show(&caller, &action, selection, digest).await;
    }
    let idempotency = caller.idempotency(key, "run_batch", &body.0)?;
    let operation = match opening(&caller, &staff.member, action, &selector, body.0.digest.as_deref()).await {
        Ok(operation) => operation,
        // The first request with this key may be what has changed the orders.
        Err(problem) => return repeated(&caller, &staff.member, idempotency.as_ref(), problem).await,
    };
    let outcome = caller.submit(idempotency, vec![Operation::Batch(operation)]).await;
    answer(&caller, &staff.member, outcome).await
}

/// The operation that opens the batch, if the orders are those that the digest stands for.
async fn opening(
    caller: &Caller<'_>,
    member: &Member,
    action: BatchAction,
    selector: &Selector,
    expected: Option<&str>,
) -> Result<BatchOperation, Problem> {
    let selection = Selection::read(caller.state, &caller.actor, selector).await?;
    let versions = selection.versions();
    if let Some(expected) = expected
        && expected != digest(member.id, &action, &versions)
    {
        let mut conn = reader(caller.state).await?;
        let before = read::previewed(&mut conn, member.id, expected, caller.state.now()).await;
        return Err(outdated(before.map_err(failed)?.as_deref(), &versions));
    }
    let pinned = expected.is_some();
    let items = versions.into_iter().map(|(id, version)| (id, pinned.then_some(version))).collect();
    Ok(BatchOperation::Open { action, undoes: None, stores: selection.stores(), items })
}

/// What the first request with this key led to; the problem, if there was none.
async fn repeated(
    caller: &Caller<'_>,
    member: &Member,
    idempotency: Option<&Idempotency>,
    problem: Problem,
) -> Result<HttpResponse, Problem> {
    let Some(idempotency) = idempotency else { return Err(problem) };
    let mut conn = reader(caller.state).await?;
    let used = read::used_key(&mut conn, idempotency, caller.state.now()).await.map_err(failed)?;
    drop(conn);
    match used {
        Some(outcome) => answer(caller, member, outcome).await,
        None => Err(problem),
    }
}

pub(super) async fn answer(
    caller: &Caller<'_>,
    member: &Member,
    outcome: Result<Receipt, WriteError>,
) -> Result<HttpResponse, Problem> {
    match outcome.map_err(|error| not_written(&error))? {
        Receipt::Executed { mut done, .. } => match done.pop() {
            Some(Effect::Batch(batch)) => {
                caller.state.waker.wake();
                Ok(accepted(&batch, false))
            }
            _ => Err(Problem::internal("an operation led to something else")),
        },
        Receipt::Replayed { entity_id, .. } => {
            let mut conn = reader(caller.state).await?;
            let batch = visible(&mut conn, member, BatchId::from_i64(entity_id)).await?;
            Ok(accepted(&batch.as_accepted(), true))
        }
    }
}

fn accepted(batch: &Batch, replayed: bool) -> HttpResponse {
    let body = BatchBody::from(batch);
    let mut response = HttpResponse::Accepted();
    response.insert_header((header::LOCATION, format!("/v1/staff/batches/{}", body.id)));
    if replayed {
        response.insert_header(("idempotent-replayed", "true"));
    }
    response.json(body)
}
