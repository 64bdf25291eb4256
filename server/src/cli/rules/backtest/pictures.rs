//! Pictures of the page, drawn here: bills from lane to lane, and inspections added and dropped day by day. The page shows the same
//! numbers as tables beside them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisander_engine::Date;
use palisander_engine::answers::Lane;

use super::report::{Inspections, LanePair, Report};

/// Bars of the picture by day at most; of more days several stand together.
const MAX_BARS: usize = 62;
/// Heights below this are drawn so high, that they are seen at all.
const LEAST_HEIGHT: f64 = 2.0;

/// Bills that change their lane, as bands from the lane before to the lane after. `None` where none does.
pub fn flows(report: &Report) -> Option<String> {
    let moved: Vec<&LanePair> = report.lanes.iter().filter(|pair| pair.before != pair.after).collect();
    let n_moved: u64 = moved.iter().map(|pair| pair.n).sum();
    if n_moved == 0 {
        return None;
    }
    let (top, gap, height) = (40.0, 30.0, 240.0);
    let scale = height / n_moved as f64;
    let nodes = |of: &dyn Fn(&LanePair) -> Lane| {
        let mut y = top;
        let mut nodes: BTreeMap<Lane, (f64, u64)> = BTreeMap::new();
        for lane in Lane::ALL.iter().rev() {
            let n: u64 = moved.iter().filter(|pair| of(pair) == *lane).map(|pair| pair.n).sum();
            if n > 0 {
                nodes.insert(*lane, (y, n));
                y += (n as f64 * scale).max(LEAST_HEIGHT) + gap;
            }
        }
        (nodes, y)
    };
    let ((left, left_end), (right, right_end)) = (nodes(&|pair| pair.before), nodes(&|pair| pair.after));
    let mut out = format!(
        "<svg viewBox=\"0 0 860 {:.0}\" role=\"img\" aria-labelledby=\"flow-title\"><title id=\"flow-title\">Bills that change their \
         lane</title><text x=\"200\" y=\"20\" class=\"end\">before</text><text x=\"660\" y=\"20\">after</text>",
        left_end.max(right_end)
    );
    let mut used: [BTreeMap<Lane, f64>; 2] = Default::default();
    for pair in &moved {
        let thick = (pair.n as f64 * scale).max(LEAST_HEIGHT);
        let ends = [(&left, pair.before), (&right, pair.after)];
        let mut ys = used.iter_mut().zip(ends).map(|(used, (nodes, lane))| {
            let used = used.entry(lane).or_default();
            let y = nodes.get(&lane).map_or(top, |(y, _)| *y) + *used + thick / 2.0;
            *used += thick;
            y
        });
        let (from, to) = (ys.next().unwrap_or(top), ys.next().unwrap_or(top));
        let _ = write!(
            out,
            "<path d=\"M214 {from:.1} C 430 {from:.1} 430 {to:.1} 646 {to:.1}\" class=\"flow {}-line\" stroke-width=\"{thick:.1}\"/>",
            pair.after
        );
    }
    for (nodes, x, at, word) in [(&left, 200.0, 192.0, "leave"), (&right, 646.0, 668.0, "come")] {
        for (lane, (y, n)) in nodes {
            let thick = (*n as f64 * scale).max(LEAST_HEIGHT);
            let end = if word == "leave" { " class=\"end\"" } else { "" };
            let _ = write!(
                out,
                "<rect x=\"{x}\" y=\"{y:.1}\" width=\"14\" height=\"{thick:.1}\" class=\"{lane}-fill\"/><text x=\"{at}\" y=\"{:.1}\"{end}>{lane}: {n} \
                 {word}</text>",
                y + thick / 2.0 + 5.0
            );
        }
    }
    out.push_str("</svg>");
    Some(out)
}

/// Inspections added and dropped in one span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    pub first: Date,
    pub last: Date,
    pub added: u64,
    pub dropped: u64,
}

