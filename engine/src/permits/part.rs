//! Documents of a register that were read together, with the indexes over them. Frozen once built, and shared.
//!
//! In: documents in their order. Out: a [`Part`] that is searched and compared with. It remembers what was made of it: the
//! same without what is stricter than a label, and the same with so many changes taken in, so that another register that
//! shares it does not make them again. Not here: the match (`register`), what a change says (`change`).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::bursts::BusyDays;
use super::candidates::Candidates;
use super::document::Document;
use super::ledger::PermitKey;
use super::number::FoldedNumber;
use super::serials::Series;
use super::store::{Store, Symbol};
use crate::codes::CountryCode;
use crate::digest;
use crate::label::Label;
use crate::parties::WordCounts;

/// Parts with changes taken in that are remembered: one for each clearance, and those that an engine before still holds.
const MAX_REMEMBERED: usize = 2 * Label::ALL.len();

/// Documents and the indexes over them.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) store: Store,
    pub(super) index: Candidates,
    /// Register words for taxa by lower-case spelling.
    taxa: BTreeMap<String, Vec<Symbol>>,
    /// Documents by issuing country.
    countries: BTreeMap<CountryCode, u32>,
    /// Days of very many documents.
    pub(super) days: BusyDays,
    /// Serials and stamps that stand apart.
    pub(super) apart: Series,
    edition: Option<digest::Hash>,
    under: [OnceLock<Arc<Part>>; Label::ALL.len()],
    taken_in: Mutex<VecDeque<(digest::Hash, Arc<Part>)>>,
}

impl Part {
    /// Builds from documents, one after another: they are packed as they come and never held together. `counts`: how often
    /// words stand in names, where another part says what is usual.
    pub(super) fn build(documents: impl IntoIterator<Item = Document>, counts: Option<&WordCounts>) -> Self {
        let mut members = Vec::new();
        let mut store = Store::default();
        let mut countries: BTreeMap<CountryCode, u32> = BTreeMap::new();
        for document in documents {
            store.push(&document);
            members.push(digest::of(&document));
            if let Some(country) = document.issuing_country {
                *countries.entry(country).or_default() += 1;
            }
        }
        let mut taxa: BTreeMap<String, Vec<Symbol>> = BTreeMap::new();
        for (symbol, word) in store.words.iter() {
            taxa.entry(word.to_lowercase()).or_default().push(symbol);
        }
        let index = Candidates::build(&store, counts);
        let edition = Some(digest::of_set(members));
        let days = BusyDays::of_store(&store);
        let apart = Series::of_store(&store);
        Self { store, index, taxa, countries, days, apart, edition, ..Self::default() }
    }

    /// Number of documents held.
    pub(super) fn len(&self) -> usize {
        self.store.documents.len()
    }

    /// Fingerprint of the documents, whatever their order in the file.
    pub(super) fn edition(&self) -> digest::Hash {
        self.edition.unwrap_or_else(|| digest::of_set(Vec::new()))
    }

    /// Are documents of the country held?
    pub(super) fn covers(&self, country: CountryCode) -> bool {
        self.countries.contains_key(&country)
    }

    /// The part's own words for each of these taxa.
    pub(super) fn words_for(&self, taxa: &[String]) -> BTreeMap<String, Vec<Symbol>> {
        taxa.iter().filter_map(|taxon| Some((taxon.clone(), self.taxa.get(&taxon.to_lowercase())?.clone()))).collect()
    }

    /// All documents with their places, in the order of the file.
    pub(super) fn documents(&self) -> impl Iterator<Item = (u32, Document)> + '_ {
        let places = 0..u32::try_from(self.len()).unwrap_or(u32::MAX);
        places.filter_map(|place| Some((place, self.store.document(place)?)))
    }

    /// Documents of a number, whatever their type and country.
    pub(super) fn of_number(&self, number: &FoldedNumber) -> Vec<(u32, Document)> {
        let own = |place: u32| Some((place, self.store.document(place)?));
        let found = self.index.exact(number).into_iter().filter_map(own);
        found.filter(|(_, document)| FoldedNumber::new(&document.number).text() == number.text()).collect()
    }

    /// Documents of a key.
    pub(super) fn of_key(&self, number: &FoldedNumber, key: &PermitKey) -> Vec<(u32, Document)> {
        self.of_number(number).into_iter().filter(|(_, document)| PermitKey::of(document) == *key).collect()
    }

    /// The labels of its documents.
    pub(super) fn labels(&self) -> impl Iterator<Item = Label> {
        self.store.documents.iter().map(|packed| packed.handling)
    }

    /// The same without what is stricter than a label; itself where nothing is.
    pub(super) fn under(self: &Arc<Self>, clearance: Label) -> Arc<Self> {
        if self.store.documents.iter().all(|packed| packed.handling <= clearance) {
            return Arc::clone(self);
        }
        let made = || {
            let places = (0..).zip(&self.store.documents);
            let seen = places.filter(|(_, packed)| packed.handling <= clearance);
            Arc::new(Self::build(seen.filter_map(|(place, _)| self.store.document(place)), None))
        };
        self.under.get(clearance as usize).map_or_else(made, |known| Arc::clone(known.get_or_init(made)))
    }

    /// The part that was made of this one by what has that fingerprint, or a new one.
    pub(super) fn taken_in(&self, by: digest::Hash, made: impl FnOnce() -> Self) -> Arc<Self> {
        let mut known = self.taken_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, part)) = known.iter().find(|(own, _)| *own == by) {
            return Arc::clone(part);
        }
        let part = Arc::new(made());
        known.push_back((by, Arc::clone(&part)));
        if known.len() > MAX_REMEMBERED {
            known.pop_front();
        }
        part
    }
}
