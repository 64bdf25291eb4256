//! A file of changes, held against the register: what it would add, correct and end, or every fault with its place.
//!
//! In: rows in the formats of a register. Out: a [`Proposal`]. A row with goods, days or parties is the document as it is now:
//! new, or in the place of the one of its number, type and country. A row that says nothing but a number and a status has that
//! document stand elsewhere in its life; with `replaced_by` it is cancelled in favour of another. One row that does not fit
//! costs the whole file: nothing is half taken. Not here: who may do it, nor keeping it (the service).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::change::{Change, StatusChange};
use super::document::{Document, Endorsement, PermitKind, Status};
use super::epermit;
use super::error::RowFault;
use super::import::{Importer, REPLACED_BY, Said};
use super::ledger::PermitKey;
use super::number::FoldedNumber;
use super::register::Register;

/// What a file of changes would do.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// In the order of the file; none where a row does not fit.
    pub changes: Vec<Change>,
    /// How many of each kind.
    pub counts: ProposalCounts,
    /// Every fault with its place; one that costs its row costs the file.
    pub faults: Vec<RowFault>,
}

/// How many documents a file of changes touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalCounts {
    /// Documents that are new.
    pub added: u64,
    /// Documents that stand in the place of others.
    pub corrected: u64,
    /// Documents that stand elsewhere in their life.
    pub status_changed: u64,
    /// Rows that say what the register says; they change nothing.
    pub unchanged: u64,
}

impl Proposal {
    /// May it be taken: every row fits, and one at least changes something?
    pub fn fits(&self) -> bool {
        !self.changes.is_empty() && !self.faults.iter().any(|fault| fault.dropped)
    }
}

impl Register {
    /// Reads a file of changes and holds every row against this register.
    pub fn propose(&self, bytes: &[u8]) -> Proposal {
        let mut importer = Importer { is_of_changes: true, ..Importer::default() };
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if epermit::is_xml(bytes) {
            (importer.documents, importer.faults) = epermit::documents(bytes);
            importer.said = (1..).zip(&importer.documents).map(|(row, _)| Said { row, ..Said::default() }).collect();
        } else if first == Some(&b'{') {
            importer.ndjson(bytes);
        } else {
            importer.csv(bytes);
        }
        let Importer { documents, said, faults, .. } = importer;
        let added: BTreeSet<String> = documents.iter().map(|document| folded(&document.number)).collect();
        let mut reading = Reading { register: self, added, seen: BTreeMap::new(), proposal: Proposal::default() };
        reading.proposal.faults = faults;
        for (document, said) in documents.into_iter().zip(said) {
            reading.row(document, &said);
        }
        let mut proposal = reading.proposal;
        if proposal.faults.iter().any(|fault| fault.dropped) {
            proposal.changes.clear();
        }
        proposal.faults.sort_by_key(|fault| fault.row);
        proposal
    }
}

impl Register {
    /// What of changes that fitted before does not fit this register any more, in words.
    pub fn unfit(&self, changes: &[Change]) -> Vec<String> {
        let mut unfit = Vec::new();
        for change in changes {
            let key = change.key();
            let known = self.of_number(change.number());
            let from = known.iter().filter(|own| PermitKey::of(own) == key).map(|own| own.status).max();
            let to = change.status();
            match from {
                Some(from) if from != to && !from.may_become(to) => {
                    unfit.push(format!("permit `{}`: {}", change.number(), unlawful(from, to)));
                }
                None if matches!(change, Change::Status(_)) => {
                    unfit.push(format!("permit `{}` is not in the register", change.number()));
                }
                _ => {}
            }
        }
        unfit
    }
}

/// A file while it is read.
struct Reading<'r> {
    register: &'r Register,
    /// Folded numbers of the file.
    added: BTreeSet<String>,
    /// Rows by the document that they are about.
    seen: BTreeMap<PermitKey, u64>,
    proposal: Proposal,
}

