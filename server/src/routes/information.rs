//! Information: told, listed, graded, set live, taken back.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use palisander_engine::{CountryCode, Label};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    Nothing, form, form_bytes, formed, from_cursor, idempotency_key, inside, off_the_reactor, page_limit, query_problem,
};
use crate::problem::Problem;
use crate::service::effects::Effects;
use crate::service::information::{Grading, Handled};
use crate::service::informed::Wanted;
use crate::service::reselection::Reselection;
use crate::service::{Caller, Office, OfficeError};
use crate::state::State;
use crate::store::{InformationKind, InformationState, WhatTold};

/// What may be asked: `?state=received&kind=tip&due=30&before=…&limit=50`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    state: Option<InformationState>,
    kind: Option<InformationKind>,
    due: Option<i32>,
    /// `next` of the page before.
    before: Option<String>,
    limit: Option<usize>,
}

/// Why something is done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

/// A label that is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelForm {
    #[serde(deserialize_with = "label")]
    label: Label,
    reason: String,
}

/// A label as TLP 2.0 writes it. Of what somebody wants, one that cannot be read is a mistake, not the strictest.
fn label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Label, D::Error> {
    let text = String::deserialize(deserializer)?;
    let names = || Label::ALL.map(Label::as_str).join(", ");
    Label::read(&text).ok_or_else(|| D::Error::custom(format!("`label` is one of {}", names())))
}

/// To whom it is passed on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareForm {
    #[serde(default)]
    to_groups: BTreeSet<String>,
    #[serde(default)]
    to_countries: BTreeSet<CountryCode>,
}

/// What the sender of a tip is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    question: String,
}

/// `GET /v1/information`: what the caller may see, the latest first.
pub async fn list(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let limit = page_limit(asked.limit)?;
    if asked.due.is_some_and(|days| !(0..=MAX_DUE_DAYS).contains(&days)) {
        let detail = format!("due is 0 to {MAX_DUE_DAYS} days");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail));
    }
    let wanted = Wanted { state: asked.state, kind: asked.kind, due: asked.due };
    let before = from_cursor(&office, &caller, INFORMATION, asked.before.as_deref(), u64::MAX)?;
    let (told_by, reader) = (Arc::clone(&office), caller.reader.id.clone());
    let (shown, next) = off_the_reactor(move || office.informed(&caller, wanted, before, limit)).await?;
    let next = next.map(|next| told_by.cursor(INFORMATION, &reader, next));
    Ok(Json(json!({ "information": shown, "next": next })))
}

/// The list, to whoever makes its cursors.
const INFORMATION: &str = "information";

/// Days ahead in which an end may be asked for: ten years.
const MAX_DUE_DAYS: i32 = 3_660;

/// `GET /v1/information/{id}`: one piece as the caller may see it.
pub async fn one(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    Ok(Json(off_the_reactor(move || office.informed_of(&caller, &id)).await?))
}

/// `GET /v1/information/{id}/effects`: which bills lean on it, what they would be now, and who has read it.
pub async fn effects(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Effects>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let live = state.engines.live();
    Ok(Json(off_the_reactor(move || office.effects(&caller, &live.engine, &id)).await?))
}

/// Of which days: `?days=30`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysAsked {
    #[serde(default = "a_month")]
    days: u32,
}

fn a_month() -> u32 {
    30
}

/// `GET /v1/information/{id}/reselection`: bills that were let go and that it would stop now.
pub async fn reselection(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    query: Result<Query<DaysAsked>, QueryRejection>,
    request: Request,
) -> Result<Json<Reselection>, Problem> {
    let Query(DaysAsked { days }) = query.map_err(|error| query_problem(&error))?;
    let (office, caller) = inside(&state, &request)?;
    let live = state.engines.live();
    Ok(Json(off_the_reactor(move || office.reselection(&caller, &live.engine, &id, days)).await?))
}

