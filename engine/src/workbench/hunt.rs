//! Retro-hunt: which consignments would one alert change, and how.
//!
//! In: an engine that holds all alerts, the id of one, consignments. Out: for each that the alert touches, lane and score
//! without it and with it. What the alert cannot touch is told from its keys (numbers, names, countries, woods) and is not
//! scored. Also: which assessments leaned on a record that is retracted.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::alerts::{AlertLookup, AlertRecord, key};
use crate::assess::Engine;
use crate::assessment::Assessment;
use crate::codes::{CountryCode, Date};
use crate::evidence::{Neighbours, route};
use crate::manifest::{Consignment, Fault, Manifest};
use crate::profile::Lane;

/// Lane and score at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub lane: Lane,
    /// Sum of the points that count.
    pub score: i64,
    /// Points met and what could not be verified.
    pub score_high: i64,
}

/// A consignment that the alert touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// Bill of lading.
    pub consignment: String,
    pub manifest: String,
    /// True when it has not arrived by the day of the hunt, or does not say.
    pub afloat: bool,
    /// What the alert met: `taxon`, `country`, `container` …
    pub on: Vec<&'static str>,
    /// Without the alert.
    pub before: Standing,
    /// With the rule that is tried.
    pub after: Standing,
    /// Indicators that fire only with it.
    pub hits: Vec<String>,
    /// True when lane, score or upper score differ.
    pub changed: bool,
}

/// One alert, prepared for many consignments.
#[derive(Debug)]
pub struct Hunt<'a> {
    engine: &'a Engine,
    record: usize,
    others: AlertLookup,
    keys: HashSet<String>,
    countries: HashSet<CountryCode>,
    woods: bool,
    issuers: bool,
    as_of: Date,
}

impl<'a> Hunt<'a> {
    /// Prepares the alert `id` of the engine; `None` when the engine does not hold it. `as_of` is the day of the hunt:
    /// what is known by then counts, also for consignments of the past.
    pub fn prepare(engine: &'a Engine, id: &str, as_of: Date) -> Option<Self> {
        let records = engine.alerts().records();
        let record = records.iter().rposition(|record| record.id == id || record.citation() == id)?;
        let own = records.get(record)?;
        let others = records.iter().enumerate().filter(|(n, _)| *n != record).map(|(_, other)| other.clone());
        Some(Self {
            engine,
            record,
            others: AlertLookup::build(others.collect()),
            keys: keys(own),
            countries: own.countries.iter().map(|country| country.code).collect(),
            woods: !own.taxa.is_empty() || own.is_for_all_species(),
            issuers: !own.issuers.is_empty(),
            as_of,
        })
    }

    /// Can the alert touch this consignment at all? Never wrongly no; cheap.
    pub fn can_touch(&self, manifest: &Manifest, consignment: &Consignment) -> bool {
        if self.issuers && consignment.all_documents().next().is_some() {
            return true;
        }
        if !self.keys.is_empty() && self.names_key(manifest, consignment) {
            return true;
        }
        self.woods
            && self.on_the_way(manifest, consignment)
            && consignment.goods_items.iter().any(|i| self.engine.may_name_wood(i))
    }

    fn names_key(&self, manifest: &Manifest, consignment: &Consignment) -> bool {
        let has = |text: &str| self.keys.contains(&key(text));
        let means = manifest.transport_means.as_ref();
        let ship = means.into_iter().flat_map(|means| [means.imo.as_deref(), means.name.as_deref()]).flatten();
        let boxes = consignment.goods_items.iter().flat_map(|item| &item.in_containers);
        ship.chain(boxes.map(|place| place.container.as_str()))
            .chain(consignment.parties.iter().map(|party| party.name.as_str()))
            .chain(consignment.all_documents().filter_map(|(_, _, document)| document.number.as_deref()))
            .any(has)
    }

    fn on_the_way(&self, manifest: &Manifest, consignment: &Consignment) -> bool {
        if self.countries.is_empty() {
            return true;
        }
        let way = route::gather(self.engine.references(), manifest, consignment);
        let ends = [way.first, way.loading, way.discharge, way.destination, way.consignor, way.consignee];
        let all = way.origins.iter().chain(&ends).flatten().chain(&way.countries);
        all.into_iter().any(|country| self.countries.contains(country))
    }

    /// What the alert does to the consignment; `None` when it does not meet it.
    pub fn look(&self, manifest: &Manifest, consignment: &Consignment, faults: &[Fault]) -> Option<Touched> {
        if !self.can_touch(manifest, consignment) {
            return None;
        }
        let with = self.engine.gather(manifest, consignment, self.as_of);
        let met = with.evidence().alerts.iter().find(|found| found.record == self.record).cloned();
        if met.is_none() && !self.issuers {
            return None;
        }
        let on = met.as_ref().map_or_else(|| vec!["issuer"], |found| found.on.clone());
        let without = self.engine.gather_under(&self.others, &Neighbours::of(manifest), consignment, self.as_of);
        let past = self.engine.past();
        let after = self.engine.conclude(&self.engine.settle(with, &past), faults);
        let before = self.engine.conclude(&self.engine.settle(without, &past), faults);
        let standing = |assessment: &Assessment| Standing {
            lane: assessment.lane,
            score: assessment.score,
            score_high: assessment.score_high,
        };
        let name = |hit: &crate::assessment::Hit| format!("{}/{}", hit.profile, hit.indicator);
        let known: HashSet<String> = before.hits.iter().map(name).collect();
        let mut hits: Vec<String> = after.hits.iter().map(name).filter(|hit| !known.contains(hit)).collect();
        hits.dedup();
        let (old, new) = (standing(&before), standing(&after));
        if met.is_none() && old == new {
            return None;
        }
        let arrival = manifest.arrival.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day());
        Some(Touched {
            consignment: consignment.bill_of_lading.clone(),
            manifest: after.manifest,
            afloat: arrival.is_none_or(|day| day > self.as_of),
            on,
            before: old,
            after: new,
            hits,
            changed: old != new,
        })
    }
}

/// Numbers and names that the record gives, as keys.
fn keys(record: &AlertRecord) -> HashSet<String> {
    let ships = record.vessels.iter().flat_map(|vessel| [vessel.imo.as_deref(), vessel.name.as_deref()]).flatten();
    let numbers = record.containers.iter().chain(&record.permits).map(String::as_str);
    let names = AlertRecord::names(&record.parties).chain(AlertRecord::names(&record.issuers));
    ships.chain(numbers).chain(names).map(key).filter(|key| !key.is_empty()).collect()
}

/// Does the assessment lean on the record? True when a hit cites it or quotes it, by id or number.
pub fn leans_on(assessment: &Value, record: &AlertRecord) -> Vec<String> {
    let names = [record.id.as_str(), record.citation()];
    let says = |text: &str| names.iter().any(|name| text == *name || (name.len() >= 4 && text.contains(name)));
    let hits = assessment.get("hits").and_then(Value::as_array);
    let leaning = hits.into_iter().flatten().filter(|hit| {
        let sources = hit.get("sources").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let met = hit.get("met").and_then(Value::as_array).into_iter().flatten();
        let values = met.flat_map(|met| [met.get("text"), met.get("means")]).flatten().filter_map(Value::as_str);
        let reason = hit.get("reason").and_then(Value::as_str);
        sources.chain(values).chain(reason).any(says)
    });
    let text = |hit: &Value, field: &str| hit.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut hits: Vec<String> =
        leaning.map(|hit| format!("{}/{}", text(hit, "profile"), text(hit, "indicator"))).collect();
    hits.dedup();
    hits
}
