//! Points in time and the time zones of stores. Nobody here asks the clock: "now" is always an argument.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone as _, Utc,
};
use chrono_tz::{GapInfo, Tz};
use thiserror::Error;

use crate::serde_text::serde_as_text;

const MILLIS_PER_MINUTE: i64 = 60_000;
/// An hour.
pub const HOUR_MILLIS: i64 = 60 * MILLIS_PER_MINUTE;
/// A day of 24 hours, whatever a clock on a wall shows.
pub const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// A point in time: UTC milliseconds since the Unix epoch, always within [`Timestamp::MIN`]..=[`Timestamp::MAX`],
/// so that every value can be written, read back and computed with.
///
/// Its text, in JSON too, is RFC 3339 with exactly three decimals and `Z`: `2026-01-31T08:05:09.120Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z.
    pub const MIN: Timestamp = Timestamp(0);
    /// 9999-12-31T23:59:59.999Z, the last instant RFC 3339 can write.
    pub const MAX: Timestamp = Timestamp(253_402_300_799_999);

    /// The instant so many milliseconds after the Unix epoch; what lies outside MIN..=MAX becomes the nearer end.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with an offset (`Z` or `+08:00`). Digits below the millisecond are cut off.
    ///
    /// # Errors
    /// [`TimeError::Malformed`] for any other text (also without offset, or with a space for the `T`),
    /// [`TimeError::OutOfRange`] for a time before 1970 or after 9999 in UTC.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        // chrono also takes a space for the `T`, and a Unicode minus.
        if !text.is_ascii() || !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
            return Err(TimeError::Malformed);
        }
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| TimeError::Malformed)?;
        let millis = time.timestamp_millis();
        let clamped = Self::from_millis(millis);
        if clamped.0 == millis { Ok(clamped) } else { Err(TimeError::OutOfRange) }
    }

    /// The instant so many milliseconds later (earlier if negative), at most MAX and at least MIN.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// The instant so many minutes later, at most MAX.
    #[must_use]
    pub fn plus_minutes(self, minutes: u32) -> Self {
        self.plus_millis(i64::from(minutes) * MILLIS_PER_MINUTE)
    }

    /// The instant so many days of 24 hours later (earlier if negative), at most MAX and at least MIN.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(DAY_MILLIS))
    }

    /// The beginning of its minute.
    #[must_use]
    pub const fn floor_to_minute(self) -> Self {
        Self(self.0 - self.0 % MILLIS_PER_MINUTE)
    }

    /// Itself if a minute begins then, else the beginning of the next one; of the last minute before MAX: its own beginning.
    #[must_use]
    pub const fn ceil_to_minute(self) -> Self {
        self.plus_millis(MILLIS_PER_MINUTE - 1).floor_to_minute()
    }

    /// The later of the two.
    #[must_use]
    pub fn later_of(self, other: Self) -> Self {
        self.max(other)
    }

    fn utc(self) -> DateTime<Utc> {
        // Never the default: chrono's years reach far beyond MIN..=MAX.
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text)
    }
}

serde_as_text!(Timestamp, "time");

/// Why a text is no [`Timestamp`] or no [`TimeZone`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum TimeError {
    /// Not RFC 3339 with an offset.
    #[error("not a time in RFC 3339 with an offset, like 2026-01-31T08:05:09.120Z")]
    Malformed,
    /// Before 1970 or after 9999.
    #[error("the time must lie in the years 1970 to 9999")]
    OutOfRange,
    /// Not in the IANA time zone database.
    #[error("not the name of an IANA time zone, like America/Sao_Paulo")]
    UnknownTimeZone,
}

/// A time zone by its exact IANA name (`Asia/Taipei`); its rules are compiled in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TimeZone(Tz);

impl TimeZone {
    /// The one in which times are told where no store is at hand.
    pub const UTC: Self = Self(Tz::UTC);

