//! What each rule of folding makes of some samples, as a committed table with the version of the rules: whoever changes a rule, or takes a
//! newer library that folds otherwise, meets it here and moves the version on.

#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use std::fmt::Write as _;

use common::{after, assert_committed, committed, context, place, product, staff, store};
use ordervault_domain::access::Role;
use ordervault_domain::contact::{Email, Phone};
use ordervault_domain::country::Country;
use ordervault_domain::folding;
use ordervault_domain::order::DuplicateKey;
use ordervault_domain::search::{Words, tokens};
use sha2::{Digest as _, Sha256};

const FILE: &str = "folding.txt";

/// With the country in which each is dialled.
const PHONES: &[(&str, &str)] = &[
    ("TW", "0912/345-678"),
    ("TW", "+886 (0)2 2345 6789 ext. 12"),
    ("TW", "００８８６９１２３４５６７８"),
    ("JP", "090ー1234ー5678"),
    ("US", "(415) 555-2671"),
    ("RU", "8 (912) 345-67-89"),
    ("HU", "06 1 234 5678"),
    ("IT", "06 698 12345"),
    ("DE", "030/901820"),
    ("BR", "(11) 96123-4567"),
    ("XX", "123"),
];
const EMAILS: &[&str] = &[
    "Maria@Example.com",
    "ｋｅｉｋｏ@ｅｘａｍｐｌｅ.ｊｐ",
    "user@MÜNCHEN.de",
    "Straße@example.de",
    "ıSTANBUL@example.com",
    "mаria@example.com",
    "mori..k.@docomo.ne.jp",
];
const TEXTS: &[&str] = &[
    "São Łódź Ærø Guðrún Þóra ħŧŋ",
    "Müller Smørrebrød Åse",
    "O'Brien T-Shirt USB-C AT&T 3.5mm",
    "不锈钢保温杯 臺灣 髙橋 𠮷野家 渡邊 渡邉 渡辺 龍 龙 竜",
    "陳　怡君 ジョン・スミス ひらがな ｶﾀｶﾅ 김 철수",
    "ข้าวหอมมะลิ ຂ້າວ ထမင်း បាយ",
    "أحمد فاطمة مصطفى محـمـود مُحَمَّد",
    "हिन्दी தமிழ் עברית Ελληνικά Кириллица",
    "١٢٣ १२३ １２３ №5 ½ ²",
];

fn folded() -> String {
    let mut table = format!("rules of version {}\n\n", folding::VERSION);
    let mut line = |kind: &str, text: &str, folded: &str| {
        writeln!(table, "{kind:10} {text} → {folded}").expect("writing to a string");
    };
    for (home, text) in PHONES {
        let phone: Phone = text.parse().expect("a number");
        let home: Option<Country> = home.parse().ok();
        line("phone", text, &phone.line(home));
    }
    for text in EMAILS {
        let email: Email = text.parse().expect("an address");
        line("e-mail", text, &format!("{}, looks like {}", email.key(), email.skeleton()));
    }
    for text in TEXTS {
        let words: Vec<String> =
            Words::of([text]).iter().map(|(place, word)| format!("{place}:{word}")).collect();
        line("words", text, &words.join(" "));
    }
    let (store, products) = (store(), [product(10, 5)]);
    let order = after(&staff(Role::Owner), &context(&store, &products), &[place(&[(10, 1)])]);
    let key = DuplicateKey::of_order(&order).expect("somebody who can be told").key();
    line("duplicate", "one order", &key.to_string());
    line("words", "every character by itself", &every_character());
    table
}

/// A hash over what becomes of every character there is.
fn every_character() -> String {
    let mut hasher = Sha256::new();
    for character in ('\0'..=char::MAX).filter(|character| character.is_alphanumeric()) {
        hasher.update(tokens(character.encode_utf8(&mut [0; 4])).join(" "));
        hasher.update([0]);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_is_folded_otherwise_has_another_version() {
    let (now, before) = (folded(), committed(FILE));
    let (first, rest) = now.split_once('\n').expect("a first line");
    if let Some((version, samples)) = before.split_once('\n') {
        assert!(
            samples == rest || version != first,
            "rules have changed: the next folding::VERSION, then bless this table"
        );
    }
    assert_committed(FILE, &now);
}
