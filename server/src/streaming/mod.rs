//! Scores one body off the reactor, and hands its answers on as the reader takes them.
//!
//! In: the bytes of a body, its format, a day, an engine. Out: pieces of NDJSON in a bounded channel, the last line a
//! summary; or, where no bill could be read, a problem before anything was sent. The work stops when nobody is left to
//! read: the channel is closed, and the readers of all passes end at the next piece of input. Not here: answers that are
//! prepared before they are on record (`prepared.rs`).
//!
//! In a service with a memory the body is judged more than once: by the whole engine, which gives the lanes and is put on
//! record; where a bill is above green, under each lower label for those who read it later; and, once the record is durable,
//! by the engine that the reader may know, of which he gets the answers (`render`). Always, whether or not they differ, so
//! that neither the time nor the order of the work tells.

mod input;
mod out;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use palisander_engine::answers::{Lane, bytes};
use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, Mapping, Parsed, Parts, read_with};
use palisander_engine::past::{Edition, Ledgered, Openings};
use palisander_engine::{Assessment, Date, Engine, Label, bills};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use crate::admission::Admission;
use crate::passes::{self, beside, past};
use crate::problem::Problem;
use crate::render::{self, Sight, Standing, render};
use crate::seen;
use crate::service::access::Audience;
use crate::service::ledger::{Accounts, Ledger, Tries, joined};
use crate::service::live::Live;
use crate::service::recorder::{LOWER, Recorded, Recorder, Sent};
use crate::service::{Office, OfficeError};
use crate::store::{HowRead, Raised};
use crate::totals::{Counted, Totals};
use input::{Unread, Watched};
pub(crate) use out::Out;

/// Pieces that wait for a slow reader before scoring pauses.
pub const PIECES_AHEAD: usize = 4;

/// What one request asks.
pub struct Work {
    /// The engine that was live when it began.
    pub live: Arc<Live>,
    /// The body.
    pub body: Bytes,
    /// Its format.
    pub format: Format,
    /// How its columns are to be read, where it is a table.
    pub mapping: Mapping,
    /// The day that counts.
    pub day: Date,
    /// How long it may take in all.
    pub limit: Duration,
    /// Who reads; `None` = whoever is on this machine.
    pub sighted: Option<Sighted>,
    /// How far it is, for whoever asks meanwhile.
    pub progress: Arc<Progress>,
    /// Single calls that it makes way for; `None` = it has a place of its own.
    pub behind: Option<Admission>,
}

/// Bills of a body so far.
#[derive(Debug, Default)]
pub struct Progress {
    /// Read.
    pub read: AtomicU64,
    /// Judged by the whole engine.
    pub scored: AtomicU64,
    /// Read and not to be judged.
    pub lost: AtomicU64,
}

/// How a line says an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As the reader may know it.
    Shown,
    /// As it is kept, to be shown when he asks for it.
    Kept,
}

/// An answer that is kept to be shown later: what the engine that the reader may know said, and what was answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept<A> {
    pub(crate) seen: A,
    pub(crate) id: String,
    pub(crate) assessed: Lane,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raised: Option<Raised>,
}

/// A reader, the engine as he may know it, and where what he sends is put on record.
pub struct Sighted {
    pub sight: Sight,
    pub engine: Arc<Engine>,
    pub office: Arc<Office>,
    /// Id of the reader.
    pub by: String,
    /// Content type of what he sent.
    pub media_type: String,
}

/// What the whole engine says of a bill.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    lane: Lane,
    /// Its outward id.
    id: String,
    /// The stricter lane that is answered, where there is one.
    raised: Option<Raised>,
}

impl Work {
    /// The engine whose answers are sent.
    pub(crate) fn seen(&self) -> &Arc<Engine> {
        self.sighted.as_ref().map_or(&self.live.engine, |sighted| &sighted.engine)
    }
}

/// Why the work ended early.
pub(crate) enum Ended {
    /// Nobody reads, or not in time.
    Left,
    /// No bill could be read.
    Unread(Problem),
}

