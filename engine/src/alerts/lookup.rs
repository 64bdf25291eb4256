//! What is known about this wood, this way, these people, this ship: exact lookup, prepared once per generation.
//!
//! In: names, codes and days of one consignment. Out: the records that meet it, each with what met. Words are searched
//! elsewhere (`search.rs`); scoring asks maps, so that its cost does not depend on the number of records.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::record::{AlertRecord, is_end, is_source};
use crate::codes::{CountryCode, Date};
use crate::digest;
use crate::reference::{genus_of, species_of};
use crate::text::{joined, plain_key};

/// What a consignment offers to be met.
#[derive(Debug, Clone, Default)]
pub struct AlertQuestion<'a> {
    /// Day that counts.
    pub day: Option<Date>,
    /// Accepted taxa named, listed genera and substitutes.
    pub taxa: Vec<&'a str>,
    /// Countries by role.
    pub origin: Vec<CountryCode>,
    /// Countries of export: consignor, first loading.
    pub export: Vec<CountryCode>,
    /// Every country passed.
    pub transit: Vec<CountryCode>,
    pub destination: Vec<CountryCode>,
    pub imo: Option<&'a str>,
    pub vessel: Option<&'a str>,
    pub containers: Vec<&'a str>,
    pub permits: Vec<&'a str>,
    pub parties: Vec<&'a str>,
    /// Issuing authorities on documents.
    pub issuers: Vec<&'a str>,
}

/// A record that meets the consignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertMatch {
    /// Index of the record.
    pub record: usize,
    /// What met: `taxon`, `country`, `route`, `party`, `vessel`, `container`, `permit`, `issuer`.
    pub on: Vec<&'static str>,
}

/// The role in which a record names a country, as far as a consignment can meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Any,
    /// Where the goods come from.
    From,
    /// Where they go, and the record does not say where from.
    To,
    /// Never by itself: the destination of a record that names where the goods come from.
    Never,
}

/// One record under one genus and country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    record: usize,
    /// `None` = the whole genus.
    species: Option<u32>,
    role: Role,
}

/// What is needed of a record on a day, without its text.
#[derive(Debug, Clone, Copy)]
struct Days {
    known_from: Date,
    from: Date,
    to: Date,
    withdrawn: Date,
    /// Number of the source that it repeats.
    origin: u32,
    /// Place among all records, the most telling first; no two are equal.
    rank: u32,
}

impl Days {
    fn act_on(&self, day: Date) -> bool {
        self.known_from <= day && self.from <= day && day <= self.to && day < self.withdrawn
    }
}

/// Records that meet one consignment by wood and country alone, at most. Only the highest hit of a group counts, so more of
/// the same cost time and change nothing; those that name the ship, a box, a party or a permit are never left out.
pub const MAX_GENERAL: usize = 32;

/// What met, in the order in which it is told; a bit each.
pub(crate) const WAYS: [&str; 7] = ["vessel", "container", "permit", "party", "issuer", "taxon", "country"];
const VESSEL: u8 = 1;
const CONTAINER: u8 = 1 << 1;
const PERMIT: u8 = 1 << 2;
const PARTY: u8 = 1 << 3;
const ISSUER: u8 = 1 << 4;
const TAXON: u8 = 1 << 5;
const COUNTRY: u8 = 1 << 6;

/// Maps from what a consignment can name to the records that name it. Frozen.
#[derive(Debug, Default)]
pub struct AlertLookup {
    records: Vec<AlertRecord>,
    days: Vec<Days>,
    /// Numbers of genera, species and sources, so that a question costs no text.
    numbers: HashMap<String, u32>,
    /// Each list in order of rank, so that the search ends where enough was found. Hashed without a seed: the keys are numbers
    /// that are counted up here.
    by_genus_country: FxHashMap<(u32, Option<CountryCode>), Vec<Entry>>,
    by_imo: HashMap<String, Vec<usize>>,
    by_vessel: HashMap<String, Vec<usize>>,
    by_container: HashMap<String, Vec<usize>>,
    by_permit: HashMap<String, Vec<usize>>,
    by_party: HashMap<String, Vec<usize>>,
    by_issuer: HashMap<String, Vec<usize>>,
    /// Records that warn of issuers, by the country of the issuer; `None` where it is not said.
    issuers_by_country: HashMap<Option<CountryCode>, Vec<usize>>,
}

