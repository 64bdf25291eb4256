//! Scores a stream of manifests on all cores, in input order, in the memory of one batch.
//!
//! Facts are gathered in parallel, the history is consulted one by one in input order, the rest is parallel again: so the
//! answers do not depend on the number of threads.

use palisander_engine::Assessment;
use palisander_engine::Engine;
use palisander_engine::codes::Date;
use palisander_engine::evidence::Evidence;
use palisander_engine::evidence::history::History;
use palisander_engine::manifest::parse::{Parsed, Parts};
use palisander_engine::manifest::{Fault, ManifestError};
use rayon::prelude::*;

/// Consignments that are scored together: enough to keep every core busy, little enough to stay in the cache.
pub const BATCH: usize = 512;

/// What came out of the stream, in input order.
#[derive(Debug)]
pub enum Scored {
    /// One consignment.
    Answer(Box<Assessment>),
    /// A part that held no manifest.
    Unreadable(ManifestError),
    /// Faults of a manifest that holds no consignment.
    Empty(Vec<Fault>),
}

/// Totals of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Consignments scored.
    pub consignments: u64,
    /// By lane: green, blue, yellow, red.
    pub green: u64,
    /// Blue.
    pub blue: u64,
    /// Yellow.
    pub yellow: u64,
    /// Red.
    pub red: u64,
    /// Parts that held no manifest.
    pub unreadable: u64,
    /// Faults found in the input.
    pub faults: u64,
}

impl Totals {
    /// Counts one.
    pub fn add(&mut self, scored: &Scored) {
        use palisander_engine::profile::Lane;
        match scored {
            Scored::Answer(answer) => {
                self.consignments += 1;
                self.faults += answer.faults.len() as u64;
                match answer.lane {
                    Lane::Green => self.green += 1,
                    Lane::Blue => self.blue += 1,
                    Lane::Yellow => self.yellow += 1,
                    Lane::Red => self.red += 1,
                }
            }
            Scored::Unreadable(_) => self.unreadable += 1,
            Scored::Empty(faults) => self.faults += faults.len() as u64,
        }
    }
}

/// Scores `parts` and hands every result to `sink` in input order. Stops when the sink says so.
pub fn score<E>(
    engine: &Engine,
    parts: Parts,
    as_of: Date,
    history: &mut dyn History,
    sink: &mut dyn FnMut(Scored) -> Result<(), E>,
) -> Result<(), E> {
    let mut waiting: Vec<Parsed> = Vec::new();
    let mut n = 0;
    for part in parts {
        match part {
            Ok(parsed) if parsed.manifest.consignments.is_empty() => {
                flush(engine, &mut waiting, as_of, history, sink)?;
                n = 0;
                sink(Scored::Empty(parsed.faults()))?;
            }
            Ok(parsed) => {
                n += parsed.manifest.consignments.len();
                waiting.push(parsed);
                if n >= BATCH {
                    flush(engine, &mut waiting, as_of, history, sink)?;
                    n = 0;
                }
            }
            Err(error) => {
                flush(engine, &mut waiting, as_of, history, sink)?;
                n = 0;
                sink(Scored::Unreadable(error))?;
            }
        }
    }
    flush(engine, &mut waiting, as_of, history, sink)
}

fn flush<E>(
    engine: &Engine,
    waiting: &mut Vec<Parsed>,
    as_of: Date,
    history: &mut dyn History,
    sink: &mut dyn FnMut(Scored) -> Result<(), E>,
) -> Result<(), E> {
    let batch = std::mem::take(waiting);
    // (part, consignment) in input order.
    let places: Vec<(usize, usize)> = batch
        .iter()
        .enumerate()
        .flat_map(|(part, parsed)| (0..parsed.manifest.consignments.len()).map(move |n| (part, n)))
        .collect();
    let consignment = |&(part, n): &(usize, usize)| {
        let parsed = batch.get(part)?;
        Some((parsed, parsed.manifest.consignments.get(n)?))
    };
    let mut evidence: Vec<Option<Evidence>> = places
        .par_iter()
        .map(|place| consignment(place).map(|(parsed, one)| engine.gather(&parsed.manifest, one, as_of)))
        .collect();
    for (place, evidence) in places.iter().zip(&mut evidence) {
        if let (Some((parsed, one)), Some(evidence)) = (consignment(place), evidence) {
            engine.observe(&parsed.manifest, one, evidence, history);
        }
    }
    let answers: Vec<Option<Assessment>> = places
        .par_iter()
        .zip(&evidence)
        .map(|(place, evidence)| {
            let (parsed, one) = consignment(place)?;
            let faults = parsed.faults_of(place.1);
            Some(engine.conclude(&parsed.manifest, one, evidence.as_ref()?, &faults))
        })
        .collect();
    for answer in answers.into_iter().flatten() {
        sink(Scored::Answer(Box::new(answer)))?;
    }
    Ok(())
}
