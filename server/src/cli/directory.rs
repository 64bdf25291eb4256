//! `palisander directory`: laboratories, contacts, who is on duty, procedures, guidance, means of control.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use palisander_engine::Label;
use palisander_engine::tables::{DataSource, References};

use super::rules::Shape;
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::directory::{DirectoryTable, Moment, told};

/// Whom to ask, what to read, what to look at: laboratories, contacts, who is on duty, procedures, guidance, means of control
///
/// A row is shown when it meets everything asked. What nobody meets is said. Rows that ship are invented and say so: an office keeps its
/// own tables in a folder and names it by --data.
///
///   palisander directory laboratories material=wood questions=species,origin foreign=yes quality=minimum
///   palisander directory laboratories hub_for=ZM techniques=isotopes
///   palisander directory laboratories gaps=yes material=wood
///   palisander directory contacts country=KE topic=timber
///   palisander directory contacts gaps=yes
///   palisander directory duty kind=interpreter language=zh country=KE at=2026-11-03T23:00:00Z
///   palisander directory procedures agency=customs size=large
///   palisander directory sampling pieces=86,12
///   palisander directory guidance profile=cover-loads indicator=pieces_too_heavy
///   palisander directory checks taxon="Dalbergia cochinchinensis"
///   palisander directory means port=KEMBA containers=100
///   palisander directory conventions country=KE
///   palisander directory tools
///
/// JSON is one object, as GET /v1/directory/TABLE answers.
///
/// Exit codes: 0 ok, 2 unreadable tables, 3 bad arguments.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// What is asked
    #[arg(value_parser = named().try_map(|name| DirectoryTable::read(&name).ok_or("no such table")))]
    table: DirectoryTable,
    /// What a row has to meet, NAME=VALUE; several values by commas
    #[arg(value_name = "NAME=VALUE")]
    wishes: Vec<String>,
    /// Reference tables instead of the built-in ones: a folder like datasets/
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    shape: Shape,
}

/// The tables, each with what may be asked of it.
fn named() -> PossibleValuesParser {
    let of = |table: &DirectoryTable| PossibleValue::new(table.as_str()).help(table.fields().join(", "));
    PossibleValuesParser::new(DirectoryTable::ALL.iter().map(of))
}

/// Runs the command; the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let Arguments { table, wishes, data, shape } = arguments;
    let mut pairs = Vec::new();
    for wish in wishes {
        let Some((name, value)) = wish.split_once('=') else {
            say(&format!("`{wish}` is no NAME=VALUE, such as country=KE; names: {}", table.fields().join(", ")));
            return BAD_ARGUMENTS;
        };
        pairs.push((name.to_owned(), value.to_owned()));
    }
    let tables = match References::load(&data.clone().map_or(DataSource::Embedded, DataSource::Folder)) {
        Ok(tables) => tables,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    // Whoever runs this at the machine reads its tables anyway.
    let moment = Moment { at: jiff::Timestamp::now(), clearance: Label::Red };
    match told(*table, pairs, &tables, moment) {
        Ok(told) => {
            shape.put(&told.document, || told.lines.join("\n"));
            OK
        }
        Err(faults) => {
            faults.iter().for_each(|fault| say(fault));
            BAD_ARGUMENTS
        }
    }
}