impl Reading<'_> {
    fn row(&mut self, mut document: Document, said: &Said) {
        let known = self.register.of_number(&document.number);
        if is_bare(&document) {
            return self.status(&document, said, known);
        }
        if said.replaced_by.is_some() {
            return self.fault(said, REPLACED_BY, "stands in a row of a number and a status alone".into());
        }
        let key = PermitKey::of(&document);
        let before: Vec<Document> = known.into_iter().filter(|own| PermitKey::of(own) == key).collect();
        if !said.has_label
            && let Some(label) = before.iter().map(|own| own.handling).max()
        {
            document.handling = label;
        }
        let from = before.iter().map(|own| own.status).max();
        if before.len() == 1 && before.first() == Some(&document) {
            self.proposal.counts.unchanged += 1;
            return;
        }
        if let Some(from) = from.filter(|from| *from != document.status && !from.may_become(document.status)) {
            return self.fault(said, "status", unlawful(from, document.status));
        }
        if self.stands_twice(&key, said) {
            return;
        }
        *(if before.is_empty() { &mut self.proposal.counts.added } else { &mut self.proposal.counts.corrected }) += 1;
        self.proposal.changes.push(Change::Document(Box::new(document)));
    }

    /// A row that says a number and a status, and nothing else.
    fn status(&mut self, row: &Document, said: &Said, known: Vec<Document>) {
        let of_country = |own: &&Document| row.issuing_country.is_none() || own.issuing_country == row.issuing_country;
        let all: Vec<&Document> = known.iter().filter(of_country).collect();
        let of_kind: Vec<&Document> = all.iter().copied().filter(|own| own.kind == row.kind).collect();
        // A type that is not said reads as `other`.
        let meant = if of_kind.is_empty() && row.kind == PermitKind::Other { all } else { of_kind };
        let keys: BTreeSet<PermitKey> = meant.iter().map(|own| PermitKey::of(own)).collect();
        let Some(one) = meant.first() else {
            let what = "is not in the register; give its other columns to add it";
            return self.fault(said, "number", what.into());
        };
        if keys.len() > 1 {
            let what = "is borne by several documents; give `type` and `issuing_country`";
            return self.fault(said, "number", what.into());
        }
        if !said.has_status {
            return self.fault(said, "status", "is missing, and the row says nothing else".into());
        }
        if let Some(by) = &said.replaced_by {
            if row.status != Status::Cancelled {
                return self.fault(said, REPLACED_BY, "stands with the status `replaced` or `cancelled`".into());
            }
            let by = folded(by);
            let stands = self.added.contains(&by) || !self.register.of_number(&by).is_empty();
            if by == folded(&row.number) || !stands {
                let what = "is another document, of the register or of this file";
                return self.fault(said, REPLACED_BY, what.into());
            }
        }
        let from = meant.iter().map(|own| own.status).max().unwrap_or(Status::Issued);
        if from == row.status {
            self.proposal.counts.unchanged += 1;
            return;
        }
        if !from.may_become(row.status) {
            return self.fault(said, "status", unlawful(from, row.status));
        }
        if self.stands_twice(&PermitKey::of(one), said) {
            return;
        }
        let label = meant.iter().map(|own| own.handling).max().unwrap_or(row.handling);
        self.proposal.counts.status_changed += 1;
        self.proposal.changes.push(Change::Status(StatusChange {
            number: one.number.clone(),
            kind: one.kind,
            issuing_country: one.issuing_country,
            status: row.status,
            replaced_by: said.replaced_by.clone(),
            handling: if said.has_label { row.handling } else { label },
        }));
    }

    fn stands_twice(&mut self, key: &PermitKey, said: &Said) -> bool {
        let before = self.seen.get(key).copied();
        match before {
            Some(row) => self.fault(said, "number", format!("is changed by row {row} already")),
            None => drop(self.seen.insert(key.clone(), said.row)),
        }
        before.is_some()
    }

    fn fault(&mut self, said: &Said, column: &str, what: String) {
        let fault = RowFault { row: Some(said.row), column: Some(column.to_owned()), what, dropped: true };
        self.proposal.faults.push(fault);
    }
}

fn folded(number: &str) -> String {
    FoldedNumber::new(number).text().to_owned()
}

fn unlawful(from: Status, to: Status) -> String {
    format!("a permit that is {} does not become {}", from.as_str(), to.as_str())
}

/// Does it say nothing but which document it is, and a status?
fn is_bare(document: &Document) -> bool {
    let Document {
        number: _,
        kind: _,
        issuing_authority,
        issuing_country: _,
        issued_on,
        expires_on,
        extended_to,
        exporter,
        importer,
        country_of_export,
        country_of_destination,
        purpose,
        security_stamp,
        transport_document,
        signatory,
        acquired_on,
        endorsement,
        endorsed_on,
        retrospective,
        status,
        handling: _,
        positions,
    } = document;
    let texts = [issuing_authority, exporter, importer, security_stamp, transport_document, signatory];
    let days = [issued_on, expires_on, extended_to, acquired_on, endorsed_on];
    texts.iter().all(|text| text.is_none())
        && days.iter().all(|day| day.is_none())
        && country_of_export.is_none()
        && country_of_destination.is_none()
        && purpose.is_none()
        && !retrospective
        && positions.is_empty()
        && (*endorsement == Endorsement::NotKept || *status == Status::Endorsed)
}
