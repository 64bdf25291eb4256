//! `palisander parties`

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use palisander_engine::people::{
    Counted, Half, PairFigures, PartyName, SAME_PARTY, derive_forms, evaluate, screen, similarity,
};
use serde_json::json;

use super::{FINDINGS, OK, UNREADABLE, say};
use crate::cli::out::putln;
use crate::cli::safe;

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Form {
    /// For people
    #[default]
    Table,
    /// The whole result as one JSON document
    Json,
}

/// Names of firms, people and ships.
#[derive(Subcommand)]
pub enum Command {
    /// Say how like two names are, 0 to 1, and whether they are taken for one party
    ///
    ///   palisander parties compare "Bergmann Holzhandel AG" "Bergmann Holzhandel GmbH"
    #[command(verbatim_doc_comment)]
    Compare {
        /// One name
        a: String,
        /// The other
        b: String,
    },
    /// Measure the likeness of names against labelled pairs: precision and recall by kind and by half, and errors
    ///
    /// Files are CSV with the columns a, b, kind, same (true or false) and note. Pairs fall into two halves by a fixed
    /// rule; of one the errors are shown, of the other the figures alone, so that it stays a measure.
    #[command(verbatim_doc_comment)]
    Evaluate {
        /// Labelled pairs
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// How to write the figures
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
    /// Count how many innocent names a watch list stops: both are made from parts of names, by a seed
    Screen {
        /// CSV with the columns culture, part (surname, first, brand, town, trade, form) and word
        parts: PathBuf,
        /// Names on the list
        #[arg(long, default_value_t = 7_000)]
        list: usize,
        /// Innocent names
        #[arg(long, default_value_t = 100_000)]
        names: usize,
        /// Equal seeds, equal names
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How to write the figures
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
    /// Derive the table `legal-forms` from a list of organisation types; rows written by hand are kept
    ///
    ///   palisander parties forms org_types.json datasets/legal-forms/legal-forms.csv
    #[command(verbatim_doc_comment)]
    Forms {
        /// JSON of opensanctions/rigour: rust/data/names/org_types.json
        list: PathBuf,
        /// The table as it is
        table: PathBuf,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    match command {
        Command::Compare { a, b } => {
            let likeness = similarity(&PartyName::new(a), &PartyName::new(b));
            let same = if likeness >= SAME_PARTY { "one party" } else { "two parties" };
            putln!("{likeness:.2}: {same} (from {SAME_PARTY:.2} on two names are taken for one party)");
            OK
        }
        Command::Evaluate { files, format } => measure(files, *format),
        Command::Screen { parts, list, names, seed, format } => {
            let Some(text) = read(parts) else { return UNREADABLE };
            let found = match screen(&text, *list, *names, *seed) {
                Ok(found) => found,
                Err(why) => {
                    say(&format!("`{}`: {why}", parts.display()));
                    return UNREADABLE;
                }
            };
            if *format == Form::Json {
                putln!("{}", serde_json::to_string_pretty(&json!(found)).unwrap_or_default());
                return OK;
            }
            let share = found.hits as f64 * 100.0 / found.asked.max(1) as f64;
            putln!(
                "{} of {} innocent names met a list of {}: {share:.3} % ({} namesakes left out)",
                found.hits,
                found.asked,
                found.listed,
                found.namesakes
            );
            found.examples.iter().for_each(|(name, met)| putln!("  `{}` met `{}`", safe::line(name), safe::line(met)));
            OK
        }
        Command::Forms { list, table } => {
            let (Some(list), Some(table)) = (read(list), read(table)) else { return UNREADABLE };
            match derive_forms(&list, &table) {
                Ok(rows) => {
                    putln!("form,classes,source");
                    rows.iter().for_each(|row| putln!("{},{},{}", row.form, row.classes, row.source));
                    OK
                }
                Err(why) => {
                    say(&why);
                    UNREADABLE
                }
            }
        }
    }
}

fn read(file: &std::path::Path) -> Option<String> {
    match std::fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) => {
            say(&format!("`{}` cannot be read: {error}", file.display()));
            None
        }
    }
}

fn measure(files: &[PathBuf], format: Form) -> u8 {
    let mut texts = Vec::new();
    for file in files {
        let Some(text) = read(file) else { return UNREADABLE };
        texts.push(text);
    }
    let found = evaluate(texts.iter().map(String::as_str));
    match format {
        Form::Json => putln!("{}", serde_json::to_string_pretty(&found).unwrap_or_default()),
        Form::Table => table(&found),
    }
    if found.unread.is_empty() { OK } else { FINDINGS }
}

fn table(found: &PairFigures) {
    putln!("{:<28} {:>6} {:>6} {:>6} {:>6} {:>9} {:>7}", "", "pairs", "same", "taken", "right", "precision", "recall");
    let row = |name: &str, f: &Counted| {
        putln!(
            "{name:<28} {:>6} {:>6} {:>6} {:>6} {:>9.3} {:>7.3}",
            f.pairs,
            f.same,
            f.taken,
            f.right,
            f.precision,
            f.recall
        );
    };
    row("all", &found.all);
    for (half, counted) in &found.by_half {
        row(if *half == Half::Tuned { "half that is looked at" } else { "half never looked at" }, counted);
    }
    found.by_kind.iter().for_each(|(kind, counted)| row(&format!("kind {}", safe::line(kind)), counted));
    for wrong in &found.wrong {
        let label = if wrong.same { "one party" } else { "two parties" };
        let (a, b) = (safe::line(&wrong.a), safe::line(&wrong.b));
        putln!("[{}] `{a}` / `{b}`: {label}, likeness {:.2}", safe::line(&wrong.kind), wrong.similarity);
    }
    found.unread.iter().for_each(|why| putln!("a row was not read: {}", safe::line(why)));
}
