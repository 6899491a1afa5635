//! The law of scopes, asked of the API as the people who have them.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, Permission, Scope, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::Order;
use ordervault_domain::store::{self, PolicyEdit, StoreEdit};
use ordervault_persistence::db::Db;
use ordervault_persistence::read;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::http::Request;
use ordervault_tests::queue::on_store;
use ordervault_tests::seed::on_each;
use ordervault_tests::server::TestServer;
use serde_json::{Value, json};

use crate::scope::{Fixture, Shown, any, counts, hold, is_listed, is_new, shows};

const BOARD: &str = "/v1/board/orders";

/// Somebody who asks.
struct Person<'a> {
    server: &'a TestServer,
    orders: &'a [Order],
    /// None: nobody in particular.
    token: Option<String>,
    /// Where single orders are.
    path: &'static str,
}

impl Person<'_> {
    fn get(&self, target: &str) -> Request {
        let request = Request::get(target).header("x-request-id", "alike");
        self.token.iter().fold(request, |request, token| request.bearer(token))
    }

    /// The orders on all pages of a list.
    async fn list(&self, target: &str) -> BTreeSet<OrderId> {
        let (mut found, mut cursor) = (BTreeSet::new(), String::new());
        let and = if target.contains('?') { '&' } else { '?' };
        loop {
            let page =
                self.server.good(&self.get(&format!("{target}{and}limit=40{cursor}")), 200).await.json();
            found.extend(page["items"].as_array().expect("a page").iter().map(|item| self.order(item)));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    /// The order that an item of a list is.
    fn order(&self, item: &Value) -> OrderId {
        let name = |field: &str| item[field].as_str().expect("a name").to_owned();
        let order = match self.path == BOARD {
            true => self.server.of_board(&name("id")),
            false => Some(number(&item["number"])),
        };
        order.expect("an order")
    }

    /// The orders of which there is something; the others are not told from such that never were, to the byte.
    async fn opened(&self, rest: &str) -> BTreeSet<OrderId> {
        let ask = async |id: OrderId| {
            let name = match self.path == BOARD {
                true => self.server.board_id(id),
                false => id.to_string(),
            };
            self.server.send(&self.get(&format!("{}/{name}{rest}", self.path))).await
        };
        let nothing = ask(OrderId::from_i64(987_654_321_987_654)).await;
        assert_eq!((nothing.status, nothing.code().as_str()), (404, "not-found"), "{rest}");
        let mut found = BTreeSet::new();
        for order in self.orders {
            let answer = ask(order.id).await;
            match answer.status {
                200 => _ = found.insert(order.id),
                _ => assert_eq!(answer.whole(), nothing.whole(), "{}{rest}", order.id),
            }
        }
        found
    }

    /// What single reads with these ends of their paths show.
    async fn single_reads(&self, ends: &[&str]) -> Vec<Shown> {
        let mut shown = vec![];
        for end in ends {
            shown.push(shows(format!("{}/{{id}}{end}", self.path), any, self.opened(end).await));
        }
        shown
    }

    /// This is refused, whatever it is asked of.
    async fn forbidden(&self, targets: &[String]) {
        for target in targets {
            let answer = self.server.good(&self.get(target), 403).await;
            assert_eq!(answer.code(), "forbidden", "{target}");
        }
    }
}

fn number(value: &Value) -> OrderId {
    value.as_str().and_then(|number| number.parse().ok()).expect("a number")
}

pub(crate) async fn every_endpoint_ends_at_the_scope(db: Db) {
    on_each(db.engine(), &[7], endpoints_of_a_life).await;
}

async fn endpoints_of_a_life(db: Db, seed: u64) {
    let Fixture { shop, members, orders } = Fixture::lived_in(&db, seed).await;
    // A quarter of an hour is enough for all that follows, by a clock that stands still.
    let server = TestServer::of(shop).await;
    for member in &members {
        let actor = Actor::Member(member.authority());
        let token = Some(server.member_token(member).await);
        let person = Person { server: &server, orders: &orders, token, path: "/v1/staff/orders" };
        hold(&orders, &actor.scope(), staff_lists(&person, &actor).await);
        hold(&orders, &actor.scope(), staff_single_reads(&person, &actor).await);
    }
    for customer in orders.iter().filter_map(|order| order.customer_id).collect::<BTreeSet<_>>() {
        let mut conn = db.read().await.expect("a reader");
        let customer = read::customer(&mut conn, customer).await.expect("a read").expect("a customer");
        let token = Some(server.customer_token(&customer).await);
        let person = Person { server: &server, orders: &orders, token, path: "/v1/orders" };
        let scope = Scope::Customer(customer.id);
        hold(&orders, &scope, vec![shows("own orders", any, person.list("/v1/orders").await)]);
        hold(&orders, &scope, person.single_reads(&["", "/history", "/timeline"]).await);
    }
    for known in orders.iter().step_by(9) {
        let token = Some(server.grant(known.grant()));
        let person = Person { server: &server, orders: &orders, token, path: "/v1/orders" };
        let shown = person.single_reads(&["", "/history", "/timeline"]).await;
        hold(&orders, &Scope::Guest(Some(known.grant())), shown);
    }
    board(&server, &orders).await;
    server.close().await;
}

async fn staff_lists(person: &Person<'_>, actor: &Actor) -> Vec<Shown> {
    const LIST: &str = "/v1/staff/orders";
    let total = person.server.good(&person.get(&format!("{LIST}?include_total=true")), 200).await.json();
    let summary = person.server.good(&person.get("/v1/staff/summary"), 200).await.json();
    let of_statuses = summary["statuses"].as_array().expect("numbers").iter();
    let in_summary = of_statuses.filter_map(|status| status["count"].as_i64()).sum();
    let mut shown = vec![
        shows("the list", is_listed, person.list(LIST).await),
        counts("its total", is_listed, total["total"].as_i64().expect("a total")),
        shows("the new", is_new, person.list(&format!("{LIST}?new=true")).await),
        counts("new of the summary", is_new, summary["new"]["count"].as_i64().expect("a number")),
        counts("all statuses of the summary", is_listed, in_summary),
        shows("the export", is_listed, exported(person, "").await),
    ];
    let trash = ["?deleted=true", ".csv?deleted=true"].map(|query| format!("{LIST}{query}"));
    match actor.may(Permission::OrdersDelete) {
        true => {
            shown.push(shows("the trash", Order::is_deleted, person.list(&trash[0]).await));
            shown.push(shows("its export", Order::is_deleted, exported(person, "?deleted=true").await));
        }
        false => person.forbidden(&trash).await,
    }
    let history = "/v1/staff/history?kind=order";
    match actor.may(Permission::HistoryRead) {
        true => shown.push(shows("the history", any, person.list(history).await)),
        false => person.forbidden(&[history.to_owned()]).await,
    }
    if actor.may(Permission::OrdersInvalidate) {
        shown.push(shows("a batch", any, selected(person).await));
    }
    shown
}

async fn exported(person: &Person<'_>, query: &str) -> BTreeSet<OrderId> {
    let answer = person.server.good(&person.get(&format!("/v1/staff/orders.csv{query}")), 200).await;
    let mut reader = csv::Reader::from_reader(answer.body.as_slice());
    let records = reader.records().map(|record| record.expect("a record"));
    records.map(|record| record[0].parse().expect("a number")).collect()
}

/// Which of all orders a batch would be about.
async fn selected(person: &Person<'_>) -> BTreeSet<OrderId> {
    let ids: Vec<String> = person.orders.iter().map(|order| order.id.to_string()).collect();
    let body = json!({"action": "invalidate", "reason": "test", "ids": ids});
    let token = person.token.as_deref().unwrap_or_default();
    let preview = Request::post("/v1/staff/batches?preview=true").bearer(token).json(&body);
    let preview = person.server.good(&preview, 200).await.json();
    let missing: BTreeSet<OrderId> =
        preview["not_found"].as_array().expect("ids").iter().map(number).collect();
    let found = person.orders.iter().map(|order| order.id).filter(|id| !missing.contains(id));
    let found: BTreeSet<OrderId> = found.collect();
    assert_eq!(preview["count"], found.len());
    found
}

async fn staff_single_reads(person: &Person<'_>, actor: &Actor) -> Vec<Shown> {
    let with_history = ["?as_of=1", "/history", "/timeline", "/diff?from=1"];
    if actor.may(Permission::HistoryRead) {
        let mut shown = person.single_reads(&with_history).await;
        shown.extend(person.single_reads(&[""]).await);
        return shown;
    }
    let paths = with_history[1..]
        .iter()
        .flat_map(|end| person.orders.iter().map(move |order| format!("{}/{}{end}", person.path, order.id)));
    person.forbidden(&paths.collect::<Vec<_>>()).await;
    person.single_reads(&[""]).await
}

/// Everybody, at the boards of the stores that have one.
async fn board(server: &TestServer, orders: &[Order]) {
    let person = Person { server, orders, token: None, path: BOARD };
    let mut conn = server.shop.db.read().await.expect("a reader");
    let stores = read::stores(&mut conn, &StoreScope::All).await.expect("stores");
    for (number, store) in stores.iter().enumerate() {
        let policy = PolicyEdit { public_board: Some(number % 2 == 0), ..PolicyEdit::default() };
        let edit = StoreEdit { policy, ..StoreEdit::default() };
        server.shop.act(ActorRef::Operator, on_store(store.id, store::StoreCommand::Edit(edit))).await;
    }
    let stores = read::stores(&mut conn, &StoreScope::All).await.expect("stores");
    let scope = Scope::board(&stores).expect("a board");
    hold(orders, &scope, vec![shows("the board", any, person.list(BOARD).await)]);
    hold(orders, &scope, person.single_reads(&[""]).await);
}
