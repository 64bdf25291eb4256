//! The frozen index over taxa, trade names and contexts, built once.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::context::Contexts;
use super::exact::{Entry, Exact, Meaning};
use super::quantity::Quantities;
use super::repair::Vocabulary;
use super::rivals::{Rivals, vetoed};
use super::scientific::Genera;
use crate::codes::CountryCode;
use crate::reference::{
    DataSource, Groups, Ordinary, OrdinaryWord, ReferenceError, Taxon, TradeName, load_contexts, load_groups,
    load_language_words, load_ordinary, load_taxa, load_trade_names, load_units,
};
use crate::text::{Folded, fold};

/// Epithets of so many letters are the same ...
const ONE_EPITHET: usize = 11;
/// ... with so little damage, in half edits.
const ONE_EPITHET_DAMAGE: f64 = 2.01;

/// Recognises names of woods. Frozen, shared between threads.
#[derive(Debug)]
pub struct NameIndex {
    pub(super) groups: Groups,
    pub(super) taxa: Vec<Taxon>,
    pub(super) trade: Vec<TradeName>,
    pub(super) genera: Genera,
    pub(super) exact: Exact,
    pub(super) contexts: Contexts,
    pub(super) vocabulary: Vocabulary,
    by_name: BTreeMap<String, usize>,
    /// What names are as the table writes them, which nearly all that is asked for are.
    by_written: FxHashMap<String, usize>,
    /// Names of ours that are ordinary words of another language, folded.
    pub(super) ordinary: BTreeSet<String>,
}

impl NameIndex {
    /// Reads the five tables and builds the index. Cost: some tens of milliseconds.
    pub fn build(source: &DataSource) -> Result<Self, ReferenceError> {
        Self::with(source, &load_ordinary(source)?)
    }

    /// The index that takes no word for an ordinary one: what `datasets/ordinary-words` is derived with.
    pub fn without_ordinary(source: &DataSource) -> Result<Self, ReferenceError> {
        Self::with(source, &[])
    }

    fn with(source: &DataSource, ordinary: &[OrdinaryWord]) -> Result<Self, ReferenceError> {
        let groups = load_groups(source)?;
        let taxa = load_taxa(source)?;
        let trade = load_trade_names(source)?;
        let contexts = Contexts::build(
            load_contexts(source)?,
            (&load_language_words(source)?, &trade),
            Quantities::build(&load_units(source)?),
        )?;
        let taxa = with_genus_rows(taxa);
        let foreign = ordinary.iter().filter(|row| row.kind == Ordinary::Epithet).map(|row| row.word.clone());
        let genera = Genera::build(&taxa, &groups, foreign.collect());
        let entries = entries(&taxa, &trade, &genera);
        let rivals = Rivals::build(contexts.other_words().chain(vetoed(ordinary)));
        let vocabulary = Vocabulary::build(&genera, &trade, &groups, rivals);
        let exact = Exact::build(entries)?;
        let by_name = by_name(&taxa);
        let names = ordinary.iter().filter(|row| row.kind == Ordinary::Name).map(|row| row.word.clone());
        let ordinary = names.collect();
        let written = taxa.iter().map(|taxon| &taxon.scientific_name);
        let by_written = written.filter_map(|name| Some((name.clone(), *by_name.get(key_of(name, &fold(name)))?)));
        let by_written = by_written.collect();
        Ok(Self { groups, taxa, trade, genera, exact, contexts, vocabulary, by_name, by_written, ordinary })
    }

