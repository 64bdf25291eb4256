//! `palisander rules evasion`

use palisander_engine::rules::{Evasion, Fired, Means, Silenced, cases, evasions};
use serde_json::json;

use super::place::Place;
use super::shape::Shape;
use super::test::unloaded;
use crate::cli::{OK, safe, say};

/// For each indicator the cheapest way around it, by the bills of all cases; the exit code.
pub fn evasion(place: &Place, shape: &Shape) -> u8 {
    let engine = &place.engine;
    unloaded(engine).iter().for_each(|fault| say(&format!("does not load: {fault}")));
    let ran = cases::run_all(engine);
    let bills: Vec<Fired<'_>> = ran.iter().map(|ran| Fired { facts: &ran.facts, as_of: ran.as_of }).collect();
    let mut found = evasions(engine, &bills);
    found.retain(|one| place.only().is_none_or(|only| only.contains(&one.profile)));
    // What falls lowest without a word stands first.
    found.sort_by_key(|one| {
        let silent = |change: &Silenced| (change.speak_then.len(), change.lane_after, change.score_after);
        (one.change.is_none(), one.change.as_ref().map(silent), one.profile.clone(), one.indicator.clone())
    });
    shape.put(&json!(found), || found.iter().map(in_words).collect::<Vec<_>>().join("\n"));
    OK
}

fn in_words(one: &Evasion) -> String {
    let name = format!("{}/{}", one.profile, one.indicator);
    let Some(change) = &one.change else {
        return match one.bills {
            0 => format!("{name}\n  no bill at hand on which it fires"),
            n => format!("{name}\n  no single fact silences it on {n} bill(s)"),
        };
    };
    let fact = &change.fact;
    let how = match (change.means, change.by) {
        (_, Some(by)) => format!("state {} {}", share(by), if by < 0.0 { "less" } else { "more" }),
        (Means::Figure | Means::Entry, None) => "declare it otherwise".to_owned(),
        (Means::Paper, None) => "show other papers".to_owned(),
        (Means::Words, None) => "write other words".to_owned(),
        (Means::Record, None) => "nothing that is declared; only if it were otherwise".to_owned(),
    };
    let now = if fact.now.is_empty() { "none".to_owned() } else { safe::line(&fact.now).to_string() };
    let then = match change.speak_then.as_slice() {
        [] if change.still_speak == 0 => "nothing speaks then".to_owned(),
        [] => format!("{} other(s) go on speaking", change.still_speak),
        speak => format!("then speaks {}", speak.join(", ")),
    };
    format!(
        "{name}\n  {how} ({}.{}: {now} → {})\n  {} ({}) → {} ({}); {then}",
        fact.of,
        fact.field,
        safe::line(&fact.then),
        change.lane_before.as_str(),
        change.score_before,
        change.lane_after.as_str(),
        change.score_after,
    )
}

/// A share of something, as people say it.
fn share(by: f64) -> String {
    let percent = by.abs() * 100.0;
    if percent < 1.0 { "under 1 %".to_owned() } else { format!("{percent:.0} %") }
}
