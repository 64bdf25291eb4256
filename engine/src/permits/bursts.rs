//! Unusual issuance: many permits of one office in a day, gaps in its serials, one security stamp on two documents.
//!
//! In: a register. Out: findings, by kind, authority and day. What is usual is taken from the office itself: a busy
//! office has busy days. Source: CITES CoP17 Doc. 25 para. 18 (thousands of permits issued out of order).

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::document::Document;
use super::number::FoldedNumber;
use super::serials::{GAP_FACTOR, MIN_GAP, MIN_SERIES, serial, usual_step};
use super::store::{Packed, Store, Symbol, from_day};
use crate::codes::{CountryCode, Date};

/// A day below this many permits is no burst, whatever is usual.
const MIN_BURST: usize = 25;
/// A day this many times the office's usual busy day is a burst.
const BURST_FACTOR: usize = 5;
/// Documents named with a finding.
const NAMED: usize = 5;

/// What is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BurstKind {
    /// Many permits on one day.
    ManyInADay,
    /// Serials left out.
    SerialGap,
    /// A serial far ahead of those issued after it.
    SerialAhead,
    /// One security stamp on several documents.
    StampReused,
}

/// Papers or parties that came in a burst: what met, whom, in which days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Burst {
    pub kind: BurstKind,
    /// Country of the office.
    pub country: Option<CountryCode>,
    /// Office, and signatory where the register names one.
    pub issuer: String,
    /// Day, where one is meant.
    pub day: Option<Date>,
    /// Permits, serials left out, or documents with the stamp.
    pub count: u64,
    /// What is usual for the office.
    pub usual: u64,
    /// Some of the documents.
    pub numbers: Vec<String>,
}

/// A day on which an office issued far more than is usual for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayBurst {
    /// Documents of that day.
    pub count: u64,
    /// The middle of its other days.
    pub usual: u64,
}

/// Office and signatory, as a register keeps them.
type Office = (CountryCode, Symbol, Symbol);

/// The bursts of a register, by office and day.
#[derive(Debug, Clone, Default)]
pub(super) struct BusyDays(HashMap<(Office, i32), DayBurst>);

fn office(packed: &Packed) -> Office {
    (packed.issuing_country, packed.authority, packed.signatory)
}

impl BusyDays {
    /// One step a document.
    pub(super) fn of_store(store: &Store) -> Self {
        let mut offices: HashMap<Office, BTreeMap<i32, u64>> = HashMap::new();
        for packed in store.documents.iter().filter(|packed| from_day(packed.issued_on).is_some()) {
            *offices.entry(office(packed)).or_default().entry(packed.issued_on).or_default() += 1;
        }
        let mut found = HashMap::new();
        for (office, days) in offices {
            for day in days.keys() {
                if let Some(burst) = day_burst(&days, day) {
                    found.insert((office, *day), burst);
                }
            }
        }
        Self(found)
    }

    /// The burst in which a document was issued.
    pub(super) fn of(&self, packed: &Packed) -> Option<DayBurst> {
        self.0.get(&(office(packed), packed.issued_on)).copied()
    }
}

/// Is the day a burst among those of its office? The other days say what is usual, so that a burst does not hide itself.
fn day_burst<D: Ord>(days: &BTreeMap<D, u64>, day: &D) -> Option<DayBurst> {
    let count = *days.get(day)?;
    if count < MIN_BURST as u64 {
        return None;
    }
    let usual = median(days.iter().filter(|(other, _)| *other != day).map(|(_, count)| *count).collect());
    (count >= usual.max(1) * BURST_FACTOR as u64).then_some(DayBurst { count, usual })
}

