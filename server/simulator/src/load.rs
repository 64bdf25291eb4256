//! One load: goods, how they are packed, how much there is and what is written of them.
//!
//! In: a row of goods, or a wood and a form; the firm's way of writing. Out: a [`Load`], not yet on a ship. Volumes follow from
//! the room of boxes, masses from the volume and how heavy such goods are.

use crate::random::Random;
use crate::trader::Style;
use crate::world::{Form, Goods, Wood, World};

/// Kinds of boxes: ISO size type, room in m³, payload in kg, tare in kg (reference manifest_formats, section 7).
const BOXES: [(&str, f64, f64, u64); 3] =
    [("22G1", 33.0, 27_000.0, 2_200), ("42G1", 67.0, 26_500.0, 3_700), ("45G1", 76.0, 26_500.0, 3_900)];

/// Goods as they are put into boxes.
#[derive(Debug, Clone)]
pub struct Load {
    pub hs: String,
    pub text: String,
    pub latin: String,
    pub origin: String,
    pub package: String,
    pub n_packages: u64,
    pub volume_m3: f64,
    pub mass_kg: f64,
    pub value_usd: f64,
    pub size_type: &'static str,
    pub tare_kg: u64,
    pub n_boxes: u64,
    /// A box that is shared with other bills.
    pub shares_box: bool,
}

impl Load {
    /// A box of nothing, for a world without goods.
    pub fn nothing() -> Self {
        Self {
            hs: String::new(),
            text: String::new(),
            latin: String::new(),
            origin: String::new(),
            package: String::new(),
            n_packages: 1,
            volume_m3: 1.0,
            mass_kg: 1.0,
            value_usd: 1.0,
            size_type: "22G1",
            tare_kg: 2_200,
            n_boxes: 1,
            shares_box: false,
        }
    }

    /// No more than this volume, and all else in proportion.
    pub fn at_most(mut self, volume_m3: f64) -> Self {
        let share = (volume_m3 / self.volume_m3).min(1.0);
        (self.volume_m3, self.mass_kg) = (thousandths(self.volume_m3 * share), (self.mass_kg * share).round());
        self.value_usd *= share;
        self.n_packages = ((self.n_packages as f64 * share).round() as u64).max(1);
        self
    }

    /// The same load with the mass that another density gives; what it is worth stays as declared.
    pub fn weighing(mut self, kg_m3: f64) -> Self {
        self.mass_kg = (self.volume_m3 * kg_m3).round();
        self
    }
}

/// Room that is taken, by goods of this density: a share of the boxes, or what their payload allows.
fn room(random: &mut Random, kg_m3: f64, fill: (f64, f64)) -> (usize, u64, bool, f64) {
    let kind = random.weighted(&[0.35, 0.3, 0.35]).unwrap_or(0);
    let (_, cubic, payload, _) = BOXES.get(kind).copied().unwrap_or(("22G1", 33.0, 27_000.0, 2_200));
    // Nobody loads to the last kilogram, and not all alike.
    let payload = payload * random.within(0.7, 1.0);
    // Groupage: some pallets in a box with others.
    if random.chance(0.12) {
        return (kind, 1, true, random.within(0.4, 9.0).min(payload / kg_m3 / 3.0));
    }
    let n = 1 + random.weighted(&[0.78, 0.14, 0.08]).unwrap_or(0) as u64;
    let volume = (cubic * random.within(fill.0, fill.1)).min(payload / kg_m3);
    (kind, n, false, volume * n as f64)
}

