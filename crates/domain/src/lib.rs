//! What ordervault knows about orders, without async, SQL, HTTP, clock, randomness or environment.

pub mod contact;
pub mod id;
pub mod money;
pub mod number;
pub mod search;
mod serde_text;
pub mod text;
pub mod time;
