//! Bills that were assessed and what was decided about them, as entries say it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use palisander_engine::answers::Lane;
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};

use super::ledger::Drawn;
use super::papers::MarkedPaper;
use crate::cases::Detection;
use crate::words::words;

words! {
    /// What is decided about a bill.
    Deciding {
        /// The lane stands.
        Confirmed = "confirmed",
        /// A stricter lane.
        Raised = "raised",
        /// A less strict lane: two persons.
        Lowered = "lowered",
        /// Released in spite of its lane until a day: two persons.
        Waived = "waived",
    }
}

words! {
    /// Does a report count already?
    Stage { Preliminary = "preliminary", Final = "final" }
}

words! {
    /// What an examination found.
    Found { Found = "found", Nothing = "nothing" }
}

words! {
    /// What sort of find it is.
    Offence {
        /// Against CITES.
        Cites = "cites",
        /// Against another law.
        Other = "other",
        /// Only papers were wrong.
        Documents = "documents",
        /// Nobody can say yet; a laboratory may.
        Unsure = "unsure",
    }
}

words! {
    /// How far an examination went.
    Thorough {
        /// Papers and seals alone.
        Outside = "outside",
        /// A part of the goods was seen.
        Part = "part",
        /// All of it was taken out.
        Full = "full",
    }
}

/// Why a bill came to be examined, as the log has it and not as somebody remembers it. Its rank and the edition of the rules stand in the
/// entry that answered it; a rank tells a score, and is told to nobody here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// `rules`, or why its answer was stricter than the rules'.
    pub by: String,
    pub lane: Lane,
    /// Of one that was drawn: its chance, in a million, written before it was opened. What was found among them tells how much is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_a_million: Option<u32>,
}

/// What an examination found, as it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// Outward id of the bill.
    pub bill: String,
    /// Bill of lading.
    pub consignment: String,
    pub reported_on: Date,
    pub state: Stage,
    pub result: Found,
    pub detected_by: BTreeSet<Detection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence: Option<Offence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thorough: Option<Thorough>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Chosen>,
    /// The case that was opened with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who reported it.
    pub by: String,
}

words! {
    /// Why a bill of a sender from outside is in a stricter lane than the engine's.
    RaisedFor {
        /// Nearly the same bill was answered more strictly.
        Near = "near",
        /// The same container was declared in many ways.
        Often = "often",
        /// A share of green bills is drawn.
        Drawn = "drawn",
    }
}

/// A stricter answer than the engine's, so that answers do not tell where its bounds lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    /// As strict as the engine's at least.
    pub lane: Lane,
    pub why: RaisedFor,
    /// Of one that was drawn: its chance, in a million, as it stood when it was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_a_million: Option<u32>,
    /// What was asked of the declarant of nearly the same bills.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub requests: BTreeSet<String>,
}

/// What is remembered of a bill of a sender from outside: enough to know nearly the same one again, and nothing to who does
/// not hold the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Keys by which it is found.
    pub keys: Vec<String>,
    /// Hashes of its fields, in order.
    pub fields: Vec<u32>,
    /// Hashes of its containers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<u32>,
    /// The lane that he was answered.
    pub lane: Lane,
    /// What was asked of the declarant.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub requests: BTreeSet<String>,
}

/// How a body was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HowRead {
    /// Name of its format.
    pub format: String,
    /// The mapping of its columns, where there was one, as its file says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// Its one bill was judged by itself, without what it leaves to be remembered.
    #[serde(default)]
    pub alone: bool,
}

