//! What happened to everything: any combination of filters, newest first, page by page.
//!
//! A page walks the history along one index, or along several whose rows are merged: its *arms*. Somebody who looks
//! after some stores walks those stores' rows and no others, so that neither what a page holds nor where it ends tells
//! anything about the rest. Whatever the arms do not say is looked at row by row, at most [`MAX_WALKED_ROWS`] a page.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, ActorKind, Scope, StoreScope};
use ordervault_domain::aggregate::Kind;
use ordervault_domain::id::{MemberId, StoreId};
use ordervault_domain::time::Timestamp;
use sea_query::{
    Alias, Condition, Expr, ExprTrait, LikeExpr, Order as Direction, Query, SelectStatement, UnionType,
};
use strum::IntoEnumIterator as _;

use super::order_list::in_scope;
use super::page::{Edge, Found, MAX_WALKED_ROWS, Page, RowKey};
use super::past::EventKey;
use super::people;
use super::select::{column, one_of};
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::Statement;
use crate::tables::columns::Row;
use crate::tx::Conn;

/// More arms than this are one: along time, with the stores looked at row by row.
const MAX_ARMS: usize = 100;

/// Which events are asked for. Everything given has to hold.
#[derive(Clone, Debug, Default)]
pub struct HistoryFilter {
    /// By this customer or member.
    pub actor: Option<i64>,
    /// By this kind of actor.
    pub actor_kind: Option<ActorKind>,
    /// Of one of these types.
    pub events: Vec<String>,
    /// Of one of these kinds of resource.
    pub kinds: Vec<Kind>,
    /// Which changed this field.
    pub field: Option<&'static str>,
    /// Of resources of one of these stores.
    pub stores: Vec<StoreId>,
    /// Of this resource.
    pub entity: Option<i64>,
    /// Written down then or later.
    pub recorded_after: Option<Timestamp>,
    /// Written down before.
    pub recorded_before: Option<Timestamp>,
}

/// What of the history somebody may see, which is what they may see of the resources themselves, as they are now.
#[derive(Clone, Debug)]
pub struct HistoryReach {
    kinds: Vec<Kind>,
    orders: Scope,
    stores: StoreScope,
    /// The members in reach, if not all are.
    members: Vec<MemberId>,
}

impl HistoryReach {
    /// What this actor may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(conn: &mut Conn, actor: &Actor) -> Result<Self, Error> {
        let kinds = Kind::iter().filter(|kind| actor.reads(*kind)).collect();
        let stores = actor.stores();
        let members = match &stores {
            StoreScope::Only(_) if actor.reads(Kind::Member) => people::members_within(conn, &stores).await?,
            _ => vec![],
        };
        Ok(Self { kinds, orders: actor.scope(), stores, members })
    }

    /// Rows of these stores and members, or all.
    fn of_stores(&self) -> Condition {
        match &self.stores {
            StoreScope::All => Condition::all(),
            StoreScope::Only(stores) => Condition::any()
                .add(one_of("store_id", stores.iter().map(|store| store.get())))
                .add(one_of("entity_id", self.members.iter().map(|member| member.get()))),
        }
    }

    /// Rows that are in reach, if their store or member is.
    fn condition(&self) -> Condition {
        let mut all = Condition::all();
        if self.kinds.len() < Kind::iter().count() {
            // What is asked in a CASE has no index: that of the kinds would lead to very many rows, in another order.
            let known = Condition::all().add(one_of("kind", self.kinds.iter().map(<&str>::from)));
            let known: Expr = Expr::case(known, true).finally(false).into();
            all = all.add(known);
        }
        match &self.orders {
            Scope::Everything => all,
            Scope::Staff { trash: true, statuses, .. } if statuses.is_all() => all,
            scope => {
                let order = Query::select()
                    .expr(Expr::val(1))
                    .from(Alias::new("orders"))
                    .and_where(column("id").equals(Alias::new("entity_id")))
                    .cond_where(in_scope(scope))
                    .to_owned();
                let kind = column("kind").ne(<&str>::from(Kind::Order));
                all.add(Condition::any().add(kind).add(Expr::exists(order)))
            }
        }
    }
}

