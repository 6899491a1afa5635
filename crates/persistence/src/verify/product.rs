//! What only products have: their store, their sums over the ledger, their words.

use std::collections::HashMap;

use ordervault_domain::order::Status;
use ordervault_domain::product::Product;
use ordervault_domain::search::Words;
use strum::IntoEnumIterator as _;

use super::report::{Code, Report, finding};
use super::resource::Verified;
use super::words::{self, Searched};
use crate::bulk::{
    BulkTemplate,
    ColumnType::{Int, Text},
    Rows,
};
use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::search::{Indexed, SearchRows, words_of};
use crate::tx::Conn;

statements! {
    pub(crate) SUMS: Template = Template::new(
        "SELECT product_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(reserved) AS BIGINT) FROM stock_movements
         WHERE product_id {in_keys:1} GROUP BY product_id"
    );
    HELD: Template = Template::new(
        "SELECT l.product_id, CAST(SUM(l.quantity - l.cancelled - l.shipped) AS BIGINT) FROM order_lines l JOIN orders o ON o.id = l.order_id
         WHERE l.product_id {in_keys:1} AND o.holds_stock AND o.status {in_keys:2} GROUP BY l.product_id"
    );
    STORELESS: Template = Template::new(
        "SELECT p.id FROM products p WHERE p.id {in_keys:1} AND NOT EXISTS (SELECT 1 FROM stores s WHERE s.id = p.store_id)"
    );
    FOUND_SQLITE: Template = Template::forked(
        "SELECT rowid FROM product_search WHERE rowid {in_keys:1}", "SELECT id FROM product_search WHERE id {in_keys:1}"
    );
    WORDS_POSTGRES: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, s.id IS NOT NULL AS present FROM {rows} LEFT JOIN product_search s ON s.id = d.id
         WHERE s.words IS DISTINCT FROM d.words::tsvector",
        &[("id", Int), ("words", Text)]
    );
}

impl Verified for Product {
    async fn indexed(db: &Db) -> Result<Option<Indexed>, Error> {
        Indexed::products(db).await
    }

    async fn beside(
        conn: &mut Conn,
        page: &[Self],
        indexed: Option<&Indexed>,
        report: &mut Report,
    ) -> Result<(), Error> {
        let ids: Vec<i64> = page.iter().map(|product| product.id.get()).collect();
        for (id,) in conn.fetch_all::<(i64,)>(&STORELESS.bind((ids.as_slice(),))).await? {
            report.add(finding::<Self>(Code::LinkBroken, id, None, "the product's store does not exist"));
        }
        stock(conn, page, &ids, report).await?;
        words::check(conn, page, indexed, report).await
    }
}

async fn stock(conn: &mut Conn, page: &[Product], ids: &[i64], report: &mut Report) -> Result<(), Error> {
    let sums: Vec<(i64, i64, i64)> = conn.fetch_all(&SUMS.bind((ids,))).await?;
    let sums: HashMap<i64, (i64, i64)> =
        sums.into_iter().map(|(id, on_hand, held)| (id, (on_hand, held))).collect();
    let open = Status::iter().filter(|status| status.is_open()).map(|status| status.to_string());
    let held: Vec<(i64, i64)> = conn.fetch_all(&HELD.bind((ids, open.collect::<Vec<_>>()))).await?;
    let held: HashMap<i64, i64> = held.into_iter().collect();
    for product in page {
        let id = product.id.get();
        let (on_hand, reserved) = sums.get(&id).copied().unwrap_or_default();
        if (product.on_hand, product.reserved) != (on_hand, reserved) {
            let detail = format!(
                "on hand {}, reserved {}; the movements make {on_hand} and {reserved}",
                product.on_hand, product.reserved
            );
            report.add(finding::<Product>(Code::StockSum, id, None, detail));
        }
        let held = held.get(&id).copied().unwrap_or_default();
        if product.reserved != held {
            let detail = format!("reserved {}; open orders hold {held}", product.reserved);
            report.add(finding::<Product>(Code::StockReserved, id, None, detail));
        }
    }
    Ok(())
}

impl Searched for Product {
    const WORDS: &'static str = "product_search";
    const FOUND: &'static Template = &FOUND_SQLITE;
    const DIFFERING: &'static BulkTemplate = &WORDS_POSTGRES;

    fn columns(&self) -> Vec<(&'static str, Words)> {
        vec![("words", words_of(self))]
    }

    fn add_words(&self, rows: &mut SearchRows) {
        rows.product(None, self);
    }

    fn stale_words(rows: &mut SearchRows) -> &mut Vec<i64> {
        &mut rows.stale_products
    }

    fn rows(rows: SearchRows) -> Rows {
        rows.products
    }
}
