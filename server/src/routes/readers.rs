//! Readers, groups and keys, for administrators.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{clearance_of, form, no_memory, off_the_reactor};
use crate::identity::caller;
use crate::problem::Problem;
use crate::service::readers::{KeyWish, NewKey, Wanted};
use crate::service::tokens::Subject;
use crate::state::State;
use crate::store::{GroupKind, Member, ReaderKind, Role, SubjectBound};

/// A reader that is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReaderForm {
    name: String,
    kind: ReaderKind,
    roles: BTreeSet<Role>,
    #[serde(default)]
    groups: BTreeSet<String>,
    /// `TLP:CLEAR` without a word.
    clearance: Option<String>,
    expires_on: Option<Date>,
    key: Option<KeyForm>,
}

/// A key that is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    days: Option<u32>,
    roles: Option<BTreeSet<Role>>,
    #[serde(default)]
    overlap_hours: u32,
}

/// The last day of a reader; today, and at once, without a word.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndForm {
    on: Option<Date>,
}

/// A group that is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupForm {
    name: String,
    kind: GroupKind,
    ends_on: Option<Date>,
}

/// Bodies that belong to a group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MembersForm {
    members: Vec<Member>,
}

/// The last day of a group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEndForm {
    on: Date,
}

impl From<KeyForm> for KeyWish {
    fn from(form: KeyForm) -> Self {
        Self { days: form.days, roles: form.roles, overlap_hours: form.overlap_hours }
    }
}

/// `GET /v1/readers`: all of them with their keys, by name. No key is ever shown again.
pub async fn list(Shared(state): Shared<State>) -> Result<Json<Value>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let listed = off_the_reactor(move || office.listed()).await?;
    Ok(Json(json!({ "readers": listed })))
}

/// `POST /v1/readers`: adds one, and shows his key this once.
pub async fn add(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<NewKey>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let ReaderForm { name, kind, roles, groups, clearance, expires_on, key } = form(&state, request).await?;
    let clearance = clearance_of(clearance.as_deref())?;
    let wanted = Wanted { name, kind, roles, groups, clearance, expires_on, key: key.unwrap_or_default().into() };
    let added = off_the_reactor(move || office.add_reader(&by, wanted)).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// A subject of another authority.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubjectForm {
    issuer: String,
    subject: String,
    /// He is nobody here any more.
    #[serde(default)]
    ends: bool,
}

/// `POST /v1/readers/{id}/subjects`: this reader may ask by tokens of another authority too, or may not any more.
pub async fn subject(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<SubjectBound>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let SubjectForm { issuer, subject, ends } = form(&state, request).await?;
    let bound = off_the_reactor(move || {
        let reader = (!ends).then_some(id.as_str());
        office.bind_subject(&by, Subject { issuer, subject }, reader)
    });
    bound.await.map(Json)
}

/// `POST /v1/readers/{id}/end`: his last day; without one his keys end now.
pub async fn end(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let EndForm { on } = form(&state, request).await?;
    let reader = off_the_reactor(move || office.expire_reader(&by, &id, on)).await?;
    Ok(Json(json!(reader)))
}

/// `POST /v1/readers/{id}/keys`: a new key; the older ones end.
pub async fn rotate(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let wish: KeyForm = form(&state, request).await?;
    let made = off_the_reactor(move || office.rotate_key(&by, &id, wish.into())).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `GET /v1/groups`: all of them.
pub async fn groups(Shared(state): Shared<State>) -> Result<Json<Value>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let groups = off_the_reactor(move || Ok(office.store.groups()?)).await?;
    Ok(Json(json!({ "groups": groups })))
}

/// `POST /v1/groups`: adds a group, with its last day or without.
pub async fn add_group(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Value>), Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let GroupForm { name, kind, ends_on } = form(&state, request).await?;
    let group = off_the_reactor(move || office.add_group(&by, &name, kind, ends_on)).await?;
    Ok((StatusCode::CREATED, Json(json!(group))))
}

/// `POST /v1/groups/{id}/members`: which bodies belong to it, each with the authority that named it.
pub async fn members(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let MembersForm { members } = form(&state, request).await?;
    let group = off_the_reactor(move || office.group_members(&by, &id, members)).await?;
    Ok(Json(json!(group)))
}

/// `POST /v1/groups/{id}/end`: the last day of a group.
pub async fn end_group(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let by = caller(&request).ok_or_else(no_memory)?.reader.id;
    let GroupEndForm { on } = form(&state, request).await?;
    let group = off_the_reactor(move || office.end_group(&by, &id, on)).await?;
    Ok(Json(json!(group)))
}
