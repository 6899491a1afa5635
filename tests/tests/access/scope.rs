//! The law of scopes: an order is in a scope if and only if every reader shows it there. Asked of the functions
//! of the persistence layer, with scopes of every kind.

use std::collections::BTreeSet;

use ordervault_domain::access::{Actor, Role, Scope, StatusSet, StoreScope};
use ordervault_domain::aggregate::Kind;
use ordervault_domain::id::{MemberId, OrderId, StoreId};
use ordervault_domain::member::{self, Member, MemberEdit};
use ordervault_domain::order::{Order, Source, Status};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{
    self, HistoryFilter, HistoryReach, OrderFilter, OrderSort, SortKey, Summary, Trash,
};
use ordervault_persistence::statement::Template;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{ActorRef, Effect};
use ordervault_tests::life::{Dice, live};
use ordervault_tests::queue::{catch_up, on_member};
use ordervault_tests::samples::grants;
use ordervault_tests::seed::on_each;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop};
use strum::IntoEnumIterator as _;

/// Before midnight in Taipei, where the shops of a random life are, so that "today" is not all of it.
const EVENING_MILLIS: i64 = OPENING_MILLIS + 7 * 3_600_000;
const STEPS: usize = 400;
const RANDOM_SCOPES: u32 = 40;

/// What is asked of an order.
type About = fn(&Order) -> bool;

/// What a reader shows, and which of the orders in scope it is about.
pub(crate) struct Shown {
    reader: String,
    about: Box<dyn Fn(&Order) -> bool>,
    found: Found,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Orders(BTreeSet<OrderId>),
    Number(i64),
}

pub(crate) fn shows(
    reader: impl Into<String>,
    about: impl Fn(&Order) -> bool + 'static,
    found: BTreeSet<OrderId>,
) -> Shown {
    Shown { reader: reader.into(), about: Box::new(about), found: Found::Orders(found) }
}

pub(crate) fn counts(
    reader: impl Into<String>,
    about: impl Fn(&Order) -> bool + 'static,
    found: i64,
) -> Shown {
    Shown { reader: reader.into(), about: Box::new(about), found: Found::Number(found) }
}

/// The law.
pub(crate) fn hold(orders: &[Order], scope: &Scope, shown: Vec<Shown>) {
    for Shown { reader, about, found } in shown {
        let covered = orders.iter().filter(|order| scope.covers(order) && about(order));
        let covered: BTreeSet<OrderId> = covered.map(|order| order.id).collect();
        let expected = match &found {
            Found::Orders(_) => Found::Orders(covered),
            Found::Number(_) => Found::Number(i64::try_from(covered.len()).expect("few")),
        };
        assert_eq!(found, expected, "{reader} in {scope:?}");
    }
}

pub(crate) fn any(_: &Order) -> bool {
    true
}

pub(crate) fn is_listed(order: &Order) -> bool {
    !order.is_deleted()
}

/// Is it new for a member who was there before it, and has seen nothing?
pub(crate) fn is_new(order: &Order) -> bool {
    is_listed(order) && order.source != Source::Import
}

/// A shop after a random life, and members who were there before.
pub(crate) struct Fixture {
    pub(crate) shop: Shop,
    pub(crate) members: Vec<Member>,
    pub(crate) orders: Vec<Order>,
}

impl Fixture {
    pub(crate) async fn lived_in(db: &Db, seed: u64) -> Self {
        let shop = Shop::with(db, ManualClock::at(EVENING_MILLIS), 1).await;
        let mut hired = vec![];
        for role in Role::iter().chain([Role::Owner, Role::Owner]) {
            hired.push(shop.member(role, StoreScope::All).await);
        }
        catch_up(db).await;
        live(&shop, seed, STEPS).await;
        catch_up(db).await;
        let orders = all_orders(db).await;
        let dice = Dice::new(seed);
        let mut members = vec![];
        for (number, member) in hired.into_iter().enumerate() {
            // The last ones have several roles, or none of the stores.
            let roles = (number >= Role::iter().count()).then(|| [Role::Warehouse, Role::Finance].into());
            let stores = if number == 0 { StoreScope::none() } else { some_stores(&dice, &orders) };
            let edit = MemberEdit { roles, stores: Some(stores), ..MemberEdit::default() };
            let act = on_member(member.id, member::MemberCommand::Edit(edit));
            match shop.act(ActorRef::Operator, act).await {
                Effect::Member(member) => members.push(Member::clone(&member)),
                other => unreachable!("{other:?}"),
            }
        }
        Self { shop, members, orders }
    }
}

