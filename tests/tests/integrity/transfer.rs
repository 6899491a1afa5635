//! A shop moves house: what is exported from one engine and imported into the other is exported again byte by byte.

use std::collections::BTreeSet;

use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::id::{OrderId, ProductId};
use ordervault_domain::order::{CancelReason, OrderCommand};
use ordervault_domain::product::ProductCommand;
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::HistoryRow;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::transfer::{
    Counts, Integrity, Progress, Summary, TransferError, export, import, import_file,
};
use ordervault_persistence::verify::verify;
use ordervault_persistence::writer::{ActorRef, Operation, WriteError, Writer};
use ordervault_tests::dump::dump;
use ordervault_tests::life::live;
use ordervault_tests::queue::{cancel, on_order, on_product};
use ordervault_tests::seed::seeds;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys, submission};
use ordervault_tests::twin::Fresh;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;

ordervault_tests::twin_tests!(
    a_shop_moves_to_the_other_engine,
    an_export_says_what_it_is,
    whoever_was_erased_is_in_no_export,
    an_export_that_is_read_slowly_is_what_was_there_at_its_beginning,
    twice_changes_nothing,
    a_shop_that_lived_on_is_left_alone,
    broken_lines_are_accounted_for_and_the_rest_comes_in,
    a_history_that_was_tampered_with_is_refused,
    what_is_taken_here_is_refused,
    a_cut_off_file_changes_nothing,
    a_cut_off_stream_shows_at_its_end,
    an_export_from_before_the_first_release_comes_in,
    other_files_are_refused,
    only_importers_adopt,
    shops_without_a_key_in_common_exchange_histories,
);

async fn a_shop_moves_to_the_other_engine(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in seeds(&[0, 1, 2]) {
        live(&shop, seed, 120).await;
    }
    shop.close().await;
    let there = Fresh::on(other(db.engine())).await;
    let (text, counts) = exported(&db).await;
    let summary = imported(&there.db, &text).await;
    assert_eq!(summary.adopted, counts, "{summary:?}");
    assert!(summary.is_complete());
    let facts = "edited stock_adjusted placed imported step_imported amended confirmed started completed rejected \
                 cancelled invalidated restored";
    for fact in facts.split_whitespace() {
        assert!(text.contains(&format!("\"type\":\"{fact}\"")), "the lives are too short for {fact}");
    }
    assert_eq!(exported(&there.db).await, (text, counts));
    there.finish().await;
}

async fn whoever_was_erased_is_in_no_export(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&product, 1)]).await;
    shop.change(ActorRef::Operator, &order, cancel(CancelReason::Other)).await;
    let mut known = vec![order.note.clone()];
    for contact in [&customer.contact, &order.contact] {
        known.extend(contact.name.clone());
        known.extend(contact.email.as_ref().map(ToString::to_string));
        known.extend(contact.phone.as_ref().map(ToString::to_string));
        known.extend(contact.address.as_ref().and_then(|address| address.line1.clone()));
    }
    let (text, _) = exported(&db).await;
    assert!(known.iter().all(|known| text.contains(known.as_str())), "{known:?}");
    let erase = Operation::on_customer(customer.id, CustomerCommand::Erase);
    shop.act(ActorRef::Operator, erase).await;
    shop.change(ActorRef::System, &order, OrderCommand::Erase { retention_days: 0 }).await;
    shop.close().await;
    let (text, counts) = exported(&db).await;
    let left: Vec<&String> = known.iter().filter(|known| text.contains(known.as_str())).collect();
    assert_eq!((left, counts.customers, counts.orders), (vec![], 1, 1));

    // It says that they were there, and comes in as it is.
    let there = Fresh::on(other(db.engine())).await;
    let summary = imported(&there.db, &text).await;
    assert!(summary.is_complete() && summary.adopted == counts, "{summary:?}");
    assert_eq!(exported(&there.db).await.0, text);
    assert_eq!(dump(&there.db).await["customers"], dump(&db).await["customers"]);
    there.finish().await;
}

