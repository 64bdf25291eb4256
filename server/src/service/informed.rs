//! What of information a caller may see, and who has read it.
//!
//! In: a caller. Out: records as he may see them: all of it to those who handle it, his own, others by label and group. Readings of
//! what is AMBER or stricter are written down. What he may not see is not read, so that how much of it there is tells in no time.

use palisander_engine::Label;
use serde::Serialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::office::{Office, OfficeError, still};
use crate::config::MAX_PAGE;
use crate::store::{Batch, Information, InformationKind, InformationQuestion, InformationState, Kind, Role, WhatTold};

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

impl Office {
    /// A page of what a caller may see, the latest first, from before a number of the log; the number to go on from, when there is more.
    pub fn informed(
        &self,
        caller: &Caller,
        wanted: Wanted,
        mut before: u64,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<u64>), OfficeError> {
        let (mut shown, mut read) = (Vec::new(), Vec::new());
        let label = listed_to(caller);
        let next = 'pages: loop {
            let asked = InformationQuestion {
                label,
                teller: caller.reader.id.clone(),
                state: wanted.state,
                before,
                limit: MAX_PAGE,
            };
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
        wanted.kind.is_none_or(|kind| information.told.kind == kind)
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
        let found = found.ok_or_else(|| missing(id))?;
        still(caller, found.1)?;
        Ok(found)
    }

    /// Writes who read what is AMBER or stricter.
    pub(super) fn note_informed(&self, caller: &Caller, ids: Vec<String>) -> Result<(), OfficeError> {
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
pub(super) fn listed_to(caller: &Caller) -> Label {
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
pub(super) fn is_seen(caller: &Caller, information: &Information) -> bool {
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
