//! Words are found alike on both engines, as the model in the domain says.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_domain::access::{Role, Scope, StatusSet, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{LineRequest, Order, OrderCommand, Place};
use ordervault_domain::product::{self, Product};
use ordervault_domain::search::{Field, MAX_PLACE, Words, fold, query_terms};
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{self, OrderFilter, OrderSort, ProductFilter};
use ordervault_persistence::writer::{ActorRef, Effect, Operation, Receipt};
use ordervault_tests::life::Dice;
use ordervault_tests::queue::order_of;
use ordervault_tests::seed::on_each;
use ordervault_tests::shop::{Shop, contact};
use strum::IntoEnumIterator as _;

use crate::model::{Fixture, shown};

ordervault_tests::twin_tests!(words_are_found_as_the_model_says, a_few_characters_are_found_like_a_substring);

const ORDERS: usize = 60;
const QUERIES: usize = 120;
const TITLES: usize = 600;

/// Parts of texts in many scripts, few enough that one text often has what another has.
const PARTS: [&str; 28] = [
    "保温",
    "杯",
    "温",
    "不锈钢",
    "か",
    "ガラス",
    "ｶﾞﾗｽ",
    "한국",
    "어",
    "ㄅㄆ",
    "𠮷",
    "野家",
    "々",
    " ",
    " ",
    "-",
    "Tea",
    "té",
    "ＴＥＡ",
    "İstanbul",
    "straße",
    "500ml",
    "2",
    "%",
    "_",
    "\\",
    "'",
    "हिन्दी",
];

fn text(dice: &Dice, parts: u32) -> String {
    (0..=dice.roll(parts)).filter_map(|_| dice.pick(&PARTS)).copied().collect()
}

/// Products with these titles, with this in their stock keeping units.
async fn products(shop: &Shop, store: &Store, kind: &str, titles: Vec<String>) -> Vec<Arc<Product>> {
    let operations = titles.into_iter().enumerate().map(|(number, title)| {
        let new = product::NewProduct {
            tax_class: None,
            weight_grams: None,
            store_id: store.id,
            sku: format!("{kind}{number}"),
            title,
            category: None,
            price: Amount::new(100),
            on_hand: 1_000,
            external_reference: None,
        };
        Operation::Product { id: None, expected_version: None, command: product::ProductCommand::Create(new) }
    });
    let done = join_all(operations.map(|act| shop.submit(ActorRef::Operator, vec![act]))).await;
    let product = |receipt: Receipt| match receipt {
        Receipt::Executed { mut done, .. } => match done.pop() {
            Some(Effect::Product(product)) => Some(product),
            _ => None,
        },
        Receipt::Replayed { .. } => None,
    };
    done.into_iter().map(|done| product(done.expect("made")).expect("a product")).collect()
}

/// An order of these products by somebody with this name.
fn order(store: &Store, products: &[Arc<Product>], name: &str, note: &str) -> Operation {
    let lines = products.iter().map(|product| LineRequest { product_id: product.id, quantity: 1 });
    let place = Place {
        shipping: None,
        payment: None,
        store_id: store.id,
        customer_id: None,
        lines: lines.collect(),
        contact: Contact { name: Some(format!("Ana {name}")), ..contact(1) },
        note: note.to_owned(),
        unlisted: false,
        not_duplicate_of: vec![],
        expected_total: None,
    };
    Operation::Order { id: None, expected_version: None, command: OrderCommand::Place(place) }
}

async fn words_are_found_as_the_model_says(db: Db) {
    on_each(db.engine(), &[5], words_are_found).await;
}

async fn words_are_found(db: Db, seed: u64) {
    let dice = Dice::new(seed);
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let titles = (0..ORDERS).map(|_| text(&dice, 8)).collect();
    let some = products(&shop, &store, "p", titles).await;
    // More than PostgreSQL keeps places for.
    let giant = |line: u32| {
        (0..200).map(|place| char::from_u32(0x4e00 + line * 200 + place).unwrap_or('杯')).collect()
    };
    let many = products(&shop, &store, "g", (0..100).map(giant).collect()).await;
    let repeating = products(&shop, &store, "r", vec!["保温 ".repeat(20) + "保温杯"]).await;
    for product in &some {
        let ordered = [Arc::clone(product), dice.pick(&some).map_or_else(|| Arc::clone(product), Arc::clone)];
        shop.act(ActorRef::Operator, order(&store, &ordered, &text(&dice, 4), &text(&dice, 6))).await;
    }
    shop.act(ActorRef::Operator, order(&store, &many, "", "")).await;
    let often: Vec<_> = repeating.iter().cycle().take(30).chain(&some[..1]).cloned().collect();
    shop.act(ActorRef::Operator, order(&store, &often, "", &"保温".repeat(300))).await;
    shop.close().await;

    let mut fixture = Fixture::of(&db).await;
    let last_place = |order: &Order| order.words(Field::Items).iter().map(|(place, _)| place).last();
    assert_eq!(fixture.orders.iter().map(last_place).max(), Some(Some(MAX_PLACE)), "longer than an index");
    let words_of = |order: &Order| Field::iter().map(|field| order.words(field)).collect();
    let words: Vec<(OrderId, Vec<Words>)> =
        fixture.orders.iter().map(|order| (order.id, words_of(order))).collect();
    let contactless = Scope::Staff {
        stores: StoreScope::All,
        statuses: StatusSet::of_roles(&[Role::Manager].into()),
        contact: false,
        payments: true,
        trash: false,
    };
    let mut queries: Vec<String> = (0..QUERIES).map(|_| text(&dice, 3)).collect();
    queries.extend(many.iter().step_by(9).map(|product| product.title.chars().take(3).collect()));
    let mut found_some = 0;
    for query in queries.iter().filter(|query| !query_terms(query).is_empty()) {
        for scope in [&Scope::Everything, &contactless] {
            let filter = OrderFilter { terms: query_terms(query), ..OrderFilter::default() };
            let is_found = |(_, words): &&(OrderId, Vec<Words>)| {
                let shown = &words[..shown(scope).len()];
                filter.terms.iter().all(|term| shown.iter().any(|words| words.hold(term)))
            };
            let mut expected: Vec<_> = words.iter().filter(is_found).map(|(id, _)| *id).collect();
            let found = fixture.list(scope, &filter, OrderSort::NEWEST_FIRST, 100).await;
            let mut found: Vec<_> = found.into_iter().map(|item| item.id).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{query:?}");
            found_some += usize::from(!found.is_empty());
        }
    }
    assert!(found_some > QUERIES / 2, "{found_some}");
}

