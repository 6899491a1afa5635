//! Every combination of the parts of an order's stage, also those that do not exist.

use ordervault_domain::id::BatchId;
use ordervault_domain::order::{CancelReason, InvalidReason, StageParts, Status};
use ordervault_domain::time::Timestamp;
use strum::IntoEnumIterator as _;

/// The time of every step.
pub const AT: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Every combination of parts with the same values.
pub fn combinations() -> impl Iterator<Item = StageParts> {
    let before: Vec<Option<Status>> = std::iter::once(None).chain(Status::iter().map(Some)).collect();
    Status::iter().flat_map(move |status| {
        let before = before.clone();
        Status::iter().flat_map(move |executed_to| {
            before.clone().into_iter().flat_map(move |invalid_from| {
                (0..512_u32).map(move |bits| {
                    let time = |bit: u32| (bits >> bit & 1 == 1).then_some(AT);
                    StageParts {
                        status,
                        executed_to,
                        confirmed_at: time(0),
                        started_at: time(1),
                        completed_at: time(2),
                        cancelled_at: time(3),
                        cancel_reason: time(4).map(|_| CancelReason::Fraud),
                        invalidated_at: time(5),
                        invalid_reason: time(6).map(|_| InvalidReason::Test),
                        invalid_from,
                        deleted_at: time(7),
                        deleted_in: time(8).map(|_| BatchId::from_i64(7)),
                    }
                })
            })
        })
    })
}
