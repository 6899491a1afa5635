//! Which orders are new for whom: nothing is missed, and what was seen is not shown as new again, with several processes
//! and with positions that come late.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_domain::access::{Actor, Role, StoreScope};
use ordervault_domain::id::{OrderId, StoreId};
use ordervault_domain::member::Member;
use ordervault_domain::order::{Import, Status};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::read::{self, Counted, OrderFilter};
use ordervault_persistence::sequence;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{ActorRef, Operation, Receipt, WriteError};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::life::Dice;
use ordervault_tests::queue::{another_process, catch_up, refusal_of};
use ordervault_tests::seed::on_each;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, contact};
use ordervault_tests::twin::Fresh;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    everybody_is_shown_what_they_have_not_seen,
    an_order_without_position_is_new_for_everybody,
    somebody_who_has_just_come_is_not_greeted_by_the_past,
    imported_orders_are_no_news,
    only_members_see,
    a_mark_never_goes_back_and_forgets_what_is_below,
    opening_and_marking_clear_the_flag,
    very_many_new_orders_are_walked_in_pages,
);

/// How far there is something to be seen.
async fn last_position(conn: &mut Conn) -> i64 {
    read::last_position(conn, &StoreScope::All).await.expect("a position")
}

/// The orders that are new for a member, page by page.
async fn new_for(conn: &mut Conn, member: &Member, filter: &OrderFilter) -> BTreeSet<OrderId> {
    let filter = OrderFilter { reader: Some(member.id), new: Some(true), ..filter.clone() };
    let scope = Actor::Member(member.authority()).scope();
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let page = read::list_orders(conn, &scope, &filter, read::OrderSort::NEWEST_FIRST, after, 7)
            .await
            .expect("a page");
        for item in page.items {
            assert_eq!(item.is_new, Some(true));
            assert!(found.insert(item.id), "{} twice", item.id);
        }
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

/// The same by the flags of the whole list.
async fn flagged_for(conn: &mut Conn, member: &Member) -> BTreeSet<OrderId> {
    let scope = Actor::Member(member.authority()).scope();
    let filter = OrderFilter { reader: Some(member.id), ..OrderFilter::default() };
    let page = read::list_orders(conn, &scope, &filter, read::OrderSort::NEWEST_FIRST, None, 1_000)
        .await
        .expect("a page");
    assert!(page.next.is_none());
    page.items.into_iter().filter(|item| item.is_new == Some(true)).map(|item| item.id).collect()
}

async fn see(shop: &Shop, member: &Member, orders: Vec<OrderId>, up_to: Option<i64>) -> bool {
    match shop.submit(ActorRef::Member(member.id), vec![Operation::Seen { orders, up_to }]).await {
        Ok(Receipt::Executed { applied, .. }) => applied,
        other => panic!("{other:?}"),
    }
}

/// What a member should be shown.
struct Fixture {
    member: Arc<Member>,
    new: BTreeSet<OrderId>,
    /// What a list showed, and up to which position: seen later, perhaps.
    listed: Option<(i64, BTreeSet<OrderId>)>,
}

/// Orders by two processes, one with a clock that is behind, positions now and then, members with all stores or one.
async fn everybody_is_shown_what_they_have_not_seen(db: Db) {
    let mut lively = false;
    let in_a_life = async |db: Db, seed| lively |= everybody_is_shown_it(db, seed).await;
    on_each(db.engine(), &[41], in_a_life).await;
    assert!(lively, "in no life everybody had something new in the end");
}

#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn everybody_is_shown_it(db: Db, seed: u64) -> bool {
    let ours = Shop::open(&db).await;
    let (here, there) = (ours.store().await, ours.store().await);
    let goods = [ours.product(&here, 1_000).await, ours.product(&there, 1_000).await];
    let customer = ours.customer().await;
    let only_here = StoreScope::Only(BTreeSet::from([here.id]));
    let mut desks = vec![];
    for stores in [StoreScope::All, only_here, StoreScope::All] {
        let member = ours.member(Role::Clerk, stores).await;
        desks.push(Fixture { member, new: BTreeSet::new(), listed: None });
    }
    catch_up(&db).await;
    let elsewhere = another_process(&db).await;
    let theirs = Shop::with(&elsewhere, ManualClock::at(OPENING_MILLIS - 30_000), 2).await;
    let dice = Dice::new(seed);
    let (mut placed, mut numbered): (Vec<(OrderId, StoreId)>, BTreeSet<OrderId>) = (vec![], BTreeSet::new());
    for _ in 0..300 {
        let shop = if dice.roll(2) == 0 { &ours } else { &theirs };
        let at = dice.roll(3) as usize;
        let desk = &mut desks[at];
        let mut conn = db.read().await.expect("a reader");
        match dice.roll(9) {
            0..4 => {
                let (store, tea) = if dice.roll(2) == 0 { (&here, &goods[0]) } else { (&there, &goods[1]) };
                let order = shop.place(&customer, store, &[(tea, 1)]).await;
                placed.push((order.id, store.id));
                for desk in &mut desks {
                    if desk.member.stores.covers(store.id) {
                        desk.new.insert(order.id);
                    }
                }
                // There the writer numbers at once.
                if db.engine() == Engine::Sqlite {
                    numbered.insert(order.id);
                }
            }
            4 => {
                catch_up(&db).await;
                numbered.extend(placed.iter().map(|order| order.0));
            }
            5 => {
                let stores = &desk.member.stores;
                let position = read::last_position(&mut conn, stores).await.expect("a position");
                desk.listed = Some((position, numbered.clone()));
            }
            6 => {
                if let Some((position, listed)) = desk.listed.take() {
                    see(shop, &desk.member, vec![], Some(position)).await;
                    desk.new.retain(|order| !listed.contains(order));
                }
            }
            _ => {
                let Some((order, _)) = dice.pick(&placed) else { continue };
                let scope = Actor::Member(desk.member.authority()).scope();
                let new = read::new_among(&mut conn, &scope, desk.member.id, &[*order]).await.expect("read");
                assert_eq!(!new.is_empty(), desk.new.remove(order));
                if !new.is_empty() {
                    assert!(see(shop, &desk.member, new, None).await);
                }
            }
        }
        let desk = &desks[at];
        let mut conn = db.read().await.expect("a reader");
        assert_eq!(new_for(&mut conn, &desk.member, &OrderFilter::default()).await, desk.new);
        assert_eq!(flagged_for(&mut conn, &desk.member).await, desk.new);
        let of_store = OrderFilter {
            stores: vec![here.id],
            statuses: vec![Status::PendingReview],
            ..OrderFilter::default()
        };
        let in_store = placed.iter().filter(|(id, store)| desk.new.contains(id) && *store == here.id);
        assert_eq!(
            new_for(&mut conn, &desk.member, &of_store).await,
            in_store.map(|order| order.0).collect::<BTreeSet<_>>()
        );
        let scope = Actor::Member(desk.member.authority()).scope();
        let counted = read::count_new(&mut conn, &scope, desk.member.id).await.expect("counted");
        let count = i64::try_from(desk.new.len()).expect("few");
        assert_eq!(counted, Counted { total: count, is_lower_bound: false });
    }
    assert!(placed.len() > 100);
    catch_up(&db).await;
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
    desks.iter().all(|desk| !desk.new.is_empty())
}

