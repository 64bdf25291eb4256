//! From a folded text to candidates: the names of the tables that stand in it, exact, abbreviated or repaired, without
//! overlap and in order. Not here: what surrounds a name, and what it means there.

use std::collections::BTreeSet;

use super::exact::Meaning;
use super::index::NameIndex;
use super::scientific::{Genus, Reading, abbreviations};
use crate::text::{Folded, Hit, fold, longest};

/// A name in one field before the surroundings are weighed.
pub(super) struct Candidate {
    pub start: usize,
    pub end: usize,
    pub similarity: f64,
    pub what: What,
}

/// What a candidate names.
pub(super) enum What {
    Trade(usize),
    Species { taxa: Vec<usize>, name: String, accepted: bool, abbreviated: bool, unclear: bool },
    Genus(String),
}

impl NameIndex {
    /// Names in the field, not overlapping, in order.
    pub(super) fn candidates(&self, folded: &Folded, text: &str) -> Vec<Candidate> {
        let hits = longest(self.exact.find(folded, text, self.contexts.affixes()));
        let mut candidates = self.read_hits(folded, &hits, |_, _| 1.0);
        let mut covered = Vec::new();
        cover(folded, &candidates, &mut covered);
        let short = abbreviations(&self.genera, folded).into_iter().filter(|(n, _)| covered.get(*n) != Some(&true));
        let short: Vec<Candidate> = short.filter_map(|(n, readings)| abbreviated(folded, n, &readings)).collect();
        cover(folded, &short, &mut covered);
        candidates.extend(short);
        if let Some(repaired) = self.vocabulary.repair(folded, &covered) {
            let hits = longest(self.exact.find(&repaired.folded, text, self.contexts.affixes()));
            let fit = |first: usize, last: usize| {
                repaired.similarity.range(first..=last).map(|(_, fit)| *fit).fold(1.0, f64::min)
            };
            let read = self.read_hits(&repaired.folded, &hits, fit);
            candidates.sort_by_key(|found| found.start);
            merge(
                folded,
                &mut candidates,
                read.into_iter().map(|found| {
                    let span = repaired.folded.span(found.start, found.end);
                    (found, span)
                }),
            );
        }
        candidates.sort_by_key(|found| (found.start, found.end));
        candidates
    }

    fn read_hits(&self, folded: &Folded, hits: &[Hit], fit: impl Fn(usize, usize) -> f64) -> Vec<Candidate> {
        let mut out: Vec<Candidate> = Vec::new();
        let mut done = 0;
        for hit in hits.iter() {
            if hit.start < done {
                continue;
            }
            let Some(entry) = self.exact.entry(hit.phrase) else { continue };
            let (first, last) =
                (folded.token_at(hit.start).unwrap_or(0), folded.token_at(hit.end.saturating_sub(1)).unwrap_or(0));
            let similarity = fit(first, last);
            let candidate = match &entry.meaning {
                Meaning::Trade(n) => Candidate { start: hit.start, end: hit.end, similarity, what: What::Trade(*n) },
                Meaning::Binomial { taxa, accepted } => Candidate {
                    start: hit.start,
                    end: hit.end,
                    similarity,
                    what: What::Species {
                        taxa: taxa.clone(),
                        name: entry.phrase.written.clone(),
                        accepted: *accepted,
                        abbreviated: false,
                        unclear: false,
                    },
                },
                Meaning::Genus(n) => match self.genera.get(*n) {
                    Some(genus) => self.read_genus(folded, hit, genus, similarity),
                    None => continue,
                },
            };
            let candidate = self.lowered(folded, candidate);
            done = candidate.end;
            out.push(candidate);
        }
        out
    }

    /// The candidate with the subspecies, variety or form that the next words name.
    fn lowered(&self, folded: &Folded, mut candidate: Candidate) -> Candidate {
        let What::Species { taxa, name, accepted, unclear: false, .. } = &mut candidate.what else { return candidate };
        let mut words = name.split(' ');
        let (Some(genus), Some(epithet), None) = (words.next(), words.next(), words.next()) else { return candidate };
        let last = folded.token_at(candidate.end.saturating_sub(1)).unwrap_or(0);
        let genus = self.genera.find(genus).filter(|genus| genus.has_below());
        let found = genus.and_then(|genus| genus.below(fold(epithet).text(), folded, last + 1));
        if let Some((found, until)) = found {
            (*taxa, *name, *accepted) = (found.taxa.clone(), found.name.clone(), found.accepted);
            candidate.end = folded.tokens().get(until - 1).map_or(candidate.end, |token| token.end);
        }
        candidate
    }

