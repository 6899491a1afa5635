//! In: line by line through the write queue, a bounded number at a time.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use ordervault_domain::aggregate::Kind;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::Store;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncSeekExt as _, BufReader};

use super::format::{Counts, FORMAT, Footer, Header, TransferError, UNRELEASED_VERSION, VERSION};
use crate::scan::Scanned;
use crate::tables::history::{HistoryRow, fold};
use crate::writer::{ActorRef, Class, Operation, Receipt, Submission, WriteError, Writer};

/// Longer lines are refused: one resource with its history is far smaller.
const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;
/// Resources that wait for the write queue at a time.
const MAX_WAITING_THINGS: usize = 256;
/// Their lines, together, in bytes.
const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;
/// Of the refused lines so many are listed.
pub const MAX_LISTED_LINES: usize = 100;
/// Tries of a resource that the write queue cannot take now.
const MAX_TRIES: u32 = 50;
/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// The last line of an export is shorter.
const MAX_FOOTER_BYTES: u64 = 1_024;

/// What became of the lines. Adopted, present and refused lines are all the lines between the first and the last.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Lines between the first and the last.
    pub lines: u64,
    /// Resources that were taken over.
    pub adopted: Counts,
    /// Resources that were there already, with this history or a longer one.
    pub present: Counts,
    /// Lines that were not taken over.
    pub refused: u64,
    /// The first [`MAX_LISTED_LINES`] of them.
    pub refused_lines: Vec<RefusedLine>,
    /// Keys that are not here: the seals of their events could not be checked.
    pub not_checked: BTreeSet<String>,
    /// Is it what was exported?
    pub integrity: Integrity,
}

impl Summary {
    /// Is everything there that was exported?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.refused == 0 && self.integrity == Integrity::Whole
    }
}

/// A line that was not taken over.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedLine {
    /// Its number, from 1.
    pub line: u64,
    /// The id of the resource, if it could be read.
    pub id: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// Whether the lines are those that were exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Integrity {
    /// They are.
    Whole,
    /// The last line is missing.
    CutOff,
    /// The lines are not those that the last line counts and sums up.
    Altered,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Lines that were read.
    pub lines: u64,
    /// Bytes that were read.
    pub bytes: u64,
}

#[derive(Deserialize)]
struct Line {
    kind: Kind,
    id: String,
    state: Box<RawValue>,
    history: Vec<HistoryRow>,
}

/// Imports a file, after a look at its last line: a cut-off file changes nothing.
///
/// # Errors
/// See [`TransferError`]. Refused lines are no errors, they stand in the summary.
pub async fn import_file(
    writer: &Writer,
    path: &Path,
    progress: impl FnMut(ImportProgress) + Send,
) -> Result<Summary, TransferError> {
    let mut file = File::open(path).await?;
    let length = file.metadata().await?.len();
    let mut tail = vec![];
    file.seek(std::io::SeekFrom::Start(length.saturating_sub(MAX_FOOTER_BYTES))).await?;
    (&mut file).take(MAX_FOOTER_BYTES).read_to_end(&mut tail).await?;
    file.rewind().await?;
    let mut source = BufReader::new(file);
    // Whoever gives another kind of file hears that, rather than that it is cut off.
    header(&mut Lines::new(&mut source)).await?;
    let last = tail.strip_suffix(b"\n").and_then(|tail| tail.rsplit(|byte| *byte == b'\n').next());
    if last.is_none_or(|last| serde_json::from_slice::<Footer>(last).is_err()) {
        return Err(TransferError::CutOff);
    }
    source.rewind().await?;
    import(writer, source, progress).await
}

/// Imports a stream. Whether it was cut off shows at its end.
///
/// # Errors
/// See [`TransferError`]. Refused lines are no errors, they stand in the summary.
pub async fn import(
    writer: &Writer,
    source: impl AsyncBufRead + Unpin + Send,
    mut progress: impl FnMut(ImportProgress) + Send,
) -> Result<Summary, TransferError> {
    let mut lines = Lines::new(source);
    let version = header(&mut lines).await?;
    let mut importing = Importing::new(writer, version);
    while let Some(line) = lines.next().await? {
        progress(ImportProgress { lines: lines.number, bytes: lines.bytes });
        if importing.summary.integrity != Integrity::CutOff {
            // Something follows the last line.
            importing.summary.integrity = Integrity::Altered;
        } else if let Some(footer) =
            line.as_deref().and_then(|line| serde_json::from_slice::<Footer>(line).ok())
        {
            let whole = footer.sha256 == lines.sha256_before && footer.end.total() == importing.summary.lines;
            importing.summary.integrity = if whole { Integrity::Whole } else { Integrity::Altered };
        } else {
            importing.take(lines.number, line.as_deref()).await?;
        }
    }
    importing.settle(0).await?;
    importing.summary.refused_lines.sort_by_key(|refused| refused.line);
    Ok(importing.summary)
}

