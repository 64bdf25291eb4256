//! Laboratories that meet everything asked, the nearest hub, and what a region lacks.
//!
//! In: the directory, a wish, a day. Out: rows, a hub, gaps. A row that misses one thing that was asked is no answer. Not here:
//! sending a sample.

use std::collections::BTreeSet;

use palisander_engine::tables::{
    Certainty, ForeignCases, LabQuestion, Laboratory, Material, Quality, References, Region, Technique, taxon_meets,
};
use palisander_engine::{CountryCode, Date};
use serde::Serialize;

use super::contacts::is_stale;
use crate::words::words;

/// What a laboratory has to meet, all of it.
#[derive(Debug, Clone, Default)]
pub struct LabWish {
    /// Where it stands.
    pub country: Option<CountryCode>,
    /// Region in which it stands.
    pub region: Option<String>,
    pub material: Option<Material>,
    pub questions: BTreeSet<LabQuestion>,
    pub techniques: BTreeSet<Technique>,
    /// Taxon of which it holds samples.
    pub reference: Option<String>,
    /// It takes cases of other countries.
    pub takes_foreign: bool,
    /// Its quality on the day, at least.
    pub quality: Option<Quality>,
    /// It answers within so many days.
    pub within_days: Option<u32>,
}

/// A laboratory, and how it stands on the day.
#[derive(Debug, Clone, Serialize)]
pub struct FoundLaboratory<'a> {
    #[serde(flatten)]
    pub row: &'a Laboratory,
    /// Its quality on the day; evidence that has run out counts one level less.
    pub quality_now: Quality,
    /// Nobody has confirmed the row for 12 months.
    pub is_stale: bool,
}

fn found(row: &Laboratory, day: Date) -> FoundLaboratory<'_> {
    FoundLaboratory { row, quality_now: row.quality_on(day), is_stale: is_stale(row.verified_on, day) }
}

/// The region of a country; none where no row has it.
fn region_of(tables: &References, country: CountryCode) -> Option<&Region> {
    tables.directory.regions.iter().find(|region| region.countries.contains(&country))
}

/// Laboratories that meet everything that is wished on a day, the best shown first.
pub fn laboratories<'a>(tables: &'a References, wish: &LabWish, day: Date) -> Vec<FoundLaboratory<'a>> {
    let holds = |row: &Laboratory, taxon: &str| {
        row.reference_material.iter().any(|own| taxon_meets(own, taxon) == Certainty::Yes)
    };
    let is_in = |row: &Laboratory, region: &str| region_of(tables, row.country).is_some_and(|own| own.id == region);
    let meets = |one: &FoundLaboratory<'_>| {
        let row = one.row;
        wish.country.is_none_or(|country| row.country == country)
            && wish.region.as_deref().is_none_or(|region| is_in(row, region))
            && wish.material.is_none_or(|material| row.materials.contains(&material))
            && wish.questions.iter().all(|question| row.questions.contains(question))
            && wish.techniques.iter().all(|technique| row.techniques.contains(technique))
            && wish.reference.as_deref().is_none_or(|taxon| holds(row, taxon))
            && (!wish.takes_foreign || row.foreign_cases != ForeignCases::No)
            && wish.quality.is_none_or(|least| one.quality_now >= least)
            // A time that is not known promises nothing.
            && wish.within_days.is_none_or(|most| row.turnaround_days.is_some_and(|days| days <= most))
    };
    let mut all: Vec<_> = tables.directory.laboratories.iter().map(|row| found(row, day)).filter(meets).collect();
    all.sort_by(|a, b| b.quality_now.cmp(&a.quality_now).then_with(|| a.row.id.cmp(&b.row.id)));
    all
}

/// The laboratory that serves a country: its own, else the nearest hub that takes foreign cases, each of minimum quality at least
/// (CITES CoP17 Doc. 25, paragraphs 36 and 39). None where nobody meets the wish.
pub fn hub<'a>(tables: &'a References, wish: &LabWish, country: CountryCode, day: Date) -> Option<FoundLaboratory<'a>> {
    let neighbours = tables.countries.get(country);
    let distance = |other: CountryCode| match () {
        () if other == country => 0_u8,
        () if neighbours
            .is_some_and(|own| own.land_neighbours.iter().chain(&own.sea_neighbours).any(|c| *c == other)) =>
        {
            1
        }
        () if region_of(tables, country).is_some_and(|own| own.countries.contains(&other)) => 2,
        () => 3,
    };
    let least = wish.quality.unwrap_or(Quality::Minimum).max(Quality::Minimum);
    let wish = LabWish { quality: Some(least), country: None, ..wish.clone() };
    let serves = |one: &FoundLaboratory<'_>| one.row.country == country || one.row.foreign_cases != ForeignCases::No;
    // They come the best shown first, and of equals the first is taken.
    laboratories(tables, &wish, day).into_iter().filter(serves).min_by_key(|one| distance(one.row.country))
}

