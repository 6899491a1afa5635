//! Numbers new events on PostgreSQL, where several servers write at once; on SQLite the writer does it by itself.

use std::time::Duration;

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::sequence;
use tokio::task::JoinHandle;

use crate::exit::Failure;
use crate::shutdown::Shutdown;

/// Longest wait of a new event for its number.
const PAUSE: Duration = Duration::from_millis(100);
/// Pause after a failure.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Runs until it is aborted, or told to stop between two steps.
pub(super) fn start(db: Db, stop: Shutdown) -> JoinHandle<()> {
    tokio::spawn(async move {
        if db.engine() == Engine::Sqlite {
            return;
        }
        while !stop.is_requested() {
            let pause = match sequence(&db).await {
                // There may be more than one step's worth.
                Ok(numbered) if numbered > 0 => continue,
                Ok(_) => PAUSE,
                Err(error) => {
                    tracing::warn!(error = %Failure::from(error), "new events cannot be numbered yet");
                    PAUSE_AFTER_FAILURE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.clone().requested() => {}
            }
        }
    })
}
