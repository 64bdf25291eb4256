//! What consignments draw from permits, while bills are judged: one ledger for all processes on a state.
//!
//! In: the accounts that a bill meets, asked when it needs them. Out: how each stands to the engine of a clearance; what a batch
//! draws and gives back; and the accounts on which its answers rest, which the store holds still until the batch is written. Where
//! another batch came between, all of it is judged again ([`Tries`]): no answer says what was no longer so.
//! Each clearance has accounts of its own: what the engine drew that may know all would tell of what is hidden.
//! Not here: rows (the store), how an account is told (`permits`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use palisander_engine::Label;
use palisander_engine::past::{Booked, Draw, GivenBack, Opened, Openings, Remembered, Unavailable, acted_on, draws};

use super::office::{Office, OfficeError};
use crate::config::MAX_LEDGER_TRIES;
use crate::store::{Drawn, Met, Store, StoreError, Use, standing};

/// Every entry there is.
const ALL: u64 = u64::MAX >> 1;

/// The ledger as one request reads it, by clearance.
pub struct Ledger {
    rows: Arc<Rows>,
    of: Mutex<HashMap<Label, Arc<Accounts>>>,
}

/// The accounts of one clearance, each read once.
pub struct Accounts {
    rows: Arc<Rows>,
    clearance: Label,
    read: Mutex<BTreeMap<String, (u64, Vec<Booked>)>>,
}

/// What was drawn on accounts, each read once whatever the clearance.
struct Rows {
    store: Arc<dyn Store>,
    /// Only what stands before that entry.
    before: u64,
    read: Mutex<BTreeMap<String, Uses>>,
}

/// Uses of one account, each with the number of its entry.
type Uses = Arc<[(u64, Use)]>;

impl Rows {
    fn new(store: Arc<dyn Store>, before: u64) -> Arc<Self> {
        Arc::new(Self { store, before, read: Mutex::default() })
    }

    fn uses(&self, permit: &str) -> Result<Uses, StoreError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(permit) {
            return Ok(Arc::clone(known));
        }
        let uses: Uses = self.store.uses(permit, self.before)?.into();
        // Who came first keeps his: all of one pass have read the same.
        Ok(Arc::clone(read.entry(permit.to_owned()).or_insert(uses)))
    }
}

impl Ledger {
    /// The ledger as it stands from here on.
    pub fn now(office: &Office) -> Self {
        Self { rows: Rows::new(Arc::clone(&office.store), ALL), of: Mutex::default() }
    }

    /// The accounts of a clearance.
    pub fn of(&self, clearance: Label) -> Arc<Accounts> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(Accounts::over(Arc::clone(&self.rows), clearance));
        Arc::clone(of.entry(clearance).or_insert_with(made))
    }

    /// Do the accounts that were asked for under `one` stand the same under `other`?
    pub fn is_same(&self, one: Label, other: Label) -> Result<bool, OfficeError> {
        if one == other {
            return Ok(true);
        }
        let asked: Vec<String> = self.of(one).read().keys().cloned().collect();
        let (one, other) = (self.of(one), self.of(other));
        let open = |of: &Accounts| of.openings(asked.iter().map(String::as_str));
        Ok(open(&one)? == open(&other)?)
    }

    /// The accounts that were asked for, of whatever clearance.
    pub fn met(&self) -> BTreeSet<Met> {
        let of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let all = of.values().flat_map(|accounts| {
            let met =
                |(account, (last, _)): (&String, &(u64, Vec<Booked>))| Met { account: account.clone(), last: *last };
            accounts.read().iter().map(met).collect::<Vec<_>>()
        });
        all.collect()
    }
}

impl Accounts {
    /// The accounts as they stood before an entry.
    pub fn before(store: Arc<dyn Store>, clearance: Label, before: u64) -> Self {
        Self::over(Rows::new(store, before), clearance)
    }

    fn over(rows: Arc<Rows>, clearance: Label) -> Self {
        Self { rows, clearance, read: Mutex::default() }
    }