async fn an_export_says_what_it_is(db: Db) {
    small_shop(&db).await;
    let mut steps: Vec<Progress> = vec![];
    let mut bytes = vec![];
    let counts = export(&db, &mut bytes, |step| steps.push(step)).await.expect("exported");
    assert_eq!(counts, Counts { stores: 1, products: 2, customers: 1, orders: 2 });
    assert_eq!(steps.last(), Some(&Progress { table: "orders", done: 2, total: 2 }));
    let text = String::from_utf8(bytes).expect("text");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(text.lines().next(), Some(r#"{"format":"ordervault-export","version":2}"#));
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds, ["", "store", "product", "product", "customer", "order", "order", ""]);
    assert_eq!(lines[2]["id"], lines[2]["state"]["id"]);
    assert_eq!(lines[2]["state"]["on_hand"], 10);
    assert_eq!(lines[2]["state"]["reserved"], 3);
    assert_eq!(lines[5]["history"][1]["type"], "confirmed");
    assert_eq!(lines[5]["history"][0]["seq"], 1);
    let before_the_end = &text[..=text.trim_end().rfind('\n').expect("lines")];
    assert_eq!(lines[7]["sha256"], hex_sha256(before_the_end));
    assert!(!text.contains("password_hash") && !text.contains("\"hash\":\"hash\""), "no passwords");
}

/// After the first bytes everything that is exported is changed, and as much is made anew.
async fn an_export_that_is_read_slowly_is_what_was_there_at_its_beginning(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in [3, 4] {
        live(&shop, seed, 60).await;
    }
    let (before, counts) = exported(&db).await;
    let (mut sink, mut source) = tokio::io::duplex(1);
    let export = async {
        let counts = export(&db, &mut sink, |_| {}).await.expect("exported");
        drop(sink);
        counts
    };
    let reading = async {
        let mut text = vec![0];
        source.read_exact(&mut text).await.expect("the first byte");
        let dump = dump(&db).await;
        for order in dump["orders"].iter().filter_map(|row| row.int("id")).map(OrderId::from_i64) {
            for command in [OrderCommand::Confirm, cancel(CancelReason::Staff)] {
                // Whatever may be done to it.
                _ = shop.submit(ActorRef::Operator, vec![on_order(order, None, command)]).await;
            }
        }
        for product in dump["products"].iter().filter_map(|row| row.int("id")).map(ProductId::from_i64) {
            let command = ProductCommand::AdjustStock { delta: 1, comment: None };
            shop.act(ActorRef::Operator, on_product(product, command)).await;
        }
        for seed in [3, 4] {
            live(&shop, seed + 100, 60).await;
        }
        source.read_to_end(&mut text).await.expect("the rest");
        text
    };
    let (counted, text) = tokio::join!(export, reading);
    assert_eq!((String::from_utf8(text).expect("text"), counted), (before.clone(), counts));
    assert_ne!(exported(&db).await.0, before);
    shop.close().await;
}

async fn twice_changes_nothing(db: Db) {
    small_shop(&db).await;
    let (text, counts) = exported(&db).await;
    let there = Fresh::on(db.engine()).await;
    // In one stream, too: every thing twice, side by side.
    let mut lines: Vec<&str> = text.lines().collect();
    let end = lines.pop().expect("an end");
    let twice: Vec<&str> = lines[1..].iter().flat_map(|line| [*line, *line]).collect();
    let twice = [&lines[..1], &twice[..], &[end]].concat().join("\n") + "\n";
    let summary = imported(&there.db, &twice).await;
    assert_eq!((summary.adopted, summary.present, summary.refused), (counts, counts, 0));
    assert_eq!(summary.integrity, Integrity::Altered);
    let summary = imported(&there.db, &text).await;
    assert_eq!((summary.adopted, summary.present, summary.refused), (Counts::default(), counts, 0));
    assert!(summary.is_complete());
    assert_eq!(exported(&there.db).await.0, text);
    there.finish().await;
}

async fn a_shop_that_lived_on_is_left_alone(db: Db) {
    let shop = Shop::open(&db).await;
    live(&shop, 5, 60).await;
    let (before, counts) = exported(&db).await;
    live(&shop, 6, 60).await;
    shop.close().await;
    let (after, _) = exported(&db).await;
    let summary = imported(&db, &before).await;
    assert_eq!((summary.adopted, summary.present), (Counts::default(), counts), "{summary:?}");
    assert_eq!(exported(&db).await.0, after);
}

async fn broken_lines_are_accounted_for_and_the_rest_comes_in(db: Db) {
    small_shop(&db).await;
    let (text, _) = exported(&db).await;
    let lines: Vec<&str> = text.lines().collect();
    let state_only = lines[5].replacen("\"quantity\":3", "\"quantity\":4", 1);
    assert_ne!(state_only, lines[5]);
    let renamed = lines[1].replacen("\"kind\":\"store\"", "\"kind\":\"member\"", 1);
    for (broken, number, reason) in [
        ("{", 7, "the line cannot be read"),
        ("", 7, "the line cannot be read"),
        ("\u{0}\u{fffd}", 7, "the line cannot be read"),
        (&state_only, 6, "the state is not what the history makes of it"),
        (&lines[5].replacen(&first_id(lines[5]), &first_id(lines[6]), 1), 6, "of different ids"),
        (&renamed, 2, "members do not travel"),
    ] {
        let there = Fresh::on(db.engine()).await;
        let mut lines = lines.clone();
        lines[number - 1] = broken;
        let summary = imported(&there.db, &signed(&lines)).await;
        let first = summary.refused_lines.first().expect("refused");
        assert_eq!(first.line, number as u64, "{summary:?}");
        assert!(first.reason.contains(reason), "{summary:?}");
        let accounted = summary.adopted.total() + summary.present.total() + summary.refused;
        assert_eq!((summary.lines, accounted), (6, 6), "{summary:?}");
        assert_eq!(summary.integrity, Integrity::Whole);
        assert!(!summary.is_complete());
        if number == 2 {
            // Products and orders of the store have nowhere to go.
            assert_eq!(summary.adopted, Counts { customers: 1, ..Counts::default() });
            assert_eq!(summary.refused_lines[1].reason, "its store is not there");
        } else {
            assert_eq!(summary.refused, 1, "{summary:?}");
        }
        there.finish().await;
    }
}

async fn a_history_that_was_tampered_with_is_refused(db: Db) {
    small_shop(&db).await;
    let (text, _) = exported(&db).await;
    let lines: Vec<&str> = text.lines().collect();
    for (from, to) in [
        ("\"request_id\":\"req_test\"", "\"request_id\":\"req_other\""),
        ("\"salt\":\"", "\"salt\":\"0"),
        ("\"fields\":\"\"", "\"fields\":\"note\""),
        ("\"type\":\"placed\"", "\"type\":\"imported\""),
        ("\"hash\":\"", "\"hash\":\"0"),
        ("\"actor_kind\":\"customer\"", "\"actor_kind\":\"operator\""),
    ] {
        let there = Fresh::on(db.engine()).await;
        let mut lines = lines.clone();
        let tampered = lines[5].replacen(from, to, 1);
        assert_ne!(tampered, lines[5], "{from}");
        lines[5] = &tampered;
        let summary = imported(&there.db, &signed(&lines)).await;
        let reasons: Vec<_> =
            summary.refused_lines.iter().map(|line| (line.line, line.reason.as_str())).collect();
        let broken = "the hashes, personal values or events of the history do not fit together";
        assert_eq!(reasons, [(6, broken)], "{from}");
        assert_eq!(summary.adopted.orders, 1);
        there.finish().await;
    }
}

async fn what_is_taken_here_is_refused(db: Db) {
    small_shop(&db).await;
    let (text, _) = exported(&db).await;
    let there = Fresh::on(db.engine()).await;
    let shop = Shop::open(&there.db).await;
    shop.clock.advance(1);
    // Numbers a customer with the same e-mail address as the one that comes.
    for _ in 0..3 {
        shop.store().await;
    }
    shop.customer().await;
    shop.close().await;
    let summary = imported(&there.db, &text).await;
    let reasons: BTreeSet<&str> = summary.refused_lines.iter().map(|line| line.reason.as_str()).collect();
    assert_eq!(
        reasons,
        ["its customer is not there", "something else has the same email"].into(),
        "{summary:?}"
    );
    assert_eq!(summary.adopted, Counts { stores: 1, products: 2, ..Counts::default() });
    there.finish().await;
}

async fn a_cut_off_file_changes_nothing(db: Db) {
    small_shop(&db).await;
    let (text, counts) = exported(&db).await;
    let there = Fresh::on(db.engine()).await;
    let shop = Shop::open(&there.db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.jsonl");
    let end = text.trim_end().rfind('\n').expect("lines");
    for length in [text.len() - 1, end + 1, end, text.len() / 2, text.find('\n').expect("lines") + 1] {
        std::fs::write(&path, &text[..length]).expect("written");
        let outcome = import_file(&shop.writer, &path, |_| {}).await;
        assert!(matches!(outcome, Err(TransferError::CutOff)), "{length}: {outcome:?}");
    }
    assert_eq!(exported(&there.db).await.1, Counts::default());
    std::fs::write(&path, &text).expect("written");
    let mut last = 0;
    let summary = import_file(&shop.writer, &path, |step| last = step.bytes).await.expect("imported");
    assert_eq!((summary.adopted, summary.integrity), (counts, Integrity::Whole));
    assert_eq!(last, text.len() as u64);
    shop.close().await;
    there.finish().await;
}

async fn a_cut_off_stream_shows_at_its_end(db: Db) {
    small_shop(&db).await;
    let (text, counts) = exported(&db).await;
    let end = text.trim_end().rfind('\n').expect("lines");
    for (stream, integrity) in [
        (text[..=end].to_owned(), Integrity::CutOff),
        (text.trim_end().to_owned(), Integrity::Whole),
        (format!("{text}{text}"), Integrity::Altered),
        (text.replacen("{\"kind\"", "{ \"kind\"", 1), Integrity::Altered),
    ] {
        let there = Fresh::on(db.engine()).await;
        let summary = imported(&there.db, &stream).await;
        assert_eq!((summary.adopted, summary.integrity), (counts, integrity));
        there.finish().await;
    }
}

/// Its events know no numbers of lines, and its states have another shape. One order was amended from three lines to one, and
/// from that to three others.
async fn an_export_from_before_the_first_release_comes_in(db: Db) {
    const OLDER: &str = include_str!("../../snapshots/export-version-1.jsonl");
    let summary = imported(&db, OLDER).await;
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(summary.adopted, Counts { stores: 1, products: 3, customers: 1, orders: 3 });
    let (text, counts) = exported(&db).await;
    assert_eq!(counts, summary.adopted);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let orders = lines.iter().filter(|line| line["kind"] == "order").map(|line| &line["state"]);
    let numbers = |order: &Value| -> Vec<i64> {
        order["lines"].as_array().into_iter().flatten().filter_map(|line| line["no"].as_i64()).collect()
    };
    let numbers: Vec<_> = orders.map(|order| (numbers(order), order["last_line_no"].as_i64())).collect();
    assert!(numbers.contains(&(vec![1, 2, 3], Some(3))), "{numbers:?}");
    assert!(numbers.iter().all(|(of_lines, last)| of_lines.last() == last.as_ref()), "{numbers:?}");
    // What is exported from here on is of the new version, and travels on.
    let there = Fresh::on(other(db.engine())).await;
    assert_eq!(imported(&there.db, &text).await.adopted, counts);
    assert_eq!(exported(&there.db).await.0, text);
    there.finish().await;
    assert_eq!(imported(&db, OLDER).await.present, counts);
}

/// What comes in is sealed anew; the former seals are checked where their key is known.
async fn shops_without_a_key_in_common_exchange_histories(db: Db) {
    small_shop(&db).await;
    let (text, counts) = exported(&db).await;
    let there = Fresh::on(other(db.engine())).await;
    let (clock, own, theirs) =
        (ManualClock::at(OPENING_MILLIS), KeyRing::new([8; 32], []), keys().sealing().id().to_owned());
    for (adopted, present) in [(counts, Counts::default()), (Counts::default(), counts)] {
        let (writer, task) =
            Writer::start(there.db.clone(), clock.sources(1), own.clone()).await.expect("a writer");
        let summary = import(&writer, text.as_bytes(), |_| {}).await.expect("imported");
        assert_eq!((summary.adopted, summary.present), (adopted, present), "{summary:?}");
        assert_eq!(summary.not_checked, [theirs.clone()].into());
        task.stop().await;
    }
    let report = verify(&there.db, Some(&own), |_| {}).await.expect("readable");
    assert!(report.is_clean(), "{report:?}");
    // A key that came later seals what is written from then on, and the first one is still known.
    let rotated = KeyRing::new([9; 32], [[8; 32]]);
    let (writer, task) =
        Writer::start(there.db.clone(), clock.sources(2), rotated.clone()).await.expect("a writer");
    let summary = import(&writer, text.as_bytes(), |_| {}).await.expect("imported");
    assert_eq!(summary.present, counts);
    let order = text.lines().nth(5).map(first_id).and_then(|id| id.parse().ok()).expect("an order");
    let start = Operation::Order { id: Some(order), expected_version: None, command: OrderCommand::Start };
    writer.submit(submission(ActorRef::Operator, vec![start])).await.expect("started");
    task.stop().await;
    let report = verify(&there.db, Some(&rotated), |_| {}).await.expect("readable");
    assert!(report.is_clean(), "{report:?}");
    for (keys, lacking) in [(Some(&own), rotated.sealing().id()), (None, own.sealing().id())] {
        let report = verify(&there.db, keys, |_| {}).await.expect("readable");
        assert!(report.totals.is_empty() && !report.is_clean(), "{report:?}");
        assert!(report.not_checked.contains_key(&format!("key {lacking}")), "{report:?}");
    }
    there.drop().await;
}

async fn other_files_are_refused(db: Db) {
    let shop = Shop::open(&db).await;
    for text in ["", "\n", "{}", "id,name\n", "{\"format\":\"other\",\"version\":1}\n"] {
        let outcome = import(&shop.writer, text.as_bytes(), |_| {}).await;
        assert!(matches!(outcome, Err(TransferError::NotAnExport)), "{text}: {outcome:?}");
    }
    let newer = "{\"format\":\"ordervault-export\",\"version\":3}\n";
    let outcome = import(&shop.writer, newer.as_bytes(), |_| {}).await;
    assert!(matches!(outcome, Err(TransferError::UnknownVersion { version: 3 })), "{outcome:?}");
    shop.close().await;
}

async fn only_importers_adopt(db: Db) {
    let shop = Shop::open(&db).await;
    let customer = shop.customer().await;
    let rows: Vec<HistoryRow> = vec![];
    let act = Operation::ImportHistory(rows.into());
    let outcome = shop.writer.submit(submission(ActorRef::Customer(customer.id), vec![act])).await;
    let refused = matches!(outcome, Err(WriteError::Refused { refusal: Refusal::Forbidden(None), .. }));
    assert!(refused, "{outcome:?}");
    shop.close().await;
}

/// One store, two products, one customer, a confirmed and a placed order.
async fn small_shop(db: &Db) {
    let shop = Shop::open(db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 10).await;
    let other = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&product, 3)]).await;
    shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    shop.place(&customer, &store, &[(&other, 1)]).await;
    shop.close().await;
}

async fn exported(db: &Db) -> (String, Counts) {
    let mut bytes = vec![];
    let counts = export(db, &mut bytes, |_| {}).await.expect("exported");
    (String::from_utf8(bytes).expect("text"), counts)
}

/// By a shop whose ids are none of those that it imports.
async fn imported(db: &Db, text: &str) -> Summary {
    let shop = Shop::with(db, ManualClock::at(OPENING_MILLIS), 2).await;
    shop.clock.advance(1_000_000_000);
    let summary = import(&shop.writer, text.as_bytes(), |_| {}).await.expect("imported");
    shop.close().await;
    summary
}

fn other(engine: Engine) -> Engine {
    match engine {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    }
}

/// The lines with a last line that fits them.
fn signed(lines: &[&str]) -> String {
    let (end, lines) = lines.split_last().expect("lines");
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let mut end: Value = serde_json::from_str(end).expect("JSON");
    end["sha256"] = hex_sha256(&text).into();
    format!("{text}{end}\n")
}

fn hex_sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id that the line is about.
fn first_id(line: &str) -> String {
    let line: Value = serde_json::from_str(line).expect("JSON");
    line["id"].as_str().expect("an id").to_owned()
}
