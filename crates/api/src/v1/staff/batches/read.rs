//! `GET /v1/staff/batches/{id}`

use actix_web::web;
use ordervault_domain::id::BatchId;

use super::body::{BatchBody, visible};
use crate::extract::PathId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::reader;
use crate::state::AppState;

/// Get a batch
///
/// How far it is, cheap enough to ask again and again.
#[utoipa::path(get, path = "/v1/staff/batches/{id}", operation_id = "get_batch", tag = "staff-batches",
    params(("id" = String, Path, description = "Id of the batch", example = json!(examples::BATCH))),
    responses((status = 200, description = "The batch as it is now", body = BatchBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_batch(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<BatchId>,
) -> Result<web::Json<BatchBody>, Problem> {
    let mut conn = reader(&state).await?;
    let batch = visible(&mut conn, &staff.member, id.0).await?;
    Ok(web::Json(BatchBody::from(&batch)))
}
