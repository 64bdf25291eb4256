//! What many cases have in common: the figures of a seizure assessment, counted and never told.
//!
//! In: cases. Out: for each question of the assessment how many of how many. The questions are those that the Secretariat asked of six
//! seizures (CITES CoP17 Doc. 25, Annex 3). Nobody is named: cases hold no names. Not here: which cells are told to whom.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::case::{Case, CaseState};
use super::court::{AssetState, Cooperation, Outcome, Stage};
use super::custody::Happened;
use super::decide::{About, Choice};
use super::facts::{Activity, AgencyKind, Detection, PlaceKind};
use super::follow::{Body, Progress, Sent, days_between};

/// How many of how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// `found_by.information_or_profile`
    pub question: &'static str,
    /// In words.
    pub says: &'static str,
    pub n: usize,
    pub of: usize,
}

/// The figures of many cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counts {
    pub n_cases: usize,
    pub counts: Vec<Count>,
    /// Months of the sentences, the shortest first.
    pub sentences_months: Vec<u32>,
    /// Days from the opening of a case until each country that the goods touched was told, the fewest first.
    pub days_until_told: Vec<i32>,
    /// Assets by currency and state.
    pub assets: BTreeMap<String, BTreeMap<&'static str, f64>>,
}

/// A question that a case answers with yes or no; `None` = it is not asked of it.
type Question = (&'static str, &'static str, fn(&Case) -> Option<bool>);

/// The questions, in the order of the report.
const QUESTIONS: &[Question] = &[
    ("agency.customs", "made by customs alone", |case| Some(alone(case, AgencyKind::Customs))),
    ("agency.wildlife", "made by a wildlife authority alone", |case| Some(alone(case, AgencyKind::Wildlife))),
    ("agency.police", "made by the police alone", |case| Some(alone(case, AgencyKind::Police))),
    ("agency.joint", "made by several agencies together", |case| Some(case.facts.agencies.len() > 1)),
    ("place.airport", "made at an airport", |case| Some(case.facts.place.kind == PlaceKind::Airport)),
    ("place.home", "made at a home", |case| Some(case.facts.place.kind == PlaceKind::Home)),
    ("place.business", "made at a business", |case| Some(case.facts.place.kind == PlaceKind::Business)),
    ("found_by.information_or_profile", "information or risk profiling had a part in it", |case| {
        Some(case.facts.detected_by.iter().any(|by| matches!(by, Detection::Information | Detection::Profile)))
    }),
    ("found_by.scan_alone", "found by a scanner, without information or profile", |case| {
        let by = &case.facts.detected_by;
        Some(
            by.contains(&Detection::Scan)
                && !by.iter().any(|by| matches!(by, Detection::Information | Detection::Profile)),
        )
    }),
    ("found_by.operation", "an operation had a part in it", |case| {
        Some(case.facts.detected_by.contains(&Detection::Operation))
    }),
    ("transit", "seized in transit", |case| Some(case.facts.activity == Activity::Transit)),
    ("handed_over", "investigated by another authority than the one that seized", |case| {
        Some(!case.hand_overs.is_empty())
    }),
    ("followed_up", "a lead was followed", |case| Some(case.tasks.iter().any(|task| task.state == Progress::Done))),
    ("cooperation.very_good", "authorities worked together very well", |case| {
        Some(case.court.cooperation == Some(Cooperation::VeryGood))
    }),
    ("cooperation.good", "authorities worked together well", |case| {
        Some(case.court.cooperation == Some(Cooperation::Good))
    }),
    ("cooperation.none", "authorities did not work together", |case| {
        Some(case.court.cooperation == Some(Cooperation::None))
    }),
    ("arrested", "somebody was arrested", |case| Some(case.facts.arrests > 0)),
    ("charged", "somebody was charged", |case| Some(is_charged(case))),
    ("laws.one", "charged under one law", |case| Some(is_charged(case) && laws(case).len() == 1)),
    ("laws.combined", "charged under a combination of laws", |case| Some(laws(case).len() > 1)),
    ("convicted", "convicted, of the cases that are over in court", |case| {
        (case.court.stage == Stage::Final).then_some(case.court.outcome == Some(Outcome::Convicted))
    }),
    ("money.followed", "laws against money laundering or on forfeiture were used", |case| {
        Some(case.settled(About::MoneyTrail).is_some_and(|one| one.choice == Choice::Followed))
    }),
    ("money.assets", "assets were frozen or forfeited", |case| {
        Some(case.court.assets.iter().any(|asset| matches!(asset.state, AssetState::Frozen | AssetState::Forfeited)))
    }),
    ("sampled", "samples went to a laboratory", |case| {
        Some(case.custody.iter().any(|line| line.told.event == Happened::Sampled))
    }),
    ("told.countries", "countries of origin, transit or destination were told", |case| {
        Some(is_told(case, Body::Country))
    }),
    ("told.impact", "the origin made an impact statement", |case| {
        Some(case.notices.iter().any(|notice| notice.to == Body::Impact && notice.state == Sent::Answered))
    }),
    ("told.interpol", "reported to INTERPOL", |case| Some(is_told(case, Body::Interpol))),
    ("told.secretariat", "reported to the CITES Secretariat", |case| Some(is_told(case, Body::Secretariat))),
    ("told.wco", "reported to the WCO", |case| Some(is_told(case, Body::Wco))),
    ("told.nobody", "reported to none of the three", |case| {
        Some(![Body::Interpol, Body::Secretariat, Body::Wco].iter().any(|body| is_told(case, *body)))
    }),
    ("wist", "a Wildlife Incident Support Team was asked for, of the large ones", |case| {
        case.is_large.then(|| case.settled(About::Wist).is_some_and(|one| one.choice == Choice::Requested))
    }),
    ("closed", "closed", |case| Some(case.state == CaseState::Closed)),
];

