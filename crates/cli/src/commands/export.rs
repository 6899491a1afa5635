//! `export jsonl`: everything, in our own format.

use std::fs::{self, TryLockError};
use std::io;
use std::path::Path;

use ordervault_persistence::db::Db;
use ordervault_persistence::transfer::{self, TransferError};
use ordervault_persistence::verify::Report;
use tempfile::NamedTempFile;
use tokio::io::{AsyncWrite, AsyncWriteExt as _, BufWriter};

use super::tables::Tables;
use super::verify;
use crate::args::Export;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure, complain};
use crate::secrets;

/// How the names of unfinished exports begin and end.
const UNFINISHED: (&str, &str) = ("ordervault-export-", ".part");

pub(super) async fn run(context: &Context, command: &Export) -> Result<Exit, Failure> {
    match command {
        Export::Jsonl { file, salvage } => export_jsonl(context, file, *salvage).await,
    }
}

/// `file` may be `-`, which is standard output.
async fn export_jsonl(context: &Context, file: &Path, is_salvage: bool) -> Result<Exit, Failure> {
    let db = database::existing(&context.config).await?;
    let left_out = match file == Path::new("-") {
        true => write(context, &db, &mut BufWriter::new(tokio::io::stdout()), is_salvage).await,
        false => to_file(context, &db, file, is_salvage).await,
    };
    db.close().await;
    let left_out = left_out?;
    for finding in &left_out.findings {
        complain(&format!("left out: {finding}"));
    }
    for (code, total) in &left_out.totals {
        complain(&format!("{total} × {code}"));
    }
    for (what, times) in &left_out.not_checked {
        complain(&format!("not checked: {what} ({times} ×)"));
    }
    Ok(verify::exit(&left_out))
}

/// Writes beside the file and gives it its name when it is whole and on the disk: a run that fails leaves nothing behind, and
/// what one leaves that is killed, the next one in this folder removes. An export is never written over another one. Personal
/// data is in it: nobody else may read it.
async fn to_file(context: &Context, db: &Db, file: &Path, is_salvage: bool) -> Result<Report, Failure> {
    let cannot = |error: io::Error| {
        Failure::new(Exit::CannotCreate, format!("cannot make {}: {error}", file.display()))
    };
    if file.exists() {
        return Err(cannot(io::Error::new(io::ErrorKind::AlreadyExists, "File exists")));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = unfinished(folder).map_err(cannot)?;
    let mut out = BufWriter::new(tokio::fs::File::from_std(part.reopen().map_err(cannot)?));
    let left_out = write(context, db, &mut out, is_salvage).await?;
    out.get_ref().sync_all().await?;
    part.persist_noclobber(file).map_err(|error| cannot(error.error))?;
    #[cfg(unix)]
    tokio::fs::File::open(folder).await?.sync_all().await?;
    Ok(left_out)
}

/// A file of this run alone, locked as long as it is written, by which others tell it from what a killed run has left.
fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    sweep(folder);
    loop {
        let part = tempfile::Builder::new().prefix(UNFINISHED.0).suffix(UNFINISHED.1).tempfile_in(folder)?;
        match part.as_file().try_lock() {
            // Before it was locked another run may have swept it away.
            Ok(()) if !part.path().exists() => {}
            Err(TryLockError::WouldBlock) => {}
            // Where nothing can be locked nothing is swept either.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(part),
        }
    }
}

/// Removes what nobody writes any more. What cannot be removed is left where it is.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_unfinished =
            name.to_str().is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1))
                && entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_unfinished && fs::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns what had to be left out.
async fn write(
    context: &Context,
    db: &Db,
    out: &mut (impl AsyncWrite + Unpin + Send),
    is_salvage: bool,
) -> Result<Report, Failure> {
    let keys = secrets::existing(&context.config)?.map(|secrets| secrets.key_ring());
    let mut tables = Tables::new(context);
    let outcome = match is_salvage {
        true => transfer::salvage(db, keys.as_ref(), out, |progress| tables.show(progress)).await,
        false => transfer::export(db, out, |progress| tables.show(progress))
            .await
            .map(|counts| (counts, Report::default())),
    };
    tables.finish();
    let (counts, left_out) = outcome.map_err(failure)?;
    out.flush().await?;
    context.say(&format!(
        "exported {} stores, {} products, {} customers, {} orders",
        counts.stores, counts.products, counts.customers, counts.orders
    ));
    Ok(left_out)
}

/// With the way on, where some of what is stored cannot be read.
fn failure(error: TransferError) -> Failure {
    let is_of_the_rows = matches!(&error, TransferError::Database(error) if error.is_of_the_rows());
    let mut failure = Failure::from(error);
    if is_of_the_rows {
        failure.message.push_str("; with --salvage everything else is exported");
    }
    failure
}
