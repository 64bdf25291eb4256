//! Filings of one bill: what a sender did to what he had filed before.
//!
//! In: the records of an edition, and a key. Out: [`Standing`]: the filing that this one amends, the one that stands in its
//! place, the one that took it back. A filing acts on others of the same sender, reference and bill only; a sender that is not
//! named acts on nothing. A cancellation without a bill takes back the whole manifest. What was filed first comes from the
//! time of sending, and where that is not told, from the function: an original comes before what is done to it.
//! Cost: one look-up a bill; at most [`MAX_LOOKED`] filings of it are looked at.

use std::collections::HashMap;

use serde::Serialize;

use super::record::{Filing, Key, Remembered};
use crate::manifest::Function;

/// Filings of one bill that are looked at, the latest first.
pub const MAX_LOOKED: usize = 100;
/// Characters of the goods that a filing shows of another.
pub const MAX_GOODS_CHARS: usize = 200;

/// Another filing of the same bill, as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FilingNamed {
    /// Manifest reference.
    pub manifest: String,
    /// What it does to earlier ones: `original`, `replace`, `change`, `cancel`.
    #[schemars(with = "String")]
    pub function: Function,
    /// When it was sent, as declared.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sent_at: String,
    /// Its goods in short; empty where it names none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub goods: String,
    /// Fingerprint of its content.
    pub version: String,
}

/// Where a filing stands among those of its bill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The filing before, to which this one does something.
    pub amends: Option<FilingNamed>,
    /// The filing that stands in place of this one.
    pub superseded_by: Option<FilingNamed>,
    /// The filing that took this one back; a cancellation names itself.
    pub withdrawn: Option<FilingNamed>,
    /// The filing before named a listed wood, and this one does not.
    pub listed_before: bool,
}

impl Standing {
    /// True when nothing was done to the bill.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Records with a filing, by sender, reference and bill.
#[derive(Debug, Clone, Default)]
pub(super) struct ByBill {
    records: HashMap<(String, String, String), Vec<u32>>,
}

fn named(key: &Key, filing: &Filing) -> FilingNamed {
    FilingNamed {
        manifest: key.reference.clone(),
        function: filing.function,
        sent_at: filing.sent_at.clone(),
        goods: filing.goods.clone(),
        version: key.digest.clone(),
    }
}

/// What comes first among filings of a bill.
fn order<'f>(key: &'f Key, filing: &'f Filing, other: &Filing) -> (&'f str, u8, &'f str) {
    let rank = match filing.function {
        Function::Original => 0,
        Function::Change | Function::Replace => 1,
        Function::Cancel => 2,
    };
    let is_timed = !filing.sent_at.is_empty() && !other.sent_at.is_empty();
    (if is_timed { &filing.sent_at } else { "" }, rank, &key.digest)
}

impl ByBill {
    pub(super) fn build(records: &[Remembered]) -> Self {
        let mut by = Self::default();
        for (n, record) in (0_u32..).zip(records).filter(|(_, record)| record.filing.is_some()) {
            let Key { sender, reference, bill, .. } = &record.key;
            if !sender.is_empty() {
                by.records.entry((sender.clone(), reference.clone(), bill.clone())).or_default().push(n);
            }
        }
        by
    }

    pub(super) fn standing(&self, records: &[Remembered], key: &Key, own: &Filing) -> Standing {
        let Key { sender, reference, bill, .. } = key;
        let mut standing = alone(key, own);
        if self.records.is_empty() || sender.is_empty() {
            return standing;
        }
        let of = |bill: &str| self.records.get(&(sender.clone(), reference.clone(), bill.to_owned()));
        // A cancellation of the whole manifest names no bill.
        let whole = of("").filter(|_| !bill.is_empty());
        let numbers = whole.into_iter().chain(of(bill)).flat_map(|list| list.iter().rev().take(MAX_LOOKED));
        let others: Vec<(&Key, &Filing)> = numbers
            .filter_map(|n| records.get(*n as usize))
            .filter(|record| record.key.digest != key.digest)
            .filter_map(|record| Some((&record.key, record.filing.as_ref()?)))
            .collect();
        let is_later = |other: &&(&Key, &Filing)| order(other.0, other.1, own) > order(key, own, other.1);
        let latest = |some: &mut dyn Iterator<Item = &(&Key, &Filing)>| {
            let last = some.reduce(|a, b| if order(a.0, a.1, b.1) < order(b.0, b.1, a.1) { b } else { a });
            last.map(|(key, filing)| named(key, filing))
        };
        let later = || others.iter().filter(is_later);
        standing.superseded_by =
            latest(&mut later().filter(|(_, f)| matches!(f.function, Function::Replace | Function::Change)));
        if standing.withdrawn.is_none() {
            standing.withdrawn = latest(&mut later().filter(|(_, f)| f.function == Function::Cancel));
        }
        if own.function != Function::Original {
            let before =
                || others.iter().filter(|other| !is_later(other)).filter(|(_, f)| f.function != Function::Cancel);
            standing.amends = latest(&mut before());
            standing.listed_before =
                own.function != Function::Cancel && !own.listed && before().any(|(_, filing)| filing.listed);
        }
        standing
    }
}

/// What a filing says of itself: a cancellation is no declaration of goods.
pub(crate) fn alone(key: &Key, own: &Filing) -> Standing {
    let withdrawn = (own.function == Function::Cancel).then(|| FilingNamed { goods: String::new(), ..named(key, own) });
    Standing { withdrawn, ..Standing::default() }
}
