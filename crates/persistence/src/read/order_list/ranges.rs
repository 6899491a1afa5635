//! Which indexes give the orders in the order of the list.
//!
//! A list sorted by the time of placing is walked along the index of a store, of a status, of a customer and so on: one
//! range for each value or pair of values that is asked for, all of them merged. Other orders have one range. No two
//! indexes of `orders` begin with the same column, so that there is one way only.

use ordervault_domain::order::Status;
use sea_query::{Condition, Expr, ExprTrait, Order as Direction, Query, SelectStatement, Value};

use strum::IntoEnumIterator as _;

use super::filter::{OrderSort, SortKey};
use super::predicate::{Predicate, column};
use super::row::OrderCursor;
use crate::engine::Engine;
use crate::read::page::MAX_WALKED_ROWS;
use crate::read::select::united;

/// Most ranges that are merged; with more, the index of all orders is walked.
const MAX_RANGES: usize = 24;

/// The columns before `placed_at` in an index, those that say most first.
const RANGE_COLUMNS: [&[&str]; 7] = [
    &["customer_id"],
    &["contact_email_key"],
    &["store_id", "status"],
    &["status"],
    &["source_status"],
    &["payment_status"],
    &["fulfillment_status"],
];

/// The ranges of a list.
pub(super) struct IndexRanges {
    ranges: Vec<RangeKeys>,
    /// For each predicate whether all rows in the ranges fulfil it.
    pub(super) settled: Vec<bool>,
}

