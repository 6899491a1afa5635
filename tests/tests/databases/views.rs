//! The views for analysts: every column of their table, with times that people can read.

use std::collections::{BTreeMap, BTreeSet};

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::statement::Template;
use ordervault_tests::dump::{Cell, Cells, dump};

use crate::schema::rows;
use crate::upgrade::fill;

ordervault_tests::twin_tests!(a_readable_view_shows_every_column_of_its_table);

/// `readable_orders` shows the table `orders`.
const PREFIX: &str = "readable_";

async fn a_readable_view_shows_every_column_of_its_table(db: Db) {
    fill(&db).await;
    let tables = dump(&db).await;
    let views = columns_of_views(&db).await;
    assert_eq!(views.keys().map(String::as_str).collect::<Vec<_>>(), ["readable_history", "readable_orders"]);
    for (view, columns) in views {
        let table = &tables[view.strip_prefix(PREFIX).expect("named after its table")];
        let shown = read_back(&db, &view, &columns).await;
        assert!(shown.len() > 20, "{view} is tried with real rows");
        assert_eq!(shown, *table, "{view}");
        let with_values: BTreeSet<&str> = shown.iter().flat_map(values).collect();
        let times: BTreeSet<&str> = columns.keys().map(String::as_str).filter(|name| is_time(name)).collect();
        assert_eq!(times.difference(&with_values).collect::<Vec<_>>(), Vec::<&&str>::new(), "no value seen");
    }
}

/// The columns of each view, and whether a column is a time by its type.
async fn columns_of_views(db: &Db) -> BTreeMap<String, BTreeMap<String, bool>> {
    // SQLite has no type for times: there the form of the text is looked at.
    static COLUMNS: Template = Template::forked(
        "SELECT v.name, c.name, FALSE FROM sqlite_schema v JOIN pragma_table_info(v.name) c WHERE v.type = 'view'",
        "SELECT v.relname::text, a.attname::text, a.atttypid = 'timestamptz'::regtype
         FROM pg_class v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0
         WHERE v.relkind = 'v' AND v.relnamespace = current_schema()::regnamespace",
    );
    let mut views = BTreeMap::<String, BTreeMap<String, bool>>::new();
    for (view, column, has_type) in rows::<(String, String, bool)>(db, &COLUMNS).await {
        assert_eq!(has_type, db.engine() == Engine::Postgres && is_time(&column), "{view}.{column}");
        views.entry(view).or_default().insert(column, has_type);
    }
    views
}

/// By the way in which the columns of all tables are named.
fn is_time(column: &str) -> bool {
    ["_at", "_until", "_since"].iter().any(|ending| column.ends_with(ending))
}

/// The sorted rows of a view, its readable times turned back into numbers.
async fn read_back(db: &Db, view: &str, columns: &BTreeMap<String, bool>) -> Vec<Cells> {
    let number = |column: &String| {
        match (is_time(column), db.engine()) {
        (false, _) => column.clone(),
        (true, Engine::Sqlite) => format!(
            "CASE WHEN {column} LIKE '____-__-__T__:__:__.___Z'
                 THEN CAST(ROUND(unixepoch({column}, 'subsec') * 1000) AS INTEGER) ELSE {column} END AS {column}"
        ),
        (true, Engine::Postgres) => {
            format!("CAST(EXTRACT(EPOCH FROM {column}) * 1000 AS BIGINT) AS {column}")
        }
    }
    };
    let list: Vec<String> = columns.keys().map(number).collect();
    // Statements have a text that lives as long as the program.
    let text: &'static str = format!("SELECT {} FROM {view}", list.join(", ")).leak();
    let mut shown: Vec<Cells> = rows(db, Box::leak(Box::new(Template::new(text)))).await;
    shown.sort();
    shown
}

fn values(row: &Cells) -> impl Iterator<Item = &str> {
    row.0.iter().filter(|(_, cell)| **cell != Cell::Null).map(|(name, _)| name.as_str())
}
