//! From outcomes to the answer.
//!
//! In: every outcome of every indicator. Out: the [`Assessment`]. What an experimental profile says stands apart
//! (`shadow_hits`) and moves nothing else. Not here: what points come to (`tally.rs`), which values met (`explain.rs`), who may
//! see them (`handling.rs`).

use std::collections::BTreeMap;

use super::boxes::boxes;
use super::given::{Concluding, Editions};
use super::tally::{Reached, Tally, counted};
use super::written::Digits;
use super::{Assessment, DocumentAnswer, HistoryAnswer, Hit, MAX_HITS_SHOWN, NamedTaxon, Step, Unverifiable};
use super::{declared, explain, handling};
use crate::label::Label;
use crate::manifest::{Fault, Severity};
use crate::names::Field;
use crate::profile::facts::Subject;
use crate::profile::view::View;
use crate::profile::{Indicator, Lane, Outcome, State};

/// What the outcomes say, one after the other.
pub(super) struct Told<'a> {
    from: &'a Concluding<'a>,
    /// Sentences are made; otherwise only what ranks is kept.
    in_words: bool,
    hits: Vec<Hit>,
    shadow: Vec<Hit>,
    unverifiable: Vec<Unverifiable>,
    pub(super) faults: Vec<Fault>,
    steps: Vec<Step>,
    tally: Tally<'a>,
}

/// Concludes. Every outcome is looked at; none ends it.
pub fn conclude(from: &Concluding<'_>, outcomes: &[Outcome]) -> Assessment {
    let told = Told::of(from, outcomes, true);
    let reached = told.reached();
    let Told { mut hits, mut shadow, unverifiable, faults, steps, tally, .. } = told;
    in_order(&mut hits);
    in_order(&mut shadow);
    count(&mut hits);
    let rank_key = rank_key(&reached, from);
    let Reached { score, score_high, lane, lane_high } = reached;
    let lane_because = because(from, lane, score, &hits, &faults, tally.failed);
    let goods = declared::goods(&from.consignment.goods_items, &declared::items_hit(from, &hits));
    hits.truncate(MAX_HITS_SHOWN);
    shadow.truncate(MAX_HITS_SHOWN);
    Assessment {
        assessment_id: from.assessment_id.clone(),
        consignment: from.consignment.bill_of_lading.clone(),
        manifest: from.manifest.reference.clone(),
        as_of: from.evidence.as_of,
        lane,
        lane_because,
        lane_high,
        score,
        score_high,
        rank_key,
        ship: declared::ship(from.manifest, from.consignment),
        containers: declared::containers(&from.evidence.equipment.containers),
        goods,
        n_goods_items: from.consignment.goods_items.len(),
        parties: declared::parties(from.consignment),
        gross_mass_kg: declared::gross_mass_kg(from.consignment),
        volume_m3: declared::volume_m3(from.consignment),
        taxa: taxa(from),
        hits,
        shadow_hits: shadow,
        unverifiable,
        documents: documents(from),
        next_steps: once(steps),
        faults,
        amends: from.standing.amends.clone(),
        superseded_by: from.standing.superseded_by.clone(),
        withdrawn: from.standing.withdrawn.clone(),
        history: HistoryAnswer { reaches: from.reaches },
        editions: Editions { history: from.slice.into(), ..from.editions.clone() },
    }
}

impl<'a> Told<'a> {
    /// Hears every outcome; with sentences where they are wanted.
    pub(super) fn of(from: &'a Concluding<'a>, outcomes: &[Outcome], in_words: bool) -> Self {
        // Which profile did not load, and what it would have said, may be secret: who is not cleared for all is told nothing.
        let is_whole = from.clearance == Label::Red;
        let mut told = Self {
            from,
            in_words,
            hits: Vec::new(),
            shadow: Vec::new(),
            unverifiable: Vec::new(),
            faults: from.faults.to_vec(),
            steps: Vec::new(),
            tally: Tally::new(from.profiles),
        };
        told.tally.failed = is_whole && !from.profiles.failed.is_empty();
        for outcome in outcomes {
            let Some(indicator) = from.profiles.indicators.get(outcome.indicator) else { continue };
            let Some(subject) = from.facts.of(indicator.each).get(outcome.subject) else { continue };
            told.hear(indicator, subject, &outcome.state);
        }
        told.faults.extend(from.profiles.faults.iter().filter(|_| is_whole).map(|fault| {
            let at = format!("{}/{}", fault.profile, fault.file);
            let what = fault.to_string();
            Fault::new("profile_not_loaded", Severity::Doubt, at, &what, "a profile that `rules check` passes")
        }));
        told
    }

