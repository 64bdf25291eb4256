//! What a caller who has not said who he is may see of an answer.
//!
//! In: an answer. Out: the same lane, score and faults, and in place of whatever rests on a record under TLP:RED or
//! TLP:AMBER+STRICT one sentence, the same whatever the record says. Not here: readers with a clearance (there are none yet);
//! which label a hit carries (the engine says it).

use palisander_engine::answers::{DocumentAnswer, Hit, Step, Unverifiable};
use palisander_engine::{Assessment, Label};

/// The strictest label whose words anybody on this machine may read.
const SHOWN_TO_ALL: Label = Label::Amber;
/// What stands in place of what is held back.
const HELD: &str = "information held; ask the duty desk";

/// Takes out what is held back.
pub fn by_anybody(answer: &mut Assessment) {
    let is_held = |label: Label| label > SHOWN_TO_ALL;
    let hits = answer.hits.iter_mut().chain(&mut answer.shadow_hits);
    hits.filter(|hit| is_held(hit.handling)).for_each(hide_hit);
    answer.unverifiable.iter_mut().filter(|open| is_held(open.handling)).for_each(hide_open);
    answer.documents.iter_mut().filter(|document| is_held(document.handling)).for_each(hide_document);
    answer.next_steps.iter_mut().filter(|step| is_held(step.handling)).for_each(hide_step);
    // They name the indicator that set a floor; one that rests on what is held is not named.
    if answer.hits.iter().any(|hit| is_held(hit.handling)) {
        let shown: Vec<String> = answer.hits.iter().filter(|hit| !is_held(hit.handling)).map(name).collect();
        for why in &mut answer.lane_because {
            if why.contains('/') && !shown.contains(why) {
                HELD.clone_into(why);
            }
        }
        answer.lane_because.dedup();
    }
}

fn name(hit: &Hit) -> String {
    format!("{}/{}", hit.profile, hit.indicator)
}

fn hide_hit(hit: &mut Hit) {
    *hit = Hit {
        profile: "held".to_owned(),
        indicator: "held".to_owned(),
        points: 0,
        group: "held".to_owned(),
        counts: hit.counts,
        floor: None,
        reason: HELD.to_owned(),
        met: Vec::new(),
        sources: Vec::new(),
        handling: hit.handling,
    };
}

fn hide_open(open: &mut Unverifiable) {
    *open = Unverifiable {
        profile: "held".to_owned(),
        indicator: "held".to_owned(),
        why: HELD.to_owned(),
        points: 0,
        settled_by: HELD.to_owned(),
        handling: open.handling,
    };
}

/// The number stands in the manifest; what the register says of it is held.
fn hide_document(document: &mut DocumentAnswer) {
    document.issuer = None;
    document.problems = Vec::new();
    document.details = Vec::new();
    document.candidates = Vec::new();
}

fn hide_step(step: &mut Step) {
    *step = Step { step: "ask_duty_desk".to_owned(), to: String::new(), why: HELD.to_owned(), handling: step.handling };
}

/// A sentence without folders: of a path only its last part.
pub fn without_folders(text: &str) -> String {
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')');
    text.split_inclusive(is_edge)
        .map(|word| {
            let is_path =
                word.starts_with(['/', '\\']) || word.get(1..3).is_some_and(|drive| matches!(drive, ":/" | ":\\"));
            let short = || word.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
            if is_path && word.trim_end().len() > 1 { short() } else { word }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_not_told() {
        for (text, shown) in [
            ("`/srv/secret/rules/x.rhai` is broken", "`x.rhai` is broken"),
            ("/a/b.csv: row 3", "b.csv: row 3"),
            ("C:\\data\\b.csv: row 3", "b.csv: row 3"),
            ("profile madagascar/profile.toml and 3 / 4", "profile madagascar/profile.toml and 3 / 4"),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(without_folders(text), shown);
        }
    }
}
