//! What consignments have taken from permits.
//!
//! In: a claim of a consignment (and its version) on a permit. Out: what is left, or why the claim is refused. The sum of
//! all uses never exceeds the permit with its tolerance, whatever runs at once; the same version booked twice counts
//! once; a later version replaces an earlier one; a cancellation gives back. Amounts are kept in millionths of the base
//! unit, so that sums are exact. The store behind the trait may be durable; [`MemoryLedger`] is not.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::document::{Document, PermitKind};
use super::error::LedgerError;
use super::number::FoldedNumber;
use crate::codes::{CountryCode, Date};

/// Millionths of the base unit in one.
const MICRO: f64 = 1_000_000.0;

/// What begins the key of a quota; no country is called so.
const QUOTA: &str = "quota/";

/// Which account: a permit by folded number, issuing country and type, or a quota.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermitKey(String);

impl PermitKey {
    /// The key of a document of the register.
    pub fn of(document: &Document) -> Self {
        Self::named(&document.number, document.issuing_country, document.kind)
    }

    /// The key of a document by what tells it from others.
    pub fn named(number: &str, country: Option<CountryCode>, kind: PermitKind) -> Self {
        let country = country.unwrap_or(CountryCode::UNKNOWN);
        Self(format!("{country}/{}/{}", FoldedNumber::new(number).text(), kind.as_str()))
    }

    /// The key of an export quota: its row, the country of origin, the calendar year.
    pub fn of_quota(quota: &str, country: CountryCode, year: i16) -> Self {
        Self(format!("{QUOTA}{quota}/{country}/{year}"))
    }

    /// Is it that of a quota?
    pub fn is_quota(&self) -> bool {
        self.0.starts_with(QUOTA)
    }

    /// The key of an account as it is kept.
    pub fn of_account(account: &str) -> Self {
        Self(account.to_owned())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a consignment asks of a permit.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub permit: PermitKey,
    pub consignment: String,
    /// Version of the consignment; later ones replace earlier ones.
    pub version: u64,
    /// Amount in the permit's base unit.
    pub amount: f64,
    /// Quantity of the permit in the same unit.
    pub allowed: f64,
    /// Share by which uses may exceed it.
    pub tolerance: f64,
    /// Port where it is presented.
    pub port: Option<String>,
    /// Days between departure and arrival.
    pub days: Option<(Date, Date)>,
}

/// Whether a use is still a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseState {
    /// The consignment is announced.
    Reserved,
    /// The goods were accepted.
    Consumed,
    /// Given back; kept so that a late copy of the claim books nothing.
    Released,
}

/// One use of a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub consignment: String,
    pub version: u64,
    pub state: UseState,
    /// Port where it was presented.
    pub port: Option<String>,
    /// Days between departure and arrival.
    pub days: Option<(Date, Date)>,
    micro: i64,
}

impl Use {
    /// Amount in the permit's base unit.
    pub fn amount(&self) -> f64 {
        self.micro as f64 / MICRO
    }

    /// Two uses at two ports whose days overlap: one paper cannot be at both.
    pub fn overlaps_elsewhere(&self, other: &Self) -> bool {
        let elsewhere = self.port.is_some() && other.port.is_some() && self.port != other.port;
        let (Some((a, b)), Some((c, d))) = (self.days, other.days) else { return false };
        elsewhere && a <= d && c <= b
    }
}

/// What is left on a permit, in base units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// Quantity of the permit, without tolerance.
    pub allowed: f64,
    /// Reserved and consumed.
    pub used: f64,
}

/// What consignments have taken from permits.
pub trait Ledger: Send + Sync {
    /// Books a reservation, or replaces that of an earlier version.
    fn reserve(&self, claim: &Claim) -> Result<Balance, LedgerError>;
    /// Turns a reservation into a use, with the amount that was accepted.
    fn consume(&self, claim: &Claim) -> Result<Balance, LedgerError>;
    /// Gives back everything that the consignment has on the permit.
    fn release(&self, permit: &PermitKey, consignment: &str, version: u64) -> Result<(), LedgerError>;
    /// Uses of a permit, given back ones left out, by consignment.
    fn uses(&self, permit: &PermitKey) -> Result<Vec<Use>, LedgerError>;
}

/// A ledger that is forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    accounts: Mutex<BTreeMap<PermitKey, BTreeMap<String, Use>>>,
}

/// Millionths of an amount.
fn micro(amount: f64) -> Result<i64, LedgerError> {
    let scaled = (amount * MICRO).round();
    // Up to 9 · 10^15 a float counts whole numbers exactly.
    if (0.0..9e15).contains(&scaled) { Ok(scaled as i64) } else { Err(LedgerError::Amount(amount.to_string())) }
}

impl MemoryLedger {
    fn book(&self, claim: &Claim, state: UseState) -> Result<Balance, LedgerError> {
        let asked = micro(claim.amount)?;
        let allowed = micro(claim.allowed * (1.0 + claim.tolerance))?;
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(claim.permit.clone()).or_default();
        let booked = account.get(&claim.consignment);
        let others: i64 = account
            .values()
            .filter(|use_| use_.state != UseState::Released && use_.consignment != claim.consignment)
            .map(|use_| use_.micro)
            .sum();
        if let Some(booked) = booked {
            let (version, consignment) = (claim.version, claim.consignment.clone());
            if claim.version < booked.version || claim.version == booked.version && booked.state == UseState::Released {
                return Err(LedgerError::Stale { consignment, version, booked: booked.version });
            }
            if claim.version == booked.version {
                let same = booked.micro == asked;
                // Consuming may take another amount than was reserved; anything else is another content.
                let accepted = booked.state == UseState::Reserved && state == UseState::Consumed;
                if booked.state >= state && same {
                    return Ok(Balance { allowed: claim.allowed, used: (others + booked.micro) as f64 / MICRO });
                }
                if !accepted {
                    return Err(LedgerError::Conflict { consignment, version });
                }
            }
        }
        if others + asked > allowed {
            let permit = claim.permit.as_str().to_owned();
            return Err(LedgerError::Exceeded { permit, asked, left: allowed - others, allowed });
        }
        let use_ = Use {
            consignment: claim.consignment.clone(),
            version: claim.version,
            state,
            port: claim.port.clone(),
            days: claim.days,
            micro: asked,
        };
        account.insert(claim.consignment.clone(), use_);
        Ok(Balance { allowed: claim.allowed, used: (others + asked) as f64 / MICRO })
    }
}

impl Ledger for MemoryLedger {
    fn reserve(&self, claim: &Claim) -> Result<Balance, LedgerError> {
        self.book(claim, UseState::Reserved)
    }

    fn consume(&self, claim: &Claim) -> Result<Balance, LedgerError> {
        self.book(claim, UseState::Consumed)
    }

    fn release(&self, permit: &PermitKey, consignment: &str, version: u64) -> Result<(), LedgerError> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let not_booked =
            || LedgerError::NotBooked { permit: permit.as_str().to_owned(), consignment: consignment.to_owned() };
        let use_ = accounts.get_mut(permit).and_then(|account| account.get_mut(consignment)).ok_or_else(not_booked)?;
        if version < use_.version {
            let consignment = consignment.to_owned();
            return Err(LedgerError::Stale { consignment, version, booked: use_.version });
        }
        use_.version = version;
        use_.state = UseState::Released;
        use_.micro = 0;
        Ok(())
    }

    fn uses(&self, permit: &PermitKey) -> Result<Vec<Use>, LedgerError> {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.get(permit).into_iter().flat_map(BTreeMap::values);
        Ok(account.filter(|use_| use_.state != UseState::Released).cloned().collect())
    }
}