    fn read_genus(&self, folded: &Folded, hit: &Hit, genus: &Genus, similarity: f64) -> Candidate {
        let last = folded.token_at(hit.end.saturating_sub(1)).unwrap_or(0);
        let ends_token = folded.tokens().get(last).is_some_and(|token| token.end == hit.end);
        let reading = if ends_token {
            // An epithet moves with its species when a genus is merged into another.
            let own = genus.read(folded, last + 1);
            let merged = genus.part_of.as_deref().filter(|_| own.taxa.is_empty());
            merged.and_then(|now| self.genera.find(now)).map(|now| now.read(folded, last + 1)).unwrap_or(own)
        } else {
            let rest =
                folded.tokens().get(last).and_then(|token| folded.text().get(hit.end..token.end)).unwrap_or_default();
            genus.nearest(rest, last + 1).unwrap_or_else(|| Reading {
                taxa: Vec::new(),
                name: genus.name.clone(),
                accepted: true,
                similarity: 1.0,
                until: last + 1,
                unclear: false,
            })
        };
        let end = reading
            .until
            .checked_sub(1)
            .and_then(|n| folded.tokens().get(n))
            .map_or(hit.end, |token| token.end.max(hit.end));
        let similarity = (similarity + reading.similarity) / 2.0;
        let what = if reading.taxa.is_empty() {
            What::Genus(genus.part_of.clone().unwrap_or_else(|| genus.name.clone()))
        } else {
            What::Species {
                taxa: reading.taxa,
                name: reading.name,
                accepted: reading.accepted,
                abbreviated: false,
                unclear: reading.unclear,
            }
        };
        Candidate { start: hit.start, end, similarity, what }
    }
}

/// Marks the tokens that candidates stand on, by index; what lies beyond the end is on none.
fn cover(folded: &Folded, candidates: &[Candidate], covered: &mut Vec<bool>) {
    for found in candidates {
        let tokens = folded.token_at(found.start).zip(folded.token_at(found.end.saturating_sub(1)));
        let Some((first, last)) = tokens else { continue };
        covered.resize(covered.len().max(last + 1), false);
        covered.iter_mut().take(last + 1).skip(first).for_each(|token| *token = true);
    }
}

fn abbreviated(folded: &Folded, n: usize, readings: &[(&Genus, Reading)]) -> Option<Candidate> {
    let (_, first) = readings.first()?;
    let mut taxa = Vec::new();
    for (_, reading) in readings {
        taxa.extend(reading.taxa.iter().copied().filter(|taxon| !taxa.contains(taxon)).collect::<Vec<_>>());
    }
    let start = folded.tokens().get(n)?.start;
    let end = first.until.checked_sub(1).and_then(|last| folded.tokens().get(last))?.end;
    let what = What::Species {
        taxa,
        name: first.name.clone(),
        accepted: first.accepted,
        abbreviated: true,
        unclear: first.unclear,
    };
    Some(Candidate { start, end, similarity: first.similarity, what })
}

/// Adds what only the repaired text shows; a shorter reading of the same words gives way.
fn merge(folded: &Folded, candidates: &mut Vec<Candidate>, read: impl Iterator<Item = (Candidate, (usize, usize))>) {
    let spans: Vec<(usize, usize)> = candidates.iter().map(|found| folded.span(found.start, found.end)).collect();
    let mut dropped = BTreeSet::new();
    let mut added = Vec::new();
    for (found, (from, to)) in read.filter(|(found, _)| found.similarity < 1.0) {
        let first = spans.partition_point(|(_, end)| *end <= from);
        let touched = || spans.iter().enumerate().skip(first).take_while(|(_, (start, _))| *start < to);
        if touched().any(|(_, (start, end))| end - start >= to - from) {
            continue;
        }
        dropped.extend(touched().map(|(n, _)| n));
        added.push(back(folded, found, (from, to)));
    }
    let mut n = 0;
    candidates.retain(|_| {
        n += 1;
        !dropped.contains(&(n - 1))
    });
    candidates.extend(added);
}

/// The candidate of a repaired text in places of the text as it was.
fn back(folded: &Folded, found: Candidate, (from, to): (usize, usize)) -> Candidate {
    let tokens = folded.tokens();
    let begin = tokens.partition_point(|token| folded.span(token.start, token.end).1 <= from);
    let end = tokens.partition_point(|token| folded.span(token.start, token.end).0 < to);
    let (first, last) = (tokens.get(begin), end.checked_sub(1).and_then(|n| tokens.get(n)));
    Candidate {
        start: first.map_or(found.start, |token| token.start),
        end: last.map_or(found.end, |token| token.end),
        ..found
    }
}
