//! Starts the background work beside the API.

use ordervault_api::background::{Background, Checkpoints, Pace};
use ordervault_api::state::AppState;
use tokio::task::JoinHandle;

use crate::config;
use crate::shutdown::Shutdown;

/// Runs until it is aborted, or told to stop between two steps. Where jobs are off, only what every server does is done.
pub(super) fn start(
    config: &config::Jobs,
    checkpoint: &config::Checkpoint,
    state: &AppState,
    stop: Shutdown,
) -> JoinHandle<()> {
    let mut background = Background::of(state, config.enabled.then_some(config.interval));
    if config.enabled {
        let folder = checkpoint.folder.clone();
        background = background.with(Checkpoints { folder }, Pace::every(checkpoint.interval));
    }
    tokio::spawn(background.run(stop.requested()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ordervault_api::auth::Secrets;
    use ordervault_api::settings::Settings;
    use ordervault_api::state::BuildInfo;
    use ordervault_domain::store::Policy;
    use ordervault_persistence::db::Db;
    use ordervault_persistence::engine::Engine;
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
        let state = AppState::new(
            Settings::default(),
            BuildInfo { version: "0.0.0", commit: None },
            (db.clone(), shop.writer.clone()),
            Sources::new(move || clock.now(), seeded(7)),
            &Secrets::from_keys([7; 32], None),
            vec![],
        );
        // What every server does, jobs or not.
        let quiet = async || {
            let mut dump = dump(&db).await;
            dump.remove("outbox");
            dump
        };
        let before = quiet().await;
        let stop = Shutdown::on_signals(Duration::ZERO).unwrap();
        let interval = Duration::from_millis(1);
        let folder = tempfile::tempdir().unwrap();
        let checkpoint =
            config::Checkpoint { folder: folder.path().to_owned(), interval: Duration::from_hours(1) };
        let off = start(&config::Jobs { enabled: false, interval }, &checkpoint, &state, stop.clone());
        state.waker.wake();
        // Then there is nothing to do on SQLite, and on PostgreSQL but to number events.
        let is_numbered = async || dump(&db).await["outbox"].iter().all(|row| row.int("position").is_some());
        in_time(async || match db.engine() {
            Engine::Sqlite => off.is_finished(),
            Engine::Postgres => is_numbered().await,
        })
        .await;
        assert_eq!(differences(&before, &quiet().await), [""; 0]);
        off.abort();
        _ = off.await;
        // The same with jobs: there is something to do.
        let on = start(&config::Jobs { enabled: true, interval }, &checkpoint, &state, stop);
        in_time(async || !differences(&before, &quiet().await).is_empty()).await;
        on.abort();
        _ = on.await;
        drop(state);
        shop.close().await;
    }

    /// Waits until it is so.
    async fn in_time(is_so: impl AsyncFn() -> bool) {
        let waiting = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap();
    }
}
