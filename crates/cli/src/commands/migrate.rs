//! `migrate`.

use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(_context: &Context) -> Result<Exit, Failure> {
    super::not_wired("migrate")
}
