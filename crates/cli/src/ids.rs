//! Ids for what has one elsewhere: made from the source's key, so that every import of the same record, also
//! from another slice of the data, meets the same id.
//!
//! An order's id holds its time of purchase, like any order's; its low 22 bits are of the SHA-256 of its key. Stores,
//! products and customers have no time in the source: theirs is a tick between 1970 and 2016, taken from the same
//! hash. That is before the first order, so that the two kinds of id cannot meet, and wide enough (52 bits of hash in
//! all) that among 200,000 records a clash is expected once in 200,000 imports. One that happens all the same is
//! refused by the write queue and told, because the two have different external references.

use ordervault_domain::aggregate::Kind;
use ordervault_domain::id::compose;
use ordervault_domain::time::Timestamp;
use sha2::{Digest, Sha256};

const LOW_BITS: u32 = 22;
/// 2016-01-01T00:00:00Z.
const TIMELESS_BEFORE_MILLIS: i64 = 1_451_606_400_000;
/// One tick of ids for times before 2020; see [`compose`].
const TICK_MILLIS: i64 = 1_024;

/// The id for something that happened at `at`; `None` when no id can hold that time.
#[must_use]
pub fn timed(kind: Kind, external_reference: &str, at: Timestamp) -> Option<i64> {
    compose(at, low_bits(hash(kind, external_reference)))
}

/// The id for something without a time.
#[must_use]
pub fn timeless(kind: Kind, external_reference: &str) -> Option<i64> {
    let hash = hash(kind, external_reference);
    // From the first tick on: the tick 0 with low bits 0 is no id.
    let ticks = TIMELESS_BEFORE_MILLIS / TICK_MILLIS - 1;
    let tick = 1 + i64::try_from(hash >> LOW_BITS).ok()? % ticks;
    compose(Timestamp::from_millis(tick * TICK_MILLIS), low_bits(hash))
}

fn low_bits(hash: u64) -> u32 {
    u32::try_from(hash & ((1 << LOW_BITS) - 1)).unwrap_or_default()
}

fn hash(kind: Kind, external_reference: &str) -> u64 {
    let digest = Sha256::digest(format!("{kind} {external_reference}").as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use ordervault_domain::id::time_of;

    use super::*;

    #[test]
    fn ids_are_the_same_in_every_import() {
        let at = "2017-11-24T12:00:00Z".parse().unwrap();
        assert_eq!(timed(Kind::Order, "olist:aa", at), Some(6_191_205_579_349_660));
        assert_eq!(timeless(Kind::Customer, "olist:aa"), Some(3_010_240_659_959_358));
    }

    #[test]
    fn timeless_ids_lie_before_all_orders_and_do_not_meet() {
        let ids: std::collections::HashSet<i64> =
            (0..100_000).map(|key| timeless(Kind::Product, &format!("olist:{key}")).unwrap()).collect();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.iter().all(|id| *id > 0 && time_of(*id).millis() < TIMELESS_BEFORE_MILLIS));
    }

    #[test]
    fn no_id_holds_a_time_after_2089() {
        assert_eq!(timed(Kind::Order, "olist:aa", "2090-01-01T00:00:00Z".parse().unwrap()), None);
    }
}
