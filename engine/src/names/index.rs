//! The frozen index over taxa, trade names and contexts, built once.

use std::collections::BTreeMap;

use super::context::Contexts;
use super::exact::{Entry, Exact, Meaning};
use super::repair::Vocabulary;
use super::scientific::Genera;
use crate::codes::CountryCode;
use crate::reference::{
    DataSource, Groups, ReferenceError, Taxon, TradeName, load_contexts, load_groups, load_taxa, load_trade_names,
};
use crate::text::fold;

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
}

impl NameIndex {
    /// Reads the four tables and builds the index. Cost: some tens of milliseconds.
    pub fn build(source: &DataSource) -> Result<Self, ReferenceError> {
        let groups = load_groups(source)?;
        let taxa = load_taxa(source)?;
        let trade = load_trade_names(source)?;
        let contexts = Contexts::build(load_contexts(source)?)?;
        let taxa = with_genus_rows(taxa);
        let genera = Genera::build(&taxa, &groups);
        let entries = entries(&taxa, &trade, &genera);
        let vocabulary = Vocabulary::build(&genera, &trade, &groups, contexts.other_words());
        let exact = Exact::build(entries)?;
        let by_name = by_name(&taxa);
        Ok(Self { groups, taxa, trade, genera, exact, contexts, vocabulary, by_name })
    }

    /// The accepted taxon for an accepted name, a synonym or a genus.
    pub fn taxon(&self, name: &str) -> Option<&Taxon> {
        let folded = fold(name);
        let key = folded.text();
        let key =
            key.strip_suffix("spp").or_else(|| key.strip_suffix("sp")).filter(|_| name.contains(' ')).unwrap_or(key);
        self.by_name.get(key).and_then(|n| self.taxa.get(*n))
    }

    /// The only species of a genus that grows wild in a country, where the table knows of just one.
    pub fn only_species(&self, genus: &str, country: CountryCode) -> Option<&Taxon> {
        let grows =
            |taxon: &&Taxon| taxon.genus == genus && taxon.rank != "genus" && taxon.range_states.contains(&country);
        let mut species = self.taxa.iter().filter(grows);
        species.next().filter(|_| species.next().is_none())
    }
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
