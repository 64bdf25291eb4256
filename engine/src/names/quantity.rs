//! A number with a unit of mass or volume near a name: what is weighed in tonnes or kilograms is cargo.
//!
//! In: a folded text and where a name stands. Out: the number and its unit, in bytes of the folded text.
//! Source: `datasets/units`. Small measures (millilitres, grams) say nothing: paints and creams are sold in them.

use rustc_hash::FxHashSet;

use crate::reference::{Measured, Unit};
use crate::text::{Folded, Gap, Script, fold};

/// Tokens between a name and a quantity.
const REACH: usize = 4;
/// Smallest unit of mass that counts, in kg: the pound.
const MASS_MIN_KG: f64 = 0.45;
/// Smallest unit of volume that counts, in m³: the board foot.
const VOLUME_MIN_M3: f64 = 0.002;

/// Names of units that cargo is measured in.
#[derive(Debug, Default)]
pub(super) struct Quantities {
    units: FxHashSet<String>,
}

impl Quantities {
    /// The units of the table that are large enough.
    pub fn build(units: &[Unit]) -> Self {
        let large = |unit: &&Unit| match unit.quantity {
            Measured::Mass => unit.factor >= MASS_MIN_KG,
            Measured::Volume => unit.factor >= VOLUME_MIN_M3,
            _ => false,
        };
        let names = units.iter().filter(large).flat_map(|unit| unit.aliases.iter().chain([&unit.symbol]));
        Self { units: names.map(|name| solid(name)).filter(|name| !name.is_empty()).collect() }
    }

    /// True for the name of a unit, folded; plurals of English and French included.
    pub fn is_unit(&self, word: &str) -> bool {
        self.units.contains(word) || word.strip_suffix('s').is_some_and(|one| one.len() > 2 && self.units.contains(one))
    }

    /// The quantity nearest to the name at `start..end`.
    pub fn near(&self, folded: &Folded, start: usize, end: usize) -> Option<(usize, usize)> {
        let tokens = folded.tokens();
        let (first, last) = (folded.token_at(start)?, folded.token_at(end.saturating_sub(1))?);
        let around = first.saturating_sub(REACH)..(last + 1 + REACH).min(tokens.len());
        let outside = |n: &usize| *n < first || *n > last;
        around.filter(outside).find_map(|n| {
            let (unit, after) = self.unit_at(folded, n)?;
            let number = |n: Option<usize>| {
                n.and_then(|n| Some((n, tokens.get(n).filter(|token| token.script == Script::Digit)?)))
            };
            let close = |n: usize| tokens.get(n).is_some_and(|token| token.gap != Gap::Hard);
            let before = number(n.checked_sub(1)).filter(|_| close(n));
            let behind = number(Some(after)).filter(|_| close(after));
            let (_, number) = before.or(behind)?;
            Some((unit.0.min(number.start), unit.1.max(number.end)))
        })
    }

    /// The unit that begins at token `n`, and the token after it.
    fn unit_at(&self, folded: &Folded, n: usize) -> Option<((usize, usize), usize)> {
        let token = folded.tokens().get(n).filter(|token| token.script != Script::Digit)?;
        let glued = folded.tokens().get(n + 1).filter(|next| next.gap == Gap::Glued && next.script == Script::Digit);
        let whole = glued.and_then(|next| folded.text().get(token.start..next.end));
        if let (Some(next), Some(true)) = (glued, whole.map(|word| self.is_unit(word))) {
            return Some(((token.start, next.end), n + 2));
        }
        self.is_unit(folded.word(token)).then_some(((token.start, token.end), n + 1))
    }
}

fn solid(name: &str) -> String {
    let folded = fold(name);
    folded.tokens().iter().map(|token| folded.word(token)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{DataSource, load_units};

    #[test]
    fn numbers_with_units_of_cargo() {
        let quantities = Quantities::build(&load_units(&DataSource::Embedded).unwrap());
        let check = |text: &str, found: Option<&str>| {
            let folded = fold(text);
            let start = folded.text().find("ebony").unwrap();
            let near = quantities.near(&folded, start, start + 5);
            assert_eq!(near.map(|(from, to)| &folded.text()[from..to]), found, "{text}");
        };
        check("20 TONS EBONY", Some("20tons"));
        check("EBONY KG 8000", Some("kg8000"));
        check("EBONY LOGS 3.2 M3", Some("2m3"));
        check("EBONY 250 ML", None);
        check("EBONY LOGS NO 12", None);
    }
}
