//! What a proof opens, for how long, and what ends it.

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::order::{InvalidReason, OrderCommand, Status};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::dump::dump;
use ordervault_tests::http::Request;
use serde_json::{Value, json};

use super::{Fixture, phone, text};

ordervault_tests::twin_tests!(
    a_grant_opens_one_order_for_a_quarter_of_an_hour,
    what_a_guest_reads_of_the_history,
    a_proof_ends_with_the_contact_that_it_was_of,
    a_guest_who_changes_the_contact_gets_a_new_token,
    a_token_ends_400_days_after_the_order_was_closed,
);

async fn a_grant_opens_one_order_for_a_quarter_of_an_hour(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (order, other) = (fixture.bought(Status::Confirmed).await, fixture.bought(Status::Confirmed).await);
    let found =
        fixture.look_up(json!({"number": order.id.number(), "phone": phone(&order)}), 200).await.json();
    assert_eq!((&found["token_type"], &found["expires_in"]), (&json!("Bearer"), &json!(900)));
    let grant = text(&found, "access_token");
    let ask = |method: &str, path: String| Request::new(method, path).bearer(grant);
    let path = format!("/v1/orders/{}", order.id);
    let whole = fixture.server.good(&ask("GET", path.clone()), 200).await.json();
    assert_eq!(whole["contact"]["phone"], phone(&order));
    let note = json!({"note": "別按門鈴"});
    let amend = ask("POST", format!("{path}/amendments")).if_match("*").json(&note);
    assert_eq!(fixture.server.good(&amend, 200).await.json()["note"], "別按門鈴");
    let hide = ask("POST", format!("{path}/hide"));
    assert_eq!(fixture.server.good(&hide, 200).await.json()["unlisted"], true);
    assert_eq!(
        fixture.server.good(&hide, 200).await.json()["version"],
        4,
        "hiding twice writes nothing more"
    );
    let show = ask("POST", format!("{path}/show"));
    assert_eq!(fixture.server.good(&show, 200).await.json()["unlisted"], false);
    let cancel = ask("POST", format!("{path}/cancel")).key(&fixture.server.key()).json(&json!({}));
    let cancelled = fixture.server.good(&cancel, 200).await;
    assert_eq!(cancelled.json()["status"], "cancelled");
    assert_eq!(fixture.server.good(&cancel, 200).await.text(), cancelled.text());
    // Nothing else: another order is as if it were not there, and other doors are for others.
    let foreign = format!("/v1/orders/{}", other.id);
    for rest in ["", "/history"] {
        fixture.server.good(&ask("GET", format!("{foreign}{rest}")), 404).await;
    }
    let cancel_other = ask("POST", format!("{foreign}/cancel")).json(&json!({}));
    assert_eq!(fixture.server.good(&cancel_other, 404).await.code(), "not-found");
    for path in ["/v1/orders", "/v1/me", "/v1/staff/orders", "/v1/staff/me"] {
        assert_eq!(fixture.server.good(&ask("GET", path.into()), 403).await.code(), "forbidden", "{path}");
    }
    // Half a minute for clocks that differ, and then it is over.
    fixture.server.shop.clock.advance((900 + 30) * 1_000 - 1);
    fixture.server.good(&ask("GET", path.clone()), 200).await;
    fixture.server.shop.clock.advance(1);
    fixture.server.good(&ask("GET", path), 401).await;
    fixture.server.close().await;
}

async fn what_a_guest_reads_of_the_history(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.bought(Status::PendingReview).await;
    let clerk = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let reviewer = fixture.server.shop.member(Role::Reviewer, StoreScope::All).await;
    fixture.server.shop.change(ActorRef::Member(reviewer.id), &order, OrderCommand::Confirm).await;
    let invalidate = OrderCommand::Invalidate {
        reason: InvalidReason::UnreachableContact,
        comment: Some("nobody picked up".into()),
    };
    fixture.server.shop.change(ActorRef::Member(clerk.id), &order, invalidate).await;
    let grant = fixture.server.grant(order.grant());
    let history = Request::get(format!("/v1/orders/{}/history", order.id)).bearer(&grant);
    let history = fixture.server.good(&history, 200).await;
    let items = history.json()["items"].clone();
    assert_eq!(items[0]["actor"], json!({"kind": "customer"}), "not who it is");
    assert_eq!(items[1]["actor"], json!({"kind": "member", "role": "reviewer"}));
    assert_eq!(
        (&items[2]["actor"]["role"], &items[2]["reason"]),
        (&json!("clerk"), &json!("unreachable_contact"))
    );
    for hidden in ["nobody picked up", &clerk.id.to_string(), "request_id", "comment"] {
        assert!(!history.text().contains(hidden), "{hidden}");
    }
    fixture.server.close().await;
}

