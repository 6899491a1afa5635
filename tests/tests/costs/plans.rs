//! Which indexes serve which statement, as a committed file for each engine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use ordervault_persistence::engine::Engine;

/// States in which plans are the same each time: PostgreSQL's statistics are of rows that it picks by chance.
const COMMITTED: [&str; 2] = ["without statistics", "with statistics"];

/// For each statement, and each state of the planner, the indexes that it takes.
#[derive(Default)]
pub(crate) struct Plans(BTreeMap<String, BTreeMap<&'static str, BTreeSet<String>>>);

impl Plans {
    /// Notes a plan. Returns a table that it reads as a whole.
    pub(crate) fn note(&mut self, name: &str, state: &'static str, plan: &[String]) -> Option<String> {
        if COMMITTED.contains(&state) {
            let indexes = self.0.entry(name.to_owned()).or_default().entry(state).or_default();
            indexes.extend(plan.iter().filter_map(|line| index(line)));
        }
        plan.iter().find_map(|line| whole_table(line))
    }

    /// Compares with what is committed, or writes it.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test may be told by the environment to write its snapshot"
    )]
    pub(crate) fn compare(&self, engine: Engine, orders: i64) {
        let mut text = format!(
            "Which indexes serve which statement on {engine}, at {orders} orders. Written by `cargo xtask bless`.\n"
        );
        for (name, states) in &self.0 {
            let mut told: Option<&BTreeSet<String>> = None;
            let _ = writeln!(text, "\n# {name}");
            for (state, indexes) in states.iter().filter(|(_, indexes)| !indexes.is_empty()) {
                if told != Some(indexes) {
                    let indexes: Vec<&str> = indexes.iter().map(String::as_str).collect();
                    let _ = writeln!(text, "{state}: {}", indexes.join(", "));
                }
                told = Some(indexes);
            }
        }
        let name = match engine {
            Engine::Sqlite => "plans-sqlite.txt",
            Engine::Postgres => "plans-postgres.txt",
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(name);
        if std::env::var_os("ORDERVAULT_BLESS").is_some() {
            std::fs::write(&path, &text).expect("a writable snapshot");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = committed.lines().zip(text.lines()).find(|(committed, now)| committed != now);
        assert_eq!(differs, None, "{name} differs: run `cargo xtask bless` and look at the change");
        assert_eq!(committed.len(), text.len(), "{name} differs: run `cargo xtask bless`");
    }
}

/// The index that a line of a plan takes.
fn index(line: &str) -> Option<String> {
    let word = |after: &str| Some(line.split_once(after)?.1.split([' ', ':']).next()?.to_owned());
    if line.contains("VIRTUAL TABLE INDEX") {
        return word("SCAN ").filter(|table| table.ends_with("_search") || table.ends_with("_words"));
    }
    if line.contains("INTEGER PRIMARY KEY") {
        return Some(format!("key of {}", word("SEARCH ").or_else(|| word("SCAN "))?));
    }
    word(" INDEX ").or_else(|| word(" using ")).or_else(|| word("Bitmap Index Scan on "))
}

/// The table that PostgreSQL reads as a whole, although it was told not to: it has no index for what is asked. (SQLite tells no
/// difference between that and a walk in the order of the key: what is looked at does.)
fn whole_table(line: &str) -> Option<String> {
    let table = line.split_once("Seq Scan on ")?.1.split(' ').next()?;
    let has_few_rows =
        ["_sqlx_migrations", "followers", "installations", "stores", "writers"].contains(&table);
    (!has_few_rows).then(|| table.to_owned())
}
