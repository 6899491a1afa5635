//! From one field's text to its value, or to the reason why not.

use chrono::{NaiveDateTime, Timelike};
use ordervault_domain::text::{TextProblem, single_line};

use super::findings::Reason;

/// The 27 federal units of Brazil: code (ISO 3166-2:BR without the prefix) and name.
pub const FEDERAL_STATES: [(&str, &str); 27] = [
    ("AC", "Acre"),
    ("AL", "Alagoas"),
    ("AM", "Amazonas"),
    ("AP", "Amapá"),
    ("BA", "Bahia"),
    ("CE", "Ceará"),
    ("DF", "Distrito Federal"),
    ("ES", "Espírito Santo"),
    ("GO", "Goiás"),
    ("MA", "Maranhão"),
    ("MG", "Minas Gerais"),
    ("MS", "Mato Grosso do Sul"),
    ("MT", "Mato Grosso"),
    ("PA", "Pará"),
    ("PB", "Paraíba"),
    ("PE", "Pernambuco"),
    ("PI", "Piauí"),
    ("PR", "Paraná"),
    ("RJ", "Rio de Janeiro"),
    ("RN", "Rio Grande do Norte"),
    ("RO", "Rondônia"),
    ("RR", "Roraima"),
    ("RS", "Rio Grande do Sul"),
    ("SC", "Santa Catarina"),
    ("SE", "Sergipe"),
    ("SP", "São Paulo"),
    ("TO", "Tocantins"),
];

/// Longest identifier accepted; the published ones have 32.
const MAX_ID_BYTES: usize = 64;

/// Longest free text accepted, a city's name or a category's; the published ones have fewer than 60.
const MAX_TEXT_CODE_POINTS: usize = 200;

/// Largest single amount accepted, in minor units: the limit of an order's total.
const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// A name of something: not empty, no blanks.
pub(super) fn id(text: &str, column: &'static str) -> Result<String, Reason> {
    match text.len() {
        0 => Err(Reason::MissingValue(column)),
        1..=MAX_ID_BYTES if text.bytes().all(|b| b.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => Err(Reason::BadId(column)),
    }
}

/// Free text that must be there, in one line: a line break between words says no more than a blank.
pub(super) fn text(text: &str, column: &'static str) -> Result<String, Reason> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    single_line(&lines.collect::<Vec<_>>().join(" "), MAX_TEXT_CODE_POINTS).map_err(|problem| match problem {
        TextProblem::Blank => Reason::MissingValue(column),
        _ => Reason::BadText(column),
    })
}

/// A federal state's code.
pub(super) fn state(text: &str) -> Result<String, Reason> {
    if FEDERAL_STATES.iter().any(|(code, _)| *code == text) {
        Ok(text.to_owned())
    } else {
        Err(Reason::UnknownState)
    }
}

/// A whole number from zero up.
pub(super) fn whole(text: &str, column: &'static str) -> Result<i64, Reason> {
    if text.is_empty() {
        return Err(Reason::MissingValue(column));
    }
    match digits(text) {
        Some(value) => Ok(value),
        None if text.strip_prefix('-').and_then(digits).is_some() => Err(Reason::NegativeNumber(column)),
        None => Err(Reason::BadNumber(column)),
    }
}

/// An amount with at most two decimals, in minor units. Read digit by digit: a float would lose cents.
pub(super) fn amount(text: &str, column: &'static str) -> Result<i64, Reason> {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (major, minor) = unsigned.split_once('.').unwrap_or((unsigned, "00"));
    let minor = match minor.len() {
        1 => digits(minor).map(|tenths| tenths * 10),
        2 => digits(minor),
        _ => None,
    };
    let value = digits(major)
        .zip(minor)
        .and_then(|(major, minor)| major.checked_mul(100)?.checked_add(minor))
        .filter(|value| *value <= MAX_AMOUNT);
    match value {
        None if text.is_empty() => Err(Reason::MissingValue(column)),
        None => Err(Reason::BadNumber(column)),
        Some(value) if negative && value > 0 => Err(Reason::NegativeNumber(column)),
        Some(value) => Ok(value),
    }
}

/// Digits and nothing else: `parse` alone would take a sign.
fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A time that must be there.
pub(super) fn time(text: &str, column: &'static str) -> Result<NaiveDateTime, Reason> {
    optional_time(text, column)?.ok_or(Reason::MissingValue(column))
}

/// A time that may be missing; missing stays missing.
pub(super) fn optional_time(text: &str, column: &'static str) -> Result<Option<NaiveDateTime>, Reason> {
    const LENGTH: usize = "2017-12-31 23:29:31".len();
    if text.is_empty() {
        return Ok(None);
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .ok()
        // Second 60 is kept as an excess of nanoseconds; no clock of a shop shows it.
        .filter(|time| text.len() == LENGTH && time.nanosecond() == 0)
        .map(Some)
        .ok_or(Reason::BadTime(column))
}
