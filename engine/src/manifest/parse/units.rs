//! Units of mass and volume as declared. Source: datasets/units, read from the built-in data, once.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::super::reading::upper;
use crate::text::{joined, light_key, loose_key};

const TABLE: &str = include_str!("../../../../datasets/units/units.csv");

/// What a unit measures, and how much of kg or m³ one of it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::manifest) enum Unit {
    /// Kilograms.
    Mass(f64),
    /// Cubic metres.
    Volume(f64),
}

/// Codes of Recommendation 20 in upper case, and folded names. A test reads all of the table, so a row cannot fail here.
#[derive(Debug, Default)]
struct Known {
    /// All codes.
    codes: FxHashMap<String, Unit>,
    /// Codes of units that trade has words for as well. The others stand in messages only: in a table `GRN` or `CNT` is a
    /// grain of nothing.
    common: FxHashMap<String, Unit>,
    names: FxHashMap<String, Unit>,
    /// Names as they stand in the table.
    spelled: Vec<(String, Unit)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::default();
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten() {
        let [Some(code), Some(symbol), Some(quantity), Some(factor), Some(aliases)] =
            [0, 1, 2, 3, 4].map(|n| row.get(n))
        else {
            continue;
        };
        let Some(unit) = factor.parse().ok().and_then(|factor| of(quantity, factor)) else { continue };
        known.codes.insert(code.to_owned(), unit);
        if aliases.is_empty() {
            continue;
        }
        known.common.insert(code.to_owned(), unit);
        for name in aliases.split('|').chain([symbol]) {
            known.spelled.push((name.to_owned(), unit));
            known.names.entry(light_key(name)).or_insert(unit);
            // A header is folded further: without accents.
            known.names.entry(joined(&loose_key(name))).or_insert(unit);
        }
    }
    known
});

fn of(quantity: &str, factor: f64) -> Option<Unit> {
    match quantity {
        "mass" => Some(Unit::Mass(factor)),
        "volume" => Some(Unit::Volume(factor)),
        _ => None,
    }
}

/// Every name of the table with its unit.
pub(in crate::manifest) fn names() -> impl Iterator<Item = (&'static str, Unit)> {
    KNOWN.spelled.iter().map(|(name, unit)| (name.as_str(), *unit))
}

/// A unit and whether its spelling is a code of Recommendation 20 (others are doubtful: `MT` and `TON` mean a tonne in
/// trade, which is a thousandfold error if they do not).
pub(in crate::manifest) fn unit(text: &str) -> Option<(Unit, bool)> {
    let coded = KNOWN.common.get(upper(text.trim()).as_ref()).map(|unit| (*unit, true));
    coded.or_else(|| KNOWN.names.get(&light_key(text)).map(|unit| (*unit, false)))
}

/// The unit of a code of Recommendation 20.
pub(super) fn coded(code: &str) -> Option<Unit> {
    KNOWN.codes.get(upper(code.trim()).as_ref()).copied()
}

/// A unit where a code of Recommendation 20 should stand: any code, else as [`unit`].
pub(in crate::manifest) fn coded_unit(text: &str) -> Option<(Unit, bool)> {
    coded(text).map(|unit| (unit, true)).or_else(|| unit(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_by_code_and_by_name() {
        for (text, expected) in [
            ("KGM", Some((Unit::Mass(1.0), true))),
            (" lbr ", Some((Unit::Mass(0.453_592_37), true))),
            ("MT", Some((Unit::Mass(1000.0), false))),
            ("ton", Some((Unit::Mass(1000.0), false))),
            ("Kgs", Some((Unit::Mass(1.0), false))),
            ("MTQ", Some((Unit::Volume(1.0), true))),
            ("m³", Some((Unit::Volume(1.0), false))),
            ("Cu. m", Some((Unit::Volume(1.0), false))),
            ("MTK", None),
            ("pcs", None),
            ("GRN", None),
            ("", None),
        ] {
            assert_eq!(unit(text), expected, "{text}");
        }
        for (code, expected) in
            [("58", Some((Unit::Mass(1.0), true))), ("mbf", Some((Unit::Volume(2.359_737_216), true))), ("C65", None)]
        {
            assert_eq!(coded_unit(code), expected, "{code}");
        }
    }
}
