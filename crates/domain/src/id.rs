//! Typed ids: one positive `i64` per thing, whose upper bits are the time at which it was made.
//!
//! To add a kind, add a line to `typed_ids!` and its name to `prefixed_from_str!` below.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::number;
use crate::serde_text::serde_as_text;
use crate::time::Timestamp;

pub use crate::number::IdError;

/// 2020-01-01T00:00:00Z in milliseconds since the Unix epoch: where the time in an id starts to count.
pub const ID_EPOCH_MILLIS: i64 = 1_577_836_800_000;

/// From 2020-02-15T00:00:00Z on an id holds its time to the millisecond; see [`compose`].
const EXACT_FROM_MILLIS: i64 = 1_581_724_800_000;

/// One tick of the time in ids made for times before [`EXACT_FROM_MILLIS`].
const COARSE_TICK_MILLIS: i64 = 1024;

const LOW_BITS: u32 = 22;
const LOW_MASK: u32 = (1 << LOW_BITS) - 1;
/// Half of the low range, so that ids which start at random find room to count up.
const START_MASK: u32 = LOW_MASK >> 1;
/// Where ids count up from one that others count up from, too, they take steps of up to so many at random.
const STEP_MASK: u32 = 0xfff;
const TICK_BITS: u32 = 41;

/// The id for a time and 22 low bits: 41 bits of time above them, so that ids sort by time.
///
/// Times from 2020-02-15 on are milliseconds since [`ID_EPOCH_MILLIS`]. Imported orders are older than that, and an id
/// must be positive: times from 1970 to 2020-02-15 are counted in ticks of 1024 ms since 1970 instead. Those are at
/// most 1,544,653,125 ticks, the exact times start at 3,888,000,000, so the two ranges cannot meet and ids sort by time
/// across both.
///
/// `None` when the time needs more than 41 bits (from September 2089 on), `low` more than 22, or the id would be 0.
#[must_use]
pub fn compose(at: Timestamp, low: u32) -> Option<i64> {
    let ticks = if at.millis() < EXACT_FROM_MILLIS {
        at.millis() / COARSE_TICK_MILLIS
    } else {
        at.millis() - ID_EPOCH_MILLIS
    };
    let id = (ticks << LOW_BITS) | i64::from(low);
    (ticks >> TICK_BITS == 0 && low <= LOW_MASK && id > 0).then_some(id)
}

/// The time that [`compose`] put into an id; for times before 2020-02-15 rounded down to 1024 ms.
#[must_use]
pub fn time_of(id: i64) -> Timestamp {
    let ticks = ticks_of(id);
    let exact = ticks.saturating_add(ID_EPOCH_MILLIS);
    Timestamp::from_millis(if exact < EXACT_FROM_MILLIS { ticks * COARSE_TICK_MILLIS } else { exact })
}

const fn ticks_of(id: i64) -> i64 {
    id >> LOW_BITS
}

/// Makes ids for what happens now: random where a tick begins, then counting up, always greater than the one before.
#[derive(Clone, Default, Debug)]
pub struct IdSequence {
    last: i64,
}

impl IdSequence {
    /// Goes on above this id, if it was made for a time that is to come.
    pub fn overtake(&mut self, id: i64, now: Timestamp) {
        if time_of(id) > now {
            self.last = self.last.max(id);
        }
    }

    /// The next id. Only the low 21 bits of `random` count. In the tick of the last id that is counted up, over the end of the
    /// tick if need be. When `now` is earlier (a clock was ahead, or is set back), other processes may be at the same id, and
    /// it is counted up in random steps.
    pub fn next(&mut self, now: Timestamp, random: u32) -> i64 {
        self.last = match compose(now, random & START_MASK) {
            Some(start) if ticks_of(start) > ticks_of(self.last) => start,
            Some(start) if ticks_of(start) < ticks_of(self.last) => {
                self.last.saturating_add(1 + i64::from(random & STEP_MASK))
            }
            _ => self.last.saturating_add(1),
        };
        self.last
    }
}

/// Defines a typed id for each line: doc comment, name, prefix of its text.
macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(i64);

        impl $name {
            /// What the text of such an id starts with.
            pub const PREFIX: &'static str = $prefix;

            /// The id with this value, which must be positive to be readable from its text.
            #[must_use]
            pub const fn from_i64(id: i64) -> Self {
                Self(id)
            }

            /// The value, as stored.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Self::PREFIX)?;
                write_symbols(f, &number::encode13(self.0))
            }
        }

        serde_as_text!($name, concat!("id ", $prefix));
    )*};
}