impl Counts {
    /// The figures of these cases.
    pub fn of(cases: &[Case]) -> Self {
        let counts = QUESTIONS.iter().map(|(question, says, ask)| {
            let answers: Vec<bool> = cases.iter().filter_map(ask).collect();
            Count { question, says, n: answers.iter().filter(|yes| **yes).count(), of: answers.len() }
        });
        let mut sentences: Vec<u32> = cases.iter().filter_map(|case| case.court.sentence_months).collect();
        sentences.sort_unstable();
        let mut assets: BTreeMap<String, BTreeMap<&'static str, f64>> = BTreeMap::new();
        for asset in cases.iter().flat_map(|case| &case.court.assets) {
            *assets.entry(asset.currency.clone()).or_default().entry(asset.state.as_str()).or_default() += asset.value;
        }
        let mut days: Vec<i32> = cases
            .iter()
            .flat_map(|case| case.notices.iter().map(move |notice| (case, notice)))
            .filter(|(_, notice)| notice.to == Body::Country)
            .filter_map(|(case, notice)| Some(days_between(case.opened_on, notice.sent_on?)))
            .collect();
        days.sort_unstable();
        let counts = counts.collect();
        Self { n_cases: cases.len(), counts, sentences_months: sentences, days_until_told: days, assets }
    }
}

fn alone(case: &Case, agency: AgencyKind) -> bool {
    case.facts.agencies.len() == 1 && case.facts.agencies.contains(&agency)
}

fn is_charged(case: &Case) -> bool {
    !matches!(case.court.stage, Stage::None | Stage::NotProsecuted)
}

fn laws(case: &Case) -> BTreeSet<&str> {
    case.court.charges.iter().map(|charge| charge.law.trim()).collect()
}

