//! From a handler to the write queue, and what a submission that was not carried out looks like outside.

use ordervault_persistence::writer::{
    ActorRef, Class, Idempotency, Operation, Receipt, Submission, WriteError,
};

use crate::middleware::request_id::RequestId;
use crate::problem::{Code, Problem};
use crate::refusals::refused;
use crate::state::AppState;

/// Seconds after which an overloaded queue is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Hands operations over to the write queue, all or none, in the name of `actor`, and waits for what became of them.
///
/// # Errors
/// When they were not carried out, or nobody can tell; see [`not_written`].
pub(crate) async fn submit(
    state: &AppState,
    actor: ActorRef,
    request_id: &RequestId,
    idempotency: Option<Idempotency>,
    operations: Vec<Operation>,
) -> Result<Receipt, WriteError> {
    let request_id = request_id.as_str().to_owned();
    let class = Class::Interactive;
    state.writer.submit(Submission { actor, request_id, class, idempotency, operations }).await
}

/// What a submission that was not carried out looks like outside.
pub(crate) fn not_written(error: &WriteError) -> Problem {
    let code = match error {
        WriteError::Refused { refusal, .. } => return refused(refusal),
        WriteError::Throttled { retry_after_seconds } => {
            return Problem::new(Code::RateLimited).retry_after(*retry_after_seconds);
        }
        WriteError::KeyReused => Code::IdempotencyKeyReused,
        WriteError::Overloaded | WriteError::Locked => Code::Overloaded,
        WriteError::NotExecuted => Code::NotExecuted,
        WriteError::Storage => Code::StorageUnavailable,
        WriteError::ClockBehind { .. } => {
            return Problem::new(Code::StorageUnavailable).detail(error.to_string()).retry_after(60);
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
