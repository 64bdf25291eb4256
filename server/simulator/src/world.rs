//! The world as tables: goods, woods, ports, services, firms' words, methods of smuggling, and what they are set to.
//!
//! In: the files of `world/`, built in. Out: [`World`]. Each row has its source, `world/card.toml` says what a row is. No list
//! of the domain stands in code: code says what is done with a row.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// A table of the world does not read.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A row of a table that cannot be read.
    #[error("world/{table}: {why}")]
    Table {
        /// File name.
        table: &'static str,
        /// What is wrong with which row.
        why: String,
    },
}

/// Words by language.
#[derive(Debug, Clone, Default)]
pub struct Words(Vec<(String, String)>);

impl Words {
    /// In this language; in English, or what there is first, where it has none.
    pub fn of(&self, language: &str) -> &str {
        let find = |language: &str| self.0.iter().find(|(own, _)| own == language);
        find(language).or_else(|| find("en")).or(self.0.first()).map_or("", |(_, text)| text)
    }
}

/// Goods of one code: how heavy, how dear, how packed, from where, and their words.
#[derive(Debug, Clone, Deserialize)]
pub struct Goods {
    /// Six digits, HS 2022.
    pub hs: String,
    /// Line of business of those who ship it.
    pub line: String,
    pub low_kg_m3: f64,
    pub high_kg_m3: f64,
    /// Dollars a kilogram.
    pub usd_low: f64,
    pub usd_high: f64,
    #[serde(deserialize_with = "list")]
    pub packages: Vec<String>,
    /// Countries it comes from; empty: any.
    #[serde(deserialize_with = "list")]
    pub from: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub words: Words,
}

/// A wood, what the law says of it, and its names.
#[derive(Debug, Clone, Deserialize)]
pub struct Wood {
    pub key: String,
    pub taxon: String,
    /// `none`; `near`: shares genus or name with a listed one and is free; or why it is listed: `I`, `II`, `MG` (that population), `EAC` (populations of East Africa).
    pub law: String,
    pub low_kg_m3: f64,
    pub high_kg_m3: f64,
    /// Dollars a cubic metre.
    pub usd_m3_low: f64,
    pub usd_m3_high: f64,
    /// Countries that it lawfully comes from.
    #[serde(deserialize_with = "list")]
    pub from: Vec<String>,
    /// Countries where it grows and whose trade in it stands suspended or banned.
    #[serde(deserialize_with = "list")]
    pub barred: Vec<String>,
    /// Ports over which wood of barred countries goes.
    #[serde(deserialize_with = "list")]
    pub via: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub forms: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub words: Words,
}

impl Wood {
    /// True when trade in it needs a CITES document.
    pub fn is_listed(&self) -> bool {
        self.law != "none" && self.law != "near"
    }

    /// True for woods that are looked for, and for those that share their genus or name and are free.
    pub fn is_ours(&self) -> bool {
        self.law != "none"
    }
}

/// A form in which wood is shipped.
#[derive(Debug, Clone, Deserialize)]
pub struct Form {
    pub key: String,
    pub hs: String,
    /// CITES term code.
    pub term: String,
    #[serde(deserialize_with = "list")]
    pub packages: Vec<String>,
    /// Share of the box's room that a load fills.
    pub fill_low: f64,
    pub fill_high: f64,
    /// Mass over volume as a share of the wood's own.
    pub mass_low: f64,
    pub mass_high: f64,
    #[serde(deserialize_with = "words")]
    pub words: Words,
}

/// A port by its UN/LOCODE.
#[derive(Debug, Clone, Deserialize)]
pub struct Port {
    pub locode: String,
    pub country: String,
    pub city: String,
}

/// A service: a carrier's loop that ends at one port of arrival.
#[derive(Debug, Clone, Deserialize)]
pub struct Service {
    pub id: String,
    pub carrier: String,
    pub arrival: String,
    /// Share of the calls.
    pub weight: f64,
    /// Days from the last port.
    pub days: i64,
    /// Where boxes of the other ports are loaded onto the ship; empty: at the ports themselves.
    pub hub: String,
    /// Ports with their share of the boxes.
    #[serde(deserialize_with = "shares")]
    pub ports: Vec<(String, f64)>,
}

/// A carrier and its fleet.
#[derive(Debug, Clone, Deserialize)]
pub struct Carrier {
    pub code: String,
    pub name: String,
    pub ships: usize,
    #[serde(deserialize_with = "list")]
    pub flags: Vec<String>,
}

/// What firms of a country are called and where they sit.
#[derive(Debug, Clone, Deserialize)]
pub struct Country {
    pub code: String,
    pub language: String,
    pub currency: String,
    #[serde(deserialize_with = "list")]
    pub forms: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub cities: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub streets: Vec<String>,
}

