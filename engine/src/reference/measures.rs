//! Quotas, suspensions, bans, verification duties and alerts by exact lookup.
//!
//! In: taxon, countries in their roles, day, form, source code. Out: the measures that act, surely or possibly, with
//! the role that met. A measure acts on a day when it was published by then and is in force then.
//! Source: datasets/measures/card.toml.

use std::str::FromStr;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, TaxonName, TaxonWords, genus_of};
use super::forms::Form;
use super::listings::within;
use super::load::DataSource;
use crate::codes::{CountryCode, Date, Period};
use crate::words::words;

words! {
    /// What a measure does.
    pub enum MeasureKind {
        /// Nothing may be exported.
        ZeroQuota = "zero_quota",
        /// A limited quantity may be exported.
        Quota = "quota",
        /// Trade is suspended.
        Suspension = "suspension",
        /// Permits are to be confirmed before they are accepted.
        VerifyPermits = "verify_permits",
        /// Illegal trade is known; checks are asked for.
        Alert = "alert",
        /// The exporting State bars export.
        ExportBan = "export_ban",
        /// An importing State bars import.
        ImportBan = "import_ban",
        /// To be known; bars nothing.
        Guidance = "guidance",
    }
}

impl MeasureKind {
    /// True when the goods as declared cannot be lawful while it acts.
    pub fn bars(self) -> bool {
        matches!(self, Self::ZeroQuota | Self::Suspension | Self::ExportBan | Self::ImportBan)
    }
}

/// The part a country plays in a consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountryRole {
    /// Where the wood grew.
    Origin,
    /// Where the goods were exported from.
    Export,
    /// Where they pass.
    Transit,
    /// Where they are imported.
    Import,
}

impl FromStr for CountryRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "origin" => Ok(Self::Origin),
            "export" => Ok(Self::Export),
            "transit" => Ok(Self::Transit),
            "import" => Ok(Self::Import),
            other => Err(format!("`{other}` is not a role of a country: origin, export, transit or import")),
        }
    }
}

/// Whether a measure is known to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureStatus {
    /// The source was read and says so.
    Confirmed,
    /// Number, day or present status was not seen: shown and to be asked, never decisive.
    Unconfirmed,
}

/// Which goods a measure reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// Only specimens that the listing covers on the day.
    ListedSpecimens,
    /// Any goods of the taxon, listed or not.
    AllGoods,
}

