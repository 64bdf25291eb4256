//! Permits of honest firms and how they are used up over time, and the register that knows them.
//!
//! In: who ships which wood, how much, when. Out: a paper for the bill, and rows of the register for every permit that came
//! into being, with genuine neighbours of other firms beside it. A firm uses a permit until it is spent or too old, then asks for
//! another. What is kept is one permit a firm and wood.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::bill::Paper;
use crate::random::{Random, Seeds};
use crate::trader::Trader;
use crate::world::{Form, Wood, World};

/// What a permit says.
#[derive(Debug, Clone)]
pub struct Permit {
    pub number: String,
    pub kind: &'static str,
    pub authority: String,
    /// Country whose authority gave it.
    pub country: String,
    /// Country of export and origin.
    pub from: String,
    pub issued_on: Date,
    pub expires_on: Date,
    pub exporter: String,
    pub importer: String,
    pub destination: String,
    pub taxon: String,
    pub appendix: &'static str,
    pub source: char,
    pub term: String,
    pub quantity: f64,
    pub unit: &'static str,
    pub status: &'static str,
}

impl Permit {
    /// The paper that presents it.
    pub fn paper(&self) -> Paper {
        let (code, kind) = match self.kind {
            "import" => ("911", "cites_import_permit"),
            "pre_convention" => ("811", "cites_pre_convention_certificate"),
            _ => ("811", "cites_export_permit"),
        };
        Paper {
            code: code.to_owned(),
            kind: kind.to_owned(),
            number: self.number.clone(),
            issued_on: Some(self.issued_on),
            country: self.country.clone(),
        }
    }

    fn row(&self, stamp: u64) -> Row {
        Row([
            self.number.clone(),
            self.kind.to_owned(),
            self.authority.clone(),
            self.country.clone(),
            self.issued_on.to_string(),
            self.expires_on.to_string(),
            self.exporter.clone(),
            self.importer.clone(),
            self.from.clone(),
            self.from.clone(),
            self.destination.clone(),
            self.taxon.clone(),
            self.appendix.to_owned(),
            self.source.to_string(),
            "T".to_owned(),
            self.term.clone(),
            self.quantity.to_string(),
            self.unit.to_owned(),
            format!("SYN{stamp:07}"),
            self.status.to_owned(),
        ])
    }
}

/// A row of the register, in the order of [`COLUMNS`].
#[derive(Debug, Clone)]
pub struct Row(pub [String; 20]);

/// Columns of the register (DESIGN, "Files it reads").
pub const COLUMNS: [&str; 20] = [
    "number",
    "type",
    "issuing_authority",
    "issuing_country",
    "issued_on",
    "expires_on",
    "exporter",
    "importer",
    "country_of_export",
    "country_of_origin",
    "country_of_destination",
    "taxon",
    "appendix",
    "source",
    "purpose",
    "term",
    "quantity",
    "unit",
    "security_stamp",
    "status",
];

/// Who asks for a permit, for what.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub wood: &'a Wood,
    pub form: &'a Form,
    pub country: &'a str,
    pub exporter: &'a str,
    pub importer: &'a Trader,
    /// Volume in m³ and mass in kg of the load.
    pub load: (f64, f64),
    /// Day the goods leave.
    pub on: Date,
}

/// All that is remembered of permits.
#[derive(Debug, Default)]
pub struct Permits {
    serials: BTreeMap<String, u64>,
    /// By exporter, importer and wood: the permit in use and what is left on it.
    in_use: BTreeMap<(String, String, String), (Permit, f64)>,
    /// Rows that are not written yet.
    pub rows: Vec<Row>,
}

/// How much a load takes: m³ of wood in the round, sawn or as blanks; kilograms of chips, powder and furniture.
pub fn quantity(form: &Form, load: (f64, f64)) -> (f64, &'static str) {
    match form.term.as_str() {
        "CHP" | "POW" | "FRN" => (load.1, "kg"),
        _ => (load.0, "m3"),
    }
}

fn cents(quantity: f64) -> f64 {
    (quantity * 100.0).ceil() / 100.0
}

