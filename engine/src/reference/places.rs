//! Every place of UN/LOCODE, by code and by name.
//!
//! In: a code, or a name as papers write it: `Port Klang`, `HO CHI MINH CITY, VIETNAM`, `上海港`. Out: the code of the one
//! place that is meant, or nothing. A name that several countries have is none, unless only one of them has a port or airport
//! of that name, or the words beside it name the country.
//! Sources: datasets/places (compressed), datasets/place-names, datasets/place-words. Cost: nothing until somebody asks;
//! then some milliseconds once for codes, some tenths of a second once for names. Not here: what is known of a port of
//! the timber trade (`ports.rs`).

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::countries::Countries;
use super::error::{ReferenceError, TableFault};
use super::fields;
use super::load::DataSource;
use crate::codes::{CountryCode, Unlocode};
use crate::text::plain_key;

/// Pieces of a text that are looked at: a place, its region, its country.
const MAX_PIECES: usize = 4;
/// Function code of a port in UN/LOCODE.
const PORT: char = '1';
/// Function codes of places that people name without their country: ports and airports.
const HUB: [char; 2] = [PORT, '4'];

/// A row of datasets/places.
#[derive(Debug, Deserialize)]
struct Row {
    code: Unlocode,
    name: String,
    spelling: String,
    functions: String,
}

/// A row of datasets/place-names.
#[derive(Debug, Deserialize)]
struct NameRow {
    name: String,
    code: Unlocode,
}

/// A row of datasets/place-words.
#[derive(Debug, Deserialize)]
struct WordRow {
    side: String,
    word: String,
}

/// A place under one of its names.
#[derive(Debug, Clone, Copy)]
struct Named {
    code: Unlocode,
    is_port: bool,
    /// A port or an airport.
    is_hub: bool,
    /// The list knows it by this name alone: `Singapore`, not `Jurong/Singapore`.
    is_whole: bool,
}

/// Names of places, folded, and the words that stand around them.
#[derive(Debug, Clone, Default)]
struct Names {
    by_name: FxHashMap<Box<str>, Vec<Named>>,
    before: Vec<String>,
    after: Vec<String>,
}

/// All places. What is asked for first is read first.
#[derive(Debug, Clone, Default)]
pub struct Places {
    source: DataSource,
    codes: OnceLock<Vec<Unlocode>>,
    names: OnceLock<Names>,
}

impl Places {
    /// The built-in tables wait until they are asked for; tables of a folder are read now, so that their faults are told.
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let places = Self { source: source.clone(), codes: OnceLock::new(), names: OnceLock::new() };
        if matches!(source, DataSource::Folder(_)) {
            fields::rows::<Row>(source, "places", faults)?;
            fields::rows::<NameRow>(source, "place-names", faults)?;
            fields::rows::<WordRow>(source, "place-words", faults)?;
        }
        Ok(places)
    }

    /// True for a code of the list.
    pub fn has(&self, code: Unlocode) -> bool {
        let codes = self.codes.get_or_init(|| {
            let mut codes: Vec<Unlocode> = self.rows::<Row>("places").into_iter().map(|row| row.code).collect();
            codes.sort_unstable();
            codes
        });
        codes.binary_search(&code).is_ok()
    }

    /// The place that a text names.
    pub fn find(&self, text: &str, countries: &Countries) -> Option<Unlocode> {
        let names = self.names.get_or_init(|| self.read_names());
        let pieces: Vec<&str> = text.split([',', ';', '(', ')', '/', '|']).map(str::trim).collect();
        let pieces: Vec<&str> = pieces.into_iter().filter(|piece| !piece.is_empty()).take(MAX_PIECES).collect();
        let country_of = |piece: &str| countries.find(piece).map(|country| country.code);
        pieces.iter().enumerate().find_map(|(n, piece)| {
            let others = pieces.iter().enumerate().filter(|(other, _)| *other != n);
            // A country's own name is a place of that country or none: `China` is a village of Japan as well.
            let country = country_of(piece).or_else(|| others.rev().find_map(|(_, other)| country_of(other)));
            names.find(piece, country)
        })
    }

    /// Rows of a table that was checked when it was loaded, or by a test when it was built in.
    fn rows<T: serde::de::DeserializeOwned>(&self, table: &str) -> Vec<T> {
        fields::rows(&self.source, table, &mut Vec::new()).unwrap_or_default()
    }

    fn read_names(&self) -> Names {
        let mut names = Names::default();
        for row in self.rows::<Row>("places") {
            let (is_port, is_hub) = (row.functions.contains(PORT), row.functions.contains(HUB));
            let named = Named { code: row.code, is_port, is_hub, is_whole: true };
            // `Mina Zayed/Abu Dhabi`, `Ardsley East = Ardsley`, `Tamatave (Toamasina)`: each is a name.
            for text in [&row.name, &row.spelling] {
                names.add(text, named);
                let parts = text.split(['=', '/', '(', ')']).filter(|part| part.len() < text.len());
                parts.for_each(|part| names.add(part, Named { is_whole: false, ..named }));
            }
        }
        for row in self.rows::<NameRow>("place-names") {
            names.add(&row.name, Named { code: row.code, is_port: true, is_hub: true, is_whole: true });
        }
        for row in self.rows::<WordRow>("place-words") {
            let words = if row.side == "before" { &mut names.before } else { &mut names.after };
            words.push(plain_key(&row.word));
        }
        names
    }
}

