//! What the values of the canonical fields are, beyond plain text and numbers.

use serde::{Deserialize, Serialize};

use crate::codes::{Date, Unlocode};
use crate::words::words;

words! {
    /// Effect on an earlier message of the same reference.
    #[derive(Default)]
    pub enum Function {
        /// The first message of its reference.
        #[default]
        Original = "original",
        /// Supersedes the earlier message.
        Replace = "replace",
        /// Changes some of an earlier message; what it does not name stands.
        Change = "change",
        /// Withdraws an earlier message.
        Cancel = "cancel",
    }
}

/// A point in time as declared, and the calendar day it falls on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    text: String,
    day: Date,
}

impl Moment {
    /// Reads RFC 3339 (`2014-03-02T09:30:00Z`) or a plain ISO day. `None` for anything else. A blank between day and time,
    /// as databases write it, becomes the `T` of the standard.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(plain) = Self::plain(text) {
            return Some(plain);
        }
        let trimmed = text.trim();
        let day_and_time = trimmed.split_once(' ').filter(|(day, time)| day.len() == 10 && time.contains(':'));
        let written = day_and_time.map(|(day, time)| format!("{day}T{}", time.trim_start()));
        let trimmed = written.as_deref().unwrap_or(trimmed);
        let day: Date = trimmed.get(..10)?.parse().ok()?;
        let rest = trimmed.get(10..)?;
        let timed = rest.is_empty()
            || trimmed.parse::<jiff::Timestamp>().is_ok()
            || trimmed.trim_end_matches('Z').parse::<jiff::civil::DateTime>().is_ok();
        timed.then(|| Self { text: trimmed.to_owned(), day })
    }

    /// A day or a time that is written as nearly all are; `None`: look closer.
    pub fn plain(text: &str) -> Option<Self> {
        plain_day(text).map(|day| Self { text: text.to_owned(), day })
    }

    /// The day that starts at midnight of `day`.
    pub fn on(day: Date) -> Self {
        Self { text: day.to_string(), day }
    }

    /// Calendar day as written, without shifting zones.
    pub fn day(&self) -> Date {
        self.day
    }

    /// The text as declared, never a corrected one.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The day of a text that is written as nearly all are, `2014-03-02` or `2014-03-02T09:30:00Z`; `None`: look closer.
fn plain_day(text: &str) -> Option<Date> {
    let two = |at: usize| -> Option<i8> {
        match text.as_bytes().get(at..at + 2)? {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(((a & 15) * 10 + (b & 15)) as i8),
            _ => None,
        }
    };
    let is_time = |time: &[u8]| match time {
        [] => true,
        [b'T', _, _, b':', _, _, b':', _, _, b'Z'] => {
            [(11, 24), (14, 60), (17, 60)].into_iter().all(|(at, end)| two(at).is_some_and(|n| n < end))
        }
        _ => false,
    };
    let [_, _, _, _, b'-', _, _, b'-', _, _, time @ ..] = text.as_bytes() else { return None };
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    is_time(time).then(|| Date::new(year, two(5)?, two(8)?).ok()).flatten()
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not an RFC 3339 time"))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.text
    }
}

/// A place as declared: a UN/LOCODE or, where the sender gives none, a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Location(String);

impl Location {
    /// Keeps the text; `None` when it is blank.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text as declared, never a corrected one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UN/LOCODE, when the text has that shape.
    pub fn unlocode(&self) -> Option<Unlocode> {
        self.0.parse().ok()
    }
}

words! {
    /// What is to happen to the goods, as customs divides procedures (WCO Revised Kyoto Convention).
    pub enum Procedure {
        /// For free circulation.
        Import = "import",
        /// Leaving the country.
        Export = "export",
        /// Leaving again after import.
        ReExport = "re_export",
        /// Under customs control to another country.
        Transit = "transit",
        /// From one means of transport to another.
        Transhipment = "transhipment",
        /// To be re-exported by a date.
        TemporaryAdmission = "temporary_admission",
        /// Stored under bond.
        Warehouse = "warehouse",
        FreeZone = "free_zone",
    }
}

words! {
    /// Role of a party.
    pub enum PartyRole {
        /// Sends the goods.
        Consignor = "consignor",
        /// Receives the goods.
        Consignee = "consignee",
        /// Is told of arrival.
        NotifyParty = "notify_party",
        /// Carries the goods.
        Carrier = "carrier",
        /// Declares the goods to customs.
        Declarant = "declarant",
        Seller = "seller",
        Buyer = "buyer",
        /// Exports by law.
        Exporter = "exporter",
        /// Imports by law.
        Importer = "importer",
        /// Arranges the carriage for others.
        Forwarder = "forwarder",
        /// Packs the container.
        Consolidator = "consolidator",
        /// Takes part in another way: owns the goods, pays, insures, stores.
        Other = "other",
    }
}

words! {
    /// Kind of a declared document.
    #[derive(Default)]
    pub enum DocumentKind {
        /// CITES export permit.
        CitesExportPermit = "cites_export_permit",
        /// CITES import permit.
        CitesImportPermit = "cites_import_permit",
        /// CITES re-export certificate.
        CitesReExportCertificate = "cites_re_export_certificate",
        /// CITES pre-Convention certificate.
        CitesPreConventionCertificate = "cites_pre_convention_certificate",
        /// CITES certificate of origin (Appendix III).
        CitesCertificateOfOrigin = "cites_certificate_of_origin",
        PhytosanitaryCertificate = "phytosanitary_certificate",
        /// Trade certificate of origin (not a CITES document).
        CertificateOfOrigin = "certificate_of_origin",
        FlegtLicence = "flegt_licence",
        /// No document, but a code by which the declarant says that the Convention does not apply to the goods.
        NotCitesClaim = "not_cites_claim",
        /// A document that none of these describes.
        #[default]
        Other = "other",
    }
}

impl DocumentKind {
    /// True for documents that the Convention knows.
    pub fn is_cites(self) -> bool {
        matches!(
            self,
            Self::CitesExportPermit
                | Self::CitesImportPermit
                | Self::CitesReExportCertificate
                | Self::CitesPreConventionCertificate
                | Self::CitesCertificateOfOrigin
        )
    }
}

impl schemars::JsonSchema for Moment {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read at a glance is what the library reads.
    #[test]
    fn a_plain_day_is_the_day_of_its_text() {
        for text in [
            "2014-03-02",
            "2014-02-30",
            "0000-01-01",
            "9999-12-31",
            "2014-13-01",
            "2014-00-10",
            "2016-02-29",
            "2014-3-02",
            "2014-03-02T09:30:00Z",
            "2014-03-02T24:00:00Z",
            "2014-03-02T23:59:59Z",
            "2014-03-02T23:59:60Z",
            "9999-12-31T23:59:59Z",
            "2014-02-29T00:00:00Z",
            "2014-03-02T0a:30:00Z",
            "２014-03-02",
            "-014-03-02",
        ] {
            let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
            let timed = |text: &str| text.trim_end_matches('Z').parse::<jiff::civil::DateTime>().is_ok();
            let expected = day.filter(|_| text.len() == 10 || text.parse::<jiff::Timestamp>().is_ok() || timed(text));
            assert_eq!(Moment::parse(text).map(|moment| moment.day()), expected, "{text}");
            assert!(plain_day(text).is_none_or(|day| Some(day) == expected), "{text}");
        }
    }
}
