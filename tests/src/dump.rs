//! Everything that a database holds, to compare: before with after, engine with engine.
#![expect(clippy::expect_used, reason = "a test that cannot look fails")]

use std::collections::BTreeMap;

use ordervault_persistence::db::Db;
use ordervault_persistence::statement::Template;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, FromRow, Row, TypeInfo as _, ValueRef as _};

/// A value of a column. Truth is 0 or 1, as on SQLite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// NULL.
    Null,
    /// INTEGER, BIGINT, BOOLEAN.
    Int(i64),
    /// TEXT.
    Text(String),
}

/// A row: its columns by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cells(pub BTreeMap<String, Cell>);

/// The sorted rows of each table.
pub type Dump = BTreeMap<&'static str, Vec<Cells>>;

macro_rules! tables {
    ($($name:literal),+ $(,)?) => {
        /// Every table that is dumped.
        pub const TABLES: &[&str] = &[$($name),+];
        static SELECTS: &[(&str, &Template)] = &[$(($name, {
            static SELECT: Template = Template::new(concat!("SELECT * FROM ", $name));
            &SELECT
        })),+];
    };
}

tables! {
    "batch_items", "batch_previews", "batches", "credentials", "customers", "followers", "history", "idempotency_keys", "installations", "mails", "members",
    "one_time_codes", "order_lines", "orders", "outbox", "parcels", "personal_values", "products", "seen_marks", "seen_orders",
    "sessions", "state_snapshots", "stock_movements", "stores", "throttles", "writers",
}

// What the search tables hold cannot be read back on SQLite; that there is a row can.
static ORDER_SEARCH: Template =
    Template::forked("SELECT rowid AS id FROM order_search", "SELECT id FROM order_search");
static PRODUCT_SEARCH: Template =
    Template::forked("SELECT rowid AS id FROM product_search", "SELECT id FROM product_search");
static CUSTOMER_SEARCH: Template =
    Template::forked("SELECT rowid AS id FROM customer_search", "SELECT id FROM customer_search");

/// Reads everything, in one snapshot.
pub async fn dump(db: &Db) -> Dump {
    let mut conn = db.snapshot().await.expect("a snapshot");
    let mut dump = Dump::new();
    let search = [
        ("order_search", &ORDER_SEARCH),
        ("product_search", &PRODUCT_SEARCH),
        ("customer_search", &CUSTOMER_SEARCH),
    ];
    for (table, select) in SELECTS.iter().copied().chain(search) {
        let mut rows: Vec<Cells> = conn.fetch_all(&select.bind(())).await.expect("rows");
        rows.sort();
        dump.insert(table, rows);
    }
    dump
}

/// The lines in which two dumps differ, for the message of an assertion.
pub fn differences(left: &Dump, right: &Dump) -> Vec<String> {
    let mut lines = vec![];
    for (table, rows) in left {
        let others = right.get(table).cloned().unwrap_or_default();
        if *rows == others {
            continue;
        }
        let only = |rows: &[Cells], others: &[Cells], sign: &str| {
            let rows = rows.iter().filter(|row| !others.contains(row));
            rows.map(|row| format!("{sign} {table} {:?}", row.0)).collect::<Vec<_>>()
        };
        lines.extend(only(rows, &others, "-"));
        lines.extend(only(&others, rows, "+"));
    }
    lines
}

/// The lines in which a database is not as it was. That an attempt was counted, in a group of its own, is no change.
pub fn changes(before: &Dump, after: &Dump) -> Vec<String> {
    const OF_ATTEMPTS: [&str; 2] = ["throttles", "writers"];
    let mut before = before.clone();
    if before.get("throttles") != after.get("throttles") {
        before.retain(|table, _| !OF_ATTEMPTS.contains(table));
    }
    differences(&before, after)
}

impl Cells {
    /// The number in a column.
    pub fn int(&self, column: &str) -> Option<i64> {
        match self.0.get(column) {
            Some(Cell::Int(value)) => Some(*value),
            _ => None,
        }
    }

    /// The text in a column.
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.0.get(column) {
            Some(Cell::Text(value)) => Some(value),
            _ => None,
        }
    }
}

impl FromRow<'_, SqliteRow> for Cells {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let cell = |index: usize| -> Result<Cell, sqlx::Error> {
            let value = row.try_get_raw(index)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            match value.type_info().name() {
                "INTEGER" => row.try_get(index).map(Cell::Int),
                _ => row.try_get(index).map(Cell::Text),
            }
        };
        let columns = row.columns().iter();
        columns
            .map(|column| Ok((column.name().to_owned(), cell(column.ordinal())?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl FromRow<'_, PgRow> for Cells {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let cell = |index: usize| -> Result<Cell, sqlx::Error> {
            let value = row.try_get_raw(index)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            match value.type_info().name() {
                "INT8" => row.try_get(index).map(Cell::Int),
                "BOOL" => row.try_get::<bool, _>(index).map(|value| Cell::Int(value.into())),
                _ => row.try_get(index).map(Cell::Text),
            }
        };
        let columns = row.columns().iter();
        columns
            .map(|column| Ok((column.name().to_owned(), cell(column.ordinal())?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
