//! Who may call what: every staff endpoint of catalogue and members against every role, as nobody and as a customer.

use actix_web::http::{Method, StatusCode};
use ordervault_domain::access::Permission::{self, *};
use strum::IntoEnumIterator;

use super::*;

/// Method, path after `/v1/staff`, body, and what it takes. Each is refused for content or because nothing is there, if the
/// caller may call it at all.
fn operations() -> Vec<(Method, String, Option<Value>, Vec<Permission>)> {
    let mut operations = vec![
        (Method::GET, "/stores?limit=0".into(), None, vec![StoresRead]),
        (Method::POST, "/stores".into(), Some(json!({})), vec![StoresWrite]),
        (Method::GET, "/stores/x/expiry-preview".into(), None, vec![StoresWrite]),
        (Method::GET, "/products?limit=0".into(), None, vec![ProductsRead]),
        (Method::POST, "/products".into(), Some(json!({})), vec![ProductsWrite]),
        (Method::GET, "/members?limit=0".into(), None, vec![MembersRead]),
        (Method::POST, "/members".into(), Some(json!({})), vec![MembersWrite]),
        (Method::POST, "/products/x/stock-adjustments".into(), Some(json!({})), vec![StockAdjust]),
        (Method::POST, "/members/x/reset-password".into(), Some(json!({})), vec![MembersWrite]),
    ];
    for (kind, read, write) in [
        ("stores", StoresRead, StoresWrite),
        ("products", ProductsRead, ProductsWrite),
        ("members", MembersRead, MembersWrite),
    ] {
        operations.push((Method::GET, format!("/{kind}/x"), None, vec![read]));
        operations.push((Method::GET, format!("/{kind}/x/history"), None, vec![read, HistoryRead]));
        operations.push((Method::PATCH, format!("/{kind}/x"), Some(json!({})), vec![write]));
        operations.push((Method::POST, format!("/{kind}/x/activate"), None, vec![write]));
        operations.push((Method::POST, format!("/{kind}/x/deactivate"), None, vec![write]));
    }
    operations
}

#[actix_web::test]
async fn every_operation_asks_for_its_permission() {
    let shop = Shop::open().await;
    let (nobody, customer) = (shop.anonymous(), shop.customer().await);
    let mut roles = vec![];
    for role in Role::iter() {
        roles.push((role, shop.staff(role).await));
    }
    for (method, path, body, needed) in operations() {
        let path = format!("/v1/staff{path}");
        let call = async |client: &Client<'_>| client.send(method.clone(), &path, &[], body.clone()).await;
        call(&nobody).await.problem(Code::Unauthenticated);
        call(&customer).await.problem(Code::Forbidden);
        for (role, client) in &roles {
            let may = needed.iter().all(|permission| role.permissions().contains(permission));
            let answer = call(client).await;
            assert_eq!(
                answer.status != StatusCode::FORBIDDEN,
                may,
                "{method} {path} as {role}: {}",
                answer.text()
            );
            assert!(answer.status.is_client_error(), "{method} {path} as {role}");
        }
    }
}

#[actix_web::test]
async fn what_is_out_of_scope_looks_like_what_is_not_there() {
    let shop = Shop::open().await;
    let owner = shop.staff(Role::Owner).await;
    let (store, other) = (shop.store(&owner).await, shop.store(&owner).await);
    let foreign_product = shop.product(&owner, &other, 1).await;
    let product = shop.product(&owner, &store, 1).await;
    let limited = shop.staff_of(Role::Owner, &store).await;
    let foreign_member = shop.staff_of(Role::Clerk, &other).await;
    let nothing = |id: &str| {
        let (prefix, _) = id.split_once('_').unwrap();
        ordervault_domain::id::StoreId::from_i64(7).to_string().replacen("sto", prefix, 1)
    };
    for (kind, foreign, change) in [
        ("stores", other["id"].as_str().unwrap(), json!({"name": "X"})),
        ("products", foreign_product["id"].as_str().unwrap(), json!({"title": "X"})),
        ("members", foreign_member.id.as_str(), json!({"name": "X"})),
    ] {
        let missing = nothing(foreign);
        let operations = [
            (Method::GET, "", None),
            (Method::GET, "/history", None),
            (Method::PATCH, "", Some(change)),
            (Method::POST, "/activate", None),
            (Method::POST, "/deactivate", None),
        ];
        for (method, tail, body) in operations {
            let mut seen = vec![];
            for id in [foreign, &missing] {
                let path = format!("/v1/staff/{kind}/{id}{tail}");
                let answer =
                    limited.send(method.clone(), &path, &[("if-match", "\"9\"")], body.clone()).await;
                let mut problem = answer.problem(Code::NotFound);
                problem["request_id"] = Value::Null;
                seen.push(problem);
            }
            assert_eq!(seen[0], seen[1], "{method} {kind}{tail}");
        }
    }
    let adjust = |product: &Value| format!("{}/stock-adjustments", path("products", product));
    limited.post(&adjust(&foreign_product), json!({"delta": 1})).await.problem(Code::NotFound);
    limited.post(&adjust(&product), json!({"delta": 1})).await.ok();
    limited.get("/v1/staff/stores").await.rows(1);
    limited.get("/v1/staff/products").await.rows(1);
    let other_id = other["id"].as_str().unwrap();
    limited.get(&format!("/v1/staff/products?store={other_id}&include_total=true")).await.rows(0);
    let body = json!({"store_id": other_id, "sku": "S", "title": "T", "price": 1});
    limited
        .post("/v1/staff/products", body)
        .await
        .faults(Code::ValidationFailed, &[("/store_id", "unknown-store")]);
    // A new store would be out of its maker's reach.
    let body = json!({"name": "N", "currency": "EUR", "time_zone": "UTC"});
    limited.post("/v1/staff/stores", body).await.problem(Code::Forbidden);
}
