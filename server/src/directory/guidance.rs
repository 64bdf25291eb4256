//! What to read and learn for an indicator, and what to look at on the spot for a wood.
//!
//! In: the directory, an indicator or a taxon, the clearance of whoever asks. Out: a chapter and a course, or that there are none; checks,
//! density and look-alikes. What is seen on the spot is a reason to sample, never a finding.

use palisander_engine::Label;
use palisander_engine::tables::{Certainty, Directory, LibraryEntry, References, SiteCheck, taxon_meets};
use serde::Serialize;

/// Every other indicator of a profile.
const OTHERS: &str = "*";
/// Access of what is not for everybody.
const RESTRICTED: &str = "restricted";

/// Guidance for an indicator.
#[derive(Debug, Clone, Serialize)]
pub struct Guide<'a> {
    pub profile: String,
    pub indicator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapter: Option<&'a LibraryEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<&'a LibraryEntry>,
    /// Why there is neither, where there is neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none_because: Option<&'a str>,
}

/// What is read and learnt for an indicator by somebody of a clearance. Restricted chapters are for those cleared for AMBER; to
/// others there is none, as there may be in truth.
pub fn guide<'a>(tables: &'a References, profile: &str, indicator: &str, clearance: Label) -> Guide<'a> {
    let directory = &tables.directory;
    let of = |name: &str| directory.guidance.iter().find(|row| row.profile == profile && row.indicator == name);
    let row = of(indicator).or_else(|| of(OTHERS));
    let entry = |id: &str| entry(directory, id).filter(|one| one.access != RESTRICTED || clearance >= Label::Amber);
    let chapter = row.and_then(|row| entry(&row.chapter));
    let course = row.and_then(|row| entry(&row.course));
    let reason = row.map(|row| row.none_because.as_str()).filter(|why| !why.is_empty());
    let none_because = (chapter.is_none() && course.is_none()).then(|| reason.unwrap_or(NOBODY));
    Guide { profile: profile.to_owned(), indicator: indicator.to_owned(), chapter, course, none_because }
}

/// Said of what nobody has written.
const NOBODY: &str = "nothing is held for you about it";

fn entry<'a>(directory: &'a Directory, id: &str) -> Option<&'a LibraryEntry> {
    directory.library.iter().find(|entry| entry.id == id)
}

/// What to look at on the spot.
#[derive(Debug, Clone, Serialize)]
pub struct Checks<'a> {
    pub taxon: String,
    /// Those of the species before those of its genus.
    pub checks: Vec<&'a SiteCheck>,
    /// Air-dry, kg/m³: lowest, typical, highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub density_kg_m3: Option<[f64; 3]>,
    /// What it is taken for, or what is taken for it.
    pub look_alikes: Vec<&'a str>,
    /// Nothing is held of it.
    pub is_none: bool,
}

/// What to look at on the spot for a taxon, from checks, densities and look-alikes.
pub fn site_checks<'a>(tables: &'a References, taxon: &str) -> Checks<'a> {
    let name = tables.accepted_name(taxon);
    let rows = tables.directory.site_checks.iter();
    let mut checks: Vec<&SiteCheck> = rows.filter(|row| taxon_meets(&row.taxon, &name) == Certainty::Yes).collect();
    checks.sort_by_key(|row| row.taxon.ends_with(" spp."));
    let density = tables.densities.of(&name);
    let density_kg_m3 = density.map(|row| [row.air_dry_min_kg_m3, row.typical_kg_m3, row.air_dry_max_kg_m3]);
    let look_alikes: Vec<&str> = tables.directory.like(&name).collect();
    let is_none = checks.is_empty() && density_kg_m3.is_none() && look_alikes.is_empty();
    Checks { taxon: name, checks, density_kg_m3, look_alikes, is_none }
}

#[cfg(test)]
mod tests {
    use palisander_engine::tables::{DataSource, load_taxa};
    use palisander_engine::{Engine, Options};

