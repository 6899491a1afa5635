//! What is in a backup.

use std::collections::BTreeMap;

use ordervault_domain::id::InstallationId;
use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::BackupError;
use crate::checkpoint::root;
use crate::db::Db;
use crate::error::DbError;
use crate::migrate;
use crate::statement::{Template, statements};
use crate::tables::installations::installation;

/// The version of the manifest.
const FORMAT: u32 = 1;

statements! {
    COUNTS: Template = Template::new(
        "SELECT 'stores' AS name, COUNT(*) AS rows FROM stores UNION ALL SELECT 'products', COUNT(*) FROM products
         UNION ALL SELECT 'customers', COUNT(*) FROM customers UNION ALL SELECT 'members', COUNT(*) FROM members
         UNION ALL SELECT 'orders', COUNT(*) FROM orders UNION ALL SELECT 'events', COUNT(*) FROM history"
    );
}

/// The program that makes a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    /// Its version.
    pub program: &'static str,
    /// Names the keys of its secret file, which is not in the backup and has to be there when it is restored.
    pub key: String,
}

/// What is in a backup, as the file beside it tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the manifest.
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The schema of the database.
    pub schema: i64,
    /// When it was begun.
    pub made_at: Timestamp,
    /// Of which installation.
    pub installation: InstallationId,
    /// In which epoch of it.
    pub epoch: i64,
    /// The last position of the outbox.
    pub position: i64,
    /// All events in one hash, as a checkpoint has it.
    pub root: String,
    /// Rows, by table.
    pub rows: BTreeMap<String, u64>,
    /// Names the keys of the secret file that belongs to it.
    pub key: String,
    /// Size of the copy.
    pub bytes: u64,
    /// Checksum of the copy.
    pub sha256: String,
}

impl Manifest {
    /// Reads a copy that nobody writes to.
    pub(super) async fn of(
        copy: &Db,
        maker: &Maker,
        made_at: Timestamp,
        (bytes, sha256): (u64, String),
    ) -> Result<Self, BackupError> {
        let schema = migrate::status(copy).await?.applied;
        let mut conn = copy.read().await?;
        let installation = installation(&mut conn).await?.ok_or_else(nothing_there)?;
        let root = root(&mut conn, i64::MAX).await?;
        let counts: Vec<(String, i64)> = conn.fetch_all(&COUNTS.bind(())).await?;
        Ok(Self {
            format: FORMAT,
            program: maker.program.to_owned(),
            schema,
            made_at,
            installation: installation.id,
            epoch: installation.epoch,
            position: root.position,
            root: root.hash,
            rows: counts.into_iter().map(|(name, count)| (name, count.unsigned_abs())).collect(),
            key: maker.key.clone(),
            bytes,
            sha256,
        })
    }

    /// The name of a backup of then: sorted by it, backups are sorted by time.
    pub(super) fn name(made_at: Timestamp) -> String {
        let time: String = made_at.to_string().chars().filter(|symbol| !"-:.".contains(*symbol)).collect();
        format!("ordervault-{time}")
    }

    /// Of a form that this program knows?
    pub(super) fn is_known(&self) -> bool {
        self.format == FORMAT
    }
}

fn nothing_there() -> DbError {
    DbError::Unusable("nothing was ever written into this database: there is nothing to back up".to_owned())
}
