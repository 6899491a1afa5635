//! Walking through everything that is stored, in one snapshot and a page at a time, so that memory stays bounded.
//!
//! A further kind of thing with a history needs a line of `walked!`, and its place where the kinds are walked
//! ([`crate::verify`], [`crate::transfer`]).

use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::member::Member;
use ordervault_domain::order::{Order, stock_deltas};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::Stored;
use crate::tx::Conn;
use crate::writer::{StockMovement, own_movement};

/// Things with their histories that are in memory at a time.
pub(crate) const THINGS_PER_PAGE: i64 = 500;

statements! {
    STORES: Template = Template::new("SELECT id FROM stores WHERE id > $1 ORDER BY id LIMIT $2");
    PRODUCTS: Template = Template::new("SELECT id FROM products WHERE id > $1 ORDER BY id LIMIT $2");
    CUSTOMERS: Template = Template::new("SELECT id FROM customers WHERE id > $1 ORDER BY id LIMIT $2");
    MEMBERS: Template = Template::new("SELECT id FROM members WHERE id > $1 ORDER BY id LIMIT $2");
    ORDERS: Template = Template::new("SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2");
    COUNT_STORES: Template = Template::new("SELECT COUNT(*) FROM stores");
    COUNT_PRODUCTS: Template = Template::new("SELECT COUNT(*) FROM products");
    COUNT_CUSTOMERS: Template = Template::new("SELECT COUNT(*) FROM customers");
    COUNT_MEMBERS: Template = Template::new("SELECT COUNT(*) FROM members");
    COUNT_ORDERS: Template = Template::new("SELECT COUNT(*) FROM orders");
}

/// A kind of thing that can be walked through.
pub(crate) trait Walked: Stored + Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static str;
    /// The ids after `$1`, at most `$2`.
    const IDS: &'static Template;
    /// How many there are.
    const COUNT: &'static Template;

    /// The id as people read it.
    fn text(id: i64) -> String;

    /// What the step between two states moves in the stock.
    fn moves(_before: Option<&Self>, _after: &Self) -> Vec<StockMovement> {
        vec![]
    }

    /// The fold of a history, with the values of the row where others decide them.
    fn settled(fold: Self, _row: &Self) -> Self {
        fold
    }
}

macro_rules! walked {
    ($kind:ty, $id:ident, $table:literal, $ids:ident, $count:ident $(, $item:item)*) => {
        impl Walked for $kind {
            const TABLE: &'static str = $table;
            const IDS: &'static Template = &$ids;
            const COUNT: &'static Template = &$count;

            fn text(id: i64) -> String {
                $id::from_i64(id).to_string()
            }

            $($item)*
        }
    };
}

walked!(Store, StoreId, "stores", STORES, COUNT_STORES);
walked!(Customer, CustomerId, "customers", CUSTOMERS, COUNT_CUSTOMERS);
walked!(Member, MemberId, "members", MEMBERS, COUNT_MEMBERS);
walked!(
    Product,
    ProductId,
    "products",
    PRODUCTS,
    COUNT_PRODUCTS,
    fn moves(before: Option<&Self>, after: &Self) -> Vec<StockMovement> {
        own_movement(before, after).into_iter().collect()
    },
    // What orders take stands in the ledger, not in the product's own history.
    fn settled(fold: Self, row: &Self) -> Self {
        Self { on_hand: row.on_hand, reserved: row.reserved, ..fold }
    }
);
walked!(
    Order,
    OrderId,
    "orders",
    ORDERS,
    COUNT_ORDERS,
    fn moves(before: Option<&Self>, after: &Self) -> Vec<StockMovement> {
        stock_deltas(before, after).into_iter().map(|moved| StockMovement::of(after, moved)).collect()
    }
);

/// Goes through the ids of one kind, page by page.
pub(crate) struct Walk {
    after: i64,
}

impl Walk {
    /// Before the first.
    pub(crate) fn new() -> Self {
        Self { after: i64::MIN }
    }

    /// The next ids, sorted; none at the end.
    pub(crate) async fn next<A: Walked>(&mut self, conn: &mut Conn) -> Result<Vec<i64>, Error> {
        let rows: Vec<(i64,)> = conn.fetch_all(&A::IDS.bind((self.after, THINGS_PER_PAGE))).await?;
        let ids: Vec<i64> = rows.into_iter().map(|row| row.0).collect();
        self.after = ids.last().copied().unwrap_or(self.after);
        Ok(ids)
    }
}

/// How many things of a kind there are.
pub(crate) async fn count<A: Walked>(conn: &mut Conn) -> Result<u64, Error> {
    let (count,): (i64,) = conn.fetch_one(&A::COUNT.bind(())).await?;
    Ok(count.unsigned_abs())
}

/// How far a long work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table at hand.
    pub table: &'static str,
    /// Its things that are done.
    pub done: u64,
    /// Its things in all.
    pub total: u64,
}
