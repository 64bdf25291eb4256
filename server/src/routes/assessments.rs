//! One consignment in, its assessment out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::manifests::{Format, json_document};
use palisander_engine::{Assessment, Date, Engine, Label};

use super::{AsOf, content_type, day_for, media_type, query_problem, sight, sighted};
use crate::admission::Place;
use crate::body::receive;
use crate::config::LIGHT_BODY_BYTES;
use crate::problem::Problem;
use crate::render::{Standing, render};
use crate::seen;
use crate::service::OfficeError;
use crate::service::access::Audience;
use crate::service::live::Live;
use crate::service::recorder::{LOWER, Recorded, Recorder, Sent};
use crate::state::State;
use crate::store::HowRead;
use crate::streaming::Sighted;

/// What is read here.
const JSON: &str = "application/json";
/// Bytes that the tree of a manifest holds for a byte of its text, at most.
const TREE_BYTES: usize = 8;

/// `POST /v1/assessments`: a canonical manifest that holds one consignment.
pub async fn create(
    Shared(state): Shared<State>,
    query: Result<Query<AsOf>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| query_problem(&error))?;
    let who = sight(&state, &request)?;
    let day = day_for(&state, query.day()?, who.as_ref())?;
    let media = media_type(&content_type(request.headers()));
    if !media.is_empty() && media != JSON {
        return Err(Problem::media_type(&media, JSON));
    }
    let received = receive(&state.admission, request).await?;
    let place = match received.bytes.len() {
        ..=LIGHT_BODY_BYTES => state.admission.quick().await?,
        long => state.admission.stream(long, TREE_BYTES).await?,
    };
    let live = state.engines.live();
    let office = state.office.clone();
    let gone = Gone::default();
    let is_gone = Arc::clone(&gone.0);
    let scored = tokio::task::spawn_blocking(move || {
        let _share = received.share;
        let seen = sighted(office, &live, who, JSON);
        answered(&live, seen, &received.bytes, day, &is_gone, place)
    });
    let answer = scored.await.unwrap_or_else(|_| Err(Problem::fault("this request failed and was not scored")));
    drop(gone);
    answer
}

/// The one consignment's answer. Between reading and scoring it is asked whether the caller is still there.
fn answered(
    live: &Live,
    sighted: Option<Sighted>,
    body: &[u8],
    day: Date,
    is_gone: &AtomicBool,
    place: Place,
) -> Result<Response, Problem> {
    let left = || Problem::fault("the caller is gone");
    if is_gone.load(Ordering::Relaxed) {
        return Err(left());
    }
    let parsed = json_document(body).map_err(|error| Problem::manifest(&error))?;
    match parsed.manifest.consignments.as_slice() {
        _ if is_gone.load(Ordering::Relaxed) => Err(left()),
        [one] => {
            let faults = parsed.faults_of(0);
            let mut whole = live.engine.assess(&parsed.manifest, one, &faults, day);
            let Some(sighted) = sighted else {
                seen::by_anybody(&mut whole);
                return Ok(Json(whole).into_response());
            };
            let judge = |engine: &Engine| engine.assess(&parsed.manifest, one, &faults, day);
            recorded(live, &whole, &sighted, body, &judge, place)
        }
        others => {
            let detail =
                format!("the manifest holds {} consignments; send one here, or all to /v1/manifests", others.len());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let mut problem = Problem::new(status, "/problems/one-consignment", "not one consignment", detail);
            problem.errors = parsed.faults();
            Err(problem)
        }
    }
}

/// Puts the bill on record, and answers once that is durable. It is judged again for the reader, always, whether or not
/// anything is hidden: the time tells nothing.
fn recorded(
    live: &Live,
    whole: &Assessment,
    sighted: &Sighted,
    body: &[u8],
    judge: &dyn Fn(&Engine) -> Assessment,
    place: Place,
) -> Result<Response, Problem> {
    let Sighted { sight, engine: own, office, by, media_type } = sighted;
    let failed = |error: OfficeError| Problem::office(&error);
    let read = HowRead { format: Format::Json.name().to_owned(), mapping: None, alone: true };
    let is_outside = sight.audience < Audience::Officer;
    let outside = is_outside.then_some(sight.clearance);
    let sent = Sent { by, body, media_type, read, as_of: whole.as_of, live, outside };
    let mut recorder = Recorder::begin(office, sent).map_err(failed)?;
    let Recorded { id, raised } = recorder.whole(whole).map_err(failed)?;
    let lower: &[Label] = if recorder.keeps() { &LOWER } else { &[] };
    for label in lower.iter().copied() {
        recorder.seen(0, label, &judge(&office.views.of(&live.engine, label))).map_err(failed)?;
    }
    let seen = serde_json::to_value(judge(own)).map_err(|error| Problem::fault(&error.to_string()))?;
    // Who waits for the disk takes no place of who reckons: what waits together is written together.
    drop(place);
    recorder.end(body).map_err(failed)?;
    Ok(json(render(&seen, Standing::answered(&id, whole.lane, raised.as_ref()), *sight)))
}

pub(super) fn json(body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Says that the request ended, answered or not.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
