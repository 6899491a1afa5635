//! The text of an id: 13 symbols of Crockford's base 32 and one check symbol.
//!
//! The check symbol makes Σ aᵢ·gⁱ = 0 over GF(32), where aᵢ is the symbol i places from the right and g = x is a
//! generator of GF(32) = GF(2)\[x\] / (x⁵ + x² + 1), a primitive polynomial. The powers of g are different for all
//! 14 places, so every single wrong symbol and every swap of two different symbols breaks the sum. Adding is XOR.

use std::ops::RangeInclusive;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::text::{digit, is_invisible};

/// Symbols in the text of an id, the check symbol included.
pub(crate) const SYMBOL_COUNT: usize = 14;

/// Crockford's base 32: no I, L, O, U. <https://www.crockford.com/base32.html>
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Fewest symbols of a number's end that can be searched for; an index has them.
pub(crate) const TAIL_SYMBOLS: usize = 4;

/// What is longer is no number with something around it.
const MAX_INPUT_BYTES: usize = 200;

/// What people write in front of a number.
const LABELS: [&str; 9] = ["NO", "NR", "NUM", "NUMBER", "NUMMER", "ORDER", "BESTELLUNG", "PEDIDO", "N"];

/// x⁵ + x² + 1.
const POLYNOMIAL: u8 = 0b10_0101;

/// Why a text is no id of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
pub enum IdError {
    /// Not the shape of an id of this kind, or no positive number of 63 bits.
    #[error("not an id of this kind")]
    Malformed,
    /// The right shape, but the check symbol says that a symbol is wrong or two are swapped.
    #[error("the number is mistyped: its check symbol does not fit")]
    Mistyped,
}

/// Writes the 13 symbols of `id`, highest first, and their check symbol; all ASCII.
#[must_use]
pub(crate) fn encode13(id: i64) -> [u8; SYMBOL_COUNT] {
    let mut rest = id.cast_unsigned();
    let mut values = [0; SYMBOL_COUNT];
    for value in values[..SYMBOL_COUNT - 1].iter_mut().rev() {
        *value = low_symbol(rest);
        rest >>= 5;
    }
    values[SYMBOL_COUNT - 1] = weighted_sum(&values);
    values.map(|value| ALPHABET[usize::from(value)])
}

/// Reads 14 symbols, in any case, with O read as 0 and I and L as 1.
///
/// # Errors
/// [`IdError::Mistyped`] when the symbols do not fit their check symbol, [`IdError::Malformed`] for another number of
/// symbols, a foreign symbol, or a value that is no positive `i64`.
pub(crate) fn decode(text: &[u8]) -> Result<i64, IdError> {
    let symbols: &[u8; SYMBOL_COUNT] = text.try_into().map_err(|_| IdError::Malformed)?;
    let mut values = [0; SYMBOL_COUNT];
    for (value, symbol) in values.iter_mut().zip(symbols) {
        *value = value_of(*symbol).ok_or(IdError::Malformed)?;
    }
    if weighted_sum(&values) != 0 {
        return Err(IdError::Mistyped);
    }
    let id = values[..SYMBOL_COUNT - 1].iter().fold(0_u128, |id, value| (id << 5) | u128::from(*value));
    i64::try_from(id).ok().filter(|id| *id > 0).ok_or(IdError::Malformed)
}

/// Reads 14 symbols with whatever comes along when they are copied: full-width characters, blanks and dashes of all kinds between
/// them, words and signs around them.
///
/// # Errors
/// As [`decode`].
pub(crate) fn read(text: &str) -> Result<i64, IdError> {
    if text.len() == SYMBOL_COUNT
        && let Ok(id) = decode(text.as_bytes())
    {
        return Ok(id);
    }
    let groups = groups(text);
    let mut problem = None;
    for first in 0..groups.len() {
        let mut symbols: Vec<u8> = vec![];
        let mut rest = groups[first..].iter();
        while symbols.len() < SYMBOL_COUNT
            && let Some(group) = rest.next()
        {
            symbols.extend(group);
        }
        match decode(&symbols) {
            Ok(id) => return Ok(id),
            Err(IdError::Mistyped) => problem = Some(IdError::Mistyped),
            Err(IdError::Malformed) => {}
        }
    }
    Err(problem.unwrap_or(IdError::Malformed))
}

