//! Scores one body off the reactor, and hands its answers on as the reader takes them.
//!
//! In: the bytes of a body, its format, a day, an engine. Out: pieces of NDJSON in a bounded channel, the last line a
//! summary; or, where no bill could be read, a problem before anything was sent. The work stops when nobody is left to
//! read: the channel is closed, and the readers of both passes end at the next piece of input.

use std::io::{self, BufRead, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::StatusCode;
use palisander_engine::answers::bytes;
use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Fault, Format, ManifestError, Mapping, Parsed, Parts, Severity, read_with};
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Date, Engine, bills};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use crate::problem::Problem;
use crate::seen;
use crate::totals::Totals;

/// Bytes of a piece that is sent at once.
const PIECE_BYTES: usize = 32 << 10;
/// Pieces that wait for a slow reader before scoring pauses.
pub const PIECES_AHEAD: usize = 4;
/// Errors that a problem shows.
const MAX_ERRORS_SHOWN: usize = 50;
/// Bytes of input between two looks at whether anybody still reads.
const STEP_BYTES: usize = 256 << 10;

/// What one request asks.
pub struct Work {
    /// The frozen engine.
    pub engine: Arc<Engine>,
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
}

/// Why the work ended early.
enum Ended {
    /// Nobody reads, or not in time.
    Left,
    /// No bill could be read.
    Unread(Problem),
}

