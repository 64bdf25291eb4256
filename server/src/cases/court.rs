//! What courts and prosecutors make of it, and what became of the money.

use serde::{Deserialize, Serialize};

use super::limits::Shape;
use crate::words::words;

words! {
    /// How far it has come.
    Stage {
        None = "none",
        Charged = "charged",
        Tried = "tried",
        Appealed = "appealed",
        /// Nothing more can come.
        Final = "final",
        /// It is not taken to a court; `reason` says why.
        NotProsecuted = "not_prosecuted",
    }
}

words! {
    /// How a court saw it.
    Outcome { Convicted = "convicted", Acquitted = "acquitted", Dropped = "dropped", Settled = "settled" }
}

words! {
    /// What became of an asset.
    AssetState { Traced = "traced", Frozen = "frozen", Forfeited = "forfeited", Returned = "returned" }
}

words! {
    /// How well the authorities worked together, as the officers of the case rate it.
    Cooperation { None = "none", Poor = "poor", Good = "good", VeryGood = "very_good" }
}

/// A charge and the law under which it is brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    pub law: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub article: String,
}

/// Something of value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    pub kind: String,
    pub value: f64,
    /// ISO 4217.
    pub currency: String,
    pub state: AssetState,
}

/// As it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Court {
    pub stage: Stage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence_months: Option<u32>,
    /// With its currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<Asset>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooperation: Option<Cooperation>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Default for Court {
    fn default() -> Self {
        Self {
            stage: Stage::None,
            outcome: None,
            charges: Vec::new(),
            sentence_months: None,
            fine: None,
            currency: None,
            assets: Vec::new(),
            cooperation: None,
            reason: String::new(),
        }
    }
}

/// Longest sentence, months.
const MAX_SENTENCE_MONTHS: u32 = 12 * 100;

impl Court {
    /// Everything that cannot be so.
    pub fn faults(&self) -> Vec<String> {
        let mut shape = Shape::default();
        [self.charges.len(), self.assets.len()].into_iter().for_each(|n| shape.rows("a list of the court", n));
        self.charges.iter().for_each(|charge| {
            shape.text("charges.law", &charge.law);
            shape.free("charges.article", &charge.article);
        });
        for asset in &self.assets {
            shape.text("assets.kind", &asset.kind);
            shape.measure("assets.value", Some(asset.value));
            currency(&mut shape, "assets.currency", Some(&asset.currency));
        }
        shape.measure("fine", self.fine);
        shape.free("reason", &self.reason);
        currency(&mut shape, "currency", self.currency.as_ref());
        if self.fine.is_some() != self.currency.is_some() {
            shape.say("`fine` and `currency` belong together");
        }
        let is_charged = !matches!(self.stage, Stage::None | Stage::NotProsecuted);
        if is_charged && self.charges.is_empty() {
            shape.say("`charges` names the law; one at least once somebody is charged");
        }
        if self.stage == Stage::Final && self.outcome.is_none() {
            shape.say("`outcome` says how it ended");
        }
        if self.stage == Stage::NotProsecuted && self.reason.trim().is_empty() {
            shape.say("`reason` says why nobody is prosecuted");
        }
        if self.sentence_months.is_some() && self.outcome != Some(Outcome::Convicted) {
            shape.say("a sentence follows a conviction: `outcome`");
        }
        if self.sentence_months.is_some_and(|months| months > MAX_SENTENCE_MONTHS) {
            shape.say(&format!("`sentence_months` is up to {MAX_SENTENCE_MONTHS}"));
        }
        shape.faults
    }

    /// Is nothing more to come?
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Final | Stage::NotProsecuted)
    }
}

fn currency(shape: &mut Shape, field: &str, code: Option<&String>) {
    if code.is_some_and(|code| code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase())) {
        shape.say(&format!("`{field}` is three letters of ISO 4217"));
    }
}
