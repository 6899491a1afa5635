//! What the tests of the whole product share.

pub mod life;
pub mod postgres;
pub mod shop;
pub mod twin;
