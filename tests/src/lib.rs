//! What the tests of the whole product share.

pub mod balancer;
pub mod damage;
pub mod dump;
pub mod explain;
pub mod fabricate;
pub mod http;
pub mod life;
pub mod list_queries;
pub mod postgres;
pub mod proxy;
pub mod queue;
pub mod random_submissions;
pub mod shop;
pub mod site;
pub mod twin;
