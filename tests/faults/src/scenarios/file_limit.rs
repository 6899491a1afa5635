//! A limit to the size of files, as a service manager may set one.

use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, times) = (trial.dice(), trial.size(3, 1));
    let mut subject = Subject::open(&trial).await;
    subject.be_hasty(&trial).await;
    let log = subject.installation.file().with_extension("db-wal");
    let mut recoveries = vec![];
    for _ in 0..times {
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(1 + dice.below(10)).await;
                let length = log.metadata().map_or(0, |file| file.len());
                subject.server().limit_files(&length.to_string());
                match trial.is_control {
                    true => subject.ledger.more_done(100).await,
                    false => subject.ledger.more_refused(10).await,
                }
                subject.server().limit_files("unlimited");
            })
            .await;
        recoveries.push(subject.recovers().await.map(|said| format!("RECOVERY: {said}")));
    }
    let mut outcome = subject.judge(times).await;
    outcome.check_all(recoveries);
    outcome
}
