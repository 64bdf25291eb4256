//! What codes and names of the formats stand for: kinds of documents, roles of parties, types of messages, elements.
//!
//! In: a code or a name as it stands in a file. Out: its meaning in the canonical form, or what it is in words. Source:
//! datasets/codes, rows of the kinds below; read from the built-in data, once.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::reading::upper;
use super::super::types::{DocumentKind, PartyRole};

const TABLE: &str = include_str!("../../../../datasets/codes/codes.csv");
const DOCUMENT: &str = "document";
const QUALIFIER: &str = "party_qualifier";
const REFERENCE: &str = "reference";
const UNIT: &str = "unit";
const MESSAGE: &str = "message";
const X12: &str = "x12";
const ANSWER: &str = "answer";
const DELIVERY_TERM: &str = "delivery_term";
const GOODS_ELEMENT: &str = "goods_element";
/// Columns of the table.
const NAME: usize = 2;
const MEANING: usize = 3;

static DOCUMENTS: LazyLock<FxHashMap<String, DocumentKind>> =
    LazyLock::new(|| of_kind(DOCUMENT, MEANING).filter_map(|(code, kind)| Some((code, kind.parse().ok()?))).collect());
static ROLES: LazyLock<FxHashMap<String, PartyRole>> =
    LazyLock::new(|| of_kind(QUALIFIER, MEANING).filter_map(|(code, role)| Some((code, role.parse().ok()?))).collect());
static REFERENCES: LazyLock<FxHashMap<String, (Reference, String)>> = LazyLock::new(|| {
    let named = of_kind(REFERENCE, NAME).zip(of_kind(REFERENCE, MEANING));
    named.filter_map(|((code, name), (_, meaning))| Some((code, (Reference::of(&meaning)?, name)))).collect()
});
static UNITS: LazyLock<FxHashMap<String, String>> = LazyLock::new(|| of_kind(UNIT, NAME).collect());
static MESSAGES: LazyLock<FxHashMap<String, String>> = LazyLock::new(|| of_kind(MESSAGE, NAME).collect());
static X12S: LazyLock<FxHashMap<String, String>> = LazyLock::new(|| of_kind(X12, NAME).collect());
static ANSWERS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| of_kind(ANSWER, NAME).collect());
static DELIVERY_TERMS: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| of_kind(DELIVERY_TERM, NAME).map(|(code, _)| code).collect());
/// Parts of names in small letters, and what they say of an element.
static GOODS_ELEMENTS: LazyLock<Vec<(String, String)>> =
    LazyLock::new(|| of_kind(GOODS_ELEMENT, MEANING).map(|(part, of)| (part.to_lowercase(), of)).collect());

/// What a reference (UN/EDIFACT 1153) refers to, as far as the canonical form has room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// A bill of lading or an air waybill.
    Bill,
    /// Another number that stands for the bill where it has none.
    OtherBill,
    /// The bill of a forwarder.
    HouseBill,
    /// The bill of a carrier over bills of forwarders.
    MasterBill,
    /// The unique reference of a consignment.
    Ucr,
    ExportPermit,
    ImportPermit,
    Other,
}

impl Reference {
    /// A meaning of the table.
    fn of(meaning: &str) -> Option<Self> {
        Some(match meaning {
            "bill" => Self::Bill,
            "other_bill" => Self::OtherBill,
            "house_bill" => Self::HouseBill,
            "master_bill" => Self::MasterBill,
            "ucr" => Self::Ucr,
            "export_permit" => Self::ExportPermit,
            "import_permit" => Self::ImportPermit,
            "other" => Self::Other,
            _ => return None,
        })
    }
}

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

/// The role of a party (UN/EDIFACT 3035); `None` for codes that the table does not have.
pub(super) fn role(code: &str) -> Option<PartyRole> {
    ROLES.get(code).copied()
}

/// What a reference refers to (UN/EDIFACT 1153), and what its code is called; `None` for codes that the table does not have.
pub(super) fn reference(code: &str) -> Option<(Reference, &'static str)> {
    REFERENCES.get(code).map(|(reference, name)| (*reference, name.as_str()))
}

/// What a unit of UN/ECE Recommendation 20 is called that measures neither mass, volume, area, length nor number.
pub(super) fn other_unit(code: &str) -> Option<&'static str> {
    UNITS.get(upper(code.trim()).as_ref()).map(String::as_str)
}

