//! From a phone number to a bill: who wants to know what is told of an identifier, and which bills lean on that.
//!
//! In: a caller, and an identifier as he writes it. Out, in two steps: records that name it, as far as he may see them; bills above
//! green whose answer, as far as he may know it, names one of those records. Readings of what is AMBER or stricter are written down.
//! Not here: people and cases; what such a bill would be now (`effects`).

use palisander_engine::Label;
use palisander_engine::answers::Lane;
use palisander_engine::notices::AlertRecord;
use serde::Serialize;
use serde_json::Value;

use super::caller::Caller;
use super::effects::named;
use super::informed::{is_seen, listed_to};
use super::office::{Office, OfficeError};
use crate::config::{MAX_EFFECTS, MAX_FIELD_CHARS, MAX_LINKED, MAX_LINKED_READ, MAX_PAGE};
use crate::store::{IdentifierKind, Information, InformationQuestion};

/// A bill that leans on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedBill {
    /// Outward id of the assessment.
    pub id: String,
    pub consignment: String,
    /// The lane in force.
    pub lane: Lane,
    /// Ids of the records that it leans on.
    pub information: Vec<String>,
}

/// What is told of an identifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Linked {
    /// The identifier as it is compared.
    pub value: String,
    /// Records that name it, as the caller sees them, the latest first.
    pub information: Vec<Value>,
    pub bills: Vec<LinkedBill>,
    /// False when there are more records or bills than are told, or were looked through.
    pub is_whole: bool,
}

impl Office {
    /// What is told of an identifier, and the bills that lean on it, as far as a caller may know.
    pub fn linked(&self, caller: &Caller, kind: IdentifierKind, value: &str) -> Result<Linked, OfficeError> {
        let value = compared(kind, value);
        if value.is_empty() || value.chars().count() > MAX_FIELD_CHARS {
            let why =
                format!("a {kind} has 1 to MAX_FIELD_CHARS ({MAX_FIELD_CHARS}) characters that tell it from others");
            return Err(OfficeError::Wrong(vec![why]));
        }
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let (found, mut is_whole) = self.naming(caller, kind, &value)?;
        let bills = if found.is_empty() { Vec::new() } else { self.leaning(caller, &found)? };
        is_whole &= bills.len() < MAX_EFFECTS;
        self.note_seen(caller, &found)?;
        let information = found.iter().map(|one| self.shown(caller, one)).collect();
        Ok(Linked { value, information, bills, is_whole })
    }

    /// Records that name it and that a caller may see; whether all were looked at.
    fn naming(
        &self,
        caller: &Caller,
        kind: IdentifierKind,
        value: &str,
    ) -> Result<(Vec<Information>, bool), OfficeError> {
        let (mut found, mut read, mut before) = (Vec::new(), 0, u64::MAX);
        let names = |one: &Information| {
            one.told.identifiers.iter().any(|own| own.kind == kind && compared(kind, &own.value) == value)
        };
        loop {
            let (label, teller) = (listed_to(caller), caller.reader.id.clone());
            let asked = InformationQuestion { label, teller, state: None, before, limit: MAX_PAGE };
            let page = self.store.informations(&asked)?;
            let Some((_, last)) = page.last() else { return Ok((found, true)) };
            before = *last;
            read += page.len();
            for (one, _) in page.into_iter().filter(|(one, _)| is_seen(caller, one) && names(one)) {
                if found.len() == MAX_LINKED {
                    return Ok((found, false));
                }
                found.push(one);
            }
            if read >= MAX_LINKED_READ {
                return Ok((found, false));
            }
        }
    }

    /// Bills whose answer, as a caller may know it, names one of the records; at most [`MAX_EFFECTS`].
    fn leaning(&self, caller: &Caller, found: &[Information]) -> Result<Vec<LinkedBill>, OfficeError> {
        let records: Vec<AlertRecord> = found.iter().map(named).collect();
        let (clearance, today) = (caller.clearance(), self.clock.today());
        let mut bills = Vec::new();
        self.each_kept_bill(clearance, &mut |bill| {
            let mut information = Vec::new();
            for record in &records {
                if self.leans(bill, record, clearance)? {
                    information.push(record.id.clone());
                }
            }
            if !information.is_empty() {
                let (id, consignment) = (bill.id.clone(), bill.consignment.clone());
                bills.push(LinkedBill { id, consignment, lane: bill.in_force(today), information });
            }
            Ok(bills.len() < MAX_EFFECTS)
        })?;
        Ok(bills)
    }

    /// Writes who read what is AMBER or stricter of them.
    fn note_seen(&self, caller: &Caller, found: &[Information]) -> Result<(), OfficeError> {
        let is_noted = |one: &&Information| one.label() >= Label::Amber && one.by.as_deref() != Some(&caller.reader.id);
        self.note_informed(caller, found.iter().filter(is_noted).map(|one| one.id.clone()).collect())
    }
}

/// An identifier as it is compared: without what people write differently.
pub fn compared(kind: IdentifierKind, value: &str) -> String {
    let small = value.trim().to_lowercase();
    match kind {
        // 00 and + both go before the code of a country.
        IdentifierKind::Phone => {
            let digits: String = small.chars().filter(char::is_ascii_digit).collect();
            digits.strip_prefix("00").map_or(digits.clone(), str::to_owned)
        }
        IdentifierKind::Email => small,
        IdentifierKind::Handle => small.trim_start_matches('@').to_owned(),
        IdentifierKind::Account => small.chars().filter(|c| c.is_alphanumeric()).collect(),
        IdentifierKind::Address => {
            let words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_differently_is_the_same() {
        for (kind, one, other, is_same) in [
            (IdentifierKind::Phone, "+261 20 22-000 00", "00261 (20) 2200000", true),
            (IdentifierKind::Phone, "+261 20 22 000 00", "+261 20 22 000 01", false),
            (IdentifierKind::Email, " Desk@Example.org", "desk@example.ORG", true),
            (IdentifierKind::Email, "desk@example.org", "desk.@example.org", false),
            (IdentifierKind::Handle, "@Tonewood_88", "tonewood_88", true),
            (IdentifierKind::Account, "DE89 3704 0044", "de8937040044", true),
            (IdentifierKind::Address, "12, Rue du Port; Toamasina", "12 rue du port toamasina", true),
            (IdentifierKind::Address, "12 Rue du Port", "1 2 Rue du Port", false),
        ] {
            assert_eq!(compared(kind, one) == compared(kind, other), is_same, "{one} {other}");
        }
    }
}
