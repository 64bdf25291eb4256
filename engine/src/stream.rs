//! Many bills in order, on all cores, in the memory of one batch.
//!
//! In: a stream of manifests or parts of them, a day, a past. Out: every answer in input order, and how many bills there
//! were. Nothing is carried from one bill to the next: facts are gathered, settled against the same past and concluded in
//! parallel, so neither order nor threads nor partitions change an answer. A bill at which the program breaks is lost by
//! name; the others have their answers. Also: what a stream leaves to be remembered.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::assess::Engine;
use crate::assessment::{Assessment, Short};
use crate::codes::Date;
use crate::evidence::Neighbours;
use crate::history::{Past, Remembered};
use crate::manifest::parse::{Parsed, Parts};
use crate::manifest::{Fault, ManifestError};
use crate::settle::Settled;

/// Consignments that are scored together: enough to keep every core busy, little enough to stay in the cache.
pub const BATCH: usize = 512;

/// What came out of the stream, in input order.
#[derive(Debug)]
pub enum Scored {
    /// The answer to one consignment.
    Answer(Box<Assessment>),
    /// The same in short, where that was asked for.
    Short(Box<Short>),
    /// A consignment at which the program broke: our fault, and it has no answer.
    Lost(LostBill),
    /// A part that held no manifest.
    Unreadable(ManifestError),
    /// Faults of a manifest that holds no consignment.
    Empty(Vec<Fault>),
}

/// What a stream hands out, in input order: what was made of each bill, and what is none.
#[derive(Debug)]
pub enum Handed<T> {
    /// Of one bill.
    Bill(T),
    /// A bill at which the program broke.
    Lost(LostBill),
    /// A part that held no manifest.
    Unreadable(ManifestError),
    /// Faults of a manifest that holds no consignment.
    Empty(Vec<Fault>),
}

/// A bill without an answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LostBill {
    /// Bill of lading.
    pub consignment: String,
    pub manifest: String,
    /// What the program said when it broke.
    pub why: String,
}

/// Scores `parts` against a past and hands every result to `sink` in input order. Stops when the sink says so. Gives how
/// many bills were read: each was handed out as an answer or as lost.
pub fn score<E>(
    engine: &Engine,
    parts: Parts,
    as_of: Date,
    past: &Past<'_>,
    sink: &mut dyn FnMut(Scored) -> Result<(), E>,
) -> Result<u64, E> {
    let conclude = |settled: &Settled<'_>, faults: &[Fault]| Scored::Answer(Box::new(engine.conclude(settled, faults)));
    concluded(engine, parts, as_of, past, &conclude, sink)
}

/// The same with answers in short ([`Scored::Short`]).
pub fn score_short<E>(
    engine: &Engine,
    parts: Parts,
    as_of: Date,
    past: &Past<'_>,
    sink: &mut dyn FnMut(Scored) -> Result<(), E>,
) -> Result<u64, E> {
    let conclude =
        |settled: &Settled<'_>, faults: &[Fault]| Scored::Short(Box::new(engine.conclude_short(settled, faults)));
    concluded(engine, parts, as_of, past, &conclude, sink)
}

fn concluded<E>(
    engine: &Engine,
    parts: Parts,
    as_of: Date,
    past: &Past<'_>,
    conclude: &(dyn Fn(&Settled<'_>, &[Fault]) -> Scored + Sync),
    sink: &mut dyn FnMut(Scored) -> Result<(), E>,
) -> Result<u64, E> {
    let answer = |neighbours: &Neighbours<'_>, parsed: &Parsed, n: usize| {
        let consignment = parsed.manifest.consignments.get(n)?;
        let faults = parsed.faults_of(n);
        let settled = engine.settle(engine.gather_beside(neighbours, consignment, as_of), past);
        Some(conclude(&settled, &faults))
    };
    each_of(parts, &answer, &mut |handed| {
        sink(match handed {
            Handed::Bill(scored) => scored,
            Handed::Lost(bill) => Scored::Lost(bill),
            Handed::Unreadable(error) => Scored::Unreadable(error),
            Handed::Empty(faults) => Scored::Empty(faults),
        })
    })
}

/// What is made of a bill of a manifest, by its index; `None`: there is no such bill.
type Making<'f, T> = &'f (dyn Fn(&Neighbours<'_>, &Parsed, usize) -> Option<T> + Sync);

/// The same whatever is made of each bill.
pub(crate) fn each_of<E, T: Send>(
    parts: Parts,
    make: Making<'_, T>,
    sink: &mut dyn FnMut(Handed<T>) -> Result<(), E>,
) -> Result<u64, E> {
    let mut n_bills = 0;
    batches(parts, &mut |batch| match batch {
        Batch::Bills(parts) => {
            let beside: Vec<Neighbours<'_>> = parts.par_iter().map(|parsed| Neighbours::of(&parsed.manifest)).collect();
            n_bills += parts.iter().map(|parsed| parsed.manifest.consignments.len() as u64).sum::<u64>();
            let one = |(part, n): (usize, usize)| {
                let (neighbours, parsed) = (beside.get(part)?, parts.get(part)?);
                match guarded(|| make(neighbours, parsed, n)) {
                    Ok(made) => made.map(Handed::Bill),
                    Err(why) => Some(Handed::Lost(lost(parsed, n, why))),
                }
            };
            let answers: Vec<_> = each(parts).into_par_iter().map(one).collect();
            answers.into_iter().flatten().try_for_each(&mut *sink)
        }
        Batch::Empty(parsed) => sink(Handed::Empty(parsed.faults())),
        Batch::Unreadable(error) => sink(Handed::Unreadable(error)),
    })?;
    Ok(n_bills)
}

fn lost(parsed: &Parsed, n: usize, why: String) -> LostBill {
    let consignment = parsed.manifest.consignments.get(n).map(|bill| bill.bill_of_lading.clone()).unwrap_or_default();
    LostBill { consignment, manifest: parsed.manifest.reference.clone(), why }
}

/// Does the work; what a panic says otherwise. The engine is frozen and a bill's facts are its own, so nothing half done
/// is seen afterwards.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it did not say why".to_owned())
    })
}

