//! Hands letters over to a mail server, or to a folder.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::PoolConfig;
use lettre::{Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use ordervault_domain::contact::Email;

use crate::settings::{MailSettings, Way};

/// A mail server that does not answer for so long is taken for down: for each step of the conversation.
const SMTP_TIMEOUT: Duration = Duration::from_secs(10);
/// Conversations with the mail server at a time.
const SMTP_CONNECTIONS: u32 = 4;
/// A conversation that is not used is ended.
const SMTP_IDLE: Duration = Duration::from_mins(1);

/// Subject and text.
pub(crate) struct Letter {
    pub subject: String,
    pub body: String,
}

/// What sends.
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    link_url: String,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// It never will be: the address is none to which mail can go, or the mail server says so.
    #[error("it was refused for good: {0}")]
    Refused(String),
    /// It may be later: the mail server is down, slow or busy.
    #[error("the mail server does not take it now: {0}")]
    Later(String),
}

impl Mailer {
    /// As configured. Connects when there is something to send.
    pub fn new(settings: &MailSettings) -> Self {
        let transport = match &settings.way {
            Way::Smtp(url) => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .unwrap_or_else(|_| AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost"));
                let pool = PoolConfig::new().max_size(SMTP_CONNECTIONS).idle_timeout(SMTP_IDLE);
                Transport::Smtp(builder.timeout(Some(SMTP_TIMEOUT)).pool_config(pool).build())
            }
            Way::Folder(folder) => {
                // Where it cannot be made, sending says so.
                _ = std::fs::create_dir_all(folder);
                Transport::Folder(AsyncFileTransport::new(folder))
            }
        };
        Self { transport, from: settings.from.clone(), link_url: settings.link_url.clone() }
    }

    /// The link that gives a code to the page for what it is good for.
    pub(super) fn link(&self, purpose: &str, code: &str) -> String {
        format!("{}#{purpose}={code}", self.link_url)
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// When it is not sent, and whether it is worth another try.
    pub(crate) async fn send(&self, to: &Email, letter: Letter) -> Result<(), NotSent> {
        let refused = |error: &dyn std::error::Error| NotSent::Refused(error.to_string());
        let address: Address = to.as_str().parse().map_err(|error| refused(&error))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body)
            .map_err(|error| refused(&error))?;
        match &self.transport {
            Transport::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Ok(()),
                // The words of the server may hold the address, which is nothing for a log.
                Err(error) if error.is_permanent() => {
                    let status = error.status().map(|status| status.to_string());
                    Err(NotSent::Refused(status.unwrap_or_else(|| "for good".to_owned())))
                }
                Err(error) => {
                    let status = error.status().map(|status| status.to_string());
                    Err(NotSent::Later(status.unwrap_or_else(|| error.to_string())))
                }
            },
            Transport::Folder(folder) => {
                folder.send(message).await.map(drop).map_err(|error| NotSent::Later(error.to_string()))
            }
        }
    }
}
