//! Smuggling cases: each method of `world/methods.csv` makes a planted bill and its innocent twin, which differs in the one
//! decisive fact of the method. Both go the same way with the same goods, words and habits of writing; their firms are others.
//!
//! In: the scene, that is a service of a ship on a day, the ring and its firms. Out: a [`Case`], or `None` where the service does
//! not carry such goods.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::bill::{Label, Paper};
use crate::checked;
use crate::draft::{Draft, Lane, draft};
use crate::honest;
use crate::load::{self, Load};
use crate::news::{Named, News};
use crate::permits::{self, Permits, Request};
use crate::random::{Random, Seeds};
use crate::trader::Trader;
use crate::world::{Form, Goods, Method, Service, Wood, World};

/// Densities of listed wood as it lies in a box, in kg/m³ (seizures: 15 to 28 t a container; `densities` of the fact base).
const HEAVY: (f64, f64) = (930.0, 1_120.0);
/// The same under a cover: not the whole box is wood.
const UNDER_COVER: (f64, f64) = (720.0, 1_000.0);
/// Payload of a box in kg, less some.
const PAYLOAD_KG: f64 = 25_500.0;
/// An ordinary wood is lighter than this when dry, kg/m³.
const ORDINARY_KG_M3: f64 = 770.0;
/// Ordinary cover goods lie looser than this, kg/m³.
const COVER_KG_M3: f64 = 620.0;
/// Cubic metres of a small lot: the mean seizure in Thailand was 0.69 m³ (CoP17 Doc. 25).
const LOT_M3: (f64, f64) = (0.4, 0.95);

/// What a case is made in.
#[derive(Debug)]
pub struct Scene<'a> {
    pub world: &'a World,
    pub seeds: &'a Seeds,
    pub service: &'a Service,
    pub method: &'a Method,
    /// Name of the case.
    pub case: String,
    pub ring: usize,
    /// Number of the ring's present firms.
    pub front: u64,
    pub departs: Date,
    pub arrives: Date,
    pub ship: (String, String),
    pub permits: &'a mut Permits,
    pub news: &'a mut News,
    pub random: Random,
}

/// Bills of a case.
#[derive(Debug, Default)]
pub struct Case {
    /// On this ship.
    pub now: Vec<Draft>,
    /// On a later ship of the service: days from now.
    pub later: Vec<(i64, Draft)>,
}

/// A wood in a form, from a country, over a port.
struct Timber<'a> {
    wood: &'a Wood,
    form: &'a Form,
    country: &'a str,
    port: &'a str,
}

/// The two firms of a bill.
struct Firms {
    consignor: Trader,
    consignee: Trader,
}

impl<'a> Scene<'a> {
    /// Makes the case.
    pub fn play(mut self) -> Option<Case> {
        match self.method.base.as_str() {
            "listed" if self.method.act == "suspended" => self.suspended(),
            "listed" if self.method.act == "false_code" => self.false_code(),
            "listed" => self.paper(),
            "ordinary" if self.method.act == "named_ship" => self.named_ship(),
            "ordinary" => self.heavier_wood(),
            "cover" if self.method.act == "listed_party" => self.listed_party(),
            "cover" => self.heavier_cover(),
            "ebony" => self.ebony(),
            "appendix_one" => self.appendix_one(),
            "sandalwood" => self.sandalwood(),
            "small" => self.split(),
            _ => self.plain(),
        }
    }

    fn label(&self, planted: bool) -> Label {
        Label {
            made: if planted { "planted" } else { "twin" },
            method: self.method.id.clone(),
            case: self.case.clone(),
            ring: planted.then_some(self.ring),
        }
    }

    /// Firms of the ring, or of its twin, which come as often and write alike.
    fn firms(&self, planted: bool, country: &str, line: &str) -> Firms {
        let n = self.ring as u64 * 100_000 + self.front * 16 + 1;
        let at = self.world.country_of(&self.service.arrival);
        let (from, to) = if planted { ("front", "receiver") } else { ("twin", "twin receiver") };
        let style = Trader::new(self.world, self.seeds, "front", country, line, n).style;
        let mut consignor = Trader::new(self.world, self.seeds, from, country, line, n);
        consignor.style = style;
        Firms { consignor, consignee: Trader::new(self.world, self.seeds, to, at, line, n) }
    }

