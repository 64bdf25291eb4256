//! Plans: who writes them, who agrees, how far they have come, and what the profiles of an operation brought.
//!
//! In: a caller, a plan. Out: entries, each the whole record as it stands then. A plan exists for the members of its groups and for
//! nobody else. Who wrote one does not agree to it; a publisher does. Not here: what a plan is (`plans`), HTTP.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use palisander_engine::rules::ProfileSet;
use palisander_engine::{Date, Engine};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::caller::Caller;
use super::office::{Faults, Office, OfficeError, still};
use crate::config::{MAX_CASES_READ, MAX_PLAN_BILLS, MAX_PLANS};
use crate::hex;
use crate::plans::{self, Coverage, Measured, MilestoneState, Overdue, Plan, PlanRecord, PlanState, coverage, overdue};
use crate::secret;
use crate::store::{Assessed, Batch, KeptBill, Kind, Member, ReaderKind, Role};

const AGREES: &str = "a plan is agreed to by a publisher who did not write it";
const MACHINE: &str = "a machine agrees to nothing";

/// A plan that somebody writes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drafted {
    pub plan: Plan,
    /// Group that keeps it; one of the caller's.
    pub group: String,
    /// Groups whose members see it, too.
    #[serde(default)]
    pub with: BTreeSet<String>,
}

/// A step that is wanted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    pub to: PlanState,
    /// What came of it, once it ends.
    #[serde(default)]
    pub result: String,
}

/// How far a milestone has come.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneTold {
    pub state: MilestoneState,
    #[serde(default)]
    pub note: String,
}

/// A group of a plan with the bodies that belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupOfPlan {
    pub id: String,
    pub name: String,
    pub members: Vec<Member>,
}

/// A plan as those who may see it are shown it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownPlan {
    #[serde(flatten)]
    pub record: PlanRecord,
    pub due: Vec<Overdue>,
    /// Its measures, each with the profiles that do it.
    pub coverage: Vec<Measured>,
    pub groups: Vec<GroupOfPlan>,
    /// Does the operation run today? Its profiles act between its days only.
    pub acts: bool,
}

/// All plans of a caller.
#[derive(Debug, Clone, Serialize)]
pub struct ListedPlans {
    pub plans: Vec<PlanRecord>,
    pub due: Vec<Overdue>,
    /// Measures of those that are agreed or run, and of the plans that are built in; and profiles of none of them.
    pub coverage: Coverage,
}

/// A hit of a profile of the plan's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanHit {
    pub profile: String,
    pub indicator: String,
    pub plan: String,
}

/// A bill on which profiles of the plan's own fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanBill {
    pub id: String,
    pub consignment: String,
    pub on: Date,
    pub lane: String,
    pub hits: Vec<PlanHit>,
}

/// What the profiles of a plan brought, between its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanBills {
    pub plan: String,
    pub partners: Vec<String>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Bills by profile; one that brought none counts nought.
    pub by_profile: BTreeMap<String, usize>,
    /// Bills by lane.
    pub by_lane: BTreeMap<String, usize>,
    pub n_bills: usize,
    /// The first of them.
    pub bills: Vec<PlanBill>,
}

impl Office {
    /// Writes a plan.
    pub fn draft_plan(&self, caller: &Caller, drafted: Drafted) -> Result<PlanRecord, OfficeError> {
        let Drafted { plan, group, with } = drafted;
        let mut faults = Faults { form: plans::faults(&plan), standing: Vec::new() };
        let known = self.store.groups()?;
        if !caller.reader.groups.contains(&group) {
            faults.standing.push("`group` is one of yours that acts".to_owned());
        }
        if with.len() > plans::MAX_PLAN_NAMES || with.iter().any(|id| !known.iter().any(|own| own.id == *id)) {
            faults.standing.push("`with` names groups that there are".to_owned());
        }
        let all = self.store.plans(false, MAX_CASES_READ)?;
        if all.iter().any(|(own, _)| own.plan.id == plan.id && belongs(caller, own)) {
            faults.standing.push("there is a plan of that `id`, which has not ended".to_owned());
        }
        if all.iter().filter(|(own, _)| own.group == group).count() >= MAX_PLANS {
            faults.standing.push(format!("the group has MAX_PLANS ({MAX_PLANS}) plans; end some"));
        }
        faults.checked()?;
        let record = PlanRecord {
            id: secret::id("p")?,
            plan,
            state: PlanState::Draft,
            group,
            with,
            written_by: caller.reader.id.clone(),
            written_on: self.clock.today(),
            agreed_by: None,
            agreed_on: None,
            began_on: None,
            ended_on: None,
            result: String::new(),
        };
        let draft = self.says(&caller.reader.id, Kind::PlanDrafted, &record.id, &record)?;
        self.store.append(Batch::of(draft))?;
        Ok(record)
    }

