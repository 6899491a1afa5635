//! The words by which orders, products and customers are found.

use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::report::Entry;
use crate::bundle::Bundle;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::search::{Indexed, SearchRows};
use crate::tx::{Conn, Tx};
use crate::verify::words::{Searched, wrong};

statements! {
    EMPTY_ORDERS: Template = Template::forked(
        "INSERT INTO order_search (order_search) VALUES ('delete-all')", "DELETE FROM order_search"
    );
    EMPTY_PRODUCTS: Template = Template::forked(
        "INSERT INTO product_search (product_search) VALUES ('delete-all')", "DELETE FROM product_search"
    );
    EMPTY_CUSTOMERS: Template = Template::forked(
        "INSERT INTO customer_search (customer_search) VALUES ('delete-all')", "DELETE FROM customer_search"
    );
}

/// What is known about words before resources are looked at.
#[derive(Clone, Copy)]
pub(super) enum Words<'a> {
    /// What SQLite's index says; `None`: the engine can be asked row by row.
    Indexed(Option<&'a Indexed>),
    /// The index is damaged, and made anew as a whole.
    Damaged,
}

/// Those of a page that are not found by their words.
pub(super) async fn differing<A: Searched>(
    conn: &mut Conn,
    page: &[A],
    words: Words<'_>,
) -> Result<Vec<Entry>, Error> {
    let Words::Indexed(indexed) = words else { return Ok(vec![]) };
    let entry = |(id, is_there)| Entry {
        table: A::WORDS,
        id: Some(id),
        name: A::text(id),
        detail: if is_there { "the words are others" } else { "the words are not there" }.to_owned(),
    };
    Ok(wrong(conn, page, indexed).await?.into_iter().map(entry).collect())
}

/// Writes the words of some resources anew.
pub(super) async fn write<A: Searched>(tx: &mut Tx, page: &[&A]) -> Result<(), Error> {
    let mut rows = SearchRows::new(tx.engine());
    for resource in page {
        A::stale_words(&mut rows).push(resource.raw_id());
        resource.add_words(&mut rows);
    }
    write_rows(tx, rows).await
}

/// Removes the words of some resources.
pub(super) async fn clear<A: Searched>(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
    let mut rows = SearchRows::new(tx.engine());
    A::stale_words(&mut rows).extend(ids);
    write_rows(tx, rows).await
}

async fn write_rows(tx: &mut Tx, rows: SearchRows) -> Result<(), Error> {
    let mut bundle = Bundle::default();
    rows.write(tx, &mut bundle).await?;
    tx.run_bundle(bundle).await
}

/// Empties an index of words, however damaged it is.
pub(super) async fn empty(tx: &mut Tx, table: &'static str) -> Result<(), Error> {
    let statement = match table {
        Order::WORDS => &EMPTY_ORDERS,
        Product::WORDS => &EMPTY_PRODUCTS,
        _ => &EMPTY_CUSTOMERS,
    };
    tx.execute(&statement.bind(())).await?;
    Ok(())
}
