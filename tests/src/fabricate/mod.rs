//! Orders by the hundred thousand, written by SQL alone: for query plans, costs and timings. They have no history, or one
//! that no hash binds, so that nothing that verifies may look at such a database.
//!
//! The shop is as uneven as shops are: most orders are completed, one store has half of them and one has two, one customer
//! has one in fifty, and one order has been changed again and again.

mod beside;
mod orders;

pub use beside::{GREAT_BATCH, fabricate_beside};
pub use orders::*;
