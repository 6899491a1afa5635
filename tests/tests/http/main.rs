//! The API as its clients meet it: a server on a port of its own, on both engines.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod accounts;
mod actions;
mod amendments;
mod as_of;
mod board;
mod catalogue;
mod clock;
mod compression;
mod contract;
mod cors;
mod deletions;
mod duplicate_orders;
mod epochs;
mod faults;
mod forgotten;
mod fulfillments;
mod histories;
mod known_logins;
mod labels;
mod logins;
mod lookups;
mod mails;
mod pages;
mod payments;
mod phone_numbers;
mod races;
mod refusals;
mod spellings;
mod staff_orders;
mod statements;
mod throttles;
mod time_lines;
mod totals;
