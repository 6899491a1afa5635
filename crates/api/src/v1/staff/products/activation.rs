//! `POST /v1/staff/products/{id}/activate` and `…/deactivate`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::ProductId;
use ordervault_domain::product::ProductCommand;

use super::answer::{StaffProductBody, carry_out};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};

/// Activate a product
///
/// It can be ordered again. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/products/{id}/activate", operation_id = "activate_product", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The product as it is now", body = StaffProductBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn activate_product(
    state: web::Data<AppState>,
    staff: Staff<permit::product::Activate>,
    id: PathId<ProductId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "activate_product", &(), ProductCommand::Activate)
        .await
}

/// Deactivate a product
///
/// It cannot be ordered any more; orders that have it go on. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/products/{id}/deactivate", operation_id = "deactivate_product", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The product as it is now", body = StaffProductBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn deactivate_product(
    state: web::Data<AppState>,
    staff: Staff<permit::product::Deactivate>,
    id: PathId<ProductId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(
        &caller,
        id.0,
        Conditions { version, key },
        "deactivate_product",
        &(),
        ProductCommand::Deactivate,
    )
    .await
}
