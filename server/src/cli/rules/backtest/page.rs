//! The report as one page for the browser and the printer, which needs nothing else and runs nothing.
//!
//! In: the report. Out: HTML, light and dark, whose own policy forbids the net. Every text passes [`safe::html`]. First what it
//! costs in words, then pictures each with its table, then the bills side by side, then what is not simulated.

use std::fmt::Write as _;

use palisander_engine::answers::Lane;
use palisander_evaluation::{Share, curves};

use super::both::Both;
use super::pictures::{bars, by_day, flows};
use super::report::{Report, Row};
use super::table::in_a_word;
use crate::cli::rules::flip::Flip;
use crate::cli::safe::html;

/// The style of a sheet of bills, and what pictures need beside it.
const STYLE: &str = concat!(include_str!("../../score/sheet.css"), include_str!("page.css"));
/// What the page is called.
const TITLE: &str = "What a change of rules costs and brings";

/// The whole page.
pub fn page(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src \
         'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{TITLE}</title>\n\
         <style>\n{STYLE}</style></head>\n<body><main><h1>{TITLE}</h1>\n"
    );
    head(report, &mut out);
    lanes(report, &mut out);
    inspections(report, &mut out);
    indicators(report, &mut out);
    results(report, &mut out);
    honest(report, &mut out);
    bills(report, &mut out);
    out.push_str("<h2>Not simulated</h2><ul>");
    for line in &report.not_simulated {
        let _ = write!(out, "<li>{}</li>", html(line));
    }
    out.push_str("</ul></main></body></html>\n");
    out
}

fn head(report: &Report, out: &mut String) {
    let ([before, after], bills) = (&report.rules, &report.bills);
    let days = bills.first_day.zip(bills.last_day).map(|(first, last)| format!(", arriving {first} to {last}"));
    let _ = write!(
        out,
        "<p class=\"lead\">{}</p><p>Rules <b>{}</b> before, <b>{}</b> after, on {} {}{}.</p>",
        html(&in_a_word(report)),
        html(before),
        html(after),
        bills.judged,
        report.of,
        days.unwrap_or_default()
    );
    let lost = bills.lost + bills.unreadable;
    if lost > 0 {
        let _ = write!(
            out,
            "<p>{} bills were lost, {} parts of the input could not be read.</p>",
            bills.lost, bills.unreadable
        );
    }
    if let Some(gate) = &report.gate {
        let word = if gate.holds() { "holds" } else { "is passed" };
        let at = if gate.whole.at.is_empty() { String::new() } else { format!(" ({})", html(&gate.whole.at)) };
        let _ = write!(
            out,
            "<p>The gate of {} <b>{word}</b>: the most added is {}{at}.</p>",
            html(&gate.max_added),
            gate.whole.n
        );
    }
}

fn badge(lane: Lane) -> String {
    format!("<b class=\"lane {lane}\">{lane}</b>")
}