/// An event by its place in the list; also where a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryKey {
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// What it happened to.
    pub entity_id: i64,
    /// Its place in that resource's history.
    pub seq: i64,
}

impl HistoryKey {
    /// Which event that is.
    #[must_use]
    pub fn event(&self) -> EventKey {
        (self.entity_id, self.seq)
    }
}

impl RowKey for HistoryKey {
    fn numbers(self) -> Vec<i64> {
        vec![self.recorded_at.millis(), self.entity_id, self.seq]
    }

    fn of(numbers: &[i64]) -> Option<Self> {
        let [recorded_at, entity_id, seq] = numbers.try_into().ok()?;
        Some(Self { recorded_at: Timestamp::from_millis(recorded_at), entity_id, seq })
    }

    fn beside(self, by: i64) -> Self {
        Self { seq: self.seq.saturating_add(by), ..self }
    }
}

/// An event in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRef {
    /// Which.
    pub key: HistoryKey,
    /// The kind of resource that it happened to.
    pub kind: Kind,
}

/// A page of the events in reach that the filter asks for, newest first, from the edge.
///
/// # Errors
/// When the database fails.
pub async fn list_history(
    conn: &mut Conn,
    reach: &HistoryReach,
    filter: &HistoryFilter,
    from: Option<Edge<HistoryKey>>,
    limit: u64,
) -> Result<Page<EventRef, HistoryKey>, Error> {
    let walk = Walk::new(reach, filter, from, conn.engine());
    let Some(select) = walk.page(limit) else {
        return Ok(Page { items: vec![], next: None, previous: None });
    };
    let rows: Vec<Columns> = conn.fetch_all(&Statement::built(select)).await?;
    let items = rows.into_iter().map(happened).collect::<Result<Vec<_>, _>>()?;
    let mut found = Found::of(items, limit, |item: &EventRef| item.key);
    if let (None, Some(end)) = (found.onward, walk.end()) {
        let row: Option<Columns> = conn.fetch_optional(&Statement::built(end)).await?;
        found.onward = row.map(happened).transpose()?.map(|event| event.key);
    }
    Ok(found.page(from, true, |item| item.key))
}

/// The statements behind [`list_history`], with a name, for whoever looks at their plans; none: nothing can be found.
#[must_use]
pub fn history_statements(
    reach: &HistoryReach,
    filter: &HistoryFilter,
    from: Option<Edge<HistoryKey>>,
    limit: u64,
    engine: Engine,
) -> Vec<(&'static str, Statement)> {
    let walk = Walk::new(reach, filter, from, engine);
    let all = [("page", walk.page(limit)), ("end", walk.end())];
    all.into_iter().filter_map(|(name, select)| Some((name, Statement::built(select?)))).collect()
}

/// When, what, which, the kind of resource.
type Columns = (i64, i64, i64, String);

fn happened((recorded_at, entity_id, seq, kind): Columns) -> Result<EventRef, Error> {
    let kind = Row { table: "history", id: entity_id }.parsed("kind", &kind)?;
    let key = HistoryKey { recorded_at: Timestamp::from_millis(recorded_at), entity_id, seq };
    Ok(EventRef { key, kind })
}

/// Along which indexes a page walks, and what is left to be looked at row by row.
struct Walk<'a> {
    reach: &'a HistoryReach,
    filter: &'a HistoryFilter,
    from: Option<Edge<HistoryKey>>,
    engine: Engine,
    /// Conditions, each served by one index in the list's order, that together find all rows.
    arms: Vec<Condition>,
    /// The rest of the filter.
    rest: Condition,
}

