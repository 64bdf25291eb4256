//! `palisander rules check`

use std::fmt::Write as _;
use std::path::Path;

use palisander_engine::rules::{Gravity, Indicator, ProfileFault};
use palisander_engine::{Engine, rules};
use serde_json::{Value, json};

use super::finding::finding;
use crate::cli::out::{columns, wrapped};
use crate::service::diagnosis::{diagnose, gravity, is_worse};

/// For each indicator what runs it, what it costs at most and what it needs; then the findings. The text, and whether
/// something is worse than a note.
pub fn checked(engine: &Engine, path: Option<&Path>, as_json: bool) -> (String, bool) {
    let width = usize::from(columns(None));
    let set = engine.profiles();
    let only = path.map(rules::ids_in);
    let only = only.as_deref().filter(|only| !only.is_empty());
    let mut found = diagnose(engine, only, crate::state::today());
    // A file that belongs to no profile is told too: somebody meant it to be one.
    let is_strange = |fault: &&ProfileFault| only.is_some_and(|only| !only.contains(&fault.profile));
    found.extend(set.faults.iter().filter(is_strange).cloned());
    // What does not load comes first: nothing else that is said of it can be relied on.
    found.sort_by_key(|fault| std::cmp::Reverse(gravity(fault)));
    let worse = found.iter().any(is_worse);
    let native = set.indicators.iter().filter(|indicator| indicator.native.is_some()).count();
    let extent = set.extent();
    let id = |indicator: &Indicator| set.profile_of(indicator).map(|profile| profile.id.as_str()).unwrap_or_default();
    let wanted = |one: &&Indicator| only.is_none_or(|only| only.iter().any(|name| name == id(one)));
    let indicators = set.indicators.iter().filter(&wanted);
    if as_json {
        let answer = json!({
            "findings": found.iter().map(fault_json).collect::<Vec<_>>(),
            "indicators": indicators.map(|one| indicator_json(id(one), one)).collect::<Vec<_>>(),
            "native": native,
            "clauses": extent.clauses,
            "clauses_indexed": extent.indexed,
        });
        return (format!("{answer}\n"), worse);
    }
    let (unloaded, doubts): (Vec<_>, Vec<_>) = found.iter().partition(|fault| gravity(fault) == Gravity::Error);
    let mut text = String::new();
    let told = |faults: Vec<&ProfileFault>, text: &mut String| {
        for fault in faults {
            let _ = writeln!(text, "{}\n", finding(gravity(fault), fault, width));
        }
    };
    told(unloaded, &mut text);
    for one in indicators {
        let _ = writeln!(text, "{}", indicator_line(id(one), one));
    }
    told(doubts, &mut text);
    let profiles = set.profiles.iter().filter(|profile| only.is_none_or(|only| only.contains(&profile.id))).count();
    let own: Vec<&Indicator> = set.indicators.iter().filter(&wanted).collect();
    let own_native = own.iter().filter(|indicator| indicator.native.is_some()).count();
    let _ = write!(text, "{profiles} profile(s), {} indicators, {own_native} of them native", own.len());
    if only.is_none() {
        let (indexed, clauses, columns) = (extent.indexed, extent.clauses, extent.columns);
        let _ = write!(text, ", {indexed} of {clauses} clauses indexed in {columns} columns");
    }
    let _ = writeln!(text, "; {} finding(s)", found.len());
    if !found.is_empty() {
        text.push_str("`palisander rules explain-code CODE` says more\n");
    }
    (wrapped(&text, width), worse)
}

fn needs(indicator: &Indicator) -> Vec<String> {
    let name = |(view, field): &(rules::View, usize)| {
        format!("{}.{}", view.name(), view.fields().get(*field).map_or("", |field| field.name))
    };
    indicator.reads.iter().map(name).collect()
}

fn indicator_line(profile: &str, indicator: &Indicator) -> String {
    let form = match (&indicator.interpreted_because, indicator.interpreted_at) {
        (None, _) => "native".to_owned(),
        (Some(why), None) => format!("interpreted ({why})"),
        (Some(why), Some((line, column))) => format!("interpreted ({why}, line {line} column {column})"),
    };
    let (operations, needs) = (indicator.worst_operations(), needs(indicator).join(", "));
    format!("{profile}/{}: {form}, at most {operations} operations, needs {needs}", indicator.name)
}

fn indicator_json(profile: &str, indicator: &Indicator) -> Value {
    json!({
        "profile": profile,
        "indicator": indicator.name,
        "each": indicator.each.name(),
        "native": indicator.native.is_some(),
        "interpreted_because": indicator.interpreted_because,
        "interpreted_at": indicator.interpreted_at.map(|(line, column)| json!({ "line": line, "column": column })),
        "worst_operations": indicator.worst_operations(),
        "reads": needs(indicator),
    })
}

/// A finding as JSON has it, with its place.
pub fn fault_json(fault: &ProfileFault) -> Value {
    json!({
        "code": fault.code,
        "severity": gravity(fault).as_str(),
        "profile": fault.profile,
        "file": fault.file,
        "indicator": fault.indicator,
        "span": fault.span(),
        "line": fault.line,
        "what": fault.what,
        "fix": fault.fix,
    })
}
