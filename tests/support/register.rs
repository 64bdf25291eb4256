//! A seeded register of permits, and papers that present them: whole, damaged by so many edits, or of no such permit.
//! Countries number as some really do (year and country in front, a serial behind); parties are invented.

use jiff::ToSpan;
use jiff::civil::Date;
use palisander_engine::papers::{Document, Endorsement, PermitKind, Position, PresentedPermit, Status};
use palisander_engine::{Appendix, CountryCode};

use crate::random::Random;

const SYLLABLES: [&str; 40] = [
    "ka", "mo", "ri", "ta", "nu", "be", "lo", "sa", "vi", "do", "ma", "ne", "pu", "zi", "ho", "qua", "tre", "gan",
    "mi", "ro", "fa", "lu", "che", "an", "or", "el", "tu", "ya", "wi", "bra", "den", "sol", "kim", "par", "nga", "tho",
    "ula", "est", "ira", "omb",
];
const TRADES: [&str; 12] = [
    "Timber",
    "Wood Products",
    "Trading",
    "Export",
    "Furniture",
    "Maderas",
    "Bois",
    "Madeiras",
    "Lumber",
    "Forest",
    "Veneers",
    "Instruments",
];
const FORMS: [&str; 9] = ["Ltd", "Co Ltd", "SARL", "SA", "Lda", "GmbH", "Inc", "Pvt Ltd", "LLC"];
/// Country and how often it issues, of all twelve.
const COUNTRIES: [&str; 14] = ["IN", "IN", "IN", "MG", "MZ", "TZ", "KE", "GT", "MX", "ID", "VN", "CM", "BR", "GH"];
const TAXA: [&str; 12] = [
    "Dalbergia sissoo",
    "Dalbergia sissoo",
    "Dalbergia latifolia",
    "Dalbergia latifolia",
    "Dalbergia latifolia",
    "Dalbergia melanoxylon",
    "Dalbergia retusa",
    "Dalbergia stevensonii",
    "Dalbergia cochinchinensis",
    "Dalbergia nigra",
    "Diospyros celebica",
    "Osyris lanceolata",
];

/// The register as a function of place: document `n` is always the same, so that nothing needs to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Issued {
    seed: u64,
    documents: usize,
}

impl Issued {
    /// A register of so many documents.
    pub fn new(seed: u64, documents: usize) -> Self {
        Self { seed, documents }
    }

    /// All documents, made as they are asked for.
    pub fn documents(self) -> impl Iterator<Item = Document> {
        (0..self.documents).map(move |n| self.document(n))
    }

