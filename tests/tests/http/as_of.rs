//! Things as they were: what was seen after each step is what is answered about that step ever after, and a diff is what
//! differs between two of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::aggregate::{Aggregate, Change};
use ordervault_domain::member::{self, MemberEdit};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Amendment, CancelReason, InvalidReason, LineRequest, OrderCommand};
use ordervault_domain::product::{self, ProductEdit};
use ordervault_domain::store::{self, PolicyEdit, StoreEdit};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::queue::{on_member, on_order, on_product, on_store};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{Shop, contact};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    orders_are_as_they_were,
    stores_products_and_members_are_as_they_were,
    personal_fields_take_the_right_to_see_them,
    what_is_out_of_scope_now_was_never_there,
);

/// Between two steps: many of them are fewer than the minutes that an access token lives.
const STEP_MILLIS: i64 = 20_000;

/// A thing after one of its steps.
struct Step<A> {
    state: Arc<A>,
    body: Value,
    at: Timestamp,
}

struct Asked<'a> {
    server: &'a TestServer,
    token: String,
    path: String,
}

impl Asked<'_> {
    async fn get(&self, rest: &str) -> Value {
        self.server.good(&Request::get(format!("{}{rest}", self.path)).bearer(&self.token), 200).await.json()
    }

    async fn is_missing(&self, rest: &str) -> Value {
        let request = Request::get(format!("{}{rest}", self.path)).bearer(&self.token);
        let answer = self.server.good(&request, 404).await;
        assert_eq!(answer.code(), "not-found", "{rest}");
        answer.json()
    }
}

/// What an answer about the past and one about the present do not share: what may be done now, whether it is late, and the
/// stock, which has no versions.
fn timeless(mut body: Value) -> Value {
    let members = body.as_object_mut().expect("an object");
    for name in ["actions", "overdue", "on_hand", "reserved", "available"] {
        members.remove(name);
    }
    body
}

/// Acts one after another, each at another time; what the thing is after each.
async fn steps<A: Aggregate>(
    asked: &Asked<'_>,
    operations: Vec<Operation>,
    first: Arc<A>,
    of: impl Fn(Effect) -> Option<Arc<A>>,
) -> Vec<Step<A>> {
    let shop = &asked.server.shop;
    let mut steps = vec![Step { state: first, body: asked.get("").await, at: shop.clock.now() }];
    for act in operations {
        shop.clock.advance(STEP_MILLIS);
        let state = of(shop.act(ActorRef::Operator, act).await).expect("the thing");
        steps.push(Step { state, body: asked.get("").await, at: shop.clock.now() });
    }
    steps
}

/// The law: by version, by time, and from each step to itself and each later one, but not back.
async fn hold<A: Aggregate>(asked: &Asked<'_>, steps: &[Step<A>], shown: impl Fn(Change) -> Option<Change>) {
    for (number, step) in (1..).zip(steps) {
        assert_eq!(step.state.version(), number, "each act is one event");
        for moment in
            [number.to_string(), step.at.to_string(), step.at.plus_millis(STEP_MILLIS - 1).to_string()]
        {
            let then = asked.get(&format!("?as_of={moment}")).await;
            assert_eq!(timeless(then), timeless(step.body.clone()), "as of {moment}");
        }
        for earlier in steps.iter().take_while(|earlier| earlier.state.version() < number) {
            for from_to in [
                format!("from={number}&to={}", earlier.state.version()),
                format!("from={}&to={}", step.at, earlier.at),
            ] {
                let request = Request::get(format!("{}/diff?{from_to}", asked.path)).bearer(&asked.token);
                let problem = asked.server.good(&request, 400).await.json();
                assert_eq!(problem["errors"][0]["pointer"], "from", "{from_to}");
            }
        }
        for (to, later) in (1..).zip(steps).filter(|(to, _)| *to >= number) {
            let expected: Vec<Value> = later
                .state
                .changes(&step.state)
                .into_iter()
                .filter_map(&shown)
                .map(|change| {
                    let mut body = json!({"field": change.field});
                    for (name, value) in [("before", change.before), ("after", change.after)] {
                        if !value.is_null() {
                            body[name] = value;
                        }
                    }
                    body
                })
                .collect();
            let diff = asked.get(&format!("/diff?from={number}&to={}", later.at)).await;
            let whole = json!({"from_version": number, "to_version": to, "changes": expected});
            assert_eq!(diff, whole, "{number} to {to}");
        }
    }
    let last = steps.last().expect("a step");
    let to_now = asked.get("/diff?from=1").await;
    assert_eq!(to_now["to_version"], last.state.version());
    for rest in [format!("?as_of={}", steps.len() + 1), format!("/diff?from=1&to={}", steps.len() + 1)] {
        let detail = asked.is_missing(&rest).await["detail"].clone();
        assert_eq!(detail, format!("there is no such version; there are versions 1 to {}", steps.len()));
    }
    asked.is_missing(&format!("?as_of={}", steps[0].at.plus_millis(-1))).await;
    asked.is_missing("/diff?from=1&to=99").await;
}

