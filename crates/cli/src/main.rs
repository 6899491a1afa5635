//! The `ordervault` binary.

use std::process::ExitCode;

use ordervault::context::process_environment;
use ordervault::exit::{Exit, Failure};

fn main() -> ExitCode {
    match process_environment() {
        Ok(environment) => ordervault::run(std::env::args_os(), &environment),
        Err(error) => ordervault::fail(&Failure::new(Exit::Config, error)),
    }
}
