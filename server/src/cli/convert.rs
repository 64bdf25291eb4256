//! `palisander convert`

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisander_engine::manifests::{Fault, Format, Manifest, Parsed, ReadingSummary, Severity};
use serde_json::json;

use super::safe::Safe;
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, out, say, source};
use crate::cli::out::{put, putln};

/// Turn a manifest into canonical JSON.
///
/// The format is told from the content: JSON, NDJSON, CSV, XLSX, UN/EDIFACT CUSCAR, ASYCUDA AWMDS, WCO declarations,
/// CITES e-permits. Other messages are refused by name.
///
/// Examples:
///   palisander convert manifest.edi
///   palisander convert --to ndjson ship.edi | palisander score -
///   palisander convert --show-mapping list.xlsx > map.toml
///   palisander convert --mapping map.toml list.xlsx
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Manifest in any format; `-` is standard input
    file: PathBuf,
    /// Format of the input [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    format: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Write the mapping that would be used, to look at and correct, and nothing else
    #[arg(long)]
    show_mapping: bool,
    /// How to write it
    #[arg(long, value_enum, default_value_t = To::Json)]
    to: To,
    /// Write the faults instead, one JSON object a line; for a table first how it was read
    #[arg(long)]
    report: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// One document: a manifest, or a list where the file holds several
    Json,
    /// One consignment with the head of its manifest a line, in constant memory
    Ndjson,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    let mapping = match source::mapping(arguments.mapping.as_deref()) {
        Ok(mapping) => mapping,
        Err(error) => {
            say(&error);
            return BAD_ARGUMENTS;
        }
    };
    let forced = arguments.format.as_deref().and_then(Format::by_name);
    if arguments.show_mapping {
        return show(arguments, forced, &mapping);
    }
    let (parts, format) = match source::open(&arguments.file, forced, &mapping) {
        Ok(opened) => opened,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let mut out = Output::new(arguments);
    for part in parts {
        let written = match part {
            Ok(parsed) => out.take(parsed),
            Err(error) => out.unreadable(format, &error.to_string()),
        };
        if let Err(error) = written {
            return out::ended(&error);
        }
    }
    out.finish().unwrap_or_else(|error| out::ended(&error))
}

fn show(arguments: &Arguments, forced: Option<Format>, mapping: &palisander_engine::manifests::Mapping) -> u8 {
    let guessed = source::input(&arguments.file, forced).and_then(|(input, format)| {
        palisander_engine::manifests::guess_mapping(input, format, mapping).map_err(|error| error.to_string())
    });
    match guessed {
        Ok(guessed) => {
            putln!("# How {} would be read. Correct it and give it with --mapping.", arguments.file.display());
            put!("{}", guessed.to_toml());
            OK
        }
        Err(error) => {
            say(&error);
            UNREADABLE
        }
    }
}

/// Writes parts as they come, or joins them.
struct Output<'a> {
    arguments: &'a Arguments,
    out: Safe<BufWriter<std::io::Stdout>>,
    whole: Vec<Manifest>,
    /// Faults of a head are told with every part; they are said once.
    said: BTreeSet<(String, String)>,
    unreadable: bool,
    found: bool,
}

/// Faults that are remembered, so that none is said twice.
const MAX_SAID: usize = 10_000;

