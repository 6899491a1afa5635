//! The write queue, without HTTP: what it promises, on both engines. The letters are those of `docs/write-queue.md`.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod commands;
mod failures;
mod goods;
mod groups;
mod logins;
mod possible_duplicates;
mod priced;
mod processes;
mod refusals;
mod shutdown;
mod times;
mod twins;
