//! What clients are told when something breaks or takes too long, and that nothing is half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use ordervault_api::problem::Code;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::statement::Template;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::{another_process, stock};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, seeded};
use ordervault_tests::twin::Fresh;
use serde_json::json;

ordervault_tests::twin_tests!(a_panic_is_told_to_nobody_else);

struct Fixture {
    server: TestServer,
    store: Arc<Store>,
    token: String,
}

impl Fixture {
    async fn of(shop: Shop) -> Self {
        let server = TestServer::of(shop).await;
        let store = server.shop.store().await;
        let customer = server.shop.customer().await;
        let token = server.customer_token(&customer).await;
        Self { server, store, token }
    }

    fn order(&self, product: &Product, key: &str) -> Request {
        Request::post("/v1/orders").bearer(&self.token).key(key).json(&json!({
            "store_id": self.store.id.to_string(),
            "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
            "contact": {"name": "王小明", "phone": "+886912345678"},
        }))
    }

    async fn send(&self, requests: &[Request]) -> Vec<Answer> {
        join_all(requests.iter().map(|request| self.server.send(request))).await
    }
}

/// The dice break while the second of some orders is decided.
async fn a_panic_is_told_to_nobody_else(db: Db) {
    const SALT_BYTES: usize = 16;
    let armed = Arc::new(AtomicBool::new(false));
    let (trap, dice, is_second) = (Arc::clone(&armed), seeded(9), AtomicBool::new(false));
    let random = move |bytes: &mut [u8]| {
        let counts = bytes.len() == SALT_BYTES && trap.load(Ordering::SeqCst);
        if counts && is_second.fetch_xor(true, Ordering::SeqCst) {
            trap.store(false, Ordering::SeqCst);
            panic!("the dice fell off the table, as they should in this test");
        }
        dice(bytes);
    };
    let clock = ManualClock::at(OPENING_MILLIS);
    let time = clock.clone();
    let sources = Sources::new(move || time.now(), random);
    let fixture = Fixture::of(Shop::on(&db, clock, sources).await).await;
    let tea = fixture.server.shop.product(&fixture.store, 10).await;
    let requests: Vec<_> = (0..5).map(|n| fixture.order(&tea, &format!("key {n}"))).collect();
    armed.store(true, Ordering::SeqCst);
    let answers = fixture.send(&requests).await;
    assert!(!armed.load(Ordering::SeqCst));
    let broken: Vec<_> = (0..5).filter(|n| answers[*n].status != 201).collect();
    assert_eq!(broken.len(), 1, "its neighbours are unharmed");
    // A whole document, with the id under which the log has the cause, which is not told.
    let problem = answers[broken[0]].problem(Code::InternalError);
    assert!(!problem.to_string().contains("dice"), "{problem}");
    assert_eq!(stock(&db, &tea).await, (10, 4));
    // The same request again goes through, the others are not repeated.
    for (number, again) in fixture.send(&requests).await.into_iter().enumerate() {
        again.created();
        assert_eq!(again.header("idempotent-replayed").is_none(), number == broken[0]);
    }
    assert_eq!(stock(&db, &tea).await, (10, 5));
    fixture.server.close().await;
}

/// Thirty rows are held by somebody else: orders of them are told to come again, or, where they were not even taken up, that
/// their time was up; none of them is written, and each goes through as soon as it can.
#[tokio::test]
async fn what_waits_for_a_held_row_is_told_in_time() {
    static HOLD: Template = Template::new("SELECT id FROM products ORDER BY id {lock}");
    let fresh = Fresh::on(Engine::Postgres).await;
    let fixture = Fixture::of(Shop::open(&fresh.db).await).await;
    let mut requests = vec![];
    for number in 0..30 {
        let product = fixture.server.shop.product(&fixture.store, 1).await;
        requests.push(fixture.order(&product, &format!("key {number}")));
    }
    let before = dump(&fresh.db).await;
    let elsewhere = another_process(&fresh.db).await;
    let mut holder = elsewhere.begin().await.expect("a transaction");
    let keep = async {
        loop {
            // The server ends whoever idles in a transaction.
            let _: Vec<(i64,)> = holder.fetch_all(&HOLD.bind(())).await.expect("held");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    // Held before the first request comes.
    let send = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        fixture.send(&requests).await
    };
    let answers = tokio::select! {
        answers = send => answers,
        () = keep => unreachable!("holds for ever"),
    };
    assert!(answers.iter().any(|answer| answer.code() == Code::Overloaded.slug()));
    for answer in &answers {
        let is_locked = answer.code() == Code::Overloaded.slug();
        answer.problem(if is_locked { Code::Overloaded } else { Code::NotExecuted });
        let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds > 0), "{}", answer.whole());
    }
    assert_eq!(differences(&before, &dump(&fresh.db).await), [""; 0]);
    holder.rollback().await;
    for answer in fixture.send(&requests).await {
        answer.created();
    }
    elsewhere.close().await;
    fixture.server.close().await;
    fresh.finish().await;
}
