//! The two schemas say the same, and every fixed statement is looked at in both dialects.

use std::collections::BTreeSet;
use std::path::Path;

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::statement::Template;
use ordervault_persistence::tx::Record;
use ordervault_tests::dump::TABLES;
use ordervault_tests::twin::Fresh;

/// Kept by the engines themselves, or of one engine's own kind: the search tables.
fn is_compared(table: &str) -> bool {
    table != "_sqlx_migrations"
        && !table.starts_with("sqlite_")
        && !table.starts_with("order_search")
        && !table.starts_with("product_search")
        && !table.starts_with("customer_search")
}

/// The rows of a catalogue query on both engines, as sets.
async fn on_both<T: Record + Ord>(
    query: &'static Template,
    table_of: impl Fn(&T) -> &str,
) -> [BTreeSet<T>; 2] {
    let mut both = vec![];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let fresh = Fresh::on(engine).await;
        let rows = rows(&fresh.db, query).await;
        both.push(rows.into_iter().filter(|row| is_compared(table_of(row))).collect());
        fresh.finish().await;
    }
    both.try_into().unwrap_or_else(|_| unreachable!("two engines"))
}

/// The rows that a fixed query finds.
pub(crate) async fn rows<T: Record>(db: &Db, query: &'static Template) -> Vec<T> {
    db.read().await.expect("a reader").fetch_all(&query.bind(())).await.expect("rows")
}

/// Table, column, type, not null, place in the primary key.
type Column = (String, String, String, i64, i64);

#[tokio::test]
async fn both_engines_have_the_same_columns() {
    // The primary key of a STRICT table is NOT NULL without saying so.
    static COLUMNS: Template = Template::forked(
        "SELECT t.name, c.name, c.type, MAX(c.\"notnull\", c.pk > 0), c.pk
         FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
        "SELECT t.relname::text, a.attname::text,
             CASE format_type(a.atttypid, a.atttypmod)
                 WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' WHEN 'text' THEN 'TEXT'
                 ELSE format_type(a.atttypid, a.atttypmod) END,
             a.attnotnull::int::bigint, COALESCE(array_position(p.conkey, a.attnum), 0)::bigint
         FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_constraint p ON p.conrelid = t.oid AND p.contype = 'p'
         WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace",
    );
    let [sqlite, postgres] = on_both::<Column>(&COLUMNS, |row| &row.0).await;
    let tables: BTreeSet<&str> = sqlite.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(tables, TABLES.iter().copied().collect(), "dump.rs lists the tables");
    assert_eq!(sqlite.difference(&postgres).collect::<Vec<_>>(), Vec::<&Column>::new(), "only on SQLite");
    assert_eq!(postgres.difference(&sqlite).collect::<Vec<_>>(), Vec::<&Column>::new(), "only on PostgreSQL");
    let columns: BTreeSet<(&str, &str)> = sqlite.iter().map(|row| (row.0.as_str(), row.1.as_str())).collect();
    let written = written();
    let written: BTreeSet<(&str, &str)> = written
        .iter()
        .map(|(table, column)| (table.as_str(), column.as_str()))
        .filter(|column| is_compared(column.0))
        .collect();
    assert_eq!(
        columns.difference(&written).collect::<Vec<_>>(),
        Vec::<&(&str, &str)>::new(),
        "nobody writes this column"
    );
    assert_eq!(
        written.difference(&columns).collect::<Vec<_>>(),
        Vec::<&(&str, &str)>::new(),
        "there is no such column"
    );
}

/// Table and column of whatever a fixed statement inserts.
fn written() -> BTreeSet<(String, String)> {
    let inserted = |sqlite: &str| -> Option<Vec<(String, String)>> {
        let (table, columns) = sqlite.split_once("INSERT INTO ")?.1.split_once(" (")?;
        let columns = columns.split_once(')')?.0;
        Some(columns.split(", ").map(|column| (table.to_owned(), column.trim().to_owned())).collect())
    };
    ordervault_persistence::sql_texts()
        .into_iter()
        .filter_map(|(_, sqlite, _)| inserted(sqlite))
        .flatten()
        .collect()
}