impl Permits {
    /// The paper of an honest load: on the permit in use while it holds, else on a new one.
    pub fn used(&mut self, world: &World, seeds: &Seeds, request: &Request<'_>, random: &mut Random) -> Paper {
        let key = (request.exporter.to_owned(), request.importer.name.clone(), request.wood.key.clone());
        let (needed, unit) = quantity(request.form, request.load);
        if let Some((permit, left)) = self.in_use.get_mut(&key) {
            let fits = permit.term == request.form.term && permit.unit == unit && permit.country == request.country;
            if fits && *left >= needed && permit.expires_on >= request.on.saturating_add(3.days()) {
                *left -= needed;
                return permit.paper();
            }
        }
        let times = random.within(1.05, 4.0);
        let permit = self.issue(world, seeds, request, times, random);
        let paper = permit.paper();
        let left = permit.quantity - needed;
        self.in_use.insert(key, (permit, left));
        paper
    }

    /// A new permit for `times` what the load takes, in the register from now on, with neighbours.
    pub fn issue(
        &mut self,
        world: &World,
        seeds: &Seeds,
        request: &Request<'_>,
        times: f64,
        random: &mut Random,
    ) -> Permit {
        let permit = self.drawn(world, request, times, random);
        self.enter(&permit, random);
        self.neighbours(world, seeds, &permit, random);
        permit
    }

    /// A permit as an authority would give it, that no register holds.
    pub fn drawn(&mut self, world: &World, request: &Request<'_>, times: f64, random: &mut Random) -> Permit {
        let issued_on = request.on.saturating_sub((random.between(8, 110) as i64).days());
        let (needed, unit) = quantity(request.form, request.load);
        Permit {
            number: self.number(pattern(world, request.country), request.country, issued_on, random),
            kind: "export",
            authority: world.issuers.get(request.country).map_or(String::new(), |issuer| issuer.authority.clone()),
            country: request.country.to_owned(),
            from: request.country.to_owned(),
            issued_on,
            expires_on: issued_on.saturating_add(6.months()).saturating_sub(1.day()),
            exporter: request.exporter.to_owned(),
            importer: request.importer.name.clone(),
            destination: request.importer.address.country.clone(),
            taxon: request.wood.taxon.clone(),
            appendix: if request.wood.law == "I" { "I" } else { "II" },
            source: 'W',
            term: request.form.term.clone(),
            quantity: cents(needed * times),
            unit,
            status: "issued",
        }
    }

    /// The import permit that the country of destination asks for, if it does: for the load, in the register from now on.
    pub fn import(&mut self, world: &World, request: &Request<'_>, random: &mut Random) -> Option<Paper> {
        let to = &request.importer.address.country;
        let own = world.imports.iter().find(|own| own.country == *to && request.wood.is_listed())?;
        let mut permit = self.drawn(world, request, random_times(random), random);
        permit.issued_on = permit.issued_on.saturating_sub(5.days());
        permit.expires_on = permit.issued_on.saturating_add(1.year()).saturating_sub(1.day());
        permit.number = self.number(&own.number, to, permit.issued_on, random);
        (permit.kind, permit.authority, permit.country) = ("import", own.authority.clone(), to.clone());
        self.enter(&permit, random);
        Some(permit.paper())
    }

    /// Writes a permit into the register.
    pub fn enter(&mut self, permit: &Permit, random: &mut Random) {
        self.rows.push(permit.row(random.between(1, 9_999_999)));
    }

    /// Genuine permits of other firms: the next serials and others of the same country.
    fn neighbours(&mut self, world: &World, seeds: &Seeds, permit: &Permit, random: &mut Random) {
        let n = world.setting("neighbours") as u64;
        for place in 0..n {
            let exporter = Trader::new(world, seeds, "neighbour", &permit.country, "timber", random.bits());
            let importer = Trader::new(world, seeds, "neighbour", &permit.destination, "timber", random.bits());
            let mut other = permit.clone();
            other.number = match (place < n / 2, next(&permit.number, place + 1)) {
                (true, Some(number)) => number,
                _ => self.number(pattern(world, &permit.country), &permit.country, permit.issued_on, random),
            };
            let days = random.between(0, 40) as i64 - 20;
            other.issued_on = permit.issued_on.saturating_add(days.days());
            other.expires_on = other.issued_on.saturating_add(6.months()).saturating_sub(1.day());
            (other.exporter, other.importer) = (exporter.name, importer.name);
            other.quantity = cents(permit.quantity * random.within(0.4, 2.0));
            self.rows.push(other.row(random.between(1, 9_999_999)));
        }
    }

