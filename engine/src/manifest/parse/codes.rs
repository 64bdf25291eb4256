//! What codes of the formats stand for: kinds of documents, roles of parties, types of messages.
//!
//! In: a code as it stands in a file. Out: its meaning in the canonical form. Source: datasets/codes, rows of kind
//! `document`, `party_qualifier` and `message`; read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::reading::upper;
use super::super::types::{DocumentKind, PartyRole};

const TABLE: &str = include_str!("../../../../datasets/codes/codes.csv");
const DOCUMENT: &str = "document";
const QUALIFIER: &str = "party_qualifier";
const MESSAGE: &str = "message";
/// Columns of the table.
const NAME: usize = 2;
const MEANING: usize = 3;

static DOCUMENTS: LazyLock<HashMap<String, DocumentKind>> =
    LazyLock::new(|| of_kind(DOCUMENT, MEANING).filter_map(|(code, kind)| Some((code, kind.parse().ok()?))).collect());
static ROLES: LazyLock<HashMap<String, PartyRole>> =
    LazyLock::new(|| of_kind(QUALIFIER, MEANING).filter_map(|(code, role)| Some((code, role.parse().ok()?))).collect());
static MESSAGES: LazyLock<HashMap<String, String>> = LazyLock::new(|| of_kind(MESSAGE, NAME).collect());

/// Codes of one list, in upper case, with one column. A test reads all of the table, so a row cannot fail here.
fn of_kind(kind: &str, column: usize) -> impl Iterator<Item = (String, String)> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().flatten().filter(|row| row.get(0) == Some(kind)).collect();
    rows.into_iter().filter_map(move |row| Some((row.get(1)?.to_uppercase(), row.get(column)?.to_owned())))
}

/// What a document with this code is (UN/EDIFACT 1001, or the EU code); `other` for codes that the table does not have.
pub(super) fn document(code: &str) -> DocumentKind {
    DOCUMENTS.get(upper(code.trim()).as_ref()).copied().unwrap_or_default()
}

/// The role of a party (UN/EDIFACT 3035).
pub(super) fn role(code: &str) -> Option<PartyRole> {
    ROLES.get(code).copied()
}

/// What a type of UN/EDIFACT message is, in words; cargo reports are not on the list.
pub(super) fn message(kind: &str) -> Option<&'static str> {
    MESSAGES.get(kind).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_for_kinds_of_documents() {
        for (code, kind) in [
            ("811", DocumentKind::CitesExportPermit),
            (" c400 ", DocumentKind::CitesExportPermit),
            ("911", DocumentKind::CitesImportPermit),
            ("851", DocumentKind::PhytosanitaryCertificate),
            ("861", DocumentKind::CertificateOfOrigin),
            ("704", DocumentKind::Other),
            ("x", DocumentKind::Other),
            ("", DocumentKind::Other),
        ] {
            assert_eq!(document(code), kind, "{code}");
        }
        assert_eq!(
            (role("CZ"), role("UC"), role("ZZ")),
            (Some(PartyRole::Consignor), Some(PartyRole::Consignee), None)
        );
        assert_eq!((message("BAPLIE"), message("CUSCAR")), (Some("a stowage plan"), None));
    }

    #[test]
    fn every_row_of_these_lists_is_read() {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        for row in reader.records() {
            let row = row.unwrap();
            let (code, meaning) = (&row[1], &row[3]);
            match &row[0] {
                DOCUMENT => assert!(meaning.parse::<DocumentKind>().is_ok(), "{row:?}"),
                QUALIFIER => assert_eq!(role(code), meaning.parse().ok(), "{row:?}"),
                MESSAGE => assert_eq!(message(code), Some(&row[2]), "{row:?}"),
                _ => {}
            }
        }
    }
}
