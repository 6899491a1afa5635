//! What the desk looks at all the time: few statements, each of them bounded.

use std::collections::BTreeMap;

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::{MemberId, StoreId};
use ordervault_domain::money::Currency;
use ordervault_domain::order::Status;
use ordervault_domain::time::{TimeZone, Timestamp};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use strum::IntoEnumIterator as _;

use super::order_list::overdue;
use super::page::{Counted, MAX_COUNTED};
use super::select::{column, one_of, united};
use super::unread::count_new;
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tables::columns::Row;
use crate::tx::Conn;

/// Orders of a status, overdue ones, and those in the trash are counted up to here: it is looked at again and again.
const MAX_OF_A_KIND: i64 = 1_000;

/// Lines of [`TODAY`] behind the rows that it finds: what was paid and is still here, where the order says how it is to be paid; else
/// what it costs, unless it is void.
macro_rules! sums_of_found {
    () => {
        "SELECT store_id, currency, COUNT(*),
             CAST(SUM(CASE WHEN terms LIKE '%\"payment\":%' THEN paid_total - refunded_total - charged_back_total
                 WHEN status IN ('cancelled', 'invalid') THEN 0 ELSE total END) AS BIGINT), MIN(id),
             (SELECT COUNT(*) FROM found)
         FROM found GROUP BY store_id, currency ORDER BY store_id, currency"
    };
}

statements! {
    TIME_ZONES: Template = Template::new("SELECT id, time_zone FROM stores ORDER BY id");
    // Stores, when the day began in each, statuses, and how many orders to look at. Each store and status is one look into
    // their index.
    TODAY: Template = Template::forked(
        concat!(
            "WITH found AS (
                 SELECT orders.id, orders.store_id, orders.currency, orders.status, orders.total, orders.terms,
                     orders.paid_total, orders.refunded_total, orders.charged_back_total
                 FROM json_each($1) AS store CROSS JOIN json_each($2) AS day ON day.key = store.key
                 CROSS JOIN json_each($3) AS shown CROSS JOIN orders ON orders.store_id = store.value
                     AND orders.status = shown.value AND orders.placed_at >= day.value
                 WHERE orders.deleted_at IS NULL LIMIT $4) ",
            sums_of_found!()
        ),
        concat!(
            "WITH found AS (
                 SELECT placed.* FROM UNNEST($1::BIGINT[], $2::BIGINT[]) AS day (store_id, since)
                 CROSS JOIN UNNEST($3::TEXT[]) AS shown (status)
                 CROSS JOIN LATERAL (
                     SELECT id, store_id, currency, status, total, terms, paid_total, refunded_total, charged_back_total
                     FROM orders
                     WHERE orders.store_id = day.store_id AND orders.status = shown.status
                         AND placed_at >= day.since AND deleted_at IS NULL
                     ORDER BY placed_at DESC, id DESC LIMIT $4) AS placed
                 LIMIT $4) ",
            sums_of_found!()
        ),
    );
}

/// What is to be done and what was done today, as far as it is in scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Orders that are new for the member.
    pub new: Counted,
    /// Orders that are past their deadline.
    pub overdue: Counted,
    /// Orders in which something is to be looked into.
    pub attention: Counted,
    /// Orders by status, without those in the trash.
    pub statuses: Vec<(Status, Counted)>,
    /// Orders in the trash, for those who may see it.
    pub trash: Option<Counted>,
    /// What came in today, store by store; one entry per currency.
    pub today: Vec<Today>,
}

/// What came into a store since its day began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// The store.
    pub store_id: StoreId,
    /// The currency of these orders.
    pub currency: Currency,
    /// When the day began there.
    pub since: Timestamp,
    /// Orders, without those in the trash.
    pub orders: i64,
    /// What was paid for them and is still here, where they say how they are to be paid; of the others what those cost that are neither
    /// cancelled nor invalid. Minor units.
    pub revenue: i64,
    /// Is there more than was looked at?
    pub is_lower_bound: bool,
}

/// The summary for a member with this scope.
///
/// # Errors
/// When the database fails.
pub async fn summary(
    conn: &mut Conn,
    scope: &Scope,
    member: MemberId,
    now: Timestamp,
) -> Result<Summary, Error> {
    let new = count_new(conn, scope, member).await?;
    let counts: Vec<(i64,)> = conn.fetch_all(&summary_counts(scope, now)).await?;
    let counted = |(count,): (i64,)| Counted {
        total: Ord::min(count, MAX_OF_A_KIND),
        is_lower_bound: count > MAX_OF_A_KIND,
    };
    let mut counted = counts.into_iter().map(counted);
    let statuses = shown(scope).zip(counted.by_ref()).collect();
    let overdue = counted.next().unwrap_or_default();
    let attention = counted.next().unwrap_or_default();
    let today = today(conn, scope, now).await?;
    Ok(Summary { new, overdue, attention, statuses, trash: counted.next(), today })
}

