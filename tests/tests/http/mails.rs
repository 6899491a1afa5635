//! What is written to people, and what they do with it: from the request over the queue to a mail server, and back by the code.

use ordervault_api::problem::Code;
use ordervault_api::settings::{Rates, Settings};
use ordervault_domain::access::Role;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::{Amendment, OrderCommand, ReversalReason};
use ordervault_domain::store::Policy;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::dump::dump;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{PASSWORD, Shop};
use ordervault_tests::smtp::{Mood, Received, SmtpSink};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    a_forgotten_password_is_replaced_by_mail,
    a_code_is_good_once_for_a_while_and_for_the_address_that_is_stored,
    an_address_has_an_account_or_not_and_nobody_is_told,
    a_mail_server_that_is_down_or_busy_loses_nothing,
    nobody_waits_for_a_mail_server_that_hangs,
    what_is_refused_for_good_is_not_tried_again,
    the_former_address_is_told_that_there_is_another,
    whoever_has_the_address_takes_the_account_from_a_stranger,
    without_mail_staff_hand_out_codes,
    stores_write_about_orders_if_they_want,
    nobody_is_written_to_again_and_again,
    whoever_an_order_could_be_reached_by_is_told_when_it_moves,
);

const RESET: &str = "/v1/auth/password-reset";
const COMPLETE: &str = "/v1/auth/password-reset/complete";
const VERIFY: &str = "/v1/auth/email-verification";
const NEW: &str = "seven goats eat nine hats";
const MINUTE_MILLIS: i64 = 60_000;

