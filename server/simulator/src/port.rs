//! The world day by day: ships call, honest trade goes on, rings plant cases, customs open some, results come back, rings react.
//!
//! In: a seed, a family, how many bills over how many days. Out: days in parts, each with its calls, register rows, news and results. What
//! depends on time is done in order and holds little; calls of a day are put together by all threads from what was decided, so
//! that the world is the same on any number of them. Memory does not grow
//! with the number of bills, but for results that are on their way.

use std::collections::{BTreeMap, VecDeque};

use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::act::Scene;
use crate::call::{Means, Plan, Rendered, render};
use crate::customs::{Customs, ResultLine};
use crate::draft::Draft;
use crate::honest::Quay;
use crate::news::{Named, News};
use crate::permits::{Permits, Row};
use crate::random::{Random, Seeds};
use crate::trader::Trader;
use crate::world::{World, WorldError};

/// Calls that are held in memory at once.
const CALLS_AT_ONCE: usize = 16;
/// Chance that a ring does what it did before, where the service carries it.
const USUAL: f64 = 0.3;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub seed: u64,
    /// Worlds of different families share nothing.
    pub family: String,
    pub bills: u64,
    pub days: u32,
}

/// A part of a day: so many calls as are held in memory at once, and what became known meanwhile.
#[derive(Debug)]
pub struct Day {
    pub date: Date,
    /// The first part of its day.
    pub is_first: bool,
    pub calls: Vec<Rendered>,
    pub register: Vec<Row>,
    pub alerts: Vec<serde_json::Value>,
    pub watched: Vec<[String; 13]>,
    pub results: Vec<ResultLine>,
}

/// Those who plan smuggling.
#[derive(Debug, Clone)]
struct Ring {
    /// Place of its present method.
    method: usize,
    /// Port that it ships to.
    port: String,
    n_cases: u64,
    rests_until: Date,
}

/// The world as it goes on.
#[derive(Debug)]
pub struct Port {
    world: World,
    seeds: Seeds,
    wish: Wish,
    start: Date,
    day: u32,
    /// Bills of each call that is still to come today, and the stream that they are planned with.
    today: Option<(VecDeque<usize>, Random)>,
    n_calls: u64,
    n_cases: u64,
    /// Cases of each method so far.
    n_by_method: Vec<u64>,
    rings: Vec<Ring>,
    permits: Permits,
    news: News,
    customs: Customs,
    /// Bills that wait for a later ship, by the place of their service.
    waiting: BTreeMap<usize, Vec<(Date, String, Draft)>>,
}

impl Port {
    /// A world before its first day.
    pub fn new(wish: Wish) -> Result<Self, WorldError> {
        let world = World::shipped()?;
        let seeds = Seeds::new(wish.seed, &wish.family);
        let n_by_method = vec![0; world.methods.len()];
        let start = world.text("start").parse::<Date>();
        let start = start.map_err(|error| WorldError::Table { table: "world.toml", why: error.to_string() })?;
        let mut random = seeds.stream("rings", 0);
        let n = world.setting("rings") as usize;
        let rings = (0..n).map(|_| Ring {
            method: other_method(&world, None, &mut random),
            port: other_port(&world, "", &mut random),
            n_cases: 0,
            rests_until: start,
        });
        let rings = rings.collect();
        Ok(Self {
            world,
            seeds,
            start,
            wish,
            day: 0,
            today: None,
            n_calls: 0,
            n_cases: 0,
            n_by_method,
            rings,
            permits: Permits::default(),
            news: News::default(),
            customs: Customs::default(),
            waiting: BTreeMap::new(),
        })
    }

    /// The tables that this world is made of.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Examinations so far, results that are never told, and results that are on their way.
    pub fn results_so_far(&self) -> (u64, u64, usize) {
        (self.customs.n_opened, self.customs.n_untold, self.customs.n_waiting())
    }

    /// Firms of a port: some bills each.
    fn firms(&self) -> u64 {
        (self.wish.bills / 400).clamp(40, 40_000)
    }

    /// Begins a day: its news, and how large its calls are.
    fn begin(&mut self, date: Date) -> (VecDeque<usize>, Random) {
        let until = |day: u32| self.wish.bills * u64::from(day) / u64::from(self.wish.days.max(1));
        let n_bills = until(self.day + 1) - until(self.day);
        let mut random = self.seeds.stream("noise", u64::from(self.day));
        self.news.noise(&self.world, &self.seeds, date, &mut random);
        let mut random = self.seeds.stream("calls", u64::from(self.day));
        let mean = self.world.setting("call_bills");
        let n_calls = ((n_bills as f64 / mean).round() as u64).max(1);
        let sizes: Vec<f64> = (0..n_calls).map(|_| random.within(0.5, 2.0)).collect();
        let all: f64 = sizes.iter().sum();
        let (mut before, mut given, mut calls) = (0.0, 0, VecDeque::new());
        for size in sizes {
            before += size;
            let until = (n_bills as f64 * before / all).round() as u64;
            if until > given {
                calls.push_back((until - given) as usize);
            }
            given = until;
        }
        (calls, random)
    }

