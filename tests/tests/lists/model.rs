//! Lists against their model: the orders of a random life, filtered and sorted in memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use ordervault_domain::access::{Role, Scope, StatusSet, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Order, Source, Status};
use ordervault_domain::product::Product;
use ordervault_domain::search::{Field, query_terms};
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{
    self, CustomerFilter, OrderFilter, OrderSort, OrderSummary, SortKey, Trash, count_orders, list_orders,
};
use ordervault_persistence::statement::Template;
use ordervault_persistence::tx::Conn;
use ordervault_tests::life::{Dice, live};
use ordervault_tests::samples::grants;
use ordervault_tests::seed::on_each;
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(lists_are_what_the_model_says);

const STEPS: usize = 400;
const QUESTIONS: u64 = 300;

/// A shop after a random life, with all that it has.
pub(crate) struct Fixture {
    pub(crate) conn: Conn,
    pub(crate) orders: Vec<Order>,
    products: Vec<Product>,
}

impl Fixture {
    /// What is in the database.
    pub(crate) async fn of(db: &Db) -> Self {
        static IDS: Template = Template::new("SELECT id FROM orders ORDER BY id");
        let mut conn = db.read().await.expect("a reader");
        let (mut orders, mut products) = (vec![], vec![]);
        let ids: Vec<(i64,)> = conn.fetch_all(&IDS.bind(())).await.expect("rows");
        for (id,) in ids {
            let order = read::order(&mut conn, &Scope::Everything, OrderId::from_i64(id)).await;
            orders.push(order.expect("a read").expect("an order"));
        }
        let lines: BTreeSet<_> =
            orders.iter().flat_map(|order: &Order| order.lines.iter().map(|line| line.product_id)).collect();
        for id in lines {
            products.push(read::product(&mut conn, id).await.expect("a read").expect("a product"));
        }
        Self { conn, orders, products }
    }

    /// All pages of a list.
    pub(crate) async fn list(
        &mut self,
        scope: &Scope,
        filter: &OrderFilter,
        sort: OrderSort,
        limit: u64,
    ) -> Vec<OrderSummary> {
        let (mut found, mut after) = (vec![], None);
        loop {
            let page = list_orders(&mut self.conn, scope, filter, sort, after, limit).await.expect("a page");
            assert!(page.items.len() as u64 <= limit);
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }

    fn is_wanted(&self, filter: &OrderFilter, order: &Order) -> bool {
        let line = |wanted: &dyn Fn(&Product) -> bool| {
            let products = self.products.iter().filter(|product| wanted(product));
            let ids: BTreeSet<_> = products.map(|product| product.id).collect();
            order.lines.iter().any(|line| ids.contains(&line.product_id))
        };
        let any = |is_empty: bool, holds: bool| is_empty || holds;
        any(filter.statuses.is_empty(), filter.statuses.contains(&order.status()))
            && any(filter.stores.is_empty(), filter.stores.contains(&order.store_id))
            && any(filter.sources.is_empty(), filter.sources.contains(&order.source))
            && any(
                filter.source_statuses.is_empty(),
                order.source_status.as_ref().is_some_and(|status| filter.source_statuses.contains(status)),
            )
            && any(
                filter.payment_statuses.is_empty(),
                filter.payment_statuses.contains(&order.derived.payment_status),
            )
            && any(
                filter.attention.is_empty(),
                filter.attention.iter().any(|what| order.attention.contains(what)),
            )
            && any(
                filter.fulfillments.is_empty(),
                filter.fulfillments.contains(&order.derived.fulfillment_status),
            )
            && filter.tracking_key.as_ref().is_none_or(|key| tracking_keys(order).contains(key))
            && filter.number.as_ref().is_none_or(|number| number.finds(order.id))
            && filter.product.is_none_or(|id| line(&|product| product.id == id))
            && filter.sku.as_ref().is_none_or(|sku| line(&|product| product.sku == *sku))
            && filter.category.as_ref().is_none_or(|category| {
                order.lines.iter().any(|line| line.category.as_ref() == Some(category))
            })
            && filter.placed_after.is_none_or(|from| order.placed_at >= from)
            && filter.placed_before.is_none_or(|to| order.placed_at < to)
            && filter.updated_after.is_none_or(|from| order.updated_at >= from)
            && filter.updated_before.is_none_or(|to| order.updated_at < to)
            && filter.due_after.is_none_or(|from| order.due_at.is_some_and(|due_at| due_at >= from))
            && filter.due_before.is_none_or(|to| order.is_overdue(to))
            && filter.total_min.is_none_or(|min| order.totals.total >= min)
            && filter.total_max.is_none_or(|max| order.totals.total <= max)
            && match filter.trash {
                Trash::Without => !order.is_deleted(),
                Trash::Only => order.is_deleted(),
                Trash::With => true,
            }
            && filter.customer.as_ref().is_none_or(|customer| is_of(customer, order))
    }
}

fn is_of(customer: &CustomerFilter, order: &Order) -> bool {
    match customer {
        CustomerFilter::Id(id) => order.customer_id == Some(*id),
        CustomerFilter::Email(email) => order.contact.email.as_ref().is_some_and(|own| own.as_str() == email),
        CustomerFilter::PhoneTail(tail) => {
            order.contact.phone.as_ref().is_some_and(|phone| phone.line(order.country).ends_with(tail))
        }
        CustomerFilter::Words(terms) => order.is_found(terms, &[Field::Contact]),
    }
}

/// The tracking numbers of an order, as they are searched.
fn tracking_keys(order: &Order) -> Vec<String> {
    let parcels = order.fulfillments.iter().flat_map(|fulfillment| &fulfillment.parcels);
    parcels.filter_map(|parcel| Some(parcel.tracking_number.as_ref()?.key())).collect()
}

/// The fields that a scope searches.
pub(crate) fn shown(scope: &Scope) -> &'static [Field] {
    if scope.shows_contact() { &[Field::Items, Field::Contact, Field::Note] } else { &[Field::Items] }
}

