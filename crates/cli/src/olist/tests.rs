//! Made-up folders, one kind of damage each; and the published data, where it is at hand.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const ORDERS: &str = "olist_orders_dataset";
const ITEMS: &str = "olist_order_items_dataset";
const PAYMENTS: &str = "olist_order_payments_dataset";
const CUSTOMERS: &str = "olist_customers_dataset";
const PRODUCTS: &str = "olist_products_dataset";
const SELLERS: &str = "olist_sellers_dataset";
const TRANSLATIONS: &str = "product_category_name_translation";

/// More than a row may have, together.
const MANY_ROWS: usize = 5_000;

/// What the reader makes of sound files.
pub(super) fn sound_olist() -> Olist {
    read_ok(store(&sound()).path())
}

/// Three orders: `aa` with two lines out of four units, `bb` without lines, `cc` with one.
fn sound() -> Vec<(&'static str, String)> {
    let rows = |lines: &[&str]| lines.join("\n") + "\n";
    vec![
        (
            ORDERS,
            rows(&[
                r#""order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at","order_delivered_carrier_date","order_delivered_customer_date","order_estimated_delivery_date""#,
                r#"bb,"2c",unavailable,2031-05-01 10:00:00,2031-05-01 10:00:00,,,2031-05-20 00:00:00"#,
                "aa,1c,delivered,2031-05-01 09:00:00,2031-05-01 09:30:00,2031-05-01 09:10:00,2031-05-09 18:00:01,2031-05-20 00:00:00",
                "cc,3c,created,2031-05-01 10:00:00,,,,2031-05-21 00:00:00",
            ]),
        ),
        (
            ITEMS,
            rows(&[
                r#""order_id","order_item_id","product_id","seller_id","shipping_limit_date","price","freight_value""#,
                "aa,3,p1,s1,2031-05-03 00:00:00,10.50,1.05",
                "cc,1,p2,s1,2031-05-03 00:00:00,0.99,0.00",
                "aa,1,p1,s1,2031-05-03 00:00:00,10.50,1.00",
                "aa,2,p2,s2,2031-05-03 00:00:00,7.00,2.00",
                "aa,4,p1,s1,2031-05-03 00:00:00,9.50,1.00",
            ]),
        ),
        (
            PAYMENTS,
            rows(&[
                r#""order_id","payment_sequential","payment_type","payment_installments","payment_value""#,
                "aa,1,credit_card,3,40.00",
                "aa,2,voucher,1,2.55",
                "bb,2,boleto,1,12.00",
                "cc,1,not_defined,0,0.00",
            ]),
        ),
        (
            CUSTOMERS,
            rows(&[
                r#""customer_id","customer_unique_id","customer_zip_code_prefix","customer_city","customer_state""#,
                "1c,u1,01001,sao paulo,SP",
                r#""2c",u1,01001,"santa barbara d'oeste",SP"#,
                "3c,u2,70000,brasilia,DF",
            ]),
        ),
        (
            PRODUCTS,
            rows(&[
                r#""product_id","product_category_name","product_name_lenght","product_weight_g""#,
                "p1,brinquedos_x,12,100",
                "p2,,,",
                "p3,sem_traducao,1,1",
            ]),
        ),
        (
            SELLERS,
            rows(&[
                "seller_id,seller_zip_code_prefix,seller_city,seller_state",
                "s1,01001,x,SP",
                "s2,01001,y,SP",
            ]),
        ),
        (
            TRANSLATIONS,
            "\u{feff}product_category_name,product_category_name_english\r\nbrinquedos_x,toys_x".into(),
        ),
    ]
}

