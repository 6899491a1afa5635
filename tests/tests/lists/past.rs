//! What was, read from the states that are kept on the way: the same as from the beginning of each history, and never more than
//! a stretch of it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::id::ProductId;
use ordervault_domain::member::{Member, MemberCommand};
use ordervault_domain::order::{Amendment, Order, OrderCommand};
use ordervault_domain::product::{Product, ProductCommand, ProductEdit};
use ordervault_domain::store::{Store, StoreCommand};
use ordervault_persistence::HistoryRow;
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{self, AsOf, EventKey, PastEvent};
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::dump::dump;
use ordervault_tests::http::Request;
use ordervault_tests::life::Dice;
use ordervault_tests::queue::{history, on_member, on_order, on_product, on_store};
use ordervault_tests::seed::seeds;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use ordervault_tests::twin::Fresh;
use serde_json::Value;

ordervault_tests::twin_tests!(
    snapshots_shorten_the_way_and_change_nothing,
    every_hundredth_state_is_kept,
    a_page_reads_no_more_than_its_stretches,
);

/// Acts on one resource, all in one submission.
async fn act(shop: &Shop, acts: Vec<Operation>) {
    shop.submit(ActorRef::Operator, acts).await.expect("carried out");
}

/// Ids of what has a long history.
struct Long {
    products: Vec<i64>,
    order: i64,
    store: i64,
    member: i64,
}

/// So many events of each, of several kinds.
async fn long_histories(shop: &Shop, products: u32, events: i64) -> Long {
    let store = shop.store().await;
    let member = shop.member(Role::Clerk, StoreScope::All).await;
    let customer = shop.customer().await;
    let edit = |number| ProductEdit { title: Some(format!("Tea {number}")), ..ProductEdit::default() };
    let command = |number| match number % 3 {
        0 => ProductCommand::Edit(edit(number)),
        _ => ProductCommand::AdjustStock { delta: number, comment: Some(number.to_string()) },
    };
    let mut ids = vec![];
    let mut order = None;
    for _ in 0..products {
        let product = shop.product(&store, 10).await;
        // From here on its units are not those of its own history.
        order = Some(shop.place(&customer, &store, &[(&product, 1)]).await);
        ids.push(product.id.get());
    }
    // The last ones of all products come after the others of all.
    for numbers in [2..=300, 301..=events] {
        shop.clock.advance(1);
        for id in &ids {
            let id = ProductId::from_i64(*id);
            act(shop, numbers.clone().map(|number| on_product(id, command(number))).collect()).await;
        }
    }
    let order = order.expect("a product");
    let note = |number| Amendment { note: Some(format!("{number}")), ..Amendment::default() };
    let command = |number| match number % 3 {
        0 => OrderCommand::Amend(note(number)),
        1 => OrderCommand::Show,
        _ => OrderCommand::Hide,
    };
    act(shop, (2..=events).map(|number| on_order(order.id, None, command(number))).collect()).await;
    let switch =
        |number: i64| if number % 2 == 0 { StoreCommand::Deactivate } else { StoreCommand::Activate };
    act(shop, (2..=events).map(|number| on_store(store.id, switch(number))).collect()).await;
    let switch =
        |number: i64| if number % 2 == 0 { MemberCommand::Deactivate } else { MemberCommand::Activate };
    act(shop, (2..=events).map(|number| on_member(member.id, switch(number))).collect()).await;
    Long { products: ids, order: order.id.get(), store: store.id.get(), member: member.id.get() }
}

type Events<A> = BTreeMap<EventKey, (HistoryRow, Option<A>, A)>;

/// All events of a history with their states, from its beginning.
fn from_the_beginning<A: Aggregate>(rows: &[HistoryRow]) -> Events<A> {
    let mut state: Option<A> = None;
    let mut events = Events::new();
    for row in rows {
        let event = row.decoded::<A>().expect("an event");
        let after = A::apply(state.clone(), row.entity_id, &event, row.stamp()).expect("it fits");
        let before = state.replace(after.clone()).map(A::own);
        events.insert((row.entity_id, row.seq), (row.clone(), before, after.own()));
    }
    events
}

fn told<A: Aggregate>(events: BTreeMap<EventKey, PastEvent<A>>) -> Events<A> {
    let told = |event: PastEvent<A>| (event.row, event.before.map(A::own), event.after.own());
    events.into_iter().map(|(key, event)| (key, told(event))).collect()
}

