//! Whom events are told, as entries say it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use palisander_engine::CountryCode;
use serde::{Deserialize, Serialize};

use super::information::{InformationKind, Told};
use crate::words::words;

words! {
    /// Something that happened, and that a reader may be told of.
    Event {
        /// A decision about a bill waits for a second person.
        DecisionProposed = "decision.proposed",
        /// A decision about a bill is in force.
        DecisionMade = "decision.made",
        /// Another lane of a bill is in force, or it is released.
        LaneChanged = "lane.changed",
        /// What an examination found was reported.
        ResultRecorded = "result.recorded",
        /// Information that he had read holds no more.
        InformationWithdrawn = "information.withdrawn",
        /// Information that he may see acts from now on.
        InformationLive = "information.live",
        /// Information that acts was passed on to others, or may be seen by more than before.
        InformationShared = "information.shared",
        /// A manifest that he sent to be judged later has ended.
        JobEnded = "job.ended",
    }
}

/// Of which information somebody wants to be told. A part that is empty asks for nothing; of the others each is met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// It names one of these, or its way leads through one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub countries: BTreeSet<CountryCode>,
    /// It names one of these: a genus by any of its species, a species by its genus.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub taxa: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<InformationKind>,
}

impl Only {
    /// Does it ask for nothing?
    pub fn is_empty(&self) -> bool {
        self.countries.is_empty() && self.taxa.is_empty() && self.kinds.is_empty()
    }

    /// Is that what somebody wants to be told of?
    pub fn is_met(&self, told: &Told) -> bool {
        // Places of a way are UN/LOCODEs, which begin with their country.
        let passes = |country: &CountryCode| {
            told.countries.iter().any(|one| one.code == *country)
                || told.route.iter().any(|place| place.len() == LOCODE_CHARS && place.starts_with(country.as_str()))
        };
        let names = |wanted: &String| told.taxa.iter().any(|own| is_one(wanted, own));
        (self.countries.is_empty() || self.countries.iter().any(passes))
            && (self.taxa.is_empty() || self.taxa.iter().any(names))
            && (self.kinds.is_empty() || self.kinds.contains(&told.kind))
    }
}

/// Characters of a UN/LOCODE.
const LOCODE_CHARS: usize = 5;

/// May two taxa be one? `Dalbergia`, `Dalbergia spp.` and `Dalbergia nigra` may.
fn is_one(wanted: &str, own: &str) -> bool {
    let parts = |taxon: &str| {
        let folded = taxon.to_lowercase();
        let mut words = folded.split_whitespace().map(str::to_owned);
        let genus = words.next().unwrap_or_default();
        (genus, words.next().filter(|word| !matches!(word.as_str(), "spp." | "spp" | "sp." | "sp")))
    };
    let ((genus, species), (own_genus, own_species)) = (parts(wanted), parts(own));
    genus == own_genus && (species.is_none() || own_species.is_none() || species == own_species)
}

/// An address that events are sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub id: String,
    /// Id of the reader as whom it is told: what he may not know is not sent.
    pub reader: String,
    pub url: String,
    pub events: BTreeSet<Event>,
    /// Of which information it is told.
    #[serde(default, skip_serializing_if = "Only::is_empty")]
    pub only: Only,
    /// Which of its secrets signs; each new one is the next.
    pub secret: u32,
    pub added_at: Timestamp,
    /// Number of the last entry before it was added: it is told what comes after.
    pub after: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// What a `webhook_resent` entry says: what is to be sent again, by the numbers of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resent {
    pub entries: Vec<u64>,
}