async fn an_order_without_position_is_new_for_everybody(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let (ana, ben) =
        (shop.member(Role::Clerk, StoreScope::All).await, shop.member(Role::Clerk, StoreScope::All).await);
    catch_up(&db).await;
    let early = shop.place(&customer, &store, &[(&tea, 1)]).await;
    catch_up(&db).await;
    let mut conn = db.read().await.expect("a reader");
    let position = last_position(&mut conn).await;
    // It is there before it has a position, which comes after what Ana is about to mark.
    let late = shop.place(&customer, &store, &[(&tea, 2)]).await;
    let any = OrderFilter::default();
    assert_eq!(new_for(&mut conn, &ana, &any).await, BTreeSet::from([early.id, late.id]));
    see(&shop, &ana, vec![], Some(position)).await;
    assert_eq!(new_for(&mut conn, &ana, &any).await, BTreeSet::from([late.id]));
    // Opened before it has a position, it stays seen when it gets one.
    see(&shop, &ben, vec![late.id], None).await;
    for _ in 0..2 {
        assert_eq!(new_for(&mut conn, &ben, &any).await, BTreeSet::from([early.id]));
        assert_eq!(new_for(&mut conn, &ana, &any).await, BTreeSet::from([late.id]));
        catch_up(&db).await;
    }
    drop(conn);
    shop.close().await;
}

