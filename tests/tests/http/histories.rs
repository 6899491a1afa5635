//! Histories and time-lines, page by page.

use std::sync::Arc;

use ordervault_api::problem::Code;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::order::{Amendment, Order, OrderCommand, ReversalReason};
use ordervault_domain::product::{Product, ProductCommand};
use ordervault_domain::store::Policy;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::http::Request;
use ordervault_tests::queue::on_product;
use ordervault_tests::server::TestServer;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    every_event_is_on_one_page_while_new_ones_come,
    pages_of_a_time_line_are_the_whole,
    a_cursor_leads_on_in_its_own_history_alone,
    pages_of_a_buyer_hide_former_contacts,
);

/// A shop with one store and an owner.
struct Fixture {
    server: TestServer,
    owner: String,
    tea: Arc<Product>,
    order: Arc<Order>,
    buyer: String,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let server = TestServer::open(db).await;
        let shop = &server.shop;
        let store = shop.store_with(Policy { reversal_minutes: Some(60), ..Policy::default() }).await;
        let owner = server.member_token(&*shop.member(Role::Owner, StoreScope::All).await).await;
        let tea = shop.product(&store, 10).await;
        let customer = shop.customer().await;
        let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
        let buyer = server.customer_token(&customer).await;
        Self { server, owner, tea, order, buyer }
    }

    async fn adjust_stock(&self, times: i64) {
        for delta in 1..=times {
            let command = ProductCommand::AdjustStock { delta, comment: None };
            self.server.shop.act(ActorRef::Operator, on_product(self.tea.id, command)).await;
        }
    }

    async fn amend(&self, amendment: Amendment) {
        let command = OrderCommand::Amend(amendment);
        self.server.shop.change(ActorRef::Operator, &self.order, command).await;
    }

    async fn page(&self, token: &str, path: &str, limit: usize, cursor: Option<&str>) -> Value {
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let request = Request::get(format!("{path}?limit={limit}{cursor}")).bearer(token);
        self.server.good(&request, 200).await.json()
    }

    /// All pages, one after another.
    async fn pages(&self, token: &str, path: &str, limit: usize) -> Vec<Value> {
        let (mut pages, mut cursor) = (vec![], None);
        loop {
            let page = self.page(token, path, limit, cursor.as_deref()).await;
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            assert_eq!(page["has_more"], cursor.is_some());
            pages.push(page);
            if cursor.is_none() {
                return pages;
            }
        }
    }
}

/// What stands under this name in all pages, which hold at most so many each.
fn joined(pages: &[Value], name: &str, limit: usize) -> Vec<Value> {
    let lists = pages.iter().map(|page| page[name].as_array().cloned().expect("a list"));
    lists.inspect(|list| assert!((1..=limit).contains(&list.len()))).flatten().collect()
}

