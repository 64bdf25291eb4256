//! Whose overrides are out of the ordinary (C05): what the log says of those who lower and waive.
//!
//! In: decisions of the last days, as entries say them, and the answers that are kept of their bills. Out: officers with a pattern
//! that chance would seldom make, at a stated level (`palisander_evaluation::patterns`), with the bills that it is about. Traders
//! are told by the bills alone: whoever reads this may not read bills.

use std::collections::BTreeMap;

use palisander_engine::Label;
use palisander_evaluation::{ALARM, Decided, Finding, HOURS, Pattern, patterns};
use serde::Serialize;
use serde_json::Value;

use super::office::{Office, OfficeError};
use crate::config::{MAX_EFFECTS, MAX_PAGE, MAX_PATTERN_DAYS, MAX_PATTERN_ENTRIES};
use crate::hex;
use crate::store::{Deciding, Decision, Entry, Kind};

/// Patterns, and what they were looked for in.
#[derive(Debug, Clone, Serialize)]
pub struct Patterns {
    pub days: u32,
    /// Decisions looked at.
    pub decisions: usize,
    pub officers: usize,
    /// Chance that anybody is named though nothing is out of the ordinary.
    pub level: f64,
    /// Were all decisions of those days looked at? There may be more than [`MAX_PATTERN_ENTRIES`] entries.
    pub is_whole: bool,
    pub patterns: Vec<Shown>,
}

/// A pattern of one officer.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Id of the reader.
    pub officer: String,
    /// `rate`, `trader` or `hours`.
    pub what: &'static str,
    /// Hours of the day in UTC, where it is about hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<[u32; 2]>,
    pub decisions: u64,
    pub overrides: u64,
    pub expected: f64,
    pub chance: f64,
    /// Outward ids of bills that were lowered or waived so, the first of them.
    pub bills: Vec<String>,
}

impl Office {
    /// Patterns of the last days.
    pub fn patterns(&self, days: u32) -> Result<Patterns, OfficeError> {
        if !(1..=MAX_PATTERN_DAYS).contains(&days) {
            return Err(OfficeError::Wrong(vec![format!("days is 1 to MAX_PATTERN_DAYS ({MAX_PATTERN_DAYS})")]));
        }
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let since = self.clock.now() - jiff::SignedDuration::from_hours(24 * i64::from(days));
        let n_entries = self.store.n_entries()?;
        let mut after = n_entries.saturating_sub(MAX_PATTERN_ENTRIES);
        let mut is_whole = after == 0;
        let mut decisions: BTreeMap<String, Decision> = BTreeMap::new();
        loop {
            let entries = self.store.entries(after, MAX_PAGE)?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                is_whole |= entry.at < since;
                if let Some(decision) = self.decision_of(entry)?.filter(|decision| decision.at >= since) {
                    // A signature says the whole decision again.
                    decisions.insert(decision.id.clone(), decision);
                }
            }
        }
        let mut traders: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut rows = Vec::with_capacity(decisions.len());
        for decision in decisions.values() {
            if !traders.contains_key(&decision.bill) {
                traders.insert(decision.bill.clone(), self.trader_of(&decision.bill)?);
            }
            rows.push(Decided {
                officer: decision.by.clone(),
                trader: traders.get(&decision.bill).cloned().flatten(),
                hour: u32::try_from(jiff::tz::Offset::UTC.to_datetime(decision.at).hour()).unwrap_or_default(),
                is_override: is_override(decision),
            });
        }
        let mut officers: Vec<&str> = rows.iter().map(|row| row.officer.as_str()).collect();
        officers.sort_unstable();
        officers.dedup();
        let bills_of = |finding: &Finding| {
            let of = rows.iter().zip(decisions.values()).filter(|(row, _)| {
                row.is_override
                    && row.officer == finding.officer
                    && match &finding.pattern {
                        Pattern::Rate => true,
                        Pattern::Trader(trader) => row.trader.as_ref() == Some(trader),
                        Pattern::Hours(from) => row.hour / HOURS * HOURS == *from,
                    }
            });
            of.take(MAX_EFFECTS).map(|(_, decision)| decision.bill.clone()).collect()
        };
        let shown = patterns(&rows).iter().map(|finding| shown(finding, bills_of(finding))).collect();
        let (decisions, officers) = (rows.len(), officers.len());
        Ok(Patterns { days, decisions, officers, level: ALARM, is_whole, patterns: shown })
    }

    fn decision_of(&self, entry: &Entry) -> Result<Option<Decision>, OfficeError> {
        let is_one =
            matches!(entry.kind, Kind::Proposed | Kind::Confirmed | Kind::Raised | Kind::Lowered | Kind::Waived);
        if !is_one {
            return Ok(None);
        }
        let body = self.store.body(&entry.body)?;
        Ok(body.and_then(|body| serde_json::from_slice(&body.bytes).ok()))
    }

    /// Who is to have the goods of a bill, as its answer says it; `None` where that is erased or says nobody.
    fn trader_of(&self, bill: &str) -> Result<Option<String>, OfficeError> {
        let Some(bill) = self.store.bill(bill)? else { return Ok(None) };
        let digest = bill.sights.get(&Label::Red).and_then(|sight| hex::read(&sight.answer));
        let body = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten();
        let answer: Value = body.and_then(|body| serde_json::from_slice(&body.bytes).ok()).unwrap_or_default();
        let parties = answer.get("parties").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let of_role = |role: &str| parties.iter().find(|party| party["role"] == role);
        let party = of_role("consignee").or_else(|| of_role("consignor"));
        Ok(party.and_then(|party| party["name"].as_str()).map(folded).filter(|name| !name.is_empty()))
    }
}

/// A name without what its spellings differ in most.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn is_override(decision: &Decision) -> bool {
    matches!(decision.kind, Deciding::Lowered | Deciding::Waived)
}

fn shown(finding: &Finding, bills: Vec<String>) -> Shown {
    let Finding { officer, pattern, decisions, overrides, expected, chance } = finding.clone();
    let (what, hours) = match pattern {
        Pattern::Rate => ("rate", None),
        Pattern::Trader(_) => ("trader", None),
        Pattern::Hours(from) => ("hours", Some([from, from + HOURS])),
    };
    Shown { officer, what, hours, decisions, overrides, expected, chance, bills }
}