async fn orders_are_as_they_were(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let store = shop.store().await;
    let (tea, cup) = (shop.product(&store, 50).await, shop.product(&store, 50).await);
    let customer = shop.customer().await;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    shop.clock.advance(STEP_MILLIS);
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    let token = server.member_token(&owner).await;
    let asked = Asked { server: &server, token, path: format!("/v1/staff/orders/{}", order.id) };
    let lines = vec![
        LineRequest { product_id: tea.id, quantity: 2 }.into(),
        LineRequest { product_id: cup.id, quantity: 1 }.into(),
    ];
    let amend = |amendment| OrderCommand::Amend(amendment);
    let commands = [
        amend(Amendment { lines: Some(lines), ..Amendment::default() }),
        amend(Amendment { contact: Some(contact(9)), note: Some(String::new()), ..Amendment::default() }),
        OrderCommand::Hide,
        OrderCommand::Confirm,
        OrderCommand::Invalidate { reason: InvalidReason::Duplicate, comment: None },
        OrderCommand::Delete { batch: None },
        OrderCommand::Undelete { batch: None },
        OrderCommand::Restore,
        OrderCommand::Cancel { reason: CancelReason::Customer, comment: Some("說明".into()) },
    ];
    let operations = commands.map(|command| on_order(order.id, None, command)).into();
    let steps = steps(&asked, operations, order, |done| match done {
        Effect::Order(order) => Some(order),
        _ => None,
    })
    .await;
    hold(&asked, &steps, Some).await;
    server.close().await;
}

