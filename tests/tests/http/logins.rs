//! Nobody gets in by guessing, and nobody who guesses keeps the owner out.

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_api::auth::Realm;
use ordervault_api::settings::{Rates, Settings};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::member::Member;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation, Rate, ThrottleOperation};
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{PASSWORD, Shop};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    five_wrong_passwords_from_one_address_close_the_account_to_it,
    strangers_stop_only_strangers,
    a_device_is_known_wherever_it_is,
    an_address_is_known_for_more_than_a_year,
    an_account_is_unlocked_or_reset,
    the_owner_is_told_of_an_attack,
    an_open_login_is_not_stopped_and_does_not_help_to_guess,
    an_unknown_account_is_throttled_like_any_other,
    many_accounts_are_not_tried_from_one_address,
    a_hundred_at_once_get_no_further_than_one_after_the_other,
    what_was_not_judged_is_not_counted,
    a_flood_of_strangers_leaves_the_known_their_logins,
);

/// So many strangers may fail.
const STRANGERS: u32 = 10;
const MINUTE_MILLIS: i64 = 60_000;
const DAY_MILLIS: i64 = 24 * 60 * MINUTE_MILLIS;

/// A shop behind a proxy on this machine, and its owner.
struct Fixture {
    server: TestServer,
    owner: Arc<Member>,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        // Hashes are dear: a tenth of the strangers shows the same.
        let login_strangers = Rate { limit: STRANGERS, window_millis: DAY_MILLIS };
        let rates = Rates { login_strangers, ..Rates::default() };
        let settings = Settings { trusted_proxies, rates, ..Settings::default() };
        let server = TestServer::with(Shop::open(db).await, settings).await;
        let owner = server.shop.member(Role::Owner, StoreScope::All).await;
        Self { server, owner }
    }

    fn email(&self) -> String {
        self.owner.contact.email.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    async fn log_in(&self, address: &str, password: &str, status: u16) -> Answer {
        let body = json!({"email": self.email(), "password": password});
        self.server.good(&staff_login(address, &body), status).await
    }

    async fn log_in_with(&self, address: &str, device: &Value, password: &str, status: u16) -> Answer {
        let body = json!({"email": self.email(), "password": password, "device_token": device});
        self.server.good(&staff_login(address, &body), status).await
    }

    /// So many strangers, each from an address of its own, guess once.
    async fn guess(&self, strangers: std::ops::Range<u32>, status: u16) {
        for n in strangers {
            self.log_in(&stranger(n), "wrong", status).await;
        }
    }
}

fn stranger(n: u32) -> String {
    format!("198.51.{}.{}", n / 250, n % 250)
}

fn staff_login(address: &str, body: &Value) -> Request {
    Request::post("/v1/staff/auth/login").header("x-forwarded-for", address).json(body)
}

fn retry_after(answer: &Answer) -> i64 {
    answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).expect("seconds to wait")
}

#[test]
fn a_hundred_strangers_a_day_and_five_mistakes_in_a_quarter_of_an_hour() {
    let rates = Rates::default();
    assert_eq!(rates.login_strangers, Rate { limit: 100, window_millis: DAY_MILLIS });
    assert_eq!(rates.login_account, Rate { limit: 5, window_millis: 15 * MINUTE_MILLIS });
}

async fn five_wrong_passwords_from_one_address_close_the_account_to_it(db: Db) {
    let fixture = Fixture::open(&db).await;
    for _ in 0..5 {
        fixture.log_in("203.0.113.1", "wrong", 401).await;
    }
    let closed = fixture.log_in("203.0.113.1", PASSWORD, 429).await;
    assert_eq!((closed.code().as_str(), retry_after(&closed)), ("rate-limited", 15 * 60));
    // Another address and another account are not concerned.
    fixture.log_in("203.0.113.2", PASSWORD, 200).await;
    let other = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let body = json!({"email": other.contact.email.as_ref().map(ToString::to_string), "password": PASSWORD});
    fixture.server.good(&staff_login("203.0.113.1", &body), 200).await;
    // One IPv6 network is one client.
    fixture.server.shop.clock.advance(DAY_MILLIS);
    for n in 1..=5 {
        fixture.log_in(&format!("2001:db8:1:2::{n}"), "wrong", 401).await;
    }
    fixture.log_in("2001:db8:1:2:ffff::9", PASSWORD, 429).await;
    fixture.log_in("2001:db8:1:3::9", PASSWORD, 200).await;
    fixture.server.shop.clock.advance(15 * MINUTE_MILLIS);
    fixture.log_in("203.0.113.1", PASSWORD, 200).await;
    fixture.server.close().await;
}