/// Letters and digits in upper case: the key for numbers and names.
pub fn key(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
        return kept.map(|byte| char::from(byte.to_ascii_uppercase())).collect();
    }
    joined(&plain_key(text)).to_uppercase()
}

impl AlertLookup {
    /// Builds the maps.
    pub fn build(records: Vec<AlertRecord>) -> Self {
        let mut lookup = Self::default();
        for (n, record) in records.iter().enumerate() {
            for taxon in &record.taxa {
                let genus = lookup.number(genus_of(taxon));
                let species = species_of(taxon).map(|(genus, epithet)| lookup.number(&format!("{genus} {epithet}")));
                lookup.file(record, n, genus, species);
            }
            if record.is_for_all_species() {
                let all = lookup.number(ALL);
                lookup.file(record, n, all, None);
            }
            let origin = lookup.number(&format!("={}", record.origin()));
            lookup.days.push(days(record, origin));
            for vessel in &record.vessels {
                add(&mut lookup.by_imo, vessel.imo.as_deref(), n);
                add(&mut lookup.by_vessel, vessel.name.as_deref(), n);
            }
            record.containers.iter().for_each(|number| add(&mut lookup.by_container, Some(number), n));
            record.permits.iter().for_each(|number| add(&mut lookup.by_permit, Some(number), n));
            AlertRecord::names(&record.parties).for_each(|name| add(&mut lookup.by_party, Some(name), n));
            AlertRecord::names(&record.issuers).for_each(|name| add(&mut lookup.by_issuer, Some(name), n));
            for country in issuer_countries(record) {
                lookup.issuers_by_country.entry(country).or_default().push(n);
            }
        }
        for (rank, n) in most_telling(&records).into_iter().enumerate() {
            if let Some(days) = lookup.days.get_mut(n) {
                days.rank = u32::try_from(rank).unwrap_or(u32::MAX);
            }
        }
        let Self { by_genus_country, days, .. } = &mut lookup;
        let rank = |n: usize| days.get(n).map_or(u32::MAX, |days| days.rank);
        by_genus_country.values_mut().for_each(|list| list.sort_by_key(|entry| rank(entry.record)));
        lookup.records = records;
        lookup
    }

    fn number(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        match self.numbers.get(name) {
            Some(known) => *known,
            None => *self.numbers.entry(name.to_owned()).or_insert(next),
        }
    }

    fn file(&mut self, record: &AlertRecord, n: usize, genus: u32, species: Option<u32>) {
        if record.countries.is_empty() {
            let entry = Entry { record: n, species, role: Role::Any };
            self.by_genus_country.entry((genus, None)).or_default().push(entry);
        }
        for country in &record.countries {
            let entry = Entry { record: n, species, role: role(record, &country.role) };
            let list = self.by_genus_country.entry((genus, Some(country.code))).or_default();
            if entry.role != Role::Never && list.last() != Some(&entry) {
                list.push(entry);
            }
        }
    }

    /// Fingerprint of the records, whatever their order.
    pub fn edition(&self) -> digest::Hash {
        digest::of_set(self.records.iter().map(digest::of).collect())
    }

    /// All records, in the order given.
    pub fn records(&self) -> &[AlertRecord] {
        &self.records
    }

    /// Records that warn of issuers of one of these countries, or of no country, known on the day; in their order.
    pub fn warning_of_issuers(&self, countries: &[CountryCode], day: Date) -> Vec<&AlertRecord> {
        let keys = countries.iter().copied().map(Some).chain([None]);
        self.in_order(keys.filter_map(|key| self.issuers_by_country.get(&key)).flatten().copied().collect(), day)
    }

    /// Records that warn of any issuer, known on the day; in their order.
    pub fn warning_of_any_issuer(&self, day: Date) -> Vec<&AlertRecord> {
        self.in_order(self.issuers_by_country.values().flatten().copied().collect(), day)
    }

