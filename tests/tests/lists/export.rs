//! The export as a spreadsheet reads it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::money::Money;
use ordervault_domain::order::{Amendment, OrderCommand};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::statement::Template;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::fabricate::fabricate;
use ordervault_tests::http::Request;
use ordervault_tests::life::live;
use ordervault_tests::seed::seeds;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use ordervault_tests::twin::Fresh;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

ordervault_tests::twin_tests!(
    an_export_has_the_same_as_the_list,
    an_export_has_notes_lines_and_the_time_of_the_store,
    names_come_back_as_they_are,
    what_is_no_export_is_refused
);

/// More than the buffers between server and client hold, together with what is written of each.
const MANY_ORDERS: u32 = 40_000;

static COUNT_ORDERS: Template = Template::new("SELECT COUNT(*) FROM orders");

type Row = BTreeMap<String, String>;

/// Lines of CSV by their columns.
fn rows(csv: &[u8]) -> Vec<Row> {
    assert!(csv.starts_with(b"number,"), "programs do not look for a byte order mark");
    let mut reader = csv::Reader::from_reader(csv);
    let names = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| {
        names.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.expect("a record"))).collect()
}

/// The same as a spreadsheet reads it, with the `'` before what it would take for something else taken off.
fn rows_of_spreadsheet(csv: &[u8]) -> Vec<Row> {
    let csv = csv.strip_prefix("\u{feff}\"".as_bytes()).expect("spreadsheets know UTF-8 by this");
    let text = |cell: String| {
        let is_marked = |rest: &&str| {
            let rest = rest.trim_start_matches('\'').trim_start_matches(' ');
            rest.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋'])
                || rest.starts_with(|c: char| c.is_numeric())
        };
        cell.strip_prefix('\'').filter(is_marked).map(str::to_owned).unwrap_or(cell)
    };
    let row = |row: Row| row.into_iter().map(|(name, cell)| (name, text(cell))).collect();
    rows(&[b"number,", csv.strip_prefix(b"number\",").expect("the first column")].concat())
        .into_iter()
        .map(row)
        .collect()
}

/// An order of the list as the line that it should be.
fn expected(item: &Value) -> Row {
    let names = [
        "number",
        "status",
        "store_id",
        "customer_id",
        "source",
        "source_status",
        "payment_status",
        "placed_at",
        "updated_at",
        "due_at",
        "overdue",
        "deleted",
    ];
    let mut row: Row = names.iter().map(|name| ((*name).to_owned(), text(&item[*name]))).collect();
    let currency = item["total"]["currency"].as_str().expect("a currency").to_owned();
    row.insert("currency".to_owned(), currency);
    row
}

