//! `GET /v1/staff/stores/{id}/history`

use actix_web::web;
use ordervault_domain::id::StoreId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryEntry};
use crate::v1::paging::{ListOf, PageQuery};

/// Read what happened to a store
///
/// Oldest first: who did what, by which request, and every changed field with its value before and after.
#[utoipa::path(get, path = "/v1/staff/stores/{id}/history", operation_id = "get_store_history", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE)), PageQuery),
    responses((status = 200, description = "A page of the store's history", body = ListOf<HistoryEntry>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_store_history(
    state: web::Data<AppState>,
    staff: Staff<permit::StoresRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<StoreId>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let store = visible(&state, &staff.actor(), id.0).await?;
    history::show(&state, &staff.actor(), &store, &query.0).await
}
