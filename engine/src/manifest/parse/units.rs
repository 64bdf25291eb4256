//! Units of mass and volume as declared. Source: UNECE Recommendation 20 and the spellings of trade (datasets/units).

use super::super::reading::upper;

/// What a unit measures, and how much of kg or m³ one of it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Kilograms.
    Mass(f64),
    /// Cubic metres.
    Volume(f64),
}

/// A unit and whether its spelling is a code of Recommendation 20 (others are doubtful: `MT` and `TON` mean a tonne in
/// trade, which is a thousandfold error if they do not).
pub(super) fn unit(text: &str) -> Option<(Unit, bool)> {
    use Unit::{Mass, Volume};
    Some(match upper(text.trim()).as_ref() {
        "KGM" => (Mass(1.0), true),
        "GRM" => (Mass(0.001), true),
        "TNE" => (Mass(1000.0), true),
        "DTN" => (Mass(100.0), true),
        "LBR" => (Mass(0.453_592_37), true),
        "STN" => (Mass(907.184_74), true),
        "LTN" => (Mass(1_016.046_908_8), true),
        "KG" | "KGS" | "KILO" => (Mass(1.0), false),
        "MT" | "TON" | "T" | "TNS" => (Mass(1000.0), false),
        "LB" | "LBS" => (Mass(0.453_592_37), false),
        "MTQ" => (Volume(1.0), true),
        "CMQ" => (Volume(0.000_001), true),
        "LTR" => (Volume(0.001), true),
        "MLT" => (Volume(0.000_001), true),
        "FTQ" => (Volume(0.028_316_846_592), true),
        "BFT" => (Volume(0.002_359_737_216), true),
        "M3" | "CBM" | "MTR3" | "M\u{b3}" => (Volume(1.0), false),
        "CFT" => (Volume(0.028_316_846_592), false),
        _ => return None,
    })
}
