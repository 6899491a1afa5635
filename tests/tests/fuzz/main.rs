//! Whatever strangers send, to the parsers that meet it first: nothing panics, nothing is the server's fault, and what was
//! understood says the same when it is printed and read again.
//!
//! Each law is tried on so many inputs for each seed (see `ordervault_tests::seed`); `PROPTEST_CASES=100000` makes it a long
//! night. To add a parser: a law in [`values`] for what stands in a text, a place in [`requests`] for what stands in a
//! request. The files of other shops (CSV) are read by the program and fuzzed beside their reader, in `crates/cli/src/olist`.
#![expect(clippy::expect_used, reason = "tests may")]

mod requests;
mod values;
