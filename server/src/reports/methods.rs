//! What led to finds, and how often each way of choosing finds something, with intervals.
//!
//! In: examinations of a year. Out: a table. Bills that were drawn among green ones tell how much is missed: nobody chose them. Small
//! cells are left out. Not here: figures of a ranking over labelled bills (`palisander evaluate`).

use super::interval::share_between;
use super::made::Made;
use super::suppressed::LEAST;
use super::tables::{BLANK, Head, table};
use super::tally::Examination;
use crate::cases::Detection;

/// The name of the table.
pub const METHODS: &str = "methods";

/// Examinations of a year by why the bill was chosen, and finds by what led to them.
pub fn methods(examined: &[Examination], year: i16) -> Made {
    let of_year: Vec<&Examination> = examined.iter().filter(|one| one.on.year() == year).collect();
    let mut reasons: Vec<&str> = of_year.iter().map(|one| one.chosen_by.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let mut ways: Vec<Way> = Vec::new();
    for reason in reasons {
        let own = || of_year.iter().filter(|one| one.chosen_by == reason);
        let (of, n) = (own().count(), own().filter(|one| one.found).count());
        let says = match reason {
            DRAWN => "what is missed among green bills, as far as these tell",
            "" => "it is not on record why they were chosen",
            _ => "",
        };
        let reason = if reason.is_empty() { "unknown" } else { reason };
        ways.push(Way { name: format!("chosen by {reason}"), of, n, says, is_told: is_told(of, n) });
    }
    // Together they are all that were examined: of those that are left out there are never only one.
    if ways.iter().filter(|way| !way.is_told).count() == 1
        && let Some(least) = ways.iter_mut().filter(|way| way.is_told).min_by_key(|way| way.of)
    {
        least.is_told = false;
    }
    let finds: Vec<&&Examination> = of_year.iter().filter(|one| one.found).collect();
    // How many finds there were would tell those of a way that is left out.
    let is_whole = ways.iter().all(|way| way.is_told);
    let mut rows: Vec<Vec<String>> = ways.iter().map(row).collect();
    for method in Detection::ALL {
        let n = finds.iter().filter(|one| one.led_by.contains(method)).count();
        let is_told = is_whole && is_told(finds.len(), n);
        rows.push(row(&Way { name: format!("found by {method}"), of: finds.len(), n, says: "", is_told }));
    }
    let head = Head {
        name: METHODS,
        title: "What led to finds, and how often each way of choosing finds something",
        source: "CITES CoP17 Doc. 25, Annex 3, paragraph 8; Annex 2: knowledge of what works is shared",
        edition: "2026-12-01",
    };
    let titles = ["Way", "Of", "Found", "Share", "Lowest", "Highest", "What it says"];
    table(&head, year, &titles, rows)
}

/// As a bill that was drawn is marked.
const DRAWN: &str = "drawn";

/// A way of choosing or of finding.
struct Way {
    name: String,
    of: usize,
    n: usize,
    says: &'static str,
    is_told: bool,
}

/// Is neither it, nor what is found by it, nor the rest of it so small that a case could be told?
fn is_told(of: usize, n: usize) -> bool {
    ![of, n, of - n].into_iter().any(|cell| cell > 0 && cell < LEAST)
}

/// One row; nothing stands in one that is left out.
fn row(way: &Way) -> Vec<String> {
    let Way { name, of, n, says, is_told } = way;
    let cells = match share_between(*n, *of) {
        _ if !is_told => [BLANK; 5].map(str::to_owned),
        None => ["0", "0", "", "", ""].map(str::to_owned),
        Some((low, high)) => {
            let shown = |share: f64| format!("{:.1} %", 100.0 * share);
            [of.to_string(), n.to_string(), shown(*n as f64 / *of as f64), shown(low), shown(high)]
        }
    };
    std::iter::once(name.clone()).chain(cells).chain([(*says).to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(n: usize, chosen_by: &str, found: bool, led_by: &[Detection]) -> Examination {
        Examination {
            bill: format!("a_{n}"),
            on: "2026-05-01".parse().unwrap(),
            found,
            chosen_by: chosen_by.to_owned(),
            led_by: led_by.iter().copied().collect(),
        }
    }

    #[test]
    fn b07_finds_by_method_have_intervals_and_the_drawn_tell_what_is_missed() {
        let mut all = Vec::new();
        for n in 0..40 {
            all.push(seen(n, "rules", n < 12, if n < 12 { &[Detection::Profile] } else { &[] }));
        }
        for n in 40..140 {
            all.push(seen(n, "drawn", n < 44, if n < 44 { &[Detection::Random, Detection::Dog] } else { &[] }));
        }
        let cells = |all: &[Examination], way: &str| -> Vec<String> {
            let made = methods(all, 2026);
            made.rows.iter().find(|row| row[0] == way).unwrap_or_else(|| panic!("{way}: {:?}", made.rows))[1..].to_vec()
        };
        assert_eq!(cells(&all, "chosen by rules")[..5], ["40", "12", "30.0 %", "18.1 %", "45.4 %"]);
        assert_eq!(cells(&all, "chosen by drawn")[..5], ["100", "4", "4.0 %", "1.6 %", "9.8 %"]);
        assert!(cells(&all, "chosen by drawn")[5].contains("missed"));
        assert_eq!(cells(&all, "found by profile")[..2], ["16", "12"]);
        assert_eq!(cells(&all, "found by dog")[..2], ["16", "4"]);
        assert_eq!(cells(&all, "found by scan")[..2], ["16", "0"]);
        // One more bill is told by nothing: not by its way, not by what is left of all that were examined, not by its method.
        all.push(seen(140, "near", true, &[Detection::Scan]));
        for way in ["chosen by near", "chosen by rules", "found by scan", "found by profile"] {
            assert!(cells(&all, way)[..5].iter().all(|cell| cell == BLANK), "{way}");
        }
        assert_eq!(cells(&all, "chosen by drawn")[..2], ["100", "4"]);
        // Another year has none of them.
        assert!(methods(&all, 2025).rows.iter().all(|row| row[1] == "0"));
    }
}
