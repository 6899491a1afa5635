//! `export jsonl`: everything, in our own format.

use std::io;
use std::path::Path;

use ordervault_persistence::db::Db;
use ordervault_persistence::transfer::{self, Counts};
use tokio::io::{AsyncWrite, AsyncWriteExt as _, BufWriter};

use super::tables::Tables;
use crate::args::Export;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context, command: &Export) -> Result<Exit, Failure> {
    match command {
        Export::Jsonl { file } => export_jsonl(context, file).await,
    }
}

/// `file` may be `-`, which is standard output.
async fn export_jsonl(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let db = database::existing(&context.config).await?;
    let counts = match file == Path::new("-") {
        true => write(context, &db, &mut BufWriter::new(tokio::io::stdout())).await,
        false => to_file(context, &db, file).await,
    };
    db.close().await;
    let counts = counts?;
    context.say(&format!(
        "exported {} stores, {} products, {} customers, {} orders",
        counts.stores, counts.products, counts.customers, counts.orders
    ));
    Ok(Exit::Ok)
}

/// Writes beside the file and gives it its name when it is whole and on the disk: a run that fails leaves nothing behind. An
/// export is never written over another one. Personal data is in it: nobody else may read it.
async fn to_file(context: &Context, db: &Db, file: &Path) -> Result<Counts, Failure> {
    let cannot = |error: io::Error| {
        Failure::new(Exit::CannotCreate, format!("cannot make {}: {error}", file.display()))
    };
    if file.exists() {
        return Err(cannot(io::Error::new(io::ErrorKind::AlreadyExists, "File exists")));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::Builder::new().prefix("ordervault-").suffix(".part").tempfile_in(folder);
    let part = part.map_err(cannot)?;
    let mut out = BufWriter::new(tokio::fs::File::from_std(part.reopen().map_err(cannot)?));
    let counts = write(context, db, &mut out).await?;
    out.get_ref().sync_all().await?;
    part.persist_noclobber(file).map_err(|error| cannot(error.error))?;
    #[cfg(unix)]
    tokio::fs::File::open(folder).await?.sync_all().await?;
    Ok(counts)
}

async fn write(
    context: &Context,
    db: &Db,
    out: &mut (impl AsyncWrite + Unpin + Send),
) -> Result<Counts, Failure> {
    let mut tables = Tables::new(context);
    let counts = transfer::export(db, out, |progress| tables.show(progress)).await;
    tables.finish();
    let counts = counts?;
    out.flush().await?;
    Ok(counts)
}
