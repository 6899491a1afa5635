//! `POST /v1/staff/batches/{id}/undo`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::BatchId;
use ordervault_persistence::read;
use ordervault_persistence::writer::{BatchOperation, Operation};

use super::body::{BatchBody, visible};
use super::run::answer;
use crate::extract::{OptionalIdempotencyKey, PathId};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::translations::Text;
use crate::v1::caller::Caller;

/// Take a batch back
///
/// By another batch, which does the opposite to every order to which this one did something: `unconfirm` after `confirm`,
/// `undelete` after `delete`, and so on, also back again. An order that has changed since is refused there with
/// `precondition-failed` and stays as it is. What takes a reason gets `mistake` (after `restore` it is `other`, after
/// `reinstate` it is `staff`). A correction of prices has no opposite: take discounts and fees away order by order. The batch has to be finished: cancel it, if it is
/// still running. Takes the permission of the
/// opposite act.
#[utoipa::path(post, path = "/v1/staff/batches/{id}/undo", operation_id = "undo_batch", tag = "staff-batches",
    params(("id" = String, Path, description = "Id of the batch", example = json!(examples::BATCH)),
        OptionalIdempotencyKey),
    responses((status = 202, description = "Accepted: the batch that takes it back", body = BatchBody,
        headers(("Location" = String, description = "The path of the batch")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn undo_batch(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<BatchId>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let idempotency = caller.idempotency(key, &format!("undo_batch {}", id.0), &())?;
    let mut conn = reader(&state).await?;
    let batch = visible(&mut conn, &staff.member, id.0).await?;
    // Only then it is known what there is to take back.
    if !batch.is_finished() {
        return Err(Problem::new(Code::StateConflict).detail(Text::new("batch-not-finished")));
    }
    let action = batch
        .action
        .inverse()
        .ok_or_else(|| Problem::new(Code::StateConflict).detail(Text::new("batch-has-no-opposite")))?;
    let done = read::done_items(&mut conn, id.0).await.map_err(failed)?;
    drop(conn);
    let items = done.into_iter().map(|(order_id, version)| (order_id, Some(version))).collect();
    let open = BatchOperation::Open { action, undoes: Some(batch.id), stores: batch.stores, items };
    let outcome = caller.submit(idempotency, vec![Operation::Batch(open)]).await;
    answer(&caller, &staff.member, outcome).await
}
