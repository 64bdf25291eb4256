//! Tables over many records in which nobody can be told: sanctions by gravity, before and after, offers by quarter, findings.
//!
//! In: cases, offers, plans, findings. Out: [`Made`], as every report. Small cells are left out, and no sum is printed from which they
//! could be had. Not here: who may ask.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use palisander_engine::Date;
use serde::Deserialize;

use super::interval::share_between;
use super::made::{Made, Quality};
use super::suppressed::{LEAST, suppressed};
use crate::cases::{Case, Count, Counts, Outcome, Stage};
use crate::plans::Plan;

/// The name of the table of sanctions.
pub const SANCTIONS: &str = "sanctions";
/// The name of the comparison of seizures before and after a day.
pub const COOPERATION: &str = "cooperation";
/// The name of the table of findings.
pub const FINDINGS: &str = "findings";
/// The name of the table of offers on platforms.
pub const TRENDS: &str = "listing-trends";

/// What stands for a cell that is left out.
pub(super) const BLANK: &str = "left out";

/// A head of a table.
pub(super) struct Head<'a> {
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) source: &'a str,
    pub(super) edition: &'a str,
}

/// A table as every report is made; the share of cells that say something is its quality.
pub(super) fn table(head: &Head<'_>, year: i16, titles: &[&str], rows: Vec<Vec<String>>) -> Made {
    let cells = rows.iter().map(Vec::len).sum::<usize>();
    let filled = rows.iter().flatten().filter(|cell| !cell.is_empty() && *cell != BLANK).count();
    let score = if cells == 0 { 100.0 } else { 100.0 * filled as f64 / cells as f64 };
    Made {
        name: head.name.to_owned(),
        title: head.title.to_owned(),
        source: head.source.to_owned(),
        edition: head.edition.to_owned(),
        year,
        due_on: None,
        may_be_shared: None,
        titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        unconfirmed: Vec::new(),
        rows,
        late: Vec::new(),
        n_cases: None,
        quality: Quality { score: (score * 10.0).round() / 10.0, gaps: Vec::new() },
    }
}

fn shown(n: Option<usize>) -> String {
    n.map_or_else(|| BLANK.to_owned(), |n| n.to_string())
}