    fn lane(&self, port: &str) -> Lane {
        let hub = &self.service.hub;
        let (original, loading) = if hub.is_empty() || hub == port { ("", port) } else { (port, hub.as_str()) };
        Lane { original: original.to_owned(), loading: loading.to_owned(), arrival: self.service.arrival.clone() }
    }

    /// A wood that this keeps, from a port of the service.
    fn timber(&mut self, keep: impl Fn(&Wood) -> bool) -> Option<Timber<'a>> {
        let (world, service) = (self.world, self.service);
        let mut found: Vec<(Timber<'a>, f64)> = Vec::new();
        for (port, share) in &service.ports {
            let country = world.country_of(port);
            for wood in world.woods.iter().filter(|wood| keep(wood) && wood.from.iter().any(|from| from == country)) {
                let form = world.form(self.random.word(&wood.forms))?;
                found.push((Timber { wood, form, country, port }, *share));
            }
        }
        let weights: Vec<f64> = found.iter().map(|(_, share)| *share).collect();
        let place = self.random.weighted(&weights)?;
        (place < found.len()).then(|| found.swap_remove(place).0)
    }

    fn wood_load(&mut self, timber: &Timber<'_>, firms: &Firms) -> Load {
        load::wood(self.world, timber.wood, timber.form, timber.country, &firms.consignor.style, &mut self.random)
    }

    fn bill(&mut self, planted: bool, lane: &Lane, firms: &Firms, load: Load, papers: Vec<Paper>) -> Draft {
        let label = self.label(planted);
        // Procedure, clauses and packing fall alike for both.
        let mut random = self.seeds.stream(&self.case, 77);
        let mut made = draft(self.world, lane, (&firms.consignor, &firms.consignee), load, papers, label, &mut random);
        // What a method needs to be seen is written: the twin writes it too.
        if let Some(item) = made.bill.goods_items.first_mut() {
            item.hs_edition = (!item.hs_code.is_empty()).then_some(2022);
        }
        made
    }

    /// Planted and twin on one lane, each with its load and papers.
    fn pair(&mut self, lane: &Lane, firms: [&Firms; 2], loads: [Load; 2], papers: [Vec<Paper>; 2]) -> Case {
        let [planted, twin] = firms;
        let [load, honest] = loads;
        let [mut claimed, mut held] = papers;
        // What honest bills of such goods name beside, both name.
        let line = if matches!(self.method.base.as_str(), "cover" | "goods") { "general" } else { "timber" };
        let country = self.world.country_of(if lane.original.is_empty() { &lane.loading } else { &lane.original });
        let ordinary = honest::papers(self.world, line, country, self.departs, &mut self.random);
        held.extend(ordinary.iter().cloned());
        claimed.extend(ordinary);
        let planted = self.bill(true, lane, planted, load, claimed);
        let twin = self.bill(false, lane, twin, honest, held);
        Case { now: vec![planted, twin], later: Vec::new() }
    }

    /// Methods whose decisive fact is a paper.
    fn paper(&mut self) -> Option<Case> {
        let timber = self.timber(|wood| wood.is_listed() && wood.law != "I")?;
        let (planted, twin) = (self.firms(true, timber.country, "timber"), self.firms(false, timber.country, "timber"));
        let load = self.wood_load(&timber, &planted);
        let lane = self.lane(timber.port);
        let held = self.held(&timber, &twin, &load);
        if self.method.act == "reused" {
            return Some(self.reused(&timber, &lane, [&planted, &twin], load, held));
        }
        let claimed = self.claimed(&timber, &planted, &load);
        Some(self.pair(&lane, [&planted, &twin], [load.clone(), load], [claimed, held]))
    }

