//! One CSV file (RFC 4180), plain or gzip'ed, as rows of named columns.
//!
//! A row ends where a line does, unless a field in quotes goes on. It is looked for line by line, with the parser of the crate
//! `csv`, because a quotation mark that is left open would otherwise take in the rest of the file: nothing closes it within
//! [`MAX_ROW_BYTES`], so it spoils its own line, and reading goes on with the next.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use flate2::bufread::MultiGzDecoder;

use super::error::OlistError;
use super::fields;
use super::findings::Reason;

/// Longest row accepted; the longest published one has about 200 bytes.
const MAX_ROW_BYTES: usize = 64 * 1024;
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
    /// Lines read so far, without those ahead.
    lines_read: u64,
    /// Lines that were looked at behind a quotation mark that nothing closes.
    ahead: VecDeque<Vec<u8>>,
    /// First line of the row read last,
    first_line: u64,
    /// its fields one after the other, and how many bytes they have.
    fields: Vec<u8>,
    written: usize,
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
            lines_read: 0,
            ahead: VecDeque::new(),
            first_line: 0,
            fields: Vec::new(),
            written: 0,
            ends: vec![0; MAX_FIELDS],
            count: 0,
        };
        let Some(width) = table.read_row()? else {
            return Err(OlistError::NoHeader { path: table.path });
        };
        table.width = width.unwrap_or(0);
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

    /// The next row with its first line, the header being line 1; `None` at the end. Blank lines are no rows.
    pub(super) fn next(&mut self) -> Result<Option<(u64, RowResult<'_>)>, OlistError> {
        let Some(split) = self.read_row()? else { return Ok(None) };
        let reason = match split {
            Err(reason) => reason,
            Ok(width) if width != self.width => Reason::WrongFieldCount,
            Ok(width) if (0..width).any(|at| str::from_utf8(self.field(at)).is_err()) => Reason::BadUtf8,
            Ok(_) => return Ok(Some((self.first_line, Ok(Row { table: self })))),
        };
        let key = match reason {
            Reason::WrongFieldCount | Reason::BadUtf8 => self.key(),
            _ => None,
        };
        Ok(Some((self.first_line, Err(BrokenRow { reason, key }))))
    }

    /// Reads the next row and tells how many fields it has.
    fn read_row(&mut self) -> Result<Option<Result<usize, Reason>>, OlistError> {
        let Some(first) = self.read_first_line()? else { return Ok(None) };
        self.first_line = self.lines_read;
        self.parser.reset();
        (self.written, self.count) = (0, 0);
        let mut bytes = first.len();
        if bytes > MAX_ROW_BYTES {
            return Ok(Some(Err(Reason::LineTooLong)));
        }
        let mut split = self.split(&first);
        let mut behind = VecDeque::new();
        while let Err(Reason::UnclosedQuote) = split {
            let Some(line) = self.read_line()? else { break };
            bytes += line.len();
            let is_too_long = bytes > MAX_ROW_BYTES;
            if !is_too_long {
                split = self.split(&line);
            }
            behind.push_back(line);
            if is_too_long {
                break;
            }
        }
        if let Err(Reason::UnclosedQuote) = split {
            self.lines_read = self.first_line;
            behind.append(&mut self.ahead);
            self.ahead = behind;
        }
        Ok(Some(split))
    }

    /// Reads the next line that is not blank.
    fn read_first_line(&mut self) -> Result<Option<Vec<u8>>, OlistError> {
        loop {
            match self.read_line()? {
                Some(line) if without_end(&line).is_empty() => {}
                line => return Ok(line),
            }
        }
    }

    /// Reads one line with its end.
    fn read_line(&mut self) -> Result<Option<Vec<u8>>, OlistError> {
        let line = match self.ahead.pop_front() {
            Some(line) => line,
            None => self.read_raw_line().map_err(|source| {
                let (path, line) = (self.path.clone(), self.lines_read);
                match source.kind() {
                    io::ErrorKind::UnexpectedEof => OlistError::CutOff { path, line },
                    _ => OlistError::Unreadable { path, line, source },
                }
            })?,
        };
        if line.is_empty() {
            return Ok(None);
        }
        self.lines_read += 1;
        Ok(Some(line))
    }

    /// Reads one line from the file, nothing at its end; of a longer one than allowed only so much that `split` can tell.
    fn read_raw_line(&mut self) -> io::Result<Vec<u8>> {
        const LIMIT: u64 = MAX_ROW_BYTES as u64 + 1;
        let mut line = Vec::new();
        self.input.by_ref().take(LIMIT).read_until(b'\n', &mut line)?;
        if line.len() > MAX_ROW_BYTES && !line.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
        }
        if self.lines_read == 0 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(line)
    }

    /// Takes one more line of a row apart, and tells how many fields the row has; a line break in quotes becomes a line feed.
    fn split(&mut self, line: &[u8]) -> Result<usize, Reason> {
        self.fields.resize(self.written + line.len() + 1, 0);
        // To the parser nothing at all is the end of the file.
        for part in [without_end(line), b"\n"].into_iter().filter(|part| !part.is_empty()) {
            let (fields, ends) = (&mut self.fields[self.written..], &mut self.ends[self.count..]);
            let (result, _, written, count) = self.parser.read_record(part, fields, ends);
            self.written += written;
            self.count += count;
            match result {
                ReadRecordResult::Record => return Ok(self.count),
                ReadRecordResult::OutputEndsFull => return Err(Reason::WrongFieldCount),
                _ => {}
            }
        }
        // The line's end became part of a field in quotes.
        Err(Reason::UnclosedQuote)
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
    /// Its first line in the file, the header being line 1.
    pub(super) fn line(&self) -> u64 {
        self.table.first_line
    }

    /// The field in the `column`th of the columns asked for.
    pub(super) fn get(&self, column: usize) -> &str {
        let field = self.table.positions.get(column).map(|at| self.table.field(*at));
        field.and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// A line without what ends it.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
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
