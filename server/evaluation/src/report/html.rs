//! The page for an officer: first what it means in words, then pictures, then the figures.

use std::fmt::Write;

use super::svg::{by_method, curves, escaped};
use super::{Found, Report};
use crate::bootstrap::Span;
use crate::interval::Share;

/// The whole page.
pub fn page(report: &Report, title: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{0}</title><style>{1}</style></head><body><main><h1>{0}</h1>",
        escaped(title),
        include_str!("page.css")
    );
    words(report, &mut out);
    out.push_str("<h2>How much is found when so many are opened</h2>");
    wide("Picture of how much is found", &curves(&report.rankings), &mut out);
    rankings(report, &mut out);
    out.push_str("<h2>By method of smuggling, 1 % opened</h2>");
    let other = best_other(report).unwrap_or_default();
    wide("Picture of what is found by method", &by_method(&report.methods, &other), &mut out);
    methods(report, &mut out);
    lanes(report, &mut out);
    operations(report, &mut out);
    out.push_str("<h2>How to read this</h2><ul>");
    for note in &report.notes {
        let _ = write!(out, "<li>{}</li>", escaped(note));
    }
    out.push_str("</ul></main></body></html>\n");
    out
}

/// What may be wider than the window, and can then be moved by the keyboard too.
fn wide(name: &str, what: &str, out: &mut String) {
    let _ =
        write!(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">{what}</div>", escaped(name));
}

/// The ranking that finds the most at 1 % of those that are no part of the answers.
fn best_other(report: &Report) -> Option<String> {
    let parts = ["information only", "profiles only"];
    let others = report.rankings.iter().skip(1).filter(|one| !parts.contains(&one.name.as_str()));
    let found = |one: &&Found| one.at.first().map_or(0, |figure| figure.recall.n);
    others.max_by_key(found).map(|one| one.name.clone())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn interval(share: &Share) -> String {
    format!("{} <small>{:.0} to {:.0}</small>", percent(share.share), share.low * 100.0, share.high * 100.0)
}

fn span(span: Span) -> String {
    match (span.low, span.high) {
        (Some(low), Some(high)) => format!("<small>clusters {:.0} to {:.0}</small>", low * 100.0, high * 100.0),
        _ => String::new(),
    }
}

fn words(report: &Report, out: &mut String) {
    let _ = write!(
        out,
        "<p class=\"lead\">{} bills, {} of them planted ({}).",
        report.n_bills,
        report.n_planted,
        percent(Some(report.n_planted as f64 / report.n_bills.max(1) as f64))
    );
    if let Some(figure) = report.answers().and_then(|own| own.at.first()) {
        let _ = write!(
            out,
            " Who opens the first 1 % ({} bills) finds <strong>{} of {}</strong> planted ones: {}, between {:.0} and {:.0} % with 95 % certainty. Of what is opened, {} held something{}.",
            figure.n_opened,
            figure.recall.n,
            figure.recall.of,
            percent(figure.recall.share),
            figure.recall.low * 100.0,
            figure.recall.high * 100.0,
            percent(figure.precision.share),
            figure.lift.map_or_else(String::new, |lift| format!(", {lift:.0} times what chance gives"))
        );
    }
    out.push_str("</p>");
    if report.n_unanswered > 0 {
        let _ = write!(
            out,
            "<aside>{} bills have no answer, {} of them planted; those count as missed.</aside>",
            report.n_unanswered, report.n_planted_unanswered
        );
    }
}

fn rankings(report: &Report, page: &mut String) {
    let mut out = String::from("<table><thead><tr><th>Order</th>");
    let heads = report.answers().map_or(&[][..], |own| &own.at);
    for figure in heads {
        let _ = write!(out, "<th>found at {}</th>", escaped(&figure.opened));
    }
    let _ = write!(
        out,
        "<th>found at {} a port and day</th><th>held something, 1 %</th><th>lift, 1 %</th></tr></thead><tbody>",
        report.capacity
    );
    for (n, one) in report.rankings.iter().enumerate() {
        let _ = write!(out, "<tr{}><td>{}</td>", if n == 0 { " class=\"own\"" } else { "" }, escaped(&one.name));
        for figure in &one.at {
            let _ = write!(out, "<td>{}<br>{}</td>", interval(&figure.recall), span(figure.recall_clusters));
        }
        let at = &one.at_capacity;
        let _ = write!(out, "<td>{}<br>{}</td>", interval(&at.recall), span(at.recall_clusters));
        let first = one.at.first();
        let precision = first.map_or_else(String::new, |figure| interval(&figure.precision));
        let lift = first.and_then(|figure| figure.lift).map_or_else(|| "–".to_owned(), |lift| format!("{lift:.1}"));
        let _ = write!(out, "<td>{precision}</td><td>{lift}</td></tr>");
    }
    out.push_str("</tbody></table>");
    wide("What each order finds", &out, page);
}

fn methods(report: &Report, page: &mut String) {
    let mut out = String::new();
    let _ = write!(
        out,
        "<table><thead><tr><th>Method</th><th>planted</th><th>found at 1 %</th><th>at 10 %</th><th>at {} a port and day</th><th>above its innocent twin</th></tr></thead><tbody>",
        report.capacity
    );
    for one in &report.methods {
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&one.method.replace('_', " ")),
            one.at_1_percent.of,
            interval(&one.at_1_percent),
            interval(&one.at_10_percent),
            interval(&one.at_capacity),
            interval(&one.above_twin)
        );
    }
    out.push_str("</tbody></table>");
    wide("What is found by method", &out, page);
}

