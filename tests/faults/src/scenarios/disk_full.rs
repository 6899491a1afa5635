//! A disk without room.

use std::fs::{Permissions, create_dir, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use ordervault_tests::program::Installation;

use crate::disk::Disk;
use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

const DISK_MEBIBYTES: u64 = 48;

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, times) = (trial.dice(), trial.size(5, 1));
    let installation = Installation::of(&trial.program, None);
    let folder = installation.path().join("data");
    create_dir(&folder).expect("a folder");
    let disk = Disk::tmpfs(&folder, DISK_MEBIBYTES);
    set_permissions(&folder, Permissions::from_mode(0o700)).expect("a private folder");
    let mut subject = Subject::on(installation).await;
    subject.be_hasty(&trial).await;
    let mut recoveries = vec![];
    for _ in 0..times {
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(10 + dice.below(40)).await;
                let full = disk.fill();
                match trial.is_control {
                    true => subject.ledger.more_done(100).await,
                    false => subject.ledger.more_refused(10).await,
                }
                drop(full);
            })
            .await;
        recoveries.push(subject.recovers().await);
    }
    let mut outcome = subject.judge(times).await;
    outcome.check_all(recoveries);
    drop(disk);
    outcome
}
