//! What is folded for comparing, folded anew where older rules, or those of another program, have done it: a page at a time, in a
//! transaction of its own that locks the rows, beside servers. No history is changed, no version, and nothing that anybody reads.
//!
//! A further kind of resource whose rows are folded: `Stored::FOLDED`, [`Folded`], and its line in [`reindex`] and [`is_due`].

use std::collections::{BTreeMap, HashMap};

use ordervault_domain::contact::Email;
use ordervault_domain::customer::Customer;
use ordervault_domain::folding;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::kinds::Projected;
use super::report::{Entries, entry};
use super::resource::write_folded;
use super::run::PAGE;
use crate::bulk::Bulk as _;
use crate::db::Db;
use crate::error::{CommitError, Error, onwards};
use crate::scan::RESOURCES_PER_PAGE;
use crate::statement::{Template, statements};
use crate::tables::LockedRow;
use crate::tables::columns::TableRow as _;
use crate::tx::Conn;

statements! {
    // Behind (version of the rules, id), of rules before $3.
    STALE_MEMBERS: Template = Template::new(
        "SELECT folded_by, id FROM members WHERE (folded_by, id) > ($1, $2) AND folded_by < $3 ORDER BY folded_by, id LIMIT $4"
    );
    STALE_CUSTOMERS: Template = Template::new(
        "SELECT folded_by, id FROM customers WHERE (folded_by, id) > ($1, $2) AND folded_by < $3 ORDER BY folded_by, id LIMIT $4"
    );
    STALE_PRODUCTS: Template = Template::new(
        "SELECT folded_by, id FROM products WHERE (folded_by, id) > ($1, $2) AND folded_by < $3 ORDER BY folded_by, id LIMIT $4"
    );
    STALE_ORDERS: Template = Template::new(
        "SELECT folded_by, id FROM orders WHERE (folded_by, id) > ($1, $2) AND folded_by < $3 ORDER BY folded_by, id LIMIT $4"
    );
}

/// A kind of resource of whose rows something is folded.
trait Folded: Projected {
    /// Rows that are folded by rules before those of version `$3`: (version of the rules, id), behind `($1, $2)`.
    const STALE: &'static Template;

    /// What no two of them may have in common, if it is folded.
    fn key(&self) -> Option<String> {
        None
    }
}

impl Folded for Member {
    const STALE: &'static Template = &STALE_MEMBERS;

    fn key(&self) -> Option<String> {
        self.contact.email.as_ref().map(Email::skeleton)
    }
}

impl Folded for Customer {
    const STALE: &'static Template = &STALE_CUSTOMERS;

    fn key(&self) -> Option<String> {
        self.contact.email.as_ref().map(Email::key)
    }
}

impl Folded for Product {
    const STALE: &'static Template = &STALE_PRODUCTS;
}

impl Folded for Order {
    const STALE: &'static Template = &STALE_ORDERS;
}

/// What was folded anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reindexed {
    /// Rows, by table.
    pub folded: BTreeMap<&'static str, u64>,
    /// Accounts whose address would be another one's by today's rules: they keep the key that they have, and are not found by
    /// their address until somebody gives one of the two another.
    pub left: Entries,
}

/// Folds anew what is folded by other rules than today's.
///
/// # Errors
/// When the database fails. What was folded before it stays so, and whoever runs it again goes on from there.
pub async fn reindex(db: &Db) -> Result<Reindexed, Error> {
    let mut done = Reindexed::default();
    kind::<Member>(db, &mut done).await?;
    kind::<Customer>(db, &mut done).await?;
    kind::<Product>(db, &mut done).await?;
    kind::<Order>(db, &mut done).await?;
    Ok(done)
}

/// Is anything folded by other rules than today's?
///
/// # Errors
/// When the database fails.
pub async fn is_due(db: &Db) -> Result<bool, Error> {
    let mut conn = db.read().await?;
    Ok(any::<Member>(&mut conn).await?
        || any::<Customer>(&mut conn).await?
        || any::<Product>(&mut conn).await?
        || any::<Order>(&mut conn).await?)
}

