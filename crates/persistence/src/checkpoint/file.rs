//! One checkpoint, as its file says it.

use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::seal::{Key, KeyRing};

/// What the file says it is.
const FORMAT: &str = "ordervault-checkpoint";
/// The version of the format.
const VERSION: u32 = 1;

/// Whether a checkpoint goes on from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CheckpointKind {
    /// It does.
    Regular,
    /// The database was restored: what former checkpoints tell beyond this one's position has been given up.
    Restored,
}

/// What the database was at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    format: String,
    version: u32,
    /// 1 for the first one in its folder.
    pub number: u64,
    /// Whether it goes on from the one before.
    pub kind: CheckpointKind,
    /// The installation that it tells of; empty before there is one.
    pub installation: String,
    /// How many times, the first included, the installation began to tell a history of its own.
    pub epoch: i64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// How many events there were, which is the position of the last one.
    pub position: i64,
    /// A hash over the hashes of them all, in the order of their positions.
    root: String,
    /// Number and checksum of every migration.
    pub migrations: Vec<(i64, String)>,
    /// The seal of the checkpoint before; empty in the first.
    pub previous: String,
    /// The name of the key.
    pub key_id: String,
    /// Over everything else.
    pub seal: String,
}

/// The events up to a position in one hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// The position.
    pub position: i64,
    /// Each event goes on from the hash before: SHA-256, in hexadecimal; empty before the first.
    pub hash: String,
}

impl Root {
    /// With the next event. A position that is not the next one makes it another root.
    pub(crate) fn add(&mut self, position: i64, hash: &str) {
        let mut hasher = Sha256::new();
        hasher.update(self.hash.as_bytes());
        hasher.update(position.to_be_bytes());
        hasher.update(hash.as_bytes());
        *self = Self { position, hash: hex::encode(hasher.finalize()) };
    }
}

impl Checkpoint {
    /// The first one, of nothing and not yet sealed.
    pub(super) fn blank(kind: CheckpointKind, taken_at: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            number: 1,
            kind,
            installation: String::new(),
            epoch: 0,
            taken_at,
            position: 0,
            root: String::new(),
            migrations: vec![],
            previous: String::new(),
            key_id: String::new(),
            seal: String::new(),
        }
    }

    /// The same, behind another one.
    pub(super) fn after(self, before: &Self) -> Self {
        Self { number: before.number + 1, previous: before.seal.clone(), ..self }
    }

    /// The same, telling of these events.
    pub(super) fn of(self, root: Root) -> Self {
        Self { position: root.position, root: root.hash, ..self }
    }

    /// From the text of its file. `None`: it is no checkpoint.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let checkpoint: Self = serde_json::from_slice(text).ok()?;
        (checkpoint.format == FORMAT && checkpoint.version == VERSION).then_some(checkpoint)
    }

    pub(super) fn sealed(mut self, key: &Key) -> Self {
        key.id().clone_into(&mut self.key_id);
        self.seal = self.seal_under(key);
        self
    }

    /// Is it what was sealed? `None`: its key is not here.
    #[must_use]
    pub fn is_sealed(&self, keys: &KeyRing) -> Option<bool> {
        keys.find(&self.key_id).map(|key| self.seal_under(key) == self.seal)
    }

    /// The events that it tells of.
    pub(crate) fn root(&self) -> Root {
        Root { position: self.position, hash: self.root.clone() }
    }

    /// Is there nothing new in it?
    pub(super) fn says_what(&self, other: &Self) -> bool {
        let what = |of: &Self| (of.root(), of.migrations.clone(), of.epoch);
        what(self) == what(other)
    }

    fn seal_under(&self, key: &Key) -> String {
        let mut seal = key.seal("checkpoint");
        seal.int(self.version.into())
            .text(&self.number.to_string())
            .text(self.kind.into())
            .text(&self.installation)
            .int(self.epoch)
            .int(self.taken_at.millis())
            .int(self.position)
            .text(&self.root)
            .int(i64::try_from(self.migrations.len()).unwrap_or(i64::MAX));
        for (version, checksum) in &self.migrations {
            seal.int(*version).text(checksum);
        }
        seal.text(&self.previous);
        seal.finish()
    }
}
