//! The statements of a list.

use sea_query::{
    Alias, CommonTableExpression, Condition, Expr, ExprTrait, Query, SelectStatement, WithClause, WithQuery,
};

use super::filter::OrderSort;
use super::predicate::{Predicate, column};
use super::ranges::{IndexRanges, KeyRange};
use super::row::{Besides, ListedRow, OrderCursor, PackedRow};
use super::unread_filter::UnreadFilter;
use crate::engine::Engine;
use crate::read::page::MAX_WALKED_ROWS;
use crate::read::select::united;
use crate::statement::Statement;
use crate::tables::columns::TableRow as _;

/// Orders looked at first for each row of a page when the walk leaves open only whether they are in the trash, which few
/// are.
const EXACT_LOOK_ROWS: u64 = 2;
/// The same when it leaves open whether they have words, which is dear to find out one by one.
const WORDS_LOOK_ROWS: u64 = 5;
/// The same when it leaves open something else.
const WIDE_LOOK_ROWS: u64 = 20;

/// A list that is asked for.
pub(super) struct ListQuery {
    pub(super) predicates: Vec<Predicate>,
    pub(super) sort: OrderSort,
    pub(super) after: Option<OrderCursor>,
    pub(super) engine: Engine,
    pub(super) unread: UnreadFilter,
    /// Is it an export, with all that its orders have?
    pub(super) is_whole: bool,
}

/// Ids of orders that are looked at one by one, and for each predicate whether all of them fulfil it.
pub(super) struct Candidates {
    pub(super) ids: SelectStatement,
    pub(super) settled: Vec<bool>,
    /// May an id be there several times?
    pub(super) may_repeat: bool,
}

impl ListQuery {
    /// How many orders to look at first for a page.
    pub(super) fn first_rows(&self, limit: u64) -> u64 {
        Ord::min((limit + 1) * self.first_look(), MAX_WALKED_ROWS)
    }

    /// The same for each row of it.
    fn first_look(&self) -> u64 {
        let settled = self.ranges().settled;
        let mut open = self.predicates.iter().zip(settled).filter(|(_, settled)| !settled);
        open.try_fold(EXACT_LOOK_ROWS, |rows, (predicate, _)| match predicate {
            Predicate::Words(..) | Predicate::Any(_) => Err(WORDS_LOOK_ROWS),
            Predicate::Deleted(false) => Ok(rows),
            _ => Ok(WIDE_LOOK_ROWS),
        })
        .unwrap_or_else(|rows| rows)
    }

    /// Is something asked for, beside what the walk sees to, that few orders have by its nature?
    pub(super) fn is_telling(&self) -> bool {
        let settled = self.ranges().settled;
        self.predicates.iter().zip(settled).any(|(predicate, settled)| !settled && predicate.is_telling())
    }

    /// The first so many orders in the order of the list.
    pub(super) fn walked(&self, rows: u64) -> Candidates {
        Candidates { ids: self.walk(rows, 0), settled: self.ranges().settled, may_repeat: false }
    }

    /// Key and id of the order at which so long a walk ends, if there are so many.
    pub(super) fn walk_end(&self, rows: u64) -> Statement {
        Statement::built(self.walk(1, rows.saturating_sub(1)))
    }

    /// For each source the number of its entries, counted to `most`: pairs of its place and the number.
    pub(super) fn probe(&self, most: u64) -> Option<Statement> {
        let counts = (0_i64..).zip(self.sources(most)).map(|(place, source)| {
            Query::select()
                .expr_as(Expr::val(place), "place")
                .expr_as(Expr::cust("COUNT(*)"), "size")
                .from_subquery(source.ids, "source")
                .to_owned()
        });
        counts.reduce(united).map(Statement::built)
    }

