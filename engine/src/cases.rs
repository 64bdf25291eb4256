//! Cases of profiles: a consignment and what the rules must and must not say of it.
//!
//! In: the JSON files of `rules/<profile>/cases`. Out: what did not hold, and how well the cases hold the rules: which
//! indicators they exercise, and which small changes of a rule (mutants) no case would notice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::assess::{Engine, EngineError, Input, Inputs};
use crate::assessment::Assessment;
use crate::codes::Date;
use crate::evidence::history::{HistoryEvidence, RunHistory};
use crate::manifest::parse::{Parsed, json_document};
use crate::profile::native::Op;
use crate::profile::value::Value as Fact;
use crate::profile::view::View;
use crate::profile::{Facts, Indicator, Lane, ProfileFault};

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub title: String,
    /// Day that counts.
    pub as_of: Date,
    /// One consignment…
    #[serde(default)]
    pub consignment: Option<Value>,
    /// …or a whole manifest with one.
    #[serde(default)]
    pub manifest: Option<Value>,
    /// Permit register, as CSV text.
    #[serde(default)]
    pub register: Option<String>,
    /// Alerts.
    #[serde(default)]
    pub alerts: Vec<Value>,
    /// Watch list, as CSV text.
    #[serde(default)]
    pub watch_list: Option<String>,
    /// Consignments that came before, in order: what they took from permits counts.
    #[serde(default)]
    pub earlier: Vec<Value>,
    /// Earlier lots to the same receiver, for accumulation.
    #[serde(default)]
    pub earlier_lots: Option<usize>,
    /// `profile/indicator` that must fire.
    #[serde(default)]
    pub must_hit: Vec<String>,
    /// That must not.
    #[serde(default)]
    pub must_not_hit: Vec<String>,
    /// That must stay open.
    #[serde(default)]
    pub must_be_unverifiable: Vec<String>,
    /// Exact lane.
    #[serde(default)]
    pub lane: Option<Lane>,
    /// Lowest lane.
    #[serde(default)]
    pub lane_min: Option<Lane>,
    /// Highest lane.
    #[serde(default)]
    pub lane_max: Option<Lane>,
    /// Texts that some source must hold.
    #[serde(default)]
    pub cites: Vec<String>,
    /// A shortcoming that is known: the case may fail, and says why.
    #[serde(default)]
    pub known_gap: Option<String>,
}

/// How a case came out.
#[derive(Debug, Clone, Serialize)]
pub struct CaseResult {
    /// Profile.
    pub profile: String,
    /// File.
    pub file: String,
    /// Title.
    pub title: String,
    /// What did not hold.
    pub failures: Vec<String>,
    /// Known gap.
    pub known_gap: Option<String>,
}

/// A case, its facts and its answer.
pub struct Ran {
    /// Facts.
    pub facts: Facts,
    /// Day.
    pub as_of: Date,
    /// Answer.
    pub assessment: Assessment,
    /// Result.
    pub result: CaseResult,
}

