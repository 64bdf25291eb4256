//! Where the goods are: every piece that was taken in is held, sampled, released, destroyed or lost, at every line.
//!
//! In: what happened to pieces, line by line; none is taken away. Out: a [`Balance`]. What leaves the hands of one person counts
//! once another has signed for it. Goods go missing in stores (CITES CoP17 Doc. 25, Annex 3, appendix, paragraph 6): a count that
//! falls short stays open until a later one finds the pieces or two persons write them off.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::limits::{MAX_CASE_ROWS, MAX_MEASURE, Shape};
use crate::words::words;

words! {
    /// What happened to pieces.
    Happened {
        /// They were taken in.
        Seized = "seized",
        /// They were closed with seals.
        Sealed = "sealed",
        /// They went from one person or store to another, who signs for them.
        Moved = "moved",
        /// They were counted.
        Counted = "counted",
        /// They went to an examination.
        Sampled = "sampled",
        /// They came back from it.
        Returned = "returned",
        /// They were handed out for good.
        Released = "released",
        /// They are no more.
        Destroyed = "destroyed",
        /// They are gone and nobody knows where.
        Lost = "lost",
    }
}

impl Happened {
    /// Does another person have to sign for it?
    pub fn needs_two(self) -> bool {
        matches!(self, Self::Moved | Self::Sampled | Self::Released | Self::Destroyed | Self::Lost)
    }
}

/// What somebody tells of pieces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    pub event: Happened,
    pub pieces: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_kg: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_m3: Option<f64>,
    /// What stands on the pieces, where they are marked: one of each.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub marks: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub seals: BTreeSet<String>,
    /// Where they are from now on.
    pub place: String,
    /// The order, receipt or reason by which.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A line of custody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// From 1.
    pub n: usize,
    pub at: Timestamp,
    pub by: String,
    pub told: Told,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// Who told it took it back before it was signed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_dropped: bool,
}

impl Line {
    /// Does it count?
    pub fn counts(&self) -> bool {
        !self.told.event.needs_two() || self.signed_by.is_some()
    }

    /// Does another person have to sign for it?
    pub fn waits(&self) -> bool {
        !self.counts() && !self.is_dropped
    }
}

/// Where all pieces are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Balance {
    pub taken_in: u64,
    pub held: u64,
    pub sampled: u64,
    pub released: u64,
    pub destroyed: u64,
    pub lost: u64,
    /// Fewer were counted than are held.
    pub missing: u64,
    /// Of these the marks, where the pieces are marked and were counted by them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub missing_marks: BTreeSet<String>,
    /// Lines for which another person has to sign.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<usize>,
    /// Marks of what is held, and of what is away for examination.
    #[serde(skip)]
    marks: BTreeSet<String>,
    #[serde(skip)]
    marks_away: BTreeSet<String>,
}

impl Balance {
    /// As the lines say it, in their order.
    pub fn of(lines: &[Line]) -> Self {
        let mut balance = Self::default();
        for line in lines {
            if line.counts() {
                balance.take(&line.told);
            } else if line.waits() {
                balance.waits.push(line.n);
            }
        }
        balance
    }

