//! Which taxon stands in which Appendix, for which populations, on which day.
//!
//! In: taxon, country of origin, country of export, day. Out: the rows that surely act and those that may act.
//! Not here: whether a form is covered (`annotations`). Source: datasets/listings/card.toml.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, TaxonName, TaxonWords, genus_of, is_genus};
use super::load::DataSource;
use crate::codes::{Appendix, CountryCode, Date, Period};

/// One taxon in one Appendix for one period.
#[derive(Debug, Clone, Deserialize)]
pub struct Listing {
    /// Id that never changes, whatever the row says later.
    pub id: String,
    /// Species, or `Genus spp.`.
    pub taxon: TaxonName,
    /// Countries of origin whose populations are listed; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub population: Vec<CountryCode>,
    /// The row acts only for exports from these; empty = from anywhere.
    #[serde(deserialize_with = "fields::parts")]
    pub export_countries: Vec<CountryCode>,
    /// Species of the genus that this row leaves out.
    #[serde(deserialize_with = "fields::parts")]
    pub except_taxa: Vec<TaxonName>,
    pub appendix: Appendix,
    /// `#n`, `None` = every part and derivative.
    pub annotation: Option<String>,
    /// Text edition of the annotation, where several exist.
    pub annotation_edition: Option<String>,
    /// First day on which the listing is in force.
    pub effective_from: Date,
    /// Last day; `None` = still in force.
    pub effective_to: Option<Date>,
    /// Instrument that brought it.
    pub instrument: String,
    /// What is uncertain about the dates or the annotation.
    pub date_note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

impl Listing {
    /// Days on which the row acts.
    pub fn period(&self) -> Period {
        Period { from: Some(self.effective_from), to: self.effective_to }
    }

    /// Does the row hold for these goods? Countries that are not known leave it possible.
    pub fn meets(&self, taxon: TaxonWords<'_>, origin: Option<CountryCode>, export: Option<CountryCode>) -> Certainty {
        if self.except_taxa.iter().any(|except| except.words().meets(taxon) == Certainty::Yes) {
            return Certainty::No;
        }
        self.taxon
            .words()
            .meets(taxon)
            .and(within(&self.population, origin))
            .and(within(&self.export_countries, export))
    }

    /// The narrower row stands in place of the wider one.
    fn narrowness(&self) -> u8 {
        u8::from(!is_genus(self.taxon.as_str())) * 4
            + u8::from(!self.population.is_empty())
            + u8::from(!self.export_countries.is_empty())
    }
}

/// Is the country among these? An empty list holds every country; an unknown country may be among them.
pub(super) fn within(countries: &[CountryCode], country: Option<CountryCode>) -> Certainty {
    match country.filter(|c| c.is_known()) {
        _ if countries.is_empty() => Certainty::Yes,
        None => Certainty::Possibly,
        Some(country) if countries.contains(&country) => Certainty::Yes,
        Some(_) => Certainty::No,
    }
}

/// What the Appendices say about some goods on a day.
#[derive(Debug, Clone, Default)]
pub struct Listed<'a> {
    /// Rows that act, the strictest and narrowest first.
    pub certain: Vec<&'a Listing>,
    /// Rows that would act if the species or a country were known to be theirs.
    pub possible: Vec<&'a Listing>,
}

impl<'a> Listed<'a> {
    /// The row that decides, if any surely acts.
    pub fn acting(&self) -> Option<&'a Listing> {
        self.certain.first().copied()
    }

    /// Three-valued answer to "is it listed?".
    pub fn certainty(&self) -> Certainty {
        match (self.certain.is_empty(), self.possible.is_empty()) {
            (false, _) => Certainty::Yes,
            (true, false) => Certainty::Possibly,
            (true, true) => Certainty::No,
        }
    }
}

/// All listings, by genus.
#[derive(Debug, Clone, Default)]
pub struct Listings {
    rows: Vec<Listing>,
    by_genus: BTreeMap<String, Vec<usize>>,
}

impl Listings {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Listing> = fields::rows(source, "listings", faults)?;
        let mut by_genus: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (n, row) in rows.iter().enumerate() {
            by_genus.entry(genus_of(row.taxon.as_str()).into()).or_default().push(n);
        }
        Ok(Self { rows, by_genus })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Listing] {
        &self.rows
    }

    /// The first day on which the Convention applied to a taxon of an origin, by any Appendix; `None` = it never did, or it
    /// hangs on an origin that is not told.
    pub fn first_day(&self, taxon: &str, origin: Option<CountryCode>) -> Option<Date> {
        let of_genus = self.by_genus.get(genus_of(taxon)).map(Vec::as_slice).unwrap_or_default();
        let rows = of_genus.iter().filter_map(|n| self.rows.get(*n));
        let words = TaxonWords::of(taxon);
        let rows =
            rows.filter(|row| row.export_countries.is_empty() && row.meets(words, origin, None) == Certainty::Yes);
        rows.map(|row| row.effective_from).min()
    }

    /// The rows for a taxon (species, or `Genus spp.` when only the genus is known) of an origin, exported from a
    /// country, on a day.
    pub fn on(&self, taxon: &str, origin: Option<CountryCode>, export: Option<CountryCode>, day: Date) -> Listed<'_> {
        let (mut listed, words) = (Listed::default(), TaxonWords::of(taxon));
        let of_genus = self.by_genus.get(genus_of(taxon)).map(Vec::as_slice).unwrap_or_default();
        for row in of_genus.iter().filter_map(|n| self.rows.get(*n)).filter(|row| row.period().contains(day)) {
            match row.meets(words, origin, export) {
                Certainty::Yes => listed.certain.push(row),
                Certainty::Possibly => listed.possible.push(row),
                Certainty::No => {}
            }
        }
        listed.certain.sort_by(|a, b| {
            b.appendix.cmp(&a.appendix).then(b.narrowness().cmp(&a.narrowness())).then(a.id.cmp(&b.id))
        });
        let narrowest = listed.certain.first().map(|row| (row.appendix, row.narrowness()));
        listed.certain.retain(|row| narrowest.is_none_or(|top| (row.appendix, row.narrowness()) == top));
        listed
    }
}