    /// The page among the candidates as one row, which is there also when the page is empty: the orders as a text of
    /// [`PackedRow`]s, the number of candidates, and the position of the last order for the reader. What each order of the page is
    /// asked alone, such as whether it is new, stands outside of the page: inside, each candidate would be asked.
    pub(super) fn page(&self, candidates: Candidates, limit: u64) -> Statement {
        let key = column(self.sort.key.column());
        let besides = Besides { texts: self.has_words(), rest: self.is_whole };
        let mut page = self.kept(&candidates);
        page.exprs(ListedRow::COLUMNS.iter().map(|(name, _)| column(name)))
            .exprs(besides.columns().iter().map(|name| column(name)))
            .cond_where(self.after())
            // Plus nothing: otherwise an engine may walk an index in this order instead of looking up the candidates, in
            // the hope that the first of them come soon.
            .order_by_expr(key.add(0), self.key_range().direction())
            .order_by_expr(column("id"), self.key_range().direction())
            .limit(limit);
        let mut packed = Query::select();
        packed
            .expr_as(PackedRow::all(self.engine, self.unread.flag(), besides), "rows")
            .expr_as(subquery(looked_at()), "looked_at")
            .expr_as(self.unread.last_position(), "position")
            .from_subquery(page, "orders");
        Statement::built(among(candidates, packed))
    }

    /// Are words looked for, so that it is to be told where they are?
    fn has_words(&self) -> bool {
        self.predicates.iter().any(|predicate| matches!(predicate, Predicate::Words(..) | Predicate::Any(_)))
    }

    /// How many of the candidates are asked for, and how many they are.
    pub(super) fn count(&self, candidates: Candidates) -> Statement {
        let mut count = self.kept(&candidates);
        count.expr(Expr::cust("COUNT(*)")).expr(subquery(looked_at()));
        Statement::built(among(candidates, count))
    }

    pub(super) fn ranges(&self) -> IndexRanges {
        IndexRanges::new(&self.predicates, self.sort.key)
    }

    fn walk(&self, limit: u64, offset: u64) -> SelectStatement {
        self.key_range().rows(self.ranges(), limit, offset)
    }

    fn key_range(&self) -> KeyRange {
        let keys = KeyRange::keys(self.sort.key, &self.predicates);
        KeyRange { engine: self.engine, sort: self.sort, after: self.after, keys }
    }

    fn after(&self) -> Condition {
        Condition::all().add_option(self.after.map(|after| {
            let keys = Expr::tuple([column(self.sort.key.column()), column("id")]);
            let last = Expr::tuple([Expr::val(after.key), Expr::val(after.id.get())]);
            if self.sort.descending { keys.lt(last) } else { keys.gt(last) }
        }))
    }

    /// The candidates that are asked for, with nothing selected yet. Both engines look the candidates up one by one: on
    /// SQLite CROSS JOIN sets the order of the join; PostgreSQL takes a list of ids, and the offset keeps it from using
    /// another index, too.
    fn kept(&self, candidates: &Candidates) -> SelectStatement {
        let mut kept = Query::select();
        match self.engine {
            Engine::Sqlite => {
                let is_candidate = Expr::col(("found", "id")).equals(("orders", "id"));
                kept.from("found").cross_join("orders").and_where(is_candidate)
            }
            Engine::Postgres => {
                let is_candidate = Expr::cust("orders.id = ANY (ARRAY(SELECT id FROM found))");
                let mut rows = Query::select();
                rows.expr(Expr::cust("*")).from("orders").and_where(is_candidate).offset(0);
                kept.from_subquery(rows, "orders")
            }
        };
        for (predicate, settled) in self.predicates.iter().zip(&candidates.settled) {
            if !settled {
                kept.cond_where(predicate.condition(self.engine));
            }
        }
        kept
    }
}

/// A statement over the candidates, which it finds as `found`.
fn among(candidates: Candidates, over: SelectStatement) -> WithQuery {
    let ids = match candidates.may_repeat {
        true => Query::select().distinct().column("id").from_subquery(candidates.ids, "ids").to_owned(),
        false => candidates.ids,
    };
    let found =
        CommonTableExpression::new().table_name(Alias::new("found")).materialized(true).query(ids).to_owned();
    over.with(WithClause::new().cte(found).to_owned())
}

/// How many candidates there are.
fn looked_at() -> SelectStatement {
    Query::select().expr(Expr::cust("COUNT(*)")).from("found").to_owned()
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}
