//! One consignment in, its assessment out.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use palisander_engine::Assessment;
use palisander_engine::manifests::json_document;

use super::{AsOf, media_type, query_problem};
use crate::problem::Problem;
use crate::state::State;

/// `POST /v1/assessments`: a canonical manifest that holds one consignment.
pub async fn create(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    query: Result<Query<AsOf>, QueryRejection>,
    body: Bytes,
) -> Result<Json<Assessment>, Problem> {
    let Query(query) = query.map_err(|error| query_problem(&error))?;
    let day = state.day(query.day()?);
    let media = media_type(&headers);
    if !media.is_empty() && media != "application/json" {
        return Err(Problem::media_type(&media, "application/json"));
    }
    let place = state.places.clone().try_acquire_owned().map_err(|_| Problem::overload())?;
    let engine = state.engine.load_full();
    let scored = tokio::task::spawn_blocking(move || {
        let _place = place;
        let parsed = json_document(&body).map_err(|error| Problem::manifest(&error))?;
        match parsed.manifest.consignments.as_slice() {
            [one] => Ok(engine.assess(&parsed.manifest, one, &parsed.faults_of(0), day)),
            others => {
                let detail =
                    format!("the manifest holds {} consignments; send one here, or all to /v1/manifests", others.len());
                let mut problem = Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "/problems/one-consignment",
                    "not one consignment",
                    detail,
                );
                problem.errors = parsed.faults();
                Err(problem)
            }
        }
    });
    match scored.await {
        Ok(answer) => answer.map(Json),
        Err(_) => Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "/problems/fault",
            "our fault",
            "this request failed and was not scored",
        )),
    }
}
