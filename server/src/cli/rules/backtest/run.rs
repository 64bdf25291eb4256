//! The run itself: engines, files, the honest corpus, and the report of what they say.

use palisander_engine::bills::{Days, Named, Trial};
use palisander_engine::manifests::{Format, Mapping};
use palisander_engine::rules::{Compared, Status, changes};
use palisander_engine::{Date, Engine};

use super::Arguments;
use super::both::Both;
use super::gate::MaxAdded;
use super::honest::{self, Corpus};
use super::known::Known;
use super::report::{self, Bills, FlipsTold, GateTold, HonestTold, Inspections, Report, ResultsTold, Stands};
use super::tally::{Asked, Tally};
use crate::cli::rules::journal::{Journal, identity};
use crate::cli::rules::past::{Stop, unreadable};
use crate::cli::rules::side::{Side, amiss};
use crate::cli::rules::trying::{Seen, Trying};
use crate::cli::{BAD_ARGUMENTS, INCOMPLETE, source};

/// How the run ended.
pub enum Ran {
    /// Rules do not load, as findings for people.
    Unloaded(String),
    /// All was judged that could be.
    Told(Box<Report>),
}

/// Runs both sets of rules over everything that was given.
pub fn run(arguments: &Arguments, sides: Both<&Side>) -> Result<Ran, Stop> {
    let bad = |why: String| (BAD_ARGUMENTS, why);
    let days = arguments.past.days()?;
    let mapping = arguments.past.columns()?;
    let (words, paths): (Vec<_>, Vec<_>) = arguments.against.iter().cloned().partition(|path| honest::is_meant(path));
    let wanted = words.first().map(|word| word.to_string_lossy().parse()).transpose().map_err(bad)?;
    let mut known = Known::read(arguments.results.as_deref(), arguments.truth.as_deref())?;
    let files = source::files(&paths).map_err(unreadable)?;
    let opened = arguments.past.engine()?;
    let engines = under(&opened, sides)?;
    let findings: String = engines.iter().map(amiss).collect();
    if !findings.is_empty() {
        return Ok(Ran::Unloaded(findings));
    }
    let [before, after] = &engines;
    let trial = Trial::new(before, after);
    let stands = stands(&trial, &engines);
    let stated_otherwise: Vec<bool> = stands.iter().map(|stands| stands.stated_otherwise).collect();
    let capacity = arguments.capacity.map(usize::from);
    let asked = Asked { inspect: arguments.inspect, capacity, top: usize::from(arguments.top) };
    let empty = || Tally::new(&trial, stated_otherwise.clone(), asked);
    let corpus = wanted.map(Corpus::made).transpose().map_err(|why| (INCOMPLETE, why))?;
    let mut tally = empty();
    let past = &opened;
    let mut trying = Trying::new(&trial, days, arguments.past.format(), &mapping, past);
    if let Some(path) = &arguments.journal {
        trying.journal = Some(Journal::open(path, &identity([before, after], days)).map_err(bad)?);
    }
    trying.files(&files, &mut |seen| tally.take(seen, known.as_mut()))?;
    let n_filed = trying.n_read;
    tally.n_unreadable += trying.n_unreadable;
    let honest = match &corpus {
        None => None,
        // By the law of their own days, whatever day is given for what was filed.
        Some(corpus) => Some(honest_tally(corpus, &opened, sides, Days { fixed: None, ..days }, empty())?),
    };
    let (tally, read, of, honest) = match (files.is_empty(), honest) {
        (true, Some(own)) => {
            let n = own.n_judged;
            (own, n, "simulated honest bills", None)
        }
        (_, honest) => (tally, n_filed, "filed bills", honest),
    };
    let heard = Heard { arguments, opened: &opened, engines: &engines, sides, trial: &trial, stands: &stands };
    Ok(Ran::Told(Box::new(heard.report(tally, read, of, honest, known))))
}

/// An engine under either set, with everything else of the one that was opened.
fn under(opened: &Engine, sides: Both<&Side>) -> Result<Both<Engine>, Stop> {
    let [before, after] = sides.map(|side| opened.trying(side.path.as_deref()).map_err(unreadable));
    Ok([before?, after?])
}

/// Of each indicator whether the two sets say it otherwise, and whether it is only being tried.
fn stands(trial: &Trial<'_>, engines: &Both<Engine>) -> Vec<Stands> {
    let [before, after] = engines;
    let differing: Vec<Compared> = changes(before.profiles(), after.profiles());
    let of = |named: &Named| {
        let is_own = |one: &&Compared| {
            one.profile == named.profile && one.indicator.as_ref().is_none_or(|name| *name == named.indicator)
        };
        let profile = after.profiles().profiles.iter().find(|profile| profile.id == named.profile);
        Stands {
            stated_otherwise: differing.iter().any(|one| is_own(&one)),
            shadow: profile.is_some_and(|profile| profile.status == Status::Experimental),
        }
    };
    trial.named().iter().map(of).collect()
}

/// The honest corpus, beside what the office of its world holds.
fn honest_tally(
    corpus: &Corpus,
    opened: &Engine,
    sides: Both<&Side>,
    days: Days,
    mut tally: Tally,
) -> Result<Tally, Stop> {
    let beside = opened.with_inputs(&corpus.inputs).map_err(unreadable)?;
    let [before, after] = under(&beside, sides)?;
    let trial = Trial::new(&before, &after);
    let mapping = Mapping::default();
    let (past, forced) = (&beside, Some(Format::Ndjson));
    let mut trying = Trying::new(&trial, days, forced, &mapping, past);
    trying.files(&corpus.files, &mut |seen| {
        if !matches!(&seen, Seen::Bill(bill) if !corpus.is_honest(&bill.consignment)) {
            tally.take(seen, None);
        }
    })?;
    Ok(tally)
}

