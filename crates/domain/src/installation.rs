//! The installation: the shop as a whole, which is one for each database, from its first start on.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr, VariantNames};

use crate::access::Actor;
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Stamp, compared};
use crate::id::{InstallationId, StoreId};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// The epoch of a database in which nothing was ever restored.
pub const FIRST_EPOCH: i64 = 1;

/// The installation as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// The id.
    pub id: InstallationId,
    /// Number of the last history row.
    pub version: i64,
    /// Rises by one whenever older data take the place of newer: what clients remember from an earlier epoch (versions,
    /// cursors) may be of what there is no more.
    pub epoch: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// What can be asked of the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumDiscriminants)]
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
}

/// Decides one command on the installation.
///
/// # Errors
/// When anybody but the operator or the program asks, or there is nothing to restore.
pub fn decide(
    installation: Option<&Installation>,
    actor: &Actor,
    command: InstallationCommand,
) -> Result<Vec<Envelope<InstallationEvent>>, Refusal> {
    if !matches!(actor, Actor::Operator | Actor::System) {
        return Err(Refusal::Forbidden(None));
    }
    let event = match (installation, command) {
        (None, InstallationCommand::Install) => InstallationEvent::Installed {},
        (Some(_), InstallationCommand::Install) => return Ok(vec![]),
        (None, InstallationCommand::Restore { .. }) => return Err(Refusal::NotFound),
        (Some(_), InstallationCommand::Restore { position }) => InstallationEvent::Restored { position },
    };
    Ok(vec![Envelope::of(event)])
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
                created_at: stamp.occurred_at,
                updated_at: stamp.recorded_at,
            },
            (None, _) => return Err(misfit("the installation does not exist yet")),
            (Some(_), InstallationEvent::Installed {}) => {
                return Err(misfit("the installation exists already"));
            }
            (Some(installation), InstallationEvent::Restored { .. }) => {
                Self { epoch: installation.epoch + 1, ..installation }
            }
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
        fields { epoch }
        left_out { id, version, created_at, updated_at }
    }
}