/// Over all ports, day by day or a few days together, the days between that have none left out.
pub fn bars(told: &Inspections) -> Vec<Bar> {
    let mut days: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    for berth in &told.by_port_and_day {
        let Some(day) = berth.at.day else { continue };
        let of_day = days.entry(day).or_default();
        *of_day = (of_day.0 + berth.added, of_day.1 + berth.dropped);
    }
    let days: Vec<(Date, (u64, u64))> = days.into_iter().collect();
    let together = days.len().div_ceil(MAX_BARS).max(1);
    let bar = |days: &[(Date, (u64, u64))]| {
        let (first, last) = (days.first()?.0, days.last()?.0);
        let sum = |of: fn(&(u64, u64)) -> u64| days.iter().map(|(_, counts)| of(counts)).sum();
        Some(Bar { first, last, added: sum(|counts| counts.0), dropped: sum(|counts| counts.1) })
    };
    days.chunks(together).filter_map(bar).collect()
}

/// The bars as a picture: what is added stands above the line, what is dropped hangs below. `None` where there is nothing.
pub fn by_day(bars: &[Bar]) -> Option<String> {
    let (up, down) = bars.iter().fold((0, 0), |(up, down), bar| (bar.added.max(up), bar.dropped.max(down)));
    if up + down == 0 {
        return None;
    }
    let (left, width, top, height) = (50.0, 790.0, 14.0, 190.0);
    let scale = height / (up + down) as f64;
    let line = top + up as f64 * scale;
    let step = width / bars.len() as f64;
    let mut out = format!(
        "<svg viewBox=\"0 0 860 {:.0}\" role=\"img\" aria-labelledby=\"day-title\"><title id=\"day-title\">Inspections added and dropped by \
         day of arrival</title>",
        top + height + 40.0
    );
    for (n, y) in [(up, top), (0, line), (down, top + height)] {
        let _ = write!(
            out,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"grid\"/><text x=\"{}\" y=\"{:.1}\" class=\"end\">{n}</text>",
            left + width,
            left - 8.0,
            y + 5.0
        );
        if down == 0 && n == 0 {
            break;
        }
    }
    for (place, bar) in bars.iter().enumerate() {
        let x = left + step * place as f64 + step * 0.15;
        let thick = step * 0.7;
        let (added, dropped) = (bar.added as f64 * scale, bar.dropped as f64 * scale);
        let _ = write!(
            out,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{thick:.1}\" height=\"{added:.1}\" class=\"added\"/><rect x=\"{x:.1}\" y=\"{line:.1}\" \
             width=\"{thick:.1}\" height=\"{dropped:.1}\" class=\"dropped\"/>",
            line - added
        );
    }
    if let (Some(first), Some(last)) = (bars.first(), bars.last()) {
        let _ = write!(
            out,
            "<text x=\"{left}\" y=\"{0:.1}\">{1}</text><text x=\"{2}\" y=\"{0:.1}\" class=\"end\">{3}</text>",
            top + height + 26.0,
            first.first,
            left + width,
            last.last
        );
    }
    out.push_str("</svg>");
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::berths::{Berth, Where};
    use super::*;

    #[test]
    fn bars_lose_nothing_however_many_days_there_are() {
        for n_days in [0_u64, 1, 30, 62, 63, 400] {
            let berth = |n: u64| Berth {
                at: Where {
                    port: None,
                    day: Some("2026-01-01".parse::<Date>().unwrap().saturating_add(jiff::Span::new().days(n as i64))),
                },
                n_bills: 9,
                asked: [1, n],
                added: n,
                dropped: 1,
                room: None,
            };
            let all: Vec<Berth> = (0..n_days).map(berth).collect();
            let told = Inspections { capacity: None, asked: [0, 0], added: 0, dropped: 0, by_port_and_day: all };
            let bars = bars(&told);
            assert!(bars.len() <= MAX_BARS, "{}", bars.len());
            let sum = |of: fn(&Bar) -> u64| bars.iter().map(of).sum::<u64>();
            assert_eq!((sum(|bar| bar.added), sum(|bar| bar.dropped)), ((0..n_days).sum(), n_days));
            assert_eq!(by_day(&bars).is_some(), n_days > 0);
        }
    }
}
