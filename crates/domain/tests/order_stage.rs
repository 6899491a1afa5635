//! Which combinations of status, times and reasons exist: those of a stage, and no others.

#[path = "../../../tests/src/stages.rs"]
pub mod stages;

use std::collections::BTreeSet;

use ordervault_domain::id::BatchId;
use ordervault_domain::order::{
    CancelReason, Cancelled, Execution, Invalid, InvalidReason, Stage, Status, StepTime, Trash, Valid,
};
use strum::IntoEnumIterator as _;

use stages::{AT, combinations};

const TIMES: [StepTime; 2] = [None, Some(AT)];

fn executions() -> Vec<Execution> {
    let mut all = vec![Execution::PendingReview];
    for confirmed_at in TIMES {
        all.push(Execution::Confirmed { confirmed_at });
        for started_at in TIMES {
            all.push(Execution::Processing { confirmed_at, started_at });
            let completed = |completed_at| Execution::Completed { confirmed_at, started_at, completed_at };
            all.extend(TIMES.map(completed));
        }
    }
    all
}

/// Every stage that can be built, with one time, reason and batch for all.
fn stages() -> Vec<Stage> {
    let mut valid: Vec<Valid> = executions().into_iter().map(Valid::Live).collect();
    for from in executions() {
        for at in TIMES {
            for reason in [None, Some(CancelReason::Fraud)] {
                valid.push(Valid::Cancelled(Cancelled { from, at, reason }));
            }
        }
    }
    let batches = [None, Some(BatchId::from_i64(7))];
    let trashes =
        [None, Some(Trash { at: AT, batch: batches[0] }), Some(Trash { at: AT, batch: batches[1] })];
    let mut all: Vec<Stage> = valid.iter().copied().map(Stage::Valid).collect();
    for from in valid {
        for at in TIMES {
            for reason in [None, Some(InvalidReason::Test)] {
                all.extend(trashes.map(|trash| Stage::Invalid(Invalid { from, at, reason, trash })));
            }
        }
    }
    all
}

#[test]
fn a_stage_is_what_its_parts_say() {
    for stage in stages() {
        assert_eq!(stage.parts().stage(), Some(stage));
        assert_eq!(stage.parts().status, stage.status());
    }
}

#[test]
fn parts_that_no_stage_has_make_none() {
    let real: BTreeSet<String> = stages().into_iter().map(|stage| format!("{:?}", stage.parts())).collect();
    let made: BTreeSet<String> =
        combinations().filter(|parts| parts.stage().is_some()).map(|parts| format!("{parts:?}")).collect();
    assert_eq!(made, real);
    assert_eq!(real.len(), stages().len());
}

#[test]
fn entering_a_status_keeps_what_was_reached_before() {
    for stage in stages() {
        for to in Status::iter() {
            let entered = stage.entered(to, Some(AT));
            assert_eq!(entered.status(), to, "{stage:?}");
            if [Status::Cancelled, Status::Invalid].contains(&to) {
                assert_eq!(entered.execution(), stage.execution(), "{stage:?}");
            }
            if to == Status::Invalid {
                assert_eq!(entered.valid(), stage.valid(), "{stage:?}");
            }
        }
    }
}

#[test]
fn a_step_back_leads_to_where_the_last_step_began() {
    for stage in stages() {
        for to in [Status::Confirmed, Status::Processing, Status::Completed, Status::Cancelled] {
            let follows = to == Status::Cancelled
                || Status::iter().skip(1).zip(Status::iter()).any(|step| step == (to, stage.status()));
            if stage.invalid().is_none() && stage.status() != Status::Cancelled && follows {
                assert_eq!(stage.entered(to, Some(AT)).back(), Some(stage));
            }
        }
        let has_step =
            !matches!(stage, Stage::Valid(Valid::Live(Execution::PendingReview)) | Stage::Invalid(_));
        assert_eq!(stage.back().is_some(), has_step, "{stage:?}");
    }
}