/// Reads a case.
pub fn read(text: &str) -> Result<Case, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The consignment of a case or of any JSON that holds one.
pub fn parsed(case: &Case) -> Result<Parsed, String> {
    let value =
        case.manifest.as_ref().or(case.consignment.as_ref()).ok_or("there is neither consignment nor manifest")?;
    json_document(value.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// Runs every case of every profile of the engine.
pub fn run_all(engine: &Engine) -> Vec<Ran> {
    let mut ran = Vec::new();
    for profile in &engine.profiles.profiles {
        for (file, text) in &profile.cases {
            match read(text).and_then(|case| run(engine, &profile.id, file, &case)) {
                Ok(one) => ran.push(one),
                Err(why) => ran.push(unread(engine, &profile.id, file, &why)),
            }
        }
    }
    ran
}

fn unread(engine: &Engine, profile: &str, file: &str, why: &str) -> Ran {
    let manifest = crate::manifest::Manifest::default();
    let consignment = crate::manifest::Consignment::default();
    let evidence = engine.gather(&manifest, &consignment, Date::ZERO);
    let assessment = engine.conclude(&manifest, &consignment, &evidence, &[]);
    let result = CaseResult {
        profile: profile.to_owned(),
        file: file.to_owned(),
        title: String::new(),
        failures: vec![why.to_owned()],
        known_gap: None,
    };
    Ran { facts: engine.facts(&manifest, &consignment, &evidence, &[]), as_of: Date::ZERO, assessment, result }
}

/// Runs one case.
pub fn run(engine: &Engine, profile: &str, file: &str, case: &Case) -> Result<Ran, String> {
    let alerts: Vec<String> = case.alerts.iter().map(ToString::to_string).collect();
    let inputs = Inputs {
        register: case.register.as_ref().map(|text| Input::Bytes(text.clone().into_bytes())),
        alerts: (!alerts.is_empty()).then(|| Input::Bytes(alerts.join("\n").into_bytes())),
        watch_list: case.watch_list.as_ref().map(|text| Input::Bytes(text.clone().into_bytes())),
    };
    let engine = engine.with_inputs(&inputs).map_err(|error: EngineError| error.to_string())?;
    let parsed = parsed(case)?;
    let [consignment] = parsed.manifest.consignments.as_slice() else {
        return Err(format!("the case holds {} consignments, not one", parsed.manifest.consignments.len()));
    };
    let mut history = RunHistory::default();
    for value in &case.earlier {
        let before = json_document(value.to_string().as_bytes()).map_err(|error| error.to_string())?;
        for one in &before.manifest.consignments {
            let mut evidence = engine.gather(&before.manifest, one, case.as_of);
            engine.observe(&before.manifest, one, &mut evidence, &mut history);
        }
    }
    let mut evidence = engine.gather(&parsed.manifest, consignment, case.as_of);
    engine.observe(&parsed.manifest, consignment, &mut evidence, &mut history);
    if let Some(n_lots) = case.earlier_lots {
        evidence.history = HistoryEvidence::Kept { n_lots, bills: Vec::new() };
    }
    let facts = engine.facts(&parsed.manifest, consignment, &evidence, &parsed.faults);
    let assessment = engine.conclude(&parsed.manifest, consignment, &evidence, &parsed.faults);
    let result = CaseResult {
        profile: profile.to_owned(),
        file: file.to_owned(),
        title: case.title.clone(),
        failures: judge(case, &assessment),
        known_gap: case.known_gap.clone(),
    };
    Ok(Ran { facts, as_of: case.as_of, assessment, result })
}

fn judge(case: &Case, answer: &Assessment) -> Vec<String> {
    let mut failures = Vec::new();
    let hit = |name: &str| answer.hits.iter().any(|hit| format!("{}/{}", hit.profile, hit.indicator) == name);
    let open =
        |name: &str| answer.unverifiable.iter().any(|open| format!("{}/{}", open.profile, open.indicator) == name);
    failures.extend(case.must_hit.iter().filter(|name| !hit(name)).map(|name| format!("{name} does not fire")));
    failures.extend(case.must_not_hit.iter().filter(|name| hit(name)).map(|name| format!("{name} fires")));
    failures
        .extend(case.must_be_unverifiable.iter().filter(|name| !open(name)).map(|name| format!("{name} is not open")));
    let lanes = [
        (case.lane.is_some_and(|lane| answer.lane != lane), case.lane, "exactly"),
        (case.lane_min.is_some_and(|lane| answer.lane < lane), case.lane_min, "at least"),
        (case.lane_max.is_some_and(|lane| answer.lane > lane), case.lane_max, "at most"),
    ];
    for (wrong, lane, how) in lanes {
        if let (true, Some(lane)) = (wrong, lane) {
            failures.push(format!(
                "lane {} ({}), {how} {} wanted",
                answer.lane.as_str(),
                answer.lane_because.join(", "),
                lane.as_str()
            ));
        }
    }
    let sources: Vec<&String> = answer.hits.iter().flat_map(|hit| &hit.sources).collect();
    failures.extend(
        case.cites
            .iter()
            .filter(|cite| !sources.iter().any(|s| s.contains(cite.as_str())))
            .map(|cite| format!("{cite} is not cited")),
    );
    failures
}

/// What the cases of the profiles leave open: indicators that none fires or nearly misses, names that do not exist,
/// cases that fail or cannot be read.
pub fn doubts(engine: &Engine) -> Vec<ProfileFault> {
    let mut found = Vec::new();
    let ran = run_all(engine);
    let mut say = |code: &'static str, profile: &str, what: String| {
        let fix = crate::profile::diagnostics::page(code).map_or("", |page| page.title).to_owned();
        found.push(ProfileFault { code, profile: profile.to_owned(), file: "cases", place: None, what, fix });
    };
    let known: std::collections::BTreeSet<String> = engine
        .profiles
        .indicators
        .iter()
        .filter_map(|i| engine.profiles.profile_of(i).map(|profile| format!("{}/{}", profile.id, i.name)))
        .collect();
    for profile in &engine.profiles.profiles {
        for (file, text) in &profile.cases {
            match read(text) {
                Err(why) => say("P070", &profile.id, format!("{file}: {why}")),
                Ok(case) => {
                    let named = case.must_hit.iter().chain(&case.must_not_hit).chain(&case.must_be_unverifiable);
                    for name in named.filter(|name| !known.contains(*name)) {
                        say("P069", &profile.id, format!("{file}: `{name}`"));
                    }
                }
            }
        }
    }
    for one in ran.iter().filter(|one| !one.result.failures.is_empty() && one.result.known_gap.is_none()) {
        say("P071", &one.result.profile, format!("{}: {}", one.result.file, one.result.failures.join("; ")));
    }
    for indicator in &engine.profiles.indicators {
        let Some(profile) = engine.profiles.profile_of(indicator) else { continue };
        let answers = ran.iter().filter(|one| one.result.profile == profile.id).map(|one| {
            let subjects = one.facts.of(indicator.each);
            let values: Vec<_> = subjects.iter().map(|s| engine.profiles.test(indicator, &one.facts, s)).collect();
            (
                values.contains(&Ok(Fact::Bool(true))),
                values.iter().any(|v| matches!(v, Ok(Fact::Unknown(_)))),
                values.is_empty(),
            )
        });
        let answers: Vec<_> = answers.collect();
        // An indicator that only ever asks for verification answers by staying open.
        if !answers.iter().any(|(fires, open, _)| *fires || *open) {
            say("P046", &profile.id, format!("`{}`", indicator.name));
        }
        if !answers.iter().any(|(fires, _, none)| !fires && !none) {
            say("P047", &profile.id, format!("`{}`", indicator.name));
        }
    }
    found
}

/// How well the cases hold one indicator.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// Profile.
    pub profile: String,
    /// Indicator.
    pub indicator: String,
    /// Cases of its profile in which it fires.
    pub fires: usize,
    /// In which it has a subject and does not.
    pub near_misses: usize,
    /// Changes tried.
    pub mutants: usize,
    /// Changes that some case notices.
    pub killed: usize,
    /// Changes that no case notices.
    pub survivors: Vec<String>,
}

