//! From outcomes to the answer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::explain;
use super::{Assessment, DocumentAnswer, HistoryAnswer, Hit, MAX_HITS_SHOWN, NamedTaxon, Step, Unverifiable};
use crate::evidence::Evidence;
use crate::manifest::{Consignment, Fault, Manifest, Severity};
use crate::names::Field;
use crate::profile::evaluate::fill;
use crate::profile::{Facts, Indicator, Lane, Outcome, ProfileSet, State};
use crate::settle::Reach;

/// Editions of everything that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Editions {
    /// Version of the engine.
    pub engine: String,
    /// Fingerprint of the rules.
    pub rules: String,
    /// Fingerprint of the tables.
    pub datasets: String,
    /// Fingerprint of the alerts.
    pub alerts: String,
    /// Fingerprint of the register.
    pub register: String,
    /// Fingerprint of the watch list.
    pub watch_list: String,
    /// Fingerprint of the slice of history that the bill meets; empty beside a whole engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub history: String,
    /// Rows, for people.
    pub counts: Counts,
}

/// Rows of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records, the shipped ones included.
    pub alerts: u64,
    /// Documents.
    pub register: u64,
    /// Entries.
    pub watch_list: u64,
}

/// Everything that is concluded from.
#[derive(Debug, Clone)]
pub struct Concluding<'a> {
    /// Fingerprint of input, day and editions.
    pub assessment_id: String,
    /// Rules.
    pub profiles: &'a ProfileSet,
    /// Manifest.
    pub manifest: &'a Manifest,
    /// Consignment.
    pub consignment: &'a Consignment,
    /// Evidence.
    pub evidence: &'a Evidence,
    /// Facts.
    pub facts: &'a Facts,
    /// Faults of the manifest.
    pub faults: &'a [Fault],
    /// Editions.
    pub editions: &'a Editions,
    /// How far the history reaches.
    pub reaches: Reach,
}

/// Concludes. Every outcome is looked at; none ends it.
pub fn conclude(from: &Concluding<'_>, outcomes: &[Outcome]) -> Assessment {
    let mut hits = Vec::new();
    let mut unverifiable = Vec::new();
    let mut faults = from.faults.to_vec();
    let mut steps = Vec::new();
    let mut open: BTreeMap<&str, i64> = BTreeMap::new();
    let mut failed = !from.profiles.failed.is_empty();
    for outcome in outcomes {
        let Some(indicator) = from.profiles.indicators.get(outcome.indicator) else { continue };
        match &outcome.state {
            State::Met => {
                hits.push(hit(from, indicator, outcome));
                steps.extend(next_steps(from, indicator, outcome));
            }
            State::Unverifiable(why) => {
                let entry = unverified(from, indicator, why);
                if !unverifiable.contains(&entry) {
                    unverifiable.push(entry);
                }
                raise(&mut open, indicator);
            }
            State::Failed(why) => {
                failed = true;
                raise(&mut open, indicator);
                let at = format!("{}/{}", profile_id(from, indicator), indicator.name);
                let fault =
                    Fault::new("profile_failed", Severity::Doubt, at, why, "a test that ends within its limits");
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
    }
    for fault in &from.profiles.faults {
        let at = format!("{}/{}", fault.profile, fault.file);
        faults.push(Fault::new(
            "profile_not_loaded",
            Severity::Doubt,
            at,
            &fault.to_string(),
            "a profile that `rules check` passes",
        ));
    }
    hits.sort_by(|a, b| {
        b.points
            .cmp(&a.points)
            .then_with(|| (&a.profile, &a.indicator, met_order(a)).cmp(&(&b.profile, &b.indicator, met_order(b))))
    });
    count(&mut hits);
    let score: i64 = hits.iter().filter(|hit| hit.counts).map(|hit| hit.points).sum();
    let score_high = score + still_open(&hits, &open);
    let (lane, lane_because) = lane(from, score, &hits, &faults, failed);
    hits.truncate(MAX_HITS_SHOWN);
    steps.dedup();
    Assessment {
        assessment_id: from.assessment_id.clone(),
        consignment: from.consignment.bill_of_lading.clone(),
        manifest: from.manifest.reference.clone(),
        as_of: from.evidence.as_of,
        lane,
        lane_because,
        score,
        score_high,
        rank_key: rank_key(lane, score, score_high, from),
        taxa: taxa(from),
        hits,
        unverifiable,
        documents: documents(from),
        next_steps: once(steps),
        faults,
        history: HistoryAnswer { reaches: from.reaches },
        editions: from.editions.clone(),
    }
}

fn profile_id<'a>(from: &Concluding<'a>, indicator: &Indicator) -> &'a str {
    from.profiles.profiles.get(indicator.profile).map_or("", |profile| profile.id.as_str())
}