    /// Fingerprint of the names that damaged words are taken for: words of trade names, genera, and epithets of ours. What
    /// was derived from them, `datasets/ordinary-words`, is out of date where it has another.
    pub fn fingerprint(&self) -> String {
        let ours = self.genera.names().filter_map(|(n, _)| self.genera.get(n)).filter(|genus| genus.in_scope);
        let epithets: BTreeSet<&str> = ours.flat_map(|genus| genus.words()).collect();
        let mut hasher = blake3::Hasher::new();
        for word in self.vocabulary.words().chain(["|"]).chain(epithets) {
            hasher.update(word.as_bytes());
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex().as_str().chars().take(16).collect()
    }

    /// Genera in use that are looked for.
    pub(crate) fn searched_genera(&self) -> Vec<String> {
        let all = self.genera.names().filter_map(|(n, _)| self.genera.get(n));
        all.filter(|genus| genus.in_scope && genus.in_use()).map(|genus| genus.name.clone()).collect()
    }

    /// The species of `genus` that an epithet would be taken for which is none of its own; `None` where it is one, or is
    /// taken for none.
    pub(crate) fn guessed_species(&self, genus: &str, epithet: &str) -> Option<String> {
        let folded = fold(epithet);
        let reading = self.genera.find(genus)?.guessed(folded.text())?;
        let letters = folded.text().chars().count();
        let damage = (1.0 - reading.similarity) * 2.0 * letters as f64;
        // Two long epithets so near are one, misspelt in one of the lists.
        (letters < ONE_EPITHET || damage > ONE_EPITHET_DAMAGE).then_some(reading.name)
    }

    /// The accepted taxon for an accepted name, a synonym or a genus.
    pub fn taxon(&self, name: &str) -> Option<&Taxon> {
        let of = self.by_written.get(name).or_else(|| self.by_name.get(key_of(name, &fold(name))));
        of.and_then(|n| self.taxa.get(*n))
    }

    /// The only species of a genus that grows wild in a country, where the table knows of just one.
    pub fn only_species(&self, genus: &str, country: CountryCode) -> Option<&Taxon> {
        let grows =
            |taxon: &&Taxon| taxon.genus == genus && taxon.rank != "genus" && taxon.range_states.contains(&country);
        let mut species = self.taxa.iter().filter(grows);
        species.next().filter(|_| species.next().is_none())
    }
}

/// Under which key a name stands: `spp.` behind a genus is none of its letters.
fn key_of<'f>(name: &str, folded: &'f Folded) -> &'f str {
    let key = folded.text();
    key.strip_suffix("spp").or_else(|| key.strip_suffix("sp")).filter(|_| name.contains(' ')).unwrap_or(key)
}

/// Adds a row of rank genus for each genus that has none.
fn with_genus_rows(mut taxa: Vec<Taxon>) -> Vec<Taxon> {
    let mut genera: BTreeMap<String, Taxon> = BTreeMap::new();
    for taxon in &taxa {
        let row = genera.entry(taxon.genus.clone()).or_insert_with(|| Taxon {
            scientific_name: taxon.genus.clone(),
            author: String::new(),
            genus: taxon.genus.clone(),
            family: taxon.family.clone(),
            rank: "genus".into(),
            synonyms: Vec::new(),
            range_states: Vec::new(),
            lookalike_of: Vec::new(),
            notes: String::new(),
            confidence: taxon.confidence.clone(),
            source: "derived from the species of the genus".into(),
        });
        row.range_states.extend(taxon.range_states.iter().copied());
        row.lookalike_of.extend(taxon.lookalike_of.iter().cloned());
    }
    for (genus, mut row) in genera {
        if taxa.iter().any(|taxon| taxon.scientific_name == genus) {
            continue;
        }
        row.range_states.sort();
        row.range_states.dedup();
        row.lookalike_of.sort();
        row.lookalike_of.dedup();
        taxa.push(row);
    }
    taxa
}

fn by_name(taxa: &[Taxon]) -> BTreeMap<String, usize> {
    let mut map = BTreeMap::new();
    for (n, taxon) in taxa.iter().enumerate() {
        map.insert(fold(&taxon.scientific_name).text().to_owned(), n);
    }
    for (n, taxon) in taxa.iter().enumerate() {
        for synonym in &taxon.synonyms {
            map.entry(fold(synonym).text().to_owned()).or_insert(n);
        }
    }
    map
}

fn entries(taxa: &[Taxon], trade: &[TradeName], genera: &Genera) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (n, name) in trade.iter().enumerate() {
        entries.extend(Entry::new(&name.name, Meaning::Trade(n)).map(|entry| Entry {
            phrase: if name.marks_required { entry.phrase.with_marks() } else { entry.phrase },
            closed: name.closed,
            language: name.language.clone(),
            meaning: entry.meaning,
        }));
    }
    let mut binomials: BTreeMap<&str, (Vec<usize>, bool)> = BTreeMap::new();
    for (n, taxon) in taxa.iter().enumerate().filter(|(_, taxon)| taxon.rank != "genus") {
        let slot = binomials.entry(&taxon.scientific_name).or_default();
        slot.0.insert(0, n);
        slot.1 = true;
        for synonym in taxon.synonyms.iter().filter(|name| name.contains(' ')) {
            binomials.entry(synonym).or_default().0.push(n);
        }
    }
    for (name, (taxa, accepted)) in binomials {
        entries.extend(Entry::new(name, Meaning::Binomial { taxa, accepted }));
    }
    for (n, genus) in genera.names() {
        entries.extend(Entry::new(genus, Meaning::Genus(n)));
    }
    entries
}
