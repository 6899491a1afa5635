//! HTTP/1.1 by hand, one connection per request: what is sent is what the test says, to the byte.
#![expect(clippy::expect_used, reason = "a test that gets no answer fails")]

use std::io;
use std::net::SocketAddr;

use ordervault_api::problem::{Code, PROBLEM_JSON};
use reqwest::Url;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request without body; the target is sent as it is.
    pub fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.to_owned(), target: target.into(), headers: vec![], body: None }
    }

    /// `GET`
    pub fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// `POST`
    pub fn post(target: impl Into<String>) -> Self {
        Self::new("POST", target)
    }

    /// More of the target, such as a query.
    #[must_use]
    pub fn more(mut self, target: &str) -> Self {
        self.target.push_str(target);
        self
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// With one more parameter in its query.
    #[must_use]
    pub fn asking(self, name: &str, value: &str) -> Self {
        let joint = if self.target.contains('?') { '&' } else { '?' };
        let url = Url::parse_with_params("http://shop.example", [(name, value)]).expect("a URL");
        self.more(&format!("{joint}{}", url.query().unwrap_or_default()))
    }

    /// With another text wherever this one stands in target or body.
    #[must_use]
    pub fn replacing(mut self, text: &str, other: &str) -> Self {
        self.target = self.target.replace(text, other);
        let body = self.body.map(|body| String::from_utf8_lossy(&body).replace(text, other));
        self.body = body.map(String::into_bytes);
        self
    }

    /// From whoever holds this access token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// With this idempotency key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Only on this version; a value as it is sent, with its quotes.
    #[must_use]
    pub fn if_match(self, value: &str) -> Self {
        self.header("if-match", value)
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
    }

    /// With a body that says to be JSON.
    #[must_use]
    pub fn text(self, body: impl Into<Vec<u8>>) -> Self {
        self.body("application/json", body)
    }

    /// With a body that says to be of this media type.
    #[must_use]
    pub fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut request = self.header("content-type", media_type);
        request.body = Some(body.into());
        request
    }

    /// Method and target, for messages.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// Everything that target and body say, as plain text.
    pub fn said(&self) -> String {
        let url = Url::parse(&format!("http://shop.example{}", self.target)).expect("a URL");
        let query = url.query_pairs().map(|(name, value)| format!("{name}={value}"));
        let body = String::from_utf8_lossy(self.body.as_deref().unwrap_or_default()).into_owned();
        query.chain([self.target.clone(), body]).collect::<Vec<_>>().join("\n")
    }

    /// Sends it and reads the whole answer.
    pub async fn send(&self, to: SocketAddr) -> Answer {
        self.try_send(to).await.expect("the server answers")
    }

    /// The same with a server that may be gone.
    ///
    /// # Errors
    /// When there is no connection, or it ends before the whole answer has come.
    pub async fn try_send(&self, to: SocketAddr) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(to).await?;
        stream.write_all(&self.bytes()).await?;
        let mut answer = vec![];
        stream.read_to_end(&mut answer).await?;
        Answer::parse(&answer, self.method == "HEAD").ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            format!("{} {} HTTP/1.1\r\nhost: shop.example\r\n", self.method, self.target).into_bytes();
        let length =
            self.body.as_ref().map(|body| ("content-length".to_owned(), body.len().to_string().into()));
        let closing = ("connection".to_owned(), b"close".to_vec());
        for (name, value) in self.headers.iter().chain(&length).chain([&closing]) {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

/// The content of a body that came in chunks (RFC 9112, section 7.1), the last of which is empty. None if it was cut.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = vec![];
    loop {
        let end = chunks.windows(2).position(|window| window == b"\r\n")?;
        let length = std::str::from_utf8(&chunks[..end]).expect("a length in ASCII");
        let length = usize::from_str_radix(length, 16).expect("a length");
        if length == 0 {
            return Some(body);
        }
        let (chunk, rest) = chunks[end + 2..].split_at_checked(length)?;
        body.extend_from_slice(chunk);
        chunks = rest.strip_prefix(b"\r\n")?;
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Answer {
    /// None if it was cut. Without a body, the head speaks of the one that GET would have.
    fn parse(bytes: &[u8], is_bodiless: bool) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).expect("a head in ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let mut answer = Self { status, body: bytes[end + 4..].to_vec(), headers };
        if is_bodiless {
            assert!(answer.body.is_empty(), "HEAD has no body");
            return Some(answer);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = joined(&answer.body)?;
            return Some(answer);
        }
        let declared = answer.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        assert!(answer.body.len() <= declared, "the body is as long as its head says");
        (answer.body.len() == declared).then_some(answer)
    }

    /// The value of a header, if there is one.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header, which may come more than once.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// All that can be told from it, but when it came: status, headers, body.
    pub fn whole(&self) -> String {
        let mut headers: Vec<String> =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        headers.retain(|header| !header.starts_with("date: "));
        headers.sort();
        format!("{}\n{}\n\n{}", self.status, headers.join("\n"), self.text())
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The code of a problem document; empty if it is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// What a test expects: each asserts it, and returns the body.
impl Answer {
    /// 200.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// 200 with so many rows of a list; returns these.
    #[track_caller]
    pub fn rows(&self, count: usize) -> Vec<Value> {
        let rows = self.ok()["items"].as_array().cloned().expect("rows");
        assert_eq!(rows.len(), count, "{}", self.text());
        rows
    }

    /// 201 with path and ETag.
    #[track_caller]
    pub fn created(&self) -> Value {
        assert_eq!(self.status, 201, "{}", self.text());
        let body = self.json();
        let location = self.header("location").unwrap_or_default();
        assert!(location.ends_with(body["id"].as_str().expect("an id")), "{location}");
        assert_eq!(self.header("etag"), Some(format!("\"{}\"", body["version"]).as_str()));
        body
    }

    /// A whole problem document of this code.
    #[track_caller]
    pub fn problem(&self, code: Code) -> Value {
        let body = self.json();
        assert_eq!(body["code"], code.slug(), "{} {body}", self.status);
        assert_eq!(self.status, code.status().as_u16());
        assert_eq!(body["status"], self.status);
        assert_eq!(body["type"], code.type_uri());
        assert_eq!(body["title"], code.title().in_english());
        assert_eq!(self.header("content-type"), Some(PROBLEM_JSON));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(body["request_id"].as_str(), self.header("x-request-id"), "{body}");
        assert!(body["request_id"].is_string(), "{body}");
        body
    }

    /// A problem of this code whose errors are exactly these: (pointer, code).
    #[track_caller]
    pub fn faults(&self, code: Code, expected: &[(&str, &str)]) {
        let body = self.problem(code);
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let found: Vec<_> =
            errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect();
        let found: Vec<_> = found.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
        assert_eq!(found, expected, "{body}");
    }
}
