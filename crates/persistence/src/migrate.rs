//! Migrations: the embedded schema, applied in order, once, however many processes start at the same time.
//!
//! To add one, write a file of the same number and name into `migrations/sqlite` and `migrations/postgres`; a
//! file that was released is never changed.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection as _, PgConnection};

use crate::db::{Db, MigrationTarget};
use crate::engine::Engine;
use crate::error::DbError;
use crate::statement::{Template, statements};

static SQLITE: Migrator = sqlx_macros::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx_macros::migrate!("../../migrations/postgres");

statements! {
    TABLE_EXISTS: Template = Template::forked(
        "SELECT name FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        "SELECT table_name::text FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
    );
    NEWEST: Template = Template::new("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations");
}

/// How far the schema of a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaVersion {
    /// Number of the newest migration in the database; 0 for an empty one.
    pub applied: i64,
    /// Number of the newest migration in this program.
    pub known: i64,
}

impl SchemaVersion {
    /// Whether database and program have the same schema.
    pub fn is_current(self) -> bool {
        self.applied == self.known
    }
}

/// How far the schema of the database is; changes nothing.
pub async fn status(db: &Db) -> Result<SchemaVersion, DbError> {
    let known = migrations(db.engine()).iter().map(|migration| migration.version).max().unwrap_or(0);
    let mut conn = db.read().await?;
    let table: Option<(String,)> = conn.fetch_optional(&TABLE_EXISTS.bind(())).await?;
    let applied = match table {
        Some(_) => conn.fetch_one::<(i64,)>(&NEWEST.bind(())).await?.0,
        None => 0,
    };
    Ok(SchemaVersion { applied, known })
}

/// Brings the schema up to this program's. A database that is newer, or whose migrations were changed
/// afterwards, is refused.
///
/// Processes that start together wait for each other: PostgreSQL by an advisory lock, SQLite because all
/// migrations run in one write transaction.
pub async fn migrate(db: &Db) -> Result<SchemaVersion, DbError> {
    let found = status(db).await?;
    if found.applied > found.known {
        return Err(newer(found.applied, found.known));
    }
    match db.migration_target() {
        MigrationTarget::Sqlite(writer) => {
            let failed = |error| DbError::while_doing("begin the migration", error);
            let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
            SQLITE.run(&mut *tx).await.map_err(|error| failed_migration(error, found.known))?;
            tx.commit().await.map_err(|error| DbError::while_doing("commit the migration", error))?;
        }
        MigrationTarget::Postgres(options) => {
            let failed = |error| DbError::while_doing("connect for the migration", error);
            let mut connection = PgConnection::connect_with(options).await.map_err(failed)?;
            POSTGRES.run(&mut connection).await.map_err(|error| failed_migration(error, found.known))?;
            connection.close().await.map_err(failed)?;
        }
    }
    Ok(SchemaVersion { applied: found.known, known: found.known })
}

fn migrations(engine: Engine) -> &'static Migrator {
    match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    }
}

fn newer(applied: i64, known: i64) -> DbError {
    DbError::Unusable(format!(
        "the database has schema {applied}, this program knows {known}: use the newer program"
    ))
}

fn failed_migration(error: MigrateError, known: i64) -> DbError {
    match error {
        MigrateError::Execute(error) => DbError::while_doing("apply the migrations", error),
        MigrateError::ExecuteMigration(error, version) => {
            DbError::new(&format!("migration {version}"), error)
        }
        MigrateError::VersionMissing(version) => newer(version, known),
        MigrateError::VersionMismatch(version) => DbError::Unusable(format!(
            "migration {version} is not the one that made this database: use a released program"
        )),
        other => DbError::Unusable(format!("the schema cannot be brought up to date: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_migrations() {
        let named = |engine| {
            let list = migrations(engine).iter();
            list.map(|migration| (migration.version, migration.description.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(named(Engine::Sqlite), named(Engine::Postgres));
    }
}