fn store(files: &[(&'static str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(format!("{name}.csv")), text).unwrap();
    }
    folder
}

/// The sound folder with `from` replaced by `to` in one file.
fn damaged(file: &str, from: &str, to: &str) -> TempDir {
    let mut files = sound();
    let (_, text) = files.iter_mut().find(|(name, _)| *name == file).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
    store(&files)
}

fn read_ok(folder: &Path) -> Olist {
    let olist = read(folder).unwrap();
    for file in &olist.summary.files {
        assert_eq!(file.read, file.used + file.skipped.values().sum::<u64>(), "account of {}", file.file);
    }
    olist
}

fn ids(olist: &Olist) -> Vec<&str> {
    olist.orders.iter().map(|order| order.order_id.as_str()).collect()
}

#[test]
fn sound_files_become_orders_with_lines() {
    let folder = store(&sound());
    let olist = read_ok(folder.path());
    assert_eq!(olist.findings, []);
    assert!(olist.summary.is_clean());
    assert_eq!(ids(&olist), ["aa", "bb", "cc"], "by purchase time, then id");
    let line =
        |product: &str, seller: &str, quantity, unit_price, category: Option<&str>, freight| OlistLine {
            product_id: product.into(),
            seller_id: seller.into(),
            quantity,
            unit_price,
            category: category.map(str::to_owned),
            freight,
        };
    let at = |day, h, m, s| NaiveDate::from_ymd_opt(2031, 5, day).unwrap().and_hms_opt(h, m, s).unwrap();
    assert_eq!(
        olist.orders[0],
        OlistOrder {
            order_id: "aa".into(),
            customer_unique_id: "u1".into(),
            status: OlistStatus::Delivered,
            purchased_at: at(1, 9, 0, 0),
            approved_at: Some(at(1, 9, 30, 0)),
            carrier_at: Some(at(1, 9, 10, 0)),
            delivered_at: Some(at(9, 18, 0, 1)),
            estimated: Some(at(20, 0, 0, 0)),
            state: "SP".into(),
            city: "sao paulo".into(),
            zip: "01001".into(),
            lines: vec![
                line("p1", "s1", 2, 1050, Some("toys_x"), 205),
                line("p2", "s2", 1, 700, None, 200),
                line("p1", "s1", 1, 950, Some("toys_x"), 100),
            ],
            freight_total: 505,
        }
    );
    assert_eq!(olist.orders[1].lines, [], "an order without lines comes in");
    assert_eq!(olist.orders[2].approved_at, None, "a missing time stays missing");
    assert_eq!(olist.products["p3"].category.as_deref(), Some("sem_traducao"), "untranslated, not lost");
    let summary = &olist.summary;
    assert_eq!((summary.orders(), summary.orders_without_lines, summary.lines), (3, 1, 4));
    assert_eq!((summary.price_total, summary.freight_total), (3_849, 505));
    assert_eq!(summary.payments["voucher"], PaymentSum { rows: 1, amount: 255 });
    assert!(summary.to_string().contains("4 lines: 38.49 BRL and 5.05 BRL freight"), "{summary}");
}

/// File, text there, broken text, line, reason, order named, orders left.
type Damage<'a> = (&'a str, &'a str, &'a str, u64, Reason, Option<&'a str>, &'a [&'a str]);

#[test]
fn every_kind_of_broken_row_is_told_and_skips_its_order_alone() {
    use Reason::*;
    let cases: &[Damage<'_>] = &[
        (ORDERS, "aa,1c,delivered,", "aa,1c,", 3, WrongFieldCount, Some("aa"), &["bb", "cc"]),
        (ORDERS, "aa,1c,", "aa,\"1c,", 3, UnclosedQuote, None, &["bb", "cc"]),
        (ORDERS, "1c,delivered", "1c,lost", 3, UnknownStatus, Some("aa"), &["bb", "cc"]),
        (
            ORDERS,
            "2031-05-01 09:00",
            "2031-02-29 09:00",
            3,
            BadTime("order_purchase_timestamp"),
            Some("aa"),
            &["bb", "cc"],
        ),
        (
            ORDERS,
            "18:00:01",
            "18:00:60",
            3,
            BadTime("order_delivered_customer_date"),
            Some("aa"),
            &["bb", "cc"],
        ),
        (
            ORDERS,
            "2031-05-01 09:00:00",
            "",
            3,
            MissingValue("order_purchase_timestamp"),
            Some("aa"),
            &["bb", "cc"],
        ),
        (ORDERS, "aa,1c", "aa,9c", 3, UnknownCustomer, Some("aa"), &["bb", "cc"]),
        (ORDERS, "cc,3c", "aa,3c", 4, DuplicateKey, Some("aa"), &["bb"]),
        (ORDERS, "bb,", ",", 2, MissingValue("order_id"), None, &["aa", "cc"]),
        (ITEMS, "0.99", "0,99", 3, WrongFieldCount, Some("cc"), &["aa", "bb"]),
        (ITEMS, "0.99", "O.99", 3, BadNumber("price"), Some("cc"), &["aa", "bb"]),
        (ITEMS, "0.99", "0.999", 3, BadNumber("price"), Some("cc"), &["aa", "bb"]),
        (ITEMS, "0.99", "-0.99", 3, NegativeNumber("price"), Some("cc"), &["aa", "bb"]),
        (ITEMS, "0.99,0.00", "0.99,", 3, MissingValue("freight_value"), Some("cc"), &["aa", "bb"]),
        (ITEMS, "cc,1,p2", "cc,x,p2", 3, BadNumber("order_item_id"), Some("cc"), &["aa", "bb"]),
        (ITEMS, "cc,1,p2", "cc,1,p9", 3, UnknownProduct, Some("cc"), &["aa", "bb"]),
        (ITEMS, "cc,1,p2", "zz,1,p2", 3, UnknownOrder, Some("zz"), &["aa", "bb", "cc"]),
        (ITEMS, "cc,1,p2,s1", "cc,1,p2,s 1", 3, BadId("seller_id"), Some("cc"), &["aa", "bb"]),
        (ITEMS, "aa,1,p1", "aa,3,p1", 4, DuplicateKey, Some("aa"), &["bb", "cc"]),
        (PAYMENTS, "12.00", "-12.00", 4, NegativeNumber("payment_value"), Some("bb"), &["aa", "cc"]),
        (PAYMENTS, "aa,2,", "aa,1,", 3, DuplicateKey, Some("aa"), &["bb", "cc"]),
        (PRODUCTS, "p3,", "p1,", 4, DuplicateKey, None, &["bb", "cc"]),
        (SELLERS, "s2,", "s1,", 3, DuplicateKey, None, &["aa", "bb", "cc"]),
    ];
    for (file, from, to, line, reason, order_id, left) in cases {
        let olist = read_ok(damaged(file, from, to).path());
        let told = olist.findings.first().unwrap_or_else(|| panic!("{reason:?} is not told"));
        let expected = Finding {
            file: format!("{file}.csv"),
            line: *line,
            reason: *reason,
            order_id: order_id.map(str::to_owned),
        };
        assert_eq!(told, &expected);
        assert!(!olist.summary.is_clean());
        // Rows that the damage made homeless are told as well: a customer, a product, items of a nameless order.
        let left: Vec<&str> = left.to_vec();
        assert_eq!(ids(&olist), left, "after {told}");
    }
}

#[test]
fn an_order_that_lacks_an_item_is_left_out() {
    // The item names another order by mistake: both the row and the order that lacks it are told.
    let olist = read_ok(damaged(ITEMS, "aa,2,p2", "zz,2,p2").path());
    let told: Vec<_> = olist.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "olist_order_items_dataset.csv:5: unknown order id (order zz is skipped)",
            "olist_order_items_dataset.csv:2: the item before this one is missing (order aa is skipped)",
        ]
    );
    assert_eq!(ids(&olist), ["bb", "cc"]);
    for (from, to) in [("aa,1,p1", "aa,0,p1"), ("cc,1,p2", "cc,2,p2")] {
        let olist = read_ok(damaged(ITEMS, from, to).path());
        assert_eq!(olist.findings.len(), 1);
        assert_eq!(olist.findings[0].reason, Reason::MissingItem, "{from}");
    }
}

