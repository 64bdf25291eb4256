//! Bills that were put on record: the queue, and each of them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use palisander_engine::Label;
use palisander_engine::answers::Lane;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{no_memory, off_the_reactor, page_limit, query_problem, sight};
use crate::hex;
use crate::problem::Problem;
use crate::render::{Sight, Standing, listed, render, strictest};
use crate::service::access::Audience;
use crate::service::{Caller, Office, OfficeError};
use crate::state::State;
use crate::store::{Bill, KeptSight, QueueQuestion};

/// What may be asked: `?lane=red&after=…&limit=50`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    lane: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/assessments`: the most urgent first, whatever the order in which they came. There is no way to change it but to
/// decide about a bill.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let wrong = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail);
    // Without a memory nothing is kept here, and bills are only taken.
    let here = || Problem::method(request.method().as_str(), request.uri().path());
    let (_, sight) = sight(&state, &request)?.ok_or_else(here)?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    let limit = page_limit(asked.limit)?;
    let only = asked
        .lane
        .as_deref()
        .map(|lane| Lane::read(lane).ok_or_else(|| wrong(format!("there is no lane `{}`", shown(lane)))));
    let only = only.transpose()?;
    let after = asked
        .after
        .as_deref()
        .map(|after| after.rsplit_once('.').and_then(|(id, lane)| Some((id.to_owned(), Lane::read(lane)?))));
    let after = match after {
        Some(None) => return Err(wrong("after is `next` of the page before".to_owned())),
        Some(found) => found,
        None => None,
    };
    let page = off_the_reactor(move || page(&office, sight, only, after, limit)).await?;
    page.map(Json).ok_or_else(|| {
        let detail = "the bill that the page is to come after is not known; begin again without `after`";
        Problem::new(StatusCode::NOT_FOUND, "/problems/not-found", "there is nothing here", detail)
    })
}

/// A page; `None` when the bill that it is to come after is not known.
fn page(
    office: &Office,
    sight: Sight,
    only: Option<Lane>,
    after: Option<(String, Lane)>,
    limit: usize,
) -> Result<Option<Value>, OfficeError> {
    let on = office.clock.today();
    let mut start = None;
    if let Some((id, lane)) = &after {
        let bill = office.store.bill(id)?;
        let Some(rank) = bill.as_ref().and_then(|bill| seen(bill, sight.clearance)).map(|sight| sight.rank.clone())
        else {
            return Ok(None);
        };
        start = Some((*lane, (rank, id.clone())));
    }
    let mut found: Vec<(Bill, Lane)> = Vec::new();
    let lanes = Lane::ALL.iter().rev().copied().filter(|lane| only.is_none_or(|only| only == *lane));
    for lane in lanes {
        let after = match &start {
            Some((begun, _)) if lane > *begun => continue,
            Some((begun, place)) if lane == *begun => Some(place.clone()),
            _ => None,
        };
        let limit = limit - found.len();
        if limit == 0 {
            break;
        }
        let asked = QueueQuestion { clearance: sight.clearance, lane, on, after, limit };
        found.extend(office.store.queue(&asked)?.into_iter().map(|bill| (bill, lane)));
    }
    let next = found.last().filter(|_| found.len() == limit).map(|(bill, lane)| format!("{}.{lane}", bill.id));
    let mut shown = Vec::with_capacity(found.len());
    for (bill, lane) in &found {
        shown.push(match answer(office, bill, sight.clearance)? {
            Some(answer) => listed(&answer, standing(bill, *lane), sight),
            // What was decided stays when its body is gone.
            None => json!({ "id": bill.id, "lane": lane, "consignment": bill.consignment, "erased": true }),
        });
    }
    Ok(Some(json!({ "assessments": shown, "next": next })))
}

/// `GET /v1/assessments/{id}`: a bill as the reader may know it, its lane in force, and what was decided.
pub async fn one(Shared(state): Shared<State>, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    let (caller, sight) = sight(&state, &request)?.ok_or_else(no_memory)?;
    let office = state.office.clone().ok_or_else(no_memory)?;
    let path = request.uri().path().to_owned();
    let found = off_the_reactor(move || shown_to(&office, &caller, sight, &id)).await?;
    found.map(super::assessments::json).ok_or_else(|| Problem::not_found(&path))
}

/// The bill as bytes; `None` when to this reader there is none. Those outside see what they sent themselves.
fn shown_to(office: &Office, caller: &Caller, sight: Sight, id: &str) -> Result<Option<Vec<u8>>, OfficeError> {
    let Some(bill) = office.store.bill(id)? else { return Ok(None) };
    let is_outside = matches!(sight.audience, Audience::Carrier | Audience::Importer);
    if is_outside && bill.reader != caller.reader.id {
        return Ok(None);
    }
    let Some(answer) = answer(office, &bill, sight.clearance)? else {
        return Err(OfficeError::Missing { what: "body any more of assessment", id: shown(id) });
    };
    let standing = standing(&bill, bill.in_force(office.clock.today()));
    let bytes = render(&answer, standing, sight);
    if is_outside {
        return Ok(Some(bytes));
    }
    let mut answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let label = strictest(&answer);
    let decisions = office.store.decisions(&bill.id)?;
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("decisions".to_owned(), json!(decisions));
    }
    if label >= Label::Amber {
        office.note_read(caller, &bill.id, label)?;
    }
    Ok(Some(answer.to_string().into_bytes()))
}

fn standing(bill: &Bill, in_force: Lane) -> Standing<'_> {
    Standing { id: &bill.id, assessed: bill.assessed, in_force, raised: bill.raised.as_ref() }
}

/// The bill as a clearance may know it.
fn seen(bill: &Bill, clearance: Label) -> Option<&KeptSight> {
    bill.sights.get(&clearance)
}

/// The answer as a clearance may know it; `None` when it was erased.
fn answer(office: &Office, bill: &Bill, clearance: Label) -> Result<Option<Value>, OfficeError> {
    let digest = seen(bill, clearance).and_then(|sight| hex::read(&sight.answer));
    let body = digest.map(|digest| office.store.body(&digest)).transpose()?.flatten();
    Ok(body.and_then(|body| serde_json::from_slice(&body.bytes).ok()))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