    /// A call with all that depends on time.
    fn plan(&mut self, date: Date, n_bills: usize, random: &mut Random) -> Plan {
        let weights: Vec<f64> = self.world.services.iter().map(|service| service.weight).collect();
        let service = random.weighted(&weights).unwrap_or(0);
        self.n_calls += 1;
        let mut plan = Plan {
            ordinal: self.n_calls,
            service,
            ship: self.ship(service, random),
            departs: self.world.services.get(service).map_or(date, |own| date.saturating_sub(own.days.days())),
            arrives: date,
            n_bills,
            made: Vec::new(),
        };
        let (waited, still): (Vec<_>, Vec<_>) = self
            .waiting
            .remove(&service)
            .unwrap_or_default()
            .into_iter()
            .partition(|(from, ship, _)| *from <= date && *ship != plan.ship.imo);
        plan.made.extend(waited.into_iter().map(|(_, _, draft)| draft));
        if !still.is_empty() {
            self.waiting.insert(service, still);
        }
        self.lawful(&mut plan, random);
        for _ in 0..random.count(n_bills as f64, self.world.setting("cases_share")) {
            self.plant(&mut plan, random);
        }
        plan.made.truncate(n_bills);
        plan
    }

    fn ship(&self, service: usize, random: &mut Random) -> Means {
        let carrier = self.world.services.get(service).map_or("", |own| own.carrier.as_str());
        let n = self.world.carriers.iter().find(|own| own.code == carrier).map_or(1, |own| own.ships);
        Means::new(&self.world, &self.seeds, carrier, random.below(n) as u64)
    }

    /// Lawful bills of the woods that are looked for.
    fn lawful(&mut self, plan: &mut Plan, random: &mut Random) {
        let share = self.world.setting("timber_share") * self.world.setting("ours_share");
        let firms = self.firms();
        let Some(service) = self.world.services.get(plan.service) else { return };
        let quay = Quay { world: &self.world, seeds: &self.seeds, service, departs: plan.departs, firms };
        for _ in 0..random.count(plan.n_bills as f64, share) {
            let mut own = self.seeds.stream("lawful", random.bits());
            plan.made.extend(quay.ours(&mut self.permits, &mut own));
        }
    }

    /// A case of a ring that ships to this port now: by its own method, or by another where the service does not carry it.
    fn plant(&mut self, plan: &mut Plan, random: &mut Random) {
        let Some(service) = self.world.services.get(plan.service) else { return };
        let ready = |ring: &&usize| {
            self.rings.get(**ring).is_some_and(|ring| ring.port == service.arrival && ring.rests_until <= plan.arrives)
        };
        let places: Vec<usize> = (0..self.rings.len()).collect();
        let rings: Vec<usize> = places.iter().filter(ready).copied().collect();
        let Some(place) = random.pick(&rings).copied() else { return };
        let Some(ring) = self.rings.get_mut(place) else { return };
        let fronts = self.world.setting("fronts").max(1.0) as u64;
        for attempt in 0..8 {
            let usual = attempt == 0 && random.chance(USUAL);
            let place_of = if usual { ring.method } else { rare_method(&self.world, &self.n_by_method, random) };
            let Some(method) = self.world.methods.get(place_of) else { continue };
            let case = format!("C{:06}", self.n_cases + 1);
            let scene = Scene {
                world: &self.world,
                seeds: &self.seeds,
                service,
                method,
                ring: place,
                front: ring.n_cases / fronts,
                departs: plan.departs,
                arrives: plan.arrives,
                ship: (plan.ship.imo.clone(), plan.ship.name.clone()),
                permits: &mut self.permits,
                news: &mut self.news,
                random: self.seeds.stream("case", self.n_cases * 8 + attempt),
                case,
            };
            let Some(case) = scene.play() else { continue };
            self.n_cases += 1;
            ring.n_cases += 1;
            if let Some(n) = self.n_by_method.get_mut(place_of) {
                *n += 1;
            }
            plan.made.extend(case.now);
            let later = case.later.into_iter();
            let waiting = self.waiting.entry(plan.service).or_default();
            waiting.extend(
                later.map(|(days, draft)| (plan.arrives.saturating_add(days.days()), plan.ship.imo.clone(), draft)),
            );
            return;
        }
    }