/// How many orders have each of the statuses that are shown, are overdue, are to be looked into, and are in the trash, if that is shown: a statement for
/// [`summary`], and for tests of what it looks at.
#[must_use]
pub fn summary_counts(scope: &Scope, now: Timestamp) -> Statement {
    let mut selections: Vec<SelectStatement> =
        shown(scope).map(|status| with_status(scope, status)).collect();
    selections.push(along(scope, overdue(now)));
    let looked_into = column("attention").is_not_null();
    selections.push(along(scope, Condition::all().add(looked_into).add(column("deleted_at").is_null())));
    if matches!(scope, Scope::Everything | Scope::Staff { trash: true, .. }) {
        selections.push(along(scope, column("deleted_at").is_not_null().into()));
    }
    Statement::built(counted(selections))
}

fn shown(scope: &Scope) -> impl Iterator<Item = Status> {
    Status::iter().filter(|status| shows(scope, *status))
}

fn shows(scope: &Scope, status: Status) -> bool {
    match scope {
        Scope::Staff { statuses, .. } => statuses.contains(status),
        _ => true,
    }
}

/// Orders in a status that are not in the trash, from an index alone: only invalid ones can be in the trash.
fn with_status(scope: &Scope, status: Status) -> SelectStatement {
    let mut select = of_stores(scope);
    select.and_where(column("status").eq(<&str>::from(status)));
    if status == Status::Invalid {
        select.and_where(column("deleted_at").is_null());
    }
    select
}

/// Orders in scope that meet a condition which few orders meet, along its index and no other.
fn along(scope: &Scope, condition: Condition) -> SelectStatement {
    let mut select = Query::select();
    select.from(Alias::new("orders")).cond_where(condition);
    if let Scope::Staff { stores, statuses, .. } = scope {
        if let StoreScope::Only(stores) = stores {
            // A sum has no index.
            let store = column("store_id").add(0);
            select.and_where(store.is_in(stores.iter().map(|store| store.get())));
        }
        if !statuses.is_all() {
            let status = Expr::cust("status || ''");
            select.and_where(status.is_in(statuses.iter().map(<&str>::from)));
        }
    }
    select
}

/// The part of the scope that an index serves.
fn of_stores(scope: &Scope) -> SelectStatement {
    let mut select = Query::select();
    select.from(Alias::new("orders"));
    if let Scope::Staff { stores: StoreScope::Only(stores), .. } = scope {
        select.and_where(one_of("store_id", stores.iter().map(|store| store.get())));
    }
    select
}

/// Counts what each of the selections finds, in their order.
fn counted(selections: Vec<SelectStatement>) -> SelectStatement {
    let counts = (0_i64..).zip(selections).map(|(place, mut select)| {
        select.expr(Expr::val(1)).limit(MAX_OF_A_KIND.unsigned_abs() + 1);
        Query::select()
            .expr_as(Expr::cust(place.to_string()), Alias::new("place"))
            .expr_as(Expr::cust("COUNT(*)"), Alias::new("number"))
            .from_subquery(select, Alias::new("found"))
            .to_owned()
    });
    Query::select()
        .column(Alias::new("number"))
        .from_subquery(counts.reduce(united).unwrap_or_default(), Alias::new("counts"))
        .order_by(Alias::new("place"), sea_query::Order::Asc)
        .to_owned()
}

/// Store by store what came in since the day began, which is not the same moment everywhere.
async fn today(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<Vec<Today>, Error> {
    let zones: Vec<(i64, String)> = conn.fetch_all(&TIME_ZONES.bind(())).await?;
    let mut days = BTreeMap::new();
    let is_in_reach = |id: i64| match scope {
        Scope::Staff { stores, .. } => stores.covers(StoreId::from_i64(id)),
        _ => true,
    };
    for (id, name) in zones.into_iter().filter(|(id, _)| is_in_reach(*id)) {
        let zone: TimeZone = Row { table: "stores", id }.parsed("time_zone", &name)?;
        days.insert(id, zone.day_start(now));
    }
    let (stores, since): (Vec<i64>, Vec<i64>) = days.iter().map(|(id, since)| (*id, since.millis())).unzip();
    let shown: Vec<String> = shown(scope).map(|status| status.to_string()).collect();
    let statement = TODAY.bind((stores, since, shown, MAX_COUNTED));
    let rows: Vec<(i64, String, i64, i64, i64, i64)> = conn.fetch_all(&statement).await?;
    let rows = rows.into_iter().filter_map(|row| Some((*days.get(&row.0)?, row)));
    let todays = rows.map(|(since, (store_id, currency, orders, revenue, id, looked_at))| {
        Ok(Today {
            store_id: StoreId::from_i64(store_id),
            currency: Row { table: "orders", id }.parsed("currency", &currency)?,
            since,
            orders,
            revenue,
            is_lower_bound: looked_at >= MAX_COUNTED,
        })
    });
    todays.collect()
}
