//! What a ship brings, in the shape of the canonical manifest (DESIGN, "Files it reads"): a call of a ship is a manifest, its
//! bills are consignments. Masses in whole kilograms, volumes in m³ with three decimals, days as ISO 8601.

use jiff::civil::Date;
use serde::Serialize;

/// One call of a ship: one manifest.
#[derive(Debug, Clone, Serialize)]
pub struct Call {
    pub reference: String,
    pub format: &'static str,
    pub function: &'static str,
    pub sent_at: String,
    pub carrier: CarrierName,
    pub transport_means: Ship,
    pub departure: Stop,
    pub arrival: Stop,
    pub totals: Totals,
    pub equipment: Vec<Container>,
    pub consignments: Vec<Bill>,
}

/// A carrier's code and name.
#[derive(Debug, Clone, Serialize)]
pub struct CarrierName {
    pub scac: String,
    pub name: String,
}

/// The ship and its voyage.
#[derive(Debug, Clone, Serialize)]
pub struct Ship {
    pub mode: u8,
    pub imo: String,
    pub name: String,
    pub flag: String,
    pub voyage: String,
}

/// A port and the time there, in UTC.
#[derive(Debug, Clone, Serialize)]
pub struct Stop {
    pub unlocode: String,
    pub at: String,
}

/// Sums that the manifest states.
#[derive(Debug, Clone, Serialize)]
pub struct Totals {
    pub n_consignments: usize,
    pub n_containers: usize,
}

/// A container on the ship.
#[derive(Debug, Clone, Serialize)]
pub struct Container {
    pub container: String,
    pub size_type: &'static str,
    pub fullness: &'static str,
    pub tare_kg: u64,
    pub seals: Vec<Seal>,
}

/// A seal and who set it.
#[derive(Debug, Clone, Serialize)]
pub struct Seal {
    pub number: String,
    pub party: &'static str,
}

/// One bill of lading.
#[derive(Debug, Clone, Serialize)]
pub struct Bill {
    pub line: usize,
    pub bill_of_lading: String,
    pub procedure: &'static str,
    pub places: Places,
    pub routing: Vec<String>,
    pub parties: Vec<Party>,
    pub gross_mass_kg: u64,
    pub n_packages: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Money>,
    pub goods_items: Vec<Item>,
}

/// Places of a bill, UN/LOCODE.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Places {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub original_loading: String,
    pub loading: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub transhipment: String,
    pub discharge: String,
    pub delivery: String,
    pub final_destination: String,
}

/// A firm in its role.
#[derive(Debug, Clone, Serialize)]
pub struct Party {
    pub role: &'static str,
    pub name: String,
    pub address: Address,
}

/// Where a firm sits.
#[derive(Debug, Clone, Serialize)]
pub struct Address {
    pub street: String,
    pub city: String,
    pub country: String,
}

/// A sum of money.
#[derive(Debug, Clone, Serialize)]
pub struct Money {
    pub amount: String,
    pub currency: String,
    pub kind: &'static str,
}

/// One line of goods.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub item: usize,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hs_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hs_edition: Option<u16>,
    pub description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scientific_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub origin: String,
    pub packages: Vec<Packages>,
    pub gross_mass_kg: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_mass_kg: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_m3: Option<f64>,
    pub in_containers: Vec<Placed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Paper>,
}

/// Packages of one kind (UN/ECE Recommendation 21).
#[derive(Debug, Clone, Serialize)]
pub struct Packages {
    pub n: u64,
    pub kind: String,
    pub marks: String,
}

/// How many packages of a line are in a container.
#[derive(Debug, Clone, Serialize)]
pub struct Placed {
    pub container: String,
    pub n_packages: u64,
}

/// A document that a line claims.
#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    pub code: String,
    pub kind: String,
    pub number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<Date>,
    pub country: String,
}

/// What a bill was made to be, for the truth that is kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `goods`, `sounding`, `timber`, `planted` or `twin`.
    pub made: &'static str,
    /// Method of planted bills and of their twins, else empty.
    pub method: String,
    /// The pair that it belongs to, else empty.
    pub case: String,
    /// The ring that planted it.
    pub ring: Option<usize>,
}

impl Label {
    /// Of honest trade.
    pub fn honest(made: &'static str) -> Self {
        Self { made, method: String::new(), case: String::new(), ring: None }
    }

    /// True when there is something to find.
    pub fn is_planted(&self) -> bool {
        self.made == "planted"
    }
}
