//! `palisander convert`

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisander_engine::manifest::parse::Format;
use palisander_engine::manifest::{Fault, Manifest, Severity};
use serde_json::json;

use super::{FINDINGS, OK, UNREADABLE, say, source};

/// Turn a manifest into canonical JSON.
#[derive(Args)]
pub struct Arguments {
    /// Manifest in any format; `-` is standard input
    file: PathBuf,
    /// Format of the input [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    format: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = To::Json)]
    to: To,
    /// Write the faults instead, one JSON object a line
    #[arg(long)]
    report: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// One document
    Json,
    /// One manifest or part of it a line, in constant memory
    Ndjson,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    let (parts, format) = match source::open(&arguments.file, arguments.format.as_deref().and_then(Format::by_name)) {
        Ok(opened) => opened,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let mut out = BufWriter::new(std::io::stdout());
    let mut whole: Option<Manifest> = None;
    let (mut unreadable, mut found) = (false, false);
    for part in parts {
        let written = match part {
            Ok(parsed) => {
                found |= parsed.faults.iter().any(|fault| fault.severity > Severity::Note);
                let reported = faults(&mut out, arguments.report, &parsed.faults);
                match (arguments.report, arguments.to, &mut whole) {
                    (true, ..) => reported,
                    (false, To::Ndjson, _) => line(&mut out, &json!({ "manifest": parsed.manifest })),
                    (false, To::Json, Some(manifest)) => {
                        join(manifest, parsed.manifest);
                        Ok(())
                    }
                    (false, To::Json, None) => {
                        whole = Some(parsed.manifest);
                        Ok(())
                    }
                }
            }
            Err(error) => {
                unreadable = true;
                say(&error.to_string());
                if arguments.report {
                    line(
                        &mut out,
                        &json!({ "code": "unreadable", "severity": "lost", "expected": format!("{format:?}"), "found": error.to_string() }),
                    )
                } else {
                    Ok(())
                }
            }
        };
        if written.is_err() {
            return OK;
        }
    }
    if let Some(manifest) = whole {
        let _ = serde_json::to_writer_pretty(&mut out, &json!({ "manifest": manifest }));
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
    match (unreadable, found) {
        (true, _) => UNREADABLE,
        (false, true) => FINDINGS,
        (false, false) => OK,
    }
}

/// Parts of one file become one document: the first head, all consignments and equipment.
fn join(manifest: &mut Manifest, part: Manifest) {
    for equipment in part.equipment {
        if !manifest.equipment.iter().any(|known| known.container == equipment.container) {
            manifest.equipment.push(equipment);
        }
    }
    manifest.consignments.extend(part.consignments);
    manifest.unmapped.extend(part.unmapped);
}

fn faults(out: &mut impl Write, report: bool, faults: &[Fault]) -> std::io::Result<()> {
    for fault in faults {
        if report {
            line(out, &serde_json::to_value(fault)?)?;
        } else {
            say(&fault.to_string());
        }
    }
    Ok(())
}

fn line(out: &mut impl Write, value: &serde_json::Value) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
