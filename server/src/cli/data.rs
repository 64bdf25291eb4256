//! `palisander data`

use std::path::PathBuf;

use clap::Subcommand;
use palisander_engine::reference::{DataSource, check};

use super::{FINDINGS, OK, say};

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
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub fn run(command: &Command) -> u8 {
    let Command::Check { data, json } = command;
    let source = data.clone().map_or(DataSource::Embedded, DataSource::Folder);
    let faults = check(&source);
    for fault in &faults {
        if *json {
            println!(
                "{}",
                serde_json::json!({ "table": fault.table, "row": fault.row, "column": fault.column, "what": fault.what })
            );
        } else {
            println!("{fault}");
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
