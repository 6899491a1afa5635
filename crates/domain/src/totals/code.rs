//! Short names that a shop gives to its tax classes and ways of sending.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::serde_text::serde_as_text;

/// Longest such name.
pub const MAX_CODE_CHARACTERS: usize = 32;

/// A short name for programs: `standard`, `pick-up`. Letters a–z, digits, `-` and `_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Code(String);

impl Code {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no [`Code`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("not a short name of letters a–z, digits, - and _")]
pub struct NoCode;

impl FromStr for Code {
    type Err = NoCode;

    fn from_str(text: &str) -> Result<Self, NoCode> {
        let is_fit = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let fits = (1..=MAX_CODE_CHARACTERS).contains(&text.len()) && text.bytes().all(is_fit);
        if fits { Ok(Self(text.to_owned())) } else { Err(NoCode) }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Code, "a short name of letters a–z, digits, - and _");
