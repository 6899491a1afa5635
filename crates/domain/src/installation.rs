//! The installation: the shop as a whole, which is one for each database, from its first start on.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr, VariantNames};

use crate::access::{Actor, Permission, StoreScope};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Personal, Stamp, compared};
use crate::id::{InstallationId, StoreId};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// The epoch of a database in which nothing was ever restored.
pub const FIRST_EPOCH: i64 = 1;

/// So many orders may expire at once unasked, whatever share of all they are.
pub const MAX_UNASKED_EXPIRIES: i64 = 20;
/// So may one in so many of the open orders.
pub const OPEN_ORDERS_FOR_UNASKED_EXPIRY: i64 = 10;

/// Do so many expiries at once, in a shop with so many open orders, wait until a person has approved them?
#[must_use]
pub const fn expiries_wait(due: i64, open: i64) -> bool {
    due > MAX_UNASKED_EXPIRIES && due * OPEN_ORDERS_FOR_UNASKED_EXPIRY > open
}

/// The installation as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// The id.
    pub id: InstallationId,
    /// Number of the last history row.
    pub version: i64,
    /// Rises by one whenever older data take the place of newer, or rows are made anew from their histories: what clients
    /// remember from an earlier epoch (versions, cursors) may be of what there is no more, or never was.
    pub epoch: i64,
    /// Orders that were due to expire by then may, however many they are.
    pub expiries_approved_through: Option<Timestamp>,
    /// The newest time that anything had when its clock was last found to have been ahead.
    pub clock_corrected_from: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// What can be asked of the installation.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(
    name(InstallationCommandKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`InstallationCommand`], named like it."
)]
pub enum InstallationCommand {
    /// Make it.
    Install,
    /// Begin a new epoch: the database is a copy of what it was at this position of its outbox.
    Restore {
        /// The last position that is there.
        position: i64,
    },
    /// Begin a new epoch: rows were not what their histories make of them, and are made anew.
    Repair,
    /// Let orders expire, however many they are.
    ApproveExpiries {
        /// Those that were due to by then; what is due later was not seen yet.
        through: Timestamp,
        /// Why, in the member's own words.
        comment: String,
    },
    /// Go on at the time that the clock shows, although there are records of a later one: the clock was ahead.
    CorrectClock,
}

/// What a decision looks at besides the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionContext {
    /// What the clock shows.
    pub now: Timestamp,
    /// The time of the newest record.
    pub newest: Timestamp,
}

/// What can have happened to the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(InstallationEventKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`InstallationEvent`], named like it."
)]
pub enum InstallationEvent {
    /// It was made.
    Installed {},
    /// The database was brought back to this position; a new epoch began.
    Restored {
        /// The last position that was there.
        position: i64,
    },
    /// Rows were made anew from their histories; a new epoch began.
    Repaired {},
    /// A person let orders expire.
    ExpiriesApproved {
        /// Those that were due to by then.
        through: Timestamp,
    },
    /// The clock had been ahead: times go on at an earlier one.
    ClockCorrected {
        /// The time of the newest record before.
        from: Timestamp,
        /// The time of this one.
        to: Timestamp,
    },
}

impl InstallationCommandKind {
    /// The permissions of which each opens this kind of command to staff of all stores; none: it is not theirs.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::ApproveExpiries => &[Permission::ExpiriesApprove],
            Self::Install | Self::Restore | Self::Repair | Self::CorrectClock => &[],
        }
    }
}