/// Reads the prefixed text of ids, in any case.
macro_rules! prefixed_from_str {
    ($($name:ident)*) => {$(
        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let (prefix, symbols) =
                    text.as_bytes().split_at_checked(Self::PREFIX.len()).ok_or(IdError::Malformed)?;
                if !prefix.eq_ignore_ascii_case(Self::PREFIX.as_bytes()) {
                    return Err(IdError::Malformed);
                }
                number::decode(symbols).map(Self)
            }
        }
    )*};
}

typed_ids! {
    /// An order; its text without prefix is also the number that people read out.
    OrderId "";
    /// A customer of the deployment.
    CustomerId "cus_";
    /// A store.
    StoreId "sto_";
    /// A product of a store.
    ProductId "prd_";
    /// A member of the staff.
    MemberId "mem_";
    /// A login.
    SessionId "ses_";
    /// A bulk run over many orders.
    BatchId "bat_";
    /// The shop as a whole.
    InstallationId "ins_";
}

prefixed_from_str! { CustomerId StoreId ProductId MemberId SessionId BatchId InstallationId }

/// Fewest symbols of an order number's beginning that can be searched for.
pub const MIN_NUMBER_SYMBOLS: usize = 4;

/// Where the groups 4-4-4-2 of an order number end in its ungrouped text.
const GROUP_ENDS: [usize; 3] = [4, 8, 12];

impl OrderId {
    /// The order number as people read it: `0AZX-81KC-9QWF-7M`.
    #[must_use]
    pub fn number(self) -> String {
        let mut number = self.to_string();
        for end in GROUP_ENDS.into_iter().rev() {
            number.insert(end, '-');
        }
        number
    }

    /// The number for strangers' eyes: three stars and the last four symbols.
    #[must_use]
    pub fn masked_number(self) -> String {
        let number = self.to_string();
        format!("***{}", &number[number.len() - 4..])
    }

    /// The last four symbols of the number as a number to base 32.
    #[must_use]
    pub fn tail(self) -> i64 {
        number::tail(self.0)
    }

    /// The orders whose number is this one, begins or ends so, in any spelling; [`MIN_NUMBER_SYMBOLS`] or more.
    ///
    /// # Errors
    /// [`IdError::Mistyped`] when a whole number does not fit its check symbol, [`IdError::Malformed`] when no number begins or
    /// ends so.
    pub fn search(text: &str) -> Result<NumberSearch, IdError> {
        let part = number::part(text);
        match number::read(text) {
            Ok(id) => return Ok(NumberSearch::Whole(Self(id))),
            Err(IdError::Mistyped) if part.len() >= number::SYMBOL_COUNT => return Err(IdError::Mistyped),
            Err(_) => {}
        }
        let begins = number::beginning_with(&part).filter(|_| part.len() >= MIN_NUMBER_SYMBOLS);
        let begins = begins.map(|values| Self(*values.start())..=Self(*values.end()));
        match (begins, NumberEnding::new(&part)) {
            (None, None) => Err(IdError::Malformed),
            (begins, ends) => Ok(NumberSearch::Part { begins, ends }),
        }
    }

    /// The orders that somebody may mean who types this among other words: one number, or the end of one, which has a digit.
    #[must_use]
    pub fn search_among_words(text: &str) -> Option<NumberSearch> {
        match Self::search(text).ok()? {
            whole @ NumberSearch::Whole(_) => Some(whole),
            NumberSearch::Part { ends, .. } => {
                let is_one_word =
                    text.split_whitespace().count() == 1 && text.contains(|c: char| c.is_numeric());
                ends.filter(|_| is_one_word).map(|ends| NumberSearch::Part { begins: None, ends: Some(ends) })
            }
        }
    }
}

/// What is asked of an order's number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NumberSearch {
    /// It is this one.
    Whole(OrderId),
    /// It begins or ends so.
    Part {
        /// The numbers that begin so, if there can be any.
        begins: Option<RangeInclusive<OrderId>>,
        /// What all have in common that end so.
        ends: Option<NumberEnding>,
    },
}

impl NumberSearch {
    /// Is it one of these?
    #[must_use]
    pub fn finds(&self, order: OrderId) -> bool {
        match self {
            Self::Whole(id) => *id == order,
            Self::Part { begins, ends } => {
                begins.as_ref().is_some_and(|numbers| numbers.contains(&order))
                    || ends.is_some_and(|ends| ends.finds(order))
            }
        }
    }
}

/// The last symbols of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberEnding {
    /// [`OrderId::tail`].
    pub tail: i64,
    /// The bits of the id that are known besides, the lowest.
    pub mask: i64,
    /// What they are.
    pub bits: i64,
}

