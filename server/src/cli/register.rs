//! Changes of the register of a service, at the machine that keeps its state.
//!
//! Who stands at the machine is one person: what he proposes another one signs, with a key, over HTTP.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::out::putln;
use super::safe::line;
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::service::register::NotProposed;
use crate::service::{Caller, Clock, Office, OfficeError};
use crate::store::{RegisterChange, Role};

/// A file of changes.
#[derive(Args)]
pub struct Change {
    #[command(flatten)]
    state: State,
    /// Why, for the one who signs
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// CSV, NDJSON or e-permit XML
    file: PathBuf,
}

/// What is shown of changes.
#[derive(Args)]
pub struct Changes {
    #[command(flatten)]
    state: State,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A change that is signed.
#[derive(Args)]
pub struct Sign {
    #[command(flatten)]
    state: State,
    /// Its id
    id: String,
}

/// Proposes the rows of a file.
pub fn change(asked: &Change) -> u8 {
    let done = office(&asked.state).and_then(|(office, caller)| {
        let failed = |error: std::io::Error| Stop {
            code: UNREADABLE,
            why: format!("`{}` cannot be read: {error}", asked.file.display()),
        };
        let bytes = std::fs::read(&asked.file).map_err(failed)?;
        let register = office.register_now().map_err(|error| stop(&error))?;
        match office.propose_rows(&caller, &register, &bytes, &asked.note, None) {
            Ok(change) => {
                tell(&change);
                Ok(OK)
            }
            Err(NotProposed::Rows(faults)) => {
                faults.iter().for_each(|fault| putln!("{}", line(&fault.to_string())));
                say("nothing of the file was taken");
                Ok(FINDINGS)
            }
            Err(NotProposed::Office(error)) => Err(stop(&error)),
        }
    });
    ended(done)
}

/// Lists changes, the latest first.
pub fn changes(asked: &Changes) -> u8 {
    let done = office(&asked.state).and_then(|(office, caller)| {
        for change in office.register_changes_of(&caller).map_err(|error| stop(&error))? {
            match (asked.json, serde_json::to_string(&change)) {
                (true, Ok(text)) => putln!("{text}"),
                _ => tell(&change),
            }
        }
        Ok(OK)
    });
    ended(done)
}

/// Signs a change.
pub fn sign(asked: &Sign) -> u8 {
    let done = office(&asked.state).and_then(|(office, caller)| {
        let register = office.register_now().map_err(|error| stop(&error))?;
        let change = office.sign_register(&caller, &register, &asked.id).map_err(|error| stop(&error))?;
        tell(&change);
        Ok(OK)
    });
    ended(done)
}

fn tell(change: &RegisterChange) {
    let RegisterChange { id, source, state, counts, faults, by, signed_by, note, .. } = change;
    let signed = signed_by.as_deref().map_or_else(String::new, |by| format!(", signed by {by}"));
    putln!(
        "{id} {state} ({source}): {} added, {} corrected, {} status; {} faults; proposed by {by}{signed}{}",
        counts.added,
        counts.corrected,
        counts.status_changed,
        faults.len(),
        if note.is_empty() { String::new() } else { format!(": {}", line(note)) }
    );
}

fn office(state: &State) -> Result<(Office, Caller), Stop> {
    let (_, store) = state.existing()?;
    let office = Office::new(Arc::from(store), Clock::default());
    let caller = Caller::at_the_machine(office.clock.today(), Role::Officer);
    Ok((office, caller))
}

fn stop(error: &OfficeError) -> Stop {
    let code = match error {
        OfficeError::Wrong(_) | OfficeError::Conflict(_) | OfficeError::Missing { .. } => BAD_ARGUMENTS,
        _ => UNREADABLE,
    };
    Stop { code, why: error.to_string() }
}

fn ended(done: Result<u8, Stop>) -> u8 {
    done.unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}
