//! The staff summary says what counting the orders says.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, Role, StoreScope};
use ordervault_domain::order::{CancelReason, InvalidReason, OrderCommand, Status};
use ordervault_domain::store::{self, NewStore, PolicyEdit, StoreEdit};
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{self, Counted, OrderFilter};
use ordervault_persistence::writer::{ActorRef, Effect, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::life::live;
use ordervault_tests::queue::{catch_up, on_store};
use ordervault_tests::seed::seeds;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

ordervault_tests::twin_tests!(
    numbers_are_those_of_the_lists,
    today_begins_where_the_store_is,
    another_store_does_not_count,
    new_is_what_the_list_of_new_has
);

async fn numbers_are_those_of_the_lists(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in seeds(&[29]) {
        live(&shop, seed, 250).await;
    }
    catch_up(&db).await;
    let mut conn = db.read().await.expect("a reader");
    let stores = read::stores(&mut conn, &StoreScope::All).await.expect("stores");
    let one = StoreScope::Only(BTreeSet::from([stores[0].id]));
    let two = StoreScope::Only(stores.iter().take(2).map(|store| store.id).collect());
    let now = shop.clock.now();
    let mut overdue = 0;
    for (role, stores) in [
        (Role::Owner, StoreScope::All),
        (Role::Clerk, one.clone()),
        (Role::Manager, two),
        (Role::Warehouse, one),
        (Role::Owner, StoreScope::none()),
    ] {
        let member = shop.member(role, stores).await;
        let scope = Actor::Member(member.authority()).scope();
        let all = OrderFilter { reader: Some(member.id), trash: read::Trash::With, ..OrderFilter::default() };
        let page = read::list_orders(&mut conn, &scope, &all, read::OrderSort::NEWEST_FIRST, None, 1_000)
            .await
            .expect("a page");
        let mut orders = vec![];
        for item in &page.items {
            orders.push(read::order(&mut conn, &scope, item.id).await.expect("readable").expect("listed"));
        }
        let count = |keep: &dyn Fn(&ordervault_domain::order::Order) -> bool| Counted {
            total: i64::try_from(orders.iter().filter(|order| keep(order)).count()).expect("few"),
            is_lower_bound: false,
        };
        let summary = read::summary(&mut conn, &scope, member.id, now).await.expect("a summary");
        let shown = Status::iter().filter(|status| {
            role != Role::Warehouse
                || !matches!(status, Status::PendingReview | Status::Cancelled | Status::Invalid)
        });
        let statuses: Vec<_> = shown
            .map(|status| (status, count(&|order| order.status() == status && !order.is_deleted())))
            .collect();
        assert_eq!(summary.statuses, statuses, "{role}");
        assert_eq!(summary.overdue, count(&|order| order.is_overdue(now)), "{role}");
        let trash = matches!(role, Role::Owner | Role::Manager).then(|| count(&|order| order.is_deleted()));
        assert_eq!(summary.trash, trash, "{role}");
        let looked_into = count(&|order| !order.attention.is_empty() && !order.is_deleted());
        assert_eq!(summary.attention, looked_into, "{role}");
        overdue += summary.overdue.total;
        // The test shop's stores are all in Taipei.
        let day = stores_day(now);
        let todays = |order: &&ordervault_domain::order::Order| order.placed_at >= day && !order.is_deleted();
        let placed: i64 = summary.today.iter().map(|today| today.orders).sum();
        assert_eq!(placed, i64::try_from(orders.iter().filter(todays).count()).expect("few"), "{role}");
        let void = |order: &&ordervault_domain::order::Order| {
            matches!(order.status(), Status::Cancelled | Status::Invalid)
        };
        let revenue: i64 = summary.today.iter().map(|today| today.revenue).sum();
        let earned = |order: &ordervault_domain::order::Order| match order.terms.payment {
            Some(_) => order.balance.net().get(),
            None if void(&order) => 0,
            None => order.totals.total.get(),
        };
        assert_eq!(revenue, orders.iter().filter(todays).map(earned).sum::<i64>(), "{role}");
    }
    assert!(overdue > 0, "a life without anything late proves little");
    drop(conn);
    shop.close().await;
}

fn stores_day(now: ordervault_domain::time::Timestamp) -> ordervault_domain::time::Timestamp {
    let zone: ordervault_domain::time::TimeZone = "Asia/Taipei".parse().expect("a zone");
    zone.day_start(now)
}

async fn store_in(shop: &Shop, zone: &str, currency: &str) -> std::sync::Arc<store::Store> {
    let new = NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: zone.into(),
        currency: currency.parse().expect("a currency"),
        time_zone: zone.parse().expect("a zone"),
        country: None,
        change_window_minutes: None,
        policy: store::Policy::default(),
        external_reference: None,
    };
    let act =
        Operation::Store { id: None, expected_version: None, command: store::StoreCommand::Create(new) };
    match shop.act(ActorRef::Operator, act).await {
        Effect::Store(store) => store,
        other => unreachable!("{other:?}"),
    }
}

