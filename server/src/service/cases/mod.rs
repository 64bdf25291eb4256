//! Cases: who opens them, who works on them, and what is told of them.
//!
//! In: a caller, a case, what he tells. Out: an entry, and the case as it stands then. A case exists for the officers of the groups
//! that work on it and for nobody else; the lead alone says what is to be done, and reads who stands behind it together with
//! prosecutors. Not here: what is told of it later (`told.rs`), names (`names.rs`), what a case is and what hinders it (`cases`), HTTP.

mod files;
mod laboratory;
pub mod money;
mod names;
mod told;

use std::collections::BTreeSet;

use jiff::ToSpan;
use palisander_engine::tables::References;
use palisander_engine::{Appendix, CountryCode, Label};
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::office::{Faults, Office, OfficeError, still};
use crate::cases::{
    Advice, Body, Case, CaseState, Court, Facts, Finding, Line, Notice, OpenedFrom, OutcomeTold, Part, Progress,
    SeizedGoods, Sent, Task,
};
use crate::config::{MAX_CASES, MAX_CASES_READ, MAX_ENTRY_BODY_BYTES};
use crate::secret;
use crate::store::{Batch, CaseQuestion, Draft, Group, GroupKind, Kind, Sealed};

/// What is told of a new case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Group that leads it; one of the caller's.
    pub lead: String,
    pub facts: Facts,
    /// Templates whose leads are to be followed, beside those that the facts call for.
    #[serde(default)]
    pub templates: BTreeSet<String>,
}

/// A case as a caller may see it, and what is to be done.
#[derive(Debug, Clone, Serialize)]
pub struct ShownCase {
    #[serde(flatten)]
    pub case: Case,
    pub balance: crate::cases::Balance,
    /// What somebody should look at today.
    pub due: Vec<String>,
    /// What is open before it can be closed; to the lead alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<String>,
}

/// What may be done next in a case, and who and what stands beside it.
#[derive(Debug, Clone, Serialize)]
pub struct AdviceTold {
    #[serde(flatten)]
    pub advice: Advice,
    /// Champions, interpreters, trained officers, a laboratory, procedures, checks on the spot: see `directory::Beside`.
    pub beside: serde_json::Value,
}

/// What is put on record with a change of a case.
#[derive(Default)]
struct Beside {
    /// Bodies that the case names from then on.
    bodies: Vec<Sealed>,
    /// Entries about other things.
    drafts: Vec<Draft>,
}

impl Office {
    /// Opens a case that began with no bill.
    pub fn open_case(&self, caller: &Caller, tables: &References, opening: Opening) -> Result<Case, OfficeError> {
        let (case, draft) = self.opening(caller, tables, opening, None)?;
        self.store.append(Batch::of(draft))?;
        Ok(case)
    }

    /// A case that is to be opened, and the entry that does.
    pub(super) fn opening(
        &self,
        caller: &Caller,
        tables: &References,
        opening: Opening,
        from: Option<OpenedFrom>,
    ) -> Result<(Case, Draft), OfficeError> {
        let Opening { lead, facts, templates } = opening;
        let facts = facts.tidied();
        let today = self.clock.today();
        let mut faults = self.unfit_facts(&facts);
        if !caller.reader.groups.contains(&lead) || self.acting_group(&lead)?.is_none() {
            faults.standing.push("`lead` is a group of yours that acts".to_owned());
        }
        let unknown = templates.iter().filter(|name| tables.follow_up.leads(name).next().is_none());
        faults.standing.extend(unknown.map(|name| {
            let known: Vec<&str> = tables.follow_up.templates().collect();
            format!("`{}` is no template; there are {}", shown(name), known.join(", "))
        }));
        if let Some(from) = &from
            && self.open_case_of(&from.bill)?.is_some()
        {
            faults.standing.push("a case is open of this bill".to_owned());
        }
        faults.checked()?;
        let mut case = Case {
            id: secret::id("c")?,
            opened_from: from,
            opened_on: today,
            opened_by: caller.reader.id.clone(),
            lead,
            with: BTreeSet::new(),
            state: CaseState::Opened,
            is_large: false,
            is_appendix_one: false,
            custody: Vec::new(),
            findings: Vec::new(),
            tasks: Vec::new(),
            notices: Vec::new(),
            hand_overs: Vec::new(),
            court: Court::default(),
            decisions: Vec::new(),
            attachments: Vec::new(),
            closed_on: None,
            facts,
        };
        self.follows(&mut case, tables, &templates);
        let draft = self.says_case(caller, Kind::CaseOpened, &case)?;
        Ok((case, draft))
    }

