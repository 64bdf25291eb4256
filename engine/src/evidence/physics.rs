//! Mass and volume against what the declared goods can have.
//!
//! Air-dry density for sawn wood; logs may weigh 1.3 times as much (moisture, bark, sapwood). Gross mass carries
//! packing, so its limits are a tenth wider. Sources: datasets/densities, datasets/cover-goods; sizes of
//! boxes from ISO 668 and their codes from ISO 6346. Goods other than wood: `cover.rs`; values: `price.rs`.

use crate::manifest::GoodsItem;
use crate::reference::Form;

use super::cover::{self, CoverEvidence};
use super::equipment::EquipmentEvidence;
use super::weighing::{From, GROSS_MARGIN, HIGH_MARGIN, LOG_FACTOR, LOW_MARGIN, range_of};

/// Lightest rosewood, ebony or blackwood loads, kg/m³: stacked boards with the air between them.
pub const DENSE_FROM_KG_M3: f64 = 750.0;
/// Heaviest, kg/m³: fresh blackwood logs, 1.3 × 1,270.
pub const DENSE_TO_KG_M3: f64 = 1_650.0;

/// Mass and volume of an item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PhysicsEvidence {
    /// kg/m³; `None` = a figure is missing or zero.
    pub density_kg_m3: Option<f64>,
    /// `consistent`, `too_heavy`, `too_light`; `None` = no density or no range.
    pub density: Option<&'static str>,
    /// Range for the declared wood.
    pub expected_kg_m3: Option<(f64, f64)>,
    /// Name of the taxon or commodity whose range was compared.
    pub expected_of: String,
    /// What the goods can weigh by what they are called, where they name none of the woods looked for.
    pub cover: Option<CoverEvidence>,
    /// As heavy as the woods looked for.
    pub as_dense_as_rosewood: Option<bool>,
    /// kg a package.
    pub kg_per_package: Option<f64>,
    /// Net above gross.
    pub net_above_gross: Option<bool>,
    /// The volume fits the containers.
    pub fits_container: Option<bool>,
}

/// Net mass of an item, else its gross mass, kg.
pub(super) fn mass(item: &GoodsItem) -> Option<f64> {
    item.net_mass_kg.filter(|kg| *kg > 0.0).or(item.gross_mass_kg).filter(|kg| *kg > 0.0)
}

/// Volume of an item, m³.
pub(super) fn volume(item: &GoodsItem) -> Option<f64> {
    item.volume_m3.filter(|m3| *m3 > 0.0)
}

/// Weighs an item.
pub(super) fn gather(from: &From<'_>) -> PhysicsEvidence {
    let From { item, equipment, .. } = *from;
    let (mass, volume) = (mass(item), volume(item));
    let density_kg_m3 = mass.zip(volume).map(|(kg, m3)| kg / m3);
    let net = item.net_mass_kg.is_some_and(|kg| kg > 0.0);
    let (expected_kg_m3, expected_of) = expected(from, net);
    let density = density_kg_m3.zip(expected_kg_m3).map(|(density, (low, high))| {
        if density > high {
            "too_heavy"
        } else if density < low {
            "too_light"
        } else {
            "consistent"
        }
    });
    let n_packages: u64 = item.packages.iter().filter_map(|packages| packages.n).sum();
    let kg_per_package = item.gross_mass_kg.filter(|_| n_packages > 0).map(|kg| kg / n_packages as f64);
    let cover = cover::gather(from, density_kg_m3, kg_per_package);
    PhysicsEvidence {
        density_kg_m3,
        density,
        expected_kg_m3,
        expected_of,
        cover,
        as_dense_as_rosewood: density_kg_m3.map(|density| (DENSE_FROM_KG_M3..=DENSE_TO_KG_M3).contains(&density)),
        kg_per_package,
        net_above_gross: item.net_mass_kg.zip(item.gross_mass_kg).map(|(net, gross)| net > gross),
        fits_container: fits(equipment, item, volume),
    }
}

/// Length of a box inside, m, by the first character of its size code (ISO 668, least inside length of freight containers).
const INSIDE_LENGTH_M: [(char, f64); 4] = [('2', 5.867), ('3', 8.931), ('4', 11.998), ('L', 13.542)];
/// Height inside, m, by the second character: outside height less 0.241 m (ISO 668).
const INSIDE_HEIGHT_M: [(char, f64); 3] = [('0', 2.197), ('2', 2.350), ('5', 2.655)];
/// Width inside, m (ISO 668).
const INSIDE_WIDTH_M: f64 = 2.330;
/// Boxes are built up to a twentieth roomier than ISO 668 asks for at least.
const ROOMIER: f64 = 1.05;