/// The ASCII letters and digits of a text, cut where something else stands between them. Behind `_` are ids of other kinds.
fn groups(text: &str) -> Vec<Vec<u8>> {
    if text.len() > MAX_INPUT_BYTES {
        return vec![];
    }
    let shown = text.chars().filter(|c| !is_invisible(*c)).nfkc();
    let plain: String = shown.map(|c| digit(c).unwrap_or(c)).collect();
    let groups =
        plain.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|group| !group.is_empty());
    groups.map(|group| group.to_ascii_uppercase().into_bytes()).collect()
}

/// The symbols of a part of a number, without a word for what it is in front.
pub(crate) fn part(text: &str) -> Vec<u8> {
    let groups = groups(text);
    let is_label = |group: &[u8]| LABELS.iter().any(|label| label.as_bytes() == group);
    match groups.as_slice() {
        [label, symbols @ ..] if !symbols.is_empty() && is_label(label) => symbols.concat(),
        symbols => symbols.concat(),
    }
}

/// The last symbols of a value as a number to base 32.
#[must_use]
pub(crate) fn tail(id: i64) -> i64 {
    let symbols = encode13(id);
    symbols[SYMBOL_COUNT - TAIL_SYMBOLS..].iter().filter_map(|symbol| value_of(*symbol)).fold(0, append)
}

/// Of values whose text ends with these symbols, at least [`TAIL_SYMBOLS`] and not all: [`tail`], how many of their lowest bits are
/// known, and these bits. `None` for another number of symbols or a foreign symbol.
#[must_use]
pub(crate) fn ending_with(symbols: &[u8]) -> Option<(i64, u32, i64)> {
    let values: Option<Vec<u8>> = symbols.iter().map(|symbol| value_of(*symbol)).collect();
    let values = values.filter(|values| (TAIL_SYMBOLS..SYMBOL_COUNT).contains(&values.len()))?;
    let (_, before_check) = values.split_last()?;
    let tail = values[values.len() - TAIL_SYMBOLS..].iter().copied().fold(0, append);
    let bits = u32::try_from(5 * before_check.len()).ok()?;
    Some((tail, bits, before_check.iter().copied().fold(0, append)))
}

fn append(number: i64, value: u8) -> i64 {
    (number << 5) | i64::from(value)
}

/// The values whose text begins with these symbols: at least one, at most the 13 before the check symbol. `None` for
/// another number of symbols, a foreign symbol, or when no positive `i64` begins so.
#[must_use]
pub(crate) fn beginning_with(symbols: &[u8]) -> Option<RangeInclusive<i64>> {
    let missing = (SYMBOL_COUNT - 1).checked_sub(symbols.len()).filter(|_| !symbols.is_empty())?;
    let mut first = 0_u128;
    for symbol in symbols {
        first = (first << 5) | u128::from(value_of(*symbol)?);
    }
    first <<= 5 * missing;
    let last = i64::try_from(first | ((1 << (5 * missing)) - 1)).ok()?;
    Some(i64::try_from(first).ok()?.max(1)..=last).filter(|values| !values.is_empty())
}

fn low_symbol(bits: u64) -> u8 {
    bits.to_le_bytes()[0] & 31
}

/// Σ aᵢ·gⁱ by Horner's rule.
fn weighted_sum(values: &[u8; SYMBOL_COUNT]) -> u8 {
    values.iter().fold(0, |sum, value| times_g(sum) ^ value)
}

fn times_g(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
}