async fn stores_products_and_members_are_as_they_were(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let token = server.member_token(&owner).await;
    shop.clock.advance(STEP_MILLIS);
    let store = shop.store().await;
    let asked =
        Asked { server: &server, token: token.clone(), path: format!("/v1/staff/stores/{}", store.id) };
    let edit = StoreEdit {
        name: Some("Loja".into()),
        policy: PolicyEdit { review_minutes: Some(Some(5)), ..PolicyEdit::default() },
        ..StoreEdit::default()
    };
    let operations = vec![
        on_store(store.id, store::StoreCommand::Edit(edit)),
        on_store(store.id, store::StoreCommand::Deactivate),
        on_store(store.id, store::StoreCommand::Activate),
    ];
    let of_store = steps(&asked, operations, Arc::clone(&store), |done| match done {
        Effect::Store(store) => Some(store),
        _ => None,
    });
    hold(&asked, &of_store.await, Some).await;

    shop.clock.advance(STEP_MILLIS);
    let tea = shop.product(&store, 10).await;
    let asked =
        Asked { server: &server, token: token.clone(), path: format!("/v1/staff/products/{}", tea.id) };
    let edit =
        ProductEdit { title: Some("Caneca".into()), price: Some(Amount::new(5)), ..ProductEdit::default() };
    let operations = vec![
        on_product(tea.id, product::ProductCommand::Edit(edit)),
        on_product(tea.id, product::ProductCommand::AdjustStock { delta: 5, comment: None }),
        on_product(tea.id, product::ProductCommand::Deactivate),
    ];
    let of_product = steps(&asked, operations, Arc::clone(&tea), |done| match done {
        Effect::Product(product) => Some(product),
        _ => None,
    });
    // Units have no versions.
    let without_units = |change: Change| (change.field != "on_hand").then_some(change);
    hold(&asked, &of_product.await, without_units).await;
    assert_eq!(asked.get("?as_of=1").await["on_hand"], 15, "the stock is that of now");

    shop.clock.advance(STEP_MILLIS);
    let clerk = shop.member(Role::Clerk, StoreScope::Only(BTreeSet::from([store.id]))).await;
    let asked = Asked { server: &server, token, path: format!("/v1/staff/members/{}", clerk.id) };
    let edit = MemberEdit {
        contact: Some(contact(77)),
        roles: Some([Role::Manager].into()),
        stores: Some(StoreScope::All),
    };
    let operations = vec![
        on_member(clerk.id, member::MemberCommand::Edit(edit)),
        on_member(clerk.id, member::MemberCommand::Deactivate),
        on_member(clerk.id, member::MemberCommand::Activate),
    ];
    let of_member = steps(&asked, operations, clerk, |done| match done {
        Effect::Member(member) => Some(member),
        _ => None,
    });
    let listed = |stores: Value| stores.get("only").cloned().unwrap_or(stores);
    let with_ids = |change: Change| match change.field {
        "stores" => {
            Some(Change { field: "store_ids", before: listed(change.before), after: listed(change.after) })
        }
        _ => Some(change),
    };
    hold(&asked, &of_member.await, with_ids).await;
    server.close().await;
}

async fn a_confirmed_order(shop: &Shop) -> (ordervault_domain::id::StoreId, ordervault_domain::id::OrderId) {
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    let amendment =
        Amendment { contact: Some(contact(9)), note: Some("quiet".into()), ..Amendment::default() };
    shop.change(ActorRef::Operator, &order, OrderCommand::Amend(amendment)).await;
    shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    (store.id, order.id)
}

async fn personal_fields_take_the_right_to_see_them(db: Db) {
    let server = TestServer::open(&db).await;
    let (_, order) = a_confirmed_order(&server.shop).await;
    let warehouse = server.shop.member(Role::Warehouse, StoreScope::All).await;
    let token = server.member_token(&warehouse).await;
    let get = |rest: &str| Request::get(format!("/v1/staff/orders/{order}{rest}")).bearer(&token);
    server.good(&get(""), 200).await;
    for rest in ["?as_of=1", "/diff?from=1", "/history"] {
        let answer = server.good(&get(rest), 403).await;
        assert!(answer.text().contains("history:read"), "{}", answer.text());
        assert!(!answer.text().contains("quiet"));
    }
    server.close().await;
}

async fn what_is_out_of_scope_now_was_never_there(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let (store, order) = a_confirmed_order(shop).await;
    let (elsewhere, _) = a_confirmed_order(shop).await;
    let only = |store| StoreScope::Only(BTreeSet::from([store]));
    let (clerk, stranger) =
        (shop.member(Role::Clerk, only(store)).await, shop.member(Role::Clerk, only(elsewhere)).await);
    let asked = |token| Asked { server: &server, token, path: format!("/v1/staff/orders/{order}") };
    let theirs = asked(server.member_token(&clerk).await);
    theirs.get("?as_of=1").await;
    let strangers = asked(server.member_token(&stranger).await);
    for rest in ["", "?as_of=1", "/diff?from=1&to=2"] {
        strangers.is_missing(rest).await;
    }
    // In the trash it is out of a clerk's sight, also as it was before.
    let reason = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
    for command in [reason, OrderCommand::Delete { batch: None }] {
        shop.act(ActorRef::Operator, on_order(order, None, command)).await;
    }
    for rest in ["", "?as_of=1", "/diff?from=1&to=2"] {
        theirs.is_missing(rest).await;
    }
    server.close().await;
}
