//! Scientific names that stand no table row letter for letter: abbreviated genera, damaged epithets, unknown species.
//!
//! In: tokens of a folded text and a genus, read in full, repaired or abbreviated. Out: the species that the next
//! words name, or the genus alone. A species is only given when one epithet of that genus is clearly the nearest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::latin::Latin;
use crate::reference::{Groups, Taxon};
use crate::text::{Folded, Gap, Script, Token, damage, fold, skeleton, within};

/// Words of authors that may stand between a species and the rank below it: `(Vell.) Britton var. tomentosa`.
const AUTHORS_MAX: usize = 6;
/// Shortest epithet that an abbreviated genus without a stop may have.
const BARE_EPITHET_MIN: usize = 6;

/// Damage that the epithet of an abbreviated genus may have, in half edits.
const ABBREVIATED_DAMAGE: f64 = 2.01;

/// An epithet of a genus and what it names.
#[derive(Debug, Clone)]
pub(super) struct Epithet {
    pub word: String,
    mask: u32,
    /// Index into the taxa.
    pub taxa: Vec<usize>,
    /// Name as in the table.
    pub name: String,
    pub accepted: bool,
}

/// One genus with its epithets.
#[derive(Debug, Clone)]
pub(super) struct Genus {
    pub name: String,
    pub word: String,
    pub in_scope: bool,
    pub lookalike: bool,
    /// The genus that it is now part of, when the whole genus was.
    pub part_of: Option<String>,
    /// It has accepted species in the table.
    current: bool,
    /// Some of its names are of other woods than ours.
    other_woods: bool,
    epithets: BTreeMap<String, Epithet>,
    /// Epithets of other plants that resemble one of ours.
    foreign: Arc<BTreeSet<String>>,
    /// Subspecies, varieties and forms, by the epithets of the species and their own.
    below: BTreeMap<(String, String), Epithet>,
}

/// All genera of the taxa and their synonyms.
#[derive(Debug, Clone, Default)]
pub(super) struct Genera {
    list: Vec<Genus>,
    /// Places in the list, by name.
    by_name: FxHashMap<String, usize>,
}

/// What the words after a genus say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// Taxa, the nearest first; empty = the genus alone.
    pub taxa: Vec<usize>,
    /// Name as in the table.
    pub name: String,
    /// Written as an accepted name.
    pub accepted: bool,
    /// 1.0 when the epithet is as in the table.
    pub similarity: f64,
    /// Token after the last that belongs to the name.
    pub until: usize,
    /// True when several species of the genus are equally near.
    pub unclear: bool,
}

impl Genera {
    /// Genera with their epithets, found by whole words, from the accepted names and synonyms of the table.
    /// `foreign`: epithets of other plants, which are never read as one of ours misspelt.
    pub fn build(taxa: &[Taxon], groups: &Groups, foreign: BTreeSet<String>) -> Self {
        let foreign = Arc::new(foreign);
        let mut map: BTreeMap<String, Genus> = BTreeMap::new();
        for (n, taxon) in taxa.iter().enumerate() {
            let names =
                std::iter::once((&taxon.scientific_name, true)).chain(taxon.synonyms.iter().map(|name| (name, false)));
            for (name, accepted) in names {
                let mut words = name.split(' ');
                let Some(genus) = words.next() else { continue };
                let slot =
                    map.entry(genus.to_owned()).or_insert_with(|| Genus::new(genus, groups.hold(genus), &foreign));
                if !accepted && taxon.rank == "genus" {
                    slot.part_of = Some(taxon.genus.clone());
                }
                slot.current |= accepted;
                slot.other_woods |= !groups.hold(&taxon.genus);
                slot.lookalike |= accepted && !taxon.lookalike_of.is_empty() && taxon.genus == genus;
                let Some(epithet) = words.next() else { continue };
                let (word, last) = (key(epithet), words.next_back().map(key));
                let new = |word: &str| Epithet {
                    mask: letter_mask(word),
                    word: word.to_owned(),
                    taxa: Vec::new(),
                    name: name.clone(),
                    accepted,
                };
                let entry = match last {
                    None => slot.epithets.entry(word.clone()).or_insert_with(|| new(&word)),
                    Some(last) => slot.below.entry((word, last.clone())).or_insert_with(|| new(&last)),
                };
                if accepted {
                    entry.taxa.insert(0, n);
                    entry.accepted = true;
                } else {
                    entry.taxa.push(n);
                }
            }
        }
        let mut list: Vec<Genus> = map.into_values().collect();
        list.sort_by(|a, b| a.word.cmp(&b.word));
        let by_name = list.iter().enumerate().map(|(n, genus)| (genus.name.clone(), n)).collect();
        Self { list, by_name }
    }

