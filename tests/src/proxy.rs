//! A stretch of network between the program and PostgreSQL that loses things when it is told to.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What happens to the next COMMIT; afterwards everything passes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    /// It passes.
    None,
    /// The line is cut before the server hears of it.
    LoseCommit,
    /// The server carries it out; the line is cut before the client hears of it.
    LoseAnswer,
    /// The client is cut off at once; the server hears of the commit a while later.
    DelayCommit,
}

/// For so long [`Fault::DelayCommit`] holds a commit back.
pub const DELAY: Duration = Duration::from_millis(300);

/// The proxy. It ends with the test's runtime.
#[derive(Clone)]
pub struct Proxy {
    url: String,
    fault: Arc<AtomicU8>,
}

impl Proxy {
    /// A way to the database at `url`, whose host and port are an address.
    pub async fn before(url: &str) -> Self {
        let (head, tail) = url.split_once('@').expect("a URL with an account");
        let (server, database) = tail.split_once('/').expect("a URL with a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let proxy = Self {
            url: format!("{head}@127.0.0.1:{port}/{database}"),
            fault: Arc::new(AtomicU8::new(Fault::None as u8)),
        };
        let (server, fault) = (server.to_owned(), Arc::clone(&proxy.fault));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("the server answers");
                tokio::spawn(carry(client, server, Arc::clone(&fault)));
            }
        });
        proxy
    }

    /// The database through the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets this happen to the next COMMIT.
    pub fn arm(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    /// Did it happen?
    pub fn has_fired(&self) -> bool {
        self.fault.load(Ordering::SeqCst) == Fault::None as u8
    }
}

async fn carry(client: TcpStream, server: TcpStream, fault: Arc<AtomicU8>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mute = Arc::new(AtomicBool::new(false));
    let answers = tokio::spawn(copy(from_server, to_client, Arc::clone(&mute)));
    watch(from_client, to_server, &fault, &mute).await;
    if mute.load(Ordering::SeqCst) {
        // Ends with the answer that is lost.
        let _ = answers.await;
    } else {
        answers.abort();
    }
}

/// Passes on what the server says, until it is muted.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mute: Arc<AtomicBool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if mute.load(Ordering::SeqCst) || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Passes on what the client says, until the line is cut.
async fn watch(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, fault: &AtomicU8, mute: &AtomicBool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let said = &buffer[..read];
        // Not the COMMITTED of READ COMMITTED.
        let fired = match said.windows(8).any(|word| word == b"; COMMIT") {
            true => fault.swap(Fault::None as u8, Ordering::SeqCst),
            false => Fault::None as u8,
        };
        if fired == Fault::LoseCommit as u8 {
            return;
        }
        if fired == Fault::DelayCommit as u8 {
            let said = said.to_vec();
            tokio::spawn(async move {
                tokio::time::sleep(DELAY).await;
                let _ = to.write_all(&said).await;
            });
            return;
        }
        mute.store(fired == Fault::LoseAnswer as u8, Ordering::SeqCst);
        if to.write_all(said).await.is_err() || fired == Fault::LoseAnswer as u8 {
            return;
        }
    }
}
