//! Many consignments in, one assessment a line out, and a summary line at the end.

use std::convert::Infallible;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, read};
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Date, Engine, bills};
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::{AsOf, media_type, query_problem};
use crate::problem::Problem;
use crate::state::State;
use crate::totals::Totals;

/// Lines that wait for a slow reader before scoring pauses.
const LINES_AHEAD: usize = 1_024;

/// `POST /v1/manifests`: any format by content type, or told from the content.
pub async fn score(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    query: Result<Query<AsOf>, QueryRejection>,
    body: Bytes,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| query_problem(&error))?;
    let day = state.day(query.day()?);
    let format = format(&media_type(&headers), &body)?;
    let place = state.places.clone().try_acquire_owned().map_err(|_| Problem::overload())?;
    let engine = state.engine.load_full();
    let (send, lines) = tokio::sync::mpsc::channel::<Vec<u8>>(LINES_AHEAD);
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let mut work = Work { engine: &engine, body: &body, format, day, totals: Totals::default() };
        // What breaks outside a bill ends the stream early: its last line says that it is not complete.
        let done = catch_unwind(AssertUnwindSafe(|| work.score(&mut |line| send.blocking_send(line).map_err(|_| ()))));
        let last = match done {
            Ok(Ok(summary)) => summary,
            Ok(Err(())) => return,
            Err(_) => summary(day, &work.totals, None, &engine),
        };
        let _ = send.blocking_send(with_newline(serde_json::to_vec(&json!({ "summary": last }))));
    });
    let stream = ReceiverStream::new(lines).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(stream));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}

/// What one request asks.
struct Work<'a> {
    engine: &'a Engine,
    body: &'a Bytes,
    format: Format,
    day: Date,
    totals: Totals,
}

impl Work<'_> {
    /// Scores the body and gives the summary. The body is at hand, so its bills are judged against the edition and each
    /// other, whatever their order. `Err`: the client went away.
    fn score(&mut self, send: &mut dyn FnMut(Vec<u8>) -> Result<(), ()>) -> Result<Value, ()> {
        let Self { engine, body, format, day, totals } = self;
        let parts = || read(Cursor::new(body.clone()), *format);
        let own = Edition::build(bills::remember(engine, parts(), *day));
        let edition = match engine.history() {
            Some(before) => Edition::merge([before, &own]),
            None => own,
        };
        let past = if engine.history_is_lost() { engine.past() } else { Past::of(&edition) };
        let n_read = bills::score(engine, parts(), *day, &past, &mut |scored| {
            totals.add(&scored);
            send(line(&scored))
        })?;
        let history =
            json!({ "edition": edition.fingerprint(), "consignments": edition.len(), "last_day": edition.last_day() });
        let mut summary = summary(*day, totals, Some(n_read), engine);
        if let Some(summary) = summary.as_object_mut() {
            summary.insert("history".to_owned(), history);
        }
        Ok(summary)
    }
}

/// The last line: whether each bill that was read has an answer before it. `None`: nobody knows how many there were.
fn summary(day: Date, totals: &Totals, n_read: Option<u64>, engine: &Engine) -> Value {
    let complete = n_read.is_some_and(|n| totals.account_for(n)) && totals.lost == 0 && totals.unreadable == 0;
    let counts = json!({ "read": n_read, "answered": totals.consignments, "lost": totals.lost, "unreadable": totals.unreadable });
    json!({ "complete": complete, "counts": counts, "as_of": day.to_string(), "totals": totals, "editions": engine.editions() })
}

/// Content types that are read.
const READ: &str = "application/json, application/x-ndjson, text/csv, application/edifact, application/xml, \
                    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet or application/octet-stream";

/// The format that a content type and the content say. XML and `octet-stream` are told from the content.
fn format(media_type: &str, body: &[u8]) -> Result<Format, Problem> {
    Ok(match media_type {
        "application/json" if Format::detect(body) == Format::Ndjson => Format::Ndjson,
        "application/json" => Format::Json,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Format::Ndjson,
        "text/csv" | "text/tab-separated-values" => Format::Csv,
        "application/edifact" | "application/edi-edifact" => Format::Cuscar,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Format::Xlsx,
        "application/xml" | "text/xml" | "application/soap+xml" => match Format::detect(body) {
            found @ (Format::Awmds | Format::WcoDeclaration | Format::EPermit) => found,
            _ => Format::OtherXml,
        },
        "" | "application/octet-stream" | "text/plain" => Format::detect(body),
        other => return Err(Problem::media_type(other, READ)),
    })
}

/// One result as one line.
fn line(scored: &Scored) -> Vec<u8> {
    with_newline(match scored {
        Scored::Answer(answer) => serde_json::to_vec(answer),
        Scored::Lost(bill) => serde_json::to_vec(&json!({ "lost": bill })),
        Scored::Unreadable(error) => serde_json::to_vec(&json!({ "unreadable": error.to_string() })),
        Scored::Empty(faults) => serde_json::to_vec(&json!({ "empty": true, "faults": faults })),
    })
}

fn with_newline(bytes: Result<Vec<u8>, serde_json::Error>) -> Vec<u8> {
    let mut bytes = bytes.unwrap_or_else(|error| json!({ "unreadable": error.to_string() }).to_string().into_bytes());
    bytes.push(b'\n');
    bytes
}
