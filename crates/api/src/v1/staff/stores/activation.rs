//! `POST /v1/staff/stores/{id}/activate` and `…/deactivate`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::StoreId;
use ordervault_domain::store::StoreCommand;

use super::answer::{StaffStoreBody, carry_out};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};

/// Activate a store
///
/// Its products can be ordered again. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/stores/{id}/activate", operation_id = "activate_store", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The store as it is now", body = StaffStoreBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn activate_store(
    state: web::Data<AppState>,
    staff: Staff<permit::store::Activate>,
    id: PathId<StoreId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "activate_store", &(), StoreCommand::Activate).await
}

/// Deactivate a store
///
/// It takes no more orders; those it has go on. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/stores/{id}/deactivate", operation_id = "deactivate_store", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The store as it is now", body = StaffStoreBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn deactivate_store(
    state: web::Data<AppState>,
    staff: Staff<permit::store::Deactivate>,
    id: PathId<StoreId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "deactivate_store", &(), StoreCommand::Deactivate)
        .await
}