/// Who gives permits in a country, and who does not though his papers look alike.
#[derive(Debug, Clone, Deserialize)]
pub struct Issuer {
    pub country: String,
    pub authority: String,
    pub other: String,
    /// How numbers look: `{cc}`, `{yy}`, `{yyyy}`, `{n6}` are filled in.
    pub number: String,
}

/// An ordinary paper that bills name.
#[derive(Debug, Clone, Deserialize)]
pub struct Ordinary {
    pub code: String,
    pub kind: String,
    /// Lines of business that have it; empty: all.
    #[serde(deserialize_with = "list")]
    pub lines: Vec<String>,
    pub weight: f64,
}

/// A country that asks for an import permit of its own for wood of Appendix II.
#[derive(Debug, Clone, Deserialize)]
pub struct Importing {
    pub country: String,
    pub authority: String,
    pub number: String,
}

/// A method of smuggling: what is done, to which base, and the one fact by which its innocent twin differs.
#[derive(Debug, Clone, Deserialize)]
pub struct Method {
    pub id: String,
    pub title: String,
    pub act: String,
    pub base: String,
    pub weight: f64,
    /// Chance that customs of the world open it, beside the random share.
    pub visible: f64,
    pub decisive: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
struct Syllables {
    #[serde(deserialize_with = "list")]
    countries: Vec<String>,
    #[serde(deserialize_with = "list")]
    syllables: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Line {
    line: String,
    #[serde(deserialize_with = "list")]
    words: Vec<String>,
}

/// How large or heavy one package of a kind is; one of the two pairs is there.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    pub kind: String,
    pub low_m3: Option<f64>,
    pub high_m3: Option<f64>,
    pub low_kg: Option<f64>,
    pub high_kg: Option<f64>,
}

/// A phrase that manifests put around the goods.
#[derive(Debug, Clone, Deserialize)]
pub struct Phrase {
    pub kind: String,
    pub language: String,
    #[serde(deserialize_with = "list")]
    pub text: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Setting {
    value: toml::Value,
}

/// All tables of the world, read once.
#[derive(Debug)]
pub struct World {
    pub goods: Vec<Goods>,
    pub sounding: Vec<Goods>,
    pub woods: Vec<Wood>,
    pub forms: Vec<Form>,
    pub ports: BTreeMap<String, Port>,
    pub services: Vec<Service>,
    pub carriers: Vec<Carrier>,
    pub countries: BTreeMap<String, Country>,
    pub issuers: BTreeMap<String, Issuer>,
    pub imports: Vec<Importing>,
    pub papers: Vec<Ordinary>,
    pub methods: Vec<Method>,
    pub phrases: Vec<Phrase>,
    pub packages: Vec<Package>,
    syllables: Vec<Syllables>,
    lines: BTreeMap<String, Vec<String>>,
    settings: BTreeMap<String, Setting>,
}

macro_rules! table {
    ($name:literal) => {
        rows($name, include_str!(concat!("../world/", $name)))
    };
}

impl World {
    /// The world that is built in.
    pub fn shipped() -> Result<Self, WorldError> {
        let lines: Vec<Line> = table!("lines.csv")?;
        let ports: Vec<Port> = table!("ports.csv")?;
        let countries: Vec<Country> = table!("countries.csv")?;
        let issuers: Vec<Issuer> = table!("issuers.csv")?;
        let settings = toml::from_str(include_str!("../world/world.toml"));
        Ok(Self {
            goods: table!("goods.csv")?,
            sounding: table!("sounding.csv")?,
            woods: table!("woods.csv")?,
            forms: table!("forms.csv")?,
            ports: ports.into_iter().map(|port| (port.locode.clone(), port)).collect(),
            services: table!("services.csv")?,
            carriers: table!("carriers.csv")?,
            countries: countries.into_iter().map(|country| (country.code.clone(), country)).collect(),
            issuers: issuers.into_iter().map(|issuer| (issuer.country.clone(), issuer)).collect(),
            imports: table!("imports.csv")?,
            papers: table!("papers.csv")?,
            methods: table!("methods.csv")?,
            phrases: table!("phrases.csv")?,
            packages: table!("packages.csv")?,
            syllables: table!("syllables.csv")?,
            lines: lines.into_iter().map(|line| (line.line, line.words)).collect(),
            settings: settings.map_err(|error: toml::de::Error| WorldError::Table {
                table: "world.toml",
                why: error.message().to_owned(),
            })?,
        })
    }

    /// A number of `world.toml`; 0 for one that is not there, which a test excludes.
    pub fn setting(&self, name: &str) -> f64 {
        let value = self.settings.get(name).map(|setting| &setting.value);
        value.and_then(|value| value.as_float().or_else(|| value.as_integer().map(|n| n as f64))).unwrap_or(0.0)
    }

    /// A text of `world.toml`.
    pub fn text(&self, name: &str) -> &str {
        self.settings.get(name).and_then(|setting| setting.value.as_str()).unwrap_or_default()
    }

