//! `palisander rules witnesses`

use std::path::Path;

use palisander_engine::rules::{Shown, Witness, witnesses as found_in};
use serde_json::json;

use super::place::Place;
use super::shape::Shape;
use super::test::unloaded;
use crate::cli::{FINDINGS, INCOMPLETE, OK, safe, say};

/// What is wrong with the rules as rules, each with a bill that shows it; the exit code.
pub fn witnesses(place: &Place, shape: &Shape, out: Option<&Path>) -> u8 {
    let engine = &place.engine;
    unloaded(engine).iter().for_each(|fault| say(&format!("does not load: {fault}")));
    let found = found_in(engine, place.only());
    if let Some(why) = out.and_then(|out| written(&found, out).err()) {
        say(&why);
        return INCOMPLETE;
    }
    shape.put(&json!(found), || in_words(&found));
    if found.is_empty() { OK } else { FINDINGS }
}

fn in_words(found: &[Witness]) -> String {
    if found.is_empty() {
        return "nothing found: no test that never or always holds, no two that are one, none that another hides, no lane that \
                nothing reaches, no weak signal that passes a threshold alone, no promise that is broken"
            .to_owned();
    }
    found.iter().enumerate().map(|(n, one)| told(n, one)).collect::<Vec<_>>().join("\n")
}

fn told(n: usize, one: &Witness) -> String {
    let mut text = format!("{}: {}\n  {}\n", one.claim.as_str().replace('_', " "), one.of.join(", "), one.says);
    if one.bills.is_empty() {
        text.push_str("  no bill was found that shows it\n");
    }
    for (k, shown) in one.bills.iter().enumerate() {
        let Shown { shows, lane, score, .. } = shown;
        let bill = safe::line(bill_of_lading(shown)).to_string();
        text.push_str(&format!("  {} ({bill}): {}; {} ({score})\n", file(n, k, one), safe::line(shows), lane.as_str()));
    }
    text
}

fn bill_of_lading(shown: &Shown) -> &str {
    let of = |at: &str| shown.case.pointer(at).and_then(serde_json::Value::as_str);
    of("/consignment/bill_of_lading").or_else(|| of("/manifest/consignments/0/bill_of_lading")).unwrap_or_default()
}

/// The name of the file of a bill.
fn file(n: usize, k: usize, one: &Witness) -> String {
    let claim = one.claim.as_str().replace('_', "-");
    let letter = if one.bills.len() == 1 { String::new() } else { format!("-{}", k + 1) };
    format!("{}-{claim}{letter}.json", n + 1)
}

/// Writes every bill as a case.
fn written(found: &[Witness], out: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("`{}` cannot be written: {error}", out.display());
    std::fs::create_dir_all(out).map_err(failed)?;
    for (n, one) in found.iter().enumerate() {
        for (k, shown) in one.bills.iter().enumerate() {
            let mut case = shown.case.clone();
            if let Some(case) = case.as_object_mut() {
                case.insert("title".to_owned(), json!(format!("{}: {}", one.of.join(", "), shown.shows)));
            }
            let text = serde_json::to_string_pretty(&case).unwrap_or_default();
            std::fs::write(out.join(file(n, k, one)), text + "\n").map_err(failed)?;
        }
    }
    Ok(())
}
