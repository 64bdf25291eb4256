//! `palisander state backup`, `state restore` and `state bills`

use std::path::PathBuf;

use clap::Subcommand;

use super::out::putln;
use super::state::{State, Stop};
use super::{OK, UNREADABLE, say};
use crate::store::{BackedUp, Filed, StoreError, back_up, file_bodies, restore};

/// What is done with a whole state.
#[derive(Subcommand)]
pub enum Command {
    /// Write a state into a folder, while it is served or not: entries, bodies, checkpoints, uses of keys
    ///
    /// One file, `state.ndjson.gz`, with its digest; it is of one moment, whatever is written meanwhile, and either store is
    /// filled from it. Whoever holds it holds all that the service knows, but for keys of readers, of which it has hashes.
    /// A database may be backed up by its own tools as well.
    Backup {
        #[command(flatten)]
        state: State,
        /// A new folder
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// The key that signs the log goes with it: who holds both can sign what he wrote himself
        #[arg(long)]
        with_key: bool,
    },
    /// Fill an empty state from a backup, of whichever store
    ///
    /// The file is held against its digest, every entry against the one before it, the log against its signed checkpoints and
    /// every body against its digest; the first thing that does not hold is named, and nothing is filled in. `log.key` of the
    /// old state lies where the new one will look for it, or in the backup.
    Restore {
        /// Folder of `state backup`
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
        #[command(flatten)]
        state: State,
        /// The old key is lost: sign with the one that is there, or a new one
        ///
        /// What the old one signed stays in the backup. What is known again by the old key alone is not known any more: tokens of
        /// tips, names that no text may hold (tell them again), bills that are nearly those of a sender from before.
        #[arg(long)]
        new_key: bool,
    },
    /// Write out the manifests that a service has stored, a file each, for `rules hunt`, `rules backtest` and `rules tune`
    ///
    /// They are as they came, whoever sent them: whoever holds the folder holds all of them. Manifests whose bills were all green
    /// are not kept, but for those of the random draw; those whose days are over are gone.
    Bills {
        #[command(flatten)]
        state: State,
        /// A folder
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
}

/// Runs it; the exit code.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Backup { state, to, with_key } => state.existing().and_then(|(place, store)| {
            let BackedUp { counts, file, has_key } = back_up(&place, &*store, to, *with_key).map_err(stop)?;
            putln!(
                "{} entries, {} bodies, {} checkpoints in {}.",
                counts.entries,
                counts.bodies,
                counts.checkpoints,
                file.display()
            );
            if has_key {
                putln!("The key that signs the log lies beside it: keep the two apart.");
            } else {
                putln!("The key that signs the log is not in it: a restore needs `log.key`, kept elsewhere.");
            }
            Ok(())
        }),
        Command::Restore { from, state, new_key } => state.named().and_then(|place| {
            let BackedUp { counts, .. } = restore(&place, from, *new_key).map_err(stop)?;
            let (entries, bodies) = (counts.entries, counts.bodies);
            putln!("{entries} entries and {bodies} bodies hold and are in `{place}`; `log.pub` there checks its log.");
            Ok(())
        }),
        Command::Bills { state, to } => state.existing().and_then(|(_, store)| {
            let Filed { bodies, bills, erased, green } = file_bodies(&*store, to).map_err(stop)?;
            putln!(
                "{bills} bills in {bodies} files in {}; {green} manifests of green bills were not kept, {erased} are erased.",
                to.display()
            );
            Ok(())
        }),
    };
    match done {
        Ok(()) => OK,
        Err(Stop { code, why }) => {
            say(&why);
            code
        }
    }
}

fn stop(error: StoreError) -> Stop {
    Stop { code: UNREADABLE, why: error.to_string() }
}
