//! What those inside are shown: officers and analysts. Reasons up to their clearance, all of them from the answer of the
//! engine that they may know.

use palisander_engine::answers::{
    Container, DocumentAnswer, Goods, HistoryAnswer, Hit, Lane, Met, NamedTaxon, PartyNamed, Ship, Step, Unverifiable,
};
use palisander_engine::manifests::Fault;
use palisander_engine::past::FilingNamed;
use palisander_engine::{Assessment, Label};
use serde::Serialize;
use serde_json::Value;

use super::{HELD, Sight, Standing};
use crate::service::access::Audience;

/// What of a lane's reasons is a sum.
const SCORE: &str = "score ";
/// Stands for it where sums are not shown.
const SUM: &str = "what the reasons amount to";

/// An answer for officers and analysts.
#[derive(Debug, Serialize)]
struct OfficerAnswer<'a> {
    id: &'a str,
    consignment: &'a str,
    manifest: &'a str,
    as_of: String,
    /// The lane in force.
    lane: Lane,
    lane_because: Vec<&'a str>,
    lane_high: Lane,
    /// The constant sentence, where what is hidden decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score_high: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank_key: Option<&'a str>,
    ship: &'a Ship,
    containers: &'a [Container],
    goods: &'a [Goods],
    n_goods_items: usize,
    parties: &'a [PartyNamed],
    #[serde(skip_serializing_if = "Option::is_none")]
    gross_mass_kg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_m3: Option<f64>,
    taxa: &'a [NamedTaxon],
    hits: Vec<HitShown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow_hits: Option<Vec<HitShown<'a>>>,
    unverifiable: Vec<OpenShown<'a>>,
    documents: &'a [DocumentAnswer],
    next_steps: &'a [Step],
    faults: &'a [Fault],
    #[serde(skip_serializing_if = "Option::is_none")]
    amends: Option<&'a FilingNamed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<&'a FilingNamed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<&'a FilingNamed>,
    history: &'a HistoryAnswer,
    editions: Value,
}

/// An indicator that fired.
#[derive(Debug, Serialize)]
struct HitShown<'a> {
    profile: &'a str,
    indicator: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Lane>,
    met: &'a [Met],
    sources: &'a [String],
    handling: Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<bool>,
}

/// A test that could not be told.
#[derive(Debug, Serialize)]
struct OpenShown<'a> {
    profile: &'a str,
    indicator: &'a str,
    why: &'a str,
    settled_by: &'a str,
    handling: Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<i64>,
}

pub(super) fn officer(seen: &Assessment, standing: Standing<'_>, sight: Sight) -> Value {
    let is_full = sight.is_full();
    let is_analyst = sight.audience == Audience::Analyst;
    let is_held = standing.assessed != seen.lane;
    let hit = |hit| shown(hit, is_full, is_analyst);
    let answer = OfficerAnswer {
        id: standing.id,
        consignment: &seen.consignment,
        manifest: &seen.manifest,
        as_of: seen.as_of.to_string(),
        lane: standing.in_force,
        lane_because: because(seen, is_held, is_full),
        lane_high: seen.lane_high.max(standing.in_force),
        held: is_held.then_some(HELD),
        score: is_full.then_some(seen.score),
        score_high: is_full.then_some(seen.score_high),
        rank_key: is_full.then_some(&seen.rank_key),
        ship: &seen.ship,
        containers: &seen.containers,
        goods: &seen.goods,
        n_goods_items: seen.n_goods_items,
        parties: &seen.parties,
        gross_mass_kg: seen.gross_mass_kg,
        volume_m3: seen.volume_m3,
        taxa: &seen.taxa,
        hits: seen.hits.iter().map(hit).collect(),
        shadow_hits: is_analyst.then(|| seen.shadow_hits.iter().map(hit).collect()),
        unverifiable: seen.unverifiable.iter().map(|open| still_open(open, is_full)).collect(),
        documents: &seen.documents,
        next_steps: &seen.next_steps,
        faults: &seen.faults,
        amends: seen.amends.as_ref(),
        superseded_by: seen.superseded_by.as_ref(),
        withdrawn: seen.withdrawn.as_ref(),
        history: &seen.history,
        editions: editions(seen, is_full),
    };
    serde_json::to_value(answer).unwrap_or_default()
}

/// What decided the lane, as far as it may be known.
fn because(seen: &Assessment, is_held: bool, is_full: bool) -> Vec<&str> {
    if is_held {
        return vec![HELD];
    }
    let without_sum = |why| if !is_full && str::starts_with(why, SCORE) { SUM } else { why };
    seen.lane_because.iter().map(|why| without_sum(why.as_str())).collect()
}

fn shown(hit: &Hit, is_full: bool, is_analyst: bool) -> HitShown<'_> {
    HitShown {
        profile: &hit.profile,
        indicator: &hit.indicator,
        reason: &hit.reason,
        floor: hit.floor,
        met: &hit.met,
        sources: &hit.sources,
        handling: hit.handling,
        points: is_full.then_some(hit.points),
        group: is_analyst.then_some(hit.group.as_str()),
        counts: is_full.then_some(hit.counts),
    }
}

fn still_open(open: &Unverifiable, is_full: bool) -> OpenShown<'_> {
    OpenShown {
        profile: &open.profile,
        indicator: &open.indicator,
        why: &open.why,
        settled_by: &open.settled_by,
        handling: open.handling,
        points: is_full.then_some(open.points),
    }
}

/// Editions of what is seen. That of the rules is of all of them, so that only who may know all of them is told.
fn editions(seen: &Assessment, is_full: bool) -> Value {
    let mut editions = serde_json::to_value(&seen.editions).unwrap_or_default();
    if let Some(editions) = editions.as_object_mut().filter(|_| !is_full) {
        editions.remove("rules");
    }
    editions
}
