//! `GET /v1/staff/orders/{id}/totals/explain`

use actix_web::web;
use ordervault_domain::id::OrderId;

use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::orders::read::visible;
use crate::v1::totals_sheet::{SheetBody, SheetQuery, show};

/// Read how the price of an order came about
///
/// One row for each number, in the order of computing: lines, discounts, tax, sending, fees, sums.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/totals/explain", operation_id = "explain_staff_order_totals",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), SheetQuery),
    responses((status = 200, description = "The rows", body = SheetBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn explain_staff_order_totals(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<OrderId>,
    query: Query<SheetQuery>,
) -> Result<web::Json<SheetBody>, Problem> {
    let order = visible(&state, &staff.actor(), id.0).await?;
    Ok(show(&order, query.0))
}