/// How grave a case is: its name, the questions of its cells, and which cases are in it; each case is in the first that fits.
struct Gravity {
    name: &'static str,
    cells: [&'static str; 3],
    whole: &'static str,
    fits: fn(&Case) -> bool,
}

const GRAVITIES: [Gravity; 3] = [
    Gravity {
        name: "large",
        cells: ["large.convicted", "large.acquitted", "large.other"],
        whole: "over.large",
        fits: |case| case.is_large,
    },
    Gravity {
        name: "Appendix I",
        cells: ["one.convicted", "one.acquitted", "one.other"],
        whole: "over.one",
        fits: |case| case.is_appendix_one,
    },
    Gravity {
        name: "other",
        cells: ["rest.convicted", "rest.acquitted", "rest.other"],
        whole: "over.rest",
        fits: |_| true,
    },
];

/// Months of the classes into which sentences are put, so that none is told to the month.
const CLASS_MONTHS: u32 = 6;

/// How cases of a year ended in court, by their gravity, and what the middle sentence was.
pub fn sanctions(cases: &[Case], year: i16) -> Made {
    let over = cases.iter().filter(|case| case.facts.seized_on.year() == year && case.court.stage == Stage::Final);
    let mut by: [Vec<&Case>; 3] = Default::default();
    let mut n_cases = 0;
    for case in over {
        n_cases += 1;
        let at = GRAVITIES.iter().position(|own| (own.fits)(case)).unwrap_or_default();
        by.get_mut(at).into_iter().for_each(|own| own.push(case));
    }
    let ended = |case: &Case, cell: usize| match case.court.outcome {
        Some(Outcome::Convicted) => cell == 0,
        Some(Outcome::Acquitted) => cell == 1,
        _ => cell == 2,
    };
    let mut counts = Vec::new();
    for (own, cases) in GRAVITIES.iter().zip(&by) {
        counts.push(Count { question: own.whole, says: "", n: cases.len(), of: n_cases });
        for (cell, question) in own.cells.into_iter().enumerate() {
            let n = cases.iter().filter(|case| ended(case, cell)).count();
            counts.push(Count { question, says: "", n, of: cases.len() });
        }
    }
    let all =
        Counts { n_cases, counts, sentences_months: Vec::new(), days_until_told: Vec::new(), assets: BTreeMap::new() };
    let told: BTreeMap<&str, Option<usize>> =
        suppressed(&all, LEAST).into_iter().map(|(one, n)| (one.question, n)).collect();
    let cell = |question: &str| told.get(question).copied().flatten();
    let rows = GRAVITIES.iter().zip(&by).map(|(own, cases)| {
        let [convicted, acquitted, other] = own.cells.map(cell);
        // A row whose whole is left out says nothing of its parts.
        let whole = cell(own.whole);
        let part = |n: Option<usize>| shown(whole.and(n));
        let sentences = cases.iter().filter_map(|case| case.court.sentence_months.filter(|_| ended(case, 0))).collect();
        vec![
            own.name.to_owned(),
            shown(whole),
            part(convicted),
            part(acquitted),
            part(other),
            middle(sentences).filter(|_| whole.and(convicted).is_some()).unwrap_or_else(|| BLANK.to_owned()),
        ]
    });
    let head = Head {
        name: SANCTIONS,
        title: "How cases ended in court, by gravity",
        source: "CITES Resolution Conf. 11.3: sanctions that fit nature and gravity; CoP17 Doc. 25, Annex 3, paragraph 10 vi",
        edition: "2026-12-01",
    };
    let titles =
        ["Gravity", "Over in court", "Convicted", "Acquitted", "Dropped or settled", "Middle sentence (months)"];
    table(&head, year, &titles, rows.collect())
}

/// The class in which the middle sentence lies; `None` where there are fewer than may be told.
fn middle(mut months: Vec<u32>) -> Option<String> {
    if months.len() < LEAST {
        return None;
    }
    months.sort_unstable();
    let middle = *months.get(months.len() / 2)?;
    let from = middle / CLASS_MONTHS * CLASS_MONTHS;
    Some(format!("{from} to {}", from + CLASS_MONTHS - 1))
}

/// Lowest and highest ratio of what came after to what came before, for equal times, that counts as these allow; 95 %. Given both counts,
/// how many of all came after is binomial; the interval of that share is turned into one of the ratio.
fn ratio_between(before: usize, after: usize) -> (f64, f64) {
    let odds = |share: f64| if share >= 1.0 { f64::INFINITY } else { share / (1.0 - share) };
    share_between(after, before + after).map_or((0.0, f64::INFINITY), |(low, high)| (odds(low), odds(high)))
}

/// Most days that are compared on each side.
const MAX_DAYS: i32 = 365;

/// Seizures before and after a day, over equal times, with the interval in which their ratio lies; never a cause.
pub fn cooperation(cases: &[Case], since: Date, today: Date) -> Made {
    let days = (today - since).get_days().clamp(0, MAX_DAYS);
    let (first, end) = (since.checked_sub(days.days()).ok(), since.checked_add(days.days()).ok());
    let between = |from: Option<Date>, to: Option<Date>| {
        let within = |day: Date| from.is_some_and(|from| from <= day) && to.is_some_and(|to| day < to);
        cases.iter().filter(|case| within(case.facts.seized_on)).count()
    };
    let (before, after) = (between(first, Some(since)), between(Some(since), end));
    let is_small = |n: usize| n > 0 && n < LEAST;
    let cell = |n: usize| if is_small(n) { BLANK.to_owned() } else { n.to_string() };
    let (ratio, low, high, says) = if before + after == 0 || is_small(before) || is_small(after) {
        (String::new(), String::new(), String::new(), "too few to compare")
    } else {
        let (low, high) = ratio_between(before, after);
        let says = if low > 1.0 {
            "more were made than before; what did it is not told by it"
        } else if high < 1.0 {
            "fewer were made than before; what did it is not told by it"
        } else {
            "it cannot be told from chance"
        };
        let ratio = if before == 0 { String::new() } else { format!("{:.2}", after as f64 / before as f64) };
        let high = if high.is_finite() && before > 0 { format!("{high:.2}") } else { String::new() };
        (ratio, format!("{low:.2}"), high, says)
    };
    let rows = vec![
        vec![format!("{days} days on each side of {since}"), cell(before), cell(after), ratio, low, high, says.to_owned()],
        vec![
            "quotation".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            "“a 56% increase in seizures”: one respondent's remark, without counts (CoP17 Doc. 25, Annex 3, paragraph 10 iii)"
                .to_owned(),
        ],
    ];
    let head = Head {
        name: COOPERATION,
        title: "Seizures before and after a day, with an interval",
        source: "CITES CoP17 Doc. 25, Annex 3, paragraph 10 iii, and its Appendix, paragraph 4",
        edition: "2026-12-01",
    };
    let titles = ["Compared", "Before", "After", "Ratio", "Lowest", "Highest", "What it says"];
    table(&head, since.year(), &titles, rows)
}

/// An offer on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub seen_on: Date,
    pub platform: String,
    pub title: String,
    pub taxa: Vec<String>,
}

