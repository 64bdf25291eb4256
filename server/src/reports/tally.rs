//! What the log can count for a report: named counts of one year, each of them the rows behind it.
//!
//! In: cases, examinations, requests and pieces of information. Out: ids. A number is the length of its list and nothing else, so that
//! whoever opens it finds what it counts. Nobody is named: cases hold no names.

use std::collections::BTreeSet;

use palisander_engine::Date;

use super::suppressed::LEAST;
use crate::cases::{About, AssetState, Body, Case, Choice, Detection, Happened, Outcome, OutcomeTold, Sent, Stage};
use crate::words::words;

words! {
    /// What is counted.
    Tally {
        Seizures = "seizures",
        AppendixOne = "seizures.appendix_one",
        Large = "seizures.large",
        FoundByInformation = "found_by.information",
        FoundByProfile = "found_by.profile",
        Joint = "agency.joint",
        Arrests = "arrests",
        Charged = "charged",
        Finalised = "finalised",
        Convicted = "convicted",
        Imprisoned = "imprisoned",
        MoneyFollowed = "money.followed",
        Assets = "money.assets",
        Sampled = "sampled",
        Wist = "wist",
        ToldCountries = "told.countries",
        ToldInterpol = "told.interpol",
        ToldSecretariat = "told.secretariat",
        ToldWco = "told.wco",
        HandedOver = "handed_over",
        OutcomeShared = "handed_over.outcome",
        Disposed = "disposed",
        Examined = "examined",
        ExaminedFound = "examined.found",
        Verified = "verifications",
        Answered = "verifications.answered",
        Tips = "tips",
        Offers = "listings",
    }
}

/// An examination that was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    pub bill: String,
    pub on: Date,
    pub found: bool,
    /// Why the bill was chosen, as the log has it; empty where it has not.
    pub chosen_by: String,
    /// What led to the find.
    pub led_by: BTreeSet<Detection>,
}

/// A request to the issuer of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub id: String,
    pub on: Date,
    pub is_answered: bool,
}

/// Something that was told: of it the day alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub id: String,
    pub on: Date,
    /// `tip`, `listing`.
    pub kind: &'static str,
}

/// What is on record, as far as it is counted.
#[derive(Debug, Clone, Default)]
pub struct OnRecord {
    pub cases: Vec<Case>,
    pub examined: Vec<Examination>,
    pub requests: Vec<Request>,
    /// What was told, of whatever label; `None` to those who may not know how much that is.
    pub heard: Option<Vec<Heard>>,
}

impl Tally {
    /// Of which it is a part; `None` = it is a whole.
    pub fn of(self) -> Option<Self> {
        match self {
            Self::Seizures | Self::Examined | Self::Verified | Self::Tips | Self::Offers => None,
            Self::ExaminedFound => Some(Self::Examined),
            Self::Answered => Some(Self::Verified),
            Self::Finalised => Some(Self::Charged),
            Self::Convicted => Some(Self::Finalised),
            Self::Imprisoned => Some(Self::Convicted),
            Self::OutcomeShared => Some(Self::HandedOver),
            _ => Some(Self::Seizures),
        }
    }

    /// Is it a count of cases?
    pub fn is_of_cases(self) -> bool {
        self == Self::Seizures || self.of().is_some_and(Self::is_of_cases)
    }

    /// Ids of what it counts, in order.
    pub fn rows(self, record: &OnRecord, year: i16) -> Vec<String> {
        let mut rows: Vec<String> = match self {
            Self::Examined | Self::ExaminedFound => {
                let all = record.examined.iter().filter(|own| own.on.year() == year);
                all.filter(|own| self == Self::Examined || own.found).map(|own| own.bill.clone()).collect()
            }
            Self::Verified | Self::Answered => {
                let all = record.requests.iter().filter(|own| own.on.year() == year);
                all.filter(|own| self == Self::Verified || own.is_answered).map(|own| own.id.clone()).collect()
            }
            Self::Tips | Self::Offers => {
                let kind = if self == Self::Tips { "tip" } else { "listing" };
                let all = record.heard.iter().flatten().filter(|own| own.on.year() == year && own.kind == kind);
                all.map(|own| own.id.clone()).collect()
            }
            _ => {
                let all = record.cases.iter().filter(|case| case.facts.seized_on.year() == year && self.holds(case));
                all.map(|case| case.id.clone()).collect()
            }
        };
        rows.sort();
        rows.dedup();
        rows
    }