    /// A step of a plan; everything that hinders it is told at once.
    pub fn move_plan(
        &self,
        caller: &Caller,
        engine: &Engine,
        id: &str,
        step: &PlanStep,
    ) -> Result<ShownPlan, OfficeError> {
        let (mut record, seq) = self.known_plan(caller, id)?;
        still(caller, seq)?;
        let by = caller.reader.id.as_str();
        if step.to == PlanState::Agreed {
            if caller.reader.kind != ReaderKind::Person {
                return Err(self.stopped_plan(caller, &record, MACHINE)?);
            }
            if !caller.roles.contains(&Role::Publisher) || by == record.written_by {
                return Err(self.stopped_plan(caller, &record, AGREES)?);
            }
        }
        let today = self.clock.today();
        let hinders = record.hinders(step.to, &step.result, by, engine.profiles(), today);
        if !hinders.is_empty() {
            return Err(OfficeError::Conflict(hinders));
        }
        record.steps(step.to, &step.result, by, today);
        self.append_plan(caller, Kind::PlanMoved, &record, seq)?;
        self.shown_plan(record, engine.profiles())
    }

    /// How far a milestone has come.
    pub fn tell_milestone(
        &self,
        caller: &Caller,
        engine: &Engine,
        id: &str,
        n: usize,
        told: &MilestoneTold,
    ) -> Result<ShownPlan, OfficeError> {
        let (mut record, seq) = self.known_plan(caller, id)?;
        still(caller, seq)?;
        record.tell(n, told.state, &told.note).map_err(OfficeError::Conflict)?;
        self.append_plan(caller, Kind::PlanTold, &record, seq)?;
        self.shown_plan(record, engine.profiles())
    }

    /// A plan with what is late, what does its measures, and who belongs to its groups.
    pub fn plan_of(&self, caller: &Caller, engine: &Engine, id: &str) -> Result<ShownPlan, OfficeError> {
        let (record, _) = self.known_plan(caller, id)?;
        self.shown_plan(record, engine.profiles())
    }

    /// Plans of the caller's groups, the latest first; with `is_ended_too` those that have ended.
    pub fn plans_of(&self, caller: &Caller, engine: &Engine, is_ended_too: bool) -> Result<ListedPlans, OfficeError> {
        let all = self.store.plans(is_ended_too, MAX_CASES_READ)?.into_iter().map(|(record, _)| record);
        let plans: Vec<PlanRecord> = all.filter(|record| belongs(caller, record)).collect();
        let (today, asks) = (self.clock.today(), |own: &&PlanRecord| asks(own));
        let due = overdue(plans.iter().filter(asks).map(|own| &own.plan), today);
        let mut acting: Vec<Plan> = plans.iter().filter(asks).map(|own| own.plan.clone()).collect();
        acting.extend(plans::built_in().iter().filter_map(|(_, text)| plans::read(text).ok()));
        let coverage = coverage(&acting, engine.profiles(), today);
        Ok(ListedPlans { plans, due, coverage })
    }

    /// Plans of the caller's groups that are agreed or run.
    pub(super) fn plans_that_run(&self, caller: &Caller) -> Result<Vec<Plan>, OfficeError> {
        let all = self.store.plans(false, MAX_CASES_READ)?.into_iter().map(|(record, _)| record);
        Ok(all.filter(|own| belongs(caller, own) && asks(own)).map(|own| own.plan).collect())
    }

