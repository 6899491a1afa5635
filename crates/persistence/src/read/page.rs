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

/// By what rows of a list are told apart, and in which order they come: numbers, the last of which is like no other's.
pub trait RowKey: Copy {
    /// The numbers.
    fn numbers(self) -> Vec<i64>;

    /// The key that has these numbers; `None`: none has.
    fn of(numbers: &[i64]) -> Option<Self>;

    /// The key directly beside it, which no row need have.
    #[must_use]
    fn beside(self, by: i64) -> Self;
}

impl RowKey for i64 {
    fn numbers(self) -> Vec<i64> {
        vec![self]
    }

    fn of(numbers: &[i64]) -> Option<Self> {
        <[i64; 1]>::try_from(numbers).ok().map(|[id]| id)
    }

    fn beside(self, by: i64) -> Self {
        self.saturating_add(by)
    }
}

/// Where a page begins, and which way it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge<C> {
    /// Behind this row, onwards.
    After(C),
    /// Before this row, back.
    Before(C),
}

impl<C: Copy> Edge<C> {
    /// The row.
    #[must_use]
    pub fn key(self) -> C {
        match self {
            Self::After(key) | Self::Before(key) => key,
        }
    }

    /// Is it read back?
    #[must_use]
    pub fn is_back(self) -> bool {
        matches!(self, Self::Before(_))
    }
}

/// One page of a list, and where its neighbours begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The page's rows.
    pub items: Vec<T>,
    /// Where to go on; `None` when this was the last page. A page may be short and have a next one all the same.
    pub next: Option<Edge<C>>,
    /// The way back; `None` when there is nothing before this page.
    pub previous: Option<Edge<C>>,
}

/// Rows as they were found on the way from an edge, and the row behind which the way goes on.
pub(super) struct Found<T, C> {
    pub(super) rows: Vec<T>,
    pub(super) onward: Option<C>,
}

impl<T, C: RowKey> Found<T, C> {
    /// From one row more than the page holds: that row only tells that there is a further page.
    pub(super) fn of(mut rows: Vec<T>, limit: u64, key: impl Fn(&T) -> C) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let onward = if more { rows.last().map(key) } else { None };
        Self { rows, onward }
    }

    /// The page of a list with the greatest key first, or last. Where all rows beside the edge are gone, the way to the other side
    /// begins with the row at the edge.
    pub(super) fn page(
        mut self,
        from: Option<Edge<C>>,
        is_descending: bool,
        key: impl Fn(&T) -> C,
    ) -> Page<T, C> {
        let first = self.rows.first().map(key);
        let up = if is_descending { 1 } else { -1 };
        let (next, previous) = match from {
            None => (self.onward.map(Edge::After), None),
            Some(Edge::After(at)) => {
                let back = Edge::Before(first.unwrap_or_else(|| at.beside(-up)));
                (self.onward.map(Edge::After), Some(back))
            }
            Some(Edge::Before(at)) => {
                self.rows.reverse();
                let on = Edge::After(first.unwrap_or_else(|| at.beside(up)));
                (Some(on), self.onward.map(Edge::Before))
            }
        };
        Page { items: self.rows, next, previous }
    }
}

/// A page of a list that is in memory as a whole, in its order.
#[must_use]
pub fn page_of<T>(
    mut all: Vec<T>,
    from: Option<Edge<i64>>,
    limit: u64,
    is_descending: bool,
    id: impl Fn(&T) -> i64,
) -> Page<T, i64> {
    let is_back = from.is_some_and(Edge::is_back);
    if is_back {
        all.reverse();
    }
    if let Some(edge) = from {
        all.retain(
            |item| if is_descending == is_back { id(item) > edge.key() } else { id(item) < edge.key() },
        );
    }
    Found::of(all, limit, &id).page(from, is_descending, id)
}