    fn read(&self) -> MutexGuard<'_, BTreeMap<String, (u64, Vec<Booked>)>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How these accounts stand.
    pub fn openings<'a>(&self, accounts: impl IntoIterator<Item = &'a str>) -> Result<Openings, OfficeError> {
        let unread = |Unavailable(why)| OfficeError::Store(StoreError::Unavailable(why));
        let open = |account: &str| Ok((account.to_owned(), self.opened(account).map_err(unread)?));
        accounts.into_iter().map(open).collect()
    }

    /// What records draw, each in their order. `is_inside`: who sent them may give back what another one drew.
    pub fn draws(&self, records: &[Remembered], by: &str, is_inside: bool) -> Result<Vec<Draw>, OfficeError> {
        let mut claimed: BTreeSet<String> =
            records.iter().flat_map(|record| &record.claims).map(|claim| claim.permit.clone()).collect();
        let mut back = GivenBack { of_who: BTreeMap::new(), of_filing: BTreeMap::new(), may: BTreeSet::new() };
        let (whose, filings) = acted_on(records);
        if !whose.is_empty() || !filings.is_empty() {
            let (whose, filings): (Vec<String>, Vec<String>) =
                (whose.into_iter().collect(), filings.into_iter().collect());
            for (_, one) in self.rows.store.uses_by(&whose, &filings)? {
                if !one.drawn.labels.contains(&self.clearance) {
                    continue;
                }
                let Draw { permit, who, filing, bill, .. } = one.drawn.draw;
                // What is given back is that of the one who drew it, or done by an office for him.
                if is_inside || one.by == by {
                    back.may.insert(who.clone());
                } else {
                    back.may.remove(&who);
                }
                claimed.insert(permit.clone());
                back.of_who.entry(who.clone()).or_default().insert(permit);
                back.of_filing.entry(filing).or_default().insert(who, bill);
            }
        }
        let openings = self.openings(claimed.iter().map(String::as_str))?;
        let drawn = draws(records, &openings, &back);
        let mut n_of: HashMap<(&str, &str), usize> = HashMap::new();
        drawn.iter().for_each(|draw| *n_of.entry((&draw.permit, &draw.who)).or_default() += 1);
        let mut kept = Vec::with_capacity(drawn.len());
        for draw in &drawn {
            // What a consignment draws twice here changes on the way, wherever it ends.
            let is_alone = n_of.get(&(&*draw.permit, &*draw.who)) == Some(&1);
            if !is_alone || !self.stands(draw, by)? {
                kept.push(draw.clone());
            }
        }
        Ok(kept)
    }

    /// Was it drawn so by the same sender, and nothing of the consignment since? A bill beyond its permit that is sent again and
    /// again leaves one row, and its account does not grow.
    fn stands(&self, draw: &Draw, by: &str) -> Result<bool, OfficeError> {
        let uses = self.rows.uses(&draw.permit)?;
        let is_own = |one: &Use| one.drawn.draw.who == draw.who && one.drawn.labels.contains(&self.clearance);
        let last = uses.iter().map(|(_, one)| one).rfind(|one| is_own(one));
        Ok(last.is_some_and(|one| one.by == by && one.drawn.draw == *draw))
    }
}

impl Opened for Accounts {
    fn opened(&self, permit: &str) -> Result<Vec<Booked>, Unavailable> {
        if let Some((_, booked)) = self.read().get(permit) {
            return Ok(booked.clone());
        }
        let uses = self.rows.uses(permit);
        let uses = uses.map_err(|error| Unavailable(format!("the ledger cannot be read: {error}")))?;
        let last = uses.last().map_or(0, |(seq, _)| *seq);
        let booked = standing(&uses, self.clearance);
        Ok(self.read().entry(permit.to_owned()).or_insert((last, booked)).1.clone())
    }
}

/// Draws of each clearance as entries say them: those that are one to several stand once.
pub fn joined(by_label: BTreeMap<Label, Vec<Draw>>) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = Vec::new();
    let mut places: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (label, draws) in by_label {
        for draw in draws {
            let known = places.entry((draw.permit.clone(), draw.who.clone())).or_default();
            let same = known
                .iter()
                .copied()
                .find(|n| all.get(*n).is_some_and(|one| one.draw == draw && !one.labels.contains(&label)));
            if let Some(one) = same.and_then(|n| all.get_mut(n)) {
                one.labels.insert(label);
                continue;
            }
            known.push(all.len());
            all.push(Drawn { draw, labels: BTreeSet::from([label]) });
        }
    }
    all
}

/// Judges until nobody came between.
pub struct Tries<'o> {
    office: &'o Office,
    n: usize,
    turn: Option<MutexGuard<'o, ()>>,
}

impl<'o> Tries<'o> {
    /// Nothing was tried yet.
    pub fn new(office: &'o Office) -> Self {
        Self { office, n: 0, turn: None }
    }

    /// May it be tried again after that? From the second time on, one of this process after another.
    pub fn again(&mut self, error: &OfficeError) -> bool {
        self.n += 1;
        let is_moved = matches!(error, OfficeError::Store(StoreError::Moved { .. }));
        if is_moved && self.n < MAX_LEDGER_TRIES {
            if self.turn.is_none() {
                self.turn = Some(self.office.ledger_turn.lock().unwrap_or_else(PoisonError::into_inner));
            }
            return true;
        }
        false
    }

    /// What is told when it was tried too often.
    pub fn told(error: OfficeError) -> OfficeError {
        match error {
            OfficeError::Store(StoreError::Moved { .. }) => {
                let why = "too many bills draw on one permit at once";
                OfficeError::Store(StoreError::Unavailable(why.to_owned()))
            }
            other => other,
        }
    }
}
