//! `palisander listings`: offers on platforms, at the machine that keeps the state.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use palisander_engine::{Engine, Options};

use super::out::putln;
use super::safe::line;
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::config::MAX_BODY_BYTES;
use crate::service::listings::{NotTaken, Sent};
use crate::service::{Caller, Clock, Office, OfficeError};
use crate::store::Role;

/// Take on offers on platforms, each once: NDJSON, one a line, as `POST /v1/listings` takes it
///
/// {"platform", "url", "title", "text"?, "seller"?, "price"?, "currency"?, "seen_on", "countries"?}
///
/// What it sells is named as goods texts are. The same offer is one record however often it is told; its address is not kept. A line
/// that does not fit costs the file, and every fault is told with its line.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    state: State,
    /// NDJSON; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs it; the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    taken(arguments).unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn taken(arguments: &Arguments) -> Result<u8, Stop> {
    let bytes = read(&arguments.file)?;
    let (_, store) = arguments.state.existing()?;
    let office = Office::new(Arc::from(store), Clock::default());
    let engine = Engine::open(&Options::default()).map_err(unreadable)?;
    let caller = Caller::at_the_machine(office.clock.today(), Role::Handler);
    match office.tell_listings(&caller, &engine, Sent::Lines(&bytes)) {
        Ok(taken) => {
            for one in &taken {
                let (known, taxa) = (if one.again { "known" } else { "taken" }, one.taxa.join(", "));
                putln!("{} {known} priority {} {}", one.id, one.priority, line(&taxa));
            }
            let known = taken.iter().filter(|one| one.again).count();
            say(&format!("{} taken on, {known} known before", taken.len() - known));
            Ok(OK)
        }
        Err(NotTaken::Lines(faults)) => {
            faults.iter().for_each(|fault| say(&format!("line {}: {}", fault.line, fault.what)));
            say("nothing was taken on");
            Ok(FINDINGS)
        }
        Err(NotTaken::Office(error @ (OfficeError::Wrong(_) | OfficeError::Conflict(_)))) => {
            Err(Stop { code: BAD_ARGUMENTS, why: error.to_string() })
        }
        Err(NotTaken::Office(error)) => Err(unreadable(error)),
    }
}

/// The file whole, up to [`MAX_BODY_BYTES`].
fn read(path: &std::path::Path) -> Result<Vec<u8>, Stop> {
    let failed = |error: std::io::Error| unreadable(format!("`{}` cannot be read: {error}", path.display()));
    let mut bytes = Vec::new();
    let most = MAX_BODY_BYTES as u64 + 1;
    match path.to_str() {
        Some("-") => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        _ => std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    }
    .map_err(failed)?;
    if bytes.len() > MAX_BODY_BYTES {
        return Err(unreadable(format!("`{}` is over MAX_BODY_BYTES ({MAX_BODY_BYTES})", path.display())));
    }
    Ok(bytes)
}

fn unreadable(why: impl std::fmt::Display) -> Stop {
    Stop { code: UNREADABLE, why: why.to_string() }
}
