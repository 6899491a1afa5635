//! `GET /v1/orders`

use actix_web::web;
use ordervault_domain::id::{IdError, NumberSearch, OrderId};
use ordervault_domain::order::{Status, order_terms};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, OrderFilter, OrderSort};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use crate::extract::{Content, Query};
use crate::names;
use crate::principals::Customer;
use crate::problem::{FieldError, Problem};
use crate::reading::{failed, long_reader};
use crate::state::AppState;
use crate::v1::fields::faults_of;
use crate::v1::offers::{offer_actions, summaries};
use crate::v1::order_body::OrderSummaryBody;
use crate::v1::paging::{DEFAULT_LIMIT, Include, ListOf, has_no_words};

/// Filters of a customer's orders.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListOrders {
    /// Only these statuses, with commas between: `pending_review,confirmed`.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownOrderStatus>>, min_items = 1)]
    status: Vec<Status>,
    /// Only orders placed then or later: `2026-01-01T00:00:00Z`.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_after: Option<Timestamp>,
    /// Only orders placed before.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_before: Option<Timestamp>,
    /// Only the order with this number, however it is spelled, or those whose number begins or ends with these 4 or more symbols.
    #[validate(length(max = 100))]
    #[param(max_length = 100)]
    number: Option<String>,
    /// Only orders with these words in products, contact or note; or with this number, or its last 4 or more symbols.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// What else to tell of each order: `actions`, what you may do now.
    #[serde(default)]
    #[param(style = Form, explode = false, inline, value_type = Option<Vec<Include>>, min_items = 1)]
    include: Vec<Include>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListOrders {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        self.number.as_deref().map(|number| faults_of(number_search(number))).unwrap_or_default()
    }
}

/// List your orders
///
/// Newest first.
#[utoipa::path(get, path = "/v1/orders", operation_id = "list_orders", tag = "orders", params(ListOrders),
    responses((status = 200, description = "A page of orders", body = ListOf<OrderSummaryBody>)),
    security(("customer_bearer" = [])))]
pub(crate) async fn list_orders(
    state: web::Data<AppState>,
    customer: Customer,
    query: Query<ListOrders>,
) -> Result<web::Json<ListOf<OrderSummaryBody>>, Problem> {
    let query = query.0;
    let sealed = ListOrders { limit: None, cursor: None, include: vec![], ..query.clone() };
    let seal = state.cursors.of(&format!("orders of {}", customer.id), &sealed);
    let from = seal.edge(query.cursor.as_ref())?;
    if has_no_words(query.q.as_deref()) {
        return Ok(web::Json(ListOf::empty(false)));
    }
    let filter = OrderFilter {
        statuses: query.status,
        placed_after: query.placed_after,
        placed_before: query.placed_before,
        number: query.number.as_deref().map(number_search).transpose()?,
        terms: query.q.as_deref().map(order_terms).unwrap_or_default(),
        or_number: query.q.as_deref().and_then(OrderId::search_among_words),
        ..OrderFilter::default()
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let scope = customer.actor().scope();
    let mut conn = long_reader(&state, Some(customer.id.get())).await?;
    let newest_first = OrderSort::NEWEST_FIRST;
    let page = read::list_orders(&mut conn, &scope, &filter, newest_first, from, limit.into()).await;
    let page = page.map_err(failed)?;
    let ids: Vec<OrderId> = page.items.iter().map(|order| order.id).collect();
    drop(conn);
    let mut items = summaries(&state, page.items).await?;
    if query.include.contains(&Include::Actions) {
        offer_actions(&state, &customer.actor(), &mut items, &ids).await?;
    }
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}

/// Orders with this number, or whose number begins or ends like this.
pub(crate) fn number_search(text: &str) -> Result<NumberSearch, Problem> {
    OrderId::search(text).map_err(|error| match error {
        IdError::Mistyped => Problem::parameter("number", "mistyped"),
        IdError::Malformed => Problem::parameter("number", "no-number"),
    })
}
