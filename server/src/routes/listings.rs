//! Offers on platforms, many at once.

use axum::Json;
use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::manifests::{Fault, Severity};
use serde_json::{Value, json};

use super::{content_type, inside, media_type};
use crate::body::receive;
use crate::config::{LIGHT_BODY_BYTES, MAX_CHANGE_FAULTS};
use crate::problem::Problem;
use crate::service::listings::{LineFault, NotTaken, Sent};
use crate::state::State;

const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";
/// Memory that a byte of the body takes while it is read: the line, the record of it, and its entry.
const LISTING_BYTES: usize = 4;

/// `POST /v1/listings`: an offer a line, or one by itself. The same offer is one record, however often it is sent; a line that does not fit costs all.
pub async fn tell(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Value>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let media = media_type(&content_type(request.headers()));
    let is_one = media == JSON;
    if !["", NDJSON, JSON].contains(&media.as_str()) {
        return Err(Problem::media_type(&media, "application/x-ndjson, or application/json for one"));
    }
    let received = receive(&state.admission, request).await?;
    let place = match received.bytes.len() {
        ..=LIGHT_BODY_BYTES => state.admission.quick().await?,
        long => state.admission.stream(long, LISTING_BYTES).await?,
    };
    let live = state.engines.live();
    let telling = tokio::task::spawn_blocking(move || {
        let _held = (place, received.share);
        let sent = if is_one { Sent::One(&received.bytes) } else { Sent::Lines(&received.bytes) };
        office.tell_listings(&caller, &live.engine, sent)
    });
    match telling.await {
        Ok(Ok(taken)) => Ok((StatusCode::CREATED, Json(json!({ "listings": taken })))),
        Ok(Err(NotTaken::Office(error))) => Err(Problem::office(&error)),
        Ok(Err(NotTaken::Lines(faults))) => Err(unfit(&faults)),
        Err(_) => Err(Problem::fault("this request failed; nothing was done")),
    }
}

fn unfit(faults: &[LineFault]) -> Problem {
    let n = faults.len();
    let detail = format!("{n} faults, so nothing was taken; `errors` says of each in which line");
    let title = "lines do not fit";
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/listings", title, detail);
    let error =
        |fault: &LineFault| Fault::new("listing_line", Severity::Lost, format!("line {}", fault.line), "", &fault.what);
    problem.errors = faults.iter().take(MAX_CHANGE_FAULTS).map(error).collect();
    problem
}
