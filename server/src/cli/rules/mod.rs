//! `palisander rules`

mod backtest;
mod check;
mod cost;
mod diff;
mod docs;
mod evasion;
mod explain;
mod finding;
mod flip;
mod hunt;
mod journal;
mod lsp;
mod new;
mod pack;
mod past;
mod place;
mod revision;
mod shape;
mod side;
mod test;
mod trying;
mod tune;
mod turns;
mod witnesses;

use std::path::{Path, PathBuf};

pub use check::checked;
use clap::{Subcommand, ValueEnum};
pub use docs::written;
pub use finding::finding;
pub use test::tested;

use place::Place;
pub use shape::Shape;

use super::{FINDINGS, OK};
use crate::cli::out::put;

/// `palisander rules …`: everything about profiles.
#[derive(Subcommand)]
pub enum Command {
    /// Check profiles: what does not load, what each indicator needs and costs
    ///
    ///   palisander rules check                    the profile of this folder, else `./rules`, else what is built in
    ///   palisander rules check rules/my-profile   one folder, a folder of folders, or one .rhai file
    #[command(verbatim_doc_comment)]
    Check {
        /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
        path: Option<PathBuf>,
        #[command(flatten)]
        shape: Shape,
    },
    /// Run the cases of every profile; coverage of indicators and branches, and which changes no case notices
    Test {
        /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
        path: Option<PathBuf>,
        /// How to write the report
        #[arg(long, value_enum, default_value = "table")]
        format: Report,
        /// The same as --format json
        #[arg(long)]
        json: bool,
        /// List the changes that no case notices
        #[arg(long)]
        survivors: bool,
    },
    /// Begin a profile: what wood, from where, under what cover, what is honest; written with cases that hold
    ///
    ///   palisander rules new                      asks at a terminal
    ///   palisander rules new --wood ebony --from Gabon --cover "scrap metal" --honest "a CITES permit" --owner Port
    #[command(verbatim_doc_comment)]
    New(new::Arguments),
    Backtest(Box<backtest::Arguments>),
    Tune(Box<tune::Arguments>),
    Hunt(Box<hunt::Arguments>),
    Diff(Box<diff::Arguments>),
    /// Say for every indicator why it is met, not met or open for one consignment
    Explain(explain::Arguments),
    /// What it costs to get around each indicator: the cheapest change of one fact that silences it, and what speaks then
    ///
    /// Tried on the bills of the cases. Those that nothing answers for come first.
    Evasion {
        /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
        path: Option<PathBuf>,
        #[command(flatten)]
        shape: Shape,
    },
    /// What each test costs: parts that it asks at most, fields that it reads, and its time on this machine
    Cost {
        /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
        path: Option<PathBuf>,
        #[command(flatten)]
        shape: Shape,
    },
    /// Look for what is wrong with rules as rules, each with a bill on which it can be seen
    ///
    /// Tests that never or always hold; two that are one; those that another of their group hides; lanes that nothing reaches;
    /// weak signals that pass a threshold alone; figures of which more brings less, against `rises_with` in profile.toml. What is
    /// said is proven from the tests or was tried; every bill is asked of the engine again. Bills are those of the cases, or altered
    /// ones, and with --out they are written as cases, which `rules explain --consignment` reads.
    ///
    /// Exit codes: 0 nothing found, 1 something found, 2 unreadable rules, 4 bills cannot be written.
    Witnesses {
        /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
        path: Option<PathBuf>,
        /// Write the bills into this folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        shape: Shape,
    },
    /// The page of a diagnostic, or the list of all
    ExplainCode {
        /// Code, such as P012
        code: Option<String>,
        #[command(flatten)]
        shape: Shape,
    },
    /// Make a pair of keys by which packs are signed and checked; minisign reads both
    Keys {
        /// Folder for rules.pub and rules.key
        #[arg(long, default_value = ".", value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        password: pack::Password,
        #[command(flatten)]
        shape: Shape,
    },
    /// Check rules, run their cases and make a pack of them, which other offices load from a file
    ///
    ///   palisander rules keys --out keys
    ///   palisander rules pack my-rules --name coast --edition 1 \
    ///     --author "A. Writer" --approved-by "B. Reader" --out coast-1.pack
    ///   palisander rules sign coast-1.pack --key keys/rules.key    (or `pack … --key` at once)
    ///   palisander rules verify coast-1.pack --key keys/rules.pub
    ///   palisander score --rules coast-1.pack --rules-key keys/rules.pub FILE
    #[command(verbatim_doc_comment, visible_alias = "bundle")]
    Pack(Box<pack::PackArguments>),
    /// Sign a pack: FILE.minisig beside it; `minisign -S` does the same
    Sign {
        /// The pack
        pack: PathBuf,
        /// The secret key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        password: pack::Password,
        #[command(flatten)]
        shape: Shape,
    },
    /// Say what a pack is, if its signature holds
    ///
    /// Exit codes: 0 it holds, 1 it does not, 2 a file cannot be read.
    Verify {
        /// The pack
        pack: PathBuf,
        /// The public key of whoever is trusted
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        shape: Shape,
    },
    /// Serve an editor: findings while profiles are written, what words mean, what may be written, cases (Language Server Protocol)
    ///
    /// Speaks on standard input and output and is started by the editor; `server/deploy/editors` shows how.
    Lsp,
    /// Write the catalogue of profiles, the reference of the view and definitions for editors
    Docs {
        /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
        path: Option<PathBuf>,
        /// Folder to write catalogue.md, reference.md and definitions/ into
        #[arg(long, default_value = place::RULES, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        shape: Shape,
    },
}

