//! Looking at a table slice by slice, each in a snapshot of its own: nothing is held for long, and what cannot be read is named
//! and passed over.

use super::report::{Code, Finding, Report};
use crate::db::Db;
use crate::error::{Error, onwards};
use crate::tx::Conn;

/// Where a row stands: the id of the resource that it belongs to, and what tells it from others of the same id, or 0.
pub(crate) type Key = (i64, i64);

/// Before every row.
pub(crate) const BEGINNING: Key = (i64::MIN, 0);

/// What is looked at in the order of its keys.
pub(crate) trait Sliced: Sync {
    /// Rows of a slice.
    const ROWS: i64;

    /// The table.
    fn table(&self) -> &'static str;

    /// An id as people read it.
    fn name(&self, id: i64) -> String;

    /// Looks at so many rows after a key. Returns the key of the last one; none at the end.
    fn look(
        &self,
        conn: &mut Conn,
        after: Key,
        rows: i64,
        report: &mut Report,
    ) -> impl Future<Output = Result<Option<Key>, Error>> + Send;
}

/// Looks at everything. What cannot be read is closed in on, until it is one row or the rows of one page.
pub(crate) async fn walk<S: Sliced>(db: &Db, what: &S, report: &mut Report) -> Result<(), Error> {
    walk_behind(db, what, BEGINNING, report, |_, _| {}).await
}

/// The same behind a key. Tells after each slice what it came to.
pub(crate) async fn walk_behind<S: Sliced>(
    db: &Db,
    what: &S,
    mut after: Key,
    report: &mut Report,
    mut progress: impl FnMut(&mut Report, Key) + Send,
) -> Result<(), Error> {
    let mut rows = S::ROWS;
    loop {
        progress(report, after);
        match slice(db, what, after, rows).await {
            Ok((found, last)) => {
                report.append(found);
                let Some(last) = last else { return Ok(()) };
                (after, rows) = (last, S::ROWS.min(rows * 2));
            }
            Err(error) if !error.is_of_the_rows() => return Err(error),
            Err(_) if rows > 1 => rows /= 2,
            Err(error) => {
                let end = unreadable_up_to(db, what, after).await?;
                report.add(unreadable(what, after, end, &error));
                let Some(end) = end else { return Ok(()) };
                after = (end, i64::MAX);
            }
        }
    }
}

/// One slice, with what was found in it.
async fn slice<S: Sliced>(db: &Db, what: &S, after: Key, rows: i64) -> Result<(Report, Option<Key>), Error> {
    let mut report = Report::default();
    let last = what.look(&mut db.snapshot().await?, after, rows, &mut report).await?;
    if let Some(last) = last {
        onwards(what.table(), last.0, &after, &last)?;
    }
    Ok((report, last))
}

/// The last id of those after a key that cannot be read. None: nothing more can be. Ids lie far apart, so that the steps
/// double until something can be read again, and are halved then.
async fn unreadable_up_to<S: Sliced>(db: &Db, what: &S, after: Key) -> Result<Option<i64>, Error> {
    let mut unreadable = after.0.max(0);
    let (from, mut step) = (unreadable, 1_i64);
    let mut readable = loop {
        let Some(next) = from.checked_add(step) else { return Ok(None) };
        if is_readable(db, what, next).await? {
            break next;
        }
        unreadable = next;
        let Some(wider) = step.checked_mul(2) else { return Ok(None) };
        step = wider;
    };
    while readable - unreadable > 1 {
        let middle = unreadable + (readable - unreadable) / 2;
        match is_readable(db, what, middle).await? {
            true => readable = middle,
            false => unreadable = middle,
        }
    }
    Ok(Some(readable))
}

/// Can the row behind this id be read, if there is one?
async fn is_readable<S: Sliced>(db: &Db, what: &S, id: i64) -> Result<bool, Error> {
    match slice(db, what, (id, i64::MAX), 1).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_of_the_rows() => Ok(false),
        Err(error) => Err(error),
    }
}

fn unreadable<S: Sliced>(what: &S, after: Key, end: Option<i64>, error: &Error) -> Finding {
    let from = match after {
        BEGINNING => "the beginning".to_owned(),
        (id, _) => what.name(id),
    };
    let up_to = if end.is_some() { "up to this one" } else { "up to the end" };
    Finding {
        code: Code::RowUnreadable,
        table: what.table(),
        id: end,
        name: end.map(|id| what.name(id)).unwrap_or_default(),
        seq: None,
        detail: format!("what stands behind {from} {up_to} cannot be read: {}", cause(error)),
    }
}

/// What was done as a whole: if it could not be read, that is what was found.
pub(super) fn whole(
    table: &'static str,
    outcome: Result<(), Error>,
    report: &mut Report,
) -> Result<(), Error> {
    match outcome {
        Err(error) if error.is_of_the_rows() => {
            let detail = format!("the rest cannot be read: {}", cause(&error));
            let (code, name) = (Code::RowUnreadable, String::new());
            report.add(Finding { code, table, id: None, name, seq: None, detail });
            Ok(())
        }
        outcome => outcome,
    }
}

/// The first cause: what the engine says.
pub(crate) fn cause(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
