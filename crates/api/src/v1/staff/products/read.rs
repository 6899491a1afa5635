//! `GET /v1/staff/products/{id}`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::id::ProductId;
use ordervault_domain::product::Product;

use super::{StaffProductBody, answer, visible};
use crate::auth::{Staff, permit};
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{AsOfQuery, as_of};

/// Read a product
///
/// With its stock at this moment, also if it is asked for as it was: stock has no versions.
#[utoipa::path(get, path = "/v1/staff/products/{id}", operation_id = "get_staff_product", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT)), AsOfQuery),
    responses((status = 200, description = "The product", body = StaffProductBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_product(
    state: web::Data<AppState>,
    staff: Staff<permit::ProductsRead>,
    id: PathId<ProductId>,
    query: Query<AsOfQuery>,
) -> Result<HttpResponse, Problem> {
    let now = visible(&state, &staff.actor(), id.0).await?;
    let (on_hand, reserved) = (now.on_hand, now.reserved);
    let then = as_of(&state, &staff.actor(), now, query.0.as_of).await?;
    let product = Product { on_hand, reserved, ..then };
    answer(&state, &product.into(), StatusCode::OK).await
}