    use super::*;

    fn tables() -> References {
        References::load(&DataSource::Embedded).unwrap()
    }

    /// Every indicator that ships has a chapter or a course, or says why it has none; what is pointed to is in the library.
    #[test]
    fn a11_every_indicator_has_guidance_or_says_none() {
        let engine = Engine::open(&Options::default()).unwrap();
        let (tables, rules) = (engine.references(), engine.profiles());
        let mut without = 0;
        for indicator in &rules.indicators {
            let profile = &rules.profile_of(indicator).unwrap().id;
            let guide = guide(tables, profile, &indicator.name, Label::Red);
            let has = guide.chapter.is_some() || guide.course.is_some();
            assert_ne!(
                guide.none_because,
                Some(NOBODY),
                "{profile}/{} has no row in datasets/guidance",
                indicator.name
            );
            assert_eq!(has, guide.none_because.is_none(), "{profile}/{}", indicator.name);
            without += usize::from(!has);
        }
        assert!(without < rules.indicators.len() / 10, "{without} of {} have none", rules.indicators.len());
        for row in &tables.directory.guidance {
            for id in [&row.chapter, &row.course].into_iter().filter(|id| !id.is_empty()) {
                assert!(entry(&tables.directory, id).is_some(), "`{id}` is not in the library");
            }
            let is_of = |indicator: &str| rules.indicators.iter().any(|own| own.name == indicator);
            assert!(row.indicator == OTHERS || is_of(&row.indicator), "{} is no indicator", row.indicator);
            assert!(rules.profiles.iter().any(|own| own.id == row.profile), "{} is no profile", row.profile);
        }
        // A rule of an office that nobody wrote guidance for says so.
        assert_eq!(guide(tables, "own-rule", "x", Label::Red).none_because, Some(NOBODY));
    }

    #[test]
    fn a10_training_books_are_for_those_who_are_cleared() {
        let tables = tables();
        let chapter = |profile: &str, indicator: &str, clearance| {
            guide(&tables, profile, indicator, clearance).chapter.map(|entry| entry.topics.clone())
        };
        for (profile, indicator, topic) in [
            ("cover-loads", "pieces_too_heavy", "concealment"),
            ("parties", "listed_party", "questioning"),
            ("transit-and-value", "passes_through", "controlled delivery"),
        ] {
            let topics = chapter(profile, indicator, Label::Amber).unwrap();
            assert!(topics.iter().any(|own| own == topic), "{profile}: {topics:?}");
            assert_eq!(chapter(profile, indicator, Label::Green), None, "{profile} to one who is not cleared");
        }
        assert!(chapter("lookalikes", "substitute_named", Label::Clear).is_some(), "public ones are for all");
    }

    /// Every taxon of the genera that are looked for has something to look at on the spot.
    #[test]
    fn l09_there_is_something_to_look_at_for_each_taxon_of_the_set() {
        let tables = tables();
        let taxa = load_taxa(&DataSource::Embedded).unwrap();
        let own: Vec<_> =
            taxa.iter().filter(|taxon| ["Dalbergia", "Diospyros", "Osyris"].contains(&taxon.genus.as_str())).collect();
        assert!(own.len() > 1_000, "{}", own.len());
        for taxon in own {
            let checks = site_checks(&tables, &taxon.scientific_name);
            assert!(!checks.checks.is_empty(), "{}", taxon.scientific_name);
        }
        let siamese = site_checks(&tables, "Dalbergia cochinchinensis");
        assert_eq!(siamese.checks.first().unwrap().taxon, "Dalbergia cochinchinensis", "its own before its genus's");
        assert!(siamese.density_kg_m3.unwrap()[1] > 900.0);
        assert!(siamese.look_alikes.contains(&"Dalbergia oliveri"), "{:?}", siamese.look_alikes);
        assert!(site_checks(&tables, "Quercus robur").checks.is_empty());
    }
}