/// Words by which a form is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormOffered {
    form: String,
    words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrendsFile {
    name: String,
    title: String,
    source: String,
    edition: String,
    forms: Vec<FormOffered>,
}

const TRENDS_FILE: &str = include_str!("../../reports/listing-trends.toml");

/// Offers of a year by quarter, wood, platform and form, with the measures of plans that look at that wood.
pub fn trends(offers: &[Offered], plans: &[Plan], year: i16) -> Result<Made, String> {
    let file: TrendsFile = toml::from_str(TRENDS_FILE).map_err(|error| error.to_string())?;
    let form_of = |title: &str| {
        let words: BTreeSet<String> =
            title.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        let found = file.forms.iter().find(|own| own.words.iter().any(|word| words.contains(word)));
        found.map_or_else(|| "other".to_owned(), |own| own.form.clone())
    };
    let mut cells: BTreeMap<(i8, String, String, String), usize> = BTreeMap::new();
    for own in offers.iter().filter(|own| own.seen_on.year() == year) {
        let quarter = (own.seen_on.month() - 1) / 3 + 1;
        let unnamed = vec!["no wood is named".to_owned()];
        for taxon in if own.taxa.is_empty() { &unnamed } else { &own.taxa } {
            let key = (quarter, taxon.clone(), own.platform.to_lowercase(), form_of(&own.title));
            *cells.entry(key).or_default() += 1;
        }
    }
    let looks = |taxon: &str| {
        let all = plans.iter().flat_map(|plan| plan.measures.iter().map(move |own| (plan, own)));
        let own = all.filter(|(_, own)| own.taxa.iter().any(|name| name == taxon));
        own.map(|(plan, own)| format!("{}: {}", plan.id, own.text)).collect::<Vec<_>>().join("; ")
    };
    let rows = cells.into_iter().map(|((quarter, taxon, platform, form), n)| {
        let told = shown((n >= LEAST).then_some(n));
        let measure = looks(&taxon);
        vec![format!("{year}-Q{quarter}"), taxon, platform, form, told, measure]
    });
    let head = Head { name: &file.name, title: &file.title, source: &file.source, edition: &file.edition };
    let titles = ["Quarter", "Wood", "Platform", "Form", "Offers", "Measures of plans"];
    Ok(table(&head, year, &titles, rows.collect()))
}

/// A finding of the seizure assessment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingTold {
    /// `i` to `xv`.
    pub id: String,
    pub finding: String,
    pub recommendation: String,
    pub clause: String,
    pub profiles: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingsFile {
    name: String,
    title: String,
    source: String,
    edition: String,
    findings: Vec<FindingTold>,
}

const FINDINGS_FILE: &str = include_str!("../../reports/findings.toml");

/// Findings with recommendation, clause and profiles; then the way back, from each clause and each profile to its findings.
pub fn findings(year: i16) -> Result<Made, String> {
    let file: FindingsFile = toml::from_str(FINDINGS_FILE).map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    let mut of_clause: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut of_profile: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for own in &file.findings {
        let FindingTold { id, finding, recommendation, clause, profiles } = own;
        let told = [finding, recommendation, clause, &profiles.join("; ")].map(|text| text.clone());
        rows.push(["finding".to_owned(), id.clone()].into_iter().chain(told).collect());
        for part in clause.split("; ") {
            of_clause.entry(part).or_default().push(id);
        }
        profiles.iter().for_each(|profile| of_profile.entry(profile).or_default().push(id));
    }
    for (what, back) in [("clause", of_clause), ("profile", of_profile)] {
        for (name, ids) in back {
            let empty = [String::new(), String::new(), String::new()];
            rows.push([what.to_owned(), name.to_owned(), ids.join("; ")].into_iter().chain(empty).collect());
        }
    }
    let head = Head { name: &file.name, title: &file.title, source: &file.source, edition: &file.edition };
    Ok(table(&head, year, &["From", "Id", "Finding", "Recommendation", "Clause", "Profiles"], rows))
}

