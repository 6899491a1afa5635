//! `healthcheck`: asks the server of the same configuration whether it is ready.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::context::Context;
use crate::exit::{Exit, Failure};

/// For connecting, sending and receiving each; an image's health check usually allows more.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The first line of an answer is short.
const MAX_STATUS_BYTES: u64 = 1_024;

pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let address = reachable(context.config.server.listen);
    match status_line(address) {
        Ok(line) if line.split(' ').nth(1) == Some("200") => {
            context.say("ready");
            Ok(Exit::Ok)
        }
        Ok(line) => Err(Failure::new(Exit::Findings, format!("{address} is not ready: {}", line.trim_end()))),
        Err(error) => Err(Failure::new(
            Exit::Unavailable,
            format!("no server answers at {address}: {error}; is it running?"),
        )),
    }
}

/// A server that listens on all addresses is asked on the loopback one.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn status_line(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_STATUS_BYTES)).read_line(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        let cases = [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("10.0.0.1:80", "10.0.0.1:80")];
        for (listen, asked) in cases {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
