//! Readers, groups and keys: what an administrator does with them, at the machine or over HTTP.
//!
//! In: what is wanted, and who wants it. Out: entries, and a new key in words, which nobody can show again. Every fault of
//! what is wanted is told at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan};
use palisander_engine::{Date, Label};
use serde::Serialize;

use super::access::fit_together;
use super::office::{Faults, Office, OfficeError};
use crate::config::{KEY_DAYS, MAX_FIELD_CHARS, MAX_GROUP_MEMBERS, MAX_KEY_DAYS, MAX_KEY_OVERLAP_HOURS, MAX_READERS};
use crate::hex;
use crate::secret;
use crate::store::{
    Batch, Draft, Group, GroupKind, Key, KeyEnded, Kind, Member, Once, Reader, ReaderKind, Role, Sealed,
};

pub use super::caller::OPERATOR;

/// A reader that is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub name: String,
    pub kind: ReaderKind,
    pub roles: BTreeSet<Role>,
    /// Ids of groups.
    pub groups: BTreeSet<String>,
    pub clearance: Label,
    pub expires_on: Option<Date>,
    pub key: KeyWish,
}

/// What the new key of a reader is to be.
#[derive(Debug, Clone, Default)]
pub struct KeyWish {
    /// Days for which it opens; [`KEY_DAYS`] without a word.
    pub days: Option<u32>,
    /// Only these roles of the reader; all of them without a word.
    pub roles: Option<BTreeSet<Role>>,
    /// Hours for which his older keys still open beside it.
    pub overlap_hours: u32,
}

impl KeyWish {
    fn days(&self) -> u32 {
        self.days.unwrap_or(KEY_DAYS)
    }

    fn faults(&self, of: &BTreeSet<Role>) -> Vec<String> {
        let mut faults = Vec::new();
        let days = self.days();
        if !(1..=MAX_KEY_DAYS).contains(&days) {
            faults.push(format!("a key opens for 1 to MAX_KEY_DAYS ({MAX_KEY_DAYS}) days, not {days}"));
        }
        if self.overlap_hours > MAX_KEY_OVERLAP_HOURS {
            faults.push(format!("two keys open together for at most MAX_KEY_OVERLAP_HOURS ({MAX_KEY_OVERLAP_HOURS})"));
        }
        match &self.roles {
            Some(some) if some.is_empty() => faults.push("a key gives at least one role".to_owned()),
            Some(some) => faults.extend(some.difference(of).map(|role| format!("the reader is no {role}"))),
            None => {}
        }
        faults
    }
}

/// A reader with his new key: the only time that it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct NewKey {
    pub reader: Reader,
    /// Id of the key, by which it is listed and ended.
    pub key_id: String,
    /// The key itself.
    pub key: String,
    pub expires_on: Date,
}

/// A new key before it is on record.
pub(super) struct KeyMade {
    pub(super) told: NewKey,
    pub(super) record: Key,
}

/// A key as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyListed {
    pub id: String,
    pub made_at: Timestamp,
    pub expires_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// A reader as he is listed.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    #[serde(flatten)]
    pub reader: Reader,
    pub keys: Vec<KeyListed>,
}

impl Office {
    /// The first reader of an empty store: an administrator and his key; `None` when there are readers.
    pub fn first_administrator(&self) -> Result<Option<NewKey>, OfficeError> {
        if !self.store.readers()?.is_empty() {
            return Ok(None);
        }
        let wanted = Wanted {
            name: "First administrator".to_owned(),
            kind: ReaderKind::Person,
            roles: BTreeSet::from([Role::Administrator]),
            groups: BTreeSet::new(),
            clearance: Label::Clear,
            expires_on: None,
            key: KeyWish::default(),
        };
        // Of several processes that start at once on one store, one makes him.
        let once = Once { key: format!("{OPERATOR} first administrator"), digest: [0; 32] };
        self.added(OPERATOR, wanted, Some(once))
    }

    /// Adds a reader and makes his key.
    pub fn add_reader(&self, by: &str, wanted: Wanted) -> Result<NewKey, OfficeError> {
        self.added(by, wanted, None)?.ok_or_else(|| OfficeError::Conflict(vec!["he was added before".to_owned()]))
    }

    /// The new reader; `None` when somebody else did it under the same idempotency key.
    fn added(&self, by: &str, wanted: Wanted, once: Option<Once>) -> Result<Option<NewKey>, OfficeError> {
        let reader = self.new_reader(&wanted)?;
        let KeyMade { told, record } = self.key_for(reader, wanted.key)?;
        let drafts = vec![
            self.says(by, Kind::ReaderAdded, &told.reader.id, &told.reader)?,
            self.says(by, Kind::KeyAdded, &told.reader.id, &record)?,
        ];
        let receipts = self.append_of_readers(Batch { drafts, once, ..Batch::default() })?;
        Ok((!receipts.iter().any(|receipt| receipt.again)).then_some(told))
    }

