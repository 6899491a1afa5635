//! How much one client has going on at a time: connections, or behind a proxy that is trusted requests, because the proxy's
//! connections are everybody's.

use std::any::Any;
use std::net::Shutdown;

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::{Error, HttpResponse, web};
use socket2::SockRef;

use crate::extract::{ClientAddress, is_trusted};
use crate::problem::{Code, Problem};
use crate::state::AppState;
use crate::translations::Text;

const RETRY_AFTER_SECONDS: u32 = 1;

/// For each new connection: it has a place until it ends, or ends at once where its client has no place left. Nothing is
/// answered then, because whoever opens so many may never ask.
pub(crate) fn limit(state: web::Data<AppState>) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + Clone {
    move |connection, extensions| {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        // Whoever is gone by now needs no place.
        let Ok(peer) = stream.peer_addr() else { return };
        if is_trusted(peer.ip(), &state.settings.trusted_proxies) {
            return;
        }
        let client = ClientAddress(peer.ip().to_canonical());
        if let Some(place) = state.connections.take_now(client.number()) {
            extensions.insert(place);
            return;
        }
        tracing::info!(client = %client.0, "a connection too many of one client was closed");
        if let Err(error) = SockRef::from(stream).shutdown(Shutdown::Both) {
            tracing::debug!(%error, "a connection too many was closed already");
        }
    }
}

/// For each request that a trusted proxy sends: it has a place until it is answered, or is refused.
pub(crate) async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let client = ClientAddress::of(request.request());
    let is_direct = request.peer_addr().is_none_or(|peer| peer.ip().to_canonical() == client.0);
    let places =
        request.app_data::<web::Data<AppState>>().filter(|_| !is_direct).map(|state| &state.connections);
    let place = places.map(|places| places.take_now(client.number()));
    match place {
        Some(None) => {
            let problem = Problem::new(Code::RateLimited).retry_after(RETRY_AFTER_SECONDS);
            let problem = problem.detail(Text::new("requests-at-once"));
            // Not `into_response`, which forgets the error that the rendering middleware looks for.
            Ok(ServiceResponse::new(request.into_parts().0, HttpResponse::from_error(problem)))
        }
        _ => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
    }
}
