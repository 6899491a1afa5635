//! Two replicas behind a proxy, of which one after another is killed.

use std::net::SocketAddr;

use ordervault_tests::balancer::Balancer;
use ordervault_tests::postgres::free_port;

use crate::subject::{Subject, installation};
use crate::trial::{Outcome, Trial};

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, kills) = (trial.dice(), trial.size(10, 2));
    let replicas = [("ORDERVAULT_SERVER__REPLICAS", "2")];
    let mut subject = Subject::with(installation(&trial).await, &replicas).await;
    let beside = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut other = subject.start_another(beside);
    let proxy = Balancer::before(vec![subject.listen, beside]).await;
    subject.counter.address = proxy.address;
    subject.counter.is_forgetful = trial.is_control;
    subject
        .under_load(async |subject| {
            for _ in 0..kills {
                subject.ledger.more_done(10 + dice.below(30)).await;
                match dice.below(2) {
                    0 => subject.kill(),
                    _ => drop(other.take()),
                }
                // By the one that is left.
                subject.ledger.more_done(10).await;
                match other {
                    Some(_) => subject.start().expect("a replica"),
                    None => other = subject.start_another(beside),
                }
            }
        })
        .await;
    subject.judge(kills).await
}