    /// Is a case one of those that it counts?
    fn holds(self, case: &Case) -> bool {
        let is_told = |body| {
            let all = case.notices.iter().filter(|notice| notice.to == body);
            all.into_iter().any(|notice| matches!(notice.state, Sent::Sent | Sent::Answered))
        };
        let is_charged = !matches!(case.court.stage, Stage::None | Stage::NotProsecuted);
        let is_final = case.court.stage == Stage::Final;
        let is_convicted = is_final && case.court.outcome == Some(Outcome::Convicted);
        match self {
            Self::Seizures => true,
            Self::AppendixOne => case.is_appendix_one,
            Self::Large => case.is_large,
            Self::FoundByInformation => case.facts.detected_by.contains(&Detection::Information),
            Self::FoundByProfile => case.facts.detected_by.contains(&Detection::Profile),
            Self::Joint => case.facts.agencies.len() > 1,
            Self::Arrests => case.facts.arrests > 0,
            Self::Charged => is_charged,
            Self::Finalised => is_final,
            Self::Convicted => is_convicted,
            Self::Imprisoned => is_convicted && case.court.sentence_months.is_some_and(|months| months > 0),
            Self::MoneyFollowed => case.settled(About::MoneyTrail).is_some_and(|one| one.choice == Choice::Followed),
            Self::Assets => {
                let is_held = |state| matches!(state, AssetState::Frozen | AssetState::Forfeited);
                case.court.assets.iter().any(|asset| is_held(asset.state))
            }
            Self::Sampled => case.custody.iter().any(|line| line.told.event == Happened::Sampled),
            Self::Wist => case.settled(About::Wist).is_some_and(|one| one.choice == Choice::Requested),
            Self::ToldCountries => is_told(Body::Country),
            Self::ToldInterpol => is_told(Body::Interpol),
            Self::ToldSecretariat => is_told(Body::Secretariat),
            Self::ToldWco => is_told(Body::Wco),
            Self::HandedOver => !case.hand_overs.is_empty(),
            Self::OutcomeShared => case.hand_overs.iter().any(|over| over.state == OutcomeTold::Outcome),
            Self::Disposed => case.settled(About::Disposal).is_some(),
            _ => false,
        }
    }

    /// The number as others may know it; `None` where a case could be told from it, or from what is left of the whole.
    pub fn told(self, record: &OnRecord, year: i16) -> Option<usize> {
        if matches!(self, Self::Tips | Self::Offers) && record.heard.is_none() {
            return None;
        }
        let is_small = |n: usize| n > 0 && n < LEAST;
        let n = self.rows(record, year).len();
        let mut whole = self.of();
        let mut part = n;
        // Whatever it is a part of, down to the whole, must not tell the rest.
        while let Some(of) = whole {
            let all = of.rows(record, year).len();
            if is_small(all) || is_small(all.saturating_sub(part)) {
                return None;
            }
            (part, whole) = (all, of.of());
        }
        (!is_small(n)).then_some(n)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;

    /// The six cases of the seizure assessment.
    pub(in crate::reports) fn six() -> OnRecord {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/six");
        let read =
            |n: usize| serde_json::from_slice(&std::fs::read(folder.join(format!("{n}.json"))).unwrap()).unwrap();
        OnRecord { cases: (1..=6).map(read).collect(), ..OnRecord::default() }
    }

    /// R02: a number is the rows behind it, and counted again it is the same.
    #[test]
    fn r02_every_number_is_the_rows_behind_it() {
        let record = six();
        let n = |tally: Tally| tally.rows(&record, 2014).len();
        assert_eq!((n(Tally::Seizures), n(Tally::Finalised), n(Tally::Convicted)), (6, 5, 5));
        assert_eq!((n(Tally::ToldInterpol), n(Tally::ToldSecretariat), n(Tally::ToldWco)), (4, 2, 1));
        assert_eq!((n(Tally::MoneyFollowed), n(Tally::Assets), n(Tally::Sampled), n(Tally::HandedOver)), (2, 1, 4, 5));
        let mut turned = record.clone();
        turned.cases.reverse();
        for tally in Tally::ALL {
            assert_eq!(tally.rows(&record, 2014), tally.rows(&turned, 2014), "{tally}");
            assert_eq!(tally.rows(&record, 2013), [""; 0], "{tally}: another year");
            // A part lies in its whole.
            if let Some(of) = tally.of() {
                let whole = of.rows(&record, 2014);
                assert!(tally.rows(&record, 2014).iter().all(|id| whole.contains(id)), "{tally}");
            }
        }
        // Two cases and the one that is left of six are not told, nor can they be had from what is.
        assert_eq!(Tally::ToldSecretariat.told(&record, 2014), None);
        assert_eq!(Tally::HandedOver.told(&record, 2014), None);
        assert_eq!(Tally::Seizures.told(&record, 2014), Some(6));
        for tally in Tally::ALL {
            if let Some(n) = tally.told(&record, 2014) {
                let rest = tally.of().map_or(0, |of| of.rows(&record, 2014).len() - n);
                assert!([n, rest].iter().all(|n| *n == 0 || *n >= LEAST), "{tally}: {n} and {rest}");
            }
        }
    }
}
