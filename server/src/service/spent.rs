//! What was drawn on a permit, as a caller may know it.
//!
//! In: the uses of its account in the ledger. Out: each consignment with what it asked, whether it is covered, and what became of
//! it; what is left; and what cannot be: uses beyond the permit, and two ports in the same days. A port that was offline reports
//! late: its use stands where its report came, and is told against those before. Not here: booking (`ledger`).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use palisander_engine::papers::{Document, PermitKey, allowance};
use palisander_engine::past::Draw;
use palisander_engine::{Date, Engine, Label};
use serde::Serialize;

use super::caller::Caller;
use super::office::{Office, OfficeError};
use crate::store::Use;
use crate::words::words;

/// Millionths of the base unit in one.
const MICRO: f64 = 1_000_000.0;

words! {
    /// What became of a use.
    Covering {
        /// The permit covers it.
        Covered = "covered",
        /// It asks for more than was left, and is not covered.
        Overdrawn = "overdrawn",
        /// The sender took it back, or another filing stands in its place.
        GivenBack = "given_back",
    }
}

/// What was drawn on one permit.
#[derive(Debug, Clone, Serialize)]
pub struct Spent {
    /// Country, folded number and type.
    pub permit: String,
    /// What it allows, in `unit`; `None` = it states no quantity.
    pub allowed: Option<f64>,
    pub unit: Option<&'static str>,
    /// The sum of what is covered; never more than is allowed with the tolerance of measuring.
    pub covered: f64,
    pub left: Option<f64>,
    /// By consignment, as they came.
    pub uses: Vec<Told>,
    /// What cannot be, in words.
    pub conflicts: Vec<String>,
}

/// A use as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Bill of lading.
    pub consignment: String,
    pub state: Covering,
    /// Asked last, in the permit's base unit.
    pub quantity: f64,
    /// When it came first, and when it was changed last.
    pub since: Timestamp,
    pub changed_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// Departure and arrival, as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<(Date, Date)>,
}

impl Office {
    /// What was drawn on every permit of a number that the caller may know.
    pub fn spent(&self, caller: &Caller, live: &Arc<Engine>, number: &str) -> Result<Vec<Spent>, OfficeError> {
        let seen = self.views.of(live, caller.clearance());
        let documents = self.known_permits(&seen, number)?;
        let mut told = Vec::new();
        for document in &documents {
            let uses = self.store.uses(PermitKey::of(document).as_str(), u64::MAX >> 1)?;
            told.push(spent(document, &seen, &uses, caller.clearance()));
        }
        self.note_permit_read(caller, number, &documents)?;
        Ok(told)
    }
}

fn spent(document: &Document, engine: &Engine, uses: &[(u64, Use)], clearance: Label) -> Spent {
    let mut order: Vec<Told> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, one) in uses.iter().filter(|(_, one)| one.drawn.labels.contains(&clearance)) {
        let Draw { who, bill, micro, accepted, port, days, .. } = &one.drawn.draw;
        let state = match (*micro, *accepted) {
            (0, _) => Covering::GivenBack,
            // A later version that asks for too much leaves what was covered before.
            (_, 0) => Covering::Overdrawn,
            (asked, accepted) if asked > accepted => Covering::Overdrawn,
            _ => Covering::Covered,
        };
        let n = *places.entry(who).or_insert(order.len());
        let since = order.get(n).map_or(one.at, |known| known.since);
        let now = Told {
            consignment: bill.clone(),
            state,
            quantity: *micro as f64 / MICRO,
            since,
            changed_at: one.at,
            port: port.clone(),
            days: *days,
        };
        match order.get_mut(n) {
            Some(known) => *known = now,
            None => order.push(now),
        }
    }
    let standing: Vec<(u64, Use)> = uses.to_vec();
    let booked = crate::store::standing(&standing, clearance);
    let covered = booked.iter().map(|one| one.micro).sum::<i64>() as f64 / MICRO;
    let allowed = allowance(document, engine.references());
    let mut conflicts: Vec<String> = order
        .iter()
        .filter(|one| one.state == Covering::Overdrawn)
        .map(|one| format!("`{}` asks for {:.3} and is not covered", one.consignment, one.quantity))
        .collect();
    let there: Vec<&Told> = order.iter().filter(|one| one.state != Covering::GivenBack).collect();
    for (n, one) in there.iter().enumerate() {
        for other in there.iter().skip(n + 1).filter(|other| elsewhere(one, other)) {
            let port = |one: &Told| one.port.clone().unwrap_or_default();
            conflicts.push(format!(
                "`{}` at {} and `{}` at {} in the same days",
                one.consignment,
                port(one),
                other.consignment,
                port(other)
            ));
        }
        if conflicts.len() > MAX_CONFLICTS {
            conflicts.truncate(MAX_CONFLICTS);
            conflicts.push("and more".to_owned());
            break;
        }
    }
    Spent {
        permit: PermitKey::of(document).as_str().to_owned(),
        allowed: allowed.map(|(amount, _)| amount),
        unit: allowed.map(|(_, unit)| unit),
        covered,
        left: allowed.map(|(amount, _)| (amount - covered).max(0.0)),
        uses: order,
        conflicts,
    }
}

/// Conflicts of one permit that are told.
const MAX_CONFLICTS: usize = 200;

/// One paper cannot be at two ports in the same days.
fn elsewhere(one: &Told, other: &Told) -> bool {
    let is_elsewhere = one.port.is_some() && other.port.is_some() && one.port != other.port;
    let (Some((a, b)), Some((c, d))) = (one.days, other.days) else { return false };
    is_elsewhere && a <= d && c <= b
}
