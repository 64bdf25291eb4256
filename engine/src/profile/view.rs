//! The view: everything that a rule may look at, and nothing else.
//!
//! Each field is said once: its name, its kind, why it may be unknown, the values it can have, where in the consignment it
//! stands, what record it rests on, its meaning and unit. Setters (`facts.rs`), lints, explanations, the written
//! reference and editor definitions read it here. Adding a field is an API change for rule writers; names carry their
//! unit, and none is a keyword of Rhai. Not here: how a field is found out (`gathered/`).

use std::marker::PhantomData;

use super::field::{Domain, Field, Kind, Rests, Stands, Table, kinds};
use super::value::Value;
use crate::alerts::WAYS;
use crate::codes::Appendix;
use crate::evidence::Finding;
use crate::evidence::listing::Coverage;
use crate::evidence::measures::Role;
use crate::manifest::{DocumentKind, PartyRole, Procedure};
use crate::names::{Method, Verdict};
use crate::permits::{ProblemCode, Relation};
use crate::reference::{Graded, MeasureKind, Strength};

/// A thing that an indicator looks at. The order is from the whole to its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
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
    Party,
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

/// A field of view `V` and kind `K`, to set it by.
#[derive(Debug)]
pub struct Slot<V, K> {
    /// Index among the view's fields.
    pub n: usize,
    /// Why it is unknown unless the setter says otherwise.
    pub gap: &'static str,
    of: PhantomData<(V, K)>,
}

impl<V, K> Clone for Slot<V, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, K> Copy for Slot<V, K> {}

/// The type of a view, to set its fields by.
pub trait Seen {
    /// The view whose fields these are.
    const VIEW: View;

    /// Every field as it is until it is put: unknown, or no where it cannot be unknown.
    fn unset() -> Box<[Value]>;
}

/// Why a field that nobody put is unknown.
pub const NOT_GATHERED: &str = "not gathered";
const NOT_DECLARED: &str = "not declared";
const NO_VOLUME: &str = "mass or volume is not declared";
const NO_ORIGIN: &str = "the origin is not declared";
const SHARED: &str = "shared, or a mass is not declared";

