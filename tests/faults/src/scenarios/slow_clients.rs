//! Clients that begin a request and never end it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::subject::Subject;
use crate::trial::{Outcome, Trial};

/// Ends within the head; ends within the body.
const UNFINISHED: [&str; 2] = [
    "GET /v1/stores HTTP/1.1\r\nhost: shop.example\r\nx-slow: ",
    "POST /v1/orders HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{",
];
/// By then each of them has to be cut off.
const CUT: Duration = Duration::from_mins(1);

pub(super) async fn round(trial: Trial) -> Outcome {
    let count = trial.size(500, 40);
    let mut subject = Subject::open(&trial).await;
    let mut slow = vec![];
    for number in 0..count {
        let mut stream = TcpStream::connect(subject.listen).await.expect("a connection");
        stream.write_all(UNFINISHED[number % 2].as_bytes()).await.expect("a beginning");
        slow.push(stream);
    }
    let goes_on = subject.goes_on(&trial).await;
    let mut cut = 0;
    for mut stream in slow {
        let mut rest = vec![];
        cut += usize::from(timeout(CUT, stream.read_to_end(&mut rest)).await.is_ok());
    }
    let mut outcome = subject.judge(count as u64).await;
    outcome.check(goes_on);
    outcome.check((cut < count).then(|| format!("OPEN: {} were not cut off", count - cut)));
    outcome
}
