//! `GET /v1/staff/stores/{id}`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::id::StoreId;

use super::answer::{StaffStoreBody, answer, visible};
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{AsOfQuery, as_of};

/// Read a store
///
/// Also one that takes no orders.
#[utoipa::path(get, path = "/v1/staff/stores/{id}", operation_id = "get_staff_store", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE)), AsOfQuery),
    responses((status = 200, description = "The store", body = StaffStoreBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_store(
    state: web::Data<AppState>,
    staff: Staff<permit::StoresRead>,
    id: PathId<StoreId>,
    query: Query<AsOfQuery>,
) -> Result<HttpResponse, Problem> {
    let store = visible(&state, &staff.actor(), id.0).await?;
    let store = as_of(&state, &staff.actor(), store, query.0.as_of).await?;
    Ok(answer(&state, &store.into(), StatusCode::OK))
}
