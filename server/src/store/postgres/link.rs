//! A connection to the database, and the line on which it is made again when it broke.
//!
//! In: statements and what they are given. Out: rows, or why not ([`Failed`]). Statements are prepared once for each
//! connection. PgBouncer fits in front only where it keeps a session for each of its clients.

use std::collections::HashMap;
use std::sync::Arc;

use ::postgres::types::ToSql;
use ::postgres::{Client, NoTls, Row, Statement};

use super::address::Address;
use super::failed::Failed;
use crate::config::STATEMENT_TIMEOUT;
use crate::store::error::StoreError;

/// The oldest version that is known to do it.
const OLDEST: i64 = 15;

/// What a statement is given.
pub(super) type Given<'a> = &'a [&'a (dyn ToSql + Sync)];

/// One connection.
pub(super) struct Link {
    client: Client,
    ready: HashMap<&'static str, Statement>,
}

impl Link {
    /// Enters the database, and leaves again when what is acknowledged would not be durable there.
    pub(super) fn open(address: &Address) -> Result<Self, Failed> {
        let mut client = address.config().connect(NoTls)?;
        // A process that stands still in a commit is shut out, so that others go on. Commits wait for the disk at least;
        // where the database waits for a second one, they wait for that. What is asked is a page of an index, for which it
        // takes longer to start helpers than to read.
        let longest = STATEMENT_TIMEOUT.as_millis();
        client.batch_execute(&format!(
            "SET statement_timeout = {longest}; SET lock_timeout = {longest};
             SET idle_in_transaction_session_timeout = {longest};
             SET default_transaction_isolation = 'read committed'; SET client_min_messages = warning;
             SET max_parallel_workers_per_gather = 0;
             SELECT set_config('synchronous_commit', 'on', false)
             WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');"
        ))?;
        let sql = "SELECT current_setting('server_version_num')::bigint / 10000, current_setting('server_encoding'),
                   current_setting('fsync'), pg_is_in_recovery()";
        let row = client.query_one(sql, &[])?;
        let (version, letters): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let (fsync, is_copy): (String, bool) = (row.try_get(2)?, row.try_get(3)?);
        let wrong = |why: String| Err(Failed::Store(StoreError::Place(why)));
        if version < OLDEST {
            return wrong(format!("the database is PostgreSQL {version}; {OLDEST} or later is needed"));
        }
        if letters != "UTF8" {
            return wrong(format!("the database keeps texts as {letters}; make it with the encoding UTF8"));
        }
        if fsync == "off" {
            return wrong("the database runs with fsync = off: what it acknowledges is not durable".to_owned());
        }
        if is_copy {
            return Err(Failed::Lost("the database is a copy that takes no writes".to_owned()));
        }
        Ok(Self { client, ready: HashMap::new() })
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, Failed> {
        if let Some(statement) = self.ready.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.ready.insert(sql, statement.clone());
        Ok(statement)
    }

    /// The rows of a statement.
    pub(super) fn rows(&mut self, sql: &'static str, given: Given<'_>) -> Result<Vec<Row>, Failed> {
        let statement = self.statement(sql)?;
        Ok(self.client.query(&statement, given)?)
    }

    /// The row of a statement that has one or none.
    pub(super) fn row(&mut self, sql: &'static str, given: Given<'_>) -> Result<Option<Row>, Failed> {
        Ok(self.rows(sql, given)?.into_iter().next())
    }

    /// Does a statement that has no rows.
    pub(super) fn does(&mut self, sql: &'static str, given: Given<'_>) -> Result<(), Failed> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, given)?;
        Ok(())
    }

    /// Does several statements that are given nothing.
    pub(super) fn all(&mut self, sql: &str) -> Result<(), Failed> {
        Ok(self.client.batch_execute(sql)?)
    }

    /// Does `work` in one transaction, all or nothing.
    pub(super) fn whole<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failed>) -> Result<T, Failed> {
        let done = self.begun(work)?;
        self.committed()?;
        Ok(done)
    }

    /// Does `work` in a transaction that is still open; an error leaves none.
    pub(super) fn begun<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failed>) -> Result<T, Failed> {
        self.all("BEGIN")?;
        let done = work(self);
        if done.is_err() {
            // Where this fails the connection is gone, and with it the transaction.
            let _ = self.all("ROLLBACK");
        }
        done
    }

    /// Commits what was begun.
    pub(super) fn committed(&mut self) -> Result<(), Failed> {
        self.client.batch_execute("COMMIT").map_err(|error| Failed::of_commit(&error))
    }
}

/// An address with at most one connection.
pub(super) struct Line {
    address: Arc<Address>,
    link: Option<Link>,
}

impl Line {
    /// A line on which nothing was asked yet, with the connection that is there.
    pub(super) fn new(address: Arc<Address>, link: Option<Link>) -> Self {
        Self { address, link }
    }

    /// Asks; once more on a new connection when the old one turns out to be lost. `ask` leaves nothing behind when it fails
    /// so.
    pub(super) fn ask<T>(&mut self, mut ask: impl FnMut(&mut Link) -> Result<T, Failed>) -> Result<T, Failed> {
        if let Some(link) = &mut self.link {
            match ask(link) {
                Err(Failed::Lost(why)) => {
                    tracing::warn!(%why, "the connection to the database is lost; making another")
                }
                Err(failed @ Failed::InDoubt(_)) => {
                    self.link = None;
                    return Err(failed);
                }
                done => return done,
            }
        }
        self.link = None;
        let mut link = Link::open(&self.address)?;
        let done = ask(&mut link);
        if !matches!(done, Err(Failed::Lost(_) | Failed::InDoubt(_))) {
            self.link = Some(link);
        }
        done
    }
}
