//! The canonical types. Field order here is the order of the JSON output.

use serde::{Deserialize, Serialize};

use crate::codes::{CountryCode, Date, HsCode, Unlocode};
use crate::words::words;

/// One transport document set of one voyage, or a part of it (long files are read in parts with the same head).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manifest {
    /// Reference that the sender gave. Together with sender and function it is the key of the manifest.
    pub reference: String,
    /// Format it was read from, such as `json/1`.
    pub format: String,
    /// Who sent it, where the format says so.
    pub sender: Option<String>,
    /// What the message does to an earlier one of the same reference.
    pub function: Function,
    /// When it was sent.
    pub sent_at: Option<Moment>,
    /// Customs office it is addressed to.
    pub office: Option<String>,
    /// The carrier.
    pub carrier: Option<Carrier>,
    /// The ship, aircraft or vehicle.
    pub transport_means: Option<TransportMeans>,
    /// Where and when the voyage starts.
    pub departure: Option<Call>,
    /// Where and when it arrives.
    pub arrival: Option<Call>,
    /// Totals as the sender states them.
    pub totals: Option<Totals>,
    /// Transport equipment (containers) of the voyage.
    pub equipment: Vec<Equipment>,
    /// The consignments.
    pub consignments: Vec<Consignment>,
    /// What the canonical form does not carry, with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmapped: Vec<Unmapped>,
}

/// Effect on an earlier message of the same reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// First message.
    #[default]
    Original,
    /// Supersedes the earlier message.
    Replace,
    /// Amends it.
    Change,
    /// Withdraws it.
    Cancel,
}

/// A point in time as declared, and the calendar day it falls on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    text: String,
    day: Date,
}

impl Moment {
    /// Reads RFC 3339 (`2014-03-02T09:30:00Z`) or a plain ISO day. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let day: Date = trimmed.get(..10)?.parse().ok()?;
        let rest = trimmed.get(10..)?;
        let timed = rest.is_empty()
            || trimmed.parse::<jiff::Timestamp>().is_ok()
            || trimmed.trim_end_matches('Z').parse::<jiff::civil::DateTime>().is_ok();
        timed.then(|| Self { text: trimmed.to_owned(), day })
    }

    /// The day that starts at midnight of `day`.
    pub fn on(day: Date) -> Self {
        Self { text: day.to_string(), day }
    }

    /// Calendar day as written, without shifting zones.
    pub fn day(&self) -> Date {
        self.day
    }

    /// As declared.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not an RFC 3339 time"))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.text
    }
}

/// The carrier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Carrier {
    /// Standard Carrier Alpha Code.
    pub scac: Option<String>,
    /// Name.
    pub name: Option<String>,
}

/// The means of transport.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransportMeans {
    /// 1 sea, 2 rail, 3 road, 4 air (UNECE Recommendation 19).
    pub mode: Option<u8>,
    /// IMO ship number, as declared.
    pub imo: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Flag State.
    pub flag: Option<CountryCode>,
    /// Voyage or flight number.
    pub voyage: Option<String>,
}

/// A place on the voyage and when it is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Call {
    /// Place.
    pub unlocode: Option<Place>,
    /// When.
    pub at: Option<Moment>,
}

/// A place as declared: a UN/LOCODE or, where the sender gives none, a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// Keeps the text; `None` when it is blank.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// As declared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UN/LOCODE, when the text has that shape.
    pub fn unlocode(&self) -> Option<Unlocode> {
        self.0.parse().ok()
    }
}

/// Totals as stated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Totals {
    /// Bills.
    pub n_consignments: Option<u64>,
    /// Packages.
    pub n_packages: Option<u64>,
    /// Containers.
    pub n_containers: Option<u64>,
    /// Gross mass, kg.
    pub gross_mass_kg: Option<f64>,
}

/// One container or other piece of transport equipment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Equipment {
    /// Number as declared (ISO 6346 for containers).
    pub container: String,
    /// ISO 6346 size-type, such as `22G1`.
    pub size_type: Option<String>,
    /// `empty`, `part`, `full`, `mixed`.
    pub fullness: Option<String>,
    /// Tare, kg.
    pub tare_kg: Option<f64>,
    /// Verified gross mass (SOLAS), kg.
    pub vgm_kg: Option<f64>,
    /// Seals.
    pub seals: Vec<Seal>,
}

/// A seal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seal {
    /// Number.
    pub number: String,
    /// Who set it: `CA` carrier, `SH` shipper, `CU` customs.
    pub party: Option<String>,
}

