//! The shape of the tables, step by step and forward only.
//!
//! In: a file of any version that this program knows. Out: the latest. A step and its number are written in one
//! transaction: a process that dies between leaves the step before. A file of a later program is left alone.

use rusqlite::{Connection, TransactionBehavior};

use super::failed::unavailable;
use crate::store::StoreError;

/// Every step; the version of a file is how many of them it has.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_log_and_readers.sql"),
    include_str!("migrations/0002_bills_and_decisions.sql"),
    include_str!("migrations/0003_results.sql"),
    include_str!("migrations/0004_probes.sql"),
    include_str!("migrations/0005_information_and_rulesets.sql"),
    include_str!("migrations/0006_register.sql"),
    include_str!("migrations/0007_ledger.sql"),
    include_str!("migrations/0008_jobs_and_leases.sql"),
    include_str!("migrations/0009_webhooks_and_subjects.sql"),
    include_str!("migrations/0010_holds.sql"),
    include_str!("migrations/0011_access.sql"),
    include_str!("migrations/0012_cases.sql"),
    include_str!("migrations/0013_papers.sql"),
    include_str!("migrations/0014_plans.sql"),
];

/// Brings a file to the latest version.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    up_to(connection, STEPS.len())
}

fn up_to(connection: &mut Connection, wanted: usize) -> Result<(), StoreError> {
    loop {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        let version: i64 = step.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(unavailable)?;
        let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        if done > STEPS.len() {
            return Err(StoreError::Later { found: version, known });
        }
        let Some(sql) = STEPS.get(done).filter(|_| done < wanted) else { return Ok(()) };
        step.execute_batch(sql).map_err(unavailable)?;
        step.pragma_update(None, "user_version", version + 1).map_err(unavailable)?;
        step.commit().map_err(unavailable)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;
    use crate::store::{SqliteStore, Store};

    /// A file of each earlier version, filled by the tables that it had, is brought up, and nothing of it is lost.
    #[test]
    fn every_version_is_brought_up() {
        for version in 1..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let mut connection = Connection::open(folder.path().join(super::super::FILE)).unwrap();
            up_to(&mut connection, version).unwrap();
            connection.execute_batch(include_str!("migrations/test/filled_0001.sql")).unwrap();
            drop(connection);
            let store = SqliteStore::open(folder.path()).unwrap();
            let entries = store.entries(0, 10).unwrap();
            assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(store.body(&entries[0].body).unwrap().map(|body| body.bytes), Some(b"{}".to_vec()));
            assert!(store.last_about("subject-1").unwrap() == 1);
            conformance::goes_on(&store);
        }
    }

    #[test]
    fn a_file_of_a_later_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join(super::super::FILE)).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let error = SqliteStore::open(folder.path()).err().unwrap();
        assert!(matches!(error, StoreError::Later { found: 99, .. }), "{error}");
    }
}
