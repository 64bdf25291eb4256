//! Containers and the ship: check digits, loads and limits.
//!
//! Sources: ISO 6346 (check digit, size-type), IMO Resolution A.1117(30) (ship number), SOLAS VI/2 (verified gross mass);
//! the worked vectors stand in the tests below.

use crate::manifest::{Consignment, Equipment, Manifest};

/// Highest gross mass of any ISO container since 2005, kg (ISO 668).
pub const MAX_CONTAINER_GROSS_KG: f64 = 30_480.0;
/// Tare where none is stated, kg: a 20-foot box.
pub const USUAL_TARE_KG: f64 = 2_200.0;

/// One container of the consignment.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerEvidence {
    /// Number as declared.
    pub number: String,
    /// Check digit holds; `None` = not a container number by shape (`LCL`, `BULK`).
    pub check_digit_holds: Option<bool>,
    /// Size and type.
    pub size_type: Option<String>,
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
pub fn gather(manifest: &Manifest, consignment: &Consignment) -> EquipmentEvidence {
    let mut numbers: Vec<&str> = consignment
        .goods_items
        .iter()
        .flat_map(|item| item.in_containers.iter().map(|place| place.container.as_str()))
        .filter(|number| !number.trim().is_empty())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let containers = numbers.into_iter().map(|number| container(manifest, consignment, number)).collect();
    let means = manifest.transport_means.as_ref();
    let imo_holds = means.and_then(|means| means.imo.as_deref()).map(imo_holds);
    let day = |call: &Option<crate::manifest::Call>| call.as_ref().and_then(|c| c.at.as_ref()).map(|at| at.day());
    let arrives_before_departure =
        day(&manifest.departure).zip(day(&manifest.arrival)).map(|(departure, arrival)| arrival < departure);
    EquipmentEvidence { containers, imo_holds, arrives_before_departure }
}

fn container(manifest: &Manifest, consignment: &Consignment, number: &str) -> ContainerEvidence {
    let equipment: Option<&Equipment> = manifest.equipment.iter().find(|equipment| equipment.container == number);
    let size_type = equipment.and_then(|equipment| equipment.size_type.clone());
    let type_letter = size_type.as_deref().and_then(|size| size.chars().nth(2)).map(|c| c.to_ascii_uppercase());
    let shared =
        manifest.consignments.iter().filter(|other| other.bill_of_lading != consignment.bill_of_lading).any(|other| {
            other.goods_items.iter().any(|item| item.in_containers.iter().any(|place| place.container == number))
        });
    let load_kg = if shared { None } else { load(consignment, number) };
    let tare = equipment.and_then(|equipment| equipment.tare_kg).unwrap_or(USUAL_TARE_KG);
    let vgm = equipment.and_then(|equipment| equipment.vgm_kg);
    ContainerEvidence {
        number: number.to_owned(),
        check_digit_holds: iso6346_holds(number),
        is_reefer: matches!(type_letter, Some('R' | 'H' | 'T' | 'K')),
        size_type,
        overweight: load_kg.map(|load| load + tare > MAX_CONTAINER_GROSS_KG),
        vgm_differs: vgm.zip(load_kg).map(|(vgm, load)| (vgm - tare - load).abs() > 0.05 * load.max(1.0)),
        load_kg,
    }
}

/// Mass of the items that lie wholly in this container; `None` when an item is spread or its mass is not known.
fn load(consignment: &Consignment, number: &str) -> Option<f64> {
    let mut sum = 0.0;
    let mut any = false;
    for item in &consignment.goods_items {
        match item.in_containers.as_slice() {
            [only] if only.container == number => {
                sum += item.gross_mass_kg?;
                any = true;
            }
            places if places.iter().any(|place| place.container == number) => return None,
            _ => {}
        }
    }
    any.then_some(sum)
}

/// ISO 6346 check digit. `None` when the text has not the shape of a container number.
pub fn iso6346_holds(text: &str) -> Option<bool> {
    let number: Vec<u8> =
        text.bytes().filter(|b| !matches!(b, b' ' | b'-' | b'/')).map(|b| b.to_ascii_uppercase()).collect();
    let (letters, digits) = number.split_at_checked(4)?;
    let shaped = letters.iter().all(u8::is_ascii_uppercase)
        && matches!(letters.last(), Some(b'U' | b'J' | b'Z'))
        && digits.len() == 7
        && digits.iter().all(u8::is_ascii_digit);
    if !shaped {
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
