//! Information: what people tell, from the door to the score and out again.
//!
//! In: a caller, what he tells or does with it. Out: entries, each the whole record as it stands then. Handlers grade, label
//! and set it live; what is on those who decide is for integrity readers alone. A second person signs what lowers a label,
//! takes back what acts, or puts a convicted party on the watch list. Not here: what becomes of it in scores (`news`),
//! tips of those without a key (`tips`), names that no text may hold (`holders`).

use std::collections::BTreeSet;

use palisander_engine::tables::Gradings;
use palisander_engine::{CountryCode, Date, Label};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Caller;
use super::office::{Faults, Office, OfficeError};
use crate::config::{MAX_FIELD_CHARS, MAX_INFORMATION_CHARS, MAX_INFORMATION_NAMES, MAX_PAGE, MAX_REASON_CHARS};
use crate::secret;
use crate::store::{
    Appeal, Batch, Grade, Information, InformationKind, InformationQuestion, InformationState, Kind, Once, Pending,
    PendingAct, ReaderKind, Role, SourceKind, WhatTold,
};

/// What a handler says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grading {
    pub grade: Grade,
    pub label: Label,
    /// What it may be used for.
    pub purpose: String,
    #[serde(default)]
    pub groups: BTreeSet<String>,
    pub effective_from: Option<Date>,
    pub effective_to: Option<Date>,
    pub review_by: Option<Date>,
}

/// What may be asked of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub state: Option<InformationState>,
    pub kind: Option<InformationKind>,
    /// Only what has ended, ends within so many days, or has to be looked at again.
    pub due: Option<i32>,
}

/// Why a piece of information needs somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Due {
    #[serde(rename = "it has ended")]
    Ended,
    #[serde(rename = "it ends soon")]
    Ending,
    #[serde(rename = "its day of review has passed")]
    Review,
}

/// How an act on information ended.
#[derive(Debug, Clone)]
pub struct Handled {
    pub information: Information,
    /// Another person has to sign.
    pub needs_second: bool,
}

/// Why an act is stopped by a law of the product.
const COVERT: &str = "what comes of a covert source is not passed on; make a copy that says nothing of it";
const SAME_PERSON: &str = "two different persons have to sign; the same one cannot sign twice";
const MACHINE: &str = "a machine signs nothing";
const NAMED: &str = "this cannot be taken in writing; speak to a handler";

impl Office {
    /// Takes what somebody tells.
    pub fn tell(&self, caller: &Caller, mut told: WhatTold, once: Option<Once>) -> Result<Information, OfficeError> {
        if caller.roles.iter().all(|role| *role == Role::Carrier) {
            told.source_kind = SourceKind::Carrier;
        }
        let mut faults = faults(&told);
        if told.kind == InformationKind::Tip {
            faults.form.push("a tip comes without a key, at `/v1/tips`; tell a report".to_owned());
        }
        faults.checked()?;
        self.names_nobody(caller, &told)?;
        let information = self.received(told, Some(caller.reader.id.clone()), secret::id("i")?);
        let draft = self.said(&caller.reader.id, Kind::InformationReceived, &information)?;
        let receipts = self.store.append(Batch { drafts: vec![draft], once: once.clone() })?;
        match receipts.first() {
            Some(receipt) if receipt.again => self.told_before(receipt.seq),
            _ => Ok(information),
        }
    }

    /// A new record, of a reader or of nobody.
    pub(super) fn received(&self, told: WhatTold, by: Option<String>, id: String) -> Information {
        Information {
            id,
            state: InformationState::Received,
            told,
            received_on: self.clock.today(),
            by,
            grade: None,
            label: None,
            groups: BTreeSet::new(),
            countries_shared: BTreeSet::new(),
            purpose: None,
            live_on: None,
            withdrawn_on: None,
            why: None,
            pending: None,
            copies: Vec::new(),
            asked: Vec::new(),
        }
    }

    fn told_before(&self, seq: u64) -> Result<Information, OfficeError> {
        let gone = || OfficeError::Missing { what: "record any more of entry", id: seq.to_string() };
        let entry = self.store.entries(seq.saturating_sub(1), 1)?.pop().ok_or_else(gone)?;
        Ok(self.store.information(&entry.subject)?.ok_or_else(gone)?.0)
    }