    /// Score and lanes.
    pub(super) fn reached(&self) -> Reached {
        self.tally.reached(self.faults.iter().any(|fault| fault.severity == Severity::Lost))
    }

    fn hear(&mut self, indicator: &'a Indicator, subject: &Subject, state: &State) {
        let from = self.from;
        let is_shadow = from.profiles.is_shadow(indicator);
        let state = counted(from.facts, indicator, subject, state);
        self.tally.hear(indicator, &state);
        match state.as_ref() {
            State::Met if self.in_words && is_shadow => self.shadow.push(hit(from, indicator, subject)),
            State::Met if self.in_words => {
                self.hits.push(hit(from, indicator, subject));
                self.steps.extend(next_steps(from, indicator, subject));
            }
            State::Unverifiable(why) if self.in_words && !is_shadow => {
                let entry = unverified(from, indicator, subject, why);
                if !self.unverifiable.contains(&entry) {
                    self.unverifiable.push(entry);
                }
            }
            State::Met | State::Unverifiable(_) => {}
            State::Failed(why) => {
                let at = format!("{}/{}", profile_id(from, indicator), indicator.name);
                let expected = "a test that ends within its limits";
                let fault = Fault::new("profile_failed", Severity::Doubt, at, why, expected);
                if !self.faults.contains(&fault) {
                    self.faults.push(fault);
                }
            }
        }
    }
}

fn profile_id<'a>(from: &Concluding<'a>, indicator: &Indicator) -> &'a str {
    from.profiles.profiles.get(indicator.profile).map_or("", |profile| profile.id.as_str())
}

fn hit(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject) -> Hit {
    let frame = from.facts.frame(indicator.each, subject);
    Hit {
        profile: profile_id(from, indicator).to_owned(),
        indicator: indicator.name.clone(),
        points: indicator.points,
        group: indicator.group.clone(),
        counts: false,
        floor: indicator.floor,
        reason: indicator.reason.fill(&frame),
        met: explain::met(from, indicator, subject),
        sources: indicator.sources.iter().filter_map(|source| source.fill_whole(&frame)).collect(),
        handling: handling::of(from, indicator, subject),
    }
}

/// The most points first; then by name and by what met, so that no order of input shows.
fn in_order(hits: &mut [Hit]) {
    hits.sort_by(|a, b| {
        b.points
            .cmp(&a.points)
            .then_with(|| (&a.profile, &a.indicator, met_order(a)).cmp(&(&b.profile, &b.indicator, met_order(b))))
    });
}

fn met_order(hit: &Hit) -> Vec<(&str, &str)> {
    hit.met.iter().map(|met| (met.at.as_str(), met.text.as_str())).collect()
}

/// Within a group only the highest hit counts. Hits come by falling points, so the first of a group is the highest.
fn count(hits: &mut [Hit]) {
    let mut seen = std::collections::BTreeSet::new();
    for hit in hits {
        hit.counts = seen.insert(hit.group.clone());
    }
}

fn unverified(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject, why: &str) -> Unverifiable {
    let frame = from.facts.frame(indicator.each, subject);
    Unverifiable {
        profile: profile_id(from, indicator).to_owned(),
        indicator: indicator.name.clone(),
        why: why.to_owned(),
        points: indicator.points,
        settled_by: Some(indicator.settled_by.fill(&frame))
            .filter(|text| !text.trim().is_empty())
            .unwrap_or_else(|| usually_settles(indicator.each).to_owned()),
        handling: handling::of(from, indicator, subject),
    }
}

