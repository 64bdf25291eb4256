//! Information: what people tell, from the door to the score and out again.
//!
//! In: a caller, what he tells or does with it. Out: entries, each the whole record as it stands then. Handlers grade, label
//! and set it live; what is on those who decide is for integrity readers alone. A second person signs what lowers a label,
//! takes back what acts, or puts a convicted party on the watch list. Not here: what becomes of it in scores (`news`),
//! tips of those without a key (`tips`), names that no text may hold (`holders`).

use std::collections::BTreeSet;

use palisander_engine::tables::Gradings;
use palisander_engine::{CountryCode, Date, Label};
use serde::Deserialize;
use serde_json::json;

use super::caller::Caller;
use super::office::{Faults, Office, OfficeError};
use super::told::{days_fault, faults, text_fault, texts};
use crate::config::{MAX_FIELD_CHARS, MAX_REASON_CHARS};
use crate::secret;
use crate::store::{
    Appeal, Batch, Draft, Grade, Information, InformationKind, InformationState, Kind, Once, Pending, PendingAct,
    ReaderKind, Role, SourceKind, WhatTold,
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
pub(super) const NAMED: &str = "this cannot be taken in writing; speak to a handler";

impl Office {
    /// Takes what somebody tells.
    pub fn tell(&self, caller: &Caller, mut told: WhatTold, once: Option<Once>) -> Result<Information, OfficeError> {
        told.source_kind = source_of(caller, told.source_kind);
        let mut faults = faults(&told);
        if told.listing.is_some() {
            faults.form.push("`listing` is told at `/v1/listings`".to_owned());
        }
        if told.kind == InformationKind::Tip {
            faults.form.push("a tip comes without a key, at `/v1/tips`; tell a report".to_owned());
        }
        faults.checked()?;
        self.names_nobody(caller, &told)?;
        let information = self.received(told, Some(caller.reader.id.clone()), secret::id("i")?);
        let draft = self.said(&caller.reader.id, Kind::InformationReceived, &information)?;
        let receipts = self.store.append(Batch { drafts: vec![draft], once: once.clone(), ..Batch::default() })?;
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
            priority: None,
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

    /// Gives it a grade, a label and a purpose.
    pub fn grade(
        &self,
        caller: &Caller,
        gradings: &Gradings,
        id: &str,
        grading: Grading,
    ) -> Result<Handled, OfficeError> {
        let (information, seq) = self.handled(caller, id)?;
        let graded = self.graded(caller, gradings, information, grading)?;
        self.changed(caller, Kind::InformationGraded, graded, seq, None)
    }

    /// Takes on what another office graded, whole or not at all, and the same once; `is_live`: it acts where one person may have
    /// it act.
    pub fn take_on(
        &self,
        caller: &Caller,
        gradings: &Gradings,
        told: WhatTold,
        grading: Grading,
        is_live: bool,
        once: Once,
    ) -> Result<Information, OfficeError> {
        faults(&told).checked()?;
        self.names_nobody(caller, &told)?;
        let received = self.received(told, Some(caller.reader.id.clone()), secret::id("i")?);
        let mut drafts = vec![self.said(&caller.reader.id, Kind::InformationReceived, &received)?];
        let mut information = self.graded(caller, gradings, received, grading)?;
        drafts.push(self.said(&caller.reader.id, Kind::InformationGraded, &information)?);
        if is_live && information.told.kind != InformationKind::Conviction {
            self.may_act(&information).checked()?;
            self.acts(&mut information);
            drafts.push(self.said(&caller.reader.id, Kind::InformationLive, &information)?);
        }
        match self.store.append(Batch { drafts, once: Some(once), ..Batch::default() })?.first() {
            Some(receipt) if receipt.again => self.told_before(receipt.seq),
            _ => Ok(information),
        }
    }

    /// The record with its grade, or all that is wrong.
    fn graded(
        &self,
        caller: &Caller,
        gradings: &Gradings,
        mut information: Information,
        grading: Grading,
    ) -> Result<Information, OfficeError> {
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
        faults.standing.extend(self.unknown_groups(&groups)?);
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
        self.names_none_in(caller, &purpose)?;
        information.state = InformationState::Graded;
        information.grade = Some(grade);
        information.label = Some(label);
        information.groups = groups;
        information.purpose = Some(purpose.trim().to_owned());
        information.told.effective_from = first;
        information.told.effective_to = last;
        information.told.review_by = review_by.or(information.told.review_by);
        Ok(information)
    }

    /// Has it act in scores. A conviction is an entry of the watch list, which takes two persons.
    pub fn set_live(&self, caller: &Caller, id: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        self.may_act(&information).checked()?;
        if information.told.kind == InformationKind::Conviction {
            return self.proposed(caller, information, seq, PendingAct::Live, "convicted party", None);
        }
        self.acts(&mut information);
        self.changed(caller, Kind::InformationLive, information, seq, None)
    }

    /// Why it cannot act in scores.
    fn may_act(&self, information: &Information) -> Faults {
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
        Faults { form: Vec::new(), standing }
    }

    fn acts(&self, information: &mut Information) {
        information.state = InformationState::Live;
        information.live_on = Some(self.clock.today());
    }

    /// Takes it back. What acts in scores takes two persons, since lanes may fall by it.
    pub fn withdraw(&self, caller: &Caller, id: &str, reason: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let reason = self.reasoned(caller, reason)?;
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
        let why = self.reasoned(caller, reason)?;
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
        let reason = self.reasoned(caller, reason)?;
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
        self.store.append(Batch { drafts, ..Batch::default() })?;
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
        let mut faults = Faults::default();
        if groups.is_empty() && countries.is_empty() {
            faults.form.push("`to_groups` or `to_countries` says to whom".to_owned());
        }
        faults.standing.extend(self.unknown_groups(groups)?);
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

    fn unknown_groups(&self, groups: &BTreeSet<String>) -> Result<Vec<String>, OfficeError> {
        let known = self.store.groups()?;
        let unknown = groups.iter().filter(|id| !known.iter().any(|group| group.id == **id));
        Ok(unknown.map(|id| format!("there is no group `{}`", id.chars().take(40).collect::<String>())).collect())
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
        let mut draft = self.said(&caller.reader.id, kind, &information)?;
        draft.after = Some(seq);
        draft.second = second;
        self.store.append(Batch::of(draft))?;
        Ok(Handled { information, needs_second: false })
    }

    pub(super) fn said(&self, by: &str, kind: Kind, information: &Information) -> Result<Draft, OfficeError> {
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

    /// Refuses what names whom a code stands for, in whatever field. It is not kept.
    fn names_nobody(&self, caller: &Caller, told: &WhatTold) -> Result<(), OfficeError> {
        self.names_none_in(caller, &texts(&json!(told)).join("\n"))
    }

    /// A reason as it is kept.
    fn reasoned(&self, caller: &Caller, reason: &str) -> Result<String, OfficeError> {
        let mut form = Vec::new();
        form.extend(reason.trim().is_empty().then(|| "a reason is needed".to_owned()));
        form.extend(text_fault("reason", reason, MAX_REASON_CHARS));
        Faults { form, standing: Vec::new() }.checked()?;
        self.names_none_in(caller, reason)?;
        Ok(reason.trim().to_owned())
    }

    fn names_none_in(&self, caller: &Caller, text: &str) -> Result<(), OfficeError> {
        if self.named_holders(text)?.is_empty() {
            return Ok(());
        }
        self.note_named(caller)?;
        Err(OfficeError::Wrong(vec![NAMED.to_owned()]))
    }

    /// Puts on record that somebody named whom no text may hold; not whom.
    pub(super) fn note_named(&self, caller: &Caller) -> Result<(), OfficeError> {
        let said = json!({ "why": NAMED });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(())
    }
}

/// Where it comes from that a caller tells: a carrier speaks for nobody else, unless he is more than that.
pub(super) fn source_of(caller: &Caller, said: SourceKind) -> SourceKind {
    let is_more = |role: &Role| !matches!(role, Role::Carrier | Role::Importer);
    if caller.roles.iter().any(is_more) { said } else { SourceKind::Carrier }
}

fn over() -> OfficeError {
    OfficeError::Conflict(vec!["it acts no longer".to_owned()])
}
