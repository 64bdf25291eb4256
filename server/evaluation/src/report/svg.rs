//! Pictures of the report, drawn here: nothing is fetched and nothing runs in the page.

use std::fmt::Write;

use super::{Found, Method};

/// Colours that are told apart in print and by the colour-blind (Okabe and Ito 2008), with dashes for black and white.
const LINES: [(&str, &str); 8] = [
    ("#0072b2", ""),
    ("#e69f00", "6 3"),
    ("#009e73", "2 3"),
    ("#cc79a7", "8 3 2 3"),
    ("#56b4e9", "4 4"),
    ("#d55e00", "1 3"),
    ("#999999", "10 4"),
    ("#000000", "3 6"),
];

/// A line's colour and dashes.
pub fn line(n: usize) -> (&'static str, &'static str) {
    LINES.get(n % LINES.len()).copied().unwrap_or(("#000000", ""))
}

/// Letters that mean something to a page.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Share of planted bills found over share of bills opened, a line for each ranking.
pub fn curves(rankings: &[Found]) -> String {
    let (left, top, width, height) = (56.0, 14.0, 560.0, 300.0);
    let end = rankings.iter().flat_map(|one| one.curve.last()).map(|(x, _)| *x).fold(1.0, f64::max);
    let x = |percent: f64| left + width * percent / end;
    let y = |share: f64| top + height * (1.0 - share);
    let mut out = String::from(
        "<svg viewBox=\"0 0 860 370\" role=\"img\" aria-labelledby=\"curve-title\"><title id=\"curve-title\">Share of planted consignments found when so many are opened</title>",
    );
    for n in 0..=5 {
        let share = f64::from(n) / 5.0;
        let _ = write!(
            out,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"{y0:.1}\" y2=\"{y0:.1}\" class=\"grid\"/><text x=\"{}\" y=\"{:.1}\" class=\"end\">{:.0} %</text>",
            left + width,
            left - 8.0,
            y(share) + 4.0,
            share * 100.0,
            y0 = y(share)
        );
    }
    for percent in [1.0, 2.0, 5.0, 10.0] {
        let _ = write!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{top}\" y2=\"{1}\" class=\"grid\"/><text x=\"{0:.1}\" y=\"{2}\" class=\"mid\">{percent} %</text>",
            x(percent),
            top + height,
            top + height + 18.0
        );
    }
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" class=\"mid\">share of bills opened</text>",
        left + width / 2.0,
        top + height + 40.0
    );
    for (n, one) in rankings.iter().enumerate() {
        let (colour, dashes) = line(n);
        let points: Vec<String> =
            one.curve.iter().map(|(percent, share)| format!("{:.1},{:.1}", x(*percent), y(*share))).collect();
        let thick = if n == 0 { 3.2 } else { 1.8 };
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{thick}\" stroke-dasharray=\"{dashes}\"/>",
            points.join(" ")
        );
        let row = top + 12.0 + 24.0 * n as f64;
        let _ = write!(
            out,
            "<line x1=\"636\" x2=\"672\" y1=\"{row}\" y2=\"{row}\" stroke=\"{colour}\" stroke-width=\"{thick}\" stroke-dasharray=\"{dashes}\"/><text x=\"680\" y=\"{}\">{}</text>",
            row + 4.0,
            escaped(&one.name)
        );
    }
    out.push_str("</svg>");
    out
}

/// What is found of each method at 1 %: a dot with its interval, and a mark for the best other ranking.
pub fn by_method(methods: &[Method], other: &str) -> String {
    let (left, top, width, step) = (210.0, 26.0, 480.0, 24.0);
    let height = top + step * methods.len() as f64 + 34.0;
    let x = |share: f64| left + width * share;
    let mut out = format!(
        "<svg viewBox=\"0 0 860 {height:.0}\" role=\"img\" aria-labelledby=\"method-title\"><title id=\"method-title\">Share found of each method when 1 % of the bills is opened, with 95 % intervals</title>"
    );
    for n in 0..=4 {
        let share = f64::from(n) / 4.0;
        let _ = write!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1}\" y2=\"{2:.1}\" class=\"grid\"/><text x=\"{0:.1}\" y=\"14\" class=\"mid\">{3:.0} %</text>",
            x(share),
            top - 6.0,
            top + step * methods.len() as f64,
            share * 100.0
        );
    }
    for (n, one) in methods.iter().enumerate() {
        let y = top + step * n as f64 + 10.0;
        let own = one.at_1_percent;
        let share = own.share.unwrap_or(0.0);
        let _ = write!(
            out,
            "<text x=\"{0}\" y=\"{1:.1}\" class=\"end\">{2}</text><line x1=\"{3:.1}\" x2=\"{4:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"interval\"/><circle cx=\"{5:.1}\" cy=\"{y:.1}\" r=\"5\" class=\"dot\"/><text x=\"{6}\" y=\"{1:.1}\">{7} of {8}</text>",
            left - 12.0,
            y + 4.0,
            escaped(&one.method.replace('_', " ")),
            x(own.low),
            x(own.high),
            x(share),
            left + width + 14.0,
            own.n,
            own.of
        );
        if let Some(share) = one.others_at_1_percent.get(other).and_then(|share| share.share) {
            let _ = write!(
                out,
                "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\" class=\"other\"/>",
                x(share),
                y - 8.0,
                y + 8.0
            );
        }
    }
    let _ = write!(
        out,
        "<text x=\"{left}\" y=\"{:.0}\">dot and bar: the answers, with the interval; upright mark: {}</text></svg>",
        height - 8.0,
        escaped(other)
    );
    out
}
