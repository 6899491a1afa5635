//! `GET /v1/staff/stores/{id}/diff`

use actix_web::web;
use ordervault_domain::id::StoreId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{self, Between, DiffBody};

/// Compare a store with itself
///
/// Field by field what differs between two moments, each the number of a version or a time.
#[utoipa::path(get, path = "/v1/staff/stores/{id}/diff", operation_id = "get_store_diff", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE)), Between),
    responses((status = 200, description = "What differs", body = DiffBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_store_diff(
    state: web::Data<AppState>,
    staff: Staff<permit::StoresRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<StoreId>,
    query: Query<Between>,
) -> Result<web::Json<DiffBody>, Problem> {
    let store = visible(&state, &staff.actor(), id.0).await?;
    as_of::diff(&state, &staff.actor(), store, query.0).await
}
