//! Cases of profiles: a consignment and what the rules must and must not say of it.
//!
//! In: the JSON files of `rules/<profile>/cases`. Out: what did not hold, and how well the cases hold the rules: which
//! indicators and branches they exercise, and which small changes of a rule (mutants) no case would notice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::assess::{Engine, EngineError};
use crate::assessment::Assessment;
use crate::codes::Date;
use crate::history::{EarlierLots, Edition, Key, Lot, Lots, Past, Remembered, Unavailable};
use crate::inputs::{Input, Inputs};
use crate::manifest::parse::{Parsed, json_document};
use crate::profile::value::Value as Fact;
use crate::profile::{Facts, Lane, Profile, ProfileFault};
use crate::reference::DataSource;

/// One case of a profile: a consignment with what surrounds it, and what must come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub title: String,
    /// Day that counts.
    pub as_of: Date,
    #[serde(default)]
    pub consignment: Option<Value>,
    /// …or a whole manifest with one.
    #[serde(default)]
    pub manifest: Option<Value>,
    /// Permit register, as CSV text.
    #[serde(default)]
    pub register: Option<String>,
    /// Import permit rules, reservations and quotas to take in place of the shipped ones, as CSV texts by table.
    #[serde(default)]
    pub tables: BTreeMap<String, String>,
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
    /// No history is kept: what hangs on earlier consignments stays open.
    #[serde(default)]
    pub no_history: bool,
    /// `profile/indicator` that must fire.
    #[serde(default)]
    pub must_hit: Vec<String>,
    /// That must not.
    #[serde(default)]
    pub must_not_hit: Vec<String>,
    /// That must stay open.
    #[serde(default)]
    pub must_be_unverifiable: Vec<String>,
    /// The lane must be this one.
    #[serde(default)]
    pub lane: Option<Lane>,
    /// The lane must be this one or a graver.
    #[serde(default)]
    pub lane_min: Option<Lane>,
    /// The lane must be this one or a lower.
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
    pub profile: String,
    pub file: String,
    pub title: String,
    /// What did not hold.
    pub failures: Vec<String>,
    pub known_gap: Option<String>,
}

/// A case, its facts and its answer.
pub struct Ran {
    pub facts: Facts,
    pub as_of: Date,
    pub assessment: Assessment,
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
    engine.profiles().profiles.iter().flat_map(|profile| run_of(engine, profile)).collect()
}

/// Runs the cases of one profile.
pub fn run_of(engine: &Engine, profile: &Profile) -> Vec<Ran> {
    let one = |(file, text): &(String, String)| {
        let ran = read(text).and_then(|case| run(engine, &profile.id, file, &case));
        ran.unwrap_or_else(|why| unread(engine, &profile.id, file, &why))
    };
    profile.cases.iter().map(one).collect()
}

fn unread(engine: &Engine, profile: &str, file: &str, why: &str) -> Ran {
    let manifest = crate::manifest::Manifest::default();
    let consignment = crate::manifest::Consignment::default();
    let settled = engine.settle(engine.gather(&manifest, &consignment, Date::ZERO), &Past::none());
    let assessment = engine.conclude(&settled, &[]);
    let result = CaseResult {
        profile: profile.to_owned(),
        file: file.to_owned(),
        title: String::new(),
        failures: vec![why.to_owned()],
        known_gap: None,
    };
    Ran { facts: engine.facts(&settled, &[]), as_of: Date::ZERO, assessment, result }
}

/// Runs one case.
pub fn run(engine: &Engine, profile: &str, file: &str, case: &Case) -> Result<Ran, String> {
    let alerts: Vec<String> = case.alerts.iter().map(ToString::to_string).collect();
    let inputs = Inputs {
        register: case.register.as_ref().map(|text| Input::Bytes(text.clone().into_bytes())),
        alerts: (!alerts.is_empty()).then(|| Input::Bytes(alerts.join("\n").into_bytes())),
        watch_list: case.watch_list.as_ref().map(|text| Input::Bytes(text.clone().into_bytes())),
        ..Inputs::default()
    };
    let failed = |error: EngineError| error.to_string();
    let engine = if case.tables.is_empty() {
        engine.with_inputs(&inputs).map_err(failed)?
    } else {
        let law = DataSource::Texts(case.tables.clone());
        engine.with_law(&law).and_then(|engine| engine.with_inputs(&inputs)).map_err(failed)?
    };
    let parsed = parsed(case)?;
    let [consignment] = parsed.manifest.consignments.as_slice() else {
        return Err(format!("the case holds {} consignments, not one", parsed.manifest.consignments.len()));
    };
    let edition = Edition::build(earlier(&engine, case)?);
    let counted = case.earlier_lots.map(Counted);
    let past = match &counted {
        _ if case.no_history => Past::none(),
        Some(counted) => Past { lots: counted, uses: &edition, filings: &edition },
        None => Past::of(&edition),
    };
    let settled = engine.settle(engine.gather(&parsed.manifest, consignment, case.as_of), &past);
    let facts = engine.facts(&settled, &parsed.faults_of(0));
    let assessment = engine.conclude(&settled, &parsed.faults_of(0));
    let result = CaseResult {
        profile: profile.to_owned(),
        file: file.to_owned(),
        title: case.title.clone(),
        failures: judge(case, &assessment),
        known_gap: case.known_gap.clone(),
    };
    Ok(Ran { facts, as_of: case.as_of, assessment, result })
}

