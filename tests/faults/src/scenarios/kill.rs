//! `kill -9` under load, at any moment.

use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, kills) = (trial.dice(), trial.size(10, 3));
    let mut subject = Subject::open(&trial).await;
    subject.be_hasty(&trial).await;
    let started = subject
        .under_load(async |subject| {
            for _ in 0..kills {
                subject.ledger.more_done(1 + dice.below(60)).await;
                subject.kill();
                subject.start()?;
            }
            Ok::<(), String>(())
        })
        .await;
    let mut outcome = subject.judge(kills).await;
    // What else went wrong follows from it.
    if let Err(said) = started {
        outcome.broken.insert(0, format!("START: {said}"));
    }
    outcome
}
