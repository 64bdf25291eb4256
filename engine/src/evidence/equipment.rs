//! Containers and the ship: check digits, loads and limits.
//!
//! Sources: ISO 6346 (check digit, size-type), IMO Resolution A.1117(30) (ship number), SOLAS VI/2 (verified gross mass);
//! the worked vectors stand in the tests below.

use std::collections::BTreeMap;

use serde::Serialize;

use super::neighbours::Neighbours;
use crate::manifest::{Consignment, Equipment};

/// Highest gross mass of any ISO container since 2005, kg (ISO 668).
pub const MAX_CONTAINER_GROSS_KG: f64 = 30_480.0;
/// Tare where none is stated, kg: a 20-foot box.
pub const USUAL_TARE_KG: f64 = 2_200.0;

/// One container of the consignment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContainerEvidence {
    /// Number as declared.
    pub number: String,
    /// Check digit holds; `None` = not a container number by shape (`LCL`, `BULK`).
    pub check_digit_holds: Option<bool>,
    /// Size and type.
    pub size_type: Option<String>,
    /// `empty`, `part`, `full`, `mixed`.
    pub fullness: Option<String>,
    /// Numbers of the seals.
    pub seals: Vec<String>,
    /// Refrigerated or tank.
    pub is_reefer: bool,
    /// Goods in it, kg, when they are all of this consignment and their mass is known.
    pub load_kg: Option<f64>,
    /// More than it may carry.
    pub overweight: Option<bool>,
    /// VGM against tare and goods.
    pub vgm_differs: Option<bool>,
}

/// Containers and the ship's number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EquipmentEvidence {
    /// Containers that the goods items name, each once, by number.
    pub containers: Vec<ContainerEvidence>,
    /// IMO number holds; `None` = none stated.
    pub imo_holds: Option<bool>,
    /// Arrival before departure; `None` = a date is missing.
    pub arrives_before_departure: Option<bool>,
}

/// Looks at every container that the consignment names.
pub fn gather(neighbours: &Neighbours<'_>, consignment: &Consignment) -> EquipmentEvidence {
    let manifest = neighbours.manifest;
    let loads = loads(consignment);
    let containers = loads.iter().map(|(number, load)| container(neighbours, number, *load)).collect();
    let means = manifest.transport_means.as_ref();
    let imo_holds = means.and_then(|means| means.imo.as_deref()).map(imo_holds);
    let day = |call: &Option<crate::manifest::Call>| call.as_ref().and_then(|c| c.at.as_ref()).map(|at| at.day());
    let arrives_before_departure =
        day(&manifest.departure).zip(day(&manifest.arrival)).map(|(departure, arrival)| arrival < departure);
    EquipmentEvidence { containers, imo_holds, arrives_before_departure }
}

fn container(neighbours: &Neighbours<'_>, number: &str, load: Option<f64>) -> ContainerEvidence {
    let equipment: Option<&Equipment> = neighbours.container(number);
    let size_type = equipment.and_then(|equipment| equipment.size_type.clone());
    let type_letter = size_type.as_deref().and_then(|size| size.chars().nth(2)).map(|c| c.to_ascii_uppercase());
    let load_kg = load.filter(|_| !neighbours.is_shared(number));
    let tare = equipment.and_then(|equipment| equipment.tare_kg).unwrap_or(USUAL_TARE_KG);
    let vgm = equipment.and_then(|equipment| equipment.vgm_kg);
    ContainerEvidence {
        number: number.to_owned(),
        check_digit_holds: iso6346_holds(number),
        fullness: equipment.and_then(|equipment| equipment.fullness.clone()),
        seals: equipment
            .map(|equipment| equipment.seals.iter().map(|seal| seal.number.clone()).collect())
            .unwrap_or_default(),
        is_reefer: matches!(type_letter, Some('R' | 'H' | 'T' | 'K')),
        size_type,
        overweight: load_kg.map(|load| load + tare > MAX_CONTAINER_GROSS_KG),
        vgm_differs: vgm.zip(load_kg).map(|(vgm, load)| (vgm - tare - load).abs() > 0.05 * load.max(1.0)),
        load_kg,
    }
}

/// Containers that the goods name, by number, each with the mass of the items that lie wholly in it; `None` when an item
/// is spread over several, or a mass is not known.
fn loads(consignment: &Consignment) -> BTreeMap<&str, Option<f64>> {
    let mut loads: BTreeMap<&str, Option<f64>> = BTreeMap::new();
    for item in &consignment.goods_items {
        let own = item.gross_mass_kg.filter(|_| item.in_containers.len() == 1);
        for place in item.in_containers.iter().filter(|place| !place.container.trim().is_empty()) {
            let load = loads.entry(place.container.as_str()).or_insert(Some(0.0));
            *load = load.zip(own).map(|(sum, more)| sum + more);
        }
    }
    loads
}

/// ISO 6346 check digit. `None` when the text has not the shape of a container number.
pub fn iso6346_holds(text: &str) -> Option<bool> {
    let mut signs = text.bytes().filter(|b| !matches!(b, b' ' | b'-' | b'/')).map(|b| b.to_ascii_uppercase());
    let number: [u8; 11] = std::array::from_fn(|_| signs.next().unwrap_or_default());
    let (letters, digits) = number.split_at(4);
    let shaped = letters.iter().all(u8::is_ascii_uppercase)
        && matches!(letters.last(), Some(b'U' | b'J' | b'Z'))
        && digits.iter().all(u8::is_ascii_digit);
    if !shaped || signs.next().is_some() {
        return None;
    }
    // Letter values from 10 on skip the multiples of 11 (11, 22, 33).
    let value = |byte: &u8| -> u32 {
        match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            letter => {
                let n = 10 + u32::from(letter - b'A');
                n + n.saturating_sub(1) / 10
            }
        }
    };
    let sum: u32 = number.iter().take(10).enumerate().map(|(place, byte)| value(byte) << place).sum();
    let last = digits.last().map(|byte| u32::from(byte - b'0'));
    Some(last == Some(sum % 11 % 10))
}

/// IMO ship number: six digits weighted 7 to 2; the last digit of the sum is the seventh.
pub fn imo_holds(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let sum: u32 = digits.iter().take(6).zip((2..=7).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 7 && letters <= 3 && digits.last() == Some(&(sum % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn container_check_digits() {
        for (number, holds) in [
            ("CSQU3054383", Some(true)),
            ("ZZSU4170016", Some(true)),
            ("ZZSU4170021", Some(true)),
            ("ZZSU4170090", Some(true)),
            ("CSQU3054384", Some(false)),
            ("CSQU3045383", Some(false)),
            ("csqu 305438-3", Some(true)),
            ("LCL", None),
            ("BULK", None),
            ("", None),
        ] {
            assert_eq!(iso6346_holds(number), holds, "{number}");
        }
    }

    #[test]
    fn ship_numbers() {
        assert!(imo_holds("9074729") && imo_holds("IMO 9999993"));
        assert!(!imo_holds("9999994") && !imo_holds("907472") && !imo_holds(""));
    }
}