/// How many laboratories there are, as the review of the Secretariat counted them (CITES CoP17 Doc. 25, paragraphs 33 to 37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LabCounts {
    pub laboratories: usize,
    pub countries: usize,
    /// Of minimum quality at least.
    pub at_minimum: usize,
    pub audited: usize,
    pub foreign_cases: usize,
}

/// The counts of the whole table on a day.
pub fn lab_counts(tables: &References, day: Date) -> LabCounts {
    let rows = &tables.directory.laboratories;
    let n = |holds: &dyn Fn(&Laboratory) -> bool| rows.iter().filter(|row| holds(row)).count();
    LabCounts {
        laboratories: rows.len(),
        countries: rows.iter().map(|row| row.country).collect::<BTreeSet<_>>().len(),
        at_minimum: n(&|row| row.quality_on(day) >= Quality::Minimum),
        audited: n(&|row| row.quality_on(day) == Quality::Audited),
        foreign_cases: n(&|row| row.foreign_cases != ForeignCases::No),
    }
}

words! {
    /// The seven areas in which laboratories are to grow (CITES CoP17 Doc. 25, paragraph 38).
    Area {
        SpeciesMethods = "species_methods",
        ReferenceResources = "reference_resources",
        Technologies = "technologies",
        Infrastructure = "infrastructure",
        StaffTraining = "staff_training",
        Standards = "standards",
        /// Does anybody outside know how to reach it?
        Communication = "communication",
    }
}

/// What a region has and lacks.
#[derive(Debug, Clone, Serialize)]
pub struct RegionGaps {
    pub region: String,
    pub name: String,
    pub laboratories: usize,
    /// Areas in which no laboratory of the region has anything.
    pub lacks: Vec<Area>,
}

/// What each region lacks for a material on a day.
pub fn lab_gaps(tables: &References, material: Option<Material>, day: Date) -> Vec<RegionGaps> {
    let regions = tables.directory.regions.iter();
    regions
        .map(|region| {
            let wish = LabWish { region: Some(region.id.clone()), material, ..LabWish::default() };
            let own = laboratories(tables, &wish, day);
            let lacks = Area::ALL.iter().copied().filter(|area| !own.iter().any(|one| has(*area, one)));
            RegionGaps {
                region: region.id.clone(),
                name: region.name.clone(),
                laboratories: own.len(),
                lacks: lacks.collect(),
            }
        })
        .collect()
}

