//! The view: everything that a rule may look at, and nothing else.
//!
//! Adding a field here is an API change for rule writers; `rules docs` prints this table. Names carry their unit.
//! A field marked `?` may be unknown; a test on it then is *unverifiable*, with the reason.
//! No name here is a keyword of Rhai.

/// A thing that an indicator looks at. The order is from the whole to its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// The consignment.
    Consignment,
    /// One goods item.
    Item,
    /// One taxon that an item names.
    Taxon,
    /// One measure that touches an item.
    Measure,
    /// One document that is declared.
    Document,
    /// One alert that touches the consignment.
    Alert,
    /// One party.
    Party,
    /// One container.
    Container,
}

impl View {
    /// How many there are.
    pub const COUNT: usize = 8;
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Consignment,
        Self::Item,
        Self::Taxon,
        Self::Measure,
        Self::Document,
        Self::Alert,
        Self::Party,
        Self::Container,
    ];

    /// The parameter name that stands for it, which is also the word in `each = "…"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Consignment => "consignment",
            Self::Item => "item",
            Self::Taxon => "taxon",
            Self::Measure => "measure",
            Self::Document => "document",
            Self::Alert => "alert",
            Self::Party => "party",
            Self::Container => "container",
        }
    }

    /// By parameter name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// What an indicator over `self` may also look at. A document or alert of the whole consignment has no item: tests
    /// on its item are then unverifiable.
    pub fn also(self) -> &'static [Self] {
        match self {
            Self::Consignment => &[],
            Self::Item | Self::Party | Self::Container => &[Self::Consignment],
            Self::Taxon | Self::Measure | Self::Document | Self::Alert => &[Self::Item, Self::Consignment],
        }
    }

    /// Its fields, in the order of their values.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Consignment => consignment::FIELDS,
            Self::Item => item::FIELDS,
            Self::Taxon => taxon::FIELDS,
            Self::Measure => measure::FIELDS,
            Self::Document => document::FIELDS,
            Self::Alert => alert::FIELDS,
            Self::Party => party::FIELDS,
            Self::Container => container::FIELDS,
        }
    }

    /// Index and field by name.
    pub fn field(self, name: &str) -> Option<(usize, &'static Field)> {
        self.fields().iter().enumerate().find(|(_, field)| field.name == name)
    }
}

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// A text or code.
    Text,
    /// A set of texts or codes.
    Texts,
}

impl Kind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "yes or no",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Texts => "a set of texts",
        }
    }
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub kind: Kind,
    /// May it be unknown?
    pub may_be_unknown: bool,
    /// What it is, for the reference of rule writers.
    pub meaning: &'static str,
}