/// In each of a few ways, what some order of the shop has.
fn filter(dice: &Dice, orders: &[Order]) -> OrderFilter {
    let trash = match dice.roll(8) {
        0 => Trash::Only,
        1 => Trash::With,
        _ => Trash::Without,
    };
    let mut filter = OrderFilter { trash, ..OrderFilter::default() };
    for _ in 0..dice.roll(4) {
        let Some(order) = dice.pick(orders) else { break };
        let line = dice.pick(&order.lines);
        match dice.roll(24) {
            0 => filter.statuses = vec![order.status(), Status::Confirmed],
            // Named twice: it is there once.
            1 => filter.stores.extend([order.store_id; 2]),
            2 => filter.sources.extend([order.source; 2]),
            3 => filter.source_statuses.extend([&order.source_status; 2].into_iter().flatten().cloned()),
            4 => filter.number = OrderId::search(&order.id.to_string()).ok(),
            5 => filter.number = OrderId::search(&order.id.number()[9 * dice.roll(2) as usize..][..7]).ok(),
            6 => filter.customer = order.customer_id.map(CustomerFilter::Id),
            7 => {
                let email = order.contact.email.as_ref().map(|email| email.as_str().to_owned());
                filter.customer = email.map(CustomerFilter::Email);
            }
            8 => {
                let line = order.contact.phone.as_ref().map(|phone| phone.line(order.country));
                let tail = line.map(|line| line[line.len() - 3..].to_owned());
                filter.customer = tail.map(CustomerFilter::PhoneTail);
            }
            9 => filter.customer = Some(CustomerFilter::Words(query_terms("小明 mar"))),
            10 => filter.product = line.map(|line| line.product_id),
            11 => filter.sku = line.map(|line| line.sku.clone()),
            12 => filter.category = line.and_then(|line| line.category.clone()),
            13 => filter.placed_after = Some(order.placed_at),
            14 => filter.placed_before = Some(order.placed_at),
            15 => (filter.updated_after, filter.updated_before) = (Some(order.updated_at), None),
            16 => (filter.due_after, filter.due_before) = (order.due_at, None),
            17 => filter.due_before = Some(order.updated_at),
            18 => filter.total_min = Some(order.totals.total),
            19 => filter.fulfillments.extend([order.derived.fulfillment_status; 2]),
            20 => filter.tracking_key = tracking_keys(order).into_iter().next(),
            22 => filter.attention.extend(order.attention.iter().copied().take(1)),
            21 => filter.payment_statuses.extend([order.derived.payment_status; 2]),
            _ => filter.total_max = Some(order.totals.total),
        }
    }
    let texts = ["", "", "", "保温", "caneca", "備註", "flores", "杯 thermos", "王小明 sku", "台北 nowhere"];
    filter.terms = dice.pick(&texts).map(|text| query_terms(text)).unwrap_or_default();
    filter
}

fn scopes(orders: &[Order]) -> Vec<Scope> {
    let staff = |stores: StoreScope, role: Role, contact: bool, trash: bool| Scope::Staff {
        stores,
        statuses: StatusSet::of_roles(&[role].into()),
        contact,
        payments: true,
        trash,
    };
    let some = |count: usize| {
        let stores: BTreeSet<_> = orders.iter().map(|order| order.store_id).collect();
        StoreScope::Only(stores.into_iter().take(count).collect())
    };
    let customers: BTreeSet<_> = orders.iter().filter_map(|order| order.customer_id).collect();
    let mut scopes = vec![
        Scope::Everything,
        Scope::Guest(None),
        Scope::Board(orders.iter().map(|order| order.store_id).take(2).collect()),
        staff(StoreScope::All, Role::Manager, true, true),
        staff(StoreScope::All, Role::Clerk, true, false),
        staff(StoreScope::All, Role::Warehouse, false, false),
        staff(some(1), Role::Manager, true, true),
        staff(some(1), Role::Warehouse, false, false),
        staff(some(2), Role::Clerk, true, false),
        staff(StoreScope::none(), Role::Manager, true, true),
    ];
    scopes.extend(customers.into_iter().map(Scope::Customer));
    scopes.extend(
        orders.iter().step_by(7).flat_map(|order| grants(order).map(|grant| Scope::Guest(Some(grant)))),
    );
    scopes
}

