//! The secret file: one or two keys of 32 random bytes, one line of base64 each, and those of former times.
//!
//! The first line signs and seals, the second one verifies, too. A line that begins with `former ` reads what its key has
//! sealed in the history, and no token. To rotate: append the new key on all replicas and restart them, swap the two lines
//! and restart, and write `former ` before the old line once the longest session has ended. It stays there for as long as
//! the history does.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::sources::Sources;
use sha2::Sha256;

const KEY_BYTES: usize = 32;
const MAX_KEYS: usize = 2;
const MAX_FORMER_KEYS: usize = 64;
const MAX_FILE_BYTES: u64 = 8192;
/// Before a key that only reads the history.
const FORMER: &str = "former ";

/// The keys, the signing one first.
#[derive(Clone)]
pub struct Secrets {
    keys: Vec<[u8; KEY_BYTES]>,
    former: Vec<[u8; KEY_BYTES]>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({} keys)", self.keys.len() + self.former.len())
    }
}

/// Why the secret file cannot be used. One line, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It is not there and may not be made.
    #[error(
        "secret file {0} does not exist; create it with: head -c 32 /dev/urandom | base64 > {0} && chmod 600 {0}"
    )]
    Missing(PathBuf),
    /// Others can read it.
    #[error("secret file {0} can be read by others (mode {1:03o}); run: chmod 600 {0}")]
    TooOpen(PathBuf, u32),
    /// It holds something else.
    #[error(
        "secret file {0} must hold one or two lines, each 32 bytes in base64, and behind them at most {MAX_FORMER_KEYS} more \
         that begin with `former `"
    )]
    Malformed(PathBuf),
    /// Reading or writing failed.
    #[error("secret file {0}: {1}")]
    Io(PathBuf, #[source] io::Error),
}

impl Secrets {
    /// Keys that are not from a file, for tests and programs that only print the contract.
    pub fn from_keys(signing: [u8; KEY_BYTES], previous: Option<[u8; KEY_BYTES]>) -> Self {
        Self { keys: std::iter::once(signing).chain(previous).collect(), former: vec![] }
    }

    /// Reads the file, which nobody but its owner may read.
    pub fn load(path: &Path) -> Result<Self, SecretError> {
        let failed = |error| SecretError::Io(path.to_owned(), error);
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SecretError::Missing(path.to_owned()),
            _ => failed(error),
        })?;
        refuse_open_mode(&file, path)?;
        let mut text = String::new();
        file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => SecretError::Malformed(path.to_owned()),
            _ => failed(error),
        })?;
        Self::parse(&text).ok_or_else(|| SecretError::Malformed(path.to_owned()))
    }

    fn parse(text: &str) -> Option<Self> {
        let key = |line: &str| <[u8; KEY_BYTES]>::try_from(STANDARD.decode(line.trim()).ok()?).ok();
        let mut secrets = Self { keys: vec![], former: vec![] };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.strip_prefix(FORMER) {
                Some(line) => secrets.former.push(key(line)?),
                None => secrets.keys.push(key(line)?),
            }
        }
        let fits = (1..=MAX_KEYS).contains(&secrets.keys.len()) && secrets.former.len() <= MAX_FORMER_KEYS;
        fits.then_some(secrets)
    }

    /// Reads the file, or makes one with a fresh key (mode 0600) where none is.
    pub fn load_or_create(path: &Path, sources: &Sources) -> Result<Self, SecretError> {
        match Self::load(path) {
            Err(SecretError::Missing(_)) => {}
            outcome => return outcome,
        }
        match create(path, &sources.bytes()) {
            Ok(()) => Self::load(path),
            // Another process was faster: its key is as good.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::load(path),
            Err(error) => Err(SecretError::Io(path.to_owned(), error)),
        }
    }

    /// The keys that seal the history: also those of former times.
    #[must_use]
    pub fn key_ring(&self) -> KeyRing {
        let mut keys = self.keys.iter().chain(&self.former).map(|key| mac(key, &[b"history"]));
        let sealing = keys.next().unwrap_or_default();
        KeyRing::new(sealing, keys)
    }

    /// The keys for one purpose, the signing one first. Different labels give unrelated keys.
    pub(crate) fn derive(&self, label: &str) -> Vec<[u8; KEY_BYTES]> {
        self.keys.iter().map(|key| mac(key, &[label.as_bytes()])).collect()
    }
}

/// Written under another name and linked into place, so that no reader ever meets half a key.
fn create(path: &Path, key: &[u8; KEY_BYTES]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let outcome = options
        .open(&unfinished)
        .and_then(|mut file| {
            writeln!(file, "{}", STANDARD.encode(key))?;
            file.sync_all()
        })
        .and_then(|()| std::fs::hard_link(&unfinished, path));
    std::fs::remove_file(&unfinished)?;
    outcome
}

