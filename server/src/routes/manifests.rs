//! Many consignments in, one assessment a line out, and a summary line at the end.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::Date;
use palisander_engine::manifests::{Format, Mapping};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::{asked_day, content_type, day_for, idempotency_key, media_type, query_problem, sight, sighted};
use crate::body::receive;
use crate::config::{MAX_MAPPING_BYTES, STREAM_TIMEOUT, is_mapping_name};
use crate::identity::caller;
use crate::jobs::told;
use crate::leisure;
use crate::multipart;
use crate::problem::Problem;
use crate::service::access::Audience;
use crate::service::jobs::{NotTaken, Wanted};
use crate::service::{Caller, Office};
use crate::state::State;
use crate::store::HowRead;
use crate::streaming::{HEAD_BYTES, PIECES_AHEAD, Work, held_bytes, run};

/// The query of `/v1/manifests`: `?as_of=2014-03-01&mapping=port-community`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Day whose law counts.
    as_of: Option<String>,
    /// A stored mapping of a table's columns.
    mapping: Option<String>,
}

/// `POST /v1/manifests`: any format by content type, or told from the content; a table with its mapping as a form.
pub async fn score(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let who = sight(&state, &request)?;
    let day = day_for(&state, asked_day(asked.as_of.as_deref())?, who.as_ref())?;
    let stored = asked.mapping.as_deref().map(|name| named(&state, name)).transpose()?;
    let content_type = content_type(request.headers());
    refuse_unknown(&media_type(&content_type))?;
    let is_later = prefers_async(request.headers());
    let (key, caller) = (idempotency_key(request.headers())?, caller(&request));
    let query = request.uri().query().unwrap_or_default().to_owned();
    let received = receive(&state.admission, request).await?;
    let body: Bytes = received.bytes.into();
    let sent = sent(&content_type, body.clone(), stored)?;
    if let (true, Some(office), Some(caller), Some((_, sight))) = (is_later, state.office.clone(), caller, who.as_ref())
    {
        let later = Later { office, caller, audience: sight.audience, sent, content_type, day, key, query, body };
        let taken = later.taken().await;
        drop(received.share);
        return taken;
    }
    let place = state.admission.stream(sent.bytes.len(), held_bytes(sent.format)).await?;
    let live = state.engines.live();
    let office = state.office.clone();
    let (send, pieces) = mpsc::channel::<Bytes>(PIECES_AHEAD);
    let (begin, begun) = oneshot::channel();
    let share = received.share;
    let working = leisure::spawn(move || {
        let _held = (place, share);
        let sighted = sighted(office, &live, who, &content_type);
        let (body, Sent { format, mapping, .. }) = (sent.bytes.clone(), sent);
        let work = Work {
            live,
            body,
            format,
            mapping,
            day,
            limit: STREAM_TIMEOUT,
            sighted,
            progress: Arc::default(),
            behind: None,
        };
        run(&work, send, move |how| {
            let _ = begin.send(how);
        });
    });
    working.map_err(|_| Problem::overload())?;
    begun.await.unwrap_or_else(|_| Err(Problem::fault("this request failed and was not scored")))?;
    let stream = ReceiverStream::new(pieces).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(stream));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}

/// Does the caller rather wait for the answer elsewhere (`Prefer: respond-async`, RFC 7240)? A service without a memory does
/// not offer it, and a preference binds nobody.
fn prefers_async(headers: &HeaderMap) -> bool {
    let all = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    let mut names = all.map(|one| one.split(';').next().unwrap_or_default().trim());
    names.any(|name| name.eq_ignore_ascii_case("respond-async"))
}

/// A manifest that is judged later, and who sent it.
struct Later {
    office: Arc<Office>,
    caller: Caller,
    audience: Audience,
    sent: Sent,
    content_type: String,
    day: Date,
    key: Option<String>,
    query: String,
    /// What came, as it came.
    body: Bytes,
}

impl Later {
    /// 202 with where it stands, once it is durable.
    async fn taken(self) -> Result<Response, Problem> {
        let done = tokio::task::spawn_blocking(move || {
            let Self { office, caller, audience, sent, content_type, day, key, query, body } = self;
            let mapping = (sent.mapping != Mapping::default()).then(|| sent.mapping.to_toml());
            let read = HowRead { format: sent.format.name().to_owned(), mapping, alone: false };
            let once = key.map(|key| Office::once(&caller, &key, &format!("jobs {query} {content_type}"), &body));
            let wanted = Wanted { body: &sent.bytes, media_type: &content_type, read, as_of: day, audience };
            let job = office.take_job(&caller, wanted, once)?;
            Ok((told(&office, &job)?, job.id))
        });
        let (told, id) = match done.await {
            Ok(Ok(taken)) => taken,
            Ok(Err(NotTaken::Office(error))) => return Err(Problem::office(&error)),
            Ok(Err(NotTaken::TooMany)) => return Err(Problem::many_jobs()),
            Ok(Err(NotTaken::Full)) => return Err(Problem::overload()),
            Err(_) => return Err(Problem::fault("this request failed; nothing was taken")),
        };
        let mut response = (StatusCode::ACCEPTED, Json(told)).into_response();
        let headers = response.headers_mut();
        if let Ok(place) = HeaderValue::from_str(&format!("/v1/jobs/{id}")) {
            headers.insert(header::LOCATION, place);
        }
        headers.insert("preference-applied", HeaderValue::from_static("respond-async"));
        Ok(response)
    }
}