macro_rules! view {
    ($(#[$doc:meta])* $module:ident = $view:ident {
        $($name:ident $(? $gap:ident)? : $kind:ident, $domain:expr, $stands:expr, $($rests:ident,)? $meaning:literal $(; $unit:literal)?)*
    }) => {
        $(#[$doc])*
        pub mod $module {
            #[allow(unused_imports, reason = "one list of words for every view; not each is used in each")]
            use super::Domain::{Any, Count, Declared, Digits, Folded, Of, Share, Words};
            #[allow(unused_imports, reason = "as above")]
            use super::Stands::{Documents, HsCode, Item, MassAndVolume, Names, Nowhere, Subject, Whole};
            use super::*;

            /// The view as a type.
            #[derive(Debug, Clone, Copy)]
            pub struct V;

            // A bit for each is kept (`wanted.rs`).
            const _: () = assert!(FIELDS.len() <= u128::BITS as usize);

            impl Seen for V {
                const VIEW: View = View::$view;

                fn unset() -> Box<[Value]> {
                    const UNSET: [Value; FIELDS.len()] = [$(view!(@unset $($gap)?),)*];
                    Box::new(UNSET)
                }
            }

            #[allow(non_camel_case_types, reason = "named as rules name them")]
            enum F { $($name,)* }

            $(
                #[doc = $meaning]
                #[allow(non_upper_case_globals, reason = "named as rules name them")]
                pub const $name: Slot<V, view!(@kind $kind $($gap)?)> =
                    Slot { n: F::$name as usize, gap: view!(@gap $($gap)?), of: PhantomData };
            )*

            /// All fields of the view, in the order of their slots.
            pub const FIELDS: &[Field] = &[$(Field {
                name: stringify!($name),
                kind: Kind::$kind,
                gap: view!(@may $($gap)?),
                domain: $domain,
                stands: $stands,
                rests: view!(@rests $($rests)?),
                meaning: $meaning,
                unit: view!(@unit $($unit)?),
            },)*];
        }
    };
    (@kind $kind:ident) => { kinds::$kind };
    (@kind $kind:ident $gap:ident) => { kinds::Maybe<kinds::$kind> };
    (@gap) => { "" };
    (@gap $gap:ident) => { $gap };
    (@unset) => { Value::Bool(false) };
    (@unset $gap:ident) => { Value::gap(NOT_GATHERED) };
    (@may) => { None };
    (@may $gap:ident) => { Some($gap) };
    (@rests) => { Rests::Manifest };
    (@rests $rests:ident) => { Rests::$rests };
    (@unit) => { None };
    (@unit $unit:literal) => { Some($unit) };
}

const NO_VALUE: &str = "no value, or its currency has no rate on that day";
const NO_VALUE_BY_VOLUME: &str = "no value with a rate, or no volume";
const NO_VALUE_BY_MASS: &str = "no value with a rate, or no mass";
const NO_FREIGHT: &str = "no freight or no value, or a currency without a rate on that day";
const NO_COMPARISON: &str = "no value of this item alone, no rate for its currency, or no mass or volume";
const NO_DAY: &str = "a day is not declared";
const NO_HISTORY: &str = "no history is kept here";
const NO_RANGE_OF_DENSITY: &str = "none known for the declared wood";
const NO_SIZE: &str = "size or volume is not declared";
const NO_CANDIDATE: &str = "no candidate";
const NO_NUMBER: &str = "not a container number";
const NO_IMPORT_LAW: &str = "what the importer's law asks for is not known";
const NO_BALANCE: &str = "what is left of the quota is not known";
const NO_RESERVATION: &str = "whether a Party on the way holds a reservation is not known";
const NO_WAY: &str = "origin and route are not known";

view! {
    /// Fields of `consignment`.
    consignment = Consignment {
        procedure ? NOT_DECLARED: Text, Words(|| Procedure::WORDS.to_vec()), Whole("procedure"), "customs procedure"
        passes_through: Bool, Any, Whole("procedure"), "goods under transit, transhipment, temporary admission, warehouse or free zone"
        loading_country ? NOT_DECLARED: Text, Of(Table::Countries), Whole("places/loading"), "country of the port where the goods were loaded on this ship"
        first_country ? NOT_DECLARED: Text, Of(Table::Countries), Whole("places/original_loading"), "country of the first port of loading"
        discharge_country ? NOT_DECLARED: Text, Of(Table::Countries), Whole("places/discharge"), "country of the port of discharge"
        destination_country ? NOT_DECLARED: Text, Of(Table::Countries), Whole("places/final_destination"), "country of final destination, else of delivery, else of discharge"
        consignor_country ? NOT_DECLARED: Text, Of(Table::Countries), Whole("parties"), "country in the consignor's address"
        consignee_country ? NOT_DECLARED: Text, Of(Table::Countries), Whole("parties"), "country in the consignee's address"
        countries: Texts, Of(Table::Countries), Whole("routing"), "every country that the routing, the places and the consignor's address name"
        hubs: Texts, Of(Table::Countries), Whole("routing"), "countries between the first and the last on the way where timber has been relayed before"
        risk_routes: Texts, Of(Table::Routes), Whole("routing"), "known smuggling routes that this way follows"
        on_risk_route: Bool, Any, Whole("routing"), "this way follows a known smuggling route"
        n_items: Number, Count, Whole("goods_items"), "goods items"
        n_containers: Number, Count, Whole("goods_items"), "containers"
        gross_mass_kg ? NOT_DECLARED: Number, Count, Whole("gross_mass_kg"), "gross mass, the weight with packing"; "kg"
        value_usd ? NO_VALUE: Number, Count, Whole("value"), "declared value, else the sum of the items' values, at the rate of the month"; "USD"
        freight_above_value ? NO_FREIGHT: Bool, Any, Whole("freight"), "the carriage costs more than the goods are said to be worth"
        names_listed_genus: Bool, Any, Whole("goods_items"), "some item names wood of Dalbergia, Diospyros or Osyris"
        has_timber: Bool, Any, Whole("goods_items"), "some item is wood or an article of wood, by HS chapter or by name"
        genera: Texts, Of(Table::Taxa), Whole("goods_items"), "Dalbergia, Diospyros, Osyris: those that some item names"
        special_claims: Texts, Of(Table::SpecialClaims), Whole("goods_items"), "claims to special treatment in the text: diplomatic, military, household, aid"
        imo_number_holds ? NOT_DECLARED: Bool, Any, Whole("transport_means/imo"), "the IMO number's check digit holds"
        arrives_before_departure ? NO_DAY: Bool, Any, Whole("goods_items"), "the arrival lies before the departure"
        mass_differs ? NOT_DECLARED: Bool, Any, Whole("gross_mass_kg"), "the items' masses and the consignment's differ by more than 5 %"
        small_lots_30_days ? NO_HISTORY: Number, Count, Whole("goods_items"), "earlier consignments of at most 2 m³ of listed wood with the same consignee, address, contact, container or permit in 30 days"
        lots_of_unknown_size_30_days ? NO_HISTORY: Number, Count, Whole("goods_items"), "the same whose volume is not told by volume or mass"
        listed_wood_taken_back ? NO_HISTORY: Bool, Any, Whole("goods_items"), "an earlier filing of this bill by the same sender named wood of Dalbergia, Diospyros or Osyris, and this one, which changes or replaces it, names none"
        goods_before: Text, Any, Nowhere, "goods of the filing before that this one changes or replaces, or empty"
        has_goods: Bool, Any, Whole("goods_items"), "some goods item stands in it, or the manifest says why none does: empty equipment, house bills"
        unread_woods: Texts, Any, Nowhere, "names of woods in parts of the file that no reader took up"
        faults_lost: Number, Count, Whole("goods_items"), "values that could not be read"
    }
}

view! {
    /// Fields of `item`.
    item = Item {
        description: Text, Declared, Nowhere, "description as declared"
        words: Text, Folded, Stands::Words, "words of the goods text and of the names declared, in any script, without capitals, accents, signs and look-alike letters: ask them by .says([\"charbon de bois\"])"
        hs ? NOT_DECLARED: Text, Digits(2, 12), HsCode, "HS code, digits only"
        hs_chapter ? NOT_DECLARED: Text, Digits(2, 2), HsCode, "first two digits of the HS code"
        hs_heading ? NOT_DECLARED: Text, Digits(4, 4), HsCode, "first four digits of the HS code"
        origin ? NOT_DECLARED: Text, Of(Table::Countries), Item("origin"), "declared country of origin"
        verdict: Text, Words(|| Verdict::WORDS.to_vec()), Names, "whether wood of a listed genus is named: for sure (flag), perhaps (review), only one sold as such (lookalike)"
        genera: Texts, Of(Table::Taxa), Names, "listed genera named: Dalbergia, Diospyros, Osyris"
        taxa: Texts, Of(Table::Taxa), Names, "accepted names of all taxa named, other genera too"
        lookalikes: Texts, Of(Table::Taxa), Names, "genera named that are sold as rosewood, ebony or sandalwood"
        other_woods: Texts, Any, Names, "woods named that are neither listed genera nor look-alikes: accepted names, and ids of the table of timbers"
        kind_unknown: Bool, Any, Stands::Words, "raw wood under a code of wood, whose words neither name a kind that is known nor are vague"
        names_other_wood: Bool, Any, Names, "names wood of a genus that is neither listed here nor a look-alike"
        declared_name ? NOT_DECLARED: Text, Declared, Nowhere, "scientific name as declared"
        latin_name_given: Bool, Any, Names, "some taxon is named in Latin"
        trade_name_conflicts: Bool, Any, Names, "trade name and Latin name name different genera"
        form: Text, Of(Table::Forms), Stands::Words, "form to reckon with: by the words, else by the HS code"
        as_form: Text, Any, Stands::Words, "the same as sentences say it, or empty where it is not told"
        form_by_hs: Text, Of(Table::Forms), HsCode, "form that the HS code says, or empty"
        form_by_words: Text, Of(Table::Forms), Stands::Words, "form that the words say, or empty"
        forms: Texts, Of(Table::Forms), Stands::Words, "every form that the words or the HS code say"
        form_conflicts: Bool, Any, Stands::Words, "HS code and words say different forms"
        is_raw_wood: Bool, Any, Stands::Words, "log, sawn, veneer, plywood, chips, root, fuelwood, blank or transformed wood"
        is_wood: Bool, Any, Names, "wood or an article of wood"
        is_finished: Bool, Any, Nowhere, "furniture, instrument, finished part or other finished product"
        is_plant_food: Bool, Any, Nowhere, "fruit, leaf or seed"
        appendix: Text, Words(appendices), Names, "strictest Appendix of the listed taxa named"
        coverage: Text, Words(|| Coverage::WORDS.to_vec()), Names, "does the listing cover this form from this population on this day"
        coverage_reason: Text, Any, Names, "why, with the annotation"
        document_due: Text, Words(|| vec!["due", "unclear", "not_due"]), Names, "is a CITES document due"
        n_documents: Number, Count, Documents, "documents declared for the item or the consignment"
        n_cites_documents: Number, Count, Documents, "CITES documents declared for the item or the consignment"
        document_kinds: Texts, Words(|| DocumentKind::WORDS.to_vec()), Documents, "kinds of the documents declared for the item or the consignment"
        import_permit ? NO_IMPORT_LAW: Text, Words(|| vec!["not_due", "declared", "missing"]), Documents, "the import permit that Appendix I or the importer's law asks for"
        import_law: Text, Any, Nowhere, "the instrument that asks for the import permit that is missing, or empty"
        quota ? NO_BALANCE: Text, Words(|| vec!["none", "zero", "within", "exceeded"]), Item("volume_m3"), "the export quota of the year that counts these goods, with what earlier consignments took"
        quota_said: Text, Any, Nowhere, "that quota in words, or empty"
        quota_source: Text, Any, Nowhere, "the instrument that sets it, or empty"
        gross_mass_kg ? NOT_DECLARED: Number, Count, Item("gross_mass_kg"), "gross mass, the weight with packing"; "kg"
        net_mass_kg ? NOT_DECLARED: Number, Count, Item("net_mass_kg"), "net mass, the weight without packing"; "kg"
        volume_m3 ? NOT_DECLARED: Number, Count, Item("volume_m3"), "volume"; "m³"
        has_volume: Bool, Any, Item("volume_m3"), "a volume is declared"
        density_kg_m3 ? NO_VOLUME: Number, Count, MassAndVolume, "mass by volume"; "kg/m³"
        density ? NO_VOLUME: Text, Words(|| vec!["consistent", "too_heavy", "too_light", "not_applicable"]), MassAndVolume, "mass by volume against the wood that is declared; not_applicable where no range is known"
        density_expected ? NO_RANGE_OF_DENSITY: Text, Any, MassAndVolume, "range for the wood that is declared"; "kg/m³"
        cover_goods: Text, Of(Table::CoverGoods), Stands::Words, "goods that loads have been or could be hidden under, by words or HS code, other woods by name among them, or empty"
        cover_goods_named: Texts, Of(Table::CoverGoods), Stands::Words, "all such goods that the words name, whatever else they name"
        weighed_as: Text, Any, Stands::Words, "the goods whose possible weights are compared: those named, else those of the HS heading, or empty"
        piece_too_heavy: Bool, Any, Stands::Words, "counted in single pieces, each heavier than a piece of such goods can be"
        cover_seen_in_cases: Bool, Any, Nowhere, "such goods have covered a load in a reported case"
        heavier_than_cover ? NO_VOLUME: Bool, Any, MassAndVolume, "heavier than such goods can be"
        as_dense_as_rosewood ? NO_VOLUME: Bool, Any, MassAndVolume, "as heavy as rosewood, ebony or blackwood"
        kg_per_package ? NOT_DECLARED: Number, Count, Nowhere, "gross mass by number of packages"; "kg"
        value_per_m3_usd ? NO_VALUE_BY_VOLUME: Number, Count, Nowhere, "declared value by volume"; "USD/m³"
        value_per_kg_usd ? NO_VALUE_BY_MASS: Number, Count, Nowhere, "declared value by mass"; "USD/kg"
        value_declared: Text, Any, Nowhere, "the value as declared and the rate that it was changed at, or empty"
        value_too_low ? NO_COMPARISON: Bool, Any, Nowhere, "below 0.3 of the low reference value of every wood looked for that is named"
        value_too_high ? NO_COMPARISON: Bool, Any, Nowhere, "above 3 times the high reference value of every wood looked for that is named"
        cover_value_too_low ? NO_COMPARISON: Bool, Any, Nowhere, "below 0.3 of what the cover goods named fetch at the least"
        cover_value_too_high ? NO_COMPARISON: Bool, Any, Nowhere, "above 3 times what the cover goods named fetch at the most"
        value_gap: Text, Any, Nowhere, "why the value cannot be compared, or empty"
        value_round ? NO_VALUE: Bool, Any, Nowhere, "a sum from 10,000 on of one or two figures and zeros, in the declared currency"
        net_above_gross: Bool, Any, Nowhere, "net mass above gross mass"
        understood: Bool, Any, Stands::Words, "a goods text or an HS code was read, and says something"
        text_lost: Bool, Any, Stands::Words, "a goods text or a name of the goods stood there and could not be read whole"
        vague: Bool, Any, Stands::Words, "words say wood or articles and name no kind, or only what the wood is not or looks like, or no words stand under an HS code of wood"
        evasive: Bool, Any, Stands::Words, "words avoid saying what it is: said to contain, as per attached, general cargo; or there are none"
        species_missing: Bool, Any, HsCode, "HS code of tropical wood and no kind named"
        old_name: Bool, Any, Names, "a taxon is named by an old name only"
        misspelt_name: Bool, Any, Names, "a listed taxon's Latin name is misspelt"
        claims: Texts, Of(Table::Claims), Stands::Words, "claims in the text: pre_convention, retail_packed, finished, plantation, salvage, sample, under_10_kg, exempt, antique, mexican_origin, recycled"
        from_stump_or_waste: Bool, Any, Nowhere, "roots, stumps, waste or offcuts"
        n_hongmu: Number, Count, Names, "taxa of the hongmu group named"
        fits_container ? NO_SIZE: Bool, Any, Item("volume_m3"), "the volume fits the containers it is in"
    }
}

view! {
    /// Fields of `taxon`.
    taxon = Taxon {
        name: Text, Of(Table::Taxa), Subject, "accepted name"
        genus: Text, Of(Table::Taxa), Subject, "genus"
        rank: Text, Words(|| vec!["species", "genus", "group"]), Subject, "how exact the name is"
        method: Text, Words(|| Method::WORDS.to_vec()), Subject, "how it was recognised"
        strength: Text, Words(|| Strength::WORDS.to_vec()), Subject, "how far the words point to it"
        similarity: Number, Share, Subject, "closeness of the words to the name, 0 to 1"
        is_listed_genus: Bool, Any, Subject, "Dalbergia, Diospyros or Osyris"
        is_lookalike: Bool, Any, Subject, "a genus sold as one of them"
        lookalike_of: Texts, Any, Subject, "listed taxa that it is sold as"
        n_alternatives: Number, Count, Subject, "other taxa that the words fit"
        appendix: Text, Words(appendices), Subject, "Appendix for this population on this day"
        annotation: Text, Any, Subject, "annotation in force, or empty"
        coverage: Text, Words(|| Coverage::WORDS.to_vec()), Subject, "does the listing cover this form from this population on this day"
        range_states: Texts, Of(Table::Countries), Subject, "countries where it grows wild"
        origin_in_range ? NO_ORIGIN: Bool, Any, Subject, "the declared origin is a country where it grows"
        origin_beside_range ? NO_ORIGIN: Bool, Any, Subject, "the declared origin is a neighbour of a country where it grows, by land or short sea"
        loaded_in_range ? NOT_DECLARED: Bool, Any, Subject, "the first port of loading lies in a country where it grows"
        lookalike_range_matches ? NO_ORIGIN: Bool, Any, Subject, "the declared origin is in the range of a listed taxon that it is sold as"
        reserved ? NO_RESERVATION: Bool, Any, Subject, "a Party on the way, the destination among them, holds a reservation on it on the day"
        reserved_by: Texts, Of(Table::Countries), Subject, "those Parties, and those of which it is not known"
        listed_before_days ? NO_DAY: Number, Any, Subject, "days from departure to the day a listing of this taxon began; negative when it began earlier"
    }
}

view! {
    /// Fields of `measure`.
    measure = Measure {
        kind: Text, Words(|| MeasureKind::WORDS.to_vec()), Subject, "what it does"
        instrument: Text, Any, Subject, "the Notification, Decision or law, as cited"
        country ? NO_WAY: Text, Of(Table::Countries), Subject, "country that met it; empty when it holds for every country"
        role ? NO_WAY: Text, Words(|| Role::WORDS.to_vec()), Subject, "why that country matters here"
        direct ? NO_WAY: Bool, Any, Subject, "touches the origin, the consignor or the first loading, not only a port on the way"
        all_species: Bool, Any, Subject, "covers every listed species, not these taxa by name"
        taxon: Text, Of(Table::Taxa), Subject, "taxon of the item that it meets"
        strength: Text, Words(|| Strength::WORDS.to_vec()), Subject, "how sure the taxon is"
        covers_form: Text, Words(|| vec!["covered", "unclear", "exempt"]), Subject, "does it cover the form declared"
        status: Text, Words(|| vec!["confirmed", "unconfirmed"]), Subject, "is it known to stand"
        summary: Text, Any, Subject, "what it says, in our words"
        last_seen: Text, Any, Subject, "the day on which it was last seen in force, where the day that counts is later and no end is known; or empty"
    }
}

view! {
    /// Fields of `document`.
    document = Document {
        kind: Text, Words(|| DocumentKind::WORDS.to_vec()), Subject, "what it is"
        is_cites: Bool, Any, Subject, "a document of the Convention"
        number ? NOT_DECLARED: Text, Any, Subject, "number as declared"
        country ? NOT_DECLARED: Text, Of(Table::Countries), Subject, "country that issued it"
        verdict: Text, Words(|| Finding::WORDS.to_vec()), Subject, Register, "does it agree with the register"
        problems: Texts, Words(|| ProblemCode::ALL.iter().map(|code| code.as_str()).collect()), Subject, Register, "problem codes found"
        similarity ? NO_CANDIDATE: Number, Share, Subject, Register, "closeness of the best candidate in the register, 0 to 1"
        relation: Text, Words(|| Relation::ALL.iter().map(|near| near.as_str()).collect()), Subject, Register, "its number and the best candidate's"
        covers_listed_wood: Bool, Any, Subject, "it is declared for wood that a listing covers"
        wrong_kind_for_flow: Bool, Any, Subject, "a kind that cannot cover this trade"
        purpose ? NOT_DECLARED: Text, Any, Subject, Register, "purpose code, as declared, else as registered"
        source ? NOT_DECLARED: Text, Any, Subject, "source code"
        appendix ? NO_CANDIDATE: Text, Words(|| Appendix::WORDS.to_vec()), Subject, Register, "Appendix on the register entry"
        issued_that_day: Number, Count, Subject, Register, "documents that its office and signatory issued on its day, where that is a burst, else 0"
        serials_left_out: Number, Count, Subject, Register, "serials left out between its number and the others of its series, where few stand beyond the gap, else 0"
        stamp_also_on: Number, Count, Subject, Register, "other documents of the register with its security stamp"
        usual_a_day: Number, Count, Subject, Register, "what is usual for them on a day, where that day was a burst, else 0"
    }
}

view! {
    /// Fields of `alert`.
    alert = Alert {
        id: Text, Any, Subject, Alert, "id of the record"
        number: Text, Any, Subject, Alert, "number as cited"
        kind: Text, Any, Subject, Alert, "alert, notification, operation, seizure …"
        measure: Text, Any, Subject, Alert, "what it asks for"
        on: Texts, Words(|| WAYS.to_vec()), Subject, Alert, "what met it"
        names_this: Bool, Any, Subject, Alert, "names the vessel, container, party or permit itself"
        of_another_way: Bool, Any, Subject, Alert, "names the vessel alone and says where its goods come from; the timber here is declared of other countries and passes none of these"
        taxon_meets: Bool, Any, Subject, Alert, "its taxa meet a taxon that the goods name"
        country_meets: Bool, Any, Subject, Alert, "its countries meet the way of the goods in their role"
        graded: Text, Words(|| Graded::WORDS.to_vec()), Subject, Alert, "what its grade says: corroborated, single (one good source), unassessed (also without a grade), doubted"
        title: Text, Any, Subject, Alert, "title"
    }
}

view! {
    /// Fields of `party`.
    party = Party {
        role: Text, Words(|| PartyRole::WORDS.to_vec()), Subject, "what it does"
        name: Text, Declared, Subject, "name as declared"
        country ? NOT_DECLARED: Text, Of(Table::Countries), Subject, "country of the address"
        to_order: Bool, Any, Subject, "to order, or same as another party: a value, not a company"
        is_forwarder: Bool, Any, Subject, "a forwarder or agent by its name"
        deals_in_other_goods: Bool, Any, Subject, "its name says food, textiles, scrap or another trade while the goods are wood"
        watch_list_id: Text, Any, Subject, WatchList, "id of the watch list entry, or empty"
        watch_list_similarity: Number, Share, Subject, WatchList, "closeness to that entry, 0 to 1"
        watch_list_reason: Text, Any, Subject, WatchList, "why it is on the list"
        watch_list_reliability: Text, Any, Subject, WatchList, "grading of that entry"
        same_address_as: Number, Count, Subject, "other parties seen under this address"
    }
}

view! {
    /// Fields of `container`.
    container = Container {
        number: Text, Any, Subject, "number as declared"
        check_digit_holds ? NO_NUMBER: Bool, Any, Subject, "ISO 6346 check digit holds"
        size_type ? NOT_DECLARED: Text, Any, Subject, "ISO 6346 size and type"
        is_reefer: Bool, Any, Subject, "a refrigerated or tank container"
        load_kg ? SHARED: Number, Count, Subject, "gross mass of the goods in it, when it holds this consignment alone"; "kg"
        overweight ? SHARED: Bool, Any, Subject, "more than it may carry"
        vgm_differs: Bool, Any, Subject, "a verified gross mass is given, and tare and goods differ from it by more than 5 %"
    }
}

/// Appendices as rules name them; `none` where nothing is listed.
fn appendices() -> Vec<&'static str> {
    Appendix::WORDS.iter().copied().chain(["none"]).collect()
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

    #[test]
    fn what_is_said_of_a_field_fits_its_kind() {
        for field in View::ALL.into_iter().flat_map(View::fields) {
            let fits = match field.domain {
                Domain::Any => true,
                Domain::Declared | Domain::Folded => field.kind == Kind::Text,
                Domain::Words(words) => !words().is_empty() && matches!(field.kind, Kind::Text | Kind::Texts),
                Domain::Of(_) | Domain::Digits(..) => matches!(field.kind, Kind::Text | Kind::Texts),
                Domain::Share | Domain::Count => field.kind == Kind::Number,
            };
            assert!(fits, "{}", field.name);
            assert!(field.unit.is_none() || !field.meaning.ends_with(','), "{}", field.name);
            assert!(field.gap.is_none_or(|gap| !gap.is_empty()), "{}", field.name);
        }
    }
}
