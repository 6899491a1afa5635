//! The first step: what a batch would be about. And what has changed when the second step comes too late.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use ordervault_domain::batch::BatchAction;
use ordervault_domain::id::OrderId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{BatchOperation, Operation, PREVIEW_MILLIS};
use serde::Serialize;
use utoipa::ToSchema;

use super::correction::{Foreseen, foresee};
use super::selection::Selection;
use crate::names;
use crate::problem::{Code, FieldError, Problem, Remedy, RemedyKind};
use crate::submit::not_written;
use crate::translations::Text;
use crate::v1::caller::Caller;
use crate::v1::offers::summaries;
use crate::v1::order_body::OrderSummaryBody;

/// Orders that a preview shows.
const MAX_SHOWN: usize = 25;

/// What a batch would be about. Nothing has been done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchPreview)]
pub(crate) struct PreviewBody {
    /// What would be done to each order.
    #[schema(value_type = names::BatchAction)]
    action: &'static str,
    /// Number of orders.
    #[schema(minimum = 0, maximum = 10_000, example = 500)]
    count: usize,
    /// Ids that lead to no order in your scope.
    #[schema(max_items = 500)]
    not_found: Vec<String>,
    /// What the orders cost, one sum per currency.
    sums: Vec<OrderSum>,
    /// What they would cost after a correction of prices; those that would be refused as they are. Left out of other acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sums_after: Option<Vec<OrderSum>>,
    /// How many orders a correction of prices would be refused for. Left out of other acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 10_000, example = 0)]
    refused: Option<usize>,
    /// The newest orders, up to 25.
    #[schema(max_items = 25)]
    orders: Vec<OrderSummaryBody>,
    /// Stands for the act and these orders in these versions. Send it to carry it out.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    )]
    digest: String,
    /// So long it can be told what has changed since.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    expires_at: Timestamp,
}

/// What some orders cost together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderSum {
    /// Minor units.
    #[schema(minimum = 0, example = 199_900)]
    amount: i64,
    /// ISO 4217 code.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    currency: &'static str,
    /// Decimal places of the currency.
    #[schema(minimum = 0, maximum = 4, example = 2)]
    exponent: u8,
    /// Number of orders.
    #[schema(minimum = 1, example = 500)]
    orders: usize,
}

/// Shows the orders and remembers them.
pub(super) async fn show(
    caller: &Caller<'_>,
    action: &BatchAction,
    selection: Selection,
    digest: String,
) -> Result<HttpResponse, Problem> {
    let versions = selection.versions().into();
    let operation = Operation::Batch(BatchOperation::Preview { digest: digest.clone(), versions });
    caller.submit(None, vec![operation]).await.map_err(|error| not_written(&error))?;
    let mut now = Foreseen::default();
    selection.found.iter().for_each(|order| now.count(order.currency, order.total));
    let after = match action.correction() {
        Some(_) => Some(foresee(caller, action, &selection).await?),
        None => None,
    };
    let count = selection.found.len();
    let shown = selection.found.into_iter().take(MAX_SHOWN).collect();
    let body = PreviewBody {
        action: action.kind().into(),
        count,
        not_found: selection.missing.iter().map(ToString::to_string).collect(),
        sums: OrderSum::of(&now),
        sums_after: after.as_ref().map(OrderSum::of),
        refused: after.as_ref().map(|after| after.refused),
        orders: summaries(caller.state, shown).await?,
        digest,
        expires_at: caller.state.now().plus_millis(PREVIEW_MILLIS),
    };
    Ok(HttpResponse::Ok().json(body))
}

impl OrderSum {
    fn of(foreseen: &Foreseen) -> Vec<Self> {
        let sums = foreseen.sums.values().map(|&(currency, amount, orders)| Self {
            amount,
            currency: currency.code(),
            exponent: currency.exponent(),
            orders,
        });
        sums.collect()
    }
}

/// 409: what was previewed is not what would be done now. Without `before` nothing was, or it is forgotten.
pub(super) fn outdated(before: Option<&[(OrderId, i64)]>, now: &[(OrderId, i64)]) -> Problem {
    let problem = Problem::new(Code::PreviewOutdated).remedy(
        Remedy::new(RemedyKind::Preview, Text::new("remedy-preview"))
            .request("POST", "/v1/staff/batches?preview=true"),
    );
    let Some(before) = before else {
        return problem.detail(Text::new("preview-unknown"));
    };
    let changes = changes(before, now);
    if changes.is_empty() {
        return problem.detail(Text::new("preview-of-another-act"));
    }
    let count = |name| changes.iter().filter(|change| change.1 == name).count();
    let detail = Text::new("preview-changed")
        .with("joined", count("joined"))
        .with("left", count("left"))
        .with("changed", count("changed"));
    let errors = changes.iter().map(|(id, name)| {
        FieldError::new(format!("/orders/{id}"), *name)
            .detail(Text::new(format!("order-{name}")).with("number", id.number()))
    });
    problem.detail(detail).errors(errors.collect())
}

/// The orders that are not as they were, with what happened to them.
fn changes(before: &[(OrderId, i64)], now: &[(OrderId, i64)]) -> Vec<(OrderId, &'static str)> {
    let there = |orders: &[(OrderId, i64)]| -> BTreeMap<OrderId, i64> {
        orders.iter().copied().filter(|(_, version)| *version > 0).collect()
    };
    let (before, now) = (there(before), there(now));
    let left = before.keys().filter(|id| !now.contains_key(id)).map(|id| (*id, "left"));
    let others = now.iter().filter_map(|(id, version)| match before.get(id) {
        None => Some((*id, "joined")),
        Some(old) if old != version => Some((*id, "changed")),
        Some(_) => None,
    });
    let mut changes: Vec<_> = left.chain(others).collect();
    changes.sort_unstable();
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translations::Locale;

    fn orders(versions: &[(i64, i64)]) -> Vec<(OrderId, i64)> {
        versions.iter().map(|(id, version)| (OrderId::from_i64(*id), *version)).collect()
    }

    #[test]
    fn orders_join_leave_and_change() {
        let before = orders(&[(1, 5), (2, 5), (3, 5), (4, 0), (5, 0)]);
        let now = orders(&[(1, 5), (2, 6), (4, 1), (5, 0), (6, 1)]);
        let named = changes(&before, &now);
        let named: Vec<_> = named.iter().map(|(id, name)| (id.get(), *name)).collect();
        assert_eq!(named, [(2, "changed"), (3, "left"), (4, "joined"), (6, "joined")]);
        assert_eq!(changes(&before, &before), []);
    }

    #[test]
    fn many_changes_are_counted_and_few_named() {
        let now: Vec<(i64, i64)> = (1..=500).map(|id| (id, 1)).collect();
        let problem = outdated(Some(&[]), &orders(&now));
        assert_eq!(problem.field_errors().len(), crate::problem::MAX_FIELD_ERRORS);
        assert_eq!(
            problem.body("r", Locale::english()).detail,
            "since the preview 500 orders joined, 0 left and 0 changed"
        );
    }
}
