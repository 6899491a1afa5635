//! The addresses that a server listens on.

use std::net::{SocketAddr, TcpListener};

use crate::exit::{Exit, Failure};

/// The addresses really listened on.
pub(super) struct Addresses {
    pub(super) api: SocketAddr,
    pub(super) metrics: Option<SocketAddr>,
}

pub(super) fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let hint = "is another server running? Name another address by";
        Failure::new(Exit::Unavailable, format!("cannot listen on {address}: {error}; {hint} {flag}"))
    })
}

pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener
        .local_addr()
        .map_err(|error| Failure::new(Exit::Unavailable, format!("cannot tell the own address: {error}")))
}
