//! The watch list: people, companies and addresses, and who on a manifest is close to them.
//!
//! In: the CSV of DESIGN (`id,kind,name,aliases,…`) with every bad row reported. Out: the best entry for a party on a day.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::record::RecordFault;
use crate::codes::{CountryCode, Date, Period};
use crate::digest;
use crate::label::Label;
use crate::parties::{
    PartyName, WordCounts, address_similarity, ceiling, has_initials, have_other_forms, is_syllabic, keyed_weights,
    name_similarity, similarity, sound_keys,
};
use crate::text::plain_key;

/// Similarity from which a party is taken for an entry. Chosen on `tests/labelled/watch_list.jsonl`.
pub const MIN_SIMILARITY: f64 = 0.88;

/// One party that an administration watches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct WatchEntry {
    pub id: String,
    /// `company`, `person`, `address`.
    pub kind: String,
    pub name: String,
    /// Other names by `|`.
    pub aliases: String,
    pub country: Option<CountryCode>,
    pub city: Option<String>,
    pub address: Option<String>,
    /// Why it is listed.
    pub reason: String,
    /// Day on which it was entered.
    pub listed_on: Option<Date>,
    /// Day it was taken off.
    pub delisted_on: Option<Date>,
    pub source: String,
    /// Grading of the source, from `A` (reliable) to `F` (cannot be judged), as police files grade it.
    pub reliability: String,
    /// Who may see it; RED where the list does not say.
    #[serde(deserialize_with = "label")]
    pub handling: Label,
}

impl Default for WatchEntry {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: String::new(),
            name: String::new(),
            aliases: String::new(),
            country: None,
            city: None,
            address: None,
            reason: String::new(),
            listed_on: None,
            delisted_on: None,
            source: String::new(),
            reliability: String::new(),
            handling: Label::OF_INFORMATION,
        }
    }
}

/// A label as a cell of the list; an empty cell says nothing.
fn label<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Label, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Label::of_row(Some(&text), Label::OF_INFORMATION))
}

/// A party as the manifest has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct WatchedParty<'a> {
    pub name: &'a str,
    /// Country of its address.
    pub country: Option<CountryCode>,
    /// Street and city.
    pub address: &'a str,
}

/// The best entry for a party.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchMatch {
    /// Index of the entry.
    pub entry: usize,
    /// Closeness, 0 to 1.
    pub similarity: f64,
    /// `name`, `alias` or `address`.
    pub on: &'static str,
    /// The entry's words that met.
    pub met: String,
}

