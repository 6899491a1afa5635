//! Makes backups of a SQLite database and removes old ones, where that is configured, and tells how old the newest is.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::job::{Job, JobError, Remaining, Tools};
use crate::settings::Backups;
use crate::telemetry;

/// The job that makes backups. A server that is told to stop waits for one that is being made.
pub struct MakeBackups(Backups);

impl MakeBackups {
    /// As configured.
    #[must_use]
    pub fn new(backups: Backups) -> Self {
        Self(backups)
    }

    async fn look(&self, tools: &Tools) -> Result<Remaining, JobError> {
        let Backups { folder, schedule, keep, maker } = &self.0;
        let now = tools.now();
        // One that was made in a time to come says nothing of now.
        let newest = folder.list()?.into_iter().find(|backup| backup.manifest.made_at <= now);
        let age = newest.map(|newest| now.millis() - newest.manifest.made_at.millis());
        if let Some(age) = age {
            telemetry::set_backup_age(age);
        }
        let is_due = schedule.is_some_and(|schedule| {
            age.is_none_or(|age| u128::from(age.unsigned_abs()) >= schedule.as_millis())
        });
        if is_due {
            let backup = folder.create(&tools.db, maker, now).await?;
            telemetry::set_backup_age(0);
            tracing::info!(backup = backup.name(), bytes = backup.manifest.bytes, "a backup was made");
            for removed in folder.prune(*keep, now).await? {
                tracing::info!(backup = removed.name(), "an old backup was removed");
            }
        }
        Ok(Remaining::Nothing)
    }
}

impl Job for MakeBackups {
    fn name(&self) -> &'static str {
        "backups"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}
