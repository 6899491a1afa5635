//! Where an order stands, with the times and reasons that belong to that. What does not fit together cannot be written down:
//! no start without a confirmation before it, no reason without its mark, nothing in the trash that is not invalid.

use serde::{Deserialize, Serialize};

use super::{CancelReason, InvalidReason, Status};
use crate::id::BatchId;
use crate::time::Timestamp;

/// When a step was taken. None: the system that the order was imported from does not know.
pub type StepTime = Option<Timestamp>;

/// How far the execution of an order came, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named like the steps")]
pub enum Execution {
    /// It waits for the shop's look.
    PendingReview,
    /// It is promised.
    Confirmed { confirmed_at: StepTime },
    /// It is being executed.
    Processing { confirmed_at: StepTime, started_at: StepTime },
    /// It is done.
    Completed { confirmed_at: StepTime, started_at: StepTime, completed_at: StepTime },
}

/// That an order was called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// How far it had come.
    pub from: Execution,
    /// When.
    pub at: StepTime,
    /// Why; none for imported orders.
    pub reason: Option<CancelReason>,
}

/// An order that is a real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valid {
    /// On its way, or done.
    Live(Execution),
    /// Called off.
    Cancelled(Cancelled),
}

/// That an order never was a real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// What it was taken for: it is that again when the mark is taken back.
    pub from: Valid,
    /// When it was marked.
    pub at: StepTime,
    /// Why; none for imported orders.
    pub reason: Option<InvalidReason>,
    /// That it is in the trash.
    pub trash: Option<Trash>,
}

/// That an order is in the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trash {
    /// Since when.
    pub at: Timestamp,
    /// The batch that put it there.
    pub batch: Option<BatchId>,
}

/// Where an order stands. As text it is its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "StageParts", try_from = "StageParts")]
pub enum Stage {
    /// It is a real one.
    Valid(Valid),
    /// It never was.
    Invalid(Invalid),
}

/// A [`Stage`] part by part, as rows, answers and exports tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageParts {
    /// The status.
    pub status: Status,
    /// How far the execution came: one of the first four statuses.
    pub executed_to: Status,
    /// When it was confirmed.
    pub confirmed_at: StepTime,
    /// When its execution started.
    pub started_at: StepTime,
    /// When it was completed.
    pub completed_at: StepTime,
    /// When it was cancelled.
    pub cancelled_at: StepTime,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// When it was marked invalid.
    pub invalidated_at: StepTime,
    /// Why it was rejected or marked invalid.
    pub invalid_reason: Option<InvalidReason>,
    /// The status that an invalid order had before.
    pub invalid_from: Option<Status>,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The batch that put it there.
    pub deleted_in: Option<BatchId>,
}

impl Execution {
    /// The status of an order that has come so far.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::PendingReview => Status::PendingReview,
            Self::Confirmed { .. } => Status::Confirmed,
            Self::Processing { .. } => Status::Processing,
            Self::Completed { .. } => Status::Completed,
        }
    }

    fn confirmed_at(self) -> StepTime {
        match self {
            Self::PendingReview => None,
            Self::Confirmed { confirmed_at }
            | Self::Processing { confirmed_at, .. }
            | Self::Completed { confirmed_at, .. } => confirmed_at,
        }
    }

    fn started_at(self) -> StepTime {
        match self {
            Self::PendingReview | Self::Confirmed { .. } => None,
            Self::Processing { started_at, .. } | Self::Completed { started_at, .. } => started_at,
        }
    }

    fn completed_at(self) -> StepTime {
        match self {
            Self::PendingReview | Self::Confirmed { .. } | Self::Processing { .. } => None,
            Self::Completed { completed_at, .. } => completed_at,
        }
    }
}

impl Stage {
    /// Where every order begins.
    pub const PLACED: Self = Self::Valid(Valid::Live(Execution::PendingReview));

