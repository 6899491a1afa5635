//! Backups that are made while customers order.

use std::fs;
use std::path::Path;

use ordervault_tests::program::Installation;
use tokio::task::block_in_place;

use crate::ledger::{Found, Intent, Number, Told};
use crate::subject::{Subject, found, verify};
use crate::trial::{Outcome, Trial};

/// Where copies are kept, in the folder of the shop.
const COPIES: &str = "copies";

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, count) = (trial.dice(), trial.size(6, 2));
    let mut subject = Subject::open(&trial).await;
    fs::create_dir(subject.installation.path().join(COPIES)).expect("a folder");
    let copies = subject
        .under_load(async |subject| {
            let mut copies = vec![];
            for number in 0..count {
                subject.ledger.more_done(20 + dice.below(200)).await;
                let acknowledged = placed(subject);
                let outcome = block_in_place(|| backup(&trial, &subject.installation, number));
                copies.push((acknowledged, outcome));
            }
            copies
        })
        .await;
    let mut outcome = subject.judge(0).await;
    for (acknowledged, made) in copies {
        outcome.struck += 1;
        match made {
            Ok(name) => restored(&trial, &subject, (&name, &acknowledged), &mut outcome).await,
            Err(said) => outcome.check(Some(format!("BACKUP: {said}"))),
        }
    }
    outcome
}

/// The intents of the orders that were acknowledged by now.
fn placed(subject: &Subject) -> Vec<Number> {
    let entries = subject.ledger.entries().into_iter();
    let placed = entries.filter(|(_, entry)| matches!(entry, (Intent::Place, Told::Done { .. })));
    placed.map(|(number, _)| number).collect()
}

/// Makes a copy; its path. The control is one that the documentation warns of: of the file alone.
fn backup(trial: &Trial, shop: &Installation, number: u64) -> Result<String, String> {
    if trial.is_control {
        let copy = shop.path().join(COPIES).join(format!("{number}.db"));
        fs::copy(shop.file(), &copy).map_err(|error| error.to_string())?;
        return Ok(copy.display().to_string());
    }
    let output = shop.run(&["-q", "backup", "create"]);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let name = said.split_whitespace().find(|word| word.starts_with("ordervault-"));
    match (output.status.success(), name) {
        (true, Some(name)) => Ok(shop.path().join(format!("data/backups/{name}.db")).display().to_string()),
        _ => Err(said),
    }
}

/// Puts a copy into an empty place, where it has to hold together and have all that was acknowledged before it was made.
async fn restored(
    trial: &Trial,
    subject: &Subject,
    (copy, acknowledged): (&str, &[Number]),
    outcome: &mut Outcome,
) {
    let place = Installation::of(&trial.program, None);
    let data = place.path().join("data");
    fs::create_dir(&data).expect("a folder");
    let of = |folder: &Path| folder.join("secret.key");
    fs::copy(of(&subject.installation.path().join("data")), of(&data)).expect("the secret file");
    if trial.is_control {
        fs::copy(copy, place.file()).expect("the copy");
    } else {
        let output = block_in_place(|| place.run(&["-q", "restore", copy]));
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        outcome.check((!output.status.success()).then(|| format!("RESTORE: {said}")));
    }
    let wrong = block_in_place(|| verify(&place));
    let is_sound = wrong.is_none();
    outcome.check(wrong);
    if !is_sound {
        return;
    }
    let there: Vec<Found> = found(&place).await;
    let lost = acknowledged.iter().filter(|number| !there.iter().any(|found| found.number == **number));
    outcome.checked += acknowledged.len() as u64;
    outcome.broken.extend(lost.map(|number| format!("LOSS: order {number} is not in the backup")));
}