    fn take(&mut self, told: &Told) {
        let n = told.pieces;
        let mut out_of_hand = |to: fn(&mut Self) -> &mut u64| {
            self.held = self.held.saturating_sub(n);
            *to(self) += n;
            self.marks.retain(|mark| !told.marks.contains(mark));
        };
        match told.event {
            Happened::Seized => {
                self.taken_in += n;
                self.held += n;
                self.marks.extend(told.marks.iter().cloned());
            }
            Happened::Sealed | Happened::Moved => {}
            Happened::Counted => {
                let by_marks = if told.marks.is_empty() { BTreeSet::new() } else { &self.marks - &told.marks };
                self.missing = self.held.saturating_sub(n).max(by_marks.len() as u64);
                self.missing_marks = by_marks;
            }
            Happened::Sampled => {
                out_of_hand(|own| &mut own.sampled);
                self.marks_away.extend(told.marks.iter().cloned());
            }
            Happened::Released => out_of_hand(|own| &mut own.released),
            Happened::Destroyed => out_of_hand(|own| &mut own.destroyed),
            Happened::Lost => {
                out_of_hand(|own| &mut own.lost);
                self.missing = self.missing.saturating_sub(n);
                self.missing_marks.retain(|mark| !told.marks.contains(mark));
            }
            Happened::Returned => {
                self.sampled = self.sampled.saturating_sub(n);
                self.held += n;
                self.marks.extend(told.marks.iter().cloned());
                self.marks_away.retain(|mark| !told.marks.contains(mark));
            }
        }
        // A line that is signed late may take what a count missed meanwhile.
        self.missing = self.missing.min(self.held);
    }
}

/// Everything for which a line cannot be: by itself, and after the others.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unfit {
    pub form: Vec<String>,
    pub standing: Vec<String>,
}

/// Characters of a mark or a seal.
const MAX_MARK_CHARS: usize = 60;

/// Everything for which a line cannot follow the others.
pub fn faults(lines: &[Line], told: &Told) -> Unfit {
    Unfit { form: unfit(lines.len(), told), standing: unfit_after(lines, told) }
}

fn unfit(n_lines: usize, told: &Told) -> Vec<String> {
    let mut shape = Shape::default();
    shape.text("place", &told.place);
    shape.free("note", &told.note);
    shape.measure("mass_kg", told.mass_kg);
    shape.measure("volume_m3", told.volume_m3);
    shape.rows("custody", n_lines + 1);
    if told.marks.len() > MAX_CASE_ROWS || told.seals.len() > MAX_CASE_ROWS {
        shape.say(&format!("`marks` and `seals` are up to MAX_CASE_ROWS ({MAX_CASE_ROWS}) each"));
    }
    for text in told.marks.iter().chain(&told.seals) {
        shape.text("marks or seals", text);
        if text.chars().nth(MAX_MARK_CHARS).is_some() {
            shape.say(&format!("a mark or seal is over MAX_MARK_CHARS ({MAX_MARK_CHARS})"));
        }
    }
    if told.pieces as f64 > MAX_MEASURE {
        shape.say("`pieces` is more than anybody counts");
    }
    if told.pieces == 0 && told.event != Happened::Counted {
        shape.say("`pieces` is one at least");
    }
    if !told.marks.is_empty() && told.marks.len() as u64 != told.pieces {
        shape.say("where pieces are marked, `marks` holds one for each of `pieces`");
    }
    let is_for_good = matches!(told.event, Happened::Lost | Happened::Released | Happened::Destroyed);
    if is_for_good && told.note.trim().is_empty() {
        shape.say("`note` says by which order, or why");
    }
    shape.faults
}

