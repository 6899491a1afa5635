//! What an order's `actions` advertise is true: sent over HTTP, an action that is said to be open succeeds, and any other is
//! refused for the reason that was given. Orders, stores, policies, times and readers are random.
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ordervault_api::problem::Code;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::member::Member;
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{Amendment, InvalidReason, Order, OrderCommand, OrderCommandKind};
use ordervault_domain::product::{Product, ProductCommand};
use ordervault_domain::refusal::Rule;
use ordervault_domain::store::{NewStore, Policy, Store, StoreCommand};
use ordervault_domain::totals::Rate;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::writer::{ActorRef, Effect, Operation, Receipt};
use ordervault_tests::http::Request;
use ordervault_tests::life::Dice;
use ordervault_tests::samples::{about_goods, one_off, paid, paid_back, plain, reasons};
use ordervault_tests::seed::on_each;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{Shop, place};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

#[tokio::test]
async fn what_is_advertised_is_true_on_sqlite() {
    on_each(Engine::Sqlite, &[1], what_is_advertised_is_true).await;
}

#[tokio::test]
async fn what_is_advertised_is_true_on_postgres() {
    on_each(Engine::Postgres, &[1], what_is_advertised_is_true).await;
}

const MINUTE_MILLIS: u32 = 60_000;
/// So many orders at least, also if fewer show every action both ways.
const MIN_ORDERS: usize = 40;
/// So many at most.
const MAX_ORDERS: usize = 1_000;

async fn what_is_advertised_is_true(db: Db, seed: u64) {
    let mut fixture = Fixture::open(&db, seed).await;
    let mut seen = Seen::default();
    for orders in 0.. {
        if orders >= MIN_ORDERS && seen.missing().is_empty() {
            break;
        }
        assert!(orders < MAX_ORDERS, "seed {seed}: never seen {:?}", seen.missing());
        let Some((order, buyer)) = fixture.order().await else { continue };
        for reader in [fixture.buyer(&order, buyer.as_deref()).await, fixture.member().await] {
            check(&fixture, &reader, &order, &mut seen, &format!("seed {seed}, order {orders}")).await;
        }
    }
    fixture.server.close().await;
}

/// Reads the order, sends every action that is not open, and then one that is.
async fn check(fixture: &Fixture, reader: &Reader, order: &Order, seen: &mut Seen, what: &str) {
    let path = format!("{}/{}", reader.path, order.id);
    let server = &fixture.server;
    let send = async |request: Request| server.send(&request.bearer(&reader.token)).await;
    let other = fixture.customers.iter().find(|customer| Some(customer.id) != order.customer_id);
    let other = other.expect("two customers").id.to_string();
    let shown = send(Request::get(&path)).await;
    if shown.status == 404 {
        for action in actions() {
            let answer =
                send(request(action, &path, server.number(), order.version, &other, &Value::Null)).await;
            assert!(
                [403, 404].contains(&answer.status),
                "{what}: {action} on what {} cannot see",
                reader.name
            );
        }
        return;
    }
    assert_eq!(shown.status, 200, "{what}: {}", shown.text());
    let shown = shown.json();
    let version = shown["version"].as_i64().expect("a version");
    let advertised = advertised(&shown);
    let is_open = |action: &OrderCommandKind| advertised.get(action) == Some(&None);
    for action in actions().filter(|action| !is_open(action)) {
        let answer = send(request(action, &path, server.number(), version, &other, &shown)).await;
        let what = format!("{what}: {} may not {action} {shown}: {}", reader.name, answer.text());
        let expected = match advertised.get(&action).and_then(Option::as_deref) {
            Some("already-applied") => {
                assert_eq!(
                    (answer.status, answer.json()["version"].as_i64()),
                    (200, Some(version)),
                    "{what}"
                );
                continue;
            }
            Some(rule) => Code::of(rule.parse::<Rule>().expect("a rule")),
            // Not one of their actions at all: for customers there is not even such an address.
            None if reader.is_staff => Code::Forbidden,
            None => Code::NotFound,
        };
        assert_eq!(answer.code(), expected.slug(), "{what}");
        seen.refused.insert(action);
    }
    let again = send(Request::get(&path)).await.json();
    assert_eq!(again["version"], version, "{what}: what is refused changes nothing");
    let least_done = actions().filter(is_open).min_by_key(|action| seen.done.get(action).copied());
    if let Some(action) = least_done {
        let answer = send(request(action, &path, server.number(), version, &other, &shown)).await;
        let what = format!("{what}: {} may {action} {shown}: {}", reader.name, answer.text());
        assert_eq!(answer.status, 200, "{what}");
        let now = answer.json()["version"].as_i64();
        // Shipping is planned with it, and begins the execution.
        assert!(now.is_some_and(|now| now > version && now <= version + 3), "{what}");
        *seen.done.entry(action).or_default() += 1;
    }
}

