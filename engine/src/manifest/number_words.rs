//! Words that announce, accompany or deny a number of a document or an HS code.
//!
//! In: a word in capitals. Out: whether it has a role there. Source: datasets/number-words, read from the built-in data,
//! once; numbers of permits (`permits/number.rs`) are freed of their labels, and numbers of Notifications
//! (`alerts/numbers.rs`) are joined to their years by the same table.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::text::Traces;

const TABLE: &str = include_str!("../../../datasets/number-words/number-words.csv");

/// What a word does beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Stands before or after a permit number and is no part of it.
    Label,
    /// A label only beside a mark or another label.
    WeakLabel,
    /// The number of a document follows.
    Announce,
    /// May stand between.
    Filler,
    /// Says that there is none.
    Denial,
    /// An HS code follows.
    Tariff,
    /// May stand between that and the code.
    TariffFiller,
    /// May stand between the year and the number of a Notification: `2013 No. 39`.
    YearThenNumber,
    /// May stand between its number and its year: `39 of 2013`.
    NumberThenYear,
}

impl Role {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Label, "label"),
        (Self::WeakLabel, "weak_label"),
        (Self::Announce, "announce"),
        (Self::Filler, "filler"),
        (Self::Denial, "denial"),
        (Self::Tariff, "tariff"),
        (Self::TariffFiller, "tariff_filler"),
        (Self::YearThenNumber, "year_then_number"),
        (Self::NumberThenYear, "number_then_year"),
    ];

    /// Does the word, in capitals, have this role?
    pub fn has(self, word: &str) -> bool {
        WORDS.get(self as usize).is_some_and(|words| words.contains(word))
    }
}

static WORDS: LazyLock<Vec<HashSet<String>>> =
    LazyLock::new(|| Role::ALL.iter().map(|(_, name)| of_role(name).collect()).collect());

/// What a remark on a permit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// That its validity was extended.
    Extension,
    /// That it was issued after the goods had left.
    Retrospective,
}

impl Remark {
    const ALL: [(Self, &'static str); 2] = [(Self::Extension, "extension"), (Self::Retrospective, "retrospective")];

    /// Does the text hold a word that begins so?
    pub fn is_in(self, text: &str) -> bool {
        let text = text.to_lowercase();
        BEGINNINGS.get(self as usize).is_some_and(|stems| stems.iter().any(|stem| text.contains(stem.as_str())))
    }
}

static BEGINNINGS: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| Remark::ALL.iter().map(|(_, name)| of_role(name).collect()).collect());

/// Without one of these nothing can be found.
static TRACES: LazyLock<Option<Traces>> = LazyLock::new(|| Traces::build(of_role(TRACE)).ok());

const TRACE: &str = "trace";

fn of_role(role: &str) -> impl Iterator<Item = String> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().flatten().filter(|row| row.get(0) == Some(role)).collect();
    rows.into_iter().filter_map(|row| row.get(1).map(str::to_owned))
}

/// Can the text hold a number that something announces?
pub(crate) fn has_trace(text: &str) -> bool {
    TRACES.as_ref().is_some_and(|traces| traces.are_in(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_from_the_table() {
        for (role, word, has) in [
            (Role::Label, "CITES", true),
            (Role::WeakLabel, "NO", true),
            (Role::Label, "NO", false),
            (Role::Announce, "PERMIS", true),
            (Role::Filler, "许可证号", true),
            (Role::Denial, "SANS", true),
            (Role::Tariff, "NCM", true),
            (Role::TariffFiller, "CODE(S)", true),
            (Role::Tariff, "hs", false),
            (Role::YearThenNumber, "第", true),
            (Role::NumberThenYear, "OF", true),
            (Role::NumberThenYear, "NO", false),
        ] {
            assert_eq!(role.has(word), has, "{role:?} {word}");
        }
        assert!(Remark::Extension.is_in("Validité prorogée") && !Remark::Extension.is_in("valid"));
        assert!(Remark::Retrospective.is_in("ISSUED RETROSPECTIVELY") && !Remark::Retrospective.is_in("extended"));
        assert!(has_trace("Rosewood, CITES 14MG000417") && !has_trace("Rosewood logs"));
    }

    #[test]
    fn every_role_of_the_table_is_known_and_none_is_empty() {
        for (n, (role, _)) in Role::ALL.iter().enumerate() {
            assert_eq!(*role as usize, n);
            assert!(WORDS.get(n).is_some_and(|words| !words.is_empty()), "{role:?}");
        }
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        for row in reader.records() {
            let row = row.unwrap();
            let is_remark = Remark::ALL.iter().any(|(_, name)| *name == &row[0]);
            assert!(row[0] == *TRACE || is_remark || Role::ALL.iter().any(|(_, name)| *name == &row[0]), "{row:?}");
        }
    }
}
