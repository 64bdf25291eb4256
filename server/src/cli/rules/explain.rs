//! `palisander rules explain` and `explain-code`

use std::path::{Path, PathBuf};

use clap::Args;
use palisander_engine::manifests::{Mapping, Parsed};
use palisander_engine::rules::{Explained, Facts, PAGES, Page, cases, page};
use palisander_engine::{Date, Engine, rules};
use serde_json::json;

use super::place::Place;
use super::shape::Shape;
use super::test::unloaded;
use crate::cli::out::{columns, putln, wrapped};
use crate::cli::{BAD_ARGUMENTS, OK, UNREADABLE, safe, say, source};

/// Bills that are named when it must be asked which is meant.
const NAMED: usize = 20;

/// Arguments of `explain`.
#[derive(Args)]
pub struct Arguments {
    /// A manifest in any format, or a case
    #[arg(long, value_name = "FILE")]
    consignment: PathBuf,
    /// Which bill, where the manifest holds several
    #[arg(long, value_name = "BILL")]
    bill: Option<String>,
    /// Day that counts [default: today in UTC, or the case's]
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<String>,
    /// Rules to look at [default: the profile of this folder, else `./rules`, else the built-in ones]
    #[arg(long, value_name = "PATH")]
    pub rules: Option<PathBuf>,
    /// Only these states: met, "not met", unverifiable
    #[arg(long)]
    state: Option<String>,
    /// Only the indicators of this profile
    #[arg(long, value_name = "ID")]
    profile: Option<String>,
    #[command(flatten)]
    shape: Shape,
}

/// Shows how each indicator of a profile came to its answer for one bill; the exit code.
pub fn explain(place: &Place, arguments: &Arguments) -> u8 {
    let engine = &place.engine;
    unloaded(engine).iter().for_each(|fault| say(&format!("does not load: {fault}")));
    let facts = match facts(engine, arguments) {
        Ok(facts) => facts,
        Err((code, why)) => {
            say(&why);
            return code;
        }
    };
    let width = usize::from(columns(None));
    let is = |asked: &Option<String>, own: &str| asked.as_deref().is_none_or(|asked| asked == own);
    let wanted = |one: &&Explained| is(&arguments.state, one.state) && is(&arguments.profile, &one.profile);
    for one in rules::explain(engine, &facts).iter().filter(wanted) {
        if arguments.shape.is_json() {
            putln!("{}", serde_json::to_string(one).unwrap_or_default());
            continue;
        }
        let mut text = format!("{:<12} {}/{} ({} {})", one.state, one.profile, one.indicator, one.each, one.subject);
        for (clause, value) in &one.clauses {
            text.push_str(&format!("\n             {clause}\n               → {}", safe::line(value)));
        }
        putln!("{}", wrapped(&text, width));
    }
    OK
}

/// The facts of the one bill that is meant: of a case, or of a manifest.
fn facts(engine: &Engine, arguments: &Arguments) -> Result<Facts, (u8, String)> {
    let file = &arguments.consignment;
    let wrong = "--as-of is not a day; write it as 2014-03-01";
    let day = arguments.as_of.as_deref().map(str::parse).transpose().map_err(|_| (BAD_ARGUMENTS, wrong.to_owned()))?;
    let text = std::fs::read_to_string(file).ok();
    if let Some(mut case) = text.as_deref().and_then(|text| cases::read(text).ok()) {
        case.as_of = day.unwrap_or(case.as_of);
        return cases::run(engine, "", "", &case).map(|ran| ran.facts).map_err(|error| (UNREADABLE, error));
    }
    of_manifest(engine, file, arguments.bill.as_deref(), day.unwrap_or_else(crate::state::today))
}

fn of_manifest(engine: &Engine, file: &Path, bill: Option<&str>, day: Date) -> Result<Facts, (u8, String)> {
    let unreadable = |error: String| (UNREADABLE, format!("`{}`: {error}", file.display()));
    let (parts, _) = source::open(file, None, &Mapping::default()).map_err(|error| (UNREADABLE, error))?;
    let parts: Vec<Parsed> = parts
        .collect::<Result<_, _>>()
        .map_err(|error: palisander_engine::manifests::ManifestError| unreadable(error.to_string()))?;
    let all: Vec<(&Parsed, usize)> =
        parts.iter().flat_map(|part| (0..part.manifest.consignments.len()).map(move |n| (part, n))).collect();
    let name = |(part, n): &(&Parsed, usize)| {
        part.manifest.consignments.get(*n).map(|one| one.bill_of_lading.clone()).unwrap_or_default()
    };
    let is_meant = |one: &(&Parsed, usize)| bill.is_none_or(|bill| name(one).trim().eq_ignore_ascii_case(bill.trim()));
    let meant: Vec<(&Parsed, usize)> = all.iter().copied().filter(is_meant).collect();
    let (part, n) = match (meant.as_slice(), bill) {
        ([one], _) => *one,
        ([], None) => return Err(unreadable("the manifest holds no consignment".to_owned())),
        ([], Some(bill)) => {
            return Err((BAD_ARGUMENTS, format!("--bill `{bill}` is not one of: {}", names(&all, &name))));
        }
        (several, _) => {
            let ask = format!("{} bills; which one? --bill of: {}", several.len(), names(several, &name));
            return Err((BAD_ARGUMENTS, format!("`{}` holds {ask}", file.display())));
        }
    };
    let one = part.manifest.consignments.get(n).ok_or_else(|| unreadable("the bill is gone".to_owned()))?;
    let gathered = engine.gather(&part.manifest, one, day);
    Ok(engine.facts(&engine.settle(gathered, &engine.past()), &part.faults_of(n)))
}

fn names(bills: &[(&Parsed, usize)], name: &dyn Fn(&(&Parsed, usize)) -> String) -> String {
    let more = bills.len().checked_sub(NAMED).filter(|more| *more > 0).map(|n| format!("and {n} more"));
    bills.iter().take(NAMED).map(name).chain(more).collect::<Vec<_>>().join(", ")
}

/// Prints the page of a diagnostic, or the list of all; the exit code.
pub fn explain_code(code: Option<&str>, shape: &Shape) -> u8 {
    let document = |page: &Page| json!({ "code": page.code, "severity": page.gravity.as_str(), "title": page.title, "text": page.text });
    let Some(code) = code else {
        let row = |page: &Page| format!("{} {:<7} {}\n", page.code, page.gravity.as_str(), page.title);
        shape.put(&PAGES.iter().map(document).collect(), || PAGES.iter().map(row).collect());
        return OK;
    };
    let Some(page) = page(code) else {
        say(&format!("there is no code `{code}`; `palisander rules explain-code` lists all"));
        return BAD_ARGUMENTS;
    };
    let words = || format!("{} {}: {}\n\n{}", page.code, page.gravity.as_str(), page.title, page.text);
    shape.put(&document(page), words);
    OK
}
