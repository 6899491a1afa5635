//! The history across everything: what it tells to whom, page by page, and along which index.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, Role, Scope, StoreScope};
use ordervault_domain::aggregate::{Aggregate as _, Kind};
use ordervault_domain::id::{MemberId, OrderId, StoreId};
use ordervault_domain::order::{Amendment, InvalidReason, Order, OrderCommand};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::HistoryRow;
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{self, HistoryFilter, HistoryKey, HistoryReach};
use ordervault_persistence::statement::Template;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::http::Request;
use ordervault_tests::life::{Dice, live};
use ordervault_tests::queue::run_sql;
use ordervault_tests::seed::{on_each, seeds};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use ordervault_tests::twin::Fresh;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    pages_are_the_history_in_reach_filtered,
    every_event_and_field_has_a_known_name,
    a_page_walks_so_far_and_no_further,
    items_say_who_did_what_to_which_fields,
    another_store_does_not_show,
);

/// What one person asked about, event by event, in the order of the list.
async fn pages(
    conn: &mut Conn,
    actor: &Actor,
    filter: &HistoryFilter,
    limit: u64,
) -> Vec<(Timestamp, i64, i64)> {
    let reach = HistoryReach::of(conn, actor).await.expect("a reach");
    let (mut found, mut after) = (vec![], None);
    loop {
        let page = read::list_history(conn, &reach, filter, after, limit).await.expect("a page");
        assert!(page.items.len() as u64 <= limit);
        found.extend(page.items.iter().map(|item| {
            let HistoryKey { recorded_at, entity_id, seq } = item.key;
            (recorded_at, entity_id, seq)
        }));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

async fn all_rows(conn: &mut Conn) -> Vec<HistoryRow> {
    static ALL: Template = Template::new(
        "SELECT h.*, p.salt, p.content FROM history h
         LEFT JOIN personal_values p ON p.entity_id = h.entity_id AND p.seq = h.seq
         ORDER BY h.recorded_at DESC, h.entity_id DESC, h.seq DESC",
    );
    conn.fetch_all(&ALL.bind(())).await.expect("rows")
}

/// May this actor see this event? Asked of the domain, thing by thing.
async fn sees(conn: &mut Conn, actor: &Actor, row: &HistoryRow) -> bool {
    let kind: Kind = row.kind.parse().expect("a kind");
    let is_in_scope = match kind {
        Kind::Order => {
            let id = OrderId::from_i64(row.entity_id);
            let order = read::order(conn, &Scope::Everything, id).await.expect("readable");
            order.is_some_and(|order| actor.scope().covers(&order))
        }
        Kind::Store | Kind::Product => {
            row.store_id.is_some_and(|store| actor.stores().covers(StoreId::from_i64(store)))
        }
        Kind::Member => {
            let member = read::member(conn, MemberId::from_i64(row.entity_id)).await.expect("readable");
            member.is_some_and(|member| actor.stores().includes(&member.stores))
        }
        Kind::Customer | Kind::Installation => true,
    };
    is_in_scope && actor.reads(kind)
}

fn asked_for(filter: &HistoryFilter, row: &HistoryRow) -> bool {
    let kind: Kind = row.kind.parse().expect("a kind");
    let store = row.store_id.map(StoreId::from_i64);
    filter.actor.is_none_or(|actor| row.actor_id == Some(actor))
        && filter.actor_kind.is_none_or(|kind| row.actor_kind == <&str>::from(kind))
        && (filter.events.is_empty() || filter.events.contains(&row.event_type))
        && (filter.kinds.is_empty() || filter.kinds.contains(&kind))
        && filter.field.is_none_or(|field| row.fields.split(' ').any(|name| name == field))
        && (filter.stores.is_empty() || store.is_some_and(|store| filter.stores.contains(&store)))
        && filter.entity.is_none_or(|entity| row.entity_id == entity)
        && filter.recorded_after.is_none_or(|from| row.recorded_at >= from.millis())
        && filter.recorded_before.is_none_or(|to| row.recorded_at < to.millis())
}

/// Some filter that some row meets, or two.
fn some_filter(dice: &Dice, rows: &[HistoryRow]) -> HistoryFilter {
    let mut filter = HistoryFilter::default();
    for _ in 0..dice.roll(4) {
        let Some(row) = dice.pick(rows) else { continue };
        match dice.roll(9) {
            0 => filter.actor = row.actor_id,
            1 => filter.actor_kind = row.actor_kind.parse().ok(),
            2 => filter.events.push(row.event_type.clone()),
            3 => filter.kinds.extend(row.kind.parse::<Kind>().ok()),
            4 => filter.field = dice.pick(Order::FIELDS).copied(),
            // Twice the same is the same.
            5 => filter.stores.extend(row.store_id.into_iter().flat_map(|id| [StoreId::from_i64(id); 2])),
            6 => filter.entity = Some(row.entity_id),
            7 => filter.recorded_after = Some(Timestamp::from_millis(row.recorded_at)),
            _ => filter.recorded_before = Some(Timestamp::from_millis(row.recorded_at)),
        }
    }
    filter
}

async fn pages_are_the_history_in_reach_filtered(db: Db) {
    let mut shown = 0;
    on_each(db.engine(), &[23], async |db, seed| shown += pages_of_a_life(db, seed).await).await;
    assert!(shown > 2_000, "{shown}");
}

/// Everybody asks for many things; how many events were shown.
async fn pages_of_a_life(db: Db, seed: u64) -> usize {
    let shop = Shop::open(&db).await;
    let here = shop.store().await;
    let only_here = StoreScope::Only(BTreeSet::from([here.id]));
    let tea = shop.product(&here, 50).await;
    let customer = shop.customer().await;
    for _ in 0..3 {
        let order = shop.place(&customer, &here, &[(&tea, 1)]).await;
        let reject = OrderCommand::Reject { reason: InvalidReason::Test, comment: None };
        shop.change(ActorRef::Operator, &order, reject).await;
        shop.change(ActorRef::Operator, &order, OrderCommand::Delete { batch: None }).await;
    }
    let mut members = vec![];
    for (role, stores) in [
        (Role::Owner, StoreScope::All),
        (Role::Finance, StoreScope::All),
        (Role::Auditor, only_here.clone()),
        (Role::Manager, only_here.clone()),
        (Role::Clerk, only_here.clone()),
        (Role::Warehouse, StoreScope::All),
        (Role::Manager, StoreScope::none()),
    ] {
        members.push(shop.member(role, stores).await);
    }
    live(&shop, seed, 250).await;
    let mut conn = db.read().await.expect("a reader");
    let rows = all_rows(&mut conn).await;
    let dice = Dice::new(seed);
    let mut shown = 0;
    for member in &members {
        let actor = Actor::Member(member.authority());
        let mut in_reach = vec![];
        for row in &rows {
            if sees(&mut conn, &actor, row).await {
                in_reach.push(row.clone());
            }
        }
        for round in 0..25 {
            // First everything; and filters that only foreign rows meet find nothing.
            let filter = if round == 0 { HistoryFilter::default() } else { some_filter(&dice, &rows) };
            let expected: Vec<_> = in_reach
                .iter()
                .filter(|row| asked_for(&filter, row))
                .map(|row| (Timestamp::from_millis(row.recorded_at), row.entity_id, row.seq))
                .collect();
            let limit = 1 + u64::from(dice.roll(60));
            let found = pages(&mut conn, &actor, &filter, limit).await;
            assert_eq!(found, expected, "{:?} asks for {filter:?}", member.roles);
            shown += found.len();
        }
    }
    drop(conn);
    shop.close().await;
    shown
}

async fn every_event_and_field_has_a_known_name(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in seeds(&[3]) {
        live(&shop, seed, 300).await;
    }
    let rows = all_rows(&mut db.read().await.expect("a reader")).await;
    for row in &rows {
        let kind: Kind = row.kind.parse().expect("a kind");
        assert!(kind.events().contains(&row.event_type.as_str()), "{} of {kind}", row.event_type);
    }
    shop.close().await;
}

/// Events of a deployment with two stores, written past the writer: many, and one in a hundred of another kind.
async fn fabricate(db: &Db, events: i64) {
    static FABRICATE: Template = Template::forked(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
         INSERT INTO history (entity_id, seq, kind, store_id, type, format, event, fields, recorded_at, occurred_at,
             actor_kind, actor_id, request_id, key_id, hash)
         SELECT 1000 + i / 4, 1 + i % 4, CASE WHEN i % 100 = 0 THEN 'product' ELSE 'order' END, 1 + (i % 7 = 0),
             CASE WHEN i % 100 = 0 THEN 'edited' WHEN i % 4 = 0 THEN 'placed' ELSE 'confirmed' END, 1, '{}', 'status', i, i,
             'member', 1 + i % 50, '', 'none', '' FROM n",
        "INSERT INTO history (entity_id, seq, kind, store_id, type, format, event, fields, recorded_at, occurred_at,
             actor_kind, actor_id, request_id, key_id, hash)
         SELECT 1000 + i / 4, 1 + i % 4, CASE WHEN i % 100 = 0 THEN 'product' ELSE 'order' END, 1 + (i % 7 = 0)::int,
             CASE WHEN i % 100 = 0 THEN 'edited' WHEN i % 4 = 0 THEN 'placed' ELSE 'confirmed' END, 1, '{}', 'status', i, i,
             'member', 1 + i % 50, '', 'none', '' FROM generate_series(1, $1) AS n (i)",
    );
    static ANALYZE: Template = Template::forked("SELECT 1", "ANALYZE history");
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(&FABRICATE.bind((events,))).await.expect("written");
    tx.commit().await.expect("committed");
    run_sql(db, &ANALYZE).await;
}

fn owner() -> Actor {
    Actor::Operator
}

async fn a_page_walks_so_far_and_no_further(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    fabricate(&fresh.db, 25_000).await;
    let mut conn = fresh.db.read().await.expect("a reader");
    let reach = HistoryReach::of(&mut conn, &owner()).await.expect("a reach");
    // Nobody changed the note: each page gives up after its share, until the end.
    let filter = HistoryFilter { field: Some("note"), ..HistoryFilter::default() };
    let (mut after, mut lengths) = (None, vec![]);
    for _ in 0..25_000_u64.div_ceil(read::MAX_WALKED_ROWS) {
        let page = read::list_history(&mut conn, &reach, &filter, after, 100).await.expect("a page");
        lengths.push(page.items.len());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(lengths, [0; 7]);
    assert_eq!(after, None, "25,000 events are seven pages of at most 4,000");
    drop(conn);
    fresh.drop().await;
}

async fn items_say_who_did_what_to_which_fields(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let token = server.member_token(&owner).await;
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.clock.advance(1_000);
    let note =
        Amendment { note: Some("another".into()), comment: Some("by phone".into()), ..Default::default() };
    shop.change(ActorRef::Member(owner.id), &order, OrderCommand::Amend(note)).await;
    let ask = async |query: &str| {
        let request = Request::get(format!("/v1/staff/history?{query}")).bearer(&token);
        server.good(&request, 200).await.json()["items"].as_array().cloned().expect("items")
    };
    let newest = ask("limit=1").await.remove(0);
    assert_eq!(
        newest,
        json!({
            "kind": "order", "id": order.id.to_string(), "number": order.id.number(),
            "store_id": store.id.to_string(), "version": 2, "event": "amended",
            "occurred_at": shop.clock.now(), "recorded_at": shop.clock.now(),
            "actor": {"kind": "member", "role": "owner", "id": owner.id.to_string(), "name": owner.contact.name},
            "comment": "by phone", "request_id": "req_test",
            "changes": [{"field": "note", "before": "請按門鈴", "after": "another"}],
        })
    );
    // The same as the thing's own history says.
    let own = Request::get(format!("/v1/staff/orders/{}/history", order.id)).bearer(&token);
    let own = server.good(&own, 200).await.json()["items"][1].clone();
    let mut without_thing = newest.clone();
    for name in ["kind", "id", "number", "store_id"] {
        without_thing.as_object_mut().expect("an object").remove(name);
    }
    assert_eq!(own, without_thing);
    let kinds = async |query: &str| -> BTreeSet<String> {
        ask(query).await.iter().map(|item| item["kind"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(kinds("actor_kind=operator").await, ["member", "product", "store"].map(str::to_owned).into());
    assert_eq!(
        kinds(&format!("actor={}", customer.id)).await,
        ["customer", "order"].map(str::to_owned).into()
    );
    assert_eq!(kinds("kind=member,store").await, ["member", "store"].map(str::to_owned).into());
    assert_eq!(ask("field=note&event=amended").await, vec![newest.clone()]);
    assert_eq!(ask(&format!("entity={}", tea.id)).await.len(), 1);
    assert_eq!(ask(&format!("recorded_after={}", shop.clock.now())).await, vec![newest]);
    // Following the cursor gives every event once.
    let whole = ask("limit=100").await;
    let (mut pages, mut cursor): (Vec<Value>, Option<String>) = (vec![], None);
    loop {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let request = Request::get(format!("/v1/staff/history?limit=2{more}")).bearer(&token);
        let page = server.good(&request, 200).await.json();
        pages.extend(page["items"].as_array().cloned().unwrap_or_default());
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, whole);
    server.close().await;
}

async fn another_store_does_not_show(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let (here, there) = (shop.store().await, shop.store().await);
    let (tea, foreign) = (shop.product(&here, 10).await, shop.product(&there, 10).await);
    let customer = shop.customer().await;
    let clerk = shop.member(Role::Clerk, StoreScope::Only(BTreeSet::from([here.id]))).await;
    let stranger = shop.member(Role::Manager, StoreScope::Only(BTreeSet::from([there.id]))).await;
    let token = server.member_token(&clerk).await;
    let own = shop.place(&customer, &here, &[(&tea, 1)]).await;
    let order = shop.place(&customer, &there, &[(&foreign, 1)]).await;
    shop.change(ActorRef::Member(stranger.id), &order, OrderCommand::Confirm).await;
    let ask = async |query: &str| {
        let request = Request::get(format!("/v1/staff/history?{query}")).bearer(&token);
        server.good(&request, 200).await
    };
    let nothing = json!({"items": [], "has_more": false});
    for query in [
        format!("store={}", there.id),
        format!("entity={}", there.id),
        format!("entity={}", foreign.id),
        format!("entity={}", order.id),
        format!("entity={}", stranger.id),
        format!("entity={}", customer.id),
        format!("actor={}", stranger.id),
        "kind=member".to_owned(),
        "kind=customer".to_owned(),
        "event=confirmed".to_owned(),
    ] {
        assert_eq!(ask(&query).await.json(), nothing, "{query}");
    }
    let (mut cursor, mut seen) = (None::<String>, BTreeSet::new());
    loop {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let answer = ask(&format!("limit=1{more}")).await;
        for foreign in
            [there.id.to_string(), foreign.id.to_string(), order.id.to_string(), stranger.id.to_string()]
        {
            assert!(!answer.text().contains(&foreign), "{}", answer.text());
        }
        let page = answer.json();
        seen.extend(page["items"].as_array().into_iter().flatten().map(|item| item["id"].to_string()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let expected = [here.id.to_string(), tea.id.to_string(), own.id.to_string()];
    assert_eq!(seen, expected.map(|id| format!("\"{id}\"")).into());
    server.close().await;
}