    /// One name for twenty documents, so that holders repeat.
    fn party(self, n: usize, side: u64) -> String {
        let mut random = Random::new(self.seed ^ (side << 56) ^ (n as u64).wrapping_mul(0x9e37_79b9));
        let mut word = || {
            let word: String = (0..random.between(2, 3)).map(|_| random.pick(&SYLLABLES)).collect();
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_ascii_uppercase())
        };
        let (first, second) = (word(), word());
        format!("{first} {second} {} {}", random.pick(&TRADES), random.pick(&FORMS))
    }

    /// Document `n` of the seeded register; the same for every run.
    pub fn document(self, n: usize) -> Document {
        let mut random = Random::new(self.seed ^ (n as u64).wrapping_mul(0xd134_2543_de82_ef95));
        let parties = (self.documents / 20).max(3);
        let country = random.pick(&COUNTRIES);
        let year = random.between(2016, 2026);
        // Serials of a country and year hardly repeat: a register of ten million has three times as many places.
        let serial = random.between(1, 999_999);
        let number = match country {
            "MG" | "CM" | "GH" => format!("{:02}{country}{serial:06}", year % 100),
            "IN" => format!("IN/{year}/{:02}/{serial:06}", random.between(1, 40)),
            "GT" | "MX" | "BR" => format!("{country}{:02}-{serial:06}{}", year % 100, random.between(0, 9)),
            "ID" => format!("{serial:06}/IV/SATS-LN/{year}"),
            _ => format!("{country}-{:02}{serial:07}E", year % 100),
        };
        let day = Date::constant(2016, 1, 1)
            .saturating_add(i64::try_from(year - 2016).unwrap_or(0).years())
            .saturating_add(i64::try_from(random.below(364)).unwrap_or(0).days());
        let country: Option<CountryCode> = country.parse().ok();
        let volume = random.between(1, 4_000) as f64 / 100.0;
        Document {
            number,
            kind: PermitKind::Export,
            issuing_authority: None,
            issuing_country: country,
            issued_on: Some(day),
            expires_on: Some(day.saturating_add(6.months())),
            extended_to: None,
            exporter: Some(self.party(random.below(parties), 1)),
            importer: Some(self.party(random.below(parties), 2)),
            country_of_export: country,
            country_of_destination: None,
            purpose: Some('T'),
            security_stamp: None,
            transport_document: None,
            signatory: None,
            acquired_on: None,
            endorsement: Endorsement::NotKept,
            endorsed_on: None,
            retrospective: false,
            status: Status::Issued,
            handling: palisander_engine::Label::OF_REGISTER,
            positions: vec![Position {
                taxon: random.pick(&TAXA).to_owned(),
                appendix: Some(Appendix::II),
                source: Some('W'),
                term: Some("SAW".to_owned()),
                quantity: Some(volume),
                unit: Some("m3".to_owned()),
                origin: country,
                origin_permit: None,
                endorsed_quantity: None,
                operation: None,
            }],
        }
    }

    /// A paper of document `n`, its number and holder each damaged by so many edits.
    pub fn paper(self, n: usize, number_edits: usize, holder_edits: usize) -> Paper {
        let mut random = Random::new(self.seed ^ 0x5eed ^ (n as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut document = self.document(n);
        document.number = edited(&document.number, number_edits, &mut random);
        document.exporter = document.exporter.map(|name| edited(&name, holder_edits, &mut random));
        Paper(document)
    }

    /// A paper that this register does not hold: another register's document, of this one's holder when `known`.
    pub fn absent(self, n: usize, known: bool) -> Paper {
        let mut document = Self::new(self.seed ^ 0x0ab5_e170, self.documents).document(n);
        if known {
            document.exporter = self.document(n).exporter;
        }
        Paper(document)
    }
}

/// So many characters replaced, left out or doubled, each at another place.
fn edited(text: &str, edits: usize, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..edits {
        let at = random.below(chars.len());
        let Some(old) = chars.get(at).copied() else { continue };
        let other = |random: &mut Random, old: char| {
            let set: &[char] = if old.is_ascii_digit() {
                &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
            } else {
                &['a', 'e', 'i', 'k', 'l', 'm', 'n', 'o', 'r', 's', 't']
            };
            set.get(random.below(set.len())).copied().unwrap_or(old)
        };
        match random.below(3) {
            0 => {
                chars.remove(at);
            }
            1 => chars.insert(at, old),
            _ => {
                let new = other(random, old);
                if let Some(place) = chars.get_mut(at) {
                    *place = new;
                }
            }
        }
    }
    chars.into_iter().collect()
}

/// A document as it is presented.
#[derive(Debug, Clone)]
pub struct Paper(pub Document);

impl Paper {
    /// The question about it.
    pub fn presented(&self) -> PresentedPermit<'_> {
        let document = &self.0;
        PresentedPermit {
            number: Some(&document.number),
            kind: Some("export"),
            holder: document.exporter.as_deref(),
            importer: document.importer.as_deref(),
            issuing_country: document.issuing_country,
            issued_on: document.issued_on,
            expires_on: document.expires_on,
            taxa: document.positions.iter().map(|position| position.taxon.as_str()).collect(),
            quantities: document
                .positions
                .iter()
                .filter_map(|position| Some((position.quantity?, position.unit.as_deref()?)))
                .collect(),
            as_of: document.issued_on,
            ..PresentedPermit::default()
        }
    }
}
