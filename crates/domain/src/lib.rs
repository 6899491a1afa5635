//! What ordervault knows about orders, without async, SQL, HTTP, clock, randomness or environment.

mod serde_text;
pub mod time;
