//! The names of the events that each kind of thing can have in its history.

use strum::{IntoEnumIterator as _, VariantNames as _};

use crate::aggregate::Kind;
use crate::customer::CustomerEvent;
use crate::installation::InstallationEvent;
use crate::member::MemberEvent;
use crate::order::OrderEvent;
use crate::product::ProductEvent;
use crate::store::StoreEvent;

impl Kind {
    /// The names of the events that such a thing can have in its history.
    #[must_use]
    pub fn events(self) -> &'static [&'static str] {
        match self {
            Self::Store => StoreEvent::VARIANTS,
            Self::Product => ProductEvent::VARIANTS,
            Self::Customer => CustomerEvent::VARIANTS,
            Self::Member => MemberEvent::VARIANTS,
            Self::Order => OrderEvent::VARIANTS,
            Self::Installation => InstallationEvent::VARIANTS,
        }
    }

    /// The events that things can have in their histories, of every kind.
    pub fn all_events() -> impl Iterator<Item = &'static str> {
        Self::iter().flat_map(|kind| kind.events().iter().copied())
    }
}
