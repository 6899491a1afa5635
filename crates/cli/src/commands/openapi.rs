//! `openapi print`: the document that the API generates.

use ordervault_api::app::all_routes;
use ordervault_api::openapi::Contract;

use crate::args::Openapi;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) fn run(context: &Context, command: Openapi) -> Result<Exit, Failure> {
    match command {
        Openapi::Print => {
            let contract =
                Contract::of(&all_routes(false)).map_err(|error| Failure::caused(Exit::Internal, &error))?;
            context.print(&String::from_utf8_lossy(contract.json()))?;
            Ok(Exit::Ok)
        }
    }
}
