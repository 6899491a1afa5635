//! Calls to the disk that fail, once or for a while.

use std::time::Duration;

use tokio::time::timeout;

use crate::disk::Tracer;
use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

/// Which calls fail how; `when` is put behind.
const ERRORS: &[&str] = &[
    "fsync,fdatasync:error=EIO",
    "write,pwrite64:error=EIO",
    "write,pwrite64:error=EROFS",
    "write,pwrite64,ftruncate:error=ENOSPC",
];
/// An error that strikes once may be met by nobody's order.
const WAIT: Duration = Duration::from_secs(5);

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, times) = (trial.dice(), trial.size(5, 1));
    let mut subject = Subject::open(&trial).await;
    subject.be_hasty(&trial).await;
    let database = subject.installation.file();
    let log = database.with_extension("db-wal");
    let mut recoveries = vec![];
    for _ in 0..times {
        let nth = 1 + dice.below(20);
        let error = dice.pick(ERRORS);
        let injection = match dice.below(2) {
            0 => format!("{error}:when={nth}"),
            _ => format!("{error}:when={nth}+"),
        };
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(10 + dice.below(40)).await;
                let tracer = Tracer::attach(subject.server().id(), &injection, &[&database, &log]);
                // Whether somebody was refused or not: what matters is what is there afterwards.
                let _ = timeout(WAIT, subject.ledger.more_refused(5)).await;
                drop(tracer);
            })
            .await;
        recoveries.push(subject.recovers().await.map(|said| format!("RECOVERY after {injection}: {said}")));
    }
    let mut outcome = subject.judge(times).await;
    outcome.check_all(recoveries);
    outcome
}
