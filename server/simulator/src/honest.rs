//! Honest trade: ordinary goods over the whole tariff, words that only sound like wood, timber of free woods, and lawful
//! timber of listed ones with permits that are used up over time.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::bill::{Label, Paper};
use crate::draft::{Draft, Lane, draft};
use crate::load;
use crate::permits::{Permits, Request};
use crate::random::{Random, Seeds};
use crate::trader::{Trader, habitual};
use crate::world::{Goods, Ordinary, Service, Wood, World};

/// Firms of a port that ship a kind of wood.
const TIMBER_FIRMS: u64 = 40;
/// Of honest bills of wood, those that say nothing but wood.
const VAGUE: f64 = 0.06;

/// Where honest bills come from: a ship of a service.
#[derive(Debug, Clone, Copy)]
pub struct Quay<'a> {
    pub world: &'a World,
    pub seeds: &'a Seeds,
    pub service: &'a Service,
    pub departs: Date,
    /// Firms of a port that ship ordinary goods.
    pub firms: u64,
}

/// Ordinary papers that a bill of this line of business names, now and then.
pub fn papers(world: &World, line: &str, country: &str, departs: Date, random: &mut Random) -> Vec<Paper> {
    if !random.chance(world.setting("papers_share")) {
        return Vec::new();
    }
    let weight = |paper: &Ordinary| {
        if paper.lines.is_empty() || paper.lines.iter().any(|own| own == line) { paper.weight } else { 0.0 }
    };
    let weights: Vec<f64> = world.papers.iter().map(weight).collect();
    let drawn = random.weighted(&weights).and_then(|place| world.papers.get(place));
    let number = random.between(10_000, 9_999_999);
    let days = random.between(1, 30) as i64;
    let paper = drawn.map(|paper| Paper {
        code: paper.code.clone(),
        kind: paper.kind.clone(),
        number: format!("{country}{number}"),
        issued_on: Some(departs.saturating_sub(days.days())),
        country: country.to_owned(),
    });
    paper.into_iter().collect()
}

