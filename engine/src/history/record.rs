//! What is remembered of one consignment.
//!
//! In: its key, the lot that its receivers got, what it claims on permits. Out: one line of an edition. Amounts are whole
//! millionths of the permit's base unit, so that sums do not depend on their order. Not here: the order of many, and who
//! is accepted (`edition`, `accounts`).

use serde::{Deserialize, Serialize};

use crate::codes::Date;
use crate::manifest::Function;

/// Where a consignment stands in the order of all: the fields are compared one after another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Day it arrives, else departs, else the day of the question.
    pub on: Date,
    /// Who sent the manifest; empty = not said.
    pub sender: String,
    pub reference: String,
    /// Bill of lading.
    pub bill: String,
    /// Fingerprint of the content: two versions of one bill have two.
    pub digest: String,
}

/// Digits that tell consignments apart: 128 bits, so that nobody finds two of one.
const WHO_DIGITS: usize = 32;

/// Which consignment, whatever its version: sender, reference and bill; a bill without a number is its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity<'a>(&'a str, &'a str, &'a str, &'a str);

impl<'a> Identity<'a> {
    /// The bill's number.
    pub fn bill(&self) -> &'a str {
        self.2
    }

    /// As one text, for maps that outlive the key.
    pub(super) fn text(&self) -> String {
        [self.0, self.1, self.2, self.3].join("\u{0}")
    }
}

impl Key {
    /// Which consignment it is, as short digits: the same for all its versions.
    pub fn who(&self) -> String {
        crate::digest::digits(&blake3::hash(self.identity().text().as_bytes()), WHO_DIGITS)
    }

    /// Which manifest of which sender it is of, as short digits; `None` = the sender is not named, and takes back nothing.
    pub fn filing(&self) -> Option<String> {
        let of_sender = (!self.sender.is_empty()).then_some((&self.sender, &self.reference))?;
        Some(crate::digest::digits(&crate::digest::of(&of_sender), WHO_DIGITS))
    }

    /// Which consignment it is.
    pub fn identity(&self) -> Identity<'_> {
        let content = if self.bill.trim().is_empty() { self.digest.as_str() } else { "" };
        Identity(&self.sender, &self.reference, &self.bill, content)
    }
}

/// How large a lot of listed wood is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// At most [`crate::evidence::history::SMALL_LOT_M3`].
    Small,
    /// It cannot be told.
    Unknown,
    #[default]
    Large,
}

/// A lot of listed wood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    /// Folded names and addresses of those who get it, sorted.
    pub receivers: Vec<String>,
    pub size: Size,
    /// The one of them that is its consignee by name and place; `None` = an order clause, or nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importer: Option<String>,
    /// Its listed wood has papers of the Convention, and all of them agree with the register.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub papers_agree: bool,
}

/// What it asks of one permit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// Key of the permit.
    pub permit: String,
    /// Asked, millionths of the base unit.
    pub micro: i64,
    /// What the permit allows with its tolerance, millionths of the base unit.
    pub allowed_micro: i64,
    /// Port where it is presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// Departure and arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<(Date, Date)>,
}

/// What a filing was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// What it does to earlier ones.
    pub function: Function,
    /// When it was sent, as declared.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sent_at: String,
    /// Its goods in short.
    pub goods: String,
    /// Did they name a listed wood?
    pub listed: bool,
}

/// One line of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// Which consignment, and where it stands.
    pub key: Key,
    /// The lot of listed wood, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// Claims on permits, by permit, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claimed>,
    /// What the sender did with it; kept for lots, and for every filing that does something to an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing: Option<Filing>,
}

/// What begins the key of a permit among the receivers of a lot.
pub(super) const BY_PERMIT: char = '%';

impl Lot {
    /// Is the other a repeat of this one: the same importer under its own name, each under papers of its own that agree?
    pub(super) fn repeats(&self, other: &Self) -> bool {
        let shares_permit =
            || self.receivers.iter().any(|own| own.starts_with(BY_PERMIT) && other.receivers.contains(own));
        self.papers_agree
            && other.papers_agree
            && self.importer.is_some()
            && self.importer == other.importer
            && !shares_permit()
    }
}

impl Remembered {
    /// Is there anything to remember?
    pub fn is_empty(&self) -> bool {
        self.lot.is_none() && self.claims.is_empty() && self.filing.is_none()
    }

    /// Claims in order, each permit once with the most that was asked; receivers in order.
    pub(super) fn tidy(&mut self) {
        self.claims.sort_by(|a, b| a.permit.cmp(&b.permit).then(b.cmp(a)));
        self.claims.dedup_by(|later, kept| later.permit == kept.permit);
        if let Some(lot) = &mut self.lot {
            lot.receivers.sort_unstable();
            lot.receivers.dedup();
        }
    }

    /// Joins what another edition remembers of the same key: the more is kept, whichever comes first.
    pub(super) fn join(&mut self, other: Self) {
        self.claims.extend(other.claims);
        self.lot = match (self.lot.take(), other.lot) {
            (Some(mut own), Some(other)) => {
                own.receivers.extend(other.receivers);
                own.size = own.size.min(other.size);
                own.papers_agree &= other.papers_agree;
                own.importer = own.importer.filter(|importer| Some(importer) == other.importer.as_ref());
                Some(own)
            }
            (own, other) => own.or(other),
        };
        self.filing = self.filing.take().or(other.filing);
        self.tidy();
    }
}
