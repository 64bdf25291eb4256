//! The watch list: people, companies and addresses, and who on a manifest is close to them.
//!
//! In: the CSV of DESIGN (`id,kind,name,aliases,…`) with every bad row reported. Out: the best entry for a party on a day.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::record::RecordFault;
use crate::codes::{CountryCode, Date, Period};
use crate::digest;
use crate::label::Label;
use crate::permits::{PartyName, WordCounts, name_similarity};
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

/// All entries, by the words of their names.
#[derive(Debug, Default)]
pub struct WatchList {
    entries: Vec<WatchEntry>,
    /// Per entry its name and aliases, weighed by how rare their words are in the list.
    names: Vec<Vec<(&'static str, String, PartyName)>>,
    by_word: HashMap<String, Vec<usize>>,
}

impl WatchList {
    /// Reads the CSV.
    pub fn from_csv(bytes: &[u8]) -> (Self, Vec<RecordFault>) {
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
        // The order of rows is nothing: what ties is told by id.
        entries.sort_by_cached_key(|entry| (entry.id.clone(), *digest::of(entry).as_bytes()));
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, entry) in entries.iter().enumerate() {
            let texts = [entry.name.as_str(), entry.aliases.as_str(), entry.address.as_deref().unwrap_or_default()];
            for word in texts.into_iter().flat_map(words) {
                let list = by_word.entry(prefix(&word)).or_default();
                if list.last() != Some(&n) {
                    list.push(n);
                }
            }
        }
        let names = weighed_names(&entries);
        (Self { entries, names, by_word }, faults)
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

    /// The closest entry on a day, from `MIN_SIMILARITY` on. Ties go to the lower id.
    pub fn closest(&self, party: &WatchedParty<'_>, day: Date) -> Option<WatchMatch> {
        let mut candidates: Vec<usize> = words(party.name)
            .chain(words(party.address))
            .filter_map(|word| self.by_word.get(&prefix(&word)))
            .flatten()
            .copied()
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<WatchMatch> = None;
        let own = PartyName::new(party.name);
        for n in candidates {
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
fn weighed_names(entries: &[WatchEntry]) -> Vec<Vec<(&'static str, String, PartyName)>> {
    let plain: Vec<Vec<(&'static str, String, PartyName)>> = entries
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
    let weigh = |(on, text, name): (&'static str, String, PartyName)| (on, text, name.weighed(&counts));
    plain.into_iter().map(|names| names.into_iter().map(weigh).collect()).collect()
}

fn compared(
    entry: &WatchEntry,
    names: &[(&'static str, String, PartyName)],
    party: &WatchedParty<'_>,
    own: &PartyName,
) -> Option<(f64, &'static str, String)> {
    // Another country makes a namesake likely; a missing one says nothing.
    let elsewhere = matches!((entry.country, party.country), (Some(a), Some(b)) if a != b);
    // `(DUBAI BRANCH)`: what stands in brackets is seldom part of the name.
    let plain = party.name.split_once('(').map(|(before, _)| PartyName::new(before)).filter(|name| !name.is_empty());
    let names = names.iter().filter(|_| !own.is_empty()).map(|(on, text, name)| {
        let without = plain.as_ref().map_or(0.0, |plain| name_similarity(name, plain) * 0.98);
        let similarity = name_similarity(name, own).max(without);
        let factor = match elsewhere {
            true if is_rare(name) => RARE_ELSEWHERE,
            true => COMMON_ELSEWHERE,
            false => 1.0,
        };
        (similarity * factor, *on, text.clone())
    });
    let address = entry.address.as_deref().filter(|address| !address.is_empty() && !party.address.is_empty());
    let address = address.filter(|_| entry.kind == "address" && !elsewhere).map(|address| {
        let city = entry.city.as_deref().unwrap_or_default();
        let whole = format!("{address} {city}");
        let similarity = address_similarity(address, party.address).max(address_similarity(&whole, party.address));
        (similarity, "address", address.to_owned())
    });
    names.chain(address).max_by(|a, b| a.0.total_cmp(&b.0))
}

/// A rare name in another country is still likely the same party, a common one (`Rising Star`) is not.
const RARE_ELSEWHERE: f64 = 0.93;
const COMMON_ELSEWHERE: f64 = 0.85;

/// Two telling words at least, and enough letters in them that few others bear the same.
fn is_rare(name: &PartyName) -> bool {
    let telling: Vec<usize> = name.words().filter(|(_, weight)| *weight > 0.5).map(|(word, _)| word.len()).collect();
    telling.len() >= 2 && telling.iter().sum::<usize>() >= 14
}

/// Numbers must be equal; words may be damaged.
pub fn address_similarity(a: &str, b: &str) -> f64 {
    let numbers = |text: &str| {
        let mut numbers: Vec<String> = words(text).filter(|word| word.bytes().any(|b| b.is_ascii_digit())).collect();
        numbers.sort();
        numbers
    };
    let (na, nb) = (numbers(a), numbers(b));
    if na.iter().any(|number| !nb.contains(number)) && nb.iter().any(|number| !na.contains(number))
        || na.len() != nb.len()
    {
        return 0.0;
    }
    let sorted = |text: &str| {
        let mut sorted: Vec<String> = words(text).map(written_out).collect();
        sorted.sort();
        sorted
    };
    let (a, b) = (sorted(a), sorted(b));
    // One other word makes another street; letters of the rest do not make up for it.
    let pairs = aligned(&a, &b);
    if pairs < ALIKE_WORDS { pairs } else { strsim::jaro_winkler(&a.join(" "), &b.join(" ")) }
}

/// Share of the words of two addresses that must have their like.
const ALIKE_WORDS: f64 = 0.85;

/// Words that are usually cut short.
fn written_out(word: String) -> String {
    let long = match word.as_str() {
        "rd" => "road",
        "st" => "street",
        "str" | "strasse" => "strasse",
        "ave" | "av" => "avenue",
        "blvd" => "boulevard",
        "ln" => "lane",
        "bldg" => "building",
        _ => return word,
    };
    long.to_owned()
}

/// Words of both that have their like in the other, of all words.
fn aligned(a: &[String], b: &[String]) -> f64 {
    let mut left: Vec<&String> = b.iter().collect();
    let mut met = 0_usize;
    for word in a {
        let like = left.iter().position(|other| strsim::jaro_winkler(word, other) >= 0.88);
        if let Some(place) = like {
            left.swap_remove(place);
            met += 2;
        }
    }
    met as f64 / (a.len() + b.len()).max(1) as f64
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words: Vec<String> = plain_key(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

/// Words meet as candidates by their first three letters, written in Latin.
fn prefix(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().take(3).collect();
    }
    any_ascii::any_ascii(word).chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>().to_lowercase()
}
