//! Names of parties: figures over labelled pairs and over innocent names.

use palisander_engine::people::{Half, evaluate, screen};

const PAIRS: [&str; 5] = [
    include_str!("../../tests/labelled/parties/legal-forms.csv"),
    include_str!("../../tests/labelled/parties/damage.csv"),
    include_str!("../../tests/labelled/parties/people-and-ships.csv"),
    include_str!("../../tests/labelled/parties/scripts.csv"),
    include_str!("../../tests/labelled/parties/other.csv"),
];
const PARTS: &str = include_str!("../../tests/labelled/name_parts.csv");

#[test]
fn pairs_of_names_hold_precision_and_recall_on_both_halves() {
    let found = evaluate(PAIRS);
    assert_eq!(found.unread, Vec::<String>::new());
    assert!(found.all.pairs >= 750, "{:?}", found.all);
    let shown = serde_json::to_string_pretty(&found.wrong).unwrap();
    for half in [Half::Tuned, Half::Kept] {
        let counted = found.by_half[&half];
        println!("{half:?}: {counted:?}");
        assert!(counted.pairs >= 350, "{counted:?}");
        // Issue 15 asks for 0.93 and 0.70.
        assert!(counted.precision >= 0.94 && counted.recall >= 0.88, "{half:?}: {counted:?}\n{shown}");
    }
}

#[test]
fn innocent_names_seldom_meet_a_watch_list() {
    // A twentieth of what `palisander parties screen` asks, so that the test stays quick, and double its bound for so few.
    let found = screen(PARTS, 7_000, 5_000, 1).unwrap();
    println!("{} of {}, {} namesakes", found.hits, found.asked, found.namesakes);
    assert!(found.hits * 1_000 <= found.asked, "{found:?}");
}
