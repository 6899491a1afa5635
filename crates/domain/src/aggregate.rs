//! What every kind of thing with a history has in common: events are applied to a state, one after another.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use strum::VariantNames;

use crate::contact::Contact;
use crate::id::StoreId;
use crate::language::Language;
use crate::parcel::Parcel;
use crate::time::Timestamp;

/// The kinds of thing that have a history.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::EnumIter,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// A store.
    Store,
    /// A product.
    Product,
    /// A customer.
    Customer,
    /// A member.
    Member,
    /// An order.
    Order,
    /// The shop as a whole.
    Installation,
}

/// One thing that happened: the event, and the personal values that belong to it.
///
/// They are apart because the event is kept for ever and hashed, while personal values may have to be erased: the
/// history holds only a salted commitment to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope<F> {
    /// What happened, without a word about a person.
    pub event: F,
    /// Who and where; each field `None` when the event does not touch it.
    pub personal: Personal,
    /// When it happened, where that differs from when it is recorded (imports).
    pub occurred_at: Option<Timestamp>,
}

impl<F> Envelope<F> {
    /// A event without personal values.
    pub fn of(event: F) -> Self {
        Self { event, personal: Personal::default(), occurred_at: None }
    }

    /// The same with personal values beside it.
    #[must_use]
    pub fn with(mut self, personal: Personal) -> Self {
        self.personal = personal;
        self
    }

    /// The same at another time than that of recording.
    #[must_use]
    pub fn at(mut self, occurred_at: Timestamp) -> Self {
        self.occurred_at = Some(occurred_at);
        self
    }
}

/// Values about persons, and free text, which may hold such.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Personal {
    /// The whole contact after the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The customer's note after the event; empty when it was taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the actor said about the act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The language that the customer reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// All parcels of the fulfillment that the event is about, after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parcels: Option<Vec<Parcel>>,
}

impl Personal {
    /// Is there nothing to keep?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where in its history an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// 1 for the first event, without gaps; becomes the state's version.
    pub seq: i64,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A history that cannot be: an event that does not fit the state before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} does not fit the state before it: {why}")]
pub struct Inconsistent {
    /// The event's place in the history.
    pub seq: i64,
    /// What does not fit.
    pub why: &'static str,
}

/// A kind of thing whose state is the fold of its history.
pub trait Aggregate:
    Clone + PartialEq + std::fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Its kind.
    const KIND: Kind;
    /// What may happen to it. The names of the variants are those of the events.
    type Event: Serialize + DeserializeOwned + VariantNames + Clone + std::fmt::Debug + Send;
    /// The fields that [`Aggregate::changes`] compares.
    const FIELDS: &'static [&'static str];

    /// The state after one more event.
    ///
    /// # Errors
    /// When the event cannot follow the state; the writer never makes such an event, `verify` looks for them.
    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<Self::Event>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent>;

    /// The id as a bare number, unique over all kinds.
    fn raw_id(&self) -> i64;
    /// Number of the last history row.
    fn version(&self) -> i64;
    /// The store that it belongs to, if it belongs to one.
    fn store_id(&self) -> Option<StoreId>;
    /// Field by field what differs from `before`, in a fixed order, without version and time of update.
    fn changes(&self, before: &Self) -> Vec<Change>;

    /// Are the personal values of all events up to this one to be cleared? The fold without them leads to the same state.
    #[must_use]
    fn erases(_event: &Self::Event) -> bool {
        false
    }

    /// The same with nothing in it that is decided elsewhere than in its own history.
    #[must_use]
    fn own(self) -> Self {
        self
    }
}

/// One changed field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The field's name as the API knows it.
    pub field: &'static str,
    /// Its value before, `null` if there was none.
    pub before: serde_json::Value,
    /// Its value after, `null` if there is none.
    pub after: serde_json::Value,
}

impl Change {
    /// `None`: the two are the same.
    pub(crate) fn between<T: PartialEq + Serialize>(
        field: &'static str,
        before: &T,
        after: &T,
    ) -> Option<Self> {
        (before != after).then(|| Self {
            field,
            before: serde_json::to_value(before).unwrap_or_default(),
            after: serde_json::to_value(after).unwrap_or_default(),
        })
    }
}

/// `FIELDS` and `changes` of an [`Aggregate`]: the fields that it is compared by, in the order in which changes are told.
/// Those that are left out are named too, so that the compiler asks about a new one. A part, like `name of contact`, is
/// told by its own name; what it is a part of stands among those left out. `status of stage through parts` is what `stage.parts()`
/// calls so.
macro_rules! compared {
    (
        $(parts { $($part:ident of $whole:ident $(through $getter:ident)?),+ $(,)? })?
        fields { $($field:ident),+ $(,)? }
        left_out { $($left_out:ident),+ $(,)? }
    ) => {
        const FIELDS: &'static [&'static str] = &[$($(stringify!($part),)+)? $(stringify!($field)),+];

        fn changes(&self, before: &Self) -> Vec<$crate::aggregate::Change> {
            let Self { $($field: _,)+ $($left_out: _),+ } = self;
            [
                $($($crate::aggregate::Change::between(
                    stringify!($part),
                    &before.$whole$(.$getter())?.$part,
                    &self.$whole$(.$getter())?.$part,
                ),)+)?
                $($crate::aggregate::Change::between(stringify!($field), &before.$field, &self.$field)),+
            ]
            .into_iter()
            .flatten()
            .collect()
        }
    };
}
pub(crate) use compared;