/// A table that may be wider than the window, and can then be moved by the keyboard too.
fn table(name: &str, heads: &[&str], rows: impl Iterator<Item = Vec<String>>, out: &mut String) {
    let _ = write!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"figures\"><thead><tr>",
        html(name)
    );
    heads.iter().for_each(|head| out.push_str(&format!("<th scope=\"col\">{}</th>", html(head))));
    out.push_str("</tr></thead><tbody>\n");
    for cells in rows {
        let mut cells = cells.into_iter();
        let first = cells.next().unwrap_or_default();
        let _ = write!(out, "<tr><th scope=\"row\">{first}</th>");
        cells.for_each(|cell| out.push_str(&format!("<td>{cell}</td>")));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

/// A picture with what it shows. Its words stay legible where the window is narrow: it is moved like a wide table.
fn figure(name: &str, picture: &str, caption: &str, out: &mut String) {
    let _ = write!(
        out,
        "<figure><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">{picture}</div><figcaption>{}</figcaption></figure>",
        html(name),
        html(caption)
    );
}

fn lanes(report: &Report, out: &mut String) {
    out.push_str("<h2>From lane to lane</h2>");
    if let Some(picture) = flows(report) {
        let caption = "Bills that change their lane; those that stay are not drawn.";
        figure("Picture of bills that change their lane", &picture, caption, out);
    }
    let of = |before: Lane, after: Lane| {
        report.lanes.iter().find(|pair| pair.before == before && pair.after == after).map_or(0, |pair| pair.n)
    };
    let row = |before: &Lane| {
        let cells = Lane::ALL.iter().rev().map(|after| of(*before, *after).to_string());
        std::iter::once(format!("{} before", badge(*before))).chain(cells).collect()
    };
    let heads: Vec<String> = Lane::ALL.iter().rev().map(|lane| format!("{lane} after")).collect();
    let heads: Vec<&str> = std::iter::once("bills").chain(heads.iter().map(String::as_str)).collect();
    table("Bills by lane before and after", &heads, Lane::ALL.iter().rev().map(row), out);
}

fn inspections(report: &Report, out: &mut String) {
    let told = &report.inspections;
    let [before, after] = told.asked;
    let _ = write!(
        out,
        "<h2>Inspections</h2><p>Bills from {} up: {before} before, {after} after; <b>{} added</b>, {} dropped.</p>",
        badge(report.inspected_from),
        told.added,
        told.dropped
    );
    if let Some(picture) = by_day(&bars(told)) {
        let caption = "Over all ports, by day of arrival: added above the line, dropped below it.";
        figure("Picture of inspections by day", &picture, caption, out);
    }
    let touched = told.by_port_and_day.iter().filter(|berth| {
        berth.added + berth.dropped > 0 || berth.room.is_some_and(|room| room.opened_now + room.opened_no_more > 0)
    });
    let row = |berth: &super::berths::Berth| {
        let said = |text: Option<String>| text.map_or_else(|| "not said".to_owned(), |text| html(&text));
        let [before, after] = berth.asked;
        let mut cells = vec![
            format!(
                "{} <span class=\"day\">{}</span>",
                said(berth.at.port.clone()),
                said(berth.at.day.map(|day| day.to_string()))
            ),
            berth.n_bills.to_string(),
            before.to_string(),
            after.to_string(),
            berth.added.to_string(),
            berth.dropped.to_string(),
        ];
        if let Some(room) = berth.room {
            let [left, left_after] = room.left;
            let room = [room.opened_now.to_string(), room.opened_no_more.to_string(), format!("{left} → {left_after}")];
            cells.extend(room);
        }
        cells
    };
    let mut heads = vec!["port and day", "bills", "before", "after", "added", "dropped"];
    if let Some(capacity) = told.capacity {
        let _ = write!(out, "<p>Each port opens {capacity} a day, the most urgent first.</p>");
        heads.extend(["opened now", "opened no more", "without room"]);
    }
    let rows: Vec<Vec<String>> = touched.map(row).collect();
    if !rows.is_empty() {
        table("Inspections by port and day", &heads, rows.into_iter(), out);
    }
}

fn share(share: &Share) -> String {
    match share.share {
        None => "–".to_owned(),
        Some(own) => {
            format!("{:.1} % <small>{:.0} to {:.0}</small>", own * 100.0, share.low * 100.0, share.high * 100.0)
        }
    }
}

fn both(shares: &Both<Share>) -> String {
    let [before, after] = shares;
    format!("{} → {}", share(before), share(after))
}

fn indicators(report: &Report, out: &mut String) {
    out.push_str("<h2>Indicators that the change touches</h2>");
    let touched: Vec<&Row> = report.indicators.iter().filter(|row| row.is_touched()).collect();
    let _ = write!(
        out,
        "<p>Of {} others every one fires on the bills on which it fired.</p>",
        report.indicators.len() - touched.len()
    );
    if touched.is_empty() {
        return;
    }
    let (has_results, has_honest) = (report.results.is_some(), report.honest.is_some());
    let mut heads = vec!["indicator", "fires", "new", "missed", "common", "open", "added"];
    heads.extend(has_results.then_some("found where it fired"));
    heads.extend(has_honest.then_some("honest goods"));
    let row = |row: &&Row| {
        let shadow = if row.shadow { " <small>in shadow</small>" } else { "" };
        let [_, open] = row.open;
        let counts = [row.fires, row.new, row.missed, row.common, open, row.added];
        let mut cells = vec![format!("{}{shadow}", html(&row.indicator))];
        cells.extend(counts.map(|n| n.to_string()));
        cells.extend(has_results.then(|| row.precision.as_ref().map(both).unwrap_or_default()));
        cells.extend(has_honest.then(|| row.honest.map_or_else(String::new, |[_, after]| after.to_string())));
        cells
    };
    table("Indicators that the change touches", &heads, touched.iter().map(row), out);
}

fn results(report: &Report, out: &mut String) {
    let Some(told) = &report.results else { return };
    let _ = write!(
        out,
        "<h2>What is found</h2><p>Of {} bills with a result, when the most urgent are opened; small figures are 95 % intervals (Clopper \
         and Pearson).</p>",
        told.n_known
    );
    let caption = "Share of the finds, by share of the bills with a result that is opened.";
    figure("Picture of what is found", &curves(&told.found), caption, out);
    let row =
        |at: &super::report::At| vec![html(&at.opened), at.n_opened.to_string(), both(&at.recall), both(&at.precision)];
    let heads = ["opened", "bills", "finds, of all there are", "finds, of those opened"];
    table("What is found when so many are opened", &heads, told.at.iter().map(row), out);
}

fn honest(report: &Report, out: &mut String) {
    let Some(told) = &report.honest else { return };
    let _ = write!(
        out,
        "<h2>Honest goods</h2><p>Of {} simulated honest bills <b>{}</b> rise to a graver lane.</p>",
        told.n_bills, told.n_up
    );
    let row = |(lane, [before, after]): (&Lane, &Both<u64>)| vec![badge(*lane), before.to_string(), after.to_string()];
    table("Honest bills by lane", &["lane", "before", "after"], told.by_lane.iter().rev().map(row), out);
    side_by_side("Honest bills that rise", told.n_up, &told.up, out);
}

fn bills(report: &Report, out: &mut String) {
    let told = &report.flips;
    side_by_side("Bills that rise, the most urgent first", told.n_up, &told.up, out);
    side_by_side("Bills that fall, those first that were the most urgent", told.n_down, &told.down, out);
}

fn side_by_side(title: &str, n: u64, flips: &[Flip], out: &mut String) {
    if flips.is_empty() {
        return;
    }
    let _ = write!(out, "<h2>{title}</h2><p>{} of {n}.</p>", flips.len());
    let row = |flip: &Flip| {
        let names = |sign: &str, names: &[String]| {
            names.iter().map(|name| format!("<br>{sign} {}", html(name))).collect::<String>()
        };
        let (before, after) = (&flip.before, &flip.after);
        vec![
            format!("{}<br><small>{}</small>", html(&flip.consignment), html(&flip.ship)),
            format!("{} {}", badge(before.lane), before.score),
            format!("{} {}", badge(after.lane), after.score),
            format!("{}<small>{}{}</small>", html(&flip.goods), names("+", &flip.added), names("−", &flip.removed)),
        ]
    };
    table(title, &["bill", "before", "after", "goods, indicators"], flips.iter().map(row), out);
}