fn email(customer: &Customer) -> String {
    customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn login(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

/// A shop with a mail server.
struct Fixture {
    server: TestServer,
    sink: SmtpSink,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        Self::with(db, Rates::unlimited()).await
    }

    async fn with(db: &Db, rates: Rates) -> Self {
        let sink = SmtpSink::open().await;
        let settings = Settings { rates, mail: Some(sink.settings()), ..Settings::default() };
        Self { server: TestServer::with(Shop::open(db).await, settings).await, sink }
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> String {
        let answer = self.server.anonymous().post(path, body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        answer.text()
    }

    /// What is sent by now.
    async fn sent(&self) -> Vec<Received> {
        self.server.send_mails().await.expect("the mail server takes it");
        self.sink.received()
    }

    /// The code that somebody gets who asks for a new password.
    async fn code(&self, customer: &Customer) -> String {
        self.post(RESET, json!({"email": email(customer)}), 202).await;
        let sent = self.sent().await;
        assert_eq!(sent.len(), 1);
        sent[0].code()
    }

    /// Nothing waits, and no code is good.
    async fn nothing_is_left(&self) {
        let dump = dump(&self.server.shop.db).await;
        assert_eq!((dump["mails"].len(), dump["one_time_codes"].len()), (0, 0));
    }
}

fn complete(code: &str) -> Value {
    json!({"code": code, "new_password": NEW})
}

async fn a_forgotten_password_is_replaced_by_mail(db: Db) {
    let fixture = Fixture::with(&db, Rates::default()).await;
    let ana = fixture.server.shop.customer().await;
    let session = fixture.server.customer_token(&ana).await;
    for _ in 0..5 {
        fixture.post("/v1/auth/login", login(&email(&ana), "forgotten"), 401).await;
    }
    fixture.post("/v1/auth/login", login(&email(&ana), PASSWORD), 429).await;

    // Whoever typed it in another way gets it at the address that is stored; nobody learns whether there is one.
    let known = fixture.post(RESET, json!({"email": format!(" {} ", email(&ana).to_uppercase())}), 202).await;
    assert_eq!(known, fixture.post(RESET, json!({"email": "nobody@example.com"}), 202).await);
    let queued = format!("{:?}", dump(&db).await["mails"]);
    assert!(!queued.contains('@'), "{queued}");
    let sent = fixture.sent().await;
    assert_eq!(sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [email(&ana)]);
    assert!(sent[0].text.contains("Subject: Choose a new password\r\n"), "{}", sent[0].text);
    // Nothing that a stranger may have typed stands in it.
    assert!(!sent[0].body().contains("Maria"), "{}", sent[0].body());
    let code = sent[0].code();
    assert!(!format!("{:?}", dump(&db).await).contains(&code.replace('-', "")));

    let weak = json!({"code": code, "new_password": "short"});
    let refused = fixture.server.anonymous().post(COMPLETE, weak).await;
    refused.faults(Code::ValidationFailed, &[("/new_password", "too-short")]);
    fixture.post(COMPLETE, complete(&code.to_uppercase()), 204).await;
    let client = fixture.server.anonymous().with_token(&session);
    client.get("/v1/me").await.problem(Code::TokenInvalid);
    fixture.post("/v1/auth/login", login(&email(&ana), NEW), 200).await;
    fixture.post("/v1/auth/login", login(&email(&ana), PASSWORD), 401).await;
    fixture.nothing_is_left().await;
    fixture.server.close().await;
}

async fn a_code_is_good_once_for_a_while_and_for_the_address_that_is_stored(db: Db) {
    let fixture = Fixture::open(&db).await;
    let ana = fixture.server.shop.customer().await;
    let refused = async |code: &str| {
        fixture.server.anonymous().post(COMPLETE, complete(code)).await.problem(Code::CodeNotGood);
    };
    let code = fixture.code(&ana).await;
    fixture.post(COMPLETE, complete(&code), 204).await;
    refused(&code).await;

    fixture.server.shop.clock.advance(10 * MINUTE_MILLIS);
    let code = fixture.code(&ana).await;
    fixture.server.shop.clock.advance(60 * MINUTE_MILLIS);
    refused(&code).await;

    // A newer one takes its place, and it is good for nothing else.
    let (older, newer) = (fixture.code(&ana).await, {
        fixture.server.shop.clock.advance(10 * MINUTE_MILLIS);
        fixture.code(&ana).await
    });
    refused(&older).await;
    fixture.server.anonymous().post(VERIFY, json!({"code": newer})).await.problem(Code::CodeNotGood);

    // Whoever has another address by now, or an account that was shut.
    let tokens = fixture.server.customer_token(&ana).await;
    let change = json!({"current_password": NEW, "email": "other@example.com"});
    fixture.server.anonymous().with_token(&tokens).post("/v1/me/email", change).await.ok();
    refused(&newer).await;
    let mut sent: Vec<String> = fixture.sent().await.into_iter().map(|mail| mail.to).collect();
    sent.sort_unstable();
    assert_eq!(sent, [email(&ana), "other@example.com".to_owned()]);
    fixture.server.shop.clock.advance(10 * MINUTE_MILLIS);
    fixture.post(RESET, json!({"email": "other@example.com"}), 202).await;
    let code = fixture.sent().await[0].code();
    let off = format!("/v1/staff/customers/{}/deactivate", ana.id);
    let manager = fixture.server.staff(Role::Manager).await;
    manager.post(&off, json!({"reason": "customer"})).await.ok();
    refused(&code).await;
    fixture.post(RESET, json!({"email": "other@example.com"}), 202).await;
    assert!(fixture.sent().await.is_empty());
    for code in ["", "3f2a", "\u{202e}", "3f2a-77b0-91cc-04de", "0000000000000000"] {
        let answer = fixture.server.anonymous().post(COMPLETE, complete(code)).await;
        assert!([410, 422].contains(&answer.status), "{code:?}: {}", answer.text());
    }
    fixture.nothing_is_left().await;
    fixture.server.close().await;
}

async fn an_address_has_an_account_or_not_and_nobody_is_told(db: Db) {
    let fixture = Fixture::open(&db).await;
    let ana = fixture.server.shop.customer().await;
    let register = |email: &str| json!({"email": email, "password": NEW, "name": "http://evil.example\u{0020}Bcc: x", "language": "zh-TW"});
    let taken = fixture.post("/v1/auth/register", register(&email(&ana)), 202).await;
    assert_eq!(taken, fixture.post("/v1/auth/register", register("new@example.com"), 202).await);
    // Nor by logging in.
    fixture.post("/v1/auth/login", login("new@example.com", NEW), 401).await;
    fixture.post("/v1/auth/login", login(&email(&ana), NEW), 401).await;
    let mut sent = fixture.sent().await;
    sent.sort_by_key(|mail| mail.to == "new@example.com");
    assert_eq!(
        sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
        [&email(&ana), "new@example.com"]
    );
    assert!(sent[0].body().contains("It has one already") && sent[1].body().contains("確認這是您帳號"));
    assert!(sent.iter().all(|mail| !mail.body().contains("evil") && !mail.text.contains("Bcc")));

    let code = sent[1].code();
    fixture.post(VERIFY, json!({"code": code}), 204).await;
    fixture.server.anonymous().post(VERIFY, json!({"code": code})).await.problem(Code::CodeNotGood);
    let tokens = fixture.post("/v1/auth/login", login("new@example.com", NEW), 200).await;
    let tokens: Value = serde_json::from_str(&tokens).expect("JSON");
    let client = fixture.server.anonymous().with_token(tokens["access_token"].as_str().expect("a token"));
    assert_eq!(client.get("/v1/me").await.ok()["email_verified"], true);
    // There is nothing to confirm any more; of an account from before there is.
    assert_eq!(client.act("/v1/me/email-verification").await.status, 202);
    assert!(fixture.sent().await.is_empty());
    let client = fixture.server.anonymous().with_token(&fixture.server.customer_token(&ana).await);
    assert_eq!(client.get("/v1/me").await.ok()["email_verified"], false);
    assert_eq!(client.act("/v1/me/email-verification").await.status, 202);
    fixture.post(VERIFY, json!({"code": fixture.sent().await[0].code()}), 204).await;
    assert_eq!(client.get("/v1/me").await.ok()["email_verified"], true);
    fixture.nothing_is_left().await;
    fixture.server.close().await;
}

async fn a_mail_server_that_is_down_or_busy_loses_nothing(db: Db) {
    let fixture = Fixture::open(&db).await;
    let ana = fixture.server.shop.customer().await;
    fixture.sink.says(Mood::Busy);
    fixture.post(RESET, json!({"email": email(&ana)}), 202).await;
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        fixture.server.send_mails().await.expect_err("it is busy");
        // Not before its time.
        fixture.server.shop.clock.advance(pause * MINUTE_MILLIS - 1);
        fixture.server.send_mails().await.expect("nothing is due");
        fixture.server.shop.clock.advance(1);
    }
    fixture.sink.says(Mood::Takes);
    let code = fixture.sent().await[0].code();
    fixture.post(COMPLETE, complete(&code), 204).await;

    // Nobody listens any more: what nobody takes in three days is given up.
    let Fixture { server, sink } = fixture;
    drop(sink);
    server.shop.clock.advance(10 * MINUTE_MILLIS);
    assert_eq!(server.anonymous().post(RESET, json!({"email": email(&ana)})).await.status, 202);
    server.send_mails().await.expect_err("nobody is there");
    assert_eq!(dump(&db).await["mails"].len(), 1);
    server.shop.clock.advance(3 * 24 * 60 * MINUTE_MILLIS);
    server.send_mails().await.expect("it is given up");
    assert_eq!(dump(&db).await["mails"].len(), 0);
    server.close().await;
}

async fn nobody_waits_for_a_mail_server_that_hangs(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (ana, ben) = (fixture.server.shop.customer().await, fixture.server.shop.customer().await);
    fixture.sink.says(Mood::Hangs);
    fixture.post(RESET, json!({"email": email(&ana)}), 202).await;
    // It hangs until the answer to another request is there.
    let (sent, ()) = tokio::join!(fixture.server.send_mails(), async {
        fixture.post(RESET, json!({"email": email(&ben)}), 202).await;
        fixture.sink.says(Mood::Busy);
    });
    sent.expect_err("it hung up");
    let waiting = dump(&db).await["mails"].clone();
    assert_eq!(waiting.len(), 2);
    assert!(waiting.iter().any(|mail| mail.int("attempts") == Some(1)), "{waiting:?}");
    fixture.sink.says(Mood::Takes);
    fixture.server.shop.clock.advance(MINUTE_MILLIS);
    let mut sent: Vec<String> = fixture.sent().await.into_iter().map(|mail| mail.to).collect();
    sent.sort_unstable();
    assert_eq!(sent, [email(&ana), email(&ben)]);
    fixture.server.close().await;
}

async fn the_former_address_is_told_that_there_is_another(db: Db) {
    let fixture = Fixture::open(&db).await;
    let ana = fixture.server.shop.customer().await;
    let client = fixture.server.anonymous().with_token(&fixture.server.customer_token(&ana).await);
    fixture.server.shop.clock.advance(MINUTE_MILLIS);
    let change = json!({"current_password": PASSWORD, "email": "other@example.com"});
    client.post("/v1/me/email", change.clone()).await.ok();
    // Also where the account was shut since.
    let off = format!("/v1/staff/customers/{}/deactivate", ana.id);
    fixture.server.staff(Role::Manager).await.post(&off, json!({"reason": "stolen"})).await.ok();
    let sent = fixture.sent().await;
    assert_eq!(sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [email(&ana)]);
    assert!(sent[0].text.contains("Subject: The address of your account has changed"), "{}", sent[0].text);
    assert!(!sent[0].body().contains("other@example.com"), "whoever reads it there need not know");
    fixture.nothing_is_left().await;

    // The same address is no other one.
    let ben = fixture.server.shop.customer().await;
    let client = fixture.server.anonymous().with_token(&fixture.server.customer_token(&ben).await);
    fixture.server.shop.clock.advance(MINUTE_MILLIS);
    let change = json!({"current_password": PASSWORD, "email": email(&ben)});
    client.post("/v1/me/email", change).await.ok();
    let told = fixture.sent().await;
    assert!(told.iter().all(|mail| !mail.text.contains("has changed")), "{told:?}");
    fixture.server.close().await;
}

async fn whoever_has_the_address_takes_the_account_from_a_stranger(db: Db) {
    const STRANGERS: &str = "a stranger in the night";
    let fixture = Fixture::open(&db).await;
    let register = json!({"email": "ana@example.com", "password": STRANGERS, "name": "Somebody"});
    fixture.post("/v1/auth/register", register, 202).await;
    fixture.sent().await;
    // She hears of an account when she opens hers, and chooses a password of her own.
    let register = json!({"email": "ana@example.com", "password": NEW, "name": "Ana"});
    fixture.post("/v1/auth/register", register, 202).await;
    assert!(fixture.sent().await[0].body().contains("It has one already"));
    fixture.server.shop.clock.advance(10 * MINUTE_MILLIS);
    fixture.post(RESET, json!({"email": "ana@example.com"}), 202).await;
    let code = fixture.sent().await[0].code();
    fixture.post(COMPLETE, complete(&code), 204).await;
    fixture.post("/v1/auth/login", login("ana@example.com", STRANGERS), 401).await;
    fixture.post("/v1/auth/login", login("ana@example.com", NEW), 200).await;
    fixture.nothing_is_left().await;
    fixture.server.close().await;
}

async fn what_is_refused_for_good_is_not_tried_again(db: Db) {
    let fixture = Fixture::open(&db).await;
    let ana = fixture.server.shop.customer().await;
    fixture.sink.says(Mood::Refuses);
    fixture.post(RESET, json!({"email": email(&ana)}), 202).await;
    assert!(fixture.sent().await.is_empty());
    fixture.nothing_is_left().await;
    fixture.server.close().await;
}

async fn without_mail_staff_hand_out_codes(db: Db) {
    let rates = Rates::default();
    let server = TestServer::with(Shop::open(&db).await, Settings { rates, ..Settings::default() }).await;
    let (manager, clerk) = (server.staff(Role::Manager).await, server.staff(Role::Clerk).await);
    let ana = server.shop.customer().await;
    let nobody = server.anonymous();
    nobody.post(RESET, json!({"email": email(&ana)})).await.problem(Code::MailNotConfigured);
    let client = nobody.with_token(&server.customer_token(&ana).await);
    client.act("/v1/me/email-verification").await.problem(Code::MailNotConfigured);
    let again = json!({"email": email(&ana), "password": NEW, "name": "Ana"});
    nobody.post("/v1/auth/register", again).await.faults(Code::Duplicate, &[("/email", "duplicate")]);

    let at = format!("/v1/staff/customers/{}/one-time-code", ana.id);
    clerk.act(&at).await.problem(Code::Forbidden);
    manager.act("/v1/staff/customers/cus_00000000000000/one-time-code").await.problem(Code::NotFound);
    let handed_out = manager.act(&at).await.ok();
    assert_eq!(handed_out["expires_at"], "2026-01-31T08:30:00.000Z");
    let code = handed_out["code"].as_str().expect("a code");
    let told = manager.get("/v1/staff/history?limit=1").await.rows(1);
    assert_eq!(
        (&told[0]["event"], told[0]["actor"]["kind"].as_str()),
        (&json!("code_handed_out"), Some("member"))
    );
    assert!(!told[0].to_string().contains(code));
    assert_eq!(nobody.post(COMPLETE, complete(code)).await.status, 204);
    nobody.post(COMPLETE, complete(code)).await.problem(Code::CodeNotGood);
    nobody.post("/v1/auth/login", login(&email(&ana), NEW)).await.ok();
    for _ in 0..9 {
        nobody.post(COMPLETE, complete("0000-0000-0000-0000")).await.problem(Code::CodeNotGood);
    }
    nobody.post(COMPLETE, complete("0000-0000-0000-0000")).await.problem(Code::RateLimited);
    for _ in 0..19 {
        manager.act(&at).await.ok();
    }
    manager.act(&at).await.problem(Code::RateLimited);
    server.close().await;
}

async fn stores_write_about_orders_if_they_want(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let ana = shop.customer().await;
    let (quiet, store) =
        (shop.store().await, shop.store_with(Policy { order_mails: true, ..Policy::default() }).await);
    for (store, wanted) in [(quiet, false), (store, true)] {
        let tea = shop.product(&store, 10).await;
        let order = shop.place(&ana, &store, &[(&tea, 2)]).await;
        let number = order.id.number();
        let to = order.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let sent = fixture.sent().await;
        assert_eq!(sent.len(), usize::from(wanted));
        if wanted {
            assert_eq!(sent[0].to, to);
            assert!(sent[0].text.contains(&format!("Subject: Your order {number}\r\n")), "{}", sent[0].text);
            let body = sent[0].body();
            assert!(body.contains("2 × 保温杯 Thermos") && body.contains("200.00 TWD"), "{body}");
            assert!(body.contains("2026-02-01") && !body.contains("Maria"), "{body}");
        }
        shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
        let sent = fixture.sent().await;
        assert_eq!(
            sent.iter().filter(|mail| mail.body().contains("has confirmed")).count(),
            usize::from(wanted)
        );
        // What happened a day ago is no news.
        shop.change(ActorRef::Operator, &order, OrderCommand::Start).await;
        shop.change(ActorRef::Operator, &order, OrderCommand::Complete).await;
        shop.clock.advance(24 * 60 * MINUTE_MILLIS);
        assert!(fixture.sent().await.is_empty());
    }
    fixture.server.close().await;
}

async fn nobody_is_written_to_again_and_again(db: Db) {
    let fixture = Fixture::with(&db, Rates::default()).await;
    let ana = fixture.server.shop.customer().await;
    let code = fixture.code(&ana).await;
    // The code that they have stays good, and there is no second mail in the same minutes.
    fixture.server.shop.clock.advance(MINUTE_MILLIS);
    fixture.post(RESET, json!({"email": email(&ana)}), 202).await;
    assert!(fixture.sent().await.is_empty());
    for _ in 0..3 {
        fixture.post(RESET, json!({"email": "nobody@example.com"}), 202).await;
    }
    fixture.post(RESET, json!({"email": "nobody@example.com"}), 429).await;
    fixture.post(COMPLETE, complete(&code), 204).await;
    fixture.server.close().await;
}

async fn whoever_an_order_could_be_reached_by_is_told_when_it_moves(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let (ana, store) = (shop.customer().await, shop.store().await);
    let tea = shop.product(&store, 10).await;
    let order = shop.place(&ana, &store, &[(&tea, 2)]).await;
    let former = order.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let told = async |part: &str| {
        let sent = fixture.sent().await;
        let told = sent.iter().filter(|mail| mail.body().contains(part));
        told.map(|mail| mail.to.clone()).collect::<Vec<_>>()
    };
    let amend = |amendment| OrderCommand::Amend(amendment);
    let contact = |contact: Contact| Amendment { contact: Some(contact), ..Amendment::default() };
    // Another address, and then a note, which is nobody's business but the shop's.
    let new = Contact { email: "new@example.com".parse().ok(), ..order.contact.clone() };
    shop.change(ActorRef::Operator, &order, amend(contact(new.clone()))).await;
    let note = Amendment { note: Some("ring twice".into()), ..Amendment::default() };
    shop.change(ActorRef::Operator, &order, amend(note)).await;
    assert_eq!(told("contact of your order").await, [former], "not the new one");
    let back = OrderCommand::Unlink { reason: ReversalReason::Mistake, comment: None };
    shop.change(ActorRef::Operator, &order, back).await;
    assert_eq!(told("was taken out").await, ["new@example.com"]);
    let link = OrderCommand::Link { customer_id: ana.id, proof: None, comment: None };
    shop.change(ActorRef::Operator, &order, link).await;
    assert_eq!(told("was taken into").await, ["new@example.com"]);
    fixture.server.close().await;
}