    /// What cannot be so of facts.
    fn unfit_facts(&self, facts: &Facts) -> Faults {
        // Where the day begins earlier it is tomorrow already.
        let is_early = facts.seized_on > self.clock.today().tomorrow().unwrap_or(facts.seized_on);
        let standing = if is_early { vec!["`seized_on` lies in the future".to_owned()] } else { Vec::new() };
        Faults { form: facts.faults(), standing }
    }

    /// What its facts call for: leads of templates, and everybody who has to be told. What is there stays.
    fn follows(&self, case: &mut Case, tables: &References, templates: &BTreeSet<String>) {
        let goods = &case.facts.goods;
        let is_large = |one: &SeizedGoods| tables.follow_up.is_large(one.taxon.as_deref(), one.mass_kg, one.volume_m3);
        let (mass, volume) = case.facts.measures();
        // Facts may be told otherwise later; what they once called for is not untold.
        case.is_large |= goods.iter().any(is_large) || tables.follow_up.is_large(None, mass, volume);
        let is_one = |one: &SeizedGoods| may_be_appendix_one(tables, one, &case.facts);
        case.is_appendix_one |= goods.iter().any(is_one);
        let mut wanted = templates.clone();
        if case.facts.arrests > 0 {
            wanted.insert("arrest".to_owned());
        }
        if case.facts.papers.iter().any(|paper| paper.finding == Finding::False) {
            wanted.insert("false_papers".to_owned());
        }
        let leads = wanted.iter().flat_map(|name| tables.follow_up.leads(name));
        for lead in leads {
            let template = format!("{}/{}", lead.template, lead.lead);
            if case.tasks.iter().any(|task| task.template.as_ref() == Some(&template)) {
                continue;
            }
            case.tasks.push(Task {
                n: case.tasks.len() + 1,
                what: lead.what.clone(),
                template: Some(template),
                due: case.opened_on.checked_add(i64::from(lead.due_days).days()).ok(),
                state: Progress::Open,
                note: String::new(),
                ended_by: None,
            });
        }
        for (country, part) in case.facts.touched() {
            notify(case, Body::Country, Some(country), Some(part));
            if part == Part::Origin && case.is_large {
                notify(case, Body::Impact, Some(country), None);
            }
        }
        for body in [Body::Interpol, Body::Secretariat, Body::Wco] {
            notify(case, body, None, None);
        }
    }

