//! After a server that was killed, or went down with its machine: a quick look at the pages of the SQLite file, in the background.

use std::sync::{Arc, OnceLock};

use ordervault_api::state::ReadyDetail;
use ordervault_persistence::Error;
use ordervault_persistence::db::Db;
use ordervault_persistence::verify::quick_check;

use crate::exit::Failure;
use crate::shutdown::Shutdown;

/// What was found; nothing yet while it is being looked.
#[derive(Clone, Default)]
pub(super) struct Recheck(Arc<OnceLock<String>>);

impl Recheck {
    /// Looks, unless the server is told to stop first.
    pub(super) fn start(db: Db, stop: Shutdown) -> Self {
        let recheck = Self::default();
        let told = Arc::clone(&recheck.0);
        tokio::spawn(async move {
            tracing::info!("the last server did not stop as it should: checking the pages of the database");
            let found = tokio::select! {
                () = stop.requested() => return,
                found = quick_check(&db) => found,
            };
            // It is told once.
            _ = told.set(words(&found));
            match found {
                Ok(complaints) if complaints.is_empty() => {
                    tracing::info!("the pages of the database are sound");
                }
                Ok(complaints) => {
                    tracing::error!(
                        ?complaints,
                        "pages of the database are damaged: run `ordervault verify`"
                    );
                }
                Err(error) => {
                    let error = Failure::from(error);
                    tracing::warn!(%error, "the pages of the database could not be checked");
                }
            }
        });
        recheck
    }

    /// Tells the operator.
    pub(super) fn detail(&self) -> ReadyDetail {
        let told = Arc::clone(&self.0);
        ReadyDetail::new("storage", move || {
            let looking =
                || "the last server did not stop as it should: its pages are being checked".to_owned();
            Some(told.get().cloned().unwrap_or_else(looking))
        })
    }
}

fn words(found: &Result<Vec<String>, Error>) -> String {
    match found {
        Ok(complaints) if complaints.is_empty() => {
            "the last server did not stop as it should; the pages of the database are sound".to_owned()
        }
        Ok(_) => {
            "pages of the database are damaged: run `ordervault verify`, see docs/recovery.md".to_owned()
        }
        Err(_) => "the pages of the database could not be checked: run `ordervault verify`".to_owned(),
    }
}
