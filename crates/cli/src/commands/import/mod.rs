//! `import olist|jsonl`: orders from elsewhere.

mod jsonl;
mod olist;

use crate::args::Import;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context, command: &Import) -> Result<Exit, Failure> {
    match command {
        Import::Olist { folder } => olist::run(context, folder).await,
        Import::Jsonl { file } => jsonl::run(context, file).await,
    }
}
