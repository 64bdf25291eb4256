//! Tips, for those without a key. Of a request only its path and body are looked at.

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{form, no_memory, off_the_reactor};
use crate::config::{TIP_PROOF_BITS, TIPS_A_MINUTE};
use crate::problem::Problem;
use crate::service::tips::{NotTaken, Status, Tip};
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
    let taken = tokio::task::spawn_blocking(move || office.tip(tip)).await;
    match taken {
        Ok(Ok(token)) => Ok((StatusCode::CREATED, Json(json!({ "token": token })))),
        Ok(Err(NotTaken::Office(error))) => Err(Problem::office(&error)),
        Ok(Err(NotTaken::NoProof)) => {
            let detail = format!(
                "`proof` is a text such that SHA-256 of `text` followed by it begins with TIP_PROOF_BITS ({TIP_PROOF_BITS}) bits \
                 of zero"
            );
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/proof", "the proof does not hold", detail))
        }
        Ok(Err(NotTaken::Full)) => {
            let detail =
                format!("TIPS_A_MINUTE ({TIPS_A_MINUTE}) came in this minute; nothing was kept, send it again");
            let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "/problems/tips", "too many tips", detail);
            problem.retry_after = Some(60);
            Err(problem)
        }
        Err(_) => Err(Problem::fault("this request failed; nothing was done")),
    }
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