fn value_of(symbol: u8) -> Option<u8> {
    let folded = match symbol.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    (0..).zip(ALPHABET).find_map(|(value, known)| (*known == folded).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_texts() {
        for (id, text) in [
            (1, b"00000000000012"),
            (31, b"000000000000ZV"),
            (32, b"00000000000104"),
            (804_000_000_123_456_789, b"0PA31QP3CBK8NX"),
            (i64::MAX, b"7ZZZZZZZZZZZZ6"),
        ] {
            assert_eq!(&encode13(id), text);
        }
    }

    #[test]
    fn beginnings_of_nothing() {
        for symbols in [&b""[..], b"U", b"8", b"0000000000000", b"00000000000001"] {
            assert_eq!(beginning_with(symbols), None, "{symbols:?}");
        }
        assert_eq!(beginning_with(b"0000000000001"), Some(1..=1));
        assert_eq!(beginning_with(b"7"), Some(7 << 60..=i64::MAX));
    }

    #[test]
    fn g_generates_the_whole_field() {
        let powers: std::collections::BTreeSet<u8> =
            std::iter::successors(Some(1), |power| Some(times_g(*power))).take(31).collect();
        assert_eq!(powers.len(), 31);
        assert!(!powers.contains(&0));
    }

    proptest! {
        #[test]
        fn round_trip_and_order(a in 1..=i64::MAX, b in 1..=i64::MAX) {
            prop_assert_eq!(decode(&encode13(a)), Ok(a));
            prop_assert_eq!(encode13(a)[..13].cmp(&encode13(b)[..13]), a.cmp(&b));
        }

        #[test]
        fn case_and_look_alikes_are_folded(id in 1..=i64::MAX, look_alike in prop::sample::select(&b"oOiIlL"[..])) {
            let text = encode13(id);
            prop_assert_eq!(decode(&text.map(|symbol| symbol.to_ascii_lowercase())), Ok(id));
            let meant = if look_alike.eq_ignore_ascii_case(&b'o') { b'0' } else { b'1' };
            prop_assert_eq!(decode(&text.map(|symbol| if symbol == meant { look_alike } else { symbol })), Ok(id));
        }

        #[test]
        fn a_beginning_is_that_of_its_values_alone(id in 1..=i64::MAX, other in 1..=i64::MAX, length in 1..=13_usize) {
            let begins_so = |value: i64| encode13(value)[..length] == encode13(id)[..length];
            let values = beginning_with(&encode13(id)[..length]).unwrap();
            prop_assert!(values.contains(&id));
            prop_assert_eq!(values.contains(&other), begins_so(other));
            prop_assert!(begins_so(*values.start()) && begins_so(*values.end()));
        }

        #[test]
        fn an_ending_is_that_of_its_values_alone(id in 1..=i64::MAX, other in 1..=i64::MAX, length in 4..=13_usize) {
            let start = SYMBOL_COUNT - length;
            let (found, bits, low) = ending_with(&encode13(id)[start..]).unwrap();
            prop_assert_eq!(found, tail(id));
            let ends_so = |value: i64| tail(value) == found && value & ((1 << bits) - 1) == low;
            prop_assert!(ends_so(id));
            prop_assert_eq!(ends_so(other), encode13(other)[start..] == encode13(id)[start..]);
        }

        #[test]
        fn what_comes_along_is_no_part_of_it(
            id in 1..=i64::MAX, label in "|#|№ |No\\. |Nr |Order #|訂單編號：|＃",
            between in "[ \\-‐–—−－ー./\u{A0}\u{3000}\u{200B}\u{AD}]{0,3}", end in "[ \t\r\n.,;)。」]{0,3}|, sent",
        ) {
            let symbols = String::from_utf8(encode13(id).to_vec()).unwrap();
            let grouped = [&symbols[..4], &symbols[4..8], &symbols[8..12], &symbols[12..]].join(&between);
            for text in [grouped.clone(), grouped.to_lowercase()] {
                prop_assert_eq!(read(&format!("{label}{text}{end}")), Ok(id));
                prop_assert_eq!(part(&format!("{label}{text}")), symbols.as_bytes());
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), marks in "\\PC{0,40}") {
            for text in [text, marks] {
                let _ = (read(&text), ending_with(&part(&text)), beginning_with(&part(&text)));
            }
        }

        #[test]
        fn every_wrong_symbol_is_found(id in 1..=i64::MAX) {
            let right = encode13(id);
            for place in 0..SYMBOL_COUNT {
                for symbol in ALPHABET.iter().filter(|symbol| **symbol != right[place]) {
                    let mut wrong = right;
                    wrong[place] = *symbol;
                    prop_assert_eq!(decode(&wrong), Err(IdError::Mistyped));
                }
            }
        }

        #[test]
        fn every_swap_is_found(id in 1..=i64::MAX) {
            let right = encode13(id);
            for i in 0..SYMBOL_COUNT {
                for j in (i + 1..SYMBOL_COUNT).filter(|j| right[*j] != right[i]) {
                    let mut wrong = right;
                    wrong.swap(i, j);
                    prop_assert_eq!(decode(&wrong), Err(IdError::Mistyped));
                }
            }
        }

        #[test]
        fn other_texts_are_malformed(text in "[^0-9A-Za-z]{14}|[0-9A-TV-Z]{0,13}|[0-9A-TV-Z]{15}|[0-9]{7}U[0-9]{6}") {
            prop_assert_eq!(decode(text.as_bytes()), Err(IdError::Malformed));
        }
    }
}
