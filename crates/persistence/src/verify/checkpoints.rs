//! The database against its checkpoints.

use std::path::Path;

use super::report::{Code, Finding, Report};
use super::slices::whole;
use crate::checkpoint::{self, Checkpoint, CheckpointKind, Folder, FolderFault, Root};
use crate::db::Db;
use crate::error::{DbError, Error};
use crate::migrate;
use crate::seal::KeyRing;
use crate::tables::installations::installation;
use crate::tx::Conn;

/// Looks whether the files in the folder are whole, and whether the events are those that they tell of. Events that cannot be
/// read are reported, not returned as an error.
///
/// # Errors
/// When the folder cannot be read, or the database does not answer.
pub async fn verify_checkpoints(
    db: &Db,
    keys: Option<&KeyRing>,
    folder: &Path,
    report: &mut Report,
) -> Result<(), Error> {
    let (checkpoints, faults) = Folder::new(folder).check(keys).map_err(|error| {
        DbError::File(format!("the folder of checkpoints {} cannot be read: {error}", folder.display()))
    })?;
    for fault in faults {
        match told(fault) {
            Ok(detail) => report.add(finding(Code::CheckpointFile, None, detail)),
            Err(key) => report.lacks_key(&key),
        }
    }
    report.looked("checkpoints", checkpoints.len());
    let outcome = events(&mut db.read().await?, checkpoints, report).await;
    whole("outbox", outcome, report)
}

/// Are the events those that the checkpoints tell of?
async fn events(conn: &mut Conn, checkpoints: Vec<Checkpoint>, report: &mut Report) -> Result<(), Error> {
    let migrations = migrate::applied(conn).await?;
    let last = checkpoint::last(conn).await?;
    let own = installation(conn).await?.map(|own| own.id.to_string()).unwrap_or_default();
    let mut root = Root::default();
    for checkpoint in in_force(checkpoints) {
        let seq = i64::try_from(checkpoint.number).ok();
        let (from, at) = (root.position + 1, checkpoint.taken_at);
        if checkpoint.installation != own {
            let detail = format!("it tells of another installation, {}", checkpoint.installation);
            report.add(finding(Code::CheckpointDiffers, seq, detail));
            continue;
        }
        if checkpoint.position > last {
            let detail = format!(
                "it tells of {} events at {at}, and there are {last}: the database is an older one, or its newest events \
                 were cut off",
                checkpoint.position
            );
            report.add(finding(Code::CheckpointAhead, seq, detail));
            continue;
        }
        while checkpoint::advance(conn, &mut root, checkpoint.position).await? {}
        if root != checkpoint.root() {
            let detail =
                format!("the events from position {from} to {} are not those of {at}", checkpoint.position);
            report.add(finding(Code::CheckpointDiffers, seq, detail));
            // What comes after it is looked at by itself.
            root = checkpoint.root();
        }
        if checkpoint.migrations.iter().any(|known| !migrations.contains(known)) {
            let detail = format!("the migrations are not those of {at}");
            report.add(finding(Code::CheckpointDiffers, seq, detail));
        }
    }
    Ok(())
}

/// The checkpoints that hold, in the order of their positions: a restore gives up what went beyond it.
fn in_force(checkpoints: Vec<Checkpoint>) -> Vec<Checkpoint> {
    let mut in_force: Vec<Checkpoint> = vec![];
    for checkpoint in checkpoints {
        if checkpoint.kind == CheckpointKind::Restored {
            in_force.retain(|former| former.position <= checkpoint.position);
        }
        in_force.push(checkpoint);
    }
    in_force.sort_by_key(|checkpoint| checkpoint.position);
    in_force
}

/// What is wrong with the files, in words; or the key that is not here.
fn told(fault: FolderFault) -> Result<String, String> {
    Ok(match fault {
        FolderFault::Empty => "there is none in the folder".to_owned(),
        FolderFault::Altered(name) => format!("{name} is not what was written: altered, doubled or renamed"),
        FolderFault::Lost { first, last } if first == last => format!("number {first} is not there"),
        FolderFault::Lost { first, last } => format!("numbers {first} to {last} are not there"),
        FolderFault::Unconnected(number) => format!("number {number} does not go on from the one before"),
        FolderFault::NotChecked(_, key) => return Err(key),
    })
}

fn finding(code: Code, seq: Option<i64>, detail: String) -> Finding {
    Finding { code, table: "checkpoints", id: None, name: String::new(), seq, detail }
}