fn is_told(case: &Case, body: Body) -> bool {
    case.notices.iter().any(|notice| notice.to == body && notice.sent_on.is_some())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The six cases of the seed's report, each a file: what is printed of them is counted from their records alone.
    #[test]
    fn g02_g10_g14_g16_g22_m02_m04_m07_six_cases_print_the_figures_of_the_report() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/six");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let read =
            |path: &std::path::PathBuf| -> Case { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
        let cases: Vec<Case> = files.iter().map(read).collect();
        assert_eq!(
            cases
                .iter()
                .flat_map(|case| case.facts.faults().into_iter().chain(case.court.faults()))
                .collect::<Vec<_>>(),
            Vec::<String>::new()
        );
        let counts = Counts::of(&cases);
        let told: Vec<(&str, usize, usize)> = counts.counts.iter().map(|one| (one.question, one.n, one.of)).collect();
        // Paragraphs of Annex 3 (A) and of its appendix (a).
        let report = [
            ("agency.customs", 2, 6),                  // a1
            ("agency.wildlife", 2, 6),                 // a1
            ("agency.police", 1, 6),                   // a1
            ("agency.joint", 1, 6),                    // a1
            ("place.airport", 3, 6),                   // A7
            ("place.home", 2, 6),                      // A7
            ("place.business", 1, 6),                  // A7
            ("found_by.information_or_profile", 5, 6), // A8
            ("found_by.scan_alone", 1, 6),             // A8
            ("found_by.operation", 2, 6),              // A8
            ("transit", 4, 6),                         // A9
            ("handed_over", 5, 6),                     // a10
            ("followed_up", 4, 6),                     // a11
            ("cooperation.very_good", 3, 6),           // a2
            ("cooperation.good", 2, 6),                // a2
            ("cooperation.none", 1, 6),                // a2
            ("arrested", 6, 6),                        // a14
            ("charged", 6, 6),                         // a14
            ("laws.one", 3, 6),                        // a14
            ("laws.combined", 3, 6),                   // a14
            ("convicted", 5, 5),                       // a16
            ("money.followed", 2, 6),                  // a25
            ("money.assets", 1, 6),                    // a25
            ("sampled", 4, 6),                         // a26
            ("told.countries", 4, 6),                  // a27
            ("told.impact", 1, 6),                     // a27
            ("told.interpol", 4, 6),                   // a28
            ("told.secretariat", 2, 6),                // a28
            ("told.wco", 1, 6),                        // a28
            ("told.nobody", 2, 6),                     // a28
        ];
        assert_eq!(
            told.iter().filter(|(question, ..)| !matches!(*question, "wist" | "closed")).copied().collect::<Vec<_>>(),
            report
        );
        assert!(counts.sentences_months.contains(&9) && counts.sentences_months.contains(&15), "a16");
        let total: f64 = counts.assets.values().flat_map(BTreeMap::values).sum();
        let all: f64 = cases.iter().flat_map(|case| &case.court.assets).map(|asset| asset.value).sum();
        assert!((total - all).abs() < 1e-9 && all > 0.0, "M04: assets sum to the totals by state");
    }

    /// K05: how long it took until a country was told is measured from the opening, by the calendar.
    #[test]
    fn k05_how_long_a_country_waited_is_measured() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/six/1.json");
        let mut case: Case = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut later = case.clone();
        case.opened_on = "2014-02-27".parse().unwrap();
        later.opened_on = "2014-01-10".parse().unwrap();
        for (case, day) in [(&mut case, "2014-03-02"), (&mut later, "2014-01-10")] {
            case.notices
                .iter_mut()
                .filter(|one| one.to == Body::Country)
                .for_each(|one| one.sent_on = day.parse().ok());
        }
        assert_eq!(Counts::of(&[case, later]).days_until_told, [0, 3]);
    }

    #[test]
    fn of_no_cases_nothing_is_said() {
        let counts = Counts::of(&[]);
        assert!(counts.counts.iter().all(|one| (one.n, one.of) == (0, 0)) && counts.n_cases == 0);
    }
}
