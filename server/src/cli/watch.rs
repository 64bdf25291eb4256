//! `palisander watch`

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use palisander_engine::manifests::Format;

use super::serve::stop_signal;
use super::source::{self, Sources};
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, INCOMPLETE, OK, UNREADABLE, say};
use crate::config::{LOOK_SECONDS, SETTLE_SECONDS};
use crate::inbox::{Claim, Desk, Folders, Outcome};
use crate::service::live::Engines;
use crate::service::{Clock, Office};

/// Take manifests that a gateway puts into a folder, and put the answers into another.
///
/// Each regular file of IN is answered once by its bytes, in any format, and moved to OUT/taken. OUT gets, each whole or not at all:
///
///   NAME.answers.ndjson   an answer a line, as the reader may know it, and a summary line
///   NAME.rejects.json     always, and last: what was not read, every fault with its place; who sees it has all
///
/// It feeds the state that `serve` serves from, beside it: the queue shows the bills. A machine of its own reads for the gateway:
///
///   palisander readers add --state DIR --name Gateway --machine --role importer
///   palisander watch --state DIR --reader r_… /srv/edi/in /srv/edi/out
///
/// A file is left alone while its size or time changes, while its name begins with a dot, and while it ends in `~`, `.part`,
/// `.partial`, `.filepart`, `.tmp`, `.temp` or `.crdownload`: write under such a name and rename when it is whole. Folders in IN
/// are not looked into; links, pipes and devices are never opened. Killed at any moment, the next start ends what was begun.
/// SIGTERM ends it after the file under way. One process watches a folder; IN must be writable, for files are moved out of it.
/// Exit codes with --once: 0 all answered, 1 something was rejected, 2 something could not be taken, 4 a bill was lost.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Folder that manifests are put into
    #[arg(value_name = "IN")]
    from: PathBuf,
    /// Folder for answers
    #[arg(value_name = "OUT")]
    to: PathBuf,
    #[command(flatten)]
    state: State,
    /// The reader for whom they are judged and answered, by his id (`palisander readers list`)
    #[arg(long, value_name = "ID")]
    reader: String,
    /// End when nothing is left to be taken, for cron
    #[arg(long)]
    once: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = LOOK_SECONDS, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    every: u32,
    /// Seconds for which a file has to be of one size and time
    #[arg(long, value_name = "SECONDS", default_value_t = SETTLE_SECONDS, value_parser = clap::value_parser!(u32).range(0..=3_600))]
    settle: u32,
    /// Format of all files [default: told from the content of each]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    input: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    sources: Sources,
}

/// How long it sleeps before it looks again whether it is to stop.
const NAP: Duration = Duration::from_millis(100);

/// Runs until it is told to stop, or with `--once` until nothing is left.
pub fn run(arguments: &Arguments) -> u8 {
    watched(arguments).unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn watched(arguments: &Arguments) -> Result<u8, Stop> {
    let bad = |why: String| Stop { code: BAD_ARGUMENTS, why };
    let unreadable = |why: String| Stop { code: UNREADABLE, why };
    arguments.sources.day().map_err(bad)?;
    let mapping = source::mapping(arguments.mapping.as_deref()).map_err(bad)?;
    let (_, store) = arguments.state.existing()?;
    let office = Arc::new(Office::new(Arc::from(store), Clock::default()));
    office.reader_by_id(&arguments.reader).map_err(|error| bad(error.to_string()))?;
    let folders = Folders::open(&arguments.from, &arguments.to).map_err(unreadable)?;
    let sources = arguments.sources.clone();
    let engines = Engines::loaded(Arc::new(move || sources.load()), Some(&office));
    let engines = engines.map_err(|error| unreadable(error.to_string()))?;
    source::tell(&engines.live().engine);
    let desk = Desk {
        office,
        engines,
        reader: arguments.reader.clone(),
        format: arguments.input.as_deref().and_then(Format::by_name),
        mapping,
        day: arguments.sources.held.as_of.as_ref().and_then(|text| text.parse().ok()),
    };
    let mut watch = Watch::new(&desk, folders, Duration::from_secs(arguments.settle.into()))?;
    // What an earlier process began goes before all else.
    watch.begun(true);
    loop {
        let n_left = watch.look().map_err(|error| unreadable(format!("`{}`: {error}", arguments.from.display())))?;
        let is_stuck = watch.stuck.is_some();
        if watch.is_stopped() || (arguments.once && (is_stuck || n_left == 0)) {
            break;
        }
        // Files that are still written are waited for; whoever runs it once waits for nothing else.
        watch.sleep(if arguments.once { NAP } else { Duration::from_secs(arguments.every.into()) });
    }
    watch.counts.tell(0);
    Ok(watch.code())
}

/// Says once the process is told to stop.
fn stops() -> Result<Arc<AtomicBool>, Stop> {
    let failed = |error: std::io::Error| Stop { code: UNREADABLE, why: format!("cannot start: {error}") };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let stops = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stops);
    std::thread::spawn(move || {
        runtime.block_on(stop_signal());
        say("stopping after the file under way");
        told.store(true, Ordering::Relaxed);
    });
    Ok(stops)
}

