//! What the engine reads in an officer's words: woods as fields that name them, countries as codes, cover goods with weights that
//! are too heavy for them, and what honest trade shows.
//!
//! In: answers. Out: [`Reading`], or every word that says nothing to the engine. Nothing is guessed: each word stands in a bill that
//! the engine answers, and what it sees there is what the rule looks at.

use std::collections::BTreeMap;

use palisander_engine::Engine;
use palisander_engine::rules::{Facts, Value, View, cases};
use serde_json::{Map, Value as Json, json};

use super::questions::Answers;

/// Volume of the goods in the bills that are tried, m³: most of a container.
const VOLUME_M3: u32 = 20;
/// Masses that are tried, kg: from nearly nothing to all that a container carries.
const MASSES_KG: [u32; 12] =
    [1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 15_000, 18_000, 21_000, 24_000, 28_000];

/// What the engine reads.
pub struct Reading {
    /// Fields of the item that name the woods, with what they then hold.
    pub woods: BTreeMap<&'static str, Vec<String>>,
    /// Listed genera among them.
    pub genera: Vec<String>,
    /// The first wood as a goods text.
    pub wood_text: String,
    /// Codes of countries, with their names.
    pub from: Vec<(String, String)>,
    /// A country that is none of them.
    pub elsewhere: (String, String),
    pub covers: Vec<CoverGoods>,
    pub honest: Vec<Honest>,
}

/// Goods that the wood is hidden under.
pub struct CoverGoods {
    pub text: String,
    /// Id in `datasets/cover-goods`.
    pub id: String,
    /// A mass that [`VOLUME_M3`] of them cannot have, and one that they have.
    pub heavy_kg: u32,
    pub usual_kg: u32,
}

/// What honest trade shows.
pub enum Honest {
    /// A paper of the Convention.
    Paper(String),
    /// A claim in the goods text, by the words and as the engine reads it.
    Claim(String, String),
    /// Nothing that a rule can look at.
    Words(String),
}

impl Honest {
    /// As the officer said it.
    pub fn text(&self) -> &str {
        match self {
            Self::Paper(text) | Self::Claim(text, _) | Self::Words(text) => text,
        }
    }
}