    fn in_order(&self, mut found: Vec<usize>, day: Date) -> Vec<&AlertRecord> {
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|n| self.records.get(n)).filter(|record| record.known_on(day)).collect()
    }

    /// A record by index.
    pub fn record(&self, n: usize) -> Option<&AlertRecord> {
        self.records.get(n)
    }

    /// Records that meet the consignment on its day, by index. Records that repeat one source are kept once, the one
    /// that meets in most ways first.
    pub fn meet(&self, asked: &AlertQuestion<'_>) -> Vec<AlertMatch> {
        let Some(day) = asked.day else { return Vec::new() };
        let mut met: Vec<(usize, u8)> = Vec::new();
        let mut note = |map: &HashMap<String, Vec<usize>>, text: &str, way: u8| {
            if !map.is_empty() {
                met.extend(map.get(&key(text)).into_iter().flatten().map(|n| (*n, way)));
            }
        };
        match (asked.imo, asked.vessel) {
            (Some(imo), _) => note(&self.by_imo, imo, VESSEL),
            (None, Some(name)) => note(&self.by_vessel, name, VESSEL),
            (None, None) => {}
        }
        asked.containers.iter().for_each(|number| note(&self.by_container, number, CONTAINER));
        asked.permits.iter().for_each(|number| note(&self.by_permit, number, PERMIT));
        asked.parties.iter().for_each(|name| note(&self.by_party, name, PARTY));
        asked.issuers.iter().for_each(|name| note(&self.by_issuer, name, ISSUER));
        let mut named: Vec<usize> = met.iter().map(|(n, _)| *n).collect();
        named.sort_unstable();
        named.dedup();
        self.by_taxon_and_country(asked, day, &named, &mut met);
        met.retain(|(n, _)| self.days.get(*n).is_some_and(|days| days.act_on(day)));
        met.sort_unstable();
        met.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 |= if same { next.1 } else { 0 };
            same
        });
        self.once_per_origin(&mut met);
        self.best(&mut met);
        let ways = |bits: u8| WAYS.iter().enumerate().filter(move |(n, _)| bits & (1 << n) != 0).map(|(_, way)| *way);
        met.into_iter().map(|(record, bits)| AlertMatch { record, on: ways(bits).collect() }).collect()
    }

    /// Records that meet by wood and country alone are bounded: the best graded and latest say all that counts.
    fn best(&self, met: &mut Vec<(usize, u8)>) {
        let general = |bits: u8| bits & !(TAXON | COUNTRY) == 0;
        let mut ranks: Vec<u32> = met.iter().filter(|(_, bits)| general(*bits)).map(|(n, _)| self.rank(*n)).collect();
        if ranks.len() <= MAX_GENERAL {
            return;
        }
        ranks.sort_unstable();
        let last = ranks.get(MAX_GENERAL - 1).copied().unwrap_or(u32::MAX);
        met.retain(|(n, bits)| !general(*bits) || self.rank(*n) <= last);
    }

    fn rank(&self, n: usize) -> u32 {
        self.days.get(n).map_or(u32::MAX, |days| days.rank)
    }

    /// Of each list the [`MAX_GENERAL`] most telling that act on the day, and those that the consignment named already.
    fn by_taxon_and_country(&self, asked: &AlertQuestion<'_>, day: Date, named: &[usize], met: &mut Vec<(usize, u8)>) {
        if self.by_genus_country.is_empty() || asked.taxa.is_empty() {
            return;
        }
        let everywhere = [&asked.origin, &asked.export, &asked.transit, &asked.destination];
        let mut countries: Vec<Option<CountryCode>> = everywhere.into_iter().flatten().copied().map(Some).collect();
        countries.push(None);
        countries.sort_unstable();
        countries.dedup();
        let all = self.numbers.get(ALL).copied();
        let mut species_name = String::new();
        for taxon in &asked.taxa {
            let species = species_of(taxon).map(|(genus, epithet)| {
                species_name.clear();
                species_name.extend([genus, " ", epithet]);
                // A species that no record names is still not another one.
                self.numbers.get(&species_name).copied().unwrap_or(u32::MAX)
            });
            for genus in [self.numbers.get(genus_of(taxon)).copied(), all].into_iter().flatten() {
                for country in &countries {
                    let list = self.by_genus_country.get(&(genus, *country)).map(Vec::as_slice).unwrap_or_default();
                    let way = if country.is_some() { TAXON | COUNTRY } else { TAXON };
                    let meets = |entry: &&Entry| {
                        // A genus asked for may be any of its species.
                        let fits = entry.species.is_none() || species.is_none() || entry.species == species;
                        fits && country.is_none_or(|country| entry.role.meets(country, asked))
                    };
                    for n in named {
                        let first = list.partition_point(|entry| self.rank(entry.record) < self.rank(*n));
                        let own = list.get(first..).unwrap_or_default().iter().take_while(|entry| entry.record == *n);
                        met.extend(own.filter(meets).map(|entry| (entry.record, way)));
                    }
                    let mut origins: Vec<u32> = Vec::new();
                    for entry in list.iter().filter(meets) {
                        let Some(days) = self.days.get(entry.record).filter(|days| days.act_on(day)) else { continue };
                        if named.binary_search(&entry.record).is_ok() {
                            continue;
                        }
                        met.push((entry.record, way));
                        if !origins.contains(&days.origin) {
                            origins.push(days.origin);
                        }
                        if origins.len() >= MAX_GENERAL {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Several records that repeat one source count once: the one that meets in most ways, the first of equals.
    fn once_per_origin(&self, met: &mut Vec<(usize, u8)>) {
        let origin = |n: usize| self.days.get(n).map(|days| days.origin);
        let mut order: Vec<(Option<u32>, std::cmp::Reverse<u32>, usize)> =
            met.iter().map(|(n, bits)| (origin(*n), std::cmp::Reverse(bits.count_ones()), *n)).collect();
        order.sort_unstable();
        order.dedup_by_key(|(origin, _, _)| *origin);
        if order.len() < met.len() {
            let kept: std::collections::HashSet<usize> = order.into_iter().map(|(_, _, n)| n).collect();
            met.retain(|(n, _)| kept.contains(n));
        }
    }
}

impl Role {
    fn meets(self, country: CountryCode, asked: &AlertQuestion<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::From => asked.origin.contains(&country) || asked.export.contains(&country),
            Self::To => asked.destination.contains(&country),
            Self::Never => false,
        }
    }
}

fn role(record: &AlertRecord, role: &str) -> Role {
    match role {
        role if is_source(role) => Role::From,
        role if is_end(role) => {
            // The destination alone makes no match where the record also names where the goods come from.
            let from_named = record.countries.iter().any(|country| is_source(&country.role));
            if from_named { Role::Never } else { Role::To }
        }
        _ => Role::Any,
    }
}

/// Records in order: alerts before Notifications (measures act by themselves), the better graded first, the later first. What
/// is doubted comes after all that is not, so that no heap of it keeps a good one out.
fn most_telling(records: &[AlertRecord]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_cached_key(|n| {
        let record = records.get(*n);
        let graded = record.map(|record| record.graded).unwrap_or_default();
        let since = record.and_then(|record| record.published_on.or(record.effective_from));
        let notification = record.is_some_and(|record| record.kind == "notification");
        (notification, graded, std::cmp::Reverse(since), *n)
    });
    order
}

fn days(record: &AlertRecord, origin: u32) -> Days {
    let withdrawn = match (record.withdrawn_on, record.status.as_deref()) {
        (Some(day), _) => day,
        (None, Some("withdrawn")) => Date::MIN,
        (None, _) => Date::MAX,
    };
    Days {
        known_from: record.published_on.unwrap_or(Date::MIN),
        from: record.effective_from.unwrap_or(Date::MIN),
        to: record.effective_to.unwrap_or(Date::MAX),
        withdrawn,
        origin,
        rank: 0,
    }
}

/// Stands for every genus in the map.
const ALL: &str = "*";

/// Countries of the issuers that a record names: their own, else the first of the record.
fn issuer_countries(record: &AlertRecord) -> Vec<Option<CountryCode>> {
    let first = record.countries.first().map(|country| country.code);
    let mut countries: Vec<Option<CountryCode>> = record
        .issuers
        .iter()
        .map(|issuer| {
            let own = issuer.get("country").and_then(serde_json::Value::as_str);
            own.and_then(|code| code.parse().ok()).or(first)
        })
        .collect();
    countries.sort_unstable();
    countries.dedup();
    countries
}

fn add(map: &mut HashMap<String, Vec<usize>>, text: Option<&str>, n: usize) {
    let key = text.map(key).unwrap_or_default();
    if !key.is_empty() {
        let list = map.entry(key).or_default();
        if list.last() != Some(&n) {
            list.push(n);
        }
    }
}
