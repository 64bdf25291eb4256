//! Permits: one with its life, and what a stated paper may be.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use palisander_engine::CountryCode;
use palisander_engine::papers::{MatchContext, match_line, question_fields};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{form, inside, off_the_reactor, query_problem};
use crate::meant::nearest;
use crate::problem::Problem;
use crate::service::OfficeError;
use crate::service::checks::Checked;
use crate::state::State;

/// `GET /v1/permits/{number}`: every document of that number that the caller may know.
pub async fn one(
    Shared(state): Shared<State>,
    Path(number): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let engines = state.engines.clone();
    let found = off_the_reactor(move || office.permit(&caller, &engines.live().engine, &number)).await?;
    Ok(Json(json!({ "permits": found })))
}

/// `GET /v1/permits/{number}/ledger`: what was drawn on every document of that number that the caller may know.
pub async fn ledger(
    Shared(state): Shared<State>,
    Path(number): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let engines = state.engines.clone();
    let told = off_the_reactor(move || office.spent(&caller, &engines.live().engine, &number)).await?;
    Ok(Json(json!({ "permits": told })))
}

/// Whose exchange is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckForm {
    country: CountryCode,
}

/// `POST /v1/permits/{number}/checks`: the exchange of an authority is asked; its dated answer.
pub async fn check(
    Shared(state): Shared<State>,
    Path(number): Path<String>,
    request: Request,
) -> Result<Json<Checked>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let CheckForm { country } = form(&state, request).await?;
    let engines = state.engines.clone();
    let asked = off_the_reactor(move || office.check_permit(&caller, &engines.live().engine, &number, country));
    Ok(Json(asked.await?))
}

/// `GET /v1/permits/{number}/checks?country=IN`: what it said last; `null` where it was never asked.
pub async fn checked(
    Shared(state): Shared<State>,
    Path(number): Path<String>,
    query: Result<Query<CheckForm>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let Query(CheckForm { country }) = query.map_err(|error| query_problem(&error))?;
    let last = off_the_reactor(move || office.last_check(&caller, &number, country)).await?;
    Ok(Json(json!({ "last": last })))
}

/// `POST /v1/permits/match`: what a stated paper is in the register that the caller may know, candidates field by field.
pub async fn find(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let place = state.admission.quick().await?;
    let stated: Map<String, Value> = form(&state, request).await?;
    let wrong = unknown(&stated);
    if !wrong.is_empty() {
        return Err(Problem::office(&OfficeError::Wrong(wrong)));
    }
    let live = state.engines.live();
    let answer = off_the_reactor(move || {
        let _held = place;
        let seen = office.views.of(&live.engine, caller.clearance());
        let context = MatchContext::new(seen.references());
        let found = match_line(seen.register(), &Value::Object(stated), &context);
        // Half of a paper may be another one.
        let faults = found.get("faults").and_then(Value::as_array).into_iter().flatten();
        let faults: Vec<String> = faults.filter_map(Value::as_str).map(str::to_owned).collect();
        if faults.is_empty() { Ok(found) } else { Err(OfficeError::Wrong(faults)) }
    });
    Ok(Json(answer.await?))
}

/// What is said of each field that is none.
fn unknown(stated: &Map<String, Value>) -> Vec<String> {
    let names = || question_fields().map(|(name, _)| name);
    let others = stated.keys().filter(|written| !names().any(|name| name == written.as_str()));
    let said = others.map(|written| match nearest(written, names()) {
        Some(near) => format!("`{written}` is no field; did you mean `{near}`?"),
        None => format!("`{written}` is no field"),
    });
    said.collect()
}
