//! Manifests that are judged later: how they stand, their answers, and that they are not wanted any more.

use std::convert::Infallible;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::{inside, no_memory, off_the_reactor, sight};
use crate::config::JOB_BEAT;
use crate::jobs::{answers, told};
use crate::problem::Problem;
use crate::render::Sight;
use crate::service::jobs::{Ending, may_read};
use crate::state::State;
use crate::store::JobState;
use crate::streaming::PIECES_AHEAD;

/// `GET /v1/jobs`: the caller's own, the latest first.
pub async fn list(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let jobs = off_the_reactor(move || {
        let jobs = office.own_jobs(&caller)?;
        jobs.iter().map(|job| told(&office, job)).collect::<Result<Vec<_>, _>>()
    });
    Ok(Json(json!({ "jobs": jobs.await? })))
}

/// `GET /v1/jobs/{id}`: how it stands.
pub async fn one(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let path = request.uri().path().to_owned();
    let found = off_the_reactor(move || match office.own_job(&caller, &id)? {
        Some((job, _)) => Ok(Some((told(&office, &job)?, job.state))),
        None => Ok(None),
    });
    let (told, state) = found.await?.ok_or_else(|| Problem::not_found(&path))?;
    let mut response = Json(told).into_response();
    if state == JobState::Waiting {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(JOB_BEAT.as_secs()));
    }
    Ok(response)
}

/// `DELETE /v1/jobs/{id}`: it is not wanted any more. What has ended stays as it is.
pub async fn cancel(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let path = request.uri().path().to_owned();
    let done = off_the_reactor(move || {
        let Some((job, seq)) = office.own_job(&caller, &id)? else { return Ok(None) };
        if job.state == JobState::Waiting {
            office.end_job(&job, seq, JobState::Cancelled, Ending::default())?;
        }
        let Some((job, _)) = office.own_job(&caller, &id)? else { return Ok(None) };
        Ok(Some((job.state, told(&office, &job)?)))
    });
    match done.await? {
        None => Err(Problem::not_found(&path)),
        Some((JobState::Cancelled, told)) => Ok(Json(told)),
        Some((state, _)) => Err(ended(&format!("it is {state} already; its bills are on record"))),
    }
}

/// `GET /v1/jobs/{id}/answers`: an answer a line and a summary line, as at once.
pub async fn result(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, sight) = sight(&state, &request)?.ok_or_else(no_memory)?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    let path = request.uri().path().to_owned();
    let own = std::sync::Arc::clone(&office);
    let found = off_the_reactor(move || own.own_job(&caller, &id)).await?;
    let (job, _) = found.ok_or_else(|| Problem::not_found(&path))?;
    match job.state {
        JobState::Done => {}
        JobState::Waiting => return Err(ended("it has no answers yet; `GET /v1/jobs/{id}` says how far it is")),
        JobState::Expired => {
            let detail = "its answers were kept for JOB_DAYS; bills above green are at /v1/assessments/{id}";
            return Err(Problem::new(StatusCode::GONE, "/problems/expired", "there is nothing here any more", detail));
        }
        state => return Err(ended(&format!("it is {state} and has no answers"))),
    }
    let audience = may_read(&job, sight.audience, sight.clearance).ok_or_else(|| {
        Problem::forbidden("it was judged for other roles or another clearance than this key has; send it again")
    })?;
    let sight = Sight { audience, clearance: job.clearance, ..sight };
    let place = state.admission.stream(0, 0).await?;
    let (send, pieces) = mpsc::channel::<Bytes>(PIECES_AHEAD);
    tokio::task::spawn_blocking(move || {
        let _place = place;
        if let Err(why) = answers(&office, &job, sight, &send) {
            // The summary line is missing: who reads knows that it is not whole.
            tracing::warn!(%why, "the answers of a job broke off");
        }
    });
    let mut response = Response::new(Body::from_stream(ReceiverStream::new(pieces).map(Ok::<_, Infallible>)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}

fn ended(detail: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, "/problems/standing", "it does not fit how things stand", detail)
}
