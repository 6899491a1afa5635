//! The schema as the engine has it, against the one that this program makes: a dropped trigger, index or CHECK shows.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::db::{Db, MigrationTarget};
use crate::engine::Engine;
use crate::error::DbError;
use crate::migrate::Schema;
use crate::statement::{Sql as _, Template, statements};
use crate::tx::Conn;

statements! {
    // Each with its kind and name before a colon; sorted here, because the engines sort differently.
    OBJECTS: Template = Template::forked(
        "SELECT type || ' ' || CASE type WHEN 'trigger' THEN tbl_name || '.' ELSE '' END || name || ': ' || sql
         FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'",
        "WITH here AS (SELECT oid, relname, relkind FROM pg_class
             WHERE relnamespace = current_schema()::regnamespace AND relname NOT LIKE '\\_sqlx%')
         SELECT 'column ' || relname || '.' || attname || ': ' || format_type(atttypid, atttypmod)
             || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
             || COALESCE(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
         FROM here JOIN pg_attribute ON attrelid = here.oid LEFT JOIN pg_attrdef ON adrelid = here.oid AND adnum = attnum
         WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
         UNION ALL SELECT 'constraint ' || relname || '.' || conname || ': ' || pg_get_constraintdef(c.oid)
         FROM here JOIN pg_constraint c ON conrelid = here.oid
         UNION ALL SELECT 'index ' || relname || ': '
             || replace(pg_get_indexdef(here.oid), quote_ident(current_schema()) || '.', '')
             || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
         FROM here JOIN pg_index ON indexrelid = here.oid
         UNION ALL SELECT 'trigger ' || relname || '.' || tgname || ': ' || tgenabled::text || ' '
             || replace(pg_get_triggerdef(t.oid), quote_ident(current_schema()) || '.', '')
         FROM here JOIN pg_trigger t ON tgrelid = here.oid WHERE NOT tgisinternal
         UNION ALL SELECT 'trigger ' || relname || '.foreign keys: off'
         FROM here JOIN pg_trigger ON tgrelid = here.oid WHERE tgisinternal AND tgenabled <> 'O'
         UNION ALL SELECT 'view ' || relname || ': ' || pg_get_viewdef(oid) FROM here WHERE relkind = 'v'
         UNION ALL SELECT 'function ' || proname || ': ' || prosrc FROM pg_proc
         WHERE pronamespace = current_schema()::regnamespace"
    );
}

/// What PostgreSQL answers where the role may not make a schema,
const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// or nobody may: on a standby server.
const READ_ONLY: &str = "25006";
/// The objects of a schema: kind and name, and what defines them. What is a part of a table has that in front of its name.
pub(crate) struct Objects(BTreeMap<String, String>);

impl Objects {
    /// Those of the database.
    pub(crate) async fn of(conn: &mut Conn) -> Result<Self, DbError> {
        let rows: Vec<(String,)> = conn.fetch_all(&OBJECTS.bind(())).await?;
        Ok(Self::new(rows))
    }

    /// Those that this program makes on this engine; on PostgreSQL in a transaction that is rolled back. `None`: no
    /// schema can be made there to compare with.
    ///
    /// # Errors
    /// When the engine fails.
    pub(crate) async fn expected(db: &Db, schema: &Schema) -> Result<Option<Self>, DbError> {
        let failed = |error| DbError::while_doing("make a schema to compare with", error);
        let text = OBJECTS.text(db.engine());
        match db.migration_target() {
            MigrationTarget::Sqlite(_) => {
                let mut memory = SqliteConnection::connect("sqlite::memory:").await.map_err(failed)?;
                schema.make(&mut memory).await?;
                let rows = sqlx::query_as(text).fetch_all(&mut memory).await.map_err(failed)?;
                Ok(Some(Self::new(rows)))
            }
            MigrationTarget::Postgres(options) => {
                let mut aside = PgConnection::connect_with(options).await.map_err(failed)?;
                let mut tx = aside.begin().await.map_err(failed)?;
                let made = tx.execute(
                    "DO $$ BEGIN
                         EXECUTE format('CREATE SCHEMA ordervault_expected_%s', pg_backend_pid());
                         PERFORM set_config('search_path', format('ordervault_expected_%s', pg_backend_pid()), TRUE);
                     END $$",
                );
                if let Err(error) = made.await {
                    let code = error.as_database_error().and_then(|answer| answer.code());
                    return match code.as_deref() {
                        Some(INSUFFICIENT_PRIVILEGE | READ_ONLY) => Ok(None),
                        _ => Err(failed(error)),
                    };
                }
                for migration in schema.of(Engine::Postgres).iter() {
                    tx.execute(migration.sql.clone()).await.map_err(failed)?;
                }
                let rows = sqlx::query_as(text).fetch_all(&mut *tx).await.map_err(failed)?;
                tx.rollback().await.map_err(failed)?;
                Ok(Some(Self::new(rows)))
            }
        }
    }

    fn new(rows: Vec<(String,)>) -> Self {
        let parted = rows.into_iter().map(|(row,)| match row.split_once(": ") {
            Some((name, definition)) => (name.to_owned(), definition.to_owned()),
            None => (row, String::new()),
        });
        Self(parted.collect())
    }

    /// What is not as expected: name, and how, in words. Whatever is there besides and is no part of an expected table
    /// changes nothing about ours.
    pub(crate) fn differences<'a>(
        &'a self,
        expected: &'a Self,
    ) -> impl Iterator<Item = (&'a str, &'static str)> {
        let missing = expected.0.iter().filter_map(|(name, definition)| match self.0.get(name) {
            None => Some((name.as_str(), "is not there")),
            Some(here) if here != definition => Some((name.as_str(), "is not as this program makes it")),
            Some(_) => None,
        });
        let tables: BTreeSet<&str> = expected.0.keys().map(|name| table_of(name).0).collect();
        let is_part = move |name: &str| matches!(table_of(name), (table, true) if tables.contains(table));
        let surplus = self.0.keys().filter(move |name| !expected.0.contains_key(*name) && is_part(name));
        missing.chain(surplus.map(|name| (name.as_str(), "does not belong here")))
    }
}

/// The table that kind and name tell of, and whether it is about a part of it.
fn table_of(name: &str) -> (&str, bool) {
    let name = name.split_once(' ').map_or(name, |(_, name)| name);
    name.split_once('.').map_or((name, false), |(table, _)| (table, true))
}