/// One legal effect.
#[derive(Debug, Clone, Deserialize)]
pub struct Measure {
    /// Id that never changes, whatever the row says later.
    pub id: String,
    /// Id of the instrument that lays it down.
    pub instrument: String,
    /// What it does.
    pub kind: MeasureKind,
    /// Countries acted against; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    /// Roles in which a country meets the measure.
    #[serde(deserialize_with = "fields::parts", rename = "country_role")]
    pub roles: Vec<CountryRole>,
    /// It speaks of wood that grew here, or that does not say where it grew; empty = wherever.
    #[serde(deserialize_with = "fields::parts")]
    pub origins: Vec<CountryCode>,
    /// Binds imports into these only; empty = everywhere.
    #[serde(deserialize_with = "fields::parts")]
    pub import_countries: Vec<CountryCode>,
    /// Species, `Genus spp.`, `listed` (every taxon listed on the day) or `any`.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<TaxonName>,
    /// Forms; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub forms: Vec<Form>,
    /// Acts on specimens of these source codes or of none declared; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub source_codes: Vec<String>,
    /// `commercial`, or `None` for every purpose.
    pub purpose: Option<String>,
    /// Which goods it reaches.
    pub applies_to: AppliesTo,
    /// Exceptions in words.
    pub carve_out: Option<String>,
    /// The exception is limited to these taxa; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub exempt_taxa: Vec<TaxonName>,
    /// The exception is limited to these forms; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub exempt_forms: Vec<Form>,
    /// Specimens of these source codes are outside.
    #[serde(deserialize_with = "fields::parts")]
    pub exempt_source_codes: Vec<String>,
    /// Goods of which these claims are made are outside, where the claim can be true.
    #[serde(deserialize_with = "fields::parts")]
    pub exempt_claims: Vec<String>,
    /// The exception needs specimens made, acquired or shipped before this day.
    pub exempt_before: Option<Date>,
    /// Nobody could know before.
    pub published_on: Date,
    /// First day on which it is in force.
    pub effective_from: Date,
    /// Last day; `None` = still in force.
    pub effective_to: Option<Date>,
    /// Last day on which a source shows it in force; `None` = not looked up.
    pub last_seen: Option<Date>,
    /// Whether it is known to stand.
    pub status: MeasureStatus,
    /// What is uncertain about the dates.
    pub date_note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// Goods about which measures are asked.
#[derive(Debug, Clone, Copy)]
pub struct MeasureQuestion<'a> {
    /// Species, or `Genus spp.`.
    pub taxon: &'a str,
    /// Is the taxon of that origin and form listed on the day?
    pub listed: Certainty,
    /// Day that counts.
    pub day: Date,
    /// Where the wood grew.
    pub origin: Option<CountryCode>,
    /// Where the goods were exported from.
    pub export: Option<CountryCode>,
    /// Where they pass.
    pub transit: &'a [CountryCode],
    /// Where they are imported.
    pub import: Option<CountryCode>,
    /// Form, where known.
    pub form: Option<Form>,
    /// Source code, where declared.
    pub source_code: Option<&'a str>,
    /// Claims of the goods text that can be true of the taxon, such as `plantation`.
    pub claims: &'a [&'a str],
}

/// A measure that acts on the goods asked about.
#[derive(Debug, Clone, Copy)]
pub struct ActingMeasure<'a> {
    pub measure: &'a Measure,
    /// The role in which the country met it; `None` when the measure is about every country.
    pub met: Option<(CountryRole, CountryCode)>,
    /// Surely, or only if what is unknown turns out so.
    pub certainty: Certainty,
    /// The same of the goods alone, whatever the country.
    pub goods: Certainty,
}

impl Measure {
    /// Published by the day and in force on it.
    pub fn acts_on(&self, day: Date) -> bool {
        self.published_on <= day && Period { from: Some(self.effective_from), to: self.effective_to }.contains(day)
    }

    /// The day on which it was last seen in force, where the day that counts is later and no end is known.
    pub fn last_seen_before(&self, day: Date) -> Option<Date> {
        self.last_seen.filter(|seen| self.effective_to.is_none() && *seen < day)
    }

