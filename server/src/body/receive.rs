//! Bytes of a body as they come: how many, how fast, and whether there is room for them.

use axum::body::BodyDataStream;
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};
use tokio_stream::StreamExt;

use super::{Received, unpack};
use crate::admission::Admission;
use crate::config::{BODY_TIMEOUT, FREE_BYTES, MAX_BODY_BYTES, PACE_BYTES, PACE_WINDOW};
use crate::edge::Member;
use crate::problem::Problem;

/// Takes the whole body. Afterwards the connection no longer counts as one that waits.
pub async fn receive(admission: &Admission, request: Request) -> Result<Received, Problem> {
    let encoding = unpack::encoding(request.headers())?;
    let declared = declared(request.headers())?;
    let member = request.extensions().get::<Member>().cloned();
    let mut stream = request.into_body().into_data_stream();
    let received = whole(admission, &mut stream, declared).await?;
    if let Some(member) = member {
        member.is_served();
    }
    let Some(encoding) = encoding else { return Ok(received) };
    let admission = admission.clone();
    let unpacking = tokio::task::spawn_blocking(move || unpack::unpacked(&admission, &received, encoding));
    unpacking.await.unwrap_or_else(|_| Err(Problem::packed(CONTENT_ENCODING.as_str(), "it is broken")))
}

/// What the head says of the length; without a word, the most.
fn declared(headers: &HeaderMap) -> Result<usize, Problem> {
    let text = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    match text.and_then(|text| text.parse::<u64>().ok()) {
        Some(n) if n > MAX_BODY_BYTES as u64 => Err(Problem::too_large()),
        Some(n) => Ok(usize::try_from(n).unwrap_or(MAX_BODY_BYTES)),
        None => Ok(MAX_BODY_BYTES),
    }
}

async fn whole(admission: &Admission, stream: &mut BodyDataStream, declared: usize) -> Result<Received, Problem> {
    let mut received = Received::default();
    let end = Instant::now() + BODY_TIMEOUT;
    let mut window = Window { ends: Instant::now() + PACE_WINDOW, bytes: 0 };
    loop {
        let next = timeout_at(window.ends.min(end), stream.next()).await;
        let chunk = match next {
            Ok(None) => return Ok(received),
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(error))) => {
                let detail = format!("the body did not come whole: {error}");
                return Err(Problem::new(StatusCode::BAD_REQUEST, "/problems/body", "the body is broken", detail));
            }
            Err(_) => return Err(too_slow()),
        };
        let length = received.bytes.len() + chunk.len();
        if length > MAX_BODY_BYTES {
            return Err(Problem::too_large());
        }
        if length > received.bytes.capacity() {
            // What is only announced takes no room: a body may double, and not pass what it says of itself.
            let room = length.max((2 * received.bytes.capacity()).min(declared));
            admission.grow(&mut received.share, room.saturating_sub(FREE_BYTES))?;
            received.bytes.reserve_exact(room - received.bytes.len());
        }
        received.bytes.extend_from_slice(&chunk);
        window.took(chunk.len());
    }
}

/// The time in which [`PACE_BYTES`] must come.
struct Window {
    ends: Instant,
    bytes: usize,
}

impl Window {
    fn took(&mut self, n: usize) {
        self.bytes += n;
        if self.bytes >= PACE_BYTES {
            (self.ends, self.bytes) = (Instant::now() + PACE_WINDOW, 0);
        }
    }
}

fn too_slow() -> Problem {
    let detail = "the body came too slowly, or did not end; send it again";
    Problem::late(detail)
}
