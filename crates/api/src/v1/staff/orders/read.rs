//! `GET /v1/staff/orders/{id}`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;

use crate::auth::{Staff, permit};
use crate::extract::PathId;
use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::read::show;

/// Read an order
///
/// By its id or number. `actions` tells what you may do now and, where you may not, which rule says no.
#[utoipa::path(get, path = "/v1/staff/orders/{id}", operation_id = "get_staff_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER))),
    responses((status = 200, description = "The order", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_order(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<OrderId>,
) -> Result<HttpResponse, Problem> {
    show(&state, &staff.actor(), id.0).await
}