async fn every_event_is_on_one_page_while_new_ones_come(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.adjust_stock(320).await;
    let path = format!("/v1/staff/products/{}/history", fixture.tea.id);
    for (limit, count) in [(100, 4), (41, 8)] {
        let pages = fixture.pages(&fixture.owner, &path, limit).await;
        assert_eq!(pages.len(), count);
        let events = joined(&pages, "items", limit);
        let told: Vec<_> =
            events.iter().map(|event| (event["version"].as_i64(), event["delta"].as_i64())).collect();
        let adjusted = (1..=320).map(|delta| (Some(delta + 1), Some(delta)));
        assert_eq!(told, [(Some(1), None)].into_iter().chain(adjusted).collect::<Vec<_>>());
    }
    // New ones come on the last page, and move nothing.
    let (mut versions, mut cursor) = (vec![], None);
    loop {
        let page = fixture.page(&fixture.owner, &path, 100, cursor.as_deref()).await;
        versions.extend(
            joined(std::slice::from_ref(&page), "items", 100).iter().map(|event| event["version"].as_i64()),
        );
        fixture.adjust_stock(3).await;
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(versions, (1..=321 + 3 * 3).map(Some).collect::<Vec<_>>());
    let first = fixture.server.good(&Request::get(&path).bearer(&fixture.owner), 200).await.json();
    assert_eq!(joined(&[first], "items", 25).len(), 25, "unless somebody says otherwise");
    fixture.server.close().await;
}

async fn pages_of_a_time_line_are_the_whole(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let back = OrderCommand::Unconfirm { reason: ReversalReason::Mistake, comment: None };
    for command in std::iter::repeat_n([OrderCommand::Confirm, back], 9).flatten() {
        shop.clock.advance(30_500);
        shop.change(ActorRef::Operator, &fixture.order, command).await;
        fixture.amend(Amendment { note: Some(shop.clock.now().to_string()), ..Amendment::default() }).await;
    }
    shop.clock.advance(2_500);
    for path in [
        format!("/v1/staff/orders/{}/timeline", fixture.order.id),
        format!("/v1/orders/{}/timeline", fixture.order.id),
    ] {
        let token = if path.contains("staff") { &fixture.owner } else { &fixture.buyer };
        let whole = fixture.page(token, &path, 100, None).await;
        let steps = joined(std::slice::from_ref(&whole), "steps", 100);
        assert_eq!((steps.len(), &whole["has_more"]), (19, &json!(false)));
        let seconds: i64 = steps.iter().filter_map(|step| step["duration_seconds"].as_i64()).sum();
        assert_eq!((whole["total_seconds"].as_i64(), seconds), (Some(seconds), 18 * 30_500 / 1_000 + 2));
        for limit in [1, 4, 18, 19] {
            let pages = fixture.pages(token, &path, limit).await;
            assert_eq!(joined(&pages, "steps", limit), steps, "{limit} at a time");
            for page in pages {
                assert_eq!(
                    (&page["total_seconds"], &page["ahead"]),
                    (&whole["total_seconds"], &whole["ahead"])
                );
            }
        }
    }
    fixture.server.close().await;
}

async fn a_cursor_leads_on_in_its_own_history_alone(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.adjust_stock(2).await;
    fixture.amend(Amendment { note: Some("another".into()), ..Amendment::default() }).await;
    fixture.server.shop.change(ActorRef::Operator, &fixture.order, OrderCommand::Confirm).await;
    let (order, tea) = (fixture.order.id, fixture.tea.id);
    let auditor = fixture.server.shop.member(Role::Auditor, StoreScope::All).await;
    let auditor = fixture.server.member_token(&auditor).await;
    let lists = [
        (&fixture.owner, format!("/v1/staff/products/{tea}/history")),
        (&fixture.owner, format!("/v1/staff/orders/{order}/history")),
        (&fixture.owner, format!("/v1/staff/orders/{order}/timeline")),
        (&auditor, format!("/v1/staff/orders/{order}/history")),
        (&auditor, format!("/v1/staff/orders/{order}/timeline")),
        (&fixture.buyer, format!("/v1/orders/{order}/history")),
        (&fixture.buyer, format!("/v1/orders/{order}/timeline")),
    ];
    for own in &lists {
        let page = fixture.page(own.0, &own.1, 1, None).await;
        let cursor = page["next_cursor"].as_str().expect("a next page");
        for list in &lists {
            let request = Request::get(format!("{}?cursor={cursor}", list.1)).bearer(list.0);
            let answer = fixture.server.send(&request).await;
            if list == own {
                answer.ok();
            } else {
                answer.faults(Code::InvalidParameter, &[("cursor", "unknown-cursor")]);
            }
        }
    }
    fixture.server.close().await;
}

async fn pages_of_a_buyer_hide_former_contacts(db: Db) {
    let fixture = Fixture::open(&db).await;
    for number in 1..=3 {
        let phone = format!("+88691234567{number}").parse().expect("a number");
        let contact = Contact { name: Some("Ana".into()), phone: Some(phone), ..Contact::default() };
        fixture.amend(Amendment { contact: Some(contact), ..Amendment::default() }).await;
        fixture.amend(Amendment { note: Some(number.to_string()), ..Amendment::default() }).await;
    }
    let path = format!("/v1/orders/{}/history", fixture.order.id);
    let whole = fixture.page(&fixture.buyer, &path, 100, None).await;
    for limit in [1, 2, 6] {
        let pages = fixture.pages(&fixture.buyer, &path, limit).await;
        let events = joined(&pages, "items", limit);
        assert_eq!(events, joined(std::slice::from_ref(&whole), "items", 100));
        let text = json!(events).to_string();
        assert!(text.contains("912345673") && !text.contains("912345672") && !text.contains("912345671"));
    }
    fixture.server.close().await;
}
