//! Each condition that is asked of an order, as a condition on a row of `orders`.

use std::collections::BTreeSet;

use ordervault_domain::access::{OrderGrant, Scope, StoreScope};
use ordervault_domain::id::NumberSearch;
use ordervault_domain::order::Status;
use ordervault_domain::search::{Field, Term};
use ordervault_domain::time::Timestamp;
use sea_query::{Condition, Expr, ExprTrait, LikeExpr, Query, SelectStatement, Value};

use super::filter::{CustomerFilter, OrderFilter, OrderSort, SortKey, Trash};
use super::unread_filter::UnreadFilter;
use crate::engine::Engine;
use crate::read::terms;

/// The digits of the phone number, the last one first.
pub(super) const PHONE: &str = "contact_phone_reversed";

/// One condition on an order.
pub(super) enum Predicate {
    /// The column has one of these values. An index gives the rows of each in the order of their placing.
    Among(&'static str, Vec<Value>),
    /// The column is there, at least the first and less than the second. An index has it first.
    Within(&'static str, Option<i64>, Option<i64>),
    /// The number is this one, or begins or ends so.
    Number(NumberSearch),
    /// One of these holds.
    Any(Vec<Predicate>),
    /// The phone number ends with these digits.
    PhoneTail(String),
    /// Some line is of this product, category or stock keeping unit.
    Line(Line),
    /// Some parcel has a tracking number with this key.
    Tracked(String),
    /// One of these is to be looked into.
    Attention(Vec<&'static str>),
    /// Each of these terms is in one of these classes of texts.
    Words(Vec<Term>, &'static [Field]),
    /// It is in the trash, or is not.
    Deleted(bool),
    /// The column has one of these values; no index has it.
    Unindexed(&'static str, Vec<Value>),
    /// It is one of these orders.
    Ids(Vec<i64>),
    /// It is new for its reader, or is not.
    New(UnreadFilter),
}

/// What is asked of a line.
pub(super) enum Line {
    Product(i64),
    Category(String),
    Sku(String),
}

impl Predicate {
    /// Everything that is asked for; `None`: nothing can fulfil it.
    pub(super) fn all(
        scope: &Scope,
        filter: &OrderFilter,
        sort: OrderSort,
        unread: &UnreadFilter,
    ) -> Option<Vec<Self>> {
        let mut all = reach(scope, filter)?;
        if unread.is_asked() {
            all.push(Self::New(unread.clone()));
        }
        if let Some(ids) = &filter.ids {
            all.push(Self::Ids(ids.iter().map(|id| id.get()).collect()));
        }
        all.extend(filter.number.clone().map(Self::Number));
        match &filter.customer {
            Some(CustomerFilter::Id(id)) => all.push(Self::Among("customer_id", vec![id.get().into()])),
            Some(CustomerFilter::Email(email)) => {
                all.push(Self::Among("contact_email_key", vec![email.as_str().into()]));
            }
            Some(CustomerFilter::PhoneTail(tail)) => all.push(Self::PhoneTail(tail.clone())),
            Some(CustomerFilter::Words(_)) | None => {}
        }
        if !filter.source_statuses.is_empty() {
            // One range of an index each: an order must not be found twice because its status was named twice.
            let texts: BTreeSet<&str> = filter.source_statuses.iter().map(String::as_str).collect();
            all.push(Self::Among("source_status", texts.into_iter().map(Into::into).collect()));
        }
        if !filter.payment_statuses.is_empty() {
            let names: BTreeSet<&str> = filter.payment_statuses.iter().map(Into::into).collect();
            all.push(Self::Among("payment_status", names.into_iter().map(Into::into).collect()));
        }
        if !filter.attention.is_empty() {
            let names: BTreeSet<&str> = filter.attention.iter().map(Into::into).collect();
            all.push(Self::Attention(names.into_iter().collect()));
        }
        if !filter.fulfillments.is_empty() {
            let texts: BTreeSet<&str> = filter.fulfillments.iter().map(|status| status.into()).collect();
            all.push(Self::Among("fulfillment_status", texts.into_iter().map(Into::into).collect()));
        }
        all.extend(filter.tracking_key.clone().map(Self::Tracked));
        if !filter.sources.is_empty() {
            let sources = filter.sources.iter().map(|source| <&str>::from(*source).into());
            all.push(Self::Unindexed("source", sources.collect()));
        }
        all.extend(ranges(filter, sort));
        all.extend(filter.product.map(|product| Self::Line(Line::Product(product.get()))));
        all.extend(filter.category.clone().map(|category| Self::Line(Line::Category(category))));
        all.extend(filter.sku.clone().map(|sku| Self::Line(Line::Sku(sku))));
        let words = filter.words(scope).into_iter();
        let mut words = words.map(|(terms, fields)| Self::Words(terms.to_vec(), fields));
        if let Some(number) = &filter.or_number {
            all.extend(words.next().map(|words| Self::Any(vec![words, Self::Number(number.clone())])));
        }
        all.extend(words);
        Some(all)
    }

    /// Does this hold for a row of `orders`? `found` is at hand: the ids that are looked at.
    pub(super) fn condition(&self, engine: Engine) -> Condition {
        let all = Condition::all();
        match self {
            Self::Among(name, values) | Self::Unindexed(name, values) => all.add(one_of(name, values)),
            Self::Within(name, None, None) => all.add(column(name).is_not_null()),
            Self::Within(name, from, to) => all
                .add_option(from.map(|from| column(name).gte(from)))
                .add_option(to.map(|to| column(name).lt(to))),
            Self::Number(search) => number(search),
            Self::Any(ways) => ways.iter().fold(Condition::any(), |any, way| any.add(way.condition(engine))),
            Self::PhoneTail(tail) => {
                // A phone number's last digits are its reversed digits' first; ':' comes after '9'.
                let reversed: String = tail.chars().rev().collect();
                let end = format!("{reversed}:");
                all.add(column(PHONE).gte(reversed)).add(column(PHONE).lt(end))
            }
            Self::Line(line) => {
                let is_of_order = Expr::col(("order_lines", "order_id")).eq(column("id"));
                let lines = Query::select().from("order_lines").cond_where(line.condition()).to_owned();
                all.add(probed(lines, is_of_order))
            }
            Self::Tracked(key) => {
                let parcel = |name: &'static str| Expr::col(("parcels", name));
                let is_so_numbered = parcel("tracking_key").eq(key.as_str());
                let parcels = Query::select().from("parcels").and_where(is_so_numbered).to_owned();
                all.add(probed(parcels, parcel("order_id").eq(column("id"))))
            }
            Self::Words(terms, fields) => match engine {
                Engine::Sqlite => {
                    let mut rows = words_on_sqlite(terms, fields);
                    // Not a look-up per order, each of which would read all that begins with the word, and not all
                    // orders that have the words.
                    let near = "rowid BETWEEN (SELECT MIN(id) FROM found) AND (SELECT MAX(id) FROM found)";
                    all.add(column("id").in_subquery(rows.and_where(Expr::cust(near)).to_owned()))
                }
                Engine::Postgres => {
                    let is_of_order = Expr::col(("order_search", "id")).eq(column("id"));
                    let mut rows = Query::select().from("order_search").to_owned();
                    for term in terms {
                        rows.cond_where(in_some(fields, &terms::tsquery(term)));
                    }
                    all.add(probed(rows, is_of_order))
                }
            },
            Self::Attention(names) => {
                // The column is a list of names, each between quotes.
                let named = names.iter().fold(Condition::any(), |any, name| {
                    let quoted = format!("%\"{}\"%", name.replace('_', "\\_"));
                    any.add(column("attention").like(LikeExpr::new(quoted).escape('\\')))
                });
                all.add(column("attention").is_not_null()).add(named)
            }
            Self::Deleted(true) => all.add(column("deleted_at").is_not_null()),
            Self::Deleted(false) => all.add(column("deleted_at").is_null()),
            Self::Ids(ids) => all.add(column("id").is_in(ids.iter().copied())),
            Self::New(unread) => unread.condition(),
        }
    }

    /// Are few orders like this by the nature of it?
    pub(super) fn is_telling(&self) -> bool {
        match self {
            Self::Among(name, _) => ["customer_id", "contact_email_key"].contains(name),
            Self::Number(_) | Self::Ids(_) => true,
            Self::Any(ways) => ways.iter().all(Self::is_telling),
            Self::New(unread) => unread.candidates().is_some(),
            Self::PhoneTail(_) | Self::Tracked(_) => true,
            Self::Words(_, fields) => *fields == [Field::Contact],
            _ => false,
        }
    }
}

/// Is this the number of a row of `orders`, its beginning or its end?
fn number(search: &NumberSearch) -> Condition {
    match search {
        NumberSearch::Whole(id) => Condition::all().add(column("id").eq(id.get())),
        NumberSearch::Part { begins, ends } => {
            let begins = begins.as_ref().map(|ids| column("id").between(ids.start().get(), ids.end().get()));
            let ends = ends.map(|ends| {
                let rest = column("id").bit_and(ends.mask).eq(ends.bits);
                Condition::all().add(column("number_tail").eq(ends.tail)).add(rest)
            });
            Condition::any().add_option(begins).add_option(ends)
        }
    }
}

/// The SQL twin of [`Scope::covers`], for rows of `orders`.
pub(in crate::read) fn in_scope(scope: &Scope) -> Condition {
    let everything = OrderFilter { trash: Trash::With, ..OrderFilter::default() };
    match reach(scope, &everything) {
        // None of these conditions is written differently for the engines.
        Some(all) => all.iter().fold(Condition::all(), |all, one| all.add(one.condition(Engine::Sqlite))),
        None => Condition::all().add(Expr::val(1).eq(0)),
    }
}

/// Is it overdue at this time? For rows of `orders`.
pub(in crate::read) fn overdue(now: Timestamp) -> Condition {
    let overdue = ranges(&OrderFilter::default().only_overdue(now), OrderSort::NEWEST_FIRST);
    overdue.iter().fold(Condition::all(), |all, one| all.add(one.condition(Engine::Sqlite)))
}

/// What is in scope, together with the same that the filter asks for; `None`: nothing is.
fn reach(scope: &Scope, filter: &OrderFilter) -> Option<Vec<Predicate>> {
    let mut all = vec![];
    let (mut stores_in_reach, mut statuses_in_reach, mut has_trash) = (None, None, false);
    match scope {
        Scope::Everything => has_trash = true,
        Scope::Customer(id) => all.push(Predicate::Among("customer_id", vec![id.get().into()])),
        Scope::Guest(grant) => {
            let OrderGrant { order, contact_version } = (*grant)?;
            all.push(Predicate::Within("id", Some(order.get()), Some(order.get().checked_add(1)?)));
            all.push(Predicate::Unindexed("contact_version", vec![contact_version.into()]));
        }
        Scope::Board(stores) => {
            stores_in_reach = Some(stores.iter().map(|store| store.get()).collect());
            statuses_in_reach = Some(Status::PUBLIC.to_vec());
            all.push(Predicate::Unindexed("unlisted", vec![false.into()]));
        }
        Scope::Staff { stores, statuses, trash, .. } => {
            if let StoreScope::Only(stores) = stores {
                stores_in_reach = Some(stores.iter().map(|store| store.get()).collect());
            }
            statuses_in_reach = (!statuses.is_all()).then(|| statuses.iter().collect());
            has_trash = *trash;
        }
    }
    let stores = both(filter.stores.iter().map(|store| store.get()).collect(), stores_in_reach);
    let statuses: Option<Vec<Status>> = both(filter.statuses.clone(), statuses_in_reach);
    if let Some(stores) = stores {
        all.push(Predicate::Among("store_id", some(stores)?));
    }
    if let Some(statuses) = statuses {
        let names: Vec<&str> = statuses.into_iter().map(Into::into).collect();
        all.push(Predicate::Among("status", some(names)?));
    }
    match filter.trash {
        Trash::Only if !has_trash => return None,
        Trash::Only => all.push(Predicate::Deleted(true)),
        Trash::With if has_trash => {}
        Trash::Without | Trash::With => all.push(Predicate::Deleted(false)),
    }
    Some(all)
}

/// What is both wanted and in reach; nothing wanted is everything, `None` is everything.
fn both<T: Ord>(mut wanted: Vec<T>, reach: Option<Vec<T>>) -> Option<Vec<T>> {
    if wanted.is_empty() {
        return reach;
    }
    wanted.sort_unstable();
    wanted.dedup();
    if let Some(reach) = reach {
        wanted.retain(|one| reach.contains(one));
    }
    Some(wanted)
}

fn some<T: Into<Value>>(values: Vec<T>) -> Option<Vec<Value>> {
    (!values.is_empty()).then(|| values.into_iter().map(Into::into).collect())
}

fn ranges(filter: &OrderFilter, sort: OrderSort) -> Vec<Predicate> {
    let millis = |at: Option<Timestamp>| at.map(Timestamp::millis);
    let all = [
        ("placed_at", millis(filter.placed_after), millis(filter.placed_before)),
        ("updated_at", millis(filter.updated_after), millis(filter.updated_before)),
        ("due_at", millis(filter.due_after), millis(filter.due_before)),
        (
            "total",
            filter.total_min.map(|amount| amount.get()),
            filter.total_max.map(|amount| amount.get().saturating_add(1)),
        ),
    ];
    let is_asked = |(name, from, to): &(&str, Option<i64>, Option<i64>)| {
        from.is_some() || to.is_some() || (sort.key == SortKey::Due && *name == "due_at")
    };
    all.into_iter().filter(is_asked).map(|(name, from, to)| Predicate::Within(name, from, to)).collect()
}

impl Line {
    /// Does this hold for a row of `order_lines`?
    fn condition(&self) -> Condition {
        let column = |name: &'static str| Expr::col(("order_lines", name));
        Condition::all().add(match self {
            Self::Product(id) => column("product_id").eq(*id),
            Self::Category(category) => column("category").eq(category.as_str()),
            Self::Sku(sku) => column("product_id").in_subquery(products_with(sku)),
        })
    }
}

pub(super) fn products_with(sku: &str) -> SelectStatement {
    Query::select().column("id").from("products").and_where(Expr::col("sku").eq(sku)).to_owned()
}

/// Is there such a row for this order? With an offset PostgreSQL looks it up instead of reading all such rows for a join.
fn probed(mut rows: SelectStatement, is_of_order: Expr) -> Expr {
    Expr::exists(rows.expr(Expr::val(1)).and_where(is_of_order).limit(1).offset(0).to_owned())
}

/// The ids of the orders with these words, as `id`.
pub(super) fn words_on_sqlite(terms: &[Term], fields: &[Field]) -> SelectStatement {
    let columns: Vec<&str> = fields.iter().map(|field| search_column(*field)).collect();
    Query::select()
        .expr_as(Expr::cust("rowid"), "id")
        .from("order_search")
        .and_where(Expr::cust_with_values("order_search MATCH ?", [terms::fts5(terms, &columns)]))
        .to_owned()
}

/// Is the term in one of these columns of `order_search`?
fn in_some(fields: &[Field], query: &str) -> Condition {
    fields.iter().fold(Condition::any(), |any, field| {
        let text = format!("{} @@ $1::tsquery", search_column(*field));
        any.add(Expr::cust_with_values(text, [query]))
    })
}

fn search_column(field: Field) -> &'static str {
    match field {
        Field::Items => "items",
        Field::Contact => "contact",
        Field::Note => "note",
    }
}

/// A column of `orders`.
pub(super) fn column(name: &'static str) -> Expr {
    Expr::col(("orders", name))
}

/// Equality where there is one value: an index then gives the rows in the list's order.
fn one_of(name: &'static str, values: &[Value]) -> Expr {
    match values {
        [only] => column(name).eq(only.clone()),
        several => column(name).is_in(several.to_vec()),
    }
}
