//! Reader for the public Brazilian marketplace data set of Olist: seven CSV files, plain or gzip'ed, in one folder.
//!
//! [`read`] reads and joins all files before anything is imported, so that a missing file, a missing column or a
//! cut-off archive stops the import while nothing is half done. Broken *rows* do not stop it: each becomes a
//! [`Finding`], the order concerned is left out, the rest comes in, and [`Summary`] accounts for every row.
//!
//! The files, their columns and their oddities are those of the data set as published. Times carry no zone (the
//! importer knows the store's); money is Brazilian real in minor units (centavos).
//!
//! To read one more column: add it to the column list of its file in `assemble.rs` and to its type in `data.rs`.

mod assemble;
mod data;
mod error;
mod fields;
mod findings;
mod operations;
mod status;
mod table;
#[cfg(test)]
mod tests;

pub use assemble::read;
pub use data::{Olist, OlistLine, OlistOrder, OlistProduct};
pub use error::OlistError;
pub use fields::FEDERAL_STATES;
pub use findings::{FileCount, Finding, PaymentSum, Reason, Summary};
pub use operations::{Translator, customers, products};
pub use status::OlistStatus;
