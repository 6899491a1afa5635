//! Lists page by page: on to the end, and back the same way, whatever changes in between.

use std::sync::Arc;

use ordervault_api::problem::Code;
use ordervault_domain::access::Role;
use ordervault_domain::customer::{Customer, CustomerCommand, CustomerEdit};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Order, OrderCommand, Status};
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::client::Client;
use ordervault_tests::http::Request;
use ordervault_tests::queue::catch_up;
use ordervault_tests::server::TestServer;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    every_list_goes_back_as_it_came,
    what_changes_on_the_way_neither_hides_nor_repeats_the_rest,
    a_way_back_belongs_to_its_list,
);

/// The page at this cursor.
async fn page(client: &Client<'_>, list: &str, cursor: Option<&Value>) -> Value {
    let mark = if list.contains('?') { '&' } else { '?' };
    let cursor = cursor.and_then(Value::as_str).map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    client.get(&format!("{list}{mark}limit=2{cursor}")).await.ok()
}

/// The rows of a page, without what is told of the whole list.
fn rows(page: &Value) -> Vec<Value> {
    let rows = page.get("items").or(page.get("steps")).and_then(Value::as_array);
    rows.expect("rows").clone()
}

/// All pages, from one to the next.
async fn walk(client: &Client<'_>, list: &str, from: Option<Value>, way: &str) -> Vec<Value> {
    let mut pages = vec![];
    let mut cursor = from;
    loop {
        let page = page(client, list, cursor.as_ref()).await;
        cursor = page.get(way).cloned();
        pages.push(page);
        assert!(pages.len() < 50, "{list} ends");
        if cursor.is_none() {
            return pages;
        }
    }
}

/// A shop in which every list has several pages.
struct Full {
    store: Arc<Store>,
    customer: Arc<Customer>,
    order: OrderId,
    batch: String,
}

async fn fill(server: &TestServer, owner: &Client<'_>) -> Full {
    let store = server.shop.store_with_board().await;
    let product = server.shop.product(&store, 1_000).await;
    let customer = server.shop.customer().await;
    let mut orders = vec![];
    for _ in 0..5 {
        server.shop.store().await;
        server.shop.product(&store, 1_000).await;
        server.shop.customer().await;
        orders.push(server.order_in(Status::Completed, &customer, &store, &product).await);
    }
    for name in ["Eva", "Mia"] {
        let edit = CustomerEdit { name: Some(name.into()), ..CustomerEdit::default() };
        let edit = Operation::on_customer(customer.id, CustomerCommand::Edit(edit));
        server.shop.act(ActorRef::Customer(customer.id), edit).await;
    }
    for role in [Role::Clerk, Role::Clerk, Role::Warehouse, Role::Finance] {
        server.staff(role).await;
    }
    let ids: Vec<String> = orders.iter().map(|order| order.id.to_string()).collect();
    let mut batch = String::new();
    for _ in 0..5 {
        let run = json!({"action": "hide", "ids": ids});
        let preview = owner.post("/v1/staff/batches?preview=true", run).await.ok();
        let run = json!({"action": "hide", "ids": ids, "digest": preview["digest"]});
        let run = Request::post("/v1/staff/batches").key(&server.key()).json(&run);
        owner.send(run).await.json()["id"].as_str().expect("an id").clone_into(&mut batch);
    }
    catch_up(&server.shop.db).await;
    Full { store, customer, order: orders[0].id, batch }
}

/// Whose list it is.
#[derive(Clone, Copy)]
enum Reader {
    Anybody,
    Own,
    Desk,
}

fn lists(full: &Full) -> Vec<(Reader, String)> {
    let Full { store, customer, order, batch } = full;
    let (store, customer) = (store.id, customer.id);
    let anybody =
        ["stores", "products", &format!("products?store={store}"), "products?q=thermos", "board/orders"]
            .map(|list| (Reader::Anybody, format!("/v1/{list}")));
    let own =
        ["", "?status=completed&q=thermos", &format!("/{order}/history"), &format!("/{order}/timeline")]
            .map(|list| (Reader::Own, format!("/v1/orders{list}")));
    let desk = [
        "orders",
        "orders?sort=placed_at",
        "orders?sort=total&include=actions",
        "orders?sort=-updated_at&status=completed,confirmed",
        &format!("orders?customer={customer}"),
        &format!("orders/{order}/history"),
        &format!("orders/{order}/timeline"),
        "stores",
        "products?active=true",
        "customers",
        "customers?q=maria",
        &format!("customers/{customer}/history"),
        "members",
        "batches",
        &format!("batches/{batch}/items"),
        "history",
        "history?event=placed,confirmed",
        "history?kind=order&actor_kind=operator",
        &format!("history?entity={order}"),
        &format!("history?store={store}"),
    ]
    .map(|list| (Reader::Desk, format!("/v1/staff/{list}")));
    anybody.into_iter().chain(own).chain(desk).collect()
}

