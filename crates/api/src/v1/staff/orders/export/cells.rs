//! Cells of CSV, for programs and for spreadsheets.

use super::super::filters::Form;

/// What a spreadsheet knows UTF-8 by.
pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// What makes a spreadsheet take the text behind it for a formula (<https://owasp.org/www-community/attacks/CSV_Injection>): also the
/// signs that Chinese and Japanese keyboards make, and white space that it skips.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
/// Words of numbers, dates and times: a text of digits that has none besides is one of these to a spreadsheet.
const WORDS_OF_NUMBERS: [&str; 41] = [
    "e",
    "a",
    "p",
    "am",
    "pm",
    "t",
    "z",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "年",
    "月",
    "日",
    "時",
    "时",
    "分",
    "秒",
    "上午",
    "下午",
    "午前",
];
/// Words that are values by themselves.
const TRUTH_VALUES: [&str; 2] = ["true", "false"];

/// A row.
pub(super) type Record = Vec<Cell>;

/// A value in a row.
#[derive(Default)]
pub(super) struct Cell {
    value: String,
    /// Is it something that somebody wrote, and no number or time?
    is_text: bool,
}

impl Cell {
    /// A number or a time.
    pub(super) fn plain(value: &(impl ToString + ?Sized)) -> Self {
        Self { value: value.to_string(), is_text: false }
    }

    /// Letter by letter what it is.
    pub(super) fn text(value: &(impl ToString + ?Sized)) -> Self {
        Self { value: value.to_string(), is_text: true }
    }

    /// The same of what may not be there.
    pub(super) fn given(value: Option<impl ToString>) -> Self {
        value.map(|value| Self::text(&value)).unwrap_or_default()
    }

    /// As it is written for a spreadsheet.
    fn in_a_spreadsheet(&self) -> String {
        let mark = if self.is_text && is_taken_for_a_value(&self.value) { "'" } else { "" };
        format!("{mark}{}", self.value)
    }
}

impl Form {
    /// Rows as lines of CSV.
    pub(super) fn written(self, rows: &[Record]) -> Vec<u8> {
        let quotes = match self {
            Self::Exact => csv::QuoteStyle::Necessary,
            // A cell that no comma ends may be cut elsewhere: at the `;` of other countries' spreadsheets.
            Self::Spreadsheet => csv::QuoteStyle::Always,
        };
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .quote_style(quotes)
            .from_writer(Vec::with_capacity(256 * rows.len()));
        for row in rows {
            // Into memory, where nothing can fail.
            _ = match self {
                Self::Exact => writer.write_record(row.iter().map(|cell| &cell.value)),
                Self::Spreadsheet => writer.write_record(row.iter().map(Cell::in_a_spreadsheet)),
            };
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// Would a spreadsheet take this text for something else? Also if it looks as if a `'` had been put before such a text already, so
/// that taking one off always gives the text.
fn is_taken_for_a_value(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    if text.starts_with(FORMULA_SIGNS) || text.trim_start().starts_with(FORMULA_SIGNS) {
        return true;
    }
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let mut words = words.map(str::to_lowercase);
    match text.contains(char::is_numeric) {
        true => words.all(|word| WORDS_OF_NUMBERS.contains(&word.as_str())),
        false => TRUTH_VALUES.contains(&text.trim().to_lowercase().as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_every_kind() {
        for text in [
            "=1+1",
            "+886912345678",
            "-1",
            "@x",
            "＝1＋1",
            "＋886",
            "－1",
            "＠x",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{3000}+1",
            "'=1",
            "''+",
            "0912345678",
            "00886912345678",
            "12345678901234567890",
            " 0912",
            "'0912",
            "(02) 2345 6789",
            "02-2345",
            "1E5",
            "1e10",
            "00123",
            "12:30",
            "3/4",
            "1.5",
            "50%",
            "$5",
            "5 am",
            "MAR1",
            "2 Sept",
            "1 January",
            "2026年1月5日",
            "TRUE",
            "false ",
            "٠٩١٢",
            "０９１２",
        ] {
            let quoted = text.replace('"', "\"\"");
            assert_eq!(line(Form::Spreadsheet, Cell::text(text)), format!("\"'{quoted}\"\r\n"));
        }
        for text in [
            "'s Gravenhage",
            "a=b",
            "a,b",
            "x;=1+1",
            "say \"hi\"",
            "two\nlines",
            "王小明",
            "",
            "Oolong 150 g",
            "TEA-1",
            "May",
            "0P7R-90WG-14B5-38",
            "True Tea",
            "e",
            "'",
            "…",
        ] {
            let quoted = text.replace('"', "\"\"");
            assert_eq!(line(Form::Spreadsheet, Cell::text(text)), format!("\"{quoted}\"\r\n"));
        }
    }

    #[test]
    fn cells_for_programs_are_what_they_are() {
        for (text, written) in [
            ("0912345678", "0912345678"),
            ("=1+1", "=1+1"),
            ("'x", "'x"),
            ("a;b", "a;b"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(line(Form::Exact, Cell::text(text)), format!("{written}\r\n"));
        }
    }

    #[test]
    fn numbers_and_times_stay_plain() {
        for value in ["14.90", "2026-01-05T08:30:00.000Z", "true"] {
            assert_eq!(line(Form::Spreadsheet, Cell::plain(value)), format!("\"{value}\"\r\n"));
            assert_eq!(line(Form::Exact, Cell::plain(value)), format!("{value}\r\n"));
        }
    }

    fn line(form: Form, cell: Cell) -> String {
        String::from_utf8(form.written(&[vec![cell]])).unwrap_or_default()
    }
}