#[tokio::test]
async fn both_engines_have_the_same_indexes() {
    // Table, name (of those that have one of their own), columns, unique, partial. Primary keys are columns' affair.
    static INDEXES: Template = Template::forked(
        "SELECT t.name, CASE i.origin WHEN 'c' THEN i.name ELSE '' END,
             (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)),
             i.\"unique\", i.partial
         FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin <> 'pk'",
        "SELECT t.relname::text, CASE WHEN c.oid IS NULL THEN x.relname::text ELSE '' END,
             COALESCE((SELECT string_agg(a.attname, ' ' ORDER BY k.place)
              FROM unnest(i.indkey) WITH ORDINALITY k(attnum, place)
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum), ''),
             i.indisunique::int::bigint, (i.indpred IS NOT NULL)::int::bigint
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
             LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
         WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND NOT i.indisprimary",
    );
    let [sqlite, postgres] = on_both::<Column>(&INDEXES, |row| &row.0).await;
    assert!(sqlite.len() > 10);
    assert_eq!(sqlite, postgres);
}

#[tokio::test]
async fn both_engines_have_the_same_foreign_keys() {
    static KEYS: Template = Template::forked(
        "SELECT t.name, k.\"from\", k.\"table\", k.\"to\" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k
         WHERE t.type = 'table'",
        "SELECT k.conrelid::regclass::text, a.attname::text, k.confrelid::regclass::text, b.attname::text
         FROM pg_constraint k
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
             JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
         WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace",
    );
    let [sqlite, postgres] = on_both::<(String, String, String, String)>(&KEYS, |row| &row.0).await;
    assert!(sqlite.len() > 4);
    assert_eq!(sqlite, postgres);
}

/// Table and name. That nothing empties a table at once has to be said on PostgreSQL only.
pub(crate) static TRIGGERS: Template = Template::forked(
    "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'trigger'",
    "SELECT t.relname::text, g.tgname::text FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
     WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace",
);

/// Whether a trigger cannot be on this engine: SQLite has no TRUNCATE.
pub(crate) fn is_on_postgres_only(trigger: &str, engine: Engine) -> bool {
    engine == Engine::Sqlite && trigger.ends_with("_no_truncate")
}

#[tokio::test]
async fn both_engines_have_the_same_triggers() {
    let [sqlite, postgres] = on_both::<(String, String)>(&TRIGGERS, |row| &row.0).await;
    let (truncating, postgres): (BTreeSet<_>, BTreeSet<_>) =
        postgres.into_iter().partition(|row| is_on_postgres_only(&row.1, Engine::Sqlite));
    let guarded = sqlite.iter().map(|row| (row.0.clone(), format!("{}_no_truncate", row.0)));
    assert_eq!(truncating, guarded.collect(), "what keeps its rows is not emptied at once either");
    assert!(sqlite.len() > 3);
    assert_eq!(sqlite, postgres);
}

#[tokio::test]
async fn both_engines_have_the_same_views() {
    static VIEWS: Template = Template::forked(
        "SELECT v.name, c.name FROM sqlite_schema v JOIN pragma_table_info(v.name) c WHERE v.type = 'view'",
        "SELECT v.relname::text, a.attname::text
         FROM pg_class v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0
         WHERE v.relkind = 'v' AND v.relnamespace = current_schema()::regnamespace",
    );
    let [sqlite, postgres] = on_both::<(String, String)>(&VIEWS, |row| &row.0).await;
    assert!(sqlite.len() > 20);
    assert_eq!(sqlite, postgres);
}