async fn somebody_who_has_just_come_is_not_greeted_by_the_past(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    shop.place(&customer, &store, &[(&tea, 1)]).await;
    catch_up(&db).await;
    let member = shop.member(Role::Clerk, StoreScope::All).await;
    let mut conn = db.read().await.expect("a reader");
    let any = OrderFilter::default();
    assert_eq!(new_for(&mut conn, &member, &any).await, BTreeSet::new());
    catch_up(&db).await;
    assert_eq!(new_for(&mut conn, &member, &any).await, BTreeSet::new());
    let order = shop.place(&customer, &store, &[(&tea, 2)]).await;
    assert_eq!(new_for(&mut conn, &member, &any).await, BTreeSet::from([order.id]));
    catch_up(&db).await;
    assert_eq!(new_for(&mut conn, &member, &any).await, BTreeSet::from([order.id]));
    // What has a position is as old as that says.
    let numbered = async || while sequence(&db).await.expect("numbered") > 0 {};
    let on_the_way = shop.place(&customer, &store, &[(&tea, 3)]).await;
    numbered().await;
    let newest = shop.member(Role::Clerk, StoreScope::All).await;
    numbered().await;
    assert_eq!(new_for(&mut conn, &newest, &any).await, BTreeSet::new());
    let both = BTreeSet::from([order.id, on_the_way.id]);
    assert_eq!(new_for(&mut conn, &member, &any).await, both);
    catch_up(&db).await;
    assert_eq!(new_for(&mut conn, &newest, &any).await, BTreeSet::new());
    assert_eq!(new_for(&mut conn, &member, &any).await, both);
    drop(conn);
    shop.close().await;
}

async fn imported_orders_are_no_news(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let member = shop.member(Role::Owner, StoreScope::All).await;
    let import = Import {
        store_id: store.id,
        customer_id: None,
        external_reference: "elsewhere/1".into(),
        source_status: "shipped".into(),
        currency: store.currency,
        lines: vec![],
        shipping_total: ordervault_domain::money::Amount::new(50),
        contact: contact(1),
        placed_at: store.created_at,
        steps: vec![],
    };
    let command = ordervault_domain::order::OrderCommand::Import(Box::new(import));
    shop.act(ActorRef::Importer, Operation::Order { id: None, expected_version: None, command }).await;
    let mut conn = db.read().await.expect("a reader");
    for _ in 0..2 {
        assert_eq!(new_for(&mut conn, &member, &OrderFilter::default()).await, BTreeSet::new());
        assert_eq!(flagged_for(&mut conn, &member).await, BTreeSet::new());
        catch_up(&db).await;
    }
    drop(conn);
    assert!(dump(&db).await["outbox"].iter().all(|row| row.int("arrived_in").is_none()));
    shop.close().await;
}