/// Runs every mutant of every native indicator over the facts of all cases.
pub fn hold(engine: &Engine, ran: &[Ran]) -> Vec<Held> {
    let mut held = Vec::new();
    for indicator in &engine.profiles.indicators {
        let profile = engine.profiles.profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default();
        let answers = |op: &Op| -> Vec<Vec<Fact>> { ran.iter().map(|ran| over(op, indicator, &ran.facts)).collect() };
        let Some(op) = &indicator.native else { continue };
        let truth = answers(op);
        let fires = truth.iter().filter(|case| case.contains(&Fact::Bool(true))).count();
        let near_misses = truth.iter().filter(|case| !case.is_empty() && !case.contains(&Fact::Bool(true))).count();
        let mutants = mutants(op);
        let survivors: Vec<String> =
            mutants.iter().filter(|mutant| answers(&mutant.1) == truth).map(|mutant| mutant.0.clone()).collect();
        held.push(Held {
            profile,
            indicator: indicator.name.clone(),
            fires,
            near_misses,
            mutants: mutants.len(),
            killed: mutants.len() - survivors.len(),
            survivors,
        });
    }
    held
}

fn over(op: &Op, indicator: &Indicator, facts: &Facts) -> Vec<Fact> {
    let subjects = facts.of(indicator.each).iter();
    // The reason of a gap is no answer: two gaps are alike.
    let alike = |fact: Fact| if matches!(fact, Fact::Unknown(_)) { Fact::unknown("") } else { fact };
    subjects.map(|subject| alike(op.value(&facts.frame(indicator.each, subject)).into_owned())).collect()
}

