//! `import jsonl`: what `export jsonl` wrote.

use std::path::Path;

use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(_context: &Context, _file: &Path) -> Result<Exit, Failure> {
    super::super::not_wired("import jsonl")
}
