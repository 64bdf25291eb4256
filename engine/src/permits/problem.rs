//! The words of a match: verdict, problems, and what a judge looks at.
//!
//! In: nothing but codes, references and a prepared document. Out: the types that `judge` fills, `register` and `settle`
//! give out, and evidence carries unchanged to the answer. Not here: any judgement.

use serde::{Deserialize, Serialize};

use super::compare::Prepared;
use super::document::Document;
use super::ledger::PermitKey;
use crate::codes::{CountryCode, Period};
use crate::reference::References;

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Number and every field compared agree with the register.
    Consistent,
    /// Something contradicts the register or the rules.
    Inconsistent,
    /// The register cannot say.
    Unverifiable,
}

/// What can be wrong with a document. In the order in which problems are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No register covers the issuing country.
    RegisterUnavailable,
    /// The number is not in the register.
    NotFound,
    /// A near number of the register agrees in the other fields.
    NumberAltered,
    /// The register marks it reported false.
    ReportedFalse,
    /// The register marks it lost or stolen.
    LostOrStolen,
    /// The register marks it cancelled.
    Cancelled,
    /// It was used before, or for another transport document.
    Reused,
    /// Nothing is left on it.
    QuantityExhausted,
    /// The goods exceed it, or what is left on it.
    QuantityExceeded,
    /// What others took from it cannot be told.
    LedgerUnavailable,
    /// The two quantities cannot be compared, or the unit hides the volume.
    UnitMismatch,
    /// Its validity had ended.
    Expired,
    /// Its validity had not begun.
    NotYetValid,
    /// Its validity is longer than the rule allows.
    ValidityTooLong,
    /// It was issued after the goods had left.
    IssuedAfterDeparture,
    /// It was issued after the goods had left, and says so.
    Retrospective,
    /// It is not the document that the register holds or that the flow needs.
    WrongType,
    /// The issuer was not a designated Management Authority on that day.
    IssuerNotDesignated,
    /// The issuer is under an alert.
    IssuerUnderAlert,
    /// Holder or importer is another.
    HolderMismatch,
    /// The goods are of another taxon.
    TaxonMismatch,
    /// The goods are of another origin.
    OriginMismatch,
    /// It is a re-export certificate and names no country of origin.
    OriginMissing,
    /// It is a re-export certificate and names no permit of the country of origin.
    OriginPermitMissing,
    /// The goods are in another form than the term of the document.
    TermMismatch,
    /// It claims pre-Convention wood that was acquired after the listing.
    AcquiredAfterListing,
    /// The import permit that goes with it is not declared.
    ImportPermitMissing,
    /// The source code cannot be.
    SourceImplausible,
    /// It claims a registered operation and names none.
    OperationMissing,
    /// Whether an operation propagates the wood in its country of origin is not known.
    OperationUnknown,
    /// The goods left, and customs of the exporting State did not endorse it.
    EndorsementMissing,
    /// More is endorsed as exported than it permits.
    EndorsedAbovePermitted,
    /// The purpose is not allowed for the Appendix.
    PurposeForbidden,
    /// A date on the paper is another than in the register.
    DateMismatch,
}

impl ProblemCode {
    /// Every code, in order.
    pub const ALL: [Self; 34] = [
        Self::RegisterUnavailable,
        Self::NotFound,
        Self::NumberAltered,
        Self::ReportedFalse,
        Self::LostOrStolen,
        Self::Cancelled,
        Self::Reused,
        Self::QuantityExhausted,
        Self::QuantityExceeded,
        Self::LedgerUnavailable,
        Self::UnitMismatch,
        Self::Expired,
        Self::NotYetValid,
        Self::ValidityTooLong,
        Self::IssuedAfterDeparture,
        Self::Retrospective,
        Self::WrongType,
        Self::IssuerNotDesignated,
        Self::IssuerUnderAlert,
        Self::HolderMismatch,
        Self::TaxonMismatch,
        Self::OriginMismatch,
        Self::OriginMissing,
        Self::OriginPermitMissing,
        Self::TermMismatch,
        Self::AcquiredAfterListing,
        Self::ImportPermitMissing,
        Self::SourceImplausible,
        Self::OperationMissing,
        Self::OperationUnknown,
        Self::EndorsementMissing,
        Self::EndorsedAbovePermitted,
        Self::PurposeForbidden,
        Self::DateMismatch,
    ];

