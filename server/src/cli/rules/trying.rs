//! Files of bills, each judged under two sets of rules.
//!
//! In: files in any format, a prepared [`Trial`], and a journal where the run is to be gone on with. Out: every bill in input order,
//! with what has no answer said on standard error. Not here: what is counted of it (`backtest`, `tune`, `hunt`).

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use palisander_engine::Engine;
use palisander_engine::bills::{Days, Handed, Trial, Tried};
use palisander_engine::manifests::{Format, Mapping};

use super::flip::Bill;
use super::journal::{Counts, FileId, Journal};
use super::past::Stop;
use crate::cli::{INCOMPLETE, say, source};

/// What comes of one part of the input.
pub enum Seen {
    Bill(Box<Bill>),
    /// By a fault of this program.
    Lost,
    Unreadable,
    /// A manifest without a bill.
    Empty,
}

/// What files are read with.
pub struct Trying<'a> {
    trial: &'a Trial<'a>,
    days: Days,
    /// Format of the files; `None` = told from the content.
    forced: Option<Format>,
    mapping: &'a Mapping,
    /// Whose history counts.
    past: &'a Engine,
    /// Where judged bills are kept.
    pub journal: Option<Journal>,
    /// Bills that were read so far.
    pub n_read: u64,
    /// Files that cannot be read at all.
    pub n_unreadable: u64,
}

impl<'a> Trying<'a> {
    /// Nothing read yet, and no journal.
    pub fn new(
        trial: &'a Trial<'a>,
        days: Days,
        forced: Option<Format>,
        mapping: &'a Mapping,
        past: &'a Engine,
    ) -> Self {
        Self { trial, days, forced, mapping, past, journal: None, n_read: 0, n_unreadable: 0 }
    }

    /// Judges every bill of the files; progress is drawn on a terminal only.
    pub fn files(&mut self, files: &[PathBuf], take: &mut dyn FnMut(Seen)) -> Result<(), Stop> {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} bills {per_sec} {msg}") {
            bar.set_style(style);
        }
        if let Some(n) = self.journal.as_ref().map(Journal::n_files).filter(|n| *n > 0) {
            say(&format!("goes on: {n} file(s) were judged before"));
        }
        // It may lie among the bills, and is none.
        let is_journal = |file: &PathBuf| self.journal.as_ref().is_some_and(|journal| journal.is(file));
        let files: Vec<&PathBuf> = files.iter().filter(|file| !is_journal(file)).collect();
        for (n, file) in files.iter().enumerate() {
            bar.set_message(format!("{} of {}: {}", n + 1, files.len(), file.display()));
            self.file(file, &bar, take).map_err(|why| (INCOMPLETE, why))?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn file(&mut self, file: &Path, bar: &ProgressBar, take: &mut dyn FnMut(Seen)) -> Result<(), String> {
        let id = FileId::of(file);
        if let (Some(journal), Some(id)) = (&self.journal, &id) {
            let replayed = journal.replay(id, &mut |bill| {
                bar.inc(1);
                take(Seen::Bill(Box::new(bill)));
            })?;
            if let Some(counts) = replayed {
                counts.again(take);
                self.n_read += counts.read;
                return Ok(());
            }
        }
        let (parts, _) = match source::open(file, self.forced, self.mapping) {
            Ok(opened) => opened,
            Err(why) => {
                say(&why);
                self.n_unreadable += 1;
                return Ok(());
            }
        };
        let (trial, journal, mut counts) = (self.trial, &mut self.journal, Counts::default());
        let hand_on = &mut |handed: Handed<Tried>| -> Result<(), String> {
            bar.inc(1);
            told(file, &handed);
            let seen = counts.seen(trial, handed);
            if let (Some(journal), Some(_), Seen::Bill(bill)) = (journal.as_mut(), &id, &seen) {
                journal.add(bill)?;
            }
            take(seen);
            Ok(())
        };
        counts.read = self.trial.run(parts, self.days, &self.past.past(), hand_on)?;
        self.n_read += counts.read;
        if let (Some(journal), Some(id)) = (&mut self.journal, id) {
            journal.end(id, counts)?;
        }
        Ok(())
    }
}

impl Counts {
    fn seen(&mut self, trial: &Trial<'_>, handed: Handed<Tried>) -> Seen {
        match handed {
            Handed::Bill(tried) => Seen::Bill(Box::new(Bill::of(trial, tried))),
            Handed::Lost(_) => {
                self.lost += 1;
                Seen::Lost
            }
            Handed::Unreadable(_) => {
                self.unreadable += 1;
                Seen::Unreadable
            }
            Handed::Empty(_) => {
                self.empty += 1;
                Seen::Empty
            }
        }
    }

    /// Hands out once more what was no bill.
    fn again(&self, take: &mut dyn FnMut(Seen)) {
        (0..self.lost).for_each(|_| take(Seen::Lost));
        (0..self.unreadable).for_each(|_| take(Seen::Unreadable));
        (0..self.empty).for_each(|_| take(Seen::Empty));
    }
}

/// Says what has no answer.
fn told(file: &Path, handed: &Handed<Tried>) {
    let file = file.display();
    match handed {
        Handed::Bill(_) => {}
        Handed::Lost(bill) => {
            say(&format!("{file}: the bill `{}` is lost, by a fault of this program: {}", bill.consignment, bill.why));
        }
        Handed::Unreadable(error) => say(&format!("{file}: {error}")),
        Handed::Empty(_) => say(&format!("{file}: the manifest holds no consignment")),
    }
}
