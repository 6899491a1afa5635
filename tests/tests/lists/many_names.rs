//! Very many names and titles, in many scripts, are found as a plain look at every one of them finds them.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::money::Amount;
use ordervault_domain::product;
use ordervault_domain::search::{fold, query_terms};
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::read::{self, CustomerFilter, ProductFilter};
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{ActorRef, Effect, Operation, Receipt};
use ordervault_tests::life::Dice;
use ordervault_tests::seed::variable;
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(many_names_and_titles_are_found_as_by_a_plain_look);

/// Says how many texts there are, half of them names and half titles.
const NAMES: &str = "ORDERVAULT_TEST_NAMES";
const USUAL_NAMES: usize = 20_000;
const QUERIES: usize = 150;
/// Acts of one submission.
const ACTS: usize = 200;

/// How words of a script are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// By blanks, and found by how they begin.
    Words,
    /// Not at all: found by any part, in which blanks count for nothing.
    Run,
    /// Not at all: found by any part between blanks.
    Part,
}

/// Letters of each script, few enough that one word often begins as another does.
const SCRIPTS: [(&str, Writing); 14] = [
    ("abcdeilmnorst", Writing::Words),
    ("éèêñçžšğłđħţıíó", Writing::Words),
    ("ＡＢｃｄｅＦ", Writing::Words),
    ("абвгдежиклмнойё", Writing::Words),
    ("αβγδεηικλμνοςσά", Writing::Words),
    ("ابتجدرسعفقكلمنهيآأة", Writing::Words),
    ("אבגדהוזחטיךכלםמןנ", Writing::Words),
    ("ქართულიბგდ", Writing::Words),
    ("հայերենբգդ", Writing::Words),
    ("保温杯不锈钢台臺高髙辺邊国國茶館", Writing::Run),
    ("あいうえおかきくけこアイウエオガギグ", Writing::Run),
    ("한국어가나다라마바사", Writing::Run),
    ("𠮷𠮟㐀㐁𰀀", Writing::Run),
    ("กขคงจฉชซ", Writing::Part),
];

/// A word, and how its script is written.
fn word(dice: &Dice) -> (String, Writing) {
    let (letters, writing) = *dice.pick(&SCRIPTS).expect("scripts");
    let letters: Vec<char> = letters.chars().collect();
    let length = 2 + dice.roll(5);
    ((0..length).filter_map(|_| dice.pick(&letters)).collect(), writing)
}

fn text(dice: &Dice) -> String {
    let words: Vec<String> = (0..=dice.roll(4)).map(|_| word(dice).0).collect();
    words.join(" ")
}

/// The first letters of a word, or some from the middle of one that has no beginning.
fn query(dice: &Dice) -> (String, Writing) {
    let (word, writing) = word(dice);
    let skipped = if writing == Writing::Words { 0 } else { dice.roll(2) as usize };
    (word.chars().skip(skipped).take(1 + dice.roll(4) as usize).collect(), writing)
}

/// Is the query in the text, as somebody sees who folds both and looks?
fn is_in(folded: &str, query: &str, writing: Writing) -> bool {
    match writing {
        Writing::Words => folded.split(' ').any(|word| word.starts_with(query)),
        Writing::Part => folded.split(' ').any(|word| word.contains(query)),
        Writing::Run => folded.replace(' ', "").contains(query),
    }
}

/// Carries out very many acts: the ids of what they led to.
async fn carry_out(shop: &Shop, acts: Vec<Operation>) -> Vec<i64> {
    let mut ids = vec![];
    let mut acts = acts.into_iter().peekable();
    while acts.peek().is_some() {
        let submissions: Vec<Vec<Operation>> = (0..10)
            .map(|_| acts.by_ref().take(ACTS).collect())
            .filter(|acts: &Vec<_>| !acts.is_empty())
            .collect();
        let done = join_all(submissions.into_iter().map(|acts| shop.submit(ActorRef::Operator, acts))).await;
        for receipt in done {
            let Ok(Receipt::Executed { done, .. }) = receipt else { panic!("not carried out: {receipt:?}") };
            ids.extend(done.iter().map(|effect| match effect {
                Effect::Product(product) => product.id.get(),
                Effect::Customer(customer) => customer.id.get(),
                other => panic!("{other:?}"),
            }));
        }
    }
    ids
}

