//! The log, for auditors: entries without their bodies, and signed checkpoints.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Number, no_memory, off_the_reactor, page_limit, query_problem};
use crate::hex;
use crate::problem::Problem;
use crate::state::State;

/// What may be asked: `?after=120&limit=50`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Number of the last entry that is known.
    #[serde(default)]
    after: Number,
    limit: Option<usize>,
}

/// `GET /v1/log`: entries after a number, in order.
pub async fn entries(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    let limit = page_limit(asked.limit)?;
    let entries = off_the_reactor(move || Ok(office.store.entries(asked.after.0, limit)?)).await?;
    let last = entries.last().map_or(asked.after.0, |entry| entry.seq);
    let shown = entries.iter().map(|entry| {
        json!({
            "seq": entry.seq, "at": entry.at.to_string(), "reader": entry.reader, "group": entry.group,
            "kind": entry.kind, "subject": entry.subject, "label": entry.label, "second": entry.second,
            "body_digest": hex::shown(&entry.body), "prev": hex::shown(&entry.prev), "hash": hex::shown(&entry.hash),
        })
    });
    Ok(Json(json!({ "entries": shown.collect::<Vec<_>>(), "after": last })))
}

/// `GET /v1/log/checkpoints`: the log is signed as it stands; the latest first.
pub async fn checkpoints(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    let limit = page_limit(asked.limit)?;
    let notes = off_the_reactor(move || {
        office.store.checkpoint()?;
        Ok(office.store.checkpoints(limit)?)
    });
    let notes: Vec<String> =
        notes.await?.into_iter().filter(|note| note.size > asked.after.0).map(|one| one.note).collect();
    Ok(Json(json!({ "checkpoints": notes })))
}
