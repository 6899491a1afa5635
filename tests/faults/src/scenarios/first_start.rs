//! A first start, or a first `migrate`, that is killed before it is done.

use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ordervault_persistence::engine::Engine;
use ordervault_tests::damage::damage;
use ordervault_tests::postgres::free_port;
use ordervault_tests::program::Installation;
use tokio::time::sleep;

use crate::subject::{OWNER, installation, verify};
use crate::trial::{Outcome, Trial};

const MIGRATE: &[&str] = &["migrate"];
const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];

pub(super) async fn round(trial: Trial) -> Outcome {
    let dice = trial.dice();
    let listen = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let begun = Instant::now();
    let undisturbed = installation(&trial).await.serve_at(listen, &[]);
    let takes = begun.elapsed();
    let mut outcome = Outcome { struck: 1, ..Outcome::default() };
    outcome.check(undisturbed.err().map(|said| format!("START: {said}")));

    let shop = installation(&trial).await;
    let command: &&[&str] = dice.pick(&[MIGRATE, SERVE]);
    let killed = shop.start(command, &[]);
    sleep(Duration::from_micros(dice.below(takes.as_micros().try_into().unwrap_or(u64::MAX)))).await;
    drop(killed);
    if trial.is_control {
        let server = shop.serve_at(listen, &[]).expect("a server");
        // Stopped, so that nothing is left in the log that could be put back.
        server.signal("TERM");
        server.end();
        halve(&shop, trial.engine).await;
    }
    match shop.serve_at(listen, &[]) {
        Ok(server) => {
            server.signal("TERM");
            let (code, _, said) = server.end();
            outcome.check((code != Some(0)).then(|| format!("STOP: {code:?}: {said}")));
        }
        Err(said) => outcome.check(Some(format!("START: {said}"))),
    }
    outcome.check(verify(&shop));
    let members = shop.run(&["member", "list"]);
    let owners = String::from_utf8_lossy(&members.stdout).matches(OWNER).count();
    outcome.check((owners != 1).then(|| format!("OWNER: there are {owners}")));
    outcome
}

async fn halve(shop: &Installation, engine: Engine) {
    match engine {
        Engine::Sqlite => {
            let file = OpenOptions::new().write(true).open(shop.file()).expect("the database");
            let length = file.metadata().expect("its length").len();
            file.set_len(length / 2).expect("the file is cut");
        }
        Engine::Postgres => damage(&shop.url(), "DROP TABLE history CASCADE").await,
    }
}
