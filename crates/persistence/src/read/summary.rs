//! What the desk looks at all the time: few statements, each of them bounded.

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::{MemberId, StoreId};
use ordervault_domain::money::Currency;
use ordervault_domain::order::Status;
use ordervault_domain::time::{TimeZone, Timestamp};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement, UnionType};
use strum::IntoEnumIterator as _;

use super::order_list::{in_scope, overdue};
use super::page::{Counted, MAX_COUNTED, MAX_WALKED_ROWS};
use super::select::{column, newest_first, one_of};
use super::unread::count_new;
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tables::columns::Row;
use crate::tx::Conn;

statements! {
    TIME_ZONES: Template = Template::new("SELECT time_zone, MIN(id) FROM stores GROUP BY time_zone ORDER BY time_zone");
}

/// What is to be done and what was done today, as far as it is in scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Orders that are new for the member.
    pub new: Counted,
    /// Orders that are past their deadline.
    pub overdue: Counted,
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
    /// Sum over those that are neither cancelled nor invalid, minor units.
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
    let statuses: Vec<Status> = Status::iter().filter(|status| shows(scope, *status)).collect();
    let mut selections: Vec<SelectStatement> =
        statuses.iter().map(|status| with_status(scope, *status)).collect();
    selections.push(along(scope, overdue(now)));
    if matches!(scope, Scope::Everything | Scope::Staff { trash: true, .. }) {
        selections.push(along(scope, column("deleted_at").is_not_null().into()));
    }
    let mut counted = counted(conn, selections).await?.into_iter();
    let statuses = statuses.into_iter().zip(counted.by_ref()).collect();
    let overdue = counted.next().unwrap_or_default();
    Ok(Summary { new, overdue, statuses, trash: counted.next(), today: today(conn, scope, now).await? })
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

/// Counts what each of the selections finds, in one statement.
async fn counted(conn: &mut Conn, selections: Vec<SelectStatement>) -> Result<Vec<Counted>, Error> {
    let mut counts = (0_i64..).zip(selections).map(|(place, mut select)| {
        select.expr(Expr::val(1)).limit(MAX_COUNTED.cast_unsigned() + 1);
        Query::select()
            .expr_as(Expr::cust(place.to_string()), Alias::new("place"))
            .expr_as(Expr::cust("COUNT(*)"), Alias::new("number"))
            .from_subquery(select, Alias::new("found"))
            .to_owned()
    });
    let Some(mut first) = counts.next() else { return Ok(vec![]) };
    first.unions(counts.map(|count| (UnionType::All, count)));
    let all = Query::select()
        .column(Alias::new("number"))
        .from_subquery(first, Alias::new("counts"))
        .order_by(Alias::new("place"), sea_query::Order::Asc)
        .to_owned();
    let rows: Vec<(i64,)> = conn.fetch_all(&Statement::built(all)).await?;
    Ok(rows.into_iter().map(|(count,)| Counted::of(count)).collect())
}

/// Store by store what came in since the day began, which is not the same moment everywhere.
async fn today(conn: &mut Conn, scope: &Scope, now: Timestamp) -> Result<Vec<Today>, Error> {
    let zones: Vec<(String, i64)> = conn.fetch_all(&TIME_ZONES.bind(())).await?;
    let mut days: Vec<(Timestamp, Vec<String>)> = vec![];
    for (name, id) in zones {
        let zone: TimeZone = Row { table: "stores", id }.parsed("time_zone", &name)?;
        let since = zone.day_start(now);
        match days.iter_mut().find(|day| day.0 == since) {
            Some((_, names)) => names.push(name),
            None => days.push((since, vec![name])),
        }
    }
    let mut today = vec![];
    for (since, zones) in days {
        today.extend(since_then(conn, scope, since, zones).await?);
    }
    today.sort_by_key(|entry| (entry.store_id, entry.currency.code()));
    Ok(today)
}

/// What came into the stores of these time zones, of which at most [`MAX_WALKED_ROWS`] orders are looked at.
async fn since_then(
    conn: &mut Conn,
    scope: &Scope,
    since: Timestamp,
    zones: Vec<String>,
) -> Result<Vec<Today>, Error> {
    let here = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("stores"))
        .and_where(one_of("time_zone", zones.into_iter()))
        .to_owned();
    let mut walked = of_stores(scope);
    walked
        .columns(["id", "store_id", "currency", "status", "total"].map(Alias::new))
        .and_where(column("placed_at").gte(since.millis()))
        .and_where(column("store_id").in_subquery(here))
        .and_where(column("deleted_at").is_null())
        .cond_where(in_scope(scope));
    let walked = newest_first(walked).limit(MAX_WALKED_ROWS).to_owned();
    let void =
        Condition::all().add(one_of("status", [Status::Cancelled, Status::Invalid].iter().map(<&str>::from)));
    let paid: Expr = Expr::case(void, 0_i64).finally(column("total")).into();
    let sums = Query::select()
        .columns(["store_id", "currency"].map(Alias::new))
        .expr(Expr::cust("COUNT(*)"))
        .expr(paid.sum().cast_as(Alias::new("BIGINT")))
        .expr(column("id").min())
        .from_subquery(walked, Alias::new("walked"))
        .group_by_columns(["store_id", "currency"].map(Alias::new))
        .to_owned();
    let rows: Vec<(i64, String, i64, i64, i64)> = conn.fetch_all(&Statement::built(sums)).await?;
    let looked_at: i64 = rows.iter().map(|row| row.2).sum();
    let is_lower_bound = looked_at.cast_unsigned() >= MAX_WALKED_ROWS;
    let entry = |(store_id, currency, orders, revenue, id): (i64, String, i64, i64, i64)| {
        let currency = Row { table: "orders", id }.parsed("currency", &currency)?;
        let store_id = StoreId::from_i64(store_id);
        Ok(Today { store_id, currency, since, orders, revenue, is_lower_bound })
    };
    rows.into_iter().map(entry).collect()
}
