//! Listening, limits and stopping.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::{App, HttpServer, web};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::app::{all_routes, create_app};
use crate::connections;
use crate::openapi::Contract;
use crate::pages::ready_details;
use crate::state::{AppState, MAX_CONNECTIONS};
use crate::telemetry::metrics_routes;

const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const MAX_METRICS_CONNECTIONS: usize = 16;
const STOP_GRACE_SECONDS: u64 = 30;

/// Where to listen; already bound, so that "address in use" is the caller's to report, and port 0 can be asked for.
pub struct Listeners {
    /// The API.
    pub api: TcpListener,
    /// `/metrics`, usually on a loopback address.
    pub metrics: Option<(TcpListener, PrometheusHandle)>,
}

/// When to end.
pub struct Ends<A, R> {
    /// Ready when the server is going to stop: `/readyz` says no from then on, so that a proxy turns away; everything else goes
    /// on.
    pub announced: A,
    /// Ready when the server is to stop; asked only after the other.
    pub requested: R,
}

/// Serves until it is told to stop; then no new connections are taken, running requests get up to 30 s, and this returns.
pub async fn run<A, R>(state: web::Data<AppState>, listeners: Listeners, ends: Ends<A, R>) -> io::Result<()>
where
    A: Future<Output = ()>,
    R: Future<Output = ()>,
{
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let api = {
        let state = state.clone();
        let contract = Contract::of(&all_routes(state.settings.docs_enabled)).map_err(io::Error::other)?;
        let contract = web::Data::new(contract);
        let limit = connections::limit(state.clone());
        HttpServer::new(move || create_app(state.clone(), contract.clone()))
            .on_connect(limit)
            .workers(workers)
            // actix counts per worker.
            .max_connections(MAX_CONNECTIONS.div_ceil(workers))
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .keep_alive(KEEP_ALIVE)
            .shutdown_timeout(STOP_GRACE_SECONDS)
            .disable_signals()
            .listen(listeners.api)?
            .run()
    };
    let metrics = match listeners.metrics {
        Some((listener, handle)) => Some(
            HttpServer::new({
                let state = state.clone();
                move || {
                    let details = web::resource("/readyz").route(web::get().to(ready_details));
                    App::new()
                        .app_data(state.clone())
                        .service(details)
                        .configure(metrics_routes(handle.clone()))
                }
            })
            .workers(1)
            .max_connections(MAX_METRICS_CONNECTIONS)
            .client_request_timeout(HEAD_TIMEOUT)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)?
            .run(),
        ),
        None => None,
    };
    let (api_handle, metrics_handle) = (api.handle(), metrics.as_ref().map(|server| server.handle()));
    let metrics = metrics.map(tokio::spawn);
    let mut api = tokio::spawn(api);
    let told = async {
        ends.announced.await;
        state.start_draining();
        tracing::info!("draining: /readyz says no");
        ends.requested.await;
    };
    tokio::select! {
        // Without a stop: the server ended by itself, which is a failure worth telling.
        ended = &mut api => return ended.map_err(io::Error::other)?,
        () = told => {}
    }
    api_handle.stop(true).await;
    let outcome = api.await.map_err(io::Error::other)?;
    // Last, so that the end can still be watched.
    if let (Some(handle), Some(server)) = (metrics_handle, metrics) {
        handle.stop(true).await;
        server.await.map_err(io::Error::other)??;
    }
    outcome
}
