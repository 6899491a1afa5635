//! A mail server that keeps what it is given, for whoever wants to look.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ordervault_api::settings::MailSettings;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The page to which links of mails lead.
pub const LINK_URL: &str = "https://shop.example/account";

/// What it says to whoever wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Yes.
    Takes,
    /// Not now.
    Busy,
    /// Never.
    Refuses,
    /// Nothing, until it says something else; then it hangs up.
    Hangs,
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The address it was sent to.
    pub to: String,
    /// All of it, with its head.
    pub text: String,
}

/// The server. Ends with its value.
pub struct SmtpSink {
    address: SocketAddr,
    mood: watch::Sender<Mood>,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl SmtpSink {
    /// Listens on a port of its own.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        let (mood, mood_now) = watch::channel(Mood::Takes);
        let received = Arc::new(Mutex::new(vec![]));
        let kept = Arc::clone(&received);
        let task = tokio::spawn(async move {
            // Conversations end with the task.
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                conversations.spawn(converse(stream, mood_now.clone(), Arc::clone(&kept)));
            }
        });
        Self { address, mood, received, task }
    }

    /// How a shop is told of it.
    pub fn settings(&self) -> MailSettings {
        let url = format!("smtp://{}", self.address);
        MailSettings::new(&url, "Tea House <shop@example.com>", LINK_URL).expect("good settings")
    }

    /// From now on it says this.
    pub fn says(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// What came since the last look.
    pub fn received(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().expect("no panic"))
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Received {
    /// The text without its head, as people read it.
    pub fn body(&self) -> String {
        let (head, body) = self.text.split_once("\r\n\r\n").unwrap_or((&self.text, ""));
        match head.to_ascii_lowercase().contains("transfer-encoding: base64") {
            true => {
                let packed: String = body.split_whitespace().collect();
                String::from_utf8(STANDARD.decode(packed).expect("base64")).expect("UTF-8")
            }
            false => quoted_printable(body),
        }
    }

    /// The code in it.
    pub fn code(&self) -> String {
        let body = self.body();
        let behind = body.split_once(&format!("{LINK_URL}#")).expect("a link").1;
        let link = behind.split_whitespace().next().unwrap_or_default();
        link.split_once('=').expect("a code").1.to_owned()
    }
}

fn quoted_printable(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut bytes = vec![];
    let mut parts = text.split('=');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => bytes.extend_from_slice(format!("={part}").as_bytes()),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// One conversation, as far as it is needed (RFC 5321).
async fn converse(stream: TcpStream, mut mood: watch::Receiver<Mood>, received: Arc<Mutex<Vec<Received>>>) {
    let mut stream = BufReader::new(stream);
    let (mut to, mut text, mut in_text) = (String::new(), String::new(), false);
    let mut answer = "220 sink".to_owned();
    loop {
        if !answer.is_empty() && stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let mut line = String::new();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return;
        }
        if *mood.borrow() == Mood::Hangs {
            let _ = mood.wait_for(|mood| *mood != Mood::Hangs).await;
            return;
        }
        let mood = *mood.borrow();
        answer = match (in_text, line.trim_end()) {
            (true, ".") => {
                in_text = false;
                let mail = Received { to: to.clone(), text: std::mem::take(&mut text) };
                received.lock().expect("no panic").push(mail);
                "250 kept".to_owned()
            }
            (true, _) => {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                String::new()
            }
            (false, "DATA") => {
                in_text = true;
                "354 go on".to_owned()
            }
            (false, "QUIT") => return,
            (false, command) => match (command.strip_prefix("RCPT TO:<"), mood) {
                (Some(address), Mood::Takes) => {
                    to = address.split('>').next().unwrap_or_default().to_owned();
                    "250 fine".to_owned()
                }
                (Some(_), Mood::Busy) => "451 try again".to_owned(),
                (Some(_), Mood::Refuses | Mood::Hangs) => "550 no such user".to_owned(),
                (None, _) => "250 fine".to_owned(),
            },
        };
    }
}
