//! What happened, without a name in it: goods, places, ways, papers. Statistics and bodies abroad are told of these alone.
//!
//! Field list after the seizure record of ETIS and CITES' annual illegal trade report. Not here: people and firms (`entities.rs`).

use std::collections::BTreeSet;

use palisander_engine::{CountryCode, Date};
use serde::{Deserialize, Serialize};

use super::limits::Shape;
use crate::words::words;

words! {
    /// Where goods were found.
    PlaceKind {
        Port = "port",
        Airport = "airport",
        Post = "post",
        Land = "land",
        Home = "home",
        Business = "business",
        Market = "market",
    }
}

words! {
    /// Who found them.
    AgencyKind {
        Customs = "customs",
        Police = "police",
        Wildlife = "wildlife",
        Forest = "forest",
        Coastguard = "coastguard",
        Other = "other",
    }
}

words! {
    /// What was being done with them.
    Activity {
        Import = "import",
        Export = "export",
        ReExport = "re_export",
        Transit = "transit",
        Domestic = "domestic",
        Sale = "sale",
    }
}

words! {
    /// What was done that a law may forbid.
    Pattern {
        NoPermit = "no_permit",
        FalsePermit = "false_permit",
        FalseSpecies = "false_species",
        FalseValue = "false_value",
        FalseOrigin = "false_origin",
        Possession = "possession",
        Proceeds = "proceeds",
        Organised = "organised",
    }
}

words! {
    /// How they were carried.
    Mode { Sea = "sea", Air = "air", Road = "road", Rail = "rail", Mail = "mail", Person = "person", None = "none" }
}

words! {
    /// How they were hidden.
    Concealment {
        Open = "open",
        CoverLoad = "cover_load",
        Misdeclared = "misdeclared",
        HiddenSpace = "hidden_space",
        MixedLot = "mixed_lot",
        Other = "other",
    }
}

words! {
    /// What led to a find (CITES CoP17 Doc. 25, Annex 3, paragraph 8, and B15).
    Detection {
        Information = "information",
        Profile = "profile",
        Scan = "scan",
        Dog = "dog",
        Routine = "routine",
        Operation = "operation",
        /// The bill was drawn, whatever stood in it.
        Random = "random",
    }
}

words! {
    /// What is to be said of a paper.
    Finding { Consistent = "consistent", Inconsistent = "inconsistent", Unverifiable = "unverifiable", False = "false" }
}

/// Where it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub kind: PlaceKind,
    pub country: CountryCode,
    /// UN/LOCODE of a port, or a place in words; never an address of a person.
    pub name: String,
}

/// One kind of goods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeizedGoods {
    /// Accepted name, or a genus as `Dalbergia spp.`; none while nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxon: Option<String>,
    /// CITES term code: LOG, SAW, VEN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// CITES source code; `I` = confiscated before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_kg: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_m3: Option<f64>,
    /// In `currency`, as it was estimated; never converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A paper that came with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenPaper {
    pub kind: String,
    pub number: String,
    pub finding: Finding,
}

/// The half of a case in which nobody is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Calendar day at the place.
    pub seized_on: Date,
    pub place: Place,
    pub activity: Activity,
    /// Agencies that made the find; several where they worked together.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub agencies: BTreeSet<AgencyKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Mode>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub concealment: BTreeSet<Concealment>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub detected_by: BTreeSet<Detection>,
    pub goods: Vec<SeizedGoods>,
    /// Countries of origin as they are alleged, and those of the way in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origin: Vec<CountryCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub export: Vec<CountryCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transit: Vec<CountryCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub destination: Vec<CountryCode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<SeenPaper>,
    /// Of those who are suspected.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub nationalities: BTreeSet<CountryCode>,
    /// What was done, beside what follows from papers and declarations.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub patterns: BTreeSet<Pattern>,
    /// Somebody was arrested with the goods.
    #[serde(default)]
    pub arrests: u32,
}

impl Facts {
    /// Names of woods as the tables write them, however they were typed: `DALBERGIA  nigra` is `Dalbergia nigra`.
    pub fn tidied(mut self) -> Self {
        for goods in &mut self.goods {
            goods.taxon = goods.taxon.take().map(|name| tidy(&name));
        }
        self
    }

    /// Everything that cannot be so.
    pub fn faults(&self) -> Vec<String> {
        let mut shape = Shape::default();
        shape.text("place.name", &self.place.name);
        if self.goods.is_empty() {
            shape.say("`goods` says what was found; one row at least");
        }
        let many = [
            self.goods.len(),
            self.papers.len(),
            self.origin.len(),
            self.export.len(),
            self.transit.len(),
            self.destination.len(),
        ];
        many.into_iter().for_each(|n| shape.rows("a list of the facts", n));
        for (n, goods) in self.goods.iter().enumerate() {
            let at = |field: &str| format!("goods.{n}.{field}");
            for (field, text) in [("taxon", &goods.taxon), ("term", &goods.term), ("source_code", &goods.source_code)] {
                text.iter().for_each(|text| shape.text(&at(field), text));
            }
            let measures = [("mass_kg", goods.mass_kg), ("volume_m3", goods.volume_m3), ("value", goods.value)];
            measures.into_iter().for_each(|(field, number)| shape.measure(&at(field), number));
            if goods.value.is_some() != goods.currency.is_some() {
                shape.say(&format!("`{}` and `{}` belong together", at("value"), at("currency")));
            }
            let is_currency = |text: &String| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
            if goods.currency.as_ref().is_some_and(|text| !is_currency(text)) {
                shape.say(&format!("`{}` is three letters of ISO 4217", at("currency")));
            }
        }
        for (n, paper) in self.papers.iter().enumerate() {
            shape.text(&format!("papers.{n}.kind"), &paper.kind);
            shape.text(&format!("papers.{n}.number"), &paper.number);
        }
        shape.faults
    }

    /// What was done: as it was told, and as it follows from papers and declarations.
    pub fn happened(&self) -> BTreeSet<Pattern> {
        let mut all = self.patterns.clone();
        all.insert(Pattern::Possession);
        if self.papers.is_empty() {
            all.insert(Pattern::NoPermit);
        }
        if self.papers.iter().any(|paper| paper.finding == Finding::False) {
            all.insert(Pattern::FalsePermit);
        }
        if self.concealment.contains(&Concealment::Misdeclared) {
            all.insert(Pattern::FalseSpecies);
        }
        all
    }

    /// Kilograms and m³ of all goods, as far as they are known; `None` where none is.
    pub fn measures(&self) -> (Option<f64>, Option<f64>) {
        let sum = |of: fn(&SeizedGoods) -> Option<f64>| self.goods.iter().filter_map(of).reduce(|a, b| a + b);
        (sum(|goods| goods.mass_kg), sum(|goods| goods.volume_m3))
    }

    /// Countries that the goods touched and that have to hear of it, each with its part; never the one that found them.
    pub fn touched(&self) -> Vec<(CountryCode, Part)> {
        let parts = [
            (&self.origin, Part::Origin),
            (&self.export, Part::Export),
            (&self.transit, Part::Transit),
            (&self.destination, Part::Destination),
        ];
        let mut found: Vec<(CountryCode, Part)> = Vec::new();
        for (countries, part) in parts {
            for country in countries {
                let is_known = *country == CountryCode::UNKNOWN || *country == self.place.country;
                if !is_known && !found.iter().any(|(own, _)| own == country) {
                    found.push((*country, part));
                }
            }
        }
        found
    }
}

words! {
    /// What a country has to do with the goods.
    Part { Origin = "origin", Export = "export", Transit = "transit", Destination = "destination" }
}

fn tidy(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
