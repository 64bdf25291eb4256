//! Is the process alive; may it be asked; how old is what it answers from.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::config::RETRY_AFTER_SECONDS;
use crate::problem::Problem;
use crate::seen::without_folders;
use crate::standing::{Ages, Degraded};
use crate::state::State;

/// `GET /healthz`: the process runs.
pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// `GET /readyz`: whether it may be asked, and in which ways it is degraded. 503 where no call with a key could be served, 200
/// in every other case: one that is degraded answers better than none. Where files lie is nobody's business here; standard
/// error has said it. A service that tells its callers apart tells neither editions nor counts nor what did not load here:
/// that would tell whoever asks of records that he may not know.
pub async fn ready(Shared(state): Shared<State>) -> Result<Json<Value>, Problem> {
    let seen = state.seen().await;
    if seen.degraded.contains(&Degraded::StoreAway) {
        let detail = format!("{}: the store does not answer; ask again later", Degraded::StoreAway);
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut problem = Problem::new(status, "/problems/not-ready", "it may not be asked now", detail);
        problem.retry_after = Some(RETRY_AFTER_SECONDS);
        return Err(problem);
    }
    let has_readers = state.office.is_some();
    let degraded: Vec<Degraded> = seen.degraded.iter().copied().filter(|word| !has_readers || word.is_open()).collect();
    let status = if degraded.is_empty() { "ready" } else { "degraded" };
    if has_readers {
        return Ok(Json(json!({ "status": status, "degraded": degraded })));
    }
    let engine = &state.engines.live().engine;
    let faults: Vec<String> = engine.load_faults().iter().map(|fault| without_folders(fault)).collect();
    let editions = engine.editions();
    Ok(Json(json!({ "status": status, "degraded": degraded, "editions": editions, "load_faults": faults })))
}

/// `GET /freshz`: how old what it answers from is, of what everybody may know.
pub async fn fresh(Shared(state): Shared<State>) -> Json<Ages> {
    Json(state.seen().await.ages.clone())
}