/// What a type of UN/EDIFACT message is, in words; cargo reports are not on the list.
pub(super) fn message(kind: &str) -> Option<&'static str> {
    MESSAGES.get(kind).map(String::as_str)
}

/// What an ANSI X12 message about cargo is, by its number.
pub(super) fn x12(number: &str) -> Option<&'static str> {
    X12S.get(number).map(String::as_str)
}

/// Does the text begin with a term of delivery, with a letter more at most?
pub(super) fn is_delivery_term(text: &str) -> bool {
    text.len() <= 4 && text.get(..3).is_some_and(|head| DELIVERY_TERMS.contains(upper(head).as_ref()))
}

/// What an element of this name is, when its last word says that it is an answer or a notice of a customs system.
pub(super) fn answer(name: &str) -> Option<&'static str> {
    let ends_in = |word: &str| {
        let Some(at) = name.len().checked_sub(word.len()) else { return false };
        let (before, last) = name.split_at_checked(at).unwrap_or_default();
        let is_word =
            last.starts_with(|c: char| c.is_uppercase()) || before.is_empty() || before.ends_with(['_', '-', '.']);
        last.eq_ignore_ascii_case(word) && is_word
    };
    ANSWERS.iter().find(|(word, _)| ends_in(word)).map(|(_, what)| what.as_str())
}

/// Does the name of an element say that it describes goods? Names of places, packages, papers and codes do not.
pub(super) fn tells_of_goods(name: &str) -> bool {
    let name = name.to_lowercase();
    let says = |meaning: &str| GOODS_ELEMENTS.iter().any(|(part, of)| of == meaning && name.contains(part.as_str()));
    (says("description") || says("goods")) && !says("other")
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
            ("626", DocumentKind::CitesExportPermit),
            ("851", DocumentKind::PhytosanitaryCertificate),
            ("865", DocumentKind::CertificateOfOrigin),
            ("861", DocumentKind::CertificateOfOrigin),
            ("704", DocumentKind::Other),
            ("x", DocumentKind::Other),
            ("", DocumentKind::Other),
        ] {
            assert_eq!(document(code), kind, "{code}");
        }
        assert_eq!(
            [role("CZ"), role("UC"), role("OS"), role("AH"), role("ZZ")],
            [
                Some(PartyRole::Consignor),
                Some(PartyRole::Consignee),
                Some(PartyRole::Consignor),
                Some(PartyRole::Other),
                None
            ]
        );
        assert_eq!(reference("AFA"), Some((Reference::OtherBill, "through bill of lading number")));
        assert_eq!((reference("IP").map(|(is, _)| is), reference("ZZ")), (Some(Reference::ImportPermit), None));
        assert_eq!((other_unit("c65"), other_unit("KGM")), (Some("pascal second"), None));
        assert_eq!((message("BAPLIE"), message("CUSCAR")), (Some("a stowage plan"), None));
        assert_eq!((x12("309"), x12("990")), (Some("an ANSI X12 309 (customs manifest)"), None));
    }

    #[test]
    fn names_say_what_they_hold() {
        for (text, is) in [("CIF", true), ("ddp", true), ("FOB.", true), ("C&F", true), ("CIFX1", false), ("", false)] {
            assert_eq!(is_delivery_term(text), is, "{text}");
        }
        for (name, is) in [
            ("Goods_description", true),
            ("DescricaoMercadoria", true),
            ("HS_Compliance", true),
            ("Warehouse", false),
            ("GoodsLocation", false),
            ("Name", false),
        ] {
            assert_eq!(tells_of_goods(name), is, "{name}");
        }
        for (name, is) in [("Response", true), ("declaration_rejection", true), ("ReplyTo", false), ("Package", false)]
        {
            assert_eq!(answer(name).is_some(), is, "{name}");
        }
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
                REFERENCE => assert_eq!(reference(code).map(|(is, _)| is), Reference::of(meaning), "{row:?}"),
                UNIT => assert!(other_unit(code).is_some() && super::super::units::coded(code).is_none(), "{row:?}"),
                MESSAGE => assert_eq!(message(code), Some(&row[2]), "{row:?}"),
                X12 => assert_eq!(x12(code), Some(&row[2]), "{row:?}"),
                ANSWER => assert_eq!(answer(code), Some(&row[2]), "{row:?}"),
                DELIVERY_TERM => assert!(is_delivery_term(code), "{row:?}"),
                GOODS_ELEMENT => assert!(matches!(meaning, "goods" | "description" | "other"), "{row:?}"),
                _ => {}
            }
        }
    }
}
