//! What looks bad and is answered all the same, and what takes several requests to show.

use ordervault_api::known_logins::KNOWN_MILLIS;
use ordervault_domain::id::OrderId;
use ordervault_domain::member;
use ordervault_persistence::Realm;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::dump::{Dump, changes, dump};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::shop::PASSWORD;
use serde_json::{Value, json};

use crate::fixture::Fixture;

/// With one request id for all, answers can be compared to the byte.
fn alike(request: Request) -> Request {
    request.header("x-request-id", "alike")
}

/// What changed nothing is remembered under its key and leaves no other trace.
async fn assert_only_remembered(fixture: &Fixture, before: &Dump) {
    let mut changed = changes(before, &dump(&fixture.server.shop.db).await);
    changed.retain(|change| !change.starts_with("+ idempotency_keys "));
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

pub(crate) async fn texts_come_back_as_they_were_sent(fixture: &Fixture) {
    let name = "Robert'); DROP TABLE orders;--";
    let note = "<script>alert(1)</script> ${jndi:ldap://x} %s %n {{7*7}} \\\" \u{200F}שלום 👩\u{200D}🔬";
    let body = crate::fixture::with(fixture.order_body(), "/note", json!(note));
    let body = crate::fixture::with(body, "/contact/name", json!(name));
    let placed = fixture.server.good(&fixture.place(&body), 201).await;
    let path = placed.header("location").unwrap_or_default().to_owned();
    let read = fixture.server.good(&fixture.customer("GET", &path), 200).await;
    for answer in [&placed, &read] {
        assert_eq!(answer.json()["contact"]["name"], name);
        assert_eq!(answer.json()["note"], note);
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    // And can be searched for.
    let found = fixture.server.good(&fixture.customer("GET", "/v1/orders?q=drop%20table"), 200).await;
    assert_eq!(found.json()["items"][0]["id"], read.json()["id"]);
}

pub(crate) async fn amending_to_the_same_writes_nothing(fixture: &Fixture) {
    let path = format!("/v1/orders/{}", fixture.confirmed.id);
    let order = fixture.server.good(&fixture.customer("GET", &path), 200).await;
    let now = order.json();
    let same = json!({
        "lines": [{"product_id": now["lines"][0]["product_id"], "quantity": now["lines"][0]["quantity"]}],
        "contact": now["contact"],
        "note": now["note"],
        "comment": "nothing new",
    });
    let before = dump(&fixture.server.shop.db).await;
    let amend = fixture.customer("POST", &format!("{path}/amendments")).if_match("\"2\"").json(&same);
    for request in [amend.clone(), amend.key("amend")] {
        let amended = fixture.server.good(&request, 200).await;
        assert_eq!((amended.json(), amended.header("etag")), (order.json(), order.header("etag")));
    }
    assert_only_remembered(fixture, &before).await;
}

pub(crate) async fn cancelling_twice_writes_once(fixture: &Fixture) {
    let path = format!("/v1/orders/{}/cancel", fixture.order.id);
    let cancel = |reason: &str| {
        fixture.customer("POST", &path).key(&fixture.server.key()).json(&json!({"reason": reason}))
    };
    let first = fixture.server.good(&cancel("customer"), 200).await;
    assert_eq!((&first.json()["status"], &first.json()["version"]), (&json!("cancelled"), &json!(2)));
    let before = dump(&fixture.server.shop.db).await;
    let second = fixture.server.good(&cancel("customer"), 200).await;
    assert_eq!(second.json(), first.json());
    let other = fixture.server.good(&cancel("other"), 409).await;
    assert_eq!(
        (other.code().as_str(), &other.json()["current_status"]),
        ("state-conflict", &json!("cancelled"))
    );
    assert_only_remembered(fixture, &before).await;
}

/// Signs that mean something to the engines mean nothing here: what holds no letter or digit finds nothing.
pub(crate) async fn searches_are_literal(fixture: &Fixture) {
    let searches = [
        "%25' OR 1=1--",
        "\\",
        "_%25",
        "%25",
        "*",
        "\"",
        "'",
        ":*",
        "!",
        "NEAR(x y)",
        "note : zzz",
        "zzz OR 1",
    ];
    let lists = [
        fixture.manager("GET", "/v1/staff/orders"),
        fixture.customer("GET", "/v1/orders"),
        fixture.manager("GET", "/v1/staff/products"),
        Request::get("/v1/products"),
    ];
    for list in lists {
        let all = fixture.server.good(&list, 200).await.json();
        assert!(all["items"].as_array().is_some_and(|items| !items.is_empty()));
        for search in searches {
            let query = format!("?q={}", search.replace(' ', "%20").replace('"', "%22").replace('\\', "%5C"));
            let mut found = fixture.server.good(&list.clone().more(&query), 200).await.json();
            found.as_object_mut().expect("an object").remove("position");
            assert_eq!(found, json!({"items": [], "has_more": false}), "{} {search}", list.line());
        }
    }
    let path = "/v1/staff/orders?include_total=true&q=_%25";
    let counted = fixture.server.good(&fixture.manager("GET", path), 200).await.json();
    assert_eq!((&counted["total"], &counted["total_is_lower_bound"]), (&json!(0), &json!(false)));
}

pub(crate) async fn stores_out_of_scope_are_empty(fixture: &Fixture) {
    let nowhere = OrderId::from_i64(987_654_321_987_654);
    for list in ["orders", "products"] {
        let ask = async |store: &str| {
            let path = format!("/v1/staff/{list}?include_total=true&store={store}");
            let mut page = fixture.server.good(&fixture.manager("GET", &path), 200).await.json();
            page.as_object_mut().expect("an object").remove("position");
            page
        };
        let empty = json!({"items": [], "has_more": false, "total": 0, "total_is_lower_bound": false});
        assert_eq!(ask(&fixture.other_store.id.to_string()).await, empty);
        assert_eq!(ask(&format!("sto_{nowhere}")).await, empty);
        assert!(ask(&fixture.store.id.to_string()).await["total"].as_i64() > Some(0));
    }
    let unknown = fixture.server.good(&Request::get(format!("/v1/products?store=sto_{nowhere}")), 200).await;
    assert_eq!(unknown.json()["items"], json!([]));
}

pub(crate) async fn failed_logins_sound_alike(fixture: &Fixture) {
    let manager = &fixture.manager;
    let act = Operation::Member {
        id: Some(manager.id),
        expected_version: None,
        command: member::MemberCommand::Deactivate,
        password_hash: None,
    };
    fixture.server.shop.act(ActorRef::Operator, act).await;
    let address = |email: Option<&ordervault_domain::contact::Email>| {
        email.map_or("", |email| email.as_str()).to_owned()
    };
    let (customer, disabled) =
        (address(fixture.customer.contact.email.as_ref()), address(manager.contact.email.as_ref()));
    let owner = address(fixture.owner.contact.email.as_ref());
    let logins = [
        ("/v1/auth/login", customer.as_str(), "not this password"),
        ("/v1/auth/login", "nobody@example.com", PASSWORD),
        ("/v1/staff/auth/login", owner.as_str(), "not this password"),
        ("/v1/staff/auth/login", "nobody@example.com", PASSWORD),
        ("/v1/staff/auth/login", disabled.as_str(), PASSWORD),
    ];
    let before = dump(&fixture.server.shop.db).await;
    let mut answers = vec![];
    for (path, email, password) in logins {
        let login = Request::post(path).json(&json!({"email": email, "password": password}));
        answers.push(fixture.server.good(&alike(login), 401).await.text());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    // Whoever is deactivated elsewhere is out a second later with the token that they have, too.
    fixture.server.shop.clock.advance(KNOWN_MILLIS);
    fixture.server.good(&fixture.manager("GET", "/v1/staff/me"), 401).await;
    assert_only_remembered(fixture, &before).await;
}

pub(crate) async fn things_of_others_look_like_nothing(fixture: &Fixture) {
    let nowhere = OrderId::from_i64(987_654_321_987_654);
    let foreign = fixture.order.id;
    let note = json!({"note": "x"});
    for (method, rest, body) in [
        ("GET", "", None),
        ("GET", "/history", None),
        ("POST", "/amendments", Some(&note)),
        ("POST", "/amendments?preview=true", Some(&note)),
        ("POST", "/cancel", Some(&json!({}))),
    ] {
        let ask = async |id: OrderId| -> Answer {
            let request =
                Request::new(method, format!("/v1/orders/{id}{rest}")).bearer(&fixture.stranger_token);
            let request = alike(request).if_match("\"1\"");
            let request = body.map_or(request.clone(), |body: &Value| request.json(body));
            fixture.server.good(&request, 404).await
        };
        assert_eq!(ask(foreign).await.text(), ask(nowhere).await.text(), "{method} {rest}");
    }
}

pub(crate) async fn a_used_refresh_token_ends_its_session(fixture: &Fixture) {
    let email = fixture.customer.contact.email.as_ref().map_or("", |email| email.as_str());
    let text = |tokens: &Value, name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
    let exchange = async |token: &str, status: u16| {
        let request = Request::post("/v1/auth/refresh").json(&json!({"refresh_token": token}));
        fixture.server.good(&request, status).await
    };
    let first = fixture.server.log_in(Realm::Customer, email).await;
    let used = text(&first, "refresh_token");
    let second = exchange(&used, 200).await.json();
    // A repeated request within ten seconds gets the same successor.
    fixture.server.shop.clock.advance(10_000);
    let again = exchange(&used, 200).await.json();
    assert_eq!(second["refresh_token"], again["refresh_token"]);
    let me = Request::get("/v1/me").bearer(&text(&again, "access_token"));
    fixture.server.good(&me, 200).await;

    fixture.server.shop.clock.advance(1);
    assert_eq!(exchange(&used, 401).await.code(), "token-reused");
    assert_eq!(exchange(&text(&second, "refresh_token"), 401).await.code(), "token-invalid");
    assert_eq!(fixture.server.good(&me, 401).await.code(), "token-invalid");
    // Other sessions go on.
    fixture.server.good(&fixture.customer("GET", "/v1/me"), 200).await;
}