/// Small changes of a test, each with its description: a clause dropped, a comparison turned, a threshold moved, a code
/// replaced, a `not` taken away.
pub fn mutants(op: &Op) -> Vec<(String, Op)> {
    let mut found = Vec::new();
    change(op, &mut |what, changed| found.push((what, changed)));
    found
}

fn change(op: &Op, found: &mut dyn FnMut(String, Op)) {
    use crate::profile::value::Compare;
    match op {
        Op::And(parts) | Op::Or(parts) => {
            let whole = |parts: Vec<Op>| if matches!(op, Op::And(_)) { Op::And(parts) } else { Op::Or(parts) };
            for (n, part) in parts.iter().enumerate() {
                let mut fewer = parts.clone();
                fewer.remove(n);
                found(format!("without `{}`", part.show()), whole(fewer));
                change(part, &mut |what, changed| {
                    let mut other = parts.clone();
                    if let Some(slot) = other.get_mut(n) {
                        *slot = changed;
                    }
                    found(what, whole(other));
                });
            }
        }
        Op::Not(part) => {
            found(format!("`{}` without not", part.show()), part.as_ref().clone());
            change(part, &mut |what, changed| found(what, Op::Not(changed.into())));
        }
        Op::Compare(how, a, b) => {
            let turned = match how {
                Compare::Equal => Compare::NotEqual,
                Compare::NotEqual => Compare::Equal,
                Compare::Less => Compare::GreaterOrEqual,
                Compare::LessOrEqual => Compare::Greater,
                Compare::Greater => Compare::LessOrEqual,
                Compare::GreaterOrEqual => Compare::Less,
            };
            let changed = Op::Compare(turned, a.clone(), b.clone());
            found(format!("`{}` turned to `{}`", op.show(), changed.show()), changed);
            if let Op::Constant(Fact::Number(number)) = b.as_ref() {
                // A count above 0 is a count of at least 1: only moves past a whole number are changes.
                for factor in if *number == 0.0 { &[1.0][..] } else { &[0.1, 10.0][..] } {
                    let moved = if *number == 0.0 { *factor } else { number * factor };
                    let changed = Op::Compare(*how, a.clone(), Op::Constant(Fact::Number(moved)).into());
                    found(format!("`{}` moved to `{}`", op.show(), changed.show()), changed);
                }
            }
        }
        Op::Contains(set, item) => {
            found(format!("`{}` turned to its opposite", op.show()), Op::Not(op.clone().into()));
            if let Op::Constant(Fact::Texts(members)) = set.as_ref() {
                // Dropping a member is noticed only by a case of that member; one drop stands for the list.
                if let Some((first, rest)) = members.split_first() {
                    let fewer = Op::Constant(Fact::texts(rest.iter().map(AsRef::as_ref)));
                    if !rest.is_empty() {
                        found(format!("`{}` without {first}", op.show()), Op::Contains(fewer.into(), item.clone()));
                    }
                }
            }
        }
        Op::Field(view, field)
            if view.fields().get(*field).is_some_and(|f| f.kind == crate::profile::view::Kind::Bool) =>
        {
            found(format!("`{}` turned to its opposite", op.show()), Op::Not(op.clone().into()));
        }
        Op::Shares(..) | Op::StartsWith(..) => {
            found(format!("`{}` turned to its opposite", op.show()), Op::Not(op.clone().into()));
        }
        _ => {}
    }
}