    /// The country of a port, by its code.
    pub fn country_of<'a>(&'a self, locode: &'a str) -> &'a str {
        self.ports.get(locode).map_or_else(|| locode.get(..2).unwrap_or(locode), |port| &port.country)
    }

    /// Syllables that names in this country are made of.
    pub fn syllables(&self, country: &str) -> &[String] {
        let own = self.syllables.iter().find(|group| group.countries.iter().any(|own| own == country));
        own.or(self.syllables.first()).map_or(&[], |group| &group.syllables)
    }

    /// Words for a line of business.
    pub fn line(&self, line: &str) -> &[String] {
        self.lines.get(line).or_else(|| self.lines.get("general")).map_or(&[], Vec::as_slice)
    }

    /// Texts of a kind of phrase in this language or in English.
    pub fn phrases(&self, kind: &str, language: &str) -> Vec<&str> {
        let of = |language: &str| -> Vec<&str> {
            let rows = self.phrases.iter().filter(|row| row.kind == kind && row.language == language);
            rows.flat_map(|row| row.text.iter().map(String::as_str)).collect()
        };
        let own = of(language);
        if own.is_empty() { of("en") } else { own }
    }

    /// A wood by its key.
    pub fn wood(&self, key: &str) -> Option<&Wood> {
        self.woods.iter().find(|wood| wood.key == key)
    }

    /// A form by its key.
    pub fn form(&self, key: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.key == key)
    }
}

fn rows<T: for<'de> Deserialize<'de>>(table: &'static str, text: &str) -> Result<Vec<T>, WorldError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let read: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    read.map_err(|error| WorldError::Table { table, why: error.to_string() })
}

fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect())
}

fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Words, D::Error> {
    let pair = |one: String| {
        let (language, text) = one.split_once(':').ok_or(one.as_str()).map_err(serde::de::Error::custom)?;
        Ok((language.to_owned(), text.to_owned()))
    };
    list(from)?.into_iter().map(pair).collect::<Result<_, _>>().map(Words)
}

fn shares<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, f64)>, D::Error> {
    let pair = |one: String| {
        let (name, share) = one.split_once(':').ok_or_else(|| serde::de::Error::custom(&one))?;
        Ok((name.to_owned(), share.parse().map_err(serde::de::Error::custom)?))
    };
    list(from)?.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_fit_each_other() {
        let world = World::shipped().unwrap();
        let port = |code: &str| world.ports.contains_key(code);
        for service in &world.services {
            assert!(port(&service.arrival), "{}", service.id);
            assert!(service.hub.is_empty() || port(&service.hub), "{}", service.id);
            assert!(world.carriers.iter().any(|carrier| carrier.code == service.carrier), "{}", service.id);
            assert!(service.ports.iter().all(|(code, share)| port(code) && *share > 0.0), "{}", service.id);
        }
        for port in world.ports.values() {
            assert!(world.countries.contains_key(&port.country), "{} has no row of its country", port.locode);
        }
        for wood in &world.woods {
            assert!(wood.low_kg_m3 < wood.high_kg_m3 && !wood.forms.is_empty(), "{}", wood.key);
            assert!(wood.forms.iter().all(|form| world.form(form).is_some()), "{}", wood.key);
            assert!(wood.via.iter().all(|code| port(code)), "{}", wood.key);
            let gives = |country: &String| world.issuers.contains_key(country);
            assert!(!wood.is_listed() || wood.from.iter().all(gives), "{}: no authority", wood.key);
        }
        for goods in world.goods.iter().chain(&world.sounding) {
            assert!(goods.hs.len() == 6 && goods.low_kg_m3 < goods.high_kg_m3, "{}", goods.hs);
            let known = |kind: &String| world.packages.iter().any(|package| package.kind == *kind);
            assert!(!goods.packages.is_empty() && goods.packages.iter().all(known), "{}: packages", goods.hs);
            assert!(!goods.words.of("en").is_empty(), "{}", goods.hs);
            assert!(!world.line(&goods.line).is_empty(), "{}", goods.line);
        }
    }

    #[test]
    fn goods_stand_in_every_chapter_and_every_setting_has_its_reason() {
        let world = World::shipped().unwrap();
        let chapters: std::collections::BTreeSet<&str> =
            world.goods.iter().map(|goods| goods.hs.get(..2).unwrap()).collect();
        // Chapter 77 is kept free by the system itself.
        let missing: Vec<String> = (1..=97)
            .filter(|n| *n != 77)
            .map(|n| format!("{n:02}"))
            .filter(|n| !chapters.contains(n.as_str()))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        let settings: BTreeMap<String, BTreeMap<String, toml::Value>> =
            toml::from_str(include_str!("../world/world.toml")).unwrap();
        for (name, setting) in settings {
            for key in ["value", "why", "source"] {
                assert!(setting.contains_key(key), "{name} has no {key}");
            }
        }
        assert!(world.methods.iter().all(|method| !method.source.is_empty() && !method.decisive.is_empty()));
    }
}