async fn today_begins_where_the_store_is(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    // It is 16:00 in Taipei and 05:00 in São Paulo.
    let (taipei, paulo) =
        (store_in(shop, "Asia/Taipei", "TWD").await, store_in(shop, "America/Sao_Paulo", "BRL").await);
    let (tea, mate) = (shop.product(&taipei, 100).await, shop.product(&paulo, 100).await);
    let customer = shop.customer().await;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    shop.place(&customer, &taipei, &[(&tea, 1)]).await;
    shop.place(&customer, &paulo, &[(&mate, 1)]).await;
    // Eight hours and a second later the day is over in Taipei.
    shop.clock.advance(8 * 3_600_000 + 1_000);
    shop.place(&customer, &taipei, &[(&tea, 2)]).await;
    let gone = shop.place(&customer, &taipei, &[(&tea, 3)]).await;
    let cancel = OrderCommand::Cancel { reason: CancelReason::Other, comment: None };
    shop.change(ActorRef::Operator, &gone, cancel).await;
    let trash = shop.place(&customer, &paulo, &[(&mate, 5)]).await;
    for command in [
        OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None },
        OrderCommand::Delete { batch: None },
    ] {
        shop.change(ActorRef::Operator, &trash, command).await;
    }
    let token = server.member_token(&owner).await;
    let summary = server.good(&Request::get("/v1/staff/summary").bearer(&token), 200).await.json();
    let day = |store: &store::Store, since: &str, orders: i64, amount: i64, currency: &str| {
        json!({
            "store_id": store.id.to_string(), "since": since, "orders": orders, "is_lower_bound": false,
            "revenue": [{"amount": amount, "currency": currency, "exponent": 2}],
        })
    };
    assert_eq!(
        summary["today"],
        json!([
            day(&taipei, "2026-01-31T16:00:00.000Z", 2, 20_000, "TWD"),
            day(&paulo, "2026-01-31T03:00:00.000Z", 1, 10_000, "BRL"),
        ])
    );
    assert_eq!(summary["trash"], json!({"count": 1, "is_lower_bound": false}));
    let of = |status: &str| -> Value {
        let all = summary["statuses"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|entry| entry["status"] == status).expect("the status")["count"].clone()
    };
    assert_eq!([of("pending_review"), of("cancelled"), of("invalid")], [json!(3), json!(1), json!(0)]);
    server.close().await;
}

async fn new_is_what_the_list_of_new_has(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let manager = shop.member(Role::Manager, StoreScope::All).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    shop.place(&customer, &store, &[(&tea, 1)]).await;
    let trash = shop.place(&customer, &store, &[(&tea, 2)]).await;
    for command in [
        OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None },
        OrderCommand::Delete { batch: None },
    ] {
        shop.change(ActorRef::Operator, &trash, command).await;
    }
    catch_up(&db).await;
    let token = server.member_token(&manager).await;
    let ask = async |path: &str| server.good(&Request::get(path).bearer(&token), 200).await.json();
    let summary = ask("/v1/staff/summary").await;
    let list = ask("/v1/staff/orders?new=true&include_total=true").await;
    assert_eq!((&summary["new"]["count"], &summary["trash"]["count"]), (&json!(1), &json!(1)));
    assert_eq!(summary["new"]["count"], list["total"]);
    server.close().await;
}

async fn another_store_does_not_count(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let (here, there) = (shop.store().await, shop.store().await);
    let late = StoreEdit {
        policy: PolicyEdit { review_minutes: Some(Some(1)), ..PolicyEdit::default() },
        ..StoreEdit::default()
    };
    shop.act(ActorRef::Operator, on_store(there.id, store::StoreCommand::Edit(late))).await;
    let foreign = shop.product(&there, 100).await;
    let customer = shop.customer().await;
    let manager = shop.member(Role::Manager, StoreScope::Only(BTreeSet::from([here.id]))).await;
    let token = server.member_token(&manager).await;
    let ask = async || {
        catch_up(&db).await;
        server.good(&Request::get("/v1/staff/summary").bearer(&token), 200).await.json()
    };
    let before = ask().await;
    let order = shop.place(&customer, &there, &[(&foreign, 1)]).await;
    let trash = shop.place(&customer, &there, &[(&foreign, 2)]).await;
    for command in [
        OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None },
        OrderCommand::Delete { batch: None },
    ] {
        shop.change(ActorRef::Operator, &trash, command).await;
    }
    shop.clock.advance(120_000);
    assert!(order.due_at.is_some_and(|due_at| due_at < shop.clock.now()));
    assert_eq!(ask().await, before);
    server.close().await;
}
