//! Whether the database keeps what it is given. Once its disk failed, nothing is written and nothing acknowledged until the
//! database was opened anew, still has what was acknowledged last, and has taken something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ordervault_domain::time::Timestamp;
use tokio::time::Instant;

use crate::bundle::Bundle;
use crate::db::Db;
use crate::error::Error;
use crate::tables::writers;

/// Pause between two looks at a database that does not keep what it is given.
const LOOK_PAUSE: Duration = Duration::from_millis(500);

/// What is known about it.
pub(super) struct Storage {
    is_failing: Arc<AtomicBool>,
    /// When it was last looked at, since it fails.
    looked: Option<Instant>,
}

impl Storage {
    /// Tells others by this flag when it fails.
    pub(super) fn new(is_failing: Arc<AtomicBool>) -> Self {
        Self { is_failing, looked: None }
    }

    pub(super) fn is_failing(&self) -> bool {
        self.is_failing.load(Ordering::Relaxed)
    }

    /// Something could not be kept.
    pub(super) fn failed(&mut self, error: &dyn std::error::Error) {
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            self.looked = None;
            let error = chain(error);
            tracing::error!(error, "the database keeps nothing; writes are refused until it does");
        }
    }

    /// Looks, now and then, whether a database that failed is well again: whether it knows the last group that this writer has
    /// acknowledged, and commits.
    pub(super) async fn look(&mut self, db: &Db, writer: i64, acknowledged: i64, now: Timestamp) {
        if !self.is_failing() || self.looked.is_some_and(|looked| looked.elapsed() < LOOK_PAUSE) {
            return;
        }
        match is_well(db, writer, acknowledged, now).await {
            Ok(true) => {
                self.is_failing.store(false, Ordering::Relaxed);
                tracing::info!("the database keeps what it is given again");
            }
            Ok(false) => tracing::error!(
                acknowledged,
                "the database has lost what it had kept: stop the server and restore a backup; writes stay refused"
            ),
            Err(error) => tracing::debug!(%error, "the database does not keep anything yet"),
        }
        self.looked = Some(Instant::now());
    }
}

/// The connection that failed is closed: this one is new.
async fn is_well(db: &Db, writer: i64, acknowledged: i64, now: Timestamp) -> Result<bool, Error> {
    let mut tx = db.begin().await?;
    let last = writers::last_group(&mut tx, writer).await?;
    // 0: a row that was dropped as old, of a server that has written nothing for days.
    if last != 0 && last < acknowledged {
        tx.rollback().await;
        return Ok(false);
    }
    let mut bundle = Bundle::default();
    writers::touch(&mut bundle, writer, last, now);
    tx.run_bundle(bundle).await?;
    tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
    Ok(true)
}

/// An error with its sources, for the log.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