    /// A page of what a caller may see, the latest first; the number to go on from, when there is more.
    pub fn informed(
        &self,
        caller: &Caller,
        wanted: Wanted,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<u64>), OfficeError> {
        let (mut shown, mut read) = (Vec::new(), Vec::new());
        let mut before = before.unwrap_or(u64::MAX);
        let label = listed_to(caller);
        let next = 'pages: loop {
            let asked = InformationQuestion { label, teller: caller.reader.id.clone(), before, limit: MAX_PAGE };
            let page = self.store.informations(&asked)?;
            let is_last = page.len() < MAX_PAGE;
            for (information, seq) in page {
                if shown.len() == limit {
                    break 'pages Some(before);
                }
                before = seq;
                if !is_seen(caller, &information) || !self.is_wanted(&information, wanted) {
                    continue;
                }
                if information.label() >= Label::Amber && !is_own(caller, &information) {
                    read.push(information.id.clone());
                }
                shown.push(self.shown(caller, &information));
            }
            if is_last {
                break None;
            }
        };
        self.note_informed(caller, read)?;
        Ok((shown, next))
    }

    /// One piece as a caller may see it.
    pub fn informed_of(&self, caller: &Caller, id: &str) -> Result<Value, OfficeError> {
        let (information, _) = self.seen(caller, id)?;
        if information.label() >= Label::Amber && !is_own(caller, &information) {
            self.note_informed(caller, vec![information.id.clone()])?;
        }
        Ok(self.shown(caller, &information))
    }

    fn is_wanted(&self, information: &Information, wanted: Wanted) -> bool {
        wanted.state.is_none_or(|state| information.state == state)
            && wanted.kind.is_none_or(|kind| information.told.kind == kind)
            && wanted.due.is_none_or(|days| self.due(information, days).is_some())
    }

    /// Why it needs somebody, within so many days.
    pub fn due(&self, information: &Information, days: i32) -> Option<Due> {
        if information.state != InformationState::Live {
            return None;
        }
        let today = self.clock.today();
        let ends_in = information.told.effective_to.map(|last| (last - today).get_days());
        match ends_in {
            Some(left) if left < 0 => Some(Due::Ended),
            _ if information.told.review_by.is_some_and(|review| review <= today) => Some(Due::Review),
            Some(left) if left <= days => Some(Due::Ending),
            _ => None,
        }
    }

    /// What a caller is shown of what he may see: all of it to those who handle it, what was told to others.
    pub fn shown(&self, caller: &Caller, information: &Information) -> Value {
        if handles(caller, information) {
            let mut all = json!(information);
            if let (Some(due), Some(fields)) = (self.due(information, DUE_DAYS), all.as_object_mut()) {
                fields.insert("due".to_owned(), json!(due));
            }
            return all;
        }
        let Information { id, state, told, received_on, grade, label, purpose, live_on, withdrawn_on, .. } =
            information;
        let told = WhatTold { source_code: None, ..told.clone() };
        let mut shown = json!({ "id": id, "state": state, "told": told, "received_on": received_on });
        if is_own(caller, information) && label.is_none() {
            return shown;
        }
        let more = json!({ "grade": grade, "label": label, "purpose": purpose, "live_on": live_on, "withdrawn_on": withdrawn_on });
        if let (Some(fields), Value::Object(more)) = (shown.as_object_mut(), more) {
            fields.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
        }
        shown
    }

    /// Gives it a grade, a label and a purpose.
    pub fn grade(
        &self,
        caller: &Caller,
        gradings: &Gradings,
        id: &str,
        grading: Grading,
    ) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let Grading { grade, label, purpose, groups, effective_from, effective_to, review_by } = grading;
        let mut faults = Faults::default();
        let written = format!("{}{}", grade.source, grade.content);
        if written.is_empty() || gradings.graded(Some(&grade.scheme), &written).is_none() {
            let known = gradings.schemes().collect::<Vec<_>>().join(", ");
            faults.form.push(format!("the grade is none of its scheme; the schemes are {known}"));
        }
        faults.form.extend(text_fault("purpose", &purpose, MAX_FIELD_CHARS));
        faults
            .form
            .extend((purpose.trim().is_empty()).then(|| "`purpose` is needed: what it may be used for".to_owned()));
        let (first, last) =
            (effective_from.or(information.told.effective_from), effective_to.or(information.told.effective_to));
        faults.form.extend(days_fault(first, last));
        let known = self.store.groups()?;
        let unknown = groups.iter().filter(|id| !known.iter().any(|group| group.id == **id));
        faults
            .standing
            .extend(unknown.map(|id| format!("there is no group `{}`", id.chars().take(40).collect::<String>())));
        if !matches!(information.state, InformationState::Received | InformationState::Graded) {
            faults.standing.push(format!("it is {}; only what is received or graded is graded", information.state));
        }
        if information.label.is_some_and(|before| label < before) {
            faults.standing.push("a less strict label takes two persons; ask for it by `/label`".to_owned());
        }
        if !groups.is_superset(&information.groups) {
            faults.standing.push("a group that may read it is not taken away here".to_owned());
        }
        faults.checked()?;
        information.state = InformationState::Graded;
        information.grade = Some(grade);
        information.label = Some(label);
        information.groups = groups;
        information.purpose = Some(purpose.trim().to_owned());
        information.told.effective_from = first;
        information.told.effective_to = last;
        information.told.review_by = review_by.or(information.told.review_by);
        self.changed(caller, Kind::InformationGraded, information, seq, None)
    }

    /// Has it act in scores. A conviction is an entry of the watch list, which takes two persons.
    pub fn set_live(&self, caller: &Caller, id: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let mut standing = Vec::new();
        if information.told.kind == InformationKind::Integrity {
            standing.push("what is told of those who decide is no part of a score".to_owned());
        }
        if information.state != InformationState::Graded {
            standing.push(format!("it is {}; it goes live with a grade, a label and a purpose", information.state));
        }
        if information.told.effective_to.is_none() && information.told.review_by.is_none() {
            standing.push("it needs a last day (`effective_to`) or a day of review (`review_by`)".to_owned());
        }
        if information.told.effective_to.is_some_and(|last| last < self.clock.today()) {
            standing.push("it has ended".to_owned());
        }
        if information.told.conviction.as_ref().is_some_and(|conviction| conviction.appeal == Appeal::Quashed) {
            standing.push("the conviction was quashed".to_owned());
        }
        Faults { form: Vec::new(), standing }.checked()?;
        if information.told.kind == InformationKind::Conviction {
            return self.proposed(caller, information, seq, PendingAct::Live, "convicted party", None);
        }
        self.acts(&mut information);
        self.changed(caller, Kind::InformationLive, information, seq, None)
    }

    fn acts(&self, information: &mut Information) {
        information.state = InformationState::Live;
        information.live_on = Some(self.clock.today());
    }

    /// Takes it back. What acts in scores takes two persons, since lanes may fall by it.
    pub fn withdraw(&self, caller: &Caller, id: &str, reason: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let reason = reasoned(reason)?;
        match information.state {
            InformationState::Live => self.proposed(caller, information, seq, PendingAct::Withdraw, &reason, None),
            InformationState::Received | InformationState::Graded => {
                self.withdrawn(&mut information, reason);
                self.changed(caller, Kind::InformationWithdrawn, information, seq, None)
            }
            InformationState::Withdrawn | InformationState::Closed => Err(over()),
        }
    }

    fn withdrawn(&self, information: &mut Information, why: String) {
        information.state = InformationState::Withdrawn;
        information.withdrawn_on = Some(self.clock.today());
        information.why = Some(why);
    }

    /// Says that nothing comes of it.
    pub fn close(&self, caller: &Caller, id: &str, reason: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let why = reasoned(reason)?;
        match information.state {
            InformationState::Received | InformationState::Graded => {
                information.state = InformationState::Closed;
                information.why = Some(why);
                self.changed(caller, Kind::InformationClosed, information, seq, None)
            }
            InformationState::Live => Err(OfficeError::Conflict(vec!["it acts in scores; withdraw it".to_owned()])),
            InformationState::Withdrawn | InformationState::Closed => Err(over()),
        }
    }

    /// Gives it another label: a stricter one at once, a less strict one with a second person.
    pub fn relabel(&self, caller: &Caller, id: &str, label: Label, reason: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let reason = reasoned(reason)?;
        match information.label {
            None => Err(OfficeError::Conflict(vec!["it has no label yet; grade it".to_owned()])),
            Some(before) if label == before => Err(OfficeError::Conflict(vec![format!("it is {label} already")])),
            Some(before) if label > before => {
                information.label = Some(label);
                information.pending = None;
                self.changed(caller, Kind::LabelRaised, information, seq, None)
            }
            Some(_) => self.proposed(caller, information, seq, PendingAct::LowerLabel, &reason, Some(label)),
        }
    }

    /// The second person signs what another one wants.
    pub fn countersign(&self, caller: &Caller, id: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let Some(pending) = information.pending.take() else {
            return Err(OfficeError::Conflict(vec!["nothing waits for a second person".to_owned()]));
        };
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped(caller, id, MACHINE)?);
        }
        if pending.by == caller.reader.id {
            return Err(self.stopped(caller, id, SAME_PERSON)?);
        }
        let kind = match pending.act {
            PendingAct::Live => {
                self.acts(&mut information);
                Kind::InformationLive
            }
            PendingAct::Withdraw => {
                self.withdrawn(&mut information, pending.reason);
                Kind::InformationWithdrawn
            }
            PendingAct::LowerLabel => {
                information.label = pending.label.or(information.label);
                Kind::LabelLowered
            }
        };
        self.changed(caller, kind, information, seq, Some(pending.by))
    }

    /// Makes a copy to be passed on, which says nothing of its source nor that it is a copy.
    pub fn copy(&self, caller: &Caller, id: &str, told: WhatTold) -> Result<Information, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let mut faults = faults(&told);
        if told.source_kind == SourceKind::Covert || told.source_code.is_some() {
            faults.form.push("a copy says nothing of a covert source; choose another `source_kind`".to_owned());
        }
        faults.checked()?;
        self.names_nobody(caller, &told)?;
        let copy = self.received(told, Some(caller.reader.id.clone()), secret::id("i")?);
        information.copies.push(copy.id.clone());
        let mut original = self.said(&caller.reader.id, Kind::InformationCopied, &information)?;
        original.after = Some(seq);
        let drafts = vec![original, self.said(&caller.reader.id, Kind::InformationReceived, &copy)?];
        self.store.append(Batch { drafts, once: None })?;
        Ok(copy)
    }

    /// Passes it on to groups and countries.
    pub fn share(
        &self,
        caller: &Caller,
        id: &str,
        groups: &BTreeSet<String>,
        countries: &BTreeSet<CountryCode>,
    ) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let known = self.store.groups()?;
        let mut faults = Faults::default();
        if groups.is_empty() && countries.is_empty() {
            faults.form.push("`to_groups` or `to_countries` says to whom".to_owned());
        }
        let unknown = groups.iter().filter(|id| !known.iter().any(|group| group.id == **id));
        faults
            .standing
            .extend(unknown.map(|id| format!("there is no group `{}`", id.chars().take(40).collect::<String>())));
        if information.label.is_none() {
            faults.standing.push("it has no label yet; grade it".to_owned());
        }
        if matches!(information.state, InformationState::Withdrawn | InformationState::Closed) {
            faults.standing.push(format!("it is {}", information.state));
        }
        faults.checked()?;
        if information.told.source_kind == SourceKind::Covert {
            return Err(self.stopped(caller, id, COVERT)?);
        }
        information.groups.extend(groups.iter().cloned());
        information.countries_shared.extend(countries);
        self.changed(caller, Kind::InformationShared, information, seq, None)
    }

    /// What withdrawn information a reader has read: he is told that it no longer holds.
    pub fn retracted(&self, caller: &Caller) -> Result<Vec<Value>, OfficeError> {
        let retracted = self.store.retracted_of(&caller.reader.id, MAX_PAGE)?;
        let shown =
            |one: Information| json!({ "id": one.id, "title": one.told.title, "withdrawn_on": one.withdrawn_on });
        Ok(retracted.into_iter().map(shown).collect())
    }

    /// One piece that a caller may see, with the number of its last entry.
    fn seen(&self, caller: &Caller, id: &str) -> Result<(Information, u64), OfficeError> {
        let found = self.store.information(id)?.filter(|(information, _)| is_seen(caller, information));
        found.ok_or_else(|| missing(id))
    }

    /// One piece that a caller handles.
    pub(super) fn handled(&self, caller: &Caller, id: &str) -> Result<(Information, u64), OfficeError> {
        let found = self.store.information(id)?.filter(|(information, _)| handles(caller, information));
        found.ok_or_else(|| missing(id))
    }

    fn proposed(
        &self,
        caller: &Caller,
        mut information: Information,
        seq: u64,
        act: PendingAct,
        reason: &str,
        label: Option<Label>,
    ) -> Result<Handled, OfficeError> {
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped(caller, &information.id, MACHINE)?);
        }
        if let Some(waits) = &information.pending {
            let what = waits.act;
            return Err(OfficeError::Conflict(vec![format!("`{what}` waits for a second person already")]));
        }
        information.pending = Some(Pending { act, by: caller.reader.id.clone(), reason: reason.to_owned(), label });
        let mut handled = self.changed(caller, Kind::InformationProposed, information, seq, None)?;
        handled.needs_second = true;
        Ok(handled)
    }

    /// Writes how it stands now, unless somebody was faster.
    pub(super) fn changed(
        &self,
        caller: &Caller,
        kind: Kind,
        information: Information,
        seq: u64,
        second: Option<String>,
    ) -> Result<Handled, OfficeError> {
        if let Some(why) = &information.why {
            self.names_none_in(caller, why)?;
        }
        let mut draft = self.said(&caller.reader.id, kind, &information)?;
        draft.after = Some(seq);
        draft.second = second;
        self.store.append(Batch::of(draft))?;
        Ok(Handled { information, needs_second: false })
    }

    pub(super) fn said(
        &self,
        by: &str,
        kind: Kind,
        information: &Information,
    ) -> Result<crate::store::Draft, OfficeError> {
        let mut draft = self.says(by, kind, &information.id, information)?;
        draft.label = information.label();
        Ok(draft)
    }

    /// Puts an attempt on record that a law of the product stops.
    fn stopped(&self, caller: &Caller, id: &str, why: &str) -> Result<OfficeError, OfficeError> {
        let said = json!({ "information": id, "why": why });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(OfficeError::Conflict(vec![why.to_owned()]))
    }

    /// Refuses a text that names whom a code stands for. The text is not kept.
    fn names_nobody(&self, caller: &Caller, told: &WhatTold) -> Result<(), OfficeError> {
        let names = [&told.method, &told.parties, &told.issuers, &told.route].into_iter().flatten().map(String::as_str);
        let values = told.identifiers.iter().map(|identifier| identifier.value.as_str());
        let texts = [Some(told.title.as_str()), Some(&told.text), told.plain_text.as_deref(), told.number.as_deref()];
        let all: Vec<&str> = texts.into_iter().flatten().chain(names).chain(values).collect();
        self.names_none_in(caller, &all.join("\n"))
    }

    fn names_none_in(&self, caller: &Caller, text: &str) -> Result<(), OfficeError> {
        if self.named_holders(text)?.is_empty() {
            return Ok(());
        }
        let said = json!({ "why": NAMED });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Err(OfficeError::Wrong(vec![NAMED.to_owned()]))
    }

    /// Writes who read what is AMBER or stricter.
    fn note_informed(&self, caller: &Caller, ids: Vec<String>) -> Result<(), OfficeError> {
        if ids.is_empty() {
            return Ok(());
        }
        let said = json!({ "information": ids });
        let mut draft = self.says(&caller.reader.id, Kind::Read, &caller.reader.id, &said)?;
        draft.label = Label::Amber;
        self.store.append(Batch::of(draft))?;
        Ok(())
    }
}

