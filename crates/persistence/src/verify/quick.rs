//! SQLite's quick look at its pages, table by table: each in a snapshot of its own.

use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};

/// So many complaints about one table are told.
const MAX_COMPLAINTS: i64 = 10;

statements! {
    TABLES: Template = Template::forked(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name",
        "SELECT '' WHERE FALSE"
    );
    QUICK_CHECK: Template = Template::forked(
        "SELECT quick_check FROM pragma_quick_check($1) WHERE quick_check <> 'ok' LIMIT $2",
        "SELECT $1::text WHERE FALSE LIMIT $2"
    );
}

/// Looks at the pages of every table, in a tenth of the time of a look at everything. Returns what the engine complains of, with the
/// table in front; on PostgreSQL, which checks its pages when it reads them, nothing.
///
/// # Errors
/// When the database does not answer; damage is returned, not an error.
pub async fn quick_check(db: &Db) -> Result<Vec<String>, Error> {
    let tables: Vec<(String,)> = db.read().await?.fetch_all(&TABLES.bind(())).await?;
    let mut complaints = vec![];
    for (table,) in tables {
        let mut conn = db.read().await?;
        match conn.fetch_all::<(String,)>(&QUICK_CHECK.bind((table.as_str(), MAX_COMPLAINTS))).await {
            Ok(told) => complaints.extend(told.into_iter().map(|(told,)| format!("{table}: {told}"))),
            Err(error) => {
                let error = Error::from(error);
                if !error.is_of_the_rows() {
                    return Err(error);
                }
                complaints.push(format!("{table}: {error}"));
            }
        }
    }
    Ok(complaints)
}
