//! Requests to be let in: of those without a key, and for administrators.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{clearance_of, form, from_cursor, inside, no_memory, off_the_reactor, page_limit, query_problem};
use crate::problem::Problem;
use crate::service::access_requests::{AccessStatus, Approval, Asking};
use crate::service::readers::NewKey;
use crate::state::State;
use crate::store::{AccessQuestion, AccessRequest, AccessState, Role};

/// `POST /v1/access`: asks to be let in; the token of who asks, shown this once.
pub async fn ask(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Value>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let asking: Asking = form(&state, request).await?;
    let token = off_the_reactor(move || office.ask_access(asking)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "token": token }))))
}

/// `GET /v1/access/{token}`: how it stands.
pub async fn status(Shared(state): Shared<State>, Path(token): Path<String>) -> Result<Json<AccessStatus>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    Ok(Json(off_the_reactor(move || office.access_status(&token)).await?))
}

/// `POST /v1/access/{token}/key`: the key, told once.
pub async fn collect(
    Shared(state): Shared<State>,
    Path(token): Path<String>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let told = off_the_reactor(move || office.collect_key(&token)).await?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// What may be asked of the list: `?state=waiting&before=…&limit=50`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    state: Option<AccessState>,
    /// `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/access-requests`: who asks to be let in, the latest first.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let limit = page_limit(asked.limit)?;
    let before = from_cursor(&office, &caller, REQUESTS, asked.before.as_deref(), u64::MAX)?;
    let told_by = Arc::clone(&office);
    let question = AccessQuestion { state: asked.state, before, limit };
    let page = off_the_reactor(move || Ok(office.store.access_requests(&question)?)).await?;
    let last = page.last().filter(|_| page.len() == limit);
    let next = last.map(|(_, seq)| told_by.cursor(REQUESTS, &caller.reader.id, *seq));
    let requests: Vec<AccessRequest> = page.into_iter().map(|(request, _)| request).collect();
    Ok(Json(json!({ "requests": requests, "next": next })))
}

/// The list, to whoever makes its cursors.
const REQUESTS: &str = "access requests";

/// `GET /v1/access-requests/{id}`: one of them.
pub async fn one(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<AccessRequest>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let (found, _) = off_the_reactor(move || office.access_request(&id)).await?;
    Ok(Json(found))
}

/// Whom an administrator lets in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalForm {
    roles: BTreeSet<Role>,
    #[serde(default)]
    groups: BTreeSet<String>,
    /// `TLP:CLEAR` without a word.
    clearance: Option<String>,
    /// His last day: who was vetted is vetted again.
    expires_on: Date,
}

/// Why it is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonForm {
    reason: String,
}

/// `POST /v1/access-requests/{id}/approve`: makes a reader of who asked.
pub async fn approve(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<AccessRequest>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let ApprovalForm { roles, groups, clearance, expires_on } = form(&state, request).await?;
    let clearance = clearance_of(clearance.as_deref())?;
    let approval = Approval { roles, groups, clearance, expires_on };
    Ok(Json(off_the_reactor(move || office.approve_access(&caller, &id, approval)).await?))
}

/// `POST /v1/access-requests/{id}/refuse`: does not let him in, and says why.
pub async fn refuse(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<AccessRequest>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let ReasonForm { reason } = form(&state, request).await?;
    Ok(Json(off_the_reactor(move || office.refuse_access(&caller, &id, &reason)).await?))
}
