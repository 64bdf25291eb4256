//! Cases, to the officers who work on them; to everybody else there is no such page.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::{CountryCode, Date};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Nothing, form, inside, off_the_reactor, place, query_problem};
use crate::cases::{
    About, Case, CaseState, Choice, Court, CustodyTold, Entities, Entity, Facts, Form, LabTold, OutcomeTold, Packet,
    Progress, Sent, Storage, SuspicionReport,
};
use crate::problem::Problem;
use crate::service::cases::money::SuspicionSent;
use crate::service::cases::{AdviceTold, Opening, ShownCase};
use crate::service::{Caller, Office, OfficeError};
use crate::state::State;
use crate::store::CaseQuestion;

/// A case as it stands after something was told, or a problem.
type Shown = Result<Json<ShownCase>, Problem>;

/// What may be asked: `?closed=true`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    closed: bool,
}

/// What may be asked: `?form=country&to=MG`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PacketAsked {
    form: Form,
    to: Option<CountryCode>,
}

/// What may be asked: `?language=zh`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdviceAsked {
    /// Language of somebody who is to be questioned.
    language: Option<String>,
}

/// What may be asked: `?at=KEMBA`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomAsked {
    /// UN/LOCODE of the port.
    at: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadForm {
    what: String,
    due: Option<Date>,
}

/// How something ended.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndForm<T> {
    state: T,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupForm {
    group: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecidedForm {
    about: About,
    choice: Choice,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveForm {
    to: CaseState,
}

/// `GET /v1/cases`: those that the caller works on, the latest first.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(Asked { closed }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let asked = CaseQuestion { is_closed_too: closed, bill: None };
    let cases = off_the_reactor(move || office.cases(&caller, &asked)).await?;
    Ok(Json(json!({ "cases": cases })))
}

/// `POST /v1/cases`: one that began with no bill.
pub async fn open(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Case>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let opening: Opening = form(&state, request).await?;
    let engine = Arc::clone(&state.engines.live().engine);
    let case = off_the_reactor(move || office.open_case(&caller, engine.references(), opening)).await?;
    Ok((StatusCode::CREATED, Json(case)))
}

/// `GET /v1/cases/{id}`: as the caller may see it, with what is to be done.
pub async fn one(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.shown_case(&caller, &id)).await?))
}

/// What is told of a case, with the office that puts it on record.
async fn told<T: DeserializeOwned + Send + 'static, A: Send + 'static>(
    state: State,
    request: Request,
    tell: impl FnOnce(&Office, &Caller, T) -> Result<A, OfficeError> + Send + 'static,
) -> Result<Json<A>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let said: T = form(&state, request).await?;
    Ok(Json(off_the_reactor(move || tell(&office, &caller, said)).await?))
}

/// `POST /v1/cases/{id}/facts`: what is known now, in place of what was.
pub async fn facts(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    let engine = Arc::clone(&state.engines.live().engine);
    let tell = move |office: &Office, caller: &Caller, facts: Facts| {
        office.case_facts(caller, engine.references(), &id, facts)
    };
    told(state, request, tell).await
}

/// `POST /v1/cases/{id}/custody`: what happened to goods; what leaves somebody's hands counts once another has signed.
pub async fn custody(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    told(state, request, move |office, caller, said: CustodyTold| office.case_custody(caller, &id, said)).await
}

/// `POST /v1/cases/{id}/custody/{n}/signatures`: the other person signs.
pub async fn sign(Shared(state): Shared<State>, Path((id, n)): Path<(String, String)>, request: Request) -> Shown {
    told(state, request, move |office, caller, Nothing {}| office.sign_custody(caller, &id, place(&n))).await
}

/// `DELETE /v1/cases/{id}/custody/{n}`: taken back before it was signed.
pub async fn take_back(Shared(state): Shared<State>, Path((id, n)): Path<(String, String)>, request: Request) -> Shown {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.drop_custody(&caller, &id, place(&n))).await?))
}

/// `POST /v1/cases/{id}/findings`: what a laboratory found of a sample.
pub async fn finding(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    let engine = Arc::clone(&state.engines.live().engine);
    let tell = move |office: &Office, caller: &Caller, said: LabTold| {
        office.case_finding(caller, engine.references(), &id, said)
    };
    told(state, request, tell).await
}

/// `POST /v1/cases/{id}/leads`: one more to be followed.
pub async fn lead(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    told(state, request, move |office, caller, LeadForm { what, due }| office.case_lead(caller, &id, what, due)).await
}

/// `POST /v1/cases/{id}/leads/{n}`: followed, or not for a reason.
pub async fn end_lead(Shared(state): Shared<State>, Path((id, n)): Path<(String, String)>, request: Request) -> Shown {
    let tell = move |office: &Office, caller: &Caller, EndForm { state, note }: EndForm<Progress>| {
        office.end_lead(caller, &id, place(&n), state, note)
    };
    told(state, request, tell).await
}

