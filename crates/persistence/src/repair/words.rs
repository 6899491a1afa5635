//! The words by which orders and products are found.

use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::kinds::{Projected, Words};
use super::report::Entry;
use crate::db::Db;
use crate::error::Error;
use crate::scan::Scan;
use crate::statement::{Template, statements};
use crate::tables::search::SearchRows;
use crate::tx::{Conn, Tx};
use crate::verify;
use crate::verify::resource::readable;
use crate::verify::words::{Searched, wrong};

statements! {
    EMPTY_ORDERS: Template = Template::forked(
        "INSERT INTO order_search (order_search) VALUES ('delete-all')", "DELETE FROM order_search"
    );
    EMPTY_PRODUCTS: Template = Template::forked(
        "INSERT INTO product_search (product_search) VALUES ('delete-all')", "DELETE FROM product_search"
    );
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
    rows.write(tx).await
}

/// Removes the words of some orders and products.
pub(super) async fn clear(tx: &mut Tx, orders: &[i64], products: &[i64]) -> Result<(), Error> {
    let mut rows = SearchRows::new(tx.engine());
    rows.stale_orders.extend(orders);
    rows.stale_products.extend(products);
    rows.write(tx).await
}

/// Empties an index of words, however damaged it is.
pub(super) async fn empty(tx: &mut Tx, table: &'static str) -> Result<(), Error> {
    let statement = if table == Order::WORDS { &EMPTY_ORDERS } else { &EMPTY_PRODUCTS };
    tx.execute(&statement.bind(())).await?;
    Ok(())
}

/// Fills an index with the words of all rows.
pub(super) async fn fill<A: Projected + Searched>(db: &Db) -> Result<(), Error> {
    let mut scan = Scan::new();
    loop {
        let mut tx = db.begin().await?;
        let ids = scan.next::<A>(tx.conn()).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let page = readable::<A>(tx.conn(), ids, &mut verify::Report::default()).await?;
        let page: Vec<&A> = page.iter().map(|held| &held.state).collect();
        A::write_beside(&mut tx, A::WORDS, &page).await?;
        tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
    }
}
