//! Texts: order numbers, contacts, times, amounts, words.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use ordervault_domain::contact::{Email, Phone};
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::money::{Currency, Money};
use ordervault_domain::search::{fold, query_terms};
use ordervault_domain::text::{multi_line, single_line};
use ordervault_domain::time::{TimeZone, Timestamp};
use ordervault_tests::seed::check;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

const CASES: u32 = 2_000;

/// Bytes as they come, and pieces of what is understood in any order: the latter reach further in.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "ord_",
        "cus_",
        "0",
        "7",
        "42",
        "912345678",
        "0NEHNAF80JYTA",
        "U",
        "+",
        "+886",
        "-",
        ".",
        "@",
        "example.com",
        "maria",
        "2026-01-31",
        "T",
        "08:00:00",
        ".000",
        "Z",
        "+08:00",
        "24:00",
        "Asia/Taipei",
        "TWD",
        "JPY",
        " ",
        "\t",
        "\n",
        "\0",
        "\u{200b}",
        "王小明",
        "ｆｕｌｌ",
        "e\u{301}",
        "🇧🇷",
        "\u{202e}",
        "%",
        "*",
        "\"",
        "'",
        "&",
        "=",
        ",",
        ";",
    ];
    let bytes = prop::collection::vec(any::<u8>(), 0..40);
    let bytes = bytes.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..10);
    prop_oneof![bytes, pieces.prop_map(|pieces| pieces.concat()), any::<String>()]
}

/// What is read is the same when it is printed and read again.
fn reads_what_it_prints<T: FromStr + Display + PartialEq + Debug>(text: &str) -> TestCaseResult {
    if let Ok(value) = text.parse::<T>() {
        let printed = value.to_string();
        prop_assert_eq!(printed.parse::<T>().ok(), Some(value), "{} is printed as {}", text, printed);
    }
    Ok(())
}

#[test]
fn numbers_and_ids() {
    check(CASES, &any_text(), |text| {
        let _ = (OrderId::search(&text), OrderId::search_among_words(&text));
        reads_what_it_prints::<OrderId>(&text)?;
        reads_what_it_prints::<CustomerId>(&text)
    });
}

#[test]
fn contacts() {
    check(CASES, &any_text(), |text| {
        let _ = Phone::searched_tail(&text, "TW".parse().ok());
        reads_what_it_prints::<Phone>(&text)?;
        reads_what_it_prints::<Email>(&text)?;
        for max in [1, 20, 200] {
            for read in [single_line, multi_line] {
                let Ok(kept) = read(&text, max) else { continue };
                prop_assert_eq!(read(&kept, max).ok(), Some(kept));
            }
        }
        Ok(())
    });
}

#[test]
fn times_and_amounts() {
    check(CASES, &any_text(), |text| {
        reads_what_it_prints::<Timestamp>(&text)?;
        reads_what_it_prints::<TimeZone>(&text)?;
        reads_what_it_prints::<Currency>(&text)?;
        for currency in ["TWD", "JPY"] {
            let currency: Currency = currency.parse().expect("a currency");
            let Some(amount) = Money::parse_decimal(&text, currency) else { continue };
            let printed = Money { amount, currency }.decimal();
            prop_assert_eq!(Money::parse_decimal(&printed, currency), Some(amount));
        }
        Ok(())
    });
}

/// What is looked for is folded once and for all.
#[test]
fn words() {
    check(CASES, &any_text(), |text| {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
        let _ = query_terms(&text);
        Ok(())
    });
}
