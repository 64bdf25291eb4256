//! Plans: written, agreed, run, ended; their milestones; what the profiles of an operation brought.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;

use super::{form, inside, off_the_reactor, place, query_problem};
use crate::plans::PlanRecord;
use crate::problem::Problem;
use crate::service::plans::{Drafted, ListedPlans, MilestoneTold, PlanBills, PlanStep, ShownPlan};
use crate::state::State;

/// What may be asked: `?ended=true`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    #[serde(default)]
    ended: bool,
}

/// `GET /v1/plans`: those of the caller's groups, with what is late and which measures nothing does.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Listed>, QueryRejection>,
    request: Request,
) -> Result<Json<ListedPlans>, Problem> {
    let Query(Listed { ended }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let live = state.engines.live();
    let listing = move || {
        let seen = office.views.of(&live.engine, caller.clearance());
        office.plans_of(&caller, &seen, ended)
    };
    Ok(Json(off_the_reactor(listing).await?))
}

/// `POST /v1/plans`: a draft.
pub async fn draft(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<PlanRecord>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let drafted: Drafted = form(&state, request).await?;
    let record = off_the_reactor(move || office.draft_plan(&caller, drafted)).await?;
    Ok((StatusCode::CREATED, Json(record)))
}

/// `GET /v1/plans/{id}`: one, with what is late, what does its measures, and who belongs to its groups.
pub async fn one(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ShownPlan>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let live = state.engines.live();
    let showing = move || {
        let seen = office.views.of(&live.engine, caller.clearance());
        office.plan_of(&caller, &seen, &id)
    };
    Ok(Json(off_the_reactor(showing).await?))
}

/// `GET /v1/plans/{id}/bills`: bills on which its own profiles fired between its days.
pub async fn bills(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<PlanBills>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.plan_bills(&caller, &id)).await?))
}

/// `POST /v1/plans/{id}/state`: a step on its way.
pub async fn step(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ShownPlan>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let step: PlanStep = form(&state, request).await?;
    let live = state.engines.live();
    let moving = move || {
        let seen = office.views.of(&live.engine, caller.clearance());
        office.move_plan(&caller, &seen, &id, &step)
    };
    Ok(Json(off_the_reactor(moving).await?))
}

/// `POST /v1/plans/{id}/milestones/{n}`: how far one has come.
pub async fn milestone(
    Shared(state): Shared<State>,
    Path((id, n)): Path<(String, String)>,
    request: Request,
) -> Result<Json<ShownPlan>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let told: MilestoneTold = form(&state, request).await?;
    let live = state.engines.live();
    let telling = move || {
        let seen = office.views.of(&live.engine, caller.clearance());
        office.tell_milestone(&caller, &seen, &id, place(&n), &told)
    };
    Ok(Json(off_the_reactor(telling).await?))
}
