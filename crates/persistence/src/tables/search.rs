//! The tables `order_search`, `product_search` and `customer_search`: pre-tokenised words, one column per class of fields.
//!
//! The tokens are the domain's; the engines only index them. On PostgreSQL they travel as the text of a `tsvector` with
//! positions, on SQLite as words of a contentless FTS5 table.

use std::collections::HashMap;
use std::fmt::Write;

use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::search::{Field, Words};
use sha2::{Digest as _, Sha256};

use super::outbox;
use crate::bulk::{BulkTemplate, ColumnType::*, Rows};
use crate::bundle::Bundle;
use crate::db::Db;
use crate::engine::Engine;
use crate::error::{Error, onwards};
use crate::statement::{Template, statements};
use crate::tx::Tx;

/// Stands at places without a token on SQLite: a private-use letter, which no token holds.
const EMPTY_PLACE: &str = "\u{e000} ";

/// Words of an index that are in memory at a time.
const WORDS_PER_PAGE: i64 = 50_000;

statements! {
    ORDER_WORDS: Template = Template::forked(
        "SELECT term, doc, col, \"offset\" FROM order_search_words WHERE term > $1 LIMIT $2",
        "SELECT $1, $2, '', 0::bigint WHERE FALSE"
    );
    PRODUCT_WORDS: Template = Template::forked(
        "SELECT term, doc, col, \"offset\" FROM product_search_words WHERE term > $1 LIMIT $2",
        "SELECT $1, $2, '', 0::bigint WHERE FALSE"
    );
    CUSTOMER_WORDS: Template = Template::forked(
        "SELECT term, doc, col, \"offset\" FROM customer_search_words WHERE term > $1 LIMIT $2",
        "SELECT $1, $2, '', 0::bigint WHERE FALSE"
    );
    DELETE_ORDERS: Template = Template::forked(
        "DELETE FROM order_search WHERE rowid {in_keys:1}", "DELETE FROM order_search WHERE id {in_keys:1}"
    );
    DELETE_PRODUCTS: Template = Template::forked(
        "DELETE FROM product_search WHERE rowid {in_keys:1}", "DELETE FROM product_search WHERE id {in_keys:1}"
    );
    DELETE_CUSTOMERS: Template = Template::forked(
        "DELETE FROM customer_search WHERE rowid {in_keys:1}", "DELETE FROM customer_search WHERE id {in_keys:1}"
    );
    INSERT_ORDERS_SQLITE: BulkTemplate = BulkTemplate::new(
        "INSERT INTO order_search (rowid, items, contact, note) SELECT id, items, contact, note FROM {rows}",
        &[("id", Int), ("items", Text), ("contact", Text), ("note", Text)]
    );
    INSERT_ORDERS_POSTGRES: BulkTemplate = BulkTemplate::new(
        "INSERT INTO order_search (id, items, contact, note)
         SELECT id, items::tsvector, contact::tsvector, note::tsvector FROM {rows}",
        &[("id", Int), ("items", Text), ("contact", Text), ("note", Text)]
    );
    INSERT_PRODUCTS_SQLITE: BulkTemplate = BulkTemplate::new(
        "INSERT INTO product_search (rowid, words) SELECT id, words FROM {rows}", &[("id", Int), ("words", Text)]
    );
    INSERT_PRODUCTS_POSTGRES: BulkTemplate = BulkTemplate::new(
        "INSERT INTO product_search (id, words) SELECT id, words::tsvector FROM {rows}",
        &[("id", Int), ("words", Text)]
    );
    INSERT_CUSTOMERS_SQLITE: BulkTemplate = BulkTemplate::new(
        "INSERT INTO customer_search (rowid, words) SELECT id, words FROM {rows}", &[("id", Int), ("words", Text)]
    );
    INSERT_CUSTOMERS_POSTGRES: BulkTemplate = BulkTemplate::new(
        "INSERT INTO customer_search (id, words) SELECT id, words::tsvector FROM {rows}",
        &[("id", Int), ("words", Text)]
    );
}

/// The search rows of one group.
pub(crate) struct SearchRows {
    pub orders: Rows,
    pub products: Rows,
    pub customers: Rows,
    pub stale_orders: Vec<i64>,
    pub stale_products: Vec<i64>,
    pub stale_customers: Vec<i64>,
    engine: Engine,
}

impl SearchRows {
    pub(crate) fn new(engine: Engine) -> Self {
        use crate::bulk::Bulk;
        Self {
            orders: INSERT_ORDERS_SQLITE.rows(),
            products: INSERT_PRODUCTS_SQLITE.rows(),
            customers: INSERT_CUSTOMERS_SQLITE.rows(),
            stale_orders: vec![],
            stale_products: vec![],
            stale_customers: vec![],
            engine,
        }
    }

    /// The order's words, if they are not those of the order before.
    pub(crate) fn order(&mut self, before: Option<&Order>, after: &Order) {
        if let Some(before) = before {
            if before.lines == after.lines && before.contact == after.contact && before.note == after.note {
                return;
            }
            self.stale_orders.push(after.id.get());
        }
        let [items, contact, note] =
            [Field::Items, Field::Contact, Field::Note].map(|field| self.text(&after.words(field)));
        self.orders.push((after.id.get(), items, contact, note));
    }

    /// The product's words, if they are not those of the product before.
    pub(crate) fn product(&mut self, before: Option<&Product>, after: &Product) {
        if let Some(before) = before {
            if before.title == after.title && before.sku == after.sku && before.category == after.category {
                return;
            }
            self.stale_products.push(after.id.get());
        }
        let words = self.text(&words_of(after));
        self.products.push((after.id.get(), words));
    }

