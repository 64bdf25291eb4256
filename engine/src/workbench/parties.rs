//! Measures the likeness of names against labelled pairs, and how many innocent names a watch list stops.
//!
//! In: CSV rows `a`, `b`, `kind`, `same`, `note`; for the screen, parts of names (`culture`, `part`, `word`) and a seed.
//! Out: precision and recall at [`SAME_PARTY`], by kind and by half, and the errors; hits of names that are on no list.
//! A pair belongs to a half by a fixed rule (a hash of its two names): one half is looked at while the matcher is mended,
//! of the other only the figures are shown.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::alerts::{WatchList, WatchedParty};
use crate::codes::Date;
use crate::parties::{PartyName, SAME_PARTY, similarity};

/// Which half a pair belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Its errors are shown.
    Tuned,
    /// Only its figures are shown.
    Kept,
}

/// Counts of one group of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Counted {
    pub pairs: usize,
    /// Pairs of one party.
    pub same: usize,
    /// Pairs taken for one party.
    pub taken: usize,
    /// Pairs of one party that are taken for one.
    pub right: usize,
    /// Right ÷ taken; 1 when none was taken.
    pub precision: f64,
    /// Right ÷ same; 1 when none is the same.
    pub recall: f64,
}

impl Counted {
    fn add(&mut self, same: bool, taken: bool) {
        self.pairs += 1;
        self.same += usize::from(same);
        self.taken += usize::from(taken);
        self.right += usize::from(same && taken);
    }

    fn finish(&mut self) {
        let ratio = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        self.precision = ratio(self.right, self.taken);
        self.recall = ratio(self.right, self.same);
    }
}

/// A pair of the half that is looked at, taken for what it is not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrongPair {
    pub a: String,
    pub b: String,
    pub kind: String,
    /// What the row says.
    pub same: bool,
    pub similarity: f64,
}

/// Figures over labelled pairs.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PairFigures {
    pub all: Counted,
    pub by_half: BTreeMap<Half, Counted>,
    pub by_kind: BTreeMap<String, Counted>,
    pub wrong: Vec<WrongPair>,
    /// Rows that could not be read, and why.
    pub unread: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    a: String,
    b: String,
    kind: String,
    same: bool,
}

/// Compares the two names of every row of every file.
pub fn evaluate<'t>(files: impl IntoIterator<Item = &'t str>) -> PairFigures {
    let mut out = PairFigures::default();
    for text in files {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.deserialize::<Row>() {
            match row {
                Ok(row) => judge(row, &mut out),
                Err(error) => out.unread.push(error.to_string()),
            }
        }
    }
    let groups = out.by_half.values_mut().chain(out.by_kind.values_mut()).chain(std::iter::once(&mut out.all));
    groups.for_each(Counted::finish);
    out
}

fn judge(row: Row, out: &mut PairFigures) {
    let similarity = similarity(&PartyName::new(&row.a), &PartyName::new(&row.b));
    let taken = similarity >= SAME_PARTY;
    let half = half(&row.a, &row.b);
    out.all.add(row.same, taken);
    out.by_half.entry(half).or_default().add(row.same, taken);
    out.by_kind.entry(row.kind.clone()).or_default().add(row.same, taken);
    if taken != row.same && half == Half::Tuned {
        out.wrong.push(WrongPair { a: row.a, b: row.b, kind: row.kind, same: row.same, similarity });
    }
}

/// FNV-1a over both names; an even sum of its halves is the half that is looked at.
fn half(a: &str, b: &str) -> Half {
    let bytes = a.bytes().chain([0]).chain(b.bytes());
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    if (sum ^ (sum >> 32)) & 1 == 0 { Half::Tuned } else { Half::Kept }
}

/// How many innocent names met a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Screened {
    /// Names on the list.
    pub listed: usize,
    /// Innocent names asked.
    pub asked: usize,
    /// Names made that are those of an entry, word by word: they are not asked.
    pub namesakes: usize,
    pub hits: usize,
    /// Some of them: name asked, name met.
    pub examples: Vec<(String, String)>,
}

/// Examples shown.
const EXAMPLES: usize = 40;

/// Makes a watch list and innocent names from the same parts, and asks for each of them.
///
/// # Errors
/// Says which part is missing.
pub fn screen(parts: &str, listed: usize, asked: usize, seed: u64) -> Result<Screened, String> {
    let mut maker = Maker::new(parts, seed)?;
    let words =
        |name: &str| -> BTreeSet<String> { PartyName::new(name).words().map(|(word, _)| word.to_owned()).collect() };
    let mut names: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let written = csv.write_record(["id", "kind", "name"]);
    written.map_err(|error| error.to_string())?;
    while names.len() < listed {
        let name = maker.name();
        if names.insert(words(&name)) {
            let id = format!("L{}", names.len());
            csv.write_record([id.as_str(), "company", name.as_str()]).map_err(|error| error.to_string())?;
        }
    }
    let bytes = csv.into_inner().map_err(|error| error.to_string())?;
    let (list, faults) = WatchList::from_csv(&bytes);
    if faults.iter().any(|fault| fault.rejected) {
        return Err("the list could not be read back".to_owned());
    }
    let mut out = Screened { listed: list.len(), ..Screened::default() };
    while out.asked < asked {
        let name = maker.name();
        if names.contains(&words(&name)) {
            out.namesakes += 1;
            continue;
        }
        out.asked += 1;
        let party = WatchedParty { name: &name, country: None, address: "" };
        if let Some(found) = list.closest(&party, Date::MAX) {
            out.hits += 1;
            if out.examples.len() < EXAMPLES {
                out.examples.push((name, found.met));
            }
        }
    }
    Ok(out)
}