/// The values that the columns before the sort key have in this range.
type RangeKeys = Vec<(&'static str, Value)>;

impl IndexRanges {
    /// Those that fit best.
    pub(super) fn new(predicates: &[Predicate], key: SortKey) -> Self {
        let of_columns = |columns: &&[&'static str]| -> Option<Vec<Vec<Value>>> {
            let first = values(predicates, columns.first()?)?.to_vec();
            let others = columns.iter().skip(1).map(|name| match values(predicates, name) {
                Some(values) => values.to_vec(),
                None => Status::iter().map(|status| <&str>::from(status).into()).collect(),
            });
            let values: Vec<Vec<Value>> = std::iter::once(first).chain(others).collect();
            Some(values).filter(|values| values.iter().map(Vec::len).product::<usize>() <= MAX_RANGES)
        };
        let mut fitting = RANGE_COLUMNS.iter().filter(|_| key == SortKey::Placed);
        let fitting = fitting.find_map(|columns| Some((*columns, of_columns(columns)?)));
        let (columns, values_of) = fitting.unwrap_or_default();
        let mut ranges: Vec<RangeKeys> = vec![vec![]];
        for (&name, values) in columns.iter().zip(&values_of) {
            let with =
                |range: &RangeKeys, value: &Value| [range.as_slice(), &[(name, value.clone())]].concat();
            ranges =
                ranges.iter().flat_map(|range| values.iter().map(move |value| with(range, value))).collect();
        }
        let settled = predicates.iter().map(|predicate| match predicate {
            Predicate::Among(name, held) => columns.contains(name) && values(predicates, name) == Some(held),
            Predicate::Within(name, ..) => *name == key.column(),
            _ => false,
        });
        Self { ranges, settled: settled.collect() }
    }

    /// Does each range hold a part of the orders only?
    pub(super) fn are_of_values(&self) -> bool {
        self.ranges.iter().all(|range| !range.is_empty())
    }
}

/// The part of an index that is walked: in which order, from where, which keys.
pub(super) struct KeyRange {
    pub(super) engine: Engine,
    pub(super) sort: OrderSort,
    pub(super) after: Option<OrderCursor>,
    /// At least the first, less than the second, if the keys are restricted.
    pub(super) keys: Option<(Option<i64>, Option<i64>)>,
}

impl KeyRange {
    /// Key and id of the orders in the ranges, in the order of the list, as `sort_key` and `id`.
    pub(super) fn rows(&self, ranges: IndexRanges, limit: u64, offset: u64) -> SelectStatement {
        let mut ranges: Vec<SelectStatement> =
            ranges.ranges.into_iter().map(|range| self.range(&range, limit + offset)).collect();
        let mut rows = match ranges.pop() {
            Some(only) if ranges.is_empty() => only,
            last => {
                let parts = ranges.into_iter().chain(last).map(|range| {
                    Query::select().columns(["sort_key", "id"]).from_subquery(range, "range").to_owned()
                });
                let mut all = parts.reduce(united).unwrap_or_default();
                all.order_by("sort_key", self.direction()).order_by("id", self.direction()).to_owned()
            }
        };
        rows.limit(limit);
        if offset > 0 {
            rows.offset(offset);
        }
        rows
    }

    /// One range, as far as so many orders. On PostgreSQL it is a range of an index, from one row to another, and not an equation: otherwise PostgreSQL
    /// would rather walk the index of all orders where it believes that most of them have this value. SQLite, where it has
    /// statistics, might take another index for such a range, but not for an equation.
    fn range(&self, range: &RangeKeys, limit: u64) -> SelectStatement {
        let mut rows = Query::select()
            .expr_as(column(self.sort.key.column()), "sort_key")
            .expr(column("id"))
            .from("orders")
            .to_owned();
        for &(name, _) in range {
            rows.order_by_expr(column(name), self.direction());
        }
        rows.order_by_expr(column(self.sort.key.column()), self.direction());
        rows.order_by_expr(column("id"), self.direction());
        // A walk of PostgreSQL goes on behind the end of a range of rows until its first column changes: of several columns it would
        // read the rest of the store. So a short one has no end but the number of its rows, and what lies beyond is cut off afterwards.
        let is_cut_off = self.engine == Engine::Postgres && range.len() > 1 && limit <= MAX_WALKED_ROWS;
        rows.cond_where(self.bounds(range, is_cut_off)).limit(limit);
        if is_cut_off { self.cut_off(rows, range) } else { rows }
    }

    fn cut_off(&self, mut walk: SelectStatement, range: &RangeKeys) -> SelectStatement {
        let walked = |name: &'static str| Expr::col(("walk", name));
        let (from, to) = self.keys.unwrap_or_default();
        let mut within = Condition::all();
        for (name, value) in range {
            walk.expr(column(name));
            within = within.add(walked(name).eq(Expr::val(value.clone())));
        }
        within = match self.sort.descending {
            true => within.add_option(from.map(|from| walked("sort_key").gte(from))),
            false => within.add_option(to.map(|to| walked("sort_key").lt(to))),
        };
        let mut rows = Query::select().columns(["sort_key", "id"]).from_subquery(walk, "walk").to_owned();
        rows.cond_where(within).order_by("sort_key", self.direction()).order_by("id", self.direction());
        rows
    }

    fn bounds(&self, range: &RangeKeys, is_cut_off: bool) -> Condition {
        let mut bounds = Condition::all();
        let mut within = range.as_slice();
        if self.engine == Engine::Sqlite {
            let equal = |(name, value): &(&'static str, Value)| column(name).eq(Expr::val(value.clone()));
            bounds = within.iter().fold(bounds, |bounds, one| bounds.add(equal(one)));
            within = &[];
        }
        let names = within.iter().map(|(name, _)| *name).chain([self.sort.key.column(), "id"]);
        let row = Expr::tuple(names.map(column));
        let at = |(key, id): (i64, i64)| {
            let values = within.iter().map(|(_, value)| Expr::val(value.clone()));
            Expr::tuple(values.chain([Expr::val(key), Expr::val(id)]))
        };
        let (from, to) = self.keys.unwrap_or_default();
        let is_open = within.is_empty() && self.keys.is_none();
        let start = from.or((!is_open).then_some(i64::MIN)).map(|key| (key, i64::MIN));
        let end = to.or((!is_open).then_some(i64::MAX)).map(|key| (key, i64::MIN));
        let mut lower = start.map(|start| row.clone().gte(at(start)));
        let mut upper = end.map(|end| row.clone().lt(at(end)));
        // Only the narrower of two on one side: said both, an engine may begin at the wider one, however far from the other.
        match self.after.map(|after| (after.key, after.id.get())) {
            Some(after) if self.sort.descending && end.is_none_or(|end| after < end) => {
                upper = Some(row.lt(at(after)));
            }
            Some(after) if !self.sort.descending && start.is_none_or(|start| start <= after) => {
                lower = Some(row.gt(at(after)));
            }
            _ => {}
        }
        if is_cut_off {
            *(if self.sort.descending { &mut lower } else { &mut upper }) = None;
        }
        if self.sort.key == SortKey::Due {
            // The index has no others.
            bounds = bounds.add(column("due_at").is_not_null());
        }
        bounds.add_option(lower).add_option(upper)
    }

    pub(super) fn direction(&self) -> Direction {
        if self.sort.descending { Direction::Desc } else { Direction::Asc }
    }
}

/// The values that a column may have, if that is asked for.
fn values<'a>(predicates: &'a [Predicate], column: &str) -> Option<&'a [Value]> {
    predicates.iter().find_map(|predicate| match predicate {
        Predicate::Among(name, values) if *name == column => Some(values.as_slice()),
        _ => None,
    })
}
