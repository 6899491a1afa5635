//! Strangers who try passwords as fast as they can.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ordervault_tests::http::Request;
use serde_json::json;

use crate::subject::{Subject, installation};
use crate::trial::{Outcome, Trial};

const STRANGERS: u64 = 32;

pub(super) async fn round(trial: Trial) -> Outcome {
    // Nobody is stopped before their password is looked at.
    let unthrottled = [("ORDERVAULT_THROTTLES__LOGIN_ADDRESS", "1000000000/1m")];
    let mut subject = Subject::with(installation(&trial).await, &unthrottled).await;
    let (address, tried) = (subject.listen, Arc::new(AtomicU64::new(0)));
    let flood: Vec<_> = (0..STRANGERS)
        .map(|_| {
            let tried = Arc::clone(&tried);
            tokio::spawn(async move {
                loop {
                    let number = tried.fetch_add(1, Ordering::Relaxed);
                    let login = json!({"email": format!("nobody-{number}@example.com"), "password": "let me in, let me in"});
                    // Whatever they are told.
                    let _ = Request::post("/v1/auth/login").json(&login).try_send(address).await;
                }
            })
        })
        .collect();
    let goes_on = subject.goes_on(&trial).await;
    for stranger in flood {
        stranger.abort();
    }
    let mut outcome = subject.judge(tried.load(Ordering::Relaxed)).await;
    outcome.check(goes_on);
    outcome
}
