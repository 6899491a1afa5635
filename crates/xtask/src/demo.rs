//! A demo shop to talk to, for as long as a stage takes.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::shell::{self, cargo};

/// A server of its own with a fresh demo shop; it ends with this.
pub(crate) struct Demo {
    server: Child,
    /// Where it is: scheme, address and port.
    pub(crate) url: String,
}

impl Demo {
    /// Builds the program and starts it on a port that is free, with its data and its log in `folder`, which is made anew.
    pub(crate) fn start(folder: &Path, variables: &[(&str, &str)]) -> Result<Self, String> {
        // With a test beside it cargo takes the features of all tests, and compiles no dependency twice.
        shell::run(&mut cargo(&[
            "build",
            "--workspace",
            "--locked",
            "--bin",
            "ordervault",
            "--test",
            "rooms",
        ]))?;
        shell::empty(folder)?;
        let cannot = |error| format!("cannot start the demo shop: {error}");
        let mut server = Command::new(shell::root().join("target/debug/ordervault"))
            .args([
                "serve",
                "--demo",
                "--listen",
                "127.0.0.1:0",
                "--metrics-listen",
                "127.0.0.1:0",
                "--data-dir",
            ])
            .arg(folder.join("data"))
            .envs(variables.iter().copied())
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        let said = server.stderr.take();
        let mut demo = Self { server, url: String::new() };
        let mut said = BufReader::new(said.ok_or("the demo shop says nothing")?);
        demo.url = address(&mut said).ok_or("the demo shop ended before it listened")?;
        let mut log = File::create(folder.join("server.log")).map_err(cannot)?;
        std::thread::spawn(move || std::io::copy(&mut said, &mut log));
        println!("a demo shop listens at {}", demo.url);
        Ok(demo)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.server.kill();
        _ = self.server.wait();
    }
}

/// The address in the line of the log that says where it listens.
fn address(said: &mut impl BufRead) -> Option<String> {
    said.lines().map_while(Result::ok).find_map(|line| {
        let (_, url) = line.split_once("\"listening\"")?.1.split_once("\"url\":\"")?;
        Some(url.split('"').next()?.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_says_where_it_listens_is_found() {
        let line = r#"{"message":"listening","api":"127.0.0.1:4711","url":"http://127.0.0.1:4711"}"#;
        let said = format!("loading the demo shop\n{line}\n");
        assert_eq!(address(&mut said.as_bytes()).as_deref(), Some("http://127.0.0.1:4711"));
        assert_eq!(address(&mut "cannot listen\n".as_bytes()), None);
    }
}
