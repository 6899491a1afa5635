//! The least of an HTTP client, so that the generator takes little of the cores that it shares with the server: one connection,
//! one request at a time, each written at once and its answer read to the end.
//!
//! It leaves out names (an address and a port are all that it knows), TLS, proxies, redirects, cookies, compression, time-outs and
//! what an answer's head says besides its status and the length of its body.

use std::io;

use httparse::{Response, Status};
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::report::Failure;

/// Lines that the head of an answer may have.
const MAX_HEADERS: usize = 64;

/// Room for an answer, to begin with.
const ROOM_BYTES: usize = 64 * 1024;

/// One connection, which is made when it is needed.
pub(crate) struct Client {
    /// Where to, such as `127.0.0.1:8080`.
    address: String,
    stream: Option<TcpStream>,
    /// What has come of an answer.
    received: Vec<u8>,
}

/// What is asked for, as it is sent but for the end of its head.
pub(crate) struct Request {
    bytes: Vec<u8>,
    body: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// How the end of a body is told.
#[derive(Clone, Copy)]
enum Length {
    Known(usize),
    Chunked,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    fn new(method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: shop\r\n");
        Self { bytes: head.into_bytes(), body: vec![] }
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        for part in [name, ": ", value, "\r\n"] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self
    }

    /// From whoever holds this access token.
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &["Bearer ", token].concat())
    }

    /// With a body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).unwrap_or_default();
        let length = self.body.len().to_string();
        self.header("content-type", "application/json").header("content-length", &length)
    }

    fn finished(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.append(&mut self.body);
        self.bytes
    }
}

impl Client {
    /// A client of this server, by its URL.
    pub(crate) fn of(url: &str) -> Self {
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { address, stream: None, received: vec![] }
    }

    /// The body of a 2xx answer.
    ///
    /// # Errors
    /// When there is no connection, it ends too early, or the answer is another.
    pub(crate) async fn ask(&mut self, request: Request) -> Result<Vec<u8>, Failure> {
        let Answer { status, body } = self.answer(request).await?;
        if (200..300).contains(&status) { Ok(body) } else { Err(Failure::answered(status, &body)) }
    }

    /// The answer, whatever it says.
    ///
    /// # Errors
    /// When there is no connection, or it ends too early.
    pub(crate) async fn answer(&mut self, request: Request) -> Result<Answer, Failure> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connected(&self.address)
                .await
                .map_err(|error| Failure::new("no connection", format!("{}: {error}", self.address)))?,
        };
        let answer = exchange(&mut stream, &mut self.received, &request.finished()).await;
        // A connection that broke is not used again.
        let answer = answer.map_err(|error| Failure::new("broken connection", error.to_string()))?;
        self.stream = Some(stream);
        Ok(answer)
    }
}

async fn connected(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn exchange(stream: &mut TcpStream, received: &mut Vec<u8>, request: &[u8]) -> io::Result<Answer> {
    stream.write_all(request).await?;
    received.clear();
    let mut head = None;
    loop {
        received.reserve(ROOM_BYTES);
        if stream.read_buf(received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head.is_none() {
            head = read_head(received)?;
        }
        let Some((status, begin, length)) = head else { continue };
        if let Some(body) = read_body(&received[begin..], length)? {
            return Ok(Answer { status, body });
        }
    }
}

/// The status, where the body begins, and its length; `None`: more has to come.
fn read_head(received: &[u8]) -> io::Result<Option<(u16, usize, Length)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = Response::new(&mut headers);
    let Status::Complete(begin) = head.parse(received).map_err(io::Error::other)? else { return Ok(None) };
    let header = |name: &str| head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    let length = match (header("transfer-encoding"), header("content-length")) {
        (Some(_), _) => Length::Chunked,
        (None, Some(length)) => {
            let text = std::str::from_utf8(length.value).map_err(io::Error::other)?;
            Length::Known(text.parse().map_err(io::Error::other)?)
        }
        (None, None) => Length::Known(0),
    };
    Ok(Some((head.code.unwrap_or_default(), begin, length)))
}

/// The body; `None`: more has to come.
fn read_body(received: &[u8], length: Length) -> io::Result<Option<Vec<u8>>> {
    let mut rest = match length {
        Length::Known(length) => return Ok(received.get(..length).map(<[u8]>::to_vec)),
        Length::Chunked => received,
    };
    let mut body = vec![];
    loop {
        let size = httparse::parse_chunk_size(rest).map_err(|_| io::Error::other("a broken chunk"))?;
        let Status::Complete((begin, size)) = size else { return Ok(None) };
        let end = usize::try_from(size).ok().and_then(|size| begin.checked_add(size));
        let end = end.ok_or_else(|| io::Error::other("a chunk without end"))?;
        // Behind each chunk, and behind the last one, which is empty, stands the end of a line.
        let Some(after) = rest.get(end + 2..) else { return Ok(None) };
        body.extend_from_slice(&rest[begin..end]);
        if size == 0 {
            return Ok(Some(body));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer that these bytes are, if they are a whole one.
    fn read(bytes: &[u8]) -> Option<(u16, Vec<u8>)> {
        let (status, begin, length) = read_head(bytes).unwrap()?;
        Some((status, read_body(&bytes[begin..], length).unwrap()?))
    }

    #[test]
    fn an_answer_is_read_to_its_end_and_not_before() {
        for (whole, status, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
            ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
                200,
                "hello!",
            ),
        ] {
            assert_eq!(read(whole.as_bytes()), Some((status, body.as_bytes().to_vec())), "{whole}");
            for cut in 0..whole.len() {
                assert_eq!(read(&whole.as_bytes()[..cut]), None, "{cut} bytes of {whole}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        assert!(read_head(b"SMTP ready\r\n\r\n").is_err());
        assert!(read_head(b"HTTP/1.1 200 OK\r\ncontent-length: five\r\n\r\n").is_err());
        assert!(read_body(b"xyz\r\n", Length::Chunked).is_err());
    }
}