impl Names {
    fn add(&mut self, name: &str, named: Named) {
        let key = plain_key(name);
        if key.chars().count() < 2 {
            return;
        }
        let known = self.by_name.entry(key.into()).or_default();
        if known.iter().all(|known| known.code != named.code) {
            known.push(named);
        }
    }

    /// The one place that a piece of text names, in the country that is said beside it.
    fn find(&self, piece: &str, country: Option<CountryCode>) -> Option<Unlocode> {
        let key = plain_key(piece);
        let bare = self.before.iter().filter_map(|word| key.strip_prefix(word.as_str()));
        let bare = bare.chain(self.after.iter().filter_map(|word| key.strip_suffix(word.as_str())));
        std::iter::once(key.as_str()).chain(bare).find_map(|key| {
            let known = self.by_name.get(key.trim()).map(Vec::as_slice).unwrap_or_default();
            let there = |named: &&Named| country.is_none_or(|country| named.code.country() == country);
            one_country(&known.iter().filter(there).collect::<Vec<_>>())
        })
    }
}

/// The place that is meant by a name. Those that bear it alone come before those that bear it among others, and ports and
/// airports before the rest; where the first that are left lie in several countries, nobody can tell.
fn one_country(places: &[&Named]) -> Option<Unlocode> {
    let ranks: [fn(&Named) -> bool; 4] = [|n| n.is_whole && n.is_hub, |n| n.is_whole, |n| n.is_hub, |_| true];
    let meant = ranks.iter().map(|is| places.iter().copied().filter(|named| is(named)).collect::<Vec<_>>());
    let meant = meant.into_iter().find(|meant| !meant.is_empty())?;
    let first = meant.iter().find(|named| named.is_port).or(meant.first())?;
    meant.iter().all(|place| place.code.country() == first.code.country()).then_some(first.code)
}

#[cfg(test)]
mod tests {
    use super::super::references::References;
    use super::*;

    #[test]
    fn names_of_places_are_one_place_or_none() {
        let references = References::load(&DataSource::Embedded).unwrap();
        let check = |text: &str, expected: Option<&str>| {
            let found = references.places.find(text, &references.countries);
            assert_eq!(found.as_ref().map(Unlocode::as_str), expected, "{text}");
        };
        check("Port Klang", Some("MYPKG"));
        check("HO CHI MINH CITY", Some("VNSGN"));
        check("上海港", Some("CNSHA"));
        check("Port of Mombasa, Kenya", Some("KEMBA"));
        check("TAMATAVE (TOAMASINA)", Some("MGTMM"));
        check("China, 宁波", Some("CNNGB"));
        check("Rotterdam, Netherlands", Some("NLRTM"));
        check("Singapore", Some("SGSIN"));
        check("China", None);
        // A name of many countries, and no name.
        check("San Jose", None);
        check("the usual place", None);
        check("", None);
        let code = |text: &str| text.parse::<Unlocode>().unwrap();
        assert!(references.places.has(code("MGTMM")) && !references.places.has(code("TOKYO")));
    }

    #[test]
    fn every_row_reads_and_every_name_has_its_place() {
        let mut faults = Vec::new();
        let source = DataSource::Embedded;
        let rows = fields::rows::<Row>(&source, "places", &mut faults).unwrap();
        let names = fields::rows::<NameRow>(&source, "place-names", &mut faults).unwrap();
        let words = fields::rows::<WordRow>(&source, "place-words", &mut faults).unwrap();
        assert_eq!(faults, []);
        assert!(rows.len() > 100_000 && names.len() > 150 && words.len() > 20);
        let references = References::load(&source).unwrap();
        for row in &names {
            assert!(references.places.has(row.code) || references.ports.get(row.code).is_some(), "{row:?}");
        }
    }
}
