//! A plan as it is written.

use std::collections::BTreeSet;

use palisander_engine::Date;
use serde::{Deserialize, Serialize};

use crate::words::words;

/// Bytes of one plan: a hundred measures of some lines each.
pub const MAX_PLAN_BYTES: usize = 256 << 10;
/// Measures of one plan.
const MAX_MEASURES: usize = 500;
/// Milestones of one plan.
pub const MAX_MILESTONES: usize = 500;
/// Names in one list of a plan.
pub const MAX_PLAN_NAMES: usize = 200;
/// Characters of one text of a plan.
pub const MAX_PLAN_CHARS: usize = 2_000;

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

words! {
    /// How far a milestone has come.
    MilestoneState {
        Open = "open",
        Done = "done",
        /// It will not be done; its note says why.
        Declined = "declined",
    }
}

/// What offices agreed to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub id: String,
    pub kind: PlanKind,
    pub title: String,
    /// Who agreed.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Who takes part beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<String>,
    /// What pays for it, in words: `120 000 USD of the Ministry, agreed on 2026-02-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding: Option<String>,
    /// Profiles that are written for this plan and act between its days only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<String>,
    /// First day; `None` = as soon as it was agreed.
    pub from: Option<Date>,
    /// Last day; `None` = until another takes its place.
    pub to: Option<Date>,
    /// The document that says so.
    pub source: String,
    #[serde(default)]
    pub measures: Vec<Measure>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
}

/// A step of a plan: what, until when, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    pub text: String,
    /// The last day on which it is in time.
    pub due: Date,
    /// The office or group that does it, never a person.
    pub owner: String,
    #[serde(default = "open")]
    pub state: MilestoneState,
    /// What came of it, or why it is not done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

fn open() -> MilestoneState {
    MilestoneState::Open
}

/// One thing that is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    pub text: String,
    /// For which countries.
    #[serde(default)]
    pub roles: Vec<CountryRole>,
    /// When it was agreed, as far as it is known: a year, a month or a day, `2014-12`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreed: Vec<String>,
    /// The document that says so.
    pub source: String,
    /// Woods whose offers on platforms show whether it works.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxa: Vec<String>,
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
    let faults = faults(&plan);
    if faults.is_empty() { Ok(plan) } else { Err(faults) }
}

/// All that is wrong with a plan.
pub fn faults(plan: &Plan) -> Vec<String> {
    let mut faults = Vec::new();
    let mut filled = |what: &str, text: &str| {
        if text.trim().is_empty() {
            faults.push(format!("{what} is empty"));
        } else if text.chars().count() > MAX_PLAN_CHARS {
            faults.push(format!("{what} is longer than MAX_PLAN_CHARS ({MAX_PLAN_CHARS})"));
        }
    };
    filled("`id`", &plan.id);
    filled("`title`", &plan.title);
    filled("`source`", &plan.source);
    for (n, measure) in plan.measures.iter().enumerate() {
        filled(&format!("`text` of measure {}", n + 1), &measure.text);
        filled(&format!("`source` of measure {}", n + 1), &measure.source);
    }
    for (n, milestone) in plan.milestones.iter().enumerate() {
        filled(&format!("`text` of milestone {}", n + 1), &milestone.text);
        filled(&format!("`owner` of milestone {}", n + 1), &milestone.owner);
    }
    let of_measures = plan.measures.iter().flat_map(|own| own.profiles.iter().chain(&own.agreed).chain(&own.taxa));
    let names = plan.groups.iter().chain(&plan.partners).chain(&plan.profiles).chain(&plan.funding);
    names.chain(of_measures).for_each(|name| filled("a name or a text of a list", name));
    let of_measures =
        plan.measures.iter().flat_map(|own| [own.profiles.len(), own.agreed.len(), own.taxa.len(), own.roles.len()]);
    let lengths = [plan.groups.len(), plan.partners.len(), plan.profiles.len()].into_iter().chain(of_measures);
    if lengths.max() > Some(MAX_PLAN_NAMES) {
        faults.push(format!("a list of names is longer than MAX_PLAN_NAMES ({MAX_PLAN_NAMES})"));
    }
    if plan.milestones.len() > MAX_MILESTONES {
        faults.push(format!("it has more than MAX_MILESTONES ({MAX_MILESTONES}) milestones"));
    }
    for (n, milestone) in plan.milestones.iter().enumerate() {
        if milestone.state == MilestoneState::Declined && milestone.note.trim().is_empty() {
            faults.push(format!("milestone {} is declined; `note` says why", n + 1));
        }
        if milestone.note.chars().count() > MAX_PLAN_CHARS {
            faults.push(format!("`note` of milestone {} is longer than MAX_PLAN_CHARS ({MAX_PLAN_CHARS})", n + 1));
        }
    }
    for (n, measure) in plan.measures.iter().enumerate() {
        for day in measure.agreed.iter().filter(|day| !is_time(day)) {
            let shown: String = day.chars().filter(|c| !c.is_control()).take(40).collect();
            faults.push(format!(
                "`agreed` of measure {} is a year, a month or a day, such as 2014-12, not `{shown}`",
                n + 1
            ));
        }
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
    faults
}

/// A year, a month or a day.
fn is_time(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    whole.len() == 10 && whole.parse::<Date>().is_ok()
}

/// Plans that are built in, by file: those that the document behind this program tells of.
pub fn built_in() -> [(&'static str, &'static str); 2] {
    [
        ("siamese-rosewood-dialogues.toml", include_str!("../../plans/siamese-rosewood-dialogues.toml")),
        ("notifications.toml", include_str!("../../plans/notifications.toml")),
    ]
}
