//! The demo shop comes about, and is always the same.

use std::fmt::Write as _;
use std::fs;

use ordervault_domain::access::{Role, Scope};
use ordervault_domain::member::NewMember;
use ordervault_domain::order::Status;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::migrate::migrate;
use ordervault_persistence::read::{
    CustomerFilter, OrderFilter, OrderSort, OrderSummary, ProductFilter, Trash, list_orders,
};
use ordervault_tests::shop::keys;
use tempfile::TempDir;

use super::*;

const STATUSES: [Status; 6] = [
    Status::PendingReview,
    Status::Confirmed,
    Status::Processing,
    Status::Completed,
    Status::Cancelled,
    Status::Invalid,
];
/// Fewest orders of each status.
const FEW: usize = 3;
/// Orders of each status that the page names.
const SHOWN: usize = 3;

/// Clock and dice of a machine at this time.
fn machine(time: &'static str) -> Sources {
    Sources::new(move || time.parse().unwrap(), |bytes| getrandom::fill(bytes).unwrap())
}

async fn loaded(time: &'static str) -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("demo.db").display());
    let db = Db::open(&DbOptions::new(url)).await.unwrap();
    migrate(&db).await.unwrap();
    assert!(is_empty(&db).await.unwrap() && !is_loaded(&db).await.unwrap());
    load(&db, keys(), &machine(time)).await.unwrap();
    assert!(!is_empty(&db).await.unwrap() && is_loaded(&db).await.unwrap());
    (folder, db)
}

#[tokio::test]
async fn an_owner_of_that_name_makes_no_demo_shop() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    let db = Db::open(&DbOptions::new(url)).await.unwrap();
    migrate(&db).await.unwrap();
    let (writer, task) = Writer::start(
        db.clone(),
        Sources::new(|| Timestamp::from_millis(OPENING_MILLIS), dice::bytes(1)),
        keys(),
    )
    .await
    .unwrap();
    let contact = Contact { email: OWNER_EMAIL.parse().ok(), name: Some("Ana".into()), ..Contact::default() };
    let command = member::MemberCommand::Create(NewMember {
        contact,
        roles: [Role::Owner].into(),
        stores: StoreScope::All,
        must_change_password: false,
    });
    let operation = Operation::Member { id: None, expected_version: None, command, password_hash: None };
    let submission = Submission {
        actor: ActorRef::Operator,
        login: None,
        request_id: "test".to_owned(),
        class: Class::Interactive,
        idempotency: None,
        operations: vec![operation],
    };
    writer.submit(submission).await.unwrap();
    task.stop().await;
    assert!(!is_empty(&db).await.unwrap() && !is_loaded(&db).await.unwrap());
}

async fn orders(db: &Db, filter: OrderFilter) -> Vec<OrderSummary> {
    let mut conn = db.read().await.unwrap();
    list_orders(&mut conn, &Scope::Everything, &filter, OrderSort::NEWEST_FIRST, None, 1_000)
        .await
        .unwrap()
        .items
}

#[tokio::test]
async fn the_shop_has_orders_in_every_status_and_is_the_same_every_time() {
    const NOW: &str = "2026-03-01T00:00:00Z";
    let (_folder, db) = loaded(NOW).await;
    let all = orders(&db, OrderFilter { trash: Trash::With, ..OrderFilter::default() }).await;
    assert_eq!(all.len(), 200);
    for status in STATUSES {
        assert!(all.iter().filter(|order| order.status == status).count() >= FEW, "{status}");
    }
    let page = page(&db, &all).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/demo.md");
    #[expect(clippy::disallowed_methods, reason = "the tests' switch for regenerating committed files")]
    if std::env::var_os("ORDERVAULT_BLESS").is_some() {
        fs::write(path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page, "docs/demo.md is stale: run `cargo xtask bless`");
    db.close().await;
}

/// Whenever it is loaded, it has just been busy, for sixty days.
#[tokio::test]
async fn its_past_ends_now() {
    let mut pages = vec![];
    for time in ["2026-03-01T00:00:00Z", "2027-07-14T15:09:26.535Z"] {
        let (_folder, db) = loaded(time).await;
        let now: Timestamp = time.parse().unwrap();
        let all = orders(&db, OrderFilter { trash: Trash::With, ..OrderFilter::default() }).await;
        let (newest, oldest) = (all.first().unwrap().placed_at, all.last().unwrap().placed_at);
        let days = |from: Timestamp, to: Timestamp| (to.millis() - from.millis()) / (24 * 60 * 60 * 1_000);
        assert!(newest < now && days(newest, now) < 1, "{newest}");
        assert!((55..60).contains(&days(oldest, now)), "{oldest}");
        let late = all.iter().filter(|order| order.due_at.is_some_and(|due| due < now)).count();
        pages.push((page(&db, &all).await, late));
        db.close().await;
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].1 > 0, "some of those that are still open are late");
}

