//! What the black-box tests share beside the kit: how the program ends, what it shows, made-up data sets.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use ordervault_tests::http::{Answer, Request};
pub(crate) use ordervault_tests::program::{Installation, Running};
use serde_json::json;

pub(crate) fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// It ended with this code and has this on standard output.
#[track_caller]
pub(crate) fn assert_ends(output: &Output, code: i32, says: &str) {
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{error}");
    assert!(out.contains(says), "{says} is not in:\n{out}{error}");
}

/// It ended with this code and one line on standard error, with nothing on standard output.
#[track_caller]
pub(crate) fn assert_fails(output: &Output, code: i32, says: &str) {
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.starts_with("ordervault: ") && error.contains(says), "{says} is not in:\n{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert_eq!(text(&output.stdout), "");
}

/// Starts a server with both listeners. Returns it, once it listens, and the addresses of the API and of the metrics.
pub(crate) fn serve_both(installation: &Installation, args: &[&str]) -> (Running, String, String) {
    let both = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"];
    let mut server = installation.start(&[&both, args].concat(), &[("ORDERVAULT_LOG__FORMAT", "json")]);
    let line = server.wait_for("\"listening\"");
    let address = |name: &str| {
        let rest = line.split(&format!("\"{name}\":\"")).nth(1).unwrap();
        let address = rest.split('"').next().unwrap();
        address.trim_start_matches("http://").trim_end_matches("/metrics").to_owned()
    };
    let (api, metrics) = (address("api"), address("metrics"));
    (server, api, metrics)
}

/// Sends a request to a server that was started.
pub(crate) async fn send(address: &str, request: &Request) -> Answer {
    request.send(address.parse().unwrap()).await
}

/// The value behind `name` in the frame that shows an account.
pub(crate) fn framed(said: &str, name: &str) -> String {
    let line = said.lines().find(|line| line.trim_matches('│').trim().starts_with(name)).unwrap();
    line.trim_matches('│').trim().trim_start_matches(name).trim().to_owned()
}

/// Signs a member in.
pub(crate) async fn sign_in(address: &str, email: &str, password: &str) -> Answer {
    let login = json!({"email": email, "password": password});
    send(address, &Request::post("/v1/staff/auth/login").json(&login)).await
}

/// A made-up slice of the Olist data set: orders `first` to `last`, three products, a customer for every two orders.
pub(crate) fn olist(folder: &Path, first: usize, last: usize) -> PathBuf {
    const STATUSES: [&str; 4] = ["delivered", "shipped", "canceled", "created"];
    let (mut orders, mut items, mut payments, mut customers) =
        (String::new(), String::new(), String::new(), String::new());
    for number in first..=last {
        let status = STATUSES[number % 4];
        let (day, minute) = (1 + number / 1_440 % 28, number % 1_440);
        let at = |month: &str| format!("2017-{month}-{day:02} {:02}:{:02}:00", minute / 60, minute % 60);
        let approved = if status == "created" { String::new() } else { at("05") };
        let carrier = if status == "shipped" || status == "delivered" { at("06") } else { String::new() };
        let delivered = if status == "delivered" { at("07") } else { String::new() };
        let bought = at("04");
        writeln!(
            orders,
            "o{number},c{number},{status},{bought},{approved},{carrier},{delivered},2017-08-01 00:00:00"
        )
        .unwrap();
        writeln!(items, "o{number},1,p{},s1,2017-05-01 00:00:00,10.00,1.50", number % 3).unwrap();
        writeln!(items, "o{number},2,p{},s1,2017-05-01 00:00:00,10.00,1.50", number % 3).unwrap();
        writeln!(payments, "o{number},1,boleto,1,23.00").unwrap();
        let state = ["SP", "RJ"][number / 2 % 2];
        writeln!(customers, "c{number},u{},01001,sao paulo,{state}", number / 2).unwrap();
    }
    let folder = folder.join(format!("olist-{first}-{last}"));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, columns: &str, rows: &str| {
        std::fs::write(folder.join(format!("{name}.csv")), format!("{columns}\n{rows}")).unwrap();
    };
    write(
        "olist_orders_dataset",
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,\
         order_delivered_customer_date,order_estimated_delivery_date",
        &orders,
    );
    write(
        "olist_order_items_dataset",
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
        &items,
    );
    write(
        "olist_order_payments_dataset",
        "order_id,payment_sequential,payment_type,payment_installments,payment_value",
        &payments,
    );
    write(
        "olist_customers_dataset",
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
        &customers,
    );
    write("olist_products_dataset", "product_id,product_category_name", "p0,casa\np1,\np2,casa\n");
    write("olist_sellers_dataset", "seller_id", "s1\n");
    write(
        "product_category_name_translation",
        "product_category_name,product_category_name_english",
        "casa,house\n",
    );
    folder
}

/// Number of the newest migration.
pub(crate) fn newest_schema() -> usize {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let numbers = std::fs::read_dir(folder).unwrap().map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.split('_').next().unwrap().parse().unwrap()
    });
    numbers.max().unwrap()
}
