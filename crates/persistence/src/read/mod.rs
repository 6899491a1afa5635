//! What can be asked without changing anything. Every function takes a [`Conn`](crate::tx::Conn), so that several of
//! them can look at one snapshot.

mod batches;
mod catalogue;
mod deadlines;
mod history_list;
mod idempotency;
mod logins;
mod order_list;
mod orders;
mod people;
mod select;
mod summary;
mod terms;
mod throttles;
mod unread;

pub use batches::{BatchItem, batch, batch_items, batches, open_batches, previewed, waiting_items};
pub use catalogue::{ProductFilter, count_products, product, products, store, stores};
pub use deadlines::{TimeUp, WhatIf, deadline_statements, overdue, waited_too_long};
pub use history_list::{
    EventRef, HistoryFilter, HistoryKey, HistoryReach, histories_of, history_page, list_history,
};
pub use idempotency::used_key;
pub use logins::{password_hash, session, sign_in};
pub use order_list::{
    CustomerFilter, MAX_WALKED_ROWS, OrderCursor, OrderFilter, OrderSort, OrderSummary, SortKey, Trash,
    count_orders, list_orders, list_statements,
};
pub use orders::{AsOf, OrderContext, history, look_alikes, order, orders, proof, state_at};
pub use people::{customer, member, member_by_email, member_names, members};
pub use summary::{Summary, Today, summary};
pub use throttles::blocked_until;
pub use unread::{count_new, last_position, new_among};

/// The fixed statements of these modules.
pub(crate) static STATEMENTS: [&[(&str, &dyn crate::statement::Sql)]; 7] = [
    batches::STATEMENTS,
    catalogue::STATEMENTS,
    deadlines::STATEMENTS,
    unread::STATEMENTS,
    orders::STATEMENTS,
    people::STATEMENTS,
    summary::STATEMENTS,
];

/// Totals are counted up to here; beyond, they are a lower bound.
pub const MAX_COUNTED: i64 = 10_000;

/// How many rows a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// So many, at most [`MAX_COUNTED`].
    pub total: i64,
    /// May there be more?
    pub is_lower_bound: bool,
}

impl Counted {
    /// From a number that was counted to one more than we tell.
    fn of(total: i64) -> Self {
        Self { total: total.min(MAX_COUNTED), is_lower_bound: total > MAX_COUNTED }
    }
}

/// One page of a list, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The page's rows.
    pub items: Vec<T>,
    /// Where to go on; `None` when this was the last page. A page may be short and have a next one all the same.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// From one row more than the page holds: that row only tells that there is a next page.
    fn of(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> C) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next }
    }
}
