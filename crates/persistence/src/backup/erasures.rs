//! Which accounts were erased, written down beside the backups: in those that were made before they still stand, and a restore
//! erases them again.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::id::{CustomerId, InstallationId};
use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::BackupError;
use super::folder::{BackupFolder, private};
use super::restore::submit;
use crate::db::Db;
use crate::read;
use crate::writer::{Operation, Writer};

/// Accounts that are in memory at a time.
const ROWS_PER_PAGE: i64 = 100;
/// The name of the file in the folder of backups.
const NAME: &str = "erased.jsonl";

/// A file with a line of JSON for each erased account: ids, and nothing that tells who it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureJournal {
    folder: BackupFolder,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Line {
    installation: InstallationId,
    customer: CustomerId,
}

impl ErasureJournal {
    /// The one in this folder, which is made with its first line.
    pub fn in_folder(folder: &BackupFolder) -> Self {
        Self { folder: folder.clone(), path: folder.path().join(NAME) }
    }

    /// Writes down that this account is erased; it is on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, installation: InstallationId, customer: CustomerId) -> Result<(), BackupError> {
        let failed = || BackupError::io("write", &self.path);
        self.folder.make()?;
        let mut file = private(&self.path).map_err(failed())?;
        let end = file.seek(SeekFrom::End(0)).map_err(failed())?;
        let line = serde_json::to_string(&Line { installation, customer }).map_err(io::Error::from);
        // Behind a line that was cut off, for example by a full disk, a new one begins.
        let gap = if end > 0 && !ends_with_line(&mut file).map_err(failed())? { "\n" } else { "" };
        let text = format!("{gap}{}\n", line.map_err(failed())?);
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())
    }

    /// The erased accounts of this installation. A line that cannot be read is passed over: it was cut off, and
    /// its account is written down again.
    ///
    /// # Errors
    /// When the file cannot be read. One that is not there has no lines.
    pub fn read(&self, installation: InstallationId) -> Result<BTreeSet<CustomerId>, BackupError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(BackupError::io("read", &self.path)(error)),
        };
        let lines =
            text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
        Ok(lines.filter(|line| line.installation == installation).map(|line| line.customer).collect())
    }
}

/// Leaves the place at the end of the file.
fn ends_with_line(file: &mut fs::File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// What became of accounts that were to be erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// So many stand in the journal, were there as before, and are erased again.
    pub erased: usize,
    /// So many were to be erased within the days of grace, and have all of them again.
    pub waiting: usize,
}

/// Erases again the accounts that stand in the journal. Of the others that were to be erased nobody knows whether their customers have
/// taken it back since: they have their days of grace from now on.
///
/// # Errors
/// When the journal or an account cannot be read, or one of them cannot be changed.
pub async fn settle_deletions(
    db: &Db,
    writer: &Writer,
    journal: &ErasureJournal,
) -> Result<Settled, BackupError> {
    let mut settled = Settled::default();
    for id in journal.read(writer.installation().id)? {
        let customer = read::customer(&mut db.read().await?, id).await?;
        if customer.is_some_and(|customer| customer.erased_at.is_none()) {
            submit(writer, Operation::erase_account(id)).await?;
            settled.erased += 1;
        }
    }
    let end_of_time = Timestamp::from_millis(i64::MAX);
    let mut renewed = BTreeSet::new();
    loop {
        let page = read::due_deletions(&mut db.read().await?, end_of_time, ROWS_PER_PAGE).await?;
        // Whoever has new days stands at the end.
        let ids: Vec<CustomerId> =
            page.iter().map(|customer| customer.id).filter(|id| !renewed.contains(id)).collect();
        if ids.is_empty() {
            settled.waiting = renewed.len();
            return Ok(settled);
        }
        let anew = |id: &CustomerId| {
            let request = CustomerCommand::RequestDeletion { despite_open_orders: true };
            [CustomerCommand::TakeBackDeletion, request].map(|command| Operation::on_customer(*id, command))
        };
        submit(writer, ids.iter().flat_map(anew).collect()).await?;
        renewed.extend(ids);
    }
}
