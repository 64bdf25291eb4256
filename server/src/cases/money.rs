//! A suspicious-transaction report for a financial intelligence unit, with what goods of that kind fetch beside what was declared.
//!
//! In: a case, its names, the tables of values. Out: XML in the shape of goAML, with what is missing told apart. It goes by a channel of
//! its own, in which names may stand; no other document is made of names. Names of the nodes report, activity, goods_services and
//! report_indicators were read; those within them are from general knowledge and unconfirmed. Not here: who may have it.

use std::fmt::Write as _;

use palisander_engine::Date;
use palisander_engine::tables::References;
use serde::Serialize;

use super::case::Case;
use super::decide::{About, Choice};
use super::entities::{Entities, EntityKind};
use super::facts::SeizedGoods;
use crate::words::words;

words! {
    /// How a declared value stands to what such wood fetches.
    Priced {
        Below = "below",
        Within = "within",
        Above = "above",
        /// It cannot be compared.
        Open = "open",
    }
}

/// A declared value beside those of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceEvidence {
    pub taxon: String,
    pub priced: Priced,
    /// Declared, for each `per`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// `USD per m3`.
    pub unit: String,
    /// Where the values were read, or why nothing can be compared.
    pub says: String,
}

/// The report and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuspicionReport {
    pub case: String,
    pub xml: String,
    pub prices: Vec<PriceEvidence>,
    /// What it lacks; nothing when it is complete.
    pub missing: Vec<String>,
    /// Names of nodes that nobody has confirmed.
    pub unconfirmed: Vec<&'static str>,
}

/// Nodes whose names were not read.
const UNCONFIRMED: &[&str] = &[
    "report_code",
    "entity_reference",
    "submission_date",
    "reason",
    "action",
    "report_parties",
    "report_party",
    "item",
    "item_type",
    "description",
    "estimated_value",
    "currency_code",
    "size",
    "size_uom",
    "comments",
    "indicator",
];

/// The report of a case on a day.
pub fn suspicion(case: &Case, names: &Entities, tables: &References, on: Date) -> SuspicionReport {
    let prices: Vec<PriceEvidence> = case.facts.goods.iter().map(|goods| price(goods, tables)).collect();
    let settled = case.settled(About::MoneyTrail);
    let reason =
        settled.filter(|own| own.choice == Choice::Followed).map(|own| own.reason.as_str()).unwrap_or_default();
    let mut missing = Vec::new();
    let mut lacks = |is_missing: bool, what: &str| {
        if is_missing {
            missing.push(what.to_owned());
        }
    };
    let has = |kind| names.entities.iter().any(|own| own.kind == kind);
    lacks(reason.is_empty(), "the decision that the money is followed, with its reason");
    lacks(!has(EntityKind::Person) && !has(EntityKind::Company), "a person or a company");
    lacks(!has(EntityKind::Account), "an account");
    lacks(case.facts.goods.iter().any(|goods| goods.value.is_none()), "a value of each of the goods");
    lacks(
        prices.iter().all(|own| own.priced == Priced::Open),
        "a value that can be compared with what such wood fetches",
    );
    let xml = written(case, names, &prices, reason, on);
    SuspicionReport { case: case.id.clone(), xml, prices, missing, unconfirmed: UNCONFIRMED.to_vec() }
}

fn price(goods: &SeizedGoods, tables: &References) -> PriceEvidence {
    let taxon = goods.taxon.clone().unwrap_or_default();
    let open = |says: &str| PriceEvidence {
        taxon: taxon.clone(),
        priced: Priced::Open,
        declared: None,
        low: None,
        high: None,
        unit: String::new(),
        says: says.to_owned(),
    };
    let Some((value, currency)) = goods.value.zip(goods.currency.as_ref()) else { return open("no value is known") };
    let Some(row) = tables.densities.value_of(&taxon) else { return open("the table has no value of that wood") };
    if *currency != row.currency {
        return open("the value is in another currency than the table's");
    }
    let amount = match row.per.as_str() {
        "m3" => goods.volume_m3,
        "t" => goods.mass_kg.map(|mass| mass / 1_000.0),
        _ => None,
    };
    let Some(amount) = amount.filter(|amount| *amount > 0.0) else {
        return open("the amount is not known in the unit of the table");
    };
    let declared = value / amount;
    let priced = if declared < row.value_low {
        Priced::Below
    } else if declared > row.value_high {
        Priced::Above
    } else {
        Priced::Within
    };
    PriceEvidence {
        priced,
        declared: Some((declared * 100.0).round() / 100.0),
        low: Some(row.value_low),
        high: Some(row.value_high),
        unit: format!("{} per {}", row.currency, row.per),
        says: row.source.clone(),
        taxon,
    }
}

