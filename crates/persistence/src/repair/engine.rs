//! What SQLite's own check finds: indexes can be made anew, pages of tables cannot.

use std::collections::BTreeSet;

use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::error::RepairError;
use super::words;
use crate::db::Db;
use crate::statement::{Template, statements};
use crate::verify::resource::Verified as _;
use crate::verify::words::Searched as _;
use crate::verify::{Code, Report, integrity};

/// How the check tells of indexes; their names follow.
const OF_INDEXES: [&str; 3] =
    ["missing from index ", "wrong # of entries in index ", "non-unique entry in index "];
/// How it tells of indexes of words, in small letters.
const OF_WORDS: &str = "fts5";
/// How it tells of values that a row may not have: rows are looked at one by one.
const OF_ROWS: [&str; 2] = ["CHECK constraint failed in ", " value in "];

statements! {
    REINDEX: Template = Template::forked("REINDEX", "SELECT 1");
}

/// What is damaged that can be made anew.
#[derive(Debug, Default)]
pub(super) struct Damaged {
    /// Indexes, by name.
    pub indexes: BTreeSet<String>,
    /// Indexes of words, by table.
    pub words: BTreeSet<&'static str>,
}

impl Damaged {
    /// Asks SQLite. PostgreSQL says what it cannot read when it reads it.
    ///
    /// # Errors
    /// When pages of tables are damaged.
    pub(super) async fn find(db: &Db) -> Result<Self, RepairError> {
        let mut damaged = Self::default();
        for (table, indexed) in [
            (Order::WORDS, Order::indexed(db).await),
            (Product::WORDS, Product::indexed(db).await),
            (Customer::WORDS, Customer::indexed(db).await),
        ] {
            match indexed {
                Err(error) if error.is_of_the_rows() => drop(damaged.words.insert(table)),
                indexed => drop(indexed?),
            }
        }
        let mut report = Report::default();
        match integrity(&mut db.read().await?, i64::MAX, &mut report).await {
            // It looks at the words, too.
            Err(error) if error.is_of_the_rows() && !damaged.words.is_empty() => {}
            outcome => outcome?,
        }
        for finding in report.findings.iter().filter(|finding| finding.code == Code::EngineDamage) {
            damaged.sort(&finding.detail)?;
        }
        Ok(damaged)
    }

    fn sort(&mut self, line: &str) -> Result<(), RepairError> {
        let index = OF_INDEXES.iter().find_map(|words| line.split_once(words));
        if let Some((_, index)) = index {
            self.indexes.insert(index.to_owned());
        } else if let Some(table) = [Order::WORDS, Product::WORDS, Customer::WORDS]
            .into_iter()
            .find(|table| line.to_lowercase().contains(OF_WORDS) && line.contains(table))
        {
            self.words.insert(table);
        } else if !OF_ROWS.iter().any(|words| line.contains(words)) {
            return Err(RepairError::Unreadable(line.to_owned()));
        }
        Ok(())
    }

    /// Makes indexes anew, and empties those of words, which are filled in the end.
    ///
    /// # Errors
    /// When the database fails, or they are damaged still.
    pub(super) async fn mend(&self, db: &Db) -> Result<(), RepairError> {
        for table in &self.words {
            let mut tx = db.begin().await?;
            words::empty(&mut tx, table).await?;
            tx.commit().await.map_err(|error| error.into_inner())?;
        }
        if !self.indexes.is_empty() {
            let mut tx = db.begin().await?;
            tx.execute(&REINDEX.bind(())).await?;
            tx.commit().await.map_err(|error| error.into_inner())?;
        }
        let after = Self::find(db).await?;
        match after.indexes.into_iter().next().or_else(|| after.words.into_iter().next().map(str::to_owned)) {
            Some(index) => Err(RepairError::Unreadable(format!("the index {index} is damaged still"))),
            None => Ok(()),
        }
    }
}
