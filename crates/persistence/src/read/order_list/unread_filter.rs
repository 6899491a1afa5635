//! Which orders are new for a member, as a part of a list's statement: placed here, above their mark, and not seen one by
//! one.
//!
//! The position of an order's first event decides, because neither ids nor times are in the order of commits. An order whose
//! first event has none yet is new for everybody who has not opened it. Mark, positions and what was seen are read in one
//! statement, always: between two, a mark could pass what the other one still looks for.

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::MemberId;
use ordervault_domain::order::Source;
use sea_query::{Alias, Condition, Expr, ExprTrait, Func, Query, SelectStatement};

use super::filter::OrderFilter;
use crate::engine::Engine;
use crate::error::Error;
use crate::read::page::MAX_WALKED_ROWS;
use crate::read::select::column;
use crate::statement::{Template, statements};
use crate::tables::arrivals;
use crate::tx::Conn;

statements! {
    // What has no position yet came after everything that has one.
    SINCE_MARK: Template = Template::new(
        "SELECT since.order_id, EXISTS (
             SELECT 1 FROM seen_orders s WHERE s.member_id = $1 AND s.order_id = since.order_id) AS seen
         FROM (
             SELECT order_id FROM (
                 SELECT o.entity_id AS order_id FROM stores s CROSS JOIN outbox o
                 WHERE o.arrived_in = s.id AND o.position > COALESCE(
                     (SELECT position FROM seen_marks WHERE member_id = $1),
                     (SELECT position FROM outbox WHERE entity_id = $1 AND seq = 1), 9223372036854775807) LIMIT $2) AS arrived
             UNION ALL SELECT order_id FROM (
                 SELECT entity_id AS order_id FROM outbox
                 WHERE position IS NULL AND arrived_in IS NOT NULL LIMIT $2) AS waiting
         ) AS since"
    );
    SINCE_MARK_IN_STORES: Template = Template::new(
        "SELECT since.order_id, EXISTS (
             SELECT 1 FROM seen_orders s WHERE s.member_id = $1 AND s.order_id = since.order_id) AS seen
         FROM (
             SELECT order_id FROM (
                 SELECT o.entity_id AS order_id FROM stores s CROSS JOIN outbox o
                 WHERE s.id {in_keys:3} AND o.arrived_in = s.id AND o.position > COALESCE(
                     (SELECT position FROM seen_marks WHERE member_id = $1),
                     (SELECT position FROM outbox WHERE entity_id = $1 AND seq = 1), 9223372036854775807) LIMIT $2) AS arrived
             UNION ALL SELECT order_id FROM (
                 SELECT entity_id AS order_id FROM outbox
                 WHERE position IS NULL AND arrived_in IS NOT NULL LIMIT $2) AS waiting
         ) AS since"
    );
}

/// What a list tells, and whether it asks, about what is new for its reader.
#[derive(Clone, Debug)]
pub(in crate::read) struct UnreadFilter {
    reader: Option<MemberId>,
    /// Of which the reader sees the orders.
    stores: StoreScope,
    wanted: Option<bool>,
    /// The position of the order that came last, if it is known already.
    last_position: Option<i64>,
    /// All that can be new, if that is wanted and not too much.
    candidates: Option<Vec<i64>>,
}

impl UnreadFilter {
    /// What a filter asks for.
    pub(in crate::read) async fn of(
        conn: &mut Conn,
        scope: &Scope,
        filter: &OrderFilter,
    ) -> Result<Self, Error> {
        let mut unread = Self::unlisted(scope, filter);
        if let (Some(reader), Some(true)) = (unread.reader, unread.wanted) {
            // Before what is new, so that whatever came up to there is in it.
            unread.last_position = Some(arrivals::last_position(conn, &unread.stores).await?);
            unread.candidates = candidates(conn, scope, reader).await?;
        }
        Ok(unread)
    }

    /// What a filter asks for, where more is new than can be listed.
    pub(super) fn unlisted(scope: &Scope, filter: &OrderFilter) -> Self {
        let wanted = filter.new.filter(|_| filter.reader.is_some());
        let stores = match scope {
            Scope::Staff { stores, .. } => stores.clone(),
            _ => StoreScope::All,
        };
        Self { reader: filter.reader, stores, wanted, last_position: None, candidates: None }
    }

    /// Is it asked for what is new, or is not?
    pub(super) fn is_asked(&self) -> bool {
        self.wanted.is_some()
    }

    /// All orders that can be new, if these are asked for and are not too many.
    pub(super) fn candidates(&self) -> Option<&[i64]> {
        self.candidates.as_deref()
    }

    /// The condition on each row.
    pub(in crate::read) fn condition(&self) -> Condition {
        match (self.reader, self.wanted) {
            (Some(reader), Some(true)) => is_new(&reader.get().into()),
            (Some(reader), Some(false)) => is_new(&reader.get().into()).not(),
            _ => Condition::all(),
        }
    }

