//! That a shop holds together, and moves house without loss.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod pages;
mod reindex;
mod repair;
mod snapshots;
mod tampers;
mod times;
mod transfer;
mod verify;
