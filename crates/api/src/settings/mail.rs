//! How mail goes out, as the configuration says it.

use std::fmt;
use std::path::PathBuf;

use lettre::AsyncSmtpTransport;
use lettre::Tokio1Executor;
use lettre::message::Mailbox;

/// How mail goes out, from whom, and where its links lead.
#[derive(Clone)]
pub struct MailSettings {
    pub(crate) way: Way,
    pub(crate) from: Mailbox,
    /// The page that links lead to.
    pub(crate) link_url: String,
}

/// By which way.
#[derive(Clone)]
pub(crate) enum Way {
    /// To the server behind this URL, in which a password may stand.
    Smtp(String),
    /// Into this folder, a file each.
    Folder(PathBuf),
}

/// What is wrong about one of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The way.
    #[error("smtps://USER:PASSWORD@HOST, smtp://HOST?tls=required or file:FOLDER")]
    Url,
    /// The sender.
    #[error("an e-mail address, with a name or without: Tea House <shop@example.com>")]
    From,
}

impl MailSettings {
    /// Reads them.
    ///
    /// # Errors
    /// Which of them is wrong, with what is expected.
    pub fn new(url: &str, from: &str, link_url: &str) -> Result<Self, MailFault> {
        let way = match url.split_once(':') {
            Some(("file", folder)) if !folder.is_empty() => Way::Folder(folder.into()),
            Some(("smtp" | "smtps", _)) => {
                AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailFault::Url)?;
                Way::Smtp(url.to_owned())
            }
            _ => return Err(MailFault::Url),
        };
        let from = from.parse().map_err(|_| MailFault::From)?;
        Ok(Self { way, from, link_url: link_url.to_owned() })
    }

    /// Would passwords and links travel where others can read them?
    #[must_use]
    pub fn is_open(&self) -> bool {
        match &self.way {
            Way::Smtp(url) => !url.starts_with("smtps:") && !url.contains("tls=required"),
            Way::Folder(_) => false,
        }
    }
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match &self.way {
            Way::Smtp(_) => "SMTP",
            Way::Folder(_) => "a folder",
        };
        write!(f, "by {way}")
    }
}
