//! What is particular about each kind of resource: what its rows refer to, and what only one of them may have.

use ordervault_domain::customer::Customer;
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

use super::report::Entry;
use super::words::Words;
use super::{lines, parcels, words};
use crate::bulk::{BulkTemplate, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::Stored;
use crate::tables::columns::TableRow as _;
use crate::tx::{Conn, Tx};
use crate::verify::resource::Verified;
use crate::verify::words::Searched;

const ID_AND_VERSION: &[Column] = &[("id", Int), ("version", Int)];

statements! {
    // CROSS JOIN has SQLite begin with the few rows at hand.
    INSTALLATIONS_IN_THE_WAY: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, t.id FROM {rows} CROSS JOIN installations t WHERE t.id <> d.id", <Installation as Stored>::Row::COLUMNS
    );
    STORES_IN_THE_WAY: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, t.id FROM {rows} CROSS JOIN stores t WHERE t.external_reference = d.external_reference AND t.id <> d.id",
        <Store as Stored>::Row::COLUMNS
    );
    PRODUCTS_IN_THE_WAY: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, t.id FROM {rows} CROSS JOIN products t WHERE t.store_id = d.store_id AND t.sku = d.sku AND t.id <> d.id
         UNION SELECT d.id, t.id FROM {rows} CROSS JOIN products t
             WHERE t.external_reference = d.external_reference AND t.id <> d.id",
        <Product as Stored>::Row::COLUMNS
    );
    CUSTOMERS_IN_THE_WAY: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, t.id FROM {rows} CROSS JOIN customers t WHERE t.email_key = d.email_key AND t.id <> d.id
         UNION SELECT d.id, t.id FROM {rows} CROSS JOIN customers t
             WHERE t.external_reference = d.external_reference AND t.id <> d.id",
        <Customer as Stored>::Row::COLUMNS
    );
    MEMBERS_IN_THE_WAY: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, t.id FROM {rows} CROSS JOIN members t WHERE t.email_key = d.email_key AND t.id <> d.id",
        <Member as Stored>::Row::COLUMNS
    );
    ORDERS_IN_THE_WAY: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, t.id FROM {rows} CROSS JOIN orders t WHERE t.external_reference = d.external_reference AND t.id <> d.id",
        <Order as Stored>::Row::COLUMNS
    );
    FOLD_MEMBERS: BulkUpdate = BulkUpdate::new("members", ID_AND_VERSION, <Member as Stored>::FOLDED, "");
    FOLD_CUSTOMERS: BulkUpdate = BulkUpdate::new("customers", ID_AND_VERSION, <Customer as Stored>::FOLDED, "");
    FOLD_PRODUCTS: BulkUpdate = BulkUpdate::new("products", ID_AND_VERSION, <Product as Stored>::FOLDED, "");
    FOLD_ORDERS: BulkUpdate = BulkUpdate::new("orders", ID_AND_VERSION, <Order as Stored>::FOLDED, "");
    // Nothing refers to it, and there is only one.
    RELEASE_INSTALLATIONS: Template = Template::new("DELETE FROM installations WHERE id {in_keys:1}");
    RELEASE_STORES: Template = Template::new("UPDATE stores SET external_reference = NULL WHERE id {in_keys:1}");
    RELEASE_PRODUCTS: Template = Template::new(
        "UPDATE products SET external_reference = NULL, sku = 'released ' || id WHERE id {in_keys:1}"
    );
    RELEASE_CUSTOMERS: Template = Template::new(
        "UPDATE customers SET external_reference = NULL, email_key = NULL WHERE id {in_keys:1}"
    );
    RELEASE_MEMBERS: Template = Template::new("UPDATE members SET email_key = NULL WHERE id {in_keys:1}");
    RELEASE_ORDERS: Template = Template::new("UPDATE orders SET external_reference = NULL WHERE id {in_keys:1}");
    // The one of the shop is never removed.
    INSTALLATIONS_NAMED: Template = Template::new("SELECT id FROM installations WHERE id {in_keys:1}");
    STORES_NAMED: Template = Template::new(
        "SELECT s.id FROM stores s WHERE s.id {in_keys:1} AND (
             (SELECT p.id FROM products p WHERE p.store_id = s.id LIMIT 1) IS NOT NULL
             OR (SELECT o.id FROM orders o WHERE o.store_id = s.id LIMIT 1) IS NOT NULL)"
    );
    PRODUCTS_NAMED: Template = Template::new(
        "SELECT p.id FROM products p WHERE p.id {in_keys:1}
             AND EXISTS (SELECT 1 FROM order_lines l WHERE l.product_id = p.id)"
    );
    CUSTOMERS_NAMED: Template = Template::new(
        "SELECT c.id FROM customers c WHERE c.id {in_keys:1} AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)"
    );
    MEMBERS_NAMED: Template = Template::new(
        "SELECT m.id FROM members m WHERE m.id {in_keys:1} AND (EXISTS (SELECT 1 FROM seen_marks s WHERE s.member_id = m.id)
             OR EXISTS (SELECT 1 FROM seen_orders s WHERE s.member_id = m.id))"
    );
    ORDERS_NAMED: Template = Template::new(
        "SELECT o.id FROM orders o WHERE o.id {in_keys:1} AND EXISTS (SELECT 1 FROM seen_orders s WHERE s.order_id = o.id)"
    );
    DELETE_STORES: Template = Template::new("DELETE FROM stores WHERE id {in_keys:1}");
    DELETE_PRODUCTS: Template = Template::new("DELETE FROM products WHERE id {in_keys:1}");
    DELETE_CUSTOMERS: Template = Template::new("DELETE FROM customers WHERE id {in_keys:1}");
    DELETE_MEMBERS: Template = Template::new("DELETE FROM members WHERE id {in_keys:1}");
    DELETE_ORDERS: Template = Template::new("DELETE FROM orders WHERE id {in_keys:1}");
}

