//! The report for a terminal, which an officer reads from the top: what it costs first, then why, then what it does not show.

use std::fmt::Write as _;

use palisander_engine::answers::Lane;
use palisander_evaluation::Share;

use super::both::Both;
use super::report::{Inspections, Report, Row};
use crate::cli::rules::flip::Flip;

/// Ports and days that are shown; the page and the JSON hold all.
const MAX_SHOWN: usize = 10;
/// Indicators that are shown.
const MAX_ROWS: usize = 30;

/// The whole, before lines are broken to the width at hand.
pub fn shown(report: &Report) -> String {
    let mut out = String::new();
    head(report, &mut out);
    lanes(report, &mut out);
    indicators(report, &mut out);
    flips(report, &mut out);
    inspections(&report.inspections, report.inspected_from, &mut out);
    results(report, &mut out);
    honest(report, &mut out);
    if let Some(gate) = &report.gate {
        let word = if gate.holds() { "holds" } else { "PASSED" };
        let at = if gate.whole.at.is_empty() { String::new() } else { format!(" ({})", gate.whole.at) };
        let _ = writeln!(out, "\nGate {}: {word}; the most added is {}{at}.", gate.max_added, gate.whole.n);
    }
    let _ = writeln!(out, "\nNot simulated");
    for line in &report.not_simulated {
        let _ = writeln!(out, "- {line}");
    }
    out
}

fn head(report: &Report, out: &mut String) {
    let ([before, after], bills) = (&report.rules, &report.bills);
    let _ = writeln!(out, "Rules: `{before}` before, `{after}` after.");
    let days = bills.first_day.zip(bills.last_day).map(|(first, last)| format!(", arriving {first} to {last}"));
    let some = |n: u64, what: &str| if n == 0 { String::new() } else { format!(", {n} {what}") };
    let _ = writeln!(
        out,
        "{} {}{}{}{}.",
        bills.judged,
        report.of,
        days.unwrap_or_default(),
        some(bills.lost, "lost"),
        some(bills.unreadable, "parts of the input unreadable")
    );
    let _ = writeln!(out, "{}", in_a_word(report));
}

/// What an officer asks first.
pub fn in_a_word(report: &Report) -> String {
    let (flips, inspections) = (&report.flips, &report.inspections);
    if flips.n_up + flips.n_down == 0 {
        return match report.bills.other_hits {
            0 => "Nothing changes: the same indicators fire on every bill.".to_owned(),
            n => format!("No bill changes its lane; on {n} other indicators fire than before."),
        };
    }
    format!(
        "{} bills rise to a graver lane, {} fall; {} inspections ({} and above) are added, {} dropped.",
        flips.n_up, flips.n_down, inspections.added, report.inspected_from, inspections.dropped
    )
}

fn lanes(report: &Report, out: &mut String) {
    let of = |before: Lane, after: Lane| {
        let pair = report.lanes.iter().find(|pair| pair.before == before && pair.after == after);
        pair.map_or_else(|| ".".to_owned(), |pair| pair.n.to_string())
    };
    let _ =
        writeln!(out, "\n{:<16}{}", "Bills by lane", heads(Lane::ALL.iter().rev().map(|lane| format!("{lane} after"))));
    for before in Lane::ALL.iter().rev() {
        let cells = heads(Lane::ALL.iter().rev().map(|after| of(*before, *after)));
        let _ = writeln!(out, "  {:<14}{cells}", format!("{before} before"));
    }
}

fn heads(cells: impl Iterator<Item = String>) -> String {
    cells.map(|cell| format!("{cell:>13}")).collect()
}

fn indicators(report: &Report, out: &mut String) {
    let touched: Vec<&Row> = report.indicators.iter().filter(|row| row.is_touched()).collect();
    let rest = report.indicators.len() - touched.len();
    let _ = writeln!(out, "\nIndicators, in bills on which each fires (of {rest} others every one fires as before)");
    if touched.is_empty() {
        return;
    }
    let honest = report.honest.is_some();
    let last = if honest { "honest" } else { "" };
    let _ =
        writeln!(out, "{:>9}{:>8}{:>8}{:>8}{:>9}{:>8}{last:>8}", "fires", "new", "missed", "common", "open", "added");
    for row in touched.iter().take(MAX_ROWS) {
        let shadow = if row.shadow { " (in shadow: moves nothing)" } else { "" };
        let _ = writeln!(out, "{}{shadow}", row.indicator);
        let [_, open] = row.open;
        let honest = row.honest.map_or_else(String::new, |[_, after]| after.to_string());
        let _ = writeln!(
            out,
            "{:>9}{:>8}{:>8}{:>8}{open:>9}{:>8}{honest:>8}",
            row.fires, row.new, row.missed, row.common, row.added
        );
        if let Some([before, after]) = row.precision.filter(|[before, after]| before.of + after.of > 0) {
            let _ = writeln!(out, "    found where it fired: before {}, after {}", counted(&before), counted(&after));
        }
    }
    more(touched.len(), MAX_ROWS, "indicators", out);
}