    /// The record of a wanted reader, or all that is wrong with what is wanted.
    pub(super) fn new_reader(&self, wanted: &Wanted) -> Result<Reader, OfficeError> {
        let groups = self.store.groups()?;
        let n_readers = self.store.readers()?.len();
        let known = |id: &String| groups.iter().any(|group| group.id == *id);
        let mut faults = Faults::default();
        faults.form.extend(line_fault("name", &wanted.name));
        faults.form.extend(fit_together(&wanted.roles).err());
        faults.form.extend(wanted.key.faults(&wanted.roles));
        let unknown =
            wanted.groups.iter().filter(|id| !known(id)).map(|id| format!("there is no group `{}`", shown(id)));
        faults.standing.extend(unknown);
        if n_readers >= MAX_READERS {
            faults.standing.push(format!("there are MAX_READERS ({MAX_READERS}) readers"));
        }
        faults.standing.extend(past_fault(wanted.expires_on, self.clock.today()));
        faults.checked()?;
        let Wanted { name, kind, roles, groups, clearance, expires_on, key: _ } = wanted.clone();
        let id = secret::short_id("r")?;
        Ok(Reader { id, name: name.trim().to_owned(), kind, roles, groups, clearance, expires_on })
    }

    /// Ends a reader: `on` is his last day, and without one every key of his ends now.
    pub fn expire_reader(&self, by: &str, id: &str, on: Option<Date>) -> Result<Reader, OfficeError> {
        let mut reader = self.reader(id)?;
        let (today, now) = (self.clock.today(), self.clock.now());
        let mut drafts = Vec::new();
        match on {
            Some(last) => {
                if let Some(fault) = past_fault(on, today) {
                    return Err(OfficeError::Conflict(vec![fault]));
                }
                reader.expires_on = Some(last);
            }
            None => {
                reader.expires_on = Some(today);
                drafts.extend(self.ends(by, id, now)?);
            }
        }
        self.keeps_an_administrator(&reader, on)?;
        drafts.push(self.says(by, Kind::ReaderChanged, id, &reader)?);
        self.append_of_readers(Batch { drafts, ..Batch::default() })?;
        Ok(reader)
    }

    /// Makes a new key; the old ones end now, or after some hours in which both open.
    pub fn rotate_key(&self, by: &str, id: &str, wish: KeyWish) -> Result<NewKey, OfficeError> {
        let ends_at = self.clock.now() + SignedDuration::from_hours(i64::from(wish.overlap_hours));
        let KeyMade { told, record } = self.made_key(id, wish)?;
        let mut drafts = self.ends(by, id, ends_at)?;
        drafts.push(self.says(by, Kind::KeyAdded, id, &record)?);
        self.append_of_readers(Batch { drafts, ..Batch::default() })?;
        Ok(told)
    }

    /// A new key of a reader, not on record yet; an error where he may have none.
    pub(super) fn made_key(&self, id: &str, wish: KeyWish) -> Result<KeyMade, OfficeError> {
        let reader = self.reader(id)?;
        let mut faults = Faults { form: wish.faults(&reader.roles), standing: Vec::new() };
        if let Some(last) = reader.expires_on.filter(|last| *last < self.clock.today()) {
            faults.standing.push(format!("the last day of reader `{}` was {last}", shown(id)));
        }
        faults.checked()?;
        self.key_for(reader, wish)
    }

    /// Adds a group.
    pub fn add_group(
        &self,
        by: &str,
        name: &str,
        kind: GroupKind,
        ends_on: Option<Date>,
    ) -> Result<Group, OfficeError> {
        let form = line_fault("name", name).into_iter().collect();
        Faults { form, standing: past_fault(ends_on, self.clock.today()).into_iter().collect() }.checked()?;
        let group =
            Group { id: secret::short_id("g")?, name: name.trim().to_owned(), kind, ends_on, members: Vec::new() };
        self.append_of_readers(Batch::of(self.says(by, Kind::GroupAdded, &group.id, &group)?))?;
        Ok(group)
    }

    /// Sets the last day of a group.
    pub fn end_group(&self, by: &str, id: &str, on: Date) -> Result<Group, OfficeError> {
        let found = self.store.groups()?.into_iter().find(|group| group.id == id);
        let mut group = found.ok_or_else(|| OfficeError::Missing { what: "group", id: shown(id) })?;
        if let Some(fault) = past_fault(Some(on), self.clock.today()) {
            return Err(OfficeError::Conflict(vec![fault]));
        }
        group.ends_on = Some(on);
        self.append_of_readers(Batch::of(self.says(by, Kind::GroupChanged, id, &group)?))?;
        Ok(group)
    }

