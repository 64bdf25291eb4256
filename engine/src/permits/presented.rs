//! A document as a manifest, a declaration or a question presents it.

use crate::codes::{CountryCode, Date};
use crate::manifest::number_words::Remark;

/// What is known of a presented document. Everything may be missing; what is missing is not compared.
#[derive(Debug, Clone, Default)]
pub struct PresentedPermit<'a> {
    /// Number as written.
    pub number: Option<&'a str>,
    /// Type: `export`, `cites_re_export_certificate`, `I` …
    pub kind: Option<&'a str>,
    /// Holder: the exporter, on import permits the importer.
    pub holder: Option<&'a str>,
    pub importer: Option<&'a str>,
    /// Issuing authority as written.
    pub issuing_authority: Option<&'a str>,
    /// Country of the authority.
    pub issuing_country: Option<CountryCode>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Last day of validity.
    pub expires_on: Option<Date>,
    /// Taxa of the goods, by accepted name where known, `Genus spp.` where only the genus is.
    pub taxa: Vec<&'a str>,
    /// Country of origin of the goods.
    pub origin: Option<CountryCode>,
    /// Quantities of the goods with their units as written: volume, mass, pieces, whatever is declared.
    pub quantities: Vec<(f64, &'a str)>,
    /// Term such as `SAW`, or a form of goods such as `sawn`.
    pub term: Option<&'a str>,
    pub source: Option<char>,
    pub purpose: Option<char>,
    pub security_stamp: Option<&'a str>,
    /// Name of the one who is said to have signed it.
    pub signatory: Option<&'a str>,
    /// Transport document that the goods travel under.
    pub transport_document: Option<&'a str>,
    /// Remarks on the document, such as an extension or a reason for late issue.
    pub remarks: Option<&'a str>,
    /// Day on which the specimens were acquired.
    pub acquired_on: Option<Date>,
    /// Is the export endorsement (box 14) filled; `None` = not told.
    pub endorsed: Option<bool>,
    /// Quantity that left by that endorsement, with its unit where it says one.
    pub endorsed_quantity: Option<(f64, Option<&'a str>)>,
    /// The goods have left the exporting State.
    pub has_left: bool,
    /// Day on which the goods left the exporting State.
    pub departed_on: Option<Date>,
    /// Day of arrival.
    pub arrives_on: Option<Date>,
    /// Day that counts when neither is known.
    pub as_of: Option<Date>,
}

impl PresentedPermit<'_> {
    /// The day on which validity is judged, and which day that is: departure, else arrival, else as-of.
    pub fn judged_on(&self) -> Option<(Date, &'static str)> {
        let departed = self.departed_on.map(|day| (day, "departure"));
        departed.or(self.arrives_on.map(|day| (day, "arrival"))).or(self.as_of.map(|day| (day, "as-of")))
    }

    /// The text written on the document is about an extension of validity.
    pub(super) fn claims_extension(&self) -> bool {
        self.remarks.is_some_and(|text| Remark::Extension.is_in(text))
    }

    /// The text written on the document says that it was issued late.
    pub(super) fn claims_retrospective(&self) -> bool {
        self.remarks.is_some_and(|text| Remark::Retrospective.is_in(text))
    }
}
