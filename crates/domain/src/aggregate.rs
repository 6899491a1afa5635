//! What every kind of thing with a history has in common: events are applied to a state, one after another.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use strum::{IntoEnumIterator as _, VariantNames};

use crate::contact::Contact;
use crate::id::StoreId;
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
    /// [`crate::store::Store`]
    Store,
    /// [`crate::product::Product`]
    Product,
    /// [`crate::customer::Customer`]
    Customer,
    /// [`crate::member::Member`]
    Member,
    /// [`crate::order::Order`]
    Order,
}

impl Kind {
    /// The names of the events that such a thing can have in its history.
    #[must_use]
    pub fn events(self) -> &'static [&'static str] {
        match self {
            Self::Store => crate::store::StoreEvent::VARIANTS,
            Self::Product => crate::product::ProductEvent::VARIANTS,
            Self::Customer => crate::customer::CustomerEvent::VARIANTS,
            Self::Member => crate::member::MemberEvent::VARIANTS,
            Self::Order => crate::order::OrderEvent::VARIANTS,
        }
    }

    /// The events that things can have in their histories, of every kind.
    pub fn all_events() -> impl Iterator<Item = &'static str> {
        Self::iter().flat_map(|kind| kind.events().iter().copied())
    }
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
pub trait Aggregate: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static {
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

/// The fields that a kind of thing is compared by, in the order in which changes are told: `FIELDS` and `changes` of its
/// [`Aggregate`]. `name of contact` is the field `name` within `contact`.
macro_rules! compared {
    ($($field:ident $(of $part:ident)?),+ $(,)?) => {
        const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];

        fn changes(&self, before: &Self) -> Vec<$crate::aggregate::Change> {
            let mut changes = Vec::new();
            $(
                let (was, is) = (&before$(.$part)?.$field, &self$(.$part)?.$field);
                if was != is {
                    changes.push($crate::aggregate::Change {
                        field: stringify!($field),
                        before: serde_json::to_value(was).unwrap_or_default(),
                        after: serde_json::to_value(is).unwrap_or_default(),
                    });
                }
            )+
            changes
        }
    };
}
pub(crate) use compared;
