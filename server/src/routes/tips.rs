//! Tips, for those without a key. Of a request only its path and body are looked at.

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{form, no_memory, off_the_reactor};
use crate::problem::Problem;
use crate::service::tips::{Status, Tip};
use crate::state::State;

/// What a sender answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    answer: String,
}

/// `POST /v1/tips`: takes a tip; the token of its sender, shown this once.
pub async fn tip(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Value>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let tip: Tip = form(&state, request).await?;
    let token = off_the_reactor(move || office.tip(tip)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "token": token }))))
}

/// `GET /v1/tips/{token}`: how it stands, and what its sender is asked.
pub async fn status(Shared(state): Shared<State>, Path(token): Path<String>) -> Result<Json<Status>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    Ok(Json(off_the_reactor(move || office.tip_status(&token)).await?))
}

/// `POST /v1/tips/{token}`: answers what was asked.
pub async fn answer(
    Shared(state): Shared<State>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Json<Status>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let Answer { answer } = form(&state, request).await?;
    Ok(Json(off_the_reactor(move || office.tip_answer(&token, &answer)).await?))
}
