//! Rulesets: written, checked, approved, tried, set live, taken back.

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::Engine;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::{content_type, form, formed, inside, media_type, off_the_reactor};
use crate::body::receive;
use crate::config::MAX_RULESET_BYTES;
use crate::problem::Problem;
use crate::service::{Caller, Office, OfficeError};
use crate::state::State;
use crate::store::Ruleset;

/// A ruleset that is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesetForm {
    name: String,
    /// Texts by their paths: `my-profile/profile.toml`.
    files: BTreeMap<String, String>,
    #[serde(default)]
    note: String,
}

/// Why something is done.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteForm {
    #[serde(default)]
    note: String,
}

/// `GET /v1/rulesets`: all that the caller may read, the latest first.
pub async fn list(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let listed = off_the_reactor(move || office.rulesets_of(&caller)).await?;
    Ok(Json(json!({ "rulesets": listed })))
}

/// `GET /v1/rulesets/{id}`: one with its files.
pub async fn one(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let (ruleset, files) = off_the_reactor(move || office.ruleset_of(&caller, &id)).await?;
    let mut shown = json!(ruleset);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("files".to_owned(), json!(files));
    }
    Ok(Json(shown))
}

/// `GET /v1/rulesets/{id}/shadow`: how often its indicators fired while it is tried.
pub async fn shadow(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let tried = off_the_reactor(move || office.tried(&caller, &id)).await?;
    Ok(Json(json!({ "indicators": tried })))
}

/// `POST /v1/rulesets`: takes one and checks it.
pub async fn draft(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Ruleset>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let media = media_type(&content_type(request.headers()));
    if !media.is_empty() && media != "application/json" {
        return Err(Problem::media_type(&media, "application/json"));
    }
    let received = receive(&state.admission, request).await?;
    // In JSON a text is at most six times as long.
    if received.bytes.len() > MAX_RULESET_BYTES * 6 {
        let detail = format!("the files are over MAX_RULESET_BYTES ({MAX_RULESET_BYTES})");
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "/problems/too-large",
            "the body is too large",
            detail,
        ));
    }
    let RulesetForm { name, files, note } = formed(&received.bytes)?;
    let engines = state.engines.clone();
    // A reload under way is waited for, not on the reactor.
    let drafted = off_the_reactor(move || {
        let (overlay, live) = (engines.overlay(), engines.live());
        office.draft_ruleset(&caller, &live.engine, &overlay, &name, &files, &note)
    });
    Ok((StatusCode::CREATED, Json(drafted.await?)))
}

/// `POST /v1/rulesets/{id}/approve`: another person approves it.
pub async fn approve(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Ruleset>, Problem> {
    acted(state, request, move |office, caller, _, note| office.approve_ruleset(caller, &id, note)).await
}

/// `POST /v1/rulesets/{id}/shadow`: it is tried beside what acts.
pub async fn try_it(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Ruleset>, Problem> {
    acted(state, request, move |office, caller, live, note| office.try_ruleset(caller, live, &id, note)).await
}

/// `POST /v1/rulesets/{id}/live`: it acts; an earlier one comes back by the same call.
pub async fn live(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Ruleset>, Problem> {
    acted(state, request, move |office, caller, live, note| office.set_ruleset_live(caller, live, &id, note)).await
}

/// `POST /v1/rulesets/{id}/retire`: it acts no longer.
pub async fn retire(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Ruleset>, Problem> {
    acted(state, request, move |office, caller, _, note| office.retire_ruleset(caller, &id, note)).await
}

/// Does an act, and has the live engine take on what follows from it before anybody is answered.
async fn acted(
    state: State,
    request: Request,
    act: impl FnOnce(&Office, &Caller, &Engine, &str) -> Result<Ruleset, OfficeError> + Send + 'static,
) -> Result<Json<Ruleset>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let NoteForm { note } = form(&state, request).await?;
    let engines = state.engines.clone();
    let done = off_the_reactor(move || {
        let ruleset = act(&office, &caller, &engines.live().engine, &note)?;
        if let Err(why) = engines.follow(&office) {
            tracing::error!(%why, "a ruleset that was published does not act yet");
        }
        Ok(ruleset)
    });
    Ok(Json(done.await?))
}