/// The actions that an order's answer names, each with why it is not open.
fn advertised(order: &Value) -> HashMap<OrderCommandKind, Option<String>> {
    let shown = order["actions"].as_array().expect("actions").iter();
    let read = |shown: &Value| {
        let action = actions().find(|action| shown["action"] == <&str>::from(action));
        let blocked_by = shown["blocked_by"].as_str().map(str::to_owned);
        assert_eq!(shown["allowed"], blocked_by.is_none(), "{shown}");
        (action.expect("a known action"), blocked_by)
    };
    shown.map(read).collect()
}

/// The request for an action, with nothing in it that could be refused for its content; of a customer in whose account the order
/// is not.
fn request(
    action: OrderCommandKind,
    path: &str,
    number: u64,
    version: i64,
    other: &str,
    shown: &Value,
) -> Request {
    let to = |under: &str| Request::post(format!("{path}/{under}")).if_match(&format!("\"{version}\""));
    let paid = |under: &str| to(under).key(&format!("of-money-{number:08}"));
    let money = |amount: i64| json!({"amount": amount, "currency": "TWD"});
    let last =
        |parts: &str| shown[parts].as_array().and_then(|parts| parts.last()?["no"].as_u64()).unwrap_or(99);
    let open = shown["balance_due"]["amount"].as_i64().unwrap_or_default();
    match action {
        OrderCommandKind::Amend => {
            to("amendments").json(&json!({"contact": {"name": "Ana", "phone": format!("+8869{number:08}")}}))
        }
        OrderCommandKind::Adjust => {
            to("adjustments").json(&json!({"kind": "discount", "amount": 1, "reason": "goodwill"}))
        }
        OrderCommandKind::RemoveAdjustment => {
            to(&format!("adjustments/{}/remove", last("adjustments"))).json(&json!({}))
        }
        OrderCommandKind::RecordPayment => {
            paid("payments").json(&json!({"method": "other", "amount": money(1)}))
        }
        OrderCommandKind::Refund => {
            let pending = shown["refund_pending_total"]["amount"].as_i64().unwrap_or_default();
            let refund = json!({"amount": money(1), "reason": "other"});
            let given = json!({"amount": money(1), "credit": money(1), "reason": "other"});
            paid("refunds").json(if open + pending < 0 { &refund } else { &given })
        }
        OrderCommandKind::SettleRefund => {
            let refunds = shown["refunds"].as_array().into_iter().flatten();
            let pending = refunds.rev().find(|refund| refund["state"] == "pending");
            let no = pending.and_then(|refund| refund["no"].as_u64()).unwrap_or(99);
            paid(&format!("refunds/{no}/settle")).json(&json!({"succeeded": true}))
        }
        OrderCommandKind::WriteOff => {
            let side = if open > 0 { "forgive" } else { "keep" };
            paid("write-offs").json(&json!({"side": side, "amount": money(open.abs().max(1))}))
        }
        OrderCommandKind::Plan => to("fulfillments"),
        OrderCommandKind::Ship => to("ship"),
        OrderCommandKind::CancelLines => to("cancellations").json(&json!({"reason": "other"})),
        OrderCommandKind::Link => to("link").json(&json!({"customer_id": other})),
        _ if action.plain(None, None).is_ok() => to(action.into()),
        _ => to(action.into()).json(&json!({"reason": "other"})),
    }
}