    /// The instant at which clocks in this zone show `local`: the earlier one when they show it twice, the first
    /// instant after the gap when they skip it.
    #[must_use]
    pub fn local_to_utc(self, local: NaiveDateTime) -> Timestamp {
        let (MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _)) = self.resolve(local)
        else {
            return millis_of(&local.and_utc());
        };
        millis_of(&instant)
    }

    /// The day that it is in this zone: `2026-01-31`.
    #[must_use]
    pub fn day(self, at: Timestamp) -> String {
        self.local_date(at).to_string()
    }

    /// What clocks in this zone show: RFC 3339 with three decimals and their offset, `2026-01-31T16:05:09.120+08:00`.
    #[must_use]
    pub fn rfc3339(self, at: Timestamp) -> String {
        at.utc().with_timezone(&self.0).to_rfc3339_opts(SecondsFormat::Millis, false)
    }

    /// The same as people write it: `2026-01-31 16:05:09`.
    #[must_use]
    pub fn clock_time(self, at: Timestamp) -> String {
        at.utc().with_timezone(&self.0).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The first instant of the local day that contains `at`.
    #[must_use]
    pub fn day_start(self, at: Timestamp) -> Timestamp {
        self.local_to_utc(midnight(self.local_date(at)))
    }

    /// The first instant after `at` at which a later local day begins.
    #[must_use]
    pub fn next_day_start(self, at: Timestamp) -> Timestamp {
        let tomorrow = self.local_date(at).checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        match self.resolve(midnight(tomorrow)) {
            // Where clocks go back across midnight, `at` may lie between the two midnights.
            MappedLocalTime::Ambiguous(first, second) if millis_of(&first) <= at => millis_of(&second),
            _ => self.local_to_utc(midnight(tomorrow)),
        }
    }

    /// `None` only for a gap without an end, which the time zone database does not have.
    fn resolve(self, local: NaiveDateTime) -> MappedLocalTime<DateTime<Tz>> {
        match self.0.from_local_datetime(&local) {
            MappedLocalTime::None => match GapInfo::new(&local, &self.0).and_then(|gap| gap.end) {
                Some(end) => MappedLocalTime::Single(end),
                None => MappedLocalTime::None,
            },
            found => found,
        }
    }

    fn local_date(self, at: Timestamp) -> NaiveDate {
        at.utc().with_timezone(&self.0).date_naive()
    }
}

fn midnight(date: NaiveDate) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

fn millis_of<Z: chrono::TimeZone>(instant: &DateTime<Z>) -> Timestamp {
    Timestamp::from_millis(instant.timestamp_millis())
}

impl FromStr for TimeZone {
    type Err = TimeError;

    fn from_str(name: &str) -> Result<Self, TimeError> {
        name.parse().map(Self).map_err(|_| TimeError::UnknownTimeZone)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

serde_as_text!(TimeZone, "time zone");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        name.parse().unwrap()
    }

    #[test]
    fn reads_rfc_3339_and_writes_three_decimals() {
        for (text, written) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("2026-01-31T08:05:09.12Z", "2026-01-31T08:05:09.120Z"),
            ("2026-01-31t08:05:09.1239999z", "2026-01-31T08:05:09.123Z"),
            ("2026-01-31T08:05:09+08:00", "2026-01-31T00:05:09.000Z"),
            ("1969-12-31T23:30:00-03:00", "1970-01-01T02:30:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(at(text).to_string(), written);
        }
    }

    #[test]
    fn clocks_of_a_zone_show_its_time() {
        for (text, name, exact, shown) in [
            (
                "2026-01-31T16:05:09.120Z",
                "Asia/Taipei",
                "2026-02-01T00:05:09.120+08:00",
                "2026-02-01 00:05:09",
            ),
            (
                "2026-07-01T00:00:00.000Z",
                "America/Sao_Paulo",
                "2026-06-30T21:00:00.000-03:00",
                "2026-06-30 21:00:00",
            ),
            ("2026-01-31T08:05:09.000Z", "UTC", "2026-01-31T08:05:09.000+00:00", "2026-01-31 08:05:09"),
        ] {
            let (at, zone) = (at(text), zone(name));
            assert_eq!((zone.rfc3339(at).as_str(), zone.clock_time(at).as_str()), (exact, shown));
            assert_eq!(Timestamp::parse(&zone.rfc3339(at)), Ok(at));
        }
    }

