//! How customers leave: from the question over the days of grace until nothing is known of them any more.

use ordervault_api::problem::Code;
use ordervault_api::settings::{Rates, Retention, Settings};
use ordervault_domain::access::Role;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{Customer, CustomerCommand, CustomerEdit, DELETION_GRACE_DAYS};
use ordervault_domain::id::InstallationId;
use ordervault_domain::order::{Amendment, OrderCommand, Status};
use ordervault_domain::time::DAY_MILLIS;
use ordervault_persistence::Realm;
use ordervault_persistence::backup::{BackupFolder, ErasureJournal, Settled, settle_deletions};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::client::Client;
use ordervault_tests::dump::{Cell, dump};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{PASSWORD, Shop};
use ordervault_tests::smtp::{Mood, SmtpSink};
use ordervault_tests::twin::verify;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    leaving_takes_the_password_and_names_what_is_open,
    an_account_is_kept_by_whoever_changes_their_mind,
    nothing_is_known_of_whoever_has_left,
    who_bought_is_kept_for_as_long_as_the_shop_says,
    whoever_leaves_is_written_to_as_long_as_they_can_be,
    a_restore_erases_again_who_was_erased,
);

const DELETE: &str = "/v1/me/delete";
const UNDELETE: &str = "/v1/me/undelete";
const RETENTION_DAYS: u32 = 100;

fn email(customer: &Customer) -> String {
    customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// A server that keeps who bought for a hundred days.
async fn open(db: &Db, settings: Settings) -> TestServer {
    let retention = Retention { order_personal_days: RETENTION_DAYS };
    TestServer::with(Shop::open(db).await, Settings { retention, rates: Rates::unlimited(), ..settings })
        .await
}

fn wait_days(server: &TestServer, days: u32) {
    server.shop.clock.advance(i64::from(days) * DAY_MILLIS);
}

async fn logged_in<'a>(server: &'a TestServer, customer: &Customer) -> Client<'a> {
    server.anonymous().with_token(&server.customer_token(customer).await)
}

/// Says that the account shall be deleted, whatever is open: the account.
async fn leave(server: &TestServer, customer: &Customer) -> Value {
    let client = logged_in(server, customer).await;
    client.post(DELETE, json!({"current_password": PASSWORD, "despite_open_orders": true})).await.ok()
}