/// Whatever a scope may ask of an order, some have it and some have not.
fn assert_lively(orders: &[Order]) {
    assert!(Status::iter().all(|status| orders.iter().any(|order| order.status() == status)));
    let traits: [About; 4] =
        [Order::is_deleted, Order::is_public, |order| order.unlisted, |order| order.customer_id.is_none()];
    assert!(traits.iter().all(|has| orders.iter().any(has) && !orders.iter().all(has)));
}

async fn all_orders(db: &Db) -> Vec<Order> {
    static IDS: Template = Template::new("SELECT id FROM orders");
    let mut conn = db.read().await.expect("a reader");
    let ids: Vec<(i64,)> = conn.fetch_all(&IDS.bind(())).await.expect("ids");
    let ids: Vec<OrderId> = ids.into_iter().map(|(id,)| OrderId::from_i64(id)).collect();
    read::orders(&mut conn, &Scope::Everything, &ids).await.expect("orders")
}

fn stores(orders: &[Order]) -> BTreeSet<StoreId> {
    orders.iter().map(|order| order.store_id).collect()
}

fn some_stores(dice: &Dice, orders: &[Order]) -> StoreScope {
    match dice.roll(4) {
        0 => StoreScope::All,
        _ => StoreScope::Only(stores(orders).into_iter().filter(|_| dice.roll(2) == 0).collect()),
    }
}

/// Scopes of every kind, also such as no role has today.
fn scopes(dice: &Dice, orders: &[Order]) -> Vec<Scope> {
    let customers: BTreeSet<_> = orders.iter().filter_map(|order| order.customer_id).collect();
    let mut scopes = vec![Scope::Everything, Scope::Guest(None), Scope::Board(stores(orders))];
    scopes.extend(customers.into_iter().map(Scope::Customer));
    scopes.extend(
        orders.iter().step_by(5).flat_map(|order| grants(order).map(|grant| Scope::Guest(Some(grant)))),
    );
    scopes.extend(stores(orders).into_iter().map(|store| Scope::Board([store].into())));
    scopes.extend((0..RANDOM_SCOPES).map(|_| Scope::Staff {
        stores: some_stores(dice, orders),
        statuses: Status::iter().filter(|_| dice.roll(3) > 0).collect::<StatusSet>(),
        contact: dice.roll(2) == 0,
        payments: true,
        trash: dice.roll(2) == 0,
    }));
    scopes
}

pub(crate) async fn every_reader_ends_at_the_scope(db: Db) {
    let mut all = vec![];
    on_each(db.engine(), &[1, 4, 5], async |db, seed| all.extend(readers_of_a_life(db, seed).await)).await;
    assert_lively(&all);
}

async fn readers_of_a_life(db: Db, seed: u64) -> Vec<Order> {
    let Fixture { shop, members, orders } = Fixture::lived_in(&db, seed).await;
    let (reader, now) = (members[1].id, shop.clock.now());
    let mut conn = db.read().await.expect("a reader");
    for scope in scopes(&Dice::new(seed), &orders) {
        hold(&orders, &scope, lists(&mut conn, &scope, reader).await);
        hold(&orders, &scope, single_reads(&mut conn, &scope, reader, &orders).await);
        if let Scope::Staff { .. } | Scope::Everything = scope {
            let summary = read::summary(&mut conn, &scope, reader, now).await.expect("a summary");
            hold(&orders, &scope, numbers(&scope, &summary, &orders, now));
        }
    }
    let members = members.iter().map(|member| Actor::Member(member.authority()));
    for actor in members.chain([Actor::Operator, Actor::System]) {
        hold(&orders, &actor.scope(), happened(&mut conn, &actor).await);
    }
    drop(conn);
    shop.close().await;
    orders
}

