//! Sealed holds, for those who are cleared for all; to everybody else there is no such page.

use axum::Json;
use axum::extract::{Path, Request, State as Shared};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Nothing, Signed, form, inside, off_the_reactor};
use crate::problem::Problem;
use crate::service::holds::{ShownHold, WantedHold};
use crate::service::{Caller, Office};
use crate::state::State;
use crate::store::{Hold, HoldState};

/// What is to be let through.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldForm {
    consignment: String,
    instrument: String,
    reason: String,
    expires_at: Timestamp,
}

fn shown(hold: Hold) -> Signed<Hold> {
    let waits = hold.state == HoldState::Waits;
    Signed::new(hold, waits)
}

/// The office and a caller to whom holds exist.
fn holding(state: &State, request: &Request) -> Result<(std::sync::Arc<Office>, Caller), Problem> {
    let (office, caller) = inside(state, request)?;
    if office.may_hold(&caller) { Ok((office, caller)) } else { Err(Problem::not_found(request.uri().path())) }
}

/// `GET /v1/holds`: the latest first.
pub async fn list(Shared(state): Shared<State>, request: Request) -> Result<Json<Value>, Problem> {
    let (office, _) = holding(&state, &request)?;
    let holds: Vec<Signed<Hold>> = off_the_reactor(move || office.holds()).await?.into_iter().map(shown).collect();
    Ok(Json(json!({ "holds": holds })))
}

/// `GET /v1/holds/{id}`: one, with the bills that it has met as they are.
pub async fn one(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ShownHold>, Problem> {
    let (office, caller) = holding(&state, &request)?;
    let live = state.engines.live();
    Ok(Json(off_the_reactor(move || office.shown_hold(&caller, &live, &id)).await?))
}

/// `POST /v1/holds`. 202: another person has to sign.
pub async fn propose(
    Shared(state): Shared<State>,
    request: Request,
) -> Result<(StatusCode, Json<Signed<Hold>>), Problem> {
    let (office, caller) = holding(&state, &request)?;
    let HoldForm { consignment, instrument, reason, expires_at } = form(&state, request).await?;
    let wanted = WantedHold { consignment, instrument, reason, expires_at };
    let hold = off_the_reactor(move || office.propose_hold(&caller, wanted)).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(hold))))
}

/// `POST /v1/holds/{id}/signatures`: the second person signs; it acts before this is answered.
pub async fn sign(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Signed<Hold>>, Problem> {
    let (office, caller) = holding(&state, &request)?;
    let Nothing {} = form(&state, request).await?;
    let engines = state.engines.clone();
    let signing = off_the_reactor(move || {
        let hold = office.sign_hold(&caller, &id)?;
        if let Err(why) = engines.follow(&office) {
            tracing::error!(%why, "a hold does not act yet");
        }
        Ok(hold)
    });
    Ok(Json(shown(signing.await?)))
}

/// `DELETE /v1/holds/{id}`: it is over, or taken back; its bills are in their lanes before this is answered.
pub async fn end(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Signed<Hold>>, Problem> {
    let (office, caller) = holding(&state, &request)?;
    let engines = state.engines.clone();
    let ending = off_the_reactor(move || {
        let hold = office.end_hold(&caller, &engines.live(), &id)?;
        if let Err(why) = engines.follow(&office) {
            tracing::error!(%why, "a hold that is over acts still");
        }
        Ok(hold)
    });
    Ok(Json(shown(ending.await?)))
}