impl NumberEnding {
    fn new(symbols: &[u8]) -> Option<Self> {
        let (tail, known, bits) = number::ending_with(symbols)?;
        Some(Self { tail, mask: (1 << known) - 1, bits })
    }

    fn finds(self, order: OrderId) -> bool {
        order.tail() == self.tail && order.get() & self.mask == self.bits
    }
}

impl FromStr for OrderId {
    type Err = IdError;

    /// Reads the number however it is spelled, with whatever comes along when it is copied.
    fn from_str(text: &str) -> Result<Self, IdError> {
        number::read(text).map(Self)
    }
}

fn write_symbols(f: &mut fmt::Formatter<'_>, symbols: &[u8]) -> fmt::Result {
    symbols.iter().try_for_each(|symbol| fmt::Write::write_char(f, char::from(*symbol)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn ids_sort_by_time_and_never_meet() {
        let low_max = LOW_MASK;
        let times = [
            "1970-01-01T00:00:00Z",
            "2016-09-04T21:15:19Z",
            "2019-12-31T23:59:59.999Z",
            "2020-01-01T00:00:02Z",
            "2020-02-14T23:59:59.999Z",
            "2020-02-15T00:00:00Z",
            "2020-02-15T00:00:00.001Z",
            "2026-01-31T08:05:09.120Z",
            "2089-09-06T15:47:35.551Z",
        ];
        for pair in times.windows(2) {
            assert!(compose(at(pair[0]), low_max).unwrap() < compose(at(pair[1]), 0).unwrap(), "{pair:?}");
        }
        assert_eq!(compose(at("2089-09-06T15:47:35.551Z"), low_max), Some(i64::MAX));
        assert_eq!(compose(at("2089-09-06T15:47:35.552Z"), 0), None);
        assert_eq!(compose(Timestamp::MAX, 0), None);
        assert_eq!(compose(Timestamp::MIN, 0), None);
        assert_eq!(compose(at("2026-01-31T08:05:09Z"), low_max + 1), None);
        assert_eq!(Timestamp::from_millis(ID_EPOCH_MILLIS), at("2020-01-01T00:00:00Z"));
        assert_eq!(Timestamp::from_millis(EXACT_FROM_MILLIS), at("2020-02-15T00:00:00Z"));
    }

    #[test]
    fn texts_of_every_kind() {
        let symbols = String::from_utf8(number::encode13(0x0123_4567_89AB_CDEF).to_vec()).unwrap();
        let order = OrderId::from_i64(0x0123_4567_89AB_CDEF);
        assert_eq!(order.to_string(), symbols);
        let grouped = [&symbols[..4], &symbols[4..8], &symbols[8..12], &symbols[12..]].join("-");
        assert_eq!(order.number(), grouped);
        for text in [symbols.clone(), symbols.to_lowercase(), grouped.clone(), grouped.to_lowercase()] {
            assert_eq!(text.parse(), Ok(order), "{text}");
        }
        let product = ProductId::from_i64(order.get());
        assert_eq!(product.to_string(), format!("prd_{symbols}"));
        assert_eq!(format!("PRD_{}", symbols.to_lowercase()).parse(), Ok(product));
        assert_eq!(serde_json::to_string(&product).unwrap(), format!("\"prd_{symbols}\""));
        assert_eq!(serde_json::from_str::<ProductId>(&format!("\"prd_{symbols}\"")).unwrap(), product);
        assert!(serde_json::from_str::<ProductId>("81985529216486895").is_err());
    }

    #[test]
    fn texts_of_another_shape_are_malformed() {
        let number = OrderId::from_i64(7).number();
        for text in [
            String::new(),
            "1".into(),
            number.replace('-', "0"),
            "é".repeat(7),
            CustomerId::from_i64(7).to_string(),
        ] {
            assert_eq!(text.parse::<OrderId>(), Err(IdError::Malformed), "{text:?}");
        }
        let customer = CustomerId::from_i64(7).to_string();
        for text in
            ["cus_", "cu", "cusé", &customer[4..], &customer.replace('c', "s"), &customer.replace('_', "-")]
        {
            assert_eq!(text.parse::<CustomerId>(), Err(IdError::Malformed), "{text:?}");
        }
        assert_eq!(customer.parse::<StoreId>(), Err(IdError::Malformed));
    }

    #[test]
    fn only_positive_numbers_are_ids() {
        for id in [0, -1, i64::MIN] {
            let text = OrderId::from_i64(id).to_string();
            assert_eq!(text.parse::<OrderId>(), Err(IdError::Malformed), "{id}");
        }
    }

    #[test]
    fn a_slip_is_told_apart() {
        let number = OrderId::from_i64(7).number();
        assert_eq!(format!("1{}", &number[1..]).parse::<OrderId>(), Err(IdError::Mistyped));
        let member = MemberId::from_i64(7).to_string();
        assert_eq!(member.replacen('0', "1", 1).parse::<MemberId>(), Err(IdError::Mistyped));
    }

    #[test]
    fn parts_of_order_numbers() {
        let order = OrderId::from_i64(804_000_000_123_456_789);
        let number = order.number();
        let spaced = format!(" {} ", number.replace('-', " "));
        for text in
            [number.clone(), number.replace('-', ""), number.to_lowercase(), spaced, format!(" {number}")]
        {
            assert_eq!(OrderId::search(&text), Ok(NumberSearch::Whole(order)), "{text}");
            assert_eq!(OrderId::search_among_words(&text), Some(NumberSearch::Whole(order)), "{text}");
            assert_eq!(text.parse(), Ok(order), "{text}");
        }
        let symbols = order.to_string();
        for length in [4, 5, 9, 13] {
            for part in [&symbols[..length], &symbols[symbols.len() - length..]] {
                let found = OrderId::search(&format!("No. {part}")).unwrap();
                assert!(found.finds(order) && !found.finds(OrderId::from_i64(1)), "{part}");
            }
        }
        assert_eq!(OrderId::search(&format!("1{}", &number[1..])), Err(IdError::Mistyped));
        for text in ["", "0PA", "-0-P-A-", "0PA%", "U123", &format!("{number}0"), &"0".repeat(10_000)] {
            assert_eq!(OrderId::search(text), Err(IdError::Malformed), "{text}");
        }
        let ending = &number[number.len() - 7..];
        assert!(OrderId::search_among_words(ending).is_some_and(|found| found.finds(order)));
        for words in ["mate", "tea 2024", "x", "ESPRESSO"] {
            assert_eq!(OrderId::search_among_words(words), None, "{words}");
        }
    }

    #[test]
    fn a_sequence_starts_at_random_and_counts_up() {
        let now = at("2026-01-31T08:05:09.120Z");
        let mut ids = IdSequence::default();
        let first = ids.next(now, u32::MAX);
        assert_eq!(Some(first), compose(now, START_MASK));
        assert_eq!(ids.next(now, 5), first + 1);
        assert_eq!(
            ids.next(now.plus_millis(-60_000), 5),
            first + 1 + 6,
            "others may count up from there, too"
        );
        assert_eq!(Some(ids.next(now.plus_millis(1), 5)), compose(now.plus_millis(1), 5));
        // Beyond the range of ids there is nothing better than the next one.
        let last = ids.next(now.plus_millis(1), 5);
        assert_eq!(ids.next(Timestamp::MAX, 5), last + 1);
        ids.overtake(last - 1, now);
        assert_eq!(ids.next(Timestamp::MAX, 5), last + 2);
        let ahead = compose(now.plus_millis(60_000), 7).unwrap();
        ids.overtake(ahead, now.plus_millis(60_000));
        assert_eq!(ids.next(Timestamp::MAX, 5), last + 3, "others make ids of this time, too");
        ids.overtake(ahead, now.plus_millis(2));
        assert_eq!(ids.next(now.plus_millis(2), 5), ahead + 6);
    }

    proptest! {
        #[test]
        fn time_is_found_in_the_id(millis in 0..ID_EPOCH_MILLIS + (1 << TICK_BITS), low in 1..=LOW_MASK) {
            let time = Timestamp::from_millis(millis);
            let id = compose(time, low).unwrap();
            let lost = time.millis() - time_of(id).millis();
            let tick = if millis < EXACT_FROM_MILLIS { COARSE_TICK_MILLIS } else { 1 };
            prop_assert!((0..tick).contains(&lost));
        }

        #[test]
        fn a_sequence_never_repeats(calls in prop::collection::vec((0..2_000_000_000_000_i64, any::<u32>()), 1..50)) {
            let mut ids = IdSequence::default();
            let made: Vec<i64> =
                calls.iter().map(|(millis, random)| ids.next(Timestamp::from_millis(*millis), *random)).collect();
            prop_assert!(made[0] > 0);
            prop_assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn texts_round_trip(id in 1..=i64::MAX) {
            prop_assert_eq!(OrderId::from_i64(id).to_string().parse(), Ok(OrderId::from_i64(id)));
            prop_assert_eq!(OrderId::from_i64(id).number().parse(), Ok(OrderId::from_i64(id)));
            prop_assert_eq!(SessionId::from_i64(id).to_string().parse(), Ok(SessionId::from_i64(id)));
        }
    }
}