async fn list(server: &TestServer, token: &str, query: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (vec![], String::new());
    loop {
        let request = Request::get(format!("/v1/staff/orders?limit=100&{query}{cursor}")).bearer(token);
        let page = server.good(&request, 200).await.json();
        items.extend(page["items"].as_array().expect("a page").clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

async fn an_export_has_the_same_as_the_list(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in seeds(&[3]) {
        live(&shop, seed, 150).await;
    }
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let warehouse = shop.member(Role::Warehouse, StoreScope::All).await;
    let server = TestServer::of(shop).await;
    for (member, sees_contact) in [(owner, true), (warehouse, false)] {
        let token = server.member_token(&member).await;
        for query in [
            "",
            "sort=total",
            "q=%E6%9D%AF",
            "overdue=true&sort=due_at",
            "status=completed",
            "q=nowhere",
            "q=%25",
        ] {
            let items = list(&server, &token, query).await;
            let request = Request::get(format!("/v1/staff/orders.csv?{query}")).bearer(&token);
            let answer = server.good(&request, 200).await;
            assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
            assert!(answer.text().ends_with("\r\n") && !answer.text().replace("\r\n", "").contains('\r'));
            let found = rows(answer.text().as_bytes());
            assert_eq!(found.len(), items.len(), "{query}");
            for (row, item) in found.iter().zip(&items) {
                for (name, value) in expected(item) {
                    assert_eq!(row[&name], value, "{query} {name}");
                }
                let currency = row["currency"].parse().expect("a currency");
                let amount = Money::parse_decimal(&row["amount"], currency).map(|amount| amount.get());
                assert_eq!(amount, item["total"]["amount"].as_i64());
                assert_eq!(row.contains_key("email"), sees_contact);
                let orderer = row.get("orderer").filter(|name| !name.is_empty());
                assert_eq!(orderer.map(String::as_str), item["orderer"].as_str());
            }
        }
    }
    server.close().await;
}

async fn an_export_has_notes_lines_and_the_time_of_the_store(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in seeds(&[5]) {
        live(&shop, seed, 100).await;
    }
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let warehouse = shop.member(Role::Warehouse, StoreScope::All).await;
    let server = TestServer::of(shop).await;
    let token = server.member_token(&owner).await;
    let export = async |token: &str, query: &str| {
        server.good(&Request::get(format!("/v1/staff/orders.csv?{query}")).bearer(token), 200).await
    };
    let by_order = rows(export(&token, "rows=orders").await.text().as_bytes());
    let by_line = rows(export(&token, "rows=lines").await.text().as_bytes());
    let shown = rows_of_spreadsheet(export(&token, "form=spreadsheet&rows=lines").await.text().as_bytes());
    let mut lines = by_line.iter().zip(&shown);
    for row in &by_order {
        let get = |path: String| Request::get(path).bearer(&token);
        let order = server.good(&get(format!("/v1/staff/orders/{}", row["number"])), 200).await.json();
        let store = server.good(&get(format!("/v1/staff/stores/{}", row["store_id"])), 200).await.json();
        assert_is_of(row, &order, &store);
        let mut in_words = vec![];
        let ordered = order["lines"].as_array().expect("lines");
        if ordered.is_empty() {
            let (exact, _) = lines.next().expect("a row of its own");
            assert_eq!((&exact["number"], exact["line"].as_str()), (&row["number"], ""));
        }
        for line in ordered {
            let (exact, shown) = lines.next().expect("a row for each line");
            for found in [exact, shown] {
                assert_eq!(
                    (&found["number"], &found["note"], &found["phone"]),
                    (&row["number"], &row["note"], &row["phone"])
                );
                assert_is_line(found, line);
            }
            let clock = exact["placed_at_local"].get(..19).map(|clock| clock.replace('T', " "));
            assert_eq!(Some(&shown["placed_at_local"]), clock.as_ref());
            in_words.push(format!(
                "{} × {} ({})",
                line["quantity"],
                text(&line["title"]),
                text(&line["sku"])
            ));
        }
        assert_eq!(row["lines"], in_words.join("\n"));
    }
    assert_eq!(lines.next(), None);
    assert!(by_line.len() > by_order.len() && by_order.len() > 10);
    let token = server.member_token(&warehouse).await;
    for row in rows(export(&token, "rows=lines").await.text().as_bytes()) {
        assert_eq!(["orderer", "email", "phone", "note"].map(|name| row.get(name)), [None; 4]);
    }
    server.close().await;
}

/// Has the row what the order has, and its store?
fn assert_is_of(row: &Row, order: &Value, store: &Value) {
    assert_eq!((&row["store_name"], &row["time_zone"]), (&text(&store["name"]), &text(&store["time_zone"])));
    assert_eq!(row["note"], text(&order["note"]));
    let contact = &order["contact"];
    assert_eq!((&row["phone"], &row["email"]), (&text(&contact["phone"]), &text(&contact["email"])));
    for name in ["placed_at", "updated_at", "due_at"] {
        let local = &row[&format!("{name}_local")];
        let at = local.parse().map(|at: Timestamp| at.to_string()).unwrap_or_default();
        assert_eq!(&at, &row[name]);
    }
}

/// Has the row what the line of an order has?
fn assert_is_line(row: &Row, line: &Value) {
    let numbers = [("line", "no"), ("quantity", "quantity")];
    let texts = ["product_id", "sku", "title", "category"].map(|name| (name, name));
    for (column, member) in numbers.into_iter().chain(texts) {
        assert_eq!(row[column], text(&line[member]), "{column}");
    }
    for (column, member) in [("unit_price", "unit_price"), ("line_amount", "total")] {
        let currency = row["currency"].parse().expect("a currency");
        let amount = Money::parse_decimal(&row[column], currency).map(|amount| amount.get());
        assert_eq!(amount, line[member]["amount"].as_i64(), "{column}");
    }
}

async fn what_is_no_export_is_refused(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    for (path, parameter, code) in [
        ("/v1/staff/orders.csv?form=excel", "form", "unknown-value"),
        ("/v1/staff/orders.csv?rows=", "rows", "unknown-value"),
        ("/v1/staff/orders.csv?form=exact&form=exact", "form", "repeated-parameter"),
        ("/v1/staff/orders.csv?limit=1", "limit", "unknown-parameter"),
        ("/v1/staff/orders?form=exact", "form", "unknown-parameter"),
        ("/v1/staff/orders?rows=lines", "rows", "unknown-parameter"),
    ] {
        let answer = server.send(&Request::get(path).bearer(&owner.token())).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid-parameter"), "{path}");
        let fault = &answer.json()["errors"][0];
        assert_eq!(
            (fault["pointer"].as_str(), fault["code"].as_str()),
            (Some(parameter), Some(code)),
            "{path}"
        );
    }
    server.close().await;
}

/// A member of an answer as a cell has it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn names_come_back_as_they_are(db: Db) {
    let names = [
        "=HYPERLINK(\"x\")",
        "+1",
        "-1",
        "@SUM(1)",
        "'=1",
        "''+",
        "'t Hooft",
        "a, b",
        "say \"hi\"",
        "王小明",
        ";",
        " =1",
        "0912345678",
        "+886 912 345 678",
        "12345678901234567890",
        "two\nlines",
    ];
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let (store, customer) = (shop.store().await, shop.customer().await);
    let product = shop.product(&store, 100).await;
    for name in names {
        let order = shop.place(&customer, &store, &[(&product, 1)]).await;
        let contact = Contact { name: Some(name.to_owned()), ..order.contact.clone() };
        let command = OrderCommand::Amend(Amendment { contact: Some(contact), ..Amendment::default() });
        shop.act(
            ActorRef::Operator,
            Operation::Order { id: Some(order.id), expected_version: None, command },
        )
        .await;
        shop.clock.advance(3_600_000);
    }
    let token = server.member_token(&*shop.member(Role::Owner, StoreScope::All).await).await;
    let request =
        Request::get("/v1/staff/orders.csv?sort=placed_at").bearer(&token).header("accept", "text/csv");
    let answer = server.good(&request, 200).await;
    let found: Vec<String> =
        rows(answer.text().as_bytes()).iter().map(|row| row["orderer"].clone()).collect();
    assert_eq!(found, names);
    let request = Request::get("/v1/staff/orders.csv?sort=placed_at&form=spreadsheet").bearer(&token);
    let answer = server.good(&request, 200).await;
    let found: Vec<String> =
        rows_of_spreadsheet(answer.text().as_bytes()).iter().map(|row| row["orderer"].clone()).collect();
    assert_eq!(found, names);
    for formula in ["\r\n=", ",=", ",+", ",-", ",@", "\"=", ",\"+", ",\"-", ",\"@"] {
        assert!(!answer.text().contains(formula), "{formula:?}");
    }
    server.close().await;
}

/// Begins an export and reads its first line.
async fn begin(address: SocketAddr, token: &str) -> (TcpStream, String) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stream = socket.connect(address).await.expect("a connection");
    let request =
        format!("GET /v1/staff/orders.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.expect("an answer");
    (stream, String::from_utf8_lossy(&start).into_owned())
}

#[tokio::test]
async fn who_hangs_up_makes_room_for_others() {
    let fresh = Fresh::on(Engine::Sqlite).await;
    fabricate(&fresh.db, MANY_ORDERS.into()).await;
    let server = TestServer::open(&fresh.db).await;
    let mut tokens = vec![];
    for _ in 0..3 {
        let member = server.shop.member(Role::Owner, StoreScope::All).await;
        tokens.push(server.member_token(&member).await);
    }
    let [token, others, late] = <[String; 3]>::try_from(tokens).expect("three members");
    let (first, second) = (begin(server.address, &token).await, begin(server.address, &others).await);
    assert_eq!([first.1.as_str(), second.1.as_str()], ["HTTP/1.1 200"; 2]);
    let whole = Request::get("/v1/staff/orders.csv").bearer(&token);
    let third = Request::get("/v1/staff/orders.csv").bearer(&late);
    for (export, status, code) in [(&whole, 429, "rate-limited"), (&third, 503, "overloaded")] {
        let refused = server.send(export).await;
        assert_eq!((refused.status, refused.code().as_str()), (status, code));
        assert!(refused.header("retry-after").is_some());
    }
    // Lists do not wait for exports, and whoever reads slowly keeps nothing of the log of the database.
    server.good(&Request::get("/v1/staff/orders").bearer(&token), 200).await;
    let mut connection = SqliteConnection::connect(&fresh.url).await.expect("the file opens");
    let written_back: (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await.expect("looked");
    assert_eq!(written_back, (0, 0, 0), "somebody still reads an old state");
    connection.close().await.expect("closed");
    drop((first, second));
    let answer = loop {
        let answer = server.send(&whole).await;
        if answer.status == 200 {
            break answer;
        }
    };
    // One in 5,045 is in the trash.
    let listed = usize::try_from(MANY_ORDERS - MANY_ORDERS / 5_045).expect("small");
    assert_eq!(rows(answer.text().as_bytes()).len(), listed);
    server.close().await;
    fresh.drop().await;
}

/// What the write-ahead log may come to.
const MAX_LOG_BYTES: u64 = 64 * 1024 * 1024;

/// The bytes of the write-ahead log of a SQLite file.
fn log_bytes(url: &str) -> u64 {
    let file = url.strip_prefix("sqlite:").expect("a file");
    std::fs::metadata(format!("{file}-wal")).expect("a log").len()
}

#[tokio::test]
async fn the_log_stays_short_while_an_export_is_read_slowly() {
    let fresh = Fresh::on(Engine::Sqlite).await;
    fabricate(&fresh.db, MANY_ORDERS.into()).await;
    let server = TestServer::open(&fresh.db).await;
    let shop = &server.shop;
    let store = shop.store().await;
    let (tea, customer) = (shop.product(&store, 1_000_000).await, shop.customer().await);
    let token = server.member_token(&*shop.member(Role::Owner, StoreScope::All).await).await;
    let place = async || {
        shop.place(&customer, &store, &[(&tea, 1)]).await;
        log_bytes(&fresh.url)
    };

    // So many orders are too many for whoever holds a state of the database.
    let mut held = fresh.db.snapshot().await.expect("a snapshot");
    let (_,): (i64,) = held.fetch_one(&COUNT_ORDERS.bind(())).await.expect("a state");
    let mut orders = 1;
    while place().await <= MAX_LOG_BYTES {
        orders += 1;
    }
    drop(held);
    let mut connection = SqliteConnection::connect(&fresh.url).await.expect("the file opens");
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.expect("cut back");
    connection.close().await.expect("closed");

    let (mut reader, status) = begin(server.address, &token).await;
    assert_eq!(status, "HTTP/1.1 200");
    let mut longest = 0;
    for _ in 0..orders {
        longest = place().await.max(longest);
        reader.read_exact(&mut [0; 64]).await.expect("more of the export");
    }
    assert!(longest <= MAX_LOG_BYTES, "{longest} bytes after {orders} orders");
    drop(reader);
    server.close().await;
    fresh.drop().await;
}
