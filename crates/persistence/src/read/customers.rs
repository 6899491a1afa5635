//! Customers: whom staff find, and whom they may see.
//!
//! Members who look after some stores see the customers of orders in their reach; whoever looks after all of them sees everybody. No
//! statement looks at more than [`MAX_WALKED_ROWS`] customers: like a list of orders, a page takes ids from one index, and puts
//! everything else that is asked for to these alone.

use std::collections::BTreeSet;

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, StoreId};
use ordervault_domain::search::Term;
use sea_query::{
    CommonTableExpression, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement, UnionType,
    WithClause,
};

use super::order_list::{CustomerFilter, in_scope};
use super::page::{Edge, Found, MAX_WALKED_ROWS, Page};
use super::select::united;
use super::terms;
use crate::engine::Engine;
use crate::error::Error;
use crate::json::packed_rows;
use crate::statement::Statement;
use crate::tables::LockedRow;
use crate::tables::columns::{Row, TableRow as _, packed_row};
use crate::tables::customers::CustomerRow;
use crate::tx::Conn;

/// Customers looked at for each row of a page where some of them may be out of reach or be others than those asked for.
const LOOK_ROWS: u64 = 20;
/// Customers of some stores that are walked at most: each takes a look at each store.
const MAX_WALKED_OF_STORES: u64 = 500;

/// A list that is asked for.
struct CustomerQuery<'a> {
    scope: &'a Scope,
    filter: Option<&'a CustomerFilter>,
    /// Behind this customer: with a smaller id; on the way back with a greater one.
    after: i64,
    is_back: bool,
    engine: Engine,
}

/// The customers in scope that are asked for, the newest account first, from the edge.
///
/// # Errors
/// When the database fails.
pub async fn customers(
    conn: &mut Conn,
    scope: &Scope,
    filter: Option<&CustomerFilter>,
    from: Option<Edge<i64>>,
    limit: u64,
) -> Result<Page<Customer, i64>, Error> {
    let (after, is_back) = (from.map_or(i64::MAX, Edge::key), from.is_some_and(Edge::is_back));
    let query = CustomerQuery { scope, filter, after, is_back, engine: conn.engine() };
    let found = find(conn, &query, limit).await?;
    Ok(found.page(from, true, |customer| customer.id.get()))
}

async fn find(conn: &mut Conn, query: &CustomerQuery<'_>, limit: u64) -> Result<Found<Customer, i64>, Error> {
    if let Some(ids) = query.found(MAX_WALKED_ROWS + 1) {
        let (found, last) = look(conn, query, ids, MAX_WALKED_ROWS, limit).await?;
        if last.is_none() {
            return Ok(found);
        }
    }
    let rows = query.walked_rows(limit + 1);
    let Some(walked) = query.walked(rows) else { return Ok(Found { rows: vec![], onward: None }) };
    let (found, last) = look(conn, query, walked, rows - 1, limit).await?;
    Ok(Found { onward: found.onward.or(last), ..found })
}

/// The customer, if they exist and are in scope.
///
/// # Errors
/// When the database fails.
pub async fn customer_in_reach(
    conn: &mut Conn,
    scope: &Scope,
    id: CustomerId,
) -> Result<Option<Customer>, Error> {
    let filter = CustomerFilter::Id(id);
    Ok(customers(conn, scope, Some(&filter), None, 1).await?.items.pop())
}

/// What is among these ids. If they are more than `most`, also where they end.
async fn look(
    conn: &mut Conn,
    query: &CustomerQuery<'_>,
    found: SelectStatement,
    most: u64,
    limit: u64,
) -> Result<(Found<Customer, i64>, Option<i64>), Error> {
    let (rows, looked_at, last): (String, i64, Option<i64>) =
        conn.fetch_one(&query.page(found, limit + 1)).await?;
    let rows: Vec<CustomerRow> = Row { table: "customers", id: 0 }.json("rows", &rows)?;
    let customers =
        rows.into_iter().map(|row| LockedRow::try_from(row).map(|held: LockedRow<Customer>| held.state));
    let customers = customers.collect::<Result<_, _>>()?;
    let found = Found::of(customers, limit, |customer: &Customer| customer.id.get());
    Ok((found, last.filter(|_| looked_at.unsigned_abs() > most)))
}

/// Every statement that the first page of a list may run, with a name: for tests of the query plans.
#[must_use]
pub fn customers_statements(
    engine: Engine,
    scope: &Scope,
    filter: Option<&CustomerFilter>,
    limit: u64,
) -> Vec<(&'static str, Statement)> {
    let query = CustomerQuery { scope, filter, after: i64::MAX, is_back: false, engine };
    let found = query.found(MAX_WALKED_ROWS + 1).map(|found| ("found", found));
    let walked = query.walked(query.walked_rows(limit + 1)).map(|walked| ("walk", walked));
    found.into_iter().chain(walked).map(|(name, ids)| (name, query.page(ids, limit + 1))).collect()
}

