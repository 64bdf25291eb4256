//! `palisander data`

use std::path::PathBuf;

use clap::Subcommand;
use palisander_engine::tables::{DataSource, Duty, References, check};

use super::{FINDINGS, OK, say};
use crate::cli::out::{columns, putln, wrapped};

/// Look at the reference tables.
#[derive(Subcommand)]
pub enum Command {
    /// Check every table: keys, references, dates, cards
    Check {
        /// A folder like datasets/ [default: the built-in tables]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// What CITES CoP17 Doc. 25 asks for, row by row, with the tests that show it
    ///
    /// A duty without a test is not claimed to be met; X rows are duties that no program can do.
    ///
    /// Exit codes: 0 ok.
    Duties {
        /// Only those that nothing shows yet
        #[arg(long)]
        open: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    match command {
        Command::Check { data, json } => checked(data.as_ref(), *json),
        Command::Duties { open, json } => duties(*open, *json),
    }
}

fn checked(data: Option<&PathBuf>, json: bool) -> u8 {
    let source = data.cloned().map_or(DataSource::Embedded, DataSource::Folder);
    let faults = check(&source);
    for fault in &faults {
        if json {
            putln!(
                "{}",
                serde_json::json!({ "table": fault.table, "row": fault.row, "column": fault.column, "what": fault.what })
            );
        } else {
            putln!("{fault}");
        }
    }
    if faults.is_empty() {
        say("every table holds");
        OK
    } else {
        say(&format!("{} fault(s)", faults.len()));
        FINDINGS
    }
}

fn duties(open: bool, json: bool) -> u8 {
    let references = match References::load(&DataSource::Embedded) {
        Ok(references) => references,
        Err(error) => {
            say(&error.to_string());
            return FINDINGS;
        }
    };
    let rows = references.duties.rows();
    let is_open = |duty: &Duty| duty.tests.is_empty() && !duty.is_for_people();
    for duty in rows.iter().filter(|duty| !open || is_open(duty)) {
        if json {
            putln!("{}", serde_json::to_string(duty).unwrap_or_default());
            continue;
        }
        let state = match duty {
            duty if duty.is_for_people() => "people",
            duty if duty.tests.is_empty() => "open",
            _ => "shown",
        };
        let width = usize::from(columns(None));
        putln!("{}", wrapped(&format!("{} {state:<6} {}", duty.duty, duty.what.replace('*', "")), width));
        duty.tests.iter().for_each(|test| putln!("           {test}"));
    }
    let own = rows.iter().filter(|duty| !duty.is_for_people());
    say(&format!(
        "{} of {} duties are shown by a test",
        own.clone().filter(|duty| !duty.tests.is_empty()).count(),
        own.count()
    ));
    OK
}
