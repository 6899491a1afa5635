//! A network that loses COMMITs, or their answers.

use std::time::Duration;

use ordervault_tests::postgres::empty_database;
use ordervault_tests::program::Installation;
use ordervault_tests::proxy::{Fault, Proxy};
use tokio::time::sleep;

use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

const FAULTS: &[Fault] = &[Fault::LoseCommit, Fault::LoseAnswer, Fault::DelayCommit];

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, cuts) = (trial.dice(), trial.size(20, 6));
    let proxy = Proxy::before(&empty_database().await).await;
    let mut subject = Subject::on(Installation::of(&trial.program, Some(proxy.url().to_owned()))).await;
    subject.counter.is_forgetful = trial.is_control;
    subject
        .under_load(async |subject| {
            for _ in 0..cuts {
                proxy.arm(*dice.pick(FAULTS));
                while !proxy.has_fired() {
                    sleep(Duration::from_millis(5)).await;
                }
                subject.ledger.more_done(1 + dice.below(10)).await;
            }
        })
        .await;
    subject.judge(cuts).await
}
