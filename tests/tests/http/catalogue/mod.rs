//! What staff look after: stores, products, members.

mod members;
mod products;
mod stores;

use ordervault_api::problem::Code;
use ordervault_domain::access::Role;
use ordervault_persistence::db::Db;
use ordervault_tests::client::Client;
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use serde_json::{Value, json};

/// Where staff find it.
fn path(kind: &str, found: &Value) -> String {
    format!("/v1/staff/{kind}/{}", found["id"].as_str().unwrap_or_default())
}

/// The body of an order of so many units of one product.
fn order_of(product: &Value, quantity: i64) -> Value {
    json!({"store_id": product["store_id"], "lines": [{"product_id": product["id"], "quantity": quantity}],
        "contact": {"name": "王小明", "email": "ming@example.com"}})
}
