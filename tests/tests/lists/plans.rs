//! Which index serves which question, at 200,000 orders, and that the answers are right at that size.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use ordervault_domain::access::Scope;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::clock::newest_statement;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::read::{Trash, WhatIf, deadline_statements, list_orders, list_statements};
use ordervault_persistence::sequencing_statements;
use ordervault_persistence::statement::{Statement, Template};
use ordervault_tests::explain::plan;
use ordervault_tests::fabricate::{GREAT_STORE, fabricate, fabricate_events};
use ordervault_tests::list_queries::{ListQuery, questions};
use ordervault_tests::shop::OPENING_MILLIS;
use ordervault_tests::twin::Fresh;

const ORDERS: i64 = 200_000;
const LIMIT: u64 = 25;
/// Pages that are compared with plain SQL.
const PAGES: usize = 3;

/// What an engine does for a question: its name, and for each statement the ways in which it reads tables.
type Plans = Vec<(&'static str, Vec<(&'static str, BTreeSet<String>)>)>;

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test may be told by the environment to write its snapshot")]
async fn every_question_is_served_by_indexes() {
    let [sqlite, postgres] = [plans_on(Engine::Sqlite).await, plans_on(Engine::Postgres).await];
    let mut text = String::from(
        "Which index serves which question to the list of orders, the timers, the clock, and the sequencer, at 200,000 orders.
Written by `cargo xtask bless`.\n",
    );
    for ((question, sqlite), (_, postgres)) in sqlite.iter().zip(&postgres) {
        let _ = write!(text, "\n# {question}\n");
        for ((name, sqlite), (_, postgres)) in sqlite.iter().zip(postgres) {
            let [sqlite, postgres] =
                [sqlite, postgres].map(|ways| ways.iter().cloned().collect::<Vec<_>>().join(", "));
            let _ = match sqlite == postgres {
                true => writeln!(text, "{name}: {sqlite}"),
                false => writeln!(text, "{name}: {sqlite} -- PostgreSQL: {postgres}"),
            };
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/plans.txt");
    if std::env::var_os("ORDERVAULT_BLESS").is_some() {
        std::fs::write(&path, &text).expect("a writable snapshot");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(text.lines()).find(|(committed, now)| committed != now);
    assert_eq!(differs, None, "plans.txt differs: run `cargo xtask bless` and look at the change");
    assert_eq!(committed.len(), text.len(), "plans.txt differs: run `cargo xtask bless`");
}

async fn plans_on(engine: Engine) -> Plans {
    let fresh = Fresh::on(engine).await;
    fabricate(&fresh.db, ORDERS).await;
    let mut plans = vec![];
    for question in questions() {
        let statements = list_statements(engine, &Scope::Everything, &question.filter, question.sort, LIMIT);
        plans.push((question.name, ways_of(&fresh.db, question.name, statements).await));
        answers_are_right(&fresh.db, &question).await;
    }
    let what_if = WhatIf { store_id: GREAT_STORE, minutes: 60 };
    let timers = deadline_statements(Timestamp::from_millis(OPENING_MILLIS), what_if, 100);
    plans.push(("timers", ways_of(&fresh.db, "timers", timers.into()).await));
    // Nothing of what each group of orders pays for may grow with the orders ever placed.
    fabricate_events(&fresh.db, ORDERS).await;
    let sequencer = sequencing_statements(2 * ORDERS - 20);
    let clock = vec![("newest record", newest_statement())];
    plans.push(("clock", ways_of(&fresh.db, "clock", clock).await));
    plans.push(("sequencer", ways_of(&fresh.db, "sequencer", sequencer.into()).await));
    fresh.drop().await;
    plans
}

/// In which ways statements read tables; never all of one.
async fn ways_of(
    db: &Db,
    question: &str,
    statements: Vec<(&'static str, Statement)>,
) -> Vec<(&'static str, BTreeSet<String>)> {
    let mut of_this = vec![];
    for (name, statement) in statements {
        let mut conn = db.read().await.expect("a reader");
        let plan = plan(&mut conn, statement).await;
        let ways: BTreeSet<String> = plan.lines().filter_map(way).collect();
        let is_whole = |way: &String| way.starts_with("all of");
        assert!(!ways.iter().any(is_whole), "{}: {question}: {name}:\n{plan}", db.engine());
        of_this.push((name, ways));
    }
    of_this
}

/// How a line of a plan reads a table, in the same words for both engines.
fn way(line: &str) -> Option<String> {
    let after =
        |what: &str| line.split_once(what).map(|(_, rest)| rest.split(' ').next().unwrap_or_default());
    let table = || after("SEARCH ").or_else(|| after("SCAN ")).or_else(|| after(" on "));
    let is_own = |name: &str| {
        ["orders", "order_lines", "order_search", "products", "history", "outbox"].contains(&name)
    };
    if line.contains("VIRTUAL TABLE INDEX") {
        return Some("order_search_words".to_owned());
    }
    if line.contains("INTEGER PRIMARY KEY") || line.contains("_pkey on ") {
        return Some(format!("key of {}", table()?));
    }
    if ["order_lines_1", "history_1", "outbox_2"]
        .iter()
        .any(|key| line.contains(&format!("sqlite_autoindex_{key}")))
        || line.contains("PRIMARY KEY")
    {
        return Some(format!("key of {}", table()?));
    }
    if line.contains("sqlite_autoindex_outbox_1") || line.contains("outbox_position_key") {
        return Some("positions of outbox".to_owned());
    }
    let index = after(" INDEX ").or_else(|| after(" using ")).or_else(|| after("Bitmap Index Scan on "));
    if let Some(index) = index {
        return Some(index.to_owned());
    }
    let reads_all = line.contains("Seq Scan") || line.starts_with("SCAN ");
    (reads_all && is_own(table()?)).then(|| format!("all of {}", table().unwrap_or_default()))
}

/// The first pages are what plain SQL finds.
async fn answers_are_right(db: &Db, question: &ListQuery) {
    let wanted = PAGES * usize::try_from(LIMIT).expect("small");
    let mut conn = db.read().await.expect("a reader");
    let expected: Vec<(i64,)> = conn.fetch_all(&plain(question, wanted)).await.expect("rows");
    let expected: Vec<i64> = expected.into_iter().map(|row| row.0).collect();
    let (mut found, mut after) = (vec![], None);
    loop {
        let page =
            list_orders(&mut conn, &Scope::Everything, &question.filter, question.sort, after, LIMIT).await;
        let page = page.expect("a page");
        found.extend(page.items.iter().map(|item| item.id.get()));
        after = page.next;
        if after.is_none() || found.len() >= wanted {
            break;
        }
    }
    assert_eq!(found, expected, "{}: {}", db.engine(), question.name);
}

fn plain(question: &ListQuery, limit: usize) -> Statement {
    let trash = if question.filter.trash == Trash::Only { "TRUE" } else { "deleted_at IS NULL" };
    let key = match question.sort.key {
        ordervault_persistence::read::SortKey::Placed => "placed_at",
        ordervault_persistence::read::SortKey::Due => "due_at",
        ordervault_persistence::read::SortKey::Total => "total",
        ordervault_persistence::read::SortKey::Updated => "updated_at",
    };
    let direction = if question.sort.descending { "DESC" } else { "ASC" };
    let text = format!(
        "SELECT id FROM orders WHERE {trash} AND ({}) ORDER BY {key} {direction}, id {direction} LIMIT {limit}",
        question.condition
    );
    // Fixed statements live as long as the program.
    let template: &'static Template = Box::leak(Box::new(Template::new(text.leak())));
    template.bind(())
}
