//! The program as an operator sees it: output, errors, exit codes.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::installation::{Installation, assert_fails, text};

#[test]
fn config_show_prints_values_with_sources_and_no_secrets() {
    let shop = Installation::on_sqlite();
    std::fs::write(shop.path().join("ordervault.toml"), "[docs]\nenabled = false\n").unwrap();
    let environment = [("ORDERVAULT_DATABASE__URL", "postgres://shop:hush@db/shop")];
    let output = shop.run_with(&["config", "show", "--data-dir", "/srv/shop"], &environment);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let line = |key: &str| shown.lines().find(|line| line.split(' ').next() == Some(key)).unwrap();
    assert!(line("data_dir").ends_with("= \"/srv/shop\"  # --data-dir"), "{shown}");
    assert!(line("docs.enabled").ends_with("= false  # ordervault.toml"), "{shown}");
    assert!(
        line("database.url").ends_with("= \"postgres://shop:***@db/shop\"  # ORDERVAULT_DATABASE__URL"),
        "{shown}"
    );
    assert!(!shown.contains("hush"));
}

#[test]
fn mistakes_in_the_configuration_end_every_command_with_78() {
    let shop = Installation::on_sqlite();
    let typo = [("ORDERVAULT_DATABASE__READRS", "2")];
    for args in [&["config", "check"][..], &["verify"], &["serve", "--demo"]] {
        assert_fails(&shop.run_with(args, &typo), 78, "did you mean ORDERVAULT_DATABASE__READERS?");
    }
    let production = [("ORDERVAULT_MODE", "production")];
    assert_fails(&shop.run_with(&["serve", "--demo"], &production), 78, "--demo");
    let missing = shop.run_with(&["config", "check", "--config", "none.toml"], &[]);
    assert_fails(&missing, 78, "none.toml: No such file");
    assert_eq!(shop.run_with(&["config", "check"], &production).status.code(), Some(0));
}

#[test]
fn a_wrong_command_line_ends_with_2_and_help_with_0() {
    let shop = Installation::on_sqlite();
    for args in [&["sreve"][..], &[], &["import", "olist"], &["member", "create", "a@b.example"]] {
        assert_eq!(shop.run_with(args, &[]).status.code(), Some(2), "{args:?}");
    }
    for args in
        [&["--help"][..], &["--version"], &["help"], &["help", "serve"], &["import", "olist", "--help"]]
    {
        let output = shop.run_with(args, &[]);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        let wide = text(&output.stdout).lines().find(|line| line.chars().count() > 80).map(ToOwned::to_owned);
        assert_eq!(wide, None, "{args:?}");
    }
    assert!(std::fs::read_dir(shop.path()).unwrap().next().is_none(), "nothing is made by it");
}

#[test]
fn healthcheck_tells_ready_from_not_ready_from_absent() {
    let shop = Installation::on_sqlite();
    for (status, code) in [("200 OK", 0), ("503 Service Unavailable", 1)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
            String::from_utf8(request).unwrap()
        });
        let output = shop.run_with(&["healthcheck"], &[("ORDERVAULT_SERVER__LISTEN", &address)]);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        assert!(server.join().unwrap().starts_with("GET /readyz HTTP/1.1\r\n"));
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let output = shop.run_with(&["healthcheck"], &[("ORDERVAULT_SERVER__LISTEN", &free)]);
    assert_fails(&output, 69, "no server answers at");
}

#[test]
fn shells_are_told_how_to_complete_commands() {
    let shop = Installation::on_sqlite();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = shop.run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("metrics-listen"), "{shell}");
    }
    assert_eq!(shop.run(&["completions", "tcsh"]).status.code(), Some(2));
}
