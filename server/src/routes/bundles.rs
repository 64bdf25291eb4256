//! The bundle of a bill, for those who want to see for themselves.

use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::{no_memory, off_the_reactor, sight};
use crate::problem::Problem;
use crate::render::{Standing, render};
use crate::service::bundles::Shown;
use crate::state::State;
use crate::store::Bill;

/// `GET /v1/assessments/{id}/bundle`: a zip archive that `palisander replay` judges again.
pub async fn bundle(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, sight) = sight(&state, &request)?.ok_or_else(no_memory)?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    let archive = off_the_reactor(move || {
        let shown = |answer: &Value, bill: &Bill| {
            let standing = Standing { id: &bill.id, assessed: bill.assessed, in_force: bill.assessed };
            render(answer, standing, sight)
        };
        let audience = (!sight.is_full()).then(|| sight.audience.as_str().to_owned());
        office.bundle(&caller, &id, &Shown { audience, bytes: &shown })
    });
    let mut response = archive.await?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"bundle.zip\""));
    Ok(response)
}