/// Does the work and sends what comes of it. `begin` is called once: with nothing when answers follow, else with what is
/// wrong.
pub fn run(work: &Work, send: Sender<Bytes>, begin: impl FnOnce(Result<(), Problem>)) {
    let mut out = Out::to(send, work.limit);
    let mut begin = Some(begin);
    let mut totals = Totals::default();
    // What breaks outside a bill ends the stream early: its last line says that it is not complete.
    let done = catch_unwind(AssertUnwindSafe(|| {
        let mut own = remembered(work, &work.live.engine, &out)?;
        let mut lanes = None;
        let mut ledger = None;
        if let Some(sighted) = &work.sighted {
            let mut tries = Tries::new(&sighted.office);
            let (bills, known) = loop {
                let known = Ledger::now(&sighted.office);
                let (bills, recorder) = judged(work, sighted, &own, &known, &out)?;
                match recorder.end(&work.body) {
                    Err(error) if tries.again(&error) => {}
                    Err(error) => return Err(unkept(Tries::told(error))),
                    Ok(()) => break (bills, known),
                }
            };
            lanes = Some(bills);
            own = remembered(work, work.seen(), &out)?;
            ledger = Some(known.of(sighted.sight.clearance));
        }
        if let Some(begin) = begin.take() {
            begin(Ok(()));
        }
        scored(work, own, lanes.as_deref(), ledger.as_deref(), Form::Shown, &mut totals, &mut out)
    }));
    let is_late = out.is_late();
    let last = match (done, begin) {
        (Ok(Ok(summary)), _) if !is_late => summary,
        (Ok(Err(Ended::Unread(problem))), Some(begin)) => return begin(Err(problem)),
        (Ok(Err(_)), Some(begin)) if is_late => {
            return begin(Err(Problem::late("the bills were not read in time; send fewer of them at once")));
        }
        (Ok(Err(_)), _) if !is_late => return,
        (Err(_), Some(begin)) => return begin(Err(Problem::fault("this request failed and was not scored"))),
        // It broke, or took too long: what was answered stands, and nobody knows how much is missing.
        _ => summary(work, &totals, None),
    };
    out.end(with_newline(serde_json::to_vec(&json!({ "summary": last }))));
}

/// The body is at hand, so its bills are judged against each other, whatever their order: the first pass only remembers.
pub(crate) fn remembered(work: &Work, engine: &Engine, out: &Out) -> Result<Edition, Ended> {
    let seen: Arc<Mutex<Unread>> = Arc::default();
    let (note, progress) = (Arc::clone(&seen), Arc::clone(&work.progress));
    let counted = parts(work, out).inspect(move |part| {
        let mut note = note.lock().unwrap_or_else(PoisonError::into_inner);
        note.add(part);
        progress.read.fetch_max(note.n_bills, Ordering::Relaxed);
    });
    let own = passes::own_edition(engine, Box::new(counted), work.day);
    if out.is_left() {
        return Err(Ended::Left);
    }
    let unread = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    unread.problem().map_or(Ok(own), |problem| Err(Ended::Unread(problem)))
}

/// Lane and id of each bill in its order, `None` where it has no answer; and the record of them, which is not written yet.
pub(crate) type Judged<'w> = (Vec<Option<Whole>>, Recorder<'w>);

/// Judges by the whole engine, and by each lower label what is to be kept. `ledger`: what was drawn on permits before.
pub(crate) fn judged<'w>(
    work: &Work,
    sighted: &'w Sighted,
    own: &Edition,
    ledger: &Ledger,
    out: &Out,
) -> Result<Judged<'w>, Ended> {
    tried(work, sighted, own, ledger, out).map_err(|why| match why {
        NotRecorded::Ended(ended) => ended,
        NotRecorded::Office(error) => unkept(error),
    })
}

/// Why a batch is not on record.
enum NotRecorded {
    Ended(Ended),
    Office(OfficeError),
}