#[test]
fn texts_with_control_characters_are_told() {
    let olist = read_ok(damaged(CUSTOMERS, "brasilia", "bra\u{0}silia").path());
    assert_eq!(olist.findings[0].reason, Reason::BadText("customer_city"));
    let olist = read_ok(damaged(PRODUCTS, "brinquedos_x", "\u{202e}x").path());
    assert_eq!(olist.findings[0].reason, Reason::BadText("product_category_name"));
}

#[test]
fn a_broken_customer_costs_the_order_that_names_it() {
    let olist = read_ok(damaged(CUSTOMERS, "brasilia,DF", "brasilia,XX").path());
    let reasons: Vec<_> = olist.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!(reasons, [Reason::UnknownState, Reason::UnknownCustomer]);
    assert_eq!(ids(&olist), ["aa", "bb"]);
    assert_eq!(
        olist.findings[1].to_string(),
        "olist_orders_dataset.csv:4: unknown customer id (order cc is skipped)"
    );
}

#[test]
fn rows_of_a_skipped_order_are_accounted_for_and_not_blamed() {
    let olist = read_ok(damaged(ITEMS, "aa,1,p1", "aa,1,p9").path());
    assert_eq!(olist.findings.len(), 1);
    assert_eq!(olist.summary.orders_skipped, 1);
    let skipped = |file: &str| {
        let count = olist.summary.files.iter().find(|count| count.file == format!("{file}.csv")).unwrap();
        count.skipped.get(&Reason::OrderSkipped).copied().unwrap_or_default()
    };
    assert_eq!((skipped(ORDERS), skipped(ITEMS), skipped(PAYMENTS)), (1, 3, 2));
    assert_eq!(olist.summary.payments.get("credit_card"), None);
}