    /// Does it reach the goods? `taxon`: the words of the taxon that is asked about.
    fn meets<'a>(&'a self, asked: &MeasureQuestion<'_>, taxon: TaxonWords<'_>) -> Option<ActingMeasure<'a>> {
        if !self.acts_on(asked.day) || within(&self.origins, asked.origin) == Certainty::No {
            return None;
        }
        let (met, by_country) = self.meets_country(asked);
        if by_country == Certainty::No {
            return None;
        }
        let goods = self
            .meets_taxon(asked, taxon)
            .and(within(&self.import_countries, asked.import))
            .and(self.meets_form(asked, taxon))
            .and(self.meets_source(asked))
            .and(self.meets_claims(asked));
        let certainty = by_country.and(goods);
        (certainty != Certainty::No).then_some(ActingMeasure { measure: self, met, certainty, goods })
    }

    fn meets_country(&self, asked: &MeasureQuestion<'_>) -> (Option<(CountryRole, CountryCode)>, Certainty) {
        if self.countries.is_empty() {
            return (None, Certainty::Yes);
        }
        let mut unknown = false;
        for role in &self.roles {
            let single = match role {
                CountryRole::Origin => asked.origin,
                CountryRole::Export => asked.export,
                CountryRole::Import => asked.import,
                CountryRole::Transit => {
                    if let Some(country) = asked.transit.iter().find(|c| self.countries.contains(c)) {
                        return (Some((*role, *country)), Certainty::Yes);
                    }
                    continue;
                }
            };
            match within(&self.countries, single) {
                Certainty::Yes => return (single.map(|country| (*role, country)), Certainty::Yes),
                // An unknown origin may be any; an unknown export only where no way is told at all.
                Certainty::Possibly => {
                    unknown |= *role == CountryRole::Origin || *role == CountryRole::Export && asked.transit.is_empty();
                }
                Certainty::No => {}
            }
        }
        (None, if unknown { Certainty::Possibly } else { Certainty::No })
    }

    fn meets_taxon(&self, asked: &MeasureQuestion<'_>, taxon: TaxonWords<'_>) -> Certainty {
        let named = self.taxa.iter().map(|own| match own.as_str() {
            "any" => Certainty::Yes,
            "listed" => asked.listed,
            _ => own.words().meets(taxon),
        });
        let named = if self.taxa.is_empty() { Certainty::Yes } else { named.max().unwrap_or(Certainty::No) };
        match self.applies_to {
            AppliesTo::AllGoods => named,
            AppliesTo::ListedSpecimens => named.and(asked.listed),
        }
    }

    fn meets_form(&self, asked: &MeasureQuestion<'_>, taxon: TaxonWords<'_>) -> Certainty {
        let inside = match asked.form {
            _ if self.forms.is_empty() => Certainty::Yes,
            None => Certainty::Possibly,
            Some(form) if self.forms.contains(&form) => Certainty::Yes,
            Some(_) => Certainty::No,
        };
        inside.and(self.carved_out(asked, taxon))
    }

    /// `Yes` = the exception surely does not apply; `No` = it surely does.
    fn carved_out(&self, asked: &MeasureQuestion<'_>, taxon: TaxonWords<'_>) -> Certainty {
        if self.exempt_forms.is_empty() && self.exempt_taxa.is_empty() {
            return Certainty::Yes;
        }
        let is_exempt =
            self.exempt_taxa.is_empty() || self.exempt_taxa.iter().any(|own| own.words().meets(taxon) != Certainty::No);
        if !is_exempt {
            return Certainty::Yes;
        }
        match asked.form {
            _ if self.exempt_forms.is_empty() => Certainty::Possibly,
            None => Certainty::Possibly,
            Some(form) if !self.exempt_forms.contains(&form) => Certainty::Yes,
            Some(_) if self.exempt_before.is_some() => Certainty::Possibly,
            Some(_) => Certainty::No,
        }
    }

    /// A claim takes the goods out only where the source code does not say otherwise.
    fn meets_claims(&self, asked: &MeasureQuestion<'_>) -> Certainty {
        let claimed = self.exempt_claims.iter().any(|claim| asked.claims.contains(&claim.as_str()));
        match asked.source_code {
            _ if !claimed => Certainty::Yes,
            Some(code) if !self.exempt_source_codes.iter().any(|exempt| exempt == code) => Certainty::Yes,
            _ => Certainty::No,
        }
    }

    fn meets_source(&self, asked: &MeasureQuestion<'_>) -> Certainty {
        match asked.source_code {
            Some(code) if self.exempt_source_codes.iter().any(|exempt| exempt == code) => Certainty::No,
            Some(code) if !self.source_codes.is_empty() && !self.source_codes.iter().any(|c| c == code) => {
                Certainty::No
            }
            None if !self.source_codes.is_empty() => Certainty::Possibly,
            _ => Certainty::Yes,
        }
    }
}

/// The measures of all countries, by the taxa they concern.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    rows: Vec<Measure>,
    /// Rows that may hold for a genus that some row names, in the order of the table.
    by_genus: FxHashMap<String, Vec<usize>>,
    /// Rows that may hold for any other.
    of_others: Vec<usize>,
    /// Rows that a country of export can meet, in the order of the table.
    by_export: FxHashMap<CountryCode, Vec<usize>>,
}