impl From<Ended> for NotRecorded {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl From<OfficeError> for NotRecorded {
    fn from(error: OfficeError) -> Self {
        Self::Office(error)
    }
}

fn tried<'w>(
    work: &Work,
    sighted: &'w Sighted,
    own: &Edition,
    ledger: &Ledger,
    out: &Out,
) -> Result<Judged<'w>, NotRecorded> {
    let Sighted { office, by, media_type, .. } = sighted;
    let mapping = (work.mapping != Mapping::default()).then(|| work.mapping.to_toml());
    let read = HowRead { format: work.format.name().to_owned(), mapping, alone: false };
    let is_outside = sighted.sight.audience < Audience::Officer;
    let outside = is_outside.then_some(sighted.sight.clearance);
    let mut drawn = BTreeMap::new();
    let sent = Sent { by, body: &work.body, media_type, read, as_of: work.day, live: &work.live, outside };
    let mut recorder = Recorder::begin(office, sent)?;
    let mut bills = Vec::new();
    let accounts = ledger.of(Label::Red);
    each_bill(work, &work.live.engine, own, &accounts, out, &mut |answer| {
        let whole = match answer {
            Some(answer) => {
                let Recorded { id, raised } = recorder.whole(answer)?;
                work.progress.scored.fetch_add(1, Ordering::Relaxed);
                Some(Whole { lane: answer.lane, id, raised })
            }
            None => {
                recorder.lost();
                work.progress.lost.fetch_add(1, Ordering::Relaxed);
                None
            }
        };
        bills.push(whole);
        Ok(())
    })?;
    drawn.insert(Label::Red, accounts.draws(own.records(), by, !is_outside)?);
    // What is drawn under each label is known only there; whether it is asked hangs on nothing that is hidden: without a paper it
    // is a quota alone that is drawn on, and those are open to all.
    let is_drawn = cites(work, out) || !ledger.met().is_empty();
    let lower: &[Label] = if recorder.keeps() || is_drawn { &LOWER } else { &[] };
    for label in lower.iter().copied() {
        let engine = office.views.of(&work.live.engine, label);
        let own = remembered(work, &engine, out)?;
        let accounts = ledger.of(label);
        let mut n = 0;
        each_bill(work, &engine, &own, &accounts, out, &mut |answer| {
            let at = n;
            n += 1;
            match answer {
                Some(answer) if recorder.is_kept(at) => Ok(recorder.seen(at, label, answer)?),
                _ => Ok(()),
            }
        })?;
        drawn.insert(label, accounts.draws(own.records(), by, !is_outside)?);
    }
    recorder.draws(joined(drawn), ledger.met());
    Ok((bills, recorder))
}

/// What the office did not do ends the work.
fn unkept(error: OfficeError) -> Ended {
    Ended::Unread(Problem::office(&error))
}

/// Hands out each bill of the body in its order, with its answer where it has one.
fn each_bill(
    work: &Work,
    engine: &Engine,
    own: &Edition,
    accounts: &Accounts,
    out: &Out,
    each: &mut dyn FnMut(Option<&Assessment>) -> Result<(), NotRecorded>,
) -> Result<(), NotRecorded> {
    let edition = beside(engine, own, &accounts.openings(own.claimed())?);
    let uses = Ledgered { ledger: accounts, edition: Some(&edition) };
    let past = passes::after(engine, &edition, &uses);
    let n_read = bills::score(engine, parts(work, out), work.day, &past, &mut |scored| {
        match &scored {
            Scored::Answer(answer) => each(Some(answer))?,
            // Nobody asks for short answers here.
            Scored::Short(_) | Scored::Lost(_) => each(None)?,
            Scored::Unreadable(_) | Scored::Empty(_) => {}
        }
        if out.is_left() { Err(Ended::Left.into()) } else { Ok(()) }
    });
    n_read.map(|_| ())
}

