//! Firms and their habits: a firm is a function of where it sits, what it deals in and its number, so that any number of firms
//! takes no memory, and the same firm comes again with the same name, address, language and way of writing.

use crate::bill::{Address, Party};
use crate::random::{Random, Seeds};
use crate::world::World;

/// A firm, where it sits and how it writes.
#[derive(Debug, Clone)]
pub struct Trader {
    pub name: String,
    pub address: Address,
    pub style: Style,
}

/// How a firm writes.
#[derive(Debug, Clone)]
pub struct Style {
    pub language: String,
    /// Letters as a telex has them.
    pub upper: bool,
    /// Latin names of woods stand in the text.
    pub latin: bool,
    /// The code stands in the text too.
    pub code_in_text: bool,
    /// A clause stands before the goods, or behind them.
    pub lead: bool,
    pub tail: bool,
    pub gives_volume: bool,
    pub gives_net: bool,
    pub gives_value: bool,
    pub gives_code: bool,
    /// Sums are rounded to hundreds.
    pub rounds: bool,
}

impl Trader {
    /// Firm `n` of a country in a line of business; `part` keeps firms of different parts of the world apart.
    pub fn new(world: &World, seeds: &Seeds, part: &str, country: &str, line: &str, n: u64) -> Self {
        let mut random =
            seeds.stream(part, n ^ Seeds::number(country).rotate_left(7) ^ Seeds::number(line).rotate_left(29));
        let random = &mut random;
        let home = world.countries.get(country).or_else(|| world.countries.values().next());
        let word = |random: &mut Random| {
            let parts: String =
                (0..random.between(2, 3)).map(|_| random.word(world.syllables(country)).to_owned()).collect();
            parts
        };
        let mut name = word(random);
        if random.chance(0.55) {
            name = format!("{name} {}", word(random));
        }
        let trade = random.word(world.line(line)).to_owned();
        let form = home.map_or("", |home| random.word(&home.forms));
        let name = format!("{name} {trade} {form}").trim().to_uppercase();
        let address = Address {
            street: format!("{} {}", random.between(1, 480), home.map_or("", |home| random.word(&home.streets))),
            city: home.map_or("", |home| random.word(&home.cities)).to_owned(),
            country: country.to_owned(),
        };
        let own = home.map_or("en", |home| home.language.as_str());
        let style = Style {
            language: if random.chance(0.62) { "en" } else { own }.to_owned(),
            upper: random.chance(0.78),
            latin: random.chance(0.7),
            code_in_text: random.chance(0.12),
            lead: random.chance(0.22),
            tail: random.chance(0.25),
            gives_volume: random.chance(0.9),
            gives_net: random.chance(0.45),
            gives_value: random.chance(0.6),
            gives_code: random.chance(0.93),
            rounds: random.chance(0.2),
        };
        Self { name, address, style }
    }

    /// The firm in a role.
    pub fn party(&self, role: &'static str) -> Party {
        Party { role, name: self.name.clone(), address: self.address.clone() }
    }
}

/// The number of a firm of `n`: few ship often and many ship once, as in any port's books (a power law by inversion).
pub fn habitual(random: &mut Random, n: u64) -> u64 {
    let share = random.unit().powf(2.4);
    ((n.max(1) as f64) * share) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firm_comes_again_as_it_was() {
        let world = World::shipped().unwrap();
        let seeds = Seeds::new(3, "play");
        let firm = |n| Trader::new(&world, &seeds, "goods", "VN", "textile", n);
        assert_eq!(firm(4).name, firm(4).name);
        let names: std::collections::BTreeSet<String> = (0..200).map(|n| firm(n).name).collect();
        assert!(names.len() > 190, "{}", names.len());
        let mut random = seeds.stream("habit", 0);
        let often = (0..10_000).filter(|_| habitual(&mut random, 500) < 25).count();
        assert!((2_000..4_000).contains(&often), "a twentieth of the firms ships {often} of 10,000");
    }
}