/// `POST /v1/cases/{id}/notices/{n}`: sent, answered, or not sent for a reason.
pub async fn notice(Shared(state): Shared<State>, Path((id, n)): Path<(String, String)>, request: Request) -> Shown {
    let tell = move |office: &Office, caller: &Caller, EndForm { state, note }: EndForm<Sent>| {
        office.case_notice(caller, &id, place(&n), state, note)
    };
    told(state, request, tell).await
}

/// `POST /v1/cases/{id}/hand-overs`: another group takes the lead.
pub async fn hand_over(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    told(state, request, move |office, caller, GroupForm { group }| office.hand_over(caller, &id, &group)).await
}

/// `POST /v1/cases/{id}/hand-overs/{n}`: how it ended, or that it is not to be shared.
pub async fn outcome(Shared(state): Shared<State>, Path((id, n)): Path<(String, String)>, request: Request) -> Shown {
    let tell = move |office: &Office, caller: &Caller, EndForm { state, note }: EndForm<OutcomeTold>| {
        office.case_outcome(caller, &id, place(&n), state, note)
    };
    told(state, request, tell).await
}

/// `POST /v1/cases/{id}/groups`: another group works on it, too.
pub async fn join(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    told(state, request, move |office, caller, GroupForm { group }| office.join_case(caller, &id, &group)).await
}

/// `POST /v1/cases/{id}/court`: what its court made of it until now.
pub async fn court(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    told(state, request, move |office, caller, court: Court| office.case_court(caller, &id, court)).await
}

/// `POST /v1/cases/{id}/decisions`: what everybody has to decide.
pub async fn decide(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    let tell = move |office: &Office, caller: &Caller, said: DecidedForm| {
        let DecidedForm { about, choice, reason } = said;
        office.case_decision(caller, &id, about, choice, reason)
    };
    told(state, request, tell).await
}

/// `POST /v1/cases/{id}/state`: a step on its way, or everything that hinders it.
pub async fn step(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Shown {
    told(state, request, move |office, caller, MoveForm { to }| office.move_case(caller, &id, to)).await
}

/// `GET /v1/cases/{id}/entities`: who and what stands behind it.
pub async fn entities(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Entities>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.entities(&caller, &id)).await?))
}

/// `POST /v1/cases/{id}/entities`: one more of them.
pub async fn add_entity(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Entities>, Problem> {
    told(state, request, move |office, caller, entity: Entity| office.add_entity(caller, &id, entity)).await
}

/// `DELETE /v1/cases/{id}/entities/{n}`: one of them is no longer held to belong to it.
pub async fn drop_entity(
    Shared(state): Shared<State>,
    Path((id, n)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Entities>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.drop_entity(&caller, &id, place(&n))).await?))
}

/// `GET /v1/cases/{id}/packet`: a document for a country or a body, in which nobody is named.
pub async fn packet(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    query: Result<Query<PacketAsked>, QueryRejection>,
    request: Request,
) -> Result<Json<Packet>, Problem> {
    let Query(PacketAsked { form, to }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.case_packet(&caller, &id, form, to)).await?))
}

/// `GET /v1/cases/{id}/suspicion`: the report for the financial intelligence unit, with what it lacks.
pub async fn suspicion(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<SuspicionReport>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let engine = Arc::clone(&state.engines.live().engine);
    Ok(Json(off_the_reactor(move || office.suspicion_report(&caller, engine.references(), &id)).await?))
}

/// `POST /v1/cases/{id}/suspicion`: hands it to the channel of the unit.
pub async fn send_suspicion(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<SuspicionSent>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let Nothing {} = form(&state, request).await?;
    let engine = Arc::clone(&state.engines.live().engine);
    Ok(Json(off_the_reactor(move || office.send_suspicion(&caller, engine.references(), &id)).await?))
}

/// `GET /v1/cases/{id}/advice`: what may be done next, under which laws, and whom to call now.
pub async fn advice(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    query: Result<Query<AdviceAsked>, QueryRejection>,
    request: Request,
) -> Result<Json<AdviceTold>, Problem> {
    let Query(AdviceAsked { language }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let engine = Arc::clone(&state.engines.live().engine);
    let told = move || office.case_advice(&caller, engine.references(), &id, language.as_deref());
    Ok(Json(off_the_reactor(told).await?))
}

/// `GET /v1/assessments/{id}/storage`: how much room its goods need, before anything is opened.
pub async fn room(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    query: Result<Query<RoomAsked>, QueryRejection>,
    request: Request,
) -> Result<Json<Storage>, Problem> {
    let Query(RoomAsked { at }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let engine = Arc::clone(&state.engines.live().engine);
    Ok(Json(off_the_reactor(move || office.room_for(&caller, engine.references(), &id, &at)).await?))
}
