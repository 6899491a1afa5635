//! A clock that is wrong for a while.

use std::fs::write;

use tempfile::TempDir;

use crate::needs::fake_time;
use crate::subject::{Subject, installation};
use crate::trial::{Outcome, Trial};

pub(super) const RIGHT: &str = "+0";
/// So far behind the newest record nothing is written.
const BACK: &str = "-1h";
/// So far ahead the way back is overtaken.
const AHEAD: &str = "+20s";

/// The clock of a server, as a file says by how much it is wrong.
pub(super) struct FakeClock {
    _folder: TempDir,
    hands: String,
    library: String,
}

impl FakeClock {
    /// One that is right.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the clock");
        let hands = folder.path().join("clock").to_string_lossy().into_owned();
        let library = fake_time().expect("it was there a moment ago").to_string_lossy().into_owned();
        let clock = Self { _folder: folder, hands, library };
        clock.set(RIGHT);
        clock
    }

    /// Sets it.
    pub(super) fn set(&self, to: &str) {
        write(&self.hands, to).expect("the clock can be set");
    }

    /// With what a server is started that goes by it.
    pub(super) fn environment(&self) -> [(&str, &str); 4] {
        [
            ("LD_PRELOAD", &self.library),
            ("FAKETIME_TIMESTAMP_FILE", &self.hands),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]
    }
}

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, steps) = (trial.dice(), trial.size(6, 2));
    let clock = FakeClock::new();
    let mut subject = Subject::with(installation(&trial).await, &clock.environment()).await;
    subject.be_hasty(&trial).await;
    let mut recoveries = vec![];
    for _ in 0..steps {
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(5 + dice.below(20)).await;
                match dice.below(2) == 0 {
                    true => clock.set(AHEAD),
                    false => clock.set(BACK),
                }
                subject.ledger.more(20).await;
                clock.set(RIGHT);
            })
            .await;
        recoveries.push(subject.recovers().await.map(|said| format!("RECOVERY: {said}")));
    }
    let mut outcome = subject.judge(steps).await;
    outcome.check_all(recoveries);
    outcome
}