#[cfg(test)]
mod tests {
    use palisander_engine::{Engine, Options};

    use super::super::tally::tests::six;
    use super::*;
    use crate::plans;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Cases that end in court as told: gravity (`l`, `a`, `o`), outcome, months.
    fn ended(all: &[(char, &str, u32)]) -> Vec<Case> {
        let base = six().cases.into_iter().next().unwrap();
        let of = |(n, (gravity, outcome, months)): (usize, &(char, &str, u32))| {
            let mut case = base.clone();
            case.id = format!("c_{n}");
            (case.is_large, case.is_appendix_one) = (*gravity == 'l', *gravity == 'a');
            (case.court.stage, case.court.outcome) = (Stage::Final, Outcome::read(outcome));
            case.court.sentence_months = (*months > 0).then_some(*months);
            case
        };
        all.iter().enumerate().map(of).collect()
    }

    /// G17: how cases ended, and the middle sentence by gravity; of fewer than three nothing, and nothing from which it could be had.
    #[test]
    fn g17_sanctions_are_told_by_gravity_and_small_cells_are_not() {
        let mut all = vec![('l', "convicted", 30); 3];
        all.extend([('l', "convicted", 40), ('l', "convicted", 24)]);
        all.extend([('a', "convicted", 10), ('a', "convicted", 14), ('a', "convicted", 9)]);
        all.extend([
            ('o', "convicted", 3),
            ('o', "convicted", 2),
            ('o', "convicted", 0),
            ('o', "acquitted", 0),
            ('o', "acquitted", 0),
            ('o', "acquitted", 0),
        ]);
        let made = sanctions(&ended(&all), 2014);
        let row = |n: usize| made.rows[n].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(row(0), ["large", "5", "5", "0", "0", "30 to 35"]);
        assert_eq!(row(1), ["Appendix I", "3", "3", "0", "0", "6 to 11"]);
        assert_eq!(row(2), ["other", "6", "3", "3", "0", BLANK], "two sentences are too few");
        // One acquittal among four is blank, and so is another cell, whatever the difference.
        let few = [('l', "convicted", 9), ('l', "convicted", 9), ('l', "convicted", 9), ('l', "acquitted", 0)];
        let made = sanctions(&ended(&few), 2014);
        assert!(made.rows[0][2..5].iter().filter(|cell| *cell == BLANK).count() >= 2, "{:?}", made.rows[0]);
        let whole = sanctions(&ended(&few[..2]), 2014);
        assert!(whole.rows.iter().all(|row| row[1..].iter().all(|cell| cell == BLANK)), "{:?}", whole.rows);
        assert!(sanctions(&ended(&all), 2013).rows.iter().all(|row| row[5] == BLANK));
    }

