//! A proxy in front of several servers: each connection goes to the next of them, and to the one after it where nobody listens.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// The proxy. It ends with the test's runtime.
pub struct Balancer {
    /// Where it listens.
    pub address: SocketAddr,
    served: Arc<Vec<AtomicUsize>>,
}

impl Balancer {
    /// A way to these servers.
    pub async fn before(servers: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let served: Arc<Vec<_>> = Arc::new(servers.iter().map(|_| AtomicUsize::new(0)).collect());
        let count = Arc::clone(&served);
        tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((client, _)) = listener.accept().await {
                turn += 1;
                tokio::spawn(carry(client, servers.clone(), turn, Arc::clone(&count)));
            }
        });
        Self { address, served }
    }

    /// How many connections each server took.
    pub fn served(&self) -> Vec<usize> {
        self.served.iter().map(|count| count.load(Ordering::Relaxed)).collect()
    }
}

/// Only a server that takes no connection is passed over: what one may have begun is never sent to another.
async fn carry(mut client: TcpStream, servers: Vec<SocketAddr>, turn: usize, served: Arc<Vec<AtomicUsize>>) {
    for number in (0..servers.len()).map(|step| (turn + step) % servers.len()) {
        if let Ok(mut server) = TcpStream::connect(servers[number]).await {
            served[number].fetch_add(1, Ordering::Relaxed);
            // Broken lines are what the test is about.
            let _ = copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}