async fn a_proof_ends_with_the_contact_that_it_was_of(db: Db) {
    let fixture = Fixture::open(&db).await;
    // Somebody else's phone number, by mistake.
    let wrong = "+886912345678";
    let contact = json!({"name": "Ana", "phone": wrong, "address": {"line1": "Rua A 1", "city": "Recife"}});
    let request = Request::post("/v1/orders").key(&fixture.server.key()).json(&fixture.body(&contact));
    let placed = fixture.server.good(&request, 201).await.json();
    let (number, token) = (text(&placed, "number"), text(&placed, "lookup_token"));
    let found = fixture.look_up(json!({"number": number, "phone": wrong}), 200).await.json();
    let of_stranger = text(&found, "access_token");
    let id = text(&placed, "id");
    let path = format!("/v1/orders/{id}");
    let rests = ["", "/history", "/timeline"];
    // The address says nothing about who it is.
    let clerk = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let staff = fixture.server.member_token(&clerk).await;
    let amend = async |contact: Value| {
        let request = Request::post(format!("/v1/staff/orders/{id}/amendments")).bearer(&staff);
        fixture.server.good(&request.if_match("*").json(&json!({"contact": contact})), 200).await
    };
    amend(json!({"name": "Ana", "phone": wrong, "address": {"line1": "Rua B 2", "city": "Recife"}})).await;
    for rest in rests {
        fixture.server.good(&Request::get(format!("{path}{rest}")).bearer(of_stranger), 200).await;
    }
    fixture.look_up(json!({"number": number, "token": token}), 200).await;
    // The right phone number ends it all: the grant, whatever it is used for, the token, and the first answer told again.
    let right = "+5511987654321";
    amend(json!({"name": "Ana", "phone": right, "address": {"line1": "Rua B 2", "city": "Recife"}})).await;
    for rest in rests {
        let read = Request::get(format!("{path}{rest}")).bearer(of_stranger);
        assert_eq!(fixture.server.good(&read, 404).await.code(), "not-found", "{rest}");
    }
    let before = dump(&db).await["orders"].clone();
    for (act, body) in [("cancel", json!({})), ("hide", json!(null)), ("amendments", json!({"note": "x"}))] {
        let request = Request::post(format!("{path}/{act}")).bearer(of_stranger).if_match("*").json(&body);
        fixture.server.good(&request, 404).await;
    }
    fixture.server.good(&request, 404).await;
    assert_eq!(dump(&db).await["orders"], before);
    fixture.look_up(json!({"number": number, "phone": wrong}), 404).await;
    fixture.look_up(json!({"number": number, "token": token}), 404).await;
    // Whoever has the right number is in, and is not told the wrong one, nor anything that belongs to it.
    let found = fixture.look_up(json!({"number": number, "phone": right}), 200).await.json();
    let grant = text(&found, "access_token");
    let history = Request::get(format!("{path}/history")).bearer(grant);
    let history = fixture.server.good(&history, 200).await;
    for former in ["912345678", "Rua A"] {
        assert!(!history.text().contains(former), "{former} in {}", history.text());
    }
    let last = &history.json()["items"][2]["changes"][0];
    assert_eq!((&last["field"], &last["before"]), (&json!("contact"), &Value::Null));
    assert_eq!(last["after"]["phone"], right);
    // Staff see everything.
    let whole = fixture
        .server
        .good(&Request::get(format!("/v1/staff/orders/{id}/history")).bearer(&staff), 200)
        .await;
    assert!(whole.text().contains("912345678") && whole.text().contains("Rua A"));
    fixture.server.close().await;
}

async fn a_guest_who_changes_the_contact_gets_a_new_token(db: Db) {
    let fixture = Fixture::open(&db).await;
    let contact = json!({"name": "Ana", "phone": "+5511987654320"});
    let placed = fixture.place(&contact).await.json();
    let (number, token) = (text(&placed, "number"), text(&placed, "lookup_token"));
    let found = fixture.look_up(json!({"number": number, "token": token}), 200).await.json();
    let path = format!("/v1/orders/{}/amendments", text(&placed, "id"));
    let amend = |grant: &str, body: Value| {
        Request::post(&path).bearer(grant).if_match("*").key("a key of a guest's").json(&body)
    };
    let contact = json!({"contact": {"name": "Ana", "phone": "+5511987654321"}});
    let grant = text(&found, "access_token");
    let foreseen = Request::post(format!("{path}?preview=true")).bearer(grant).if_match("*").json(&contact);
    let foreseen = fixture.server.good(&foreseen, 200).await.json();
    assert!(foreseen.get("lookup_token").is_none());
    let amended = fixture.server.good(&amend(grant, contact.clone()), 200).await;
    assert_eq!(foreseen["actions"], amended.json()["actions"]);
    assert!(amended.json()["actions"].as_array().is_some_and(|actions| !actions.is_empty()));
    // An answer that was lost comes again.
    assert_eq!(fixture.server.good(&amend(grant, contact), 200).await.text(), amended.text());
    fixture.look_up(json!({"number": number, "token": token}), 404).await;
    let body = amended.json();
    let found = fixture.look_up(json!({"number": number, "token": body["lookup_token"]}), 200).await.json();
    let note =
        Request::post(&path).bearer(text(&found, "access_token")).if_match("*").json(&json!({"note": "x"}));
    let noted = fixture.server.good(&note, 200).await.json();
    assert!(noted.get("lookup_token").is_none(), "it is still good");
    fixture.server.close().await;
}

async fn a_token_ends_400_days_after_the_order_was_closed(db: Db) {
    let fixture = Fixture::open(&db).await;
    let placed = fixture.place(&json!({"name": "Ana", "phone": "+5511987654321"})).await.json();
    let proof = json!({"number": placed["number"], "token": placed["lookup_token"]});
    let days = |days: i64| fixture.server.shop.clock.advance(days * 86_400_000);
    days(500);
    let found = fixture.look_up(proof.clone(), 200).await.json();
    let cancel = Request::post(format!("/v1/orders/{}/cancel", text(&placed, "id")));
    let cancel = cancel.bearer(text(&found, "access_token")).json(&json!({}));
    fixture.server.good(&cancel, 200).await;
    days(399);
    fixture.look_up(proof.clone(), 200).await;
    days(1);
    fixture.look_up(proof, 404).await;
    fixture.look_up(json!({"number": placed["number"], "phone": "+5511987654321"}), 200).await;
    fixture.server.close().await;
}
