//! A bundle: one bill with everything that its answer rests on, for those who want to see for themselves.
//!
//! In: a folder of parts and what they are ([`About`]). Out: a zip archive whose every part stands in `SHA256SUMS`
//! ([`pack`]); of such an archive the folder again ([`open`]); of the folder the answer ([`judge`]). Who makes a bundle judges
//! it first, and who replays it judges it the same way. Parts:
//!
//! | part | is |
//! | --- | --- |
//! | `about.json` | [`About`] |
//! | `manifest` | the bytes that came |
//! | `answer.json` | the answer, whose bytes a replay has to give |
//! | `inputs/register`, `permits`, `alerts`, `watch_list`, `history`, `ledger`, `information`, `listed` | rows of the inputs that the reader may know, those that the bill touches where they are enough |
//! | `rules/`, `rulesets/`, `data/` | rules and tables beside those that are built in |
//! | `entries.ndjson`, `decisions.json`, `checkpoint.txt` | what the log says of it |
//!
//! Not here: who may have one (`service`), what readers are shown (`render`), the store.

mod judge;
mod open;
mod pack;
mod slice;

use palisander_engine::answers::Lane;
use palisander_engine::{Date, Label, Stated};
use serde::{Deserialize, Serialize};

use crate::store::HowRead;

pub use judge::{Unjudged, answered, judged};
pub use open::{Unopened, opened, unpacked};
pub use pack::packed;
pub use slice::{Input, rows};

/// Version of this form. A program refuses those that it does not know.
pub const FORM: u32 = 1;
/// What the parts are.
pub const ABOUT: &str = "about.json";
/// The bytes that came.
pub const MANIFEST: &str = "manifest";
/// The answer, as it was given.
pub const ANSWER: &str = "answer.json";
/// Entries of the log about the bill.
pub const ENTRIES: &str = "entries.ndjson";
/// Paths of those entries to the root that the checkpoint signs.
pub const PROOFS: &str = "proofs.json";
/// What was decided about it.
pub const DECISIONS: &str = "decisions.json";
/// The log as it was signed when the bundle was made.
pub const CHECKPOINT: &str = "checkpoint.txt";
/// Where profiles lie that the service published.
pub const RULESETS: &str = "rulesets";
/// What consignments had drawn from the permits that the bill meets, NDJSON.
pub const LEDGER: &str = "inputs/ledger";
/// SHA-256 of every other part, as `sha256sum` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// What stands in a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// [`FORM`].
    pub form: u32,
    /// Version of the program that answered.
    pub program: String,
    /// Outward id of the assessment.
    pub id: String,
    /// Bill of lading.
    pub consignment: String,
    /// Its place in the body that came, from 0.
    pub place: u64,
    pub as_of: Date,
    /// How the body was read.
    pub read: HowRead,
    /// The strictest label of what stands here.
    pub clearance: Label,
    /// As whom the answer is shown; `None` = the whole answer, as the engine gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The lane of the whole answer.
    pub assessed: Lane,
    /// What the engine said of itself. Below full clearance without the edition of the rules.
    pub stated: Stated,
    /// Inputs of which only the rows that the bill touches stand here.
    pub sliced: Vec<Input>,
    /// Where in the bundle the rules lie that were beside the shipped ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// What was drawn from permits before lies in `inputs/ledger`, or nothing was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ledger: bool,
    /// Profiles that the service published lie in `rulesets/`.
    #[serde(default)]
    pub rulesets: bool,
    /// It comes from a store whose bills are no bills.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// Tables other than the built-in ones lie in `data/`.
    #[serde(default)]
    pub data: bool,
}
