//! Migrations: the embedded schema, applied in order, once, however many processes start at the same time.
//!
//! **Until the first release** there is one migration per engine, and whoever changes the schema changes it in
//! `migrations/{sqlite,postgres}/0001_init.sql`. Databases made before that are refused: they are exported by the program
//! that made them and imported by this one.
//!
//! **From the first release on** migrations are append-only: a file that was released is never changed, and to change the
//! schema is to add a file of the next number and of the same name into both folders. A test fills the first schema with
//! rows and brings it up by one more migration, to show that this works: `tests/tests/databases/upgrade.rs`.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection};

use crate::db::{Db, MigrationTarget};
use crate::engine::Engine;
use crate::error::DbError;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// The schema of this program.
pub static SCHEMA: Schema = Schema {
    sqlite: sqlx_macros::migrate!("../../migrations/sqlite"),
    postgres: sqlx_macros::migrate!("../../migrations/postgres"),
};

statements! {
    TABLE_EXISTS: Template = Template::forked(
        "SELECT name FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        "SELECT table_name::text FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
    );
    APPLIED: Template = Template::new("SELECT version, checksum FROM _sqlx_migrations ORDER BY version");
}

/// Migrations for both engines, with the same numbers and names.
pub struct Schema {
    sqlite: Migrator,
    postgres: Migrator,
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

/// How far the database is on its way to [`SCHEMA`]; changes nothing.
///
/// # Errors
/// As [`Schema::status`].
pub async fn status(db: &Db) -> Result<SchemaVersion, DbError> {
    SCHEMA.status(db).await
}

/// Brings the database to [`SCHEMA`].
///
/// # Errors
/// As [`Schema::migrate`].
pub async fn migrate(db: &Db) -> Result<SchemaVersion, DbError> {
    SCHEMA.migrate(db).await
}

/// Number and checksum of every migration that the database lists; none in an empty one.
pub(crate) async fn applied(conn: &mut Conn) -> Result<Vec<(i64, String)>, DbError> {
    let table: Option<(String,)> = conn.fetch_optional(&TABLE_EXISTS.bind(())).await?;
    if table.is_none() {
        return Ok(vec![]);
    }
    let applied: Vec<(i64, Vec<u8>)> = conn.fetch_all(&APPLIED.bind(())).await?;
    Ok(applied.into_iter().map(|(version, checksum)| (version, hex::encode(checksum))).collect())
}

impl Schema {
    /// This schema with one more migration at its end, of the next number.
    #[must_use]
    pub fn followed_by(&self, name: &'static str, sqlite: &'static str, postgres: &'static str) -> Schema {
        let with = |engine: Engine, sql: &'static str| {
            let mut migrations: Vec<Migration> = self.of(engine).iter().cloned().collect();
            let simple = MigrationType::Simple;
            migrations.push(Migration::new(
                self.newest(engine) + 1,
                name.into(),
                simple,
                sql.into_sql_str(),
                false,
            ));
            Migrator::with_migrations(migrations)
        };
        Schema { sqlite: with(Engine::Sqlite, sqlite), postgres: with(Engine::Postgres, postgres) }
    }

    /// How far the database is on its way to this schema; changes nothing.
    ///
    /// # Errors
    /// When it cannot be read, or was made by a schema that was never released.
    pub async fn status(&self, db: &Db) -> Result<SchemaVersion, DbError> {
        let known = self.newest(db.engine());
        let applied = applied(&mut db.read().await?).await?;
        if self.altered(db.engine(), &applied).is_some() {
            return Err(unreleased());
        }
        Ok(SchemaVersion { applied: applied.last().map_or(0, |(version, _)| *version), known })
    }

