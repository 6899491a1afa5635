//! From a handler to the write queue, and what a submission that was not carried out looks like outside.

use std::sync::Arc;

use ordervault_persistence::writer::{Class, Idempotency, Operation, Receipt, Submission, WriteError};

use crate::known_logins::Logins;
use crate::middleware::request_id::RequestId;
use crate::principals::Submitter;
use crate::problem::{Code, Problem};
use crate::refusals::refused;
use crate::state::AppState;
use crate::translations::Text;

/// Seconds after which an overloaded queue is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Hands operations over to the write queue, all or none, and waits for what became of them. Whoever is shut out by them is out
/// when this returns, also of what this server remembers of its readers.
///
/// # Errors
/// When they were not carried out, or nobody can tell; see [`not_written`].
pub(crate) async fn submit(
    state: &AppState,
    submitter: Submitter,
    request_id: &RequestId,
    idempotency: Option<Idempotency>,
    operations: Vec<Operation>,
) -> Result<Receipt, WriteError> {
    let Submitter { actor, login } = submitter;
    let (request_id, class) = (request_id.as_str().to_owned(), Class::Interactive);
    let shut_out: Vec<Logins> = operations.iter().filter_map(Logins::touched_by).collect();
    let submission = Submission { actor, login, request_id, class, idempotency, operations };
    if shut_out.is_empty() {
        return state.writer.submit(submission).await;
    }
    let (writer, known) = (state.writer.clone(), Arc::clone(&state.known_logins));
    // A task of its own, because it is carried out although its client hangs up.
    let carried_out = tokio::spawn(async move {
        let outcome = writer.submit(submission).await;
        // Whatever the outcome: it may be unknown.
        for logins in shut_out {
            known.forget(logins);
        }
        outcome
    });
    carried_out.await.unwrap_or(Err(WriteError::OutcomeUnknown))
}

/// What a submission that was not carried out looks like outside.
pub(crate) fn not_written(error: &WriteError) -> Problem {
    let code = match error {
        WriteError::Refused { refusal, .. } => return refused(refusal),
        WriteError::Throttled { retry_after_seconds } => {
            return Problem::too_many_attempts(*retry_after_seconds);
        }
        WriteError::KeyReused => Code::IdempotencyKeyReused,
        WriteError::Overloaded | WriteError::Locked => Code::Overloaded,
        WriteError::NotExecuted => Code::NotExecuted,
        WriteError::Storage => Code::StorageUnavailable,
        WriteError::ClockBehind { behind_seconds } => {
            let detail = Text::new("clock-behind").with("seconds", *behind_seconds);
            return Problem::new(Code::StorageUnavailable).detail(detail).retry_after(60);
        }
        WriteError::OutcomeUnknown => Code::OutcomeUnknown,
        WriteError::Internal => Code::InternalError,
    };
    match code.status().as_u16() {
        503 => Problem::new(code).retry_after(RETRY_AFTER_SECONDS),
        _ => Problem::new(code),
    }
}

/// A problem that was met in showing what has just been written. It stays written: nobody is told that nothing was changed.
pub(crate) fn unshown(problem: Problem) -> Problem {
    match problem.code() {
        Code::Overloaded | Code::StorageUnavailable => {
            Problem::new(Code::OutcomeUnknown).retry_after(RETRY_AFTER_SECONDS).cause(problem)
        }
        _ => problem,
    }
}