    /// The status that goes with it.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Valid(Valid::Live(execution)) => execution.status(),
            Self::Valid(Valid::Cancelled(_)) => Status::Cancelled,
            Self::Invalid(_) => Status::Invalid,
        }
    }

    /// That it is in the trash.
    #[must_use]
    pub fn trash(self) -> Option<Trash> {
        self.invalid().and_then(|invalid| invalid.trash)
    }

    /// The mark of an order that is no real one.
    #[must_use]
    pub fn invalid(self) -> Option<Invalid> {
        match self {
            Self::Valid(_) => None,
            Self::Invalid(invalid) => Some(invalid),
        }
    }

    /// What it is taken for, or was before it was marked invalid.
    #[must_use]
    pub fn valid(self) -> Valid {
        match self {
            Self::Valid(valid) | Self::Invalid(Invalid { from: valid, .. }) => valid,
        }
    }

    /// How far its execution came, also if it was called off or marked since.
    #[must_use]
    pub fn execution(self) -> Execution {
        match self.valid() {
            Valid::Live(execution) | Valid::Cancelled(Cancelled { from: execution, .. }) => execution,
        }
    }

    /// After it has come into this status, whichever way. Steps that were taken before keep their times.
    #[must_use]
    pub fn entered(self, to: Status, at: StepTime) -> Self {
        let before = self.execution();
        let (confirmed_at, started_at) = (before.confirmed_at(), before.started_at());
        let live = |execution| Self::Valid(Valid::Live(execution));
        match to {
            Status::PendingReview => live(Execution::PendingReview),
            Status::Confirmed => live(Execution::Confirmed { confirmed_at: at }),
            Status::Processing => live(Execution::Processing { confirmed_at, started_at: at }),
            Status::Completed => live(Execution::Completed { confirmed_at, started_at, completed_at: at }),
            Status::Cancelled => self.cancelled(at, None),
            Status::Invalid => self.invalidated(at, None),
        }
    }

    /// One step back: before the last step of its execution, or before it was called off. Steps that stay keep their times.
    /// None: there is no step before, or it is no real order.
    #[must_use]
    pub fn back(self) -> Option<Self> {
        let Self::Valid(valid) = self else { return None };
        let before = match valid {
            Valid::Cancelled(cancelled) => cancelled.from,
            Valid::Live(Execution::Completed { confirmed_at, started_at, .. }) => {
                Execution::Processing { confirmed_at, started_at }
            }
            Valid::Live(Execution::Processing { confirmed_at, .. }) => Execution::Confirmed { confirmed_at },
            Valid::Live(Execution::Confirmed { .. }) => Execution::PendingReview,
            Valid::Live(Execution::PendingReview) => return None,
        };
        Some(Self::Valid(Valid::Live(before)))
    }

    /// After it has been called off.
    #[must_use]
    pub fn cancelled(self, at: StepTime, reason: Option<CancelReason>) -> Self {
        Self::Valid(Valid::Cancelled(Cancelled { from: self.execution(), at, reason }))
    }

    /// After it has been marked as not real.
    #[must_use]
    pub fn invalidated(self, at: StepTime, reason: Option<InvalidReason>) -> Self {
        Self::Invalid(Invalid { from: self.valid(), at, reason, trash: None })
    }

    /// Part by part.
    #[must_use]
    pub fn parts(self) -> StageParts {
        let execution = self.execution();
        let cancelled = match self.valid() {
            Valid::Live(_) => None,
            Valid::Cancelled(cancelled) => Some(cancelled),
        };
        let invalid = self.invalid();
        let trash = self.trash();
        StageParts {
            status: self.status(),
            executed_to: execution.status(),
            confirmed_at: execution.confirmed_at(),
            started_at: execution.started_at(),
            completed_at: execution.completed_at(),
            cancelled_at: cancelled.and_then(|cancelled| cancelled.at),
            cancel_reason: cancelled.and_then(|cancelled| cancelled.reason),
            invalidated_at: invalid.and_then(|invalid| invalid.at),
            invalid_reason: invalid.and_then(|invalid| invalid.reason),
            invalid_from: invalid.map(|invalid| Self::Valid(invalid.from).status()),
            deleted_at: trash.map(|trash| trash.at),
            deleted_in: trash.and_then(|trash| trash.batch),
        }
    }
}

impl StageParts {
    /// The stage that has these parts. None: they do not fit together.
    #[must_use]
    pub fn stage(self) -> Option<Stage> {
        let (confirmed_at, started_at) = (self.confirmed_at, self.started_at);
        let execution = match self.executed_to {
            Status::PendingReview => Execution::PendingReview,
            Status::Confirmed => Execution::Confirmed { confirmed_at },
            Status::Processing => Execution::Processing { confirmed_at, started_at },
            Status::Completed => {
                Execution::Completed { confirmed_at, started_at, completed_at: self.completed_at }
            }
            Status::Cancelled | Status::Invalid => return None,
        };
        let mut stage = Stage::Valid(Valid::Live(execution));
        if [Some(self.status), self.invalid_from].contains(&Some(Status::Cancelled)) {
            stage = stage.cancelled(self.cancelled_at, self.cancel_reason);
        }
        if self.status == Status::Invalid {
            let trash = self.deleted_at.map(|at| Trash { at, batch: self.deleted_in });
            let (from, at, reason) = (stage.valid(), self.invalidated_at, self.invalid_reason);
            stage = Stage::Invalid(Invalid { from, at, reason, trash });
        }
        // Whatever was left out on the way did not fit.
        (stage.parts() == self).then_some(stage)
    }
}

impl From<Stage> for StageParts {
    fn from(stage: Stage) -> Self {
        stage.parts()
    }
}

/// Parts that no stage has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the status, its times and its reasons do not fit together")]
pub struct UnfitParts;

impl TryFrom<StageParts> for Stage {
    type Error = UnfitParts;

    fn try_from(parts: StageParts) -> Result<Self, UnfitParts> {
        parts.stage().ok_or(UnfitParts)
    }
}
