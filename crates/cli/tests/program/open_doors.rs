//! What production mode refuses of files, and how much memory strangers can take.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use futures_util::future::join_all;
use ordervault_tests::http::Request;
use serde_json::json;

use crate::installation::{Installation, assert_ends, assert_fails, send, sign_in};

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
    const MAX_MIB: u64 = 64;
    let permits = std::thread::available_parallelism().unwrap().get().saturating_sub(1).max(1) as u64;
    let shop = Installation::on_sqlite();
    let (server, address) = shop.serve(&["--demo"]);
    for _ in 0..64 {
        let login = sign_in(&address, "owner@example.com", "correct horse battery staple").await;
        assert_eq!(login.status, 200);
    }
    let flood = (0..200).map(|n| {
        let body = json!({"email": format!("{n}@example.com"), "password": "wrong"});
        let (login, address) = (Request::post("/v1/auth/login").json(&body), address.clone());
        async move { send(&address, &login).await.status }
    });
    let told = join_all(flood).await;
    assert!(told.iter().all(|status| [401, 429, 503].contains(status)), "{told:?}");
    let taken = memory_mib(server.id());
    assert!(taken <= MAX_MIB + permits * MIB_OF_A_HASH, "{taken} MiB");
}
