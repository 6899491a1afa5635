//! Breaking a database on purpose, past everything that protects it.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::twin::Fresh;

const UNPROTECT_SQLITE: &str = "
    PRAGMA foreign_keys = OFF;
    PRAGMA ignore_check_constraints = ON;
    DROP TRIGGER history_no_update;
    DROP TRIGGER history_no_delete;
    DROP TRIGGER stock_movements_no_update;
    DROP TRIGGER stock_movements_no_delete;
";
/// A replica fires no triggers and checks no foreign keys.
const UNPROTECT_POSTGRES: &str = "
    SET session_replication_role = replica;
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

impl Fresh {
    /// Runs SQL without triggers, foreign keys and CHECKs.
    pub async fn damage(&self, sql: &'static str) {
        damage(&self.url, sql).await;
    }
}

/// The same in the database at this URL.
pub async fn damage(url: &str, sql: &'static str) {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the file opens");
        connection.execute(UNPROTECT_SQLITE).await.expect("the protection goes");
        connection.execute(sql).await.expect("the damage is done");
        connection.close().await.expect("the file closes");
    } else {
        let mut connection = PgConnection::connect(url).await.expect("the server answers");
        connection.execute(UNPROTECT_POSTGRES).await.expect("the protection goes");
        connection.execute(sql).await.expect("the damage is done");
        connection.close().await.expect("the connection closes");
    }
}
