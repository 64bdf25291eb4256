//! One consignment in, its assessment out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::manifests::{Format, json_document};
use palisander_engine::past::{Ledgered, Remembered};
use palisander_engine::{Assessment, Date, Engine, Label};

use super::{AsOf, content_type, day_for, media_type, query_problem, sight, sighted};
use crate::admission::Place;
use crate::body::receive;
use crate::config::LIGHT_BODY_BYTES;
use crate::passes;
use crate::problem::Problem;
use crate::render::{Standing, render};
use crate::seen;
use crate::service::OfficeError;
use crate::service::access::Audience;
use crate::service::ledger::{Accounts, Ledger, Tries, joined};
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
            let Some(sighted) = sighted else {
                let mut whole = live.engine.assess(&parsed.manifest, one, &faults, day);
                seen::by_anybody(&mut whole);
                return Ok(Json(whole).into_response());
            };
            let judge = |engine: &Engine, ledger: &Accounts| {
                let gathered = engine.gather(&parsed.manifest, one, day);
                let record = gathered.remembered().cloned();
                let uses = Ledgered { ledger, edition: engine.history() };
                let settled = engine.settle(gathered, &passes::alone(engine, &uses));
                (engine.conclude(&settled, &faults), record)
            };
            let cites = one.all_documents().any(|(_, _, document)| document.kind.is_cites());
            let bill = Bill { body, day, cites, judge: &judge };
            let mut tries = Tries::new(&sighted.office);
            let mut place = Some(place);
            loop {
                match recorded(live, &sighted, &bill, &mut place) {
                    Err(error) if tries.again(&error) => {}
                    done => return done.map_err(|error| Problem::office(&Tries::told(error))),
                }
            }
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

/// A bill that was read.
struct Bill<'a> {
    body: &'a [u8],
    day: Date,
    /// It cites a paper of the Convention.
    cites: bool,
    /// Its answer, and what it leaves to be remembered.
    judge: &'a Judge<'a>,
}

/// The answer of an engine beside a ledger, and what the bill leaves to be remembered.
type Judge<'a> = dyn Fn(&Engine, &Accounts) -> (Assessment, Option<Remembered>) + 'a;

/// Puts the bill on record with what it draws from permits, and answers once that is durable. It is judged again for the reader,
/// always, whether or not anything is hidden: the time tells nothing.
fn recorded(
    live: &Live,
    sighted: &Sighted,
    bill: &Bill<'_>,
    place: &mut Option<Place>,
) -> Result<Response, OfficeError> {
    let Sighted { sight, engine: own, office, by, media_type } = sighted;
    let Bill { body, day, cites, judge } = bill;
    let ledger = Ledger::now(Arc::clone(office));
    let read = HowRead { format: Format::Json.name().to_owned(), mapping: None, alone: true };
    let is_outside = sight.audience < Audience::Officer;
    let outside = is_outside.then_some(sight.clearance);
    let sent = Sent { by, body, media_type, read, as_of: *day, live, outside };
    let mut recorder = Recorder::begin(office, sent)?;
    let (whole, record) = judge(&live.engine, &ledger.of(Label::Red));
    let Recorded { id, raised } = recorder.whole(&whole)?;
    let mut drawn = BTreeMap::new();
    let mut draw = |label: Label, record: Option<Remembered>| {
        let draws = ledger.of(label).draws(record.as_slice(), by, !is_outside)?;
        drawn.insert(label, draws);
        Ok::<(), OfficeError>(())
    };
    draw(Label::Red, record)?;
    // What is drawn under each label is known only there; whether it is asked hangs on nothing that is hidden.
    // Without a paper it is a quota alone that is drawn on, and those are open to all.
    let is_drawn = *cites || !ledger.met().is_empty();
    let lower: &[Label] = if recorder.keeps() || is_drawn { &LOWER } else { &[] };
    for label in lower.iter().copied() {
        let (seen, record) = judge(&office.views.of(&live.engine, label), &ledger.of(label));
        recorder.seen(0, label, &seen)?;
        draw(label, record)?;
    }
    let (seen, _) = judge(own, &ledger.of(sight.clearance));
    let seen = serde_json::to_value(seen).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
    recorder.draws(joined(drawn), ledger.met());
    // Who waits for the disk takes no place of who reckons: what waits together is written together.
    drop(place.take());
    recorder.end(body)?;
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
