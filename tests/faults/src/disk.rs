//! Disks that lose their power, fill up, and lie: loop devices, file systems in memory, and `strace` between a process and its
//! disk.
#![expect(clippy::expect_used, reason = "a scenario that cannot be set up fails")]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

/// Opens a folder and has its ext4 shut down without flushing its journal (`EXT4_IOC_SHUTDOWN`, flag 2).
const CUT: &str = r#"my $flag = pack("I", 2); sysopen(my $d, $ARGV[0], 0) or die; ioctl($d, 0x8004587D, $flag) // die "$!""#;
/// For so long processes that were killed may keep a disk busy.
const BUSY: Duration = Duration::from_secs(30);

/// A file system that is mounted until it is dropped.
pub struct Disk {
    at: PathBuf,
    /// What an ext4 is kept in, and the device that makes a disk of it.
    image: Option<(NamedTempFile, String)>,
}

impl Disk {
    /// An ext4 of so many MiB, mounted on a folder.
    pub fn ext4(at: &Path, mebibytes: u64) -> Self {
        let image = NamedTempFile::new().expect("a temporary file");
        image.as_file().set_len(mebibytes << 20).expect("room");
        let file = image.path().to_string_lossy().into_owned();
        run("mkfs.ext4", &["-q", "-F", &file]);
        let found = Command::new("losetup").args(["-f", "--show", &file]).output().expect("losetup starts");
        let device = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        let disk = Self { at: at.to_owned(), image: Some((image, device)) };
        disk.mount();
        disk
    }

    /// A file system of so many MiB in memory, mounted on a folder.
    pub fn tmpfs(at: &Path, mebibytes: u64) -> Self {
        let size = format!("size={mebibytes}m");
        run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", &at.to_string_lossy()]);
        Self { at: at.to_owned(), image: None }
    }

    fn mount(&self) {
        let (_, device) = self.image.as_ref().expect("a disk with a device");
        run("mount", &[device, &self.at.to_string_lossy()]);
    }

    /// Puts everything on the disk that is there now.
    pub fn sync(&self) {
        run("sync", &["-f", &self.at.to_string_lossy()]);
    }

    /// Everything that is not on the disk yet is lost, and nothing more gets there.
    pub fn cut_power(&self) {
        run("perl", &["-e", CUT, &self.at.to_string_lossy()]);
    }

    /// After the power was cut and all who used the disk have ended: reads its journal and mounts it again.
    pub fn power_on(&self) {
        self.unmount();
        self.mount();
    }

    /// Writes a file that takes all the room that is left; room is made again by dropping it.
    pub fn fill(&self) -> Filler {
        let path = self.at.join("filler");
        let mut file = File::create(&path).expect("a file");
        // Down to the last byte.
        for size in [1 << 20, 4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        Filler(path)
    }

    fn unmount(&self) {
        let started = Instant::now();
        let unmounted = || Command::new("umount").arg(&self.at).stderr(Stdio::null()).status();
        while !unmounted().expect("umount starts").success() {
            assert!(started.elapsed() < BUSY, "{} stays busy", self.at.display());
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: whoever still has it open must not keep it for ever.
        let _ = Command::new("umount").arg("-l").arg(&self.at).stderr(Stdio::null()).status();
        if let Some((_, device)) = &self.image {
            let _ = Command::new("losetup").args(["-d", device]).status();
        }
    }
}

/// What fills a disk.
pub struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// `strace` at a process, which makes calls of the operating system fail. It lets go when dropped.
pub struct Tracer(Child);

impl Tracer {
    /// Attaches to a process with what `strace` calls an injection, such as `fdatasync:error=EIO:when=3`, into calls about
    /// these files, or all.
    pub fn attach(process: u32, injection: &str, files: &[&Path]) -> Self {
        let calls = injection.split(':').next().unwrap_or_default();
        let (trace, inject) = (format!("trace={calls}"), format!("inject={injection}"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-e", &trace, "-e", &inject, "-p", &process.to_string()]);
        for file in files {
            strace.arg("-P").arg(file);
        }
        let mut child = strace.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("strace starts");
        let mut said = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        said.read_line(&mut line).expect("strace says something");
        assert!(line.contains("attached"), "strace: {line}");
        // Nobody wants to know, but a full pipe would stop it.
        std::thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
        Self(child)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        // A killed strace would leave its processes stopped.
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.0.wait();
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
}
