//! The program as a process, as an operator sees it. Here and not among the tests of the whole product, because cargo
//! tells only a package's own tests where its program is.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod clock;
mod command_line;
mod demo_seed;
mod docs;
mod examples;
mod import;
mod installation;
mod open_doors;
mod pages;
mod recovery;
mod reindex;
mod repair;
mod serve;
mod topology;
mod transfer;
