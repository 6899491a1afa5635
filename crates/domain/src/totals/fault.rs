//! What is wrong with terms.

/// A rule that terms break, and where: the end of a JSON Pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsFault {
    /// Where.
    pub pointer: String,
    /// Which rule, by its stable name.
    pub rule: &'static str,
}

impl TermsFault {
    pub(super) fn new(pointer: impl Into<String>, rule: &'static str) -> Self {
        Self { pointer: pointer.into(), rule }
    }

    /// The same of a part that stands there.
    #[must_use]
    pub fn under(self, beginning: &str) -> Self {
        Self { pointer: format!("{beginning}{}", self.pointer), ..self }
    }
}
