//! What only customers have: their words.

use ordervault_domain::customer::Customer;
use ordervault_domain::search::Words;

use super::report::Report;
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
use crate::tables::search::{Indexed, SearchRows, words_of_customer};
use crate::tx::Conn;

statements! {
    FOUND_SQLITE: Template = Template::forked(
        "SELECT rowid FROM customer_search WHERE rowid {in_keys:1}",
        "SELECT id FROM customer_search WHERE id {in_keys:1}"
    );
    WORDS_POSTGRES: BulkTemplate = BulkTemplate::new(
        "SELECT d.id, s.id IS NOT NULL AS present FROM {rows} LEFT JOIN customer_search s ON s.id = d.id
         WHERE s.words IS DISTINCT FROM d.words::tsvector",
        &[("id", Int), ("words", Text)]
    );
}

impl Verified for Customer {
    async fn indexed(db: &Db) -> Result<Option<Indexed>, Error> {
        Indexed::customers(db).await
    }

    async fn beside(
        conn: &mut Conn,
        page: &[Self],
        indexed: Option<&Indexed>,
        report: &mut Report,
    ) -> Result<(), Error> {
        words::check(conn, page, indexed, report).await
    }
}

impl Searched for Customer {
    const WORDS: &'static str = "customer_search";
    const FOUND: &'static Template = &FOUND_SQLITE;
    const DIFFERING: &'static BulkTemplate = &WORDS_POSTGRES;

    fn columns(&self) -> Vec<(&'static str, Words)> {
        vec![("words", words_of_customer(self))]
    }

    fn add_words(&self, rows: &mut SearchRows) {
        rows.customer(None, self);
    }

    fn stale_words(rows: &mut SearchRows) -> &mut Vec<i64> {
        &mut rows.stale_customers
    }

    fn rows(rows: SearchRows) -> Rows {
        rows.customers
    }
}