/// m³ that a closed box of this ISO 6346 size and type holds at most; `None` for what has no roof or wall, for tanks, for
/// wider boxes and for codes of another shape.
fn capacity_m3(size_type: &str) -> Option<f64> {
    let mut code = size_type.trim().chars().map(|c| c.to_ascii_uppercase());
    let (length, height, kind) = (code.next()?, code.next()?, code.next()?);
    let of = |table: &[(char, f64)], key: char| table.iter().find(|(known, _)| *known == key).map(|(_, m)| *m);
    let closed = matches!(kind, 'G' | 'V' | 'R' | 'H');
    let inside = of(&INSIDE_LENGTH_M, length)? * of(&INSIDE_HEIGHT_M, height)? * INSIDE_WIDTH_M;
    closed.then_some(inside * ROOMIER)
}

/// Does the volume fit the boxes that the item is in? `None` = no volume, no box, or a box of unknown size.
fn fits(equipment: &EquipmentEvidence, item: &GoodsItem, volume: Option<f64>) -> Option<bool> {
    let mut numbers: Vec<&str> = item.in_containers.iter().map(|place| place.container.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of = |number: &&str| {
        // They stand by number.
        let found = equipment.containers.binary_search_by(|container| container.number.as_str().cmp(number)).ok()?;
        capacity_m3(equipment.containers.get(found)?.size_type.as_deref()?)
    };
    let room: f64 = numbers.iter().map(of).sum::<Option<f64>>()?;
    volume.filter(|_| !numbers.is_empty()).map(|volume| volume <= room)
}

/// Density range of the woods that are named: the widest over all of them. Finished goods have air in them, so only
/// raw and semi-worked wood has a range.
fn expected(from: &From<'_>, net: bool) -> (Option<(f64, f64)>, String) {
    let form = from.form;
    let is_solid = matches!(form, Some(Form::Log | Form::Sawn | Form::Blank | Form::TransformedWood));
    if !is_solid || from.names.mentions.is_empty() && from.timbers.is_empty() {
        return (None, String::new());
    }
    let high_factor = if form == Some(Form::Log) { LOG_FACTOR } else { HIGH_MARGIN };
    let mut range: Option<(f64, f64)> = None;
    let mut of = Vec::new();
    let mut widen = |low: f64, high: f64| {
        range = Some(range.map_or((low, high), |(l, h): (f64, f64)| (l.min(low), h.max(high))));
    };
    for taxon in from.taxa {
        match (from.references.densities.of(&taxon.taxon), from.references.timbers.of_taxon(&taxon.taxon)) {
            (Some(row), _) => widen(row.air_dry_min_kg_m3 * LOW_MARGIN, row.air_dry_max_kg_m3 * high_factor),
            (None, Some(timber)) => {
                let (low, high) = range_of(timber, form);
                widen(low, high);
            }
            (None, None) => return (None, String::new()),
        }
        of.push(taxon.taxon.as_str());
    }
    for timber in from.timbers {
        let (low, high) = range_of(timber, form);
        widen(low, high);
        of.push(timber.timber.as_str());
    }
    let range = range.map(|(low, high)| (low, if net { high } else { high * GROSS_MARGIN }));
    (range, of.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_holds_what_its_code_says() {
        for (code, m3) in [
            ("22G1", Some(33.7)),
            ("42G1", Some(69.0)),
            ("45g1", Some(77.9)),
            ("L5R1", Some(88.0)),
            // Open top, flat, tank, wider, unknown.
            ("22U1", None),
            ("42P1", None),
            ("22T1", None),
            ("4EG1", None),
            ("9999", None),
            ("22", None),
            ("", None),
        ] {
            let found = capacity_m3(code);
            assert_eq!(found.map(|m3| (m3 * 10.0).round() / 10.0), m3, "{code}");
        }
    }

    #[test]
    fn a_volume_fits_its_boxes_or_it_is_not_told() {
        let equipment = |sizes: &[(&str, Option<&str>)]| EquipmentEvidence {
            containers: sizes
                .iter()
                .map(|(number, size)| crate::evidence::equipment::ContainerEvidence {
                    fullness: None,
                    seals: Vec::new(),
                    number: (*number).to_owned(),
                    check_digit_holds: None,
                    size_type: size.map(str::to_owned),
                    is_reefer: false,
                    load_kg: None,
                    overweight: None,
                    vgm_differs: None,
                })
                .collect(),
            ..EquipmentEvidence::default()
        };
        let item = |numbers: &[&str]| {
            let places = numbers.iter().map(|number| serde_json::json!({ "container": number }));
            serde_json::from_value::<GoodsItem>(
                serde_json::json!({ "description": "", "in_containers": places.collect::<Vec<_>>() }),
            )
            .unwrap()
        };
        let both = equipment(&[("A", Some("22G1")), ("B", Some("42G1")), ("C", None)]);
        for (numbers, volume, expected) in [
            (&["A"][..], Some(30.0), Some(true)),
            (&["A"], Some(40.0), Some(false)),
            (&["A", "B"], Some(100.0), Some(true)),
            (&["A", "B", "A"], Some(110.0), Some(false)),
            (&["A", "C"], Some(200.0), None),
            (&["A"], None, None),
            (&[], Some(1.0), None),
        ] {
            assert_eq!(fits(&both, &item(numbers), volume), expected, "{numbers:?} {volume:?}");
        }
    }
}
