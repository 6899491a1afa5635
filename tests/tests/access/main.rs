//! Who may do what, asked of every operation that the API's description names.
//!
//! [`rows`] has one row for each operation: whom it is for, and a good request. An operation without a row fails.
//! Which role has which permission is read from the committed matrix.
#![expect(clippy::expect_used, reason = "tests may")]

mod customers;
mod fixture;
mod rows;
mod scope;
mod scope_api;
mod strangers;

use std::collections::BTreeSet;

use ordervault_domain::access::{Permission, Role, StoreScope};
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::queue::catch_up;
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use customers::customers_are_seen_with_their_orders;
use fixture::{Endpoint, Fixture, operations, role_has};
use rows::{For, Row, rows};
use scope::every_reader_ends_at_the_scope;
use scope_api::every_endpoint_ends_at_the_scope;
use strangers::{
    buyers_learn_nothing_of_other_orders, staff_learn_nothing_of_another_store,
    what_is_done_here_says_nothing_of_there,
};

ordervault_tests::twin_tests!(
    nobody_gets_what_is_for_somebody,
    customers_do_their_own_things,
    guests_reach_the_order_that_they_know_and_nothing_else,
    roles_do_what_the_matrix_says,
    reading_changes_nothing,
    things_of_another_store_are_not_there,
    lists_end_at_the_scope,
    things_of_another_customer_are_not_there,
    every_reader_ends_at_the_scope,
    every_endpoint_ends_at_the_scope,
    customers_are_seen_with_their_orders,
    staff_learn_nothing_of_another_store,
    buyers_learn_nothing_of_other_orders,
    what_is_done_here_says_nothing_of_there,
);

/// Every operation with its row.
fn table() -> Vec<(Endpoint, Row)> {
    let rows = rows();
    let table = operations().into_iter().map(|operation| {
        let row = rows.iter().find(|row| row.operation == operation.id);
        let row = row.copied().unwrap_or_else(|| unreachable!("{} has no row", operation.id));
        (operation, row)
    });
    table.collect()
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let operations: BTreeSet<String> = operations().into_iter().map(|operation| operation.id).collect();
    let rows: Vec<String> = rows().iter().map(|row| row.operation.to_owned()).collect();
    assert_eq!(rows.len(), rows.iter().collect::<BTreeSet<_>>().len(), "a row twice");
    assert_eq!(operations, rows.into_iter().collect());
}

#[test]
fn the_description_names_the_bearer_of_every_operation() {
    for (operation, row) in table() {
        assert_eq!(operation.bearers, row.is_for.bearers(), "{}", operation.id);
    }
}

#[test]
fn every_permission_opens_an_operation() {
    for permission in Permission::iter() {
        let opens = rows().iter().any(|row| row.is_for == For::Staff(Some(permission.into())));
        // These open none by themselves: they say what is shown, and how far another one reaches.
        let goes_with = matches!(
            permission,
            Permission::ContactRead | Permission::OrdersCancelProcessing | Permission::OrdersDiscountFreely
        );
        assert_eq!(opens, !goes_with, "{permission}");
    }
}