/// Makes names of firms, persons and ships.
struct Maker {
    /// Surnames and first names of each culture.
    people: Vec<(Vec<String>, Vec<String>)>,
    brands: Vec<String>,
    towns: Vec<String>,
    trades: Vec<String>,
    forms: Vec<String>,
    state: u64,
}

#[derive(Deserialize)]
struct Part {
    culture: String,
    part: String,
    word: String,
}

impl Maker {
    fn new(parts: &str, seed: u64) -> Result<Self, String> {
        let mut reader = csv::Reader::from_reader(parts.as_bytes());
        let rows: Vec<Part> = reader.deserialize().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let of = |part: &str, culture: &str| -> Vec<String> {
            let rows = rows.iter().filter(|row| row.part == part && row.culture == culture);
            rows.map(|row| row.word.clone()).collect()
        };
        let cultures: BTreeSet<&str> = rows.iter().map(|row| row.culture.as_str()).filter(|c| !c.is_empty()).collect();
        let people = cultures.into_iter().map(|culture| (of("surname", culture), of("first", culture))).collect();
        let maker = Self {
            people,
            brands: of("brand", ""),
            towns: of("town", ""),
            trades: of("trade", ""),
            forms: of("form", ""),
            state: seed,
        };
        let empty =
            [&maker.brands, &maker.towns, &maker.trades, &maker.forms].into_iter().any(|words| words.is_empty());
        let nobody = maker.people.iter().any(|(surnames, firsts)| surnames.is_empty() || firsts.is_empty());
        if empty || nobody || maker.people.is_empty() {
            return Err("parts are missing: surname, first, brand, town, trade, form".to_owned());
        }
        Ok(maker)
    }

    /// SplitMix64.
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n.max(1) as u64).unwrap_or(0)
    }

    fn one(&mut self, of: fn(&Self) -> &Vec<String>) -> String {
        let n = of(self).len();
        let n = self.below(n);
        of(self).get(n).cloned().unwrap_or_default()
    }

    fn person(&mut self, firsts: usize) -> String {
        let n = self.below(self.people.len());
        let (i, j, k) = (self.below(usize::MAX), self.below(usize::MAX), self.below(usize::MAX));
        let Some((surnames, first)) = self.people.get(n) else { return String::new() };
        let one = |words: &Vec<String>, n: usize| words.get(n % words.len().max(1)).cloned().unwrap_or_default();
        let names: Vec<String> = [one(first, i), one(first, k)].into_iter().take(firsts).collect();
        format!("{} {}", names.join(" "), one(surnames, j)).trim().to_owned()
    }

    /// A firm by brand, a firm by its owner, a person, a ship.
    fn name(&mut self) -> String {
        match self.below(20) {
            0..8 => {
                let (a, b) = (self.one(|own| &own.brands), self.one(|own| &own.towns));
                let trade = self.one(|own| &own.trades);
                format!("{a} {b} {trade} {}", self.one(|own| &own.forms))
            }
            8..13 => {
                let owner = self.person(0);
                let (brand, trade) = (self.one(|own| &own.brands), self.one(|own| &own.trades));
                match self.below(3) {
                    0 => format!("{owner} {trade} {}", self.one(|own| &own.forms)),
                    1 => format!("{brand} {owner} {trade}"),
                    _ => format!("{owner} & {} {trade} {}", self.person(0), self.one(|own| &own.forms)),
                }
            }
            13..15 => self.person(1),
            15..18 => self.person(2),
            _ => {
                let (a, b) = (self.one(|own| &own.brands), self.one(|own| &own.towns));
                format!("MV {b} {a}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_by_half_and_kind_and_errors_of_the_kept_half_are_not_shown() {
        let mut text = "a,b,kind,same,note\n".to_owned();
        for n in 0..40 {
            text.push_str(&format!(
                "Mbao {n} Ltd,Mbao {n} Limited,form,true,\nMbao {n} Ltd,Lamu {n} Limited,other,true,\n"
            ));
        }
        let found = evaluate([text.as_str()]);
        assert_eq!((found.all.pairs, found.all.right), (80, 40));
        assert_eq!(found.by_kind.get("form").map(|counted| counted.recall), Some(1.0));
        let shown = found.wrong.len();
        assert!(shown > 0 && shown < 40, "{shown}");
        let unread = evaluate(["a,b,kind,same\nx,y,z,maybe\n"]);
        assert_eq!(unread.unread.len(), 1);
    }

    #[test]
    fn a_screen_needs_every_part() {
        assert!(screen("culture,part,word\nen,surname,Smith\n", 1, 1, 1).is_err());
    }
}
