//! The gate as JUnit's XML, for build servers: a case for the whole, and one for each indicator that the change of rules touches.

use std::fmt::Write as _;

use super::gate::Most;
use super::report::{GateTold, Report};
use crate::cli::rules::test::escaped;

/// The whole document of a gate.
pub fn document(report: &Report, gate: &GateTold) -> String {
    let touched = report.indicators.iter().filter(|row| row.is_touched());
    let whole = ("all rules".to_owned(), Some(&gate.whole));
    let cases: Vec<(String, Option<&Most>)> = std::iter::once(whole)
        .chain(touched.map(|row| (row.indicator.clone(), gate.by_indicator.get(&row.indicator))))
        .collect();
    let failures = cases.iter().filter(|(_, most)| most.is_some_and(|most| !most.holds)).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" skipped=\"0\"", cases.len());
    let class = escaped(&format!("max-added {}", gate.max_added));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"palisander rules backtest\" {counts}>");
    let _ = writeln!(text, "  <testsuite name=\"backtest\" {counts}>");
    for (name, most) in &cases {
        let _ = write!(text, "    <testcase classname=\"{class}\" name=\"{}\"", escaped(name));
        let _ = match most {
            Some(Most { n, at, holds: false }) => {
                let message = escaped(&format!("{n} inspections added {at}"));
                writeln!(text, "><failure message=\"{}\"/></testcase>", message.trim_end())
            }
            _ => writeln!(text, "/>"),
        };
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}