macro_rules! view {
    ($(#[$doc:meta])* $module:ident { $($name:ident $(? $gap:tt)? : $kind:ident = $meaning:literal;)* }) => {
        $(#[$doc])*
        pub mod $module {
            use super::{Field, Kind};
            /// Index of each field.
            #[allow(non_camel_case_types, missing_docs)]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum F { $($name,)* }
            /// The fields.
            pub const FIELDS: &[Field] = &[$(Field {
                name: stringify!($name),
                kind: Kind::$kind,
                may_be_unknown: view!(@gap $($gap)?),
                meaning: $meaning,
            },)*];
        }
    };
    (@gap) => { false };
    (@gap $gap:tt) => { true };
}

view! {
    /// Fields of `consignment`.
    consignment {
        procedure ?(): Text = "customs procedure: import, export, re_export, transit, transhipment, temporary_admission, warehouse, free_zone";
        passes_through: Bool = "goods under transit, transhipment, temporary admission, warehouse or free zone";
        loading_country ?(): Text = "country of the port where the goods were loaded on this ship";
        first_country ?(): Text = "country of the first port of loading";
        discharge_country ?(): Text = "country of the port of discharge";
        destination_country ?(): Text = "country of final destination, else of delivery, else of discharge";
        consignor_country ?(): Text = "country in the consignor's address";
        consignee_country ?(): Text = "country in the consignee's address";
        countries: Texts = "every country that the routing, the places and the consignor's address name";
        hubs: Texts = "countries between the first and the last on the way where timber has been relayed before";
        risk_routes: Texts = "known smuggling routes that this way follows";
        on_risk_route: Bool = "this way follows a known smuggling route";
        n_items: Number = "goods items";
        n_containers: Number = "containers";
        gross_mass_kg ?(): Number = "gross mass, kg";
        value_usd ?(): Number = "declared value when it is in USD";
        names_listed_genus: Bool = "some item names wood of Dalbergia, Diospyros or Osyris";
        has_timber: Bool = "some item is wood or an article of wood, by HS chapter or by name";
        genera: Texts = "Dalbergia, Diospyros, Osyris: those that some item names";
        special_claims: Texts = "claims to special treatment in the text: diplomatic, military, household, aid";
        imo_number_holds ?(): Bool = "the IMO number's check digit holds";
        arrives_before_departure ?(): Bool = "the arrival lies before the departure";
        mass_differs ?(): Bool = "the items' masses and the consignment's differ by more than 5 %";
        small_lots_30_days ?(): Number = "earlier consignments of at most 2 m³ of listed wood to the same consignee or address in 30 days";
        lots_of_unknown_size_30_days ?(): Number = "the same whose volume is not told by volume or mass";
        faults_lost: Number = "values that could not be read";
    }
}

view! {
    /// Fields of `item`.
    item {
        description: Text = "description as declared";
        hs ?(): Text = "HS code, digits only";
        hs_chapter ?(): Text = "first two digits of the HS code";
        hs_heading ?(): Text = "first four digits of the HS code";
        origin ?(): Text = "declared country of origin";
        verdict: Text = "flag (wood of a listed genus is named), review (it may be), lookalike, none";
        genera: Texts = "listed genera named: Dalbergia, Diospyros, Osyris";
        taxa: Texts = "accepted names of all taxa named, other genera too";
        lookalikes: Texts = "genera named that are sold as rosewood, ebony or sandalwood";
        names_other_wood: Bool = "names wood of a genus that is neither listed here nor a look-alike";
        declared_name ?(): Text = "scientific name as declared";
        latin_name_given: Bool = "some taxon is named in Latin";
        trade_name_conflicts: Bool = "trade name and Latin name name different genera";
        form: Text = "log, sawn, veneer, plywood, chips, powder, root, oil, extract, fuelwood, charcoal, transformed_wood, blank, furniture, instrument, instrument_part, finished_product, fruit, leaf, seed, live, other";
        form_by_hs: Text = "form that the HS code says, or empty";
        form_by_words: Text = "form that the words say, or empty";
        form_conflicts: Bool = "HS code and words say different forms";
        is_raw_wood: Bool = "log, sawn, veneer, plywood, chips, root, fuelwood, blank or transformed wood";
        is_wood: Bool = "wood or an article of wood";
        is_finished: Bool = "furniture, instrument, finished part or other finished product";
        is_plant_food: Bool = "fruit, leaf or seed";
        appendix: Text = "strictest Appendix of the listed taxa named: I, II, III, none";
        coverage: Text = "covered, unclear, exempt, not_listed: does the listing cover this form from this population on this day";
        coverage_reason: Text = "why, with the annotation";
        document_due: Text = "due, unclear, not_due: is a CITES document due";
        n_documents: Number = "documents declared for the item";
        n_cites_documents: Number = "CITES documents declared for the item or the consignment";
        document_kinds: Texts = "kinds of the documents declared for the item or the consignment";
        gross_mass_kg ?(): Number = "gross mass, kg";
        net_mass_kg ?(): Number = "net mass, kg";
        volume_m3 ?(): Number = "volume, m³";
        density_kg_m3 ?(): Number = "mass by volume, kg/m³";
        density ?(): Text = "consistent, too_heavy or too_light for the wood that is declared; not_applicable where no range is known";
        density_expected ?(): Text = "range for the wood that is declared, kg/m³";
        cover_goods: Text = "cheap goods that loads have been hidden under, by HS code or words, or empty";
        cover_seen_in_cases: Bool = "such goods have covered a load in a reported case";
        heavier_than_cover ?(): Bool = "heavier than such goods can be";
        as_dense_as_rosewood ?(): Bool = "as heavy as rosewood, ebony or blackwood";
        kg_per_package ?(): Number = "gross mass by number of packages, kg";
        value_per_m3_usd ?(): Number = "declared value by volume, USD/m³";
        value_per_kg_usd ?(): Number = "declared value by mass, USD/kg";
        value_too_low: Bool = "below 0.3 of the low reference value of the taxon named";
        net_above_gross: Bool = "net mass above gross mass";
        vague: Bool = "words say wood or articles and name no kind";
        evasive: Bool = "words avoid saying what it is: said to contain, as per attached, general cargo";
        species_missing: Bool = "HS code of tropical wood and no kind named";
        old_name: Bool = "a taxon is named by an old name only";
        misspelt_name: Bool = "a listed taxon's Latin name is misspelt";
        claims: Texts = "claims in the text: pre_convention, retail_packed, finished, plantation, salvage, sample, under_10_kg, exempt, antique, mexican_origin, recycled";
        from_stump_or_waste: Bool = "roots, stumps, waste or offcuts";
        n_hongmu: Number = "taxa of the hongmu group named";
        fits_container ?(): Bool = "the volume fits the containers it is in";
    }
}

view! {
    /// Fields of `taxon`.
    taxon {
        name: Text = "accepted name";
        genus: Text = "genus";
        rank: Text = "species, genus or group";
        method: Text = "scientific, synonym, abbreviated, misspelling, trade_name, declared, hs";
        strength: Text = "exclusive, ambiguous, weak";
        similarity: Number = "closeness of the words to the name, 0 to 1";
        is_listed_genus: Bool = "Dalbergia, Diospyros or Osyris";
        is_lookalike: Bool = "a genus sold as one of them";
        lookalike_of: Texts = "listed taxa that it is sold as";
        n_alternatives: Number = "other taxa that the words fit";
        appendix: Text = "I, II, III or none for this population on this day";
        annotation: Text = "annotation in force, or empty";
        coverage: Text = "covered, unclear, exempt, not_listed";
        range_states: Texts = "countries where it grows wild";
        origin_in_range ?(): Bool = "the declared origin is a country where it grows";
        origin_beside_range ?(): Bool = "the declared origin is a neighbour of a country where it grows, by land or short sea";
        loaded_in_range ?(): Bool = "the first port of loading lies in a country where it grows";
        lookalike_range_matches ?(): Bool = "the declared origin is in the range of a listed taxon that it is sold as";
        listed_before_days ?(): Number = "days from departure to the day a listing of this taxon began; negative when it began earlier";
    }
}

view! {
    /// Fields of `measure`.
    measure {
        kind: Text = "zero_quota, quota, suspension, verify_permits, alert, export_ban, import_ban";
        instrument: Text = "the Notification, Decision or law, as cited";
        country: Text = "country that it touches";
        role: Text = "why that country matters here: origin, consignor, loading, routing, destination, permit";
        direct: Bool = "touches the origin, the consignor or the first loading, not only a port on the way";
        all_species: Bool = "covers every listed species, not these taxa by name";
        taxon: Text = "taxon of the item that it meets";
        strength: Text = "how sure the taxon is: exclusive, ambiguous, weak";
        covers_form: Text = "covered, unclear or exempt: does it cover the form declared";
        status: Text = "confirmed or unconfirmed";
        summary: Text = "what it says, in our words";
    }
}

view! {
    /// Fields of `document`.
    document {
        kind: Text = "cites_export_permit, cites_import_permit, cites_re_export_certificate, cites_pre_convention_certificate, cites_certificate_of_origin, phytosanitary_certificate, certificate_of_origin, flegt_licence, other";
        is_cites: Bool = "a document of the Convention";
        number ?(): Text = "number as declared";
        country ?(): Text = "country that issued it";
        verdict: Text = "consistent, inconsistent, unverifiable";
        problems: Texts = "problem codes found";
        similarity ?(): Number = "closeness of the best candidate in the register, 0 to 1";
        relation: Text = "same, confusable, near or different: its number and the best candidate's";
        covers_listed_wood: Bool = "it is declared for wood that a listing covers";
        wrong_kind_for_flow: Bool = "a kind that cannot cover this trade";
        purpose ?(): Text = "purpose code";
        source ?(): Text = "source code";
        appendix ?(): Text = "Appendix on the register entry";
    }
}

view! {
    /// Fields of `alert`.
    alert {
        id: Text = "id of the record";
        number: Text = "number as cited";
        kind: Text = "alert, notification, operation, seizure …";
        measure: Text = "what it asks for";
        on: Texts = "what met it: taxon, country, route, party, vessel, container, permit";
        names_this: Bool = "names the vessel, container, party or permit itself";
        taxon_meets: Bool = "its taxa meet a taxon that the goods name";
        country_meets: Bool = "its countries meet the way of the goods in their role";
        reliability: Text = "grading of the source, A to F, or empty";
        credibility: Number = "grading of the content, 1 to 6, 6 when not graded";
        title: Text = "title";
    }
}

view! {
    /// Fields of `party`.
    party {
        role: Text = "consignor, consignee, notify_party …";
        name: Text = "name as declared";
        country ?(): Text = "country of the address";
        to_order: Bool = "to order, or same as another party: a value, not a company";
        is_forwarder: Bool = "a forwarder or agent by its name";
        deals_in_other_goods: Bool = "its name says food, textiles, scrap or another trade while the goods are wood";
        watch_list_id: Text = "id of the watch list entry, or empty";
        watch_list_similarity: Number = "closeness to that entry, 0 to 1";
        watch_list_reason: Text = "why it is on the list";
        watch_list_reliability: Text = "grading of that entry";
        same_address_as: Number = "other parties seen under this address";
    }
}

view! {
    /// Fields of `container`.
    container {
        number: Text = "number as declared";
        check_digit_holds ?(): Bool = "ISO 6346 check digit holds";
        size_type ?(): Text = "ISO 6346 size and type";
        is_reefer: Bool = "a refrigerated or tank container";
        load_kg ?(): Number = "gross mass of the goods in it, when it holds this consignment alone, kg";
        overweight ?(): Bool = "more than it may carry";
        vgm_differs: Bool = "a verified gross mass is given, and tare and goods differ from it by more than 5 %";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_no_keywords() {
        let keywords = ["import", "export", "fn", "let", "in", "is", "and", "or", "not", "if", "this", "global"];
        for view in View::ALL {
            for (n, field) in view.fields().iter().enumerate() {
                assert!(!keywords.contains(&field.name), "{}", field.name);
                assert_eq!(view.field(field.name).map(|(n, _)| n), Some(n), "{}", field.name);
                assert!(!field.meaning.is_empty());
            }
        }
    }
}
