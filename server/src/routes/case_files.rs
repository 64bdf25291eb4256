//! Files of a case, and the archives that are handed out of it.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::CountryCode;
use serde::Deserialize;
use serde_json::Value;

use super::{content_type, inside, media_type, no_memory, off_the_reactor, place, query_problem, sight};
use crate::body::receive;
use crate::cases::{Attaching, FileForm};
use crate::problem::Problem;
use crate::render::{Standing, render};
use crate::service::bundles::Shown;
use crate::service::cases::ShownCase;
use crate::state::State;
use crate::store::Bill;

/// Forms in which a file is taken.
const FORMS: &str =
    "application/pdf, text/plain, image/jpeg, image/png, application/json, application/xml, application/octet-stream";

/// What may be asked: `?to=MG`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierAsked {
    to: CountryCode,
}

/// `POST /v1/cases/{id}/files`: adds a file; its bytes are the body.
pub async fn attach(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    query: Result<Query<Attaching>, QueryRejection>,
    request: Request,
) -> Result<(StatusCode, Json<ShownCase>), Problem> {
    let Query(told) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let media = media_type(&content_type(request.headers()));
    let form = FileForm::read(&media).ok_or_else(|| Problem::media_type(&media, FORMS))?;
    let received = receive(&state.admission, request).await?;
    let place = state.admission.stream(received.bytes.len(), 1).await?;
    let attaching = move || {
        let _held = (place, received.share);
        office.attach(&caller, &id, told, form, received.bytes.to_vec())
    };
    Ok((StatusCode::CREATED, Json(off_the_reactor(attaching).await?)))
}

/// `GET /v1/cases/{id}/files/{n}`: the file as it came.
pub async fn one(
    Shared(state): Shared<State>,
    Path((id, n)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let (file, bytes) = off_the_reactor(move || office.attached(&caller, &id, place(&n))).await?;
    Ok(handed(bytes, file.form.as_str(), &file.path().replace('/', "-")))
}

/// `GET /v1/cases/{id}/court-bundle`: everything of the case, with hashes; `palisander log verify` checks it.
pub async fn court_bundle(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let (_, sight) = sight(&state, &request)?.ok_or_else(no_memory)?;
    let made = off_the_reactor(move || {
        let shown = |answer: &Value, bill: &Bill| {
            let standing = Standing::answered(&bill.id, bill.assessed, None);
            render(answer, standing, sight)
        };
        let audience = (!sight.is_full()).then(|| sight.audience.as_str().to_owned());
        office.court_bundle(&caller, &id, &Shown { audience, bytes: &shown })
    });
    Ok(handed(made.await?, "application/zip", "court-bundle.zip"))
}

/// `GET /v1/cases/{id}/dossier`: the part of a country with copies of all papers, with hashes.
pub async fn dossier(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    query: Result<Query<DossierAsked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(DossierAsked { to }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let made = off_the_reactor(move || office.dossier(&caller, &id, to)).await?;
    Ok(handed(made, "application/zip", "dossier.zip"))
}

/// Bytes that a browser keeps and never shows: whoever sent a file may have written anything into it.
fn handed(bytes: Vec<u8>, media: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let named = format!("attachment; filename=\"{name}\"");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::try_from(named).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