async fn only_members_see(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let member = shop.member(Role::Clerk, StoreScope::All).await;
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    catch_up(&db).await;
    let position = last_position(&mut db.read().await.expect("a reader")).await;
    let before = dump(&db).await;
    let operations = |up_to| vec![Operation::Seen { orders: vec![order.id], up_to }];
    for actor in
        [ActorRef::Operator, ActorRef::Customer(customer.id), ActorRef::Anonymous, ActorRef::Guest(None)]
    {
        let refusal = refusal_of(shop.submit(actor, operations(None)).await);
        assert_eq!(refusal, Refusal::Forbidden(None), "{actor:?}");
    }
    // Nothing has come that far: the whole submission leaves no trace.
    let refused = shop.submit(ActorRef::Member(member.id), operations(Some(position + 1))).await;
    assert!(
        matches!(&refused, Err(WriteError::Refused { refusal: Refusal::PositionNotReached, .. })),
        "{refused:?}"
    );
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    // What does not exist does no harm.
    see(&shop, &member, vec![OrderId::from_i64(5)], None).await;
    assert_eq!(dump(&db).await["seen_orders"], []);
    shop.close().await;
}

async fn a_mark_never_goes_back_and_forgets_what_is_below(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let (ana, ben) =
        (shop.member(Role::Clerk, StoreScope::All).await, shop.member(Role::Clerk, StoreScope::All).await);
    let mut positions = vec![];
    let mut orders = vec![];
    for quantity in 1..=3 {
        orders.push(shop.place(&customer, &store, &[(&tea, quantity)]).await.id);
        catch_up(&db).await;
        positions.push(last_position(&mut db.read().await.expect("a reader")).await);
    }
    for member in [&ana, &ben] {
        assert!(see(&shop, member, vec![orders[0], orders[2]], None).await);
    }
    let seen = async || {
        let mut rows: Vec<_> = dump(&db).await["seen_orders"]
            .iter()
            .map(|row| (row.int("member_id"), row.int("order_id")))
            .collect();
        rows.sort_unstable();
        rows
    };
    let row = |member: &Member, order: OrderId| (Some(member.id.get()), Some(order.get()));
    assert_eq!(seen().await.len(), 4);
    assert!(see(&shop, &ana, vec![], Some(positions[1])).await);
    assert_eq!(seen().await, [row(&ana, orders[2]), row(&ben, orders[0]), row(&ben, orders[2])]);
    assert!(!see(&shop, &ana, vec![], Some(positions[0])).await, "nothing is written");
    assert!(!see(&shop, &ana, vec![], Some(positions[1])).await, "nothing is written");
    let mut conn = db.read().await.expect("a reader");
    let any = OrderFilter::default();
    assert_eq!(new_for(&mut conn, &ana, &any).await, BTreeSet::new());
    assert_eq!(new_for(&mut conn, &ben, &any).await, BTreeSet::from([orders[1]]));
    drop(conn);
    shop.close().await;
}

