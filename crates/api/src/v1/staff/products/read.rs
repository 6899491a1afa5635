//! `GET /v1/staff/products/{id}`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::id::ProductId;

use super::{StaffProductBody, answer, visible};
use crate::auth::{Staff, permit};
use crate::extract::PathId;
use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;

/// Read a product
///
/// With its stock at this moment.
#[utoipa::path(get, path = "/v1/staff/products/{id}", operation_id = "get_staff_product", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT))),
    responses((status = 200, description = "The product", body = StaffProductBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_product(
    state: web::Data<AppState>,
    staff: Staff<permit::ProductsRead>,
    id: PathId<ProductId>,
) -> Result<HttpResponse, Problem> {
    let product = visible(&state, &staff.actor(), id.0).await?;
    answer(&state, &product.into(), StatusCode::OK).await
}
