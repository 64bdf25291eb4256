//! One consignment in, its assessment out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::manifests::json_document;
use palisander_engine::{Assessment, Date, Engine};

use super::{AsOf, content_type, media_type, query_problem};
use crate::body::receive;
use crate::config::LIGHT_BODY_BYTES;
use crate::problem::Problem;
use crate::seen;
use crate::state::State;

/// Bytes that the tree of a manifest holds for a byte of its text, at most.
const TREE_BYTES: usize = 8;

/// `POST /v1/assessments`: a canonical manifest that holds one consignment.
pub async fn create(
    Shared(state): Shared<State>,
    query: Result<Query<AsOf>, QueryRejection>,
    request: Request,
) -> Result<Json<Assessment>, Problem> {
    let Query(query) = query.map_err(|error| query_problem(&error))?;
    let day = state.day(query.day()?);
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
    let gone = Gone::default();
    let is_gone = Arc::clone(&gone.0);
    let scored = tokio::task::spawn_blocking(move || {
        let _held = (place, received.share);
        answered(&engine, &received.bytes, day, &is_gone)
    });
    let answer = scored.await.unwrap_or_else(|_| Err(Problem::fault("this request failed and was not scored")));
    drop(gone);
    answer.map(Json)
}

/// The one consignment's answer. Between reading and scoring it is asked whether the caller is still there.
fn answered(engine: &Engine, body: &[u8], day: Date, is_gone: &AtomicBool) -> Result<Assessment, Problem> {
    let left = || Problem::fault("the caller is gone");
    if is_gone.load(Ordering::Relaxed) {
        return Err(left());
    }
    let parsed = json_document(body).map_err(|error| Problem::manifest(&error))?;
    match parsed.manifest.consignments.as_slice() {
        _ if is_gone.load(Ordering::Relaxed) => Err(left()),
        [one] => {
            let mut answer = engine.assess(&parsed.manifest, one, &parsed.faults_of(0), day);
            seen::by_anybody(&mut answer);
            Ok(answer)
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

/// Says that the request ended, answered or not.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
