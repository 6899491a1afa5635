//! `export jsonl`: everything, in our own format.

use std::path::Path;

use crate::args::Export;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context, command: &Export) -> Result<Exit, Failure> {
    match command {
        Export::Jsonl { file } => export_jsonl(context, file).await,
    }
}

/// `file` may be `-`, which is standard output.
async fn export_jsonl(_context: &Context, _file: &Path) -> Result<Exit, Failure> {
    super::not_wired("export jsonl")
}
