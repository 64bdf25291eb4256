//! The command line: filters that read standard input or files and write standard output.
//!
//! Exit codes: 0 ok, 1 findings, 2 unreadable input, 3 bad arguments, 4 incomplete.

mod alerts;
mod backup;
mod case;
mod convert;
mod data;
mod directory;
mod evaluate;
mod exercise;
mod filter;
mod history;
mod hunt;
mod information;
mod listings;
mod log;
pub mod out;
mod parties;
mod permits;
mod plan;
mod readers;
mod register;
mod replay;
mod report;
mod rules;
pub mod safe;
mod schema;
mod score;
mod select;
mod serve;
mod settings;
mod simulate;
mod source;
mod state;
mod storage;
mod taxa;
mod watch;
mod webhooks;

use std::ffi::OsString;
use std::process::ExitCode;

pub use rules::{Report, checked, finding, tested, written};

use clap::{Parser, Subcommand};
use settings::Filled;

/// Nothing was found.
pub const OK: u8 = 0;
/// Something was found: a fault, a red lane where asked, a failed check.
pub const FINDINGS: u8 = 1;
/// The input could not be read.
pub const UNREADABLE: u8 = 2;
/// The arguments are wrong.
pub const BAD_ARGUMENTS: u8 = 3;
/// The answer is not complete: it could not be written, or a bill was lost.
pub const INCOMPLETE: u8 = 4;

/// Scores timber consignments for risk of illegal trade in rosewood, ebony and African sandalwood.
///
/// Every command reads files, or standard input where a file is `-`, and writes standard output.
/// Exit codes: 0 ok, 1 findings, 2 unreadable input, 3 bad arguments, 4 incomplete (the answer could not be written, or a
/// bill was lost).
#[derive(Parser)]
#[command(name = "palisander", version, max_term_width = 110, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Score manifests: a ranked table, CSV or a printable page for people, NDJSON or JSON for machines
    #[command(after_help = score::lanes_help())]
    Score(Box<score::Arguments>),
    /// Turn any manifest format into canonical JSON, or say all that is wrong with it
    Convert(convert::Arguments),
    /// Names of woods: what a text names
    #[command(subcommand)]
    Taxa(taxa::Command),
    /// Names of firms, people and ships: how like they are
    #[command(subcommand)]
    Parties(parties::Command),
    /// Permits: declared documents against a register
    #[command(subcommand)]
    Permits(permits::Command),
    /// Alerts, Notifications, library: search, import, measure
    #[command(subcommand)]
    Alerts(alerts::Command),
    /// Profiles: check, test, explain, document
    #[command(subcommand)]
    Rules(rules::Command),
    /// History: what is to be remembered of many bills
    #[command(subcommand)]
    History(history::Command),
    /// Plans: what offices agreed to do, and which profiles do it
    #[command(subcommand)]
    Plan(plan::Command),
    /// Exercises for those who learn to write profiles, with a grade
    #[command(subcommand)]
    Exercise(exercise::Command),
    Simulate(simulate::Arguments),
    Evaluate(evaluate::Arguments),
    Select(select::Arguments),
    /// Look at the reference tables
    #[command(subcommand)]
    Data(data::Command),
    /// Print a JSON Schema: of the canonical manifest, or of the answer
    Schema(schema::Arguments),
    /// The log of a service: write it out, check it, erase bodies whose days are over
    #[command(subcommand)]
    Log(log::Command),
    /// The state of a service: back it up while it is served, restore it into either store
    #[command(subcommand)]
    State(backup::Command),
    /// Cases of a service: what happens after the hit, what is due, figures
    #[command(subcommand)]
    Case(case::Command),
    Report(report::Arguments),
    Directory(directory::Arguments),
    /// Room for seized goods, told before a container is opened
    #[command(subcommand)]
    Storage(storage::Command),
    /// Readers of a service: who may ask, with which roles and keys
    #[command(subcommand)]
    Readers(readers::Command),
    /// Information: reports and alerts that another office graded, what needs somebody
    #[command(subcommand)]
    Information(information::Command),
    Listings(listings::Arguments),
    /// Webhooks of a service: whom events are told, what could not be told
    #[command(subcommand)]
    Webhooks(webhooks::Command),
    Replay(replay::Arguments),
    /// Take manifests that a gateway puts into a folder, and put the answers into another
    Watch(watch::Arguments),
    /// Serve the HTTP API on this machine, or with TLS to others
    Serve(Box<serve::Arguments>),
}

/// Parses the arguments and runs the command.
pub fn run() -> ExitCode {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    let mut filled = Filled::default();
    if words.get(1).is_some_and(|word| word == "serve") {
        let environment =
            std::env::vars_os().filter_map(|(name, text)| name.into_string().ok().zip(text.into_string().ok()));
        filled = match settings::filled(&serve::command(), words.split_off(2), environment) {
            Ok(filled) => filled,
            Err(why) => {
                say(&why);
                return ExitCode::from(BAD_ARGUMENTS);
            }
        };
        words.extend(filled.words.iter().cloned());
    }
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            if error.use_stderr() {
                // It quotes the arguments, which may be names of files that came from outside.
                say(error.render().to_string().trim_end());
                filled.told_elsewhere().into_iter().for_each(|told| say(&told));
                return ExitCode::from(BAD_ARGUMENTS);
            }
            let printed = error.print();
            return ExitCode::from(printed.map_or_else(|error| out::ended(&error), |()| out::finish(OK)));
        }
    };
    // What a panic says may quote a manifest.
    std::panic::set_hook(Box::new(|panic| {
        if !palisander_engine::manifests::is_contained() {
            say(&panic.to_string());
        }
    }));
    let code = match arguments.command {
        Command::Score(arguments) => score::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Taxa(command) => taxa::run(&command),
        Command::Parties(command) => parties::run(&command),
        Command::Permits(command) => permits::run(&command),
        Command::Alerts(command) => alerts::run(&command),
        Command::Rules(command) => rules::run(&command),
        Command::History(command) => history::run(&command),
        Command::Plan(command) => plan::run(&command),
        Command::Exercise(command) => exercise::run(&command),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Select(arguments) => select::run(&arguments),
        Command::Data(command) => data::run(&command),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Log(command) => log::run(&command),
        Command::State(command) => backup::run(&command),
        Command::Case(command) => case::run(&command),
        Command::Directory(arguments) => directory::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Storage(command) => storage::run(&command),
        Command::Readers(command) => readers::run(&command),
        Command::Information(command) => information::run(&command),
        Command::Listings(arguments) => listings::run(&arguments),
        Command::Webhooks(command) => webhooks::run(&command),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments, &filled),
    };
    ExitCode::from(out::finish(code))
}

/// Says something to the person at the terminal.
#[expect(clippy::print_stderr, reason = "the command line speaks to people on standard error")]
pub fn say(text: &str) {
    eprintln!("palisander: {}", safe::lines(text));
}
