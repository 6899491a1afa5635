//! Pages of lists, and how far their rows are counted.

/// Totals are counted up to here; beyond, they are a lower bound.
pub const MAX_COUNTED: i64 = 10_000;

/// Most orders, or events, that one statement of a page looks at.
pub const MAX_WALKED_ROWS: u64 = 4_000;

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
    pub(crate) fn of(total: i64) -> Self {
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
    pub(super) fn of(mut rows: Vec<T>, limit: u64, cursor: impl Fn(&T) -> C) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Self { items: rows, next }
    }
}