fn sold(store: &Store, number: usize, title: &str) -> Operation {
    let new = product::NewProduct {
        store_id: store.id,
        sku: format!("#{number}"),
        title: title.to_owned(),
        category: None,
        price: Amount::new(100),
        on_hand: 0,
        external_reference: None,
        tax_class: None,
        weight_grams: None,
    };
    Operation::Product { id: None, expected_version: None, command: product::ProductCommand::Create(new) }
}

fn named(name: &str) -> Operation {
    let contact = Contact { name: Some(name.to_owned()), ..Contact::default() };
    let command = CustomerCommand::Register { contact, language: None, must_verify_email: false };
    Operation::Customer { id: None, expected_version: None, command, password_hash: None }
}

async fn products_with(conn: &mut Conn, query: &str) -> BTreeSet<i64> {
    let terms = query_terms(query);
    let filter =
        ProductFilter { reach: StoreScope::All, store_id: None, category: None, active: None, terms };
    let found = read::products(conn, &filter, None, 1_000_000).await.expect("products");
    found.items.iter().map(|product| product.id.get()).collect()
}

async fn customers_with(conn: &mut Conn, query: &str) -> BTreeSet<i64> {
    let filter = CustomerFilter::Words(query_terms(query));
    let (mut found, mut from) = (BTreeSet::new(), None);
    loop {
        let page = read::customers(conn, &Scope::Everything, Some(&filter), from, 1_000).await;
        let page = page.expect("customers");
        found.extend(page.items.iter().map(|customer| customer.id.get()));
        from = page.next;
        if from.is_none() {
            return found;
        }
    }
}

async fn many_names_and_titles_are_found_as_by_a_plain_look(db: Db) {
    let dice = Dice::new(11);
    let half = variable(NAMES).unwrap_or(USUAL_NAMES) / 2;
    let texts: Vec<String> = (0..half).map(|_| text(&dice)).collect();
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let titles = texts.iter().enumerate().map(|(number, title)| sold(&store, number, title)).collect();
    let products = carry_out(&shop, titles).await;
    let customers = carry_out(&shop, texts.iter().map(|name| named(name)).collect()).await;
    shop.close().await;
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let mut conn = db.read().await.expect("a reader");
    let mut found_some = 0;
    for _ in 0..QUERIES {
        let (query, writing) = query(&dice);
        if query_terms(&query).is_empty() {
            continue;
        }
        let wanted = fold(&query);
        let expected = |ids: &[i64]| -> BTreeSet<i64> {
            let found = folded.iter().zip(ids).filter(|(text, _)| is_in(text, &wanted, writing));
            found.map(|(_, id)| *id).collect()
        };
        let (titled, called) =
            (products_with(&mut conn, &query).await, customers_with(&mut conn, &query).await);
        let missed = |found: &BTreeSet<i64>, ids: &[i64]| -> Vec<String> {
            let expected = expected(ids);
            let wrong: BTreeSet<i64> = found.symmetric_difference(&expected).copied().take(5).collect();
            ids.iter()
                .zip(&texts)
                .filter(|(id, _)| wrong.contains(id))
                .map(|(_, text)| text.clone())
                .collect()
        };
        assert_eq!(missed(&titled, &products), [""; 0], "titles with {query:?}");
        assert_eq!(missed(&called, &customers), [""; 0], "names with {query:?}");
        found_some += usize::from(!titled.is_empty());
    }
    assert!(found_some > QUERIES / 2, "{found_some}");
}
