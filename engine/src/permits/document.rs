//! A permit or certificate as the register holds it.
//!
//! Compact, because a register holds millions: names, authorities and taxa are stored once, dates as days, several goods
//! positions per document. [`Document`] is the readable view that is built for the few candidates that are shown.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codes::{Appendix, CountryCode, Date};
use crate::label::Label;

/// Type of a CITES document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermitKind {
    /// Export permit.
    Export,
    /// Re-export certificate.
    ReExport,
    /// Import permit.
    Import,
    /// Certificate of origin (Appendix III).
    Origin,
    /// Pre-Convention certificate.
    PreConvention,
    /// Anything else: musical instrument, personal ownership, travelling exhibition, phytosanitary in its place.
    Other,
}

impl PermitKind {
    /// As written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::ReExport => "re-export",
            Self::Import => "import",
            Self::Origin => "origin",
            Self::PreConvention => "pre-Convention",
            Self::Other => "other",
        }
    }

    /// Longest validity in months (Resolution Conf. 12.3; Regulation 865/2006 Annex I); `None` = no general limit.
    pub fn longest_validity_months(self) -> Option<i32> {
        match self {
            Self::Export | Self::ReExport => Some(6),
            Self::Import | Self::Origin => Some(12),
            Self::PreConvention => None,
            Self::Other => Some(36),
        }
    }
}

impl FromStr for PermitKind {
    type Err = String;

    /// Register words, one-letter types and the `kind` names of manifests.
    fn from_str(text: &str) -> Result<Self, String> {
        let key: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        Ok(match key.trim_start_matches("cites") {
            "export" | "exportpermit" | "e" | "811" | "c400" => Self::Export,
            "reexport" | "reexportcertificate" | "r" | "reexportpermit" => Self::ReExport,
            "import" | "importpermit" | "i" | "911" => Self::Import,
            "origin" | "certificateoforigin" | "861" => Self::Origin,
            "preconvention" | "preconventioncertificate" | "p" => Self::PreConvention,
            "other"
            | "o"
            | "musicalinstrument"
            | "musicalinstrumentcertificate"
            | "personalownership"
            | "travellingexhibition"
            | "samplecollection"
            | "certificate" => Self::Other,
            _ => {
                return Err(format!(
                    "`{text}` is not a type of permit: export, re-export, import, origin, pre-Convention, other"
                ));
            }
        })
    }
}

/// Where a document stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Issued,
    /// Endorsed by the exporting State's customs (box 14).
    Endorsed,
    /// Presented at import.
    Presented,
    Used,
    /// Nothing of its quantity is left.
    Exhausted,
    /// Cancelled by the issuer.
    Cancelled,
    /// Reported lost or stolen.
    LostOrStolen,
    ReportedFalse,
}

impl Status {
    /// As written in registers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Endorsed => "endorsed",
            Self::Presented => "presented",
            Self::Used => "used",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
            Self::LostOrStolen => "lost_or_stolen",
            Self::ReportedFalse => "reported_false",
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
            "" | "issued" | "valid" => Self::Issued,
            "endorsed" => Self::Endorsed,
            "presented" => Self::Presented,
            "used" => Self::Used,
            "exhausted" => Self::Exhausted,
            "cancelled" | "canceled" | "revoked" | "withdrawn" | "replaced" => Self::Cancelled,
            "lost_or_stolen" | "lost" | "stolen" => Self::LostOrStolen,
            "reported_false" | "false" | "forged" => Self::ReportedFalse,
            _ => return Err(format!("`{text}` is not a status of a permit")),
        })
    }
}

/// What is known of the export endorsement (box 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endorsement {
    /// The register does not keep it.
    #[default]
    NotKept,
    /// The box is empty.
    Empty,
    /// Customs endorsed what left.
    Filled,
}