fn actions() -> impl Iterator<Item = OrderCommandKind> {
    let of_order = |kind: &OrderCommandKind| !kind.is_of_fulfillment() || *kind == OrderCommandKind::Ship;
    OrderCommandKind::iter().filter(|kind| kind.is_action()).filter(of_order)
}

/// Which actions were carried out, how often, and which refused.
#[derive(Default)]
struct Seen {
    done: HashMap<OrderCommandKind, usize>,
    refused: HashSet<OrderCommandKind>,
}

impl Seen {
    fn missing(&self) -> Vec<String> {
        let never_done = actions().filter(|action| !self.done.contains_key(action));
        let never_refused = actions().filter(|action| !self.refused.contains(action));
        let done = never_done.map(|action| format!("{action} carried out"));
        done.chain(never_refused.map(|action| format!("{action} refused"))).collect()
    }
}

/// Whoever reads an order and acts on it.
struct Reader {
    name: String,
    path: &'static str,
    is_staff: bool,
    token: String,
}

struct Fixture {
    server: TestServer,
    dice: Dice,
    stores: Vec<Arc<Store>>,
    products: Vec<Arc<Product>>,
    customers: Vec<Arc<Customer>>,
    members: Vec<Arc<Member>>,
}

impl Fixture {
    async fn open(db: &Db, seed: u64) -> Self {
        let shop = Shop::open(db).await;
        let dice = Dice::new(seed);
        let (mut stores, mut products, mut members) = (vec![], vec![], vec![]);
        for _ in 0..4 {
            let store = random_store(&shop, &dice).await;
            for _ in 0..2 {
                products.push(shop.product(&store, 20).await);
            }
            stores.push(store);
        }
        for role in Role::iter() {
            members.push(shop.member(role, StoreScope::All).await);
            members.push(shop.member(role, StoreScope::Only([stores[0].id].into())).await);
        }
        let customers = vec![shop.customer().await, shop.customer().await];
        Self { server: TestServer::of(shop).await, dice, stores, products, customers, members }
    }

    /// An order somewhere in its life, with the customer who placed it; none: somebody without an account. No order: it could
    /// not be placed.
    async fn order(&mut self) -> Option<(Arc<Order>, Option<Arc<Customer>>)> {
        self.change_the_shop().await;
        let shop = &self.server.shop;
        let store = self.dice.pick(&self.stores)?;
        let of_store: Vec<_> = self.products.iter().filter(|product| product.store_id == store.id).collect();
        let (product, quantity) = (*self.dice.pick(&of_store)?, 1 + self.dice.roll(2));
        let buyer = self.dice.pick(&self.customers).filter(|_| self.dice.roll(3) > 0).cloned();
        let actor = buyer.as_ref().map_or(ActorRef::Guest(None), |customer| ActorRef::Customer(customer.id));
        let placed = shop.submit(actor, vec![place(store.id, &[(product, quantity)])]).await;
        let Ok(Receipt::Executed { mut done, .. }) = placed else { return None };
        let Some(Effect::Order(mut order)) = done.pop() else { panic!("no order") };
        let steps = (0..self.dice.roll(7)).map(|_| self.command(product));
        for (actor, command) in steps.chain(self.ending()) {
            shop.clock.advance((self.dice.roll(90) * MINUTE_MILLIS).into());
            let operation = Operation::Order { id: Some(order.id), expected_version: None, command };
            // What a rule refuses is no step.
            if let Ok(Receipt::Executed { mut done, .. }) = shop.submit(actor, vec![operation]).await
                && let Some(Effect::Order(changed)) = done.pop()
            {
                order = changed;
            }
        }
        Some((order, buyer))
    }

