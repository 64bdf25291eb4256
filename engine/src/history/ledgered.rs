//! Earlier uses of permits as a ledger and an edition tell them together.
//!
//! In: what stands on an account of the ledger, asked when a bill needs it; an edition, or none. Out: what others took. What
//! stands in the ledger came before whatever the edition says; a consignment that stands in both took what is more.

use std::collections::BTreeMap;

use super::accounts::{Booked, Spending, spending};
use super::edition::Edition;
use super::record::Key;
use super::{EarlierUses, Unavailable};
use crate::permits::PermitKey;

/// What stands on accounts, as a ledger knows it.
pub trait Opened: Sync {
    /// The account of a permit or quota, the first use first.
    fn opened(&self, permit: &str) -> Result<Vec<Booked>, Unavailable>;
}

/// A ledger beside an edition.
pub struct Ledgered<'a> {
    pub ledger: &'a dyn Opened,
    /// `None` = no history is kept beside it.
    pub edition: Option<&'a Edition>,
}

impl EarlierUses for Ledgered<'_> {
    fn uses(&self, permit: &PermitKey, own: &Key) -> Result<Spending, Unavailable> {
        let permit = permit.as_str();
        // Asked even where the edition was built after it, so that who keeps the ledger knows what was met.
        let opened = self.ledger.opened(permit)?;
        let Some(edition) = self.edition else { return Ok(spending(&opened, own)) };
        if edition.is_opened(permit) || opened.is_empty() {
            return EarlierUses::uses(edition, &PermitKey::of_account(permit), own);
        }
        let mut all: Vec<Booked> = opened;
        let mut places: BTreeMap<String, usize> =
            all.iter().enumerate().map(|(n, booked)| (booked.who.clone(), n)).collect();
        for later in edition.taken_before(permit, own) {
            match places.get(&later.who).and_then(|n| all.get_mut(*n)) {
                Some(known) => known.micro = known.micro.max(later.micro),
                None => {
                    places.insert(later.who.clone(), all.len());
                    all.push(later);
                }
            }
        }
        Ok(spending(&all, own))
    }
}