fn written(case: &Case, names: &Entities, prices: &[PriceEvidence], reason: &str, on: Date) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<report>\n");
    let node = |xml: &mut String, name: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(xml, "<{name}>{}</{name}>", escaped(text));
        }
    };
    node(&mut xml, "report_code", "STR");
    node(&mut xml, "entity_reference", &case.id);
    node(&mut xml, "submission_date", &on.to_string());
    node(&mut xml, "reason", reason);
    let follows = case.state.to_string();
    node(&mut xml, "action", &format!("case of {}, {follows}", case.facts.seized_on));
    xml.push_str("<activity>\n<report_parties>\n");
    for own in &names.entities {
        xml.push_str("<report_party>\n");
        node(&mut xml, own.kind.as_str(), &own.name);
        node(&mut xml, "reason", &own.lawful_basis);
        node(&mut xml, "comments", &own.links.join("; "));
        xml.push_str("</report_party>\n");
    }
    xml.push_str("</report_parties>\n<goods_services>\n");
    for (goods, price) in case.facts.goods.iter().zip(prices) {
        xml.push_str("<item>\n");
        node(&mut xml, "item_type", goods.term.as_deref().unwrap_or("TIM"));
        node(&mut xml, "description", goods.taxon.as_deref().unwrap_or_default());
        let number = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
        node(&mut xml, "estimated_value", &number(goods.value));
        node(&mut xml, "currency_code", goods.currency.as_deref().unwrap_or_default());
        let (size, unit) = match (goods.volume_m3, goods.mass_kg) {
            (Some(volume), _) => (number(Some(volume)), "m3"),
            (None, Some(mass)) => (number(Some(mass)), "kg"),
            _ => (String::new(), ""),
        };
        node(&mut xml, "size", &size);
        node(&mut xml, "size_uom", unit);
        let said = match (price.declared, price.low, price.high) {
            (Some(declared), Some(low), Some(high)) => {
                format!(
                    "{declared} {} is {} what such wood fetches, {low} to {high}: {}",
                    price.unit, price.priced, price.says
                )
            }
            _ => format!("not compared: {}", price.says),
        };
        node(&mut xml, "comments", &said);
        xml.push_str("</item>\n");
    }
    xml.push_str("</goods_services>\n</activity>\n<report_indicators>\n");
    for pattern in case.facts.happened() {
        node(&mut xml, "indicator", pattern.as_str());
    }
    xml.push_str("</report_indicators>\n</report>\n");
    xml
}