impl Quay<'_> {
    /// A CITES permit for other plants or animals than woods.
    fn of_other_kinds(&self, country: &str, random: &mut Random) -> Paper {
        let days = random.between(10, 100) as i64;
        Paper {
            code: "811".to_owned(),
            kind: "cites_export_permit".to_owned(),
            number: format!("26{country}{:06}", random.between(500_000, 999_999)),
            issued_on: Some(self.departs.saturating_sub(days.days())),
            country: country.to_owned(),
        }
    }

    fn lane(&self, port: &str) -> Lane {
        let hub = &self.service.hub;
        let (original, loading) = if hub.is_empty() || hub == port { ("", port) } else { (port, hub.as_str()) };
        Lane { original: original.to_owned(), loading: loading.to_owned(), arrival: self.service.arrival.clone() }
    }

    fn port(&self, random: &mut Random) -> &str {
        let weights: Vec<f64> = self.service.ports.iter().map(|(_, share)| *share).collect();
        let place = random.weighted(&weights).and_then(|place| self.service.ports.get(place));
        place.map_or(self.service.arrival.as_str(), |(port, _)| port)
    }

    /// A bill of ordinary trade: wood that is free, goods that sound like wood, or anything else.
    pub fn bill(&self, random: &mut Random) -> Draft {
        let port = self.port(random);
        let country = self.world.country_of(port);
        let drawn = random.unit();
        let timber = self.world.setting("timber_share");
        if drawn < timber {
            let woods = self.woods(country, |wood| !wood.is_ours());
            if let Some(wood) = random.pick(&woods) {
                return self.timber(wood, port, country, random);
            }
        }
        let sounding = (timber..timber + self.world.setting("sounding_share")).contains(&drawn);
        let rows = if sounding { &self.world.sounding } else { &self.world.goods };
        self.goods(rows, if sounding { "sounding" } else { "goods" }, port, country, random)
    }

    fn woods(&self, country: &str, keep: impl Fn(&Wood) -> bool) -> Vec<&Wood> {
        let grows = |wood: &&Wood| wood.from.iter().any(|from| from == country);
        self.world.woods.iter().filter(grows).filter(|wood| keep(wood)).collect()
    }

    fn timber(&self, wood: &Wood, port: &str, country: &str, random: &mut Random) -> Draft {
        let n = habitual(random, TIMBER_FIRMS * 4);
        let consignor = Trader::new(self.world, self.seeds, &wood.key, country, "timber", n);
        let consignee = self.consignee("timber", n, random);
        let form = self.world.form(random.word(&wood.forms)).or(self.world.forms.first());
        let Some(form) = form else { return self.goods(&self.world.goods, "goods", port, country, random) };
        let mut load = load::wood(self.world, wood, form, country, &consignor.style, random);
        if random.chance(VAGUE) {
            let said = random.pick(&self.world.phrases("vague", &consignor.style.language)).map_or("", |text| text);
            load.text = load::written(self.world, said, "", &load.hs, &consignor.style, random);
            load.latin = String::new();
        }
        let lane = self.lane(port);
        let papers = papers(self.world, "timber", country, self.departs, random);
        draft(self.world, &lane, (&consignor, &consignee), load, papers, Label::honest("timber"), random)
    }

    /// Those who receive: each firm has a handful.
    fn consignee(&self, line: &str, n: u64, random: &mut Random) -> Trader {
        let at = self.world.country_of(&self.service.arrival);
        Trader::new(self.world, self.seeds, "consignee", at, line, n * 5 + random.between(0, 2))
    }

    fn goods(&self, rows: &[Goods], made: &'static str, port: &str, country: &str, random: &mut Random) -> Draft {
        let n = habitual(random, self.firms);
        // What a firm ships is its habit: the same goods, now and then another.
        let mut habit = self.seeds.stream("habit", n ^ Seeds::number(port) ^ Seeds::number(made).rotate_left(3));
        if random.chance(0.15) {
            habit = self.seeds.stream("other habit", random.bits());
        }
        let weight = |goods: &Goods| match goods.from.is_empty() {
            true => 0.6,
            false if goods.from.iter().any(|from| from == country) => 3.0,
            false => 0.0,
        };
        let weights: Vec<f64> = rows.iter().map(weight).collect();
        let goods = habit.weighted(&weights).and_then(|place| rows.get(place)).or(rows.first());
        let line = goods.map_or("general", |goods| goods.line.as_str());
        let consignor = Trader::new(self.world, self.seeds, "goods", country, line, n ^ Seeds::number(port));
        let consignee = self.consignee(line, n ^ (Seeds::number(port) % 5_000), random);
        let lane = self.lane(port);
        let load = goods.map(|goods| load::goods(self.world, goods, country, &consignor.style, random));
        let load = load.unwrap_or_else(load::Load::nothing);
        let mut papers = papers(self.world, line, country, self.departs, random);
        if random.chance(self.world.setting("cites_share")) {
            papers.insert(0, self.of_other_kinds(country, random));
        }
        draft(self.world, &lane, (&consignor, &consignee), load, papers, Label::honest(made), random)
    }

    /// A lawful bill of a wood that is looked for, or of its free kin; `None` where the service carries none.
    pub fn ours(&self, permits: &mut Permits, random: &mut Random) -> Option<Draft> {
        let mut found: Vec<(&Wood, &str, &str, f64)> = Vec::new();
        for (port, share) in &self.service.ports {
            let country = self.world.country_of(port);
            let woods = self.woods(country, |wood| wood.is_ours() && wood.law != "I");
            found.extend(woods.into_iter().map(|wood| (wood, port.as_str(), country, *share)));
        }
        let weights: Vec<f64> = found.iter().map(|(.., share)| *share).collect();
        let (wood, port, country, _) = random.weighted(&weights).and_then(|place| found.get(place)).copied()?;
        let n = habitual(random, TIMBER_FIRMS);
        let consignor = Trader::new(self.world, self.seeds, &wood.key, country, "timber", n);
        let at = self.world.country_of(&self.service.arrival);
        let consignee = Trader::new(self.world, self.seeds, "consignee", at, "timber", n * 5);
        let form = self.world.form(random.word(&wood.forms))?;
        let load = load::wood(self.world, wood, form, country, &consignor.style, random);
        let mut own = if wood.is_listed() {
            let request = Request {
                wood,
                form,
                country,
                exporter: &consignor.name,
                importer: &consignee,
                load: (load.volume_m3, load.mass_kg),
                on: self.departs,
            };
            let mut papers = vec![permits.used(self.world, self.seeds, &request, random)];
            papers.extend(permits.import(self.world, &request, random));
            papers
        } else {
            Vec::new()
        };
        own.extend(papers(self.world, "timber", country, self.departs, random));
        let lane = self.lane(port);
        Some(draft(self.world, &lane, (&consignor, &consignee), load, own, Label::honest("timber"), random))
    }
}