/// What one transport document covers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Consignment {
    /// Line number in the manifest.
    pub line: Option<u64>,
    /// Bill of lading or air waybill: the name of the consignment.
    pub bill_of_lading: String,
    /// `master` or `house`.
    pub bill_level: Option<String>,
    /// Master bill of a house bill.
    pub master_bill: Option<String>,
    /// Unique consignment reference.
    pub ucr: Option<String>,
    /// Customs procedure asked for.
    pub procedure: Option<Procedure>,
    /// Places of the carriage.
    pub places: Places,
    /// Countries passed, in order.
    pub routing: Vec<CountryCode>,
    /// Parties by role.
    pub parties: Vec<Party>,
    /// Gross mass, kg.
    pub gross_mass_kg: Option<f64>,
    /// Packages.
    pub n_packages: Option<u64>,
    /// Declared value.
    pub value: Option<Money>,
    /// Documents that cover the whole consignment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// The goods.
    pub goods_items: Vec<GoodsItem>,
    /// Texts that were normalised, as they stood: place in the consignment and the original.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<Original>,
}

impl Consignment {
    /// First party with this role.
    pub fn party(&self, role: PartyRole) -> Option<&Party> {
        self.parties.iter().find(|party| party.role == role)
    }

    /// Every document with the index of its goods item (`None` = of the whole consignment) and its own index.
    pub fn all_documents(&self) -> impl Iterator<Item = (Option<usize>, usize, &Document)> {
        let own = self.documents.iter().enumerate().map(|(n, document)| (None, n, document));
        let items =
            self.goods_items.iter().enumerate().flat_map(|(i, item)| {
                item.documents.iter().enumerate().map(move |(n, document)| (Some(i), n, document))
            });
        own.chain(items)
    }
}

/// A text as it stood before it was normalised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// JSON pointer within the consignment.
    pub at: String,
    /// The text.
    pub text: String,
}

/// Something that the canonical form does not carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmapped {
    /// Place in the source: JSON pointer, XML path, segment number, row and column.
    pub at: String,
    /// What stood there.
    pub found: String,
}

words! {
    /// Customs procedure.
    pub enum Procedure {
        /// For free circulation.
        Import = "import",
        /// Leaving the country.
        Export = "export",
        /// Leaving again after import.
        ReExport = "re_export",
        /// Under customs control to another country.
        Transit = "transit",
        /// From one means of transport to another.
        Transhipment = "transhipment",
        /// To be re-exported by a date.
        TemporaryAdmission = "temporary_admission",
        /// Stored under bond.
        Warehouse = "warehouse",
        /// Free zone.
        FreeZone = "free_zone",
    }
}

/// Places of the carriage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Places {
    /// First port of the sea leg.
    pub original_loading: Option<Place>,
    /// Port of loading on this means of transport.
    pub loading: Option<Place>,
    /// Port of transhipment.
    pub transhipment: Option<Place>,
    /// Port of discharge.
    pub discharge: Option<Place>,
    /// Place of delivery.
    pub delivery: Option<Place>,
    /// Final destination.
    pub final_destination: Option<Place>,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Role.
    pub role: PartyRole,
    /// Identifier (tax or trader number).
    #[serde(default)]
    pub id: Option<String>,
    /// Name as declared. `TO ORDER` is a value, not a company.
    #[serde(default)]
    pub name: String,
    /// Address.
    #[serde(default)]
    pub address: Option<Address>,
    /// Telephone, mail and other contacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
}

words! {
    /// Role of a party.
    pub enum PartyRole {
        /// Sends the goods.
        Consignor = "consignor",
        /// Receives the goods.
        Consignee = "consignee",
        /// Is told of arrival.
        NotifyParty = "notify_party",
        /// Carries them.
        Carrier = "carrier",
        /// Declares them.
        Declarant = "declarant",
        /// Sells.
        Seller = "seller",
        /// Buys.
        Buyer = "buyer",
        /// Exports by law.
        Exporter = "exporter",
        /// Imports by law.
        Importer = "importer",
        /// Arranges carriage.
        Forwarder = "forwarder",
        /// Packs the container.
        Consolidator = "consolidator",
    }
}

/// An address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    /// Street and number, or all lines where the source does not split them.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Province or State.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<CountryCode>,
}

/// An amount of money. The amount stays text, so that nothing is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal amount.
    pub amount: String,
    /// ISO 4217 currency.
    #[serde(default)]
    pub currency: Option<String>,
    /// What it values: `customs`, `statistical`, `invoice`, `freight`.
    #[serde(default)]
    pub kind: Option<String>,
}

impl Money {
    /// The amount as a number, for ratios only.
    pub fn number(&self) -> Option<f64> {
        self.amount.parse::<f64>().ok().filter(|n| n.is_finite())
    }
}

/// One line of a consignment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GoodsItem {
    /// Number of the item.
    pub item: Option<u64>,
    /// HS code as declared.
    pub hs_code: Option<HsCode>,
    /// HS edition (2012, 2017, 2022).
    pub hs_edition: Option<u16>,
    /// Description of the goods, as declared.
    pub description: String,
    /// Declared scientific name.
    pub scientific_name: Option<String>,
    /// Declared common name.
    pub common_name: Option<String>,
    /// Declared country of origin.
    pub origin: Option<CountryCode>,
    /// Packages.
    pub packages: Vec<Packages>,
    /// Gross mass, kg.
    pub gross_mass_kg: Option<f64>,
    /// Net mass, kg.
    pub net_mass_kg: Option<f64>,
    /// Volume, m³.
    pub volume_m3: Option<f64>,
    /// Other quantity with its unit, such as 55 pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// Value of this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Money>,
    /// Containers it is in.
    pub in_containers: Vec<InContainer>,
    /// Documents declared for it.
    pub documents: Vec<Document>,
}

