//! What is left of customers who were erased: nothing in the bytes of the file, and their orders where they are.

use std::path::Path;

use ordervault_api::problem::Code;
use ordervault_api::settings::{Rates, Retention, Settings};
use ordervault_domain::access::Role;
use ordervault_domain::customer::{Customer, CustomerCommand, CustomerEdit};
use ordervault_domain::order::{Amendment, OrderCommand, Status};
use ordervault_domain::time::DAY_MILLIS;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use ordervault_tests::twin::Fresh;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(orders_of_whoever_left_stay_in_their_account);

const RETENTION_DAYS: u32 = 100;

async fn open(db: &Db) -> TestServer {
    let retention = Retention { order_personal_days: RETENTION_DAYS };
    let settings = Settings { retention, rates: Rates::unlimited(), ..Settings::default() };
    TestServer::with(Shop::open(db).await, settings).await
}

async fn erase(server: &TestServer, customer: &Customer) {
    server.shop.act(ActorRef::Operator, Operation::on_customer(customer.id, CustomerCommand::Erase)).await;
}

/// Which of these words stand in the file, once everything is in it.
async fn words_in(db: &Db, file: &Path, words: &[&str]) -> Vec<String> {
    assert!(db.truncate_log().await.expect("nobody reads"), "the log is written back");
    let bytes = std::fs::read(file).expect("the file").to_ascii_lowercase();
    let is_there = |word: &&&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    words.iter().filter(is_there).map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn nothing_of_them_is_in_the_bytes_of_the_file() {
    const NAME: &str = "Qxzvoraka Wqjfuller";
    // What nothing else begins with is written out in an index.
    const WORDS: [&str; 4] = ["qxzvoraka", "wqjfuller", "zzqnote", "xqamended"];
    let fresh = Fresh::on(Engine::Sqlite).await;
    let file = fresh.url.trim_start_matches("sqlite:").to_owned();
    let server = open(&fresh.db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 1_000).await;
    let (ana, ben) = (server.shop.customer().await, server.shop.customer().await);
    let edit = CustomerEdit { name: Some(NAME.into()), ..CustomerEdit::default() };
    let edit = Operation::on_customer(ana.id, CustomerCommand::Edit(edit));
    server.shop.act(ActorRef::Customer(ana.id), edit).await;
    let order = server.order_in(Status::Confirmed, &ana, &store, &product).await;
    for note in ["xqamended", "zzqnote for Qxzvoraka Wqjfuller"] {
        let amend = Amendment { note: Some(note.into()), ..Amendment::default() };
        server.shop.change(ActorRef::Operator, &order, OrderCommand::Amend(amend)).await;
        // Others come and go: the index has several parts.
        for _ in 0..20 {
            server.order_in(Status::PendingReview, &ben, &store, &product).await;
        }
    }
    for command in [OrderCommand::Start, OrderCommand::Complete] {
        server.shop.change(ActorRef::Operator, &order, command).await;
    }
    assert_eq!(words_in(&fresh.db, Path::new(&file), &WORDS).await, WORDS);

    erase(&server, &ana).await;
    server.shop.clock.advance(i64::from(RETENTION_DAYS) * DAY_MILLIS);
    server.erase().await.expect("it is time");
    assert_eq!(words_in(&fresh.db, Path::new(&file), &WORDS).await, [""; 0]);
    // Others are found as before.
    let desk = server.staff(Role::Owner).await;
    let found = desk.get("/v1/staff/orders?q=maria&limit=100").await.ok();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(40));

    // Once more, after others have come: what was merged is merged again.
    server.order_in(Status::PendingReview, &ben, &store, &product).await;
    erase(&server, &ben).await;
    server.erase().await.expect("it is time");
    let name = ben.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let found = desk.get(&format!("/v1/staff/customers?q={name}")).await.ok();
    assert_eq!(found["items"], json!([]));
    server.close().await;
    fresh.finish().await;
}

async fn orders_of_whoever_left_stay_in_their_account(db: Db) {
    let server = open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 100).await;
    let (ana, ben) = (server.shop.customer().await, server.shop.customer().await);
    let [of_ana, of_ben] = [
        server.order_in(Status::Completed, &ana, &store, &product).await,
        server.order_in(Status::Completed, &ben, &store, &product).await,
    ];
    erase(&server, &ana).await;
    let desk = server.staff(Role::Owner).await;
    let unlink = |action: &&Value| action["action"] == "unlink";
    let offered =
        |order: &Value| order["actions"].as_array().and_then(|all| all.iter().find(unlink)).cloned();
    let list = desk.get("/v1/staff/orders?include=actions").await.ok();
    for (order, blocked_by) in [(&of_ana, Some("account-erased")), (&of_ben, None)] {
        let path = format!("/v1/staff/orders/{}", order.id);
        let single = offered(&desk.get(&path).await.ok()).expect("an action");
        assert_eq!(single.get("blocked_by").and_then(Value::as_str), blocked_by);
        let id = order.id.to_string();
        let listed = list["items"].as_array().and_then(|items| items.iter().find(|item| item["id"] == id));
        assert_eq!(listed.and_then(offered), Some(single));
        let unlink =
            Request::post(format!("{path}/unlink")).key(&server.key()).json(&json!({"reason": "mistake"}));
        let answer = desk.send(unlink).await;
        match blocked_by {
            Some(_) => _ = answer.problem(Code::StateConflict),
            None => assert!(answer.ok().get("customer_id").is_none()),
        }
    }
    // So what it tells of her is erased when its time comes.
    server.shop.clock.advance(i64::from(RETENTION_DAYS) * DAY_MILLIS);
    server.erase().await.expect("it is time");
    let desk = server.staff(Role::Owner).await;
    let erased = desk.get(&format!("/v1/staff/orders/{}", of_ana.id)).await.ok();
    assert_eq!((&erased["contact"], &erased["customer_id"]), (&json!({}), &json!(ana.id.to_string())));
    server.close().await;
}
