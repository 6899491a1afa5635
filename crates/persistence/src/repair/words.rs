//! The words by which orders and products are found.

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

/// Writes the words of some orders and products anew.
pub(super) async fn write(tx: &mut Tx, orders: &[&Order], products: &[&Product]) -> Result<(), Error> {
    let mut rows = SearchRows::new(tx.engine());
    for order in orders {
        rows.stale_orders.push(order.id.get());
        rows.order(None, order);
    }
    for product in products {
        rows.stale_products.push(product.id.get());
        rows.product(None, product);
    }
    write_rows(tx, rows).await
}

/// Removes the words of some orders and products.
pub(super) async fn clear(tx: &mut Tx, orders: &[i64], products: &[i64]) -> Result<(), Error> {
    let mut rows = SearchRows::new(tx.engine());
    rows.stale_orders.extend(orders);
    rows.stale_products.extend(products);
    write_rows(tx, rows).await
}

async fn write_rows(tx: &mut Tx, rows: SearchRows) -> Result<(), Error> {
    let mut bundle = Bundle::default();
    rows.write(tx, &mut bundle).await?;
    tx.run_bundle(bundle).await
}

/// Empties an index of words, however damaged it is.
pub(super) async fn empty(tx: &mut Tx, table: &'static str) -> Result<(), Error> {
    let statement = if table == Order::WORDS { &EMPTY_ORDERS } else { &EMPTY_PRODUCTS };
    tx.execute(&statement.bind(())).await?;
    Ok(())
}