impl<'a> Walk<'a> {
    fn new(
        reach: &'a HistoryReach,
        filter: &'a HistoryFilter,
        from: Option<Edge<HistoryKey>>,
        engine: Engine,
    ) -> Self {
        let mut rest = filter.clone();
        let arms = arms(reach, filter, &mut rest);
        Self { reach, filter, from, engine, arms, rest: row_by_row(&rest) }
    }

    /// The page; `None`: there cannot be any.
    fn page(&self, limit: u64) -> Option<SelectStatement> {
        let rows = if self.rest.is_empty() { limit + 1 } else { MAX_WALKED_ROWS };
        let mut page = self.listed(self.rows(rows)?);
        Some(page.cond_where(self.rest.clone()).limit(limit + 1).to_owned())
    }

    /// The row at which a page stops because it has walked long enough; none there: it came to the end.
    fn end(&self) -> Option<SelectStatement> {
        let walked = self.rows(MAX_WALKED_ROWS).filter(|_| !self.rest.is_empty())?;
        Some(self.listed(walked).offset(MAX_WALKED_ROWS - 1).limit(1).to_owned())
    }

    fn listed(&self, walked: SelectStatement) -> SelectStatement {
        let mut select = Query::select();
        select
            .columns(["recorded_at", "entity_id", "seq", "kind"].map(Alias::new))
            .from_subquery(walked, Alias::new("walked"));
        self.sorted(select)
    }

    /// By what the list is sorted: one history by its numbers, as its index is.
    fn order(&self) -> &'static [&'static str] {
        if self.filter.entity.is_some() { &ORDER[2..] } else { &ORDER }
    }

    /// Newest first; on the way back the other way round.
    fn sorted(&self, mut select: SelectStatement) -> SelectStatement {
        let is_back = self.from.is_some_and(Edge::is_back);
        for name in self.order() {
            select.order_by(Alias::new(*name), if is_back { Direction::Asc } else { Direction::Desc });
        }
        select
    }

    /// An arm that comes in order by itself: only such ones does PostgreSQL merge.
    fn in_order(&self, arm: SelectStatement, rows: u64) -> SelectStatement {
        let arm = self.sorted(arm).limit(rows).to_owned();
        Query::select().columns(WALKED.map(Alias::new)).from_subquery(arm, Alias::new("arm")).to_owned()
    }

    /// By what the list is sorted, as one value.
    fn keys(&self) -> Expr {
        Expr::tuple(self.order().iter().map(|name| column(name)))
    }

    fn values(&self, of: HistoryKey) -> Expr {
        let values = [of.recorded_at.millis(), of.entity_id, of.seq].map(Expr::val);
        Expr::tuple(values.into_iter().skip(ORDER.len() - self.order().len()))
    }

    /// The first rows in reach, in the list's order, by what an index serves.
    fn rows(&self, rows: u64) -> Option<SelectStatement> {
        let filter = self.filter;
        let mut arms = self.arms.iter().map(|arm| {
            let since = filter.recorded_after.map(|since| column("recorded_at").gte(since.millis()));
            let until = filter.recorded_before.map(|until| column("recorded_at").lt(until.millis()));
            // What is behind an edge is within the end of the list on that side: said twice, SQLite would begin anew there each time.
            let (since, until) = match self.from {
                None => (since, until),
                Some(Edge::After(last)) => (since, Some(self.keys().lt(self.values(last)))),
                Some(Edge::Before(first)) => (Some(self.keys().gt(self.values(first))), until),
            };
            let condition = arm.clone().add(self.reach.condition()).add_option(since).add_option(until);
            let mut select = Query::select();
            select.columns(WALKED.map(Alias::new)).from(Alias::new("history")).cond_where(condition);
            match self.engine {
                Engine::Postgres if self.arms.len() > 1 => self.in_order(select, rows),
                _ => select,
            }
        });
        let mut first = arms.next()?;
        first.unions(arms.map(|arm| (UnionType::All, arm)));
        Some(self.sorted(first).limit(rows).to_owned())
    }
}

