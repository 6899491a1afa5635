//! Lists of orders: that they have what is asked for and nothing else, and what that costs.
#![expect(clippy::expect_used, reason = "tests may")]

mod export;
mod model;
mod phones;
mod plans;
mod words;