    /// Index and name of each genus that means something alone: it has accepted species, or all of it was merged into
    /// another. A genus of which the table has only names that are now ours (`Derris`, `Robinia`) is known by those.
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let named = self
            .list
            .iter()
            .enumerate()
            .filter(|(_, genus)| genus.current || genus.other_woods || genus.part_of.is_some());
        named.map(|(n, genus)| (n, genus.name.as_str()))
    }

    /// Genus `n`, in the order of the table.
    pub fn get(&self, n: usize) -> Option<&Genus> {
        self.list.get(n)
    }

    /// The genus of that name, as the table has it.
    pub fn find(&self, name: &str) -> Option<&Genus> {
        self.list.get(*self.by_name.get(name)?)
    }

    /// Genera that a token may abbreviate: `D.`, `Dalb.`, `Diosp.`. Nobody abbreviates a genus that is no longer used.
    pub fn abbreviated<'a, 'b>(&'a self, word: &'b str) -> impl Iterator<Item = &'a Genus> + use<'a, 'b> {
        let from = self.list.partition_point(|genus| genus.word.as_str() < word);
        let run = self.list.iter().skip(from).take_while(move |genus| genus.word.starts_with(word));
        run.filter(move |genus| (genus.current || genus.other_woods) && genus.word.len() > word.len() + 1)
    }
}

impl Genus {
    fn new(name: &str, in_scope: bool, foreign: &Arc<BTreeSet<String>>) -> Self {
        Self {
            name: name.into(),
            word: key(name),
            in_scope,
            lookalike: false,
            part_of: None,
            current: false,
            other_woods: false,
            epithets: BTreeMap::new(),
            foreign: Arc::clone(foreign),
            below: BTreeMap::new(),
        }
    }

    /// It has accepted species in the table.
    pub fn in_use(&self) -> bool {
        self.current
    }