#[test]
fn an_equal_repeated_product_is_told_but_costs_no_order() {
    let olist = read_ok(damaged(PRODUCTS, "p3,sem_traducao,1,1", "p1,brinquedos_x,12,100").path());
    assert_eq!(olist.findings.len(), 1);
    assert_eq!(olist.orders.len(), 3);
}

#[test]
fn bad_utf8_and_overlong_lines_cost_one_row() {
    for (bytes, reason) in
        [(&b"\xc3\x28"[..], Reason::BadUtf8), (&b"x".repeat(70_000)[..], Reason::LineTooLong)]
    {
        let folder = store(&sound());
        let path = folder.path().join(format!("{CUSTOMERS}.csv"));
        let mut text = fs::read(&path).unwrap();
        let at = text.windows(8).position(|window| window == b"brasilia").unwrap();
        text.splice(at..at + 8, bytes.iter().copied());
        fs::write(&path, text).unwrap();
        let olist = read_ok(folder.path());
        assert_eq!((olist.findings[0].line, olist.findings[0].reason), (4, reason));
        assert_eq!(ids(&olist), ["aa", "bb"]);
    }
}

#[test]
fn line_breaks_in_quotes_are_of_the_field() {
    for (line_end, city) in [("\n", "\n"), ("\n", "\r\n\r\n "), ("\r\n", "\r\n")] {
        let mut files = sound();
        for (_, text) in &mut files {
            *text = text.replace("\r\n", "\n").replace('\n', line_end);
        }
        let cut = format!("\"sao{city}paulo\"");
        files[3].1 =
            files[3].1.replace("sao paulo", &cut).replace("70000,brasilia", "70000,\"bra\"\"silia\"");
        let olist = read_ok(store(&files).path());
        assert_eq!(olist.findings, []);
        assert_eq!(olist.orders[0].city, "sao paulo");
        assert_eq!(olist.orders[2].city, "bra\"silia");
        // Lines are told as an editor counts them.
        files[3].1 = files[3].1.replace(",DF", ",XX");
        let olist = read_ok(store(&files).path());
        let line = 4 + u64::try_from(city.matches('\n').count()).unwrap();
        assert_eq!((olist.findings[0].line, olist.findings[0].reason), (line, Reason::UnknownState));
    }
}

