//! `palisander rules explain` and `explain-code`

use std::path::{Path, PathBuf};

use clap::Args;
use palisander_engine::manifests::{Mapping, Parsed, Severity};
use palisander_engine::rules::{Explained, Facts, Indicator, PAGES, Page, cases, page};
use palisander_engine::{Assessment, Date, Engine, rules};
use serde_json::json;

use super::place::Place;
use super::shape::Shape;
use super::test::unloaded;
use super::turns;
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
    /// Only this indicator, by its name or as profile/indicator
    #[arg(long, value_name = "NAME")]
    indicator: Option<String>,
    /// Only what is nearly met: all its clauses hold but one
    #[arg(long)]
    near: bool,
    /// What would change the lane: the fewest facts that bring it lower or higher, and what the open points hang on
    #[arg(long, conflicts_with_all = ["state", "profile", "indicator", "near"])]
    change: bool,
    #[command(flatten)]
    shape: Shape,
}

/// Shows how each indicator of a profile came to its answer for one bill; the exit code.
pub fn explain(place: &Place, arguments: &Arguments) -> u8 {
    let engine = &place.engine;
    unloaded(engine).iter().for_each(|fault| say(&format!("does not load: {fault}")));
    let judged = match judged(engine, arguments) {
        Ok(judged) => judged,
        Err((code, why)) => {
            say(&why);
            return code;
        }
    };
    if arguments.change {
        let found = rules::turns(engine, &judged.facts, judged.as_of, judged.lost);
        arguments.shape.put(&json!(found), || turns::in_words(&found, usize::from(columns(None))));
        return OK;
    }
    let all = rules::explain(engine, &judged.facts);
    if let Some(unknown) = arguments.unknown(engine) {
        say(&unknown);
        return BAD_ARGUMENTS;
    }
    let (width, mut told) = (usize::from(columns(None)), 0);
    for one in all.iter().filter(|one| arguments.wants(one)) {
        told += 1;
        if arguments.shape.is_json() {
            putln!("{}", serde_json::to_string(one).unwrap_or_default());
        } else {
            putln!("{}", wrapped(&in_words(one, arguments.near), width));
        }
    }
    if told == 0 && !arguments.shape.is_json() {
        putln!("none: {} indicator(s) of this bill are something else", all.len());
    }
    OK
}

impl Arguments {
    fn wants(&self, one: &Explained) -> bool {
        let is = |asked: &Option<String>, own: &str| asked.as_deref().is_none_or(|asked| asked == own);
        let whole = format!("{}/{}", one.profile, one.indicator);
        let is_named = self.indicator.as_ref().is_none_or(|name| *name == one.indicator || *name == whole);
        is_named && is(&self.state, one.state) && is(&self.profile, &one.profile) && (!self.near || one.lacks.is_some())
    }

    /// What is asked for and does not exist: nothing would be shown of it, as if it were not met.
    fn unknown(&self, engine: &Engine) -> Option<String> {
        let set = engine.profiles();
        let id = |one: &Indicator| set.profile_of(one).map(|profile| profile.id.as_str()).unwrap_or_default();
        if let Some(profile) = self.profile.as_ref().filter(|own| !set.profiles.iter().any(|one| one.id == **own)) {
            return Some(format!(
                "there is no profile `{profile}` among these rules; `palisander rules check` lists them"
            ));
        }
        let is_it = |one: &Indicator, name: &str| one.name == name || format!("{}/{}", id(one), one.name) == name;
        let missing = self.indicator.as_ref().filter(|name| !set.indicators.iter().any(|one| is_it(one, name)));
        missing.map(|name| {
            format!("there is no indicator `{name}` among these rules; `palisander rules check` lists them")
        })
    }
}

fn in_words(one: &Explained, near: bool) -> String {
    let mut text = format!("{:<12} {}/{} ({} {})", one.state, one.profile, one.indicator, one.each, one.subject);
    if let Some(lacks) = one.lacks.as_ref().filter(|_| near) {
        text.push_str(&format!("\n             all but: {lacks}"));
    }
    for (clause, value) in one.clauses.iter().filter(|(clause, _)| !near || one.lacks.as_ref() == Some(clause)) {
        if !near {
            text.push_str(&format!("\n             {clause}"));
        }
        text.push_str(&format!("\n               → {}", safe::line(value)));
    }
    text
}

/// One bill as rules see it.
struct Judged {
    facts: Facts,
    as_of: Date,
    /// A value of the manifest could not be read.
    lost: bool,
}

impl Judged {
    fn of(facts: Facts, as_of: Date, assessment: &Assessment) -> Self {
        let lost = assessment.faults.iter().any(|fault| fault.severity == Severity::Lost);
        Self { facts, as_of, lost }
    }
}

/// The one bill that is meant: of a case, or of a manifest.
fn judged(engine: &Engine, arguments: &Arguments) -> Result<Judged, (u8, String)> {
    let file = &arguments.consignment;
    let wrong = "--as-of is not a day; write it as 2014-03-01";
    let day = arguments.as_of.as_deref().map(str::parse).transpose().map_err(|_| (BAD_ARGUMENTS, wrong.to_owned()))?;
    let text = std::fs::read_to_string(file).ok();
    if let Some(mut case) = text.as_deref().and_then(|text| cases::read(text).ok()) {
        case.as_of = day.unwrap_or(case.as_of);
        let ran = cases::run(engine, "", "", &case).map_err(|error| (UNREADABLE, error))?;
        return Ok(Judged::of(ran.facts, case.as_of, &ran.assessment));
    }
    of_manifest(engine, file, arguments.bill.as_deref(), day.unwrap_or_else(crate::state::today))
}

fn of_manifest(engine: &Engine, file: &Path, bill: Option<&str>, day: Date) -> Result<Judged, (u8, String)> {
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
    let settled = engine.settle(engine.gather(&part.manifest, one, day), &engine.past());
    let (facts, assessment) =
        (engine.facts(&settled, &part.faults_of(n)), engine.conclude(&settled, &part.faults_of(n)));
    Ok(Judged::of(facts, day, &assessment))
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
