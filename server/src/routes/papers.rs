//! Papers that were shown before: false ones of other cases, uses of those that are like one, and the inquiry into one.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use palisander_engine::CountryCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{inside, off_the_reactor, query_problem};
use crate::cases::PaperAsked;
use crate::problem::Problem;
use crate::service::papers::{PapersAsked, PapersFound};
use crate::state::State;
use crate::verifications::Inquiry;

/// Which paper an inquiry is about: `?number=MG-1&country=MG`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnePaper {
    number: String,
    country: CountryCode,
}

/// `GET /v1/papers`: false papers of all cases that are like one that was found.
pub async fn like(
    Shared(state): Shared<State>,
    query: Result<Query<PaperAsked>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let papers = off_the_reactor(move || office.papers_like(&caller, &asked)).await?;
    Ok(Json(json!({ "papers": papers })))
}

/// `GET /v1/papers/uses`: every bill that ever showed such a paper.
pub async fn uses(
    Shared(state): Shared<State>,
    query: Result<Query<PapersAsked>, QueryRejection>,
    request: Request,
) -> Result<Json<PapersFound>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.paper_uses(&caller, &asked)).await?))
}

/// `GET /v1/papers/inquiry`: all that is on record of one paper, for the authority in whose name it was issued.
pub async fn inquiry(
    Shared(state): Shared<State>,
    query: Result<Query<OnePaper>, QueryRejection>,
    request: Request,
) -> Result<Json<Inquiry>, Problem> {
    let Query(OnePaper { number, country }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.paper_inquiry(&caller, &number, country)).await?))
}