/// Where any of these texts stands, but for rows that name one thing: tables and columns.
async fn places(db: &Db, texts: &[String], but: Option<i64>) -> Vec<String> {
    let mut places = vec![];
    for (table, rows) in dump(db).await {
        for (column, cell) in rows
            .iter()
            .filter(|row| but.is_none_or(|but| !row.0.values().any(|cell| *cell == Cell::Int(but))))
            .flat_map(|row| &row.0)
        {
            let holds = |text: &String| matches!(cell, Cell::Text(cell) if cell.contains(text));
            places.extend(texts.iter().any(holds).then(|| format!("{table}.{column}")));
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// What is known of somebody, in the spellings in which it is kept.
fn known(contact: &Contact) -> Vec<String> {
    let line = contact.address.as_ref().and_then(|address| address.line1.clone());
    let phone = contact.phone.as_ref().map(ToString::to_string);
    let reversed = phone.as_ref().map(|phone| phone.chars().rev().take(9).collect());
    let email = contact.email.as_ref().map(ToString::to_string);
    let texts = [contact.name.clone(), email, phone, reversed, line];
    texts.into_iter().map(|text: Option<String>| text.expect("a value")).collect()
}

async fn leaving_takes_the_password_and_names_what_is_open(db: Db) {
    let server = open(&db, Settings::default()).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 100).await;
    let ana = server.shop.customer().await;
    let open = server.order_in(Status::Confirmed, &ana, &store, &product).await;
    server.order_in(Status::Completed, &ana, &store, &product).await;
    let (client, other) = (logged_in(&server, &ana).await, logged_in(&server, &ana).await);

    let wrong = client.post(DELETE, json!({"current_password": "wrong"})).await;
    wrong.faults(Code::ValidationFailed, &[("/current_password", "wrong-password")]);
    client.post(DELETE, json!({})).await.problem(Code::ValidationFailed);
    server.anonymous().post(DELETE, json!({"current_password": PASSWORD})).await.problem(Code::TokenMissing);
    let refused = client.post(DELETE, json!({"current_password": PASSWORD})).await;
    let problem = refused.problem(Code::OpenOrders);
    let named = json!([{"id": open.id.to_string(), "number": open.id.number(), "status": "confirmed"}]);
    assert_eq!((&problem["open_orders"], &problem["remedies"][0]["code"]), (&named, &json!("delete_anyway")));
    assert_eq!(client.get("/v1/me").await.ok().get("deletion_due_at"), None);
    assert_eq!(other.get("/v1/me").await.status, 200);

    // Whoever says so may leave all the same; asked once more, the day stays.
    let going = leave(&server, &ana).await;
    let due = server.shop.clock.now().plus_millis(i64::from(DELETION_GRACE_DAYS) * DAY_MILLIS);
    assert_eq!(going["deletion_due_at"], due.to_string());
    client.get("/v1/me").await.problem(Code::TokenInvalid);
    wait_days(&server, 1);
    let again = leave(&server, &ana).await;
    assert_eq!(
        (&again["deletion_due_at"], &again["version"]),
        (&going["deletion_due_at"], &going["version"])
    );

    let desk = server.staff(Role::Manager).await;
    let seen = desk.get(&format!("/v1/staff/customers/{}", ana.id)).await.ok();
    assert_eq!((&seen["deletion_due_at"], seen.get("erased_at")), (&going["deletion_due_at"], None));
    let history = desk.get(&format!("/v1/staff/customers/{}/history", ana.id)).await.ok();
    assert!(history.to_string().contains("deletion_requested"), "{history}");
    server.close().await;
}

async fn an_account_is_kept_by_whoever_changes_their_mind(db: Db) {
    let server = open(&db, Settings::default()).await;
    let ana = server.shop.customer().await;
    leave(&server, &ana).await;
    wait_days(&server, DELETION_GRACE_DAYS - 1);
    server.erase().await.expect("nothing to do");
    let token = server.log_in(Realm::Customer, &email(&ana)).await;
    let client = server.anonymous().with_token(token["access_token"].as_str().expect("a token"));
    let kept = client.act(UNDELETE).await.ok();
    assert_eq!((kept.get("deletion_due_at"), &kept["version"]), (None, &json!(3)));
    // Doing it twice is no error.
    assert_eq!(client.act(UNDELETE).await.ok()["version"], 3);
    wait_days(&server, 2 * DELETION_GRACE_DAYS);
    server.erase().await.expect("nothing to do");
    server.log_in(Realm::Customer, &email(&ana)).await;

    // Asked for anew, the days begin anew; until it is done it can be kept, also when they are over.
    leave(&server, &ana).await;
    wait_days(&server, DELETION_GRACE_DAYS);
    let kept = logged_in(&server, &ana).await.act(UNDELETE).await.ok();
    assert_eq!(kept.get("deletion_due_at"), None);

    // A thief has asked, and staff have shut the account: they keep it for its owner.
    leave(&server, &ana).await;
    let desk = server.staff(Role::Owner).await;
    let at = format!("/v1/staff/customers/{}", ana.id);
    desk.post(&format!("{at}/deactivate"), json!({"reason": "stolen"})).await.ok();
    let kept = desk.act(&format!("{at}/undelete")).await.ok();
    assert_eq!(kept.get("deletion_due_at"), None);
    desk.act(&format!("{at}/activate")).await.ok();
    wait_days(&server, DELETION_GRACE_DAYS);
    server.erase().await.expect("nothing to do");

    leave(&server, &ana).await;
    wait_days(&server, DELETION_GRACE_DAYS);
    let client = logged_in(&server, &ana).await;
    server.erase().await.expect("it is time");
    client.get("/v1/me").await.problem(Code::TokenInvalid);
    let desk = server.staff(Role::Owner).await;
    desk.act(&format!("{at}/undelete")).await.problem(Code::StateConflict);
    server.close().await;
}

async fn nothing_is_known_of_whoever_has_left(db: Db) {
    let server = open(&db, Settings::default()).await;
    let ana = server.shop.customer().await;
    let edit = CustomerEdit { name: Some("Ana Souza".into()), ..CustomerEdit::default() };
    let edit = Operation::on_customer(ana.id, CustomerCommand::Edit(edit));
    server.shop.act(ActorRef::Customer(ana.id), edit).await;
    leave(&server, &ana).await;
    let mut texts = known(&ana.contact);
    texts.push("Ana Souza".to_owned());
    assert!(!places(&db, &texts, None).await.is_empty());
    wait_days(&server, DELETION_GRACE_DAYS);
    let late = logged_in(&server, &ana).await;
    server.erase().await.expect("it is time");
    verify(&db).await;

    assert_eq!(places(&db, &texts, None).await, [""; 0]);
    let rows = dump(&db).await;
    assert_eq!((rows["credentials"].len(), rows["one_time_codes"].len(), rows["mails"].len()), (0, 0, 0));
    late.get("/v1/me").await.problem(Code::TokenInvalid);
    let login = json!({"email": email(&ana), "password": PASSWORD});
    server.anonymous().post("/v1/auth/login", login).await.problem(Code::InvalidCredentials);

    // Staff see that there was somebody, and can do nothing about it.
    let desk = server.staff(Role::Owner).await;
    let path = format!("/v1/staff/customers/{}", ana.id);
    let seen = desk.get(&path).await.ok();
    assert_eq!((&seen["active"], seen.get("email"), seen.get("name")), (&json!(false), None, None));
    assert_eq!(seen["erased_at"], server.shop.clock.now().to_string());
    desk.act(&format!("{path}/activate")).await.problem(Code::StateConflict);
    let history = desk.get(&format!("{path}/history")).await.ok();
    let events: Vec<&Value> =
        history["items"].as_array().expect("events").iter().map(|event| &event["event"]).collect();
    assert_eq!(events, ["registered", "edited", "deletion_requested", "erased"]);
    assert!(!texts.iter().any(|text| history.to_string().contains(text.as_str())), "{history}");
    let found = desk.get(&format!("/v1/staff/customers?q={}", email(&ana))).await.ok();
    assert_eq!(found["items"], json!([]));

    // The address is anybody's again, and once more is no error.
    let register = json!({"email": email(&ana), "password": PASSWORD, "name": "Somebody else"});
    assert_eq!(server.anonymous().post("/v1/auth/register", register).await.status, 201);
    server.erase().await.expect("nothing to do");
    verify(&db).await;
    server.close().await;
}

async fn who_bought_is_kept_for_as_long_as_the_shop_says(db: Db) {
    let server = open(&db, Settings::default()).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 100).await;
    let (ana, ben) = (server.shop.customer().await, server.shop.customer().await);
    let mut orders = vec![];
    for status in [Status::Confirmed, Status::Completed, Status::Cancelled, Status::Invalid] {
        orders.push(server.order_in(status, &ana, &store, &product).await);
    }
    let reached = orders[0].contact.email.as_ref().map(ToString::to_string);
    let reached = reached.as_deref().expect("an address");
    let another = server.order_in(Status::Completed, &ben, &store, &product).await;
    let note = Amendment { note: Some("the blue door".into()), ..Amendment::default() };
    server.shop.change(ActorRef::Operator, &orders[0], OrderCommand::Amend(note)).await;
    leave(&server, &ana).await;
    wait_days(&server, DELETION_GRACE_DAYS);
    server.erase().await.expect("it is time");
    verify(&db).await;

    // The shop still knows for whom it works, and for whom it worked.
    let shown =
        async |id: &str| server.staff(Role::Manager).await.get(&format!("/v1/staff/orders/{id}")).await.ok();
    for order in &orders {
        assert_eq!(shown(&order.id.to_string()).await["contact"]["email"], reached);
    }
    wait_days(&server, RETENTION_DAYS - DELETION_GRACE_DAYS - 1);
    server.erase().await.expect("nothing to do");
    assert_eq!(shown(&orders[1].id.to_string()).await["contact"]["email"], reached);
    wait_days(&server, 1);
    server.erase().await.expect("it is time");
    verify(&db).await;
    for order in &orders[1..] {
        let shown = shown(&order.id.to_string()).await;
        assert_eq!(
            (&shown["contact"], &shown["erased_at"]),
            (&json!({}), &json!(server.shop.clock.now().to_string()))
        );
        assert_eq!(shown["customer_id"], ana.id.to_string());
        let actions = shown["actions"].as_array().expect("actions").iter();
        let left: Vec<&Value> =
            actions.filter(|action| action["allowed"] == true).map(|action| &action["action"]).collect();
        assert!(
            left.iter().all(|action| ["delete", "undelete"].contains(&action.as_str().expect("a name"))),
            "{left:?}"
        );
    }

    // One that is open is done first, and kept for as long from then on.
    let open = orders[0].id.to_string();
    assert_eq!(shown(&open).await["note"], "the blue door");
    for act in ["start", "complete"] {
        let desk = server.staff(Role::Manager).await;
        desk.send(Request::post(format!("/v1/staff/orders/{open}/{act}")).key(&server.key())).await.ok();
    }
    wait_days(&server, RETENTION_DAYS - 1);
    server.erase().await.expect("nothing to do");
    assert_eq!(shown(&open).await["contact"]["email"], reached);
    wait_days(&server, 1);
    server.erase().await.expect("it is time");
    verify(&db).await;
    let mut texts = known(&orders[0].contact);
    texts.push("the blue door".to_owned());
    assert_eq!(places(&db, &texts, Some(another.id.get())).await, [""; 0]);
    // Nobody else is forgotten.
    assert_eq!(shown(&another.id.to_string()).await["contact"]["email"], reached);
    server.close().await;
}

async fn whoever_leaves_is_written_to_as_long_as_they_can_be(db: Db) {
    let sink = SmtpSink::open().await;
    let server = open(&db, Settings { mail: Some(sink.settings()), ..Settings::default() }).await;
    let ana = server.shop.customer().await;
    let subjects = async || {
        server.send_mails().await.expect("the mail server takes it");
        let subject = |mail: &ordervault_tests::smtp::Received| {
            assert_eq!(mail.to, email(&ana));
            let line = mail.text.lines().find_map(|line| line.strip_prefix("Subject: "));
            line.expect("a subject").to_owned()
        };
        sink.received().iter().map(subject).collect::<Vec<_>>()
    };
    leave(&server, &ana).await;
    leave(&server, &ana).await;
    assert_eq!(subjects().await, ["Your account is going to be deleted"]);
    logged_in(&server, &ana).await.act(UNDELETE).await.ok();
    assert_eq!(subjects().await, ["Your account is kept"]);
    leave(&server, &ana).await;
    assert_eq!(subjects().await, ["Your account is going to be deleted"]);
    wait_days(&server, DELETION_GRACE_DAYS);
    // The account waits for the mail server, but not for ever.
    server.erase().await.expect("others have their turn");
    logged_in(&server, &ana).await.get("/v1/me").await.ok();
    sink.says(Mood::Takes);
    server.erase().await.expect("it is time");
    assert_eq!(subjects().await, ["Your account is deleted"]);

    let ben = server.shop.customer().await;
    leave(&server, &ben).await;
    wait_days(&server, DELETION_GRACE_DAYS + 3);
    sink.says(Mood::Busy);
    server.erase().await.expect("it is time");
    let desk = server.staff(Role::Manager).await;
    let seen = desk.get(&format!("/v1/staff/customers/{}", ben.id)).await.ok();
    assert_eq!(seen.get("email"), None);
    server.close().await;
}

async fn a_restore_erases_again_who_was_erased(db: Db) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = BackupFolder::new(place.path().join("backups"));
    let journal = ErasureJournal::in_folder(&folder);
    let server = open(&db, Settings { erasure_journal: Some(journal.clone()), ..Settings::default() }).await;
    let installation = server.shop.writer.installation().id;
    let (ana, ben, eva) =
        (server.shop.customer().await, server.shop.customer().await, server.shop.customer().await);
    leave(&server, &ana).await;
    leave(&server, &ben).await;
    server.erase().await.expect("nothing to do");
    assert!(!folder.path().exists(), "nobody was erased");
    wait_days(&server, DELETION_GRACE_DAYS);
    server.erase().await.expect("it is time");
    let both = [ana.id, ben.id].into();
    assert_eq!(journal.read(installation).expect("a journal"), both);

    // Wherever a line was cut off, the next server writes down what is missing, and nothing else is lost.
    let path = folder.path().join("erased.jsonl");
    let whole = std::fs::read(&path).expect("a file");
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).expect("a shorter file");
        server.erase().await.expect("a look at the journal");
        assert_eq!(journal.read(installation).expect("a journal"), both, "{length}");
    }
    // A file that belongs to another shop as well.
    let other = InstallationId::from_i64(installation.get() + 1);
    journal.write(other, eva.id).expect("a line");

    // As if the database was put back to when Eva had an account, whom nobody but the journal knows to have left.
    let settle = async || settle_deletions(&db, &server.shop.writer, &journal).await.expect("every account");
    assert_eq!(settle().await, Settled::default());
    journal.write(installation, eva.id).expect("a line");
    assert_eq!(settle().await, Settled { erased: 1, waiting: 0 });

    // Whoever was in the days of grace may have taken it back since: the days begin anew.
    let leo = server.shop.customer().await;
    leave(&server, &leo).await;
    wait_days(&server, DELETION_GRACE_DAYS);
    assert_eq!(settle().await, Settled { erased: 0, waiting: 1 });
    server.erase().await.expect("it is not time");
    let kept = logged_in(&server, &leo).await.post(UNDELETE, json!({})).await.ok();
    assert_eq!(kept.get("deletion_due_at"), None);
    assert_eq!(places(&db, &known(&eva.contact), None).await, [""; 0]);
    verify(&db).await;
    server.close().await;
}