fn unfit_after(lines: &[Line], told: &Told) -> Vec<String> {
    let balance = Balance::of(lines);
    // What waits for a signature may still go; it is promised to nobody else.
    let promised = || lines.iter().filter(|line| line.waits() && line.told.event != Happened::Moved);
    let n_promised: u64 = promised().map(|line| line.told.pieces).sum();
    let is_promised = |mark: &String| promised().any(|line| line.told.marks.contains(mark));
    let is_going = matches!(told.event, Happened::Sampled | Happened::Released | Happened::Destroyed | Happened::Lost);
    // What is missing can be written off, and nothing else.
    let missing = if told.event == Happened::Lost { 0 } else { balance.missing };
    let free = balance.held.saturating_sub(n_promised).saturating_sub(missing);
    let mut faults = Vec::new();
    let known = |mark: &String| match told.event {
        Happened::Returned => balance.marks_away.contains(mark),
        _ => balance.marks.contains(mark) && !(is_going && is_promised(mark)),
    };
    let unknown: Vec<&str> = told.marks.iter().filter(|mark| !known(mark)).map(String::as_str).take(5).collect();
    let is_held_already = |mark: &String| balance.marks.contains(mark) || balance.marks_away.contains(mark);
    match told.event {
        Happened::Seized if told.marks.iter().any(is_held_already) => {
            faults.push("a mark stands on a piece that is held already".to_owned());
        }
        Happened::Seized => {}
        _ if !unknown.is_empty() => faults.push(format!("no piece that is at hand bears {}", unknown.join(", "))),
        _ => {}
    }
    // Which of marked pieces goes or comes is told; of others only how many.
    let n_marked = if told.event == Happened::Returned { balance.marks_away.len() } else { balance.marks.len() } as u64;
    let all = if told.event == Happened::Returned { balance.sampled } else { balance.held };
    let is_told_which = !told.marks.is_empty() || told.pieces <= all.saturating_sub(n_marked);
    if (is_going || told.event == Happened::Returned) && !is_told_which {
        faults.push("the pieces are marked: `marks` says which".to_owned());
    }
    match told.event {
        Happened::Counted if told.pieces > balance.held => {
            faults.push(format!("{} are held; more than that were not taken in: tell them as seized", balance.held));
        }
        Happened::Seized | Happened::Counted | Happened::Sealed => {}
        Happened::Returned if told.pieces > balance.sampled => {
            faults.push(format!("{} are away for examination", balance.sampled));
        }
        Happened::Returned => {}
        _ if told.pieces > free => faults.push(format!("{free} are held, not missing and promised to nobody")),
        _ => {}
    }
    faults
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(event: Happened, pieces: u64) -> Told {
        Told {
            event,
            pieces,
            mass_kg: None,
            volume_m3: None,
            marks: BTreeSet::new(),
            seals: BTreeSet::new(),
            place: "store".to_owned(),
            note: "order 1".to_owned(),
        }
    }

    fn line(lines: &[Line], told: Told, is_signed: bool) -> Line {
        let at = Timestamp::UNIX_EPOCH;
        let signed = (is_signed && told.event.needs_two()).then(|| "b".to_owned());
        Line {
            n: lines.len() + 1,
            at,
            by: "a".to_owned(),
            told,
            signed_at: signed.as_ref().map(|_| at),
            signed_by: signed,
            is_dropped: false,
        }
    }

    fn marked(mut told: Told, marks: impl Iterator<Item = u64>) -> Told {
        told.marks = marks.map(|n| format!("L{n:03}")).collect();
        told
    }

    proptest! {
        /// Whatever is told in whatever order, of what is taken on no piece is made or lost.
        #[test]
        fn every_piece_is_somewhere_at_every_line(steps in prop::collection::vec((0..9_usize, 0..30_u64, any::<bool>()), 0..40)) {
            let mut lines: Vec<Line> = Vec::new();
            for (event, pieces, is_signed) in steps {
                let told = told(Happened::ALL[event], pieces);
                if faults(&lines, &told) != Unfit::default() {
                    continue;
                }
                lines.push(line(&lines, told, is_signed));
                let Balance { taken_in, held, sampled, released, destroyed, lost, missing, .. } = Balance::of(&lines);
                prop_assert_eq!(taken_in, held + sampled + released + destroyed + lost);
                prop_assert!(missing <= held);
            }
            // Whatever waits can still be signed.
            lines.iter_mut().for_each(|line| if line.told.event.needs_two() { line.signed_by = Some("b".to_owned()) });
            let Balance { taken_in, held, sampled, released, destroyed, lost, .. } = Balance::of(&lines);
            prop_assert_eq!(taken_in, held + sampled + released + destroyed + lost);
        }
    }

    /// G06: two of 86 logs are gone, and their marks say which.
    #[test]
    fn g06_a_count_that_falls_short_names_what_is_missing() {
        let mut lines = vec![line(&[], marked(told(Happened::Seized, 86), 1..=86), true)];
        let count = marked(told(Happened::Counted, 84), (1..=86).filter(|n| ![17, 40].contains(n)));
        assert_eq!(faults(&lines, &count), Unfit::default());
        lines.push(line(&lines, count, true));
        let balance = Balance::of(&lines);
        assert_eq!((balance.held, balance.missing), (86, 2));
        assert_eq!(balance.missing_marks.iter().map(String::as_str).collect::<Vec<_>>(), ["L017", "L040"]);
        assert!(balance.waits.is_empty());
        // One is found; the other is written off by two.
        lines.push(line(&lines, marked(told(Happened::Counted, 85), (1..=86).filter(|n| *n != 40)), true));
        assert_eq!(Balance::of(&lines).missing_marks.iter().collect::<Vec<_>>(), ["L040"]);
        lines.push(line(&lines, marked(told(Happened::Lost, 1), std::iter::once(40)), false));
        assert_eq!((Balance::of(&lines).missing, Balance::of(&lines).waits), (1, vec![4]));
        lines[3].signed_by = Some("b".to_owned());
        let balance = Balance::of(&lines);
        assert_eq!((balance.held, balance.lost, balance.missing, balance.waits.len()), (85, 1, 0, 0));
    }

    #[test]
    fn what_cannot_follow_is_refused() {
        let lines = vec![line(&[], told(Happened::Seized, 10), true)];
        for (event, pieces) in [
            (Happened::Sampled, 11),
            (Happened::Released, 11),
            (Happened::Returned, 1),
            (Happened::Counted, 11),
            (Happened::Moved, 0),
        ] {
            assert_ne!(faults(&lines, &told(event, pieces)), Unfit::default(), "{event} {pieces}");
        }
        // What is promised to one is not handed to another.
        let mut lines = lines;
        lines.push(line(&lines, told(Happened::Released, 6), false));
        assert_ne!(faults(&lines, &told(Happened::Destroyed, 5)), Unfit::default());
        assert_eq!(faults(&lines, &told(Happened::Destroyed, 4)), Unfit::default());
    }

    /// What is missing is not hidden by another word for it, and no mark stands for two pieces.
    #[test]
    fn g06_neither_what_is_missing_nor_a_mark_is_explained_away() {
        let seized = marked(told(Happened::Seized, 3), 1..=3);
        let mut lines = vec![line(&[], seized, true)];
        // Counted by other marks: three are missing, whatever the number.
        let others = marked(told(Happened::Counted, 3), 7..=9);
        assert_ne!(faults(&lines, &others), Unfit::default());
        lines.push(line(&lines, marked(told(Happened::Counted, 2), 1..=2), true));
        assert_eq!(Balance::of(&lines).missing, 1);
        for event in [Happened::Sampled, Happened::Released, Happened::Destroyed] {
            assert_ne!(faults(&lines, &marked(told(event, 3), 1..=3)), Unfit::default(), "{event}");
            assert_ne!(faults(&lines, &told(event, 1)), Unfit::default(), "{event}: which of the marked ones?");
        }
        lines.push(line(&lines, marked(told(Happened::Sampled, 2), 1..=2), true));
        let balance = Balance::of(&lines);
        assert_eq!((balance.held, balance.missing), (1, 1));
        // Only what went away comes back.
        assert_ne!(faults(&lines, &marked(told(Happened::Returned, 1), 9..=9)), Unfit::default());
        assert_ne!(faults(&lines, &marked(told(Happened::Seized, 1), 1..=1)), Unfit::default());
        lines.push(line(&lines, marked(told(Happened::Returned, 2), 1..=2), true));
        // A mark that is promised to one is promised to no other.
        lines.push(line(&lines, marked(told(Happened::Released, 1), 1..=1), false));
        assert_ne!(faults(&lines, &marked(told(Happened::Destroyed, 1), 1..=1)), Unfit::default());
        assert_eq!(faults(&lines, &marked(told(Happened::Destroyed, 1), 2..=2)), Unfit::default());
    }
}