/// By what the list is sorted.
const ORDER: [&str; 3] = ["recorded_at", "entity_id", "seq"];
/// What a walked row is looked at by.
const WALKED: [&str; 9] =
    ["recorded_at", "entity_id", "seq", "kind", "store_id", "type", "fields", "actor_kind", "actor_id"];

/// The arms for a filter, each with the stores in reach, said once: whatever else an index is asked for spoils its order.
/// What they say already is taken out of `rest`.
fn arms(reach: &HistoryReach, filter: &HistoryFilter, rest: &mut HistoryFilter) -> Vec<Condition> {
    let arm = |condition: Expr| Condition::all().add(condition);
    if let Some(entity) = rest.entity.take() {
        return vec![arm(column("entity_id").eq(entity)).add(reach.of_stores())];
    }
    if let StoreScope::Only(stores) = &reach.stores {
        let wanted = |store: &&StoreId| filter.stores.is_empty() || filter.stores.contains(store);
        let stores = stores.iter().filter(wanted).copied().collect();
        let mut arms = arms_of_stores(&stores);
        // Most members have a handful of events; those of all in reach are sorted.
        if filter.stores.is_empty() && !reach.members.is_empty() {
            arms.push(arm(one_of("entity_id", reach.members.iter().map(|member| member.get()))));
        }
        rest.stores.clear();
        return arms;
    }
    if let Some(actor) = rest.actor.take() {
        return vec![arm(column("actor_id").eq(actor))];
    }
    if filter.events.is_empty() && !filter.stores.is_empty() {
        rest.stores.clear();
        return arms_of_stores(&filter.stores.iter().copied().collect());
    }
    if !filter.events.is_empty() || !filter.kinds.is_empty() {
        rest.events.clear();
        rest.kinds.clear();
        return arms_of_types(reach, filter);
    }
    vec![Condition::all()]
}

fn arms_of_stores(stores: &BTreeSet<StoreId>) -> Vec<Condition> {
    let ids = stores.iter().map(|store| store.get());
    if stores.len() > MAX_ARMS {
        return vec![Condition::all().add(column("store_id").is_in(ids))];
    }
    ids.map(|id| Condition::all().add(column("store_id").eq(id))).collect()
}

/// Every type of event of every kind of resource that is asked for and in reach.
fn arms_of_types(reach: &HistoryReach, filter: &HistoryFilter) -> Vec<Condition> {
    let kinds = reach.kinds.iter().filter(|kind| filter.kinds.is_empty() || filter.kinds.contains(kind));
    let types = kinds.flat_map(|kind| kind.events().iter().map(move |event| (<&str>::from(kind), *event)));
    let wanted =
        types.filter(|(_, event)| filter.events.is_empty() || filter.events.iter().any(|name| name == event));
    let arm = |(kind, event)| Condition::all().add(column("kind").eq(kind)).add(column("type").eq(event));
    wanted.map(arm).collect()
}

/// What no arm says.
fn row_by_row(filter: &HistoryFilter) -> Condition {
    let mut condition = Condition::all();
    if let Some(actor) = filter.actor {
        condition = condition.add(column("actor_id").eq(actor));
    }
    if let Some(kind) = filter.actor_kind {
        condition = condition.add(column("actor_kind").eq(<&str>::from(kind)));
    }
    if !filter.events.is_empty() {
        condition = condition.add(one_of("type", filter.events.iter().map(String::as_str)));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(one_of("kind", filter.kinds.iter().map(<&str>::from)));
    }
    if !filter.stores.is_empty() {
        condition = condition.add(one_of("store_id", filter.stores.iter().map(|store| store.get())));
    }
    if let Some(field) = filter.field {
        // Names stand with spaces between; the underscore in them is no wildcard.
        let name = LikeExpr::new(format!("% {} %", field.replace('_', "\\_"))).escape('\\');
        condition = condition.add(Expr::cust("' ' || fields || ' '").like(name));
    }
    condition
}