/// What a stream leaves to be remembered.
#[derive(Debug, Default)]
pub struct Left {
    /// In input order.
    pub records: Vec<Remembered>,
    /// Bills that were read.
    pub n_bills: u64,
    /// Bills at which the program broke: they leave nothing.
    pub lost: Vec<LostBill>,
    /// Parts that held no manifest.
    pub unreadable: Vec<ManifestError>,
}

/// What the bills of `parts` leave to be remembered, in input order, and what left nothing because it could not be read.
pub fn remember(engine: &Engine, parts: Parts, as_of: Date) -> Left {
    let mut left = Left::default();
    let record = |parsed: &Parsed, n: usize| {
        let consignment = parsed.manifest.consignments.get(n)?;
        let done = guarded(|| engine.remember(&parsed.manifest, consignment, as_of));
        done.map_err(|why| lost(parsed, n, why)).transpose()
    };
    let done: Result<(), std::convert::Infallible> = batches(parts, &mut |batch| {
        match batch {
            Batch::Bills(parts) => {
                left.n_bills += parts.iter().map(|parsed| parsed.manifest.consignments.len() as u64).sum::<u64>();
                let of_batch: Vec<_> =
                    each(parts).into_par_iter().filter_map(|(part, n)| record(parts.get(part)?, n)).collect();
                for one in of_batch {
                    match one {
                        Ok(record) => left.records.push(record),
                        Err(bill) => left.lost.push(bill),
                    }
                }
            }
            Batch::Empty(parsed) => left.records.extend(engine.remember_whole(&parsed.manifest, as_of)),
            Batch::Unreadable(error) => left.unreadable.push(error),
        }
        Ok(())
    });
    let Ok(()) = done;
    left
}

/// What is worked on together.
enum Batch<'a> {
    /// Manifests with their bills.
    Bills(&'a [Parsed]),
    /// A manifest without a bill.
    Empty(Box<Parsed>),
    /// No manifest could be read from the bytes; why.
    Unreadable(ManifestError),
}

fn batches<E>(parts: Parts, work: &mut dyn FnMut(Batch<'_>) -> Result<(), E>) -> Result<(), E> {
    let mut waiting: Vec<Parsed> = Vec::new();
    let mut n = 0;
    for part in parts {
        let odd = match part {
            Ok(parsed) if parsed.manifest.consignments.is_empty() => Batch::Empty(Box::new(parsed)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Options;
    use crate::manifest::parse::{Format, read};

    /// A bill at which the program breaks is named, in its place; its neighbours are answered, and the counts agree.
    #[test]
    fn a_panic_loses_one_bill() {
        let engine = Engine::open(&Options::default()).unwrap();
        let line = |n| format!("{{\"bill_of_lading\":\"B{n}\",\"goods_items\":[{{\"description\":\"BOLTS\"}}]}}\n");
        let text: String = (0..1_200).map(line).collect();
        let parts = read(std::io::Cursor::new(text.into_bytes()), Format::Ndjson);
        let as_of = "2026-11-01".parse().unwrap();
        let answer = |neighbours: &Neighbours<'_>, parsed: &Parsed, n: usize| {
            let bill = &parsed.manifest.consignments[n];
            assert!(bill.bill_of_lading != "B700", "planted at B700");
            let settled = engine.settle(engine.gather_beside(neighbours, bill, as_of), &engine.past());
            Some(engine.conclude(&settled, &[]))
        };
        let mut seen = Vec::new();
        let read: Result<u64, ()> = each_of(parts, &answer, &mut |handed| {
            seen.push(match handed {
                Handed::Bill(answer) => answer.consignment,
                Handed::Lost(lost) => {
                    assert!(lost.why.contains("planted"), "{lost:?}");
                    format!("lost {}", lost.consignment)
                }
                other => panic!("{other:?}"),
            });
            Ok(())
        });
        let due: Vec<String> =
            (0..1_200).map(|n| if n == 700 { "lost B700".to_owned() } else { format!("B{n}") }).collect();
        assert_eq!((read, seen), (Ok(1_200), due));
    }
}