    /// Customs look at what came.
    fn examine(&mut self, date: Date, calls: &[Rendered]) {
        for rendered in calls {
            for (bill, label) in rendered.call.consignments.iter().zip(&rendered.labels) {
                self.customs.look(&self.world, &self.seeds, bill, &rendered.call.reference, label, date);
            }
        }
    }

    /// Reports of the day; rings hear of finds and act.
    fn end(&mut self, date: Date) -> Vec<ResultLine> {
        let mut random = self.seeds.stream("reactions", u64::from(self.day));
        let mut told = Vec::new();
        for (line, ring) in self.customs.due(date) {
            if let Some(ring) = ring {
                self.react(ring, date, &mut random);
            }
            told.push(line);
        }
        told
    }

    /// A find was reported: an alert may follow, and the ring may change its way.
    fn react(&mut self, place: usize, date: Date, random: &mut Random) {
        let Some(ring) = self.rings.get_mut(place) else { return };
        if random.chance(self.world.setting("tip_share")) {
            let countries: Vec<&String> = self.world.issuers.keys().collect();
            let country = random.pick(&countries).map_or("", |country| country.as_str());
            let n = place as u64 * 100_000 + ring.n_cases * 16 + 1;
            let firm = Trader::new(&self.world, &self.seeds, "front", country, "timber", n);
            self.news.alert(&self.world, Named::Party(&firm.name), date, random);
        }
        if random.chance(self.world.setting("react")) {
            if random.chance(0.6) {
                ring.method = other_method(&self.world, Some(ring.method), random);
            } else {
                ring.port = other_port(&self.world, &ring.port, random);
            }
            ring.rests_until = date.saturating_add((random.between(1, 6) as i64).days());
        }
    }
}

/// A method, by weight, other than this one.
fn other_method(world: &World, than: Option<usize>, random: &mut Random) -> usize {
    let weight =
        |(place, method): (usize, &crate::world::Method)| if Some(place) == than { 0.0 } else { method.weight };
    let weights: Vec<f64> = world.methods.iter().enumerate().map(weight).collect();
    random.weighted(&weights).unwrap_or(0)
}

/// A method by weight, those before others that fell behind their share: not every service carries every method's goods.
fn rare_method(world: &World, n: &[u64], random: &mut Random) -> usize {
    let methods = world.methods.iter().zip(n);
    let weights: Vec<f64> =
        methods.map(|(method, n)| (method.weight / (1.0 + *n as f64)).powi(2) * method.weight).collect();
    random.weighted(&weights).unwrap_or(0)
}

/// A port of arrival, by the services that end there, other than this one.
fn other_port(world: &World, than: &str, random: &mut Random) -> String {
    let weight = |service: &crate::world::Service| if service.arrival == than { 0.0 } else { service.weight };
    let weights: Vec<f64> = world.services.iter().map(weight).collect();
    let place = random.weighted(&weights).and_then(|place| world.services.get(place));
    place.map_or(String::new(), |service| service.arrival.clone())
}

impl Iterator for Port {
    type Item = Day;

    fn next(&mut self) -> Option<Day> {
        if self.day >= self.wish.days {
            return None;
        }
        let date = self.start.saturating_add(i64::from(self.day).days());
        let is_first = self.today.is_none();
        let (mut sizes, mut random) = self.today.take().unwrap_or_else(|| self.begin(date));
        let part: Vec<usize> = sizes.drain(..sizes.len().min(CALLS_AT_ONCE)).collect();
        let plans: Vec<Plan> = part.into_iter().map(|n| self.plan(date, n, &mut random)).collect();
        let firms = self.firms();
        let (world, seeds) = (&self.world, &self.seeds);
        let put = |plan: Plan| world.services.get(plan.service).map(|own| render(world, seeds, own, firms, plan));
        let calls: Vec<Rendered> = plans.into_par_iter().filter_map(put).collect();
        self.examine(date, &calls);
        let results = if sizes.is_empty() {
            let results = self.end(date);
            self.day += 1;
            results
        } else {
            self.today = Some((sizes, random));
            Vec::new()
        };
        Some(Day {
            date,
            is_first,
            calls,
            register: std::mem::take(&mut self.permits.rows),
            alerts: std::mem::take(&mut self.news.alerts),
            watched: std::mem::take(&mut self.news.watched),
            results,
        })
    }
}
