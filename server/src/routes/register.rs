//! Changes of the permit register: proposed, listed, signed, taken back.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::manifests::{Fault, Severity};
use palisander_engine::papers::{Register, RowFault};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Nothing, Signed, content_type, form, idempotency_key, inside, media_type, off_the_reactor, query_problem};
use crate::body::receive;
use crate::config::{LIGHT_BODY_BYTES, MAX_CHANGE_FAULTS};
use crate::problem::Problem;
use crate::service::register::NotProposed;
use crate::service::{Caller, Office, OfficeError};
use crate::state::State;
use crate::store::{RegisterChange, RegisterState};

/// What is read here: the formats of a register.
const FORMATS: &str = "text/csv, application/x-ndjson, application/xml";
/// Bytes that rows hold for a byte of their text, at most.
const ROW_BYTES: usize = 8;

/// Why it is changed: `?note=…`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[serde(default)]
    note: String,
}

/// Why something is taken back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

fn shown(change: RegisterChange) -> Signed<RegisterChange> {
    let waits = change.state == RegisterState::Waits;
    Signed::new(change, waits)
}

/// `GET /v1/register/changes`: all that the caller may know of, the latest first.
pub async fn list(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let listed = off_the_reactor(move || office.register_changes_of(&caller)).await?;
    let changes: Vec<Signed<RegisterChange>> = listed.into_iter().map(shown).collect();
    Ok(Json(json!({ "changes": changes })))
}

/// `GET /v1/register/changes/{id}`: one, with its rows where it is one of rows.
pub async fn one(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let told = off_the_reactor(move || {
        let (change, _) = office.known_change(&caller, &id)?;
        let mut rows: Vec<Value> = Vec::new();
        if !change.is_whole() {
            let bytes = office.rows_of(&change)?;
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            rows.extend(lines.take(MAX_CHANGE_FAULTS).filter_map(|line| serde_json::from_slice(line).ok()));
        }
        let mut told = json!(shown(change));
        if let Some(fields) = told.as_object_mut() {
            fields.insert("rows".to_owned(), Value::Array(rows));
        }
        Ok(told)
    });
    Ok(Json(told.await?))
}

/// `POST /v1/register/changes`: rows in a register's format. 202: another person has to sign; a row that does not fit costs all.
pub async fn propose(
    Shared(state): Shared<State>,
    query: Result<Query<Note>, QueryRejection>,
    request: Request,
) -> Result<(StatusCode, Json<Signed<RegisterChange>>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let Query(Note { note }) = query.map_err(|error| query_problem(&error))?;
    let key = idempotency_key(request.headers())?;
    let media = media_type(&content_type(request.headers()));
    let is_read = ["", "text/csv", "application/x-ndjson", "application/xml", "text/xml"].contains(&media.as_str());
    if !is_read {
        return Err(Problem::media_type(&media, FORMATS));
    }
    let received = receive(&state.admission, request).await?;
    let place = match received.bytes.len() {
        ..=LIGHT_BODY_BYTES => state.admission.quick().await?,
        long => state.admission.stream(long, ROW_BYTES).await?,
    };
    let live = state.engines.live();
    let proposing = tokio::task::spawn_blocking(move || {
        let _held = (place, received.share);
        let once = key.map(|key| Office::once(&caller, &key, "register", &received.bytes));
        let seen = office.views.of(&live.engine, caller.clearance());
        office.propose_rows(&caller, seen.register(), &received.bytes, &note, once)
    });
    match proposing.await {
        Ok(Ok(change)) => Ok((StatusCode::ACCEPTED, Json(shown(change)))),
        Ok(Err(NotProposed::Office(error))) => Err(Problem::office(&error)),
        Ok(Err(NotProposed::Rows(faults))) => Err(unfit(&faults)),
        Err(_) => Err(Problem::fault("this request failed; nothing was proposed")),
    }
}

/// `POST /v1/register/changes/{id}/signatures`: the second person signs; it acts before this is answered.
pub async fn sign(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Signed<RegisterChange>>, Problem> {
    acted(state, request, move |office, caller, register, Nothing {}| office.sign_register(caller, register, &id)).await
}

/// `POST /v1/register/changes/{id}/withdraw`: what waits is taken back.
pub async fn withdraw(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Signed<RegisterChange>>, Problem> {
    acted(state, request, move |office, caller, _, Reason { reason }| office.drop_register(caller, &id, &reason)).await
}

/// Does an act, and has the live engine take on what follows from it before anybody is answered.
async fn acted<F: serde::de::DeserializeOwned + Send + 'static>(
    state: State,
    request: Request,
    act: impl FnOnce(&Office, &Caller, &Register, F) -> Result<RegisterChange, OfficeError> + Send + 'static,
) -> Result<Json<Signed<RegisterChange>>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let said = form(&state, request).await?;
    let engines = state.engines.clone();
    let done = off_the_reactor(move || {
        let seen = office.views.of(&engines.live().engine, caller.clearance());
        let change = act(&office, &caller, seen.register(), said)?;
        if let Err(why) = engines.follow(&office) {
            tracing::error!(%why, "a change of the register does not act yet");
        }
        Ok(change)
    });
    Ok(Json(shown(done.await?)))
}

/// Every row that does not fit, with its place.
fn unfit(faults: &[RowFault]) -> Problem {
    let n = faults.iter().filter(|fault| fault.dropped).count();
    let detail = format!("{n} rows do not fit, so nothing of the file was taken; `errors` says where");
    let title = "rows do not fit the register";
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/register", title, detail);
    let errors = faults.iter().take(MAX_CHANGE_FAULTS).map(|fault| {
        let row = fault.row.map_or_else(|| "file".to_owned(), |row| format!("row {row}"));
        let severity = if fault.dropped { Severity::Lost } else { Severity::Note };
        Fault::new("register_row", severity, row, fault.column.as_deref().unwrap_or_default(), &fault.what)
    });
    problem.errors = errors.collect();
    problem
}
