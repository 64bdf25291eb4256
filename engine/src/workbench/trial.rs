//! Two sets of rules on the same bills: what a change of rules does.
//!
//! In: an engine under the rules as they are and one under those as they would be, which share everything else; a stream of
//! manifests. Out: for each bill in input order what either makes of it ([`Tried`]). A bill is read, gathered and settled once.
//! Not here: what is counted of it, and what people are shown.
//! Cost: the memory of one batch; the full answer is made only where the two differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assess::Engine;
use crate::assessment::{Assessment, Verdict};
use crate::codes::Date;
use crate::evidence::Neighbours;
use crate::history::Past;
use crate::manifest::Manifest;
use crate::manifest::parse::{Parsed, Parts};
use crate::profile::Lane;
use crate::stream::{Handed, each_of};

/// An indicator by its name in either set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub profile: String,
    pub indicator: String,
    /// Its place in the indicators of either set, before and after; `None` = it is not there.
    pub stands: [Option<usize>; 2],
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.profile, self.indicator)
    }
}

/// The day on which a bill is judged.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// One for all; `None` = each on the day on which it arrives.
    pub fixed: Option<Date>,
    /// For bills that do not say when they arrive.
    pub otherwise: Date,
}

/// One set of rules on one bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    pub lane: Lane,
    pub score: i64,
    /// The lower text is the more urgent.
    pub rank_key: String,
    /// Numbers of the indicators that fired, in the order of [`Trial::named`], rising.
    pub met: Vec<usize>,
    /// Of those that could not be told and did not fire.
    pub open: Vec<usize>,
}

/// One bill under both.
#[derive(Debug)]
pub struct Tried {
    /// Bill of lading.
    pub consignment: String,
    /// Port of discharge, else where the ship arrives.
    pub port: Option<String>,
    /// Day of arrival.
    pub day: Option<Date>,
    /// Rules as they are, and as they would be.
    pub judged: [Judged; 2],
    /// The answer under the rules as they would be, where lane or indicators differ.
    pub answer: Option<Box<Assessment>>,
}

/// Two sets of rules, prepared for many bills.
#[derive(Debug)]
pub struct Trial<'a> {
    rules: [&'a Engine; 2],
    named: Vec<Named>,
    /// Of each set, by place of the indicator: its number.
    numbers: [Vec<usize>; 2],
}

impl Days {
    fn of(&self, manifest: &Manifest) -> Date {
        self.fixed.or_else(|| arrival(manifest)).unwrap_or(self.otherwise)
    }
}

fn arrival(manifest: &Manifest) -> Option<Date> {
    manifest.arrival.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day())
}

impl<'a> Trial<'a> {
    /// Of the rules as they are and as they would be. What is not rules is taken from the second engine.
    pub fn new(before: &'a Engine, after: &'a Engine) -> Self {
        let rules = [before, after];
        let mut found: BTreeMap<(String, String), [Option<usize>; 2]> = BTreeMap::new();
        for (side, engine) in rules.into_iter().enumerate() {
            for (place, key) in keys(engine).enumerate() {
                if let Some(stands) = found.entry(key).or_default().get_mut(side) {
                    *stands = Some(place);
                }
            }
        }
        let number: BTreeMap<&(String, String), usize> = found.keys().zip(0..).collect();
        let numbers = rules.map(|engine| keys(engine).filter_map(|key| number.get(&key).copied()).collect());
        let named = found.iter().map(|((profile, indicator), stands)| Named {
            profile: profile.clone(),
            indicator: indicator.clone(),
            stands: *stands,
        });
        Self { rules, named: named.collect(), numbers }
    }

    /// Indicators of either set, by profile and name.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// Judges every bill of the parts under both and hands it on in input order. Gives how many bills were read: each was handed
    /// out as tried or as lost. Stops when the sink says so.
    pub fn run<E>(
        &self,
        parts: Parts,
        days: Days,
        past: &Past<'_>,
        sink: &mut dyn FnMut(Handed<Tried>) -> Result<(), E>,
    ) -> Result<u64, E> {
        let one = |neighbours: &Neighbours<'_>, parsed: &Parsed, n: usize| self.one(neighbours, parsed, n, days, past);
        each_of(parts, &one, sink)
    }

