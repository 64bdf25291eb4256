//! A plan for a profile from what an officer knows.
//!
//! In: what the engine reads in the answers. Out: a [`Plan`]: one indicator for the wood by its name, one for the goods that it is
//! hidden under, a bill in which they fire and near misses that differ in one thing.

use serde_json::{Map, Value as Json, json};

use super::draft::{Example, Indicator, Plan};
use super::questions::Answers;
use super::reading::{CoverGoods, Honest, Reading, line};

/// The plan of a profile that answers ask for.
pub fn plan(reading: &Reading, answers: &Answers) -> Plan {
    let (woods, countries) = (answers.wood.join(", "), said(&reading.from));
    let why = match answers.cover.is_empty() {
        true => format!("{woods} leaves {countries} without what honest trade shows."),
        false => format!("{woods} leaves {countries} named openly or under {}.", answers.cover.join(", ")),
    };
    Plan {
        title: format!("{woods} of {countries}"),
        why,
        genera: reading.genera.clone(),
        indicators: indicators(reading, answers),
        examples: examples(reading),
    }
}

fn indicators(reading: &Reading, answers: &Answers) -> Vec<Indicator> {
    let (woods, countries) = (answers.wood.join(", "), said(&reading.from));
    let from = one_of("item.origin", &reading.from.iter().map(|(code, _)| code.clone()).collect::<Vec<_>>());
    let named: Vec<String> =
        reading.woods.iter().map(|(field, names)| among(&format!("item.{field}"), names)).collect();
    let named = if named.len() == 1 { named.concat() } else { format!("({})", named.join(" or ")) };
    let honest = reading.honest.iter().filter_map(|honest| match honest {
        Honest::Paper(_) => Some("item.n_cites_documents == 0".to_owned()),
        Honest::Claim(_, claim) => Some(format!("not(\"{claim}\" in item.claims)")),
        Honest::Words(_) => None,
    });
    let mut tests = vec![named, from.clone()];
    for test in honest {
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    let mut indicators = vec![Indicator {
        name: "wood_is_named",
        parameters: "item",
        doc: format!("{woods} of {countries}, and nothing that would make it honest."),
        test: tests.join(" and "),
        group: "wood",
        reason: "{item.description} of {item.origin}",
        settled_by: "the origin, and the papers of the goods",
    }];
    if !reading.covers.is_empty() {
        let ids: Vec<String> = reading.covers.iter().map(|cover| cover.id.clone()).collect();
        indicators.push(Indicator {
            name: "cover_is_too_heavy",
            parameters: "item",
            doc: format!(
                "{} of {countries}, heavier than such goods can be: {woods} may lie under it.",
                answers.cover.join(", ")
            ),
            test: [one_of("item.cover_goods", &ids), from, "item.heavier_than_cover".to_owned()].join(" and "),
            group: "cover",
            reason: "{item.description} of {item.origin}, {item.gross_mass_kg} kg: heavier than such goods can be",
            settled_by: "mass and volume, or a look into the container",
        });
    }
    indicators
}

/// Names of countries for a sentence.
fn said(countries: &[(String, String)]) -> String {
    countries.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(members: &[String]) -> String {
    format!("[{}]", members.iter().map(|member| format!("\"{member}\"")).collect::<Vec<_>>().join(", "))
}

fn one_of(field: &str, members: &[String]) -> String {
    match members {
        [one] => format!("{field} == \"{one}\""),
        _ => format!("{field} in {}", list(members)),
    }
}

fn among(field: &str, members: &[String]) -> String {
    match members {
        [one] => format!("\"{one}\" in {field}"),
        _ => format!("{field}.shares({})", list(members)),
    }
}

/// A case in which every indicator fires, and near misses that differ in one thing: one for each honest sign that a rule can look
/// at, and one from elsewhere.
fn examples(reading: &Reading) -> Vec<Example> {
    let (origin, country) = reading.from.first().cloned().unwrap_or_default();
    let (elsewhere, other) = &reading.elsewhere;
    let wood = line(&reading.wood_text, Some(&origin), None);
    let covers = |origin: &str, is_heavy: bool| {
        let one = move |cover: &CoverGoods| {
            line(&cover.text, Some(origin), Some(if is_heavy { cover.heavy_kg } else { cover.usual_kg }))
        };
        reading.covers.iter().map(one).collect::<Vec<_>>()
    };
    type Item = Map<String, Json>;
    let example = |name: String, title: String, wood: Item, covers: Vec<Item>, fires: bool| {
        let items: Vec<Item> = std::iter::once(wood).chain(covers).collect();
        let bill = json!({ "bill_of_lading": "EXAMPLE1", "goods_items": items });
        Example { name, title, bill: ("consignment", bill), fires }
    };
    let feared = format!("as it is feared, of {country}");
    let mut made = vec![example("fires".to_owned(), feared, wood.clone(), covers(&origin, true), true)];
    for (n, honest) in reading.honest.iter().enumerate() {
        let mut item = wood.clone();
        let (key, value) = match honest {
            Honest::Paper(_) => {
                let paper = json!({ "kind": "cites_export_permit", "number": "EXAMPLE-1", "country": origin });
                ("documents", Json::from(vec![paper]))
            }
            Honest::Claim(text, _) => ("description", format!("{} {}", reading.wood_text, text.to_uppercase()).into()),
            Honest::Words(_) => continue,
        };
        item.insert(key.to_owned(), value);
        let title = format!("honest: {}", honest.text());
        made.push(example(format!("honest-{}", n + 1), title, item, covers(&origin, false), false));
    }
    let item = line(&reading.wood_text, Some(elsewhere), None);
    let same = format!("the same of {other}");
    made.push(example("elsewhere".to_owned(), same, item, covers(elsewhere, true), false));
    made
}
