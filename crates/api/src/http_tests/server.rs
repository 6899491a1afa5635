//! A real server on real sockets: limits of time, metrics on their own address, stopping.

use super::*;
use std::net::{SocketAddr, TcpListener};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::server::{Ends, Listeners, run};

async fn told(receiver: oneshot::Receiver<()>) {
    let _ = receiver.await;
}

async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn it_serves_measures_and_stops() {
    let recorder = crate::telemetry::recorder().unwrap();
    let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (api, metrics) = (bind(), bind());
    let (api_address, metrics_address) = (api.local_addr().unwrap(), metrics.local_addr().unwrap());
    let (announce, announced) = oneshot::channel::<()>();
    let (stop, stopped) = oneshot::channel::<()>();
    let state = state().await;
    let listeners = Listeners { api, metrics: Some((metrics, recorder.handle())) };
    let ends = Ends { announced: told(announced), requested: told(stopped) };
    let server = tokio::spawn(run(state.clone(), listeners, ends));

    let answer = exchange(api_address, "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("alive"), "{answer}");
    let head = exchange(api_address, "HEAD /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(head.contains("content-length: 18\r\n"), "{head}");
    let both =
        "POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    assert!(exchange(api_address, both).await.starts_with("HTTP/1.1 400 "));
    let answer =
        exchange(metrics_address, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.contains("ordervault_panics_total 0"), "{answer}");
    let answer = exchange(api_address, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");

    let ready = "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(exchange(api_address, ready).await.starts_with("HTTP/1.1 200 "));
    announce.send(()).unwrap();
    // The other task is told when this one waits.
    while !state.is_draining() {
        tokio::task::yield_now().await;
    }
    assert!(exchange(api_address, ready).await.starts_with("HTTP/1.1 503 "));
    let alive = exchange(api_address, "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(alive.starts_with("HTTP/1.1 200 "), "{alive}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert!(TcpStream::connect(api_address).await.is_err());
    assert!(TcpStream::connect(metrics_address).await.is_err());
}

#[actix_web::test]
async fn too_large_bodies_close_the_connection() {
    let api = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = api.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ends = Ends { announced: told(stopped), requested: std::future::ready(()) };
    let server = tokio::spawn(run(state().await, Listeners { api, metrics: None }, ends));
    let request = "POST /v1/auth/sample HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999999\r\n\r\n{";
    let answer = exchange(address, request).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("payload-too-large"), "{answer}");
    // However the path is written.
    let body = " ".repeat(5_000);
    let request = format!(
        "POST /v1/%61uth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{body}"
    );
    let answer = exchange(address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("4096 bytes"), "{answer}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
