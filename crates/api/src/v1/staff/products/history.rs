//! `GET /v1/staff/products/{id}/history`

use actix_web::web;
use ordervault_domain::id::ProductId;
use ordervault_domain::product::Product;

use super::answer::visible;
use crate::extract::PathId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryBody};

/// Read what happened to a product
///
/// Oldest first: who did what, by which request, and every changed field with its value before and after; of the stock by how
/// many units it was adjusted. What orders reserve and take is told by the orders.
#[utoipa::path(get, path = "/v1/staff/products/{id}/history", operation_id = "get_product_history", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT))),
    responses((status = 200, description = "The product's history", body = HistoryBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_product_history(
    state: web::Data<AppState>,
    staff: Staff<permit::ProductsRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<ProductId>,
) -> Result<web::Json<HistoryBody>, Problem> {
    let product = visible(&state, &staff.actor(), id.0).await?;
    history::show::<Product>(&state, &staff.actor(), product.id.get()).await
}
