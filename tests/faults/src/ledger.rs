//! What clients meant to do and what they were told, on a disk that no fault touches.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::sync::Mutex;

use tempfile::TempDir;
use tokio::sync::watch;

/// The number of one intent, counted from 1.
pub type Number = u64;

/// What a client means to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Place an order; its note bears the number of the intent.
    Place,
    /// Confirm the order that an earlier intent placed, as it was at its first version.
    Confirm {
        /// Who placed it.
        placed: Number,
        /// Its id.
        order: String,
    },
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing, or nothing certain.
    Unknown,
    /// A whole 2xx answer: it happened, and the order has this id and version.
    Done {
        /// Empty if the answer names none.
        order: String,
        /// 0 if the answer names none.
        version: i64,
    },
    /// It did not happen, and will not.
    Refused,
}

/// The ledger: an intent is on the disk before it is sent, an answer before anybody acts on it.
pub struct Ledger {
    _folder: TempDir,
    book: Mutex<Book>,
    counts: watch::Sender<Counts>,
}

/// How many answers of each kind there were.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    done: u64,
    refused: u64,
    unknown: u64,
}

struct Book {
    file: File,
    entries: BTreeMap<Number, (Intent, Told)>,
}

impl Ledger {
    /// A new one in the temporary folder of this machine.
    pub fn open() -> std::io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("ordervault-ledger-").tempdir()?;
        let file = File::create(folder.path().join("ledger"))?;
        let book = Mutex::new(Book { file, entries: BTreeMap::new() });
        Ok(Self { _folder: folder, book, counts: watch::Sender::default() })
    }

    /// Notes what is about to be sent.
    pub fn intend(&self, intent: Intent) -> std::io::Result<Number> {
        let mut book = self.book();
        let number = book.entries.len() as Number + 1;
        book.write(&format!("intent {number} {intent:?}"))?;
        book.entries.insert(number, (intent, Told::Unknown));
        Ok(number)
    }

    /// Notes what was answered. A later answer to the same intent takes the place of an uncertain one.
    pub fn note(&self, number: Number, told: Told) -> std::io::Result<()> {
        let mut book = self.book();
        book.write(&format!("told {number} {told:?}"))?;
        self.counts.send_modify(|counts| match told {
            Told::Done { .. } => counts.done += 1,
            Told::Refused => counts.refused += 1,
            Told::Unknown => counts.unknown += 1,
        });
        if let Some(entry) = book.entries.get_mut(&number) {
            entry.1 = told;
        }
        Ok(())
    }

    /// Waits until so many more were done.
    pub async fn more_done(&self, more: u64) {
        self.wait(more, |counts| counts.done).await;
    }

    /// Waits until so many more were refused.
    pub async fn more_refused(&self, more: u64) {
        self.wait(more, |counts| counts.refused).await;
    }

    /// Waits until so many more were answered or given up.
    pub async fn more(&self, more: u64) {
        self.wait(more, |counts| counts.done + counts.refused + counts.unknown).await;
    }

    async fn wait(&self, more: u64, of: impl Fn(&Counts) -> u64) {
        let mut counts = self.counts.subscribe();
        let goal = of(&counts.borrow()) + more;
        // The sender lives as long as the ledger.
        let _ = counts.wait_for(|counts| of(counts) >= goal).await;
    }

    /// Everything that was noted.
    pub fn entries(&self) -> BTreeMap<Number, (Intent, Told)> {
        self.book().entries.clone()
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Book {
    fn write(&mut self, line: &str) -> std::io::Result<()> {
        writeln!(self.file, "{line}")?;
        self.file.sync_data()
    }
}

/// An order as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The intent that its note names.
    pub number: Number,
    /// Its version.
    pub version: i64,
}

/// What the ledger and the database do not agree on, a line each.
pub fn differences(entries: &BTreeMap<Number, (Intent, Told)>, found: &[Found]) -> Vec<String> {
    let mut rows: BTreeMap<Number, Vec<i64>> = BTreeMap::new();
    for order in found {
        rows.entry(order.number).or_default().push(order.version);
    }
    let of = |number: Number| rows.get(&number).map_or(&[][..], Vec::as_slice);
    let mut told = vec![];
    for (number, (intent, answer)) in entries {
        match (intent, answer, of(*number)) {
            (Intent::Place, Told::Done { .. }, []) => told.push(format!("LOSS: order {number} is not there")),
            (Intent::Place, Told::Refused, [_, ..]) => {
                told.push(format!("PHANTOM: order {number} was refused and is there"));
            }
            (Intent::Place, _, [_, _, ..]) => told.push(format!("DOUBLE: order {number} is there twice")),
            (Intent::Place, Told::Unknown, _) => {
                told.push(format!("OPEN: order {number} was never answered, however often it was repeated"));
            }
            (Intent::Confirm { placed, .. }, Told::Done { version, .. }, _)
                if of(*placed).iter().all(|there| there < version) =>
            {
                told.push(format!("LOSS: order {placed} is not at version {version}"));
            }
            (Intent::Confirm { placed, .. }, Told::Refused, _)
                if of(*placed).iter().any(|there| *there > 1) =>
            {
                told.push(format!("PHANTOM: order {placed} was not to be confirmed and is"));
            }
            _ => {}
        }
    }
    for number in rows.keys().filter(|number| !entries.contains_key(number)) {
        told.push(format!("PHANTOM: order {number} is there and nobody asked for it"));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(version: i64) -> Told {
        Told::Done { order: "ord".into(), version }
    }

    fn confirm(placed: Number) -> Intent {
        Intent::Confirm { placed, order: "ord".into() }
    }

    /// A ledger, a database, and how what is told begins.
    type Case<'a> = (&'a [(Intent, Told)], &'a [Found], &'a str);

    #[test]
    fn each_way_of_not_agreeing_is_told() {
        let order = |number, version| Found { number, version };
        let cases: [Case<'_>; 10] = [
            (&[(Intent::Place, done(1))], &[order(1, 1)], ""),
            (&[(Intent::Place, Told::Refused)], &[], ""),
            (&[(Intent::Place, done(1)), (confirm(1), done(2))], &[order(1, 2)], ""),
            (&[(Intent::Place, done(1)), (confirm(1), Told::Unknown)], &[order(1, 2)], ""),
            (&[(Intent::Place, done(1))], &[], "LOSS: order 1 is not there"),
            (&[(Intent::Place, Told::Refused)], &[order(1, 1)], "PHANTOM: order 1 was refused"),
            (&[(Intent::Place, done(1))], &[order(1, 1), order(1, 1)], "DOUBLE: order 1"),
            (&[(Intent::Place, Told::Unknown)], &[], "OPEN: order 1"),
            (&[(Intent::Place, done(1)), (confirm(1), done(2))], &[order(1, 1)], "LOSS: order 1 is not at"),
            (&[], &[order(7, 1)], "PHANTOM: order 7 is there and nobody asked"),
        ];
        for (entries, found, expected) in cases {
            let entries = (1..).zip(entries.iter().cloned()).collect();
            let told = differences(&entries, found);
            assert_eq!(told.len(), usize::from(!expected.is_empty()), "{told:?}");
            assert!(told.iter().all(|line| line.starts_with(expected)), "{told:?}");
        }
    }
}
