//! Reads rules, tables and inputs again.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::seen::without_folders;
use crate::service::live::NotReloaded;
use crate::state::State;

/// `POST /v1/reload`: what stands in the files now answers from here on; what cannot be loaded changes nothing.
pub async fn reload(Shared(state): Shared<State>) -> Result<Json<Value>, Problem> {
    let work = state.clone();
    let done = tokio::task::spawn_blocking(move || work.engines.reload(work.office.as_deref())).await;
    match done.unwrap_or_else(|_| Err(NotReloaded::Unreadable("it broke while it was loaded".to_owned()))) {
        Ok(reloaded) => {
            tracing::info!(changed = reloaded.changed, faults = reloaded.faults.len(), "reloaded");
            let n_faults = reloaded.faults.len();
            Ok(Json(json!({ "changed": reloaded.changed, "edition": reloaded.edition, "n_faults": n_faults })))
        }
        Err(NotReloaded::Office(error)) => Err(Problem::office(&error)),
        Err(error) => {
            tracing::warn!(why = %error, "not reloaded; the engine before goes on");
            let detail = format!("{}; the engine before goes on", without_folders(&error.to_string()));
            Err(Problem::new(StatusCode::CONFLICT, "/problems/reload", "nothing was reloaded", detail))
        }
    }
}
