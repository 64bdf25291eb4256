//! How much room goods need, told before a container is opened.
//!
//! In: what was answered of a bill, the density of woods, stores with what lies in them. Out: [`Storage`]: the need, and whether the
//! stores near by have it. Stores overflow and goods rot or walk (CITES CoP17 Doc. 25, Annex 3, paragraph 10 xii). It is an estimate: a
//! volume that is declared counts as it stands, else the mass over the density of the lightest wood that is named.

use palisander_engine::tables::{References, StorageSite};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::case::{Case, CaseState};

/// Logs are round: a stack of them takes so much more room than their wood.
const STACKED_LOGS: f64 = 1.4;
/// Heading of wood in the rough.
const LOGS: &str = "4403";
/// Wood of which no name is known, kg/m³: a light one, which takes the more room.
const UNKNOWN_WOOD: f64 = 600.0;

/// Steps in which room that is left is told.
const STEP_M3: f64 = 50.0;
const STEP_KG: f64 = 50_000.0;

/// What goods need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Need {
    pub mass_kg: f64,
    /// Stacked.
    pub volume_m3: f64,
    /// Items of which neither mass nor volume is declared; the need is larger.
    pub unknown_items: usize,
}

/// A store, and what is left of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Room {
    pub site: String,
    pub name: String,
    pub free_m3: f64,
    pub free_kg: f64,
    /// For the whole need; none where the cost is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_a_day: Option<String>,
    pub fits: bool,
}

/// The need and the stores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Storage {
    pub need: Need,
    /// Those near by, the nearest first.
    pub rooms: Vec<Room>,
    /// One of them has room; none where no store is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fits: Option<bool>,
    /// In words, for whoever would open the container.
    pub says: String,
}

/// An item of an answer, as far as its room goes.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Goods {
    #[serde(default)]
    hs_code: Option<String>,
    #[serde(default)]
    net_mass_kg: Option<f64>,
    #[serde(default)]
    gross_mass_kg: Option<f64>,
    #[serde(default)]
    volume_m3: Option<f64>,
    /// Woods that are named for it.
    #[serde(skip)]
    taxa: Vec<String>,
}

impl Goods {
    /// The items of an answer, as it is written.
    pub fn of_answer(answer: &Value) -> Vec<Self> {
        let items = answer["goods"].as_array().into_iter().flatten();
        let named = |n: usize| {
            let place = format!("/goods_items/{n}/");
            let all = answer["taxa"].as_array().into_iter().flatten();
            let own = all.filter(move |one| one["where"].as_str().is_some_and(|at| at.contains(&place)));
            own.filter_map(|one| one["taxon"].as_str().map(str::to_owned)).collect()
        };
        let read = |item: &Value| serde_json::from_value::<Self>(item.clone()).unwrap_or_default();
        items.enumerate().map(|(n, item)| Self { taxa: named(n), ..read(item) }).collect()
    }
}

/// What goods need.
pub fn need(goods: &[Goods], tables: &References) -> Need {
    let mut need = Need { mass_kg: 0.0, volume_m3: 0.0, unknown_items: 0 };
    for item in goods {
        let density = item
            .taxa
            .iter()
            .filter_map(|taxon| tables.densities.of(taxon).map(|density| density.typical_kg_m3))
            .min_by(f64::total_cmp)
            .unwrap_or(UNKNOWN_WOOD);
        let mass = item.net_mass_kg.or(item.gross_mass_kg);
        // A volume that is too small for the mass would hide the need.
        let solid = [item.volume_m3, mass.map(|mass| mass / density)].into_iter().flatten().reduce(f64::max);
        let Some(solid) = solid else {
            need.unknown_items += 1;
            continue;
        };
        let is_round = item.hs_code.as_ref().is_none_or(|code| code.starts_with(LOGS));
        need.volume_m3 += if is_round { solid * STACKED_LOGS } else { solid };
        need.mass_kg += mass.unwrap_or(solid * density);
    }
    need.volume_m3 = (need.volume_m3 * 10.0).round() / 10.0;
    need
}

/// The need beside the stores near a port, less what cases hold there.
pub fn storage(need: Need, sites: &[&StorageSite], cases: &[Case]) -> Storage {
    let rooms: Vec<Room> = sites.iter().map(|site| room(site, &need, cases)).collect();
    let fits = (!rooms.is_empty()).then(|| rooms.iter().any(|room| room.fits));
    let tonnes = need.mass_kg / 1_000.0;
    let what = format!("{tonnes:.1} t and about {:.0} m³ stacked", need.volume_m3);
    let says = match (fits, rooms.first()) {
        (Some(true), _) => {
            let name = rooms.iter().find(|room| room.fits).map_or("", |room| room.name.as_str());
            format!("{what}: {name} has room")
        }
        (Some(false), Some(nearest)) => format!(
            "{what}: no store near by has room; {} has {:.0} m³ and {:.1} t left. Arrange storage before it is opened",
            nearest.name,
            nearest.free_m3,
            nearest.free_kg / 1_000.0
        ),
        _ => format!("{what}: no store is known here; arrange one before it is opened"),
    };
    Storage { need, rooms, fits, says }
}

