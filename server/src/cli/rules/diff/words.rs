//! The difference in words, for whoever approves a change: what got weaker stands first.

use std::fmt::Write as _;

use palisander_engine::rules::{Change, Compared, Differs, Way};

use super::Difference;
use super::bills::{Differing, Tried};
use crate::cli::rules::backtest::flip_lines;

/// Lines of the answer, before they are broken to the width at hand.
pub fn shown(difference: &Difference) -> String {
    let Difference { old, new, lanes, changes, cases, filed, .. } = difference;
    let mut out = format!("From `{old}` to `{new}`:\n");
    if lanes.is_empty() && changes.is_empty() {
        out.push_str("nothing differs that moves a lane.\n");
    }
    for (title, way) in [
        ("Weaker", Way::Weaker),
        ("More on some bills, less on others: bills tell", Way::Untold),
        ("Stronger", Way::Stronger),
        ("Said otherwise, and moving nothing", Way::Same),
    ] {
        let mut section = String::new();
        lanes.iter().filter(|change| change.way == way).for_each(|own| change("lanes", own, &mut section));
        changes.iter().for_each(|one| compared(one, way, difference, &mut section));
        if !section.is_empty() {
            let _ = write!(out, "\n{title}\n{section}");
        }
    }
    bills("cases of both", cases, &mut out);
    if let Some(filed) = filed {
        bills("filed bills", filed, &mut out);
    }
    out
}

fn compared(one: &Compared, way: Way, difference: &Difference, out: &mut String) {
    let name = match &one.indicator {
        Some(indicator) => format!("{}/{indicator}", one.profile),
        None => one.profile.clone(),
    };
    match &one.differs {
        Differs::Appeared(own) if *own == way => {
            let _ = writeln!(out, "  {name} appeared");
        }
        Differs::Went(own) if *own == way => {
            let _ = writeln!(out, "  {name} went");
        }
        Differs::Appeared(_) | Differs::Went(_) => {}
        Differs::Changed(all) => {
            for own in all.iter().filter(|change| change.way == way) {
                change(&name, own, out);
                if own.way == Way::Untold && own.what == "test" {
                    let (more, fewer, n) = difference.fires(&name);
                    let _ = writeln!(out, "    on the {n} bills tried it fires on {more} more and {fewer} fewer");
                }
            }
        }
    }
}

fn change(name: &str, change: &Change, out: &mut String) {
    let Change { what, before, after, .. } = change;
    if before.contains('\n') || after.contains('\n') || *what == "test" {
        let _ = writeln!(out, "  {name}: {what}");
        for (word, text) in [("was", before), ("is", after)] {
            let _ = writeln!(out, "    {word}");
            text.lines().for_each(|line| out.push_str(&format!("      {line}\n")));
        }
    } else {
        let _ = writeln!(out, "  {name}: {what} {before} -> {after}");
    }
}

fn bills(what: &str, tried: &Tried, out: &mut String) {
    if tried.n_bills == 0 {
        return;
    }
    let Tried { n_bills, n_up, n_down, n_other, up, down, .. } = tried;
    let _ = writeln!(
        out,
        "\nOf {n_bills} {what} {n_up} rise to a graver lane, {n_down} fall, on {n_other} others other indicators fire"
    );
    let line = |one: &Differing| {
        let case = one.case.as_ref().map_or_else(String::new, |case| format!("  {case}\n"));
        format!("{case}{}", flip_lines(&one.bill))
    };
    out.extend(up.iter().chain(down).map(line));
}