fn lanes(report: &Report, page: &mut String) {
    page.push_str("<h2>Lanes by what the bills are</h2>");
    let mut out = String::from("<table><thead><tr><th>Bills</th><th>in all</th>");
    let names: std::collections::BTreeSet<&String> = report.lanes.iter().flat_map(|row| row.lanes.keys()).collect();
    for name in &names {
        let _ = write!(out, "<th>{}</th>", escaped(name));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &report.lanes {
        let _ = write!(out, "<tr><td>{}</td><td>{}</td>", escaped(&row.made), row.n_bills);
        for name in &names {
            let n = row.lanes.get(*name).copied().unwrap_or(0);
            let _ = write!(out, "<td>{n} <small>{}</small></td>", percent(Some(n as f64 / row.n_bills.max(1) as f64)));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    wide("Lanes by what the bills are", &out, page);
}

fn operations(report: &Report, out: &mut String) {
    if report.missed.is_some() || report.refused.is_some() {
        out.push_str("<h2>What the draw says of what was missed</h2>");
    }
    if let Some(why) = &report.refused {
        let _ = write!(out, "<aside>{}</aside>", escaped(why));
    }
    if let Some(missed) = &report.missed {
        let _ = write!(
            out,
            "<p>Below the cut stood {} bills; {} were drawn and {} have a final result, {} of them a find. Planted bills that went by are estimated at <strong>{:.0}</strong> (doubly robust {:.0}), between {:.0} and {:.0} with 95 % certainty. The weighted draw is worth {:.0} plain ones. So the order found {} of what there was: between {} and {}.</p>",
            missed.n_bills,
            missed.n_drawn,
            missed.n_answered,
            missed.n_found,
            missed.horvitz_thompson,
            missed.doubly_robust,
            missed.low,
            missed.high,
            missed.effective_sample,
            percent(Some(missed.recall)),
            percent(Some(missed.recall_low)),
            percent(Some(missed.recall_high))
        );
    }
    let Some(told) = &report.results else { return };
    let _ = write!(
        out,
        "<h2>What results say</h2><p>{} final results, {} preliminary ones that do not count. Something was found in {}.</p>",
        told.n_final,
        told.n_preliminary,
        interval(&told.hit_rate)
    );
    out.push_str("<table><thead><tr><th>What led to the find</th><th>of the finds</th></tr></thead><tbody>");
    for one in &told.sources {
        let _ = write!(out, "<tr><td>{}</td><td>{} of {}</td></tr>", escaped(&one.source), one.share.n, one.share.of);
    }
    out.push_str("</tbody></table>");
    match &told.change {
        Some(change) => {
            let _ = write!(
                out,
                "<aside>The hit rate {} after about {} results: from {} to {} (seen at result {}).</aside>",
                if change.upward { "rose" } else { "fell" },
                change.since,
                percent(Some(change.usual)),
                percent(Some(change.now)),
                change.at
            );
        }
        None => out.push_str("<p>No change of the hit rate was seen.</p>"),
    }
}