#[test]
fn a_quote_that_nothing_closes_spoils_its_own_line() {
    let rows = "1c,u1,01001,x,SP\n".repeat(MANY_ROWS);
    for behind in ["", "\n", "\n\n\r\n", rows.as_str()] {
        let mut files = sound();
        files[3].1 = files[3].1.replace("brasilia", "\"brasilia") + behind;
        let olist = read_ok(store(&files).path());
        assert_eq!((olist.findings[0].line, olist.findings[0].reason), (4, Reason::UnclosedQuote));
        let repeated = olist.findings.iter().filter(|finding| finding.reason == Reason::DuplicateKey);
        let repeated: Vec<u64> = repeated.map(|finding| finding.line).collect();
        let lines = if behind.len() == rows.len() { MANY_ROWS } else { 0 };
        assert_eq!(repeated, (5..5 + u64::try_from(lines).unwrap()).collect::<Vec<_>>());
    }
}

#[test]
fn windows_line_ends_marks_blank_lines_and_other_column_orders_make_no_difference() {
    let expected = read_ok(store(&sound()).path()).orders;
    let mut files = sound();
    for (_, text) in &mut files {
        *text = format!(
            "\u{feff}{}\r\n\r\n",
            text.trim_start_matches('\u{feff}').trim_end().replace("\r\n", "\n").replace('\n', "\r\n")
        );
    }
    files[5].1 = "note,seller_city,seller_id\n,x,s1\n,y,s2\n".into();
    assert_eq!(read_ok(store(&files).path()).orders, expected);
}

fn pack(folder: &Path, name: &str) -> std::path::PathBuf {
    let plain = folder.join(format!("{name}.csv"));
    let packed = folder.join(format!("{name}.csv.gz"));
    let mut encoder = GzEncoder::new(fs::File::create(&packed).unwrap(), Compression::default());
    encoder.write_all(&fs::read(&plain).unwrap()).unwrap();
    encoder.finish().unwrap();
    fs::remove_file(plain).unwrap();
    packed
}

#[test]
fn packed_files_read_like_plain_ones_and_a_cut_off_one_stops_everything() {
    let folder = store(&sound());
    let expected = read_ok(folder.path()).orders;
    let packed = pack(folder.path(), ITEMS);
    assert_eq!(read_ok(folder.path()).orders, expected);
    let bytes = fs::read(&packed).unwrap();
    for end in [12, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&packed, &bytes[..end]).unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(matches!(error, OlistError::CutOff { .. }), "{error}");
        assert!(error.to_string().contains("olist_order_items_dataset.csv.gz is cut off"), "{error}");
    }
    let mut flipped = bytes.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 1;
    fs::write(&packed, flipped).unwrap();
    assert!(matches!(read(folder.path()).unwrap_err(), OlistError::Unreadable { .. }), "wrong check sum");
}

#[test]
fn missing_files_columns_and_headers_are_named() {
    let folder = store(&sound());
    fs::remove_file(folder.path().join(format!("{ITEMS}.csv"))).unwrap();
    fs::remove_file(folder.path().join(format!("{SELLERS}.csv"))).unwrap();
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("has no olist_sellers_dataset, olist_order_items_dataset;"), "{error}");

    let error = read(damaged(ITEMS, "\"price\"", "\"cost\"").path()).unwrap_err().to_string();
    assert!(error.contains("olist_order_items_dataset.csv has no column price;"), "{error}");

    let mut files = sound();
    files[0].1.clear();
    let error = read(store(&files).path()).unwrap_err();
    assert!(matches!(error, OlistError::NoHeader { .. }), "{error}");

    let folder = store(&sound());
    pack(folder.path(), ITEMS);
    fs::write(folder.path().join(format!("{ITEMS}.csv")), "").unwrap();
    assert!(matches!(read(folder.path()).unwrap_err(), OlistError::BothForms { name: ITEMS, .. }));
}

