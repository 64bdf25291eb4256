//! One consignment in, its assessment out.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::manifests::{Consignment, Format, Parsed, json_document};
use palisander_engine::past::{Ledgered, Remembered};
use palisander_engine::{Assessment, Date, Engine, Label};

use super::{AsOf, content_type, day_for, media_type, query_problem, sight, sighted};
use crate::admission::Place;
use crate::body::{Received, receive};
use crate::config::{ANSWER_STEP, LIGHT_BODY_BYTES, SMALL_BODY_BYTES};
use crate::passes;
use crate::problem::Problem;
use crate::render::{Standing, render};
use crate::seen;
use crate::service::access::Audience;
use crate::service::ledger::{Accounts, Ledger, Tries, joined};
use crate::service::live::Live;
use crate::service::recorder::{self, Closed, LOWER, Recorded, Recorder};
use crate::service::{Office, OfficeError};
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
    let came = Instant::now();
    let (live, office) = (state.engines.live(), state.office.clone());
    let is_whole = who.as_ref().is_none_or(|(_, sight)| sight.clearance == Label::Red);
    let gone = Gone::default();
    let is_gone = Arc::clone(&gone.0);
    let is_small = office.is_none() && received.bytes.len() <= SMALL_BODY_BYTES;
    let sent = move || {
        // The engine as he may know it is made where it is asked for first.
        let sighted = sighted(office, &live, who, JSON);
        Sent { live, sighted, received, day, is_gone }
    };
    let answer = answered(sent, place, is_small).await;
    drop(gone);
    // How long it took hangs on what is known of the bill: whoever may not know all of it is answered at even times.
    if !is_whole {
        tokio::time::sleep_until(even(came).into()).await;
    }
    answer
}

/// The next of the even times after `came` at which answers go out.
fn even(came: Instant) -> Instant {
    let steps = came.elapsed().as_nanos() / ANSWER_STEP.as_nanos() + 1;
    came + ANSWER_STEP * u32::try_from(steps).unwrap_or(u32::MAX)
}

/// What came, and what judges it.
struct Sent {
    live: Arc<Live>,
    sighted: Option<Sighted>,
    received: Received,
    day: Date,
    is_gone: Arc<AtomicBool>,
}

/// What was reckoned.
enum Reckoned {
    /// Nothing is kept of it.
    Told(Response),
    /// It is answered once it is durable.
    Kept { answer: Vec<u8>, closed: Option<Closed> },
}

/// Reckons on a thread that may, and waits for the disk on none. Where others drew on the same permits meanwhile, it is judged
/// again, one of this process after another.
async fn answered(
    sent: impl FnOnce() -> Sent + Send + 'static,
    place: Place,
    is_small: bool,
) -> Result<Response, Problem> {
    let reckon = move || {
        let _place = place;
        let sent = sent();
        let reckoned = sent.reckoned()?;
        Ok((sent, reckoned))
    };
    let reckoned = match is_small {
        // It takes microseconds, and waits for nothing.
        true => catch_unwind(AssertUnwindSafe(reckon)).unwrap_or_else(|_| Err(broken())),
        false => off(reckon).await,
    };
    let (sent, answer, closed) = match reckoned? {
        (_, Reckoned::Told(response)) => return Ok(response),
        (sent, Reckoned::Kept { answer, closed }) => (sent, answer, closed),
    };
    let (Some(closed), Some(sighted)) = (closed, &sent.sighted) else { return Ok(json(answer)) };
    let office = Arc::clone(&sighted.office);
    match closed.written(&office).await {
        Ok(()) => Ok(json(answer)),
        Err(error) => off(move || sent.in_turn(&office, error)).await,
    }
}

/// Does what may take a while, or wait, off the reactor.
async fn off<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(broken()))
}

fn broken() -> Problem {
    Problem::fault("this request failed and was not scored")
}

impl Sent {
    /// The one consignment's answer. Between reading and scoring it is asked whether the caller is still there.
    fn reckoned(&self) -> Result<Reckoned, Problem> {
        let left = || Problem::fault("the caller is gone");
        if self.is_gone.load(Ordering::Relaxed) {
            return Err(left());
        }
        let parsed = json_document(&self.received.bytes).map_err(|error| Problem::manifest(&error))?;
        match parsed.manifest.consignments.as_slice() {
            _ if self.is_gone.load(Ordering::Relaxed) => Err(left()),
            [one] => match &self.sighted {
                Some(sighted) => {
                    let (recorder, answer) =
                        self.judged(sighted, &parsed, one).map_err(|error| Problem::office(&error))?;
                    let closed = recorder.closed(&self.received.bytes).map_err(|error| Problem::office(&error))?;
                    Ok(Reckoned::Kept { answer, closed })
                }
                None => {
                    let mut whole = self.live.engine.assess(&parsed.manifest, one, &parsed.faults_of(0), self.day);
                    seen::by_anybody(&mut whole);
                    Ok(Reckoned::Told(Json(whole).into_response()))
                }
            },
            others => {
                let n = others.len();
                let detail = format!("the manifest holds {n} consignments; send one here, or all to /v1/manifests");
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let mut problem = Problem::new(status, "/problems/one-consignment", "not one consignment", detail);
                problem.errors = parsed.faults();
                Err(problem)
            }
        }
    }