/// A kind of resource whose rows, and what goes with them, can be made from its histories.
pub(super) trait Projected: Verified {
    /// Of rows that are to be written: (the row, another one with a value that only one may have).
    const IN_THE_WAY: &'static BulkTemplate;
    /// Takes such values from rows that are written anew afterwards.
    const RELEASE: &'static Template;
    /// Those of some rows to which other rows refer.
    const NAMED: &'static Template;
    /// Removes rows.
    const DELETE: &'static Template;
    /// Sets what is folded, if anything is: id, version, and the columns of `Stored::FOLDED`, which stand in the order of all columns.
    const FOLD: Option<&'static BulkUpdate> = None;
    /// The table of its words, if it is found by words.
    const SEARCH: Option<&'static str> = None;

    /// The fold of a history, with what others decide: as it is in the row, until it is put right.
    fn counted(fold: Self, _row: Option<&Self::Row>) -> Self {
        fold
    }

    /// Are the units of the row such as a row may have?
    fn can_be_counted(_row: &Self::Row) -> bool {
        true
    }

    /// What its row refers to.
    fn parents(&self) -> Vec<i64> {
        vec![]
    }

    /// What differs in other tables. `indexed`: what SQLite's index of words says.
    fn differing_beside(
        _conn: &mut Conn,
        _page: &[Self],
        _words: Words<'_>,
    ) -> impl Future<Output = Result<Vec<Entry>, Error>> + Send {
        async { Ok(vec![]) }
    }

    /// Writes this table for some of the page anew.
    fn write_beside(
        _tx: &mut Tx,
        _table: &'static str,
        _page: &[&Self],
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// Removes what some of the page have in other tables, but for the ledger.
    fn clear_beside(_tx: &mut Tx, _ids: &[i64]) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }
}

impl Projected for Installation {
    const IN_THE_WAY: &'static BulkTemplate = &INSTALLATIONS_IN_THE_WAY;
    const RELEASE: &'static Template = &RELEASE_INSTALLATIONS;
    const NAMED: &'static Template = &INSTALLATIONS_NAMED;
    const DELETE: &'static Template = &RELEASE_INSTALLATIONS;
}

impl Projected for Store {
    const IN_THE_WAY: &'static BulkTemplate = &STORES_IN_THE_WAY;
    const RELEASE: &'static Template = &RELEASE_STORES;
    const NAMED: &'static Template = &STORES_NAMED;
    const DELETE: &'static Template = &DELETE_STORES;
}