/// A quantity with its unit as declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// Amount.
    pub amount: f64,
    /// Unit as declared.
    pub unit: String,
}

/// Packages of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Packages {
    /// How many.
    pub n: Option<u64>,
    /// UNECE Recommendation 21 code, as declared.
    pub kind: Option<String>,
    /// Marks and numbers.
    pub marks: Option<String>,
}

/// A container that holds some of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InContainer {
    /// Container number.
    pub container: String,
    /// How many packages of the item are in it.
    pub n_packages: Option<u64>,
}

/// A document that the declarant cites.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// UN/EDIFACT 1001 or national code, as declared.
    pub code: Option<String>,
    /// What it is.
    pub kind: DocumentKind,
    /// Number as declared.
    pub number: Option<String>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Last day of validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// Country that issued it.
    pub country: Option<CountryCode>,
    /// Authority that issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuing_authority: Option<String>,
    /// Holder (exporter) named on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Importer named on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importer: Option<String>,
    /// Taxon named on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxon: Option<String>,
    /// Quantity on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<f64>,
    /// Unit of the quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// CITES source code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// CITES purpose code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Country of origin on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<CountryCode>,
    /// Security stamp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_stamp: Option<String>,
    /// Transport document named on it (box 15).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_document: Option<String>,
    /// Remarks, such as an extension or a reason for retrospective issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
}

words! {
    /// Kind of a declared document.
    #[derive(Default)]
    pub enum DocumentKind {
        /// CITES export permit.
        CitesExportPermit = "cites_export_permit",
        /// CITES import permit.
        CitesImportPermit = "cites_import_permit",
        /// CITES re-export certificate.
        CitesReExportCertificate = "cites_re_export_certificate",
        /// CITES pre-Convention certificate.
        CitesPreConventionCertificate = "cites_pre_convention_certificate",
        /// CITES certificate of origin (Appendix III).
        CitesCertificateOfOrigin = "cites_certificate_of_origin",
        /// Phytosanitary certificate.
        PhytosanitaryCertificate = "phytosanitary_certificate",
        /// Trade certificate of origin (not a CITES document).
        CertificateOfOrigin = "certificate_of_origin",
        /// FLEGT licence.
        FlegtLicence = "flegt_licence",
        /// Anything else.
        #[default]
        Other = "other",
    }
}

impl DocumentKind {
    /// True for documents that the Convention knows.
    pub fn is_cites(self) -> bool {
        matches!(
            self,
            Self::CitesExportPermit
                | Self::CitesImportPermit
                | Self::CitesReExportCertificate
                | Self::CitesPreConventionCertificate
                | Self::CitesCertificateOfOrigin
        )
    }
}

impl Manifest {
    /// Blank optional texts become `None`: an empty name is no name. Run once after reading.
    pub(super) fn tidy(&mut self) {
        let means = self.transport_means.iter_mut().flat_map(|m| [&mut m.imo, &mut m.name, &mut m.voyage]);
        let carrier = self.carrier.iter_mut().flat_map(|c| [&mut c.scac, &mut c.name]);
        means.chain(carrier).chain([&mut self.sender, &mut self.office]).for_each(drop_blank);
        for equipment in &mut self.equipment {
            [&mut equipment.size_type, &mut equipment.fullness].into_iter().for_each(drop_blank);
            equipment.seals.iter_mut().for_each(|seal| drop_blank(&mut seal.party));
        }
        for consignment in &mut self.consignments {
            let Consignment { bill_level, master_bill, ucr, parties, documents, goods_items, .. } = consignment;
            [bill_level, master_bill, ucr].into_iter().for_each(drop_blank);
            for party in parties {
                drop_blank(&mut party.id);
                if let Some(address) = &mut party.address {
                    let Address { street, city, region, postcode, .. } = address;
                    [street, city, region, postcode].into_iter().for_each(drop_blank);
                }
            }
            documents.iter_mut().for_each(Document::tidy);
            for item in goods_items {
                [&mut item.scientific_name, &mut item.common_name].into_iter().for_each(drop_blank);
                item.packages.iter_mut().flat_map(|p| [&mut p.kind, &mut p.marks]).for_each(drop_blank);
                item.documents.iter_mut().for_each(Document::tidy);
            }
        }
    }
}

impl Document {
    fn tidy(&mut self) {
        let Self { code, number, issuing_authority, holder, importer, taxon, unit, source, purpose, .. } = self;
        [code, number, issuing_authority, holder, importer, taxon, unit, source, purpose]
            .into_iter()
            .for_each(drop_blank);
        let Self { security_stamp, transport_document, remarks, .. } = self;
        [security_stamp, transport_document, remarks].into_iter().for_each(drop_blank);
    }
}

fn drop_blank(text: &mut Option<String>) {
    if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
        *text = None;
    }
}