/// All pages of the lists in every order, and what is counted.
async fn lists(conn: &mut Conn, scope: &Scope, reader: MemberId) -> Vec<Shown> {
    let mut shown = vec![];
    let asked: [(&str, OrderFilter, About); 4] = [
        ("the list", OrderFilter::default(), is_listed),
        ("the trash", OrderFilter { trash: Trash::Only, ..OrderFilter::default() }, Order::is_deleted),
        ("both", OrderFilter { trash: Trash::With, ..OrderFilter::default() }, any),
        ("the new", OrderFilter { reader: Some(reader), new: Some(true), ..OrderFilter::default() }, is_new),
    ];
    for (name, filter, about) in asked {
        for key in [SortKey::Placed, SortKey::Due, SortKey::Total, SortKey::Updated] {
            let sort = OrderSort { key, descending: key != SortKey::Due };
            let about = move |order: &Order| about(order) && (key != SortKey::Due || order.due_at.is_some());
            let (mut found, mut after) = (BTreeSet::new(), None);
            loop {
                let page = read::list_orders(conn, scope, &filter, sort, after, 17).await.expect("a page");
                found.extend(page.items.iter().map(|item| item.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            shown.push(shows(format!("{name} by {key:?}"), about, found));
            let counted = read::count_orders(conn, scope, &filter, sort).await.expect("counted");
            assert!(!counted.is_lower_bound);
            shown.push(counts(format!("the count of {name} by {key:?}"), about, counted.total));
        }
    }
    shown
}

/// What is found by its id.
async fn single_reads(conn: &mut Conn, scope: &Scope, reader: MemberId, orders: &[Order]) -> Vec<Shown> {
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let mut one_by_one = BTreeSet::new();
    for id in &ids {
        one_by_one.extend(read::order(conn, scope, *id).await.expect("a read").map(|order| order.id));
    }
    let together = read::orders(conn, scope, &ids).await.expect("a read");
    let new = read::new_among(conn, scope, reader, &ids).await.expect("a read");
    vec![
        shows("a single read", any, one_by_one),
        shows("a read of several", any, together.into_iter().map(|order| order.id).collect()),
        shows("the new among some", |order| order.source != Source::Import, new.into_iter().collect()),
    ]
}

/// Every number of the summary.
fn numbers(scope: &Scope, summary: &Summary, orders: &[Order], now: Timestamp) -> Vec<Shown> {
    let of_status = summary.statuses.iter().map(|(status, counted)| {
        let status = *status;
        counts(
            format!("{status} of the summary"),
            move |order| is_listed(order) && order.status() == status,
            counted.total,
        )
    });
    let mut shown: Vec<Shown> = of_status.collect();
    shown.push(counts("new of the summary", is_new, summary.new.total));
    shown.push(counts("overdue of the summary", move |order| order.is_overdue(now), summary.overdue.total));
    let has_trash = matches!(scope, Scope::Everything | Scope::Staff { trash: true, .. });
    assert_eq!(summary.trash.is_some(), has_trash);
    shown.push(counts(
        "the trash of the summary",
        Order::is_deleted,
        summary.trash.unwrap_or_default().total,
    ));
    for store in stores(orders) {
        let today = summary.today.iter().find(|today| today.store_id == store);
        let midnight = "2026-01-31T16:00:00Z".parse().expect("a time");
        assert!(today.is_none_or(|today| today.since == midnight));
        let about =
            move |order: &Order| is_listed(order) && order.store_id == store && order.placed_at >= midnight;
        shown.push(counts(format!("today in {store}"), about, today.map_or(0, |today| today.orders)));
    }
    shown
}

/// Of which orders the history across everything tells.
async fn happened(conn: &mut Conn, actor: &Actor) -> Vec<Shown> {
    let reach = HistoryReach::of(conn, actor).await.expect("a reach");
    let filter = HistoryFilter { kinds: vec![Kind::Order], ..HistoryFilter::default() };
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let page = read::list_history(conn, &reach, &filter, after, 100).await.expect("a page");
        found.extend(page.items.iter().map(|item| OrderId::from_i64(item.key.entity_id)));
        after = page.next;
        if after.is_none() {
            return vec![shows("the history", any, found)];
        }
    }
}
