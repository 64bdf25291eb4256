//! Is the process alive; is it ready, and with which editions.

use axum::Json;
use axum::extract::State as Shared;
use serde_json::{Value, json};

use crate::seen::without_folders;
use crate::state::State;

/// `GET /healthz`: the process runs.
pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// `GET /readyz`: what is loaded and whether it may be asked. Where files lie is nobody's business here; standard error
/// has said it. A service that tells its callers apart says here that it is ready, and no more: editions and counts would
/// tell whoever asks of records that he may not know.
pub async fn ready(Shared(state): Shared<State>) -> Json<Value> {
    if state.office.is_some() {
        return Json(json!({ "status": "ready" }));
    }
    let engine = &state.engines.live().engine;
    let faults: Vec<String> = engine.load_faults().iter().map(|fault| without_folders(fault)).collect();
    Json(json!({ "status": "ready", "editions": engine.editions(), "load_faults": faults }))
}
