//! The public board: what shops show of their orders to everybody, masked.

use std::collections::BTreeMap;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::{IdError, NumberSearch, OrderId, ProductId, StoreId};
use ordervault_domain::order::Order;
use ordervault_domain::search::query_terms;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, OrderFilter, OrderSort};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use super::masked_order::BoardOrderBody;
use super::paging::{DEFAULT_LIMIT, ListOf, has_no_words};
use crate::caching::Cacheable;
use crate::extract::{Argument, Content, Query};
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, long_reader, reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::v1::fields::faults_of;

/// Whatever leaves the board is out of every cache within five seconds.
const CACHE_CONTROL: &str = "public, max-age=5";

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(list_board_orders)).with(endpoint!(get_board_order))
}

/// The boards that are on. Where none is, there is nothing here, whatever is asked.
pub(crate) struct Board {
    scope: Scope,
    /// What customers call the stores.
    names: BTreeMap<StoreId, String>,
}

impl FromRequest for Board {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<AppState>>().cloned();
        Box::pin(async move {
            let state = state.ok_or_else(|| Problem::internal("no state"))?;
            let mut conn = reader(&state).await?;
            let stores = read::stores(&mut conn, &StoreScope::All).await.map_err(failed)?;
            let scope = Scope::board(&stores).ok_or_else(|| Problem::new(Code::NotFound))?;
            Ok(Self { scope, names: stores.into_iter().map(|store| (store.id, store.name)).collect() })
        })
    }
}

impl Argument for Board {}

/// Filters of the public board. Everything given has to hold.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListBoardOrders {
    /// Only the order with this number, all of it, however it is spelled.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 14, max_length = 100)]
    number: Option<String>,
    /// Only orders of this store.
    #[param(value_type = Option<String>, min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$")]
    store: Option<StoreId>,
    /// Only orders with this product.
    #[param(value_type = Option<String>, min_length = 18, max_length = 18, pattern = "^[Pp][Rr][Dd]_[0-9A-TV-Za-tv-z]{14}$")]
    product: Option<ProductId>,
    /// Only orders with a product of this category, such as `tea`.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100)]
    category: Option<String>,
    /// Only orders whose `placed_at`, as it is shown, is then or later: `2026-01-01T00:00:00Z`.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_after: Option<Timestamp>,
    /// Only orders whose `placed_at`, as it is shown, is before.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_before: Option<Timestamp>,
    /// Only orders with these words in their products.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListBoardOrders {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_filter())
    }
}

impl ListBoardOrders {
    fn to_filter(&self) -> Result<OrderFilter, Problem> {
        // No part of it, or else it could be found out symbol by symbol.
        let number = self.number.as_deref().map(str::parse::<OrderId>).transpose();
        let number = number.map_err(|fault| match fault {
            IdError::Mistyped => Problem::parameter("number", "mistyped"),
            IdError::Malformed => Problem::parameter("number", "unknown-value"),
        })?;
        Ok(OrderFilter {
            number: number.map(NumberSearch::Whole),
            stores: self.store.into_iter().collect(),
            product: self.product,
            category: self.category.clone(),
            // Compared with the minutes that are shown, or else answers would tell the millisecond.
            placed_after: self.placed_after.map(Timestamp::ceil_to_minute),
            placed_before: self.placed_before.map(Timestamp::ceil_to_minute),
            terms: self.q.as_deref().map(query_terms).unwrap_or_default(),
            ..OrderFilter::default()
        })
    }
}

/// List what shops show of their orders
///
/// Confirmed and later orders of the stores that have a public board, newest first, with masked contacts; never those whose
/// buyers wish otherwise. A store without a board gives an empty list; where no store has one, there is nothing here.
#[utoipa::path(get, path = "/v1/board/orders", operation_id = "list_board_orders", tag = "board", params(ListBoardOrders),
    responses((status = 200, description = "A page of orders", body = ListOf<BoardOrderBody>, headers(
            ("ETag" = String, description = "Changes when the page does"),
            ("Cache-Control" = String, description = "May be kept for five seconds"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
        (status = 404, description = "No store has a public board", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn list_board_orders(
    state: web::Data<AppState>,
    board: Board,
    request: HttpRequest,
    query: Query<ListBoardOrders>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let seal = state.cursors.of("board", &ListBoardOrders { limit: None, cursor: None, ..query.clone() });
    let from = seal.edge(query.cursor.as_ref())?;
    let filter = query.to_filter()?;
    if has_no_words(query.q.as_deref()) {
        return cacheable(&request, &ListOf::<BoardOrderBody>::empty(false));
    }
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let mut conn = long_reader(&state, None).await?;
    let sort = OrderSort::NEWEST_FIRST;
    let page = read::list_orders(&mut conn, &board.scope, &filter, sort, from, limit.into()).await;
    let page = page.map_err(failed)?;
    let ids: Vec<OrderId> = page.items.iter().map(|item| item.id).collect();
    let mut orders = read::orders(&mut conn, &board.scope, &ids).await.map_err(failed)?;
    orders.sort_by_key(|order| std::cmp::Reverse((order.placed_at, order.id)));
    let items = orders.iter().map(|order| board.shown(&state, order)).collect::<Result<_, _>>()?;
    cacheable(&request, &ListOf::new(items, [page.previous, page.next], &seal))
}

/// Read an order on the public board
///
/// By its id on the board, which the list tells. What does not stand on a board is not there.
#[utoipa::path(get, path = "/v1/board/orders/{id}", operation_id = "get_board_order", tag = "board",
    params(("id" = String, Path, description = "Id of the order on the board", example = "vJ2vF8cXb0m1qT4yWkq9uQ3hZr6sN7eP")),
    responses((status = 200, description = "The order", body = BoardOrderBody, headers(
            ("ETag" = String, description = "Changes when the order does"),
            ("Cache-Control" = String, description = "May be kept for five seconds"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match")))]
pub(crate) async fn get_board_order(
    state: web::Data<AppState>,
    board: Board,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = state.board_ids.order(&id).ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut conn = reader(&state).await?;
    let order = read::order(&mut conn, &board.scope, id).await.map_err(failed)?;
    let order = order.ok_or_else(|| Problem::new(Code::NotFound))?;
    cacheable(&request, &board.shown(&state, &order)?)
}

impl Board {
    /// As it shows an order.
    fn shown(&self, state: &AppState, order: &Order) -> Result<BoardOrderBody, Problem> {
        let id = state
            .board_ids
            .id(order.id)
            .ok_or_else(|| Problem::internal("an order has no id on the board"))?;
        let store_name = self.names.get(&order.store_id).map(String::as_str).unwrap_or_default();
        Ok(BoardOrderBody::new(id, order, store_name))
    }
}

fn cacheable(request: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    let json = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(Cacheable::json(json).answer(request, CACHE_CONTROL))
}
