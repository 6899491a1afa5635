//! `export jsonl`: everything, in our own format.

use std::path::Path;

use ordervault_persistence::transfer;
use tokio::io::{AsyncWrite, AsyncWriteExt as _, BufWriter};

use super::Tables;
use crate::args::Export;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};

/// Personal data is in it: nobody else may read the file.
const FILE_MODE: u32 = 0o600;

pub(super) async fn run(context: &Context, command: &Export) -> Result<Exit, Failure> {
    match command {
        Export::Jsonl { file } => export_jsonl(context, file).await,
    }
}

/// `file` may be `-`, which is standard output.
async fn export_jsonl(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let db = database::existing(&context.config).await?;
    let out: Box<dyn AsyncWrite + Unpin + Send> = match file == Path::new("-") {
        true => Box::new(tokio::io::stdout()),
        false => Box::new(make(file).await?),
    };
    let mut out = BufWriter::new(out);
    let mut tables = Tables::new(context);
    let counts = transfer::export(&db, &mut out, |progress| tables.show(progress)).await;
    tables.finish();
    db.close().await;
    let counts = counts?;
    out.shutdown().await?;
    context.say(&format!(
        "exported {} stores, {} products, {} customers, {} orders",
        counts.stores, counts.products, counts.customers, counts.orders
    ));
    Ok(Exit::Ok)
}

/// A new file; an export is never written over another one.
async fn make(file: &Path) -> Result<tokio::fs::File, Failure> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(FILE_MODE);
    options
        .open(file)
        .await
        .map_err(|error| Failure::new(Exit::CannotCreate, format!("cannot make {}: {error}", file.display())))
}