    /// The next number of a country; at least ten serials apart, so that neighbours have room.
    fn number(&mut self, pattern: &str, country: &str, issued_on: Date, random: &mut Random) -> String {
        let first = 20_000 + Seeds::number(country) % 300_000;
        let serial = self.serials.entry(country.to_owned()).or_insert(first);
        *serial += random.between(10, 60);
        let year = issued_on.year();
        pattern
            .replace("{cc}", country)
            .replace("{yyyy}", &year.to_string())
            .replace("{yy}", &format!("{:02}", year % 100))
            .replace("{n6}", &format!("{:06}", *serial % 1_000_000))
    }
}

/// How many times a load a permit is for.
fn random_times(random: &mut Random) -> f64 {
    random.within(1.05, 2.5)
}

/// How numbers of a country look.
fn pattern<'a>(world: &'a World, country: &str) -> &'a str {
    world.issuers.get(country).map_or("{yy}{cc}{n6}", |issuer| &issuer.number)
}

/// The number whose serial (its longest run of digits) stands so many behind.
fn next(number: &str, by: u64) -> Option<String> {
    let runs: Vec<(usize, &str)> = number
        .match_indices(|c: char| c.is_ascii_digit())
        .filter(|(at, _)| *at == 0 || !number.as_bytes().get(at - 1).is_some_and(u8::is_ascii_digit))
        .map(|(at, _)| {
            let rest = number.get(at..).unwrap_or_default();
            (at, rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default())
        })
        .collect();
    let (at, run) = runs.into_iter().max_by_key(|(_, run)| run.len())?;
    let serial: u64 = run.parse().ok()?;
    let width = run.len();
    Some(format!("{}{:0width$}{}", number.get(..at)?, serial + by, number.get(at + width..)?))
}

/// The number with one sign of its serial changed: another digit, or two that change places.
pub fn altered(number: &str, random: &mut Random) -> String {
    let mut signs: Vec<char> = number.chars().collect();
    let digits: Vec<usize> = (0..signs.len()).filter(|n| signs.get(*n).is_some_and(char::is_ascii_digit)).collect();
    let serial: Vec<usize> = digits.iter().rev().take(5).copied().collect();
    let Some(place) = random.pick(&serial).copied() else { return number.to_owned() };
    let old = signs.get(place).and_then(|c| c.to_digit(10)).unwrap_or(0);
    let new = (old + random.between(1, 9) as u32) % 10;
    if let Some(sign) = signs.get_mut(place) {
        *sign = char::from_digit(new, 10).unwrap_or('0');
    }
    signs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_neighbours_and_alterations() {
        assert_eq!(next("26MZ000129", 1).as_deref(), Some("26MZ000130"));
        assert_eq!(next("IN/2026/000129", 2).as_deref(), Some("IN/2026/000131"));
        assert_eq!(next("none", 2), None);
        let mut random = Seeds::new(1, "play").stream("altered", 0);
        for _ in 0..200 {
            let other = altered("26MZ000129", &mut random);
            let changed = other.chars().zip("26MZ000129".chars()).filter(|(a, b)| a != b).count();
            assert_eq!((other.len(), changed, other.get(..4)), (10, 1, Some("26MZ")), "{other}");
        }
    }

    #[test]
    fn uses_never_pass_what_a_permit_allows() {
        let world = World::shipped().unwrap();
        let seeds = Seeds::new(5, "play");
        let mut random = seeds.stream("uses", 0);
        let mut permits = Permits::default();
        let importer = Trader::new(&world, &seeds, "timber", "BE", "timber", 1);
        let (wood, form) = (world.wood("palisander").unwrap(), world.form("sawn").unwrap());
        let mut taken: BTreeMap<String, f64> = BTreeMap::new();
        for n in 0..300 {
            let load = (random.within(0.5, 20.0), 0.0);
            let on = Date::constant(2026, 9, 1).saturating_add((n / 10).days());
            let request = Request { wood, form, country: "IN", exporter: "A", importer: &importer, load, on };
            let paper = permits.used(&world, &seeds, &request, &mut random);
            *taken.entry(paper.number).or_default() += load.0;
        }
        assert!(taken.len() > 20, "{} permits", taken.len());
        for (number, taken) in taken {
            let row = permits.rows.iter().find(|row| row.0[0] == number).unwrap();
            assert!(taken <= row.0[16].parse::<f64>().unwrap() + 1e-6, "{number}: {taken} of {}", row.0[16]);
        }
        let numbers: std::collections::BTreeSet<&String> = permits.rows.iter().map(|row| &row.0[0]).collect();
        assert_eq!(numbers.len(), permits.rows.len(), "no number twice");
    }
}