    /// It contradicts nothing: it says what cannot be told.
    pub fn is_open(self) -> bool {
        matches!(self, Self::RegisterUnavailable | Self::LedgerUnavailable | Self::OperationUnknown)
    }

    /// As written in answers and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegisterUnavailable => "register_unavailable",
            Self::NotFound => "not_found",
            Self::NumberAltered => "number_altered",
            Self::ReportedFalse => "reported_false",
            Self::LostOrStolen => "lost_or_stolen",
            Self::Cancelled => "cancelled",
            Self::Reused => "reused",
            Self::QuantityExhausted => "quantity_exhausted",
            Self::QuantityExceeded => "quantity_exceeded",
            Self::LedgerUnavailable => "ledger_unavailable",
            Self::UnitMismatch => "unit_mismatch",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::ValidityTooLong => "validity_too_long",
            Self::IssuedAfterDeparture => "issued_after_departure",
            Self::Retrospective => "retrospective",
            Self::WrongType => "wrong_type",
            Self::IssuerNotDesignated => "issuer_not_designated",
            Self::IssuerUnderAlert => "issuer_under_alert",
            Self::HolderMismatch => "holder_mismatch",
            Self::TaxonMismatch => "taxon_mismatch",
            Self::OriginMismatch => "origin_mismatch",
            Self::OriginMissing => "origin_missing",
            Self::OriginPermitMissing => "origin_permit_missing",
            Self::TermMismatch => "term_mismatch",
            Self::AcquiredAfterListing => "acquired_after_listing",
            Self::ImportPermitMissing => "import_permit_missing",
            Self::SourceImplausible => "source_implausible",
            Self::OperationMissing => "operation_missing",
            Self::OperationUnknown => "operation_unknown",
            Self::EndorsementMissing => "endorsement_missing",
            Self::EndorsedAbovePermitted => "endorsed_above_permitted",
            Self::PurposeForbidden => "purpose_forbidden",
            Self::DateMismatch => "date_mismatch",
        }
    }
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One problem with the two values that met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Problem {
    pub code: ProblemCode,
    /// Value on the paper or of the goods.
    pub declared: String,
    /// Value of the register or the rule.
    pub registered: String,
    pub why: String,
}

/// In the order in which they are told, each once.
pub(super) fn in_order(problems: &mut Vec<Problem>) {
    problems.sort_by(|a, b| (a.code, &a.declared).cmp(&(b.code, &b.declared)));
    problems.dedup_by(|a, b| a.code == b.code && a.declared == b.declared && a.registered == b.registered);
}

/// What the goods would take from the document that was matched, in the document's measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Taking {
    pub permit: PermitKey,
    /// Number as presented.
    pub number: String,
    /// The least that the goods can be; `None` = not comparable.
    pub least: Option<f64>,
    /// Quantity of the document for these goods.
    pub allowed: f64,
    /// Base unit, such as `m3`.
    pub unit: &'static str,
}

/// An issuer whose documents are to be asked about, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IssuerAlert {
    /// Country of the issuer.
    pub country: Option<CountryCode>,
    /// Authority or office; `None` = every issuer of the country.
    pub authority: Option<String>,
    /// Signatory; `None` = every one.
    pub signatory: Option<String>,
    /// Days of issue that the alert is about.
    pub issued: Period,
    /// Where the alert stands.
    pub source: String,
}

/// What a match may look at besides the register. What others took from permits is no part of it: that is settled
/// afterwards (`settle.rs`), because a match depends on the paper and the register alone.
#[derive(Clone, Copy)]
pub struct MatchContext<'a> {
    pub references: &'a References,
    /// Issuers under alert.
    pub issuer_alerts: &'a [IssuerAlert],
}

impl<'a> MatchContext<'a> {
    /// Facts only: no alerts.
    pub fn new(references: &'a References) -> Self {
        Self { references, issuer_alerts: &[] }
    }
}

/// Gathers the problems of one document while the judges look at it.
pub(super) struct Judge<'a> {
    pub(super) asked: &'a Prepared<'a>,
    pub(super) document: &'a Document,
    pub(super) references: &'a References,
    pub(super) problems: Vec<Problem>,
}

impl Judge<'_> {
    pub(super) fn add(&mut self, code: ProblemCode, declared: impl ToString, registered: impl ToString, why: &str) {
        self.problems.push(Problem {
            code,
            declared: declared.to_string(),
            registered: registered.to_string(),
            why: why.to_owned(),
        });
    }
}