/// The version of the format.
async fn header(lines: &mut Lines<impl AsyncBufRead + Unpin>) -> Result<u32, TransferError> {
    let line = lines.next().await?.flatten().ok_or(TransferError::NotAnExport)?;
    let header: Header = serde_json::from_slice(&line).map_err(|_| TransferError::NotAnExport)?;
    match header {
        Header { format, .. } if format != FORMAT => Err(TransferError::NotAnExport),
        Header { version, .. } if !(UNRELEASED_VERSION..=VERSION).contains(&version) => {
            Err(TransferError::UnknownVersion { version })
        }
        Header { version, .. } => Ok(version),
    }
}

/// Reads lines of bounded length, counting and hashing.
struct Lines<R> {
    source: R,
    number: u64,
    bytes: u64,
    hasher: Sha256,
    /// The hash of everything before the line that was read last.
    sha256_before: String,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    fn new(source: R) -> Self {
        Self { source, number: 0, bytes: 0, hasher: Sha256::new(), sha256_before: String::new() }
    }

    /// The next line without its end; none inside if it is too long, none outside at the end.
    async fn next(&mut self) -> Result<Option<Option<Vec<u8>>>, std::io::Error> {
        let mut line = Some(vec![]);
        let before = self.hasher.clone();
        let mut read = 0;
        loop {
            let buffer = self.source.fill_buf().await?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.map_or(buffer.len(), |end| end + 1)];
            self.hasher.update(part);
            read += part.len();
            let finished = end.is_some() || part.is_empty();
            match &mut line {
                Some(line) if line.len() + part.len() <= MAX_LINE_BYTES => line.extend_from_slice(part),
                _ => line = None,
            }
            let length = part.len();
            self.source.consume(length);
            if finished {
                break;
            }
        }
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += read as u64;
        self.sha256_before = hex::encode(before.finalize());
        if let Some(line) = &mut line
            && line.last() == Some(&b'\n')
        {
            line.pop();
        }
        Ok(Some(line))
    }
}

/// A resource on its way through the write queue.
struct Adoption {
    line: u64,
    bytes: usize,
    kind: Kind,
    id: String,
    outcome: Result<Receipt, WriteError>,
}

/// An import in the middle of its work.
struct Importing<'a> {
    writer: &'a Writer,
    version: u32,
    waiting: FuturesUnordered<std::pin::Pin<Box<dyn Future<Output = Adoption> + Send + 'a>>>,
    waiting_bytes: usize,
    kind: Option<Kind>,
    summary: Summary,
}

impl<'a> Importing<'a> {
    fn new(writer: &'a Writer, version: u32) -> Self {
        let summary = Summary {
            lines: 0,
            adopted: Counts::default(),
            present: Counts::default(),
            refused: 0,
            refused_lines: vec![],
            not_checked: BTreeSet::new(),
            integrity: Integrity::CutOff,
        };
        Self { writer, version, waiting: FuturesUnordered::new(), waiting_bytes: 0, kind: None, summary }
    }

    /// Hands one line over to the write queue, as soon as there is room.
    async fn take(&mut self, number: u64, text: Option<&[u8]>) -> Result<(), TransferError> {
        self.summary.lines += 1;
        let Some(text) = text else {
            self.refuse(number, None, format!("the line is longer than {MAX_LINE_BYTES} bytes"));
            return Ok(());
        };
        let line: Line = match serde_json::from_slice(text) {
            Ok(line) => line,
            Err(error) => {
                self.refuse(number, None, format!("the line cannot be read: {error}"));
                return Ok(());
            }
        };
        let (kind, id) = (line.kind, line.id.clone());
        if let Err(why) = line.check(self.version) {
            self.refuse(number, Some(id), why.to_owned());
            return Ok(());
        }
        let foreign = line.history.iter().filter(|row| self.writer.keys().find(&row.key_id).is_none());
        self.summary.not_checked.extend(foreign.map(|row| row.key_id.clone()));
        // Products need their stores, orders their products and customers.
        if self.kind.replace(kind) != Some(kind) {
            self.settle(0).await?;
        }
        self.settle(MAX_WAITING_THINGS - 1).await?;
        while self.waiting_bytes > 0 && self.waiting_bytes + text.len() > MAX_WAITING_BYTES {
            self.settle(self.waiting.len() - 1).await?;
        }
        let (writer, bytes, rows) = (self.writer, text.len(), line.history.into());
        self.waiting_bytes += bytes;
        self.waiting.push(Box::pin(async move {
            Adoption { line: number, bytes, kind, id, outcome: adopt(writer, rows).await }
        }));
        Ok(())
    }

