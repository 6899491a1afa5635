//! A PostgreSQL whose files lie where a test wants them, as careful with its disk as the defaults are, to be killed and
//! started again.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::cell::Cell;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::postgres::{INSTALL_LINE, account, binaries, free_port};

/// For so long what a killed server leaves behind may be in the way of the next.
const REMAINS: Duration = Duration::from_secs(30);

/// The cluster. It stops when dropped.
pub struct Cluster {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
    /// The server's process: when its disk has no power, nobody can read it there.
    process: Cell<Option<u32>>,
}

impl Cluster {
    /// A folder for a cluster, still empty.
    pub fn plan() -> Self {
        let folder = tempfile::Builder::new().prefix("ordervault-cluster-").tempdir();
        let cluster = Self {
            binaries: binaries().expect(INSTALL_LINE),
            folder: folder.expect("a temporary folder"),
            port: free_port(),
            process: Cell::new(None),
        };
        std::fs::create_dir(cluster.disk()).expect("a folder");
        give_away(cluster.folder.path());
        cluster
    }

    /// Where everything goes that it keeps: a place to mount a disk on.
    pub fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Makes the cluster on its disk, and starts it with these settings.
    pub fn make(&self, settings: &[&str]) {
        give_away(&self.disk());
        let data = self.disk().join("data");
        let mut initdb = self.command("initdb", &data);
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--data-checksums"]);
        assert!(initdb.status().expect("initdb starts").success(), "initdb failed");
        self.start(settings);
    }

    /// Starts it, also after it was killed.
    pub fn start(&self, settings: &[&str]) {
        let settings: String = settings.iter().map(|setting| format!(" -c {setting}")).collect();
        let folder = self.folder.path().display();
        let options = format!("-p {} -k {folder} -c listen_addresses=127.0.0.1{settings}", self.port);
        let started = Instant::now();
        loop {
            let mut start = self.command("pg_ctl", &self.disk().join("data"));
            start.args(["-w", "-t", "60", "-s", "start", "-o", &options]).arg("-l").arg(self.log());
            if start.status().expect("pg_ctl starts").success() {
                let file = std::fs::read_to_string(self.disk().join("data/postmaster.pid"));
                let first = file.ok().and_then(|file| file.lines().next()?.parse().ok());
                self.process.set(first);
                return;
            }
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            assert!(started.elapsed() < REMAINS, "PostgreSQL does not start:\n{log}");
            sleep(Duration::from_millis(100));
        }
    }

    /// The URL of its first database, which is empty at first.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Kills the server and all of its processes. It stands still meanwhile, so that it puts no others in their place.
    pub fn kill(&self) {
        let id = self.process.take().expect("the server runs").to_string();
        let run = |program, args: &[&str]| Command::new(program).args(args).status().expect("it starts");
        assert!(run("kill", &["-STOP", &id]).success());
        // There may be none.
        _ = run("pkill", &["-KILL", "-P", &id]);
        assert!(run("kill", &["-KILL", &id]).success());
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn command(&self, name: &str, data: &Path) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.arg("-D").arg(data).current_dir(self.folder.path()).env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((uid, gid)) = account() {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl", &self.disk().join("data"));
        // Not running is as good.
        let _ = stop.args(["-m", "immediate", "-s", "stop"]).status();
    }
}

fn give_away(folder: &Path) {
    if let Some((uid, gid)) = account() {
        chown(folder, Some(uid), Some(gid)).expect("the folder can be given away");
    }
}