    /// Its epithets, folded.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.epithets.keys().map(String::as_str)
    }

    /// The table has subspecies, varieties or forms of its species.
    pub fn has_below(&self) -> bool {
        !self.below.is_empty()
    }

    /// The subspecies, variety or form of `species` that the words from token `at` name, and the token after it. The
    /// rank may be written in any way or left out, and authors of the species may stand before it.
    pub fn below(&self, species: &str, folded: &Folded, at: usize) -> Option<(&Epithet, usize)> {
        if !self.has_below() {
            return None;
        }
        // A rank word may be none: the `f.` of `L.f.` is a son, so each of them is tried.
        let ahead = folded.tokens().iter().enumerate().skip(at).take(AUTHORS_MAX);
        let ranks = ahead.filter(|(_, token)| Latin::Rank.has(folded.word(token))).map(|(rank, _)| rank + 1);
        std::iter::once(at).chain(ranks).find_map(|own| {
            let word = folded.word(folded.tokens().get(own)?);
            self.below.get(&(species.to_owned(), word.to_owned())).map(|found| (found, own + 1))
        })
    }

    /// Reads the words after the genus, which ends before token `at`.
    pub fn read(&self, folded: &Folded, at: usize) -> Reading {
        let mut at = at;
        let alone = |until| Reading {
            taxa: Vec::new(),
            name: self.name.clone(),
            accepted: true,
            similarity: 1.0,
            until,
            unclear: false,
        };
        let start = at;
        let mut doubted = false;
        while let Some(token) = folded.tokens().get(at).filter(|token| token.gap != Gap::Hard) {
            let word = folded.word(token);
            if Latin::NoSpecies.has(word) {
                return alone(at + 1);
            }
            if !Latin::may_part(word) {
                break;
            }
            doubted |= Latin::Doubt.has(word);
            at += 1;
        }
        // The next word may be this genus again, as in a list.
        let epithet = |token: &&Token| readable(token) && folded.word(token) != self.word;
        let Some(token) = folded.tokens().get(at).filter(epithet) else { return alone(start) };
        let mut read = self.epithet(folded, at, token).unwrap_or_else(|| alone(start));
        read.unclear |= doubted && !read.taxa.is_empty();
        read
    }

    fn epithet(&self, folded: &Folded, at: usize, token: &Token) -> Option<Reading> {
        let word = folded.word(token);
        if let Some(reading) = self.nearest(word, at + 1) {
            return Some(reading);
        }
        let next = folded.tokens().get(at + 1).filter(|next| readable(next))?;
        let joined = format!("{word}{}", folded.word(next));
        self.nearest(&joined, at + 2).filter(|_| word.len() >= 3)
    }

    /// The epithet that `word` is taken for by its letters, not by another Latin ending or as it stands.
    pub fn guessed(&self, word: &str) -> Option<Reading> {
        let other = !self.epithets.keys().any(|own| own == word || ending_only(own, word));
        self.nearest(word, 0).filter(|_| other)
    }

    /// The epithet nearest to `word`, when it is near enough.
    pub fn nearest(&self, word: &str, until: usize) -> Option<Reading> {
        if let Some(epithet) = self.epithets.get(word) {
            return Some(reading(epithet, 1.0, until));
        }
        let letters = word.chars().count();
        if letters < 5 {
            return self.by_skeleton(word, until);
        }
        let foreign = self.foreign.contains(word);
        // A genus stands before it, so one whole edit is allowed even in a short epithet.
        let (limit, mask) = (within(letters).saturating_sub(1).max(2), letter_mask(word));
        let mut best: Vec<(u32, &Epithet)> = Vec::new();
        for epithet in self.epithets.values() {
            if (epithet.mask ^ mask).count_ones() > limit + 2 || epithet.word.len().abs_diff(word.len()) as u32 > limit
            {
                continue;
            }
            let cost = match ending_only(&epithet.word, word) {
                true => Some(1),
                false if foreign => None,
                false => damage(word, &epithet.word, limit),
            };
            if let Some(cost) = cost {
                best.push((cost, epithet));
            }
        }
        best.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.word.cmp(&b.1.word)));
        let Some((cost, first)) = best.first().copied() else { return self.by_skeleton(word, until) };
        let similarity = 1.0 - f64::from(cost) / (2.0 * letters as f64);
        let mut out = reading(first, similarity, until);
        for (other, epithet) in best.iter().skip(1) {
            if *other <= cost && !epithet.taxa.iter().any(|taxon| out.taxa.contains(taxon)) {
                out.taxa.extend(epithet.taxa.iter().copied());
                out.unclear = true;
            }
        }
        Some(out)
    }

    /// An epithet written without vowels.
    fn by_skeleton(&self, word: &str, until: usize) -> Option<Reading> {
        if word.len() < 3 || skeleton(word) != word {
            return None;
        }
        let mut found = self.epithets.values().filter(|epithet| skeleton(&epithet.word) == word);
        let first = found.next()?;
        found.next().is_none().then(|| reading(first, 0.7, until))
    }
}

fn reading(epithet: &Epithet, similarity: f64, until: usize) -> Reading {
    Reading {
        taxa: epithet.taxa.clone(),
        name: epithet.name.clone(),
        accepted: epithet.accepted,
        similarity,
        until,
        unclear: false,
    }
}