    /// Brings the database to this schema.
    ///
    /// Processes that start together wait for each other: PostgreSQL by an advisory lock, SQLite because all
    /// migrations run in one write transaction.
    ///
    /// # Errors
    /// When the database is newer, was made by a schema that was never released, or fails; then it is unchanged.
    pub async fn migrate(&self, db: &Db) -> Result<SchemaVersion, DbError> {
        let found = self.status(db).await?;
        if found.applied > found.known {
            return Err(newer(found.applied, found.known));
        }
        match db.migration_target() {
            MigrationTarget::Sqlite(writer) => {
                db.give_back().await;
                let failed = |error| DbError::while_doing("begin the migration", error);
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
                self.sqlite.run(&mut *tx).await.map_err(|error| failed_migration(error, found.known))?;
                tx.commit().await.map_err(|error| DbError::while_doing("commit the migration", error))?;
            }
            MigrationTarget::Postgres(options) => {
                let failed = |error| DbError::while_doing("connect for the migration", error);
                let mut connection = PgConnection::connect_with(options).await.map_err(failed)?;
                let run = self.postgres.run(&mut connection).await;
                run.map_err(|error| failed_migration(error, found.known))?;
                connection.close().await.map_err(failed)?;
            }
        }
        Ok(SchemaVersion { applied: found.known, known: found.known })
    }

    /// The first migration that the database lists with the checksum of another one.
    ///
    /// # Errors
    /// When the database cannot be read, or is not one of this schema.
    pub(crate) async fn misfit(&self, conn: &mut Conn) -> Result<Option<i64>, DbError> {
        let (engine, applied) = (conn.engine(), applied(conn).await?);
        let newest = applied.last().map_or(0, |(version, _)| *version);
        match self.newest(engine) {
            _ if newest == 0 => Err(DbError::Unusable("this is no database of ordervault".to_owned())),
            known if newest > known => Err(newer(newest, known)),
            known if newest < known => Err(DbError::Unusable(format!(
                "the database has schema {newest}, this program needs {known}: back it up, then run `ordervault migrate`"
            ))),
            _ => Ok(self.altered(engine, &applied)),
        }
    }

    /// The same, of a list.
    fn altered(&self, engine: Engine, applied: &[(i64, String)]) -> Option<i64> {
        let is_ours = |version: i64, checksum: &str| {
            let mut ours = self.of(engine).iter();
            ours.all(|ours| ours.version != version || hex::encode(&ours.checksum) == checksum)
        };
        applied.iter().find(|(version, checksum)| !is_ours(*version, checksum)).map(|(version, _)| *version)
    }

    /// Makes this schema in an empty SQLite database.
    ///
    /// # Errors
    /// When that fails.
    pub(crate) async fn make(&self, connection: &mut SqliteConnection) -> Result<(), DbError> {
        let known = self.newest(Engine::Sqlite);
        self.sqlite.run(connection).await.map_err(|error| failed_migration(error, known))
    }

    pub(crate) fn of(&self, engine: Engine) -> &Migrator {
        match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        }
    }

    fn newest(&self, engine: Engine) -> i64 {
        self.of(engine).iter().map(|migration| migration.version).max().unwrap_or(0)
    }
}

fn newer(applied: i64, known: i64) -> DbError {
    DbError::Unusable(format!(
        "the database has schema {applied}, this program knows {known}: use the newer program"
    ))
}

/// Only a migration of before the first release can have been another: from then on none is changed.
pub(crate) fn unreleased() -> DbError {
    DbError::Unusable(
        "the database has an older schema that was never released: export it (`ordervault export jsonl`) with the program \
         that made it, and import that into a new database with this program"
            .to_owned(),
    )
}

fn failed_migration(error: MigrateError, known: i64) -> DbError {
    match error {
        MigrateError::Execute(error) => DbError::while_doing("apply the migrations", error),
        MigrateError::ExecuteMigration(error, version) => {
            DbError::new(&format!("migration {version}"), error)
        }
        MigrateError::VersionMissing(version) => newer(version, known),
        MigrateError::VersionMismatch(_) => unreleased(),
        other => DbError::Unusable(format!("the schema cannot be brought up to date: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_migrations() {
        let named = |engine| {
            let list = SCHEMA.of(engine).iter();
            list.map(|migration| (migration.version, migration.description.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(named(Engine::Sqlite), named(Engine::Postgres));
    }
}
