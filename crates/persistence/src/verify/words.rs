//! Whether rows can be found by their words.

use std::collections::HashSet;

use ordervault_domain::search::Words;

use super::report::{Code, Finding, Report, finding};
use crate::error::Error;
use crate::scan::Scanned;
use crate::statement::Template;
use crate::tables::outbox;
use crate::tables::search::Indexed;
use crate::tx::Conn;

/// Looks at SQLite's index of words: whether each resource is there, and with its own words, by column.
pub(super) async fn in_index<A: Scanned>(
    conn: &mut Conn,
    found: &'static Template,
    page: &[A],
    words: impl Fn(&A) -> Vec<(&'static str, Words)> + Send + Sync,
    indexed: Option<&Indexed>,
    report: &mut Report,
) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(A::raw_id).collect();
    let there: HashSet<(i64,)> = conn.fetch_all(&found.bind((ids.as_slice(),))).await?.into_iter().collect();
    for id in ids.iter().filter(|id| !there.contains(&(**id,))) {
        report.add(unsearchable::<A>(*id, false));
    }
    let Some(indexed) = indexed else { return Ok(()) };
    let others = ids.iter().zip(page).filter(|(id, resource)| !indexed.are(**id, &words(resource)));
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
pub(super) fn unsearchable<A: Scanned>(id: i64, is_there: bool) -> Finding {
    let code = if is_there { Code::SearchDiffers } else { Code::SearchMissing };
    finding::<A>(code, id, None, "the words do not lead to it")
}
