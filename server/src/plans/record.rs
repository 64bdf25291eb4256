//! A plan as it stands in an office: drafted, agreed, running, ended.
//!
//! In: what is told of it. Out: the next state, or everything that stands in its way. What was agreed is not written anew; what
//! changes is how far it has come.

use std::collections::BTreeSet;

use palisander_engine::Date;
use palisander_engine::rules::ProfileSet;
use serde::{Deserialize, Serialize};

use super::read::{MAX_PLAN_CHARS, MilestoneState, Plan, PlanKind};
use crate::words::words;

words! {
    /// How far a plan has come.
    PlanState {
        Draft = "draft",
        Agreed = "agreed",
        Running = "running",
        Ended = "ended",
    }
}

impl PlanState {
    /// Where it goes from here. One that never ran is dropped.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Agreed, Self::Ended],
            Self::Agreed => &[Self::Running, Self::Ended],
            Self::Running => &[Self::Ended],
            Self::Ended => &[],
        }
    }
}

/// A plan that an office keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRecord {
    pub id: String,
    pub plan: Plan,
    pub state: PlanState,
    /// Group that keeps it.
    pub group: String,
    /// Groups whose members see it, too.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub with: BTreeSet<String>,
    pub written_by: String,
    pub written_on: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub result: String,
}

impl PlanRecord {
    /// Everything that stands in the way of a step, taken by somebody on a day with these rules; nothing when it can be taken.
    pub fn hinders(&self, to: PlanState, result: &str, by: &str, rules: &ProfileSet, today: Date) -> Vec<String> {
        if !self.state.next().contains(&to) {
            let next: Vec<String> = self.state.next().iter().map(|state| format!("`{state}`")).collect();
            return vec![match next.as_slice() {
                [] => "it has ended".to_owned(),
                next => format!("from `{}` it goes to {}", self.state, next.join(" or ")),
            }];
        }
        let mut faults = Vec::new();
        if to != PlanState::Ended && !result.trim().is_empty() {
            faults.push("`result` says what came of it once it ends".to_owned());
        }
        match to {
            PlanState::Draft => {}
            PlanState::Agreed => {
                if by == self.written_by {
                    faults.push("who wrote a plan does not agree to it; another person has to".to_owned());
                }
                if self.plan.groups.is_empty() {
                    faults.push("`groups` names nobody who agreed".to_owned());
                }
                if matches!(self.plan.kind, PlanKind::Operation | PlanKind::Exercise)
                    && (self.plan.from.is_none() || self.plan.to.is_none())
                {
                    faults.push(format!("an {} has a first and a last day, `from` and `to`", self.plan.kind));
                }
            }
            PlanState::Running => {
                if let Some(from) = self.plan.from.filter(|from| today < *from) {
                    faults.push(format!("it begins on {from}"));
                }
                if let Some(last) = self.plan.to.filter(|last| *last < today) {
                    faults.push(format!("its last day was {last}"));
                }
                faults.extend(self.plan.profiles.iter().filter_map(|id| self.oversteps(id, rules)));
            }
            PlanState::Ended => {
                let open = self.plan.milestones.iter().enumerate();
                // What never ran is dropped with all that it was to reach.
                let has_run = self.state == PlanState::Running;
                let open = open.filter(|(_, own)| has_run && own.state == MilestoneState::Open);
                faults.extend(open.map(|(n, own)| {
                    format!("milestone {} of {} is open: tell it as done, or declined with a reason", n + 1, own.owner)
                }));
                if result.trim().is_empty() || result.chars().count() > MAX_PLAN_CHARS {
                    faults.push(format!("`result` says what came of it, in up to MAX_PLAN_CHARS ({MAX_PLAN_CHARS})"));
                }
            }
        }
        faults
    }

    /// Why a profile of the plan's own does not act between its days only.
    fn oversteps(&self, id: &str, rules: &ProfileSet) -> Option<String> {
        let Some(own) = rules.profiles.iter().find(|own| own.id == id) else {
            return Some(format!("its profile `{id}` is not loaded"));
        };
        let begins = self.plan.from.is_none_or(|from| own.effective.from.is_some_and(|first| from <= first));
        let ends = self.plan.to.is_none_or(|to| own.effective.to.is_some_and(|last| last <= to));
        let told = |day: Option<Date>| day.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        (!(begins && ends)).then(|| {
            let (from, to) = (told(own.effective.from), told(own.effective.to));
            format!("its profile `{id}` acts from {from} to {to}, and not between the days of the plan only")
        })
    }

    /// Takes a step that nothing hinders.
    pub fn steps(&mut self, to: PlanState, result: &str, by: &str, today: Date) {
        self.state = to;
        match to {
            PlanState::Draft => {}
            PlanState::Agreed => (self.agreed_by, self.agreed_on) = (Some(by.to_owned()), Some(today)),
            PlanState::Running => self.began_on = Some(today),
            PlanState::Ended => (self.ended_on, self.result) = (Some(today), result.trim().to_owned()),
        }
    }

