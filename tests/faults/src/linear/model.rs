//! One order, changed by one act after another: as little of it as it takes to tell right answers from wrong ones.

use serde_json::Value;

/// The order as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    /// Its version.
    pub version: i64,
    /// Its status.
    pub status: String,
    /// Its note.
    pub note: String,
}

impl Shown {
    /// What the body of an answer shows.
    pub fn of(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            version: body["version"].as_i64().unwrap_or_default(),
            status: text("status"),
            note: text("note"),
        }
    }
}

/// The order as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderState {
    shown: Shown,
    /// What it was before it was marked invalid.
    before_invalid: String,
}

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// To see it.
    Read,
    /// To change it, if it still has this version.
    Change(Act, i64),
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the commands of the API")]
pub enum Act {
    Amend(String),
    Confirm,
    Start,
    Complete,
    Cancel,
    Invalidate,
    Restore,
}

/// What may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The order as it is afterwards.
    Order(Shown),
    /// It has another version.
    Stale,
    /// It has the version, but its status does not allow this.
    Conflict,
    /// Nothing, or nothing certain.
    Unknown,
}

impl OrderState {
    /// As it is when it was just placed, with this note.
    pub fn placed(note: &str) -> Self {
        let shown = Shown { version: 1, status: "pending_review".into(), note: note.to_owned() };
        Self { shown, before_invalid: String::new() }
    }

    /// The states in which it may be after this command was answered so; none if that answer is wrong.
    pub fn after(&self, command: &Command, answer: &Answer) -> Vec<Self> {
        let same = || vec![self.clone()];
        match (command, answer) {
            (Command::Read, Answer::Order(shown)) if *shown == self.shown => same(),
            (Command::Read, Answer::Unknown) => same(),
            (Command::Read, _) => vec![],
            // Asking for what is so already is no error and no change.
            (Command::Change(act, _), Answer::Order(shown)) if *shown == self.shown && self.is_so(act) => {
                same()
            }
            (Command::Change(act, version), Answer::Order(shown)) => {
                self.changed(act, *version).into_iter().filter(|state| state.shown == *shown).collect()
            }
            (Command::Change(_, version), Answer::Stale) if *version != self.shown.version => same(),
            (Command::Change(act, _), Answer::Conflict) if self.next(act).is_none() => same(),
            (Command::Change(..), Answer::Stale | Answer::Conflict) => vec![],
            (Command::Change(act, version), Answer::Unknown) => {
                self.changed(act, *version).into_iter().chain(same()).collect()
            }
        }
    }

    /// The answer of an order that does as it should, and what it is then.
    pub fn answer(&self, command: &Command) -> (Answer, Self) {
        match command {
            Command::Read => (Answer::Order(self.shown.clone()), self.clone()),
            Command::Change(_, version) if *version != self.shown.version => (Answer::Stale, self.clone()),
            Command::Change(act, version) => match self.changed(act, *version) {
                Some(state) => (Answer::Order(state.shown.clone()), state),
                None => (Answer::Conflict, self.clone()),
            },
        }
    }

    /// Its version.
    pub fn version(&self) -> i64 {
        self.shown.version
    }

    fn changed(&self, act: &Act, version: i64) -> Option<Self> {
        if version == self.shown.version { self.next(act) } else { None }
    }

    /// What the act makes of it, whoever asks; none if its status does not allow it.
    fn next(&self, act: &Act) -> Option<Self> {
        let is = |statuses: &[&str]| statuses.contains(&self.shown.status.as_str());
        let mut next = self.clone();
        next.shown.version += 1;
        let (is_allowed, status) = match act {
            Act::Amend(note) => {
                next.shown.note.clone_from(note);
                (is(&["pending_review", "confirmed"]), self.shown.status.as_str())
            }
            Act::Confirm => (is(&["pending_review"]), "confirmed"),
            Act::Start => (is(&["confirmed"]), "processing"),
            Act::Complete => (is(&["processing"]), "completed"),
            Act::Cancel => (is(&["pending_review", "confirmed", "processing"]), "cancelled"),
            Act::Invalidate => {
                next.before_invalid.clone_from(&self.shown.status);
                (is(&["pending_review", "confirmed", "cancelled"]), "invalid")
            }
            Act::Restore => (is(&["invalid"]), self.before_invalid.as_str()),
        };
        status.clone_into(&mut next.shown.status);
        is_allowed.then_some(next)
    }

    /// Is what the act asks for so already?
    fn is_so(&self, act: &Act) -> bool {
        let status = match act {
            Act::Amend(note) => return *note == self.shown.note,
            Act::Confirm => "confirmed",
            Act::Start => "processing",
            Act::Complete => "completed",
            Act::Cancel => "cancelled",
            Act::Invalidate => "invalid",
            Act::Restore => return false,
        };
        self.shown.status == status
    }
}