async fn strangers_stop_only_strangers(db: Db) {
    let fixture = Fixture::open(&db).await;
    let home = "203.0.113.1";
    let session = fixture.log_in(home, PASSWORD, 200).await.json();
    fixture.guess(0..STRANGERS, 401).await;
    let closed = fixture.log_in("203.0.113.99", PASSWORD, 429).await;
    assert!(retry_after(&closed) > 23 * 60 * 60, "a day from the first on");
    // From where they have logged in before, the owner still does, also after a mistake of their own.
    fixture.log_in(home, "wrong", 401).await;
    fixture.log_in(home, PASSWORD, 200).await;
    // What is open stays open.
    let refresh = Request::post("/v1/staff/auth/refresh").header("x-forwarded-for", "203.0.113.98");
    fixture.server.good(&refresh.json(&json!({"refresh_token": session["refresh_token"]})), 200).await;
    fixture.server.shop.clock.advance(DAY_MILLIS);
    fixture.log_in("203.0.113.99", PASSWORD, 200).await;
    fixture.server.close().await;
}

async fn a_device_is_known_wherever_it_is(db: Db) {
    let fixture = Fixture::open(&db).await;
    let device = fixture.log_in("203.0.113.1", PASSWORD, 200).await.json()["device_token"].clone();
    fixture.guess(0..STRANGERS, 401).await;
    let next = fixture.log_in_with("203.0.113.50", &device, PASSWORD, 200).await.json();
    assert!(next["device_token"].is_string());
    // Nor is it stopped by whoever guesses from the same address; its own mistakes are counted, whatever the address.
    for _ in 0..5 {
        fixture.log_in_with("203.0.113.50", &json!("dvc_none"), "wrong", 401).await;
    }
    fixture.log_in("203.0.113.50", PASSWORD, 429).await;
    fixture.log_in_with("203.0.113.50", &device, PASSWORD, 200).await;
    for n in 0..5 {
        fixture.log_in_with(&format!("203.0.113.{n}"), &device, "wrong", 401).await;
    }
    // The token of its last login is of the same device.
    fixture.log_in_with("203.0.113.60", &next["device_token"], PASSWORD, 429).await;
    // It is good for its account alone.
    let other = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let email = other.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let others = fixture.server.log_in(Realm::Staff, &email).await["device_token"].clone();
    fixture.log_in_with("203.0.113.70", &others, PASSWORD, 429).await;
    fixture.server.close().await;
}

async fn an_address_is_known_for_more_than_a_year(db: Db) {
    let fixture = Fixture::open(&db).await;
    let device = fixture.log_in("203.0.113.1", PASSWORD, 200).await.json()["device_token"].clone();
    fixture.server.shop.clock.advance(399 * DAY_MILLIS);
    fixture.guess(0..STRANGERS, 401).await;
    fixture.log_in("203.0.113.2", PASSWORD, 429).await;
    fixture.log_in("203.0.113.1", PASSWORD, 200).await;
    fixture.log_in_with("203.0.113.2", &device, PASSWORD, 200).await;
    fixture.server.shop.clock.advance(401 * DAY_MILLIS);
    fixture.guess(50..50 + STRANGERS, 401).await;
    fixture.log_in("203.0.113.1", PASSWORD, 429).await;
    fixture.log_in_with("203.0.113.2", &device, PASSWORD, 429).await;
    // Where somebody has logged in cannot be read from the database.
    let kept = format!("{:?}", dump(&db).await["throttles"]);
    assert!(!kept.contains("203.0.113") && !kept.contains(&fixture.email()), "{kept}");
    fixture.server.close().await;
}