/// What came in a body.
struct Sent {
    bytes: Bytes,
    format: Format,
    mapping: Mapping,
}

/// The manifest of a body, and its mapping where it came as a form.
fn sent(content_type: &str, body: Bytes, stored: Option<Mapping>) -> Result<Sent, Problem> {
    let Some(boundary) = multipart::boundary(content_type) else {
        let format = format(&media_type(content_type), &body)?;
        return Ok(Sent { bytes: body, format, mapping: stored.unwrap_or_default() });
    };
    let wrong = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "/problems/form", "the form is wrong", detail);
    let parts = multipart::parts(&body, &boundary).map_err(|why| wrong(format!("the form cannot be read: {why}")))?;
    let (mut file, mut mapping) = (None, stored);
    for part in parts {
        let is_second = match part.name.as_str() {
            "mapping" => mapping.replace(sent_mapping(&part.bytes)?).is_some(),
            "file" => file.replace(part).is_some(),
            other => return Err(wrong(format!("part `{other}` is neither `file` nor `mapping`"))),
        };
        if is_second {
            return Err(wrong("a form holds one `file` and at most one mapping, sent or stored".to_owned()));
        }
    }
    let file = file.ok_or_else(|| wrong("the form has no part `file`".to_owned()))?;
    let format = format(&file.media_type, &file.bytes)?;
    Ok(Sent { bytes: file.bytes, format, mapping: mapping.unwrap_or_default() })
}

fn sent_mapping(bytes: &[u8]) -> Result<Mapping, Problem> {
    let wrong = |detail: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/mapping", "the mapping is wrong", detail)
    };
    if bytes.len() > MAX_MAPPING_BYTES {
        return Err(wrong(format!("the mapping is over MAX_MAPPING_BYTES ({MAX_MAPPING_BYTES})")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("the mapping is not UTF-8".to_owned()))?;
    Mapping::from_toml(text).map_err(|error| wrong(error.to_string()))
}

fn named(state: &State, name: &str) -> Result<Mapping, Problem> {
    let found = state.mappings.get(name).filter(|_| is_mapping_name(name));
    found.cloned().ok_or_else(|| {
        let detail = "no mapping is stored under that name; start the service with --mappings FOLDER";
        Problem::new(StatusCode::NOT_FOUND, "/problems/mapping", "the mapping is unknown", detail)
    })
}

/// Content types that are read.
const READ: &str = "application/json, application/x-ndjson, text/csv, application/edifact, application/xml, \
                    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/octet-stream or \
                    multipart/form-data";

/// What a content type says of a format.
enum Says {
    This(Format),
    /// Told from the content.
    Nothing,
    Xml,
    Form,
}

fn says(media_type: &str) -> Option<Says> {
    Some(match media_type {
        "application/json" => Says::This(Format::Json),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Says::This(Format::Ndjson),
        "text/csv" | "text/tab-separated-values" => Says::This(Format::Csv),
        "application/edifact" | "application/edi-edifact" => Says::This(Format::Cuscar),
        "application/xml" | "text/xml" | "application/soap+xml" => Says::Xml,
        "multipart/form-data" => Says::Form,
        // Browsers call a CSV so where the other program is installed.
        "application/vnd.ms-excel" | "application/vnd.oasis.opendocument.spreadsheet" => Says::Nothing,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Says::Nothing,
        "" | "application/octet-stream" | "text/plain" => Says::Nothing,
        _ => return None,
    })
}

/// Refuses before the body is taken.
fn refuse_unknown(media_type: &str) -> Result<(), Problem> {
    says(media_type).map(|_| ()).ok_or_else(|| Problem::media_type(media_type, READ))
}

/// The format that a content type and the content say.
fn format(media_type: &str, body: &[u8]) -> Result<Format, Problem> {
    let found = || Format::detect(body.get(..body.len().min(HEAD_BYTES)).unwrap_or_default());
    Ok(match says(media_type) {
        Some(Says::This(Format::Json)) if found() == Format::Ndjson => Format::Ndjson,
        Some(Says::This(format)) => format,
        Some(Says::Nothing) => found(),
        Some(Says::Xml) => match found() {
            found @ (Format::Awmds | Format::WcoDeclaration | Format::EPermit) => found,
            _ => Format::OtherXml,
        },
        Some(Says::Form) | None => return Err(Problem::media_type(media_type, READ)),
    })
}
