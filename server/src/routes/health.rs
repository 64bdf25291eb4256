//! Is the process alive; is it ready, and with which editions.

use axum::Json;
use axum::extract::State as Shared;
use serde_json::{Value, json};

use crate::state::State;

/// `GET /healthz`: the process runs.
pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// `GET /readyz`: what is loaded and whether it may be asked.
pub async fn ready(Shared(state): Shared<State>) -> Json<Value> {
    let engine = state.engine.load();
    Json(json!({ "status": "ready", "editions": engine.editions(), "load_faults": engine.load_faults() }))
}