/// The last pass answers. `lanes`: what the whole engine said, in a service with a memory.
pub(crate) fn scored(
    work: &Work,
    own: Edition,
    lanes: Option<&[Option<Whole>]>,
    ledger: Option<&Accounts>,
    form: Form,
    totals: &mut Totals,
    out: &mut Out,
) -> Result<Value, Ended> {
    let engine = &**work.seen();
    let unread = |error: OfficeError| Ended::Unread(Problem::office(&error));
    let edition = match ledger {
        Some(accounts) => beside(engine, &own, &accounts.openings(own.claimed()).map_err(unread)?),
        None if engine.history().is_some() => beside(engine, &own, &Openings::new()),
        None => own,
    };
    let uses = ledger.map(|ledger| Ledgered { ledger, edition: Some(&edition) });
    let past = uses.as_ref().map_or_else(|| past(engine, &edition), |uses| passes::after(engine, &edition, uses));
    let mut bill = 0;
    let all = parts(work, out);
    let n_read = bills::score(engine, all, work.day, &past, &mut |scored| {
        let is_bill = matches!(scored, Scored::Answer(_) | Scored::Short(_) | Scored::Lost(_));
        // A bill that only one of the two could answer is lost to both.
        let whole = match lanes {
            Some(lanes) if is_bill => lanes.get(bill).and_then(Option::as_ref).ok_or(()).map(Some),
            _ => Ok(None),
        };
        bill += usize::from(is_bill);
        let told = told(scored, whole, work.sighted.as_ref().map(|sighted| sighted.sight), form);
        totals.count(&told.counted);
        out.line(told.line)
    });
    let n_read = n_read.map_err(|()| Ended::Left)?;
    let mut summary = summary(work, totals, Some(n_read));
    if is_told_all(work)
        && let Some(summary) = summary.as_object_mut()
    {
        let history =
            json!({ "edition": edition.fingerprint(), "consignments": edition.len(), "last_day": edition.last_day() });
        summary.insert("history".to_owned(), history);
    }
    Ok(summary)
}

/// Does any bill of the body cite a paper of the Convention?
fn cites(work: &Work, out: &Out) -> bool {
    let cites = |parsed: &Parsed| {
        let mut papers = parsed.manifest.consignments.iter().flat_map(|bill| bill.all_documents());
        papers.any(|(_, _, paper)| paper.kind.is_cites())
    };
    parts(work, out).any(|part| part.is_ok_and(|parsed| cites(&parsed)))
}

/// May the reader know the editions of everything?
fn is_told_all(work: &Work) -> bool {
    work.sighted.as_ref().is_none_or(|sighted| sighted.sight.is_full())
}

/// The body as parts of manifests, until nobody reads any more.
fn parts(work: &Work, out: &Out) -> Parts {
    let behind = work.behind.clone();
    let is_left = out.watch();
    let input = Watched::new(Cursor::new(work.body.clone()), is_left.clone());
    Box::new(read_with(input, work.format, &work.mapping).take_while(move |_| {
        if let Some(admission) = &behind {
            admission.make_way();
        }
        !is_left()
    }))
}

/// The last line: whether each bill that was read has an answer before it. `None`: nobody knows how many there were. A
/// carrier is told no lanes, so no totals of them either.
fn summary(work: &Work, totals: &Totals, n_read: Option<u64>) -> Value {
    let complete = n_read.is_some_and(|n| totals.account_for(n)) && totals.lost == 0 && totals.unreadable == 0;
    let counts = json!({ "read": n_read, "answered": totals.consignments, "lost": totals.lost, "unreadable": totals.unreadable });
    let day = work.day.to_string();
    if is_told_all(work) {
        let editions = work.live.engine.editions();
        return json!({ "complete": complete, "counts": counts, "as_of": day, "totals": totals, "editions": editions });
    }
    match work.sighted.as_ref().map(|sighted| sighted.sight.audience) {
        Some(Audience::Carrier) => json!({ "complete": complete, "counts": counts, "as_of": day }),
        _ => json!({ "complete": complete, "counts": counts, "as_of": day, "totals": totals }),
    }
}

/// One result as one line, and how it is counted.
struct Told {
    line: Vec<u8>,
    counted: Counted,
}

