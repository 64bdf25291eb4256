//! Papers are found again by their marks.

use std::path::Path;

use serde_json::json;

use super::{Open, assessed, draft};
use crate::store::{Assessed, Batch, Draft, Kind, MarkedPaper, PaperPlace, Sealed};

/// By every mark of a question, the latest first, page by page; the same when the projections are built again.
pub(super) fn papers_are_found_by_their_marks(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let paper = |bill: &str, place: usize, marks: &[&str]| MarkedPaper {
        at: PaperPlace { bill: bill.to_owned(), consignment: format!("SYN {bill}\u{0}"), place },
        marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
    };
    let says = |papers: Vec<MarkedPaper>| {
        let said = Assessed { papers, ..assessed(Vec::new(), Vec::new()) };
        let body = Sealed::new(json!(said).to_string().into_bytes()).unwrap();
        store.append(Batch::of(Draft { kind: Kind::Assessed, body, ..draft("b_1", "") })).unwrap();
    };
    says(vec![paper("a_1", 0, &["x", "y"]), paper("a_1", 1, &["x"]), paper("a_2", 0, &["y", "z"])]);
    says(vec![paper("a_3", 4, &["x", "z"])]);
    let found = |mark: &str, before: (u64, u64), limit: usize| -> Vec<(String, usize)> {
        let found = store.papers(mark, before, limit).unwrap();
        assert!(found.windows(2).all(|pair| (pair[0].seq, pair[0].n) > (pair[1].seq, pair[1].n)));
        found.into_iter().map(|one| (one.at.bill, one.at.place)).collect()
    };
    let all = (u64::MAX, 0);
    for round in 0..2 {
        let of = |rows: &[(&str, usize)]| rows.iter().map(|(bill, at)| ((*bill).to_owned(), *at)).collect::<Vec<_>>();
        assert_eq!(found("x", all, 9), of(&[("a_3", 4), ("a_1", 1), ("a_1", 0)]), "round {round}");
        assert_eq!(found("x", all, 1), of(&[("a_3", 4)]));
        let last = store.papers("x", all, 1).unwrap().pop().unwrap();
        assert_eq!(found("x", (last.seq, last.n), 9), of(&[("a_1", 1), ("a_1", 0)]));
        assert_eq!(found("y", all, 9), of(&[("a_2", 0), ("a_1", 0)]));
        assert_eq!(found("never", all, 9), of(&[]));
        assert_eq!(found("no\u{0}body", all, 9), of(&[]));
        store.rebuild().unwrap();
    }
}