    /// Waits until at most so many resources wait.
    async fn settle(&mut self, most: usize) -> Result<(), TransferError> {
        while self.waiting.len() > most
            && let Some(adoption) = self.waiting.next().await
        {
            self.waiting_bytes -= adoption.bytes;
            let Adoption { line, kind, id, outcome, .. } = adoption;
            let counts = match outcome {
                Ok(Receipt::Executed { applied: true, .. }) => &mut self.summary.adopted,
                Ok(_) => &mut self.summary.present,
                Err(WriteError::Refused { refusal, .. }) => {
                    self.refuse(line, Some(id), reason(&refusal));
                    continue;
                }
                Err(WriteError::Internal) => {
                    let why = "it breaks a rule of the database; the log says which";
                    self.refuse(line, Some(id), why.to_owned());
                    continue;
                }
                Err(cause) => return Err(TransferError::Write { line, cause }),
            };
            if let Some(count) = counts.of(kind) {
                *count += 1;
            }
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, id: Option<String>, reason: String) {
        self.summary.refused += 1;
        if self.summary.refused_lines.len() < MAX_LISTED_LINES {
            self.summary.refused_lines.push(RefusedLine { line, id, reason });
        }
    }
}

/// Adopts one resource. What the queue cannot take now it is given again: adopting twice changes nothing.
async fn adopt(writer: &Writer, rows: Arc<[HistoryRow]>) -> Result<Receipt, WriteError> {
    let mut tried = 0;
    loop {
        let submission = Submission {
            actor: ActorRef::Importer,
            login: None,
            request_id: "import".to_owned(),
            class: Class::Background,
            idempotency: None,
            operations: vec![Operation::ImportHistory(Arc::clone(&rows))],
        };
        tried += 1;
        match writer.submit(submission).await {
            Err(
                WriteError::Overloaded
                | WriteError::Locked
                | WriteError::NotExecuted
                | WriteError::OutcomeUnknown,
            ) if tried < MAX_TRIES => {
                tokio::time::sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

impl Line {
    /// Does the line say one resource throughout? The chain of hashes is the write queue's to check.
    fn check(&self, version: u32) -> Result<(), &'static str> {
        match self.kind {
            Kind::Store => self.check_as::<Store>(version),
            Kind::Product => self.check_as::<Product>(version),
            Kind::Customer => self.check_as::<Customer>(version),
            Kind::Order => self.check_as::<Order>(version),
            Kind::Member => Err("members do not travel"),
            Kind::Installation => Err("a shop keeps its own installation"),
        }
    }

    fn check_as<A: Scanned>(&self, version: u32) -> Result<(), &'static str> {
        let state: Option<A> = match version {
            UNRELEASED_VERSION => None,
            _ => Some(serde_json::from_str(self.state.get()).map_err(|_| "the state cannot be read")?),
        };
        let first = self.history.first().map(|row| row.entity_id);
        let id = state.as_ref().map(A::raw_id).or(first).ok_or("there is no history")?;
        if A::text(id) != self.id || self.history.iter().any(|row| row.entity_id != id) {
            return Err("line, state and history are of different ids");
        }
        let misfit = "the events of the history cannot follow one another";
        let fold = fold::<A>(&self.history).map_err(|_| misfit)?.ok_or("there is no history")?;
        match state.is_none_or(|state| A::settled(fold, &state) == state) {
            true => Ok(()),
            false => Err("the state is not what the history makes of it"),
        }
    }
}

/// A refusal in the words of an import.
fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::UnknownStore => "its store is not there".to_owned(),
        Refusal::UnknownProduct(lines) => {
            format!("products of its lines are not there, or belong to another store: {lines:?}")
        }
        Refusal::Duplicate { field: "id" } => "it is there already, with another history".to_owned(),
        Refusal::Duplicate { field } => format!("something else has the same {field}"),
        Refusal::UnknownCustomer => "its customer is not there".to_owned(),
        other => other.to_string(),
    }
}
