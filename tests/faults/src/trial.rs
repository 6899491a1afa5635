//! One round of a scenario: what it is given, and what it hands back.

use std::path::PathBuf;

use ordervault_persistence::engine::Engine;

use crate::dice::Dice;

/// What a round is given.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The program; called `ordervault`, it is that.
    pub program: PathBuf,
    /// The engine.
    pub engine: Engine,
    /// How its dice fall.
    pub seed: u64,
    /// As thorough as time allows, or as quick as it can be?
    pub is_full: bool,
    /// Is this the negative control? Then the round breaks what its scenario says, and has to be found out.
    pub is_control: bool,
}

impl Trial {
    /// The dice of the round.
    pub fn dice(&self) -> Dice {
        Dice::of(self.seed)
    }

    /// The first number in the full form, the second in the short one and in controls.
    pub fn size<T>(&self, full: T, short: T) -> T {
        if self.is_full && !self.is_control { full } else { short }
    }
}

/// What a round hands back.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How often the fault struck.
    pub struck: u64,
    /// What was looked at afterwards.
    pub checked: u64,
    /// How the promise was broken, a line each.
    pub broken: Vec<String>,
}

impl Outcome {
    /// Notes something that was looked at, and what is wrong with it, if anything.
    pub fn check(&mut self, wrong: Option<String>) {
        self.checked += 1;
        self.broken.extend(wrong);
    }

    /// The same of several things.
    pub fn check_all(&mut self, wrong: impl IntoIterator<Item = Option<String>>) {
        wrong.into_iter().for_each(|wrong| self.check(wrong));
    }
}