    /// Bills on which the profiles of a plan fired between its days, as the caller may know them, each hit with the plan.
    pub fn plan_bills(&self, caller: &Caller, id: &str) -> Result<PlanBills, OfficeError> {
        let (record, _) = self.known_plan(caller, id)?;
        if record.state == PlanState::Draft {
            return Err(OfficeError::Conflict(vec!["nobody has agreed to it yet: it brought nothing".to_owned()]));
        }
        // Every answer of its days is read.
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let plan = &record.plan;
        let mut found = PlanBills {
            plan: plan.id.clone(),
            partners: plan.partners.clone(),
            from: plan.from,
            to: plan.to,
            by_profile: plan.profiles.iter().map(|id| (id.clone(), 0)).collect(),
            by_lane: BTreeMap::new(),
            n_bills: 0,
            bills: Vec::new(),
        };
        let is_within = |day: Date| plan.from.is_none_or(|from| from <= day) && plan.to.is_none_or(|to| day <= to);
        self.each(Kind::Assessed, Timestamp::MAX, &mut |_, said: Assessed| {
            if is_within(said.as_of) && !said.freed {
                for kept in &said.kept {
                    self.count_bill(caller, plan, kept, said.as_of, &mut found)?;
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn count_bill(
        &self,
        caller: &Caller,
        plan: &Plan,
        kept: &KeptBill,
        on: Date,
        found: &mut PlanBills,
    ) -> Result<(), OfficeError> {
        let digest = kept.sights.get(&caller.clearance()).and_then(|sight| hex::read(&sight.answer));
        let Some(body) = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten() else { return Ok(()) };
        let Ok(answer) = serde_json::from_slice::<Value>(&body.bytes) else { return Ok(()) };
        let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let all = answer.get("hits").and_then(Value::as_array).into_iter().flatten();
        let hits: Vec<PlanHit> = all
            .filter(|hit| plan.profiles.contains(&text(hit, "profile")))
            .map(|hit| PlanHit {
                profile: text(hit, "profile"),
                indicator: text(hit, "indicator"),
                plan: plan.id.clone(),
            })
            .collect();
        if hits.is_empty() {
            return Ok(());
        }
        let lane = text(&answer, "lane");
        for profile in hits.iter().map(|hit| &hit.profile).collect::<BTreeSet<_>>() {
            *found.by_profile.entry(profile.clone()).or_default() += 1;
        }
        *found.by_lane.entry(lane.clone()).or_default() += 1;
        found.n_bills += 1;
        if found.bills.len() < MAX_PLAN_BILLS {
            let (id, consignment) = (kept.id.clone(), kept.consignment.clone());
            found.bills.push(PlanBill { id, consignment, on, lane, hits });
        }
        Ok(())
    }

    fn shown_plan(&self, record: PlanRecord, rules: &ProfileSet) -> Result<ShownPlan, OfficeError> {
        let today = self.clock.today();
        let all = self.store.groups()?.into_iter();
        let own = all.filter(|group| group.id == record.group || record.with.contains(&group.id));
        let groups = own.map(|group| GroupOfPlan { id: group.id, name: group.name, members: group.members }).collect();
        let due = if asks(&record) { overdue([&record.plan], today) } else { Vec::new() };
        let coverage = coverage(std::slice::from_ref(&record.plan), rules, today).measures;
        let is_within =
            record.plan.from.is_none_or(|from| from <= today) && record.plan.to.is_none_or(|to| today <= to);
        let acts = record.state == PlanState::Running && is_within;
        Ok(ShownPlan { due, coverage, groups, acts, record })
    }

    fn append_plan(&self, caller: &Caller, kind: Kind, record: &PlanRecord, seq: u64) -> Result<(), OfficeError> {
        let mut draft = self.says(&caller.reader.id, kind, &record.id, record)?;
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(())
    }

    /// Somebody wanted what he may not; it is on record.
    fn stopped_plan(
        &self,
        caller: &Caller,
        record: &PlanRecord,
        why: &'static str,
    ) -> Result<OfficeError, OfficeError> {
        let said = serde_json::json!({ "plan": record.id, "why": why });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(OfficeError::Barred(why))
    }

    /// A plan that exists for the caller.
    fn known_plan(&self, caller: &Caller, id: &str) -> Result<(PlanRecord, u64), OfficeError> {
        let shown = || id.chars().filter(|c| !c.is_control()).take(40).collect();
        let found = self.store.plan(id)?.filter(|(record, _)| belongs(caller, record));
        found.ok_or_else(|| OfficeError::Missing { what: "plan", id: shown() })
    }
}

/// Does a plan exist for somebody? For the members of its groups alone.
fn belongs(caller: &Caller, record: &PlanRecord) -> bool {
    caller.reader.groups.contains(&record.group) || !caller.reader.groups.is_disjoint(&record.with)
}

/// Does it ask for anything? A draft is nobody's word yet.
fn asks(record: &PlanRecord) -> bool {
    matches!(record.state, PlanState::Agreed | PlanState::Running)
}
