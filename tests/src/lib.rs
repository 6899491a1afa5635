//! What the tests of the whole product share.

pub mod balancer;
pub mod damage;
pub mod dump;
pub mod explain;
pub mod fabricate;
pub mod http;
pub mod life;
pub mod postgres;
pub mod proxy;
pub mod questions;
pub mod queue;
pub mod shop;
pub mod site;
pub mod twin;
pub mod wishes;
