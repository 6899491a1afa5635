//! The write queue, without HTTP: what it promises, on both engines. The letters are those of its list of promises.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod commands;
mod failures;
mod groups;
mod possible_duplicates;
mod processes;
mod refusals;
mod shutdown;
mod times;
mod twins;