/// What is older than today's rules, then what is newer: behind the one, and before the other.
const SPANS: [((i64, i64), i64); 2] =
    [((i64::MIN, i64::MIN), folding::VERSION), ((folding::VERSION + 1, i64::MIN), i64::MAX)];

async fn any<A: Folded>(conn: &mut Conn) -> Result<bool, Error> {
    for (after, before) in SPANS {
        if !stale::<A>(conn, after, before, 1).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn stale<A: Folded>(
    conn: &mut Conn,
    after: (i64, i64),
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, i64)>, Error> {
    Ok(conn.fetch_all(&A::STALE.bind((after.0, after.1, before, limit))).await?)
}

async fn kind<A: Folded>(db: &Db, done: &mut Reindexed) -> Result<(), Error> {
    let mut taken = BTreeMap::new();
    for (mut after, before) in SPANS {
        loop {
            let page = stale::<A>(&mut db.read().await?, after, before, RESOURCES_PER_PAGE).await?;
            let Some(last) = page.last().copied() else { break };
            onwards(A::TABLE, last.1, &after, &last)?;
            after = last;
            let ids: Vec<i64> = page.into_iter().map(|(_, id)| id).collect();
            taken.extend(fold::<A>(db, &ids, done).await?);
        }
    }
    // What stood in the way may have become another one since.
    while !taken.is_empty() {
        let before = taken.len();
        let ids: Vec<i64> = std::mem::take(&mut taken).into_keys().collect();
        for ids in ids.chunks(PAGE) {
            taken.extend(fold::<A>(db, ids, done).await?);
        }
        if taken.len() == before {
            break;
        }
    }
    for (id, other) in taken {
        done.left.add(entry::<A>(id, format!("its address would be the one of {}", A::text(other))));
    }
    Ok(())
}

/// Folds these. Returns those that stay as they are, because another one, which is named, has what only one may have.
async fn fold<A: Folded>(db: &Db, ids: &[i64], done: &mut Reindexed) -> Result<BTreeMap<i64, i64>, Error> {
    let mut tx = db.begin().await?;
    let mut rows: Vec<A::Row> = tx.conn().fetch_all(&A::LOCK.bind((ids,))).await?;
    rows.retain(|row| !A::stale(row).is_empty());
    let mut held = A::states(tx.conn(), rows).await?;
    let taken = taken(tx.conn(), &held).await?;
    held.retain(|held| !taken.contains_key(&held.state.raw_id()));
    if held.is_empty() {
        return Ok(taken);
    }
    write_folded(&mut tx, held.iter().map(|held| (&held.state, held.head.as_str()))).await?;
    if let Some(words) = A::SEARCH {
        let page: Vec<&A> = held.iter().map(|held| &held.state).collect();
        A::write_beside(&mut tx, words, &page).await?;
    }
    tx.commit().await.map_err(CommitError::into_inner)?;
    *done.folded.entry(A::TABLE).or_default() += held.len() as u64;
    Ok(taken)
}

/// Those of some that would have what another one has, which is named: a row, or one that comes before it here.
async fn taken<A: Folded>(conn: &mut Conn, held: &[LockedRow<A>]) -> Result<BTreeMap<i64, i64>, Error> {
    let (mut rows, mut first, mut taken) = (A::IN_THE_WAY.rows(), HashMap::new(), BTreeMap::new());
    for LockedRow { state, head } in held {
        let Some(key) = state.key() else { continue };
        rows.push(state.row(head).values());
        if let Some(other) = first.insert(key, state.raw_id()) {
            taken.insert(state.raw_id(), other);
        }
    }
    if !rows.is_empty() {
        taken.extend(conn.fetch_bulk::<(i64, i64)>(A::IN_THE_WAY, &rows).await?);
    }
    Ok(taken)
}
