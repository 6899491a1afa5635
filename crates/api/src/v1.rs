//! The API proper, everything under `/v1`: one module per kind of resource, each with a `routes()`.
//!
//! The way of a change: handler → [`crate::principals`] (who, with which permission) → request type to command →
//! `caller` → `submit` → the write queue → `answer` → `order_body` and its kin.

mod as_of;
mod auth;
mod board;
mod caller;
mod catalogue;
mod contact;
mod email_verification;
mod fields;
mod fulfillment_body;
mod history;
mod labels;
mod login;
mod masked_order;
mod me;
mod money;
mod offers;
mod one_time_codes;
mod order_body;
mod order_lookups;
mod order_payments;
mod order_totals;
mod orders;
mod own_password;
mod paging;
mod password_reset;
mod paths;
mod possible_duplicates;
mod resource;
mod staff;
mod store_terms;
mod timeline;
mod totals_sheet;

use crate::routes::Routes;

/// Every endpoint under `/v1`.
pub fn routes() -> Routes {
    Routes::new()
        .and(auth::routes())
        .and(password_reset::routes())
        .and(email_verification::routes())
        .and(me::routes())
        .and(catalogue::routes())
        .and(labels::routes())
        .and(orders::routes())
        .and(order_lookups::routes())
        .and(board::routes())
        .and(staff::routes())
}