/// By table and name; what they say is compared by `both_migrations_say_the_same`.
#[tokio::test]
async fn both_engines_have_the_same_checks() {
    // SQLite has no catalogue of them but the text of the table.
    static CHECKS: Template = Template::forked(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CHECK%'",
        "SELECT t.relname::text, k.conname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
         WHERE k.contype = 'c' AND k.connamespace = current_schema()::regnamespace",
    );
    let [tables, postgres] = on_both::<(String, String)>(&CHECKS, |row| &row.0).await;
    let mut sqlite = BTreeSet::new();
    for (table, text) in tables {
        let words: Vec<&str> = text.split_whitespace().collect();
        let checks: Vec<usize> = (0..words.len()).filter(|at| words[*at] == "CHECK").collect();
        for at in checks {
            assert_eq!(words[at - 2], "CONSTRAINT", "a CHECK of {table} has no name");
            assert!(sqlite.insert((table.clone(), words[at - 1].to_owned())), "{table}: twice");
        }
    }
    assert!(sqlite.len() > 20);
    assert_eq!(sqlite, postgres);
}

/// The locale of a server must not decide what comes first.
#[tokio::test]
async fn text_sorts_by_its_bytes_on_postgres() {
    static OTHERS: Template = Template::new(
        "SELECT c.table_name::text, c.column_name::text
         FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> '_sqlx_migrations'
             AND c.data_type = 'text' AND c.collation_name IS DISTINCT FROM 'C'",
    );
    let fresh = Fresh::on(Engine::Postgres).await;
    let others: Vec<(String, String)> = rows(&fresh.db, &OTHERS).await;
    assert_eq!(others, []);
    fresh.finish().await;
}

/// Also what no catalogue tells alike: the text of checks and defaults.
#[test]
fn both_migrations_say_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let said = |engine: &str| -> Vec<(String, Vec<String>)> {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(engine))
            .expect("a folder")
            .map(|file| file.expect("a file").path())
            .collect();
        files.sort();
        let text = |file: &Path| std::fs::read_to_string(file).expect("a readable migration");
        let name = |file: &Path| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.iter().map(|file| (name(file), statements(&text(file)))).collect()
    };
    let (sqlite, postgres) = (said("sqlite"), said("postgres"));
    assert!(!sqlite.is_empty());
    for ((name, sqlite), (_, postgres)) in sqlite.iter().zip(&postgres) {
        assert!(!sqlite.is_empty(), "{name}");
        assert_eq!(sqlite, postgres, "{name}");
    }
    let names = |files: &[(String, Vec<String>)]| files.iter().map(|file| file.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres));
}

/// The tables and indexes, with the words of the one engine for those of the other.
fn statements(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let words = |statement: &str| statement.split_whitespace().collect::<Vec<_>>().join(" ");
    code.join("\n")
        .split(';')
        .map(words)
        .filter(|text| {
            text.starts_with("CREATE TABLE") || text.starts_with("ALTER TABLE") || text.contains("INDEX")
        })
        .filter(|text| !text.contains("_search"))
        .map(|text| {
            text.replace(" COLLATE \"C\"", "")
                .replace("BIGINT", "INTEGER")
                .replace("BOOLEAN", "INTEGER")
                .replace(", WITHOUT ROWID", "")
                .replace(") STRICT", ")")
        })
        .collect()
}

/// A change of any statement is a line in a review.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be told by the environment to write its snapshot")]
fn every_statement_is_committed() {
    let mut text = String::from(
        "Every fixed statement in both dialects, where they differ. Written by `cargo xtask bless`.\n",
    );
    for (name, sqlite, postgres) in ordervault_persistence::sql_texts() {
        text.push_str(&match sqlite == postgres {
            true => format!("\n# {name}\n{}\n", lines(sqlite)),
            false => {
                format!("\n# {name}\n-- SQLite\n{}\n-- PostgreSQL\n{}\n", lines(sqlite), lines(postgres))
            }
        });
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/sql.txt");
    if std::env::var_os("ORDERVAULT_BLESS").is_some() {
        std::fs::write(&path, &text).expect("a writable snapshot");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    // The first line that differs says more than two whole files.
    let differs = committed.lines().zip(text.lines()).find(|(committed, now)| committed != now);
    assert_eq!(differs, None, "sql.txt differs: run `cargo xtask bless` and look at the change");
    assert_eq!(
        committed.len(),
        text.len(),
        "sql.txt differs: run `cargo xtask bless` and look at the change"
    );
}

fn lines(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}
