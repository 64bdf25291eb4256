//! What the bill says of itself, in short: what an officer needs to find ship, box and goods.
//!
//! In: the manifest, the consignment, its containers. Out: [`Ship`], [`Container`]s, [`Goods`], [`PartyNamed`]s and two sums,
//! as declared: nothing is judged but check digits, and nothing is looked up again. All of it is the sender's own word, so
//! it carries no label. Not here: what was made of it (`conclude.rs`, `explain.rs`).
//! Cost: copies; at most [`MAX_GOODS_SHOWN`] goods items.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::given::Concluding;
use crate::codes::{CountryCode, Date};
use crate::evidence::equipment::ContainerEvidence;
use crate::manifest::{Call, Consignment, GoodsItem, Manifest, PartyRole};

/// Goods items shown of one bill; `n_goods_items` says how many there are. Those that a hit tells of come first.
pub const MAX_GOODS_SHOWN: usize = 100;
/// Characters shown of a description.
pub const MAX_GOODS_CHARS: usize = 160;

/// The means of transport, and where and when it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Ship {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IMO ship number, as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imo: Option<String>,
    /// Flag State.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<CountryCode>,
    /// Voyage or flight number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voyage: Option<String>,
    /// Day of departure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub departs_on: Option<Date>,
    /// Where it arrives: a UN/LOCODE, or a name where the sender gives none. Where the head says nothing, the bill's port
    /// of discharge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<String>,
    /// Day of arrival.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub arrives_on: Option<Date>,
}

/// A container that the goods are said to be in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Container {
    /// Number as declared.
    pub number: String,
    /// ISO 6346 size-type, such as `22G1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_type: Option<String>,
    /// `empty`, `part`, `full`, `mixed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullness: Option<String>,
    /// Numbers of the seals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<String>,
    /// Does the ISO 6346 check digit hold? Absent: the number has not that shape (`LCL`, `BULK`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_digit_holds: Option<bool>,
}

/// A goods item in short.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Goods {
    /// Number of the item; where none is declared, its place in the bill from 1.
    pub item: u64,
    /// Description, cut at [`MAX_GOODS_CHARS`] with `…`.
    pub description: String,
    /// Declared scientific name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scientific_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hs_code: Option<String>,
    /// Declared country of origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<CountryCode>,
    /// Gross mass, kg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_mass_kg: Option<f64>,
    /// Net mass, kg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_mass_kg: Option<f64>,
    /// Volume, m³.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_m3: Option<f64>,
    /// Packages of all kinds; absent: not declared, or not for every kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_packages: Option<u64>,
}

/// A party with its role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PartyNamed {
    pub role: PartyRole,
    /// Name as declared.
    pub name: String,
    /// Country of its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}

pub(super) fn ship(manifest: &Manifest, consignment: &Consignment) -> Ship {
    let means = manifest.transport_means.as_ref();
    let arrival = manifest.arrival.as_ref();
    let place = arrival.and_then(|call| call.unlocode.as_ref()).or(consignment.places.discharge.as_ref());
    let day = |call: &Option<Call>| call.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day());
    Ship {
        name: means.and_then(|means| means.name.clone()),
        imo: means.and_then(|means| means.imo.clone()),
        flag: means.and_then(|means| means.flag),
        voyage: means.and_then(|means| means.voyage.clone()),
        arrival: place.map(|place| place.as_str().to_owned()),
        departs_on: day(&manifest.departure),
        arrives_on: day(&manifest.arrival),
    }
}

pub(super) fn containers(found: &[ContainerEvidence]) -> Vec<Container> {
    let shown = |container: &ContainerEvidence| Container {
        number: container.number.clone(),
        size_type: container.size_type.clone(),
        fullness: container.fullness.clone(),
        seals: container.seals.clone(),
        check_digit_holds: container.check_digit_holds,
    };
    found.iter().map(shown).collect()
}

/// The goods items in their order: all, or of too many those that a hit tells of and then the first.
pub(super) fn goods(items: &[GoodsItem], hit: &BTreeSet<usize>) -> Vec<Goods> {
    if items.len() <= MAX_GOODS_SHOWN {
        return items.iter().enumerate().map(short).collect();
    }
    let mut shown: BTreeSet<usize> = hit.iter().copied().take(MAX_GOODS_SHOWN).collect();
    let left = MAX_GOODS_SHOWN - shown.len();
    let first: Vec<usize> = (0..items.len()).filter(|n| !shown.contains(n)).take(left).collect();
    shown.extend(first);
    shown.into_iter().filter_map(|n| items.get(n).map(|item| short((n, item)))).collect()
}

