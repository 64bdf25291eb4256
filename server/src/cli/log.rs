//! `palisander log export`, `log erase` and `log verify`

use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;

use super::out::{self, putln};
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::bundle::{CHECKPOINT, ENTRIES, PROOFS, Unopened, unpacked};
use crate::service::patterns::{Patterns, Shown};
use crate::service::readers::OPERATOR;
use crate::service::retention::Erasure;
use crate::service::{Clock, Office, OfficeError};
use crate::store::export;
use crate::verify::{self, Findings, Note, PublicKey};

/// What is done with a log.
#[derive(Subcommand)]
pub enum Command {
    /// Write the log of a service as NDJSON, one entry a line, its signed checkpoints last
    Export(State),
    /// Erase the bodies of bills whose days are over: what came, and the answers
    ///
    /// Entries and digests stay, so that the log still verifies and says what was decided about which bill. Bills in which
    /// something was found, that wait for a second person, are waived or are being examined keep theirs.
    Erase {
        #[command(flatten)]
        state: State,
        /// Bodies that came more than so many days ago go
        #[arg(long, value_name = "DAYS")]
        older_than: u32,
        /// Only say what would go
        #[arg(long)]
        dry_run: bool,
    },
    /// Show whose overrides are out of the ordinary: more than the others', for one trader, at odd hours
    ///
    /// Each pattern stands with its chance, times the questions asked, and the bills that it is about. It says that something is
    /// unusual and never why. Exit codes: 0 nothing, 1 patterns found, 2 unreadable.
    Decisions {
        #[command(flatten)]
        state: State,
        /// Decisions of so many days
        #[arg(long, value_name = "DAYS", default_value_t = 90)]
        days: u32,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Check an exported log, or the archive of a case: entries missing, exchanged, changed, cut off
    ///
    /// Bodies that were erased are counted and are no fault. A log that was cut off at its end is found by a checkpoint
    /// that was kept elsewhere. Exit codes: 0 it holds, 1 it does not, 2 unreadable.
    Verify {
        /// NDJSON of `log export`, or the zip archive of a case
        #[arg(value_name = "FILE")]
        log: PathBuf,
        /// Checkpoints kept elsewhere, as signed notes
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The key that signs, as `log.pub` of the state folder holds it; without it signatures are not looked at
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// Runs it; the exit code.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Export(state) => exported(state),
        Command::Decisions { state, days, json } => patterned(state, *days, *json),
        Command::Erase { state, older_than, dry_run } => erased(state, *older_than, *dry_run),
        Command::Verify { log, checkpoint, key } => verified(log, checkpoint.as_deref(), key.as_deref()).map_err(stop),
    };
    done.unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn stop(why: String) -> Stop {
    Stop { code: UNREADABLE, why }
}

fn patterned(state: &State, days: u32, json: bool) -> Result<u8, Stop> {
    let (_, store) = state.existing()?;
    let office = Office::new(Arc::from(store), Clock::default());
    let found = office.patterns(days).map_err(|error| match error {
        OfficeError::Wrong(_) => Stop { code: BAD_ARGUMENTS, why: error.to_string() },
        _ => stop(error.to_string()),
    })?;
    if json {
        putln!("{}", serde_json::to_string(&found).unwrap_or_default());
    } else {
        let names: std::collections::BTreeMap<String, String> = office
            .listed()
            .map_err(|error| stop(error.to_string()))?
            .into_iter()
            .map(|listed| (listed.reader.id.clone(), listed.reader.name.clone()))
            .collect();
        let Patterns { decisions, officers, level, .. } = &found;
        putln!("{decisions} decisions of {officers} officers in {days} days; level {level}");
        for one in &found.patterns {
            let of = match (one.what, one.hours) {
                ("trader", _) => "for one trader".to_owned(),
                (_, Some([from, to])) => format!("from {from}:00 to {to}:00 UTC"),
                _ => "in all".to_owned(),
            };
            let name = names.get(&one.officer).map_or("", String::as_str);
            let Shown { officer, overrides, decisions, expected, chance, .. } = one;
            putln!(
                "{officer} {}: {overrides} of {decisions} {of} lowered or waived, {expected:.1} expected, chance {chance:.1e}",
                super::safe::line(name)
            );
            putln!("  {}", one.bills.iter().take(5).cloned().collect::<Vec<_>>().join(" "));
        }
        if !found.is_whole {
            say("there are older decisions of these days that were not looked at");
        }
    }
    Ok(if found.patterns.is_empty() { OK } else { FINDINGS })
}

fn exported(state: &State) -> Result<u8, Stop> {
    let (place, store) = state.existing()?;
    store.checkpoint().map_err(|error| stop(error.to_string()))?;
    let mut to = out::stdout();
    let written = export(&*store, &mut to).and_then(|n| to.flush().map(|()| n));
    Ok(match written {
        Ok(n) => {
            say(&format!("{n} entries; `log verify --key {}` checks them", place.public_key_file().display()));
            OK
        }
        Err(error) => out::ended(&error),
    })
}

fn erased(state: &State, days: u32, dry: bool) -> Result<u8, Stop> {
    let (_, store) = state.existing()?;
    let office = Office::new(Arc::from(store), Clock::default());
    match office.erase(OPERATOR, days, dry) {
        Ok(Erasure { batches, held, bodies, bytes }) => {
            let done = if dry { "would go" } else { "went" };
            putln!("{batches} batches came more than {days} days ago; somebody still needs {held} of them.");
            putln!("{bodies} bodies of {bytes} bytes {done}; entries and digests stay.");
            Ok(OK)
        }
        Err(OfficeError::Wrong(whys)) => Err(Stop { code: BAD_ARGUMENTS, why: whys.join("; ") }),
        Err(error) => Err(stop(error.to_string())),
    }
}

fn verified(log: &Path, checkpoint: Option<&Path>, key: Option<&Path>) -> Result<u8, String> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))
    };
    let wrong = |path: &Path, why: String| format!("`{}`: {why}", path.display());
    let key = key.map(|path| PublicKey::read(&read(path)?).map_err(|why| wrong(path, why))).transpose()?;
    let kept = checkpoint.map(|path| Note::all(&read(path)?).map_err(|why| wrong(path, why))).transpose()?;
    let mut file = File::open(log).map_err(|error| format!("`{}` cannot be read: {error}", log.display()))?;
    if is_archive(&mut file).map_err(|error| wrong(log, error.to_string()))? {
        return archived(file, key.as_ref()).map_err(|why| wrong(log, why));
    }
    let found = verify::check(&mut BufReader::new(file), &kept.unwrap_or_default(), key.as_ref());
    let found = found.map_err(|error| wrong(log, error.to_string()))?;
    told(&found, key.is_some());
    Ok(if found.n_faults == 0 { OK } else { FINDINGS })
}

