//! Which orders a batch is about, as its maker sees them now.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, StoreScope};
use ordervault_domain::batch::{BatchAction, MAX_ORDERS};
use ordervault_domain::country::Country;
use ordervault_domain::id::{MemberId, OrderId};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, OrderFilter, OrderSort, OrderSummary, Trash};
use sha2::{Digest, Sha256};

use crate::problem::{Code, FieldError, Problem, pointer};
use crate::reading::{failed, long_snapshot};
use crate::state::AppState;
use crate::translations::Text;
use crate::v1::staff::orders::filters::ListStaffOrders;

/// How the orders are named.
#[derive(Clone, Debug)]
pub(super) enum Selector {
    /// One by one, each once.
    Ids(Vec<OrderId>),
    /// By the filters of the list of orders.
    Filter(Box<ListStaffOrders>),
}

/// The orders.
pub(super) struct Selection {
    /// Those in the maker's scope, newest first.
    pub found: Vec<OrderSummary>,
    /// Ids that lead to no order in the maker's scope.
    pub missing: Vec<OrderId>,
}

impl Selector {
    /// The filter of the list of orders; `None`: it finds nothing.
    fn filter(
        &self,
        actor: &Actor,
        home: Option<Country>,
        now: Timestamp,
    ) -> Result<Option<OrderFilter>, Problem> {
        match self {
            Self::Ids(ids) => {
                let ids = Some(ids.clone());
                Ok(Some(OrderFilter { ids, trash: Trash::With, ..OrderFilter::default() }))
            }
            Self::Filter(query) => {
                let reader = actor.id().map(MemberId::from_i64);
                query.filter(&actor.scope(), reader, home, now).map_err(in_body)
            }
        }
    }
}

/// What is wrong with a parameter, said of the body's filter.
fn in_body(problem: Problem) -> Problem {
    if problem.code() != Code::InvalidParameter {
        return problem;
    }
    let errors = problem.field_errors().iter().cloned().map(|mut error| {
        error.pointer = pointer(["filter", &error.pointer]);
        error
    });
    Problem::invalid(errors.collect())
}

impl Selection {
    /// Looks for the orders, all in one snapshot.
    ///
    /// # Errors
    /// 422 when a filter is not valid or finds more than a batch may have.
    pub(super) async fn read(state: &AppState, actor: &Actor, selector: &Selector) -> Result<Self, Problem> {
        let scope = actor.scope();
        let mut found = vec![];
        if let Some(filter) = selector.filter(actor, state.settings.default_country, state.now())? {
            let mut conn = long_snapshot(state, actor.id()).await?;
            let mut after = None;
            loop {
                let room = (MAX_ORDERS + 1 - found.len()) as u64;
                let page =
                    read::list_orders(&mut conn, &scope, &filter, OrderSort::NEWEST_FIRST, after, room);
                let page = page.await.map_err(failed)?;
                found.extend(page.items);
                if found.len() > MAX_ORDERS {
                    let error = FieldError::new("/filter", "too-many");
                    let detail = Text::new("batch-too-large").with("limit", MAX_ORDERS);
                    return Err(Problem::invalid(vec![error.detail(detail)]));
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        let there: BTreeSet<OrderId> = found.iter().map(|order| order.id).collect();
        let missing = match selector {
            Selector::Ids(ids) => ids.iter().copied().filter(|id| !there.contains(id)).collect(),
            Selector::Filter(_) => vec![],
        };
        Ok(Self { found, missing })
    }

    /// The orders with their versions, sorted; 0 stands for "not there".
    pub(super) fn versions(&self) -> Vec<(OrderId, i64)> {
        let found = self.found.iter().map(|order| (order.id, order.version));
        let mut versions: Vec<_> = found.chain(self.missing.iter().map(|id| (*id, 0))).collect();
        versions.sort_unstable();
        versions
    }

    /// The stores of the orders that are there.
    pub(super) fn stores(&self) -> StoreScope {
        StoreScope::Only(self.found.iter().map(|order| order.store_id).collect())
    }
}

/// Stands for one action of one member on orders as they are: SHA-256 in hexadecimal digits.
pub(super) fn digest(member: MemberId, action: &BatchAction, versions: &[(OrderId, i64)]) -> String {
    let kind = <&str>::from(action.kind());
    let (reason, comment) = action.why();
    let said = serde_json::json!([member, kind, reason, comment, action.correction()]).to_string();
    let mut hasher = Sha256::new();
    hasher.update((said.len() as u64).to_be_bytes());
    hasher.update(said);
    for (id, version) in versions {
        hasher.update(id.get().to_be_bytes());
        hasher.update(version.to_be_bytes());
    }
    hex::encode(hasher.finalize())
}
