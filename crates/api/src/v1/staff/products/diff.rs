//! `GET /v1/staff/products/{id}/diff`

use actix_web::web;
use ordervault_domain::id::ProductId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{self, Between, DiffBody};

/// Compare a product with itself
///
/// Field by field what differs between two moments, each the number of a version or a time. Stock is not compared: it has no versions.
#[utoipa::path(get, path = "/v1/staff/products/{id}/diff", operation_id = "get_product_diff", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT)), Between),
    responses((status = 200, description = "What differs", body = DiffBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_product_diff(
    state: web::Data<AppState>,
    staff: Staff<permit::ProductsRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<ProductId>,
    query: Query<Between>,
) -> Result<web::Json<DiffBody>, Problem> {
    let product = visible(&state, &staff.actor(), id.0).await?;
    as_of::diff(&state, &staff.actor(), product, query.0).await
}
