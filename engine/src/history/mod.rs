//! What earlier consignments show, and what they took from permits: an edition, never built while judging.
//!
//! In: what is remembered of every consignment ([`Remembered`]). Out: an [`Edition`] in one order, whoever made it and in
//! however many parts; and two questions that it answers for a consignment: earlier lots to its receivers
//! ([`EarlierLots`]), earlier uses of its permits ([`EarlierUses`]). Uses are what stands before the consignment in the
//! order (arrival, sender, reference, bill, content), lots what comes until its day; neither is ever the consignment
//! itself; so an edition that contains it changes nothing. Both may be unavailable, and then nothing is taken for innocent. A store behind SQL answers the same
//! two questions.

mod accounts;
#[cfg(test)]
mod checks;
mod draws;
mod edition;
mod filings;
mod ledgered;
mod lots;
mod record;
mod remember;

pub use accounts::{Booked, Openings, Spending};
pub use draws::{Draw, GivenBack, acted_on, draws};
pub use edition::{Edition, HistoryError};
pub(crate) use filings::alone;
pub use filings::{FilingNamed, Standing};
pub use ledgered::{Ledgered, Opened};
pub use lots::Lots;
pub(crate) use record::Size;
pub use record::{Filing, Key, Lot, Remembered};
pub(crate) use remember::{Drawn, filing, key, lot_size, remembered, withdrawal};

use crate::codes::Date;
use crate::permits::PermitKey;

/// It cannot be told, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Earlier lots of listed wood.
pub trait EarlierLots: Sync {
    /// Lots to any of the receivers that arrived from `from` on and stand before `own`.
    fn lots(&self, lot: &Lot, from: Date, own: &Key) -> Result<Lots, Unavailable>;

    /// False where none are ever known: then a lot need not be told in full to be asked about.
    fn is_kept(&self) -> bool {
        true
    }
}

/// Earlier uses of permits.
pub trait EarlierUses: Sync {
    /// What was taken from the permit before `own`, by others.
    fn uses(&self, permit: &PermitKey, own: &Key) -> Result<Spending, Unavailable>;
}

/// What was done to the bill by other filings of it.
pub trait OtherFilings: Sync {
    /// Where a filing stands among those of its bill.
    fn standing(&self, key: &Key, own: &Filing) -> Result<Standing, Unavailable>;
}

/// What a consignment is settled against.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    pub lots: &'a dyn EarlierLots,
    /// Earlier uses of permits.
    pub uses: &'a dyn EarlierUses,
    /// Other filings of the bill.
    pub filings: &'a dyn OtherFilings,
}

impl<'a> Past<'a> {
    /// No history is kept.
    pub fn none() -> Self {
        Past { lots: &NotKept, uses: &NotKept, filings: &NotKept }
    }

    /// The past as an edition tells it.
    pub fn of(edition: &'a Edition) -> Self {
        Past { lots: edition, uses: edition, filings: edition }
    }
}

/// No history is kept: neither question has an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotKept;

impl EarlierLots for NotKept {
    fn lots(&self, _: &Lot, _: Date, _: &Key) -> Result<Lots, Unavailable> {
        Err(Unavailable("no history is kept here".to_owned()))
    }

    fn is_kept(&self) -> bool {
        false
    }
}

impl EarlierUses for NotKept {
    fn uses(&self, _: &PermitKey, _: &Key) -> Result<Spending, Unavailable> {
        Err(Unavailable("no history is kept here".to_owned()))
    }
}

impl OtherFilings for NotKept {
    fn standing(&self, _: &Key, _: &Filing) -> Result<Standing, Unavailable> {
        Err(Unavailable("no history is kept here".to_owned()))
    }
}