    /// Sells out, buys in, and closes and opens stores and products.
    async fn change_the_shop(&self) {
        let Some(product) = self.dice.pick(&self.products) else { return };
        let on_product =
            |command| Operation::Product { id: Some(product.id), expected_version: None, command };
        let Some(store) = self.dice.pick(&self.stores) else { return };
        let on_store = |command| Operation::Store { id: Some(store.id), expected_version: None, command };
        let adjust = |delta| on_product(ProductCommand::AdjustStock { delta, comment: None });
        let change = match self.dice.roll(12) {
            0..3 => adjust(i64::from(self.dice.roll(12))),
            3 => adjust(-i64::from(self.dice.roll(5))),
            4 => on_product(ProductCommand::Deactivate),
            5..8 => on_product(ProductCommand::Activate),
            8 => on_store(StoreCommand::Deactivate),
            _ => on_store(StoreCommand::Activate),
        };
        // Stock that orders hold is not taken away.
        drop(self.server.shop.submit(ActorRef::Operator, vec![change]).await);
    }

    /// Something that may happen to an order.
    fn command(&self, product: &Product) -> (ActorRef, OrderCommand) {
        let lines = vec![ordervault_domain::order::LineRequest {
            product_id: product.id,
            quantity: 1 + self.dice.roll(3),
        }];
        let command = match self.dice.roll(20) {
            0..3 => OrderCommand::Confirm,
            3 => return (ActorRef::System, OrderCommand::Expire),
            4 => OrderCommand::Amend(Amendment {
                lines: Some(lines.into_iter().map(Into::into).collect()),
                ..Amendment::default()
            }),
            5 => OrderCommand::Start,
            16 => {
                let kinds: Vec<_> =
                    OrderCommandKind::iter().filter(|kind| about_goods(*kind, 0).is_some()).collect();
                let kind = *self.dice.pick(&kinds).expect("a kind");
                about_goods(kind, u16::try_from(self.dice.roll(1_000)).unwrap_or_default())
                    .expect("a command")
            }
            6 | 7 => OrderCommand::Adjust(Box::new(one_off())),
            8..11 => paid(Money {
                amount: Amount::new(1 + i64::from(self.dice.roll(60_000))),
                currency: "TWD".parse().expect("a currency"),
            }),
            _ => {
                let kinds: Vec<_> = actions().filter(|kind| !reasons(*kind).is_empty()).collect();
                plain(*self.dice.pick(&kinds).expect("an action"), self.dice.roll(100) as usize, None)
            }
        };
        (ActorRef::Operator, command)
    }

    /// What brings orders to where chance alone seldom does: far on, or into the trash.
    fn ending(&self) -> Vec<(ActorRef, OrderCommand)> {
        let invalidate = OrderCommand::Invalidate { reason: InvalidReason::Other, comment: None };
        let twd =
            |amount| Money { amount: Amount::new(amount), currency: "TWD".parse().expect("a currency") };
        let commands = match self.dice.roll(12) {
            0 => vec![invalidate, OrderCommand::Delete { batch: None }],
            1 => vec![invalidate],
            2 => vec![OrderCommand::Confirm, OrderCommand::Start],
            3 => vec![OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete],
            4 => vec![OrderCommand::Confirm],
            5 => vec![plain(OrderCommandKind::Cancel, 0, None)],
            6 => vec![paid(twd(100_000_000)), paid_back(twd(1))],
            7 => vec![OrderCommand::Adjust(Box::new(one_off()))],
            _ => vec![],
        };
        commands.into_iter().map(|command| (ActorRef::Operator, command)).collect()
    }

    async fn buyer(&self, order: &Order, customer: Option<&Customer>) -> Reader {
        let token = match customer {
            Some(customer) => self.server.customer_token(customer).await,
            None => self.server.grant(order.grant()),
        };
        let name = if customer.is_some() { "a customer" } else { "a guest" };
        Reader { name: name.to_owned(), path: "/v1/orders", is_staff: false, token }
    }

    async fn member(&self) -> Reader {
        let member = self.dice.pick(&self.members).expect("a member");
        let token = self.server.member_token(member).await;
        let name = format!("{:?} of {:?}", member.roles, member.stores);
        Reader { name, path: "/v1/staff/orders", is_staff: true, token }
    }
}

