//! CITES e-permit XML becomes documents of the register.
//!
//! In: bytes of one or several permits, also inside SOAP. Out: documents with every position, and what did not fit.
//! Box 14 (quantity at export) makes a document endorsed.

use std::io::Read;

use super::document::{Document, EMPTY_BOX, Endorsement, PermitKind, Position, Status};
use super::error::RowFault;
use crate::label::Label;
use crate::manifest::Severity;
use crate::manifest::parse::epermit::{EPermit, permits};
use crate::manifest::parse::utf8;

/// True when the bytes are XML: a register is CSV, NDJSON or this.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    let mut head = Vec::new();
    let _ = utf8(bytes.get(..bytes.len().min(4096)).unwrap_or_default()).read_to_end(&mut head);
    head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Documents of every permit, and the faults found.
pub(super) fn documents(bytes: &[u8]) -> (Vec<Document>, Vec<RowFault>) {
    let mut list = Vec::new();
    let mut faults = Vec::new();
    for (n, permit) in permits(utf8(bytes)).enumerate() {
        let row = Some(n as u64 + 1);
        match permit {
            Ok(permit) => list.extend(document(permit, row, &mut faults)),
            Err(error) => faults.push(RowFault { row, column: None, what: error.to_string(), dropped: true }),
        }
    }
    (list, faults)
}

fn document(mut permit: EPermit, row: Option<u64>, faults: &mut Vec<RowFault>) -> Option<Document> {
    for fault in permit.faults().into_iter().filter(|fault| fault.severity > Severity::Note) {
        faults.push(RowFault { row, column: Some(fault.at.clone()), what: fault.to_string(), dropped: false });
    }
    let Some(number) = permit.number.clone() else {
        faults.push(RowFault { row, column: Some("ID".into()), what: "a permit has a number".into(), dropped: true });
        return None;
    };
    let named = permit.name.as_deref().unwrap_or_default().to_ascii_uppercase();
    let kind = permit.kind.as_deref().and_then(|kind| kind.parse::<PermitKind>().ok()).unwrap_or(PermitKind::Other);
    // Type `O` covers every other document; its name says which.
    let kind = match kind {
        PermitKind::Other if named.contains("PRE-CONVENTION") => PermitKind::PreConvention,
        PermitKind::Other if named.contains("ORIGIN") => PermitKind::Origin,
        kind => kind,
    };
    let country = |party: &Option<crate::manifest::Party>| party.as_ref()?.address.as_ref()?.country;
    let name =
        |party: &Option<crate::manifest::Party>| Some(party.as_ref()?.name.clone()).filter(|name| !name.is_empty());
    let letter = |text: &Option<String>| {
        text.as_deref()?.chars().next().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase())
    };
    let positions: Vec<Position> = permit
        .items
        .iter()
        .filter_map(|item| {
            Some(Position {
                taxon: item.taxon.clone().or_else(|| item.common_name.clone())?,
                appendix: item.appendix.as_deref().and_then(|text| text.parse().ok()),
                source: letter(&item.source),
                term: item.term.as_deref().map(str::to_uppercase),
                quantity: item.quantity,
                unit: item.unit.clone(),
                origin: item.origin,
                endorsed_quantity: item.endorsed_quantity,
                operation: item.operation.clone(),
                origin_permit: item.origin_permit.as_ref().map(|number| match number.as_str() {
                    "" => EMPTY_BOX.to_owned(),
                    number => number.to_owned(),
                }),
            })
        })
        .collect();
    let endorsed = permit.endorsed_on.is_some() || permit.items.iter().any(|item| item.endorsed_quantity.is_some());
    Some(Document {
        number,
        kind,
        issuing_authority: name(&permit.authority),
        issuing_country: country(&permit.authority),
        issued_on: permit.issued_on.or(permit.valid_from),
        expires_on: permit.valid_to,
        extended_to: None,
        exporter: name(&permit.exporter),
        importer: name(&permit.importer),
        country_of_export: country(&permit.exporter).or_else(|| country(&permit.authority)),
        country_of_destination: country(&permit.importer),
        purpose: letter(&permit.purpose),
        security_stamp: permit.stamp,
        transport_document: permit.transport_document,
        signatory: permit.signatory,
        acquired_on: permit.items.iter().filter_map(|item| item.acquired_on).max(),
        // A copy made before the export has the box empty: that says nothing.
        endorsement: if endorsed { Endorsement::Filled } else { Endorsement::NotKept },
        endorsed_on: permit.endorsed_on,
        retrospective: false,
        status: if endorsed { Status::Endorsed } else { Status::Issued },
        handling: Label::OF_REGISTER,
        positions,
    })
}
