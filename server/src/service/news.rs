//! What the store says beside the files, as the engine reads it: live information as records beside the alerts and convicted
//! parties beside the watch list, rulesets that act or are tried, the permit register with what was changed in it, and sealed holds.
//!
//! In: what was live after an entry of the log. Out: the bytes of two inputs, the same for the same entry, whoever makes them.
//! Grades go through as they were given; a record that only some groups may read is RED to the engine, which knows labels and no
//! groups.

use std::sync::Arc;

use palisander_engine::rules::RuleText;
use palisander_engine::{Input as EngineInput, Inputs, Label};
use serde_json::json;

use super::acting::Holds;
use super::office::{Office, OfficeError};
use super::sandbox;
use crate::store::{Conviction, Information, InformationKind, RegisterChange, StoreError};

/// What the store says beside the files, up to an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Number of the last entry about information, rulesets, the register or holds.
    pub upto: u64,
    /// Records, NDJSON.
    pub information: Vec<u8>,
    /// A watch list, CSV; empty without a row.
    pub listed: Vec<u8>,
    /// Files of rulesets that act or are tried, and of what a sandbox has beside them.
    pub rules: Vec<RuleText>,
    /// The register as it was read; `None` = the state has none.
    pub register: Option<RegisterChange>,
    /// What was changed in it since, NDJSON.
    pub permits: Vec<u8>,
    /// Sealed holds that act.
    pub holds: Arc<Holds>,
}

impl News {
    /// Does it say the same?
    pub fn says_as(&self, other: &Self) -> bool {
        self.information == other.information
            && self.listed == other.listed
            && self.rules == other.rules
            && self.holds == other.holds
            && self.has_register_of(other)
    }

    /// Is it the same register?
    pub fn has_register_of(&self, other: &Self) -> bool {
        self.register == other.register && self.permits == other.permits
    }

    /// Is there any information?
    pub fn tells(&self) -> bool {
        !self.information.is_empty() || !self.listed.is_empty()
    }

    /// Inputs with this beside what they hold.
    pub fn beside(&self, inputs: &Inputs) -> Inputs {
        let given = |bytes: &Vec<u8>| (!bytes.is_empty()).then(|| EngineInput::Bytes(bytes.clone()));
        Inputs { information: given(&self.information), listed: given(&self.listed), ..inputs.clone() }
    }
}

impl Office {
    /// What is live now.
    pub fn news(&self) -> Result<News, OfficeError> {
        self.news_at(self.store.last_news()?)
    }

    /// What was live after an entry.
    pub fn news_at(&self, upto: u64) -> Result<News, OfficeError> {
        let mut news = News { upto, ..News::default() };
        if self.is_sandbox()? {
            news.rules = sandbox::rules();
        }
        if upto == 0 {
            return Ok(news);
        }
        let mut listed = csv::Writer::from_writer(Vec::new());
        let mut any = false;
        let wrong = |error: &dyn std::fmt::Display| StoreError::Damaged(error.to_string());
        for information in self.store.live_information(upto)? {
            match information.told.kind {
                InformationKind::Integrity => {}
                InformationKind::Conviction => {
                    if !any {
                        listed.write_record(COLUMNS).map_err(|error| wrong(&error))?;
                        any = true;
                    }
                    for (n, party) in information.told.parties.iter().enumerate() {
                        listed.write_record(entry(&information, n, party)).map_err(|error| wrong(&error))?;
                    }
                }
                _ => {
                    serde_json::to_writer(&mut news.information, &record(&information))
                        .map_err(|error| wrong(&error))?;
                    news.information.push(b'\n');
                }
            }
        }
        news.listed = listed.into_inner().map_err(|error| wrong(&error))?;
        for change in self.store.acting_register(upto)? {
            match change.is_whole() {
                true => news.register = Some(change),
                false => news.permits.extend_from_slice(&self.rows_of(&change)?),
            }
        }
        news.holds = Arc::new(Holds::of(self.store.acting_holds(upto)?));
        let mut acting = self.store.acting_rulesets(upto)?;
        // Of a name one acts and one is tried, the later where two were set at once in two processes.
        acting.sort_by(|a, b| (&a.name, a.state, b.since, &b.id).cmp(&(&b.name, b.state, a.since, &a.id)));
        acting.dedup_by(|next, kept| (&next.name, next.state) == (&kept.name, kept.state));
        for ruleset in acting {
            news.rules.extend(self.rule_texts(&ruleset)?);
        }
        Ok(news)
    }
}

fn label(information: &Information) -> Label {
    let label = information.label();
    if label > Label::Green && !information.groups.is_empty() { Label::Red } else { label }
}

fn grade(information: &Information) -> (String, &str) {
    let Some(grade) = &information.grade else { return (String::new(), "") };
    (format!("{}{}", grade.source, grade.content), &grade.scheme)
}

fn record(information: &Information) -> serde_json::Value {
    let told = &information.told;
    let (reliability, scheme) = grade(information);
    let countries: Vec<_> = told
        .countries
        .iter()
        .map(|country| json!({ "code": country.code, "role": country.role.map_or("", |role| role.as_str()) }))
        .collect();
    json!({
        "id": information.id,
        "number": told.number,
        "kind": told.kind,
        "title": told.title,
        "text": told.plain_text.as_ref().unwrap_or(&told.text),
        "published_on": information.live_on,
        "effective_from": told.effective_from,
        "effective_to": told.effective_to,
        "countries": countries,
        "taxa": told.taxa,
        "issuers": told.issuers,
        "parties": told.parties,
        "vessels": told.vessels,
        "containers": told.containers,
        "permits": told.permits,
        "reliability": reliability,
        "grading_scheme": scheme,
        "handling": label(information),
        "review_by": told.review_by,
    })
}

const COLUMNS: [&str; 10] =
    ["id", "kind", "name", "country", "reason", "listed_on", "delisted_on", "source", "reliability", "handling"];

fn entry(information: &Information, n: usize, party: &str) -> [String; 10] {
    let told = &information.told;
    let day = |day: Option<palisander_engine::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let of_conviction = told.conviction.as_ref();
    let reason = of_conviction.map_or(told.title.clone(), |conviction| {
        let Conviction { offence, law, court, sentenced_on, country, .. } = conviction;
        format!("convicted on {sentenced_on} in {country}: {offence} ({law}, {court})")
    });
    // A list says from when an entry is off it, information its last day.
    let after = told.effective_to.and_then(|last| last.tomorrow().ok());
    let since = told.effective_from.max(information.live_on);
    let id = if n == 0 { information.id.clone() } else { format!("{}-{}", information.id, n + 1) };
    [
        id,
        "company".to_owned(),
        party.to_owned(),
        // Who was convicted in one country trades from another.
        String::new(),
        reason,
        day(since),
        day(after),
        "register of convictions".to_owned(),
        grade(information).0,
        label(information).to_string(),
    ]
}
