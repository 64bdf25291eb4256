//! Who the service takes the caller for.

use axum::Json;
use axum::extract::{Request, State as Shared};
use serde_json::{Value, json};

use super::{no_memory, off_the_reactor};
use crate::identity::caller;
use crate::problem::Problem;
use crate::render::SANDBOX;
use crate::service::access::Audience;
use crate::state::State;

/// `GET /v1/me`: reader, roles of this key, clearance, what answers look like to him, and what he read that no longer holds.
pub async fn me(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    let (Some(office), Some(caller)) = (state.office.clone(), caller(&request)) else { return Err(no_memory()) };
    let asker = caller.clone();
    let retracted = off_the_reactor(move || office.retracted(&asker)).await?;
    let reader = &caller.reader;
    let mut me = json!({
        "id": reader.id,
        "name": reader.name,
        "kind": reader.kind,
        "groups": reader.groups,
        "clearance": reader.clearance,
        "expires_on": reader.expires_on,
        "key": { "id": caller.key, "roles": caller.roles, "expires_on": caller.key_expires_on },
        "audience": caller.audience().map(Audience::as_str),
    });
    if let Some(fields) = me.as_object_mut().filter(|_| !retracted.is_empty()) {
        fields.insert("retracted".to_owned(), json!(retracted));
    }
    if let Some(fields) = me.as_object_mut().filter(|_| caller.is_sandbox) {
        fields.insert(SANDBOX.to_owned(), json!(true));
    }
    Ok(Json(me))
}
