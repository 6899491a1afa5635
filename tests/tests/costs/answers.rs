//! Lists of very many orders have what plain SQL finds.

use ordervault_domain::access::Scope;
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{SortKey, Trash, list_orders};
use ordervault_persistence::statement::{Statement, Template};
use ordervault_tests::list_queries::{ListQuery, questions};

/// Rows of a page.
const LIMIT: u64 = 25;
/// Pages that are compared.
const PAGES: usize = 3;
/// Pages that are looked at for these: most may be short.
const MAX_LOOKS: usize = 10;

/// The first pages are what plain SQL finds.
pub(crate) async fn answers_are_right(db: &Db) {
    for question in questions() {
        is_right(db, &question).await;
    }
}

async fn is_right(db: &Db, question: &ListQuery) {
    let wanted = PAGES * usize::try_from(LIMIT).expect("small");
    let mut conn = db.read().await.expect("a reader");
    let expected: Vec<(i64,)> = conn.fetch_all(&plain(question, wanted)).await.expect("rows");
    let expected: Vec<i64> = expected.into_iter().map(|row| row.0).collect();
    let (mut found, mut after, mut is_whole) = (vec![], None, false);
    for _ in 0..MAX_LOOKS {
        let page =
            list_orders(&mut conn, &Scope::Everything, &question.filter, question.sort, after, LIMIT).await;
        let page = page.expect("a page");
        found.extend(page.items.iter().map(|item| item.id.get()));
        after = page.next;
        is_whole = after.is_none() || found.len() >= wanted;
        if is_whole {
            break;
        }
    }
    let is_right = if is_whole { found == expected } else { expected.starts_with(&found) };
    assert!(is_right, "{}: {}: {found:?} instead of {expected:?}", db.engine(), question.name);
}

fn plain(question: &ListQuery, limit: usize) -> Statement {
    let trash = if question.filter.trash == Trash::Only { "TRUE" } else { "deleted_at IS NULL" };
    let key = match question.sort.key {
        SortKey::Placed => "placed_at",
        SortKey::Due => "due_at",
        SortKey::Total => "total",
        SortKey::Updated => "updated_at",
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