/// Every finding in a set of documents, sorted.
pub fn bursts(documents: impl IntoIterator<Item = Document>) -> Vec<Burst> {
    let mut offices: BTreeMap<(Option<CountryCode>, String), Vec<Document>> = BTreeMap::new();
    let mut stamps: BTreeMap<(Option<CountryCode>, String), Vec<Document>> = BTreeMap::new();
    for document in documents {
        let mut issuer = document.issuing_authority.clone().unwrap_or_default();
        if let Some(signatory) = &document.signatory {
            issuer = format!("{issuer} / {signatory}");
        }
        if let Some(stamp) = &document.security_stamp {
            let stamp = FoldedNumber::new(stamp).text().to_owned();
            stamps.entry((document.issuing_country, stamp)).or_default().push(document.clone());
        }
        offices.entry((document.issuing_country, issuer)).or_default().push(document);
    }
    let mut found = Vec::new();
    for ((country, issuer), documents) in &offices {
        many_in_a_day(*country, issuer, documents, &mut found);
        serials(*country, issuer, documents, &mut found);
    }
    for ((country, stamp), documents) in &stamps {
        let numbers = distinct(documents);
        if numbers.len() > 1 && !stamp.is_empty() {
            found.push(Burst {
                kind: BurstKind::StampReused,
                country: *country,
                issuer: format!("stamp {stamp}"),
                day: None,
                count: numbers.len() as u64,
                usual: 1,
                numbers: numbers.into_iter().take(NAMED).collect(),
            });
        }
    }
    found.sort_by(|a, b| {
        (a.kind, a.country, &a.issuer, a.day, &a.numbers).cmp(&(b.kind, b.country, &b.issuer, b.day, &b.numbers))
    });
    found
}

fn distinct(documents: &[Document]) -> Vec<String> {
    let mut numbers: Vec<String> = documents.iter().map(|document| document.number.clone()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The middle of the values; 0 of none.
fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

fn many_in_a_day(country: Option<CountryCode>, issuer: &str, documents: &[Document], found: &mut Vec<Burst>) {
    let mut days: BTreeMap<Date, Vec<&Document>> = BTreeMap::new();
    for document in documents {
        if let Some(day) = document.issued_on {
            days.entry(day).or_default().push(document);
        }
    }
    let counts: BTreeMap<Date, u64> = days.iter().map(|(day, issued)| (*day, issued.len() as u64)).collect();
    for (day, issued) in &days {
        if let Some(DayBurst { usual, .. }) = day_burst(&counts, day) {
            found.push(Burst {
                kind: BurstKind::ManyInADay,
                country,
                issuer: issuer.to_owned(),
                day: Some(*day),
                count: issued.len() as u64,
                usual,
                numbers: issued.iter().take(NAMED).map(|document| document.number.clone()).collect(),
            });
        }
    }
}

/// Day, serial, number.
type Serial<'a> = (Option<Date>, u64, &'a str);

fn serials(country: Option<CountryCode>, issuer: &str, documents: &[Document], found: &mut Vec<Burst>) {
    let mut series: BTreeMap<String, Vec<Serial<'_>>> = BTreeMap::new();
    for document in documents {
        if let Some((prefix, value)) = serial(&document.number) {
            series.entry(prefix).or_default().push((document.issued_on, value, &document.number));
        }
    }
    for mut issued in series.into_values().filter(|issued| issued.len() >= MIN_SERIES) {
        issued.sort_unstable();
        let mut by_serial: Vec<(u64, Option<Date>, &str)> =
            issued.iter().map(|(day, n, number)| (*n, *day, *number)).collect();
        by_serial.sort_unstable();
        let usual = usual_step(by_serial.iter().map(|(serial, ..)| *serial));
        for pair in by_serial.windows(2) {
            let (Some(a), Some(b)) = (pair.first(), pair.get(1)) else { continue };
            let gap = b.0 - a.0;
            if gap >= MIN_GAP && gap >= usual * GAP_FACTOR {
                // Issued before its predecessor: the serial runs ahead of its time.
                let kind = if b.1 < a.1 { BurstKind::SerialAhead } else { BurstKind::SerialGap };
                let numbers = vec![a.2.to_owned(), b.2.to_owned()];
                found.push(Burst {
                    kind,
                    country,
                    issuer: issuer.to_owned(),
                    day: b.1,
                    count: gap - 1,
                    usual,
                    numbers,
                });
            }
        }
    }
}