fn hit(from: &Concluding<'_>, indicator: &Indicator, outcome: &Outcome) -> Hit {
    let subjects = from.facts.of(indicator.each);
    let (reason, sources, met) = match subjects.get(outcome.subject) {
        Some(subject) => {
            let frame = from.facts.frame(indicator.each, subject);
            let sources =
                indicator.sources.iter().map(|source| fill(source, &frame)).filter(|s| !s.is_empty()).collect();
            (fill(&indicator.reason, &frame), sources, explain::met(from, indicator, subject))
        }
        None => (indicator.reason.clone(), indicator.sources.clone(), Vec::new()),
    };
    Hit {
        profile: profile_id(from, indicator).to_owned(),
        indicator: indicator.name.clone(),
        points: indicator.points,
        group: indicator.group.clone(),
        counts: false,
        floor: indicator.floor,
        reason,
        met,
        sources,
        handling: indicator.handling.clone(),
    }
}

fn met_order(hit: &Hit) -> Vec<(&str, &str)> {
    hit.met.iter().map(|met| (met.at.as_str(), met.text.as_str())).collect()
}

/// Within a group only the highest hit counts; a mitigating one (negative points) counts once beside it.
fn count(hits: &mut [Hit]) {
    let mut best: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for (n, hit) in hits.iter().enumerate() {
        // Hits come by falling points, so the first of a group is the highest; of mitigating ones the last is the lowest.
        let key = (hit.group.clone(), hit.points < 0);
        if hit.points < 0 || !best.contains_key(&key) {
            best.insert(key, n);
        }
    }
    for n in best.into_values() {
        if let Some(hit) = hits.get_mut(n) {
            hit.counts = true;
        }
    }
}

fn raise<'a>(open: &mut BTreeMap<&'a str, i64>, indicator: &'a Indicator) {
    let points = open.entry(indicator.group.as_str()).or_default();
    *points = (*points).max(indicator.points);
}

/// Points of groups that could still rise.
fn still_open(hits: &[Hit], open: &BTreeMap<&str, i64>) -> i64 {
    open.iter()
        .map(|(group, points)| {
            let counted =
                hits.iter().filter(|hit| hit.counts && hit.group == *group).map(|hit| hit.points.max(0)).max();
            (points - counted.unwrap_or(0)).max(0)
        })
        .sum()
}

fn unverified(from: &Concluding<'_>, indicator: &Indicator, why: &str) -> Unverifiable {
    Unverifiable {
        profile: profile_id(from, indicator).to_owned(),
        indicator: indicator.name.clone(),
        why: why.to_owned(),
        points: indicator.points,
        settled_by: indicator.settled_by.clone(),
    }
}

