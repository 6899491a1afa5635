//! The API as its clients meet it, on a database of its own per test.

#[path = "../common/mod.rs"]
mod common;

mod members;
mod permissions;
mod products;
mod stores;

use common::{Client, Shop};
use ordervault_api::problem::Code;
use ordervault_domain::access::Role;
use serde_json::{Value, json};

/// Where a thing of staff is.
fn path(kind: &str, thing: &Value) -> String {
    format!("/v1/staff/{kind}/{}", thing["id"].as_str().unwrap_or_default())
}

/// The body of an order of so many units of one product.
fn order_of(product: &Value, quantity: i64) -> Value {
    json!({"store_id": product["store_id"], "lines": [{"product_id": product["id"], "quantity": quantity}],
        "contact": {"name": "王小明", "email": "ming@example.com"}})
}