    /// A case as the caller may see it.
    pub fn shown_case(&self, caller: &Caller, id: &str) -> Result<ShownCase, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        self.note_read(caller, id, Label::Amber)?;
        Ok(self.seen_case(caller, case))
    }

    fn seen_case(&self, caller: &Caller, mut case: Case) -> ShownCase {
        let (balance, mut due, mut unfinished) = (case.balance(), case.due(self.clock.today()), case.unfinished());
        if !leads(caller, &case) {
            // What the others do is the lead's to tell; goods and the outcome are everybody's who works on it.
            case.tasks.clear();
            case.notices.clear();
            case.decisions.clear();
            case.court.assets.clear();
            if case.hand_overs.iter().any(|over| over.state == OutcomeTold::NotShared) {
                case.court = Court::default();
            }
            due.clear();
            unfinished.clear();
        }
        if case.state == CaseState::Closed {
            unfinished.clear();
        }
        ShownCase { case, balance, due, unfinished }
    }

    /// Cases that the caller works on, the latest first.
    pub fn cases(&self, caller: &Caller, asked: &CaseQuestion) -> Result<Vec<ShownCase>, OfficeError> {
        let all = self.store.cases(asked, MAX_CASES_READ)?.into_iter().map(|(case, _)| case);
        let own = all.filter(|case| works_on(caller, case)).take(MAX_CASES);
        Ok(own.map(|case| self.seen_case(caller, case)).collect())
    }

    /// The case that is open of a bill.
    pub fn open_case_of(&self, bill: &str) -> Result<Option<Case>, OfficeError> {
        let asked = CaseQuestion { is_closed_too: false, bill: Some(bill.to_owned()) };
        Ok(self.store.cases(&asked, 1)?.pop().map(|(case, _)| case))
    }

    /// Changes a case and puts it on record as it is then. `by_lead`: only the lead may.
    fn case_changed(
        &self,
        caller: &Caller,
        id: &str,
        kind: Kind,
        by_lead: bool,
        change: impl FnOnce(&mut Case) -> Result<Faults, OfficeError>,
    ) -> Result<ShownCase, OfficeError> {
        self.case_changed_with(caller, id, (kind, by_lead), change, |_| Ok(Beside::default()))
    }

    /// The same with what belongs to the change: all of it is on record, or nothing.
    fn case_changed_with(
        &self,
        caller: &Caller,
        id: &str,
        (kind, by_lead): (Kind, bool),
        change: impl FnOnce(&mut Case) -> Result<Faults, OfficeError>,
        more: impl FnOnce(&Case) -> Result<Beside, OfficeError>,
    ) -> Result<ShownCase, OfficeError> {
        let (mut case, seq) = self.known_case(caller, id)?;
        // Whose lead is no more is taken over by those who work on it.
        let is_orphan = kind == Kind::CaseHandedOver && self.acting_group(&case.lead)?.is_none();
        if by_lead && !leads(caller, &case) && !is_orphan {
            return Err(OfficeError::Barred(NOT_LEAD));
        }
        still(caller, seq)?;
        let was_closed = case.state == CaseState::Closed;
        let n_over = case.hand_overs.len() + case.with.len();
        let waited: BTreeSet<usize> = case.custody.iter().filter(|line| line.waits()).map(|line| line.n).collect();
        let mut faults = change(&mut case)?;
        // How it ended may be told after it has; nobody else is let in any more.
        if was_closed && (kind != Kind::CaseHandedOver || case.hand_overs.len() + case.with.len() != n_over) {
            faults.standing = vec![CLOSED.to_owned()];
        }
        faults.checked()?;
        let mut draft = self.says_case(caller, kind, &case)?;
        self.names_none_of_its_own(&case)?;
        let most = if leads(caller, &case) { MAX_ENTRY_BODY_BYTES } else { MAX_ENTRY_BODY_BYTES / 2 };
        if draft.body.bytes.len() > most {
            return Err(OfficeError::Conflict(vec!["the case holds as much as it can".to_owned()]));
        }
        // Whoever told a line that is signed now is the other person of this entry.
        let is_signed_now = |line: &&Line| waited.contains(&line.n) && line.signed_by.is_some();
        draft.second = case.custody.iter().find(is_signed_now).map(|line| line.by.clone());
        draft.after = Some(seq);
        let Beside { bodies, drafts } = more(&case)?;
        draft.more = bodies;
        let drafts = std::iter::once(draft).chain(drafts).collect();
        self.store.append(Batch { drafts, ..Batch::default() })?;
        Ok(self.seen_case(caller, case))
    }

    /// Statistics and bodies abroad are told of a case as it stands here: nobody may be named in it who stands among the names.
    fn names_none_of_its_own(&self, case: &Case) -> Result<(), OfficeError> {
        let Some((entities, _)) = self.store.case_entities(&case.id)? else { return Ok(()) };
        let text = serde_json::to_value(case).unwrap_or_default();
        match entities.named_in(&text).len() {
            0 => Ok(()),
            // Which of them is told to nobody who could not read it.
            _ => Err(OfficeError::Conflict(vec![NAMED.to_owned()])),
        }
    }

    /// A case with the number of its last entry; to whoever does not work on it there is none.
    fn known_case(&self, caller: &Caller, id: &str) -> Result<(Case, u64), OfficeError> {
        let found = self.store.case(id)?.filter(|(case, _)| works_on(caller, case));
        found.ok_or_else(|| missing("case", id))
    }

    fn says_case(&self, caller: &Caller, kind: Kind, case: &Case) -> Result<Draft, OfficeError> {
        let mut draft = self.says(&caller.reader.id, kind, &case.id, case)?;
        draft.group =
            caller.reader.groups.iter().find(|group| **group == case.lead || case.with.contains(*group)).cloned();
        Ok(draft)
    }

    fn acting_group(&self, id: &str) -> Result<Option<Group>, OfficeError> {
        let today = self.clock.today();
        let acts = |group: &Group| group.id == id && group.ends_on.is_none_or(|last| last >= today);
        Ok(self.store.groups()?.into_iter().find(acts))
    }

    /// The lead, and prosecutors who work on it, as far as they are cleared.
    fn reads_names(&self, caller: &Caller, case: &Case) -> Result<bool, OfficeError> {
        if caller.clearance() < Label::Amber {
            return Ok(false);
        }
        let is_prosecutor = |group: &Group| {
            group.kind == GroupKind::Prosecution
                && case.with.contains(&group.id)
                && caller.reader.groups.contains(&group.id)
        };
        Ok(leads(caller, case) || self.store.groups()?.iter().any(is_prosecutor))
    }
}

