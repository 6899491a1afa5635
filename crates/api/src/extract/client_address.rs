//! Where a request comes from.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use ipnet::IpNet;

use super::argument::Argument;
use crate::problem::Problem;
use crate::state::AppState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of whoever sent the request: the other end of the connection, unless that is a proxy that is trusted to tell
/// for whom it asks. What anybody else says about their address is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Where this request comes from.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let state = request.app_data::<web::Data<AppState>>();
        let trusted = state.map_or(&[][..], |state| &state.settings.trusted_proxies);
        // Only tests in process have no connection.
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let hops = request.headers().get_all(FORWARDED_FOR).filter_map(|value| value.to_str().ok());
        Self(behind_proxies(peer, hops, trusted))
    }

    /// The same as a number.
    pub(crate) fn number(self) -> i64 {
        i64::from_be_bytes(self.network())
    }

    /// What one client has for itself: an IPv4 address, of an IPv6 address the first 64 bits.
    pub(crate) fn network(self) -> [u8; 8] {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, d] = address.octets();
                [0, 0, 0, 0, a, b, c, d]
            }
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                let mut network = [0; 8];
                let bytes = [a, b, c, d].into_iter().flat_map(u16::to_be_bytes);
                network.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
                network
            }
        }
    }
}

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Argument for ClientAddress {}

/// Is this the address of a proxy that is believed?
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

/// From the near end of the chain the first hop that is no trusted proxy. A hop that is no address ends the chain.
fn behind_proxies<'a>(
    peer: IpAddr,
    forwarded_for: impl Iterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = peer.to_canonical();
    let hops: Vec<&str> = forwarded_for.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        match hop.parse::<IpAddr>() {
            Ok(address) if is_trusted(client, trusted) => client = address.to_canonical(),
            _ => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: [IpNet; 2] = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for (peer, header, client) in [
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1,10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "198.51.100.1:4711", "10.0.0.1"),
            ("fd00::1", "2001:db8::9", "2001:db8::9"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ] {
            let found = behind_proxies(peer.parse().unwrap(), [header].into_iter(), &trusted);
            assert_eq!(found.to_string(), client, "{peer} {header}");
            assert_eq!(behind_proxies(found, [header].into_iter(), &[]), found);
        }
        let two = ["1.2.3.4", "198.51.100.1"].into_iter();
        assert_eq!(behind_proxies("10.0.0.1".parse().unwrap(), two, &trusted).to_string(), "198.51.100.1");
    }

    #[test]
    fn a_client_is_an_address_or_an_ipv6_network() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("203.0.113.7"), network("203.0.113.8"));
    }
}
