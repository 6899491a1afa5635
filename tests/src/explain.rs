//! How an engine would carry out a statement.
#![expect(clippy::expect_used, reason = "a test that cannot look fails")]

use ordervault_persistence::engine::Engine;
use ordervault_persistence::statement::Statement;
use ordervault_persistence::tx::Conn;

/// The steps of the plan, one a line.
pub async fn plan(conn: &mut Conn, statement: Statement) -> String {
    let statement = statement.explained();
    let steps: Vec<String> = match conn.engine() {
        Engine::Sqlite => {
            let steps: Vec<(i64, i64, i64, String)> = conn.fetch_all(&statement).await.expect("a plan");
            steps.into_iter().map(|step| step.3).collect()
        }
        Engine::Postgres => {
            let steps: Vec<(String,)> = conn.fetch_all(&statement).await.expect("a plan");
            steps.into_iter().map(|step| step.0).collect()
        }
    };
    steps.into_iter().map(|step| step + "\n").collect()
}
