//! What is remembered of one consignment.
//!
//! In: its key, the lot that its receivers got, what it claims on permits. Out: one line of an edition. Amounts are whole
//! millionths of the permit's base unit, so that sums do not depend on their order. Not here: the order of many, and who
//! is accepted (`edition`, `accounts`).

use serde::{Deserialize, Serialize};

use crate::codes::Date;

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
    /// Which consignment it is.
    pub fn identity(&self) -> Identity<'_> {
        let content = if self.bill.trim().is_empty() { self.digest.as_str() } else { "" };
        Identity(&self.sender, &self.reference, &self.bill, content)
    }
}

/// How large a lot of listed wood is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// At most [`crate::evidence::history::SMALL_LOT_M3`].
    Small,
    /// It cannot be told.
    Unknown,
    Large,
}

/// A lot of listed wood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    /// Folded names and addresses of those who get it, sorted.
    pub receivers: Vec<String>,
    pub size: Size,
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
}

impl Remembered {
    /// Is there anything to remember?
    pub fn is_empty(&self) -> bool {
        self.lot.is_none() && self.claims.is_empty()
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
                Some(own)
            }
            (own, other) => own.or(other),
        };
        self.tidy();
    }
}
