//! `GET /v1/staff/stores/{id}/expiry-preview`

use std::collections::BTreeMap;

use actix_web::web;
use ordervault_domain::access::{Actor, Scope};
use ordervault_domain::id::{OrderId, StoreId};
use ordervault_domain::money::{Amount, Currency};
use ordervault_domain::order::{DecisionContext, Order, OrderCommand, decide};
use ordervault_domain::store::{MAX_POLICY_MINUTES, Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::Error;
use ordervault_persistence::read::{self, WhatIf};
use ordervault_persistence::tx::Conn;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::answer::visible;
use crate::extract::{Content, PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, long_snapshot};
use crate::state::AppState;
use crate::v1::money::{MoneyBody, SumBody};

/// Orders are counted and added up to here.
const MAX_COUNTED: usize = 10_000;
/// Orders that are named.
const MAX_NAMED: usize = 100;
/// Orders that are looked at together.
const ORDERS_OF_A_LOOK: usize = 500;

/// Which limit is tried out.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct PreviewExpiry {
    /// The `cancel_unconfirmed_minutes` that the store's policy would have.
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[param(minimum = 1, maximum = 527_040, example = 2880)]
    minutes: u32,
}

impl Content for PreviewExpiry {}

/// What would be cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpiryPreview)]
pub(crate) struct ExpiryPreviewBody {
    /// When this was.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    as_of: Timestamp,
    /// How many orders, counted up to 10,000.
    #[schema(minimum = 0, maximum = 10000, example = 1)]
    total: usize,
    /// Are there more than `total` says? Then `sums` are lower bounds, too.
    #[schema(example = false)]
    total_is_lower_bound: bool,
    /// What they cost together, one sum for each currency.
    sums: Vec<SumBody>,
    /// The 100 that have waited longest.
    items: Vec<ExpiringOrderBody>,
}

/// An order that would be cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpiringOrder)]
pub(crate) struct ExpiringOrderBody {
    /// The id.
    #[schema(min_length = 14, max_length = 14, example = json!(examples::ORDER_TO_AMEND))]
    id: String,
    /// The order number.
    #[schema(min_length = 17, max_length = 17, example = "0P9R-RNYE-0Q28-NB")]
    number: String,
    /// Since when it has waited for a confirmation.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    status_since: Timestamp,
    /// What it costs.
    total: MoneyBody,
}

/// Try out the automatic cancellation
///
/// Tells which orders would be cancelled now if the store's policy said `cancel_unconfirmed_minutes`, and cancels nothing.
/// Orders with the longest wait come first.
#[utoipa::path(get, path = "/v1/staff/stores/{id}/expiry-preview", operation_id = "preview_store_expiry",
    tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE)), PreviewExpiry),
    responses((status = 200, description = "What would be cancelled", body = ExpiryPreviewBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn preview_store_expiry(
    state: web::Data<AppState>,
    staff: Staff<permit::StoresWrite>,
    id: PathId<StoreId>,
    query: Query<PreviewExpiry>,
) -> Result<web::Json<ExpiryPreviewBody>, Problem> {
    let actor = staff.actor();
    let store = visible(&state, &actor, id.0).await?;
    let minutes = query.0.minutes;
    let policy = Policy { cancel_unconfirmed_minutes: Some(minutes), ..store.policy.clone() };
    let what_if = Store { policy, ..store };
    let mut conn = long_snapshot(&state, actor.id()).await?;
    let preview = preview(&mut conn, &actor.scope(), &what_if, minutes, state.now()).await;
    preview.map(web::Json).map_err(failed)
}

/// Walks through the orders that have waited so long and asks about each of them what the timer would ask.
async fn preview(
    conn: &mut Conn,
    scope: &Scope,
    store: &Store,
    minutes: u32,
    now: Timestamp,
) -> Result<ExpiryPreviewBody, Error> {
    let what_if = Some(WhatIf { store_id: store.id, minutes });
    let (mut tally, mut items, mut after) = (Tally::default(), vec![], None);
    loop {
        let found = read::waited_too_long(conn, now, what_if, after, ORDERS_OF_A_LOOK).await?;
        let ids: Vec<OrderId> = found.iter().map(|found| found.id).collect();
        let mut orders = read::orders(conn, scope, &ids).await?;
        orders.retain(|order| expires(order, store, now));
        orders.sort_by_key(|order| (order.status_since, order.id));
        for order in &orders {
            tally.add(order.totals.total, order.currency);
        }
        items.extend(orders.iter().take(MAX_NAMED - items.len()).map(ExpiringOrderBody::from));
        if found.len() < ORDERS_OF_A_LOOK || tally.is_lower_bound {
            break;
        }
        after = found.last().copied();
    }
    Ok(ExpiryPreviewBody {
        as_of: now,
        total: tally.total,
        total_is_lower_bound: tally.is_lower_bound,
        sums: tally.sums.into_iter().map(|(currency, sum)| SumBody::new(sum, currency)).collect(),
        items,
    })
}

/// Counts and adds up, so far and no further.
#[derive(Default)]
struct Tally {
    total: usize,
    is_lower_bound: bool,
    sums: BTreeMap<Currency, i64>,
}

impl Tally {
    fn add(&mut self, amount: Amount, currency: Currency) {
        if self.total == MAX_COUNTED {
            self.is_lower_bound = true;
            return;
        }
        self.total += 1;
        *self.sums.entry(currency).or_default() += amount.get();
    }
}

fn expires(order: &Order, store: &Store, now: Timestamp) -> bool {
    let context = DecisionContext { store: Some(store), ..DecisionContext::default() };
    let decided = decide(Some(order), &context, &Actor::System, &OrderCommand::Expire, now);
    decided.is_ok_and(|events| !events.is_empty())
}

impl From<&Order> for ExpiringOrderBody {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.id.number(),
            status_since: order.status_since,
            total: MoneyBody::new(order.totals.total, order.currency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_goes_to_ten_thousand() {
        let (yen, euro) = ("JPY".parse().expect("a currency"), "EUR".parse().expect("a currency"));
        let mut tally = Tally::default();
        (0..9_999).for_each(|_| tally.add(Amount::new(3), yen));
        tally.add(Amount::new(7), euro);
        assert_eq!((tally.total, tally.is_lower_bound), (10_000, false));
        tally.add(Amount::new(3), yen);
        assert_eq!((tally.total, tally.is_lower_bound), (10_000, true));
        assert_eq!(tally.sums, BTreeMap::from([(yen, 29_997), (euro, 7)]));
    }
}