/// Every indicator with how it came out for each of its subjects, clause by clause.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// Profile.
    pub profile: String,
    /// Indicator.
    pub indicator: String,
    /// What it looks at.
    pub each: &'static str,
    /// Number of the subject.
    pub subject: usize,
    /// `met`, `not met`, `unverifiable`, `failed`.
    pub state: &'static str,
    /// Clauses and their values; those that decided come first.
    pub clauses: Vec<(String, String)>,
    /// What would settle it.
    pub settled_by: String,
}

/// Explains every indicator over the facts.
pub fn explain(engine: &Engine, facts: &Facts) -> Vec<Explained> {
    let mut explained = Vec::new();
    for indicator in &engine.profiles.indicators {
        let profile = engine.profiles.profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default();
        for (n, subject) in facts.of(indicator.each).iter().enumerate() {
            let frame = facts.frame(indicator.each, subject);
            let value = engine.profiles.test(indicator, facts, subject);
            let state = match &value {
                Ok(Fact::Bool(true)) => "met",
                Ok(Fact::Unknown(_)) => "unverifiable",
                Ok(_) => "not met",
                Err(_) => "failed",
            };
            let mut clauses = Vec::new();
            if let Some(op) = &indicator.native {
                let parts: &[Op] = match op {
                    Op::And(parts) | Op::Or(parts) => parts,
                    other => std::slice::from_ref(other),
                };
                for part in parts {
                    let mut shown = part.value(&frame).show();
                    for (view, field) in part.fields() {
                        let name = view.fields().get(field).map_or("", |f| f.name);
                        shown.push_str(&format!("; {}.{name} = {}", view.name(), frame.value(view, field).show()));
                    }
                    clauses.push((part.show(), shown));
                }
            } else if let Err(why) = &value {
                clauses.push(("the script".to_owned(), why.clone()));
            }
            explained.push(Explained {
                profile: profile.clone(),
                indicator: indicator.name.clone(),
                each: indicator.each.name(),
                subject: n,
                state,
                clauses,
                settled_by: indicator.settled_by.clone(),
            });
        }
    }
    explained
}

/// Indicators by profile, for documentation.
pub fn by_profile(engine: &Engine) -> BTreeMap<&str, Vec<&Indicator>> {
    let mut by_profile: BTreeMap<&str, Vec<&Indicator>> = BTreeMap::new();
    for indicator in &engine.profiles.indicators {
        if let Some(profile) = engine.profiles.profile_of(indicator) {
            by_profile.entry(profile.id.as_str()).or_default().push(indicator);
        }
    }
    by_profile
}

/// The reference of the view, as Markdown.
pub fn view_reference() -> String {
    let mut text = String::from(
        "# What a rule may look at\n\nWritten by `palisander rules docs` from the code. A field marked `?` may be unknown: a test on it is then\n*unverifiable*, with the reason.\n",
    );
    for view in View::ALL {
        let also: Vec<String> = view.also().iter().map(|view| format!("`{}`", view.name())).collect();
        text.push_str(&format!("\n## `{}`\n\n", view.name()));
        if !also.is_empty() {
            text.push_str(&format!(
                "An indicator with `each = \"{}\"` may also take {}.\n\n",
                view.name(),
                also.join(" and ")
            ));
        }
        text.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
        for field in view.fields() {
            let gap = if field.may_be_unknown { "?" } else { "" };
            text.push_str(&format!("| `{}`{gap} | {} | {} |\n", field.name, field.kind.name(), field.meaning));
        }
    }
    text.push_str(
        "\n## Tests\n\n`==` `!=` `<` `<=` `>` `>=`, `and`, `or`, `not(…)`, `\"x\" in set`, `\"part\" in text`, `set.shares([\"a\", \"b\"])`,\n`text.starts_with(\"x\")`, `set.count()`, `known(field)`, `unverifiable(\"why\")`, `+` `-` `*` `/`, `let name = …;`, and calls of\nfunctions of the same file or of `rules/lib`.\n",
    );
    text
}
