//! Starts the timed jobs beside the API.

use actix_web::web::Data;
use ordervault_api::jobs::Jobs;
use ordervault_api::state::AppState;
use tokio::task::JoinHandle;

use crate::config;
use crate::stop::Stop;

/// Runs until it is aborted, or told to stop between two steps.
pub(super) fn start(config: &config::Jobs, state: &Data<AppState>, stop: Stop) -> JoinHandle<()> {
    let (enabled, interval) = (config.enabled, config.interval);
    let jobs = Jobs::all(state);
    tokio::spawn(async move {
        if enabled {
            jobs.run(move || tokio::time::sleep(interval), stop.requested()).await;
        }
    })
}
