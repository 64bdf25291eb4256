//! `palisander permits`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use palisander_engine::papers::{BurstKind, MatchContext, Register, RowFault, bursts, evaluate, match_line};
use palisander_engine::tables::{DataSource, References};
use serde_json::{Value, json};

use super::{FINDINGS, OK, UNREADABLE, filter, register, say};
use crate::cli::out::putln;
use crate::cli::safe;

/// Permits: the register and the match of declared documents against it.
#[derive(Subcommand)]
pub enum Command {
    /// Match declared permits: lines of {"id","number","holder",…} in, candidates and verdicts out, the best first
    ///
    ///   echo '{"id":1,"number":"14MG00O417"}' | palisander permits match --register permits.csv
    ///
    /// Fields of a question, all optional but id: number, holder, importer, issuing_authority, issuing_country,
    /// issued_on, expires_on, taxon, quantity, unit, type, as_of.
    #[command(verbatim_doc_comment)]
    Match {
        /// Permit register, CSV or NDJSON
        #[arg(long, value_name = "FILE")]
        register: PathBuf,
        /// Files of questions; standard input when there are none
        files: Vec<PathBuf>,
    },
    /// Read a register file and say what does not fit
    Import {
        /// Only check; nothing is kept (the engine reads registers at start)
        #[arg(long)]
        check: bool,
        /// CSV or NDJSON
        file: PathBuf,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Find unusual issuance in a register: many permits of one office in a day, gaps in its serials, serials ahead of
    /// their time, one security stamp on several documents
    Bursts {
        /// CSV, NDJSON or e-permit XML
        register: PathBuf,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Propose a change of a service's register: rows to add, to correct, or a number and a status to end
    ///
    ///   palisander permits change --state DIR lost.csv --note "told by the issuer on 3 May"
    ///
    /// CSV, NDJSON or e-permit XML. A row that does not fit costs the file. It acts once another person has signed.
    #[command(verbatim_doc_comment)]
    Change(register::Change),
    /// Show the changes of a service's register: what acts, what waits for a second person
    Changes(register::Changes),
    /// Sign a change that another person proposed
    Sign(register::Sign),
    /// Measure the match against labelled pairs: precision and recall by category, and every error
    Evaluate {
        /// JSON lines: {"id","category","presented","registered":[…],"verdict","problems","match"}
        file: PathBuf,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    match command {
        Command::Change(asked) => return register::change(asked),
        Command::Changes(asked) => return register::changes(asked),
        Command::Sign(asked) => return register::sign(asked),
        _ => {}
    }
    let references = match References::load(&DataSource::Embedded) {
        Ok(references) => references,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    let context = MatchContext::new(&references);
    match command {
        Command::Match { register, files } => {
            let Some((register, faults)) = open(register) else { return UNREADABLE };
            faults.iter().take(20).for_each(|fault| say(&fault.to_string()));
            filter::run(files, |line| match serde_json::from_str::<Value>(line) {
                Ok(question) => match_line(&register, &question, &context).to_string(),
                Err(error) => json!({ "id": null, "error": format!("not a question: {error}") }).to_string(),
            })
        }
        Command::Import { check: _, file, json } => import(file, *json),
        Command::Bursts { register, json } => unusual(register, *json),
        Command::Evaluate { file } => measure(file, &context),
        // Done above: they need no tables.
        Command::Change(_) | Command::Changes(_) | Command::Sign(_) => OK,
    }
}

/// Reads a register: CSV, NDJSON or e-permit XML, told from the content.
fn open(file: &Path) -> Option<(Register, Vec<RowFault>)> {
    match std::fs::read(file) {
        Ok(bytes) => Some(Register::from_bytes(&bytes)),
        Err(error) => {
            say(&format!("`{}` cannot be read: {error}", file.display()));
            None
        }
    }
}

fn import(file: &Path, as_json: bool) -> u8 {
    let Some((register, faults)) = open(file) else { return UNREADABLE };
    for fault in &faults {
        match (as_json, serde_json::to_string(fault)) {
            (true, Ok(line)) => putln!("{line}"),
            _ => putln!("{fault}"),
        }
    }
    say(&format!("{} documents read, {} fault(s), {} bytes in memory", register.len(), faults.len(), register.bytes()));
    if faults.is_empty() { OK } else { FINDINGS }
}

/// Findings, one a line; exit 1 where there are some.
fn unusual(file: &Path, as_json: bool) -> u8 {
    let Some((register, faults)) = open(file) else { return UNREADABLE };
    faults.iter().take(20).for_each(|fault| say(&fault.to_string()));
    let found = bursts(register.documents());
    for one in &found {
        if as_json {
            putln!("{}", serde_json::to_string(one).unwrap_or_default());
            continue;
        }
        let what = match one.kind {
            BurstKind::ManyInADay => "documents on one day",
            BurstKind::SerialGap => "serials left out",
            BurstKind::SerialAhead => "serials ahead of their time",
            BurstKind::StampReused => "documents with one stamp",
        };
        let country = one.country.map_or_else(String::new, |country| country.to_string());
        let day = one.day.map_or_else(String::new, |day| format!(" {day}"));
        let numbers = one.numbers.join(", ");
        let numbers = safe::line(&numbers);
        putln!("{country} {}{day}: {} {what}, usual {}: {numbers}", safe::line(&one.issuer), one.count, one.usual);
    }
    say(&format!("{} documents read, {} finding(s)", register.len(), found.len()));
    if found.is_empty() { OK } else { FINDINGS }
}

fn measure(file: &Path, context: &MatchContext<'_>) -> u8 {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            say(&format!("`{}` cannot be read: {error}", file.display()));
            return UNREADABLE;
        }
    };
    let (mut lines, mut unread) = (Vec::new(), 0);
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(value) => lines.push(value),
            Err(error) => {
                say(&format!("line {}: {error}", n + 1));
                unread += 1;
            }
        }
    }
    let (scores, wrong) = evaluate(&lines, context);
    putln!("{:<26} {:>6} {:>6} {:>9} {:>7}", "category", "pairs", "exact", "precision", "recall");
    for (category, score) in &scores {
        putln!(
            "{category:<26} {:>6} {:>6} {:>9.3} {:>7.3}",
            score.pairs,
            score.exact,
            score.precision(),
            score.recall()
        );
    }
    wrong.iter().for_each(|line| putln!("{line}"));
    if wrong.is_empty() && unread == 0 { OK } else { FINDINGS }
}
