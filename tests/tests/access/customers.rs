//! Which customers staff see: those of orders in their scope; whoever looks after all stores, everybody.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, Permission, Role, StoreScope};
use ordervault_domain::id::CustomerId;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_persistence::db::Db;
use ordervault_persistence::statement::Template;
use ordervault_tests::http::Request;
use ordervault_tests::seed::on_each;
use ordervault_tests::server::TestServer;

use crate::scope::Fixture;

static CUSTOMERS: Template = Template::new("SELECT id FROM customers");

pub(crate) async fn customers_are_seen_with_their_orders(db: Db) {
    on_each(db.engine(), &[7], customers_of_a_life).await;
}

async fn customers_of_a_life(db: Db, seed: u64) {
    let Fixture { shop, mut members, orders } = Fixture::lived_in(&db, seed).await;
    shop.customer().await;
    for role in [Role::Owner, Role::Warehouse] {
        members.push(Member::clone(&*shop.member(role, StoreScope::All).await));
    }
    let rows: Vec<(i64,)> =
        db.read().await.expect("a reader").fetch_all(&CUSTOMERS.bind(())).await.expect("ids");
    let everybody: BTreeSet<CustomerId> = rows.into_iter().map(|(id,)| CustomerId::from_i64(id)).collect();
    let server = TestServer::of(shop).await;
    let mut numbers = BTreeSet::new();
    for member in &members {
        let actor = Actor::Member(member.authority());
        let expected = match actor.stores() {
            StoreScope::All => everybody.clone(),
            StoreScope::Only(_) => of_orders(&actor, &orders),
        };
        numbers.insert(expected.len());
        let token = server.member_token(member).await;
        assert_eq!(listed(&server, &token).await, expected, "{actor:?}");
        for id in &everybody {
            assert_act_is_of_all_stores(&server, &token, &actor, *id, expected.contains(id)).await;
            assert_is_seen(&server, &token, &actor, *id, expected.contains(id)).await;
        }
    }
    assert!(numbers.len() > 3 && numbers.contains(&0), "{numbers:?}");
    server.close().await;
}

fn of_orders(actor: &Actor, orders: &[Order]) -> BTreeSet<CustomerId> {
    let scope = actor.scope();
    orders.iter().filter(|order| scope.covers(order)).filter_map(|order| order.customer_id).collect()
}

/// The customers on all pages of the list, which begins with the newest.
async fn listed(server: &TestServer, token: &str) -> BTreeSet<CustomerId> {
    let (mut found, mut cursor) = (vec![], String::new());
    loop {
        let request = Request::get(format!("/v1/staff/customers?limit=3{cursor}")).bearer(token);
        let page = server.good(&request, 200).await.json();
        let items = page["items"].as_array().expect("a page").iter();
        let ids = items.map(|item| item["id"].as_str().expect("an id").parse::<CustomerId>().expect("an id"));
        found.extend(ids);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(found.is_sorted_by(|a, b| a > b), "{found:?}");
    found.into_iter().collect()
}

/// What is out of reach is not told from what never was.
async fn assert_is_seen(server: &TestServer, token: &str, actor: &Actor, id: CustomerId, is_seen: bool) {
    for end in ["", "/history", "/diff?from=1"] {
        let request = Request::get(format!("/v1/staff/customers/{id}{end}")).bearer(token);
        let answer = server.send(&request).await;
        match answer.status {
            _ if !end.is_empty() && !actor.may(Permission::HistoryRead) => assert_eq!(answer.status, 403),
            200 => {
                assert!(is_seen, "{id}{end} by {actor:?}");
                let shows_contact = actor.may(Permission::ContactRead);
                let customer = answer.json();
                if end.is_empty() {
                    let has = |name: &str| customer.get(name).is_some();
                    assert_eq!(["name", "email", "phone"].map(has), [shows_contact; 3]);
                }
            }
            status => {
                assert!(!is_seen && status == 404, "{id}{end} by {actor:?}: {status}");
                assert_eq!(answer.code(), "not-found");
            }
        }
    }
}

/// An account is good in all stores: whoever looks after some sees it and leaves it as it is.
async fn assert_act_is_of_all_stores(
    server: &TestServer,
    token: &str,
    actor: &Actor,
    id: CustomerId,
    is_seen: bool,
) {
    let request = Request::post(format!("/v1/staff/customers/{id}/activate")).bearer(token);
    let answer = server.send(&request).await;
    let expected = match actor.stores() {
        _ if !actor.may(Permission::CustomersWrite) => 403,
        StoreScope::All => 200,
        StoreScope::Only(_) if is_seen => 403,
        StoreScope::Only(_) => 404,
    };
    assert_eq!(answer.status, expected, "{id} by {actor:?}");
}