async fn every_list_goes_back_as_it_came(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let full = fill(&server, &owner).await;
    let anybody = server.anonymous();
    let own = anybody.with_token(&server.customer_token(&full.customer).await);
    for (reader, list) in lists(&full) {
        let client = match reader {
            Reader::Anybody => &anybody,
            Reader::Own => &own,
            Reader::Desk => &owner,
        };
        goes_back_as_it_came(client, &list).await;
    }
    // Whoever looks after some stores goes back among those.
    let clerk = server.staff_of(Role::Clerk, &json!({"id": full.store.id.to_string()})).await;
    for list in ["/v1/staff/orders", "/v1/staff/products", "/v1/staff/history"] {
        goes_back_as_it_came(&clerk, list).await;
    }
    server.close().await;
}

async fn goes_back_as_it_came(client: &Client<'_>, list: &str) {
    let there = walk(client, list, None, "next_cursor").await;
    assert!(there.len() > 1, "{list} has several pages");
    assert!(there[0].get("previous_cursor").is_none(), "{list} begins");
    let last = there.last().and_then(|page| page.get("previous_cursor")).cloned();
    let mut back = walk(client, list, last, "previous_cursor").await;
    back.reverse();
    let told = |pages: &[Value]| pages.iter().map(rows).collect::<Vec<_>>();
    assert_eq!(told(&back), told(&there[..there.len() - 1]), "{list}");
    // And on again from there.
    for (page, next) in back.iter().zip(&there[1..]) {
        let on = self::page(client, list, page.get("next_cursor")).await;
        assert_eq!(rows(&on), rows(next), "{list}");
    }
}

async fn what_changes_on_the_way_neither_hides_nor_repeats_the_rest(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 1_000).await;
    let customer = server.shop.customer().await;
    let place = async || {
        server.shop.clock.advance(1_000);
        server.order_in(Status::PendingReview, &customer, &store, &product).await
    };
    let confirm =
        async |order: &Order| server.shop.change(ActorRef::Operator, order, OrderCommand::Confirm).await;
    let mut orders = vec![];
    for _ in 0..7 {
        orders.push(place().await);
    }
    let owner = server.staff(Role::Owner).await;
    let list = "/v1/staff/orders?status=pending_review";
    let ids = |page: &Value| -> Vec<Value> { rows(page).iter().map(|row| row["id"].clone()).collect() };
    let named = |places: &[usize], orders: &[Arc<Order>]| -> Vec<Value> {
        places.iter().map(|place| json!(orders[*place].id.to_string())).collect()
    };
    let first = page(&owner, list, None).await;
    let second = page(&owner, list, first.get("next_cursor")).await;
    assert_eq!((ids(&first), ids(&second)), (named(&[6, 5], &orders), named(&[4, 3], &orders)));

    // One of the page before is gone, and another has come: back are those that are there now, the nearest ones.
    confirm(&orders[5]).await;
    orders.push(place().await);
    let back = page(&owner, list, second.get("previous_cursor")).await;
    assert_eq!(ids(&back), named(&[7, 6], &orders));
    assert_eq!(ids(&page(&owner, list, back.get("next_cursor")).await), named(&[4, 3], &orders));

    // All of them are gone: an empty page at the beginning, and on from there is where one was.
    confirm(&orders[6]).await;
    confirm(&orders[7]).await;
    let back = page(&owner, list, second.get("previous_cursor")).await;
    assert_eq!((ids(&back), back.get("previous_cursor")), (vec![], None));
    assert_eq!(ids(&page(&owner, list, back.get("next_cursor")).await), named(&[4, 3], &orders));

    // The same at the end.
    let third = page(&owner, list, second.get("next_cursor")).await;
    assert_eq!(ids(&third), named(&[2, 1], &orders));
    confirm(&orders[0]).await;
    let end = page(&owner, list, third.get("next_cursor")).await;
    assert_eq!((ids(&end), end.get("next_cursor")), (vec![], None));
    assert_eq!(ids(&page(&owner, list, end.get("previous_cursor")).await), named(&[2, 1], &orders));
    server.close().await;
}

async fn a_way_back_belongs_to_its_list(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 1_000).await;
    let customer = server.shop.customer().await;
    for _ in 0..4 {
        server.order_in(Status::PendingReview, &customer, &store, &product).await;
    }
    let (owner, other) = (server.staff(Role::Owner).await, server.staff(Role::Owner).await);
    let first = page(&owner, "/v1/staff/orders", None).await;
    let second = page(&owner, "/v1/staff/orders", first.get("next_cursor")).await;
    let cursor = second["previous_cursor"].as_str().expect("a way back");
    for (client, path) in [
        (&owner, "/v1/staff/orders?sort=placed_at"),
        (&owner, "/v1/staff/orders?status=confirmed"),
        (&owner, "/v1/staff/history?limit=2"),
        (&owner, "/v1/staff/products?limit=2"),
        (&other, "/v1/staff/orders?limit=2"),
    ] {
        let answer = client.get(&format!("{path}&cursor={cursor}")).await;
        answer.faults(Code::InvalidParameter, &[("cursor", "unknown-cursor")]);
    }
    // In every language the list is the same.
    let path = format!("/v1/staff/orders?limit=2&cursor={cursor}");
    let request = Request::get(path).header("accept-language", "ja");
    assert_eq!(rows(&owner.send(request).await.ok()), rows(&first));
    server.close().await;
}
