//! What a CITES document says, by the boxes of its form (Resolution Conf. 12.3, Annex 2).
//!
//! In: a document as it is declared. Out: each box that says something, with its text. Who asks an authority abroad, looks for other
//! papers of the same hand, or holds the paper in his own finds each fact where it stands on it. Not here: whether it is true.

use schemars::JsonSchema;
use serde::Serialize;

use crate::manifest::Document;

/// One box of a document, and what is declared in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Boxed {
    /// Number of the box on the form, such as `5b`.
    #[serde(rename = "box")]
    pub n: &'static str,
    /// Field of the declared document that says it: the pointer of the document and this name lead to the source.
    pub field: &'static str,
    pub says: String,
}

/// The boxes that say something, in the order of the form; none of a document that is not under CITES.
pub fn boxes(document: &Document) -> Vec<Boxed> {
    let mut boxes = Vec::new();
    if !document.kind.is_cites() {
        return boxes;
    }
    let mut says = |n, field, says: Option<String>| {
        boxes.extend(says.filter(|text| !text.is_empty()).map(|says| Boxed { n, field, says }));
    };
    let unit = document.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let measured = |amount: f64| format!("{amount}{unit}");
    says("1", "number", document.number.clone());
    says("2", "expires_on", document.expires_on.map(|day| day.to_string()));
    says("3", "importer", document.importer.clone());
    says("4", "holder", document.holder.clone());
    says("5", "remarks", document.remarks.clone());
    says("5a", "purpose", document.purpose.clone());
    says("5b", "security_stamp", document.security_stamp.clone());
    says("6", "issuing_authority", document.issuing_authority.clone());
    says("6", "country", document.country.map(|country| country.as_str().to_owned()));
    says("7", "taxon", document.taxon.clone());
    says("10", "source", document.source.clone());
    says("11", "quantity", document.quantity.map(measured));
    says("12", "origin", document.origin.map(|country| country.as_str().to_owned()));
    says("12b", "acquired_on", document.acquired_on.map(|day| day.to_string()));
    says("13", "issued_on", document.issued_on.map(|day| day.to_string()));
    says("13", "signatory", document.signatory.clone());
    says("14", "endorsed_quantity", document.endorsed_quantity.map(measured));
    says("15", "transport_document", document.transport_document.clone());
    boxes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::DocumentKind;

    #[test]
    fn p21_each_fact_of_a_paper_has_its_box_and_text() {
        let paper = Document {
            kind: DocumentKind::CitesExportPermit,
            number: Some("26TZ004711".to_owned()),
            holder: Some("Example Hardwoods Ltd".to_owned()),
            quantity: Some(12.5),
            unit: Some("m3".to_owned()),
            issued_on: "2026-03-01".parse().ok(),
            signatory: Some("A. Example".to_owned()),
            purpose: Some(String::new()),
            ..Document::default()
        };
        let told: Vec<(&str, &str, String)> =
            boxes(&paper).into_iter().map(|one| (one.n, one.field, one.says)).collect();
        let due = [
            ("1", "number", "26TZ004711"),
            ("4", "holder", "Example Hardwoods Ltd"),
            ("11", "quantity", "12.5 m3"),
            ("13", "issued_on", "2026-03-01"),
            ("13", "signatory", "A. Example"),
        ];
        assert_eq!(told, due.map(|(n, field, says)| (n, field, says.to_owned())));
        // A way bill has other boxes.
        assert_eq!(boxes(&Document { kind: DocumentKind::Other, ..paper }), []);
    }
}