/// What an `assessed` entry says of a batch of bills.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Assessed {
    /// Id of the batch.
    pub batch: String,
    pub as_of: Date,
    /// Bills that were answered.
    pub n_bills: u64,
    /// How many in each lane.
    pub lanes: BTreeMap<String, u64>,
    /// Root of the tree over the bills in their order: each leaf is the salt, the SHA-256 of the body that came, and that of the
    /// answer.
    pub root: String,
    pub salt: String,
    /// Digest of the body that came, where it is kept: when a bill of it is above green.
    pub payload: Option<String>,
    /// Media type of the body.
    pub media_type: String,
    /// How it was read.
    #[serde(default)]
    pub read: HowRead,
    /// Id of what the engine was made of ([`super::EditionLoaded`]), where that is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Editions of everything that was used.
    pub editions: serde_json::Value,
    /// Bills above green; a long batch says them in several entries.
    pub kept: Vec<KeptBill>,
    /// What its bills drew from permits, and gave back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawn: Vec<Drawn>,
    /// Accounts that its answers rest on; `None` = no ledger was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<String>>,
    /// Every bill, where the sender is from outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<Probe>,
    /// CITES documents that its bills show, green ones too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<MarkedPaper>,
    /// Its bills were let through by a sealed hold, which is over; they were answered before, under the same ids.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub freed: bool,
    /// How often each indicator that is only tried has fired, and on how many green bills of these.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shadow: BTreeMap<String, (u64, u64)>,
}

/// A bill above green.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptBill {
    /// Outward id.
    pub id: String,
    /// Bill of lading.
    pub consignment: String,
    /// Its place in the batch, from 0.
    pub n: u64,
    pub lane: Lane,
    /// The lane that was answered, where it is a stricter one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised: Option<Raised>,
    /// As each clearance may know it.
    pub sights: BTreeMap<Label, KeptSight>,
}

impl KeptBill {
    /// The lane that was answered.
    pub fn answered(&self) -> Lane {
        self.raised.as_ref().map_or(self.lane, |raised| raised.lane.max(self.lane))
    }
}

/// What a projection keeps of a bill beside its lanes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BillRecord {
    pub(super) consignment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) raised: Option<Raised>,
    pub(super) sights: BTreeMap<Label, KeptSight>,
}

/// A bill as one clearance may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSight {
    /// Sorts within a lane: the lower text is the more urgent.
    pub rank: String,
    /// Digest of the answer.
    pub answer: String,
}

/// A bill as it stands now.
#[derive(Debug, Clone)]
pub struct Bill {
    pub id: String,
    /// Bill of lading.
    pub consignment: String,
    /// Number of the entry that says it.
    pub seq: u64,
    /// Who sent it.
    pub reader: String,
    /// The lane of the whole engine.
    pub assessed: Lane,
    /// The lane that was answered, where it was a stricter one.
    pub raised: Option<Raised>,
    /// The lane after decisions, but for a waiver.
    pub decided: Lane,
    pub waived_until: Option<Date>,
    pub sights: BTreeMap<Label, KeptSight>,
}

impl Bill {
    /// The lane in force on a day: one for all readers.
    pub fn in_force(&self, on: Date) -> Lane {
        if self.is_waived(on) { Lane::Green } else { self.decided }
    }

    /// Is a waiver in force on that day?
    pub fn is_waived(&self, on: Date) -> bool {
        self.waived_until.is_some_and(|last| last >= on)
    }
}

/// Where a page of the queue begins, and what it shows.
#[derive(Debug, Clone)]
pub struct QueueQuestion {
    /// Readers of this clearance ask.
    pub clearance: Label,
    /// Only this lane in force.
    pub lane: Lane,
    /// The day whose waivers count.
    pub on: Date,
    /// Rank and id of the last bill of the page before.
    pub after: Option<(String, String)>,
    pub limit: usize,
}

/// A decision, proposed or in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub id: String,
    /// Outward id of the bill.
    pub bill: String,
    pub kind: Deciding,
    /// The lane that it asks for; a waiver asks for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    pub reason: String,
    /// The last day of a waiver, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Who decided, or proposed.
    pub by: String,
    pub at: Timestamp,
    /// The other person, where two are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
}

impl Decision {
    /// Do two different persons have to sign it?
    pub fn needs_two(&self) -> bool {
        matches!(self.kind, Deciding::Lowered | Deciding::Waived)
    }

    /// Does it count?
    pub fn is_in_force(&self) -> bool {
        !self.needs_two() || self.signed_by.is_some()
    }
}