    /// The same after it was not written for a reason that may pass.
    fn in_turn(&self, office: &Office, mut error: OfficeError) -> Result<Response, Problem> {
        let mut tries = Tries::new(office);
        while tries.again(&error) {
            let parsed = json_document(&self.received.bytes).map_err(|error| Problem::manifest(&error))?;
            let ([one], Some(sighted)) = (parsed.manifest.consignments.as_slice(), &self.sighted) else { break };
            let done = self.judged(sighted, &parsed, one).and_then(|(recorder, answer)| {
                recorder.end(&self.received.bytes)?;
                Ok(answer)
            });
            match done {
                Ok(answer) => return Ok(json(answer)),
                Err(other) => error = other,
            }
        }
        Err(Problem::office(&Tries::told(error)))
    }

    /// The record of the bill with what it draws from permits, and the answer, which counts once that is durable. It is judged
    /// again for whoever may not know all, if anything at all is hidden from him, whether or not anything of this bill is.
    fn judged<'s>(
        &self,
        sighted: &'s Sighted,
        parsed: &Parsed,
        one: &Consignment,
    ) -> Result<(Recorder<'s>, Vec<u8>), OfficeError> {
        let Sighted { sight, engine: own, office, by, media_type } = sighted;
        let faults = parsed.faults_of(0);
        let judge = |engine: &Engine, ledger: &Accounts| {
            let gathered = engine.gather(&parsed.manifest, one, self.day);
            let record = gathered.remembered().cloned();
            let uses = Ledgered { ledger, edition: engine.history() };
            let settled = engine.settle(gathered, &passes::alone(engine, &uses));
            (engine.conclude(&settled, &faults), record)
        };
        let cites = one.all_documents().any(|(_, _, document)| document.kind.is_cites());
        let ledger = Ledger::now(office);
        let read = HowRead { format: Format::Json.name().to_owned(), mapping: None, alone: true };
        let is_outside = sight.audience < Audience::Officer;
        let outside = is_outside.then_some(sight.clearance);
        let (body, live, as_of) = (&self.received.bytes, &*self.live, self.day);
        let mut recorder =
            Recorder::begin(office, recorder::Sent { by, body, media_type, read, as_of, live, outside })?;
        let hides_nothing = office.views.hides_nothing(&live.engine);
        let mut judging = Judging { judge: &judge, ledger: &ledger, hides_nothing, said: Vec::new() };
        let whole = judging.under(Label::Red, &live.engine)?;
        let Recorded { id, raised } = recorder.whole(&whole.answer)?;
        let mut drawn = BTreeMap::new();
        let mut draw = |label: Label, judged: &Judged| {
            let draws = ledger.of(label).draws(judged.record.as_slice(), by, !is_outside)?;
            drawn.insert(label, draws);
            Ok::<(), OfficeError>(())
        };
        draw(Label::Red, &whole)?;
        // What is drawn under each label is known only there; whether it is asked hangs on nothing that is hidden.
        // Without a paper it is a quota alone that is drawn on, and those are open to all.
        let is_drawn = cites || !ledger.met().is_empty();
        let lower: &[Label] = if recorder.keeps() || is_drawn { &LOWER } else { &[] };
        for label in lower.iter().copied() {
            let seen = judging.under(label, &office.views.of(&live.engine, label))?;
            match seen.label == label {
                true => recorder.seen(0, label, &seen.answer)?,
                false => recorder.seen_alike(0, label, seen.label),
            }
            draw(label, &seen)?;
        }
        let seen = judging.under(sight.clearance, own)?;
        let seen = serde_json::to_value(&seen.answer).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
        recorder.draws(joined(drawn), ledger.met());
        let answer = render(&seen, Standing::answered(&id, whole.answer.lane, raised.as_ref()), *sight);
        Ok((recorder, answer))
    }
}

/// What an engine said of the bill beside the accounts of a label.
struct Judged {
    label: Label,
    engine: Arc<Engine>,
    answer: Assessment,
    record: Option<Remembered>,
}

/// The answer of an engine beside a ledger, and what the bill leaves to be remembered.
type Judge<'a> = dyn Fn(&Engine, &Accounts) -> (Assessment, Option<Remembered>) + 'a;

/// Judges one bill under several labels: what an engine says beside accounts that stand the same, it says once.
struct Judging<'j> {
    judge: &'j Judge<'j>,
    ledger: &'j Ledger,
    /// All engines answer alike.
    hides_nothing: bool,
    said: Vec<Rc<Judged>>,
}

impl Judging<'_> {
    fn under(&mut self, label: Label, engine: &Arc<Engine>) -> Result<Rc<Judged>, OfficeError> {
        for one in self.said.iter().filter(|one| self.hides_nothing || Arc::ptr_eq(&one.engine, engine)) {
            if self.ledger.is_same(one.label, label)? {
                return Ok(Rc::clone(one));
            }
        }
        let (answer, record) = (self.judge)(engine, &self.ledger.of(label));
        let judged = Rc::new(Judged { label, engine: Arc::clone(engine), answer, record });
        self.said.push(Rc::clone(&judged));
        Ok(judged)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How long an answer took is not told by when it goes out.
    #[test]
    fn answers_go_out_at_even_times() {
        let came = Instant::now();
        for _ in 0..100 {
            let after = even(came) - came;
            assert!(after > came.elapsed().saturating_sub(ANSWER_STEP) && after >= ANSWER_STEP);
            assert_eq!(after.as_nanos() % ANSWER_STEP.as_nanos(), 0);
            std::thread::yield_now();
        }
    }
}
