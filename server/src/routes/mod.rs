//! Handlers: extract, call the engine off the reactor, convert. They do not call each other.

pub mod access;
pub mod alerts;
pub mod assessments;
pub mod bundles;
pub mod case_files;
pub mod cases;
pub mod decisions;
pub mod directory;
pub mod examiners;
pub mod feed;
pub mod health;
pub mod holds;
pub mod identifiers;
pub mod information;
pub mod jobs;
pub mod listings;
pub mod log;
pub mod manifests;
pub mod me;
pub mod metrics;
pub mod papers;
pub mod permits;
pub mod plans;
pub mod queue;
pub mod readers;
pub mod register;
pub mod reload;
pub mod reports;
pub mod results;
pub mod rulesets;
pub mod schemas;
pub mod tips;
pub mod verifications;
pub mod webhooks;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use palisander_engine::{Date, Label};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::body::receive;
use crate::config::{MAX_FORM_BYTES, MAX_IDEMPOTENCY_CHARS, MAX_NUMBER, MAX_PAGE};
use crate::identity::caller;
use crate::meant::in_words;
use crate::problem::Problem;
use crate::render::Sight;
use crate::service::access::Audience;
use crate::service::live::Live;
use crate::service::{Caller, Office, OfficeError};
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
pub fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
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

/// A place in a list, from 1; there is none that is no number.
fn place(n: &str) -> usize {
    n.parse().unwrap_or_default()
}

/// The service with a memory, and who asks it.
fn inside(state: &State, request: &Request) -> Result<(Arc<Office>, Caller), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let caller = caller(request).ok_or_else(no_memory)?;
    Ok((office, caller))
}

/// An act that needs no words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Something as it stands, and whether it waits for a second person.
#[derive(Debug, Serialize)]
pub struct Signed<T> {
    #[serde(flatten)]
    one: T,
    /// `second` while another person has to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<&'static str>,
}

impl<T> Signed<T> {
    fn new(one: T, waits: bool) -> Self {
        Self { one, needs: waits.then_some("second") }
    }
}

/// A number of the log, as every reader of JSON holds it exactly.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(try_from = "u64")]
struct Number(u64);

impl TryFrom<u64> for Number {
    type Error = String;

    fn try_from(n: u64) -> Result<Self, String> {
        if n <= MAX_NUMBER {
            Ok(Self(n))
        } else {
            Err(format!("numbers of the log are 0 to MAX_NUMBER ({MAX_NUMBER})"))
        }
    }
}

/// Where a page of a list goes on from, as a reader was told it; `otherwise` where he does not say.
fn from_cursor(
    office: &Office,
    caller: &Caller,
    list: &str,
    asked: Option<&str>,
    otherwise: u64,
) -> Result<u64, Problem> {
    let Some(text) = asked else { return Ok(otherwise) };
    // Any cursor is some number; one that no entry has yet is none of theirs.
    let number = office.of_cursor(list, &caller.reader.id, text).map(|number| number.min(MAX_NUMBER));
    number.ok_or_else(|| {
        let detail = "where a page goes on is what the page before says, 16 hexadecimal digits";
        Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail)
    })
}

/// A clearance that is wanted; CLEAR without a word. One that cannot be read is a mistake, not the strictest.
fn clearance_of(text: Option<&str>) -> Result<Label, Problem> {
    let Some(text) = text else { return Ok(Label::Clear) };
    Label::read(text).ok_or_else(|| {
        let names = Label::ALL.map(Label::as_str).join(", ");
        let shown: String = text.chars().take(40).collect();
        let detail = format!("clearance `{shown}` is none of {names}");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/form", "what was asked does not fit", detail)
    })
}

/// How much of a list is asked for at once.
fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(MAX_PAGE);
    if (1..=MAX_PAGE).contains(&limit) {
        return Ok(limit);
    }
    let detail = format!("limit is 1 to MAX_PAGE ({MAX_PAGE})");
    Err(Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail))
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
    formed(&form_bytes(state, request).await?)
}

/// The bytes of a small JSON body.
async fn form_bytes(state: &State, request: Request) -> Result<Vec<u8>, Problem> {
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
    Ok(received.bytes.to_vec())
}

fn formed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes: &[u8] = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes };
    // A list would be taken for the fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let (title, detail) = ("what was asked does not fit", "the body is a list; send an object");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/form", title, detail));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        // It may quote a value, which came from the caller and goes back to him.
        let why: String = in_words(&error).chars().take(300).collect();
        Problem::new(status, "/problems/form", "what was asked does not fit", why)
    })
}

/// The caller of a request and what he is shown; `None` in a service without a memory. With one, a request without a
/// reader to whom bills exist goes no further.
fn sight(state: &State, request: &Request) -> Result<Option<(Caller, Sight)>, Problem> {
    let caller = caller(request).and_then(|caller| Sight::of(&caller).map(|sight| (caller, sight)));
    match (&state.office, caller) {
        (None, _) => Ok(None),
        (Some(_), Some(found)) => Ok(Some(found)),
        (Some(_), None) => Err(Problem::not_found(request.uri().path())),
    }
}

/// The day by whose law a caller is answered. Those outside are answered by today's: who may choose the day may ask since when
/// something is held.
fn day_for(state: &State, asked: Option<Date>, who: Option<&(Caller, Sight)>) -> Result<Date, Problem> {
    let is_outside = who.is_some_and(|(_, sight)| sight.audience < Audience::Officer);
    match asked {
        Some(_) if is_outside => {
            Err(Problem::forbidden("bills of those who send their own are answered by today's law; leave `as_of` out"))
        }
        asked => Ok(state.day(asked)),
    }
}

/// The engine as a reader may know it, and where what he sends is put on record. May have to build the engine first: not on
/// the reactor.
fn sighted(
    office: Option<Arc<Office>>,
    live: &Arc<Live>,
    who: Option<(Caller, Sight)>,
    media_type: &str,
) -> Option<Sighted> {
    who.zip(office).map(|((caller, sight), office)| Sighted {
        sight,
        engine: office.views.of(&live.engine, sight.clearance),
        office,
        by: caller.reader.id,
        media_type: media_type.to_owned(),
    })
}

/// The key under which a caller does something once: `Idempotency-Key`, at most one.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all("idempotency-key").iter();
    let wrong = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "/problems/header", "a header is wrong", detail);
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => {
            let key = only.to_str().ok().map(str::trim).filter(|key| (1..=MAX_IDEMPOTENCY_CHARS).contains(&key.len()));
            let most = format!("`idempotency-key` is 1 to MAX_IDEMPOTENCY_CHARS ({MAX_IDEMPOTENCY_CHARS}) characters");
            key.map(|key| Some(key.to_owned())).ok_or_else(|| wrong(most))
        }
        _ => Err(wrong("`idempotency-key` stands twice".to_owned())),
    }
}