async fn an_account_is_unlocked_or_reset(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.guess(0..STRANGERS, 401).await;
    fixture.log_in("203.0.113.1", PASSWORD, 429).await;
    let unlock = Operation::Throttle(ThrottleOperation::unlock(fixture.owner.id.get()));
    fixture.server.shop.act(ActorRef::Operator, unlock).await;
    // Whoever goes on guessing does not lock it again.
    fixture.guess(50..55 + STRANGERS, 401).await;
    fixture.log_in("203.0.113.1", PASSWORD, 200).await;
    fixture.server.shop.clock.advance(60 * MINUTE_MILLIS);
    fixture.log_in("203.0.113.2", PASSWORD, 429).await;

    let other = fixture.server.staff(Role::Owner).await;
    let password = json!({"new_password": "sieben Ziegen am Zaun"});
    other.post(&format!("/v1/staff/members/{}/reset-password", fixture.owner.id), password).await.ok();
    fixture.log_in("203.0.113.2", "sieben Ziegen am Zaun", 200).await;
    fixture.server.close().await;
}

async fn the_owner_is_told_of_an_attack(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (owner, clerk) = (fixture.server.staff(Role::Owner).await, fixture.server.staff(Role::Clerk).await);
    let attacks = async || owner.get("/v1/staff/summary").await.ok()["attacks"].clone();
    fixture.guess(1..STRANGERS, 401).await;
    assert_eq!(attacks().await, json!([]));
    fixture.guess(0..1, 401).await;
    let told = attacks().await;
    assert_eq!(
        (&told[0]["member_id"], &told[0]["failed_logins"]),
        (&json!(fixture.owner.id.to_string()), &json!(STRANGERS))
    );
    assert!(told[0]["until"].is_string() && told.as_array().is_some_and(|attacks| attacks.len() == 1));
    assert!(clerk.get("/v1/staff/summary").await.ok().get("attacks").is_none());
    fixture.server.shop.clock.advance(DAY_MILLIS);
    let owner = fixture.server.staff(Role::Owner).await;
    assert_eq!(owner.get("/v1/staff/summary").await.ok()["attacks"], json!([]));
    fixture.server.close().await;
}

async fn an_open_login_is_not_stopped_and_does_not_help_to_guess(db: Db) {
    let fixture = Fixture::open(&db).await;
    let token = fixture.server.member_token(&fixture.owner).await;
    fixture.guess(0..STRANGERS, 401).await;
    let change = async |current: &str, status: u16| {
        let body = json!({"current_password": current, "new_password": "sieben Ziegen am Zaun"});
        fixture.server.good(&Request::post("/v1/staff/me/password").bearer(&token).json(&body), status).await
    };
    for _ in 0..5 {
        change("wrong", 422).await;
    }
    assert_eq!(retry_after(&change(PASSWORD, 429).await), 15 * 60);
    fixture.server.shop.clock.advance(15 * MINUTE_MILLIS);
    let token = fixture.server.member_token(&fixture.owner).await;
    let body = json!({"current_password": PASSWORD, "new_password": "sieben Ziegen am Zaun"});
    fixture.server.good(&Request::post("/v1/staff/me/password").bearer(&token).json(&body), 204).await;
    fixture.server.close().await;
}

async fn an_unknown_account_is_throttled_like_any_other(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut answers = vec![];
    for (network, email) in [(1, fixture.email()), (2, "nobody@example.com".to_owned())] {
        let body = json!({"email": email, "password": "wrong"});
        for n in 0..6 {
            let login = staff_login(&format!("203.0.{network}.1"), &body).header("x-request-id", "alike");
            let answer = fixture.server.send(&login).await;
            assert_eq!(answer.status, if n < 5 { 401 } else { 429 });
            answers.push((answer.status, answer.text(), answer.header("retry-after").map(str::to_owned)));
        }
    }
    assert_eq!(answers[..6], answers[6..]);
    // Customers and staff are different accounts.
    let login = Request::post("/v1/auth/login").header("x-forwarded-for", "203.0.1.1");
    let body = json!({"email": fixture.email(), "password": "wrong"});
    fixture.server.good(&login.json(&body), 401).await;
    fixture.server.close().await;
}

