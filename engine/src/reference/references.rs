//! All tables, loaded once and frozen.
//!
//! In: a [`DataSource`]. Out: typed tables with lookups, or all faults of all tables. The edition is a hash over the
//! bytes of every table, so that an answer says which facts it rests on.

use std::collections::{BTreeMap, BTreeSet};

use super::annotations::Annotations;
use super::authorities::Authorities;
use super::code_lists::CodeLists;
use super::correspondence::Correspondence;
use super::countries::Countries;
use super::cover::Covers;
use super::currencies::Currencies;
use super::densities::Densities;
use super::directory::Directory;
use super::duties::Duties;
use super::error::{ReferenceError, TableFault};
use super::fields::{genus_of, species_of};
use super::follow_up::FollowUp;
use super::gradings::Gradings;
use super::groups::Groups;
use super::hs::HsCodes;
use super::import_permits::ImportRules;
use super::instruments::Instruments;
use super::listings::Listings;
use super::load::{DataSource, list};
use super::measures::Measures;
use super::offences::Offences;
use super::places::Places;
use super::plantations::Plantations;
use super::ports::Ports;
use super::powers::Powers;
use super::quotas::Quotas;
use super::reservations::Reservations;
use super::routes::Routes;
use super::seizures::Seizures;
use super::storage::StorageSites;
use super::term_forms::NearForms;
use super::timbers::Timbers;
use super::united::UnitedTaxa;
use super::units::Units;

/// Tables whose bytes make the edition. Those of names are read by `names`; they count when present.
pub const TABLES: &[&str] = &[
    "alert-kinds",
    "alert-words",
    "annotations",
    "authorities",
    "case-leads",
    "clauses",
    "codes",
    "contacts",
    "contexts",
    "control-methods",
    "conventions",
    "correspondence",
    "countries",
    "cover-goods",
    "currency-pegs",
    "currency-rates",
    "currency-year-rates",
    "densities",
    "duties",
    "forms",
    "goods-words",
    "gradings",
    "groups",
    "guidance",
    "header-meanings",
    "header-words",
    "helpers",
    "hs-codes",
    "hs-densities",
    "import-permit-rules",
    "instruments",
    "laboratories",
    "language-words",
    "large-seizures",
    "latin-words",
    "legislation",
    "library",
    "listings",
    "measures",
    "notifications",
    "month-names",
    "number-words",
    "ordinary-words",
    "package-kinds",
    "party-words",
    "address-words",
    "legal-forms",
    "numerals",
    "letter-spellings",
    "han-syllables",
    "place-names",
    "place-words",
    "offences",
    "places",
    "plantations",
    "ports",
    "powers",
    "procedures",
    "quotas",
    "regions",
    "reservations",
    "routes",
    "sampling-plans",
    "seizures",
    "site-checks",
    "storage-sites",
    "taxa",
    "term-forms",
    "timber-names",
    "timbers",
    "trade-names",
    "united-taxa",
    "units",
    "values",
];

/// The facts that every answer rests on.
#[derive(Debug, Clone, Default)]
pub struct References {
    /// Which taxon stands in which Appendix, and from when.
    pub listings: Listings,
    /// What the annotations (`#4`, `#15`…) say.
    pub annotations: Annotations,
    /// Quotas, suspensions, bans, alerts.
    pub measures: Measures,
    /// Documents and laws that may be cited.
    pub instruments: Instruments,
    /// Management Authorities and the days on which they acted.
    pub authorities: Authorities,
    pub countries: Countries,
    /// Where plantations supply the trade.
    pub plantations: Plantations,
    /// Which importers ask for import permits.
    pub import_permits: ImportRules,
    /// Parties for whom a listing does not act.
    pub reservations: Reservations,
    /// What may be exported in a year.
    pub quotas: Quotas,
    /// Taxa that the law counts under another name.
    pub united: UnitedTaxa,
    /// Ports of the timber trade.
    pub ports: Ports,
    /// Every place of UN/LOCODE, by code and name.
    pub places: Places,
    /// Routes seen in cases.
    pub routes: Routes,
    /// What a find calls for.
    pub follow_up: FollowUp,
    /// Languages in which authorities are written to.
    pub correspondence: Correspondence,
    /// Who may do what on the spot.
    pub powers: Powers,
    /// Laws that fit what happened.
    pub offences: Offences,
    /// Stores for seized goods.
    pub storage: StorageSites,
    /// What is looked up beside a find.
    pub directory: Directory,
    /// What CITES CoP17 Doc. 25 asks for.
    pub duties: Duties,
    /// Grades of information, by scheme.
    pub gradings: Gradings,
    /// Genera that are looked for.
    pub groups: Groups,
    pub hs: HsCodes,
    /// Goods under whose name wood was hidden.
    pub covers: Covers,
    /// Woods of trade that are none of ours.
    pub timbers: Timbers,
    pub currencies: Currencies,
    /// Densities and values.
    pub densities: Densities,
    /// Units and packages.
    pub units: Units,
    /// Code lists of permits.
    pub codes: CodeLists,
    /// Forms near to the terms of permits.
    pub near_forms: NearForms,
    pub seizures: Seizures,
    /// Scientific names that the taxa table accepts; empty when the table is not there.
    pub accepted_taxa: BTreeSet<String>,
    synonyms: BTreeMap<String, String>,
    edition: String,
}