impl Measures {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Measure> = fields::rows(source, "measures", faults)?;
        let is_general = |row: &Measure| {
            row.taxa.is_empty() || row.taxa.iter().any(|taxon| matches!(taxon.as_str(), "any" | "listed"))
        };
        let may_hold = |row: &Measure, genus: &str| {
            is_general(row) || row.taxa.iter().any(|taxon| genus_of(taxon.as_str()) == genus)
        };
        let of = |holds: &dyn Fn(&Measure) -> bool| {
            rows.iter().enumerate().filter(|(_, row)| holds(row)).map(|(n, _)| n).collect::<Vec<usize>>()
        };
        let genera = rows.iter().flat_map(|row| &row.taxa).map(|taxon| genus_of(taxon.as_str()).to_owned());
        let by_genus = genera.map(|genus| (genus.clone(), of(&|row| may_hold(row, &genus)))).collect();
        let of_others = of(&is_general);
        let mut by_export: FxHashMap<CountryCode, Vec<usize>> = FxHashMap::default();
        for (n, row) in rows.iter().enumerate().filter(|(_, row)| row.roles.contains(&CountryRole::Export)) {
            for country in &row.countries {
                let rows = by_export.entry(*country).or_default();
                if rows.last() != Some(&n) {
                    rows.push(n);
                }
            }
        }
        Ok(Self { rows, by_genus, of_others, by_export })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Measure] {
        &self.rows
    }

    /// The measures that act on the goods, surely or possibly, in the order of the table.
    pub fn acting<'a>(&'a self, asked: &MeasureQuestion<'_>) -> Vec<ActingMeasure<'a>> {
        let rows = self.by_genus.get(genus_of(asked.taxon)).unwrap_or(&self.of_others);
        let taxon = TaxonWords::of(asked.taxon);
        rows.iter().filter_map(|n| self.rows.get(*n)?.meets(asked, taxon)).collect()
    }

    /// Those of them that the country of export meets, and no country in a role that is asked before.
    pub fn acting_on_export<'a>(
        &'a self,
        asked: &MeasureQuestion<'a>,
    ) -> impl Iterator<Item = ActingMeasure<'a>> + use<'a> {
        let rows = asked.export.and_then(|country| self.by_export.get(&country));
        let asked = *asked;
        let taxon = TaxonWords::of(asked.taxon);
        let acting = rows.into_iter().flatten().filter_map(move |n| self.rows.get(*n)?.meets(&asked, taxon));
        acting.filter(|acting| acting.met.is_some_and(|(role, _)| role == CountryRole::Export))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked by the country of export is what all rows say of it.
    #[test]
    fn measures_of_a_country_of_export_are_found_by_it() {
        let measures = Measures::load(&DataSource::Embedded, &mut Vec::new()).unwrap();
        let countries: Vec<CountryCode> = measures.rows.iter().flat_map(|row| row.countries.iter().copied()).collect();
        let mut n = 0;
        for export in countries {
            for taxon in ["Dalbergia melanoxylon", "Dalbergia spp.", "Diospyros ebenum", "Pinus sylvestris"] {
                for origin in [None, Some(export)] {
                    let asked = MeasureQuestion {
                        taxon,
                        listed: Certainty::Yes,
                        day: Date::constant(2025, 6, 1),
                        origin,
                        export: Some(export),
                        transit: &[export],
                        import: None,
                        form: Some(Form::Log),
                        source_code: None,
                        claims: &[],
                    };
                    let all = measures.acting(&asked).into_iter();
                    let by_all: Vec<_> = all
                        .filter(|acting| acting.met.is_some_and(|(met, _)| met == CountryRole::Export))
                        .map(|acting| (&acting.measure.id, acting.certainty, acting.goods))
                        .collect();
                    let by_export = measures.acting_on_export(&asked);
                    let by_export: Vec<_> =
                        by_export.map(|acting| (&acting.measure.id, acting.certainty, acting.goods)).collect();
                    assert_eq!(by_export, by_all, "{export} {taxon} {origin:?}");
                    n += by_export.len();
                }
            }
        }
        assert!(n > 0);
    }
}
