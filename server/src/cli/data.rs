//! `palisander data`

use std::path::PathBuf;

use clap::Subcommand;
use palisander_engine::tables::{DataSource, check};

use super::{FINDINGS, OK, say};
use crate::cli::out::putln;

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
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let Command::Check { data, json } = command;
    let source = data.clone().map_or(DataSource::Embedded, DataSource::Folder);
    let faults = check(&source);
    for fault in &faults {
        if *json {
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