/// What settles an open point of a rule that does not say it: where such facts come from.
fn usually_settles(each: View) -> &'static str {
    match each {
        View::Consignment => "the transport document and the sender's papers",
        View::Item | View::Taxon => {
            "the missing words or figures of the goods item, from the sender or by a look at the goods"
        }
        View::Document => "the original document, or the authority that issued it",
        View::Measure => "the countries of origin and of the route, from the sender's papers",
        View::Alert => "whoever issued the alert",
        View::Party => "the party's full name and address, from the sender's papers",
        View::Container => "the container's number, size and seals, from the carrier",
    }
}

/// What decided the lane: of score, floors of hits, floors of faults those that reach it.
fn because(from: &Concluding<'_>, lane: Lane, score: i64, hits: &[Hit], faults: &[Fault], failed: bool) -> Vec<String> {
    let lanes = &from.profiles.lanes;
    let mut because = Vec::new();
    if lanes.by_score(score) == lane {
        because.push(format!("score {score}"));
    }
    let floored = hits.iter().filter(|hit| hit.floor == Some(lane));
    because.extend(floored.map(|hit| format!("{}/{}", hit.profile, hit.indicator)));
    if lanes.floors.fault == lane && faults.iter().any(|fault| fault.severity == Severity::Lost) {
        because.push("a value could not be read".to_owned());
    }
    if lanes.floors.failed_profile == lane && failed {
        because.push("a profile failed or did not load".to_owned());
    }
    because.dedup();
    because
}

pub(super) fn rank_key(reached: &Reached, from: &Concluding<'_>) -> String {
    let lane = 3 - reached.lane as i64;
    // Falling order as rising text: ten digits hold every score that 10,000 indicators of 100,000 points could reach.
    let falling = |points: i64| 5_000_000_000 - points.clamp(-4_000_000_000, 4_999_999_999);
    let (manifest, bill) = (&from.manifest.reference, &from.consignment.bill_of_lading);
    let line = from.consignment.line.unwrap_or(0);
    let mut key = String::with_capacity(manifest.len() + bill.len() + 32);
    for (number, width) in [(lane, 1), (falling(reached.score), 10), (falling(reached.score_high), 10)] {
        push_padded(number.unsigned_abs(), width, &mut key);
        key.push('-');
    }
    key.push_str(manifest);
    key.push('-');
    push_padded(line, 6, &mut key);
    key.push('-');
    key.push_str(bill);
    key
}

/// A number with zeros before it, so that texts of it are in its order.
fn push_padded(number: u64, width: usize, text: &mut String) {
    text.push_str(std::str::from_utf8(Digits::of(number).at_least(width)).unwrap_or_default());
}

fn next_steps(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject) -> Vec<Step> {
    let frame = from.facts.frame(indicator.each, subject);
    let handling = handling::of(from, indicator, subject);
    let step = |step: &crate::profile::NextStep| Step {
        step: step.step.clone(),
        to: step.to.fill_whole(&frame).unwrap_or_default(),
        why: step.why.fill(&frame),
        handling,
    };
    indicator.next_steps.iter().map(step).collect()
}

/// Each step to each addressee once, with the first reason among those that most may see.
fn once(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: BTreeMap<(String, String), Step> = BTreeMap::new();
    for step in steps {
        let place = kept.entry((step.step.clone(), step.to.clone())).or_insert_with(|| step.clone());
        if step.handling < place.handling {
            *place = step;
        }
    }
    kept.into_values().collect()
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
            taxa.push(NamedTaxon {
                at: format!("/goods_items/{n}/{field}"),
                text: mention.text.clone(),
                taxon: mention.taxon.clone(),
                accepted_name: listing.filter(|taxon| taxon.counted != taxon.taxon).map(|taxon| taxon.counted.clone()),
                verdict: mention.verdict.as_str().to_owned(),
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
            issuer: found.issuer.clone(),
            problems: found.problems.iter().map(|problem| problem.code.as_str().to_owned()).collect(),
            boxes: boxes(document),
            details: found.problems.clone(),
            candidates: found.candidates.clone(),
            handling: found.handling,
        })
        .collect()
}