/// Days within which an end is soon.
const DUE_DAYS: i32 = 30;

/// The strictest label that lists of a caller hold, beside his own.
fn listed_to(caller: &Caller) -> Label {
    let has = |role| caller.roles.contains(&role);
    match () {
        () if has(Role::Handler) || has(Role::Integrity) => Label::Red,
        () if has(Role::Officer) || has(Role::Analyst) || has(Role::Publisher) => caller.clearance(),
        () => Label::Green,
    }
}

/// Does a caller handle it? What is told of those who decide is handled by integrity readers, all else by handlers.
fn handles(caller: &Caller, information: &Information) -> bool {
    let role = match information.told.kind {
        InformationKind::Integrity => Role::Integrity,
        _ => Role::Handler,
    };
    caller.roles.contains(&role)
}

fn is_own(caller: &Caller, information: &Information) -> bool {
    information.by.as_deref() == Some(&caller.reader.id)
}

/// May a caller see it? Who told it may; who handles it may; others by its label and groups.
fn is_seen(caller: &Caller, information: &Information) -> bool {
    if handles(caller, information) || is_own(caller, information) {
        return true;
    }
    let Some(label) = information.label.filter(|_| information.told.kind != InformationKind::Integrity) else {
        return false;
    };
    let is_of_a_group = !information.groups.is_disjoint(&caller.reader.groups);
    let is_inside = caller.roles.iter().any(|role| matches!(role, Role::Officer | Role::Analyst | Role::Publisher));
    if is_inside {
        let by_group = label <= Label::Green || information.groups.is_empty() || is_of_a_group;
        return label <= caller.clearance() && by_group;
    }
    match label {
        Label::Clear => caller.roles.contains(&Role::Contributor),
        Label::Green => caller.roles.contains(&Role::Contributor) && is_of_a_group,
        _ => false,
    }
}

