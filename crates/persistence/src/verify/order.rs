//! What only orders have: links, sums, numbers of lines, their words.

use std::collections::HashMap;

use ordervault_domain::order::{Order, Totals};
use ordervault_domain::search::{Field, Words};

use super::report::{Code, Report, finding};
use super::resource::Verified;
use super::words::{self, Searched};
use crate::bulk::{
    BulkTemplate, Column,
    ColumnType::{Int, Text},
    Rows,
};
use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::parcels::{self, ParcelRow};
use crate::tables::search::{Indexed, SearchRows};
use crate::tx::Conn;

const WORDS: &[Column] = &[("id", Int), ("items", Text), ("contact", Text), ("note", Text)];

statements! {
    BESIDE: Template = Template::new(
        "SELECT o.id,
             (SELECT s.id FROM stores s WHERE s.id = o.store_id) IS NOT NULL AS has_store,
             (o.customer_id IS NULL OR (SELECT c.id FROM customers c WHERE c.id = o.customer_id) IS NOT NULL) AS has_customer
         FROM orders o WHERE o.id {in_keys:1}"
    );
    STORES_OF_PRODUCTS: Template = Template::new("SELECT id, store_id FROM products WHERE id {in_keys:1}");
    FOUND_SQLITE: Template = Template::forked(
        "SELECT rowid FROM order_search WHERE rowid {in_keys:1}", "SELECT id FROM order_search WHERE id {in_keys:1}"
    );
    WORDS_POSTGRES: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, s.id IS NOT NULL AS present FROM {rows} LEFT JOIN order_search s ON s.id = d.id
         WHERE s.items IS DISTINCT FROM d.items::tsvector OR s.contact IS DISTINCT FROM d.contact::tsvector
             OR s.note IS DISTINCT FROM d.note::tsvector",
        WORDS
    );
}

#[derive(sqlx_macros::FromRow)]
struct Beside {
    id: i64,
    has_store: bool,
    has_customer: bool,
}

impl Verified for Order {
    async fn indexed(db: &Db) -> Result<Option<Indexed>, Error> {
        Indexed::orders(db).await
    }

    async fn beside(
        conn: &mut Conn,
        page: &[Self],
        indexed: Option<&Indexed>,
        report: &mut Report,
    ) -> Result<(), Error> {
        links(conn, page, report).await?;
        lines(conn, page, report).await?;
        parcels(conn, page, report).await?;
        words::check(conn, page, indexed, report).await
    }
}

async fn links(conn: &mut Conn, page: &[Order], report: &mut Report) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    let rows: Vec<Beside> = conn.fetch_all(&BESIDE.bind((ids,))).await?;
    let rows: HashMap<i64, Beside> = rows.into_iter().map(|row| (row.id, row)).collect();
    for order in page {
        let id = order.id.get();
        let Some(row) = rows.get(&id) else { continue };
        let mut found = |code, detail| report.add(finding::<Order>(code, id, None, detail));
        if !row.has_store {
            found(Code::LinkBroken, "the order's store does not exist");
        }
        if !row.has_customer {
            found(Code::LinkBroken, "the order's customer does not exist");
        }
    }
    Ok(())
}

async fn lines(conn: &mut Conn, page: &[Order], report: &mut Report) -> Result<(), Error> {
    let lines = page.iter().flat_map(|order| &order.lines);
    let mut products: Vec<i64> = lines.map(|line| line.product_id.get()).collect();
    products.sort_unstable();
    products.dedup();
    let stores: Vec<(i64, i64)> = conn.fetch_all(&STORES_OF_PRODUCTS.bind((products,))).await?;
    let stores: HashMap<i64, i64> = stores.into_iter().collect();
    for order in page {
        report.looked("order_lines", order.lines.len());
        let mut found =
            |code, detail: String| report.add(finding::<Order>(code, order.id.get(), None, detail));
        for line in &order.lines {
            let no = line.no;
            match stores.get(&line.product_id.get()) {
                None => found(Code::LinkBroken, format!("the product of line {no} does not exist")),
                Some(store) if *store != order.store_id.get() => {
                    found(Code::LinkBroken, format!("the product of line {no} belongs to another store"));
                }
                Some(_) => {}
            }
            if line.unit_price.checked_mul(line.quantity) != Some(line.total) {
                found(Code::SumDiffers, format!("the total of line {no} is not price times quantity"));
            }
            let shares = order.adjustments.iter().map(|adjustment| adjustment.share(no).get());
            if shares.sum::<i64>() != line.discount.get() {
                found(Code::SumDiffers, format!("the discount of line {no} is not the sum of its shares"));
            }
            if !order.units(no).fit(line) {
                found(Code::SumDiffers, format!("more has become of line {no} than there is of it"));
            }
        }
        let totals = Totals::of(&order.lines, &order.adjustments, order.totals.shipping_total, &order.terms);
        if totals != Some(order.totals) {
            found(Code::SumDiffers, "the order's totals are not the sums over its lines".to_owned());
        }
        if !order.is_settled() {
            found(
                Code::SumDiffers,
                "the order's counters, sums and statuses are not those of its lines and fulfillments"
                    .to_owned(),
            );
        }
    }
    Ok(())
}

async fn parcels(conn: &mut Conn, page: &[Order], report: &mut Report) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    let stored: Vec<ParcelRow> = conn.fetch_all(&parcels::OF_ORDERS.bind((ids,))).await?;
    report.looked("parcels", stored.len());
    for order in page {
        let of_order = stored.iter().filter(|parcel| parcel.order_id == order.id.get()).cloned();
        if !ParcelRow::of(order).eq(of_order) {
            let detail = "the tracking numbers are not those of the order's parcels";
            report.add(finding::<Order>(Code::ColumnDiffers, order.id.get(), None, detail));
        }
    }
    Ok(())
}

impl Searched for Order {
    const WORDS: &'static str = "order_search";
    const FOUND: &'static Template = &FOUND_SQLITE;
    const DIFFERING: &'static BulkTemplate = &WORDS_POSTGRES;

    fn columns(&self) -> Vec<(&'static str, Words)> {
        let columns = [("items", Field::Items), ("contact", Field::Contact), ("note", Field::Note)];
        columns.map(|(name, field)| (name, self.words(field))).into()
    }

    fn add_words(&self, rows: &mut SearchRows) {
        rows.order(None, self);
    }

    fn stale_words(rows: &mut SearchRows) -> &mut Vec<i64> {
        &mut rows.stale_orders
    }

    fn rows(rows: SearchRows) -> Rows {
        rows.orders
    }
}
