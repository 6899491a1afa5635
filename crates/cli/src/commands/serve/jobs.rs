//! Starts the timed jobs beside the API.

use actix_web::web::Data;
use ordervault_api::jobs::Jobs;
use ordervault_api::state::AppState;
use tokio::task::JoinHandle;

use crate::config;
use crate::shutdown::Shutdown;

/// Runs until it is aborted, or told to stop between two steps.
pub(super) fn start(config: &config::Jobs, state: &Data<AppState>, stop: Shutdown) -> JoinHandle<()> {
    let (enabled, interval) = (config.enabled, config.interval);
    let jobs = Jobs::all(state);
    tokio::spawn(async move {
        if enabled {
            jobs.run(move || tokio::time::sleep(interval), stop.requested()).await;
        }
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ordervault_api::auth::Secrets;
    use ordervault_api::settings::Settings;
    use ordervault_api::state::BuildInfo;
    use ordervault_domain::store::Policy;
    use ordervault_persistence::db::Db;
    use ordervault_persistence::sources::Sources;
    use ordervault_tests::dump::{differences, dump};
    use ordervault_tests::shop::{Shop, seeded};

    use super::*;

    ordervault_tests::twin_tests!(where_jobs_are_off_none_runs);

    async fn where_jobs_are_off_none_runs(db: Db) {
        let shop = Shop::open(&db).await;
        let policy =
            Policy { review_minutes: Some(1), cancel_unconfirmed_minutes: Some(2), ..Policy::default() };
        let store = shop.store_with(policy).await;
        let product = shop.product(&store, 1).await;
        shop.place(&*shop.customer().await, &store, &[(&product, 1)]).await;
        shop.clock.advance(3_600_000);
        let clock = shop.clock.clone();
        let state = Data::new(AppState::new(
            Settings::default(),
            BuildInfo { version: "0.0.0", commit: None },
            (db.clone(), shop.writer.clone()),
            Sources::new(move || clock.now(), seeded(7)),
            &Secrets::from_keys([7; 32], None),
            vec![],
        ));
        let before = dump(&db).await;
        let stop = Shutdown::on_signals(Duration::ZERO).unwrap();
        let interval = Duration::from_millis(1);
        let off = start(&config::Jobs { enabled: false, interval }, &state, stop.clone());
        state.waker.wake();
        tokio::task::yield_now().await;
        // It has had one turn, and has no other.
        assert!(off.is_finished());
        assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
        // The same with jobs: there is something to do.
        let on = start(&config::Jobs { enabled: true, interval }, &state, stop);
        let something_happens = async { while differences(&before, &dump(&db).await).is_empty() {} };
        tokio::time::timeout(Duration::from_secs(60), something_happens).await.unwrap();
        on.abort();
        _ = on.await;
        drop(state);
        shop.close().await;
    }
}
