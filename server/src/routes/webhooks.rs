//! Whom events are told: an administrator adds, ends and looks after webhooks.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{form, inside, no_memory, off_the_reactor};
use crate::problem::Problem;
use crate::service::webhooks::{NewSecret, Wanted};
use crate::state::State;
use crate::store::{Event, Only, Webhook};

/// A webhook that is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookForm {
    reader: String,
    url: String,
    events: BTreeSet<Event>,
    #[serde(default)]
    only: Only,
}

/// What is to be sent again; all of it without a word.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResendForm {
    messages: Option<BTreeSet<String>>,
}

/// `GET /v1/webhooks`: all of them, and how far each was told.
pub async fn list(Shared(state): Shared<State>) -> Result<Json<Value>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let all = off_the_reactor(move || office.listed_webhooks()).await?;
    Ok(Json(json!({ "webhooks": all })))
}

/// `POST /v1/webhooks`: adds one, and shows its secret this once.
pub async fn add(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<NewSecret>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let outbound = Arc::clone(&state.outbound);
    let WebhookForm { reader, url, events, only } = form(&state, request).await?;
    let wanted = Wanted { reader, url, events, only };
    let added = off_the_reactor(move || office.add_webhook(&caller.reader.id, wanted, &outbound)).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// `POST /v1/webhooks/{id}/end`: nothing is sent to it any more.
pub async fn end(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Webhook>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    off_the_reactor(move || office.end_webhook(&caller.reader.id, &id)).await.map(Json)
}

/// `POST /v1/webhooks/{id}/secrets`: a new secret, shown this once; the one before signs beside it for a day.
pub async fn rotate(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<NewSecret>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let made = off_the_reactor(move || office.rotate_webhook(&caller.reader.id, &id)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `GET /v1/webhooks/{id}/dead`: messages that were given up.
pub async fn dead(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, _) = inside(&state, &request)?;
    let dead = off_the_reactor(move || office.dead_letters(&id)).await?;
    let shown = |one: &crate::service::webhooks::Dead| json!({ "id": one.id, "event": one.event, "given_up_at": one.at, "why": one.why });
    Ok(Json(json!({ "messages": dead.iter().map(shown).collect::<Vec<_>>() })))
}

/// `POST /v1/webhooks/{id}/resend`: what was given up is sent again, before all else.
pub async fn resend(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let ResendForm { messages } = form(&state, request).await?;
    let n = off_the_reactor(move || office.resend(&caller.reader.id, &id, messages.as_ref())).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "messages": n }))))
}
