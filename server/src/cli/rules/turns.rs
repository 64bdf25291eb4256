//! What would change the lane of a bill, in words.
//!
//! In: [`Turns`]. Out: text for a terminal. Not here: how they are found (`palisander_engine::rules::turns`).

use palisander_engine::rules::{Altered, Open, Turn, Turns};

use crate::cli::out::wrapped;
use crate::cli::safe;

/// The whole answer.
pub fn in_words(turns: &Turns, width: usize) -> String {
    let mut text = format!("now {}, score {}", turns.lane.as_str(), turns.score);
    if turns.score_high > turns.score || turns.lane_high > turns.lane {
        text.push_str(&format!("; with every open point met {}, score {}", turns.lane_high.as_str(), turns.score_high));
    }
    text.push_str("\n\n");
    let any =
        |list: &[Turn]| if list.iter().all(|turn| turn.facts.len() == 1) { "any one of" } else { "any one set of" };
    match (turns.down.as_slice(), turns.down_is_smallest) {
        ([], _) => text.push_str("lower: no fact brings it lower\n"),
        (down, true) => section(&format!("lower, by {}:", any(down)), down, &mut text),
        (down, false) => section("lower, by all of these, and maybe by fewer:", down, &mut text),
    }
    match turns.up.as_slice() {
        [] => text.push_str("higher: no fact that is open or nearly met brings it higher\n"),
        up => section(&format!("higher, by {}:", any(up)), up, &mut text),
    }
    if !turns.open.is_empty() {
        text.push_str("open, and what it turns out to be decides:\n");
        turns.open.iter().for_each(|one| open(one, &mut text));
    }
    if !turns.complete {
        text.push_str("\nthere are more facts than are tried for one bill; what is said above holds, and is not all\n");
    }
    wrapped(&text, width)
}

fn section(title: &str, turns: &[Turn], text: &mut String) {
    text.push_str(title);
    text.push('\n');
    for turn in turns {
        text.push_str(&format!("  {} ({})\n", turn.lane.as_str(), turn.score));
        for (n, fact) in turn.facts.iter().enumerate() {
            let and = if n == 0 { "" } else { "and " };
            text.push_str(&format!("    {and}{}: {}; now {}\n", place(fact), value(&fact.then), value(&fact.now)));
            text.push_str(&format!("      {}\n", fact.meaning));
        }
    }
    text.push('\n');
}

fn open(open: &Open, text: &mut String) {
    let (Some(best), Some(worst)) = (open.at_best.facts.first(), open.at_worst.facts.first()) else { return };
    text.push_str(&format!("  {}: {}\n      {}\n", place(best), value(&best.now), best.meaning));
    for (word, fact, turn) in [("at worst", worst, &open.at_worst), ("at best", best, &open.at_best)] {
        let most = match word {
            "at best" => format!(", at most {} ({})", turn.lane_high.as_str(), turn.score_high),
            _ => String::new(),
        };
        text.push_str(&format!("    {word}: {}: {} ({}){most}\n", value(&fact.then), turn.lane.as_str(), turn.score));
    }
}

/// Which fact: whose it is, and its name.
fn place(fact: &Altered) -> String {
    match (fact.of, fact.item) {
        ("consignment", _) => format!("the consignment's {}", fact.field),
        ("item", _) => format!("item {}, {}", fact.subject + 1, fact.field),
        (of, Some(item)) => format!("item {}, {of} {}, {}", item + 1, fact.subject + 1, fact.field),
        (of, None) => format!("{of} {}, {}", fact.subject + 1, fact.field),
    }
}

fn value(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { safe::line(text).to_string() }
}