    fn request<'t>(&self, timber: &Timber<'t>, firms: &'t Firms, load: &Load, on: Date) -> Request<'t> {
        Request {
            wood: timber.wood,
            form: timber.form,
            country: timber.country,
            exporter: &firms.consignor.name,
            importer: &firms.consignee,
            load: (load.volume_m3, load.mass_kg),
            on,
        }
    }

    /// The honest papers of a twin.
    fn held(&mut self, timber: &Timber<'_>, firms: &Firms, load: &Load) -> Vec<Paper> {
        let request = self.request(timber, firms, load, self.departs);
        let times = self.random.within(1.05, 2.5);
        let export = self.permits.issue(self.world, self.seeds, &request, times, &mut self.random).paper();
        let import = self.permits.import(self.world, &request, &mut self.random);
        [Some(export), import].into_iter().flatten().collect()
    }

    /// What the planted bill claims instead.
    fn claimed(&mut self, timber: &Timber<'_>, firms: &Firms, load: &Load) -> Vec<Paper> {
        let world = self.world;
        let request = self.request(timber, firms, load, self.departs);
        let random = &mut self.random;
        let times = random.within(1.05, 2.5);
        let mut papers = match self.method.act.as_str() {
            "no_document" => return Vec::new(),
            "other_document" => {
                return vec![Paper {
                    code: "861".to_owned(),
                    kind: "certificate_of_origin".to_owned(),
                    number: format!("CO{:06}", random.between(1, 999_999)),
                    issued_on: Some(self.departs.saturating_sub(9.days())),
                    country: timber.country.to_owned(),
                }];
            }
            "altered" => {
                let mut paper = self.permits.issue(world, self.seeds, &request, times, random).paper();
                paper.number = permits::altered(&paper.number, random);
                vec![paper]
            }
            "unregistered" => vec![self.permits.drawn(world, &request, times, random).paper()],
            "holder" => {
                let other = Trader::new(world, self.seeds, "lender", timber.country, "timber", random.bits());
                let lent = Request { exporter: &other.name, ..request };
                vec![self.permits.issue(world, self.seeds, &lent, times, random).paper()]
            }
            "over_quantity" => {
                let times = random.within(0.4, 0.75);
                vec![self.permits.issue(world, self.seeds, &request, times, random).paper()]
            }
            "expired" => {
                let before = self.departs.saturating_sub((random.between(320, 460) as i64).days());
                let old = Request { on: before, ..request };
                vec![self.permits.issue(world, self.seeds, &old, times, random).paper()]
            }
            act => {
                let mut permit = self.permits.drawn(world, &request, times, random);
                match act {
                    "issuer" => {
                        permit.authority =
                            world.issuers.get(timber.country).map_or(String::new(), |own| own.other.clone())
                    }
                    _ => permit.status = "lost_or_stolen",
                }
                self.permits.enter(&permit, random);
                vec![permit.paper()]
            }
        };
        papers.extend(self.permits.import(world, &request, random));
        papers
    }

    /// One permit for two loads: the first use is honest to look at, the second is planted some days later.
    fn reused(&mut self, timber: &Timber<'_>, lane: &Lane, firms: [&Firms; 2], load: Load, held: Vec<Paper>) -> Case {
        let [planted, twin] = firms;
        let request = self.request(timber, planted, &load, self.departs);
        let export = self.permits.issue(self.world, self.seeds, &request, 1.02, &mut self.random).paper();
        let mut papers = || -> Vec<Paper> {
            let import = self.permits.import(self.world, &request, &mut self.random);
            [Some(export.clone()), import].into_iter().flatten().collect()
        };
        let (once, again) = (papers(), papers());
        let mut first = self.bill(true, lane, planted, load.clone(), once);
        first.label = Label::honest("timber");
        let days = self.random.between(1, 6) as i64;
        let second = self.bill(true, lane, planted, load.clone(), again);
        let other = self.bill(false, lane, twin, load, held);
        Case { now: vec![first], later: vec![(days, second), (days, other)] }
    }

