//! Power cuts: whatever is not on the disk when the power goes is gone.

use std::fs::{Permissions, create_dir, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use ordervault_persistence::engine::Engine;
use ordervault_tests::cluster::Cluster;
use ordervault_tests::program::Installation;

use crate::disk::{Disk, Tracer};
use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

const DISK_MEBIBYTES: u64 = 512;

pub(super) async fn round(trial: Trial) -> Outcome {
    match trial.engine {
        Engine::Sqlite => embedded(&trial).await,
        Engine::Postgres => cluster(&trial).await,
    }
}

async fn embedded(trial: &Trial) -> Outcome {
    let (dice, cuts) = (trial.dice(), trial.size(5, 1));
    let installation = Installation::of(&trial.program, None);
    let folder = installation.path().join("data");
    create_dir(&folder).expect("a folder");
    let disk = Disk::ext4(&folder, DISK_MEBIBYTES);
    set_permissions(&folder, Permissions::from_mode(0o700)).expect("a private folder");
    let mut subject = Subject::on(installation).await;
    for _ in 0..cuts {
        disk.sync();
        let liar =
            trial.is_control.then(|| Tracer::attach(subject.server().id(), "fsync,fdatasync:retval=0", &[]));
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(20 + dice.below(100)).await;
                disk.cut_power();
                subject.kill();
            })
            .await;
        drop(liar);
        disk.power_on();
        subject.start().expect("a server after the power cut");
    }
    let mut outcome = subject.judge(cuts).await;
    outcome.checked += cuts;
    drop(disk);
    outcome
}

async fn cluster(trial: &Trial) -> Outcome {
    let (dice, cuts) = (trial.dice(), trial.size(5, 1));
    let settings: &[&str] = if trial.is_control { &["fsync=off"] } else { &[] };
    let cluster = Cluster::plan();
    let disk = Disk::ext4(&cluster.disk(), DISK_MEBIBYTES);
    cluster.make(settings);
    let mut subject = Subject::on(Installation::of(&trial.program, Some(cluster.url()))).await;
    for _ in 0..cuts {
        disk.sync();
        subject
            .under_load(async |subject| {
                subject.ledger.more_done(20 + dice.below(100)).await;
                disk.cut_power();
                cluster.kill();
                subject.kill();
            })
            .await;
        disk.power_on();
        cluster.start(settings);
        subject.start().expect("a server after the power cut");
    }
    let outcome = subject.judge(cuts).await;
    drop(cluster);
    outcome
}
