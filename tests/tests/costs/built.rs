//! Statements that are put together: one of each shape, by what is asked for.

use ordervault_domain::access::{Actor, MemberAuthority, Role, Scope, StoreScope};
use ordervault_domain::aggregate::Kind;
use ordervault_domain::id::{MemberId, OrderId, StoreId};
use ordervault_domain::order::{Status, order_terms};
use ordervault_domain::search::query_terms;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::read::{
    self, CustomerFilter, Edge, HistoryFilter, HistoryKey, HistoryReach, OrderCursor, OrderFilter, OrderSort,
    ProductFilter, SortKey,
};
use ordervault_persistence::statement::Statement;
use ordervault_tests::fabricate::{CUSTOMER, GREAT_CUSTOMER, GREAT_STORE, Numbers, SMALL_STORE};
use ordervault_tests::list_queries::questions;
use ordervault_tests::shop::OPENING_MILLIS;

/// Rows of a page.
const LIMIT: u64 = 25;
/// So many orders lie behind a page at the other end of a list.
const FAR: i64 = 300;
/// So many orders are looked at together.
const AMONG: i64 = 20;

/// All of them by name.
pub(crate) async fn built(db: &Db, numbers: &Numbers) -> Vec<(String, Statement)> {
    let engine = db.engine();
    let mut all = lists(engine);
    all.extend(pages(engine, numbers));
    all.extend(summaries(engine, numbers));
    all.extend(products(engine));
    all.extend(customers(engine));
    all.extend(histories(db, numbers).await);
    all
}

/// Staff of one store, large or small, of both, and of all.
fn scopes() -> Vec<(&'static str, Scope)> {
    let only = |stores: &[StoreId]| StoreScope::Only(stores.iter().copied().collect());
    let of =
        |role, stores| Actor::Member(MemberAuthority { id: MEMBER, roles: [role].into(), stores }).scope();
    vec![
        ("everything", Scope::Everything),
        ("customer", Scope::Customer(CUSTOMER)),
        ("board", Scope::Board([GREAT_STORE].into())),
        ("clerk of the great store", of(Role::Clerk, only(&[GREAT_STORE]))),
        ("clerk of the small store", of(Role::Clerk, only(&[SMALL_STORE]))),
        ("manager of both", of(Role::Manager, only(&[GREAT_STORE, SMALL_STORE]))),
        ("warehouse", of(Role::Warehouse, StoreScope::All)),
    ]
}

const MEMBER: MemberId = MemberId::from_i64(2);

fn lists(engine: Engine) -> Vec<(String, Statement)> {
    let mut all = vec![];
    let mut add = |name: &str, scope: &Scope, filter: &OrderFilter, sort| {
        let statements = read::list_statements(engine, scope, filter, sort, None, LIMIT).into_iter();
        all.extend(statements.map(|(statement, text)| (format!("list, {name}: {statement}"), text)));
    };
    for question in questions() {
        add(question.name, &Scope::Everything, &question.filter, question.sort);
    }
    for (name, scope) in scopes().into_iter().skip(1) {
        add(name, &scope, &OrderFilter::default(), OrderSort::NEWEST_FIRST);
    }
    for (name, scope) in scopes() {
        let new = OrderFilter { reader: Some(MEMBER), new: Some(true), ..OrderFilter::default() };
        add(&format!("new for {name}"), &scope, &new, OrderSort::NEWEST_FIRST);
    }
    all
}

/// First pages, and those at the other end of a list, both ways: what lies before them is not looked at.
fn pages(engine: Engine, numbers: &Numbers) -> Vec<(String, Statement)> {
    let of_great_store = || OrderFilter { stores: vec![GREAT_STORE], ..OrderFilter::default() };
    let lists = [
        ("all", OrderFilter::default()),
        ("of the great store", of_great_store()),
        ("of the small store", OrderFilter { stores: vec![SMALL_STORE], ..OrderFilter::default() }),
        (
            "completed ones of the great store",
            OrderFilter { statuses: vec![Status::Completed], ..of_great_store() },
        ),
        ("completed ones", OrderFilter { statuses: vec![Status::Completed], ..OrderFilter::default() }),
    ];
    let ends = [
        ("the first one", true, None),
        ("onwards", true, Some(FAR)),
        ("back", false, Some(numbers.orders - FAR)),
    ];
    let pages = lists.iter().flat_map(|(name, filter)| ends.map(|end| (name, filter, end)));
    let pages = pages.filter_map(|(name, filter, (way, descending, order))| {
        let sort = OrderSort { key: SortKey::Placed, descending };
        let after =
            |order| OrderCursor { key: numbers.placed_at(order), id: OrderId::from_i64(numbers.id(order)) };
        let after = order.map(after);
        let statements = read::list_statements(engine, &Scope::Everything, filter, sort, after, LIMIT);
        let (_, page) = statements.into_iter().find(|(name, _)| *name == "first look")?;
        Some((format!("page, {name}: {way}"), page))
    });
    pages.collect()
}

fn summaries(engine: Engine, numbers: &Numbers) -> Vec<(String, Statement)> {
    let now = Timestamp::from_millis(OPENING_MILLIS);
    let orders: Vec<OrderId> =
        (0..AMONG).map(|ago| OrderId::from_i64(numbers.id(numbers.orders - ago))).collect();
    let mut all = vec![];
    for (name, scope) in scopes() {
        all.push((format!("summary, {name}: counts"), read::summary_counts(&scope, now)));
        let new = read::new_among_statement(engine, &scope, MEMBER, &orders);
        all.push((format!("new among some, {name}"), new));
    }
    all
}

