//! Where a command finds the state of a service: `--state`, or the environment.
//!
//! In: arguments, `PALISANDER_STATE` and `PALISANDER_LOG_KEY`. Out: the place, or the open store.

use std::path::PathBuf;

use clap::Args;

use super::{BAD_ARGUMENTS, UNREADABLE};
use crate::store::{Place, Store, Told};

/// Names the state when no argument does.
const STATE: &str = "PALISANDER_STATE";
/// Names the folder of the key when no argument does.
const LOG_KEY: &str = "PALISANDER_LOG_KEY";

/// Where the state is.
#[derive(Args)]
pub struct State {
    /// State of the service: a folder, or a database as postgres://user@host/database [env: PALISANDER_STATE]
    ///
    /// A password is given by PGPASSWORD, PGPASSFILE or ~/.pgpass, or within PALISANDER_STATE, never as an argument.
    #[arg(long, value_name = "DIR|URL")]
    state: Option<String>,
    /// Folder of the key that signs the log, where the state is a database; the same for all processes
    /// [env: PALISANDER_LOG_KEY]
    #[arg(long, value_name = "DIR")]
    log_key: Option<PathBuf>,
}

/// Why a command ends, and its exit code.
pub struct Stop {
    /// What the process ends with.
    pub code: u8,
    /// In words, for the person at the terminal.
    pub why: String,
}

impl State {
    /// The place, as far as one is named.
    pub fn place(&self) -> Result<Option<Place>, Stop> {
        let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let (text, told) = match (&self.state, set(STATE)) {
            (Some(text), _) => (text.clone(), Told::Argument),
            (None, Some(text)) => (text, Told::Environment),
            (None, None) => return Ok(None),
        };
        // One that is set for all commands is no contradiction to a folder.
        let is_folder = !text.contains("://");
        let set = set(LOG_KEY).map(PathBuf::from).filter(|_| !is_folder);
        let key = self.log_key.clone().or(set);
        let place = Place::read(&text, told, key.as_deref());
        place.map(Some).map_err(|error| Stop { code: BAD_ARGUMENTS, why: error.to_string() })
    }

    /// The folder of the key that was named.
    pub fn log_key(&self) -> Option<PathBuf> {
        self.log_key.clone().or_else(|| std::env::var(LOG_KEY).ok().map(PathBuf::from))
    }

    /// The place, which has to be named.
    pub fn named(&self) -> Result<Place, Stop> {
        self.place()?.ok_or_else(|| {
            let why = format!("say where the state is: --state DIR, --state postgres://… or {STATE}");
            Stop { code: BAD_ARGUMENTS, why }
        })
    }

    /// The store of a place that has one, for commands that make none.
    pub fn existing(&self) -> Result<(Place, Box<dyn Store>), Stop> {
        let place = self.named()?;
        let store = place.existing().map_err(|error| Stop { code: UNREADABLE, why: error.to_string() })?;
        Ok((place, store))
    }
}
