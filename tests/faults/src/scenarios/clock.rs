//! A clock that is wrong for a while.

use std::fs::write;

use crate::needs::fake_time;
use crate::subject::{Subject, installation};
use crate::trial::{Outcome, Trial};

const RIGHT: &str = "+0";
/// So far behind the newest record nothing is written.
const BACK: &str = "-1h";
/// So far ahead the way back is overtaken.
const AHEAD: &str = "+20s";

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, steps) = (trial.dice(), trial.size(6, 2));
    let installation = installation(&trial).await;
    let hands = installation.path().join("clock");
    let set = |to: &str| write(&hands, to).expect("the clock can be set");
    set(RIGHT);
    let library = fake_time().expect("it was there a moment ago");
    let environment = [
        ("LD_PRELOAD", &*library.to_string_lossy()),
        ("FAKETIME_TIMESTAMP_FILE", &hands.to_string_lossy()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let mut subject = Subject::with(installation, &environment).await;
    subject.be_hasty(&trial).await;
    let mut recoveries = vec![];
    for _ in 0..steps {
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(5 + dice.below(20)).await;
                match dice.below(2) == 0 {
                    true => set(AHEAD),
                    false => set(BACK),
                }
                subject.ledger.more(20).await;
                set(RIGHT);
            })
            .await;
        recoveries.push(subject.recovers().await.map(|said| format!("RECOVERY: {said}")));
    }
    let mut outcome = subject.judge(steps).await;
    outcome.check_all(recoveries);
    outcome
}