    /// Whether the row is new for its reader, as 0 or 1; NULL without a reader.
    pub(super) fn flag(&self) -> Expr {
        match self.reader {
            Some(reader) => new_flag(&reader.get().into()),
            None => Expr::val(None::<i64>),
        }
    }

    /// The position of the order that came last into the reader's stores; NULL without a reader.
    pub(super) fn last_position(&self) -> Expr {
        match (self.reader, self.last_position) {
            (Some(_), None) => last_position_in(&self.stores),
            (_, known) => Expr::val(known),
        }
    }
}

/// [`arrivals::last_position`] as a part of a statement.
fn last_position_in(stores: &StoreScope) -> Expr {
    let mut last = Query::select();
    last.expr(Expr::cust(arrivals::LAST_OF_STORES)).from_as("stores", "s");
    if let StoreScope::Only(stores) = stores {
        last.and_where(Expr::col(("s", "id")).is_in(stores.iter().map(|store| store.get())));
    }
    Expr::from(last)
}

/// The orders that can be new for the reader in the stores of this scope; `None`: too many to name.
async fn candidates(conn: &mut Conn, scope: &Scope, reader: MemberId) -> Result<Option<Vec<i64>>, Error> {
    let limit = MAX_WALKED_ROWS.cast_signed();
    let statement = match scope {
        Scope::Staff { stores: StoreScope::Only(stores), .. } => {
            let stores: Vec<i64> = stores.iter().map(|store| store.get()).collect();
            SINCE_MARK_IN_STORES.bind((reader.get(), limit, stores))
        }
        _ => SINCE_MARK.bind((reader.get(), limit)),
    };
    let rows: Vec<(i64, bool)> = conn.fetch_all(&statement).await?;
    if rows.len() as u64 >= MAX_WALKED_ROWS {
        return Ok(None);
    }
    Ok(Some(rows.into_iter().filter(|(_, seen)| !seen).map(|(id, _)| id).collect()))
}

/// The orders with these ids, looked up one by one: no other filter's index may lead the way. The list is one text, so
/// that the statement stays the same for any number of ids.
pub(in crate::read) fn with_ids(ids: &[i64], engine: Engine) -> SelectStatement {
    let listed = match engine {
        Engine::Sqlite => of_list(
            "orders.* FROM json_each(?) AS listed CROSS JOIN orders ON orders.id = listed.value",
            ids,
            engine,
        ),
        Engine::Postgres => of_list(
            "orders.* FROM orders WHERE orders.id = ANY (string_to_array($1, ',')::bigint[]) OFFSET 0",
            ids,
            engine,
        ),
    };
    Query::select().from_subquery(listed, Alias::new("orders")).to_owned()
}

/// These ids as rows of one column, `id`.
pub(super) fn listed(ids: &[i64], engine: Engine) -> SelectStatement {
    let text = match engine {
        Engine::Sqlite => "value AS id FROM json_each(?)",
        Engine::Postgres => "value AS id FROM unnest(string_to_array($1, ',')::bigint[]) AS listed (value)",
    };
    of_list(text, ids, engine)
}

fn of_list(text: &'static str, ids: &[i64], engine: Engine) -> SelectStatement {
    let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let list = match engine {
        Engine::Sqlite => format!("[{ids}]"),
        Engine::Postgres => ids,
    };
    Query::select().expr(Expr::cust_with_values(text, [list])).to_owned()
}

/// Is an order new for the member with this id? In a selection that has the columns `id` and `source` of `orders`.
pub(in crate::read) fn is_new(member: &Expr) -> Condition {
    let of = |table: &'static str, owner: &'static str, id: Expr| {
        let mut select = Query::select();
        select.from(Alias::new(table)).and_where(column(owner).eq(id));
        select
    };
    let mark = of("seen_marks", "member_id", member.clone()).column(Alias::new("position")).to_owned();
    let birth = of("outbox", "entity_id", member.clone())
        .column(Alias::new("position"))
        .and_where(column("seq").eq(1))
        .to_owned();
    // Somebody whose own first event has no position yet came after everything that has one.
    let mark = Func::coalesce([Expr::from(mark), Expr::from(birth), Expr::val(i64::MAX)]);
    // Looked up row by row: asked whether such rows EXIST, PostgreSQL would read all there are.
    let first = of("outbox", "entity_id", Expr::col(("orders", "id")))
        .column(Alias::new("position"))
        .and_where(column("seq").eq(1))
        .to_owned();
    let arrived = Func::coalesce([Expr::from(first), Expr::val(i64::MAX)]);
    let seen = of("seen_orders", "member_id", member.clone())
        .column(Alias::new("order_id"))
        .and_where(column("order_id").equals(("orders", "id")))
        .to_owned();
    Condition::all()
        .add(Expr::col(("orders", "source")).ne(<&str>::from(Source::Import)))
        .add(Expr::from(arrived).gt(mark))
        .add(Expr::from(seen).is_null())
}

/// The same as a column of 0 or 1.
fn new_flag(member: &Expr) -> Expr {
    Expr::case(is_new(member), 1_i64).finally(0_i64).into()
}
