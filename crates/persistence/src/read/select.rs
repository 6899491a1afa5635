//! Small parts of statements that several reads build.

use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};

use crate::error::Error;
use crate::statement::Statement;
use crate::tx::Conn;

/// A column by its bare name.
pub(super) fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// Equality where there is one value: an index then gives the rows in the list's order.
pub(super) fn one_of<V: Into<Expr>>(name: &'static str, values: impl Iterator<Item = V>) -> Expr {
    let mut values: Vec<Expr> = values.map(Into::into).collect();
    match (values.len(), values.pop()) {
        (1, Some(only)) => column(name).eq(only),
        (_, last) => column(name).is_in(values.into_iter().chain(last)),
    }
}

/// Counts what a selection finds.
pub(super) async fn count(conn: &mut Conn, select: SelectStatement) -> Result<i64, Error> {
    let counted = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("total"))
        .from_subquery(select, Alias::new("found"))
        .to_owned();
    let (total,): (i64,) = conn.fetch_one(&Statement::built(counted)).await?;
    Ok(total)
}

/// Two selections, one after the other.
pub(super) fn united(mut all: SelectStatement, more: SelectStatement) -> SelectStatement {
    all.union(UnionType::All, more).to_owned()
}
