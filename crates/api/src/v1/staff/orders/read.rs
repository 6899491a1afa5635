//! `GET /v1/staff/orders/{id}`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;
use ordervault_persistence::read::{self, AsOf, OpenedOrder};

use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Code, Offers, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::as_of::{AsOfQuery, as_of};
use crate::v1::caller::Written;
use crate::v1::offers::{offers_in, store_name};
use crate::v1::order_body::OrderBody;
use crate::v1::orders::read::visible;

/// Read an order
///
/// By its id or number. It stays new for you until you say that you have seen it. `actions` tells what you may do now and, where you may not, which
/// rule says no; of an order as it was there is nothing to be done.
#[utoipa::path(get, path = "/v1/staff/orders/{id}", operation_id = "get_staff_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), AsOfQuery),
    responses((status = 200, description = "The order", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_order(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<OrderId>,
    query: Query<AsOfQuery>,
) -> Result<HttpResponse, Problem> {
    let actor = staff.actor();
    let Some(moment) = query.0.as_of else {
        let OpenedOrder { order, context } = opened(&state, &actor, id.0).await?;
        let offers = offers_in(&state, &order, &context, &actor);
        let body = OrderBody::new(
            &order,
            context.store_name().unwrap_or_default(),
            &actor.scope(),
            offers,
            state.now(),
        );
        return Ok(Written::from(order).answer(&state, StatusCode::OK, "", &body));
    };
    let now = visible(&state, &actor, id.0).await?;
    let order = as_of(&state, &actor, now, Some(moment)).await?;
    let at = match moment {
        AsOf::Time(at) => at,
        AsOf::Version(_) => order.updated_at,
    };
    let store_name = store_name(&state, order.store_id).await?;
    let body = OrderBody::new(&order, &store_name, &actor.scope(), Offers::default(), at);
    Ok(Written::from(order).answer(&state, StatusCode::OK, "", &body))
}

/// The order, if it exists and the member may see it.
async fn opened(state: &AppState, actor: &Actor, id: OrderId) -> Result<OpenedOrder, Problem> {
    let mut conn = reader(state).await?;
    let opened = read::opened_order(&mut conn, &actor.scope(), id).await;
    opened.map_err(failed)?.ok_or_else(|| Problem::new(Code::NotFound))
}
