//! Goods under whose name wood travels, with the densities that such loads can have.
//!
//! In: a goods text or an HS code. Out: the commodity and its loose density. Source: datasets/cover-goods/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::HsCode;
use crate::text::{Phrases, plain_key};

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
    /// What the two ends are.
    pub note: String,
    /// A case is known.
    #[serde(deserialize_with = "fields::flag")]
    pub seen_as_cover: bool,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All cover goods.
#[derive(Debug, Clone, Default)]
pub struct Covers {
    rows: Vec<CoverGoods>,
    /// Folded words with the row they name, the longest first.
    words: Vec<(String, usize)>,
    /// Ready to search; names in spaced scripts with a space on both sides.
    phrases: Option<Phrases>,
}

impl Covers {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<CoverGoods> = fields::rows(source, "cover-goods", faults)?;
        let mut words: Vec<(String, usize)> = rows
            .iter()
            .enumerate()
            .flat_map(|(n, row)| row.words.iter().map(move |word| (plain_key(word), n)))
            .collect();
        words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        let padded: Vec<String> =
            words.iter().map(|(word, _)| if word.is_ascii() { format!(" {word} ") } else { word.clone() }).collect();
        let phrases = Phrases::build(padded.iter().map(String::as_str)).ok();
        Ok(Self { rows, words, phrases })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[CoverGoods] {
        &self.rows
    }

    /// The goods that a text names; the longest name wins.
    pub fn by_text(&self, text: &str) -> Option<&CoverGoods> {
        let text = format!(" {} ", plain_key(text));
        let found = self.phrases.as_ref()?.all(&text);
        // Words are ordered by falling length, so the lowest pattern is the longest name.
        let (_, n) = self.words.get(found.map(|hit| hit.phrase).min()?)?;
        self.rows.get(*n)
    }

    /// The goods that an HS code holds; the longest prefix wins, then the order of the table.
    pub fn by_hs(&self, code: &HsCode) -> Option<&CoverGoods> {
        let fits =
            |row: &&CoverGoods| row.hs_prefixes.iter().filter(|p| code.is_under(p)).map(String::len).max().unwrap_or(0);
        let best = self.rows.iter().map(|row| fits(&row)).max().filter(|length| *length > 0)?;
        self.rows.iter().find(|row| fits(row) == best)
    }
}