    /// F07: before and after on invented counts, with an interval; the remark of a respondent stands as a quotation alone.
    #[test]
    fn f07_before_and_after_has_an_interval_and_the_remark_is_a_quotation() {
        let base = six().cases.into_iter().next().unwrap();
        let cases = |before: usize, after: usize| -> Vec<Case> {
            let of = |day: &str| {
                let mut case = base.clone();
                case.facts.seized_on = day.parse().unwrap();
                case
            };
            let mut all = vec![of("2026-05-31"); before];
            all.extend(vec![of("2026-06-01"); after]);
            // Outside both times.
            all.extend([of("2024-01-01"), of("2026-12-31")]);
            all
        };
        let made = |before, after| cooperation(&cases(before, after), day("2026-06-01"), day("2026-11-28"));
        let row = made(20, 31).rows.remove(0);
        // Wilson of 31 in 51: 0.4707 to 0.7296; as odds 0.89 to 2.70.
        assert_eq!(row[1..6], ["20", "31", "1.55", "0.89", "2.70"]);
        assert_eq!(
            (row[0].as_str(), row[6].as_str()),
            ("180 days on each side of 2026-06-01", "it cannot be told from chance")
        );
        assert!(made(20, 60).rows[0][6].starts_with("more were made"));
        assert!(made(60, 20).rows[0][6].starts_with("fewer were made"));
        assert_eq!(made(2, 9).rows[0][1..6], [BLANK, "9", "", "", ""]);
        for (before, after) in [(0, 0), (0, 5), (5, 0), (20, 31), (3, 400)] {
            let made = made(before, after);
            let with: Vec<&Vec<String>> =
                made.rows.iter().filter(|row| row.iter().any(|cell| cell.contains("56"))).collect();
            assert!(with.len() == 1 && with[0][0] == "quotation" && with[0][6].contains('“'), "{before} {after}");
            assert!(with[0][1..6].iter().all(String::is_empty));
        }
        // The interval holds the ratio and narrows with counts.
        for (before, after) in [(3, 3), (10, 20), (100, 130), (1_000, 900)] {
            let ((low, high), ratio) = (ratio_between(before, after), after as f64 / before as f64);
            let (near, far) = ratio_between(before * 10, after * 10);
            assert!(low < ratio && ratio < high && low < near && far < high, "{before} {after}");
        }
    }

    /// E03: offers by quarter, wood, platform and form, with the measure that looks at the wood; a few are not told.
    #[test]
    fn e03_offers_by_quarter_are_linked_to_the_measure_that_looks_at_them() {
        let offer = |seen_on: &str, title: &str, taxa: &[&str]| Offered {
            seen_on: day(seen_on),
            platform: "Invented Market".to_owned(),
            title: title.to_owned(),
            taxa: taxa.iter().map(|name| (*name).to_owned()).collect(),
        };
        let siam = ["Dalbergia cochinchinensis"];
        let mut all = vec![offer("2026-03-31", "Siamese rosewood chair", &siam); 4];
        all.extend(vec![offer("2026-04-01", "Siamese rosewood chair", &siam); 3]);
        all.extend(vec![offer("2026-04-02", "Rosewood logs, catalogue", &[]); 2]);
        all.push(offer("2025-12-31", "Siamese rosewood chair", &siam));
        let plans: Vec<Plan> = plans::built_in().iter().map(|(_, text)| plans::read(text).unwrap()).collect();
        let made = trends(&all, &plans, 2026).unwrap();
        let rows: Vec<Vec<&str>> = made.rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let measure = "siamese-rosewood-dialogues: Reduce consumer demand";
        assert_eq!(
            rows,
            [
                vec!["2026-Q1", siam[0], "invented market", "furniture", "4", measure],
                vec!["2026-Q2", siam[0], "invented market", "furniture", "3", measure],
                vec!["2026-Q2", "no wood is named", "invented market", "logs", BLANK, ""],
            ]
        );
    }

    /// G04: all fifteen findings, with recommendation, clause and profiles that there are; and the way back from each.
    #[test]
    fn g04_findings_lead_to_clauses_and_profiles_and_back() {
        let engine = Engine::open(&Options::default()).unwrap();
        let made = findings(2026).unwrap();
        let of = |what: &str| made.rows.iter().filter(|row| row[0] == what).collect::<Vec<_>>();
        let numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"];
        assert_eq!(of("finding").iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), numerals);
        for row in of("finding") {
            assert!(row[2..5].iter().all(|cell| !cell.is_empty()), "{row:?}");
            // Forth and back: each of its clauses and profiles names it.
            let profiles = row[5].split("; ").filter(|id| !id.is_empty()).map(|id| ("profile", id));
            for (what, name) in row[4].split("; ").map(|part| ("clause", part)).chain(profiles) {
                let back = made.rows.iter().find(|own| own[0] == what && own[1] == name).unwrap();
                assert!(back[2].split("; ").any(|id| id == row[1]), "{what} {name}");
            }
        }
        for row in of("profile") {
            assert!(engine.profiles().profiles.iter().any(|own| own.id == row[1]), "{}", row[1]);
            for id in row[2].split("; ") {
                let finding = of("finding").into_iter().find(|own| own[1] == id).unwrap();
                assert!(finding[5].split("; ").any(|profile| profile == row[1]));
            }
        }
    }
}
