//! The checker itself: histories that are good and bad by hand, and random ones of which it is known.

use super::Operation;
use super::model::{Act, Answer, Command, OrderState, Shown};
use crate::dice::Dice;

fn contradiction(history: &[Operation]) -> Option<String> {
    super::contradiction(&OrderState::placed(""), history)
}

fn order(version: i64, status: &str, note: &str) -> Answer {
    Answer::Order(Shown { version, status: status.into(), note: note.into() })
}

fn amend(note: &str, version: i64) -> Command {
    Command::Change(Act::Amend(note.into()), version)
}

fn operation(called: u64, returned: u64, command: Command, answer: Answer) -> Operation {
    Operation { called, returned: Some(returned), command, answer }
}

fn pending(version: i64, note: &str) -> Answer {
    order(version, "pending_review", note)
}

#[test]
fn good_histories_are_accepted() {
    let one_wins = vec![
        operation(1, 4, amend("a", 1), pending(2, "a")),
        operation(2, 3, amend("b", 1), Answer::Stale),
        operation(5, 6, Command::Read, pending(2, "a")),
    ];
    let reads_may_see_either_side_of_what_runs_beside_them = vec![
        operation(1, 10, amend("a", 1), pending(2, "a")),
        operation(2, 3, Command::Read, pending(1, "")),
        operation(4, 5, Command::Read, pending(2, "a")),
    ];
    let what_was_not_answered_may_happen_later = vec![
        Operation { called: 1, returned: None, command: amend("a", 1), answer: Answer::Unknown },
        operation(2, 3, Command::Read, pending(1, "")),
        operation(4, 5, Command::Read, pending(2, "a")),
    ];
    let or_never = what_was_not_answered_may_happen_later[..2].to_vec();
    let twice_is_no_error = vec![
        operation(1, 2, Command::Change(Act::Confirm, 1), order(2, "confirmed", "")),
        operation(3, 4, Command::Change(Act::Confirm, 1), order(2, "confirmed", "")),
        operation(5, 6, Command::Change(Act::Restore, 2), Answer::Conflict),
    ];
    let histories = [
        vec![],
        one_wins,
        reads_may_see_either_side_of_what_runs_beside_them,
        what_was_not_answered_may_happen_later,
        or_never,
        twice_is_no_error,
    ];
    for history in histories {
        assert_eq!(contradiction(&history), None, "{history:?}");
    }
}

#[test]
fn bad_histories_are_refused() {
    let lost_update = vec![
        operation(1, 2, amend("a", 1), pending(2, "a")),
        operation(3, 4, amend("b", 1), pending(3, "b")),
    ];
    let stale_read =
        vec![operation(1, 2, amend("a", 1), pending(2, "a")), operation(3, 4, Command::Read, pending(1, ""))];
    let double_win = vec![
        operation(1, 4, Command::Change(Act::Start, 1), order(2, "processing", "")),
        operation(2, 3, Command::Change(Act::Cancel, 1), order(2, "cancelled", "")),
    ];
    let read_that_goes_back = vec![
        operation(1, 10, amend("a", 1), pending(2, "a")),
        operation(2, 3, Command::Read, pending(2, "a")),
        operation(4, 5, Command::Read, pending(1, "")),
    ];
    let refused_and_done =
        vec![operation(1, 2, amend("a", 7), Answer::Stale), operation(3, 4, Command::Read, pending(2, "a"))];
    let refused_without_reason = vec![operation(1, 2, amend("a", 1), Answer::Stale)];
    let conflict_without_reason = vec![operation(1, 2, Command::Change(Act::Confirm, 1), Answer::Conflict)];
    let out_of_nowhere = vec![operation(1, 2, Command::Read, pending(2, "z"))];
    let histories = [
        lost_update,
        stale_read,
        double_win,
        read_that_goes_back,
        refused_and_done,
        refused_without_reason,
        conflict_without_reason,
        out_of_nowhere,
    ];
    for history in histories {
        assert!(contradiction(&history).is_some(), "{history:?}");
    }
}

/// Commands that take effect one after another, each somewhere between its call and its return.
fn sequence(dice: &Dice, length: u64) -> Vec<Operation> {
    const SPREAD: u64 = 40;
    let mut state = OrderState::placed("");
    let mut history = vec![];
    for place in 0..length {
        let version = state.version() - i64::from(dice.below(3) == 0);
        let acts = [Act::Amend(format!("note {place}")), Act::Confirm, Act::Invalidate, Act::Restore];
        let command = match dice.below(3) {
            0 => Command::Read,
            _ => Command::Change(dice.pick(&acts).clone(), version),
        };
        let (answer, next) = state.answer(&command);
        state = next;
        let moment = (place + 10) * 10;
        let (called, returned) = (moment - dice.below(SPREAD), moment + 1 + dice.below(SPREAD));
        history.push(operation(called, returned, command, answer));
    }
    history
}

#[test]
fn whatever_an_order_answers_is_accepted_and_a_version_too_many_is_not() {
    for seed in 0..200 {
        let dice = Dice::of(seed);
        let mut history = sequence(&dice, 40);
        assert_eq!(contradiction(&history), None, "seed {seed}");
        let answers = history.iter_mut().rev().find_map(|operation| match &mut operation.answer {
            Answer::Order(shown) => Some(shown),
            _ => None,
        });
        let Some(shown) = answers else { continue };
        shown.version += 1;
        assert!(contradiction(&history).is_some(), "seed {seed}");
    }
}