fn more(n: usize, shown: usize, what: &str, out: &mut String) {
    if let Some(more) = n.checked_sub(shown).filter(|more| *more > 0) {
        let _ = writeln!(out, "  and {more} more {what}: --format json or --output FILE.html has all");
    }
}

/// A share with its counts and interval.
fn counted(share: &Share) -> String {
    format!("{} of {} ({})", share.n, share.of, percent(share))
}

fn percent(share: &Share) -> String {
    match share.share {
        None => "-".to_owned(),
        Some(own) => format!("{:.1} % [{:.0}-{:.0}]", own * 100.0, share.low * 100.0, share.high * 100.0),
    }
}

fn flips(report: &Report, out: &mut String) {
    let told = &report.flips;
    for (title, n, list) in
        [("Bills that rise, the most urgent first", told.n_up, &told.up), ("Bills that fall", told.n_down, &told.down)]
    {
        if n == 0 {
            continue;
        }
        let _ = writeln!(out, "\n{title}: {} of {n}", list.len());
        list.iter().for_each(|flip| out.push_str(&flip_lines(flip)));
    }
}

/// A bill side by side, a fact a line.
pub fn flip_lines(flip: &Flip) -> String {
    let Flip { consignment, before, after, ship, goods, .. } = flip;
    let mut out = format!(
        "  {consignment}  {} {} -> {} {}\n    {goods}\n    {ship}\n",
        before.lane, before.score, after.lane, after.score
    );
    for (sign, names) in [("+", &flip.added), ("-", &flip.removed)] {
        names.iter().for_each(|name| out.push_str(&format!("    {sign} {name}\n")));
    }
    out
}

fn inspections(told: &Inspections, from: Lane, out: &mut String) {
    let [before, after] = told.asked;
    let (added, dropped) = (told.added, told.dropped);
    let _ = writeln!(
        out,
        "\nInspections ({from} and above): {before} before, {after} after; {added} added, {dropped} dropped"
    );
    let is_shown = |berth: &&super::berths::Berth| {
        berth.added + berth.dropped > 0 || berth.room.is_some_and(|room| room.opened_now + room.opened_no_more > 0)
    };
    let mut touched: Vec<_> = told.by_port_and_day.iter().filter(is_shown).collect();
    if touched.is_empty() {
        return;
    }
    touched.sort_by_key(|berth| std::cmp::Reverse(berth.added));
    if let Some(n) = told.capacity {
        let _ = writeln!(out, "Room for {n} a port and day: bills opened now, no more, and left without room");
    }
    let room =
        if told.capacity.is_some() { format!("{:>8}{:>9}{:>6}", "now", "no more", "left") } else { String::new() };
    let _ =
        writeln!(out, "  {:<10}{:<12}{:>7}{:>7}{:>7}{:>8}{room}", "port", "day", "before", "after", "added", "dropped");
    for berth in touched.iter().take(MAX_SHOWN) {
        let [before, after] = berth.asked;
        let port = berth.at.port.as_deref().unwrap_or("not said");
        let day = berth.at.day.map_or_else(|| "not said".to_owned(), |day| day.to_string());
        let room = berth.room.map_or_else(String::new, |room| {
            let [_, left] = room.left;
            format!("{:>8}{:>9}{left:>6}", room.opened_now, room.opened_no_more)
        });
        let (added, dropped) = (berth.added, berth.dropped);
        let _ = writeln!(out, "  {port:<10}{day:<12}{before:>7}{after:>7}{added:>7}{dropped:>8}{room}");
    }
    more(touched.len(), MAX_SHOWN, "ports and days", out);
}

fn results(report: &Report, out: &mut String) {
    let Some(told) = &report.results else { return };
    let _ =
        writeln!(out, "\nOf {} bills with a result, when the most urgent are opened (95 % intervals)", told.n_known);
    let both = |[before, after]: &Both<Share>| format!("{:>14} -> {:<14}", percent(before), percent(after));
    let _ = writeln!(out, "  opened  {:<34}share of those opened with a find", "share of all finds");
    for at in &told.at {
        let _ = writeln!(out, "  {:<8}{}  {}", at.opened, both(&at.recall), both(&at.precision).trim_end());
    }
}

fn honest(report: &Report, out: &mut String) {
    let Some(told) = &report.honest else { return };
    let lane = |(lane, [before, after]): (&Lane, &Both<u64>)| format!("{lane} {before} -> {after}");
    let lanes: Vec<String> = told.by_lane.iter().rev().map(lane).collect();
    let _ = writeln!(out, "\nOf {} simulated honest bills {} rise to a graver lane", told.n_bills, told.n_up);
    let _ = writeln!(out, "  {}", lanes.join(", "));
    told.up.iter().for_each(|flip| out.push_str(&flip_lines(flip)));
}
