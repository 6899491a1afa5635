//! The schema: is it the one that this program makes, and was it made by these migrations?

use super::report::{Code, Finding, Report};
use super::slices::whole;
use crate::db::Db;
use crate::error::Error;
use crate::migrate::{self, Schema};
use crate::schema::Objects;

/// Looks at the objects of the schema and at the list of migrations.
///
/// # Errors
/// When the database is none of this program's: foreign, or of another state of the schema.
pub(super) async fn check(db: &Db, schema: &Schema, report: &mut Report) -> Result<(), Error> {
    let altered = match schema.misfit(&mut db.read().await?).await.map_err(Error::from) {
        Err(error) if error.is_of_the_rows() => {
            whole("_sqlx_migrations", Err(error), report)?;
            None
        }
        altered => altered?,
    };
    let objects = Objects::of(&mut db.read().await?).await?;
    let mut found = |code, detail| {
        report.add(Finding { code, table: "database", id: None, name: String::new(), seq: None, detail });
    };
    match Objects::expected(db, schema).await? {
        Some(expected) => {
            for (object, how) in objects.differences(&expected) {
                found(Code::SchemaDiffers, format!("{object} {how}"));
            }
        }
        None => report
            .not_checked("schema: the role has no CREATE on the database, to make one to compare it with"),
    }
    if let Some(version) = altered {
        // All of it is another one: nothing was tampered with.
        if report.totals.contains_key(&Code::SchemaDiffers) {
            return Err(migrate::unreleased().into());
        }
        let detail = format!("migration {version} is listed with the checksum of another one");
        report.add(Finding {
            code: Code::MigrationDiffers,
            table: "database",
            id: None,
            name: String::new(),
            seq: None,
            detail,
        });
    }
    Ok(())
}