/// Has a laboratory anything of an area?
fn has(area: Area, one: &FoundLaboratory<'_>) -> bool {
    let row = one.row;
    match area {
        Area::SpeciesMethods => row.questions.contains(&LabQuestion::Species),
        Area::ReferenceResources => !row.reference_material.is_empty(),
        // Looking at the wood alone is no technology: it does not tell origin.
        Area::Technologies => row.techniques.iter().any(|technique| *technique != Technique::Anatomy),
        Area::Infrastructure => true,
        Area::StaffTraining => row.trains_staff,
        Area::Standards => one.quality_now >= Quality::Minimum,
        Area::Communication => row.foreign_cases != ForeignCases::No && !one.is_stale,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use palisander_engine::tables::DataSource;

    use super::*;

    fn tables() -> References {
        References::load(&DataSource::Embedded).unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn ids(found: &[FoundLaboratory<'_>]) -> Vec<String> {
        found.iter().map(|one| one.row.id.replace("LAB-INVENTED-", "")).collect()
    }

    /// Wood, species and origin, foreign cases, quality at least minimum: whoever misses one of these is left out.
    #[test]
    fn l01_l03_l08_only_laboratories_that_meet_everything_are_named() {
        let (tables, on) = (tables(), day("2026-11-01"));
        let wish = LabWish {
            material: Some(Material::Wood),
            questions: BTreeSet::from([LabQuestion::Species, LabQuestion::Origin]),
            takes_foreign: true,
            quality: Some(Quality::Minimum),
            ..LabWish::default()
        };
        assert_eq!(ids(&laboratories(&tables, &wish, on)), ["2", "5"]);
        let ask = |change: &dyn Fn(&mut LabWish)| {
            let mut other = wish.clone();
            change(&mut other);
            ids(&laboratories(&tables, &other, on))
        };
        assert_eq!(ask(&|wish| wish.quality = Some(Quality::Audited)), ["2"]);
        assert_eq!(ask(&|wish| wish.within_days = Some(40)), ["5"]);
        assert_eq!(ask(&|wish| wish.reference = Some("Dalbergia nigra".to_owned())), ["2"]);
        assert_eq!(ask(&|wish| wish.techniques = BTreeSet::from([Technique::Anatomy, Technique::Isotopes])), ["2"]);
        assert_eq!(ask(&|wish| wish.country = "ZA".parse().ok()), ["5"]);
        assert!(ask(&|wish| wish.techniques = BTreeSet::from([Technique::Nir])).is_empty());
        // L08: other materials by the same directory; age of ivory is asked of one only.
        let ivory = |wish: &mut LabWish| {
            (wish.material, wish.questions) = (Some(Material::Ivory), BTreeSet::from([LabQuestion::Age]));
        };
        assert_eq!(ask(&ivory), ["9"]);
        // Every answer meets every part of the wish, whatever is asked.
        for one in laboratories(&tables, &wish, on) {
            assert!(one.row.foreign_cases != ForeignCases::No && one.quality_now >= Quality::Minimum);
        }
    }

    #[test]
    fn l02_evidence_that_has_run_out_drops_a_level() {
        let tables = tables();
        let quality = |id: &str, on: &str| {
            let row = tables.directory.laboratories.iter().find(|row| row.id == format!("LAB-INVENTED-{id}")).unwrap();
            row.quality_on(day(on))
        };
        assert_eq!(quality("2", "2026-12-31"), Quality::Audited, "on its last day");
        assert_eq!(quality("2", "2027-01-01"), Quality::Minimum);
        assert_eq!(quality("6", "2026-11-01"), Quality::Minimum);
        assert_eq!(
            (quality("10", "2026-09-30"), quality("10", "2026-10-01")),
            (Quality::Minimum, Quality::SelfDeclared)
        );
        assert_eq!(quality("4", "2036-01-01"), Quality::Minimum, "without a last day it stays");
    }

    /// The figures of the review, from the rows alone; a year later its audits are over, and one number falls.
    #[test]
    fn l02_the_fixture_counts_110_39_41_23() {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/directory"));
        let tables = References::load(&DataSource::Folder(folder)).unwrap();
        let counts = |on: &str| {
            let LabCounts { laboratories, countries, at_minimum, audited, foreign_cases } =
                lab_counts(&tables, day(on));
            [laboratories, countries, at_minimum, audited, foreign_cases]
        };
        assert_eq!(counts("2026-11-01"), [110, 39, 41, 23, 36]);
        assert_eq!(counts("2027-01-01"), [110, 39, 41, 0, 36]);
    }

    #[test]
    fn l04_the_nearest_laboratory_that_serves_a_country_is_proposed() {
        let (tables, on) = (tables(), day("2026-08-01"));
        let asked = |country: &str, question: LabQuestion, techniques: &[Technique]| {
            let wish = LabWish {
                material: Some(Material::Wood),
                questions: BTreeSet::from([question]),
                techniques: techniques.iter().copied().collect(),
                ..LabWish::default()
            };
            hub(&tables, &wish, country.parse().unwrap(), on).map(|one| one.row.id.replace("LAB-INVENTED-", ""))
        };
        // Its own, a neighbour's, one of its region, then one far away.
        assert_eq!(asked("CN", LabQuestion::Species, &[]).as_deref(), Some("6"));
        assert_eq!(asked("ZM", LabQuestion::Species, &[Technique::Isotopes]).as_deref(), Some("5"));
        assert_eq!(asked("LA", LabQuestion::Species, &[]).as_deref(), Some("10"));
        assert_eq!(asked("VN", LabQuestion::Species, &[Technique::Dna]).as_deref(), Some("4"));
        assert_eq!(asked("KE", LabQuestion::Species, &[Technique::MassSpectrometry]).as_deref(), Some("3"));
        // One that takes its own cases only is nobody else's, and one without shown quality is no hub.
        assert_ne!(asked("MN", LabQuestion::Species, &[Technique::MassSpectrometry]).as_deref(), Some("6"));
        assert_ne!(asked("KE", LabQuestion::Species, &[]).as_deref(), Some("8"));
        assert_eq!(asked("KE", LabQuestion::Age, &[]), None);
    }

    #[test]
    fn l05_gaps_of_a_region_are_told_by_the_seven_areas() {
        let tables = tables();
        let all = lab_gaps(&tables, Some(Material::Wood), day("2026-11-01"));
        let of = |region: &str| all.iter().find(|one| one.region == region).unwrap();
        assert_eq!((Area::ALL.len(), all.len()), (7, tables.directory.regions.len()));
        assert_eq!((of("oceania").laboratories, of("oceania").lacks.as_slice()), (0, Area::ALL));
        assert!(of("europe").lacks.is_empty());
        let eastern = &of("eastern_africa").lacks;
        assert_eq!(eastern.as_slice(), [Area::StaffTraining, Area::Standards]);
    }
}