    fn ordinary(&mut self) -> Option<Timber<'a>> {
        self.timber(|wood| !wood.is_ours() && wood.high_kg_m3 < ORDINARY_KG_M3)
    }

    /// Ordinary wood by its words; the load of the planted bill is too heavy for it.
    fn heavier_wood(&mut self) -> Option<Case> {
        let mut timber = self.ordinary()?;
        let solid = if self.random.chance(0.5) { "sawn" } else { "log" };
        timber.form = self.world.form(solid)?;
        let (planted, twin) = (self.firms(true, timber.country, "timber"), self.firms(false, timber.country, "timber"));
        let mut load = self.wood_load(&timber, &planted);
        if self.method.act == "heavier_vague" {
            let said = self
                .random
                .pick(&self.world.phrases("vague", &planted.consignor.style.language))
                .map(|text| (*text).to_owned());
            load.text = load::written(self.world, &said?, "", &load.hs, &planted.consignor.style, &mut self.random);
            load.latin = String::new();
        }
        let kg_m3 = self.random.within(HEAVY.0, HEAVY.1);
        let load = load.clone().at_most(PAYLOAD_KG * self.random.within(0.75, 1.0) * load.n_boxes as f64 / kg_m3);
        let lane = self.lane(timber.port);
        let case = self.pair(&lane, [&planted, &twin], [load.clone().weighing(kg_m3), load], [Vec::new(), Vec::new()]);
        Some(with_volumes(case))
    }

    /// Cover goods from a port of the service that they come from.
    fn cover(&mut self) -> Option<(&'a Goods, &'a str)> {
        let (world, service) = (self.world, self.service);
        let mut found: Vec<(&Goods, &str, f64)> = Vec::new();
        for (port, share) in &service.ports {
            let country = world.country_of(port);
            let fits = |goods: &&Goods| {
                let covers = goods.line == "scrap" || goods.line == "timber" || goods.line == "mineral";
                covers && goods.high_kg_m3 < COVER_KG_M3 && goods.from.iter().any(|from| from == country)
            };
            found.extend(world.goods.iter().filter(fits).map(|goods| (goods, port.as_str(), *share)));
        }
        let weights: Vec<f64> = found.iter().map(|(.., share)| *share).collect();
        let place = self.random.weighted(&weights)?;
        found.get(place).map(|(goods, port, _)| (*goods, *port))
    }

    fn heavier_cover(&mut self) -> Option<Case> {
        let (goods, port) = self.cover()?;
        let country = self.world.country_of(port);
        let (planted, twin) = (self.firms(true, country, &goods.line), self.firms(false, country, &goods.line));
        let load = load::goods(self.world, goods, country, &planted.consignor.style, &mut self.random);
        let kg_m3 = self.random.within(UNDER_COVER.0.max(goods.high_kg_m3 * 1.35), UNDER_COVER.1);
        let load = load.clone().at_most(PAYLOAD_KG * self.random.within(0.75, 1.0) * load.n_boxes as f64 / kg_m3);
        let lane = self.lane(port);
        let case = self.pair(&lane, [&planted, &twin], [load.clone().weighing(kg_m3), load], [Vec::new(), Vec::new()]);
        Some(with_volumes(case))
    }

    /// Words of a listed wood under a code of other goods; the twin names an ordinary wood under the same code.
    fn false_code(&mut self) -> Option<Case> {
        let timber = self.timber(|wood| wood.is_listed() && wood.law != "I")?;
        let plain = self.world.woods.iter().filter(|wood| !wood.is_ours() && wood.high_kg_m3 < ORDINARY_KG_M3);
        let plain: Vec<&Wood> = plain.collect();
        let other = self.random.pick(&plain).copied()?;
        let codes: Vec<&Goods> =
            self.world.goods.iter().filter(|goods| goods.line == "timber" || goods.line == "furniture").collect();
        let code = self.random.pick(&codes).map(|goods| goods.hs.clone())?;
        let (planted, twin) = (self.firms(true, timber.country, "timber"), self.firms(false, timber.country, "timber"));
        let style = &planted.consignor.style;
        let mut load = load::wood(self.world, timber.wood, timber.form, timber.country, style, &mut self.random);
        let mut honest = load.clone();
        let names =
            |wood: &Wood| format!("{} {}", wood.words.of(&style.language), timber.form.words.of(&style.language));
        load.text = load::written(self.world, &names(timber.wood), "", &code, style, &mut self.random.clone());
        honest.text = load::written(self.world, &names(other), "", &code, style, &mut self.random);
        for one in [&mut load, &mut honest] {
            one.hs.clone_from(&code);
            one.latin = String::new();
        }
        let lane = self.lane(timber.port);
        Some(self.pair(&lane, [&planted, &twin], [load, honest], [Vec::new(), Vec::new()]))
    }

    /// Wood of a country whose trade is barred, against the same wood of one whose trade is free, both with papers.
    fn suspended(&mut self) -> Option<Case> {
        let calls = |port: &String| self.service.hub == *port || self.service.ports.iter().any(|(own, _)| own == port);
        let woods: Vec<&Wood> =
            self.world.woods.iter().filter(|wood| !wood.from.is_empty() && wood.via.iter().any(calls)).collect();
        let wood = self.random.pick(&woods).copied()?;
        let form = self.world.form(self.random.word(&wood.forms))?;
        let ports: Vec<&String> = wood.via.iter().filter(|port| calls(port)).collect();
        let port = self.random.pick(&ports).copied()?;
        let free = self.random.pick(&wood.from)?;
        let barred = self.random.pick(&wood.barred)?;
        let from = |country| Timber { wood, form, country, port };
        let home = self.world.country_of(port);
        let (planted, twin) = (self.firms(true, home, "timber"), self.firms(false, home, "timber"));
        let honest = self.wood_load(&from(free), &twin);
        let load = Load { origin: barred.clone(), ..honest.clone() };
        let claimed = self.held(&from(barred), &planted, &load);
        let held = self.held(&from(free), &twin, &honest);
        let lane = self.lane(port);
        Some(self.pair(&lane, [&planted, &twin], [load, honest], [claimed, held]))
    }

    /// Ebony that is free where it grows: the planted one came from elsewhere, or is another species.
    fn ebony(&mut self) -> Option<Case> {
        let hub = &self.service.hub;
        let barred = self.world.woods.iter().find(|wood| wood.law == "MG")?;
        let mut timber = if self.method.act == "hub" {
            let (world, service) = (self.world, self.service);
            let ports =
                service.ports.iter().map(|(port, _)| port).chain(std::iter::once(hub)).filter(|port| !port.is_empty());
            let mut found = Vec::new();
            for port in ports {
                let country = world.country_of(port);
                let grows = |wood: &&Wood| wood.law == "near" && wood.forms.iter().any(|form| form == "sawn");
                let fits = world.woods.iter().filter(grows).filter(|wood| wood.from.iter().any(|from| from == country));
                found.extend(fits.map(|wood| (wood, country, port.as_str())));
            }
            let (wood, country, port) = self.random.pick(&found).copied()?;
            Timber { wood, form: world.form("sawn")?, country, port }
        } else {
            self.timber(|wood| wood.law == "near" && wood.forms.iter().any(|form| form == "sawn"))?
        };
        timber.form = self.world.form(if self.random.chance(0.5) { "sawn" } else { "log" })?;
        let (mut planted, twin) =
            (self.firms(true, timber.country, "timber"), self.firms(false, timber.country, "timber"));
        planted.consignor.style.latin = true;
        let honest = self.wood_load(&timber, &planted);
        if self.method.act == "hub" {
            let first = barred
                .barred
                .first()
                .and_then(|country| self.world.ports.values().find(|port| port.country == *country))?;
            let lane = Lane { loading: timber.port.to_owned(), original: String::new(), ..self.lane(timber.port) };
            let mut case = self.pair(&lane, [&planted, &twin], [honest.clone(), honest], [Vec::new(), Vec::new()]);
            if let Some(bill) = case.now.first_mut().map(|draft| &mut draft.bill) {
                bill.places.original_loading.clone_from(&first.locode);
                bill.routing.insert(0, first.country.clone());
            }
            return Some(case);
        }
        let load = Load {
            text: honest.text.replace(&shown(&timber.wood.taxon, &honest.text), &shown(&barred.taxon, &honest.text)),
            latin: if honest.latin.is_empty() { String::new() } else { barred.taxon.clone() },
            ..honest.clone()
        };
        let lane = self.lane(timber.port);
        Some(self.pair(&lane, [&planted, &twin], [load, honest], [Vec::new(), Vec::new()]))
    }

    /// Wood of Appendix I: an ordinary permit against a pre-Convention certificate.
    fn appendix_one(&mut self) -> Option<Case> {
        let timber = self.timber(|wood| wood.law == "I")?;
        let (planted, twin) =
            (self.firms(true, timber.country, "instrument"), self.firms(false, timber.country, "instrument"));
        let load = self.wood_load(&timber, &planted);
        let claimed = self.held(&timber, &planted, &load);
        let request = self.request(&timber, &twin, &load, self.departs);
        let mut permit = self.permits.drawn(self.world, &request, 1.1, &mut self.random);
        (permit.kind, permit.source) = ("pre_convention", 'O');
        self.permits.enter(&permit, &mut self.random);
        let mut certificate = vec![permit.paper()];
        certificate.extend(self.permits.import(self.world, &request, &mut self.random));
        let lane = self.lane(timber.port);
        Some(self.pair(&lane, [&planted, &twin], [load.clone(), load], [claimed, certificate]))
    }

    /// Sandalwood said to be of a free country: the first port says otherwise.
    fn sandalwood(&mut self) -> Option<Case> {
        let free =
            self.world.woods.iter().find(|wood| wood.law == "near" && wood.forms.iter().any(|form| form == "chips"))?;
        let listed = self.world.woods.iter().find(|wood| wood.law == "EAC")?;
        if self.service.hub.is_empty() {
            return None;
        }
        let (country, first) = (free.from.first()?, self.random.pick(&listed.via)?.clone());
        let home = self.world.ports.values().find(|port| port.country == *country)?.locode.clone();
        let form = self.world.form(if self.random.chance(0.5) { "chips" } else { "powder" })?;
        let timber = Timber { wood: free, form, country, port: &home };
        let (planted, twin) = (self.firms(true, country, "general"), self.firms(false, country, "general"));
        let load = self.wood_load(&timber, &planted);
        let lane = self.lane(&home);
        let mut case = self.pair(&lane, [&planted, &twin], [load.clone(), load], [Vec::new(), Vec::new()]);
        if let Some(bill) = case.now.first_mut().map(|draft| &mut draft.bill) {
            bill.places.original_loading.clone_from(&first);
            bill.routing.first_mut()?.clone_from(&self.world.country_of(&first).to_owned());
        }
        Some(case)
    }

    /// Small lots of one wood on one ship: to one receiver when planted, each to its own when not.
    fn split(&mut self) -> Option<Case> {
        let mut timber = self.timber(|wood| wood.is_listed() && wood.law != "I")?;
        timber.form = self.world.form("sawn")?;
        let first = self.firms(true, timber.country, "timber");
        let lane = self.lane(timber.port);
        let mut case = Case::default();
        for lot in 0..self.random.between(4, 6) {
            let volume = self.random.within(LOT_M3.0, LOT_M3.1);
            let mut load = self.wood_load(&timber, &first).at_most(volume);
            (load.shares_box, load.n_boxes) = (true, 1);
            for planted in [true, false] {
                let mut firms = self.firms(planted, timber.country, "timber");
                let n = self.ring as u64 * 100_000 + self.front * 16 + lot + 2;
                let part = if planted { "front" } else { "twin" };
                let style = firms.consignor.style.clone();
                firms.consignor = Trader::new(self.world, self.seeds, part, timber.country, "timber", n);
                firms.consignor.style = style;
                if !planted {
                    let at = self.world.country_of(&self.service.arrival);
                    firms.consignee = Trader::new(self.world, self.seeds, "twin receiver", at, "timber", n);
                }
                let papers = self.held(&timber, &firms, &load);
                let bill = self.bill(planted, &lane, &firms, load.clone(), papers);
                case.now.push(bill);
            }
        }
        Some(case)
    }

    /// Ordinary goods: of a firm on the watch list, or of one that is not.
    fn listed_party(&mut self) -> Option<Case> {
        let (goods, port) = self.cover()?;
        let country = self.world.country_of(port);
        let (planted, twin) = (self.firms(true, country, &goods.line), self.firms(false, country, &goods.line));
        let days = self.random.between(20, 500) as i64;
        self.news.watch(self.world, &planted.consignor, self.arrives.saturating_sub(days.days()), &mut self.random);
        let load = load::goods(self.world, goods, country, &planted.consignor.style, &mut self.random);
        let lane = self.lane(port);
        Some(self.pair(&lane, [&planted, &twin], [load.clone(), load], [Vec::new(), Vec::new()]))
    }

    /// Ordinary wood on a ship that an alert names; the twin comes on another ship.
    fn named_ship(&mut self) -> Option<Case> {
        let timber = self.ordinary()?;
        let (planted, twin) = (self.firms(true, timber.country, "timber"), self.firms(false, timber.country, "timber"));
        let load = self.wood_load(&timber, &planted);
        let lane = self.lane(timber.port);
        let mut case = self.pair(&lane, [&planted, &twin], [load.clone(), load], [Vec::new(), Vec::new()]);
        let (imo, name) = &self.ship;
        let days = self.random.between(1, 9) as i64;
        let named = Named::Ship { imo, name, country: timber.country };
        self.news.alert(self.world, named, self.arrives.saturating_sub(days.days()), &mut self.random);
        let other = case.now.pop()?;
        case.later.push((self.random.between(1, 3) as i64, other));
        Some(case)
    }

    /// Any goods: in a box that an alert names, or with nothing that tells.
    fn plain(&mut self) -> Option<Case> {
        let weights: Vec<f64> = self.service.ports.iter().map(|(_, share)| *share).collect();
        let port = self.random.weighted(&weights).and_then(|place| self.service.ports.get(place))?.0.as_str();
        let country = self.world.country_of(port);
        let fits = |goods: &&Goods| goods.from.is_empty() || goods.from.iter().any(|from| from == country);
        let goods: Vec<&Goods> = self.world.goods.iter().filter(fits).collect();
        let goods = self.random.pick(&goods).copied()?;
        let (planted, twin) = (self.firms(true, country, &goods.line), self.firms(false, country, &goods.line));
        let mut load = load::goods(self.world, goods, country, &planted.consignor.style, &mut self.random);
        (load.shares_box, load.n_boxes) = (false, 1);
        let load = load
            .clone()
            .at_most(60.0)
            .at_most(PAYLOAD_KG * self.random.within(0.75, 1.0) / (load.mass_kg / load.volume_m3));
        let lane = self.lane(port);
        let mut case = self.pair(&lane, [&planted, &twin], [load.clone(), load], [Vec::new(), Vec::new()]);
        if self.method.act == "named_container" {
            let number = checked::container(25_000_000 + self.random.bits() % 900_000);
            let days = self.random.between(1, 5) as i64;
            self.news.alert(
                self.world,
                Named::Container(&number),
                self.arrives.saturating_sub(days.days()),
                &mut self.random,
            );
            case.now.first_mut()?.box_number = Some(number);
        }
        Some(case)
    }
}

/// A method that shows in the weight needs the volume to be written, of the twin as well; how many bills of honest trade write
/// it is a habit of their firms.
fn with_volumes(mut case: Case) -> Case {
    for draft in &mut case.now {
        if let Some(item) = draft.bill.goods_items.first_mut().filter(|item| item.volume_m3.is_none()) {
            // Told by the mass of the twin or the planted bill alone it could not be found.
            item.volume_m3 = draft.volume_m3;
        }
    }
    case
}

/// A Latin name as the text has it: in capitals where all is in capitals.
fn shown(taxon: &str, text: &str) -> String {
    let upper = text.chars().all(|c| !c.is_lowercase());
    if upper { taxon.to_uppercase() } else { taxon.to_owned() }
}