/// Characters that are written without blanks, of many blocks; few of each, so that one title often has what another has.
fn character(dice: &Dice) -> Option<char> {
    // Han; kana with marks of their own; Hangul; the extensions A, B, G and I, most of them outside of the first plane.
    const BLOCKS: [(u32, u32); 9] = [
        (0x4e00, 90),
        (0x8fd9, 40),
        (0x3042, 30),
        (0x30a2, 30),
        (0xac00, 30),
        (0x3400, 12),
        (0x20bb7, 12),
        (0x30000, 6),
        (0x2ebf0, 6),
    ];
    // Every second one is of the first block.
    let (first, count) = *dice.pick(&[&[BLOCKS[0]; 8][..], &BLOCKS].concat())?;
    char::from_u32(first + dice.roll(count))
}

/// A title as shops write them: runs of such characters with words, numbers, full and half width and marks between.
fn title(dice: &Dice) -> String {
    const BETWEEN: [&str; 16] = [
        " ",
        "　",
        "·",
        "・",
        "-",
        "，",
        "。",
        "(",
        "）",
        "500ml",
        "ＸＬ",
        "Thermos",
        "２",
        "ｶﾞﾗｽ",
        "té",
        "㈱",
    ];
    let part = |_| match dice.roll(6) {
        0 => dice.pick(&BETWEEN).map(|text| (*text).to_owned()),
        _ => (0..=dice.roll(5)).map(|_| character(dice)).collect(),
    };
    (0..2 + dice.roll(6)).filter_map(part).chain([String::from("杯")]).collect()
}

/// One, two and three characters that stand side by side in a title, and some that may stand nowhere.
fn needles(dice: &Dice, titles: &[String]) -> BTreeSet<String> {
    let mut needles: BTreeSet<String> = BTreeSet::new();
    for title in titles.iter().step_by(titles.len() / 60) {
        let folded: Vec<char> = fold(title).chars().collect();
        let at = dice.roll(u32::try_from(folded.len()).unwrap_or(0)) as usize;
        needles.extend((1..=3).map(|length| folded[at..].iter().take(length).collect()));
    }
    needles.extend((0..60).map(|_| (0..=dice.roll(3)).filter_map(|_| character(dice)).collect()));
    // Words, numbers and marks are looked for in other ways.
    needles.retain(|needle| needle.chars().all(|c| c.is_alphabetic() && c > '\u{3000}'));
    needles
}

async fn a_few_characters_are_found_like_a_substring(db: Db) {
    on_each(db.engine(), &[6], characters_are_found).await;
}

async fn characters_are_found(db: Db, seed: u64) {
    let dice = Dice::new(seed);
    let titles: Vec<String> = (0..TITLES).map(|_| title(&dice)).collect();
    let needles = needles(&dice, &titles);
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let products = products(&shop, &store, "p", titles).await;
    let operations = products.chunks(1).map(|one| order(&store, one, "", ""));
    let placed = join_all(operations.map(|act| shop.submit(ActorRef::Operator, vec![act]))).await;
    let placed: Vec<OrderId> = placed.into_iter().map(|placed| order_of(placed).id).collect();
    shop.close().await;
    let mut conn = db.read().await.expect("a reader");
    let (mut found_some, mut found_none) = (0, 0);
    for needle in &needles {
        // Blanks and dots between these characters count for nothing.
        let has = |product: &Arc<Product>| {
            fold(&product.title).replace([' ', '·', '・'], "").contains(&fold(needle))
        };
        let terms = query_terms(needle);
        let filter = OrderFilter { terms: terms.clone(), ..OrderFilter::default() };
        let (mut found, mut after) = (BTreeSet::new(), None);
        loop {
            let sort = OrderSort::NEWEST_FIRST;
            let page = read::list_orders(&mut conn, &Scope::Everything, &filter, sort, after, 100).await;
            let page = page.expect("a page");
            found.extend(page.items.iter().map(|item| item.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected = products.iter().zip(&placed).filter(|(product, _)| has(product));
        assert_eq!(found, expected.map(|(_, id)| *id).collect(), "{needle}");
        let reach = StoreScope::All;
        let filter = ProductFilter { reach, store_id: None, category: None, active: None, terms };
        let in_catalogue = read::products(&mut conn, &filter, None, 100_000).await.expect("products");
        let in_catalogue: BTreeSet<_> = in_catalogue.items.iter().map(|product| product.id).collect();
        let expected = products.iter().filter(|product| has(product)).map(|product| product.id);
        assert_eq!(in_catalogue, expected.collect(), "{needle}");
        *(if found.is_empty() { &mut found_none } else { &mut found_some }) += 1;
    }
    assert!(found_some > 100 && found_none > 20, "{found_some} {found_none}");
}
