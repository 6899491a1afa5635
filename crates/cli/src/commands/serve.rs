//! `serve`: opens the database, makes the first owner, runs the API until it is told to stop.

use crate::args::Serve;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(_context: &Context, _args: &Serve) -> Result<Exit, Failure> {
    super::not_wired("serve")
}