fn key(order: &Order, key: SortKey) -> i64 {
    match key {
        SortKey::Placed => order.placed_at.millis(),
        SortKey::Updated => order.updated_at.millis(),
        SortKey::Total => order.totals.total.get(),
        SortKey::Due => order.due_at.map_or(i64::MAX, |due_at| due_at.millis()),
    }
}

async fn lived_in(db: &Db, seed: u64) -> Fixture {
    let shop = Shop::open(db).await;
    live(&shop, seed, STEPS).await;
    shop.close().await;
    Fixture::of(db).await
}

async fn lists_are_what_the_model_says(db: Db) {
    let (mut orders, mut found_some) = (vec![], 0);
    let in_a_life = async |db: Db, seed| {
        let mut fixture = lived_in(&db, seed).await;
        found_some += lists_of_a_life(&mut fixture, &Dice::new(seed)).await;
        orders.append(&mut fixture.orders);
    };
    on_each(db.engine(), &[1, 4, 5], in_a_life).await;
    assert!(found_some > 300, "{found_some}");
    let kinds: [fn(&Order) -> bool; 3] =
        [Order::is_deleted, |order| order.due_at.is_some(), |order| order.source == Source::Import];
    let missing: Vec<usize> = (0..kinds.len()).filter(|kind| !orders.iter().any(kinds[*kind])).collect();
    assert_eq!(missing, Vec::<usize>::new(), "kinds of orders that no life had");
}

/// Asks about everything that a list can be asked; how many rows were found.
async fn lists_of_a_life(fixture: &mut Fixture, dice: &Dice) -> usize {
    let orders = fixture.orders.clone();
    let (scopes, mut found_some) = (scopes(&orders), 0);
    for _ in 0..QUESTIONS {
        let filter = filter(dice, &orders);
        // The narrow scopes are many, and leave little to find.
        let scope = if dice.roll(2) == 0 { &Scope::Everything } else { dice.pick(&scopes).expect("a scope") };
        let keys = [SortKey::Placed, SortKey::Due, SortKey::Total, SortKey::Updated];
        let key_of = *dice.pick(&keys).expect("a key");
        let sort = OrderSort { key: key_of, descending: dice.roll(2) == 0 };

        let is_expected = |order: &&Order| {
            let reach = scope.covers(order);
            let is_sorted = key_of != SortKey::Due || order.due_at.is_some();
            reach
                && is_sorted
                && fixture.is_wanted(&filter, order)
                && order.is_found(&filter.terms, shown(scope))
        };
        let mut expected: Vec<&Order> = orders.iter().filter(is_expected).collect();
        match sort.descending {
            true => expected.sort_by_key(|order| Reverse((key(order, key_of), order.id))),
            false => expected.sort_by_key(|order| (key(order, key_of), order.id)),
        }

        let found = fixture.list(scope, &filter, sort, 1 + u64::from(dice.roll(6))).await;
        let ids: Vec<OrderId> = found.iter().map(|item| item.id).collect();
        let expected_ids: Vec<OrderId> = expected.iter().map(|order| order.id).collect();
        assert_eq!(ids, expected_ids, "{scope:?} {filter:?} {sort:?}");
        let counted = count_orders(&mut fixture.conn, scope, &filter, sort).await.expect("a number");
        let total = i64::try_from(ids.len()).expect("few");
        assert_eq!((counted.total, counted.is_lower_bound), (total, false), "{filter:?}");
        for (item, order) in found.iter().zip(expected) {
            let mut matched: BTreeSet<Field> =
                order.matched(&filter.terms, shown(scope)).into_iter().collect();
            if let Some(CustomerFilter::Words(terms)) = &filter.customer {
                matched.extend(order.matched(terms, &[Field::Contact]));
            }
            assert_eq!(item.matched, matched.into_iter().collect::<Vec<_>>());
            assert_eq!(item.contact_name.is_some(), scope.shows_contact() && order.contact.name.is_some());
            assert_eq!((item.due_at, item.deleted_at), (order.due_at, order.stage.parts().deleted_at));
            found_some += 1;
        }
    }
    found_some
}