#[tokio::test]
async fn a_clock_before_its_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("demo.db").display());
    let db = Db::open(&DbOptions::new(url)).await.unwrap();
    migrate(&db).await.unwrap();
    let failure = load(&db, keys(), &machine("2025-12-24T00:00:00Z")).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Config);
    assert!(is_empty(&db).await.unwrap());
}

/// The page `docs/demo.md`: what can be used in it.
#[expect(clippy::too_many_lines, reason = "a page is written down from its top to its end")]
async fn page(db: &Db, all: &[OrderSummary]) -> String {
    let mut page = format!(
        "# The demo shop\n\n\
         <!-- Generated from crates/cli/src/demo by `cargo xtask bless`. -->\n\n\
         `ordervault serve --demo` fills an empty database with a made-up shop. Its last sixty days end when it is \
         loaded; otherwise it is the same every time, ids and order numbers included.\n\n\
         `ordervault demo seed --orders 100000` puts as many orders of the last two years beside it, in stores of their own: most \
         completed, few open; one store has half of them and one has two, and {CUSTOMER_EMAIL} a hundredth. Whoever stops it \
         runs it again for the rest, or with a higher number for more.\n\n\
         Staff sign in with the password `{STAFF_PASSWORD}`, customers with `{CUSTOMER_PASSWORD}`.\n\n\
         | staff | id | role | stores |\n| --- | --- | --- | --- |\n"
    );
    let mut conn = db.read().await.unwrap();
    let mut members = read::members(&mut conn, &StoreScope::All, None, 100).await.unwrap().items;
    members.reverse();
    let owner = members[0].clone();
    for member in members {
        let email = member.contact.email.unwrap();
        let role = member.roles.first().unwrap();
        let stores = match member.stores {
            StoreScope::All => "all".to_owned(),
            StoreScope::Only(stores) => stores.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        writeln!(page, "| {email} | `{}` | {role} | {stores} |", member.id).unwrap();
    }
    page.push_str("\n| store | id | a product | its id | a customer | their id |\n| --- | --- | --- | --- | --- | --- |\n");
    let stores = read::stores(&mut conn, &StoreScope::All).await.unwrap();
    for (store, seed) in stores.iter().zip(STORES) {
        let filter = ProductFilter {
            reach: StoreScope::All,
            store_id: Some(store.id),
            category: None,
            active: None,
            terms: vec![],
        };
        let products = read::products(&mut conn, &filter, None, 100).await.unwrap().items;
        let product = products.last().unwrap();
        let email = email(seed.customers[0].1);
        let filter = OrderFilter {
            customer: Some(CustomerFilter::Email(email.parse().unwrap())),
            ..OrderFilter::default()
        };
        let order = orders(db, filter).await.into_iter().find(|order| order.customer_id.is_some()).unwrap();
        let (store_id, customer_id) = (store.id, order.customer_id.unwrap());
        writeln!(
            page,
            "| {} | `{store_id}` | {} | `{}` | {email} | `{customer_id}` |",
            store.name, product.title, product.id
        )
        .unwrap();
    }
    page.push_str(
        "\n| status | orders | the latest of ming@example.com | of others |\n| --- | --- | --- | --- |\n",
    );
    let ming = CustomerFilter::Email(CUSTOMER_EMAIL.parse().unwrap());
    let mings = orders(db, OrderFilter { customer: Some(ming), ..OrderFilter::default() }).await;
    for status in STATUSES {
        let of = |orders: &[OrderSummary], but: &[OrderSummary]| {
            let orders = orders.iter().filter(|order| order.status == status);
            let orders = orders.filter(|order| but.iter().all(|other| other.id != order.id));
            let numbers: Vec<_> = orders.take(SHOWN).map(|order| format!("`{}`", order.id)).collect();
            numbers.join(" ")
        };
        let count = all.iter().filter(|order| order.status == status).count();
        writeln!(page, "| {status} | {count} | {} | {} |", of(&mings, &[]), of(all, &mings)).unwrap();
    }
    let batches = read::batches(&mut conn, &owner.authority(), None, 100).await.unwrap().items;
    page.push_str("\n| batch | orders | status |\n| --- | --- | --- |\n");
    for batch in batches.iter().rev() {
        let items = read::batch_items(&mut conn, batch.id, &[], None, 100).await.unwrap().items;
        let numbers: Vec<_> = items.iter().map(|item| format!("`{}`", item.order_id)).collect();
        let (id, kind, status) = (batch.id, batch.action.kind(), batch.status);
        writeln!(page, "| `{id}` {kind} | {} | {status} |", numbers.join(" ")).unwrap();
    }
    page
}
