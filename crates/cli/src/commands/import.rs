//! `import olist|jsonl`: orders from elsewhere.

use std::path::Path;

use crate::args::Import;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::olist::{self, Olist};

pub(super) async fn run(context: &Context, command: &Import) -> Result<Exit, Failure> {
    match command {
        Import::Olist { folder } => import_olist(context, folder).await,
        Import::Jsonl { file } => import_jsonl(context, file).await,
    }
}

/// Reads everything, tells the findings, and hands the sound orders over.
async fn import_olist(context: &Context, folder: &Path) -> Result<Exit, Failure> {
    let olist = olist::read(folder)?;
    for finding in &olist.findings {
        context.say(&finding.to_string());
    }
    store_olist(context, &olist).await?;
    context.print(&olist.summary.to_string())?;
    Ok(if olist.summary.is_clean() { Exit::Ok } else { Exit::Findings })
}

/// Sends each order through the writer as an import command; orders already there stay as they are.
async fn store_olist(_context: &Context, _olist: &Olist) -> Result<Exit, Failure> {
    super::not_wired("import olist")
}

async fn import_jsonl(_context: &Context, _file: &Path) -> Result<Exit, Failure> {
    super::not_wired("import jsonl")
}