impl CustomerQuery<'_> {
    /// The stores in reach; `None`: all of them, so that everybody is.
    fn stores(&self) -> Option<&BTreeSet<StoreId>> {
        match self.scope {
            Scope::Staff { stores: StoreScope::Only(stores), .. } => Some(stores),
            _ => None,
        }
    }

    /// The scope but for the stores, which are asked for one by one.
    fn of_any_store(&self) -> Scope {
        match self.scope.clone() {
            Scope::Staff { statuses, contact, payments, trash, .. } => {
                Scope::Staff { stores: StoreScope::All, statuses, contact, payments, trash }
            }
            scope => scope,
        }
    }

    /// So many ids of those that are asked for, in no order. `None`: everybody is.
    fn found(&self, limit: u64) -> Option<SelectStatement> {
        let is =
            |is_asked: Expr| Query::select().column("id").from("customers").and_where(is_asked).to_owned();
        let mut ids = match self.filter? {
            CustomerFilter::Id(id) => is(customer("id").eq(id.get())),
            CustomerFilter::Email(key) => is(customer("email_key").eq(key.as_str())),
            CustomerFilter::PhoneTail(tail) => {
                // A number's last digits are its reversed digits' first; ':' comes after '9'.
                let reversed: String = tail.chars().rev().collect();
                let end = format!("{reversed}:");
                is(customer("phone_reversed").gte(reversed).and(customer("phone_reversed").lt(end)))
                    .order_by_expr(customer("phone_reversed"), Order::Asc)
                    .to_owned()
            }
            CustomerFilter::Words(words) => match self.engine {
                Engine::Sqlite => words_on_sqlite(words),
                Engine::Postgres => {
                    let mut ids = Query::select().column("id").from("customer_search").to_owned();
                    for term in words {
                        ids.and_where(has_words(terms::loose_tsquery(term)));
                    }
                    ids
                }
            },
        };
        Some(ids.limit(limit).to_owned())
    }

    /// How many customers are walked for so many rows of a page.
    fn walked_rows(&self, rows: u64) -> u64 {
        match (self.filter, self.scope) {
            (Some(_), _) if self.stores().is_none() => MAX_WALKED_ROWS,
            (None, _) if self.stores().is_none() => rows,
            // Only what is in the trash may be out of reach.
            (None, Scope::Staff { statuses, .. }) if statuses.is_all() => rows * 2,
            _ => std::cmp::min(rows * LOOK_ROWS, MAX_WALKED_OF_STORES),
        }
    }

    /// Does a customer with this id come behind the edge?
    fn is_onward(&self, id: Expr, edge: impl Into<Expr>) -> Expr {
        if self.is_back { id.gt(edge) } else { id.lt(edge) }
    }

    fn direction(&self) -> Order {
        if self.is_back { Order::Asc } else { Order::Desc }
    }

    /// So many ids, the newest account first, or last on the way back. `None`: there can be none.
    fn walked(&self, rows: u64) -> Option<SelectStatement> {
        let Some(stores) = self.stores() else {
            return Some(
                Query::select()
                    .column("id")
                    .from("customers")
                    .and_where(self.is_onward(customer("id"), self.after))
                    .order_by_expr(customer("id"), self.direction())
                    .limit(rows)
                    .to_owned(),
            );
        };
        // Customer by customer, each the next one of a store from that: whoever has ordered often is looked at once.
        let first = Query::select()
            .expr_as(subquery(self.next_of(stores, &Expr::val(self.after))?), "id")
            .expr_as(Expr::val(1_i64), "step")
            .to_owned();
        let walked = |name: &'static str| Expr::col(("walked", name));
        let next = Query::select()
            .expr(subquery(self.next_of(stores, &walked("id"))?))
            .expr(walked("step").add(1_i64))
            .from("walked")
            .and_where(walked("id").is_not_null())
            .and_where(walked("step").lt(rows.cast_signed()))
            .to_owned();
        let steps = CommonTableExpression::new()
            .table_name("walked")
            .columns(["id", "step"])
            .query(first.clone().union(UnionType::All, next).to_owned())
            .to_owned();
        let mut ids =
            Query::select().column("id").from("walked").and_where(walked("id").is_not_null()).to_owned();
        Some(ids.with_cte(WithClause::new().recursive(true).cte(steps).to_owned()).to_owned())
    }

    /// The next customer from this one who has an order of one of these stores.
    fn next_of(&self, stores: &BTreeSet<StoreId>, from: &Expr) -> Option<SelectStatement> {
        let next = |store: &StoreId| {
            let next = Query::select()
                .expr_as(customer_of_order(), "id")
                .from("orders")
                .and_where(store_of_order().eq(store.get()))
                .and_where(self.is_onward(customer_of_order(), from.clone()))
                .order_by_expr(customer_of_order(), self.direction())
                .limit(1)
                .to_owned();
            Query::select().column("id").from_subquery(next, "next").to_owned()
        };
        let all = stores.iter().map(next).reduce(united)?;
        let id = Expr::col("id");
        let nearest = if self.is_back { id.min() } else { id.max() };
        Some(Query::select().expr(nearest).from_subquery(all, "all_next").to_owned())
    }

    /// The page among these ids as one row, which is there also when the page is empty: the customers as a text, how many ids
    /// there are, and the last.
    fn page(&self, ids: SelectStatement, limit: u64) -> Statement {
        let mut page = self.kept();
        page.exprs(CustomerRow::COLUMNS.iter().map(|(name, _)| customer(name)))
            .and_where(self.is_onward(customer("id"), self.after))
            // Plus nothing: otherwise an engine may walk the table instead of looking up the ids.
            .order_by_expr(customer("id").add(0), self.direction())
            .limit(limit);
        let row = packed_row(self.engine, "customers", CustomerRow::COLUMNS);
        let rows = format!("CAST({} AS TEXT)", packed_rows(self.engine, &row, ""));
        let of_ids =
            |value: &'static str| subquery(Query::select().expr(Expr::cust(value)).from("found").to_owned());
        let packed = Query::select()
            .expr_as(Expr::cust(rows), "rows")
            .expr_as(of_ids("COUNT(*)"), "looked_at")
            .expr_as(of_ids(if self.is_back { "MAX(id)" } else { "MIN(id)" }), "last")
            .from_subquery(page, "customers")
            .to_owned();
        let found = CommonTableExpression::new().table_name("found").materialized(true).query(ids).to_owned();
        Statement::built(packed.with(WithClause::new().cte(found).to_owned()))
    }

    /// Those of the ids that are asked for and in reach. Both engines look them up one by one, as orders in lists.
    fn kept(&self) -> SelectStatement {
        let mut kept = Query::select();
        match self.engine {
            Engine::Sqlite => {
                let is_found = Expr::col(("found", "id")).equals(("customers", "id"));
                kept.from("found").cross_join("customers").and_where(is_found)
            }
            Engine::Postgres => {
                let is_found = Expr::cust("customers.id = ANY (ARRAY(SELECT id FROM found))");
                let rows = Query::select()
                    .expr(Expr::cust("*"))
                    .from("customers")
                    .and_where(is_found)
                    .offset(0)
                    .to_owned();
                kept.from_subquery(rows, "customers")
            }
        };
        if let Some(CustomerFilter::Words(words)) = self.filter {
            kept.cond_where(self.has_all(words));
        }
        if let Some(stores) = self.stores() {
            kept.cond_where(self.is_in_reach(stores));
        }
        kept
    }

    /// Has the customer all of these words?
    fn has_all(&self, words: &[Term]) -> Condition {
        match self.engine {
            Engine::Sqlite => {
                let near = "rowid BETWEEN (SELECT MIN(id) FROM found) AND (SELECT MAX(id) FROM found)";
                let rows = words_on_sqlite(words).and_where(Expr::cust(near)).to_owned();
                Condition::all().add(customer("id").in_subquery(rows))
            }
            Engine::Postgres => {
                let mut rows = Query::select();
                rows.expr(Expr::val(1)).from("customer_search");
                rows.and_where(Expr::col(("customer_search", "id")).eq(customer("id")));
                for term in words {
                    rows.and_where(has_words(terms::tsquery(term)));
                }
                Condition::all().add(Expr::exists(rows.limit(1).offset(0).to_owned()))
            }
        }
    }

    /// Has the customer an order in scope? Store by store, in the index that begins with store and customer.
    fn is_in_reach(&self, stores: &BTreeSet<StoreId>) -> Condition {
        let has_order = |store: &StoreId| {
            let mut theirs = Query::select();
            theirs
                .expr(Expr::cust("*"))
                .from("orders")
                .and_where(store_of_order().eq(store.get()))
                // A sum as well: to a column SQLite would compare another kind of value than the index has.
                .and_where(customer_of_order().eq(Expr::cust("customers.id + 0")));
            if self.engine == Engine::Postgres {
                // No index by status may lead the way.
                theirs.offset(0);
            }
            let mut reached = Query::select();
            reached
                .expr(Expr::val(1))
                .from_subquery(theirs, "orders")
                .cond_where(in_scope(&self.of_any_store()));
            Expr::exists(reached.limit(1).offset(0).to_owned())
        };
        stores.iter().fold(Condition::any(), |any, store| any.add(has_order(store)))
    }
}

/// The ids of the customers with these words, as `id`.
fn words_on_sqlite(words: &[Term]) -> SelectStatement {
    Query::select()
        .expr_as(Expr::cust("rowid"), "id")
        .from("customer_search")
        .and_where(Expr::cust_with_values("customer_search MATCH ?", [terms::fts5(words, &["words"])]))
        .to_owned()
}

/// Do the words of a row of `customer_search` match?
fn has_words(query: String) -> Expr {
    Expr::cust_with_values("words @@ $1::tsquery", [query])
}

/// A column of `customers`.
fn customer(name: &'static str) -> Expr {
    Expr::col(("customers", name))
}

/// The store of a row of `orders`, and its customer, as one index has them, which no other begins with.
fn store_of_order() -> Expr {
    Expr::cust("orders.store_id + 0")
}

fn customer_of_order() -> Expr {
    Expr::cust("orders.customer_id + 0")
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}
