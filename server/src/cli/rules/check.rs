//! `palisander rules check`

use std::fmt::Write as _;
use std::path::Path;

use palisander_engine::rules::{Gravity, Indicator, ProfileFault, Table, Tables, allowed, cases, lint, page};
use palisander_engine::{CountryCode, Engine, rules};
use serde_json::{Value, json};

use super::finding::finding;
use crate::cli::out::columns;

/// Faults at load, then doubts and what the cases leave open, less what the writer has allowed; of the profiles named, or of
/// all.
pub fn diagnose(engine: &Engine, only: Option<&[String]>) -> Vec<ProfileFault> {
    let references = engine.references();
    let tables = Tables {
        holds: &|table, word| holds(engine, table, word),
        in_force: &|citation, day| references.instruments.in_force(citation, day),
        today: crate::state::today(),
    };
    let wanted = |id: &str| only.is_none_or(|only| only.iter().any(|name| name == id));
    let mut found: Vec<ProfileFault> =
        engine.profiles().faults.iter().filter(|fault| wanted(&fault.profile)).cloned().collect();
    let doubts = lint(engine.profiles(), &tables, only);
    for profile in engine.profiles().profiles.iter().filter(|profile| wanted(&profile.id)) {
        let mut own: Vec<ProfileFault> = doubts.iter().filter(|doubt| doubt.profile == profile.id).cloned().collect();
        own.extend(cases::doubts(engine, profile));
        found.extend(allowed(profile, own));
    }
    found
}

/// Does the table hold the word as rules write it?
fn holds(engine: &Engine, table: Table, word: &str) -> bool {
    let references = engine.references();
    match table {
        Table::Countries => word
            .parse()
            .is_ok_and(|code: CountryCode| code.as_str() == word && references.countries.get(code).is_some()),
        Table::Taxa => engine.names().taxon(word).is_some(),
        Table::Forms => word.parse::<palisander_engine::tables::Form>().is_ok(),
        Table::Claims => engine.words().is_claim(word),
        Table::SpecialClaims => engine.words().is_special_claim(word),
        Table::Routes => references.routes.rows().iter().any(|route| route.id == word),
        Table::CoverGoods => references.covers.rows().iter().any(|goods| goods.id == word),
    }
}

/// For each indicator what runs it, what it costs at most and what it needs; then the findings. The text, and whether
/// something is worse than a note.
pub fn checked(engine: &Engine, path: Option<&Path>, as_json: bool) -> (String, bool) {
    let width = usize::from(columns(None));
    let set = engine.profiles();
    let only = path.map(rules::ids_in);
    let only = only.as_deref().filter(|only| !only.is_empty());
    let found = diagnose(engine, only);
    let worse = found.iter().any(|fault| gravity(fault) > Gravity::Note);
    let native = set.indicators.iter().filter(|indicator| indicator.native.is_some()).count();
    let extent = set.extent();
    let id = |indicator: &Indicator| set.profile_of(indicator).map(|profile| profile.id.as_str()).unwrap_or_default();
    let wanted = |one: &&Indicator| only.is_none_or(|only| only.iter().any(|name| name == id(one)));
    let indicators = set.indicators.iter().filter(wanted);
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
    let mut text = String::new();
    for one in indicators {
        let _ = writeln!(text, "{}", indicator_line(id(one), one));
    }
    for fault in &found {
        let _ = writeln!(text, "{}\n", finding(gravity(fault), fault, width));
    }
    let _ = writeln!(
        text,
        "{} profiles, {} indicators, {native} native ({} % of them), {} of {} clauses indexed in {} columns; {} finding(s)",
        set.profiles.len(),
        set.indicators.len(),
        native * 100 / set.indicators.len().max(1),
        extent.indexed,
        extent.clauses,
        extent.columns,
        found.len()
    );
    if !found.is_empty() {
        text.push_str("`palisander rules explain-code CODE` says more\n");
    }
    (text, worse)
}

fn gravity(fault: &ProfileFault) -> Gravity {
    page(fault.code).map_or(Gravity::Error, |page| page.gravity)
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

fn fault_json(fault: &ProfileFault) -> Value {
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
