//! `GET /v1/staff/products/{id}/history`

use actix_web::web;
use ordervault_domain::id::ProductId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryEntry};
use crate::v1::paging::{ListOf, PageQuery};

/// Read what happened to a product
///
/// Oldest first: who did what, by which request, and every changed field with its value before and after; of the stock by how
/// many units it was adjusted. What orders reserve and take is told by the orders.
#[utoipa::path(get, path = "/v1/staff/products/{id}/history", operation_id = "get_product_history", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT)), PageQuery),
    responses((status = 200, description = "A page of the product's history", body = ListOf<HistoryEntry>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_product_history(
    state: web::Data<AppState>,
    staff: Staff<permit::ProductsRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<ProductId>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let product = visible(&state, &staff.actor(), id.0).await?;
    history::show(&state, &staff.actor(), &product, &query.0).await
}
