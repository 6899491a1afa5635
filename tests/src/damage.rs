//! Breaking a database on purpose, past everything that protects it.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

#[expect(clippy::disallowed_types, reason = "the text is the test's own")]
use sqlx::AssertSqlSafe;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::twin::Fresh;

const UNPROTECT_SQLITE: &str = "
    PRAGMA foreign_keys = OFF;
    PRAGMA ignore_check_constraints = ON;
";
const TRIGGERS: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
/// A replica fires no triggers and checks no foreign keys.
const UNPROTECT_POSTGRES: &str = "
    SET session_replication_role = replica;
    CREATE TEMPORARY TABLE checks AS
        SELECT conrelid::regclass::text AS of_table, conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE contype = 'c' AND connamespace = current_schema()::regnamespace;
    DO $$
    DECLARE c record;
    BEGIN
        FOR c IN SELECT conrelid::regclass AS of_table, conname FROM pg_constraint
            WHERE contype = 'c' AND connamespace = current_schema()::regnamespace
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.of_table, c.conname);
        END LOOP;
    END $$;
";
/// What is there by now need not fit them.
const PROTECT_POSTGRES: &str = "
    DO $$
    DECLARE c record;
    BEGIN
        FOR c IN SELECT * FROM checks WHERE to_regclass(of_table) IS NOT NULL LOOP
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID', c.of_table, c.conname, c.definition);
        END LOOP;
    END $$;
    UPDATE pg_constraint SET convalidated = TRUE WHERE NOT convalidated;
";

impl Fresh {
    /// Runs SQL without triggers, foreign keys and CHECKs, which are there again afterwards: as whoever wants to hide
    /// something would do it.
    pub async fn damage(&self, sql: &str) {
        damage(&self.url, sql).await;
    }
}

/// The same in the database at this URL.
pub async fn damage(url: &str, sql: &str) {
    let sql = [sql.to_owned()];
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the file opens");
        connection.execute(UNPROTECT_SQLITE).await.expect("the protection goes");
        let triggers: Vec<(String, String)> =
            sqlx::query_as(TRIGGERS).fetch_all(&mut connection).await.expect("the triggers are listed");
        let drops = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name}"));
        let again = triggers.iter().map(|(_, again)| again.clone());
        run_all(&mut connection, drops.chain(sql).chain(again).collect()).await;
        connection.close().await.expect("the file closes");
    } else {
        let mut connection = PgConnection::connect(url).await.expect("the server answers");
        connection.execute(UNPROTECT_POSTGRES).await.expect("the protection goes");
        run_all(&mut connection, sql.into()).await;
        connection.execute(PROTECT_POSTGRES).await.expect("the protection comes back");
        connection.close().await.expect("the connection closes");
    }
}

async fn run_all<C: Connection>(connection: &mut C, statements: Vec<String>)
where
    for<'c> &'c mut C: Executor<'c>,
{
    for statement in statements {
        connection.execute(AssertSqlSafe(statement)).await.expect("the damage is done");
    }
}