impl Reading {
    /// Reads the answers; every word that the engine does not know is told.
    pub fn of(engine: &Engine, answers: &Answers) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let mut told = |found: Result<(), String>| wrong.extend(found.err());
        let mut reading = Self {
            woods: BTreeMap::new(),
            genera: Vec::new(),
            wood_text: answers.wood.first().map(|wood| format!("{} LOGS", wood.to_uppercase())).unwrap_or_default(),
            from: Vec::new(),
            elsewhere: Default::default(),
            covers: Vec::new(),
            honest: Vec::new(),
        };
        answers.wood.iter().for_each(|wood| told(reading.wood(engine, wood)));
        answers.from.iter().for_each(|country| told(reading.country(engine, country)));
        answers.cover.iter().for_each(|goods| told(reading.cover(engine, goods)));
        answers.honest.iter().for_each(|words| told(reading.honest(engine, words)));
        let mut rows = engine.references().countries.rows().iter();
        let other = rows.find(|row| reading.from.iter().all(|(code, _)| code != row.code.as_str()));
        reading.elsewhere = other.map(|row| (row.code.to_string(), row.name.clone())).unwrap_or_default();
        if wrong.is_empty() { Ok(reading) } else { Err(wrong) }
    }

    /// A name for the profile: the first wood and the first country.
    pub fn id(&self) -> String {
        let wood = self.wood_text.trim_end_matches(" LOGS");
        let country = self.from.first().map(|(_, name)| name.as_str()).unwrap_or_default();
        let words = format!("{wood} {country}").to_lowercase();
        let words: Vec<&str> =
            words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.join("-")
    }

    /// The narrowest field that names the wood: species, else listed genus, else another wood.
    fn wood(&mut self, engine: &Engine, wood: &str) -> Result<(), String> {
        let facts = facts(engine, line(&format!("{} LOGS", wood.to_uppercase()), None, None))?;
        let held = |field: &str| texts(&facts, field);
        let (taxa, genera) = (held("taxa"), held("genera"));
        let species = taxa.iter().filter(|taxon| taxon.contains(' ')).count();
        let (field, names) = match (species, genera.len()) {
            (1, _) => ("taxa", taxa),
            (_, 1..) => ("genera", genera.clone()),
            _ if !held("lookalikes").is_empty() => ("lookalikes", held("lookalikes")),
            _ => ("other_woods", held("other_woods")),
        };
        if names.is_empty() {
            return Err(format!("--wood: `{wood}` names no wood that is known; `palisander taxa` looks names up"));
        }
        let own = self.woods.entry(field).or_default();
        own.extend(names.into_iter().filter(|name| !own.contains(name)).collect::<Vec<_>>());
        self.genera.extend(genera.into_iter().filter(|genus| !self.genera.contains(genus)).collect::<Vec<_>>());
        Ok(())
    }

    fn country(&mut self, engine: &Engine, country: &str) -> Result<(), String> {
        let found = engine.references().countries.find(country);
        let row = found.ok_or_else(|| format!("--from: `{country}` is no country by code or name"))?;
        let code = row.code.to_string();
        if self.from.iter().all(|(own, _)| *own != code) {
            self.from.push((code, row.name.clone()));
        }
        Ok(())
    }

    fn cover(&mut self, engine: &Engine, goods: &str) -> Result<(), String> {
        let seen = |mass_kg: u32| -> Result<(String, Option<bool>), String> {
            let facts = facts(engine, line(&goods.to_uppercase(), None, Some(mass_kg)))?;
            let heavier = match value(&facts, "heavier_than_cover") {
                Some(Value::Bool(yes)) => Some(yes),
                _ => None,
            };
            let id = match value(&facts, "cover_goods") {
                Some(Value::Text(id)) => id.to_string(),
                _ => String::new(),
            };
            Ok((id, heavier))
        };
        let (mut id, mut usual_kg, mut heavy_kg) = (String::new(), None, None);
        for mass_kg in MASSES_KG {
            let (found, heavier) = seen(mass_kg)?;
            id = found;
            match heavier {
                Some(false) => usual_kg = Some(mass_kg),
                Some(true) if heavy_kg.is_none() => heavy_kg = Some(mass_kg),
                _ => {}
            }
        }
        if id.is_empty() {
            return Err(format!("--cover: `{goods}` are no goods of datasets/cover-goods"));
        }
        match (usual_kg, heavy_kg) {
            (Some(usual_kg), Some(heavy_kg)) => {
                self.covers.push(CoverGoods { text: goods.to_uppercase(), id, heavy_kg, usual_kg });
                Ok(())
            }
            _ => Err(format!("--cover: of `{goods}` no weight is known that a container could pass")),
        }
    }

    fn honest(&mut self, engine: &Engine, words: &str) -> Result<(), String> {
        let small = words.to_lowercase();
        if ["permit", "certificate", "document", "paper"].iter().any(|paper| small.contains(paper)) {
            self.honest.push(Honest::Paper(words.to_owned()));
            return Ok(());
        }
        let text = format!("{} {}", self.wood_text, words.to_uppercase());
        let claims = texts(&facts(engine, line(&text, None, None))?, "claims");
        self.honest.push(match claims.into_iter().next() {
            Some(claim) => Honest::Claim(words.to_owned(), claim),
            None => Honest::Words(words.to_owned()),
        });
        Ok(())
    }
}

/// A goods item of a bill.
pub fn line(description: &str, origin: Option<&str>, gross_mass_kg: Option<u32>) -> Map<String, Json> {
    let mut line = Map::from_iter([("description".to_owned(), Json::from(description))]);
    line.extend(origin.map(|origin| ("origin".to_owned(), origin.into())));
    if let Some(mass_kg) = gross_mass_kg {
        line.extend([("gross_mass_kg", mass_kg), ("volume_m3", VOLUME_M3)].map(|(key, n)| (key.to_owned(), n.into())));
    }
    line
}

/// What a rule sees of a bill with one goods item.
fn facts(engine: &Engine, item: Map<String, Json>) -> Result<Facts, String> {
    let case = json!({
        "title": "what the words say",
        "as_of": crate::state::today(),
        "consignment": { "bill_of_lading": "A", "goods_items": [item] },
    });
    let case = cases::read(&case.to_string())?;
    cases::run(engine, "", "", &case).map(|ran| ran.facts)
}

fn value(facts: &Facts, field: &str) -> Option<Value> {
    let item = facts.of(View::Item).first()?;
    let (n, _) = View::Item.field(field)?;
    Some(facts.frame(View::Item, item).value(View::Item, n))
}

fn texts(facts: &Facts, field: &str) -> Vec<String> {
    match value(facts, field) {
        Some(Value::Texts(set)) => set.iter().map(|text| text.to_string()).collect(),
        _ => Vec::new(),
    }
}