fn missing(id: &str) -> OfficeError {
    OfficeError::Missing { what: "information", id: id.chars().filter(|c| !c.is_control()).take(40).collect() }
}

fn over() -> OfficeError {
    OfficeError::Conflict(vec!["it acts no longer".to_owned()])
}

fn reasoned(reason: &str) -> Result<String, OfficeError> {
    let mut form = Vec::new();
    form.extend(reason.trim().is_empty().then(|| "a reason is needed".to_owned()));
    form.extend(text_fault("reason", reason, MAX_REASON_CHARS));
    Faults { form, standing: Vec::new() }.checked()?;
    Ok(reason.trim().to_owned())
}

fn text_fault(field: &str, text: &str, most: usize) -> Option<String> {
    if text.chars().count() > most {
        return Some(format!("`{field}` is over {most} characters"));
    }
    let is_wrong = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    text.chars().any(is_wrong).then(|| format!("`{field}` holds a control character"))
}

fn days_fault(first: Option<Date>, last: Option<Date>) -> Option<String> {
    let (first, last) = (first?, last?);
    (last < first).then(|| format!("its last day {last} comes before its first, {first}"))
}

/// What is wrong with what is told.
pub(super) fn faults(told: &WhatTold) -> Faults {
    let mut form = Vec::new();
    if told.title.trim().is_empty() {
        form.push("`title` is empty".to_owned());
    }
    let short = [("title", Some(told.title.as_str())), ("number", told.number.as_deref())];
    let long = [("text", Some(told.text.as_str())), ("plain_text", told.plain_text.as_deref())];
    form.extend(short.into_iter().filter_map(|(field, text)| text_fault(field, text?, MAX_FIELD_CHARS)));
    form.extend(long.into_iter().filter_map(|(field, text)| text_fault(field, text?, MAX_INFORMATION_CHARS)));
    let values: Vec<String> = told.identifiers.iter().map(|identifier| identifier.value.clone()).collect();
    let ships: Vec<String> = told.vessels.iter().flat_map(|ship| [&ship.name, &ship.imo]).flatten().cloned().collect();
    let lists: [(&str, &[String]); 10] = [
        ("taxa", &told.taxa),
        ("route", &told.route),
        ("method", &told.method),
        ("parties", &told.parties),
        ("issuers", &told.issuers),
        ("containers", &told.containers),
        ("permits", &told.permits),
        ("identifiers", &values),
        ("vessels", &ships),
        ("countries", &[]),
    ];
    for (field, list) in lists {
        let n = if field == "countries" { told.countries.len() } else { list.len() };
        if n > MAX_INFORMATION_NAMES {
            form.push(format!("`{field}` holds more than MAX_INFORMATION_NAMES ({MAX_INFORMATION_NAMES})"));
        }
        form.extend(list.iter().find_map(|text| text_fault(field, text, MAX_FIELD_CHARS)));
        if list.iter().any(|text| text.trim().is_empty()) {
            form.push(format!("`{field}` holds an empty text"));
        }
    }
    match (told.source_kind == SourceKind::Covert, &told.source_code) {
        (true, None) => form.push("a covert source has a `source_code`".to_owned()),
        (false, Some(_)) => form.push("only a covert source has a `source_code`".to_owned()),
        (true, Some(code)) if !is_opaque(code) => {
            form.push("a `source_code` is capitals, digits and `-`, with a digit: a code, no name".to_owned());
        }
        _ => {}
    }
    match (told.kind == InformationKind::Conviction, &told.conviction) {
        (true, None) => {
            form.push("a conviction says `conviction`: offence, law, court, day, country, appeal".to_owned())
        }
        (false, Some(_)) => form.push("only a conviction has `conviction`".to_owned()),
        _ => {}
    }
    if told.kind == InformationKind::Conviction && told.parties.is_empty() {
        form.push("a conviction names `parties`: who was convicted".to_owned());
    }
    form.extend(days_fault(told.effective_from, told.effective_to));
    Faults { form, standing: Vec::new() }
}

/// Longest code of a source.
const MAX_CODE_CHARS: usize = 40;

/// A code that could not be a name.
pub(super) fn is_opaque(code: &str) -> bool {
    (2..=MAX_CODE_CHARS).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && code.bytes().any(|b| b.is_ascii_digit())
}
