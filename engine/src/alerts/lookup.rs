//! What is known about this wood, this way, these people, this ship: exact lookup, prepared once per generation.
//!
//! In: names, codes and days of one consignment. Out: the records that meet it, each with what met. Words are searched
//! elsewhere (`search.rs`); scoring asks maps, so that its cost does not depend on the number of records.

use std::collections::{BTreeMap, HashMap};

use super::record::AlertRecord;
use crate::codes::{CountryCode, Date};
use crate::reference::{Certainty, folded, genus_of, taxon_meets};

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
    /// Destination.
    pub destination: Vec<CountryCode>,
    /// IMO number.
    pub imo: Option<&'a str>,
    /// Ship's name.
    pub vessel: Option<&'a str>,
    /// Container numbers.
    pub containers: Vec<&'a str>,
    /// Permit numbers.
    pub permits: Vec<&'a str>,
    /// Party names.
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

/// Maps from what a consignment can name to the records that name it. Frozen.
#[derive(Debug, Default)]
pub struct AlertLookup {
    records: Vec<AlertRecord>,
    /// Numbers of genera, so that a question costs no text.
    genera: HashMap<String, u32>,
    by_genus_country: HashMap<(u32, Option<CountryCode>), Vec<usize>>,
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
    folded(text).chars().filter(|c| *c != ' ').flat_map(char::to_uppercase).collect()
}

impl AlertLookup {
    /// Builds the maps.
    pub fn build(records: Vec<AlertRecord>) -> Self {
        let mut lookup = Self::default();
        for (n, record) in records.iter().enumerate() {
            for taxon in &record.taxa {
                let genus = lookup.genus(genus_of(taxon));
                if record.countries.is_empty() {
                    lookup.by_genus_country.entry((genus, None)).or_default().push(n);
                } else {
                    for country in &record.countries {
                        let list = lookup.by_genus_country.entry((genus, Some(country.code))).or_default();
                        if list.last() != Some(&n) {
                            list.push(n);
                        }
                    }
                }
            }
            if record.is_for_all_species() {
                let all = lookup.genus(ALL);
                for country in &record.countries {
                    lookup.by_genus_country.entry((all, Some(country.code))).or_default().push(n);
                }
            }
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
        lookup.records = records;
        lookup
    }

    fn genus(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.genera.len()).unwrap_or(u32::MAX);
        match self.genera.get(name) {
            Some(known) => *known,
            None => *self.genera.entry(name.to_owned()).or_insert(next),
        }
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
        let mut met: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
        let mut note = |list: Option<&Vec<usize>>, what: &'static str| {
            for n in list.into_iter().flatten() {
                let on = met.entry(*n).or_default();
                if !on.contains(&what) {
                    on.push(what);
                }
            }
        };
        note(asked.imo.and_then(|imo| self.by_imo.get(&key(imo))), "vessel");
        if asked.imo.is_none() {
            note(asked.vessel.and_then(|name| self.by_vessel.get(&key(name))), "vessel");
        }
        asked.containers.iter().for_each(|number| note(self.by_container.get(&key(number)), "container"));
        asked.permits.iter().for_each(|number| note(self.by_permit.get(&key(number)), "permit"));
        asked.parties.iter().for_each(|name| note(self.by_party.get(&key(name)), "party"));
        asked.issuers.iter().for_each(|name| note(self.by_issuer.get(&key(name)), "issuer"));
        self.by_taxon_and_country(asked, &mut met);
        let met = met.into_iter().filter(|(n, _)| self.records.get(*n).is_some_and(|record| record.acts_on(day)));
        self.once_per_origin(met.map(|(record, on)| AlertMatch { record, on }).collect())
    }

    fn by_taxon_and_country(&self, asked: &AlertQuestion<'_>, met: &mut BTreeMap<usize, Vec<&'static str>>) {
        let everywhere = [&asked.origin, &asked.export, &asked.transit, &asked.destination];
        let mut countries: Vec<Option<CountryCode>> = everywhere.into_iter().flatten().copied().map(Some).collect();
        countries.push(None);
        countries.sort_unstable();
        countries.dedup();
        for taxon in &asked.taxa {
            let genera = [genus_of(taxon), ALL].map(|genus| self.genera.get(genus).map(|id| (genus, *id)));
            for ((genus, id), country) in genera.iter().flatten().flat_map(|g| countries.iter().map(move |c| (*g, c))) {
                let list = self.by_genus_country.get(&(id, *country));
                for n in list.into_iter().flatten() {
                    let Some(record) = self.records.get(*n) else { continue };
                    let named = genus == ALL || record.taxa.iter().any(|row| taxon_meets(row, taxon) != Certainty::No);
                    let role = country.is_none_or(|country| meets_role(record, country, asked));
                    if named && role {
                        let on = met.entry(*n).or_default();
                        for what in ["taxon", "country"] {
                            if !on.contains(&what) && (what != "country" || country.is_some()) {
                                on.push(what);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Several records that repeat one source count once.
    fn once_per_origin(&self, matches: Vec<AlertMatch>) -> Vec<AlertMatch> {
        let mut best: BTreeMap<String, AlertMatch> = BTreeMap::new();
        for found in matches {
            let origin = self.record(found.record).map(|record| record.origin().to_owned()).unwrap_or_default();
            match best.get(&origin) {
                Some(known) if known.on.len() >= found.on.len() => {}
                _ => {
                    best.insert(origin, found);
                }
            }
        }
        let mut kept: Vec<AlertMatch> = best.into_values().collect();
        kept.sort_by_key(|found| found.record);
        kept
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

/// Does the record name the country in a role that it has here?
fn meets_role(record: &AlertRecord, country: CountryCode, asked: &AlertQuestion<'_>) -> bool {
    record.countries.iter().filter(|named| named.code == country).any(|named| match named.role.as_str() {
        "origin" => asked.origin.contains(&country) || asked.export.contains(&country),
        "export" | "exporter" | "consignor" => asked.export.contains(&country) || asked.origin.contains(&country),
        "destination" | "import" | "importer" => {
            // The destination alone makes no match where the record also names where the goods come from.
            let from_named = record.countries.iter().any(|c| matches!(c.role.as_str(), "origin" | "export"));
            asked.destination.contains(&country) && !from_named
        }
        _ => true,
    })
}
