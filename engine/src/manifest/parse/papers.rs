//! What the codes of documents stand for.
//!
//! In: a UN/EDIFACT 1001 code, or that of a national list. Out: the kind of document. Source: datasets/codes, rows of kind
//! `document`; read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::reading::upper;
use super::super::types::DocumentKind;

const TABLE: &str = include_str!("../../../../datasets/codes/codes.csv");

/// Code in upper case → kind. A test reads all of the table, so a row cannot fail here.
static KINDS: LazyLock<HashMap<String, DocumentKind>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows = reader.records().flatten().filter(|row| row.get(0) == Some("document"));
    rows.filter_map(|row| Some((row.get(1)?.to_uppercase(), row.get(3)?.parse().ok()?))).collect()
});

/// What a document with this code is; `other` for codes that the table does not have.
pub(super) fn kind_of_code(code: &str) -> DocumentKind {
    KINDS.get(upper(code.trim()).as_ref()).copied().unwrap_or_default()
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
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        for row in reader.records() {
            let row = row.unwrap();
            assert!(&row[0] != "document" || row[3].parse::<DocumentKind>().is_ok(), "{row:?}");
        }
    }
}
