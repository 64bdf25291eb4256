//! Who and what stands behind a case, papers that were seen in another one, and what goes to others without any name.
//!
//! In: a caller. Out: names to those who may read them, each reading on record; documents that cannot hold a name. Not here: what
//! goes on in the case (`told.rs`).

use palisander_engine::tables::References;
use palisander_engine::{CountryCode, Label};
use serde::Serialize;
use serde_json::Value;

use super::{AdviceTold, CLOSED, NAMED, NOT_LEAD, leads, missing, works_on};
use crate::cases::{
    Case, CaseState, Entities, Entity, Form, Goods, MAX_CASE_ROWS, Packet, PaperAsked, Storage, advice, need, packet,
    storage,
};
use crate::config::{MAX_CASES, MAX_CASES_READ};
use crate::directory::{NOT_A_LANGUAGE, beside, is_language};
use crate::hex;
use crate::service::caller::Caller;
use crate::service::office::{Faults, Office, OfficeError, still};
use crate::store::{Batch, CaseQuestion, Kind, StoreError};

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
            return Err(OfficeError::Barred(NAMES));
        }
        self.note_read(caller, id, Label::AmberStrict)?;
        Ok(self
            .store
            .case_entities(id)?
            .map_or_else(|| Entities { case: id.to_owned(), entities: Vec::new() }, |(found, _)| found))
    }

    /// One more of them.
    pub fn add_entity(&self, caller: &Caller, id: &str, entity: Entity) -> Result<Entities, OfficeError> {
        let (case, mut entities, seq) = self.own_names(caller, id)?;
        let mut form = entity.faults();
        if entities.entities.len() >= MAX_CASE_ROWS {
            form.push(format!("a case names up to MAX_CASE_ROWS ({MAX_CASE_ROWS})"));
        }
        let standing = if case.state == CaseState::Closed { vec![CLOSED.to_owned()] } else { Vec::new() };
        Faults { form, standing }.checked()?;
        entities.entities.push(entity);
        // The other half says it already: it is taken out there first.
        if !entities.named_in(&serde_json::to_value(&case).unwrap_or_default()).is_empty() {
            return Err(OfficeError::Conflict(vec![NAMED.to_owned()]));
        }
        self.says_names(caller, entities, seq)
    }

    /// One of them is no longer held to belong to it. The log keeps that it was said, as it keeps everything.
    pub fn drop_entity(&self, caller: &Caller, id: &str, n: usize) -> Result<Entities, OfficeError> {
        let (_, mut entities, seq) = self.own_names(caller, id)?;
        let place = n.checked_sub(1).filter(|place| *place < entities.entities.len());
        entities.entities.remove(place.ok_or_else(|| missing("entity", &n.to_string()))?);
        self.says_names(caller, entities, seq)
    }

    /// The names of a case to one who may change them, with the number of their last entry: whoever does is told all of them.
    fn own_names(&self, caller: &Caller, id: &str) -> Result<(Case, Entities, u64), OfficeError> {
        let (case, at) = self.known_case(caller, id)?;
        if !leads(caller, &case) {
            return Err(OfficeError::Barred(NOT_LEAD));
        }
        if !self.reads_names(caller, &case)? {
            return Err(OfficeError::Barred(NAMES));
        }
        still(caller, at)?;
        self.note_read(caller, id, Label::AmberStrict)?;
        let none = || (Entities { case: id.to_owned(), entities: Vec::new() }, 0);
        let (entities, seq) = self.store.case_entities(id)?.unwrap_or_else(none);
        Ok((case, entities, seq))
    }

    /// Puts them on record, under a subject of their own: they are another half of the case.
    fn says_names(&self, caller: &Caller, entities: Entities, seq: u64) -> Result<Entities, OfficeError> {
        let mut draft = self.says(&caller.reader.id, Kind::CaseEntities, &names_of(&entities.case), &entities)?;
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(entities)
    }

    /// Papers of all cases that are like one that was found.
    pub fn papers_like(&self, caller: &Caller, asked: &PaperAsked) -> Result<Vec<SeenPaperIn>, OfficeError> {
        if caller.clearance() < Label::Amber {
            return Err(OfficeError::Barred("papers of other cases are looked for by those who are cleared for AMBER"));
        }
        // Who looked for what is on record before he is told.
        let said = serde_json::json!({ "bill": "papers", "label": Label::AmberStrict, "asked": asked });
        self.store.append(Batch::of(self.says(&caller.reader.id, Kind::Read, &caller.reader.id, &said)?))?;
        let mut found = Vec::new();
        for (entities, _) in self.store.all_entities(MAX_CASES_READ)? {
            // What is genuine is nobody else's to ask about.
            let like: Vec<Entity> =
                entities.entities.into_iter().filter(|entity| entity.is_false && entity.is_like(asked)).collect();
            if like.is_empty() {
                continue;
            }
            let Some((case, _)) = self.store.case(&entities.case)? else { continue };
            let may = works_on(caller, &case) && self.reads_names(caller, &case)?;
            found.extend(like.into_iter().map(|paper| SeenPaperIn {
                case: case.id.clone(),
                lead: case.lead.clone(),
                paper: may.then_some(paper),
            }));
        }
        found.truncate(MAX_CASES);
        Ok(found)
    }

    /// What may be done next, under which laws, and who and what stands beside it now. `language` is one that somebody speaks.
    pub fn case_advice(
        &self,
        caller: &Caller,
        tables: &References,
        id: &str,
        language: Option<&str>,
    ) -> Result<AdviceTold, OfficeError> {
        if language.is_some_and(|code| !is_language(code)) {
            return Err(OfficeError::Wrong(vec![NOT_A_LANGUAGE.to_owned()]));
        }
        let (case, _) = self.known_case(caller, id)?;
        let beside = serde_json::to_value(beside(&case, tables, language, self.clock.now())).unwrap_or_default();
        Ok(AdviceTold { advice: advice(&case, tables), beside })
    }

    /// How much room the goods of a bill need, and whether the stores near a port (UN/LOCODE) have it.
    pub fn room_for(
        &self,
        caller: &Caller,
        tables: &References,
        bill: &str,
        port: &str,
    ) -> Result<Storage, OfficeError> {
        let bill = self.bill(bill)?;
        let digest = bill.sights.get(&caller.clearance()).and_then(|sight| hex::read(&sight.answer));
        let body = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten();
        let gone = || OfficeError::Conflict(vec!["the answer to this bill is not kept any more".to_owned()]);
        let answer: Value = serde_json::from_slice(&body.ok_or_else(gone)?.bytes)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let asked = CaseQuestion::default();
        let cases: Vec<_> = self.store.cases(&asked, MAX_CASES_READ)?.into_iter().map(|(case, _)| case).collect();
        let goods = Goods::of_answer(&answer);
        Ok(storage(need(&goods, tables), &tables.storage.near(port), &cases))
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

pub(super) const NAMES: &str = "names are for the lead and for prosecutors who are cleared for AMBER";

/// The subject of entries about the names of a case.
pub(super) fn names_of(case: &str) -> String {
    format!("{case}.names")
}