async fn opening_and_marking_clear_the_flag(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let (here, there) = (shop.store().await, shop.store().await);
    let (tea, foreign) = (shop.product(&here, 100).await, shop.product(&there, 100).await);
    let customer = shop.customer().await;
    let clerk = shop.member(Role::Clerk, StoreScope::Only(BTreeSet::from([here.id]))).await;
    let token = server.member_token(&clerk).await;
    let list = async |query: &str| -> Value {
        let request = Request::get(format!("/v1/staff/orders?{query}")).bearer(&token);
        server.good(&request, 200).await.json()
    };
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().into_iter().flatten();
        items.map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let mark = async |body: Value| {
        let request = Request::post("/v1/staff/orders/seen").bearer(&token).json(&body);
        server.good(&request, 204).await;
    };
    let mut orders = vec![];
    for quantity in 1..=4 {
        shop.clock.advance(1_000);
        orders.insert(0, shop.place(&customer, &here, &[(&tea, quantity)]).await.id.to_string());
    }
    let stranger = shop.place(&customer, &there, &[(&foreign, 1)]).await.id.to_string();
    catch_up(&db).await;
    assert_eq!(ids(&list("new=true").await), orders);
    // Reading it is not saying so.
    let read = Request::get(format!("/v1/staff/orders/{}", orders[0])).bearer(&token);
    server.good(&read, 200).await;
    assert_eq!(ids(&list("new=true").await), orders);
    mark(json!({"ids": [orders[0]]})).await;
    assert_eq!(ids(&list("new=true").await), orders[1..]);
    assert_eq!(ids(&list("new=false").await), orders[..1]);
    assert_eq!(list("").await["items"][0]["is_new"], false);
    assert_eq!(list("").await["items"][1]["is_new"], true);
    let before = dump(&db).await;
    // Saying it again writes nothing, nor does naming what is not there, or not for them.
    mark(json!({"ids": [stranger, OrderId::from_i64(77).to_string(), orders[0]]})).await;
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    mark(json!({"ids": [orders[1], stranger]})).await;
    assert_eq!(ids(&list("new=true").await), orders[2..]);
    assert_eq!(dump(&db).await["seen_orders"].len(), 2, "nothing about the other store's order");
    // Everything up to what the list could show, and not what comes after it.
    let position = list("limit=1").await["position"].clone();
    let later = shop.place(&customer, &here, &[(&tea, 9)]).await.id.to_string();
    catch_up(&db).await;
    mark(json!({"up_to": position})).await;
    assert_eq!(ids(&list("new=true").await), [later]);
    assert_eq!(dump(&db).await["seen_orders"], []);
    let summary = Request::get("/v1/staff/summary").bearer(&token);
    let summary = server.good(&summary, 200).await.json();
    assert_eq!(summary["new"], json!({"count": 1, "is_lower_bound": false}));
    // Customers are told nothing of it.
    let own = Request::get("/v1/orders").bearer(&server.customer_token(&customer).await);
    let own = server.good(&own, 200).await;
    assert!(!own.text().contains("is_new") && !own.text().contains("position"));
    server.close().await;
}

async fn very_many_new_orders_are_walked_in_pages(db: Db) {
    const MANY: u64 = read::MAX_WALKED_ROWS + 500;
    let fresh = Fresh::on(db.engine()).await;
    let shop = Shop::open(&fresh.db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let member = shop.member(Role::Owner, StoreScope::All).await;
    shop.place(&customer, &store, &[(&tea, 1)]).await;
    catch_up(&fresh.db).await;
    shop.close().await;
    fresh.damage(copies(&fresh.db)).await;
    let mut conn = fresh.db.read().await.expect("a reader");
    let scope = Actor::Member(member.authority()).scope();
    let filter = OrderFilter { reader: Some(member.id), new: Some(true), ..OrderFilter::default() };
    let (mut found, mut after) = (0, None);
    loop {
        let page = read::list_orders(&mut conn, &scope, &filter, read::OrderSort::NEWEST_FIRST, after, 1_000)
            .await
            .expect("a page");
        found += page.items.len() as u64;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, MANY + 1);
    let counted = read::count_new(&mut conn, &scope, member.id).await.expect("counted");
    assert_eq!(counted, Counted { total: 4_000, is_lower_bound: true });
    drop(conn);
    fresh.drop().await;
}

/// Copies of the one order, with positions of their own.
fn copies(db: &Db) -> &'static str {
    let numbers = match db.engine() {
        Engine::Sqlite => {
            "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500) SELECT i FROM n) AS n"
        }
        Engine::Postgres => "generate_series(1::bigint, 4500) AS n (i)",
    };
    let text = format!(
        "INSERT INTO orders (id, version, head_hash, status, executed_to, store_id, source, currency, subtotal, shipping_total,
             total, balance_due, payment_status, fulfillment_status, note, holds_stock, last_line_no, folded_by, placed_at, updated_at)
         SELECT o.id + n.i, 1, '', o.status, o.executed_to, o.store_id, 'shop', o.currency, 0, 0, 0, 0, 'unpaid', 'unfulfilled', '', FALSE, 0, o.folded_by, o.placed_at + n.i, 0
         FROM orders o, {numbers};
         INSERT INTO outbox (entity_id, seq, recorded_at, position, arrived_in)
         SELECT id, 1, placed_at, 1000000 + id % 1000000, store_id FROM orders
         WHERE id NOT IN (SELECT entity_id FROM outbox)"
    );
    Box::leak(text.into_boxed_str())
}
