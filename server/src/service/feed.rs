//! What everybody may read: live information under TLP:CLEAR, in the words that were written for everybody.
//!
//! In: where to go on from, and how much is wanted. Out: a page of it, the latest first. Of a record nothing is here but its id,
//! its days and its plain text: title, names and source may be CLEAR too and were written for offices. What is not open to all
//! is not read, so that how much of it there is tells in no time. Places of a page are days and ids, never numbers of the log,
//! by which everybody could count what goes on. Not here: Atom, NDJSON (`routes::feed`).

use std::cmp::Reverse;

use palisander_engine::{Date, Label};

use super::doors::Door;
use super::office::{Office, OfficeError};
use crate::config::{MAX_FEED, MAX_PAGE};
use crate::hex;
use crate::store::{Information, InformationQuestion, InformationState, SourceKind};

/// A record as everybody may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub id: String,
    /// Day it went live.
    pub published_on: Date,
    /// Last day on which it holds.
    pub effective_to: Option<Date>,
    /// In words for everybody.
    pub plain_text: String,
}

/// Where a record stands in the feed: the latest day first, and within a day by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// `2026-11-01`: in the order of letters days are in their own.
    day: Reverse<String>,
    id: String,
}

impl Mark {
    /// The mark as `next` of a page writes it: `2026-11-01.i_` and 32 digits; `None` where it is none. No record needs to stand there.
    pub fn read(text: &str) -> Option<Self> {
        let (day, id) = text.split_once('.')?;
        let is_day = day.len() == DAY_CHARS
            && day.bytes().enumerate().all(|(n, b)| if matches!(n, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
        let (kind, digits) = id.split_once('_')?;
        let is_kind = kind.len() == 1 && kind.bytes().all(|b| b.is_ascii_lowercase());
        let is_id = digits.len() == ID_DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (is_day && is_kind && is_id).then(|| Self { day: Reverse(day.to_owned()), id: id.to_owned() })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.day.0, self.id)
    }
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Tells the feed of one log from that of another: 32 hexadecimal digits.
    pub feed: String,
    /// The day on which it holds.
    pub on: Date,
    pub records: Vec<Published>,
    /// Where the next page begins, when there is more.
    pub next: Option<Mark>,
}

/// Characters of a day: `2026-11-01`.
const DAY_CHARS: usize = 10;
/// Hexadecimal digits of an id: 128 bits.
const ID_DIGITS: usize = 32;
/// Bytes by which a feed is known.
const FEED_BYTES: usize = 16;

impl Office {
    /// A page of what everybody may read today, of the [`MAX_FEED`] records that were changed last.
    pub fn feed(&self, after: Option<&Mark>, limit: usize) -> Result<Page, OfficeError> {
        self.enters(Door::Feed)?;
        let on = self.clock.today();
        let mut all = self.open_to_all(on)?;
        all.sort_by_cached_key(mark);
        let mut rest = all.into_iter().filter(|one| after.is_none_or(|after| mark(one) > *after)).peekable();
        let records: Vec<Published> = rest.by_ref().take(limit).collect();
        let next = rest.peek().and(records.last()).map(mark);
        let secret = self.store.secret("identity of the feed");
        let feed = hex::shown(secret.get(..FEED_BYTES).unwrap_or_default());
        Ok(Page { feed, on, records, next })
    }

    fn open_to_all(&self, on: Date) -> Result<Vec<Published>, OfficeError> {
        let (mut found, mut read, mut before) = (Vec::new(), 0, u64::MAX);
        while read < MAX_FEED {
            let asked = InformationQuestion {
                label: Label::Clear,
                teller: String::new(),
                state: Some(InformationState::Live),
                before,
                limit: MAX_PAGE.min(MAX_FEED - read),
            };
            let page = self.store.informations(&asked)?;
            let Some((_, last)) = page.last() else { break };
            before = *last;
            read += page.len();
            found.extend(page.into_iter().filter_map(|(information, _)| published(information, on)));
        }
        Ok(found)
    }
}

fn mark(one: &Published) -> Mark {
    Mark { day: Reverse(one.published_on.to_string()), id: one.id.clone() }
}

/// The record as everybody may read it on a day; `None` = it is not for everybody, or not now. What a covert source told goes out
/// in a copy alone.
fn published(information: Information, on: Date) -> Option<Published> {
    let is_open = information.label() == Label::Clear && information.told.source_kind != SourceKind::Covert;
    let Information { id, told, live_on, .. } = information;
    let holds = told.effective_from.is_none_or(|first| first <= on) && told.effective_to.is_none_or(|last| on <= last);
    let plain_text = told.plain_text.filter(|text| is_open && holds && !text.trim().is_empty())?;
    Some(Published { id, published_on: live_on?, effective_to: told.effective_to, plain_text })
}
