//! Handlers: extract, call the engine off the reactor, convert. They do not call each other.

pub mod alerts;
pub mod assessments;
pub mod health;
pub mod log;
pub mod manifests;
pub mod me;
pub mod readers;
pub mod schemas;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use palisander_engine::{Date, Engine};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::body::receive;
use crate::config::MAX_FORM_BYTES;
use crate::identity::caller;
use crate::problem::Problem;
use crate::render::Sight;
use crate::service::{Office, OfficeError};
use crate::state::State;
use crate::streaming::Sighted;

/// The day whose law is asked: `?as_of=2014-03-01`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// Day whose law counts.
    pub as_of: Option<String>,
}

impl AsOf {
    /// The day, or a problem that says how to write one.
    pub fn day(&self) -> Result<Option<Date>, Problem> {
        asked_day(self.as_of.as_deref())
    }
}

/// The day of a query, or a problem that says how to write one.
pub fn asked_day(text: Option<&str>) -> Result<Option<Date>, Problem> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let detail = format!("as_of `{text}` is not a day; write it as 2014-03-01");
        Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail)
    })
}

/// The content type as it stands.
pub fn content_type(headers: &axum::http::HeaderMap) -> String {
    let value = headers.get(axum::http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// The media type of a content type: without its parameters, in lower case.
pub fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A query that could not be read.
pub fn query_problem(error: &axum::extract::rejection::QueryRejection) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", error.body_text())
}

/// The service was started without a state folder.
fn no_memory() -> Problem {
    let detail = "this service keeps no state; start it with `--state DIR`";
    Problem::new(StatusCode::NOT_FOUND, "/problems/no-state", "there is nothing here", detail)
}

/// Asks the store on a thread that may wait.
async fn off_the_reactor<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, OfficeError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(answer) => answer.map_err(|error| Problem::office(&error)),
        Err(_) => Err(Problem::fault("this request failed; nothing was done")),
    }
}

/// A small JSON body. An empty one is `{}`.
async fn form<T: DeserializeOwned>(state: &State, request: Request) -> Result<T, Problem> {
    let media = media_type(&content_type(request.headers()));
    if !media.is_empty() && media != "application/json" {
        return Err(Problem::media_type(&media, "application/json"));
    }
    let received = receive(&state.admission, request).await?;
    if received.bytes.len() > MAX_FORM_BYTES {
        let detail = format!("the body is over MAX_FORM_BYTES ({MAX_FORM_BYTES})");
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "/problems/too-large",
            "the body is too large",
            detail,
        ));
    }
    let bytes: &[u8] = if received.bytes.trim_ascii().is_empty() { b"{}" } else { &received.bytes };
    // A list would be taken for the fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let (title, detail) = ("what was asked does not fit", "the body is a list; send an object");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/form", title, detail));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        // It may quote a value, which came from the caller and goes back to him.
        let why: String = error.to_string().chars().take(300).collect();
        Problem::new(status, "/problems/form", "what was asked does not fit", why)
    })
}

/// What the caller of a request is shown; `None` in a service without a memory. With one, a request without a reader to
/// whom bills exist goes no further.
fn sight(state: &State, request: &Request) -> Result<Option<Sight>, Problem> {
    match (&state.office, caller(request).as_ref().and_then(Sight::of)) {
        (None, _) => Ok(None),
        (Some(_), Some(sight)) => Ok(Some(sight)),
        (Some(_), None) => Err(Problem::not_found(request.uri().path())),
    }
}

/// The engine as a reader may know it. May have to build it first: not on the reactor.
fn sighted(office: Option<&Office>, engine: &Arc<Engine>, sight: Option<Sight>) -> Option<Sighted> {
    sight.zip(office).map(|(sight, office)| Sighted { sight, engine: office.views.of(engine, sight.clearance) })
}
