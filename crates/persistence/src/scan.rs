//! Full scans: everything that is stored, a page at a time, so that memory stays bounded.
//!
//! A further kind of resource needs [`Scanned`], and its place where the kinds are scanned (`verify`, `transfer`).

use std::future::Future;

use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, InstallationId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::{Order, stock_deltas};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

use crate::error::{Error, onwards};
use crate::statement::{Template, statements};
use crate::tables::Stored;
use crate::tables::stock::{self, StockMovement, own_movement};
use crate::tx::Conn;

/// Resources with their histories that are in memory at a time.
pub(crate) const RESOURCES_PER_PAGE: i64 = 500;

statements! {
    STORES: Template = Template::new("SELECT id FROM stores WHERE id > $1 ORDER BY id LIMIT $2");
    PRODUCTS: Template = Template::new("SELECT id FROM products WHERE id > $1 ORDER BY id LIMIT $2");
    CUSTOMERS: Template = Template::new("SELECT id FROM customers WHERE id > $1 ORDER BY id LIMIT $2");
    MEMBERS: Template = Template::new("SELECT id FROM members WHERE id > $1 ORDER BY id LIMIT $2");
    ORDERS: Template = Template::new("SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2");
    INSTALLATIONS: Template = Template::new("SELECT id FROM installations WHERE id > $1 ORDER BY id LIMIT $2");
    COUNT_STORES: Template = Template::new("SELECT COUNT(*) FROM stores");
    COUNT_PRODUCTS: Template = Template::new("SELECT COUNT(*) FROM products");
    COUNT_CUSTOMERS: Template = Template::new("SELECT COUNT(*) FROM customers");
    COUNT_MEMBERS: Template = Template::new("SELECT COUNT(*) FROM members");
    COUNT_ORDERS: Template = Template::new("SELECT COUNT(*) FROM orders");
    COUNT_INSTALLATIONS: Template = Template::new("SELECT COUNT(*) FROM installations");
}

/// A kind of resource that can be scanned.
pub(crate) trait Scanned: Stored {
    /// Its table.
    const TABLE: &'static str;
    /// The ids after `$1`, at most `$2`.
    const IDS: &'static Template;
    /// How many there are.
    const COUNT: &'static Template;

    /// The id as people read it.
    fn text(id: i64) -> String;

    /// What the step between two states moves in the stock.
    fn movements(_before: Option<&Self>, _after: &Self) -> Vec<StockMovement> {
        vec![]
    }

    /// Takes back what has been decided elsewhere than in their own histories behind this position of the outbox.
    fn rewind(
        _conn: &mut Conn,
        _rows: &mut [Self],
        _position: i64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// The fold of a history, with the values of the row where others decide them.
    fn settled(fold: Self, _row: &Self) -> Self {
        fold
    }
}

impl Scanned for Store {
    const TABLE: &'static str = "stores";
    const IDS: &'static Template = &STORES;
    const COUNT: &'static Template = &COUNT_STORES;

    fn text(id: i64) -> String {
        StoreId::from_i64(id).to_string()
    }
}

impl Scanned for Customer {
    const TABLE: &'static str = "customers";
    const IDS: &'static Template = &CUSTOMERS;
    const COUNT: &'static Template = &COUNT_CUSTOMERS;

    fn text(id: i64) -> String {
        CustomerId::from_i64(id).to_string()
    }
}

impl Scanned for Member {
    const TABLE: &'static str = "members";
    const IDS: &'static Template = &MEMBERS;
    const COUNT: &'static Template = &COUNT_MEMBERS;

    fn text(id: i64) -> String {
        MemberId::from_i64(id).to_string()
    }
}

impl Scanned for Product {
    const TABLE: &'static str = "products";
    const IDS: &'static Template = &PRODUCTS;
    const COUNT: &'static Template = &COUNT_PRODUCTS;

    fn text(id: i64) -> String {
        ProductId::from_i64(id).to_string()
    }

    fn movements(before: Option<&Self>, after: &Self) -> Vec<StockMovement> {
        own_movement(before, after).into_iter().collect()
    }

    // What orders take stands in the ledger, not in the product's own history.
    fn settled(fold: Self, row: &Self) -> Self {
        Self { on_hand: row.on_hand, reserved: row.reserved, ..fold }
    }

    async fn rewind(conn: &mut Conn, rows: &mut [Self], position: i64) -> Result<(), Error> {
        let ids: Vec<i64> = rows.iter().map(Aggregate::raw_id).collect();
        let later = stock::moved_after(conn, &ids, position).await?;
        for row in rows {
            let (on_hand, reserved) = later.get(&row.id.get()).copied().unwrap_or_default();
            row.on_hand -= on_hand;
            row.reserved -= reserved;
        }
        Ok(())
    }
}

impl Scanned for Order {
    const TABLE: &'static str = "orders";
    const IDS: &'static Template = &ORDERS;
    const COUNT: &'static Template = &COUNT_ORDERS;

    fn text(id: i64) -> String {
        OrderId::from_i64(id).to_string()
    }

    fn movements(before: Option<&Self>, after: &Self) -> Vec<StockMovement> {
        stock_deltas(before, after).into_iter().map(|moved| StockMovement::of(after, moved)).collect()
    }
}

impl Scanned for Installation {
    const TABLE: &'static str = "installations";
    const IDS: &'static Template = &INSTALLATIONS;
    const COUNT: &'static Template = &COUNT_INSTALLATIONS;

    fn text(id: i64) -> String {
        InstallationId::from_i64(id).to_string()
    }
}

/// Goes through the ids of one kind, page by page.
pub(crate) struct Scan {
    after: i64,
}

impl Scan {
    /// Before the first.
    pub(crate) fn new() -> Self {
        Self { after: i64::MIN }
    }

    /// The next ids, sorted; none at the end.
    pub(crate) async fn next<A: Scanned>(&mut self, conn: &mut Conn) -> Result<Vec<i64>, Error> {
        let rows: Vec<(i64,)> = conn.fetch_all(&A::IDS.bind((self.after, RESOURCES_PER_PAGE))).await?;
        let ids: Vec<i64> = rows.into_iter().map(|row| row.0).collect();
        if let Some(last) = ids.last() {
            onwards(A::TABLE, *last, &self.after, last)?;
            self.after = *last;
        }
        Ok(ids)
    }
}

/// How many resources of a kind there are.
pub(crate) async fn count<A: Scanned>(conn: &mut Conn) -> Result<u64, Error> {
    let (count,): (i64,) = conn.fetch_one(&A::COUNT.bind(())).await?;
    Ok(count.unsigned_abs())
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table at hand.
    pub table: &'static str,
    /// Its resources that are done.
    pub done: u64,
    /// Its resources in all.
    pub total: u64,
}
