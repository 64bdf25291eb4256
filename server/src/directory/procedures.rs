//! The procedure of the day, and how many pieces are sampled.
//!
//! In: the directory, an agency, a size, a day; lots of pieces that look alike. Out: the edition that counts; a number for each lot.

use palisander_engine::Date;
use palisander_engine::tables::{FindSize, Procedure, ProcedureSubject, References, SamplingRule};
use serde::Serialize;

/// Any agency.
const ANY: &str = "*";

/// The procedure of an agency on a day: for a large find that of large finds, else the agency's own before that of all; of its
/// editions the latest that has begun.
pub fn procedure<'a>(
    tables: &'a References,
    subject: ProcedureSubject,
    agency: &str,
    size: FindSize,
    day: Date,
) -> Option<&'a Procedure> {
    let fits = |row: &&Procedure| {
        row.subject == subject
            && (row.agency == agency || row.agency == ANY)
            && (row.size == size || row.size == FindSize::Any)
            && row.effective_from <= day
    };
    let rank = |row: &&Procedure| (row.size == size, row.agency == agency, row.edition);
    tables.directory.procedures.iter().filter(fits).max_by_key(rank)
}

/// How many pieces of a lot are sampled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sampled {
    /// Pieces of the lot, which look alike.
    pub pieces: u64,
    pub samples: u64,
    pub rule: SamplingRule,
}

/// The plan for each lot; a lot without a row of the table has none, and one of no pieces needs none. Every table's figures are
/// somebody's choice: see its card.
pub fn sampled(tables: &References, lots: &[u64]) -> Vec<Option<Sampled>> {
    let plan = |pieces: u64| {
        let row = tables.directory.sampling.iter().rev().find(|row| row.pieces_from <= pieces)?;
        let samples = match row.rule {
            SamplingRule::All => pieces,
            SamplingRule::Some => row.pieces?.min(pieces),
            SamplingRule::Root => root(pieces),
        };
        Some(Sampled { pieces, samples, rule: row.rule })
    };
    lots.iter().map(|pieces| plan(*pieces)).collect()
}

/// The square root, rounded up.
fn root(n: u64) -> u64 {
    let floor = n.isqrt();
    if floor.saturating_mul(floor) == n { floor } else { floor + 1 }
}

#[cfg(test)]
mod tests {
    use palisander_engine::tables::DataSource;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn g08_an_officer_sees_the_edition_of_the_day() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let find = |agency: &str, size: FindSize, day: &str| {
            let row = procedure(&tables, ProcedureSubject::Find, agency, size, day.parse().unwrap())?;
            Some((row.id.clone(), row.edition))
        };
        let own = |id: &str, edition| Some((id.to_owned(), edition));
        assert_eq!(find("customs", FindSize::Any, "2026-06-30"), own("find-customs", 1));
        assert_eq!(find("customs", FindSize::Any, "2026-07-01"), own("find-customs", 2));
        assert_eq!(find("customs", FindSize::Any, "2026-12-31"), own("find-customs", 2), "the next has not begun");
        assert_eq!(find("customs", FindSize::Any, "2027-01-01"), own("find-customs", 3));
        assert_eq!(find("police", FindSize::Any, "2026-11-01"), own("find-any", 1), "without one of its own");
        assert_eq!(find("customs", FindSize::Large, "2026-11-01"), own("find-large", 1));
        assert_eq!(find("customs", FindSize::Any, "2023-12-31"), None, "nothing had begun");
        let disposal =
            procedure(&tables, ProcedureSubject::Disposal, "customs", FindSize::Any, "2026-11-01".parse().unwrap());
        assert_eq!(disposal.map(|row| row.id.as_str()), Some("disposal-dead"));
    }

    #[test]
    fn l06_the_plan_says_how_many_pieces_of_each_lot() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let of = |lots: &[u64]| -> Vec<Option<u64>> {
            sampled(&tables, lots).into_iter().map(|plan| plan.map(|plan| plan.samples)).collect()
        };
        let lots = [1, 10, 11, 86, 100, 101, 144, 145, 10_000];
        assert_eq!(of(&lots), [1, 10, 10, 10, 10, 11, 12, 13, 100].map(Some));
        assert_eq!(of(&[0]), [None]);
    }

    proptest! {
        /// A lot is sampled at least once and never more than it has; a larger one never less.
        #[test]
        fn l06_samples_grow_with_the_lot(pieces in 1_u64..u64::MAX, more in 0_u64..1_000) {
            let of = |n: u64| sampled(tables(), &[n]).remove(0).unwrap().samples;
            prop_assert!((1..=pieces).contains(&of(pieces)));
            prop_assert!(of(pieces.saturating_add(more)) >= of(pieces));
        }
    }

    fn tables() -> &'static References {
        static TABLES: std::sync::LazyLock<References> =
            std::sync::LazyLock::new(|| References::load(&DataSource::Embedded).unwrap());
        &TABLES
    }
}
