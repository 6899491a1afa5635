//! The tables `order_search` and `product_search`: pre-tokenised words, one column per class of fields.
//!
//! The tokens are the domain's; the engines only index them. On PostgreSQL they travel as the text of a `tsvector` with
//! positions, on SQLite as words of a contentless FTS5 table.

use std::fmt::Write;

use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::search::{Field, Words};

use crate::bulk::{BulkTemplate, ColumnType::*, Rows};
use crate::engine::Engine;
use crate::statement::{Template, statements};

/// Stands at places without a token on SQLite: a private-use letter, which no token holds.
const EMPTY_PLACE: &str = "\u{e000} ";

statements! {
    DELETE_ORDERS: Template = Template::forked(
        "DELETE FROM order_search WHERE rowid {in_keys:1}", "DELETE FROM order_search WHERE id {in_keys:1}"
    );
    DELETE_PRODUCTS: Template = Template::forked(
        "DELETE FROM product_search WHERE rowid {in_keys:1}", "DELETE FROM product_search WHERE id {in_keys:1}"
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
}

/// The search rows of one group.
pub(crate) struct SearchRows {
    pub orders: Rows,
    pub products: Rows,
    pub stale_orders: Vec<i64>,
    pub stale_products: Vec<i64>,
    engine: Engine,
}

impl SearchRows {
    pub(crate) fn new(engine: Engine) -> Self {
        use crate::bulk::Bulk;
        Self {
            orders: INSERT_ORDERS_SQLITE.rows(),
            products: INSERT_PRODUCTS_SQLITE.rows(),
            stale_orders: vec![],
            stale_products: vec![],
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

    /// Words as this engine's index takes them.
    fn text(&self, words: &Words) -> String {
        match self.engine {
            Engine::Sqlite => sqlite_text(words).0,
            Engine::Postgres => {
                let mut text = String::new();
                words.iter().for_each(|(place, token)| _ = write!(text, "'{token}':{place} "));
                text
            }
        }
    }

    pub(crate) fn statements(
        &self,
    ) -> (&'static Template, &'static Template, &'static BulkTemplate, &'static BulkTemplate) {
        match self.engine {
            Engine::Sqlite => {
                (&DELETE_ORDERS, &DELETE_PRODUCTS, &INSERT_ORDERS_SQLITE, &INSERT_PRODUCTS_SQLITE)
            }
            Engine::Postgres => {
                (&DELETE_ORDERS, &DELETE_PRODUCTS, &INSERT_ORDERS_POSTGRES, &INSERT_PRODUCTS_POSTGRES)
            }
        }
    }
}

/// The words by which a product is found.
pub(crate) fn words_of(product: &Product) -> Words {
    Words::of([product.title.as_str(), &product.sku, product.category.as_deref().unwrap_or_default()])
}

/// Words as FTS5 takes them, and how many it will count.
fn sqlite_text(words: &Words) -> (String, u32) {
    let (mut text, mut next) = (String::new(), 1);
    for (place, token) in words.iter() {
        (next..place).for_each(|_| text.push_str(EMPTY_PLACE));
        text.push_str(token);
        text.push(' ');
        next = place + 1;
    }
    let count = text.split_terminator(' ').count();
    (text, u32::try_from(count).unwrap_or(u32::MAX))
}

/// What of an FTS5 table tells whether a row has exactly these words, by column: a query that finds it by all of them in
/// their order, and the numbers of words per column, as the table keeps them, in hexadecimal digits.
pub(crate) fn exactly(columns: &[(&str, Words)]) -> (String, String) {
    let (mut phrases, mut sizes) = (vec![], vec![]);
    for (name, words) in columns {
        let (text, count) = sqlite_text(words);
        if count > 0 {
            phrases.push(format!("{name} : \"{}\"", text.trim_end().replace('"', "\"\"")));
        }
        varint(count, &mut sizes);
    }
    (phrases.join(" AND "), hex::encode_upper(sizes))
}

/// A number as SQLite writes it into records: seven bits a byte, the highest first, all but the last marked.
fn varint(number: u32, bytes: &mut Vec<u8>) {
    let groups = (32 - number.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let bits = u8::try_from((number >> (7 * group)) & 0x7f).unwrap_or_default();
        bytes.push(if group > 0 { bits | 0x80 } else { bits });
    }
}

#[cfg(test)]
mod tests {
    use super::varint;

    #[test]
    fn numbers_are_written_like_sqlite_does() {
        for (number, expected) in [
            (0, &[0][..]),
            (127, &[0x7f]),
            (128, &[0x81, 0]),
            (300, &[0x82, 0x2c]),
            (16_384, &[0x81, 0x80, 0]),
        ] {
            let mut bytes = vec![];
            varint(number, &mut bytes);
            assert_eq!(bytes, expected, "{number}");
        }
    }
}
