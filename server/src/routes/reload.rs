//! Reads rules, tables and inputs again.

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::seen::without_folders;
use crate::service::live::NotReloaded;
use crate::state::State;

/// `POST /v1/reload`: what stands in the files now answers from here on; what cannot be loaded changes nothing. Certificates are
/// read by themselves: neither waits for the other to be in order.
pub async fn reload(Shared(state): Shared<State>) -> Result<Json<Value>, Problem> {
    let work = state.clone();
    let done = tokio::task::spawn_blocking(move || {
        let certificates = work.reload_certificates();
        (work.engines.reload(work.office.as_deref()), certificates)
    });
    let broke = || (Err(NotReloaded::Unreadable("it broke while it was loaded".to_owned())), None);
    let (done, certificates) = done.await.unwrap_or_else(|_| broke());
    match done {
        Ok(reloaded) => {
            tracing::info!(changed = reloaded.changed, faults = reloaded.faults.len(), "reloaded");
            let n_faults = reloaded.faults.len();
            let mut told = json!({ "changed": reloaded.changed, "edition": reloaded.edition, "n_faults": n_faults });
            if let (Some(id), Some(fields)) = (&reloaded.register_waits, told.as_object_mut()) {
                // The file of the register is another one, which a second person has to sign.
                fields.insert("register_waits".to_owned(), json!(id));
            }
            if let (Some(are_read), Some(fields)) = (certificates, told.as_object_mut()) {
                // Why not is said where files are named: in the log of the service.
                fields.insert("certificates_read".to_owned(), json!(are_read));
            }
            Ok(Json(told))
        }
        Err(NotReloaded::Office(error)) => Err(Problem::office(&error)),
        Err(error) => {
            tracing::warn!(why = %error, "not reloaded; the engine before goes on");
            let detail = format!("{}; the engine before goes on", without_folders(&error.to_string()));
            Err(Problem::new(StatusCode::CONFLICT, "/problems/reload", "nothing was reloaded", detail))
        }
    }
}
