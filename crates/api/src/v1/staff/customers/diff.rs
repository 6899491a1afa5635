//! `GET /v1/staff/customers/{id}/diff`

use actix_web::web;
use ordervault_domain::id::CustomerId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{self, Between, DiffBody};

/// Compare a customer with itself
///
/// Field by field what differs between two moments, each the number of a version or a time.
#[utoipa::path(get, path = "/v1/staff/customers/{id}/diff", operation_id = "get_customer_diff", tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER)), Between),
    responses((status = 200, description = "What differs", body = DiffBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_customer_diff(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<CustomerId>,
    query: Query<Between>,
) -> Result<web::Json<DiffBody>, Problem> {
    let customer = visible(&state, &staff.actor(), id.0).await?;
    as_of::diff(&state, &staff.actor(), customer, query.0).await
}
