//! Who and what stands behind a case, papers that were seen in another one, and what goes to others without any name.
//!
//! In: a caller. Out: names to those who may read them, each reading on record; documents that cannot hold a name. Not here: what
//! goes on in the case (`told.rs`).

use palisander_engine::{CountryCode, Label};
use serde::Serialize;

use super::{CLOSED, NOT_LEAD, leads, missing, works_on};
use crate::cases::{CaseState, Entities, Entity, Form, MAX_CASE_ROWS, Packet, PaperAsked, packet};
use crate::config::{MAX_CASES, MAX_CASES_READ};
use crate::service::caller::Caller;
use crate::service::office::{Faults, Office, OfficeError};
use crate::store::{Batch, Kind};

/// A false paper that was seen in another case.
#[derive(Debug, Clone, Serialize)]
pub struct SeenPaperIn {
    pub case: String,
    /// Group to ask, where the case is none of the caller's.
    pub lead: String,
    /// The paper itself, where he may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<Entity>,
}

impl Office {
    /// Who and what stands behind it, to those who may read that.
    pub fn entities(&self, caller: &Caller, id: &str) -> Result<Entities, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        if !self.reads_names(caller, &case)? {
            return Err(OfficeError::Barred("names are for the lead and for prosecutors who are cleared for AMBER"));
        }
        self.note_read(caller, id, Label::AmberStrict)?;
        Ok(self
            .store
            .case_entities(id)?
            .map_or_else(|| Entities { case: id.to_owned(), entities: Vec::new() }, |(found, _)| found))
    }

    /// One more of them.
    pub fn add_entity(&self, caller: &Caller, id: &str, entity: Entity) -> Result<Entities, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        if !leads(caller, &case) {
            return Err(OfficeError::Barred(NOT_LEAD));
        }
        let (mut entities, seq) = match self.store.case_entities(id)? {
            Some((entities, seq)) => (entities, seq),
            None => (Entities { case: id.to_owned(), entities: Vec::new() }, 0),
        };
        let mut form = entity.faults();
        if entities.entities.len() >= MAX_CASE_ROWS {
            form.push(format!("a case names up to MAX_CASE_ROWS ({})", MAX_CASE_ROWS));
        }
        let standing = if case.state == CaseState::Closed { vec![CLOSED.to_owned()] } else { Vec::new() };
        Faults { form, standing }.checked()?;
        entities.entities.push(entity);
        // Under a subject of its own: the names are another half of the case.
        let mut draft = self.says(&caller.reader.id, Kind::CaseEntities, &names_of(id), &entities)?;
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(entities)
    }

    /// Papers of all cases that are like one that was found.
    pub fn papers_like(&self, caller: &Caller, asked: &PaperAsked) -> Result<Vec<SeenPaperIn>, OfficeError> {
        let mut found = Vec::new();
        for (entities, _) in self.store.all_entities(MAX_CASES_READ)? {
            let like: Vec<Entity> = entities.entities.into_iter().filter(|entity| entity.is_like(asked)).collect();
            let Some((case, _)) = self.store.case(&entities.case)?.filter(|_| !like.is_empty()) else { continue };
            let may = works_on(caller, &case) && self.reads_names(caller, &case)?;
            found.extend(like.into_iter().map(|paper| SeenPaperIn {
                case: case.id.clone(),
                lead: case.lead.clone(),
                paper: may.then_some(paper),
            }));
        }
        found.truncate(MAX_CASES);
        self.note_read(caller, "papers", Label::AmberStrict)?;
        Ok(found)
    }

    /// A document for a country or a body, in which nobody is named.
    pub fn case_packet(
        &self,
        caller: &Caller,
        id: &str,
        form: Form,
        to: Option<CountryCode>,
    ) -> Result<Packet, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        if !leads(caller, &case) {
            return Err(OfficeError::Barred(NOT_LEAD));
        }
        self.note_read(caller, id, Label::Amber)?;
        packet(&case, form, to).ok_or_else(|| missing("part of that country in case", id))
    }
}

/// The subject of entries about the names of a case.
fn names_of(case: &str) -> String {
    format!("{case}.names")
}