/// Decides one command on the installation.
///
/// # Errors
/// When the actor may not, or there is no installation yet.
pub fn decide(
    installation: Option<&Installation>,
    actor: &Actor,
    command: &InstallationCommand,
    DecisionContext { now, newest }: DecisionContext,
) -> Result<Vec<Envelope<InstallationEvent>>, Refusal> {
    authorize(actor, command.into())?;
    let envelope = match (installation, command) {
        (None, InstallationCommand::Install) => Envelope::of(InstallationEvent::Installed {}),
        (Some(_), InstallationCommand::Install) => return Ok(vec![]),
        (None, _) => return Err(Refusal::NotFound),
        (Some(_), InstallationCommand::Restore { position }) => {
            Envelope::of(InstallationEvent::Restored { position: *position })
        }
        (Some(_), InstallationCommand::Repair) => Envelope::of(InstallationEvent::Repaired {}),
        (Some(installation), InstallationCommand::ApproveExpiries { through, comment }) => {
            // Nobody has seen what is due later than now.
            let through = (*through).min(now);
            if installation.expiries_approved(now).is_some_and(|approved| approved >= through) {
                return Ok(vec![]);
            }
            let personal = Personal { comment: Some(comment.clone()), ..Personal::default() };
            Envelope::of(InstallationEvent::ExpiriesApproved { through }).with(personal)
        }
        // The clock is as it should be.
        (Some(_), InstallationCommand::CorrectClock) if newest <= now => return Ok(vec![]),
        (Some(_), InstallationCommand::CorrectClock) => {
            Envelope::of(InstallationEvent::ClockCorrected { from: newest, to: now })
        }
    };
    Ok(vec![envelope])
}

/// It is of no store, so only those who look after all of them have a say.
fn authorize(actor: &Actor, kind: InstallationCommandKind) -> Result<(), Refusal> {
    match actor {
        Actor::Operator | Actor::System => Ok(()),
        Actor::Member(_) if !actor.may_any(kind.permissions()) => Err(Refusal::lacking(kind.permissions())),
        Actor::Member(_) if actor.stores() == StoreScope::All => Ok(()),
        _ => Err(Refusal::Forbidden(None)),
    }
}

impl Installation {
    /// Through which time expiries are approved; a time to come was approved by a clock that was ahead, and counts for nothing.
    #[must_use]
    pub fn expiries_approved(&self, now: Timestamp) -> Option<Timestamp> {
        self.expiries_approved_through.filter(|through| *through <= now)
    }
}

impl Aggregate for Installation {
    const KIND: Kind = Kind::Installation;
    type Event = InstallationEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<InstallationEvent>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent> {
        let misfit = |why| Inconsistent { seq: stamp.seq, why };
        let mut installation = match (state, &envelope.event) {
            (None, InstallationEvent::Installed {}) => Self {
                id: InstallationId::from_i64(id),
                version: 0,
                epoch: FIRST_EPOCH,
                expiries_approved_through: None,
                clock_corrected_from: None,
                created_at: stamp.occurred_at,
                updated_at: stamp.recorded_at,
            },
            (None, _) => return Err(misfit("the installation does not exist yet")),
            (Some(_), InstallationEvent::Installed {}) => {
                return Err(misfit("the installation exists already"));
            }
            (Some(installation), InstallationEvent::Restored { .. } | InstallationEvent::Repaired {}) => {
                Self { epoch: installation.epoch + 1, ..installation }
            }
            (Some(installation), InstallationEvent::ExpiriesApproved { through }) => {
                Self { expiries_approved_through: Some(*through), ..installation }
            }
            (Some(_), InstallationEvent::ClockCorrected { from, to }) if from <= to => {
                return Err(misfit("a correction of the clock leads to an earlier time"));
            }
            (Some(installation), InstallationEvent::ClockCorrected { from, to }) => Self {
                // What was approved at a time to come was not.
                expiries_approved_through: installation.expiries_approved(*to),
                clock_corrected_from: Some(*from),
                ..installation
            },
        };
        if stamp.seq != installation.version + 1 {
            return Err(misfit("the number of the event leaves a gap"));
        }
        installation.version = stamp.seq;
        installation.updated_at = stamp.recorded_at;
        Ok(installation)
    }

    fn raw_id(&self) -> i64 {
        self.id.get()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn store_id(&self) -> Option<StoreId> {
        None
    }

    compared! {
        fields { epoch, expiries_approved_through, clock_corrected_from }
        left_out { id, version, created_at, updated_at }
    }
}