/// Does the file begin as a zip archive does?
fn is_archive(file: &mut File) -> std::io::Result<bool> {
    let mut first = Vec::new();
    Read::by_ref(file).take(4).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(first == *b"PK\x03\x04")
}

/// Checks an archive: every part against its digest, and entries against the checkpoint beside them.
fn archived(file: File, key: Option<&PublicKey>) -> Result<u8, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    match unpacked(file, folder.path()) {
        Ok(()) => putln!("Every part is as it was packed."),
        Err(Unopened::Unreadable(why)) => return Err(why),
        Err(Unopened::Changed(all)) => {
            all.iter().for_each(|line| putln!("{line}"));
            return Ok(FINDINGS);
        }
    }
    let part = |name: &str| std::fs::read_to_string(folder.path().join(name)).ok();
    match (part(ENTRIES), part(PROOFS), part(CHECKPOINT)) {
        (Some(entries), Some(proofs), Some(note)) => {
            let found = verify::check_proven(&entries, &proofs, &note, key)?;
            told(&found, key.is_some());
            Ok(if found.n_faults == 0 { OK } else { FINDINGS })
        }
        _ => {
            putln!("It holds no entries with proofs: nothing is said of a log.");
            Ok(OK)
        }
    }
}

fn told(found: &Findings, is_keyed: bool) {
    for fault in &found.faults {
        putln!("{}", fault.what);
    }
    if let Some(more) = found.n_faults.checked_sub(found.faults.len() as u64).filter(|more| *more > 0) {
        putln!("and {more} more");
    }
    let Findings { entries, erased, checkpoints, signed, signed_at, n_faults, .. } = found;
    let erased = if *erased == 0 { String::new() } else { format!(", {erased} of them with an erased body") };
    match n_faults {
        0 => putln!("{entries} entries hold together{erased}."),
        1 => putln!("1 thing does not hold in {entries} entries{erased}."),
        n => putln!("{n} things do not hold in {entries} entries{erased}."),
    }
    match (checkpoints, is_keyed) {
        (0, _) => putln!("No checkpoint holds: whether entries were cut off at the end is not known."),
        (_, true) => putln!("Signed up to entry {signed}, at {signed_at}."),
        (_, false) => putln!("A checkpoint covers {signed} entries; its signature was not looked at (--key FILE)."),
    }
}
