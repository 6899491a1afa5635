//! The pages in a browser, against a demo shop: `tests/browser`. What they look like is kept below `target/browser/pictures`.

use std::net::TcpListener;
use std::path::Path;

use crate::apt;
use crate::demo::Demo;
use crate::node::Node;
use crate::shell::{self, Outcome};

/// The browser, where Debian puts it.
const CHROMIUM: &str = "/usr/bin/chromium";
/// With letters for what the pages say in Chinese and Japanese.
const DEBIAN_CHROMIUM: &str = "chromium fonts-wqy-microhei";

/// Makes everything anew below `target/browser`.
pub(crate) fn check() -> Outcome {
    if !Path::new(CHROMIUM).exists() {
        println!("no {CHROMIUM}: installing it");
        apt::install(DEBIAN_CHROMIUM).map_err(|reason| format!("no browser; {reason}"))?;
    }
    let folder = shell::root().join("target/browser");
    shell::empty(&folder)?;
    let tests = folder.join("tests");
    shell::copy(&shell::root().join("tests/browser"), &tests)?;
    let node = Node::ready()?;
    node.install_locked(&tests)?;
    let port = free_port().map_err(|error| format!("no port for a page of another origin: {error}"))?;
    let origin = format!("http://127.0.0.1:{port}");
    let demo = Demo::start(&folder.join("demo"), &[("ORDERVAULT_SERVER__CORS_ORIGINS", &origin)])?;
    let mut run = node.script("main.js");
    run.env("API_URL", &demo.url).env("ORIGIN_PORT", port.to_string()).env("CHROMIUM", CHROMIUM);
    shell::run(run.env("SCREENSHOTS", folder.join("pictures")).current_dir(tests))
}

/// The shop has to name the origin before anything listens there.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
