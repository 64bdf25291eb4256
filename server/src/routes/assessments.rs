//! One consignment in, its assessment out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::manifests::json_document;
use palisander_engine::{Date, Engine};

use super::{AsOf, content_type, media_type, query_problem, sight, sighted};
use crate::body::receive;
use crate::config::LIGHT_BODY_BYTES;
use crate::problem::Problem;
use crate::render::{Standing, render};
use crate::secret;
use crate::seen;
use crate::state::State;
use crate::streaming::Sighted;

/// Bytes that the tree of a manifest holds for a byte of its text, at most.
const TREE_BYTES: usize = 8;

/// `POST /v1/assessments`: a canonical manifest that holds one consignment.
pub async fn create(
    Shared(state): Shared<State>,
    query: Result<Query<AsOf>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| query_problem(&error))?;
    let day = state.day(query.day()?);
    let sight = sight(&state, &request)?;
    let media = media_type(&content_type(request.headers()));
    if !media.is_empty() && media != "application/json" {
        return Err(Problem::media_type(&media, "application/json"));
    }
    let received = receive(&state.admission, request).await?;
    let place = match received.bytes.len() {
        ..=LIGHT_BODY_BYTES => state.admission.quick().await?,
        long => state.admission.stream(long, TREE_BYTES).await?,
    };
    let engine = state.engine.load_full();
    let office = state.office.clone();
    let gone = Gone::default();
    let is_gone = Arc::clone(&gone.0);
    let scored = tokio::task::spawn_blocking(move || {
        let _held = (place, received.share);
        let seen = sighted(office.as_deref(), &engine, sight);
        answered(&engine, seen, &received.bytes, day, &is_gone)
    });
    let answer = scored.await.unwrap_or_else(|_| Err(Problem::fault("this request failed and was not scored")));
    drop(gone);
    answer
}

/// The one consignment's answer. Between reading and scoring it is asked whether the caller is still there.
fn answered(
    engine: &Arc<Engine>,
    sighted: Option<Sighted>,
    body: &[u8],
    day: Date,
    is_gone: &AtomicBool,
) -> Result<Response, Problem> {
    let left = || Problem::fault("the caller is gone");
    if is_gone.load(Ordering::Relaxed) {
        return Err(left());
    }
    let parsed = json_document(body).map_err(|error| Problem::manifest(&error))?;
    match parsed.manifest.consignments.as_slice() {
        _ if is_gone.load(Ordering::Relaxed) => Err(left()),
        [one] => {
            let faults = parsed.faults_of(0);
            let mut whole = engine.assess(&parsed.manifest, one, &faults, day);
            let Some(Sighted { sight, engine: own }) = sighted else {
                seen::by_anybody(&mut whole);
                return Ok(Json(whole).into_response());
            };
            let lane = whole.lane;
            // Always judged again, whether or not anything is hidden: the time tells nothing.
            let seen = match Arc::ptr_eq(&own, engine) {
                true => whole,
                false => own.assess(&parsed.manifest, one, &faults, day),
            };
            let id = secret::id("a").map_err(|error| Problem::fault(&error.to_string()))?;
            Ok(json(render(&seen, Standing { id: &id, assessed: lane, in_force: lane }, sight)))
        }
        others => {
            let detail =
                format!("the manifest holds {} consignments; send one here, or all to /v1/manifests", others.len());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let mut problem = Problem::new(status, "/problems/one-consignment", "not one consignment", detail);
            problem.errors = parsed.faults();
            Err(problem)
        }
    }
}

fn json(body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Says that the request ended, answered or not.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
