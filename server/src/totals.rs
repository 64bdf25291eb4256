//! Totals of a run.

use palisander_engine::answers::Lane;
use palisander_engine::bills::Scored;
use palisander_engine::manifests::Severity;

/// Consignments by lane, and what could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    pub consignments: u64,
    /// By lane: green, blue, yellow, red.
    pub green: u64,
    pub blue: u64,
    pub yellow: u64,
    pub red: u64,
    /// Consignments that were read and have no answer, by a fault of the program.
    pub lost: u64,
    /// Parts that held no manifest.
    pub unreadable: u64,
    /// Faults found in the input.
    pub faults: u64,
}

/// How one result counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A bill in its lane, with so many faults.
    Answer(Lane, u64),
    /// A bill that was read and has no answer.
    Lost,
    /// A part that held no manifest.
    Unreadable,
    /// A manifest without a bill, with so many faults; true when something in it was lost.
    Empty(u64, bool),
}

impl Counted {
    /// How a result counts by its own lane.
    pub fn of(scored: &Scored) -> Self {
        match scored {
            Scored::Answer(answer) => Self::Answer(answer.lane, answer.faults.len() as u64),
            Scored::Short(answer) => Self::Answer(answer.lane, answer.faults.len() as u64),
            Scored::Lost(_) => Self::Lost,
            Scored::Unreadable(_) => Self::Unreadable,
            Scored::Empty(faults) => {
                Self::Empty(faults.len() as u64, faults.iter().any(|fault| fault.severity == Severity::Lost))
            }
        }
    }

    /// The same in the lane that is in force.
    pub fn in_lane(self, lane: Lane) -> Self {
        match self {
            Self::Answer(_, faults) => Self::Answer(lane, faults),
            other => other,
        }
    }
}

impl Totals {
    /// Counts one answer or loss.
    pub fn add(&mut self, scored: &Scored) {
        self.count(&Counted::of(scored));
    }

    /// The same where the result is gone already.
    pub fn count(&mut self, counted: &Counted) {
        match *counted {
            Counted::Answer(lane, faults) => {
                self.consignments += 1;
                self.faults += faults;
                match lane {
                    Lane::Green => self.green += 1,
                    Lane::Blue => self.blue += 1,
                    Lane::Yellow => self.yellow += 1,
                    Lane::Red => self.red += 1,
                }
            }
            Counted::Lost => self.lost += 1,
            Counted::Unreadable => self.unreadable += 1,
            Counted::Empty(faults, is_lost) => {
                self.faults += faults;
                // Nobody knows how many bills it was.
                self.unreadable += u64::from(is_lost);
            }
        }
    }

    /// Did each of the bills that were read come out, answered or by name?
    pub fn account_for(&self, n_read: u64) -> bool {
        self.consignments + self.lost == n_read
    }

    /// In words, with how many of them are shown.
    pub fn words(&self, shown: usize) -> String {
        let Self { consignments, green, blue, yellow, red, lost, unreadable, faults } = self;
        let shown = if shown as u64 == *consignments { String::new() } else { format!(", {shown} shown") };
        // What there is none of is not said: the line fits a terminal.
        let some = |n: &u64, what: &str| if *n == 0 { String::new() } else { format!(", {n} {what}") };
        let (lost, faults, unreadable) = (some(lost, "lost"), some(faults, "faults"), some(unreadable, "unreadable"));
        format!(
            "scored {consignments} consignments: {red} red, {yellow} yellow, {blue} blue, {green} green{shown}{lost}{faults}{unreadable}"
        )
    }

    /// What came in against what came out.
    pub fn balance(&self, n_read: u64) -> String {
        let Self { consignments, lost, unreadable, .. } = self;
        let holds = if self.account_for(n_read) { "" } else { "; THESE COUNTS DO NOT AGREE, an answer is missing" };
        format!(
            "{n_read} bills read, {consignments} answered, {lost} lost; {unreadable} parts of the input unreadable{holds}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_answer_is_said() {
        let totals = Totals { consignments: 9, lost: 1, ..Totals::default() };
        assert!(totals.account_for(10) && !totals.account_for(11));
        assert!(!totals.balance(10).contains("NOT") && totals.balance(11).contains("an answer is missing"));
        assert!(totals.words(9).contains("1 lost") && totals.words(2).contains("2 shown"));
    }
}