/// Everything that the report is made of.
struct Heard<'a> {
    arguments: &'a Arguments,
    opened: &'a Engine,
    engines: &'a Both<Engine>,
    sides: Both<&'a Side>,
    trial: &'a Trial<'a>,
    stands: &'a [Stands],
}

impl Heard<'_> {
    fn report(&self, tally: Tally, read: u64, of: &'static str, honest: Option<Tally>, known: Option<Known>) -> Report {
        let not_simulated = self.not_simulated(&tally, of, known.as_ref());
        let has_results = known.is_some();
        let n_known = known.as_ref().map_or(0, Known::n_seen);
        let counted = honest.as_ref().map(|honest| honest.counted.as_slice());
        let indicators = report::rows(self.trial, self.stands, &tally.counted, has_results, counted);
        let ((n_up, n_down), capacity) = (tally.n_flips(), self.arguments.capacity.map(usize::from));
        let hold = |max: MaxAdded| GateTold::new(max.hold(&tally.berths), self.trial);
        let (gate, inspections) = (self.arguments.max_added.map(hold), Inspections::of(&tally.berths, capacity));
        let (bills, lanes, by_lane) = (Bills::of(&tally, read), report::pairs(&tally), tally.by_lane());
        let (up, down) = tally.flips.into_lists();
        Report {
            rules: self.sides.map(|side| side.name.clone()),
            of,
            bills,
            inspected_from: self.arguments.inspect,
            lanes,
            by_lane,
            indicators,
            flips: FlipsTold { n_up, n_down, up, down },
            inspections,
            results: known.and_then(Known::figures).map(|found| ResultsTold::new(n_known, found)),
            honest: honest.map(|honest| {
                let ((n_up, _), by_lane) = (honest.n_flips(), honest.by_lane());
                HonestTold { n_bills: honest.n_judged, by_lane, n_up, up: honest.flips.into_lists().0 }
            }),
            gate,
            not_simulated,
        }
    }

    /// What the figures do not show.
    fn not_simulated(&self, tally: &Tally, of: &str, known: Option<&Known>) -> Vec<String> {
        let held = &self.arguments.past.held;
        let mut told = Vec::new();
        if self.opened.history().is_none() {
            told.push("Earlier bills: no --history was given, so what hangs on earlier lots and on permits already used stays open (`palisander history extract` makes one).".to_owned());
        }
        let is_filed = of == "filed bills";
        if is_filed && held.register.is_none() {
            told.push("Permits: no --register was given, so declared permits stay unverified.".to_owned());
        }
        let given = [("register", &held.register), ("alerts", &held.alerts), ("watch list", &held.watchlist)];
        let given: Vec<&str> = given.iter().filter(|(_, path)| path.is_some()).map(|(name, _)| *name).collect();
        if is_filed && !given.is_empty() {
            told.push(format!(
                "Other editions: the {} of today, not what the office held on the day of each bill.",
                given.join(", ")
            ));
        }
        if let Some(day) = held.as_of.as_ref().filter(|_| is_filed) {
            told.push(format!("Days: every bill is judged by the law of {day}, not of the day on which it arrived."));
        } else if tally.n_without_day > 0 {
            told.push(format!(
                "{} bills do not say when they arrive: they are judged by the law of today and stand under no day.",
                tally.n_without_day
            ));
        }
        if let Some(shown) = self.not_begun(tally.days) {
            told.push(format!(
                "Beginnings: not begun when the first bill came, and acting here as though they had: {shown}."
            ));
        }
        let shadow: Vec<&str> = self.shadowed();
        if !shadow.is_empty() {
            told.push(format!(
                "In shadow: {} fires here and moves no lane until it leaves that status.",
                shadow.join(", ")
            ));
        }
        let lost = tally.n_lost + tally.n_unreadable;
        if lost > 0 {
            told.push(format!(
                "{} bills were lost and {} parts of the input could not be read.",
                tally.n_lost, tally.n_unreadable
            ));
        }
        match known {
            Some(known) => told.push(format!(
                "Results: they are known of {} of {} bills; of what nobody opened nothing is known, and what was opened was chosen by other rules.",
                known.n_seen(),
                tally.n_judged
            )),
            None => told.push("Finds: no --results were given, so a bill that rises is a cost here, and whether it is worth it is not said.".to_owned()),
        }
        told.push("People: who knows the new rules declares otherwise.".to_owned());
        told
    }

    /// Profiles of the new rules that begin after the first bill.
    fn not_begun(&self, days: Option<(Date, Date)>) -> Option<String> {
        let (first, _) = days?;
        let [_, after] = self.engines;
        let begins =
            |profile: &&palisander_engine::rules::Profile| profile.effective.from.is_some_and(|day| day > first);
        let late: Vec<&str> =
            after.profiles().profiles.iter().filter(begins).map(|profile| profile.id.as_str()).collect();
        (!late.is_empty()).then(|| late.join(", "))
    }

    fn shadowed(&self) -> Vec<&str> {
        let [_, after] = self.engines;
        let profiles = after.profiles().profiles.iter();
        profiles.filter(|profile| profile.status == Status::Experimental).map(|profile| profile.id.as_str()).collect()
    }
}
