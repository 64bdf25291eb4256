//! Requests to the issuers of papers.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{form, inside, off_the_reactor, query_problem};
use crate::problem::Problem;
use crate::service::verifications::{ShownVerification, Wanted};
use crate::state::State;
use crate::verifications::Asked;

/// What may be asked: `?answered=true`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    #[serde(default)]
    answered: bool,
}

/// `POST /v1/assessments/{id}/verifications`: asks the issuer of one of its papers; the letter is in the answer.
pub async fn ask(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<ShownVerification>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let wanted: Wanted = form(&state, request).await?;
    let engine = Arc::clone(&state.engines.live().engine);
    let asking = move || office.ask_verification(&caller, engine.references(), &id, &wanted);
    Ok((StatusCode::CREATED, Json(off_the_reactor(asking).await?)))
}

/// `GET /v1/verifications`: the latest first.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Listed>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(Listed { answered }) = query.map_err(|error| query_problem(&error))?;
    let (office, _) = inside(&state, &request)?;
    let all = off_the_reactor(move || office.verifications(answered)).await?;
    Ok(Json(json!({ "verifications": all })))
}

/// `GET /v1/verifications/{id}`: one, with its letter.
pub async fn one(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ShownVerification>, Problem> {
    let (office, _) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.verification(&id)).await?))
}

/// `POST /v1/verifications/{id}/events`: reminded, acknowledged, answered, or taken to the Secretariat.
pub async fn tell(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ShownVerification>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let asked: Asked = form(&state, request).await?;
    let live = state.engines.live();
    let telling = move || {
        let seen = office.views.of(&live.engine, caller.clearance());
        office.tell_verification(&caller, seen.register(), &id, asked)
    };
    Ok(Json(off_the_reactor(telling).await?))
}
