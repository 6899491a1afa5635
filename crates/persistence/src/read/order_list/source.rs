//! Which indexes find the orders that have what is asked for.
//!
//! Every source reads one index from one entry to another and stops when it has enough, so that what it costs is known
//! beforehand. Ranges of several columns and an order leave the engines no other index to take.

use ordervault_domain::id::NumberSearch;
use ordervault_domain::search::{Field, Term};
use sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};

use super::filter::{OrderSort, SortKey};
use super::predicate::{Line, PHONE, Predicate, column, products_with, words_on_sqlite};
use super::ranges::{IndexRanges, KeyRange};
use super::statement::{Candidates, ListQuery};
use super::unread_filter;
use crate::engine::Engine;
use crate::read::select::united;
use crate::read::terms;

impl ListQuery {
    /// For each index that finds something that the walk does not see to: at most so many orders.
    pub(super) fn sources(&self, limit: u64) -> Vec<Candidates> {
        let mut settled = self.ranges().settled;
        let mut sources = vec![];
        let placed = IndexRanges::new(&self.predicates, SortKey::Placed);
        if self.sort.key != SortKey::Placed && placed.are_of_values() {
            settled.iter_mut().zip(&placed.settled).for_each(|(settled, too)| *settled |= *too);
            let rows = KeyRange::whole(self.engine, SortKey::Placed, &self.predicates);
            sources.push(Candidates {
                settled: placed.settled.clone(),
                ids: rows.rows(placed, limit, 0),
                may_repeat: false,
            });
        }
        for (index, predicate) in self.predicates.iter().enumerate().filter(|(index, _)| !settled[*index]) {
            if let Some(mut ids) = predicate.source(self.engine, limit) {
                let is_exact = predicate.has_exact_source(self.engine);
                sources.push(Candidates {
                    ids: ids.limit(limit).to_owned(),
                    settled: (0..settled.len()).map(|other| other == index && is_exact).collect(),
                    may_repeat: matches!(
                        predicate,
                        Predicate::Line(_)
                            | Predicate::Tracked(_)
                            | Predicate::Ids(_)
                            | Predicate::New(_)
                            | Predicate::Number(_)
                            | Predicate::Any(_)
                    ),
                });
            }
        }
        sources
    }
}

impl Predicate {
    /// The ids of all orders for which this holds, as `id`, if an index knows them; some of those without it, too,
    /// where the source is not exact.
    fn source(&self, engine: Engine, limit: u64) -> Option<SelectStatement> {
        let all =
            |condition| Query::select().expr(column("id")).from("orders").cond_where(condition).to_owned();
        let sorted = |name: &'static str| {
            all(self.condition(engine)).order_by_expr(column(name), sea_query::Order::Asc).to_owned()
        };
        Some(match self {
            Self::Among(..) => {
                let this = std::slice::from_ref(self);
                match Some(IndexRanges::new(this, SortKey::Placed)).filter(IndexRanges::are_of_values) {
                    Some(ranges) => KeyRange::whole(engine, SortKey::Placed, this).rows(ranges, limit, 0),
                    // Too many values for ranges.
                    None => all(self.condition(engine)),
                }
            }
            Self::Within(name, ..) => match SortKey::of_column(name) {
                Some(key) => {
                    let this = std::slice::from_ref(self);
                    KeyRange::whole(engine, key, this).rows(IndexRanges::new(this, key), limit, 0)
                }
                None => sorted(name),
            },
            // Each part has an index of its own.
            Self::Number(NumberSearch::Part { begins: Some(begins), ends: Some(ends) }) => {
                let begins = NumberSearch::Part { begins: Some(begins.clone()), ends: None };
                let ends = NumberSearch::Part { begins: None, ends: Some(*ends) };
                let parts = [begins, ends].map(Self::Number);
                return united_sources(&parts, engine, limit);
            }
            Self::Number(_) => all(self.condition(engine)),
            Self::Any(ways) => return united_sources(ways, engine, limit),
            Self::PhoneTail(_) => sorted(PHONE),
            Self::Deleted(true) => sorted("deleted_at"),
            Self::Attention(_) => sorted("attention"),
            Self::Line(line) => line.orders(engine),
            Self::Tracked(key) => tracked(key),
            Self::Words(terms, fields) => match engine {
                Engine::Sqlite => words_on_sqlite(terms, fields),
                Engine::Postgres => words_on_postgres(terms, fields),
            },
            Self::Ids(ids) => unread_filter::listed(ids, engine),
            Self::New(unread) => unread_filter::listed(unread.candidates()?, engine),
            Self::Deleted(false) | Self::Unindexed(..) => return None,
        })
    }

    /// Does the source give only orders for which this holds? PostgreSQL's index knows which words are there, but
    /// neither which of them belong together nor, beside the lines, in which class of texts.
    fn has_exact_source(&self, engine: Engine) -> bool {
        let is_several = |term: &Term| match term {
            Term::Prefix(_) => false,
            Term::Phrase(tokens) => tokens.len() > 1,
            Term::Any(_) => true,
        };
        match self {
            Self::Words(terms, fields) if engine == Engine::Postgres => {
                *fields != [Field::Contact] && !terms.iter().any(is_several)
            }
            Self::Any(ways) => ways.iter().all(|way| way.has_exact_source(engine)),
            // Of those that can be new some are not.
            Self::New(_) => false,
            _ => true,
        }
    }
}

