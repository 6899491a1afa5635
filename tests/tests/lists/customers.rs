//! Customers are found as people ask for them.

use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{Customer, CustomerCommand, CustomerEdit};
use ordervault_domain::id::CustomerId;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(customers_are_found_as_people_type, what_finds_no_customer_says_why);

async fn on_customer(
    shop: &Shop,
    actor: ActorRef,
    id: Option<CustomerId>,
    command: CustomerCommand,
) -> Arc<Customer> {
    let password_hash = id.is_none().then(|| "no password".to_owned());
    let act = Operation::Customer { id, expected_version: None, command, password_hash };
    match shop.act(actor, act).await {
        Effect::Customer(customer) => customer,
        other => unreachable!("{other:?}"),
    }
}

async fn customer(shop: &Shop, name: &str, email: &str, phone: &str) -> Arc<Customer> {
    let contact = Contact {
        name: Some(name.to_owned()),
        email: email.parse().ok(),
        phone: phone.parse().ok(),
        ..Contact::default()
    };
    let command = CustomerCommand::Register { contact, language: None, must_verify_email: false };
    on_customer(shop, ActorRef::Anonymous, None, command).await
}

/// Names of those who are found.
async fn found(server: &TestServer, token: &str, q: &str) -> Vec<String> {
    let q: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let request = Request::get(format!("/v1/staff/customers?q={q}")).bearer(token);
    let page = server.good(&request, 200).await.json();
    let items = page["items"].as_array().expect("a page").iter();
    items.map(|item| item["name"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn customers_are_found_as_people_type(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let ming = customer(shop, "王小明", "ming@example.com", "+886 912-345-678").await;
    customer(shop, "José O'Brien", "jose.obrien@shop.example", "0923456789").await;
    customer(shop, "髙橋 花子", "hanako@example.com", "").await;
    let token = server.member_token(&*shop.member(Role::Owner, StoreScope::All).await).await;
    let (ming_alone, jose, hanako) = (vec!["王小明"], vec!["José O'Brien"], vec!["髙橋 花子"]);
    let id = ming.id.to_string();
    for (q, names) in [
        (id.as_str(), &ming_alone),
        ("王小明", &ming_alone),
        ("小明", &ming_alone),
        ("ming@example.com", &ming_alone),
        (" Ming@EXAMPLE.com\u{200b}", &ming_alone),
        ("ming", &ming_alone),
        ("0912345678", &ming_alone),
        ("+886 912-345-678", &ming_alone),
        ("00886912345678", &ming_alone),
        ("０９１２３４５６７８", &ming_alone),
        ("345678", &ming_alone),
        ("678", &ming_alone),
        ("o'brien", &jose),
        ("OBRIEN", &jose),
        ("jose", &jose),
        ("brien jose", &jose),
        ("0923-456-789", &jose),
        ("456789", &jose),
        ("高橋花子", &hanako),
        ("花子", &hanako),
        ("example.com", &vec!["髙橋 花子", "王小明"]),
        ("nobody", &vec![]),
        ("0912345679", &vec![]),
        ("!!!", &vec![]),
    ] {
        assert_eq!(&found(&server, &token, q).await, names, "{q}");
    }
    let edit =
        CustomerEdit { name: Some("王大明".to_owned()), phone: Some(None), ..CustomerEdit::default() };
    on_customer(shop, ActorRef::Customer(ming.id), Some(ming.id), CustomerCommand::Edit(edit)).await;
    assert_eq!(found(&server, &token, "小明").await, Vec::<String>::new());
    assert_eq!(found(&server, &token, "0912345678").await, Vec::<String>::new());
    assert_eq!(found(&server, &token, "大明").await, ["王大明"]);
    server.close().await;
}

async fn what_finds_no_customer_says_why(db: Db) {
    let server = TestServer::open(&db).await;
    let known = server.shop.customer().await;
    let (owner, warehouse) =
        (server.staff(Role::Owner).await.token(), server.staff(Role::Warehouse).await.token());
    let ask = async |token: &str, rest: &str| {
        server.send(&Request::get(format!("/v1/staff/customers{rest}")).bearer(token)).await
    };
    let first = ask(&owner, "?limit=1").await;
    assert_eq!(first.status, 200);
    for (token, rest, status, code) in [
        (&owner, "?q=12".to_owned(), 400, "invalid-parameter"),
        (&owner, "?q=".to_owned(), 400, "invalid-parameter"),
        (&owner, format!("?q={}", "a".repeat(255)), 400, "invalid-parameter"),
        (&owner, "?limit=0".to_owned(), 400, "invalid-parameter"),
        (&owner, "?cursor=AAAA".to_owned(), 400, "invalid-parameter"),
        (&owner, "?name=x".to_owned(), 400, "invalid-parameter"),
        (&owner, "/cus_00000000000001".to_owned(), 404, "not-found"),
        (&owner, format!("/{}?as_of=2", known.id), 404, "not-found"),
        (&warehouse, "?q=maria".to_owned(), 403, "forbidden"),
        (&warehouse, format!("/{}/history", known.id), 403, "forbidden"),
    ] {
        let answer = ask(token, &rest).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{rest}");
    }
    // Whoever may not see contacts finds by id all the same.
    let page = ask(&warehouse, &format!("?q={}", known.id)).await.json();
    let item = &page["items"][0];
    assert_eq!((item["id"].as_str(), item.get("name")), (Some(known.id.to_string().as_str()), None));
    server.close().await;
}