/// What was taken so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    answered: u64,
    bills: u64,
    lost: u64,
    rejected: u64,
    known: u64,
    left: u64,
}

impl Counts {
    fn tell(&self, n_waiting: usize) {
        let Self { answered, bills, lost, rejected, known, left } = self;
        say(&format!(
            "{answered} files answered, {bills} bills, {lost} lost; {rejected} files rejected, {known} known before, {left} \
             left; {n_waiting} still written"
        ));
    }
}

struct Watch<'a> {
    desk: &'a Desk,
    folders: Folders,
    settle: Duration,
    stops: Arc<AtomicBool>,
    counts: Counts,
    /// Why a file that is claimed waits: the store or a disk. Nothing else is taken meanwhile.
    stuck: Option<String>,
    /// What was told last of one that waits.
    told: String,
}

impl<'a> Watch<'a> {
    fn new(desk: &'a Desk, folders: Folders, settle: Duration) -> Result<Self, Stop> {
        let (counts, told) = (Counts::default(), String::new());
        Ok(Self { desk, folders, settle, stops: stops()?, counts, stuck: None, told })
    }

    /// Looks once and takes what is ready; how many files are still to be taken.
    fn look(&mut self) -> std::io::Result<usize> {
        let before = self.counts;
        if self.stuck.is_some() {
            self.begun(false);
        }
        let look = self.folders.look(self.settle)?;
        self.counts.left += look.left.len() as u64;
        look.left.iter().for_each(|why| say(why));
        let mut n_left = look.n_waiting + look.ready.len();
        for name in &look.ready {
            if self.is_stopped() || self.stuck.is_some() {
                break;
            }
            if let Some(claim) = self.folders.claim(name)? {
                self.take(claim);
            }
            n_left -= 1;
        }
        if self.counts != before {
            self.counts.tell(n_left);
        }
        Ok(n_left)
    }

    /// Ends what was begun before. Answers without a record are forgotten once no file is left that they are of.
    fn begun(&mut self, is_first: bool) {
        self.stuck = None;
        match self.folders.left(is_first) {
            Ok(claims) => {
                for claim in claims {
                    self.take(claim);
                }
            }
            Err(error) => self.waits(error.to_string()),
        }
        if self.stuck.is_none()
            && is_first
            && let Err(error) = self.folders.swept()
        {
            self.waits(error.to_string());
        }
    }

    fn take(&mut self, claim: Claim) {
        let shown = claim.shown();
        match self.desk.take(&self.folders, claim) {
            Ok(Outcome::Answered { bills, lost }) => {
                self.counts.answered += 1;
                self.counts.bills += bills;
                self.counts.lost += lost;
            }
            Ok(Outcome::Rejected) => {
                say(&format!("`{shown}` is rejected; its rejects say why"));
                self.counts.rejected += 1;
            }
            Ok(Outcome::Known) => self.counts.known += 1,
            Err(why) => self.waits(format!("`{shown}` waits: {why}")),
        }
    }

    /// The same is told once.
    fn waits(&mut self, why: String) {
        if self.told != why {
            say(&why);
            self.told.clone_from(&why);
        }
        self.stuck = Some(why);
    }

    fn is_stopped(&self) -> bool {
        self.stops.load(Ordering::Relaxed)
    }

    fn sleep(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.is_stopped() && Instant::now() < until {
            std::thread::sleep(NAP.min(until.saturating_duration_since(Instant::now())));
        }
    }

    fn code(&self) -> u8 {
        match self.counts {
            _ if self.stuck.is_some() => UNREADABLE,
            Counts { lost: 1.., .. } => INCOMPLETE,
            Counts { rejected: 1.., .. } => FINDINGS,
            _ => OK,
        }
    }
}
