//! A clock that is a week ahead for one boot.

use crate::subject::{Subject, installation};
use crate::trial::{Outcome, Trial};

use super::clock::{FakeClock, RIGHT};

/// So far ahead that nobody waits for the clock to catch up.
const AHEAD: &str = "+7d";

pub(super) async fn round(trial: Trial) -> Outcome {
    let dice = trial.dice();
    let clock = FakeClock::new();
    let mut subject = Subject::with(installation(&trial).await, &clock.environment()).await;
    subject.under_load(async |subject| subject.ledger.more_done(5 + dice.below(20)).await).await;
    subject.kill();
    let mut outcome = Outcome::default();
    clock.set(AHEAD);
    outcome.check(subject.start().err().map(|said| format!("START: {said}")));
    subject.sign_in().await;
    subject.under_load(async |subject| subject.ledger.more_done(5 + dice.below(20)).await).await;
    subject.kill();
    clock.set(RIGHT);
    outcome.check(subject.start().err().map(|said| format!("START: {said}")));
    // What is refused loses nothing either.
    subject.under_load(async |subject| subject.ledger.more(20).await).await;
    if !trial.is_control {
        let repaired = subject.installation.run(&["clock", "repair"]);
        let said = String::from_utf8_lossy(&repaired.stderr).into_owned();
        outcome.check((!repaired.status.success()).then(|| format!("REPAIR: {said}")));
        subject.sign_in().await;
    }
    outcome.check(subject.recovers().await.map(|said| format!("RECOVERY: {said}")));
    let judged = subject.judge(1).await;
    outcome.struck = judged.struck;
    outcome.checked += judged.checked;
    outcome.broken.extend(judged.broken);
    outcome
}
