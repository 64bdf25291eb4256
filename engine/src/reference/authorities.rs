//! Management Authorities by country and day.
//!
//! In: a country, a day, a name as it stands on a paper. Out: the designated authority it names, with the similarity, or
//! why none does. Source: datasets/authorities/card.toml.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::authority_name::AuthorityName;
use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::{CountryCode, Date, Period};

/// A misspelt name of an authority is still its name from here on; below, two real authorities begin to meet.
const SAME_NAME: f64 = 0.90;

/// One authority for one period.
#[derive(Debug, Clone, Deserialize)]
pub struct Authority {
    /// Id that never changes, whatever the row says later.
    pub id: String,
    pub country: CountryCode,
    /// Name in full, in its own language or in English.
    pub name: String,
    /// Short and other names.
    #[serde(deserialize_with = "fields::parts")]
    pub aliases: Vec<String>,
    /// `management`, `enforcement` or `comparable_certificate`.
    pub role: String,
    /// Designated since; `None` = not known, taken as always.
    pub effective_from: Option<Date>,
    /// Last day on which it acted; `None` while it acts.
    pub effective_to: Option<Date>,
    /// Hint of how its numbers look; never a reason to refuse.
    pub number_pattern: Option<String>,
    /// What is uncertain about the dates.
    pub date_note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
    /// All names in comparable form.
    #[serde(skip)]
    folded: Vec<AuthorityName>,
}

impl Authority {
    /// True when it may issue permits on the day.
    pub fn may_issue_on(&self, day: Date) -> bool {
        self.role != "enforcement" && Period { from: self.effective_from, to: self.effective_to }.contains(day)
    }

    /// How like the name is to one of this authority's, 0 to 1.
    pub fn similarity(&self, name: &str) -> f64 {
        self.similarity_folded(&AuthorityName::new(name))
    }

    fn similarity_folded(&self, asked: &AuthorityName) -> f64 {
        self.folded.iter().map(|own| own.similarity(asked)).fold(0.0, f64::max)
    }
}

/// What a name of an issuer means.
#[derive(Debug, Clone, Copy)]
pub enum Issuer<'a> {
    /// Designated on the day.
    Designated(&'a Authority, f64),
    /// It is an authority of the country, but not for issuing on that day.
    NotOnThatDay(&'a Authority, f64),
    /// No authority of the country has this name; the nearest one, where any is near.
    Unknown(Option<(&'a Authority, f64)>),
    /// No authority of the country is held: nothing can be said.
    NoneHeld,
}

/// All authorities, by country.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    rows: Vec<Authority>,
    by_country: BTreeMap<CountryCode, Vec<usize>>,
}

impl Authorities {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let mut rows: Vec<Authority> = fields::rows(source, "authorities", faults)?;
        for row in &mut rows {
            row.folded = row.aliases.iter().chain([&row.name]).map(|name| AuthorityName::new(name)).collect();
        }
        let mut by_country: BTreeMap<CountryCode, Vec<usize>> = BTreeMap::new();
        for (n, row) in rows.iter().enumerate() {
            by_country.entry(row.country).or_default().push(n);
        }
        Ok(Self { rows, by_country })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Authority] {
        &self.rows
    }

    /// All authorities of a country, past ones included.
    pub fn of(&self, country: CountryCode) -> impl Iterator<Item = &Authority> {
        self.by_country.get(&country).into_iter().flatten().filter_map(|n| self.rows.get(*n))
    }

    /// Those that may issue on a day.
    pub fn on(&self, country: CountryCode, day: Date) -> impl Iterator<Item = &Authority> {
        self.of(country).filter(move |row| row.may_issue_on(day))
    }

    /// Which authority of the country a name means on a day.
    pub fn issuer(&self, country: CountryCode, name: &str, day: Date) -> Issuer<'_> {
        let mut best: Option<(&Authority, f64, bool)> = None;
        let asked = AuthorityName::new(name);
        for row in self.of(country) {
            let similarity = row.similarity_folded(&asked);
            let issues = row.may_issue_on(day);
            let better = best.is_none_or(|(_, top, issued)| (similarity, issues) > (top, issued));
            if better {
                best = Some((row, similarity, issues));
            }
        }
        match best {
            None => Issuer::NoneHeld,
            Some((row, similarity, true)) if similarity >= SAME_NAME => Issuer::Designated(row, similarity),
            Some((row, similarity, false)) if similarity >= SAME_NAME => Issuer::NotOnThatDay(row, similarity),
            Some((row, similarity, _)) => Issuer::Unknown((similarity >= 0.6).then_some((row, similarity))),
        }
    }
}
