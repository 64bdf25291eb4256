//! The directory: laboratories, contacts, who is on duty, procedures, guidance, means of control.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use serde_json::Value;

use super::{inside, off_the_reactor, query_problem};
use crate::directory::{DirectoryTable, Moment, told};
use crate::problem::Problem;
use crate::service::OfficeError;
use crate::state::State;

/// `GET /v1/directory/{table}`: rows that meet everything asked; what is restricted only to those who are cleared.
pub async fn ask(
    Shared(state): Shared<State>,
    Path(table): Path<String>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(pairs) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let Some(table) = DirectoryTable::read(&table) else { return Err(Problem::not_found(request.uri().path())) };
    let moment = Moment { at: office.clock.now(), clearance: caller.clearance() };
    let engine = Arc::clone(&state.engines.live().engine);
    let answer = move || told(table, pairs, engine.references(), moment).map_err(OfficeError::Wrong);
    Ok(Json(off_the_reactor(answer).await?.document))
}
