//! Orders that were placed without an account: how they come into one, who is told, and the way back.

use ordervault_api::problem::Code;
use ordervault_domain::access::Role;
use ordervault_domain::order::Status;
use ordervault_persistence::db::Db;
use ordervault_tests::dump::dump;
use ordervault_tests::http::Request;
use serde_json::{Value, json};

use super::{Fixture, phone, text};

ordervault_tests::twin_tests!(
    whoever_proves_to_know_an_order_takes_it,
    nothing_moves_without_a_proof,
    staff_move_orders_and_take_it_back,
    attempts_are_those_of_look_ups,
);

const MINE: &str = "/v1/me/orders";

async fn numbers(of: &ordervault_tests::client::Client<'_>) -> Vec<Value> {
    let list = of.get("/v1/orders").await.ok();
    list["items"].as_array().expect("orders").iter().map(|order| order["number"].clone()).collect()
}

async fn whoever_proves_to_know_an_order_takes_it(db: Db) {
    let fixture = Fixture::open(&db).await;
    let contact = json!({"name": "Ana", "phone": "+886912345678", "email": "ana@example.com"});
    let me = fixture.server.customer().await;
    let proofs = [("phone", "0912/345-678"), ("email", " Ana@Example.COM "), ("token", "")];
    for (proof, value) in proofs {
        let placed = fixture.place(&contact).await.json();
        let value = if proof == "token" { text(&placed, "lookup_token") } else { value };
        let body = json!({"number": placed["number"], proof: value});
        let taken = me.post(MINE, body.clone()).await;
        assert_eq!(taken.header("etag"), Some("\"2\""));
        let taken = taken.ok();
        assert_eq!((&taken["customer_id"], &taken["number"]), (&json!(me.id), &placed["number"]));
        assert_eq!(taken["contact"], placed["contact"], "it stays the order's");
        assert!(numbers(&me).await.contains(&placed["number"]));
        // Twice is no error, and writes nothing.
        assert_eq!(me.post(MINE, body.clone()).await.ok()["version"], 2);
        // Somebody else who knows it as well hears where it is, and gets nothing.
        let other = fixture.server.customer().await;
        other.post(MINE, body.clone()).await.problem(Code::InAnotherAccount);
        assert!(numbers(&other).await.is_empty());
        // Without an account it is found as before.
        fixture.look_up(body, 200).await;
    }
    let histories = dump(&db).await;
    let linked = histories["history"].iter().filter(|row| format!("{row:?}").contains("linked"));
    assert_eq!(linked.count(), proofs.len(), "one event each");
    fixture.server.close().await;
}

async fn nothing_moves_without_a_proof(db: Db) {
    let fixture = Fixture::open(&db).await;
    let me = fixture.server.customer().await;
    let placed = fixture.place(&json!({"name": "Ana", "phone": "+886912345678"})).await.json();
    let foreign = fixture.bought(Status::Confirmed).await;
    let trashed = fixture.bought(Status::Invalid).await;
    let owner = fixture.server.staff(Role::Owner).await;
    owner.act(&format!("/v1/staff/orders/{}/delete", trashed.id)).await.ok();
    let before = dump(&db).await;
    let (number, foreign_number) = (&placed["number"], foreign.id.number());
    let mistyped = text(&placed, "number").replacen('0', "1", 1);
    for (body, code) in [
        (json!({"number": number, "phone": "+886912345679"}), Code::NotFound),
        (json!({"number": number, "phone": "5678"}), Code::NotFound),
        (json!({"number": number, "email": "ana@example.com"}), Code::NotFound),
        (json!({"number": number, "token": "olt_T0yJ4dUfv1eQb8mKx2cR9w"}), Code::NotFound),
        (json!({"number": foreign_number, "token": placed["lookup_token"]}), Code::NotFound),
        (json!({"number": foreign_number, "phone": phone(&foreign)}), Code::InAnotherAccount),
        (json!({"number": trashed.id.number(), "phone": phone(&trashed)}), Code::NotFound),
        (json!({"number": mistyped, "phone": "+886912345678"}), Code::OrderNumberMistyped),
        (json!({"number": number, "phone": "call me"}), Code::ValidationFailed),
        (json!({"number": number}), Code::ValidationFailed),
        (json!({"number": number, "phone": "+886912345678", "email": "a@b.cd"}), Code::ValidationFailed),
        (json!({"number": "", "phone": "+886912345678"}), Code::ValidationFailed),
    ] {
        me.post(MINE, body).await.problem(code);
    }
    // Nobody, a guest and the staff have no account to take it into.
    let body = json!({"number": number, "phone": "+886912345678"});
    fixture.server.anonymous().post(MINE, body.clone()).await.problem(Code::TokenMissing);
    owner.post(MINE, body).await.problem(Code::Forbidden);
    let after = dump(&db).await;
    for table in ["orders", "history", "outbox"] {
        assert_eq!(after[table], before[table], "{table}");
    }
    fixture.server.close().await;
}

