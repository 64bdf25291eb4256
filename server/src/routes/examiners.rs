//! Who examines a bill, by a draw that everybody can check; and whose overrides are out of the ordinary.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;

use super::{form, inside, no_memory, off_the_reactor, query_problem};
use crate::problem::Problem;
use crate::service::examiner::Draw;
use crate::service::patterns::Patterns;
use crate::state::State;

/// Of which group somebody is to examine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawForm {
    group: String,
}

/// `POST /v1/assessments/{id}/examiner`: among whom is drawn goes on record; the next checkpoint decides.
pub async fn ask(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Draw>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let DrawForm { group } = form(&state, request).await?;
    let draw = off_the_reactor(move || office.to_draw(&caller, &id, &group)).await?;
    Ok((StatusCode::ACCEPTED, Json(draw)))
}

/// `GET /v1/assessments/{id}/examiner`: the draw as it stands.
pub async fn drawn(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Draw>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.draw(&caller, &id)).await?))
}

/// What may be asked: `?days=90`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default = "season")]
    days: u32,
}

fn season() -> u32 {
    90
}

/// `GET /v1/patterns`: overrides of the last days that chance would seldom make.
pub async fn patterns(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Patterns>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    Ok(Json(off_the_reactor(move || office.patterns(asked.days)).await?))
}
