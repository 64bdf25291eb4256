//! What goes to others: each country its part, and each body the heads of its form. Nobody is named in any of them.
//!
//! In: a case and who is told. Out: a document with what it says and what it lacks. Heads of INTERPOL's and the customs networks'
//! forms are from general knowledge and marked so; the forms themselves are not public. Not here: names ([`Entities`](super::Entities)
//! cannot be handed to anything here).

use palisander_engine::CountryCode;
use serde::Serialize;

use super::case::Case;
use super::decide::About;
use super::facts::{Facts, SeizedGoods};
use crate::words::words;

words! {
    /// Whose form.
    Form {
        /// A country that the goods touched.
        Country = "country",
        /// INTERPOL, by the National Central Bureau.
        Interpol = "interpol",
        /// Customs Enforcement Network, what its statistics need.
        CenMinimal = "cen-minimal",
        /// The same with the way and the papers.
        CenLong = "cen-long",
        Secretariat = "secretariat",
    }
}

/// One head of a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Head {
    pub head: &'static str,
    /// What is known; none where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
}

/// A document for somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Packet {
    pub case: String,
    pub form: Form,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<CountryCode>,
    /// `confirmed` or `unconfirmed`: are the heads those of the official form?
    pub heads_are: &'static str,
    pub heads: Vec<Head>,
    /// Heads of which nothing is known.
    pub lacks: Vec<&'static str>,
}

/// The document; `None` where that country has no part in it.
pub fn packet(case: &Case, form: Form, to: Option<CountryCode>) -> Option<Packet> {
    let facts = &case.facts;
    let part = to.map(|to| facts.touched().into_iter().find(|(own, _)| *own == to).map(|(_, part)| part));
    if form == Form::Country && !matches!(part, Some(Some(_))) {
        return None;
    }
    let mut heads = vec![
        head("when", [facts.seized_on.to_string()]),
        head("where", [format!("{} ({}, {})", facts.place.name, facts.place.kind, facts.place.country)]),
        head("goods", facts.goods.iter().map(goods)),
        head("how it was hidden", facts.concealment.iter().map(ToString::to_string)),
        head("how it was found", facts.detected_by.iter().map(ToString::to_string)),
    ];
    if form != Form::CenMinimal {
        heads.push(head("way", way(facts)));
        heads.push(head(
            "papers",
            facts.papers.iter().map(|paper| format!("{} {}: {}", paper.kind, paper.number, paper.finding)),
        ));
        heads.push(head("consignment", case.opened_from.iter().map(|from| from.consignment.clone())));
    } else {
        heads.push(head("departure and destination", ends(facts)));
        heads.push(head("carried by", facts.transport.iter().map(ToString::to_string)));
    }
    match form {
        Form::Country => heads.push(head("your part", part.flatten().map(|part| part.to_string()))),
        Form::Interpol => {
            heads.push(head(
                "offence",
                case.court.charges.iter().map(|charge| format!("{} {}", charge.law, charge.article).trim().to_owned()),
            ));
            heads.push(head("penalty", case.court.sentence_months.map(|months| format!("{months} months"))));
            heads.push(head(
                "others informed",
                case.notices.iter().filter(|one| one.sent_on.is_some()).map(|one| one.called()),
            ));
            // Names go by the police channel from the entities, by hand of those who may read them.
            heads.push(head("persons and companies", std::iter::empty()));
        }
        Form::CenLong | Form::CenMinimal => {
            heads.push(head("nationalities", facts.nationalities.iter().map(|country| country.as_str().to_owned())));
        }
        Form::Secretariat => {
            heads.push(head("marks on the goods", marks(case)));
            heads.push(head("disposal", case.settled(About::Disposal).map(|one| one.choice.to_string())));
        }
    }
    let lacks = heads.iter().filter(|head| head.says.is_empty()).map(|head| head.head).collect();
    let heads_are = if matches!(form, Form::Country) { "our own" } else { "unconfirmed" };
    Some(Packet { case: case.id.clone(), form, to, heads_are, heads, lacks })
}

fn head(head: &'static str, says: impl IntoIterator<Item = String>) -> Head {
    Head { head, says: says.into_iter().collect() }
}

fn goods(goods: &SeizedGoods) -> String {
    let measures = [
        goods.pieces.map(|n| format!("{n} pieces")),
        goods.mass_kg.map(|kg| format!("{kg} kg")),
        goods.volume_m3.map(|m3| format!("{m3} m³")),
        goods.value.zip(goods.currency.as_ref()).map(|(value, currency)| format!("{value} {currency}")),
    ];
    let what = [goods.taxon.clone(), goods.term.clone()].into_iter().flatten().chain(measures.into_iter().flatten());
    what.collect::<Vec<_>>().join(", ")
}

fn way(facts: &Facts) -> Vec<String> {
    let named = |name: &str, countries: &[CountryCode]| {
        let codes: Vec<&str> = countries.iter().map(CountryCode::as_str).collect();
        (!codes.is_empty()).then(|| format!("{name} {}", codes.join(", ")))
    };
    let parts = [
        named("origin as alleged", &facts.origin),
        named("export", &facts.export),
        named("transit", &facts.transit),
        named("destination", &facts.destination),
    ];
    parts.into_iter().flatten().collect()
}

fn ends(facts: &Facts) -> Vec<String> {
    let first = facts.export.first().or(facts.origin.first());
    first.into_iter().chain(facts.destination.last()).map(|country| country.as_str().to_owned()).collect()
}

fn marks(case: &Case) -> Vec<String> {
    case.custody
        .iter()
        .flat_map(|line| line.told.marks.iter().cloned())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A significant case is told to the Secretariat with what its form lacks: nobody takes an empty head for a full one.
    #[test]
    fn i10_the_form_of_a_significant_case_names_its_missing_parts() {
        let told = |facts: serde_json::Value| -> Packet {
            let case: Case = serde_json::from_value(serde_json::json!({
                "id": "c_1", "opened_on": "2026-11-01", "opened_by": "r_1", "lead": "g_1", "state": "opened",
                "is_large": true, "is_appendix_one": false, "facts": facts,
            }))
            .unwrap();
            packet(&case, Form::Secretariat, None).unwrap()
        };
        let mut facts = serde_json::json!({
            "seized_on": "2026-10-31", "place": { "kind": "port", "country": "KE", "name": "KEMBA" }, "activity": "transit",
            "goods": [{ "taxon": "Dalbergia baronii", "mass_kg": 640_000.0 }],
        });
        let bare = told(facts.clone());
        for lacking in ["way", "papers", "how it was hidden", "how it was found", "marks on the goods", "disposal"] {
            assert!(bare.lacks.contains(&lacking), "{lacking}: {:?}", bare.lacks);
        }
        assert!(!bare.lacks.contains(&"goods") && bare.heads_are == "unconfirmed");
        // What is told is no longer missing.
        facts["origin"] = serde_json::json!(["MG"]);
        facts["concealment"] = serde_json::json!(["misdeclared"]);
        let more = told(facts);
        assert!(!more.lacks.contains(&"way") && !more.lacks.contains(&"how it was hidden"), "{:?}", more.lacks);
        assert_eq!(more.lacks.len() + 2, bare.lacks.len());
    }
}
