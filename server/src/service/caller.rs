//! Who asks: by the key alone, never by what a request says of itself.
//!
//! In: a key and the day. Out: a [`Caller`] with the roles that the key gives, or why not. A reader whose last day is over,
//! or whose groups have all ended, is known and refused.

use std::collections::BTreeSet;

use palisander_engine::{Date, Label};

use super::access::Audience;
use super::clock::Clock;
use super::guesses::Guesses;
use super::known::{Found, Known};
use crate::secret;
use crate::store::{Group, Key, Reader, ReaderKind, Role, Store, StoreError};

/// Who stands at the machine itself and needs no key: he owns the files.
pub const OPERATOR: &str = "operator";

/// A reader who has shown a key.
#[derive(Debug, Clone)]
pub struct Caller {
    pub reader: Reader,
    /// Id of the key that he showed.
    pub key: String,
    /// The last day of that key.
    pub key_expires_on: Date,
    /// Roles of the reader that the key gives.
    pub roles: BTreeSet<Role>,
    /// What he acts on has to stand at this entry still: he said what he has seen of it.
    pub acts_on: Option<u64>,
    /// What he is told is of a store whose bills are no bills.
    pub is_sandbox: bool,
}

impl Caller {
    /// What answers about bills look like to him.
    pub fn audience(&self) -> Option<Audience> {
        Audience::of(&self.roles)
    }

    /// The strictest label that he may read.
    pub fn clearance(&self) -> Label {
        self.reader.clearance
    }

    /// Is what he acts on still as he has seen it? `at` is the last entry about it.
    pub(super) fn has_seen(&self, at: u64) -> bool {
        self.acts_on.is_none_or(|seen| seen == at)
    }
}

impl Caller {
    /// Who stands at the machine itself: he owns the files, and is one person for all that two have to sign.
    pub fn at_the_machine(today: Date, role: Role) -> Self {
        let reader = Reader {
            id: OPERATOR.to_owned(),
            name: OPERATOR.to_owned(),
            kind: ReaderKind::Person,
            roles: BTreeSet::from([role]),
            groups: BTreeSet::new(),
            clearance: Label::Red,
            expires_on: None,
        };
        let roles = reader.roles.clone();
        // At the machine no bill is answered.
        Self { reader, key: OPERATOR.to_owned(), key_expires_on: today, roles, acts_on: None, is_sandbox: false }
    }
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// No key, or none that opens: which of them is not told.
    Unknown,
    /// So many wrong keys came that those which there are not are left alone for a while.
    Flooded,
    /// The key was good, and its last day is over.
    KeyExpired(Date),
    /// The reader's last day is over.
    ReaderExpired(Date),
    /// All groups of the reader have ended; the last of their days.
    GroupsEnded(Date),
    /// The store does not answer.
    Store(StoreError),
}

/// The caller by his key. What cannot be one is refused before anybody is asked.
pub fn identify(
    store: &dyn Store,
    clock: &Clock,
    guesses: &Guesses,
    known: &Known,
    key: &str,
    is_sandbox: bool,
) -> Result<Caller, Denied> {
    let hash = secret::key_hash(key).ok_or(Denied::Unknown)?;
    if !guesses.lets_in(&hash, store).map_err(Denied::Store)? {
        return Err(Denied::Flooded);
    }
    let begun = known.begin();
    let Some(found) = Found::read(store, &hash).map_err(Denied::Store)? else {
        guesses.failed();
        return Err(Denied::Unknown);
    };
    known.put(hash, begun, found.clone());
    let_in(found, clock, is_sandbox)
}

/// The same for a key that was looked up a moment ago; `None` = it was not.
pub fn known(clock: &Clock, known: &Known, key: &str, is_sandbox: bool) -> Option<Result<Caller, Denied>> {
    let found = known.get(&secret::key_hash(key)?)?;
    Some(let_in(found, clock, is_sandbox))
}

/// Is the key still good, and are its reader and one of his groups still in?
fn let_in(found: Found, clock: &Clock, is_sandbox: bool) -> Result<Caller, Denied> {
    let Found { key, reader, groups } = found;
    let now = clock.now();
    if key.ended_at.is_some_and(|ended| ended <= now) {
        return Err(Denied::Unknown);
    }
    let today = clock.today();
    if key.expires_on < today {
        return Err(Denied::KeyExpired(key.expires_on));
    }
    is_in(&reader, &groups, today)?;
    Ok(caller(acting(reader, &groups, today), key, is_sandbox))
}

/// A reader for whom this machine itself asks, without a key.
pub(super) fn by_id(store: &dyn Store, clock: &Clock, id: &str, is_sandbox: bool) -> Result<Caller, Denied> {
    let readers = store.readers().map_err(Denied::Store)?;
    let reader = readers.into_iter().find(|reader| reader.id == id).ok_or(Denied::Unknown)?;
    let (today, now) = (clock.today(), clock.now());
    let groups = store.groups().map_err(Denied::Store)?;
    is_in(&reader, &groups, today)?;
    let reader = acting(reader, &groups, today);
    // Whose keys were all ended is out at once, before the midnight of his last day. One that ran out ends nobody.
    let keys = store.keys().map_err(Denied::Store)?;
    let mut own = keys.iter().filter(|(key, _)| key.reader == reader.id).map(|(key, _)| key.ended_at).peekable();
    if own.peek().is_some() && own.all(|ended| ended.is_some_and(|at| at <= now)) {
        return Err(Denied::ReaderExpired(today));
    }
    let (key, roles) = (reader.id.clone(), reader.roles.clone());
    Ok(Caller { reader, key, key_expires_on: today, roles, acts_on: None, is_sandbox })
}

/// Is the reader, and one of his groups, still in?
fn is_in(reader: &Reader, groups: &[Group], today: Date) -> Result<(), Denied> {
    if let Some(last) = reader.expires_on.filter(|last| *last < today) {
        return Err(Denied::ReaderExpired(last));
    }
    match ended(reader, groups, today) {
        Some(last) => Err(Denied::GroupsEnded(last)),
        None => Ok(()),
    }
}

/// The reader with those of his groups that have not ended: what is a group's is no longer his when it is over.
fn acting(mut reader: Reader, groups: &[Group], today: Date) -> Reader {
    let has_ended =
        |id: &String| groups.iter().any(|group| group.id == *id && group.ends_on.is_some_and(|last| last < today));
    reader.groups.retain(|id| !has_ended(id));
    reader
}

fn caller(reader: Reader, key: Key, is_sandbox: bool) -> Caller {
    let roles = match &key.roles {
        Some(some) => reader.roles.intersection(some).copied().collect(),
        None => reader.roles.clone(),
    };
    Caller { reader, key: key.id, key_expires_on: key.expires_on, roles, acts_on: None, is_sandbox }
}

/// The last day of the groups of a reader when all of them have ended; `None` when one goes on, or he has none.
fn ended(reader: &Reader, groups: &[Group], today: Date) -> Option<Date> {
    let mut own = groups.iter().filter(|group| reader.groups.contains(&group.id)).map(|group| group.ends_on).peekable();
    own.peek()?;
    // `None` in the sequence: a group without a last day.
    own.collect::<Option<Vec<Date>>>()?.into_iter().max().filter(|last| *last < today)
}