#[cfg(unix)]
fn refuse_open_mode(file: &File, path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    const OF_OTHERS: u32 = 0o077;
    let metadata = file.metadata().map_err(|error| SecretError::Io(path.to_owned(), error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OF_OTHERS == 0 { Ok(()) } else { Err(SecretError::TooOpen(path.to_owned(), mode)) }
}

#[cfg(not(unix))]
fn refuse_open_mode(_: &File, _: &Path) -> Result<(), SecretError> {
    Ok(())
}

/// HMAC-SHA-256 over the parts, each preceded by its length, so that no two lists of parts sound alike.
pub(super) fn mac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    keyed(key, parts).finalize().into_bytes().into()
}

/// The same under the first of the keys, as text for the database: what went in cannot be found by trying.
pub(crate) fn hashed(keys: &[[u8; KEY_BYTES]], parts: &[&[u8]]) -> String {
    let tag = keys.first().map(|key| mac(key, parts)).unwrap_or_default();
    hex::encode(tag)
}

/// Compares in constant time.
pub(super) fn is_mac(key: &[u8; KEY_BYTES], parts: &[&[u8]], tag: &[u8]) -> bool {
    keyed(key, parts).verify_slice(tag).is_ok()
}

fn keyed(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> Hmac<Sha256> {
    // HMAC itself pads a shorter key with zeros to the hash's block of 64 bytes.
    let mut block = [0; 64];
    block[..KEY_BYTES].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use ordervault_domain::time::Timestamp;

    use super::*;

    fn dice(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Sources {
        Sources::new(|| Timestamp::from_millis(0), fill)
    }

    fn counting(bytes: &mut [u8]) {
        bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n);
    }

    #[test]
    fn a_missing_file_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(matches!(Secrets::load(&path), Err(SecretError::Missing(_))));
        let made = Secrets::load_or_create(&path, &dice(counting)).unwrap();
        let again = Secrets::load_or_create(&path, &dice(|_| panic!("thrown twice"))).unwrap();
        assert_eq!(made.keys, again.keys);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_in_one_line() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        Secrets::load_or_create(&path, &dice(counting)).unwrap();
        for mode in [0o640, 0o604, 0o622] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let message = Secrets::load(&path).unwrap_err().to_string();
            assert!(message.contains("chmod 600") && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn only_one_or_two_whole_keys_are_a_secret_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let key = |n: u8| STANDARD.encode([n; 32]);
        let write = |content: &[u8]| {
            let _ = std::fs::remove_file(&path);
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&path).unwrap().write_all(content).unwrap();
            Secrets::load(&path).map(|secrets| secrets.keys)
        };
        assert_eq!(write(format!("{}\n\n{}\n", key(1), key(2)).as_bytes()).unwrap(), [[1; 32], [2; 32]]);
        let retired = format!("former {}\n{}\n former {}\n", key(3), key(1), key(4));
        assert_eq!(write(retired.as_bytes()).unwrap(), [[1; 32]]);
        for bad in [
            String::new(),
            "password".into(),
            STANDARD.encode([1; 31]),
            format!("{}\n{}\n{}", key(1), key(2), key(3)),
            format!("former {}", key(1)),
            format!("{}\nformer{}", key(1), key(2)),
            format!("{}{}", key(1), format!("\nformer {}", key(2)).repeat(MAX_FORMER_KEYS + 1)),
        ] {
            assert!(matches!(write(bad.as_bytes()), Err(SecretError::Malformed(_))), "{bad}");
        }
        assert!(matches!(write(&[0xFF; 32]), Err(SecretError::Malformed(_))));
    }

    #[test]
    fn labels_give_unrelated_keys() {
        let secrets = Secrets::from_keys([7; 32], None);
        assert_ne!(secrets.derive("a"), secrets.derive("b"));
        assert_ne!(mac(&[7; 32], &[b"ab", b"c"]), mac(&[7; 32], &[b"a", b"bc"]));
    }

    #[test]
    fn a_former_key_reads_the_history_and_no_token() {
        let line = |n: u8| STANDARD.encode([n; 32]);
        let old = Secrets::parse(&line(1)).unwrap();
        let rotated = Secrets::parse(&format!("{}\nformer {}", line(2), line(1))).unwrap();
        assert!(rotated.key_ring().find(old.key_ring().sealing().id()).is_some());
        assert_ne!(rotated.key_ring().sealing().id(), old.key_ring().sealing().id());
        assert_eq!(rotated.derive("access-token").len(), 1);
    }
}
