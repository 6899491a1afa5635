//! Answers are compressed for whoever takes that.

use std::io::Read as _;

use ordervault_api::settings::{Rates, Settings};
use ordervault_persistence::db::Db;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(
    long_answers_are_compressed_as_is_asked_for,
    nobody_is_refused_for_what_they_take
);

/// The body as it was before.
fn plain(answer: &Answer) -> Vec<u8> {
    let mut plain = vec![];
    match answer.header("content-encoding") {
        None => plain.clone_from(&answer.body),
        Some("gzip") => {
            flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut plain).expect("gzip");
        }
        Some("br") => {
            brotli::Decompressor::new(&answer.body[..], 4096).read_to_end(&mut plain).expect("brotli");
        }
        Some(other) => panic!("{other}"),
    }
    plain
}

async fn long_answers_are_compressed_as_is_asked_for(db: Db) {
    let settings = Settings { docs_enabled: true, rates: Rates::unlimited(), ..Settings::default() };
    let server = TestServer::with(Shop::open(&db).await, settings).await;
    for path in [
        "/openapi.json",
        "/problems",
        "/docs/docs.js",
        "/docs/docs.css",
        "/assets/page.css",
        "/docs/swagger-ui-bundle.js",
    ] {
        let ask = |accepted: &'static str| Request::get(path).header("accept-encoding", accepted);
        let whole = server.send(&Request::get(path)).await;
        assert_eq!(whole.header("content-encoding"), None, "{path}");
        for (accepted, encoding) in [
            ("gzip", Some("gzip")),
            ("br", Some("br")),
            ("gzip;q=0.5, br", Some("br")),
            ("gzip, deflate, br, zstd", Some("gzip")),
            ("gzip, identity", Some("gzip")),
            ("gzip;q=0, br;q=0.1, identity", None),
            ("gzip;q=0, br;q=0", None),
            ("deflate, zstd", None),
            ("identity", None),
            ("", None),
        ] {
            let answer = server.send(&ask(accepted)).await;
            assert_eq!(answer.header("content-encoding"), encoding, "{path} {accepted}");
            assert_eq!(answer.status, 200);
            assert!(plain(&answer) == whole.body, "{path} {accepted}");
            assert!(encoding.is_none() || answer.body.len() * 2 < whole.body.len(), "{path} {accepted}");
            assert_eq!(answer.header("etag"), whole.header("etag"));
        }
        for answer in [whole, server.send(&ask("br")).await] {
            assert!(answer.whole().contains("\nvary: accept-encoding\n"), "{}", answer.whole());
        }
    }
    // What is kept is asked about, whatever it came as.
    let contract = server.send(&Request::get("/openapi.json").header("accept-encoding", "br")).await;
    let again = Request::get("/openapi.json").header("accept-encoding", "br");
    let again = server.send(&again.header("if-none-match", contract.header("etag").expect("a tag"))).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    // A packet is a packet.
    let short = server.send(&Request::get("/v1/stores").header("accept-encoding", "gzip")).await;
    assert_eq!((short.status, short.header("content-encoding")), (200, None));
    server.close().await;
}

async fn nobody_is_refused_for_what_they_take(db: Db) {
    let server = TestServer::open(&db).await;
    for accepted in ["identity;q=0", "*;q=0", "identity;q=0, *;q=0", "gzip;q=2", ",,,", "gzip;q=x"] {
        let answer = server.send(&Request::get("/openapi.json").header("accept-encoding", accepted)).await;
        assert_eq!(answer.status, 200, "{accepted}");
        assert_eq!(plain(&answer).first(), Some(&b'{'), "{accepted}");
        let refused = server.send(&Request::get("/v1/me").header("accept-encoding", accepted)).await;
        assert_eq!(refused.status, 401);
    }
    server.close().await;
}
