//! `palisander taxa`

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::PathBuf;

use clap::Subcommand;
use palisander_engine::tables::{DataSource, load_ordinary};
use palisander_engine::woods::{
    Figures, NameIndex, NameQuery, OrdinaryWords, Resolution, Verdict, evaluate, resolve_line,
};

use super::safe;
use super::{FINDINGS, OK, UNREADABLE, filter, say};
use crate::cli::out::{coloured, painted, putln};

/// Names of woods.
#[derive(Subcommand)]
pub enum Command {
    /// Say what wood a text names: lines of {"id","text","hs","origin"} in, mentions out
    ///
    /// Verdicts: flag, wood of Dalbergia, Diospyros or Osyris is named; review, it may be; lookalike, a substitute only;
    /// none. Spans are bytes of the original text.
    ///
    ///   echo '{"id":1,"text":"palissandre de Rio, placage","hs":"4408"}' | palisander taxa resolve
    ///   palisander taxa resolve --text "ROSEWOOD OIL (ANIBA)"
    #[command(verbatim_doc_comment)]
    Resolve {
        /// Files of questions; standard input when there are none
        files: Vec<PathBuf>,
        /// One text, answered for people
        #[arg(long)]
        text: Option<String>,
        /// HS code of that text
        #[arg(long, requires = "text")]
        hs: Option<String>,
        /// Reference tables instead of the built-in ones
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Measure the names against labelled rows: precision, recall and F1 by label, kind and language, and every error
    Evaluate {
        /// JSON lines with `text` and `label`, or with `query` and `accepted`
        file: PathBuf,
        /// The whole result as JSON
        #[arg(long)]
        json: bool,
        /// Reference tables instead of the built-in ones
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Derive the table `ordinary-words`: which words of lists would be taken for damaged names
    ///
    /// Lists hold one word a line, or a word and what follows a space. The rows go to standard output, the fingerprint of
    /// the names, for the table's card, to standard error. Spellings that the table has as reviewed are kept.
    ///
    ///   palisander taxa ordinary --words fr.txt --words de.txt --genera genera.txt --species species.txt
    #[command(verbatim_doc_comment)]
    Ordinary {
        /// Words of languages, places, persons, brands
        #[arg(long, value_name = "FILE", num_args = 1..)]
        words: Vec<PathBuf>,
        /// Accepted genera of plants
        #[arg(long, value_name = "FILE", num_args = 1..)]
        genera: Vec<PathBuf>,
        /// Accepted species of plants, `Genus epithet`
        #[arg(long, value_name = "FILE", num_args = 1..)]
        species: Vec<PathBuf>,
        /// Reference tables instead of the built-in ones
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

/// Takes one word of a list.
type Take<'w> = fn(&mut OrdinaryWords<'w>, &str);

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let (Command::Resolve { data, .. } | Command::Evaluate { data, .. } | Command::Ordinary { data, .. }) = command;
    let source = data.clone().map_or(DataSource::Embedded, DataSource::Folder);
    let built = match command {
        Command::Ordinary { .. } => NameIndex::without_ordinary(&source),
        _ => NameIndex::build(&source),
    };
    let index = match built {
        Ok(index) => index,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    match command {
        Command::Resolve { text: Some(text), hs, .. } => explain(&index, text, hs.as_deref()),
        Command::Resolve { files, .. } => filter::run(files, |line| resolve_line(&index, line).to_string()),
        Command::Evaluate { file, json, .. } => measure(&index, file, *json),
        Command::Ordinary { words, genera, species, .. } => ordinary(&index, &source, [words, genera, species]),
    }
}

fn ordinary(index: &NameIndex, source: &DataSource, lists: [&Vec<PathBuf>; 3]) -> u8 {
    let reviewed = match load_ordinary(source) {
        Ok(rows) => rows,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    let mut found = OrdinaryWords::new(index, &reviewed);
    let [words, genera, species] = lists;
    let takes: [(&Vec<PathBuf>, Take<'_>); 3] = [
        (words, |found, line| found.word(first_word(line))),
        (genera, |found, line| found.genus(first_word(line))),
        (species, |found, line| found.species(line.trim())),
    ];
    for (files, take) in takes {
        for file in files {
            let lines = match std::fs::File::open(file) {
                Ok(file) => std::io::BufReader::new(file).lines(),
                Err(error) => {
                    say(&format!("`{}` cannot be read: {error}", file.display()));
                    return UNREADABLE;
                }
            };
            // A line that is no UTF-8 is no word.
            lines.map_while(Result::ok).for_each(|line| take(&mut found, &line));
        }
    }
    putln!("word,kind,name");
    found.rows().for_each(|row| putln!("{},{},{}", row.word, row.kind, row.name));
    say(&format!("names: {}", index.fingerprint()));
    OK
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

fn explain(index: &NameIndex, text: &str, hs: Option<&str>) -> u8 {
    let hs = hs.and_then(|hs| hs.parse().ok());
    let resolution = index.resolve(&NameQuery { text, hs: hs.as_ref(), ..NameQuery::default() });
    painted(&words(text, &resolution, coloured()));
    OK
}

/// The text with its names marked, then a line for each.
fn words(text: &str, resolution: &Resolution, colour: bool) -> String {
    let mut out = String::new();
    let verdict = match resolution.verdict {
        Verdict::Flag => "flag: wood of a listed genus is named",
        Verdict::Review => "review: it may be wood of a listed genus",
        Verdict::Lookalike => "lookalike: a substitute genus only",
        Verdict::None => "none: no such wood is named",
    };
    let mut at = 0;
    for mention in &resolution.mentions {
        let (from, to) = mention.span;
        let (Some(before), Some(name)) = (text.get(at..from), text.get(from..to)) else { continue };
        let (before, name) = (safe::line(before), safe::line(name));
        let code = if mention.in_scope { "1;31" } else { "33" };
        let _ =
            if colour { write!(out, "{before}\u{1b}[{code}m{name}\u{1b}[0m") } else { write!(out, "{before}[{name}]") };
        at = to;
    }
    let _ = writeln!(out, "{}\n{verdict}", safe::line(text.get(at..).unwrap_or_default()));
    for mention in &resolution.mentions {
        let value = serde_json::to_value(mention).unwrap_or_default();
        let word = |key: &str| value.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let _ = write!(
            out,
            "  `{}` = {} ({}, {}, {:.2})",
            safe::line(&mention.text),
            mention.taxon,
            word("method").replace('_', " "),
            word("strength"),
            mention.similarity
        );
        let _ = if mention.alternatives.is_empty() {
            writeln!(out)
        } else {
            writeln!(out, "; or {}", mention.alternatives.join(", "))
        };
        for why in &mention.context {
            let _ = writeln!(out, "      {}", safe::line(why));
        }
    }
    for excluded in &resolution.excluded {
        let _ = writeln!(out, "  set aside `{}`: {}", safe::line(&excluded.text), safe::line(&excluded.why));
    }
    out
}

fn measure(index: &NameIndex, file: &std::path::Path, json: bool) -> u8 {
    let rows = match std::fs::read_to_string(file) {
        Ok(rows) => rows,
        Err(error) => {
            say(&format!("`{}` cannot be read: {error}", file.display()));
            return UNREADABLE;
        }
    };
    let found = evaluate(index, &rows);
    if json {
        putln!("{}", serde_json::to_string_pretty(&found).unwrap_or_default());
    } else {
        putln!("{:<28} {:>5} {:>6} {:>6} {:>7} {:>7} {:>7}", "", "rows", "right", "flag", "precis.", "recall", "F1");
        let row = |name: &str, f: &Figures| {
            putln!(
                "{name:<28} {:>5} {:>6} {:>6} {:>7.3} {:>7.3} {:>7.3}",
                f.n,
                f.right,
                f.flagged,
                f.precision,
                f.recall,
                f.f1
            );
        };
        row("all", &found.all);
        for (title, group) in [("label", &found.by_label), ("kind", &found.by_kind), ("language", &found.by_language)] {
            group.iter().for_each(|(name, figures)| row(&format!("{title} {name}"), figures));
        }
        for miss in &found.misses {
            putln!("{} [{}] `{}`: wants {}, got {}", miss.id, miss.label, miss.text, miss.expected, miss.answered);
        }
        found.unread.iter().for_each(|(line, why)| putln!("line {line} was not read: {why}"));
    }
    if found.unread.is_empty() { OK } else { FINDINGS }
}
