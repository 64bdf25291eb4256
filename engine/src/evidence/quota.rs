//! Which export quotas count the goods, and what the goods would take of them.
//!
//! In: the taxa of an item, origin, source code, quantities, the day of export. Out: [`QuotaEvidence`] for each quota, with
//! the account on which its uses are counted, and the claims. A use of a zero quota needs no amount; an amount in another
//! measure than the quota's cannot be compared and says so. What others took is added when the past is asked (`settle`).
//! Not here: bars without a quantity (`measures`). Source: datasets/quotas/card.toml.

use super::TaxonEvidence;
use super::listing::Coverage;
use crate::codes::{CountryCode, Date};
use crate::manifest::GoodsItem;
use crate::permits::{Claim, PermitKey, Spent};
use crate::reference::{Certainty, Measured, References};

/// One quota that counts the goods.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaEvidence {
    /// Account of the quota, the country and the year.
    pub account: PermitKey,
    /// Instrument that sets it, as cited.
    pub instrument: String,
    /// Taxon, country and year in words.
    pub of: String,
    /// What may leave in the year, in `unit`.
    pub allowed: f64,
    /// Base unit, such as `m3`.
    pub unit: &'static str,
    /// What the goods would take, in `unit`; `None` = it cannot be compared.
    pub asked: Option<f64>,
    /// How surely it counts them.
    pub certainty: Certainty,
    /// What is known of the balance.
    pub state: QuotaState,
}

/// The balance of a quota with these goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotaState {
    /// Nothing may leave.
    Zero,
    /// It holds these goods and all earlier ones.
    Within,
    /// These goods are more than is left.
    Exceeded,
    /// It cannot be told; why.
    NotKnown(String),
}

/// What it is asked with.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    pub references: &'a References,
    pub item: &'a GoodsItem,
    pub taxa: &'a [TaxonEvidence],
    pub origin: Option<CountryCode>,
    /// Day on which the goods leave, else the day that counts.
    pub leaves_on: Date,
}

/// Quotas of every taxon of the item, each once.
pub fn gather(from: &From<'_>) -> Vec<QuotaEvidence> {
    let Some(origin) = from.origin else { return Vec::new() };
    let source = from.item.documents.iter().find_map(|document| document.source.as_deref());
    let mut found: Vec<QuotaEvidence> = Vec::new();
    let listed = |taxon: &&TaxonEvidence| {
        !taxon.is_alternative && matches!(taxon.listing.coverage, Coverage::Covered | Coverage::Unclear)
    };
    for taxon in from.taxa.iter().filter(listed) {
        let sure_form = if taxon.listing.coverage == Coverage::Covered { Certainty::Yes } else { Certainty::Possibly };
        for (quota, certainty) in from.references.quotas.on(&taxon.counted, origin, source, from.leaves_on) {
            let Some(unit) = from.references.units.find(&quota.unit) else { continue };
            let year = from.leaves_on.year();
            let account = PermitKey::of_quota(&quota.id, origin, year);
            if found.iter().any(|known| known.account == account) {
                continue;
            }
            let asked = amount(from, unit.quantity);
            let state = match asked {
                _ if quota.quantity <= 0.0 => QuotaState::Zero,
                None => QuotaState::NotKnown(format!("the quota counts in {}, the goods do not", quota.unit)),
                Some(_) => QuotaState::NotKnown("what others took of the quota is not known".to_owned()),
            };
            found.push(QuotaEvidence {
                account,
                instrument: quota.instrument.clone(),
                of: format!("{} of {origin} in {year}", quota.taxon),
                allowed: quota.quantity * unit.factor,
                unit: unit.quantity.base_unit(),
                asked,
                certainty: certainty.and(sure_form),
                state,
            });
        }
    }
    found
}

/// What the goods have of a measure, in its base unit.
fn amount(from: &From<'_>, measured: Measured) -> Option<f64> {
    let item = from.item;
    let declared = match measured {
        Measured::Volume => item.volume_m3,
        Measured::Mass => item.net_mass_kg.or(item.gross_mass_kg),
        _ => None,
    };
    let counted = || {
        let quantity = item.quantity.as_ref()?;
        let unit = from.references.units.find(&quantity.unit).filter(|unit| unit.quantity == measured)?;
        Some(quantity.amount * unit.factor)
    };
    declared.or_else(counted).filter(|amount| *amount > 0.0)
}

/// Items of one consignment take from a quota together: each shows the sum. What one of them cannot say leaves it open.
pub fn join(quotas: &mut [&mut QuotaEvidence]) {
    let has_balance = |quota: &QuotaEvidence| quota.allowed > 0.0;
    let asked: Vec<(PermitKey, Option<f64>)> =
        quotas.iter().filter(|quota| has_balance(quota)).map(|quota| (quota.account.clone(), quota.asked)).collect();
    for quota in quotas.iter_mut().filter(|quota| has_balance(quota)) {
        let same = asked.iter().filter(|(account, _)| *account == quota.account);
        quota.asked = same.map(|(_, asked)| *asked).sum();
        if quota.asked.is_none() {
            quota.state = QuotaState::NotKnown("the goods are not counted in the unit of the quota".to_owned());
        }
    }
}

/// What a consignment takes of the quotas of its items, an account once.
pub fn claims<'a>(quotas: impl Iterator<Item = &'a QuotaEvidence>, consignment: &str) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for quota in quotas {
        let Some(amount) = quota.asked.filter(|_| quota.allowed > 0.0) else { continue };
        if claims.iter().all(|claim| claim.permit != quota.account) {
            claims.push(Claim {
                permit: quota.account.clone(),
                consignment: consignment.to_owned(),
                version: 0,
                amount,
                allowed: quota.allowed,
                tolerance: 0.0,
                port: None,
                days: None,
            });
        }
    }
    claims
}

impl QuotaEvidence {
    /// Is what others took to be asked?
    pub fn has_balance(&self) -> bool {
        self.allowed > 0.0 && self.asked.is_some()
    }

    /// Adds what others took; `Err` says why it cannot be told.
    pub fn settle(&mut self, spent: Result<&Spent, &str>) {
        let Some(asked) = self.asked.filter(|_| self.allowed > 0.0) else { return };
        // A millionth of the unit is what an account counts in.
        let room = 1e-6;
        self.state = match spent {
            Ok(spent) if spent.used + asked > self.allowed + room => QuotaState::Exceeded,
            Ok(_) => QuotaState::Within,
            // More than the whole quota needs no account.
            Err(_) if asked > self.allowed + room => QuotaState::Exceeded,
            Err(why) => QuotaState::NotKnown(format!("what others took of the quota cannot be told: {why}")),
        };
    }
}
