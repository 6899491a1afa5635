//! Lists page by page.

use ordervault_domain::search::query_terms;
use ordervault_persistence::read::{Counted, Edge, RowKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::cursors::Seal;
use crate::extract::Content;

/// Rows of a page when the client does not say.
pub(crate) const DEFAULT_LIMIT: u32 = 25;

/// Which page of a list that takes no filters.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
}

impl Content for PageQuery {}

impl PageQuery {
    /// How many rows a page has at most.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }
}

/// What rows of a list can have besides what they always have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Include {
    /// What the reader may do now.
    Actions,
}

/// Where the page before begins, and where the next one does.
pub(crate) type Ways<C> = [Option<Edge<C>>; 2];

/// One page of a list, newest first unless asked for otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListOf<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Is there a next page? A page may be short and have a next one all the same.
    #[schema(example = true)]
    pub has_more: bool,
    /// Send it as `cursor` with the same filters to get the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    pub next_cursor: Option<String>,
    /// Send it as `cursor` with the same filters to get the page before. Left out at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    pub previous_cursor: Option<String>,
    /// With `include_total=true`: how many rows there are, counted up to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 10000, example = 137)]
    pub total: Option<i64>,
    /// May there be more than `total` says?
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = false)]
    pub total_is_lower_bound: Option<bool>,
    /// Lists of orders for staff: marks the newest order in your stores. Send it to `POST /v1/staff/orders/seen` as `up_to` to
    /// say that you have seen everything up to here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    pub position: Option<String>,
}

impl<T> ListOf<T> {
    /// A page with the ways to its neighbours.
    pub(crate) fn new<C: RowKey>(items: Vec<T>, ways: Ways<C>, seal: &Seal<'_>) -> Self {
        let [previous_cursor, next_cursor] = ways.map(|edge| edge.and_then(|edge| seal.page(edge)));
        Self {
            items,
            has_more: next_cursor.is_some(),
            next_cursor,
            previous_cursor,
            total: None,
            total_is_lower_bound: None,
            position: None,
        }
    }

    /// The answer to a search that cannot find anything.
    pub(crate) fn empty(is_counted: bool) -> Self {
        let page = Self {
            items: vec![],
            has_more: false,
            next_cursor: None,
            previous_cursor: None,
            total: None,
            total_is_lower_bound: None,
            position: None,
        };
        page.with_total(is_counted.then_some(Counted { total: 0, is_lower_bound: false }))
    }

    /// With the position that was read before the list.
    pub(crate) fn with_position(mut self, position: Option<String>) -> Self {
        self.position = position;
        self
    }

    /// With a total, if it was asked for.
    pub(crate) fn with_total(mut self, counted: Option<Counted>) -> Self {
        self.total = counted.map(|counted| counted.total);
        self.total_is_lower_bound = counted.map(|counted| counted.is_lower_bound);
        self
    }
}

/// Is `q` given, but without a letter or digit to look for? Then it finds nothing, not everything.
pub(crate) fn has_no_words(q: Option<&str>) -> bool {
    q.is_some_and(|q| query_terms(q).is_empty())
}