/// A store with any policy.
async fn random_store(shop: &Shop, dice: &Dice) -> Arc<Store> {
    let minutes = |of: u32| (dice.roll(2) == 0).then(|| 1 + dice.roll(of));
    let new = NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: "Store".to_owned(),
        currency: "TWD".parse().expect("a currency"),
        time_zone: "Asia/Taipei".parse().expect("a time zone"),
        country: "TW".parse().ok(),
        change_window_minutes: minutes(120),
        policy: Policy {
            duplicate_window_minutes: None,
            review_minutes: minutes(60),
            start_minutes: minutes(60),
            completion_minutes: minutes(60),
            payment_minutes: minutes(60),
            shipping_minutes: minutes(60),
            cancel_unconfirmed_minutes: minutes(180),
            reversal_minutes: minutes(180),
            discount_limit: Rate::try_from(10_000).ok(),
            refund_limit: None,
            public_board: dice.roll(2) == 0,
            order_mails: false,
        },
        external_reference: None,
    };
    let command = StoreCommand::Create(new);
    match shop.act(ActorRef::Operator, Operation::Store { id: None, expected_version: None, command }).await {
        Effect::Store(store) => store,
        other => panic!("{other:?}"),
    }
}

ordervault_tests::twin_tests!(a_row_of_a_list_saves_opening_the_order);

async fn a_row_of_a_list_saves_opening_the_order(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let buyer = server.customer().await;
    let mut orders = vec![];
    for count in [1, 3, 5] {
        let store = owner.new_store().await;
        let mut lines = vec![];
        for quantity in 1..=count {
            let product = owner.new_product(&store, 9).await;
            lines.push(json!({"product_id": product["id"], "quantity": quantity}));
        }
        let body = json!({"store_id": store["id"], "lines": lines, "contact": {"name": "Ana", "email": "ana@example.com"}});
        orders.push(buyer.post_once("/v1/orders", &server.key(), body).await.created());
    }
    let confirm = format!("/v1/staff/orders/{}/confirm", orders[1]["id"].as_str().unwrap_or_default());
    owner.act(&confirm).await.ok();
    for (reader, list) in [(&buyer, "/v1/orders"), (&owner, "/v1/staff/orders")] {
        assert_eq!(reader.get(list).await.rows(3)[0].get("actions"), None);
        for row in reader.get(&format!("{list}?include=actions")).await.rows(3) {
            let whole = reader.get(&format!("{list}/{}", row["id"].as_str().unwrap_or_default())).await.ok();
            for name in ["store_id", "store_name", "status", "total", "version", "actions"] {
                assert_eq!(row[name], whole[name], "{name}");
            }
            assert!(row["store_name"].as_str().is_some_and(|name| !name.is_empty()));
            let lines = whole["lines"].as_array().expect("lines");
            let first: Vec<_> = lines
                .iter()
                .take(3)
                .map(|line| json!({"title": line["title"], "quantity": line["quantity"]}))
                .collect();
            assert_eq!((&row["line_count"], &row["first_lines"]), (&json!(lines.len()), &json!(first)));
        }
        // A page asked for without them goes on with them.
        let first = reader.get(&format!("{list}?limit=1")).await.ok();
        let next = format!(
            "{list}?limit=2&include=actions&cursor={}",
            first["next_cursor"].as_str().unwrap_or_default()
        );
        assert!(reader.get(&next).await.rows(2)[0]["actions"].is_array());
        reader.get(&format!("{list}?include=action")).await.problem(Code::InvalidParameter);
    }
    let store = format!("/v1/staff/stores/{}", orders[0]["store_id"].as_str().unwrap_or_default());
    owner.patch(&store, "\"1\"", json!({"name": "Neue Teestube"})).await.ok();
    // Names are known for a second.
    server.shop.clock.advance(1_000);
    let order = buyer.get(&format!("/v1/orders/{}", orders[0]["id"].as_str().unwrap_or_default())).await.ok();
    assert_eq!(order["store_name"], "Neue Teestube");
    server.close().await;
}
