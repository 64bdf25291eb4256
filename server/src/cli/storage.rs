//! `palisander storage need`: how much room goods need, told before a container is opened.

use std::path::PathBuf;

use clap::Subcommand;
use palisander_engine::bills::{Scored, score};
use palisander_engine::manifests::{Format, Mapping};
use palisander_engine::{Engine, Options};
use serde_json::json;

use super::out::{columns, putln, wrapped};
use super::rules::Shape;
use super::source::{self, Held};
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, INCOMPLETE, OK, UNREADABLE, safe, say};
use crate::cases::{Case, Goods, need, storage};
use crate::config::MAX_CASES_READ;
use crate::store::CaseQuestion;

/// Room for seized goods
#[derive(Subcommand)]
pub enum Command {
    /// How much room the goods of each bill need, and whether the stores near a port have it
    ///
    /// The larger counts: the volume that is declared, or the mass over the density of the lightest wood that is named. Logs are stacked.
    /// With --state the room that cases take already is left out.
    ///
    ///   palisander storage need manifest.json --at KEMBA
    ///
    /// JSON is one line for each bill: consignment, need (mass_kg, volume_m3, unknown_items), rooms, fits, says.
    ///
    /// Exit codes: 0 all fit, 1 some do not or no store is known, 2 unreadable input, 3 bad arguments, 4 incomplete.
    #[command(verbatim_doc_comment)]
    Need {
        /// Manifests in any format, or folders of them
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// UN/LOCODE of the port
        #[arg(long, value_name = "LOCODE")]
        at: String,
        /// Format of the bills [default: told from the content]
        #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
        input: Option<String>,
        #[command(flatten)]
        held: Box<Held>,
        #[command(flatten)]
        state: State,
        #[command(flatten)]
        shape: Shape,
    },
}

/// Runs the command; the exit code.
pub fn run(command: &Command) -> u8 {
    needed(command).unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn stop(code: u8, why: impl std::fmt::Display) -> Stop {
    Stop { code, why: why.to_string() }
}

fn needed(command: &Command) -> Result<u8, Stop> {
    let Command::Need { files, at, input, held, state, shape } = command;
    let day = held.day().map_err(|why| stop(BAD_ARGUMENTS, why))?;
    let options = Options { data: held.data(), inputs: held.inputs(), ..Options::default() };
    let engine = Engine::open(&options).map_err(|error| stop(UNREADABLE, error))?;
    source::tell(&engine);
    let cases = if state.place()?.is_some() { cases(state)? } else { Vec::new() };
    let tables = engine.references();
    let sites = tables.storage.near(at);
    let forced = input.as_deref().and_then(Format::by_name);
    let (mut all_fit, mut lost) = (true, 0_u64);
    for file in source::files(files).map_err(|why| stop(UNREADABLE, why))? {
        let (parts, _) = source::open(&file, forced, &Mapping::default()).map_err(|why| stop(UNREADABLE, why))?;
        let read: Result<u64, std::convert::Infallible> = score(&engine, parts, day, &engine.past(), &mut |scored| {
            let Scored::Answer(answer) = scored else {
                lost += 1;
                return Ok(());
            };
            let goods = Goods::of_answer(&serde_json::to_value(&*answer).unwrap_or_default());
            let told = storage(need(&goods, tables), &sites, &cases);
            all_fit &= told.fits == Some(true);
            if shape.is_json() {
                let mut line = json!(told);
                if let Some(fields) = line.as_object_mut() {
                    fields.insert("consignment".to_owned(), json!(answer.consignment));
                }
                putln!("{line}");
            } else {
                let line = format!("{}: {}", safe::line(&answer.consignment), told.says);
                putln!("{}", wrapped(&line, usize::from(columns(None))));
            }
            Ok(())
        });
        let Ok(_) = read;
    }
    Ok(match (lost, all_fit) {
        (1.., _) => INCOMPLETE,
        (0, true) => OK,
        (0, false) => FINDINGS,
    })
}

fn cases(state: &State) -> Result<Vec<Case>, Stop> {
    let (_, store) = state.existing()?;
    let found = store.cases(&CaseQuestion::default(), MAX_CASES_READ).map_err(|error| stop(UNREADABLE, error))?;
    Ok(found.into_iter().map(|(case, _)| case).collect())
}