/// Does the work and sends what comes of it. `begin` is called once: with nothing when answers follow, else with what is
/// wrong.
pub fn run(work: &Work, send: Sender<Bytes>, begin: impl FnOnce(Result<(), Problem>)) {
    let mut out = Out { send, piece: Vec::new(), ends: Instant::now() + work.limit };
    let mut begin = Some(begin);
    let mut totals = Totals::default();
    // What breaks outside a bill ends the stream early: its last line says that it is not complete.
    let done = catch_unwind(AssertUnwindSafe(|| {
        let own = remembered(work, &out)?;
        if let Some(begin) = begin.take() {
            begin(Ok(()));
        }
        scored(work, own, &mut totals, &mut out)
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
fn remembered(work: &Work, out: &Out) -> Result<Edition, Ended> {
    let seen: Arc<Mutex<Unread>> = Arc::default();
    let note = Arc::clone(&seen);
    let counted = parts(work, out).inspect(move |part| note.lock().unwrap_or_else(PoisonError::into_inner).add(part));
    let own = Edition::build(bills::remember(&work.engine, Box::new(counted), work.day).records);
    if out.is_left() {
        return Err(Ended::Left);
    }
    let unread = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    unread.problem().map_or(Ok(own), |problem| Err(Ended::Unread(problem)))
}

/// The second pass answers.
fn scored(work: &Work, own: Edition, totals: &mut Totals, out: &mut Out) -> Result<Value, Ended> {
    let Work { engine, day, .. } = work;
    let edition = match engine.history() {
        Some(before) => Edition::merge([before, &own]),
        None => own,
    };
    let past = if engine.history_is_lost() { engine.past() } else { Past::of(&edition) };
    let all = parts(work, out);
    let n_read = bills::score(engine, all, *day, &past, &mut |scored| {
        totals.add(&scored);
        out.line(line(scored))
    });
    let n_read = n_read.map_err(|()| Ended::Left)?;
    let history =
        json!({ "edition": edition.fingerprint(), "consignments": edition.len(), "last_day": edition.last_day() });
    let mut summary = summary(work, totals, Some(n_read));
    if let Some(summary) = summary.as_object_mut() {
        summary.insert("history".to_owned(), history);
    }
    Ok(summary)
}

/// The body as parts of manifests, until nobody reads any more.
fn parts(work: &Work, out: &Out) -> Parts {
    let send = out.send.clone();
    let ends = out.ends;
    let is_left = move || send.is_closed() || Instant::now() > ends;
    let input = Watched { inner: Cursor::new(work.body.clone()), until_look: STEP_BYTES, is_left: is_left.clone() };
    Box::new(read_with(input, work.format, &work.mapping).take_while(move |_| !is_left()))
}

/// The last line: whether each bill that was read has an answer before it. `None`: nobody knows how many there were.
fn summary(work: &Work, totals: &Totals, n_read: Option<u64>) -> Value {
    let complete = n_read.is_some_and(|n| totals.account_for(n)) && totals.lost == 0 && totals.unreadable == 0;
    let counts = json!({ "read": n_read, "answered": totals.consignments, "lost": totals.lost, "unreadable": totals.unreadable });
    let (day, editions) = (work.day.to_string(), work.engine.editions());
    json!({ "complete": complete, "counts": counts, "as_of": day, "totals": totals, "editions": editions })
}

/// One result as one line.
fn line(scored: Scored) -> Vec<u8> {
    with_newline(match scored {
        Scored::Answer(mut answer) => {
            seen::by_anybody(&mut answer);
            bytes(&answer)
        }
        Scored::Short(answer) => bytes(&answer),
        Scored::Lost(bill) => serde_json::to_vec(&json!({ "lost": bill })),
        Scored::Unreadable(error) => serde_json::to_vec(&json!({ "unreadable": error.to_string() })),
        Scored::Empty(faults) => serde_json::to_vec(&json!({ "empty": true, "faults": faults })),
    })
}

fn with_newline(bytes: Result<Vec<u8>, serde_json::Error>) -> Vec<u8> {
    let mut bytes = bytes.unwrap_or_else(|error| json!({ "unreadable": error.to_string() }).to_string().into_bytes());
    bytes.push(b'\n');
    bytes
}

/// Lines on their way to the reader.
struct Out {
    send: Sender<Bytes>,
    piece: Vec<u8>,
    ends: Instant,
}

impl Out {
    fn line(&mut self, line: Vec<u8>) -> Result<(), ()> {
        self.piece.extend_from_slice(&line);
        if self.piece.len() >= PIECE_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ()> {
        if self.is_late() {
            return Err(());
        }
        self.send.blocking_send(std::mem::take(&mut self.piece).into()).map_err(|_| ())
    }

    /// The last line, which is sent however late it is.
    fn end(mut self, line: Vec<u8>) {
        self.piece.extend_from_slice(&line);
        // Whoever left does not miss it.
        let _ = self.send.blocking_send(std::mem::take(&mut self.piece).into());
    }

    fn is_late(&self) -> bool {
        Instant::now() > self.ends
    }

    fn is_left(&self) -> bool {
        self.send.is_closed() || self.is_late()
    }
}

/// What of a body was not read.
#[derive(Default)]
struct Unread {
    n_bills: u64,
    n_errors: u64,
    first: Option<ManifestError>,
    faults: Vec<Fault>,
}

impl Unread {
    fn add(&mut self, part: &Result<Parsed, ManifestError>) {
        match part {
            Ok(parsed) if !parsed.manifest.consignments.is_empty() => {
                self.n_bills += parsed.manifest.consignments.len() as u64;
                self.faults = Vec::new();
            }
            Ok(parsed) if self.n_bills == 0 => {
                let faults = parsed.faults();
                self.n_errors += u64::from(faults.iter().any(|fault| fault.severity == Severity::Lost));
                let room = MAX_ERRORS_SHOWN.saturating_sub(self.faults.len());
                self.faults.extend(faults.into_iter().take(room));
            }
            Ok(_) => {}
            Err(error) => {
                self.n_errors += 1;
                self.first.get_or_insert_with(|| error.clone());
            }
        }
    }

    /// The whole body as a problem, when something was lost and no bill was read.
    fn problem(self) -> Option<Problem> {
        if self.n_bills > 0 || self.n_errors == 0 {
            return None;
        }
        let mut problem = match &self.first {
            Some(error) => Problem::manifest(error),
            None => {
                let detail = "the body holds no bill that could be read; `errors` says what was lost";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/manifest", "the body is no manifest", detail)
            }
        };
        if self.n_errors > 1 {
            problem.detail.push_str(&format!("; {} parts of the body were not read", self.n_errors));
        }
        problem.errors = self.faults;
        Some(problem)
    }
}

/// Input that ends with an error once nobody is left to read the answers.
struct Watched<R, F> {
    inner: R,
    until_look: usize,
    is_left: F,
}

impl<R: BufRead, F: Fn() -> bool> Watched<R, F> {
    fn looked(&mut self) -> io::Result<()> {
        if self.until_look == 0 {
            self.until_look = STEP_BYTES;
            if (self.is_left)() {
                return Err(io::Error::other("nobody reads the answer"));
            }
        }
        Ok(())
    }
}

impl<R: BufRead, F: Fn() -> bool> Read for Watched<R, F> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.looked()?;
        let n = self.inner.read(to)?;
        self.until_look = self.until_look.saturating_sub(n);
        Ok(n)
    }
}

impl<R: BufRead, F: Fn() -> bool> BufRead for Watched<R, F> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.looked()?;
        let chunk = self.inner.fill_buf()?;
        Ok(chunk.get(..chunk.len().min(STEP_BYTES)).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        self.until_look = self.until_look.saturating_sub(n);
        self.inner.consume(n);
    }
}

#[cfg(test)]
mod tests {
    use palisander_engine::Options;

    use super::*;

    fn sent(limit: Duration) -> (Vec<Value>, Option<u16>) {
        let bill = r#"{"bill_of_lading":"A","goods_items":[{"description":"TEAK"}]}"#;
        let work = Work {
            engine: Arc::new(Engine::open(&Options::default()).unwrap()),
            body: format!("{bill}\n{bill}\n").into(),
            format: Format::Ndjson,
            mapping: Mapping::default(),
            day: Date::constant(2026, 11, 1),
            limit,
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

    #[test]
    fn what_is_late_in_the_middle_is_not_complete() {
        let (send, mut pieces) = tokio::sync::mpsc::channel(PIECES_AHEAD);
        let mut out = Out { send, piece: Vec::new(), ends: Instant::now() };
        std::thread::sleep(Duration::from_millis(2));
        assert!(out.is_late() && out.flush().is_err());
        out.end(b"last\n".to_vec());
        assert_eq!(pieces.blocking_recv().as_deref(), Some(&b"last\n"[..]));
    }
}