impl References {
    /// Loads every table. Rows that do not fit are all reported, and nothing is loaded then.
    pub fn load(source: &DataSource) -> Result<Self, ReferenceError> {
        let mut faults: Vec<TableFault> = Vec::new();
        let f = &mut faults;
        let (accepted_taxa, synonyms) = taxon_names(source);
        let references = Self {
            listings: Listings::load(source, f)?,
            annotations: Annotations::load(source, f)?,
            measures: Measures::load(source, f)?,
            instruments: Instruments::load(source, f)?,
            authorities: Authorities::load(source, f)?,
            countries: Countries::load(source, f)?,
            plantations: Plantations::load(source, f)?,
            follow_up: FollowUp::load(source, f)?,
            correspondence: Correspondence::load(source, f)?,
            powers: Powers::load(source, f)?,
            offences: Offences::load(source, f)?,
            storage: StorageSites::load(source, f)?,
            directory: Directory::load(source, f)?,
            duties: Duties::load(source, f)?,
            gradings: Gradings::load(source, f)?,
            import_permits: ImportRules::load(source, f)?,
            reservations: Reservations::load(source, f)?,
            quotas: Quotas::load(source, f)?,
            united: UnitedTaxa::load(source, f)?,
            ports: Ports::load(source, f)?,
            places: Places::load(source, f)?,
            routes: Routes::load(source, f)?,
            groups: Groups::load(source, f)?,
            hs: HsCodes::load(source, f)?,
            covers: Covers::load(source, f)?,
            timbers: Timbers::load(source, f)?,
            densities: Densities::load(source, f)?,
            units: Units::load(source, f)?,
            codes: CodeLists::load(source, f)?,
            near_forms: NearForms::load(source, f)?,
            currencies: Currencies::load(source, f)?,
            seizures: Seizures::load(source, f)?,
            accepted_taxa,
            synonyms,
            edition: edition(source),
        };
        if faults.is_empty() { Ok(references) } else { Err(ReferenceError::Faults(faults)) }
    }

    /// The same with the import permit rules, reservations and quotas of another source.
    pub fn with_law(&self, source: &DataSource) -> Result<Self, ReferenceError> {
        let mut faults: Vec<TableFault> = Vec::new();
        let references = Self {
            import_permits: ImportRules::load(source, &mut faults)?,
            reservations: Reservations::load(source, &mut faults)?,
            quotas: Quotas::load(source, &mut faults)?,
            edition: edition(source),
            ..self.clone()
        };
        if faults.is_empty() { Ok(references) } else { Err(ReferenceError::Faults(faults)) }
    }

    /// First 16 hexadecimal digits of the hash over all tables.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The accepted name under which the law counts what a scientific name stands for by the taxa table, else the name
    /// itself, authors left out.
    pub fn accepted_name(&self, name: &str) -> String {
        let accepted = self.accepted_or_own(name);
        self.united.counted(&accepted).to_owned()
    }

    fn accepted_or_own(&self, name: &str) -> String {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = match species_of(&name) {
            Some((genus, epithet)) => format!("{} {}", capitalised(genus), epithet.to_lowercase()),
            None => format!("{} spp.", capitalised(genus_of(&name))),
        };
        if self.accepted_taxa.contains(&plain) {
            return plain;
        }
        self.synonyms.get(&plain).cloned().unwrap_or(plain)
    }
}

fn edition(source: &DataSource) -> String {
    let mut hasher = blake3::Hasher::new();
    for table in TABLES {
        if let Some(bytes) = source.content(table) {
            hasher.update(table.as_bytes());
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(&bytes);
        }
    }
    hasher.finalize().to_hex().as_str().chars().take(16).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect())
        .unwrap_or_default()
}

/// Accepted names and synonyms of the taxa table, read without its loader so that the other tables can be checked
/// against it. A name that is both stays accepted; a synonym of two taxa stands for neither.
fn taxon_names(source: &DataSource) -> (BTreeSet<String>, BTreeMap<String, String>) {
    let (mut accepted, mut synonyms) = (BTreeSet::new(), BTreeMap::new());
    let mut shared: BTreeSet<String> = BTreeSet::new();
    let Ok(bytes) = source.read("taxa/taxa.csv") else { return (accepted, synonyms) };
    let mut reader = csv::Reader::from_reader(bytes.as_ref());
    let Ok(headers) = reader.headers().cloned() else { return (accepted, synonyms) };
    let column = |names: &[&str]| headers.iter().position(|header| names.contains(&header));
    let Some(name) = column(&["scientific_name", "accepted_name", "name", "taxon"]) else {
        return (accepted, synonyms);
    };
    let synonym = column(&["synonyms"]);
    for row in reader.records().flatten() {
        let Some(name) = row.get(name).map(str::trim).filter(|name| !name.is_empty()) else { continue };
        accepted.insert(name.to_owned());
        for other in synonym.and_then(|n| row.get(n)).into_iter().flat_map(list) {
            let Some((genus, epithet)) = species_of(other) else { continue };
            let other = format!("{genus} {epithet}");
            if synonyms.insert(other.clone(), name.to_owned()).is_some_and(|before| before != name) {
                shared.insert(other);
            }
        }
    }
    synonyms.retain(|name, _| !accepted.contains(name) && !shared.contains(name));
    (accepted, synonyms)
}