/// `POST /v1/information`: somebody tells something.
pub async fn tell(Shared(state): Shared<State>, request: Request) -> Result<(StatusCode, Json<Value>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let key = idempotency_key(request.headers())?;
    let bytes = form_bytes(&state, request).await?;
    let told: WhatTold = formed(&bytes)?;
    let once = key.map(|key| Office::once(&caller, &key, "information", &bytes));
    let told = off_the_reactor(move || {
        let information = office.tell(&caller, told, once)?;
        Ok(office.shown(&caller, &information))
    });
    Ok((StatusCode::CREATED, Json(told.await?)))
}

/// `POST /v1/information/{id}/grade`: a grade, a label, a purpose.
pub async fn grade(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    let live = state.engines.live();
    acted(state, id, request, move |office, caller, id, grading: Grading| {
        office.grade(caller, &live.engine.references().gradings, id, grading)
    })
    .await
}

/// `POST /v1/information/{id}/live`: it acts in scores from now on.
pub async fn live(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, Nothing {}: Nothing| office.set_live(caller, id)).await
}

/// `POST /v1/information/{id}/withdraw`: it acts no longer.
pub async fn withdraw(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, Reason { reason }: Reason| office.withdraw(caller, id, &reason))
        .await
}

/// `POST /v1/information/{id}/close`: nothing comes of it.
pub async fn close(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, Reason { reason }: Reason| office.close(caller, id, &reason)).await
}

/// `POST /v1/information/{id}/label`: another label; a less strict one waits for a second person.
pub async fn relabel(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, LabelForm { label, reason }: LabelForm| {
        office.relabel(caller, id, label, &reason)
    })
    .await
}

/// `POST /v1/information/{id}/signatures`: the second person signs what waits.
pub async fn sign(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, Nothing {}: Nothing| office.countersign(caller, id)).await
}

/// `POST /v1/information/{id}/shares`: it is passed on to groups or countries.
pub async fn share(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, ShareForm { to_groups, to_countries }: ShareForm| {
        office.share(caller, id, &to_groups, &to_countries)
    })
    .await
}

/// `POST /v1/information/{id}/questions`: the sender of a tip is asked something.
pub async fn ask(state: Shared<State>, id: Path<String>, request: Request) -> Acted {
    acted(state, id, request, |office, caller, id, Question { question }: Question| {
        office.ask_sender(caller, id, &question)
    })
    .await
}

/// `POST /v1/information/{id}/copies`: a copy to be passed on, that says nothing of its source.
pub async fn copy(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (office, caller) = inside(&state, &request)?;
    let told: WhatTold = form(&state, request).await?;
    let made = off_the_reactor(move || {
        let copy = office.copy(&caller, &id, told)?;
        Ok(office.shown(&caller, &copy))
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// An act as it stands after the call; 202 while a second person has to sign.
type Acted = Result<(StatusCode, Json<Value>), Problem>;

/// Does an act of a handler, and has the live engine take on what follows from it before anybody is answered. When that fails
/// the act stands all the same: it is tried again every [`crate::config::NEWS_INTERVAL`].
async fn acted<F: DeserializeOwned + Send + 'static>(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    request: Request,
    act: impl FnOnce(&Office, &Caller, &str, F) -> Result<Handled, OfficeError> + Send + 'static,
) -> Acted {
    let (office, caller) = inside(&state, &request)?;
    let form: F = form(&state, request).await?;
    let engines = state.engines.clone();
    let done = off_the_reactor(move || {
        let Handled { information, needs_second } = act(&office, &caller, &id, form)?;
        if let Err(why) = engines.follow(&office) {
            tracing::error!(%why, "information that was accepted does not act yet");
        }
        let mut shown = office.shown(&caller, &information);
        if let Some(fields) = shown.as_object_mut().filter(|_| needs_second) {
            fields.insert("needs".to_owned(), json!("second"));
        }
        Ok((if needs_second { StatusCode::ACCEPTED } else { StatusCode::OK }, shown))
    });
    let (status, shown) = done.await?;
    Ok((status, Json(shown)))
}