/// How the report of the cases is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// For people
    Table,
    /// One document
    Json,
    /// JUnit's XML, for build servers
    Junit,
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    match command {
        Command::Check { path, shape } => {
            on(path.as_deref(), |place| print(checked(&place.engine, place.path.as_deref(), shape.is_json())))
        }
        Command::Test { path, format, json, survivors } => {
            let report = if *json { Report::Json } else { *format };
            on(path.as_deref(), |place| print(tested(&place.engine, place.only(), report, *survivors)))
        }
        Command::New(arguments) => new::new(arguments),
        Command::Backtest(arguments) => backtest::backtest(arguments),
        Command::Tune(arguments) => tune::tune(arguments),
        Command::Hunt(arguments) => hunt::hunt(arguments),
        Command::Diff(arguments) => diff::diff(arguments),
        Command::Explain(arguments) => on(arguments.rules.as_deref(), |place| explain::explain(place, arguments)),
        Command::Evasion { path, shape } => on(path.as_deref(), |place| evasion::evasion(place, shape)),
        Command::Cost { path, shape } => on(path.as_deref(), |place| cost::cost(place, shape)),
        Command::Witnesses { path, out, shape } => {
            on(path.as_deref(), |place| witnesses::witnesses(place, shape, out.as_deref()))
        }
        Command::ExplainCode { code, shape } => explain::explain_code(code.as_deref(), shape),
        Command::Keys { out, password, shape } => pack::keys(out, password, shape),
        Command::Pack(arguments) => pack::pack(arguments),
        Command::Sign { pack, key, password, shape } => pack::sign(pack, key, password, shape),
        Command::Verify { pack, key, shape } => pack::verify(pack, key, shape),
        Command::Lsp => lsp::lsp(),
        Command::Docs { path, out, shape } => on(path.as_deref(), |place| docs::docs(&place.engine, out, shape)),
    }
}

/// Does something with the rules that are meant.
fn on(asked: Option<&Path>, act: impl FnOnce(&Place) -> u8) -> u8 {
    match Place::open(asked) {
        Ok(place) => act(&place),
        Err(code) => code,
    }
}

fn print((text, has_findings): (String, bool)) -> u8 {
    put!("{text}");
    if has_findings { FINDINGS } else { OK }
}