impl Projected for Customer {
    const IN_THE_WAY: &'static BulkTemplate = &CUSTOMERS_IN_THE_WAY;
    const RELEASE: &'static Template = &RELEASE_CUSTOMERS;
    const NAMED: &'static Template = &CUSTOMERS_NAMED;
    const DELETE: &'static Template = &DELETE_CUSTOMERS;
    const FOLD: Option<&'static BulkUpdate> = Some(&FOLD_CUSTOMERS);
    const SEARCH: Option<&'static str> = Some(Self::WORDS);

    async fn differing_beside(conn: &mut Conn, page: &[Self], words: Words<'_>) -> Result<Vec<Entry>, Error> {
        words::differing(conn, page, words).await
    }

    async fn write_beside(tx: &mut Tx, _table: &'static str, page: &[&Self]) -> Result<(), Error> {
        words::write(tx, page).await
    }

    async fn clear_beside(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
        words::clear::<Self>(tx, ids).await
    }
}

impl Projected for Member {
    const IN_THE_WAY: &'static BulkTemplate = &MEMBERS_IN_THE_WAY;
    const RELEASE: &'static Template = &RELEASE_MEMBERS;
    const NAMED: &'static Template = &MEMBERS_NAMED;
    const DELETE: &'static Template = &DELETE_MEMBERS;
    const FOLD: Option<&'static BulkUpdate> = Some(&FOLD_MEMBERS);
}

impl Projected for Product {
    const IN_THE_WAY: &'static BulkTemplate = &PRODUCTS_IN_THE_WAY;
    const RELEASE: &'static Template = &RELEASE_PRODUCTS;
    const NAMED: &'static Template = &PRODUCTS_NAMED;
    const DELETE: &'static Template = &DELETE_PRODUCTS;
    const FOLD: Option<&'static BulkUpdate> = Some(&FOLD_PRODUCTS);
    const SEARCH: Option<&'static str> = Some(Self::WORDS);

    fn can_be_counted(row: &Self::Row) -> bool {
        (0..=row.on_hand).contains(&row.reserved)
    }

    // Units that a CHECK refuses cannot stay, whatever else is written.
    fn counted(fold: Self, row: Option<&Self::Row>) -> Self {
        match row.filter(|row| Self::can_be_counted(row)) {
            Some(row) => Self { on_hand: row.on_hand, reserved: row.reserved, ..fold },
            None => Self { on_hand: fold.on_hand.max(0), reserved: 0, ..fold },
        }
    }

    fn parents(&self) -> Vec<i64> {
        vec![self.store_id.get()]
    }

    async fn differing_beside(conn: &mut Conn, page: &[Self], words: Words<'_>) -> Result<Vec<Entry>, Error> {
        words::differing(conn, page, words).await
    }

    async fn write_beside(tx: &mut Tx, _table: &'static str, page: &[&Self]) -> Result<(), Error> {
        words::write(tx, page).await
    }

    async fn clear_beside(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
        words::clear::<Self>(tx, ids).await
    }
}

impl Projected for Order {
    const IN_THE_WAY: &'static BulkTemplate = &ORDERS_IN_THE_WAY;
    const RELEASE: &'static Template = &RELEASE_ORDERS;
    const NAMED: &'static Template = &ORDERS_NAMED;
    const DELETE: &'static Template = &DELETE_ORDERS;
    const FOLD: Option<&'static BulkUpdate> = Some(&FOLD_ORDERS);
    const SEARCH: Option<&'static str> = Some(Self::WORDS);

    fn parents(&self) -> Vec<i64> {
        let products = self.lines.iter().map(|line| line.product_id.get());
        let customer = self.customer_id.map(ordervault_domain::id::CustomerId::get);
        products.chain(customer).chain([self.store_id.get()]).collect()
    }

    async fn differing_beside(conn: &mut Conn, page: &[Self], words: Words<'_>) -> Result<Vec<Entry>, Error> {
        let mut entries = lines::differing(conn, page).await?;
        entries.extend(parcels::differing(conn, page).await?);
        entries.extend(words::differing(conn, page, words).await?);
        Ok(entries)
    }

    async fn write_beside(tx: &mut Tx, table: &'static str, page: &[&Self]) -> Result<(), Error> {
        match table {
            lines::TABLE => lines::write(tx, page).await,
            parcels::TABLE => parcels::write(tx, page).await,
            _ => words::write(tx, page).await,
        }
    }

    async fn clear_beside(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
        lines::clear(tx, ids).await?;
        parcels::clear(tx, ids).await?;
        words::clear::<Self>(tx, ids).await
    }
}