    /// The customer's words, if they are not those of the customer before.
    pub(crate) fn customer(&mut self, before: Option<&Customer>, after: &Customer) {
        if let Some(before) = before {
            if before.contact == after.contact {
                return;
            }
            self.stale_customers.push(after.id.get());
        }
        let words = self.text(&words_of_customer(after));
        self.customers.push((after.id.get(), words));
    }

    /// Words as this engine's index takes them.
    fn text(&self, words: &Words) -> String {
        match self.engine {
            Engine::Sqlite => sqlite_text(words),
            Engine::Postgres => {
                let mut text = String::new();
                words.iter().for_each(|(place, token)| _ = write!(text, "'{token}':{place} "));
                text
            }
        }
    }

    /// Removes what is stale; the words are written with the bundle.
    pub(crate) async fn write(self, tx: &mut Tx, bundle: &mut Bundle) -> Result<(), Error> {
        let [orders, products, customers] = match self.engine {
            Engine::Sqlite => [&INSERT_ORDERS_SQLITE, &INSERT_PRODUCTS_SQLITE, &INSERT_CUSTOMERS_SQLITE],
            Engine::Postgres => {
                [&INSERT_ORDERS_POSTGRES, &INSERT_PRODUCTS_POSTGRES, &INSERT_CUSTOMERS_POSTGRES]
            }
        };
        if !self.stale_orders.is_empty() {
            tx.execute(&DELETE_ORDERS.bind((self.stale_orders,))).await?;
        }
        if !self.stale_products.is_empty() {
            tx.execute(&DELETE_PRODUCTS.bind((self.stale_products,))).await?;
        }
        if !self.stale_customers.is_empty() {
            tx.execute(&DELETE_CUSTOMERS.bind((self.stale_customers,))).await?;
        }
        bundle.add(orders, self.orders);
        bundle.add(products, self.products);
        bundle.add(customers, self.customers);
        Ok(())
    }
}

/// The words by which a product is found.
pub(crate) fn words_of(product: &Product) -> Words {
    Words::of([product.title.as_str(), &product.sku, product.category.as_deref().unwrap_or_default()])
}

/// The words by which a customer is found: name, address, e-mail and phone number.
pub(crate) fn words_of_customer(customer: &Customer) -> Words {
    Words::of(customer.contact.texts(None))
}

/// Words as FTS5 takes them.
fn sqlite_text(words: &Words) -> String {
    let (mut text, mut next) = (String::new(), 1);
    for (place, token) in words.iter() {
        (next..place).for_each(|_| text.push_str(EMPTY_PLACE));
        text.push_str(token);
        text.push(' ');
        next = place + 1;
    }
    text
}

/// What an FTS5 index says of its rows, which have no content: for each a sum over its words and their places. Takes some
/// 30 bytes a row.
pub(crate) struct Indexed {
    sums: HashMap<i64, u64>,
    /// Rows of what has changed behind this position of the outbox may be others by now.
    pub(crate) position: i64,
}

impl Indexed {
    /// What the index of orders says, in one pass over its words. `None`: this engine can be asked row by row.
    pub(crate) async fn orders(db: &Db) -> Result<Option<Self>, Error> {
        Self::read(db, "order_search", &ORDER_WORDS).await
    }

    /// The same of products.
    pub(crate) async fn products(db: &Db) -> Result<Option<Self>, Error> {
        Self::read(db, "product_search", &PRODUCT_WORDS).await
    }

    /// The same of customers.
    pub(crate) async fn customers(db: &Db) -> Result<Option<Self>, Error> {
        Self::read(db, "customer_search", &CUSTOMER_WORDS).await
    }

    async fn read(db: &Db, table: &'static str, statement: &'static Template) -> Result<Option<Self>, Error> {
        if db.engine() == Engine::Postgres {
            return Ok(None);
        }
        let (position, mut sums) = (outbox::cut(db).await?, HashMap::new());
        let (mut after, mut limit) = (String::new(), WORDS_PER_PAGE);
        loop {
            let page: Vec<(String, i64, String, i64)> =
                db.read().await?.fetch_all(&statement.bind((&after, limit))).await?;
            let is_last = i64::try_from(page.len()).is_ok_and(|length| length < limit);
            let Some((last, ..)) = page.last().cloned() else { return Ok(Some(Self { sums, position })) };
            // The rest of the last word comes with the next page.
            let whole = page.iter().filter(|(word, ..)| is_last || *word != last);
            let mut read = None;
            for (word, id, column, place) in whole {
                let sum = sums.entry(*id).or_insert(0_u64);
                *sum = sum.wrapping_add(weight(column, *place, word));
                read = Some(word);
            }
            match read {
                _ if is_last => return Ok(Some(Self { sums, position })),
                Some(word) => {
                    onwards(table, 0, &after, word)?;
                    (after, limit) = (word.clone(), WORDS_PER_PAGE);
                }
                None => limit *= 2,
            }
        }
    }

    /// Are these the words of the row, by column?
    pub(crate) fn are(&self, id: i64, columns: &[(&str, Words)]) -> bool {
        let mut sum = 0_u64;
        for (column, words) in columns {
            for (place, word) in (0..).zip(sqlite_text(words).split_terminator(' ')) {
                sum = sum.wrapping_add(weight(column, place, word));
            }
        }
        self.sums.get(&id).copied().unwrap_or_default() == sum
    }
}

fn weight(column: &str, place: i64, word: &str) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(column.as_bytes());
    hasher.update(place.to_be_bytes());
    hasher.update(word.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize()[..8]);
    u64::from_be_bytes(first)
}
