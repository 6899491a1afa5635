//! What production mode refuses of files, how much memory and how many connections strangers can take, and that the log does
//! not cry at them.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use futures_util::future::join_all;
use ordervault_tests::http::Request;
use serde_json::json;

use crate::installation::{Installation, assert_ends, assert_fails, send, sign_in, text};

const PRODUCTION: [(&str, &str); 1] = [("ORDERVAULT_MODE", "production")];

#[test]
fn files_that_everybody_can_reach_are_refused() {
    let shop = Installation::on_sqlite();
    let migrate = || shop.run_with(&["-q", "migrate"], &PRODUCTION);
    assert_ends(&migrate(), 0, "");
    let (folder, file) = (shop.path().join("data"), shop.path().join("data/ordervault.db"));
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    let set = |path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    for (path, private, open) in [(&folder, 0o700, 0o705), (&folder, 0o700, 0o703), (&file, 0o600, 0o604)] {
        set(path, open);
        assert_fails(&migrate(), 78, "chmod o-rwx");
        assert_eq!(
            shop.run(&["-q", "migrate"]).status.code(),
            Some(0),
            "in development mode it is nobody's business"
        );
        set(path, private);
    }
    set(&folder, 0o750);
    assert_ends(&migrate(), 0, "");
    set(&folder, 0o700);
    fs::rename(&file, folder.join("elsewhere.db")).unwrap();
    symlink("elsewhere.db", &file).unwrap();
    assert_fails(&migrate(), 78, "is a symbolic link");
}

/// Memory that the server itself has taken, MiB: without the pages of its program, which are many in a build for tests.
fn memory_mib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn logins_take_the_memory_of_one_hash_per_permit() {
    const MIB_OF_A_HASH: u64 = 19;
    // What 200 connections may take besides; 200 hashes at once would be nearly 4 GiB.
    const MIB_OF_THE_CONNECTIONS: u64 = 32;
    let permits = std::thread::available_parallelism().unwrap().get().saturating_sub(1).max(1) as u64;
    let shop = Installation::on_sqlite();
    let all = [("ORDERVAULT_SERVER__CONNECTIONS_PER_CLIENT", "1024")];
    let (server, address) = shop.serve_with(&["--demo"], &all);
    for _ in 0..64 {
        let login = sign_in(&address, "owner@example.com", "correct horse battery staple").await;
        assert_eq!(login.status, 200);
    }
    let before = memory_mib(server.id());
    let flood = (0..200).map(|n| {
        let body = json!({"email": format!("{n}@example.com"), "password": "wrong"});
        let (login, address) = (Request::post("/v1/auth/login").json(&body), address.clone());
        async move { send(&address, &login).await.status }
    });
    let told = join_all(flood).await;
    assert!(told.iter().all(|status| [401, 429, 503].contains(status)), "{told:?}");
    let taken = memory_mib(server.id()).saturating_sub(before);
    assert!(taken <= MIB_OF_THE_CONNECTIONS + permits * MIB_OF_A_HASH, "{taken} MiB more than {before}");
}

const CONNECTIONS: &str = "ORDERVAULT_SERVER__CONNECTIONS_PER_CLIENT";
const HEAD_OF_LIVEZ: &str = "GET /livez HTTP/1.1\r\nhost: x\r\n";

/// The beginning of what is answered on a connection to this; empty: it was closed without a word.
fn answered(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    match stream.read_exact(&mut start) {
        Ok(()) => text(&start).to_owned(),
        Err(_) => String::new(),
    }
}

/// Asks once, on a connection of its own.
fn ask(address: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    match stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()) {
        Ok(()) => answered(&mut stream),
        Err(_) => String::new(),
    }
}

/// Asks until the answer is that, because a server learns only after a while that a connection has ended.
fn ask_until(address: &str, head: &str, answer: &str) {
    assert!((0..1_000).any(|_| ask(address, head) == answer), "{answer} was never answered");
}

#[test]
fn a_client_has_so_many_connections_and_no_more() {
    let shop = Installation::on_sqlite();
    let (_server, address) = shop.serve_with(&[], &[(CONNECTIONS, "3")]);
    let mut open: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(&address).unwrap()).collect();
    for stream in &mut open {
        stream.write_all(format!("{HEAD_OF_LIVEZ}\r\n").as_bytes()).unwrap();
        assert_eq!(answered(stream), "HTTP/1.1 200");
    }
    let mut fourth = TcpStream::connect(&address).unwrap();
    assert_eq!(answered(&mut fourth), "", "without having asked for anything");
    drop(open.pop());
    ask_until(&address, HEAD_OF_LIVEZ, "HTTP/1.1 200");
}

#[test]
fn behind_a_trusted_proxy_each_client_has_so_many_requests() {
    let shop = Installation::on_sqlite();
    let trusting = [(CONNECTIONS, "2"), ("ORDERVAULT_SERVER__TRUSTED_PROXIES", "127.0.0.0/8")];
    let (_server, address) = shop.serve_with(&[], &trusting);
    let of = |client: &str| format!("{HEAD_OF_LIVEZ}x-forwarded-for: {client}\r\n");
    // Requests whose bodies never come, until they have both places: an ask that is being answered has one meanwhile.
    let mut waiting = vec![];
    let is_full = (0..1_000).any(|_| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = "POST /v1/auth/login HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 198.51.100.1\r\n\
                    content-type: application/json\r\ncontent-length: 9\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        waiting.push(stream);
        ask(&address, &of("198.51.100.1")) == "HTTP/1.1 429"
    });
    assert!(is_full, "whoever has both places is asked to wait");
    ask_until(&address, &of("198.51.100.2"), "HTTP/1.1 200");
    drop(waiting);
    ask_until(&address, &of("198.51.100.1"), "HTTP/1.1 200");
}

#[test]
fn malformed_requests_of_strangers_are_no_errors_of_ours() {
    let shop = Installation::on_sqlite();
    let (server, address) = shop.serve(&[]);
    let head = "POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let endless = format!("GET /livez HTTP/1.1\r\nhost: x\r\nx: {}", "x".repeat(200_000));
    let requests: [(&str, &[u8]); 5] = [
        ("of another protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        ("of another version", b"GET /livez HTTP/9.9\r\nhost: x\r\n\r\n"),
        ("with two lengths", &format!("{head}content-length: 1\r\ncontent-length: 2\r\n\r\n{{").into_bytes()),
        (
            "with a chunk of no length",
            &format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n").into_bytes(),
        ),
        ("without an end of its head", endless.as_bytes()),
    ];
    for (name, request) in requests {
        let mut stream = TcpStream::connect(&address).unwrap();
        // The server need not read on to refuse it.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{name}: {}", text(&answer));
    }
    server.signal("TERM");
    let (code, _, said) = server.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("\"ERROR\""), "{said}");
}