async fn many_accounts_are_not_tried_from_one_address(db: Db) {
    let fixture = Fixture::open(&db).await;
    let guess = async |n: u32, status: u16| {
        let body = json!({"email": format!("guess{n}@example.com"), "password": "wrong"});
        fixture.server.good(&staff_login("203.0.113.1", &body), status).await
    };
    for n in 0..30 {
        guess(n, 401).await;
    }
    assert_eq!(retry_after(&guess(30, 429).await), 60);
    fixture.server.shop.clock.advance(MINUTE_MILLIS);
    guess(30, 401).await;
    fixture.server.close().await;
}

async fn a_hundred_at_once_get_no_further_than_one_after_the_other(db: Db) {
    let fixture = Fixture::open(&db).await;
    let body = json!({"email": fixture.email(), "password": "wrong"});
    let guesses: Vec<Request> = (0..100).map(|_| staff_login("203.0.113.1", &body)).collect();
    let mut told = 0;
    // Those that find no place to wait are not judged; they come again until nothing is judged any more.
    loop {
        let answers = join_all(guesses.iter().map(|guess| fixture.server.send(guess))).await;
        told += answers.iter().filter(|answer| answer.status == 401).count();
        assert!(answers.iter().all(|answer| [401, 429, 503].contains(&answer.status)));
        if answers.iter().all(|answer| answer.status == 429) {
            break;
        }
    }
    assert_eq!(told, 5);
    // Right ones do not count, however many come at once.
    let body = json!({"email": fixture.email(), "password": PASSWORD});
    let logins: Vec<Request> = (0..8).map(|_| staff_login("203.0.113.2", &body)).collect();
    let answers = join_all(logins.iter().map(|login| fixture.server.send(login))).await;
    assert!(answers.iter().any(|answer| answer.status == 200));
    // On a slow machine the last of them wait for too long.
    assert!(answers.iter().all(|answer| [200, 503].contains(&answer.status)));
    fixture.server.close().await;
}

async fn what_was_not_judged_is_not_counted(db: Db) {
    let fixture = Fixture::open(&db).await;
    // More strangers than can wait: some are sent away, from an address of their own.
    let body = json!({"email": "nobody@example.com", "password": "wrong"});
    let crowd: Vec<Request> = (0..60).map(|n| staff_login(&stranger(n), &body)).collect();
    let answers = join_all(crowd.iter().map(|login| fixture.server.send(login))).await;
    assert!(answers.iter().all(|answer| [401, 429, 503].contains(&answer.status)));
    let judged = answers.iter().filter(|answer| answer.status == 401).count();
    let sent_away = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(judged + sent_away <= 60 && sent_away > 0, "{judged} judged, {sent_away} sent away");
    // Each that was told, and no other, is counted for its address; all of them for the account.
    assert_eq!(dump(&db).await["throttles"].len(), 2 * judged + 1);
    fixture.server.close().await;
}

async fn a_flood_of_strangers_leaves_the_known_their_logins(db: Db) {
    let fixture = Fixture::open(&db).await;
    let home = "203.0.113.1";
    fixture.log_in(home, PASSWORD, 200).await;
    let guess =
        |n| staff_login(&stranger(n), &json!({"email": format!("{n}@example.com"), "password": "wrong"}));
    let flood: Vec<Request> = (0..100).map(guess).collect();
    let flood = join_all(flood.iter().map(|login| fixture.server.send(login)));
    let own = json!({"email": fixture.email(), "password": PASSWORD});
    let owner = async {
        let mut good = 0;
        for _ in 0..10 {
            good += usize::from(fixture.server.send(&staff_login(home, &own)).await.status == 200);
        }
        good
    };
    let (strangers, good) = futures_util::future::join(flood, owner).await;
    assert!(strangers.iter().any(|answer| answer.status == 503), "the flood was too small to be one");
    assert_eq!(good, 10);
    fixture.server.close().await;
}