#[test]
fn amounts_are_read_to_the_cent() {
    let good =
        [("0", 0), ("0.05", 5), ("12.5", 1_250), ("6735.00", 673_500), ("10000000000.00", 1_000_000_000_000)];
    for (text, cents) in good {
        assert_eq!(fields::amount(text, "price"), Ok(cents), "{text}");
    }
    for text in
        ["1e3", "+1", "1.", ".5", "1,5", " 1", "NaN", "10000000000.01", "99999999999999999999", "--1", "-"]
    {
        assert_eq!(fields::amount(text, "price"), Err(Reason::BadNumber("price")), "{text}");
    }
}

proptest! {
    /// Whatever happens to the bytes below the header, no row gets lost and the account agrees with the orders and findings.
    #[test]
    fn damage_anywhere_is_accounted_for(
        file in 0..7_usize,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut files = sound();
        let (name, text) = &mut files[file];
        let name = *name;
        let mut bytes = std::mem::take(text).into_bytes();
        let header = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for (place, byte) in places {
            let at = header + place.index(bytes.len() - header);
            bytes[at] = byte;
        }
        let folder = store(&files);
        fs::write(folder.path().join(format!("{name}.csv")), &bytes).unwrap();
        let olist = read_ok(folder.path());
        let broken: u64 = olist.summary.files.iter().flat_map(|file| &file.skipped).map(|(reason, rows)| if *reason == Reason::OrderSkipped { 0 } else { *rows }).sum();
        prop_assert_eq!(broken, olist.findings.len() as u64);
        prop_assert_eq!(olist.summary.orders(), olist.orders.len() as u64);
        let freight: i64 = olist.orders.iter().map(|order| order.freight_total).sum();
        prop_assert_eq!(freight, olist.summary.freight_total);
    }
}

/// The published cut: all orders before 2018, with the totals that its description states.
#[test]
#[ignore = "needs ORDERVAULT_OLIST_DATA, the folder with the published files"]
#[expect(
    clippy::disallowed_methods,
    reason = "the data cannot be kept in the repository, so its place is told from outside"
)]
fn the_published_data_adds_up() {
    let folder = std::env::var_os("ORDERVAULT_OLIST_DATA").expect("ORDERVAULT_OLIST_DATA names the folder");
    let olist = read_ok(Path::new(&folder));
    assert_eq!(olist.findings, []);
    let summary = olist.summary;
    let rows: Vec<u64> = summary.files.iter().map(|file| file.used).collect();
    assert_eq!(rows, [71, 17_451, 1_811, 45_430, 45_430, 51_234, 47_871]);
    assert_eq!((summary.orders(), summary.lines, summary.orders_without_lines), (45_430, 46_646, 539));
    assert_eq!((summary.price_total, summary.freight_total), (620_559_290, 99_426_274));
    let by_status: Vec<u64> = summary.orders_by_status.values().copied().collect();
    assert_eq!(by_status, [4, 2, 193, 242, 539, 43_695, 464, 291]);
    let payments: Vec<_> =
        summary.payments.iter().map(|(kind, sum)| (kind.as_str(), sum.rows, sum.amount)).collect();
    assert_eq!(
        payments,
        [
            ("boleto", 9_571, 140_574_243),
            ("credit_card", 34_826, 568_593_642),
            ("debit_card", 424, 4_356_820),
            ("voucher", 3_050, 17_386_202),
        ]
    );
}
