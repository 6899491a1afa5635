//! One CSV file, plain or gzip'ed, as rows of named columns.
//!
//! No field of this data contains a line break, so each line is parsed for itself: a quotation mark left open spoils
//! its own row and not the rest of the file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use flate2::bufread::MultiGzDecoder;

use super::error::OlistError;
use super::fields;
use super::findings::Reason;

/// Longest line accepted; the longest published one has about 200 bytes.
const MAX_LINE_BYTES: usize = 64 * 1024;
/// Most fields a line can have; the widest published file has 9.
const MAX_FIELDS: usize = 64;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where `name` lies in `folder`: plain or packed, but not both. `None` when it is not there.
pub(super) fn locate(folder: &Path, name: &'static str) -> Result<Option<PathBuf>, OlistError> {
    let plain = folder.join(format!("{name}.csv"));
    let packed = folder.join(format!("{name}.csv.gz"));
    match (plain.exists(), packed.exists()) {
        (true, true) => Err(OlistError::BothForms { folder: folder.to_owned(), name }),
        (true, false) => Ok(Some(plain)),
        (false, true) => Ok(Some(packed)),
        (false, false) => Ok(None),
    }
}

/// A file being read.
pub(super) struct Table {
    path: PathBuf,
    input: Box<dyn BufRead>,
    parser: Reader,
    /// Position in the file of each column asked for.
    positions: Vec<usize>,
    width: usize,
    line: u64,
    raw: Vec<u8>,
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// Fields of the row read last; what `ends` holds beyond it is of older rows.
    count: usize,
}

/// A row that could be taken apart.
pub(super) struct Row<'a> {
    table: &'a Table,
}

/// A row that could not, with its key where that much is readable.
pub(super) struct BrokenRow {
    pub(super) reason: Reason,
    pub(super) key: Option<String>,
}

pub(super) type RowResult<'a> = Result<Row<'a>, BrokenRow>;

impl Table {
    /// Opens `path` and reads its header, which must name all `columns`; others may stand between them.
    pub(super) fn open(path: PathBuf, columns: &[&'static str]) -> Result<Self, OlistError> {
        let input = match open(&path) {
            Ok(input) => input,
            Err(source) => return Err(OlistError::Unreadable { path, line: 0, source }),
        };
        let mut table = Self {
            path,
            input,
            parser: ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build(),
            positions: Vec::new(),
            width: 0,
            line: 0,
            raw: Vec::new(),
            fields: Vec::new(),
            ends: vec![0; MAX_FIELDS],
            count: 0,
        };
        if !table.read_line()? {
            return Err(OlistError::NoHeader { path: table.path });
        }
        table.width = table.split().unwrap_or(0);
        let header: Vec<&str> =
            (0..table.width).map(|at| str::from_utf8(table.field(at)).unwrap_or_default().trim()).collect();
        let found: Vec<_> =
            columns.iter().map(|column| header.iter().position(|name| name == column)).collect();
        let missing: Vec<_> =
            columns.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            return Err(OlistError::MissingColumns { path: table.path, columns: missing });
        }
        table.positions = found.into_iter().flatten().collect();
        Ok(table)
    }

    /// Name of the file, with its extension.
    pub(super) fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The next row with its line, the header being line 1; `None` at the end. Blank lines are no rows.
    pub(super) fn next(&mut self) -> Result<Option<(u64, RowResult<'_>)>, OlistError> {
        if !self.read_line()? {
            return Ok(None);
        }
        let reason = match self.split() {
            Err(reason) => reason,
            Ok(width) if width != self.width => Reason::WrongFieldCount,
            Ok(width) if (0..width).any(|at| str::from_utf8(self.field(at)).is_err()) => Reason::BadUtf8,
            Ok(_) => return Ok(Some((self.line, Ok(Row { table: self })))),
        };
        let key = match reason {
            Reason::WrongFieldCount | Reason::BadUtf8 => self.key(),
            _ => None,
        };
        Ok(Some((self.line, Err(BrokenRow { reason, key }))))
    }

    /// Reads the next line that is not blank into `raw`, without its end.
    fn read_line(&mut self) -> Result<bool, OlistError> {
        loop {
            match self.read_raw_line() {
                Ok(false) => return Ok(false),
                Ok(true) if self.raw.is_empty() => {}
                Ok(true) => return Ok(true),
                Err(source) => {
                    let (path, line) = (self.path.clone(), self.line);
                    return Err(match source.kind() {
                        io::ErrorKind::UnexpectedEof => OlistError::CutOff { path, line },
                        _ => OlistError::Unreadable { path, line, source },
                    });
                }
            }
        }
    }

    /// Reads one line; of a longer one than allowed only so much that `split` can tell.
    fn read_raw_line(&mut self) -> io::Result<bool> {
        const LIMIT: u64 = MAX_LINE_BYTES as u64 + 1;
        self.raw.clear();
        if self.input.by_ref().take(LIMIT).read_until(b'\n', &mut self.raw)? == 0 {
            return Ok(false);
        }
        if self.raw.len() > MAX_LINE_BYTES && !self.raw.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
        }
        self.line += 1;
        if self.raw.ends_with(b"\n") {
            self.raw.pop();
        }
        if self.raw.ends_with(b"\r") {
            self.raw.pop();
        }
        if self.line == 1 && self.raw.starts_with(BYTE_ORDER_MARK) {
            self.raw.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(true)
    }

    /// Takes the line apart and tells how many fields it has.
    fn split(&mut self) -> Result<usize, Reason> {
        if self.raw.len() > MAX_LINE_BYTES {
            return Err(Reason::LineTooLong);
        }
        self.raw.push(b'\n');
        self.fields.resize(self.raw.len(), 0);
        self.parser.reset();
        let (result, _, _, fields) = self.parser.read_record(&self.raw, &mut self.fields, &mut self.ends);
        match result {
            ReadRecordResult::Record => {
                self.count = fields;
                Ok(fields)
            }
            ReadRecordResult::OutputEndsFull => {
                self.count = MAX_FIELDS;
                Err(Reason::WrongFieldCount)
            }
            // The line's end became part of a quoted field.
            _ => Err(Reason::UnclosedQuote),
        }
    }

    fn field(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.fields[start..self.ends[at]]
    }

    /// The first column asked for, which is the key of its file, if it can be read.
    fn key(&self) -> Option<String> {
        let at = *self.positions.first().filter(|at| **at < self.count)?;
        let text = str::from_utf8(self.field(at)).ok()?;
        fields::id(text, "").ok()
    }
}

impl Row<'_> {
    /// Its line in the file, the header being line 1.
    pub(super) fn line(&self) -> u64 {
        self.table.line
    }

    /// The field in the `column`th of the columns asked for.
    pub(super) fn get(&self, column: usize) -> &str {
        let field = self.table.positions.get(column).map(|at| self.table.field(*at));
        field.and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Plain or packed is told by the first bytes, whatever the name says.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    Read::by_ref(&mut file).take(GZIP_MAGIC.len() as u64).read_to_end(&mut magic)?;
    file.rewind()?;
    let input = BufReader::new(file);
    if magic == GZIP_MAGIC {
        Ok(Box::new(BufReader::new(MultiGzDecoder::new(input))))
    } else {
        Ok(Box::new(input))
    }
}