/// A load of ordinary goods of a firm from `country`.
pub fn goods(world: &World, goods: &Goods, country: &str, style: &Style, random: &mut Random) -> Load {
    let kg_m3 = random.within(goods.low_kg_m3, goods.high_kg_m3);
    let (kind, n_boxes, shares_box, volume) = room(random, kg_m3, (0.55, 0.95));
    let (size_type, _, _, tare_kg) = BOXES.get(kind).copied().unwrap_or(("22G1", 33.0, 27_000.0, 2_200));
    let package = random.word(&goods.packages).to_owned();
    let mass = volume * kg_m3;
    let text = written(world, goods.words.of(&style.language), "", &goods.hs, style, random);
    Load {
        hs: goods.hs.clone(),
        text,
        latin: String::new(),
        origin: country.to_owned(),
        n_packages: packages(world, &package, mass, volume, random),
        package,
        volume_m3: thousandths(volume),
        mass_kg: mass.round(),
        value_usd: mass * random.within(goods.usd_low, goods.usd_high),
        size_type,
        tare_kg,
        n_boxes,
        shares_box,
    }
}

/// A load of a wood in a form from `country`.
pub fn wood(world: &World, wood: &Wood, form: &Form, country: &str, style: &Style, random: &mut Random) -> Load {
    let kg_m3 = random.within(wood.low_kg_m3, wood.high_kg_m3) * random.within(form.mass_low, form.mass_high);
    let (kind, n_boxes, shares_box, volume) = room(random, kg_m3, (form.fill_low, form.fill_high));
    let (size_type, _, _, tare_kg) = BOXES.get(kind).copied().unwrap_or(("22G1", 33.0, 27_000.0, 2_200));
    let package = random.word(&form.packages).to_owned();
    let names = format!("{} {}", wood.words.of(&style.language), form.words.of(&style.language));
    let latin = if style.latin { wood.taxon.as_str() } else { "" };
    let text = written(world, &names, latin, &form.hs, style, random);
    let solid = volume * kg_m3 / wood.low_kg_m3.max(1.0);
    Load {
        hs: form.hs.clone(),
        text,
        latin: if style.latin && random.chance(0.5) { wood.taxon.clone() } else { String::new() },
        origin: country.to_owned(),
        n_packages: packages(world, &package, volume * kg_m3, volume, random),
        package,
        volume_m3: thousandths(volume),
        mass_kg: (volume * kg_m3).round(),
        value_usd: solid.min(volume) * random.within(wood.usd_m3_low, wood.usd_m3_high),
        size_type,
        tare_kg,
        n_boxes,
        shares_box,
    }
}

/// A volume as papers have it.
pub fn thousandths(volume: f64) -> f64 {
    (volume * 1_000.0).round() / 1_000.0
}

/// As many packages as such a load has.
fn packages(world: &World, kind: &str, mass_kg: f64, volume_m3: f64, random: &mut Random) -> u64 {
    let package = world.packages.iter().find(|package| package.kind == kind);
    let n = package.and_then(|one| match (one.low_m3, one.high_m3, one.low_kg, one.high_kg) {
        (Some(low), Some(high), ..) => Some(volume_m3 / random.within(low, high)),
        (.., Some(low), Some(high)) => Some(mass_kg / random.within(low, high)),
        _ => None,
    });
    (n.unwrap_or(1.0).round() as u64).max(1)
}

/// What stands in the goods field.
pub fn written(world: &World, words: &str, latin: &str, hs: &str, style: &Style, random: &mut Random) -> String {
    let phrase = |kind: &str, random: &mut Random| {
        random.pick(&world.phrases(kind, &style.language)).map_or(String::new(), |text| (*text).to_owned())
    };
    let mut pieces: Vec<String> = Vec::new();
    if style.lead {
        pieces.push(phrase("lead", random));
    }
    pieces.push(match (latin.is_empty(), random.chance(0.5)) {
        (true, _) => words.to_owned(),
        (false, true) => format!("{words} ({latin})"),
        (false, false) => format!("{words}, {latin}"),
    });
    if !latin.is_empty() && random.chance(0.4) {
        pieces.push(phrase("grade", random));
    }
    if style.code_in_text {
        pieces.push(format!("HS {hs}"));
    }
    if style.tail {
        pieces.push(phrase("tail", random));
    }
    if random.chance(0.3) {
        pieces.push(format!("PO {}", random.between(1_000, 99_999)));
    }
    let text = pieces.join(", ");
    if style.upper { text.to_uppercase() } else { text }
}
