//! What examinations found: told by officers, handed out to those who measure.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{form, from_cursor, inside, no_memory, off_the_reactor, query_problem};
use crate::config::MAX_PAGE;
use crate::identity::caller;
use crate::problem::Problem;
use crate::service::results::Report;
use crate::state::State;
use crate::store::Reported;

/// What may be asked: `?after=…`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `cursor` of the last line that is known.
    after: Option<String>,
}

/// `POST /v1/assessments/{id}/result`: what was found. A later one corrects it; none is taken away.
pub async fn report(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Reported>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let caller = caller(&request).ok_or_else(no_memory)?;
    let report: Report = form(&state, request).await?;
    let engine = Arc::clone(&state.engines.live().engine);
    let said = off_the_reactor(move || office.report(&caller, engine.references(), &id, report)).await?;
    Ok((StatusCode::CREATED, Json(said)))
}

/// `GET /v1/results`: reports in their order, one a line, as `palisander evaluate --results` reads them; at most a page.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let after = from_cursor(&office, &caller, RESULTS, asked.after.as_deref(), 0)?;
    let told_by = Arc::clone(&office);
    let found = off_the_reactor(move || Ok(office.store.results(after, MAX_PAGE)?)).await?;
    let mut text = String::new();
    for (seq, said) in found {
        let mut line = serde_json::to_value(said).unwrap_or_default();
        if let Some(fields) = line.as_object_mut() {
            fields.insert("cursor".to_owned(), told_by.cursor(RESULTS, &caller.reader.id, seq).into());
        }
        text.push_str(&line.to_string());
        text.push('\n');
    }
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}

/// The list, to whoever makes its cursors.
const RESULTS: &str = "results";
