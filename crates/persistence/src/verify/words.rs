//! Whether rows can be found by their words.

use std::collections::HashSet;

use ordervault_domain::search::Words;

use super::report::{Code, Report, finding};
use crate::bulk::{BulkTemplate, Rows};
use crate::engine::Engine;
use crate::error::Error;
use crate::scan::Scanned;
use crate::statement::Template;
use crate::tables::columns::id_and_version;
use crate::tables::outbox;
use crate::tables::search::{Indexed, SearchRows};
use crate::tx::Conn;

/// A kind of resource that is found by words.
pub(crate) trait Searched: Scanned {
    /// The table of its words.
    const WORDS: &'static str;
    /// On SQLite: which of some resources have words at all.
    const FOUND: &'static Template;
    /// On PostgreSQL: which of some rows are not as they should be, and whether they are there at all.
    const DIFFERING: &'static BulkTemplate;

    /// Its words, by column.
    fn columns(&self) -> Vec<(&'static str, Words)>;

    /// Adds the words that the table should have of it.
    fn add_words(&self, rows: &mut SearchRows);

    /// Whose words go.
    fn stale_words(rows: &mut SearchRows) -> &mut Vec<i64>;

    /// What is to be written of these words.
    fn rows(rows: SearchRows) -> Rows;
}

/// Looks at the words of a page of resources.
pub(super) async fn check<A: Searched>(
    conn: &mut Conn,
    page: &[A],
    indexed: Option<&Indexed>,
    report: &mut Report,
) -> Result<(), Error> {
    report.looked(A::WORDS, page.len());
    for (id, is_there) in wrong(conn, page, indexed).await? {
        let code = if is_there { Code::SearchDiffers } else { Code::SearchMissing };
        report.add(finding::<A>(code, id, None, "the words do not lead to it"));
    }
    Ok(())
}

/// Those of some resources that are not found by their words, each with whether there are other words. Words by other rules than
/// today's are not wrong.
pub(crate) async fn wrong<A: Searched>(
    conn: &mut Conn,
    page: &[A],
    indexed: Option<&Indexed>,
) -> Result<Vec<(i64, bool)>, Error> {
    let mut wrong = match conn.engine() {
        Engine::Sqlite => in_index(conn, page, indexed).await?,
        Engine::Postgres => {
            let mut rows = SearchRows::new(conn.engine());
            for resource in page {
                resource.add_words(&mut rows);
            }
            conn.fetch_bulk(A::DIFFERING, &A::rows(rows)).await?
        }
    };
    if wrong.iter().any(|(_, is_there)| *is_there) {
        let ids: Vec<i64> = wrong.iter().map(|(id, _)| *id).collect();
        let rows: Vec<A::Row> = conn.fetch_all(&A::READ.bind((ids,))).await?;
        let stale =
            rows.into_iter().filter(|row| !A::stale(row).is_empty()).map(|row| id_and_version(&row).0);
        let stale: HashSet<i64> = stale.collect();
        wrong.retain(|(id, is_there)| !(*is_there && stale.contains(id)));
    }
    Ok(wrong)
}

/// Looks at SQLite's index of words: whether each resource is there, and with its own words, by column.
async fn in_index<A: Searched>(
    conn: &mut Conn,
    page: &[A],
    indexed: Option<&Indexed>,
) -> Result<Vec<(i64, bool)>, Error> {
    let ids: Vec<i64> = page.iter().map(A::raw_id).collect();
    let there: HashSet<(i64,)> =
        conn.fetch_all(&A::FOUND.bind((ids.as_slice(),))).await?.into_iter().collect();
    let missing = ids.iter().filter(|id| !there.contains(&(**id,))).map(|id| (*id, false));
    let mut wrong: Vec<(i64, bool)> = missing.collect();
    let Some(indexed) = indexed else { return Ok(wrong) };
    let others = ids.iter().zip(page).filter(|(id, resource)| !indexed.are(**id, &resource.columns()));
    let mut others: Vec<i64> = others.map(|(id, _)| *id).filter(|id| there.contains(&(*id,))).collect();
    if !others.is_empty() {
        let later = outbox::later(conn, &others, indexed.position).await?;
        others.retain(|id| !later.contains_key(id));
    }
    wrong.extend(others.into_iter().map(|id| (id, true)));
    Ok(wrong)
}
