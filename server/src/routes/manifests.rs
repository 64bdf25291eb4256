//! Many consignments in, one assessment a line out, and a summary line at the end.

use std::convert::Infallible;
use std::io::Cursor;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use palisander_engine::history::{Edition, Past};
use palisander_engine::manifest::parse::{Format, read};
use palisander_engine::stream::{self, Scored};
use serde_json::json;
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
        let mut totals = Totals::default();
        let parts = || read(Cursor::new(body.clone()), format);
        // The body is at hand, so its bills are judged against the edition and each other, whatever their order.
        let own = Edition::build(stream::remember(&engine, parts(), day));
        let edition = match engine.history() {
            Some(before) => Edition::merge([before, &own]),
            None => own,
        };
        let past = if engine.history_is_lost() { engine.past() } else { Past::of(&edition) };
        let outcome = stream::score(&engine, parts(), day, &past, &mut |scored| {
            totals.add(&scored);
            send.blocking_send(line(&scored)).map_err(|_| ())
        });
        if outcome.is_ok() {
            let history = json!({ "edition": edition.fingerprint(), "consignments": edition.len(), "last_day": edition.last_day() });
            let summary = json!({ "summary": { "as_of": day.to_string(), "totals": totals, "editions": engine.editions(), "history": history } });
            let _ = send.blocking_send(with_newline(serde_json::to_vec(&summary)));
        }
    });
    let stream = ReceiverStream::new(lines).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(stream));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
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
        Scored::Unreadable(error) => serde_json::to_vec(&json!({ "unreadable": error.to_string() })),
        Scored::Empty(faults) => serde_json::to_vec(&json!({ "empty": true, "faults": faults })),
    })
}

fn with_newline(bytes: Result<Vec<u8>, serde_json::Error>) -> Vec<u8> {
    let mut bytes = bytes.unwrap_or_else(|error| json!({ "unreadable": error.to_string() }).to_string().into_bytes());
    bytes.push(b'\n');
    bytes
}
