//! Whether rows can be found by their words.

use std::collections::HashSet;

use ordervault_domain::search::Words;

use super::report::{Code, Finding, Report, finding};
use crate::bulk::{BulkTemplate, Rows};
use crate::engine::Engine;
use crate::error::Error;
use crate::scan::Scanned;
use crate::statement::Template;
use crate::tables::outbox;
use crate::tables::search::{Indexed, SearchRows};
use crate::tx::Conn;

/// A kind of resource that is found by words.
pub(super) trait Searched: Scanned {
    /// The table of its words.
    const WORDS: &'static str;
    /// On SQLite: which of some resources have words at all.
    const FOUND: &'static Template;
    /// On PostgreSQL: which of some rows are not as they should be, and whether they are there at all.
    const DIFFERING: &'static BulkTemplate;

    /// Its words, by column.
    fn columns(&self) -> Vec<(&'static str, Words)>;

    /// The rows that the table should have of these.
    fn rows(page: &[Self], rows: SearchRows) -> Rows;
}

/// Looks at the words of a page of resources.
pub(super) async fn check<A: Searched>(
    conn: &mut Conn,
    page: &[A],
    indexed: Option<&Indexed>,
    report: &mut Report,
) -> Result<(), Error> {
    report.looked(A::WORDS, page.len());
    match conn.engine() {
        Engine::Sqlite => in_index(conn, page, indexed, report).await,
        Engine::Postgres => {
            let rows = A::rows(page, SearchRows::new(conn.engine()));
            for (id, present) in conn.fetch_bulk::<(i64, bool)>(A::DIFFERING, &rows).await? {
                report.add(unsearchable::<A>(id, present));
            }
            Ok(())
        }
    }
}

/// Looks at SQLite's index of words: whether each resource is there, and with its own words, by column.
async fn in_index<A: Searched>(
    conn: &mut Conn,
    page: &[A],
    indexed: Option<&Indexed>,
    report: &mut Report,
) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(A::raw_id).collect();
    let there: HashSet<(i64,)> =
        conn.fetch_all(&A::FOUND.bind((ids.as_slice(),))).await?.into_iter().collect();
    for id in ids.iter().filter(|id| !there.contains(&(**id,))) {
        report.add(unsearchable::<A>(*id, false));
    }
    let Some(indexed) = indexed else { return Ok(()) };
    let others = ids.iter().zip(page).filter(|(id, resource)| !indexed.are(**id, &resource.columns()));
    let mut others: Vec<i64> = others.map(|(id, _)| *id).filter(|id| there.contains(&(*id,))).collect();
    if !others.is_empty() {
        let later = outbox::later(conn, &others, indexed.position).await?;
        others.retain(|id| !later.contains_key(id));
    }
    for id in others {
        report.add(unsearchable::<A>(id, true));
    }
    Ok(())
}

/// A search row that is wrong, or not there.
fn unsearchable<A: Scanned>(id: i64, is_there: bool) -> Finding {
    let code = if is_there { Code::SearchDiffers } else { Code::SearchMissing };
    finding::<A>(code, id, None, "the words do not lead to it")
}