/// A request that has to be refused.
type Refused = (String, Request, u16, &'static str);

/// Sends all of them; nothing changes.
async fn refuse(fixture: &Fixture, requests: Vec<Refused>) {
    assert!(!requests.is_empty());
    let before = dump(&fixture.server.shop.db).await;
    for (name, request, status, code) in requests {
        let answer = fixture.server.send(&request).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{name}: {}", answer.text());
    }
    let changed = differences(&before, &dump(&fixture.server.shop.db).await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

const TAKE_A_CODE: [&str; 2] = ["complete_password_reset", "verify_email"];

async fn nobody_gets_what_is_for_somebody(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut refused = vec![];
    for (operation, row) in table() {
        let request = fixture.request(&operation, &row, None).await;
        match row.is_for.is_open() {
            // Open to anybody, who has to show what a mail has told: this was never sent.
            true if TAKE_A_CODE.contains(&operation.id.as_str()) => {
                fixture.server.good(&request, 410).await;
            }
            true => _ = fixture.server.good(&request, operation.success).await,
            false => refused.push((operation.id, request, 401, "token-missing")),
        }
    }
    refuse(&fixture, refused).await;
    fixture.server.close().await;
}

/// Whatever is read by GET or HEAD, and by whom: nothing is written.
async fn reading_changes_nothing(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (customer, staff) = (
        fixture.server.customer_token(&fixture.customer).await,
        fixture.server.member_token(&fixture.member).await,
    );
    let mut requests = vec![];
    for (mut operation, row) in table().into_iter().filter(|(operation, _)| operation.method == "GET") {
        for method in ["GET", "HEAD"] {
            method.clone_into(&mut operation.method);
            let request = fixture.request(&operation, &row, None).await;
            requests.push(match row.is_for {
                For::Anybody | For::Orderers => request,
                For::Buyers | For::Customers => request.bearer(&customer),
                For::Staff(_) => request.bearer(&staff),
            });
        }
    }
    // Then orders are new for the member, and reading them could mark them as seen.
    catch_up(&db).await;
    let before = dump(&db).await;
    for request in requests {
        fixture.server.good(&request, 200).await;
    }
    let changed = differences(&before, &dump(&db).await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    fixture.server.close().await;
}

async fn customers_do_their_own_things(db: Db) {
    let fixture = Fixture::open(&db).await;
    let owner = fixture.server.shop.member(Role::Owner, StoreScope::All).await;
    let mut refused = vec![];
    for (operation, row) in table() {
        let request = fixture.request(&operation, &row, None).await;
        let wrong = match row.is_for {
            For::Anybody => continue,
            For::Customers | For::Buyers | For::Orderers => {
                let own = fixture.server.customer_token(&fixture.customer).await;
                fixture.server.good(&request.clone().bearer(&own), operation.success).await;
                Realm::Staff
            }
            For::Staff(_) => Realm::Customer,
        };
        refused.push((wrong, operation.id, request));
    }
    let (customer, staff) =
        (fixture.server.customer_token(&fixture.customer).await, fixture.server.member_token(&owner).await);
    let refused = refused.into_iter().map(|(realm, name, request)| match realm {
        Realm::Customer => (name, request.bearer(&customer), 403, "forbidden"),
        Realm::Staff => (name, request.bearer(&staff), 403, "forbidden"),
    });
    refuse(&fixture, refused.collect()).await;
    fixture.server.close().await;
}

async fn guests_reach_the_order_that_they_know_and_nothing_else(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut refused = vec![];
    for (operation, row) in table() {
        let request = fixture.request(&operation, &row, None).await;
        match row.is_for {
            For::Anybody => {}
            For::Buyers => {
                let grant = fixture.grant(&request);
                fixture.server.good(&request.clone().bearer(&grant), operation.success).await;
                let other = fixture.server.grant(fixture.order.grant());
                refused.push((operation.id, request.bearer(&other), 404, "not-found"));
            }
            For::Orderers | For::Customers | For::Staff(_) => {
                let grant = fixture.grant(&request);
                refused.push((operation.id, request.bearer(&grant), 403, "forbidden"));
            }
        }
    }
    refuse(&fixture, refused).await;
    fixture.server.close().await;
}

async fn roles_do_what_the_matrix_says(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut refused = vec![];
    for role in Role::iter() {
        for (operation, row) in table() {
            let For::Staff(permission) = row.is_for else { continue };
            let member = fixture.server.shop.member(role, StoreScope::All).await;
            let token = fixture.server.member_token(&member).await;
            let request = fixture.request_of(&member, &operation, &row, None).await.bearer(&token);
            match permission.is_none_or(|permission| role_has(role, permission)) {
                true => _ = fixture.server.good(&request, operation.success).await,
                false => refused.push((format!("{role} {}", operation.id), request, 403, "forbidden")),
            }
        }
    }
    refuse(&fixture, refused).await;
    fixture.server.close().await;
}

async fn things_of_another_store_are_not_there(db: Db) {
    let fixture = Fixture::open(&db).await;
    let elsewhere = fixture.server.shop.store().await;
    let mut refused = vec![];
    // An owner of one store has every permission, so that only the scope can be the reason.
    for role in [Role::Owner, Role::Manager] {
        let member = fixture.server.shop.member(role, only(&elsewhere)).await;
        let token = fixture.server.member_token(&member).await;
        for (operation, row) in table() {
            let For::Staff(permission) = row.is_for else { continue };
            let may = permission.is_none_or(|permission| role_has(role, permission));
            let (status, code) = match operation.id.as_str() {
                _ if !may => (403, "forbidden"),
                _ if operation.path.contains("{id}") => (404, "not-found"),
                // Whoever looks after one store makes no others, and nothing for others.
                "create_store" => (403, "forbidden"),
                "create_product" | "create_member" | "place_staff_order" => (422, "validation-failed"),
                _ => continue,
            };
            for version in [None, Some("\"9\"")] {
                let request = fixture.request(&operation, &row, version).await.bearer(&token);
                refused.push((format!("{role} {}", operation.id), request, status, code));
            }
        }
    }
    refuse(&fixture, refused).await;
    fixture.server.close().await;
}

fn only(store: &ordervault_domain::store::Store) -> StoreScope {
    StoreScope::Only(BTreeSet::from([store.id]))
}

/// The ids of a page, and the total if it was counted.
fn ids(page: &Value) -> (BTreeSet<String>, Option<i64>) {
    let items = page["items"].as_array().expect("a page");
    let ids = items.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned());
    (ids.collect(), page["total"].as_i64())
}

async fn lists_end_at_the_scope(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let elsewhere = shop.store().await;
    let product = shop.product(&elsewhere, 10).await;
    let order = shop.place(&fixture.customer, &elsewhere, &[(&product, 1)]).await;
    let member = shop.member(Role::Manager, only(&elsewhere)).await;
    let token = fixture.server.member_token(&member).await;
    shop.member(Role::Clerk, only(&fixture.store)).await;
    let foreign = shop.place(&fixture.customer, &fixture.store, &[(&fixture.product, 1)]).await;

    let ask = async |path: &str| {
        let request = Request::get(path.to_owned()).bearer(&token);
        ids(&fixture.server.good(&request, 200).await.json())
    };
    let own = |id: String, total: Option<i64>| (BTreeSet::from([id]), total);
    let none = (BTreeSet::new(), Some(0));
    let orders = "/v1/staff/orders?include_total=true";
    let products = "/v1/staff/products?include_total=true";

    assert_eq!(ask(orders).await, own(order.id.to_string(), Some(1)));
    assert_eq!(ask(products).await, own(product.id.to_string(), Some(1)));
    assert_eq!(ask("/v1/staff/stores").await, own(elsewhere.id.to_string(), None));
    assert_eq!(ask("/v1/staff/members").await, own(member.id.to_string(), None));
    // One by one, each filter that the foreign order and product meet.
    let title = "q=Thermos";
    for (list, filter) in [
        (orders, format!("store={}", fixture.store.id)),
        (orders, format!("number={}", foreign.id)),
        (orders, format!("product={}", fixture.product.id)),
        (products, format!("store={}", fixture.store.id)),
    ] {
        assert_eq!(ask(&format!("{list}&{filter}")).await, none, "{filter}");
    }
    for filter in
        [format!("customer={}", fixture.customer.id), title.to_owned(), "status=pending_review".into()]
    {
        assert_eq!(ask(&format!("{orders}&{filter}")).await, own(order.id.to_string(), Some(1)), "{filter}");
    }
    assert_eq!(ask(&format!("{products}&{title}")).await, own(product.id.to_string(), Some(1)));
    let both = format!("{orders}&store={},{}", fixture.store.id, elsewhere.id);
    assert_eq!(ask(&both).await, own(order.id.to_string(), Some(1)));
    fixture.server.close().await;
}

async fn things_of_another_customer_are_not_there(db: Db) {
    let fixture = Fixture::open(&db).await;
    let stranger = fixture.server.shop.customer().await;
    let token = fixture.server.customer_token(&stranger).await;
    let mut refused = vec![];
    for (operation, row) in table() {
        if row.is_for == For::Buyers && operation.path.contains("{id}") {
            for version in [None, Some("\"9\"")] {
                let request = fixture.request(&operation, &row, version).await.bearer(&token);
                refused.push((operation.id.clone(), request, 404, "not-found"));
            }
        }
    }
    refuse(&fixture, refused).await;
    let page = fixture.server.good(&Request::get("/v1/orders").bearer(&token), 200).await.json();
    assert_eq!(page, json!({"items": [], "has_more": false}));
    fixture.server.close().await;
}
