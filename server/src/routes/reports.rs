//! Reports: which there are, and one of them as a file.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{form, inside, off_the_reactor, query_problem};
use crate::problem::Problem;
use crate::reports::{
    COOPERATION, FINDINGS, METHODS, ReportAnswer, SANCTIONS, Shape, TRENDS, asking, names, shipped, written,
};
use crate::service::reports::{GUIDE, ReportAnswerTold};
use crate::state::State;

/// What may be asked: `?year=2026&format=csv&share=false`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    year: Option<i16>,
    format: Option<Shape>,
    share: Option<bool>,
    /// Of a comparison: the day before and after which.
    since: Option<Date>,
    /// Of a report of questions: the one whose rows are opened.
    question: Option<String>,
}

/// `GET /v1/reports`: which there are.
pub async fn list(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    inside(&state, &request)?;
    let all: Vec<&str> =
        names().chain(asking()).chain([FINDINGS, METHODS, SANCTIONS, COOPERATION, TRENDS, GUIDE]).collect();
    Ok(Json(json!({ "reports": all })))
}

/// `GET /v1/reports/{name}`: figures over all cases, or the rows of a year of those that the caller works on.
pub async fn one(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(Asked { year, format, share, since, question }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    if name == GUIDE {
        return Ok(Json(off_the_reactor(move || office.guide()).await?).into_response());
    }
    let path = request.uri().path().to_owned();
    let (year, format) = (year.unwrap_or_else(|| office.clock.today().year()), format.unwrap_or(Shape::Json));
    if let Some(question) = question {
        let opening = move || office.rows_behind(&caller, &name, &question, year);
        let rows = off_the_reactor(opening).await?.ok_or_else(|| Problem::not_found(&path))?;
        return Ok(Json(rows).into_response());
    }
    // Without a word the data are nobody else's.
    let made = move || match shipped(&name) {
        Some(definition) => office.report_rows(&caller, &definition, year, share.unwrap_or(false)).map(Some),
        None => office.figures(&caller, &name, year, since),
    };
    let report = off_the_reactor(made).await?.ok_or_else(|| Problem::not_found(&path))?;
    let bytes = written(&report, format).map_err(|_| Problem::fault("the report could not be written"))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    Ok(response)
}

/// `POST /v1/reports/{name}/answers`: an answer by form, with who and when.
pub async fn answer(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<ReportAnswer>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let path = request.uri().path().to_owned();
    let told: ReportAnswerTold = form(&state, request).await?;
    let said = off_the_reactor(move || office.answer_report(&caller, &name, told)).await?;
    Ok((StatusCode::CREATED, Json(said.ok_or_else(|| Problem::not_found(&path))?)))
}
