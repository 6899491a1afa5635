//! `POST /v1/staff/batches/{id}/cancel`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::BatchId;
use ordervault_persistence::writer::{BatchOperation, Effect, Operation, Receipt};

use super::body::{BatchBody, visible};
use crate::extract::{OptionalIdempotencyKey, PathId};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::reader;
use crate::state::AppState;
use crate::submit::not_written;
use crate::v1::caller::Caller;

/// Cancel a batch
///
/// What is done stays done; orders that have not had their turn keep as they are. Takes the permission of the batch's act.
/// Doing it twice is no error; a batch that is completed cannot be cancelled any more.
#[utoipa::path(post, path = "/v1/staff/batches/{id}/cancel", operation_id = "cancel_batch", tag = "staff-batches",
    params(("id" = String, Path, description = "Id of the batch", example = json!(examples::BATCH_TO_CANCEL)),
        OptionalIdempotencyKey),
    responses((status = 200, description = "The batch as it is now", body = BatchBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn cancel_batch(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<BatchId>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let idempotency = caller.idempotency(key, &format!("cancel_batch {}", id.0), &())?;
    let operation = Operation::Batch(BatchOperation::Cancel { id: id.0 });
    match caller.submit(idempotency, vec![operation]).await {
        Ok(Receipt::Executed { mut done, .. }) => match done.pop() {
            Some(Effect::Batch(batch)) => Ok(HttpResponse::Ok().json(BatchBody::from(batch.as_ref()))),
            _ => Err(Problem::internal("an operation led to something else")),
        },
        // Cancelled once, it stays as it is.
        Ok(Receipt::Replayed { .. }) => {
            let batch = visible(&mut reader(&state).await?, &staff.member, id.0).await?;
            let mut response = HttpResponse::Ok();
            response.insert_header(("idempotent-replayed", "true"));
            Ok(response.json(BatchBody::from(&batch)))
        }
        Err(error) => Err(not_written(&error)),
    }
}
