//! Removing backups that are not needed any more.

use std::collections::BTreeSet;
use std::fs;

use ordervault_domain::time::{DAY_MILLIS, HOUR_MILLIS, Timestamp};

use super::error::BackupError;
use super::folder::{Backup, BackupFolder, blocking, flush};

const WEEK_MILLIS: i64 = 7 * DAY_MILLIS;

/// How many backups are kept: the newest of each of so many hours, days and weeks (in UTC) that have one, and the newest of
/// all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Hours.
    pub hourly: u32,
    /// Days.
    pub daily: u32,
    /// Weeks.
    pub weekly: u32,
}

impl Keep {
    /// From when on a backup of then is not kept, where each hour, day and week that is counted has another one.
    #[must_use]
    pub fn until(self, made_at: Timestamp) -> Timestamp {
        let classes = [(self.hourly, HOUR_MILLIS), (self.daily, DAY_MILLIS), (self.weekly, WEEK_MILLIS)];
        let ends = classes.into_iter().filter(|(count, _)| *count > 0).map(|(count, span)| {
            (made_at.millis().div_euclid(span).saturating_add(count.into())).saturating_mul(span)
        });
        Timestamp::from_millis(ends.max().unwrap_or(made_at.millis()))
    }

    /// Those that are kept, by their place; the times are sorted, the newest first.
    fn kept(self, made: &[Timestamp]) -> BTreeSet<usize> {
        let mut kept = BTreeSet::from([0]);
        let classes = [(self.hourly, HOUR_MILLIS), (self.daily, DAY_MILLIS), (self.weekly, WEEK_MILLIS)];
        for (count, span) in classes {
            let mut last = None;
            let mut left = count;
            for (place, at) in made.iter().enumerate() {
                let period = at.millis().div_euclid(span);
                if left > 0 && last != Some(period) {
                    kept.insert(place);
                    (last, left) = (Some(period), left - 1);
                }
            }
        }
        kept
    }
}

impl BackupFolder {
    /// Removes the backups that are beyond those to keep, and tells which. The newest whole one always stays, and so do those of
    /// a time to come, made by a clock that was ahead, which count for nothing before.
    ///
    /// # Errors
    /// When another backup is being made, not one is whole, or a file cannot be removed.
    pub async fn prune(&self, keep: Keep, now: Timestamp) -> Result<Vec<Backup>, BackupError> {
        let folder = self.clone();
        blocking(move || folder.prune_now(keep, now)).await
    }

    fn prune_now(&self, keep: Keep, now: Timestamp) -> Result<Vec<Backup>, BackupError> {
        let mut backups = self.list()?;
        backups.retain(|backup| backup.manifest.made_at <= now);
        let times: Vec<Timestamp> = backups.iter().map(|backup| backup.manifest.made_at).collect();
        let mut kept = keep.kept(&times);
        if (0..backups.len()).all(|place| kept.contains(&place)) {
            return Ok(vec![]);
        }
        let _lock = self.lock()?;
        let whole = backups.iter().position(|backup| backup.check_bytes().is_ok());
        kept.insert(whole.ok_or_else(|| BackupError::NoneWhole(self.path().to_owned()))?);
        let places = backups.into_iter().enumerate();
        let removed: Vec<Backup> =
            places.filter(|(place, _)| !kept.contains(place)).map(|(_, backup)| backup).collect();
        for backup in &removed {
            // The manifest first: what is left without one is no backup.
            for path in [backup.path.with_extension("json"), backup.path.clone()] {
                fs::remove_file(&path).map_err(BackupError::io("remove", &path))?;
            }
        }
        flush(self.path())?;
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_kept_until_then_and_no_longer() {
        let hour = |hours: i64| Timestamp::from_millis(20_000 * DAY_MILLIS + hours * HOUR_MILLIS);
        for keep in [(24, 7, 4), (3, 0, 0), (1, 2, 0), (0, 0, 2), (100, 1, 0)] {
            let (hourly, daily, weekly) = keep;
            let keep = Keep { hourly, daily, weekly };
            // The last of its hour, day and week.
            let first = hour(-1).millis().div_euclid(WEEK_MILLIS) * WEEK_MILLIS - HOUR_MILLIS;
            let is_kept_at = |now: i64| {
                let made: Vec<Timestamp> = (0..=(now - first) / HOUR_MILLIS)
                    .map(|back| Timestamp::from_millis(now - back * HOUR_MILLIS))
                    .collect();
                keep.kept(&made).contains(&(made.len() - 1))
            };
            let until = keep.until(Timestamp::from_millis(first)).millis();
            assert!(is_kept_at(until - HOUR_MILLIS) && !is_kept_at(until), "{keep:?}");
        }
        assert_eq!(Keep { hourly: 0, daily: 0, weekly: 0 }.until(hour(5)), hour(5));
    }

    #[test]
    fn the_newest_of_each_period_is_kept() {
        // Every half an hour for thirty days, the newest first.
        let newest = 20_000 * DAY_MILLIS + 5 * HOUR_MILLIS;
        let made: Vec<Timestamp> =
            (0..30 * 48).map(|back| Timestamp::from_millis(newest - back * HOUR_MILLIS / 2)).collect();
        let kept = |hourly, daily, weekly| Keep { hourly, daily, weekly }.kept(&made);
        assert_eq!(kept(0, 0, 0), BTreeSet::from([0]));
        assert_eq!(kept(3, 0, 0), BTreeSet::from([0, 1, 3]));
        assert_eq!(kept(0, 2, 0), BTreeSet::from([0, 11]));
        assert_eq!(kept(0, 0, 9).len(), 6, "there are no more weeks");
        assert_eq!(
            kept(24, 7, 4),
            kept(24, 0, 0).into_iter().chain(kept(0, 7, 0)).chain(kept(0, 0, 4)).collect()
        );
    }
}