/// What a name is (`name`, `alias`), as written, and in comparable form.
type Named = (&'static str, String, PartyName);

/// All entries, by the sounds of their names and the words of their addresses.
#[derive(Debug, Default)]
pub struct WatchList {
    entries: Vec<WatchEntry>,
    /// Per entry its name and aliases, weighed by how rare their words are in the list.
    names: Vec<Vec<Named>>,
    counts: WordCounts,
    /// Per entry: some name of it has initials.
    initials: Vec<bool>,
    /// By keys of the names.
    by_sound: HashMap<u64, Vec<u32>>,
    /// Addresses by the beginnings of their words.
    by_address: HashMap<String, Vec<u32>>,
}

impl WatchList {
    /// Reads the CSV.
    pub fn from_csv(bytes: &[u8]) -> (Self, Vec<RecordFault>) {
        let (entries, faults) = read_watched(bytes);
        (Self::of(entries), faults)
    }

    /// The labels of its entries.
    pub(crate) fn labels(&self) -> impl Iterator<Item = Label> {
        self.entries.iter().map(|entry| entry.handling)
    }

    /// The list without the entries whose label is not seen; `None` when all are.
    pub(crate) fn seen_by(&self, is_seen: impl Fn(Label) -> bool) -> Option<Self> {
        if self.entries.iter().all(|entry| is_seen(entry.handling)) {
            return None;
        }
        Some(Self::of(self.entries.iter().filter(|entry| is_seen(entry.handling)).cloned().collect()))
    }

    /// The list of these entries.
    pub(crate) fn of(mut entries: Vec<WatchEntry>) -> Self {
        // The order of rows is nothing: what ties is told by id.
        entries.sort_by_cached_key(|entry| (entry.id.clone(), *digest::of(entry).as_bytes()));
        let (names, counts) = weighed_names(&entries);
        let initials = names.iter().map(|names| names.iter().any(|(_, _, name)| has_initials(name))).collect();
        let mut by_sound: HashMap<u64, Vec<u32>> = HashMap::new();
        let mut by_address: HashMap<String, Vec<u32>> = HashMap::new();
        for (n, (entry, names)) in (0_u32..).zip(entries.iter().zip(&names)) {
            for key in names.iter().flat_map(|(_, _, name)| sound_keys(name)) {
                note(by_sound.entry(key.key).or_default(), n);
            }
            for word in words(entry.address.as_deref().unwrap_or_default()).filter(|_| entry.kind == ADDRESS) {
                note(by_address.entry(prefix(&word)).or_default(), n);
            }
        }
        Self { entries, names, counts, initials, by_sound, by_address }
    }

    /// Fingerprint of the entries, whatever their order.
    pub fn edition(&self) -> digest::Hash {
        digest::of_set(self.entries.iter().map(digest::of).collect())
    }

    /// Entry `n`, in the order of the file.
    pub fn entry(&self, n: usize) -> Option<&WatchEntry> {
        self.entries.get(n)
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True without entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries that share enough of a name's words by their sounds; those with initials share what they can.
    fn candidates(&self, own: &PartyName) -> Vec<u32> {
        let weights = keyed_weights(own);
        let wanted = weights.iter().sum::<f64>() * SHARED;
        let mut met: Vec<(u32, Option<u8>)> = Vec::new();
        for key in sound_keys(own) {
            met.extend(self.by_sound.get(&key.key).into_iter().flatten().map(|n| (*n, key.word)));
        }
        met.sort_unstable();
        met.dedup();
        let enough = |shared: &&[(u32, Option<u8>)]| {
            let initials =
                || shared.first().and_then(|(n, _)| self.initials.get(*n as usize)).copied().unwrap_or(false);
            let whole = shared.iter().any(|(_, word)| word.is_none());
            let word = |n: &Option<u8>| n.and_then(|n| weights.get(usize::from(n))).copied().unwrap_or(0.0);
            whole || shared.iter().map(|(_, n)| word(n)).sum::<f64>() >= wanted || initials()
        };
        let shared = met.chunk_by(|a, b| a.0 == b.0).filter(enough);
        shared.filter_map(|shared| shared.first().map(|(n, _)| *n)).collect()
    }

    /// The closest entry on a day, from `MIN_SIMILARITY` on. Ties go to the lower id.
    pub fn closest(&self, party: &WatchedParty<'_>, day: Date) -> Option<WatchMatch> {
        let own = PartyName::new(party.name).weighed(&self.counts);
        let mut candidates = self.candidates(&own);
        if !self.by_address.is_empty() {
            let by_address = words(party.address).filter_map(|word| self.by_address.get(&prefix(&word)));
            candidates.extend(by_address.flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<WatchMatch> = None;
        for n in candidates {
            let n = n as usize;
            let Some(entry) = self.entries.get(n) else { continue };
            let period = Period { from: entry.listed_on, to: entry.delisted_on.and_then(|day| day.yesterday().ok()) };
            if !period.contains(day) {
                continue;
            }
            let names = self.names.get(n).map(Vec::as_slice).unwrap_or_default();
            let Some((similarity, on, met)) = compared(entry, names, party, &own) else { continue };
            let better = best.as_ref().is_none_or(|best| similarity > best.similarity);
            if similarity >= MIN_SIMILARITY && better {
                best = Some(WatchMatch { entry: n, similarity, on, met });
            }
        }
        best
    }
}

/// Reads the rows of a watch list. Every bad one is reported; the good ones are kept.
pub fn read_watched(bytes: &[u8]) -> (Vec<WatchEntry>, Vec<RecordFault>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(bytes);
    let (mut entries, mut faults): (Vec<WatchEntry>, _) = (Vec::new(), Vec::new());
    let headers = reader.headers().cloned().unwrap_or_default();
    for missing in NEEDED.iter().filter(|column| !headers.iter().any(|header| header == **column)) {
        faults.push(RecordFault::rejected(1, format!("the column `{missing}` is missing")));
    }
    for unknown in headers.iter().filter(|header| !COLUMNS.contains(header)) {
        let what = format!("`{unknown}` is not a column of a watch list and is not read");
        faults.push(RecordFault::doubted(1, what));
    }
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let label = headers.iter().position(|name| name == "handling").and_then(|n| record.get(n));
                faults.extend(Label::fault(label).map(|what| RecordFault::doubted(line, what)));
                match entry(&record, &headers) {
                    Ok(entry) => entries.push(entry),
                    Err(what) => faults.push(RecordFault::rejected(line, what)),
                }
            }
            Err(error) => {
                faults.push(RecordFault::rejected(line, error.to_string()));
                if error.is_io_error() {
                    break;
                }
            }
        }
    }
    (entries, faults)
}

/// Kind of an entry that is an address.
const ADDRESS: &str = "address";

/// Columns of the file.
const COLUMNS: &[&str] = &[
    "id",
    "kind",
    "name",
    "aliases",
    "country",
    "city",
    "address",
    "reason",
    "listed_on",
    "delisted_on",
    "source",
    "reliability",
    "handling",
];
/// Columns without which no row says anything.
const NEEDED: &[&str] = &["id", "name"];

/// One row; what names nobody is no entry.
fn entry(record: &csv::StringRecord, headers: &csv::StringRecord) -> Result<WatchEntry, String> {
    if record.len() != headers.len() {
        return Err(format!("{} cells, {} columns", record.len(), headers.len()));
    }
    let entry: WatchEntry = record.deserialize(Some(headers)).map_err(|error| error.to_string())?;
    let has_address = entry.address.as_deref().is_some_and(|address| !address.is_empty());
    if entry.id.is_empty() {
        Err("there is no id".to_owned())
    } else if entry.name.is_empty() && entry.aliases.is_empty() && !has_address {
        Err("there is neither a name nor an address".to_owned())
    } else {
        Ok(entry)
    }
}

/// Names and aliases of every entry. A word that many entries share says little.
fn weighed_names(entries: &[WatchEntry]) -> (Vec<Vec<Named>>, WordCounts) {
    let plain: Vec<Vec<Named>> = entries
        .iter()
        .map(|entry| {
            let aliases = entry.aliases.split('|').map(|alias| ("alias", alias.trim()));
            let names =
                std::iter::once(("name", entry.name.as_str())).chain(aliases).filter(|(_, name)| !name.is_empty());
            names.map(|(on, name)| (on, name.to_owned(), PartyName::new(name))).collect()
        })
        .collect();
    let mut counts = WordCounts::default();
    plain.iter().flatten().for_each(|(_, _, name)| counts.add(name));
    let weigh = |(on, text, name): Named| (on, text, name.weighed(&counts));
    let names = plain.into_iter().map(|names| names.into_iter().map(weigh).collect()).collect();
    (names, counts)
}

fn compared(
    entry: &WatchEntry,
    names: &[Named],
    party: &WatchedParty<'_>,
    own: &PartyName,
) -> Option<(f64, &'static str, String)> {
    // Another country makes a namesake likely; a missing one says nothing.
    let elsewhere = matches!((entry.country, party.country), (Some(a), Some(b)) if a != b);
    // Most names that share a key share little else: their shapes tell, save where one sound has other letters.
    let syllabic = is_syllabic(own);
    let plain = own.without_brackets();
    let may_be = |name: &PartyName| {
        let by_shape = |own: &PartyName| ceiling(name.shapes(), own.shapes()) >= MAY_BE;
        by_shape(own) || plain.as_ref().is_some_and(by_shape) || (syllabic && is_syllabic(name))
    };
    let names = names.iter().filter(|(_, _, name)| !own.is_empty() && may_be(name)).map(|(on, text, name)| {
        // Who is on a list changes the form first: it parts two firms in registers, and none here.
        let likeness = match have_other_forms(name, own) {
            true => name_similarity(name, own) * OTHER_FORM,
            false => similarity(name, own),
        };
        let factor = match elsewhere {
            true if is_rare(name) => RARE_ELSEWHERE,
            true => COMMON_ELSEWHERE,
            false => 1.0,
        };
        (likeness * factor, *on, text.clone())
    });
    let address = entry.address.as_deref().filter(|address| !address.is_empty() && !party.address.is_empty());
    let address = address.filter(|_| entry.kind == ADDRESS && !elsewhere).map(|address| {
        let city = entry.city.as_deref().unwrap_or_default();
        let whole = format!("{address} {city}");
        let similarity = address_similarity(address, party.address).max(address_similarity(&whole, party.address));
        (similarity, "address", address.to_owned())
    });
    names.chain(address).max_by(|a, b| a.0.total_cmp(&b.0))
}

/// Share of the weight of a party's words that an entry must have by sound.
const SHARED: f64 = 0.6;

/// Names whose shapes are less alike are not compared.
const MAY_BE: f64 = 0.8;

/// A listed name with a legal form of another class.
const OTHER_FORM: f64 = 0.95;

/// A rare name in another country is still likely the same party, a common one (`Rising Star`) is not.
const RARE_ELSEWHERE: f64 = 0.93;
const COMMON_ELSEWHERE: f64 = 0.85;

/// Two telling words at least, and enough letters in them that few others bear the same.
fn is_rare(name: &PartyName) -> bool {
    let telling: Vec<usize> = name.words().filter(|(_, weight)| *weight > 0.5).map(|(word, _)| word.len()).collect();
    telling.len() >= 2 && telling.iter().sum::<usize>() >= 14
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words: Vec<String> = plain_key(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

/// Adds an entry once: entries come in order.
fn note(list: &mut Vec<u32>, n: u32) {
    if list.last() != Some(&n) {
        list.push(n);
    }
}

/// Words of addresses meet as candidates by their first three letters, written in Latin.
fn prefix(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().take(3).collect();
    }
    any_ascii::any_ascii(word).chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>().to_lowercase()
}
