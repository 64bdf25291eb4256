//! What tuning suggests, in words.

use palisander_evaluation::Share;

use super::search::{Decides, Finds, Report, Suggestion};

/// The whole report.
pub fn in_words(report: &Report) -> String {
    let Report { bills, known, berths, capacity, now: [learned, checked], .. } = report;
    let mut text = format!(
        "{bills} bills at {berths} ports and days, of each the first {capacity} opened; of {known} bills it is known whether \
         something was found.\n"
    );
    text.push_str(&format!("  learned from the first two thirds of the days: {}\n", finds(learned)));
    match report.checked_from {
        Some(day) => text.push_str(&format!("  checked on the days from {day}: {}\n", finds(checked))),
        None => text.push_str("  all arrive on one day, so that nothing is left to check on\n"),
    }
    if report.suggestions.is_empty() {
        text.push_str("\nNo single number that is moved finds more with the same openings.\n");
    }
    for (n, one) in report.suggestions.iter().enumerate() {
        text.push_str(&format!("\n{}. {}", n + 1, suggestion(one)));
    }
    text.push_str(
        "\nNothing is changed. Each stands on those before it. What was opened was chosen by other rules, and few finds say little: \
         try a change by `palisander rules backtest` before it is made.\n",
    );
    text
}

fn suggestion(one: &Suggestion) -> String {
    let ([before, after], [before_checked, after_checked]) = (one.learned, one.checked);
    let mut text = format!("{}: {} → {}\n", one.what, one.from, one.to);
    let is_threshold = one.what.starts_with("lanes/");
    let is_softer = if is_threshold { one.to > one.from } else { one.to < one.from };
    if one.shipped && is_softer {
        text.push_str("   of the shipped set, which an office may only sharpen: say it to whoever owns it\n");
    }
    text.push_str(&format!("   learned: {} → {}\n", finds(&before), finds(&after)));
    text.push_str(&format!("   checked: {} → {}\n", finds(&before_checked), finds(&after_checked)));
    text.push_str(&format!("   comes in: {}\n", bills(&one.comes_in)));
    text.push_str(&format!("   goes out: {}\n", bills(&one.goes_out)));
    text
}

fn finds(finds: &Finds) -> String {
    let Finds { found, opened, of } = finds;
    let share = Share::new(*found, *of);
    let percent = |share: f64| format!("{:.0}", 100.0 * share);
    match share.share {
        Some(own) => format!(
            "{found} of {of} finds ({} %, {} to {}) in {opened} openings of which something is known",
            percent(own),
            percent(share.low),
            percent(share.high)
        ),
        None => "no find is known".to_owned(),
    }
}

fn bills(bills: &[Decides]) -> String {
    if bills.is_empty() {
        return "none".to_owned();
    }
    let one = |bill: &Decides| {
        let what = match bill.found {
            Some(true) => "found",
            Some(false) => "nothing",
            None => "not known",
        };
        format!("{} ({what})", bill.consignment)
    };
    bills.iter().map(one).collect::<Vec<_>>().join(", ")
}