    #[test]
    fn minutes_begin_and_end() {
        for (text, floor, ceil) in [
            ("2026-01-31T08:05:00.000Z", "2026-01-31T08:05:00.000Z", "2026-01-31T08:05:00.000Z"),
            ("2026-01-31T08:05:00.001Z", "2026-01-31T08:05:00.000Z", "2026-01-31T08:06:00.000Z"),
            ("2026-01-31T08:05:59.999Z", "2026-01-31T08:05:00.000Z", "2026-01-31T08:06:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:00.000Z", "9999-12-31T23:59:00.000Z"),
        ] {
            assert_eq!(
                (at(text).floor_to_minute(), at(text).ceil_to_minute()),
                (at(floor), at(ceil)),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "2026-01-31",
            "2026-01-31T08:05:09",
            "2026-01-31 08:05:09Z",
            "2026-01-31T08:05Z",
            "2026-02-30T08:05:09Z",
            "2026-01-31T25:05:09Z",
            "2026-01-31T08:05:09 08:00",
            "2026-01-31T08:05:09+0800",
            "2026-01-31T08:05:09\u{2212}03:00",
            " 2026-01-31T08:05:09Z",
            "2026-01-31T08:05:09Z\n",
            "1769846709120",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimeError::Malformed), "{text:?}");
        }
        for text in ["1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse(text), Err(TimeError::OutOfRange), "{text:?}");
        }
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(at("2026-01-31T23:59:59.999Z").plus_millis(1), at("2026-02-01T00:00:00Z"));
        assert_eq!(Timestamp::MAX.plus_millis(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.plus_millis(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::from_millis(-1), Timestamp::MIN);
        assert_eq!(Timestamp::MIN.later_of(Timestamp::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.later_of(Timestamp::MIN), Timestamp::MAX);
    }

    #[test]
    fn json_is_the_text() {
        let json = serde_json::to_string(&at("2026-01-31T08:05:09Z")).unwrap();
        assert_eq!(json, r#""2026-01-31T08:05:09.000Z""#);
        assert!(serde_json::from_str::<Timestamp>("1769846709120").is_err());
        assert_eq!(serde_json::from_str::<TimeZone>(r#""Asia/Tokyo""#).unwrap(), zone("Asia/Tokyo"));
        assert_eq!(serde_json::to_string(&zone("Asia/Tokyo")).unwrap(), r#""Asia/Tokyo""#);
    }

    #[test]
    fn zones_are_known_by_their_exact_name() {
        for name in ["Mars/Olympus", "asia/taipei", "Asia/Taipei ", "+08:00", ""] {
            assert_eq!(name.parse::<TimeZone>(), Err(TimeError::UnknownTimeZone), "{name:?}");
        }
    }

    #[test]
    fn local_times_that_come_twice_or_never() {
        for (name, local, utc) in [
            ("Asia/Taipei", "2026-01-31T08:00:00", "2026-01-31T00:00:00Z"),
            // Berlin shows 02:30 twice on the last Sunday of October, and skips it on that of March.
            ("Europe/Berlin", "2025-10-26T02:30:00", "2025-10-26T00:30:00Z"),
            ("Europe/Berlin", "2025-03-30T02:30:00", "2025-03-30T01:00:00Z"),
            // São Paulo skipped midnight in spring until 2018.
            ("America/Sao_Paulo", "2017-10-15T00:00:00", "2017-10-15T03:00:00Z"),
            // Samoa had no 30 December 2011.
            ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(zone(name).local_to_utc(local.parse().unwrap()), at(utc), "{name} {local}");
        }
    }

    #[test]
    fn days_begin_and_end_where_the_clocks_say() {
        for (name, now, start, next) in [
            ("UTC", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("Asia/Taipei", "2026-01-31T15:59:59.999Z", "2026-01-30T16:00:00Z", "2026-01-31T16:00:00Z"),
            // 23 hours from 01:00 on.
            ("America/Sao_Paulo", "2017-10-15T12:00:00Z", "2017-10-15T03:00:00Z", "2017-10-16T02:00:00Z"),
            ("Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
            // St. John's went back from 00:01 to 23:01: this is 23:30 of the 28th for the second time.
            ("America/St_Johns", "2006-10-29T03:00:00Z", "2006-10-28T02:30:00Z", "2006-10-29T03:30:00Z"),
        ] {
            assert_eq!(zone(name).day_start(at(now)), at(start), "{name} {now}");
            assert_eq!(zone(name).next_day_start(at(now)), at(next), "{name} {now}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trip(millis in 0..=Timestamp::MAX.millis()) {
            let time = Timestamp::from_millis(millis);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn every_instant_lies_in_its_day(
            zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]).prop_map(TimeZone),
            millis in 0..=4_000_000_000_000_i64,
        ) {
            let now = Timestamp::from_millis(millis);
            let (start, next) = (zone.day_start(now), zone.next_day_start(now));
            prop_assert!(start <= now && now < next);
            prop_assert_eq!(zone.local_date(start), zone.local_date(now));
            prop_assert!(next.millis() - start.millis() <= 49 * 3_600_000);
            prop_assert_eq!(zone.to_string().parse(), Ok(zone));
        }
    }
}
