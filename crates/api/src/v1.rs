//! The API proper, everything under `/v1`: one module per kind of thing, each with a `routes()`.
//!
//! The way of a change: handler → [`crate::auth`] (who, with which permission) → request type to command → `submit` → the
//! write queue → `order_body` and its kin → answer.

mod as_of;
mod auth;
mod board;
mod catalogue;
mod contact;
mod fields;
mod history;
mod login;
mod look_alike;
mod masked_order;
mod me;
mod money;
mod order_body;
mod order_lookups;
mod orders;
mod paging;
mod resource;
mod staff;
pub(crate) mod submit;
mod timeline;

pub use paging::Cursors;

use crate::routes::Routes;

/// Every endpoint under `/v1`.
pub fn routes() -> Routes {
    Routes::new()
        .and(auth::routes())
        .and(me::routes())
        .and(catalogue::routes())
        .and(orders::routes())
        .and(order_lookups::routes())
        .and(board::routes())
        .and(staff::routes())
}