    /// Sets which bodies belong to a group, each with the authority that named it.
    pub fn group_members(&self, by: &str, id: &str, members: Vec<Member>) -> Result<Group, OfficeError> {
        let found = self.store.groups()?.into_iter().find(|group| group.id == id);
        let mut group = found.ok_or_else(|| OfficeError::Missing { what: "group", id: shown(id) })?;
        let mut form: Vec<String> = Vec::new();
        if members.len() > MAX_GROUP_MEMBERS {
            form.push(format!("a group has up to MAX_GROUP_MEMBERS ({MAX_GROUP_MEMBERS}) members"));
        }
        for (n, own) in members.iter().enumerate() {
            form.extend(line_fault(&format!("body of member {}", n + 1), &own.body));
            form.extend(line_fault(&format!("nominated_by of member {}", n + 1), &own.nominated_by));
            if members.iter().take(n).any(|other| other.body == own.body) {
                form.push(format!("member {} stands there twice", n + 1));
            }
        }
        Faults { form, standing: Vec::new() }.checked()?;
        group.members = members;
        self.append_of_readers(Batch::of(self.says(by, Kind::GroupChanged, id, &group)?))?;
        Ok(group)
    }

    /// Every reader with his keys, by name.
    pub fn listed(&self) -> Result<Vec<Listed>, OfficeError> {
        let mut keys: BTreeMap<String, Vec<KeyListed>> = BTreeMap::new();
        for (key, last_used_at) in self.store.keys()? {
            let Key { id, made_at, expires_on, ended_at, .. } = key;
            let listed = KeyListed { id, made_at, expires_on, ended_at, last_used_at };
            keys.entry(key.reader).or_default().push(listed);
        }
        let with_keys = |reader: Reader| {
            let mut keys = keys.get(&reader.id).cloned().unwrap_or_default();
            keys.sort_by_key(|key| key.made_at);
            Listed { reader, keys }
        };
        let mut all: Vec<Listed> = self.store.readers()?.into_iter().map(with_keys).collect();
        all.sort_by(|a, b| (&a.reader.name, &a.reader.id).cmp(&(&b.reader.name, &b.reader.id)));
        Ok(all)
    }

    fn reader(&self, id: &str) -> Result<Reader, OfficeError> {
        let found = self.store.readers()?.into_iter().find(|reader| reader.id == id);
        found.ok_or_else(|| OfficeError::Missing { what: "reader", id: shown(id) })
    }

    /// The last administrator who can still open the door is not shut out by mistake.
    fn keeps_an_administrator(&self, leaving: &Reader, on: Option<Date>) -> Result<(), OfficeError> {
        let is_administrator = |reader: &Reader| reader.roles.contains(&Role::Administrator);
        if on.is_some() || !is_administrator(leaving) {
            return Ok(());
        }
        let today = self.clock.today();
        let stays = |reader: &Reader| {
            reader.id != leaving.id && is_administrator(reader) && reader.expires_on.is_none_or(|last| last > today)
        };
        if self.store.readers()?.iter().any(stays) {
            return Ok(());
        }
        Err(OfficeError::Conflict(vec!["this is the last administrator; add another one first".to_owned()]))
    }

    /// The end of every key of a reader that still opens at that time.
    fn ends(&self, by: &str, reader: &str, at: Timestamp) -> Result<Vec<Draft>, OfficeError> {
        let keys = self.store.keys()?;
        let open = keys
            .iter()
            .map(|(key, _)| key)
            .filter(|key| key.reader == reader && key.ended_at.is_none_or(|ended| ended > at));
        open.map(|key| self.says(by, Kind::KeyEnded, reader, &KeyEnded { id: key.id.clone(), at })).collect()
    }

    fn key_for(&self, reader: Reader, wish: KeyWish) -> Result<KeyMade, OfficeError> {
        let key = secret::new_key()?;
        let hash = secret::key_hash(&key).map(|hash| hex::shown(&hash)).unwrap_or_default();
        let last = self.clock.today().saturating_add(i64::from(wish.days()).days());
        let record = Key {
            id: secret::short_id("k")?,
            reader: reader.id.clone(),
            hash,
            roles: wish.roles,
            made_at: self.clock.now(),
            expires_on: last,
            ended_at: None,
        };
        let told = NewKey { reader, key_id: record.id.clone(), key, expires_on: last };
        Ok(KeyMade { told, record })
    }

    /// An entry that says a record.
    pub(super) fn says(
        &self,
        by: &str,
        kind: Kind,
        subject: &str,
        record: &impl Serialize,
    ) -> Result<Draft, OfficeError> {
        let body = serde_json::to_vec(record).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
        Ok(Draft {
            at: self.clock.now(),
            reader: by.to_owned(),
            group: None,
            kind,
            subject: subject.to_owned(),
            label: Label::AmberStrict,
            second: None,
            body: Sealed::new(body)?,
            more: Vec::new(),
            after: None,
        })
    }
}

/// An id from outside, short enough to be quoted.
fn shown(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// Why a text is no line that names somebody or something.
pub(super) fn line_fault(field: &str, text: &str) -> Option<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Some(format!("the {field} is empty")),
        n if n > MAX_FIELD_CHARS => Some(format!("the {field} is over MAX_FIELD_CHARS ({MAX_FIELD_CHARS})")),
        _ if text.chars().any(char::is_control) => Some(format!("the {field} holds a control character")),
        _ => None,
    }
}

fn past_fault(on: Option<Date>, today: Date) -> Option<String> {
    on.filter(|last| *last < today).map(|last| format!("the last day {last} is over"))
}
