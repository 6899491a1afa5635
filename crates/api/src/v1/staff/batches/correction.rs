//! What a correction of prices is in requests and answers, and what orders would cost with it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ordervault_domain::batch::{BatchAction, Correction};
use ordervault_domain::id::{BatchId, OrderId, StoreId};
use ordervault_domain::money::{Amount, Currency, Money};
use ordervault_domain::order::{
    AdjustmentKind, MAX_ADJUSTMENT_CODE_CODE_POINTS, References, decide, foreseen,
};
use ordervault_domain::totals::{Rate, Value};
use ordervault_persistence::read::{self, OrderContext};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::selection::Selection;
use crate::names;
use crate::problem::Problem;
use crate::reading::{failed, long_snapshot};
use crate::v1::caller::Caller;
use crate::v1::fields::Fields;
use crate::v1::money::NewMoneyBody;

/// Orders that are read at a time.
const ORDERS_PER_READ: usize = 200;

/// By how much each order costs less, or more: an amount or a rate.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Correction, example = json!({"kind": "discount", "rate": 10_000}))]
pub(crate) struct CorrectionBody {
    /// Less, or more: that only for orders that wait for review and are not paid.
    #[schema(value_type = names::KnownAdjustmentKind)]
    kind: AdjustmentKind,
    /// So much; orders in another currency are refused. Of a discount at most what the lines cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    amount: Option<NewMoneyBody>,
    /// Such a share of what the lines cost, in thousandths of a percent: 12500 is 12.5 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(nullable = false, minimum = 1, maximum = 100_000, example = 10_000)]
    rate: Option<u32>,
    /// What the customers showed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 50, example = "SPRING")]
    code: Option<String>,
}

impl CorrectionBody {
    /// The correction that stands at `/correction` of a request.
    pub(super) fn read(&self, fields: &mut Fields) -> Option<Correction> {
        let rate = self.rate.and_then(|thousandths| Rate::try_from(thousandths).ok());
        let amount = self.amount.as_ref().map(|amount| amount.read(fields, "/correction/amount"));
        let (value, currency) = match (amount, rate) {
            (Some(amount), None) => {
                let Money { amount, currency } = amount?;
                if amount <= Amount::ZERO {
                    fields.fault("/correction/amount/amount", "out-of-range");
                }
                (Value::Amount(amount), Some(currency))
            }
            (None, Some(rate)) => (Value::Rate(rate), None),
            (None, None) => {
                fields.fault("/correction/amount", "amount-or-rate");
                return None;
            }
            (Some(_), Some(_)) => {
                fields.fault("/correction/rate", "amount-or-rate");
                return None;
            }
        };
        let code = self.code.as_ref();
        let code = fields.line_option("/correction/code", code, MAX_ADJUSTMENT_CODE_CODE_POINTS);
        Some(Correction { kind: self.kind, value, currency, code })
    }
}

impl From<Correction> for CorrectionBody {
    fn from(Correction { kind, value, currency, code }: Correction) -> Self {
        let (amount, rate) = match value {
            Value::Amount(amount) => (currency.map(|currency| Money { amount, currency }), None),
            Value::Rate(rate) => (None, Some(rate.get())),
        };
        Self { kind, amount: amount.map(NewMoneyBody::from), rate, code }
    }
}

/// What orders would cost.
#[derive(Debug, Default)]
pub(super) struct Foreseen {
    /// What the orders cost after it, those that are refused as they are.
    pub sums: BTreeMap<&'static str, (Currency, i64, usize)>,
    /// How many would be refused.
    pub refused: usize,
}

impl Foreseen {
    pub(super) fn count(&mut self, currency: Currency, total: Amount) {
        let sum = self.sums.entry(currency.code()).or_insert((currency, 0, 0));
        sum.1 += total.get();
        sum.2 += 1;
    }
}

/// What the orders would cost after this action, each decided as at its turn.
pub(super) async fn foresee(
    caller: &Caller<'_>,
    action: &BatchAction,
    selection: &Selection,
) -> Result<Foreseen, Problem> {
    let (scope, now) = (caller.actor.scope(), caller.state.now());
    let mut conn = long_snapshot(caller.state, caller.actor.id()).await?;
    let mut contexts = BTreeMap::<StoreId, OrderContext>::new();
    let mut all = Foreseen::default();
    let ids: Vec<OrderId> = selection.found.iter().map(|order| order.id).collect();
    let command = action.command(BatchId::from_i64(1));
    for ids in ids.chunks(ORDERS_PER_READ) {
        for order in read::orders(&mut conn, &scope, ids).await.map_err(failed)? {
            let context = match contexts.entry(order.store_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(entry) => {
                    let references = References { store: Some(order.store_id), ..References::default() };
                    entry.insert(OrderContext::read(&mut conn, references).await.map_err(failed)?)
                }
            };
            let decided = decide(Some(&order), &context.context(), &caller.actor, &command, now);
            all.refused += usize::from(decided.is_err());
            let after = decided.ok().and_then(|events| foreseen(Some(&order), &events, now));
            all.count(order.currency, after.as_ref().unwrap_or(&order).totals.total);
        }
    }
    Ok(all)
}
