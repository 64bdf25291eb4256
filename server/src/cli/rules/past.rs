//! Bills of the past that rules are tried on: how they are read, beside what, and by the law of which day.
//!
//! In: what the command line names. Out: an engine with everything but the rules, the day, and how files are read. Not here: which
//! bills (each command says its own), what is made of them (`backtest`, `tune`, `hunt`, `diff`).

use std::path::PathBuf;

use clap::Args;
use palisander_engine::bills::Days;
use palisander_engine::manifests::{Format, Mapping};
use palisander_engine::{Engine, Options};

use crate::cli::source::{self, Held};
use crate::cli::{BAD_ARGUMENTS, UNREADABLE, say};

/// An exit code and why.
pub type Stop = (u8, String);

/// The exit code; why it stopped early is said.
pub fn ended(ran: Result<u8, Stop>) -> u8 {
    ran.unwrap_or_else(|(code, why)| {
        say(&why);
        code
    })
}

/// How bills are read, and what lies beside them.
#[derive(Args)]
pub struct Past {
    #[command(flatten)]
    pub held: Held,
    /// Format of the bills [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    input: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
}

impl Past {
    /// The day on which each bill arrives, unless one is given for all.
    pub fn days(&self) -> Result<Days, Stop> {
        let fixed = self.held.as_of.as_ref().map(|_| self.held.day()).transpose();
        Ok(Days { fixed: fixed.map_err(|why| (BAD_ARGUMENTS, why))?, otherwise: crate::state::today() })
    }

    /// How columns become canonical ones.
    pub fn columns(&self) -> Result<Mapping, Stop> {
        source::mapping(self.mapping.as_deref()).map_err(|why| (BAD_ARGUMENTS, why))
    }

    /// The format that is named; `None` = told from the content.
    pub fn format(&self) -> Option<Format> {
        self.input.as_deref().and_then(Format::by_name)
    }

    /// An engine beside which rules are tried; what of it does not load is said.
    pub fn engine(&self) -> Result<Engine, Stop> {
        let options = Options { data: self.held.data(), inputs: self.held.inputs(), ..Options::default() };
        let opened = Engine::open(&options).map_err(unreadable)?;
        source::tell(&opened);
        Ok(opened)
    }
}

/// Input that cannot be read.
pub fn unreadable(error: impl std::fmt::Display) -> Stop {
    (UNREADABLE, error.to_string())
}