/// The ids of all orders for which one of these holds, if each has an index.
fn united_sources(ways: &[Predicate], engine: Engine, limit: u64) -> Option<SelectStatement> {
    let sources: Option<Vec<SelectStatement>> = ways.iter().map(|way| way.source(engine, limit)).collect();
    sources?.into_iter().reduce(united)
}

impl Line {
    /// The ids of the orders with such a line, as `id`, once for each line.
    fn orders(&self, engine: Engine) -> SelectStatement {
        let line = |name: &'static str| Expr::col(("order_lines", name));
        let mut orders = Query::select().expr_as(line("order_id"), "id").from("order_lines").to_owned();
        let mut of = |name: &'static str, value: Expr| {
            let row = || Expr::tuple([line(name), line("order_id")]);
            let at = |id: i64| Expr::tuple([value.clone(), Expr::val(id)]);
            orders.and_where(row().gte(at(i64::MIN))).and_where(row().lt(at(i64::MAX)));
            orders.order_by_expr(line(name), sea_query::Order::Asc);
            orders.order_by_expr(line("order_id"), sea_query::Order::Asc).to_owned()
        };
        match self {
            Self::Product(id) => of("product_id", Expr::val(*id)),
            Self::Category(category) => of("category", Expr::val(category.as_str())),
            Self::Sku(sku) => orders
                .cond_where(match engine {
                    Engine::Sqlite => {
                        Condition::all().add(line("product_id").in_subquery(products_with(sku)))
                    }
                    Engine::Postgres => Condition::all().add(Expr::cust_with_values(
                        "order_lines.product_id = ANY (ARRAY(SELECT id FROM products WHERE sku = $1))",
                        [sku.as_str()],
                    )),
                })
                .to_owned(),
        }
    }
}

/// The ids of the orders with such a parcel, as `id`, once for each parcel.
fn tracked(key: &str) -> SelectStatement {
    let parcel = |name: &'static str| Expr::col(("parcels", name));
    let row = || Expr::tuple([parcel("tracking_key"), parcel("order_id")]);
    let at = |id: i64| Expr::tuple([Expr::val(key), Expr::val(id)]);
    Query::select()
        .expr_as(parcel("order_id"), "id")
        .from("parcels")
        .and_where(row().gte(at(i64::MIN)))
        .and_where(row().lt(at(i64::MAX)))
        .order_by_expr(parcel("tracking_key"), sea_query::Order::Asc)
        .order_by_expr(parcel("order_id"), sea_query::Order::Asc)
        .to_owned()
}

fn words_on_postgres(terms: &[Term], fields: &[Field]) -> SelectStatement {
    // The texts of the two indexes of `order_search`.
    let words = if fields == [Field::Items] { "items" } else { "(items || contact || note)" };
    let mut rows = Query::select().column("id").from("order_search").to_owned();
    for term in terms {
        let text = format!("{words} @@ $1::tsquery");
        rows.and_where(Expr::cust_with_values(text, [terms::loose_tsquery(term)]));
    }
    rows
}

impl KeyRange {
    /// The whole of the index that this key is sorted by, or as much of it as is asked for.
    pub(super) fn whole(engine: Engine, key: SortKey, predicates: &[Predicate]) -> Self {
        let sort = OrderSort { key, descending: true };
        Self { engine, sort, after: None, keys: Self::keys(key, predicates) }
    }

    /// Which keys are asked for.
    pub(super) fn keys(key: SortKey, predicates: &[Predicate]) -> Option<(Option<i64>, Option<i64>)> {
        predicates.iter().find_map(|predicate| match predicate {
            Predicate::Within(name, from, to) if *name == key.column() => Some((*from, *to)),
            _ => None,
        })
    }
}
