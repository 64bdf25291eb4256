//! Goods under whose name wood travels, and how heavy goods are: by their names, else by their HS code.
//!
//! In: a goods text or an HS code. Out: the goods with the range of their density as they are stowed. Sources:
//! datasets/cover-goods/card.toml, datasets/hs-densities/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::hs_prefixes::HsPrefixes;
use super::load::DataSource;
use crate::codes::HsCode;
use crate::text::{Hit, Phrases, longest, plain_key, script_of};

/// A commodity under whose name wood was hidden, with the range of its density.
#[derive(Debug, Clone, Deserialize)]
pub struct CoverGoods {
    /// Id that never changes, whatever the row says later.
    pub id: String,
    /// How goods texts call it.
    #[serde(deserialize_with = "fields::parts")]
    pub words: Vec<String>,
    /// HS chapters, headings or subheadings, digits only.
    #[serde(deserialize_with = "fields::parts")]
    pub hs_prefixes: Vec<String>,
    /// Gross mass over volume in the loosest usual stowage, kg/m³.
    pub density_low_kg_m3: f64,
    /// Densest usual stowage, kg/m³; above it the load cannot be these goods.
    pub density_high_kg_m3: f64,
    /// Heaviest single piece of such goods, kg; `None` = pieces are not judged.
    pub piece_high_kg: Option<f64>,
    /// What the two ends of the density are.
    pub note: String,
    /// What such goods fetch at the least, USD for a tonne; `None` = not known.
    pub value_low_usd_t: Option<f64>,
    /// What they fetch at the most.
    pub value_high_usd_t: Option<f64>,
    /// A case is known.
    #[serde(deserialize_with = "fields::flag")]
    pub seen_as_cover: bool,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

impl CoverGoods {
    /// True when its codes have the chapter of this one.
    pub fn is_of_chapter(&self, code: &HsCode) -> bool {
        self.hs_prefixes.iter().any(|prefix| prefix.get(..2) == Some(code.chapter()))
    }
}

/// How heavy goods of an HS chapter or heading are.
#[derive(Debug, Clone, Deserialize)]
pub struct HsDensity {
    /// Chapter or heading, digits only.
    pub hs: String,
    /// Loosest usual stowage, kg/m³.
    pub density_low_kg_m3: f64,
    /// Densest usual stowage, kg/m³.
    pub density_high_kg_m3: f64,
    /// Heaviest single item of such goods, kg.
    pub item_high_kg: Option<f64>,
    /// What the goods are.
    pub goods: String,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All cover goods, and densities by HS code.
#[derive(Debug, Clone, Default)]
pub struct Covers {
    rows: Vec<CoverGoods>,
    goods_by_hs: HsPrefixes,
    densities: Vec<HsDensity>,
    density_by_hs: HsPrefixes,
    /// Row of each phrase, and whether it is of a script that parts words.
    owners: Vec<(usize, bool)>,
    /// Ready to search.
    phrases: Option<Phrases>,
}

impl Covers {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<CoverGoods> = fields::rows(source, "cover-goods", faults)?;
        let densities: Vec<HsDensity> = fields::rows(source, "hs-densities", faults)?;
        let goods_by_hs = HsPrefixes::of(
            rows.iter().enumerate().flat_map(|(n, row)| row.hs_prefixes.iter().map(move |prefix| (prefix.as_str(), n))),
        );
        let of_rows = densities.iter().enumerate().rev().map(|(n, row)| (row.hs.as_str(), n));
        let density_by_hs = HsPrefixes::of(of_rows);
        let mut words: Vec<(String, usize)> = rows
            .iter()
            .enumerate()
            .flat_map(|(n, row)| row.words.iter().map(move |word| (plain_key(word), n)))
            .filter(|(word, _)| !word.is_empty())
            .collect();
        words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        let is_spaced = |word: &str| !word.chars().any(|c| script_of(c).is_spaceless());
        let phrases = Phrases::build(words.iter().map(|(word, _)| word.as_str())).ok();
        let owners = words.iter().map(|(word, n)| (*n, is_spaced(word))).collect();
        Ok(Self { rows, goods_by_hs, densities, density_by_hs, owners, phrases })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[CoverGoods] {
        &self.rows
    }

    /// All densities by HS code, in the order of the table.
    pub fn densities(&self) -> &[HsDensity] {
        &self.densities
    }

    /// The goods that a text names, each once: a longer name swallows those inside it. `key`: the text folded by
    /// [`plain_key`].
    pub fn all_in(&self, key: &str) -> Vec<&CoverGoods> {
        let mut found: Vec<usize> =
            longest(self.hits(key)).into_iter().filter_map(|hit| Some(self.owners.get(hit.phrase)?.0)).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|n| self.rows.get(n)).collect()
    }

    /// Every name that stands in a text; in a script that parts words, as whole words.
    fn hits(&self, key: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        if let Some(phrases) = &self.phrases {
            phrases.each_in_key(key, |hit| {
                let is_spaced = self.owners.get(hit.phrase).is_some_and(|(_, is_spaced)| *is_spaced);
                if !is_spaced || stands_between_spaces(key, &hit) {
                    hits.push(hit);
                }
            });
        }
        hits
    }

    /// How heavy goods of this code are: the longest prefix wins; `None` = nothing is known of them.
    pub fn of_code(&self, code: &HsCode) -> Option<&HsDensity> {
        self.densities.get(self.density_by_hs.longest(code)?)
    }

    /// The goods that an HS code holds; the longest prefix wins, then the order of the table.
    pub fn by_hs(&self, code: &HsCode) -> Option<&CoverGoods> {
        self.rows.get(self.goods_by_hs.longest(code)?)
    }
}

fn stands_between_spaces(key: &str, hit: &Hit) -> bool {
    let is_parted = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b' ');
    let bytes = key.as_bytes();
    is_parted(hit.start.checked_sub(1).and_then(|before| bytes.get(before))) && is_parted(bytes.get(hit.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_those_that_the_words_name() {
        let covers = Covers::load(&DataSource::Embedded, &mut Vec::new()).unwrap();
        for (text, expected) in [
            ("PLASTIC SCRAP in bales", &["plastic-scrap"][..]),
            ("rice, salt", &["rice", "salt"]),
            ("rice salt", &["rice", "salt"]),
            ("COCONUT CHARCOAL BRIQUETTES", &["briquettes"]),
            ("giấy phế liệu", &["waste-paper"]),
            ("printed price lists", &[]),
            ("废纸打包", &["waste-paper"]),
        ] {
            let mut found: Vec<&str> = covers.all_in(&plain_key(text)).iter().map(|goods| goods.id.as_str()).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
        let of = |code: &str| covers.of_code(&code.parse().unwrap()).map(|row| row.hs.as_str());
        assert_eq!((of("391590"), of("390210"), of("720449")), (Some("3915"), Some("39"), None));
    }
}