async fn staff_move_orders_and_take_it_back(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (ana, ben) = (fixture.server.customer().await, fixture.server.customer().await);
    let clerk = fixture.server.staff(Role::Clerk).await;
    let placed = fixture.place(&json!({"name": "Ana", "phone": "+886912345678"})).await.json();
    let path = format!("/v1/staff/orders/{}", text(&placed, "id"));
    let to = |whom: &str| json!({"customer_id": whom, "comment": "called"});
    let link = clerk.post(&format!("{path}/link"), to(&ben.id)).await.ok();
    assert_eq!(link["customer_id"], ben.id);
    assert_eq!(numbers(&ben).await, [placed["number"].clone()]);
    // The wrong one: out of there first, and only then into the right one.
    clerk.post(&format!("{path}/link"), to(&ana.id)).await.problem(Code::InAnotherAccount);
    let unlink = async || {
        clerk.post(&format!("{path}/unlink"), json!({"reason": "mistake", "comment": "wrong row"})).await
    };
    assert!(unlink().await.ok().get("customer_id").is_none());
    assert_eq!(unlink().await.ok()["version"], 3, "twice is no error");
    assert!(numbers(&ben).await.is_empty());
    ben.get(&format!("/v1/orders/{}", text(&placed, "id"))).await.problem(Code::NotFound);
    clerk.post(&format!("{path}/link"), to(&ana.id)).await.ok();
    // Staff read it all; whoever has it now is not told whose it was.
    let events = |answer: &Value| -> Vec<Value> {
        answer["items"].as_array().expect("events").iter().map(|event| event["event"].clone()).collect()
    };
    let told = clerk.get(&format!("{path}/history")).await.ok();
    assert_eq!(events(&told), ["placed", "linked", "unlinked", "linked"]);
    assert_eq!(
        (&told["items"][2]["reason"], &told["items"][1]["comment"]),
        (&json!("mistake"), &json!("called"))
    );
    let own = ana.get(&format!("/v1/orders/{}/history", text(&placed, "id"))).await;
    assert_eq!(own.ok()["items"][3]["changes"][0]["after"], ana.id);
    assert!(!own.text().contains(&ben.id) && !own.text().contains("wrong row"));
    // Bad input, others' stores and those who may not: nothing changes.
    let auditor = fixture.server.staff(Role::Auditor).await;
    auditor.post(&format!("{path}/link"), to(&ana.id)).await.problem(Code::Forbidden);
    ana.post(&format!("{path}/link"), to(&ana.id)).await.problem(Code::Forbidden);
    let owner = fixture.server.staff(Role::Owner).await;
    let elsewhere = fixture.server.staff_of(Role::Clerk, &owner.new_store().await).await;
    elsewhere.post(&format!("{path}/unlink"), json!({"reason": "mistake"})).await.problem(Code::NotFound);
    let nobody = "cus_0NEJ4WGR1PW618";
    clerk.post(&format!("{path}/unlink"), json!({"reason": "mistake"})).await.ok();
    for (body, field) in [
        (json!({"customer_id": nobody}), ("/customer_id", "unknown-customer")),
        (json!({"customer_id": "cus_x"}), ("/customer_id", "unknown-customer")),
    ] {
        clerk.post(&format!("{path}/link"), body).await.faults(Code::ValidationFailed, &[field]);
    }
    fixture.server.close().await;
}

async fn attempts_are_those_of_look_ups(db: Db) {
    let fixture = Fixture::throttled(&db, &[]).await;
    let me = fixture.server.customer().await;
    let placed = fixture.place(&json!({"name": "Ana", "phone": "+886912345678"})).await.json();
    for _ in 0..5 {
        let wrong = json!({"number": placed["number"], "phone": "+886912345679"});
        me.post(MINE, wrong).await.problem(Code::NotFound);
    }
    let right = json!({"number": placed["number"], "phone": "+886912345678"});
    me.post(MINE, right.clone()).await.problem(Code::RateLimited);
    let look_up = fixture.server.send(&Request::post("/v1/order-lookups").json(&right)).await;
    assert_eq!(look_up.status, 429, "one count for both");
    // Nobody guesses a token.
    let token = json!({"number": placed["number"], "token": placed["lookup_token"]});
    me.post(MINE, token).await.ok();
    fixture.server.close().await;
}
