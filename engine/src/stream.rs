//! Many bills in order, on all cores, in the memory of one batch.
//!
//! In: a stream of manifests or parts of them, a day, a past. Out: every answer in input order. Nothing is carried from one
//! bill to the next: facts are gathered, settled against the same past and concluded in parallel, so neither order nor
//! threads nor partitions change an answer. Also: what a stream leaves to be remembered.

use rayon::prelude::*;

use crate::assess::Engine;
use crate::assessment::Assessment;
use crate::codes::Date;
use crate::evidence::Neighbours;
use crate::history::{Past, Remembered};
use crate::manifest::parse::{Parsed, Parts};
use crate::manifest::{Fault, ManifestError};

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

/// Scores `parts` against a past and hands every result to `sink` in input order. Stops when the sink says so.
pub fn score<E>(
    engine: &Engine,
    parts: Parts,
    as_of: Date,
    past: &Past<'_>,
    sink: &mut dyn FnMut(Scored) -> Result<(), E>,
) -> Result<(), E> {
    let answer = |neighbours: &Neighbours<'_>, parsed: &Parsed, n: usize| {
        let consignment = parsed.manifest.consignments.get(n)?;
        let faults = parsed.faults_of(n);
        let settled = engine.settle(engine.gather_beside(neighbours, consignment, as_of), past);
        Some(Box::new(engine.conclude(&settled, &faults)))
    };
    batches(parts, &mut |batch| match batch {
        Batch::Bills(parts) => {
            let beside: Vec<Neighbours<'_>> = parts.iter().map(|parsed| Neighbours::of(&parsed.manifest)).collect();
            let answers: Vec<_> =
                each(parts).into_par_iter().map(|(part, n)| answer(beside.get(part)?, parts.get(part)?, n)).collect();
            answers.into_iter().flatten().try_for_each(|answer| sink(Scored::Answer(answer)))
        }
        Batch::Empty(faults) => sink(Scored::Empty(faults)),
        Batch::Unreadable(error) => sink(Scored::Unreadable(error)),
    })
}

/// What the bills of `parts` leave to be remembered, in input order. What cannot be read leaves nothing: the run that
/// scores it says so.
pub fn remember(engine: &Engine, parts: Parts, as_of: Date) -> Vec<Remembered> {
    let mut records = Vec::new();
    let record = |parsed: &Parsed, n: usize| {
        let consignment = parsed.manifest.consignments.get(n)?;
        engine.remember(&parsed.manifest, consignment, as_of)
    };
    let done: Result<(), std::convert::Infallible> = batches(parts, &mut |batch| {
        if let Batch::Bills(parts) = batch {
            let of_batch: Vec<_> =
                each(parts).into_par_iter().filter_map(|(part, n)| record(parts.get(part)?, n)).collect();
            records.extend(of_batch);
        }
        Ok(())
    });
    let Ok(()) = done;
    records
}

/// What is worked on together.
enum Batch<'a> {
    /// Manifests with their bills.
    Bills(&'a [Parsed]),
    /// A manifest without a bill.
    Empty(Vec<Fault>),
    /// No manifest.
    Unreadable(ManifestError),
}

fn batches<E>(parts: Parts, work: &mut dyn FnMut(Batch<'_>) -> Result<(), E>) -> Result<(), E> {
    let mut waiting: Vec<Parsed> = Vec::new();
    let mut n = 0;
    for part in parts {
        let odd = match part {
            Ok(parsed) if parsed.manifest.consignments.is_empty() => Batch::Empty(parsed.faults()),
            Ok(parsed) => {
                n += parsed.manifest.consignments.len();
                waiting.push(parsed);
                if n >= BATCH {
                    work(Batch::Bills(&waiting))?;
                    waiting.clear();
                    n = 0;
                }
                continue;
            }
            Err(error) => Batch::Unreadable(error),
        };
        work(Batch::Bills(&waiting))?;
        waiting.clear();
        n = 0;
        work(odd)?;
    }
    work(Batch::Bills(&waiting))
}

/// Every bill of a batch, in input order: index of its part, and its own within it.
fn each(parts: &[Parsed]) -> Vec<(usize, usize)> {
    let bills = |(part, parsed): (usize, &Parsed)| (0..parsed.manifest.consignments.len()).map(move |n| (part, n));
    parts.iter().enumerate().flat_map(bills).collect()
}
