//! `openapi print`: the document that the API generates.

use crate::args::Openapi;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) fn run(_context: &Context, command: Openapi) -> Result<Exit, Failure> {
    match command {
        Openapi::Print => super::not_wired("openapi print"),
    }
}
