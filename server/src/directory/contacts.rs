//! Whom to ask in a country, and which Parties have nobody in the table.
//!
//! In: the directory, a wish, a day. Out: contacts, stale ones marked; Parties without one.

use std::collections::BTreeSet;

use jiff::ToSpan;
use palisander_engine::tables::{Contact, ContactAgency, References, Topic, Urgency};
use palisander_engine::{CountryCode, Date};
use serde::Serialize;

/// Months after which a row is to be confirmed again.
const MONTHS_BETWEEN_CHECKS: i64 = 12;

/// What a contact has to meet, all of it.
#[derive(Debug, Clone, Default)]
pub struct ContactWish {
    pub country: Option<CountryCode>,
    pub topic: Option<Topic>,
    pub agency: Option<ContactAgency>,
    pub language: Option<String>,
    /// It answers as soon as this, or sooner.
    pub urgency: Option<Urgency>,
}

/// A contact, and whether it may be out of date.
#[derive(Debug, Clone, Serialize)]
pub struct FoundContact<'a> {
    #[serde(flatten)]
    pub row: &'a Contact,
    /// Nobody has confirmed it for 12 months.
    pub is_stale: bool,
}

/// Was a row last confirmed more than 12 months before the day? One that never was is stale.
pub(super) fn is_stale(verified_on: Option<Date>, day: Date) -> bool {
    let due = verified_on.and_then(|on| on.checked_add(MONTHS_BETWEEN_CHECKS.months()).ok());
    due.is_none_or(|due| due < day)
}

/// Contacts that meet everything that is wished: those that answer soonest first, stale ones last.
pub fn contacts<'a>(tables: &'a References, wish: &ContactWish, day: Date) -> Vec<FoundContact<'a>> {
    let meets = |row: &&Contact| {
        wish.country.is_none_or(|country| row.country == country)
            && wish.topic.is_none_or(|topic| row.topics.contains(&topic))
            && wish.agency.is_none_or(|agency| row.agency == agency)
            && wish.language.as_ref().is_none_or(|language| row.languages.contains(language))
            && wish.urgency.is_none_or(|latest| row.urgency <= latest)
    };
    let rows = tables.directory.contacts.iter().filter(meets);
    let mut all: Vec<_> = rows.map(|row| FoundContact { row, is_stale: is_stale(row.verified_on, day) }).collect();
    all.sort_by_key(|one| (one.is_stale, one.row.urgency));
    all
}

/// Parties whose authority is known and of which no contact meets the wish.
pub fn parties_without(tables: &References, wish: &ContactWish, day: Date) -> Vec<CountryCode> {
    let parties: BTreeSet<CountryCode> =
        tables.authorities.rows().iter().filter(|row| row.may_issue_on(day)).map(|row| row.country).collect();
    let have: BTreeSet<CountryCode> = contacts(tables, wish, day).iter().map(|one| one.row.country).collect();
    parties.difference(&have).copied().collect()
}

#[cfg(test)]
mod tests {
    use palisander_engine::tables::DataSource;

    use super::*;

    #[test]
    fn a07_contacts_are_found_by_country_and_topic_and_stale_ones_marked() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let find = |country: &str, topic: Topic, day: &str| -> Vec<(String, bool)> {
            let wish = ContactWish { country: country.parse().ok(), topic: Some(topic), ..ContactWish::default() };
            let found = contacts(&tables, &wish, day.parse().unwrap());
            found.iter().map(|one| (one.row.id.replace("CONTACT-INVENTED-", ""), one.is_stale)).collect()
        };
        let own = |n: &str, is_stale| (n.to_owned(), is_stale);
        assert_eq!(find("MG", Topic::Timber, "2026-06-01"), [own("2", false), own("1", false)]);
        // Of two the stale one comes last.
        assert_eq!(find("MG", Topic::Timber, "2026-06-02"), [own("1", false), own("2", true)]);
        assert_eq!(find("KE", Topic::Money, "2026-11-01"), [own("14", false)]);
        assert!(
            find("KE", Topic::Arrest, "2026-11-01").len() == 1 && find("MG", Topic::Arrest, "2026-11-01").is_empty()
        );
        assert!(is_stale(None, "2026-01-01".parse().unwrap()), "nobody ever confirmed it");
    }

    #[test]
    fn a08_agencies_by_urgency_and_parties_without_any() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let on = "2026-11-01".parse().unwrap();
        let police = ContactWish { urgency: Some(Urgency::AtOnce), ..ContactWish::default() };
        let found = contacts(&tables, &police, on);
        assert!(!found.is_empty() && found.iter().all(|one| one.row.urgency == Urgency::AtOnce));
        let without = parties_without(&tables, &ContactWish::default(), on);
        let has = |code: &str| without.contains(&code.parse().unwrap());
        assert!(has("CA") && has("BR") && !has("KE") && !has("MG"), "{without:?}");
        // The narrower the wish, the more Parties have nobody.
        assert!(parties_without(&tables, &police, on).len() > without.len());
        assert!(parties_without(&tables, &police, on).contains(&"MG".parse().unwrap()));
    }
}