fn products(engine: Engine) -> Vec<(String, Statement)> {
    let any = || ProductFilter {
        reach: StoreScope::All,
        store_id: None,
        category: None,
        active: None,
        terms: vec![],
    };
    [
        ("all", any()),
        ("on sale", ProductFilter { active: Some(true), ..any() }),
        ("of a store", ProductFilter { store_id: Some(GREAT_STORE), ..any() }),
        ("of a category", ProductFilter { category: Some("category-1".to_owned()), ..any() }),
        ("with a word", ProductFilter { terms: query_terms("保温"), ..any() }),
    ]
    .into_iter()
    .flat_map(|(name, filter)| {
        [("first page", None), ("second page", Some(Edge::After(1_500))), ("back", Some(Edge::Before(100)))]
            .map(|(page, after)| {
                let statement = read::products_statement(&filter, after, LIMIT, engine);
                (format!("products, {name}: {page}"), statement)
            })
    })
    .collect()
}

fn customers(engine: Engine) -> Vec<(String, Statement)> {
    let filters = [
        ("all", None),
        ("an id", Some(CustomerFilter::Id(CUSTOMER))),
        ("the greatest", Some(CustomerFilter::Id(GREAT_CUSTOMER))),
        ("an address", Some(CustomerFilter::Email("buyer7@example.com".to_owned()))),
        ("a number", Some(CustomerFilter::PhoneTail("8869127".to_owned()))),
        ("a rare word", Some(CustomerFilter::Words(order_terms("buyer1234")))),
        ("a common word", Some(CustomerFilter::Words(order_terms("maria")))),
    ];
    let of_staff = scopes().into_iter().filter(|(_, scope)| matches!(scope, Scope::Staff { .. }));
    of_staff
        .flat_map(|(reader, scope)| {
            let named = |(name, filter): &(&str, Option<CustomerFilter>)| {
                let statements =
                    read::customers_statements(engine, &scope, filter.as_ref(), LIMIT).into_iter();
                let name = |(statement, text)| (format!("customers, {reader}, {name}: {statement}"), text);
                statements.map(name).collect::<Vec<_>>()
            };
            filters.iter().flat_map(named).collect::<Vec<_>>()
        })
        .collect()
}

async fn histories(db: &Db, numbers: &Numbers) -> Vec<(String, Statement)> {
    let half = numbers.orders / 2;
    let at = |number| Timestamp::from_millis(numbers.placed_at(number));
    let any = HistoryFilter::default;
    let great = || vec![GREAT_STORE];
    let events = || vec!["deleted".to_owned(), "confirmed".to_owned()];
    let filters = [
        ("all", any()),
        (
            "an hour",
            HistoryFilter { recorded_after: Some(at(half)), recorded_before: Some(at(half + 60)), ..any() },
        ),
        ("a field", HistoryFilter { field: Some("status"), ..any() }),
        ("an actor", HistoryFilter { actor: Some(7), ..any() }),
        ("an actor before", HistoryFilter { actor: Some(7), recorded_before: Some(at(half)), ..any() }),
        ("the great store", HistoryFilter { stores: great(), ..any() }),
        ("the small store", HistoryFilter { stores: vec![SMALL_STORE], ..any() }),
        ("events", HistoryFilter { events: events(), ..any() }),
        ("rare events", HistoryFilter { events: vec!["deleted".to_owned()], ..any() }),
        ("events of a store", HistoryFilter { events: events(), stores: great(), ..any() }),
        ("kinds", HistoryFilter { kinds: vec![Kind::Member, Kind::Installation], ..any() }),
        ("a resource", HistoryFilter { entity: Some(numbers.id(half + 1)), ..any() }),
        ("the longest history", HistoryFilter { entity: Some(numbers.long_order()), ..any() }),
    ];
    let only = |stores: &[StoreId]| StoreScope::Only(stores.iter().copied().collect());
    let of = |role, stores| Actor::Member(MemberAuthority { id: MEMBER, roles: [role].into(), stores });
    let actors = [
        ("everybody", Actor::Operator),
        ("clerk of the small store", of(Role::Clerk, only(&[SMALL_STORE]))),
        ("manager of both", of(Role::Manager, only(&[GREAT_STORE, SMALL_STORE]))),
        ("warehouse", of(Role::Warehouse, StoreScope::All)),
    ];
    let after = HistoryKey { recorded_at: at(half), entity_id: numbers.id(half), seq: 1 };
    let mut all = vec![];
    for (reader, actor) in &actors {
        let reach = HistoryReach::of(&mut db.read().await.expect("a reader"), actor).await.expect("a reach");
        for (name, filter) in &filters {
            let edges =
                [("first", None), ("middle", Some(Edge::After(after))), ("back", Some(Edge::Before(after)))];
            for (page, after) in edges {
                let statements = read::history_statements(&reach, filter, after, LIMIT, db.engine());
                let named =
                    |(statement, text)| (format!("history, {reader}, {name}: {page} {statement}"), text);
                all.extend(statements.into_iter().map(named));
            }
        }
    }
    all
}