/// What the earlier consignments of a case leave to be remembered; each stands where its own day and number put it.
fn earlier(engine: &Engine, case: &Case) -> Result<Vec<Remembered>, String> {
    let mut records = Vec::new();
    for value in &case.earlier {
        let before = json_document(value.to_string().as_bytes()).map_err(|error| error.to_string())?;
        for one in &before.manifest.consignments {
            records.extend(engine.remember(&before.manifest, one, case.as_of));
        }
    }
    Ok(records)
}

/// So many small lots came before.
struct Counted(usize);

impl EarlierLots for Counted {
    fn lots(&self, _: &Lot, _: Date, _: &Key) -> Result<Lots, Unavailable> {
        Ok(Lots { small: self.0, ..Lots::default() })
    }
}

fn judge(case: &Case, answer: &Assessment) -> Vec<String> {
    let mut failures = Vec::new();
    // A profile that is being tried has its cases too.
    let hits = || answer.hits.iter().chain(&answer.shadow_hits);
    let hit = |name: &str| hits().any(|hit| format!("{}/{}", hit.profile, hit.indicator) == name);
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

/// What the cases of a profile leave open: indicators that none fires or nearly misses, names that do not exist, cases
/// that fail or cannot be read.
pub fn doubts(engine: &Engine, profile: &Profile) -> Vec<ProfileFault> {
    let mut found = Vec::new();
    let mut say = |code: &'static str, indicator: Option<&str>, what: String| {
        let fix = super::diagnostics::page(code).map_or("", |page| page.title).to_owned();
        let fault = ProfileFault::new(code, &profile.id, "cases", what, fix);
        found.push(ProfileFault { indicator: indicator.map(str::to_owned), ..fault });
    };
    let set = engine.profiles();
    let is_known = |name: &str| {
        let named = |i| set.profile_of(i).is_some_and(|profile| format!("{}/{}", profile.id, i.name) == name);
        set.indicators.iter().any(named)
    };
    for (file, text) in &profile.cases {
        match read(text) {
            Err(why) => say("P070", None, format!("{file}: {why}")),
            Ok(case) => {
                let named = case.must_hit.iter().chain(&case.must_not_hit).chain(&case.must_be_unverifiable);
                for name in named.filter(|name| !is_known(name)) {
                    say("P069", None, format!("{file}: `{name}`"));
                }
            }
        }
    }
    let ran = run_of(engine, profile);
    for one in ran.iter().filter(|one| !one.result.failures.is_empty() && one.result.known_gap.is_none()) {
        say("P071", None, format!("{}: {}", one.result.file, one.result.failures.join("; ")));
    }
    let is_own = |i: &&crate::profile::Indicator| set.profile_of(i).is_some_and(|own| own.id == profile.id);
    for indicator in set.indicators.iter().filter(is_own) {
        let (mut fires, mut misses) = (false, false);
        for one in &ran {
            let subjects = one.facts.of(indicator.each).iter();
            let values: Vec<_> = subjects.map(|s| set.test(indicator, &one.facts, s)).collect();
            let met = values.contains(&Ok(Fact::Bool(true)));
            // An indicator that only ever asks for verification answers by staying open.
            fires |= met || values.iter().any(|value| matches!(value, Ok(Fact::Unknown(_))));
            misses |= !met && !values.is_empty();
        }
        let name = indicator.name.as_str();
        if !fires {
            say("P046", Some(name), format!("`{name}`"));
        }
        if !misses {
            say("P047", Some(name), format!("`{name}`"));
        }
    }
    found
}