/// One result as the reader is told it. `whole`: what the whole engine said; an error when it has no answer.
fn told(scored: Scored, whole: Result<Option<&Whole>, ()>, sight: Option<Sight>, form: Form) -> Told {
    let counted = Counted::of(&scored);
    let (line, counted) = match (scored, sight, whole) {
        (Scored::Answer(mut answer), None, _) => {
            seen::by_anybody(&mut answer);
            (bytes(&answer), counted)
        }
        (Scored::Short(answer), None, _) => (bytes(&answer), counted),
        // Short answers hold scores: readers with keys are never given them.
        (Scored::Short(answer), Some(_), _) => lost(&answer.consignment, ""),
        (Scored::Answer(answer), Some(sight), Ok(Some(whole))) => {
            let standing = Standing::answered(&whole.id, whole.lane, whole.raised.as_ref());
            let line = match form {
                Form::Shown => serde_json::to_value(&answer).map(|seen| render(&seen, standing, sight)),
                Form::Kept => {
                    let Whole { lane, id, raised } = whole.clone();
                    serde_json::to_vec(&Kept { seen: &answer, id, assessed: lane, raised })
                }
            };
            (line, counted.in_lane(standing.in_force))
        }
        (Scored::Answer(answer), Some(_), _) => lost(&answer.consignment, &answer.manifest),
        (Scored::Lost(bill), Some(_), _) => lost(&bill.consignment, &bill.manifest),
        (Scored::Lost(bill), None, _) => (serde_json::to_vec(&json!({ "lost": bill })), counted),
        (Scored::Unreadable(error), ..) => (serde_json::to_vec(&json!({ "unreadable": error.to_string() })), counted),
        (Scored::Empty(faults), ..) => (serde_json::to_vec(&json!({ "empty": true, "faults": faults })), counted),
    };
    Told { line: with_newline(line), counted }
}

fn lost(consignment: &str, manifest: &str) -> (Result<Vec<u8>, serde_json::Error>, Counted) {
    (serde_json::to_vec(&render::lost(consignment, manifest)), Counted::Lost)
}

/// A line with its end; what cannot be written says so.
pub(crate) fn with_newline(bytes: Result<Vec<u8>, serde_json::Error>) -> Vec<u8> {
    let mut bytes = bytes.unwrap_or_else(|error| json!({ "unreadable": error.to_string() }).to_string().into_bytes());
    bytes.push(b'\n');
    bytes
}

/// Bytes that are looked at to tell a format.
pub const HEAD_BYTES: usize = 64 << 10;

/// Bytes of memory that reading and scoring hold for a byte of the body, at most: whole documents become a tree, streams
/// pass by. Measured on bodies of 16 MB of zeros, commas and repeated bills.
pub fn held_bytes(format: Format) -> usize {
    match format {
        Format::Ndjson | Format::Cuscar | Format::Awmds | Format::WcoDeclaration | Format::EPermit => 2,
        Format::Json | Format::OtherXml => 8,
        _ => 12,
    }
}

#[cfg(test)]
mod tests {
    use palisander_engine::Options;

    use super::*;

    fn sent(limit: Duration) -> (Vec<Value>, Option<u16>) {
        let bill = r#"{"bill_of_lading":"A","goods_items":[{"description":"TEAK"}]}"#;
        let work = Work {
            live: Arc::new(Live {
                engine: Arc::new(Engine::open(&Options::default()).unwrap()),
                edition: None,
                holds: Arc::default(),
            }),
            body: format!("{bill}\n{bill}\n").into(),
            format: Format::Ndjson,
            mapping: Mapping::default(),
            day: Date::constant(2026, 11, 1),
            limit,
            sighted: None,
            progress: Arc::default(),
            behind: None,
        };
        let (send, mut pieces) = tokio::sync::mpsc::channel(PIECES_AHEAD);
        let mut refused = None;
        run(&work, send, |begun| refused = begun.err().map(|problem| problem.status));
        let mut text = Vec::new();
        while let Some(piece) = pieces.blocking_recv() {
            text.extend_from_slice(&piece);
        }
        (text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect(), refused)
    }

    #[test]
    fn the_last_line_says_whether_all_was_answered() {
        let (lines, refused) = sent(Duration::from_secs(600));
        assert_eq!((lines.len(), refused), (3, None));
        assert_eq!(lines.last().map(|line| &line["summary"]["complete"]), Some(&json!(true)));
        // Too late before anything was sent: a problem and no line.
        let (lines, refused) = sent(Duration::ZERO);
        assert_eq!((lines.len(), refused), (0, Some(408)));
    }
}
