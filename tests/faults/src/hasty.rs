//! Who says yes before it is true: the negative control of every promise about acknowledged changes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const YES: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/// A proxy that answers every order with 201 at once, and hands it on one after another when it comes to it. It ends with the
/// runtime.
pub async fn before(server: SocketAddr) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (queue, waiting) = unbounded_channel();
    tokio::spawn(hand_on(waiting, server));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(answer(client, server, queue.clone()));
        }
    });
    Ok(address)
}

async fn answer(
    mut client: TcpStream,
    server: SocketAddr,
    queue: UnboundedSender<Vec<u8>>,
) -> std::io::Result<()> {
    let request = read_request(&mut client).await?;
    if request.starts_with(b"POST /v1/staff/orders ") {
        // Nobody takes it when all is over.
        let _ = queue.send(request);
        return client.write_all(YES).await;
    }
    client.write_all(&exchange(server, &request).await?).await
}

async fn hand_on(mut waiting: UnboundedReceiver<Vec<u8>>, server: SocketAddr) {
    while let Some(request) = waiting.recv().await {
        // Whatever becomes of it, its client was told that all is well.
        let _ = exchange(server, &request).await;
    }
}

async fn exchange(server: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(request).await?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// A whole request of the kit: head, and as much body as it declares.
async fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = vec![];
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = client.read(&mut buffer).await?;
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let declared = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
        let declared: usize = declared.and_then(|length| length.parse().ok()).unwrap_or_default();
        let head = request.windows(4).position(|window| window == b"\r\n\r\n");
        if read == 0 || head.is_some_and(|end| request.len() >= end + 4 + declared) {
            return Ok(request);
        }
    }
}