fn room(site: &StorageSite, need: &Need, cases: &[Case]) -> Room {
    let (mut free_m3, mut free_kg) = (site.volume_m3, site.mass_kg);
    for case in cases.iter().filter(|case| case.state != CaseState::Closed) {
        let (volume, mass) = held_at(case, &site.site);
        free_m3 -= volume;
        free_kg -= mass;
    }
    let (free_m3, free_kg) = (free_m3.max(0.0), free_kg.max(0.0));
    let fits = need.volume_m3 <= free_m3 && need.mass_kg <= free_kg;
    // Told in steps: what another agency holds is not read from the rest.
    let step = |free: f64, step: f64| (free / step).floor() * step;
    let (free_m3, free_kg) = (step(free_m3, STEP_M3), step(free_kg, STEP_KG));
    Room {
        site: site.site.clone(),
        name: site.name.clone(),
        fits,
        free_m3,
        free_kg,
        cost_a_day: site.cost_a_day.map(|cost| format!("{cost} {}", site.currency)),
    }
}

/// What a case holds at a store, m³ and kg: its measures, as far as its pieces are still held and went there last.
fn held_at(case: &Case, site: &str) -> (f64, f64) {
    let balance = case.balance();
    let last = case.custody.iter().rev().find(|line| line.counts());
    if balance.taken_in == 0 || last.is_none_or(|line| line.told.place != site) {
        return (0.0, 0.0);
    }
    let share = balance.held as f64 / balance.taken_in as f64;
    let sum = |of: fn(&super::facts::SeizedGoods) -> Option<f64>| case.facts.goods.iter().filter_map(of).sum::<f64>();
    (sum(|goods| goods.volume_m3) * STACKED_LOGS * share, sum(|goods| goods.mass_kg) * share)
}

#[cfg(test)]
mod tests {
    use palisander_engine::tables::DataSource;
    use serde_json::json;

    use super::*;

    /// 640 t of rosewood logs need more than a store of 500 m³; what lies in it already takes its room.
    #[test]
    fn g05_640_tonnes_do_not_fit_and_it_is_said_before_anything_is_opened() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let answer = |mass: f64, volume: Option<f64>| {
            json!({ "goods": [{ "item": 1, "description": "LOGS", "hs_code": "440349", "net_mass_kg": mass, "volume_m3": volume }],
                "taxa": [{ "where": "/goods_items/0/description", "taxon": "Dalbergia baronii" }] })
        };
        let asked = |mass, volume, cases: &[Case]| {
            storage(need(&Goods::of_answer(&answer(mass, volume)), &tables), &tables.storage.near("KEMBA"), cases)
        };
        let large = asked(640_000.0, None, &[]);
        assert_eq!(large.fits, Some(false));
        assert!(
            large.need.volume_m3 > 500.0
                && large.says.contains("640.0 t")
                && large.says.contains("before it is opened"),
            "{large:?}"
        );
        let small = asked(20_000.0, Some(25.0), &[]);
        assert_eq!((small.fits, small.need.volume_m3), (Some(true), 35.0));
        // What is held there takes room, as long as it is held.
        let held = |held: u64| -> Case {
            let line = |n: usize, event: &str, pieces: u64| {
                json!({ "n": n, "at": "2026-11-01T00:00:00Z", "by": "r",
                "told": { "event": event, "pieces": pieces, "place": "invented-mombasa", "note": "x" }, "signed_by": "s" })
            };
            serde_json::from_value(json!({ "id": "c", "opened_on": "2026-11-01", "opened_by": "r", "lead": "g", "state": "secured",
                "facts": { "seized_on": "2026-11-01", "place": { "kind": "port", "country": "KE", "name": "KEMBA" }, "activity": "import",
                    "goods": [{ "volume_m3": 350.0, "mass_kg": 300_000.0 }] },
                "is_large": true, "is_appendix_one": false,
                "custody": [line(1, "seized", 10), line(2, "destroyed", 10 - held)] }))
            .unwrap()
        };
        assert_eq!(asked(20_000.0, Some(25.0), &[held(10)]).fits, Some(false));
        assert_eq!(asked(20_000.0, Some(25.0), &[held(5)]).fits, Some(true));
        // Where no store is known, that is said, and nothing is claimed.
        let nowhere =
            storage(need(&Goods::of_answer(&answer(1_000.0, None)), &tables), &tables.storage.near("XXXXX"), &[]);
        assert!(nowhere.fits.is_none() && nowhere.says.contains("no store is known"));
        let nothing = need(&Goods::of_answer(&json!({ "goods": [{}] })), &tables);
        assert_eq!((nothing.unknown_items, nothing.mass_kg), (1, 0.0));
    }
}