/// Asks for events of these resources, some of which there are not, and compares.
async fn compare<A: Aggregate + Debug>(db: &Db, ids: &[i64], dice: &Dice) {
    let mut all = Events::<A>::new();
    for id in ids {
        all.extend(from_the_beginning::<A>(&history(db, *id).await));
    }
    let last = i64::try_from(all.len()).expect("few") / i64::try_from(ids.len()).expect("few");
    let mut conn = db.read().await.expect("a reader");
    for _ in 0..12 {
        let mut wanted: Vec<EventKey> = vec![];
        for id in ids {
            let from = i64::from(dice.roll(330)) + 1;
            match dice.roll(3) {
                0 => wanted.extend((from..from + 100).map(|seq| (*id, seq))),
                1 => wanted.extend((0..5).map(|_| (*id, i64::from(dice.roll(340)) + 1))),
                _ => wanted.extend([99, 100, 101, 201, 300, last].map(|seq| (*id, seq))),
            }
        }
        let found = told(read::past_events::<A>(&mut conn, wanted.clone()).await.expect("events"));
        let expected: Events<A> =
            wanted.iter().filter_map(|key| Some((*key, all.get(key)?.clone()))).collect();
        assert_eq!(found, expected);
        let key = (ids[0], i64::from(dice.roll(320)) + 1);
        let then = read::state_at::<A>(&mut conn, key.0, AsOf::Version(key.1)).await.expect("a state");
        assert_eq!(then.map(A::own), Some(all[&key].2.clone()));
        let now = read::newest_state::<A>(&mut conn, ids[0]).await.expect("a state");
        assert_eq!(now.map(A::own), Some(all[&(ids[0], last)].2.clone()));
    }
}

async fn compare_all(db: &Db, long: &Long, dice: &Dice) {
    compare::<Product>(db, &long.products, dice).await;
    compare::<Order>(db, &[long.order], dice).await;
    compare::<Store>(db, &[long.store], dice).await;
    compare::<Member>(db, &[long.member], dice).await;
}

async fn snapshots_shorten_the_way_and_change_nothing(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    let shop = Shop::open(&fresh.db).await;
    let long = long_histories(&shop, 2, 330).await;
    shop.close().await;
    let dice = Dice::new(seeds(&[]).next().expect("a seed"));
    compare_all(&fresh.db, &long, &dice).await;
    // What cannot be used is passed over.
    for damage in [
        "DELETE FROM state_snapshots WHERE seq = 200",
        "UPDATE state_snapshots SET state = '{' WHERE seq = 300",
        "UPDATE state_snapshots SET kind = 'customer' WHERE seq = 300",
        "UPDATE state_snapshots SET format = 2, state = '{}' WHERE seq = 100",
        "UPDATE state_snapshots SET seq = 250 WHERE seq = 300",
        "DELETE FROM state_snapshots",
    ] {
        fresh.damage(damage).await;
        compare_all(&fresh.db, &long, &dice).await;
    }
    fresh.drop().await;
}

async fn every_hundredth_state_is_kept(db: Db) {
    let shop = Shop::open(&db).await;
    let long = long_histories(&shop, 1, 305).await;
    // One by one, too.
    for delta in 306..=400 {
        let command = ProductCommand::AdjustStock { delta, comment: None };
        act(&shop, vec![on_product(ProductId::from_i64(long.products[0]), command)]).await;
    }
    shop.close().await;
    let rows = dump(&db).await["state_snapshots"].clone();
    let kept = |id: i64| -> Vec<Option<i64>> {
        let own = rows.iter().filter(|row| row.int("entity_id") == Some(id));
        own.map(|row| row.int("seq")).collect()
    };
    assert_eq!(kept(long.products[0]), [Some(100), Some(200), Some(300), Some(400)]);
    for id in [long.order, long.store, long.member] {
        assert_eq!(kept(id), [Some(100), Some(200), Some(300)]);
    }
    assert_eq!(rows.len(), 13, "and nothing else");
}

async fn a_page_reads_no_more_than_its_stretches(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    let server = TestServer::open(&fresh.db).await;
    let long = long_histories(&server.shop, 3, 330).await;
    let owner = server.member_token(&*server.shop.member(Role::Owner, StoreScope::All).await).await;
    let ask =
        async |path: &str| -> Value { server.good(&Request::get(path).bearer(&owner), 200).await.json() };
    let product = ProductId::from_i64(long.products[0]);
    let own = format!("/v1/staff/products/{product}/history?limit=100");
    let mut cursor = None;
    for _ in 0..3 {
        let page = ask(&format!("{own}{}", cursor.unwrap_or_default())).await;
        cursor = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
    }
    let paths = [
        format!("{own}{}", cursor.expect("a fourth page")),
        "/v1/staff/history?kind=product&limit=80".to_owned(),
        format!("/v1/staff/history?entity={product}&field=title&limit=9"),
        format!("/v1/staff/products/{product}?as_of=320"),
        format!("/v1/staff/products/{product}/diff?from=310"),
    ];
    let mut before = vec![];
    for path in &paths {
        before.push(ask(path).await);
    }
    assert_eq!(before[0]["items"].as_array().map(Vec::len), Some(30));
    assert_eq!(before[1]["items"].as_array().map(Vec::len), Some(80));
    // Whatever is not needed may as well not be there.
    fresh.damage("DELETE FROM history WHERE kind = 'product' AND seq <= 300").await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(ask(path).await, before, "{path}");
    }
    // And what is needed is read.
    fresh.damage("DELETE FROM history WHERE kind = 'product' AND seq = 301").await;
    let broken = server.send(&Request::get(&paths[3]).bearer(&owner)).await;
    assert_eq!(broken.status, 500);
    server.close().await;
    fresh.drop().await;
}
