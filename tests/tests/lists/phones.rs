//! Whoever called is found, whichever way the number was given and is asked for.

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{LineRequest, OrderCommand, Place};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{Shop, contact};

ordervault_tests::twin_tests!(a_number_is_found_in_every_spelling);

async fn order_of(shop: &Shop, store: &Store, tea: &Product, phone: &str) -> OrderId {
    let place = Place {
        shipping: None,
        payment: None,
        store_id: store.id,
        customer_id: None,
        lines: vec![LineRequest { product_id: tea.id, quantity: 1 }],
        contact: Contact { phone: phone.parse().ok(), ..contact(7) },
        note: String::new(),
        unlisted: false,
        not_duplicate_of: vec![],
        expected_total: None,
    };
    let act = Operation::Order { id: None, expected_version: None, command: OrderCommand::Place(place) };
    match shop.act(ActorRef::Guest(None), act).await {
        Effect::Order(order) => order.id,
        other => unreachable!("{other:?}"),
    }
}

async fn a_number_is_found_in_every_spelling(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let abroad = order_of(shop, &store, &tea, "+886 912-345-678").await;
    let at_home = order_of(shop, &store, &tea, "0912345678").await;
    let other = order_of(shop, &store, &tea, "0923456789").await;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let token = server.member_token(&owner).await;
    let found = async |query: &str| {
        let request = Request::get(format!("/v1/staff/orders?sort=placed_at&{query}")).bearer(&token);
        let page = server.good(&request, 200).await.json();
        let items = page["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let mut both = vec![abroad.to_string(), at_home.to_string()];
    both.sort();
    for text in ["0912345678", "912345678", "%2B886912345678", "%2B886%20912-345-678"] {
        for parameter in ["customer", "q"] {
            let mut found = found(&format!("{parameter}={text}")).await;
            found.sort();
            assert_eq!(found, both, "{parameter}={text}");
        }
    }
    assert_eq!(found("customer=00886912345678").await.len(), 2);
    assert_eq!(found("customer=5678").await.len(), 2);
    assert_eq!(found("customer=0923-456-789").await, [other.to_string()]);
    for text in ["0912345679", "%2B886912345679", "12345670"] {
        assert!(found(&format!("customer={text}")).await.is_empty(), "{text}");
    }
    // Order numbers come with blanks from wherever they are copied.
    let number = other.number().replace('-', "%20");
    assert_eq!(found(&format!("number=%20{number}%20")).await, [other.to_string()]);
    let path = format!("/v1/staff/orders/%20{number}");
    let order = server.good(&Request::get(path).bearer(&token), 200).await.json();
    assert_eq!(order["id"], other.to_string());
    server.close().await;
}
