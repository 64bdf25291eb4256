//! The shape of the tables, step by step and forward only.
//!
//! In: a database of any version that this program knows, an empty one included. Out: the latest. A step and its number are
//! one transaction, and of several processes that start at once one does it while the others wait. A database of a later
//! program is left alone. Steps keep what an earlier program reads and writes, so that processes are exchanged one by one.

use super::failed::Failed;
use super::link::Link;
use crate::store::error::StoreError;

/// Every step; the version of a database is how many of them it has.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_log_and_projections.sql"),
    include_str!("migrations/0002_information_and_rulesets.sql"),
    include_str!("migrations/0003_register.sql"),
    include_str!("migrations/0004_ledger.sql"),
    include_str!("migrations/0005_jobs_and_leases.sql"),
    include_str!("migrations/0006_webhooks_and_subjects.sql"),
    include_str!("migrations/0007_holds.sql"),
    include_str!("migrations/0008_access.sql"),
    include_str!("migrations/0009_cases.sql"),
    include_str!("migrations/0010_papers.sql"),
    include_str!("migrations/0011_plans.sql"),
];

/// The lock of those who bring a database up: `pali` in ASCII.
const TURN: &str = "SELECT pg_advisory_xact_lock(1885433961)";

/// Brings a database to the latest version.
pub(super) fn run(link: &mut Link) -> Result<(), Failed> {
    up_to(link, STEPS.len())
}

/// Was it ever brought up?
pub(super) fn is_made(link: &mut Link) -> Result<bool, Failed> {
    let found = link.row("SELECT to_regclass('state_version') IS NOT NULL", &[])?;
    found.map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

fn up_to(link: &mut Link, wanted: usize) -> Result<(), Failed> {
    while link.whole(|link| step(link, wanted))? {}
    Ok(())
}

/// One step; false when there is none left.
fn step(link: &mut Link, wanted: usize) -> Result<bool, Failed> {
    link.all("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
    link.all(TURN)?;
    link.all(
        "CREATE TABLE IF NOT EXISTS state_version (one BOOLEAN PRIMARY KEY CHECK (one), version BIGINT NOT NULL);
         INSERT INTO state_version VALUES (true, 0) ON CONFLICT DO NOTHING",
    )?;
    let row = link.row("SELECT version FROM state_version", &[])?;
    let version: i64 = row.map_or(Ok(0), |row| row.try_get(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > STEPS.len() {
        return Err(StoreError::Later { found: version, known }.into());
    }
    let Some(sql) = STEPS.get(done).filter(|_| done < wanted) else { return Ok(false) };
    link.all(sql)?;
    link.does("UPDATE state_version SET version = $1", &[&(version + 1)])?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::cluster::Cluster;
    use super::super::{Address, PostgresStore};
    use super::*;
    use crate::store::{Store, conformance};

    /// A database of each earlier version, filled by the tables that it had, is brought up, and nothing of it is lost.
    #[test]
    fn every_version_is_brought_up() {
        let Some(cluster) = Cluster::start() else { return };
        for version in 1..=STEPS.len() {
            let address = Address::read(&cluster.state()).unwrap();
            let mut link = Link::open(&address).unwrap();
            up_to(&mut link, version).unwrap();
            link.all(include_str!("migrations/test/filled_0001.sql")).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let store = PostgresStore::open(address, folder.path()).unwrap();
            let entries = store.entries(0, 10).unwrap();
            assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(store.body(&entries[0].body).unwrap().map(|body| body.bytes), Some(b"{}".to_vec()));
            assert_eq!((store.last_about("subject-1").unwrap(), store.readers().unwrap().len()), (1, 1));
            conformance::goes_on(&store);
        }
    }

    #[test]
    fn a_database_of_a_later_program_is_left_alone() {
        let Some(cluster) = Cluster::start() else { return };
        let address = Address::read(&cluster.state()).unwrap();
        assert!(!PostgresStore::is_made(&address).unwrap());
        let mut link = Link::open(&address).unwrap();
        run(&mut link).unwrap();
        link.all("UPDATE state_version SET version = 99").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let error = PostgresStore::open(address.clone(), folder.path()).err().unwrap();
        assert!(matches!(error, StoreError::Later { found: 99, .. }), "{error}");
        assert!(PostgresStore::is_made(&address).unwrap());
    }

    /// Many processes may start at once on an empty database.
    #[test]
    fn all_who_start_at_once_come_up() {
        let Some(cluster) = Cluster::start() else { return };
        let (address, folder) = (Address::read(&cluster.state()).unwrap(), tempfile::tempdir().unwrap());
        PostgresStore::open(Address::read(&cluster.state()).unwrap(), folder.path()).unwrap();
        std::thread::scope(|scope| {
            let all: Vec<_> =
                (0..6).map(|_| scope.spawn(|| PostgresStore::open(address.clone(), folder.path()).map(drop))).collect();
            for one in all {
                one.join().unwrap().unwrap();
            }
        });
    }
}
