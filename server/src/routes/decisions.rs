//! What officers decide about a bill.

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::Date;
use palisander_engine::answers::Lane;
use serde::Deserialize;

use super::{form_bytes, formed, idempotency_key, no_memory};
use crate::identity::caller;
use crate::problem::Problem;
use crate::service::Office;
use crate::service::decisions::{Decided, Undecided, Wanted};
use crate::state::State;
use crate::store::Deciding;

/// What somebody decides.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionForm {
    kind: Deciding,
    lane: Option<Lane>,
    #[serde(default)]
    reason: String,
    until: Option<Date>,
}

/// `POST /v1/assessments/{id}/decisions`: 201 when it is in force, 202 while a second person has to sign.
pub async fn decide(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Decided>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let caller = caller(&request).ok_or_else(no_memory)?;
    let key = idempotency_key(request.headers())?;
    let body = form_bytes(&state, request).await?;
    let DecisionForm { kind, lane, reason, until } = formed(&body)?;
    let once = key.map(|key| Office::once(&caller, &key, &id, &body));
    let wanted = Wanted { kind, lane, reason, until };
    answered(move || office.decide(&caller, &id, wanted, once)).await
}

/// `POST /v1/decisions/{id}/signatures`: the second person signs.
pub async fn sign(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Decided>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let caller = caller(&request).ok_or_else(no_memory)?;
    answered(move || office.sign(&caller, &id)).await
}

async fn answered(
    decide: impl FnOnce() -> Result<Decided, Undecided> + Send + 'static,
) -> Result<(StatusCode, Json<Decided>), Problem> {
    match tokio::task::spawn_blocking(decide).await {
        Ok(Ok(decided)) => {
            let status = if decided.needs.is_some() { StatusCode::ACCEPTED } else { StatusCode::CREATED };
            Ok((status, Json(decided)))
        }
        Ok(Err(Undecided::Refused(why))) => Err(Problem::forbidden(why)),
        Ok(Err(Undecided::Office(error))) => Err(Problem::office(&error)),
        Err(_) => Err(Problem::fault("this request failed; nothing was decided")),
    }
}