    /// A milestone was done, declined or opened again; everything for which that cannot be.
    pub fn tell(&mut self, n: usize, state: MilestoneState, note: &str) -> Result<(), Vec<String>> {
        let mut faults = Vec::new();
        if !matches!(self.state, PlanState::Agreed | PlanState::Running) {
            faults.push(format!("it is `{}`: milestones are told while it is agreed or running", self.state));
        }
        if state == MilestoneState::Declined && note.trim().is_empty() {
            faults.push("`note` says why it is declined".to_owned());
        }
        if note.chars().count() > MAX_PLAN_CHARS {
            faults.push(format!("`note` is longer than MAX_PLAN_CHARS ({MAX_PLAN_CHARS})"));
        }
        let n_all = self.plan.milestones.len();
        match n.checked_sub(1).and_then(|at| self.plan.milestones.get_mut(at)) {
            None => faults.push(format!("it has {n_all} milestones; the first is 1")),
            Some(own) if faults.is_empty() => (own.state, own.note) = (state, note.trim().to_owned()),
            Some(_) => {}
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use palisander_engine::{Engine, Options};

    use super::*;

    fn record(profiles: &str) -> PlanRecord {
        let text = format!(
            "id = \"p\"\nkind = \"operation\"\ntitle = \"t\"\nsource = \"s\"\ngroups = [\"g\"]\nfrom = \"2026-11-01\"\nto = \"2026-11-14\"\nprofiles = [{profiles}]\n[[measures]]\ntext = \"m\"\nsource = \"s\"\n[[milestones]]\ntext = \"x\"\ndue = \"2026-11-10\"\nowner = \"Unit\"\n"
        );
        PlanRecord {
            id: "p_1".to_owned(),
            plan: super::super::read::read(&text).unwrap(),
            state: PlanState::Draft,
            group: "g_1".to_owned(),
            with: BTreeSet::new(),
            written_by: "one".to_owned(),
            written_on: "2026-10-01".parse().unwrap(),
            agreed_by: None,
            agreed_on: None,
            began_on: None,
            ended_on: None,
            result: String::new(),
        }
    }

    /// I13: an operation runs between its days, by profiles that act between them only, and ends with what came of it.
    #[test]
    fn i13_an_operation_goes_its_way_and_its_profiles_keep_to_its_days() {
        let engine = Engine::open(&Options::default()).unwrap();
        let rules = engine.profiles();
        let hinders = |own: &PlanRecord, to, result: &str, by: &str, day: &str| {
            own.hinders(to, result, by, rules, day.parse().unwrap())
        };
        let mut own = record("");
        assert!(hinders(&own, PlanState::Agreed, "", "one", "2026-10-02")[0].contains("another person"));
        assert!(hinders(&own, PlanState::Running, "", "two", "2026-11-02")[0].contains("`agreed`"));
        assert!(own.tell(1, MilestoneState::Done, "").is_err(), "a draft");
        own.steps(PlanState::Agreed, "", "two", "2026-10-02".parse().unwrap());
        // The day before the first and the day after the last.
        assert_eq!(hinders(&own, PlanState::Running, "", "one", "2026-10-31"), ["it begins on 2026-11-01"]);
        assert_eq!(hinders(&own, PlanState::Running, "", "one", "2026-11-15"), ["its last day was 2026-11-14"]);
        for day in ["2026-11-01", "2026-11-14"] {
            assert_eq!(hinders(&own, PlanState::Running, "", "one", day), [""; 0], "{day}");
        }
        // A profile that acts all the time is none of an operation's own.
        let mut wide = record("\"siamese-rosewood\", \"nothing\"");
        wide.state = PlanState::Agreed;
        let faults = hinders(&wide, PlanState::Running, "", "one", "2026-11-02");
        assert!(
            faults.len() == 2 && faults[0].contains("siamese-rosewood") && faults[1].contains("not loaded"),
            "{faults:?}"
        );
        own.steps(PlanState::Running, "", "one", "2026-11-01".parse().unwrap());
        assert_eq!(hinders(&own, PlanState::Ended, "", "one", "2026-11-14").len(), 2);
        assert_eq!(own.tell(2, MilestoneState::Declined, " ").unwrap_err().len(), 2);
        own.tell(1, MilestoneState::Declined, "no staff").unwrap();
        assert_eq!(hinders(&own, PlanState::Ended, "nothing was found", "one", "2026-11-14"), [""; 0]);
        own.steps(PlanState::Ended, "nothing was found", "one", "2026-11-14".parse().unwrap());
        assert_eq!(hinders(&own, PlanState::Draft, "", "one", "2026-11-14"), ["it has ended"]);
    }

    /// From no state is there a way to any but the one after it.
    #[test]
    fn no_step_is_left_out() {
        let engine = Engine::open(&Options::default()).unwrap();
        let ways = ["draft agreed", "agreed running", "running ended", "draft ended", "agreed ended"];
        for from in PlanState::ALL {
            for to in PlanState::ALL {
                let mut own = record("");
                own.state = *from;
                own.plan.milestones.clear();
                let result = if *to == PlanState::Ended { "x" } else { "" };
                let can = own.hinders(*to, result, "two", engine.profiles(), "2026-11-02".parse().unwrap()).is_empty();
                assert_eq!(can, ways.contains(&format!("{from} {to}").as_str()), "{from} {to}");
            }
        }
    }
}
