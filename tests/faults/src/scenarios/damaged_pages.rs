//! Pages of a file that are not what was written.

use std::os::unix::fs::FileExt as _;

use ordervault_tests::program::Installation;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::subject::{Subject, copy};
use crate::trial::{Outcome, Trial};

const PAGE_BYTES: u64 = 4096;

pub(super) async fn round(trial: Trial) -> Outcome {
    let dice = trial.dice();
    let mut subject = Subject::open(&trial).await;
    subject.under_load(async |subject| subject.ledger.more_done(100).await).await;
    let mut outcome = subject.judge(0).await;
    // Without free pages, which may hold anything.
    let mut connection =
        SqliteConnection::connect(&subject.installation.url()).await.expect("the file opens");
    connection.execute("VACUUM").await.expect("no page is free");
    connection.close().await.expect("the file closes");
    for _ in 0..trial.size(40, 8) {
        let shop = copy(&trial, &subject.installation).await;
        let file = std::fs::File::options().read(true).write(true).open(shop.file()).expect("the file");
        let page = dice.below(file.metadata().expect("its length").len() / PAGE_BYTES);
        let with: Vec<u8> = match dice.below(2) {
            0 => vec![0; 4096],
            _ => (0..PAGE_BYTES).map(|_| u8::try_from(dice.below(256)).unwrap_or_default()).collect(),
        };
        if !trial.is_control {
            file.write_all_at(&with, page * PAGE_BYTES).expect("the page is overwritten");
        }
        outcome.struck += 1;
        let output = shop.run(&["-q", "verify"]);
        let said = [output.stdout, output.stderr].concat();
        let is_told = output.status.code().is_some_and(|code| code != 0) && !said.is_empty();
        outcome.check((!is_told).then(|| format!("UNNOTICED: page {page} ({:?})", output.status)));
        outcome.check(salvaged(&trial, &shop).err().map(|said| format!("SALVAGE: page {page}: {said}")));
    }
    outcome
}

/// What is salvaged comes into another shop without a refusal, unless the store, product or customer of an order is lost. A file of
/// which nothing can be read is told so in one line.
fn salvaged(trial: &Trial, shop: &Installation) -> Result<(), String> {
    let output = shop.run(&["-q", "export", "jsonl", "rest.jsonl", "--salvage"]);
    let left_out = String::from_utf8_lossy(&output.stderr);
    let other = Installation::of(&trial.program, None);
    match output.status.code() {
        Some(0 | 1) => {
            let rest = shop.path().join("rest.jsonl").display().to_string();
            let output = other.run(&["-q", "import", "jsonl", &rest]);
            let said = [output.stdout, output.stderr].concat();
            let refused = || Err(String::from_utf8_lossy(&said).into_owned());
            // By what they are called, or as something that nobody can name.
            let lost =
                ["sto_", "prd_", "cus_", "what stands behind"].iter().any(|sign| left_out.contains(sign));
            if output.status.success() || lost { Ok(()) } else { refused() }
        }
        Some(69..=78) if left_out.lines().count() == 1 => Ok(()),
        _ => Err(format!("{:?}: {left_out}", output.status)),
    }
}