const NAMED: &str = "somebody who stands among the names of the case is named in its facts; say it without the name";
const NOT_LEAD: &str = "another group leads this case";
const CLOSED: &str = "the case is closed";

pub(super) fn works_on(caller: &Caller, case: &Case) -> bool {
    leads(caller, case) || !caller.reader.groups.is_disjoint(&case.with)
}

fn leads(caller: &Caller, case: &Case) -> bool {
    caller.reader.groups.contains(&case.lead)
}

/// Are goods in Appendix I, or may they be? A genus may be as soon as one of its species is.
fn may_be_appendix_one(tables: &References, goods: &SeizedGoods, facts: &Facts) -> bool {
    let Some(taxon) = &goods.taxon else { return false };
    let origin = match facts.origin.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let listed = tables.listings.on(taxon, origin, None, facts.seized_on);
    let genus = taxon.split(' ').next().unwrap_or_default();
    let is_genus = taxon == genus || taxon.ends_with(" spp.") || taxon.ends_with(" sp.");
    let of_genus = tables.listings.rows().iter().any(|row| {
        row.appendix == Appendix::I
            && row.taxon.as_str().split(' ').next() == Some(genus)
            && row.period().contains(facts.seized_on)
    });
    listed.acting().is_some_and(|row| row.appendix == Appendix::I) || is_genus && of_genus
}

/// Somebody has to be told, once.
fn notify(case: &mut Case, to: Body, country: Option<CountryCode>, part: Option<Part>) {
    if case.notices.iter().any(|notice| notice.to == to && notice.country == country) {
        return;
    }
    let n = case.notices.len() + 1;
    case.notices.push(Notice {
        n,
        to,
        country,
        part,
        state: Sent::Due,
        sent_on: None,
        answered_on: None,
        note: String::new(),
    });
}

fn missing(what: &'static str, id: &str) -> OfficeError {
    OfficeError::Missing { what, id: shown(id) }
}

/// A word from outside, short enough to be quoted.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
