//! Lists of orders and of events: that they have what is asked for and nothing else, and what that costs.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod customers;
mod export;
mod history;
mod many_names;
mod model;
mod new_orders;
mod past;
mod phones;
mod summary;
mod words;
