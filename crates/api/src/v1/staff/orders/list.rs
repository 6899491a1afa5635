//! `GET /v1/staff/orders`

use actix_web::web;
use ordervault_domain::id::OrderId;
use ordervault_persistence::read;

use super::filters::{ListStaffOrders, PagedList};
use super::seen::positions;
use crate::extract::Query;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;
use crate::v1::offers::{offer_actions, summaries};
use crate::v1::order_body::OrderSummaryBody;
use crate::v1::paging::{DEFAULT_LIMIT, Include, ListOf};

/// List orders
///
/// Any combination of filters, of the stores and statuses in your scope, newest first unless asked for otherwise. A store
/// outside of it gives an empty list, like one that does not exist. A page looks at 4,000 orders at most: where many
/// have what is asked for in parts, and few in all, it may be short and have a next one all the same.
#[utoipa::path(get, path = "/v1/staff/orders", operation_id = "list_staff_orders", tag = "staff-orders",
    params(PagedList),
    responses((status = 200, description = "A page of orders", body = ListOf<OrderSummaryBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_staff_orders(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    query: Query<ListStaffOrders>,
) -> Result<web::Json<ListOf<OrderSummaryBody>>, Problem> {
    let query = query.0.paged()?;
    let scope = staff.actor().scope();
    let seal = state.cursors.of(&format!("orders for {}", staff.member.id), &query.of_any_page());
    let from = seal.edge(query.cursor.as_ref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let include_total = query.include_total == Some(true);
    let now = state.now();
    let Some(filter) = query.filter(&scope, Some(staff.member.id), state.settings.default_country, now)?
    else {
        return Ok(web::Json(ListOf::empty(include_total)));
    };
    let mut conn = long_reader(&state, Some(staff.member.id.get())).await?;
    let page = read::list_orders(&mut conn, &scope, &filter, query.sort(), from, limit.into()).await;
    let page = page.map_err(failed)?;
    let counted = match include_total {
        true => Some(read::count_orders(&mut conn, &scope, &filter, query.sort()).await.map_err(failed)?),
        false => None,
    };
    let position = page.position.and_then(|position| positions(&state, &staff.member).cursor(&[position]));
    let ids: Vec<OrderId> = page.items.iter().map(|order| order.id).collect();
    drop(conn);
    let mut items = summaries(&state, page.items).await?;
    if query.include.contains(&Include::Actions) {
        offer_actions(&state, &staff.actor(), &mut items, &ids).await?;
    }
    Ok(web::Json(
        ListOf::new(items, [page.previous, page.next], &seal).with_total(counted).with_position(position),
    ))
}
