//! Reports: which there are, and one of them as a file.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{inside, off_the_reactor, query_problem};
use crate::problem::Problem;
use crate::reports::{Shape, names, shipped, written};
use crate::service::reports::GUIDE;
use crate::state::State;

/// What may be asked: `?year=2026&format=csv&share=false`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    year: Option<i16>,
    format: Option<Shape>,
    share: Option<bool>,
}

/// `GET /v1/reports`: which there are.
pub async fn list(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    inside(&state, &request)?;
    let all: Vec<&str> = names().chain([GUIDE]).collect();
    Ok(Json(json!({ "reports": all })))
}

/// `GET /v1/reports/{name}`: figures over all cases, or the rows of a year of those that the caller works on.
pub async fn one(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(Asked { year, format, share }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    if name == GUIDE {
        return Ok(Json(off_the_reactor(move || office.guide()).await?).into_response());
    }
    let Some(definition) = shipped(&name) else { return Err(Problem::not_found(request.uri().path())) };
    let (year, format) = (year.unwrap_or_else(|| office.clock.today().year()), format.unwrap_or(Shape::Json));
    // Without a word the data are nobody else's.
    let made = move || office.report_rows(&caller, &definition, year, share.unwrap_or(false));
    let report = off_the_reactor(made).await?;
    let bytes = written(&report, format).map_err(|_| Problem::fault("the report could not be written"))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    Ok(response)
}
