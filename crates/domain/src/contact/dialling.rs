//! What the numbering plans of the world say of a number (`rlibphonenumber`, a port of libphonenumber).

use std::cell::RefCell;
use std::collections::VecDeque;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};

use crate::country::Country;

/// Fewest digits of a number that is taken for an international one without its `+`, although no such number was given out.
const MIN_UNMARKED_DIGITS: usize = 11;
/// How often a number is read until it stays what it is.
const MAX_READINGS: usize = 4;

/// So many readings are kept in each thread: one order's number is wanted for its possible duplicates, its columns and its words,
/// and reading it takes longer than all the rest of its contact.
const KEPT_READINGS: usize = 64;

thread_local! {
    static READINGS: RefCell<VecDeque<Reading>> = const { RefCell::new(VecDeque::new()) };
}

struct Reading {
    number: String,
    home: Option<Country>,
    dialled: Option<Dialled>,
}

/// A number that some telephone may have.
#[derive(Clone)]
pub(super) struct Dialled(PhoneNumber);

impl Dialled {
    /// Reads an optional `+` and ASCII digits, dialled in this country. `None`: no plan has such numbers, or it is a national
    /// one and nobody knows where.
    pub(super) fn read(number: &str, home: Option<Country>) -> Option<Self> {
        READINGS.with_borrow_mut(|kept| {
            let known = kept.iter().find(|reading| reading.number == number && reading.home == home);
            if let Some(Reading { dialled, .. }) = known {
                return dialled.clone();
            }
            let dialled = Self::read_anew(number, home);
            if kept.len() == KEPT_READINGS {
                kept.pop_front();
            }
            kept.push_back(Reading { number: number.to_owned(), home, dialled: dialled.clone() });
            dialled
        })
    }

    fn read_anew(number: &str, home: Option<Country>) -> Option<Self> {
        let home = home.and_then(region);
        // Both marks of an international number are one.
        let number = if number.starts_with("+00") { &number[1..] } else { number };
        let read = if number.starts_with('+') {
            parsed(number, None)
        } else if let Some(international) = number.strip_prefix("00") {
            // Nearly everywhere; where one dials something else to get abroad, the country's plan knows it.
            parsed(&format!("+{international}"), None).or_else(|| parsed(number, Some(home?)))
        } else {
            national(number, home?)
        }?;
        Some(Self(settled(read)))
    }

    /// `+` and all digits: the same for all spellings.
    pub(super) fn line(&self) -> String {
        line(&self.0)
    }

    /// The digits as they are dialled in its own country.
    pub(super) fn at_home(&self) -> String {
        let spelt = PHONE_NUMBER_UTIL.format(&self.0, PhoneNumberFormat::National);
        spelt.chars().filter(char::is_ascii_digit).collect()
    }

    /// The digits behind the country code.
    pub(super) fn national(&self) -> String {
        rlibphonenumber::get_national_significant_number_owned(&self.0)
    }

    /// Another number, dialled in the country of this one: where several have one code, in the greatest.
    pub(super) fn neighbour(&self, number: &str) -> Option<Self> {
        let region = PHONE_NUMBER_UTIL.get_region_for_country_code(self.0.country_code)?;
        national(number, region).map(settled).map(Self)
    }
}

/// A number without a mark of an international one. One that the country has given out comes first, then one that has only
/// lost its `+`.
fn national(number: &str, home: Region) -> Option<PhoneNumber> {
    let international = || parsed(&format!("+{number}"), None);
    let at_home = parsed(number, Some(home));
    let has_lost_plus = number.len() >= MIN_UNMARKED_DIGITS && !number.starts_with('0');
    let given_out = at_home.clone().filter(is_given_out).or_else(|| international().filter(is_given_out));
    given_out.or_else(|| international().filter(|_| has_lost_plus)).or(at_home)
}

/// Has its country given the number out?
fn is_given_out(read: &PhoneNumber) -> bool {
    PHONE_NUMBER_UTIL.is_valid_number(read)
}

/// A number of a length that its country has.
fn parsed(number: &str, region: Option<Region>) -> Option<PhoneNumber> {
    let read = PHONE_NUMBER_UTIL.parse(number, region).ok()?;
    PHONE_NUMBER_UTIL.is_possible_number_with_reason(&read).is_ok().then_some(read)
}

/// The number as its own line is read: one that was never given out may lose a digit more.
fn settled(read: PhoneNumber) -> PhoneNumber {
    if is_given_out(&read) {
        return read;
    }
    let again = |read: &PhoneNumber| parsed(&line(read), None).filter(|again| line(again) != line(read));
    (0..MAX_READINGS).try_fold(read, |read, _| again(&read).ok_or(read)).unwrap_or_else(|settled| settled)
}

fn line(read: &PhoneNumber) -> String {
    PHONE_NUMBER_UTIL.format(read, PhoneNumberFormat::E164).into_owned()
}

fn region(country: Country) -> Option<Region> {
    Region::try_from(country.code()).ok()
}
