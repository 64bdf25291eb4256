//! A plan as it is written.

use std::collections::BTreeSet;

use palisander_engine::Date;
use serde::Deserialize;

use crate::words::words;

/// Bytes of one plan: a hundred measures of some lines each.
pub const MAX_PLAN_BYTES: usize = 256 << 10;
/// Measures of one plan.
const MAX_MEASURES: usize = 500;

words! {
    /// What kind of plan.
    PlanKind {
        /// Where to go, for years.
        Strategy = "strategy",
        /// Who does what until when.
        ActionPlan = "action_plan",
        /// A few weeks in which it is done together.
        Operation = "operation",
        /// The same, as if.
        Exercise = "exercise",
    }
}

words! {
    /// What a country is to the wood, which decides what it has to do.
    CountryRole {
        /// It grows there.
        Range = "range",
        /// It goes through.
        Transit = "transit",
        /// It is bought there.
        Consumer = "consumer",
    }
}

/// What offices agreed to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub id: String,
    pub kind: PlanKind,
    pub title: String,
    /// Who agreed.
    #[serde(default)]
    pub groups: Vec<String>,
    /// First day; `None` = as soon as it was agreed.
    pub from: Option<Date>,
    /// Last day; `None` = until another takes its place.
    pub to: Option<Date>,
    /// The document that says so.
    pub source: String,
    #[serde(default)]
    pub measures: Vec<Measure>,
}

/// One thing that is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    pub text: String,
    /// For which countries.
    #[serde(default)]
    pub roles: Vec<CountryRole>,
    /// The document that says so.
    pub source: String,
    /// Profiles that do it, by id.
    #[serde(default)]
    pub profiles: Vec<String>,
}

/// Reads a plan, or says all that is wrong with it.
pub fn read(text: &str) -> Result<Plan, Vec<String>> {
    if text.len() > MAX_PLAN_BYTES {
        return Err(vec![format!("it is longer than MAX_PLAN_BYTES ({MAX_PLAN_BYTES})")]);
    }
    let plan: Plan = toml::from_str(text).map_err(|error| vec![error.to_string().trim_end().to_owned()])?;
    let mut faults = Vec::new();
    let mut filled = |what: &str, text: &str| {
        if text.trim().is_empty() {
            faults.push(format!("{what} is empty"));
        }
    };
    filled("`id`", &plan.id);
    filled("`title`", &plan.title);
    filled("`source`", &plan.source);
    for (n, measure) in plan.measures.iter().enumerate() {
        filled(&format!("`text` of measure {}", n + 1), &measure.text);
        filled(&format!("`source` of measure {}", n + 1), &measure.source);
    }
    if plan.measures.is_empty() {
        faults.push("it has no `[[measures]]`".to_owned());
    }
    if plan.measures.len() > MAX_MEASURES {
        faults.push(format!("it has more than MAX_MEASURES ({MAX_MEASURES}) measures"));
    }
    if let (Some(from), Some(to)) = (plan.from, plan.to)
        && to < from
    {
        faults.push(format!("it ends on {to}, before it begins on {from}"));
    }
    for (n, measure) in plan.measures.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for id in measure.profiles.iter().filter(|id| !seen.insert(*id)) {
            faults.push(format!("measure {} names `{id}` twice", n + 1));
        }
    }
    if faults.is_empty() { Ok(plan) } else { Err(faults) }
}

/// Plans that are built in, by file: those that the document behind this program tells of.
pub fn built_in() -> [(&'static str, &'static str); 2] {
    [
        ("siamese-rosewood-dialogues.toml", include_str!("../../plans/siamese-rosewood-dialogues.toml")),
        ("notifications.toml", include_str!("../../plans/notifications.toml")),
    ]
}