/// A Latin word that may be an epithet.
fn readable(token: &Token) -> bool {
    token.gap != Gap::Hard && token.script == Script::Latin && token.width() >= 3
}

/// True when two epithets differ only in their Latin ending (`lacteus`, `lactea`).
fn ending_only(a: &str, b: &str) -> bool {
    let stems = |word: &str| -> Vec<String> {
        Latin::Ending
            .words()
            .filter_map(|ending| word.strip_suffix(ending))
            .filter(|stem| stem.len() >= 4)
            .map(str::to_owned)
            .collect()
    };
    let other = stems(b);
    stems(a).iter().any(|stem| other.contains(stem))
}

fn key(word: &str) -> String {
    fold(word).text().to_owned()
}

/// One bit for each letter that occurs.
pub(super) fn letter_mask(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |mask, byte| mask | 1 << (byte - b'a'))
}

/// Genus abbreviations in the text: token index, the genera with a reading for the next word.
pub(super) fn abbreviations<'a>(genera: &'a Genera, folded: &Folded) -> Vec<(usize, Vec<(&'a Genus, Reading)>)> {
    let mut out = Vec::new();
    let tokens = folded.tokens();
    for (n, token) in tokens.iter().enumerate() {
        // Without a stop it is one letter; asked first, because in capitals every word would be looked at.
        let bare = token.width() <= 1 && (token.capital || tokens.len() == 2);
        if token.script != Script::Latin || token.width() > 6 || !(token.stop || bare) {
            continue;
        }
        let between = |token: &&Token| token.gap != Gap::Hard && Latin::may_part(folded.word(token));
        let parted = tokens.iter().skip(n + 1).take_while(between).count();
        let doubted = tokens.iter().skip(n + 1).take(parted).any(|token| Latin::Doubt.has(folded.word(token)));
        let after = n + 2 + parted;
        let Some(next) = tokens.get(after - 1).filter(|next| readable(next)) else { continue };
        let (word, epithet) = (folded.word(token), folded.word(next));
        if !token.stop && epithet.len() < BARE_EPITHET_MIN {
            continue;
        }
        let mut readings: Vec<_> = genera
            .abbreviated(word)
            .filter_map(|genus| genus.epithets.get(epithet).map(|found| (genus, reading(found, 1.0, after))))
            .collect();
        // A variety that only one of the genera has tells which is meant.
        let lower = readings.iter().filter_map(|(genus, _)| Some((*genus, genus.below(epithet, folded, after)?)));
        let lower: Vec<_> = lower.map(|(genus, (found, until))| (genus, reading(found, 1.0, until))).collect();
        if !lower.is_empty() {
            readings = lower;
        }
        if readings.is_empty() && token.stop && epithet.len() >= 7 {
            let near = genera.abbreviated(word).filter(|genus| genus.in_scope);
            readings = near.filter_map(|genus| genus.nearest(epithet, after).map(|found| (genus, found))).collect();
            // With so little of the genus the epithet must be nearly right.
            let nearly = |found: &Reading| (1.0 - found.similarity) * 2.0 * epithet.len() as f64 <= ABBREVIATED_DAMAGE;
            readings.retain(|(_, found)| nearly(found));
            let best = readings.iter().map(|(_, found)| found.similarity).fold(0.0, f64::max);
            readings.retain(|(_, found)| found.similarity >= best);
        }
        // Who abbreviates means the name in use: an old name that another genus once had does not make it ambiguous.
        if readings.iter().any(|(_, found)| found.accepted) {
            readings.retain(|(_, found)| found.accepted);
        }
        readings.iter_mut().for_each(|(_, found)| found.unclear |= doubted);
        readings.sort_by_key(|(genus, _)| (!genus.in_scope, genus.name.clone()));
        if !readings.is_empty() {
            out.push((n, readings));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_endings() {
        assert!(ending_only("lacteus", "lactea"));
        assert!(!ending_only("nigra", "nidra"));
    }
}
