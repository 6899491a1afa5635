//! Processes that stand still for longer than clients wait, and go on as if nothing had been.

use std::process::Command;
use std::time::Duration;

use ordervault_persistence::engine::Engine;
use sqlx::{Connection as _, PgConnection};
use tokio::time::sleep;

use crate::clients::PATIENCE;
use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, stalls) = (trial.dice(), trial.size(5, 1));
    let mut subject = Subject::open(&trial).await;
    subject.counter.is_forgetful = trial.is_control;
    let mut recoveries = vec![];
    for _ in 0..stalls {
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(10 + dice.below(40)).await;
                let processes = match trial.engine {
                    Engine::Sqlite => vec![subject.server().id().to_string()],
                    Engine::Postgres => backends(&subject.installation.url()).await,
                };
                signal("STOP", &processes);
                sleep(PATIENCE + Duration::from_millis(dice.below(1_000))).await;
                signal("CONT", &processes);
            })
            .await;
        recoveries.push(subject.recovers().await.map(|said| format!("RECOVERY: {said}")));
    }
    let mut outcome = subject.judge(stalls).await;
    outcome.check_all(recoveries);
    outcome
}

/// The processes of PostgreSQL that serve a database.
async fn backends(url: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.expect("the server answers");
    let sql = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let rows: Vec<(String,)> = sqlx::query_as(sql).fetch_all(&mut connection).await.expect("processes");
    connection.close().await.expect("the connection closes");
    rows.into_iter().map(|(id,)| id).collect()
}

/// Whoever has ended since then is left alone.
fn signal(name: &str, processes: &[String]) {
    for process in processes {
        let status = Command::new("kill")
            .args([&format!("-{name}"), process])
            .stderr(std::process::Stdio::null())
            .status();
        let _ = status.expect("kill starts");
    }
}