/// A text within a node; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use palisander_engine::{Engine, Options};
    use quick_xml::Reader;
    use quick_xml::events::Event;
    use serde_json::{Value, json};

    use super::*;

    fn case(change: impl Fn(&mut Value)) -> Case {
        let mut told = json!({
            "id": "c_1", "opened_on": "2026-11-01", "opened_by": "r", "lead": "g", "state": "investigating",
            "facts": { "seized_on": "2026-11-01", "place": { "kind": "port", "country": "KE", "name": "KEMBA" }, "activity": "transit",
                "goods": [{ "taxon": "Dalbergia cochinchinensis", "term": "LOG", "volume_m3": 10.0, "value": 9_000.0, "currency": "USD" }] },
            "is_large": true, "is_appendix_one": false,
            "decisions": [{ "about": "money_trail", "choice": "followed", "reason": "paid through three firms", "by": "r", "on": "2026-11-02" }],
        });
        change(&mut told);
        serde_json::from_value(told).unwrap()
    }

    fn names() -> Entities {
        let of = |kind: &str, name: &str| json!({ "kind": kind, "name": name, "lawful_basis": "Act 9" });
        let all =
            json!({ "case": "c_1", "entities": [of("company", "ZEBRA & <SONS>"), of("account", "XX00 1234 5678")] });
        serde_json::from_value(all).unwrap()
    }

    /// Nodes and their texts, as another's reader has them.
    fn nodes(xml: &str) -> Vec<(String, String)> {
        let mut reader = Reader::from_str(xml);
        let (mut path, mut found) = (Vec::<String>::new(), Vec::<(String, String)>::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    path.push(start.name().as_ref().to_owned());
                    found.push((path.join("/"), String::new()));
                }
                Event::End(_) => drop(path.pop()),
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(path.is_empty());
        found
    }

    /// M03: it is well formed, in the shape that was read, with the price evidence inside, and complete.
    #[test]
    fn m03_the_report_holds_the_price_evidence_and_says_what_it_lacks() {
        let engine = Engine::open(&Options::default()).unwrap();
        let tables = engine.references();
        let on: Date = "2026-11-03".parse().unwrap();
        let made = suspicion(&case(|_| {}), &names(), tables, on);
        assert_eq!(made.missing, [""; 0]);
        // 9 000 USD for 10 m³ is 900 a m³; the table says 4 000 to 60 000.
        let price = &made.prices[0];
        assert_eq!(
            (price.priced, price.declared, price.low, price.high),
            (Priced::Below, Some(900.0), Some(4_000.0), Some(60_000.0))
        );
        assert!(made.xml.contains("900 USD per m3 is below what such wood fetches, 4000 to 60000"), "{}", made.xml);
        let found = nodes(&made.xml);
        for node in
            ["report", "report/activity", "report/activity/goods_services/item", "report/report_indicators/indicator"]
        {
            assert!(found.iter().any(|(path, _)| path == node), "{node}: {found:?}");
        }
        assert!(made.xml.contains("ZEBRA &amp; &lt;SONS&gt;") && !made.xml.contains("<SONS>"));
        assert!(made.unconfirmed.contains(&"report_party") && !made.unconfirmed.contains(&"goods_services"));
        // Everything that it lacks is told at once.
        let bare = case(|told| {
            told["decisions"] = json!([]);
            told["facts"]["goods"] = json!([{ "taxon": "Dalbergia cochinchinensis" }]);
        });
        let bare = suspicion(&bare, &Entities::default(), tables, on);
        assert_eq!(bare.missing.len(), 5, "{:?}", bare.missing);
        nodes(&bare.xml);
    }

    #[test]
    fn values_are_compared_only_in_the_same_unit_and_money() {
        let engine = Engine::open(&Options::default()).unwrap();
        let priced = |goods: Value| {
            let case = case(|told| told["facts"]["goods"] = json!([goods]));
            price(&case.facts.goods[0], engine.references()).priced
        };
        let goods = |value: f64, currency: &str, volume: Value, taxon: &str| json!({ "taxon": taxon, "value": value, "currency": currency, "volume_m3": volume });
        let siam = "Dalbergia cochinchinensis";
        for (value, expected) in
            [(3_999.0, Priced::Below), (4_000.0, Priced::Within), (60_000.0, Priced::Within), (60_001.0, Priced::Above)]
        {
            assert_eq!(priced(goods(value, "USD", json!(1.0), siam)), expected, "{value}");
        }
        assert_eq!(priced(goods(10.0, "EUR", json!(1.0), siam)), Priced::Open);
        assert_eq!(priced(goods(10.0, "USD", Value::Null, siam)), Priced::Open);
        assert_eq!(priced(goods(10.0, "USD", json!(0.0), siam)), Priced::Open);
        assert_eq!(priced(goods(10.0, "USD", json!(1.0), "Nothing known")), Priced::Open);
    }
}
