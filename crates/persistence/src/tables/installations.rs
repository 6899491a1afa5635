//! The table `installations`, which has one row.

use ordervault_domain::id::InstallationId;
use ordervault_domain::installation::Installation;
use ordervault_domain::time::Timestamp;

use super::columns::{TableRow as _, table_row};
use super::{LockedRow, Stored};
use crate::bulk::{BulkInsert, BulkUpdate, ColumnType::*};
use crate::error::{DbError, Error};
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    READ: Template = Template::new("SELECT * FROM installations WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM installations WHERE id {in_keys:1} ORDER BY id {lock}");
    ONE: Template = Template::new("SELECT * FROM installations");
    IDS: Template = Template::new("SELECT id FROM installations");
    INSERT: BulkInsert = BulkInsert::new("installations", InstallationRow::COLUMNS);
    UPDATE: BulkUpdate = BulkUpdate::new(
        "installations",
        &[("id", Int), ("version", Int)],
        InstallationRow::COLUMNS.split_at(1).1,
        ""
    );
}

table_row! {
    /// A row of the table.
    pub(crate) struct InstallationRow {
        id: i64,
        version: i64,
        head_hash: String,
        epoch: i64,
        expiries_approved_through: Option<i64>,
        clock_corrected_from: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
}

impl From<InstallationRow> for LockedRow<Installation> {
    fn from(row: InstallationRow) -> Self {
        let state = Installation {
            id: InstallationId::from_i64(row.id),
            version: row.version,
            epoch: row.epoch,
            expiries_approved_through: row.expiries_approved_through.map(Timestamp::from_millis),
            clock_corrected_from: row.clock_corrected_from.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Self { state, head: row.head_hash }
    }
}

impl Stored for Installation {
    type Row = InstallationRow;

    const READ: &'static Template = &READ;
    const LOCK: &'static Template = &LOCK;
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;

    async fn states(_conn: &mut Conn, rows: Vec<Self::Row>) -> Result<Vec<LockedRow<Self>>, Error> {
        Ok(rows.into_iter().map(LockedRow::from).collect())
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn row(&self, head: &str) -> InstallationRow {
        InstallationRow {
            id: self.id.get(),
            version: self.version,
            head_hash: head.to_owned(),
            epoch: self.epoch,
            expiries_approved_through: self.expiries_approved_through.map(Timestamp::millis),
            clock_corrected_from: self.clock_corrected_from.map(Timestamp::millis),
            created_at: self.created_at.millis(),
            updated_at: self.updated_at.millis(),
        }
    }
}

/// The id of the installation, if it was made already.
pub(crate) async fn ids(conn: &mut Conn) -> Result<Vec<i64>, DbError> {
    let rows: Vec<(i64,)> = conn.fetch_all(&IDS.bind(())).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The installation, if it was made already.
///
/// # Errors
/// When the database fails.
pub async fn installation(conn: &mut Conn) -> Result<Option<Installation>, DbError> {
    let row: Option<InstallationRow> = conn.fetch_optional(&ONE.bind(())).await?;
    Ok(row.map(|row| LockedRow::from(row).state))
}