/// One goods position of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Taxon as the register writes it.
    pub taxon: String,
    pub appendix: Option<Appendix>,
    /// Source code of the specimens, such as `W` (wild) or `A` (artificially propagated).
    pub source: Option<char>,
    /// Term such as `SAW`.
    pub term: Option<String>,
    /// Quantity in `unit`.
    pub quantity: Option<f64>,
    /// Unit as the register writes it.
    pub unit: Option<String>,
    /// Country of origin.
    pub origin: Option<CountryCode>,
    /// Permit of the country of origin or certificate of the last re-export (boxes 12 and 12a); [`EMPTY_BOX`] where the
    /// document names none, `None` where the register does not keep it.
    pub origin_permit: Option<String>,
    /// Quantity that left, by the export endorsement (box 14), in `unit`.
    pub endorsed_quantity: Option<f64>,
    /// Number of the registered operation that propagated it (box 12b); [`EMPTY_BOX`] where the document names none, `None`
    /// where the register does not keep it.
    pub operation: Option<String>,
}

impl Position {
    /// What the goods may be under it: the quantity that left, where customs endorsed one, and never more than was permitted.
    pub fn usable(&self) -> Option<f64> {
        match (self.quantity, self.endorsed_quantity) {
            (Some(permitted), Some(left)) => Some(permitted.min(left)),
            (permitted, left) => permitted.or(left),
        }
    }
}

/// What a register writes where a box of the document is empty.
pub const EMPTY_BOX: &str = "-";

/// A document of the register, readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Number as the register writes it.
    pub number: String,
    pub kind: PermitKind,
    /// Authority as the register writes it.
    pub issuing_authority: Option<String>,
    /// Country of the authority.
    pub issuing_country: Option<CountryCode>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Last day of validity.
    pub expires_on: Option<Date>,
    /// New last day after a timber extension (Resolution Conf. 12.3).
    pub extended_to: Option<Date>,
    /// Exporter or re-exporter.
    pub exporter: Option<String>,
    pub importer: Option<String>,
    /// Country of export.
    pub country_of_export: Option<CountryCode>,
    /// Country of destination.
    pub country_of_destination: Option<CountryCode>,
    /// Purpose of the transaction, such as `T` (trade).
    pub purpose: Option<char>,
    pub security_stamp: Option<String>,
    /// Transport document of box 15.
    pub transport_document: Option<String>,
    /// Name of the one who signed.
    pub signatory: Option<String>,
    /// Day on which the specimens were acquired (box 12b).
    pub acquired_on: Option<Date>,
    /// Is it endorsed by customs of the exporting State?
    pub endorsement: Endorsement,
    /// Day of the endorsement.
    pub endorsed_on: Option<Date>,
    /// The register says that it was issued after the goods had left, for a stated reason.
    pub retrospective: bool,
    /// Where it stands in its life.
    pub status: Status,
    /// Who may see the entry; AMBER where the register does not say.
    pub handling: Label,
    /// What it allows, a position for each kind of goods.
    pub positions: Vec<Position>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_as_it_is_written() {
        let all = [
            Status::Issued,
            Status::Endorsed,
            Status::Presented,
            Status::Used,
            Status::Exhausted,
            Status::Cancelled,
            Status::LostOrStolen,
            Status::ReportedFalse,
        ];
        for a in all {
            assert_eq!(a.as_str().parse(), Ok(a));
        }
    }

    #[test]
    fn kinds_by_every_name() {
        for (text, kind) in [
            ("export", PermitKind::Export),
            ("re-export", PermitKind::ReExport),
            ("pre-Convention", PermitKind::PreConvention),
            ("cites_export_permit", PermitKind::Export),
            ("cites_re_export_certificate", PermitKind::ReExport),
            ("cites_certificate_of_origin", PermitKind::Origin),
            ("I", PermitKind::Import),
        ] {
            assert_eq!(text.parse(), Ok(kind), "{text}");
        }
        assert!("parking".parse::<PermitKind>().is_err());
    }
}