    fn one(
        &self,
        neighbours: &Neighbours<'_>,
        parsed: &Parsed,
        n: usize,
        days: Days,
        past: &Past<'_>,
    ) -> Option<Tried> {
        let (manifest, [before, after]) = (&parsed.manifest, self.rules);
        let consignment = manifest.consignments.get(n)?;
        let faults = parsed.faults_of(n);
        let settled = after.settle(after.gather_beside(neighbours, consignment, days.of(manifest)), past);
        let old = self.numbered(before.verdict(&settled, &faults), 0);
        let new = self.numbered(after.verdict(&settled, &faults), 1);
        let differs = old.lane != new.lane || old.met != new.met;
        let discharge = consignment.places.discharge.as_ref();
        let port = discharge.or_else(|| manifest.arrival.as_ref().and_then(|call| call.unlocode.as_ref()));
        Some(Tried {
            consignment: consignment.bill_of_lading.clone(),
            port: port.map(|port| port.as_str().to_owned()),
            day: arrival(manifest),
            judged: [old, new],
            answer: differs.then(|| Box::new(after.conclude(&settled, &faults))),
        })
    }

    fn numbered(&self, verdict: Verdict, side: usize) -> Judged {
        let Verdict { lane, score, rank_key, met, open } = verdict;
        let of_side = self.numbers.get(side).map_or(&[][..], Vec::as_slice);
        let numbers = |places: Vec<usize>| {
            let mut numbers: Vec<usize> = places.into_iter().filter_map(|place| of_side.get(place).copied()).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        Judged { lane, score, rank_key, met: numbers(met), open: numbers(open) }
    }
}

/// Profile and name of each indicator, by its place.
fn keys(engine: &Engine) -> impl Iterator<Item = (String, String)> + '_ {
    let profiles = engine.profiles();
    let key = |indicator: &crate::profile::Indicator| {
        let profile = profiles.profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default();
        (profile, indicator.name.clone())
    };
    profiles.indicators.iter().map(key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Cursor;

    use super::*;
    use crate::assess::Options;
    use crate::manifest::parse::{Format, read};
    use crate::reference::samples;
    use crate::stream::{Scored, score};

    fn parts(bytes: &'static [u8]) -> Parts {
        read(Cursor::new(bytes), Format::detect(bytes))
    }

    /// What a trial says of a bill is what its answer says, and the two sides are the same where the rules are.
    #[test]
    fn a_verdict_is_the_answer_in_short() {
        let engine = Engine::open(&Options::default()).unwrap();
        let as_of = "2026-11-01".parse().unwrap();
        let days = Days { fixed: Some(as_of), otherwise: as_of };
        let trial = Trial::new(&engine, &engine);
        let mut n_met = 0;
        for (name, bytes) in samples() {
            let mut answers = Vec::new();
            let done: Result<u64, ()> = score(&engine, parts(bytes), as_of, &engine.past(), &mut |scored| {
                answers.extend(if let Scored::Answer(answer) = scored { Some(answer) } else { None });
                Ok(())
            });
            assert_eq!(done, Ok(answers.len() as u64));
            let mut answers = answers.into_iter();
            let done: Result<u64, ()> = trial.run(parts(bytes), days, &engine.past(), &mut |handed| {
                let Handed::Bill(tried) = handed else { panic!("{name}: {handed:?}") };
                let answer = answers.next().unwrap();
                let [before, after] = &tried.judged;
                assert_eq!(before, after);
                assert!(tried.answer.is_none());
                assert_eq!(
                    (after.lane, after.score, &after.rank_key),
                    (answer.lane, answer.score, &answer.rank_key),
                    "{name}"
                );
                let met: BTreeSet<String> = after.met.iter().map(|number| trial.named()[*number].to_string()).collect();
                let hits = answer.hits.iter().chain(&answer.shadow_hits);
                assert_eq!(met, hits.map(|hit| format!("{}/{}", hit.profile, hit.indicator)).collect(), "{name}");
                n_met += met.len();
                Ok(())
            });
            assert!(done.is_ok() && answers.next().is_none());
        }
        assert!(n_met > 20, "{n_met}");
    }
}
