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
    let mut rows: Vec<Vec<String>> = Vec::new();
    for reason in reasons {
        let own = || of_year.iter().filter(|one| one.chosen_by == reason);
        let (of, n) = (own().count(), own().filter(|one| one.found).count());
        let says = match reason {
            DRAWN => "what is missed among green bills, as far as these tell",
            "" => "it is not on record why they were chosen",
            _ => "",
        };
        let reason = if reason.is_empty() { "unknown" } else { reason };
        rows.push(row(format!("chosen by {reason}"), of, n, says));
    }
    let finds: Vec<&&Examination> = of_year.iter().filter(|one| one.found).collect();
    for method in Detection::ALL {
        let n = finds.iter().filter(|one| one.led_by.contains(method)).count();
        rows.push(row(format!("found by {method}"), finds.len(), n, ""));
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

/// One row; where a part of it is small nothing of it is told but how many there were.
fn row(way: String, of: usize, n: usize, says: &str) -> Vec<String> {
    let is_small = |n: usize| n > 0 && n < LEAST;
    let blank = || BLANK.to_owned();
    if is_small(of) {
        return vec![way, blank(), blank(), blank(), blank(), blank(), says.to_owned()];
    }
    let Some((low, high)) = share_between(n, of) else {
        return vec![way, "0".to_owned(), "0".to_owned(), String::new(), String::new(), String::new(), says.to_owned()];
    };
    // Those in which nothing was found would be told by those in which something was.
    if is_small(n) || is_small(of - n) {
        return vec![way, of.to_string(), blank(), blank(), blank(), blank(), says.to_owned()];
    }
    let shown = |share: f64| format!("{:.1} %", 100.0 * share);
    vec![way, of.to_string(), n.to_string(), shown(n as f64 / of as f64), shown(low), shown(high), says.to_owned()]
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
        all.push(seen(140, "near", true, &[Detection::Scan]));
        let made = methods(&all, 2026);
        let of =
            |way: &str| made.rows.iter().find(|row| row[0] == way).unwrap_or_else(|| panic!("{way}: {:?}", made.rows));
        assert_eq!(of("chosen by rules")[1..6], ["40", "12", "30.0 %", "18.1 %", "45.4 %"]);
        assert_eq!(of("chosen by drawn")[1..6], ["100", "4", "4.0 %", "1.6 %", "9.8 %"]);
        assert!(of("chosen by drawn")[6].contains("missed"));
        assert_eq!(of("found by profile")[1..3], ["17", "12"]);
        assert_eq!(of("found by dog")[1..3], ["17", "4"]);
        // One bill is told by nothing: not its way, not its method.
        assert!(of("chosen by near")[1..6].iter().all(|cell| cell == BLANK));
        assert_eq!(of("found by scan")[1..3], ["17", BLANK]);
        // Another year has none of them.
        assert!(methods(&all, 2025).rows.iter().all(|row| row[1] == "0"));
    }
}