/// The strictest of: the score's lane, the floors of the hits, the floors of faults.
fn lane(from: &Concluding<'_>, score: i64, hits: &[Hit], faults: &[Fault], failed: bool) -> (Lane, Vec<String>) {
    let lanes = &from.profiles.lanes;
    let thresholds = lanes.thresholds;
    let by_score = if score >= thresholds.red {
        Lane::Red
    } else if score >= thresholds.yellow {
        Lane::Yellow
    } else if score >= thresholds.blue {
        Lane::Blue
    } else {
        Lane::Green
    };
    let mut reached = vec![(by_score, format!("score {score}"))];
    for hit in hits {
        if let Some(floor) = hit.floor {
            reached.push((floor, format!("{}/{}", hit.profile, hit.indicator)));
        }
    }
    if faults.iter().any(|fault| fault.severity == Severity::Lost) {
        reached.push((lanes.floors.fault, "a value could not be read".to_owned()));
    }
    if failed {
        reached.push((lanes.floors.failed_profile, "a profile failed or did not load".to_owned()));
    }
    let lane = reached.iter().map(|(lane, _)| *lane).max().unwrap_or(Lane::Green);
    let mut because: Vec<String> = reached.into_iter().filter(|(l, _)| *l == lane).map(|(_, why)| why).collect();
    because.dedup();
    (lane, because)
}

fn rank_key(lane: Lane, score: i64, score_high: i64, from: &Concluding<'_>) -> String {
    let lane = 3 - lane as i64;
    // Falling order as rising text: ten digits hold every score that 10,000 indicators of 100,000 points could reach.
    let falling = |points: i64| 5_000_000_000 - points.clamp(-4_000_000_000, 4_999_999_999);
    let (manifest, bill) = (&from.manifest.reference, &from.consignment.bill_of_lading);
    let line = from.consignment.line.unwrap_or(0);
    format!("{lane}-{:010}-{:010}-{manifest}-{line:06}-{bill}", falling(score), falling(score_high))
}

fn next_steps(from: &Concluding<'_>, indicator: &Indicator, outcome: &Outcome) -> Vec<Step> {
    let Some(subject) = from.facts.of(indicator.each).get(outcome.subject) else { return Vec::new() };
    let frame = from.facts.frame(indicator.each, subject);
    let step = |step: &crate::profile::NextStep| Step {
        step: step.step.clone(),
        to: fill(&step.to, &frame),
        why: fill(&step.why, &frame),
    };
    indicator.next_steps.iter().map(step).collect()
}

/// Each step to each addressee once, with the first reason.
fn once(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for step in steps {
        if !kept.iter().any(|known| known.step == step.step && known.to == step.to) {
            kept.push(step);
        }
    }
    kept.sort_by(|a, b| (&a.step, &a.to).cmp(&(&b.step, &b.to)));
    kept
}

fn taxa(from: &Concluding<'_>) -> Vec<NamedTaxon> {
    let mut taxa = Vec::new();
    for (n, item) in from.evidence.items.iter().enumerate() {
        for mention in &item.names.mentions {
            let field = match mention.field {
                Field::Text => "description",
                Field::Declared => "scientific_name",
                Field::Common => "common_name",
            };
            let listing = item.taxa.iter().find(|taxon| taxon.taxon == mention.taxon);
            let verdict = serde_json::to_value(mention.verdict).ok();
            taxa.push(NamedTaxon {
                at: format!("/goods_items/{n}/{field}"),
                text: mention.text.clone(),
                taxon: mention.taxon.clone(),
                verdict: verdict.as_ref().and_then(|v| v.as_str()).unwrap_or("none").to_owned(),
                listing: listing.map(|taxon| taxon.listing.reason.clone()).unwrap_or_default(),
                alternatives: mention.alternatives.clone(),
            });
        }
    }
    taxa
}

fn documents(from: &Concluding<'_>) -> Vec<DocumentAnswer> {
    let declared = from.consignment.all_documents().zip(&from.evidence.documents);
    declared
        .map(|((_, _, document), found)| DocumentAnswer {
            at: explain::document_place(found),
            kind: found.kind.as_str(),
            declared: document.number.clone(),
            verdict: found.verdict,
            problems: found.problems.iter().map(|problem| problem.code.as_str().to_owned()).collect(),
            details: found.problems.clone(),
            candidates: found.candidates.clone(),
        })
        .collect()
}