impl<'a> Output<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        Self {
            arguments,
            out: out::stdout(),
            whole: Vec::new(),
            said: BTreeSet::new(),
            unreadable: false,
            found: false,
        }
    }

    fn take(&mut self, mut parsed: Parsed) -> std::io::Result<()> {
        if let Some(summary) = parsed.summary.take() {
            self.summary(&summary)?;
        }
        let faults = parsed.faults();
        self.found |= faults.iter().any(|fault| fault.severity > Severity::Note);
        let Parsed { manifest, .. } = parsed;
        let joins = self.whole.last().is_some_and(|last| same_head(last, &manifest));
        let before = if joins { self.whole.last().map_or(0, |last| last.consignments.len()) } else { 0 };
        for fault in &faults {
            self.fault(fault, before)?;
        }
        match (self.arguments.report, self.arguments.to) {
            (true, _) => {
                // Only the count is needed, to place the faults of the parts to come.
                self.keep(manifest, joins, true);
                Ok(())
            }
            (false, To::Ndjson) => self.lines(manifest),
            (false, To::Json) => {
                self.keep(manifest, joins, false);
                Ok(())
            }
        }
    }

    /// A report opens with how the table was read: for a person on standard error, for a program as its first line.
    fn summary(&mut self, summary: &ReadingSummary) -> std::io::Result<()> {
        if !self.arguments.report {
            return Ok(());
        }
        summary.lines().iter().for_each(|line| say(line));
        let (found, at) = (summary.line(), summary.sheet.clone().unwrap_or_default());
        let expected = "what was taken for what; correct it with a mapping file";
        line(
            &mut self.out,
            &json!({ "code": "reading_summary", "severity": "note", "at": at, "found": found, "expected": expected, "summary": summary }),
        )
    }

    /// Parts of one manifest become one document: the first head, all consignments and equipment.
    fn keep(&mut self, part: Manifest, joins: bool, count_only: bool) {
        let part = if count_only {
            let hollow = palisander_engine::manifests::Consignment::default();
            let consignments = vec![hollow; part.consignments.len()];
            Manifest { consignments, equipment: Vec::new(), unmapped: Vec::new(), ..part }
        } else {
            part
        };
        match self.whole.last_mut().filter(|_| joins) {
            Some(manifest) => {
                let known: BTreeSet<String> = manifest.equipment.iter().map(|one| one.container.clone()).collect();
                manifest.equipment.extend(part.equipment.into_iter().filter(|one| !known.contains(&one.container)));
                manifest.consignments.extend(part.consignments);
                manifest.unmapped.extend(part.unmapped);
                manifest.totals = part.totals.or(manifest.totals.take());
            }
            None => self.whole.push(part),
        }
    }

    /// One consignment a line: its own containers, the head's leftovers with the first.
    fn lines(&mut self, manifest: Manifest) -> std::io::Result<()> {
        let mut head = manifest;
        let consignments = std::mem::take(&mut head.consignments);
        let mut equipment = std::mem::take(&mut head.equipment);
        let mut unmapped = std::mem::take(&mut head.unmapped);
        let n = consignments.len();
        for (i, consignment) in consignments.into_iter().enumerate() {
            let named = |container: &str| {
                let items = &consignment.goods_items;
                items.iter().any(|item| item.in_containers.iter().any(|place| place.container == container))
            };
            let own = if i + 1 == n {
                std::mem::take(&mut equipment)
            } else {
                equipment.iter().filter(|one| named(&one.container)).cloned().collect()
            };
            let unmapped = std::mem::take(&mut unmapped);
            let one = Manifest { consignments: vec![consignment], equipment: own, unmapped, ..head.clone() };
            line(&mut self.out, &json!({ "manifest": one }))?;
        }
        if n == 0 {
            line(&mut self.out, &json!({ "manifest": Manifest { equipment, unmapped, ..head } }))?;
        }
        Ok(())
    }

    /// Says a fault; places of consignments count from the start of the document.
    fn fault(&mut self, fault: &Fault, before: usize) -> std::io::Result<()> {
        let key = (fault.code.to_owned(), fault.at.clone());
        if self.said.contains(&key) {
            return Ok(());
        }
        let of_bill = fault.place.consignment();
        if self.said.len() < MAX_SAID && of_bill.is_none() {
            self.said.insert(key);
        }
        let place = of_bill.map_or(fault.place, |n| fault.place.within(before + n));
        let fault = Fault { place, ..fault.clone() };
        if self.arguments.report {
            return line(&mut self.out, &serde_json::to_value(fault)?);
        }
        say(&fault.to_string());
        Ok(())
    }

    fn unreadable(&mut self, format: Format, error: &str) -> std::io::Result<()> {
        self.unreadable = true;
        say(error);
        if !self.arguments.report {
            return Ok(());
        }
        let expected = format.name();
        line(
            &mut self.out,
            &json!({ "code": "unreadable", "severity": "lost", "at": "", "found": error, "expected": expected }),
        )
    }

    fn finish(mut self) -> std::io::Result<u8> {
        if !self.arguments.report && self.arguments.to == To::Json {
            let mut manifests: Vec<_> = self.whole.iter().map(|manifest| json!({ "manifest": manifest })).collect();
            let document = match (manifests.len(), manifests.pop()) {
                (1, Some(only)) => Some(only),
                (_, Some(last)) => {
                    manifests.push(last);
                    Some(json!(manifests))
                }
                (_, None) => None,
            };
            if let Some(document) = document {
                serde_json::to_writer_pretty(&mut self.out, &document)?;
                self.out.write_all(b"\n")?;
            }
        }
        self.out.flush()?;
        Ok(match (self.unreadable, self.found) {
            (true, _) => UNREADABLE,
            (false, true) => FINDINGS,
            (false, false) => OK,
        })
    }
}

/// Parts of one manifest have one head.
fn same_head(a: &Manifest, b: &Manifest) -> bool {
    a.reference == b.reference && a.function == b.function && a.sender == b.sender && a.format == b.format
}

fn line(out: &mut impl Write, value: &serde_json::Value) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