fn short((n, item): (usize, &GoodsItem)) -> Goods {
    Goods {
        item: item.item.unwrap_or(n as u64 + 1),
        description: cut(&item.description),
        scientific_name: item.scientific_name.clone(),
        hs_code: item.hs_code.as_ref().map(|hs| hs.as_str().to_owned()),
        origin: item.origin,
        gross_mass_kg: item.gross_mass_kg,
        net_mass_kg: item.net_mass_kg,
        volume_m3: item.volume_m3,
        n_packages: item.packages.iter().map(|packages| packages.n).sum::<Option<u64>>().filter(|n| *n > 0),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_GOODS_CHARS) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
    }
}

pub(super) fn parties(consignment: &Consignment) -> Vec<PartyNamed> {
    let named = |party: &crate::manifest::Party| PartyNamed {
        role: party.role,
        name: party.name.clone(),
        country: party.address.as_ref().and_then(|address| address.country),
    };
    consignment.parties.iter().map(named).collect()
}

/// Gross mass of the bill, kg: as declared for the whole, else the sum when every item states its own.
pub(super) fn gross_mass_kg(consignment: &Consignment) -> Option<f64> {
    consignment.gross_mass_kg.or_else(|| sum(consignment, |item| item.gross_mass_kg))
}

/// Volume of the bill, m³, when every item states its own.
pub(super) fn volume_m3(consignment: &Consignment) -> Option<f64> {
    sum(consignment, |item| item.volume_m3)
}

fn sum(consignment: &Consignment, figure: impl Fn(&GoodsItem) -> Option<f64>) -> Option<f64> {
    let items = &consignment.goods_items;
    let sum: f64 = items.iter().map(figure).sum::<Option<f64>>()?;
    // Sums of decimal fractions end in noise; a thousandth is finer than any scale of a port.
    (!items.is_empty()).then_some((sum * 1_000.0).round() / 1_000.0)
}

/// The goods items that hits tell of.
pub(super) fn items_hit(from: &Concluding<'_>, hits: &[super::Hit]) -> BTreeSet<usize> {
    if from.consignment.goods_items.len() <= MAX_GOODS_SHOWN {
        return BTreeSet::new();
    }
    let item = |met: &super::Met| met.at.strip_prefix("/goods_items/")?.split('/').next()?.parse().ok();
    hits.iter().flat_map(|hit| hit.met.iter().filter_map(item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(n: usize) -> Vec<GoodsItem> {
        let item = |n| GoodsItem { description: format!("goods {n}"), volume_m3: Some(0.1), ..GoodsItem::default() };
        (0..n).map(item).collect()
    }

    #[test]
    fn of_too_many_items_those_that_hits_tell_of_are_shown() {
        let hit = BTreeSet::from([3, 5_000, 9_998]);
        let shown: Vec<u64> = goods(&items(9_999), &hit).iter().map(|goods| goods.item).collect();
        assert_eq!(shown.len(), MAX_GOODS_SHOWN);
        assert!([4, 5_001, 9_999].iter().all(|item| shown.contains(item)) && shown.is_sorted());
        assert_eq!(goods(&items(MAX_GOODS_SHOWN), &hit).len(), MAX_GOODS_SHOWN);
    }

    #[test]
    fn a_sum_is_told_only_when_all_of_it_is_known() {
        let check = |goods_items: Vec<GoodsItem>, whole: Option<f64>, expected: (Option<f64>, Option<f64>)| {
            let bill = Consignment { goods_items, gross_mass_kg: whole, ..Consignment::default() };
            assert_eq!((gross_mass_kg(&bill), volume_m3(&bill)), expected);
        };
        check(items(3), None, (None, Some(0.3)));
        check(items(3), Some(12.0), (Some(12.0), Some(0.3)));
        check(Vec::new(), None, (None, None));
        let mut some = items(2);
        some.push(GoodsItem::default());
        check(some, None, (None, None));
    }

    #[test]
    fn a_long_description_is_cut_at_a_character() {
        for (text, cut_at) in [("é".repeat(MAX_GOODS_CHARS), None), ("é".repeat(MAX_GOODS_CHARS + 1), Some('…'))] {
            let shown = cut(&text);
            assert_eq!(shown.chars().nth(MAX_GOODS_CHARS), cut_at);
            assert!(shown.starts_with(&text[..MAX_GOODS_CHARS * 2]));
        }
    }
}
