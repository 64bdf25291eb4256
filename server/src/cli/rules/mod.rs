//! `palisander rules`

mod check;
mod docs;
mod explain;
mod finding;
mod pack;
mod test;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, Options};

pub use check::checked;
pub use docs::written;
pub use finding::finding;
pub use test::tested;

use super::{FINDINGS, OK, UNREADABLE, say};
use crate::cli::out::put;

/// `palisander rules …`: everything about profiles.
#[derive(Subcommand)]
pub enum Command {
    /// Check profiles: what does not load, what each indicator needs and costs
    ///
    ///   palisander rules check                    the shipped rules
    ///   palisander rules check rules/my-profile   one folder, a folder of folders, or one .rhai file
    #[command(verbatim_doc_comment)]
    Check {
        /// Rules added to the shipped ones
        path: Option<PathBuf>,
        /// JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the cases of every profile; coverage of indicators and branches, and which changes no case notices
    Test {
        /// Rules added to the shipped ones
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
    /// Say for every indicator why it is met, not met or open for one consignment
    Explain(explain::Arguments),
    /// The page of a diagnostic, or the list of all
    ExplainCode {
        /// Code, such as P012
        code: Option<String>,
    },
    /// Make a pair of keys by which packs are signed and checked; minisign reads both
    Keys {
        /// Folder for rules.pub and rules.key
        #[arg(long, default_value = ".", value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        password: pack::Password,
    },
    /// Check rules, run their cases and make a pack of them, which other offices load from a file
    ///
    ///   palisander rules keys --out keys
    ///   palisander rules pack my-rules --name coast --edition 1 \
    ///     --author "A. Writer" --approved-by "B. Reader" --out coast-1.pack
    ///   palisander rules sign coast-1.pack --key keys/rules.key
    ///   palisander rules verify coast-1.pack --key keys/rules.pub
    ///   palisander score --rules coast-1.pack --rules-key keys/rules.pub FILE
    #[command(verbatim_doc_comment, visible_alias = "bundle")]
    Pack(pack::PackArguments),
    /// Sign a pack: FILE.minisig beside it; `minisign -S` does the same
    Sign {
        /// The pack
        pack: PathBuf,
        /// The secret key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        password: pack::Password,
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
    },
    /// Write the catalogue of profiles, the reference of the view and definitions for editors
    Docs {
        /// Folder to write catalogue.md, reference.md and definitions/ into
        #[arg(long, default_value = "rules", value_name = "DIR")]
        out: PathBuf,
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
    let overlay = match command {
        Command::Check { path, .. } | Command::Test { path, .. } => path.clone(),
        Command::Explain(arguments) => arguments.rules.clone(),
        Command::ExplainCode { code } => return explain::explain_code(code.as_deref()),
        Command::Docs { .. } => None,
        Command::Keys { out, password } => return pack::keys(out, password),
        Command::Pack(arguments) => return pack::pack(arguments),
        Command::Sign { pack, key, password } => return pack::sign(pack, key, password),
        Command::Verify { pack, key } => return pack::verify(pack, key),
    };
    let options = Options { rules: RuleSource { overlay, ..RuleSource::default() }, ..Options::default() };
    let engine = match Engine::open(&options) {
        Ok(engine) => engine,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    match command {
        Command::Check { json, path } => print(checked(&engine, path.as_deref(), *json)),
        Command::ExplainCode { .. }
        | Command::Keys { .. }
        | Command::Pack(_)
        | Command::Sign { .. }
        | Command::Verify { .. } => OK,
        Command::Test { format, json, survivors, .. } => {
            print(tested(&engine, if *json { Report::Json } else { *format }, *survivors))
        }
        Command::Explain(arguments) => explain::explain(&engine, arguments),
        Command::Docs { out } => docs::docs(&engine, out),
    }
}

fn print((text, has_findings): (String, bool)) -> u8 {
    put!("{text}");
    if has_findings { FINDINGS } else { OK }
}
