//! What people tell: reports, tips, alerts, listings, convictions, as entries say them.
//!
//! One record for all of it, each entry the whole of it as it stands then. There is no field for a person who informs: of a
//! covert source a code, whose holder is known elsewhere.

use std::collections::BTreeSet;

use palisander_engine::{CountryCode, Date, Label};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::words::words;

words! {
    /// What was told.
    InformationKind {
        Report = "report",
        /// Somebody told it who did not say who he is.
        Tip = "tip",
        Alert = "alert",
        /// An offer on a platform.
        Listing = "listing",
        Conviction = "conviction",
        /// On those who decide; read by those alone who look into it, and never part of a score.
        Integrity = "integrity",
    }
}

words! {
    /// Where it comes from.
    SourceKind {
        Open = "open",
        Government = "government",
        Ngo = "ngo",
        Carrier = "carrier",
        Public = "public",
        /// It is passed on in a copy that says nothing of it, or not at all.
        Covert = "covert",
    }
}

words! {
    /// How far it has come.
    InformationState {
        Received = "received",
        /// It has a grade, a label and a purpose.
        Graded = "graded",
        /// It acts in scores from its first day to its last.
        Live = "live",
        /// It was wrong, or quashed, or is not to be used.
        Withdrawn = "withdrawn",
        /// Looked at, and nothing comes of it.
        Closed = "closed",
    }
}

words! {
    /// The role in which a country is named.
    CountryRole { Origin = "origin", Export = "export", Transit = "transit", Destination = "destination" }
}

words! {
    /// What identifies somebody or something.
    IdentifierKind { Phone = "phone", Email = "email", Handle = "handle", Account = "account", Address = "address" }
}

words! {
    /// How a conviction stands.
    Appeal { Open = "open", Final = "final", Quashed = "quashed" }
}

words! {
    /// What waits for a second person.
    PendingAct { Live = "live", Withdraw = "withdraw", LowerLabel = "lower_label" }
}

/// A grade, as its scheme writes it. It is never turned into one of another scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// As `datasets/gradings` names it.
    pub scheme: String,
    pub source: String,
    pub content: String,
}

/// A country, in a role or in any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCountry {
    pub code: CountryCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<CountryRole>,
}

/// A ship by its name, its IMO number, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedVessel {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imo: Option<String>,
}

/// A phone, an account, a handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    pub kind: IdentifierKind,
    pub value: String,
}

/// What a court said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conviction {
    pub offence: String,
    pub law: String,
    pub court: String,
    pub sentenced_on: Date,
    pub country: CountryCode,
    pub appeal: Appeal,
}

/// An offer on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub platform: String,
    /// SHA-256 of its address, hexadecimal digits; the address is not kept.
    pub url_digest: String,
    /// The seller, as the platform names him.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Number>,
    /// ISO 4217 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    pub seen_on: Date,
}

/// What it says: everything that the one who tells may fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    pub kind: InformationKind,
    pub title: String,
    /// In words.
    #[serde(default)]
    pub text: String,
    /// In words for everybody, without anything that is to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain_text: Option<String>,
    /// Number as cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub source_kind: SourceKind,
    /// Opaque: who stands behind it is known elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_code: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxa: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<NamedCountry>,
    /// Places on the way, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub route: Vec<String>,
    /// How it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub method: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vessels: Vec<NamedVessel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permits: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Of a conviction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conviction: Option<Conviction>,
    /// Of an offer that was told with others (`/v1/listings`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<Listing>,
    /// First day on which it acts; the day it goes live without a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<Date>,
    /// Last day on which it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Date>,
    /// Day on which somebody has to look at it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
}

impl Told {
    /// One that says nothing yet.
    pub fn of(kind: InformationKind, title: String, source_kind: SourceKind) -> Self {
        Self {
            kind,
            title,
            text: String::new(),
            plain_text: None,
            number: None,
            source_kind,
            source_code: None,
            taxa: Vec::new(),
            countries: Vec::new(),
            route: Vec::new(),
            method: Vec::new(),
            parties: Vec::new(),
            issuers: Vec::new(),
            vessels: Vec::new(),
            containers: Vec::new(),
            permits: Vec::new(),
            identifiers: Vec::new(),
            conviction: None,
            listing: None,
            effective_from: None,
            effective_to: None,
            review_by: None,
        }
    }
}

/// An act that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    pub act: PendingAct,
    pub by: String,
    pub reason: String,
    /// The label that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

/// A piece of information as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Information {
    pub id: String,
    pub state: InformationState,
    pub told: Told,
    pub received_on: Date,
    /// Reader who told it; `None` = a tip of somebody who did not say who he is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Of an offer: 1 where it names a taxon of Appendix I, else 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// RED until somebody says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Groups whose readers may read what is stricter than GREEN; all groups without one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// Countries that it was passed on to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub countries_shared: BTreeSet<CountryCode>,
    /// What it may be used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Day it went live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<Date>,
    /// Why it was withdrawn or closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// Copies that were made of it to be passed on. They do not say that they are copies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// Of a tip: what is asked of its sender and was answered, in turns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Turn>,
}

/// Which information is asked for. What a caller may not see is not read, so that how much of it there is tells in no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InformationQuestion {
    /// Up to this label; the caller's own whatever its label.
    pub label: Label,
    pub teller: String,
    /// Only in this state.
    pub state: Option<InformationState>,
    /// Only what came before this entry.
    pub before: u64,
    pub limit: usize,
}

/// A question to the sender of a tip, and his answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    pub question: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl Information {
    /// The label by which lists are asked: what is told of those who decide stands in none but theirs.
    pub(super) fn listed_label(&self) -> Label {
        if self.told.kind == InformationKind::Integrity { Label::Red } else { self.label() }
    }

    /// Who may see it: RED where nobody has said yet.
    pub fn label(&self) -> Label {
        self.label.unwrap_or(Label::Red)
    }
}
