//! One bill of a CUSCAR message: references, places, parties, goods.

use super::super::super::fault::Severity;
use super::super::super::fields::*;
use super::super::super::glean;
use super::super::super::limits;
use super::super::super::place::Place;
use super::super::super::reading::Reading;
use super::super::super::types::*;
use super::super::codes::{self, Reference};
use super::super::units::{Unit, coded_unit};
use super::fields::{self, TEXT_WIDTHS};
use super::segment::Segment;
use crate::codes::CountryCode;

/// Customs procedure of a `GIS` or `GEI`. Source: UN/EDIFACT 7365.
pub(super) fn procedure(code: &str) -> Option<Procedure> {
    Some(match code {
        "22" => Procedure::Export,
        "23" => Procedure::Import,
        "24" => Procedure::Transit,
        "28" => Procedure::Transhipment,
        _ => return None,
    })
}

/// What a `CNI` or a `RFF` opened.
#[derive(Debug)]
pub(super) struct Bill {
    bill: Consignment,
    pub(super) reading: Reading,
    /// Number in `CNI`.
    listed: Option<String>,
    /// The bill number came from a reference.
    is_referenced: bool,
    /// The number that stands for the bill is no bill's.
    number_lent: bool,
    /// Goods or parties have come.
    has_body: bool,
    /// A `TDT` of the bill: times and places behind it are of a leg.
    in_leg: bool,
    volume: Option<f64>,
    /// Origin stated once for all items.
    origin: Option<CountryCode>,
    /// The last line of the description was as long as a line can be.
    full_line: bool,
    /// A goods description that came before its item.
    before: String,
    /// Texts beside the goods description, where permit numbers stand too.
    texts: Vec<(usize, String)>,
    n: u64,
}

impl Bill {
    /// An empty bill, the `n`th.
    pub(super) fn new(n: u64) -> Self {
        Self {
            bill: Consignment::default(),
            reading: Reading::of_bill(),
            listed: None,
            is_referenced: false,
            number_lent: false,
            has_body: false,
            in_leg: false,
            volume: None,
            origin: None,
            full_line: false,
            before: String::new(),
            texts: Vec::new(),
            n,
        }
    }

    /// Opens at `CNI` (or at a `GID` without one).
    pub(super) fn open(segment: &Segment, n: u64) -> Self {
        let mut bill = Self::new(n);
        if segment.tag() == b"CNI" {
            bill.bill.line = segment.get(1, 1).and_then(|text| bill.reading.count(text, &|| segment.place()));
            bill.listed = segment.get(2, 1).map(str::to_owned);
        }
        bill
    }

    /// True while a number stands for the bill that is none of a bill of lading, and nothing else of the bill was read: its own
    /// number may follow.
    fn is_number_lent(&self) -> bool {
        self.number_lent && !self.has_body
    }

    /// True for a reference that names a transport document.
    pub(super) fn is_bill_reference(segment: &Segment) -> bool {
        use Reference::{Bill, HouseBill, MasterBill};
        let is = segment.get(1, 1).and_then(codes::reference).map(|(is, _)| is);
        matches!(is, Some(Bill | HouseBill | MasterBill))
    }

    /// A reference. Gives a new bill when it names another one than this.
    pub(super) fn reference(&mut self, segment: &Segment) -> Option<Self> {
        let (Some(kind), Some(number)) = (segment.get(1, 1), segment.get(1, 2)) else {
            segment.quiet_all();
            return None;
        };
        let number = number.to_owned();
        let (is, name) =
            codes::reference(kind).unwrap_or((Reference::Other, "a code that UN/EDIFACT 1153 does not have"));
        match is {
            Reference::Bill | Reference::HouseBill
                if self.is_referenced && !self.is_number_lent() && self.bill.bill_of_lading != number =>
            {
                let mut next = Self::new(self.n + 1);
                next.listed.clone_from(&self.listed);
                next.bill.line = self.bill.line;
                next.reference(segment);
                return Some(next);
            }
            Reference::OtherBill if self.is_referenced && self.bill.bill_of_lading != number => {
                self.reading.unmapped(segment.place(), &format!("{} ({name})", segment.to_text()));
            }
            Reference::Bill | Reference::HouseBill | Reference::OtherBill => {
                if is == Reference::HouseBill {
                    self.bill.bill_level = Some("house".to_owned());
                }
                if self.is_number_lent() && self.bill.bill_of_lading != number {
                    self.reading.unmapped(segment.place(), &self.bill.bill_of_lading);
                }
                self.number_lent = is == Reference::OtherBill;
                self.is_referenced = true;
                self.bill.bill_of_lading = number;
            }
            Reference::MasterBill if self.has_body => {
                let mut next = Self::new(self.n + 1);
                next.listed.clone_from(&self.listed);
                next.reference(segment);
                return Some(next);
            }
            Reference::MasterBill => self.bill.master_bill = Some(number),
            Reference::Ucr => self.bill.ucr = Some(number),
            Reference::ExportPermit | Reference::ImportPermit => {
                let code = if is == Reference::ExportPermit { "811" } else { "911" };
                let kind = codes::document(code);
                let document = Document { code: Some(code.into()), kind, number: Some(number), ..Document::default() };
                let list = match self.bill.goods_items.last_mut() {
                    Some(item) => &mut item.documents,
                    None => &mut self.bill.documents,
                };
                if list.len() < limits::MAX_LIST {
                    list.push(document);
                }
            }
            Reference::Other => {
                segment.quiet_all();
                self.reading.unmapped(segment.place(), &format!("{} ({name})", segment.to_text()));
            }
        }
        None
    }

    /// A segment of the bill. False when the canonical form does not carry it.
    pub(super) fn take(&mut self, segment: &Segment) -> bool {
        match segment.tag() {
            b"CNT" => self.control(segment),
            b"MOA" => self.amount(segment),
            b"LOC" => self.place(segment),
            b"GIS" => self.indicate(segment.code(1)),
            b"GEI" => {
                segment.quiet(1, &[1]);
                self.indicate(segment.code(2))
            }
            b"TDT" => {
                self.in_leg = true;
                false
            }
            b"NAD" => self.party(segment),
            b"CTA" | b"COM" => self.contact(segment),
            b"GID" => self.goods_item(segment),
            b"PAC" => {
                let n = fields::number(segment, 1, 1, &mut self.reading).map(|n| n as u64);
                let packages = Packages { n, kind: segment.code(3).map(str::to_owned), marks: None };
                self.item().is_some_and(|item| push(&mut item.packages, packages))
            }
            b"FTX" => self.text(segment),
            b"MEA" => self.measure(segment),
            b"SGP" => {
                let Some(container) = segment.code(1).map(str::to_owned) else { return true };
                let n_packages = fields::number(segment, 2, 1, &mut self.reading).map(|n| n as u64);
                self.item().is_some_and(|item| push(&mut item.in_containers, InContainer { container, n_packages }))
            }
            b"PCI" => {
                segment.quiet(1, &[1]);
                let marks = fields::joined(segment.all(2, &[35]));
                let marks = self.reading.text(marks, &|| segment.place());
                let Some(item) = self.item() else { return false };
                if item.packages.is_empty() {
                    add(&mut item.packages, Packages::default());
                }
                let free = item.packages.iter_mut().find(|packages| packages.marks.is_none());
                free.map(|packages| packages.marks = Some(marks)).is_some()
            }
            b"CST" => self.tariff(segment),
            b"DOC" => self.document(segment),
            b"QTY" => {
                let amount = fields::number(segment, 1, 2, &mut self.reading);
                segment.quiet(1, &[1]);
                let unit = segment.get(1, 3).unwrap_or("C62").to_owned();
                let Some(item) = self.item().filter(|item| item.quantity.is_none()) else { return false };
                item.quantity = amount.map(|amount| Quantity { amount, unit });
                true
            }
            b"DTM" => self.document_time(segment),
            _ => false,
        }
    }

    fn item(&mut self) -> Option<&mut GoodsItem> {
        self.bill.goods_items.last_mut()
    }

    fn control(&mut self, segment: &Segment) -> bool {
        let value = fields::number(segment, 1, 2, &mut self.reading);
        let scaled = |expected: fn(Unit) -> Option<f64>| {
            let factor =
                segment.get(1, 3).map_or(Some(1.0), |text| coded_unit(text).and_then(|(unit, _)| expected(unit)));
            value.zip(factor).map(|(value, factor)| value * factor)
        };
        match segment.get(1, 1) {
            Some("7") => self.bill.gross_mass_kg = scaled(mass),
            Some("11") => {
                segment.quiet(1, &[3]);
                self.bill.n_packages = value.map(|value| value as u64);
            }
            Some("15") => self.volume = scaled(volume),
            _ => return false,
        }
        true
    }

    fn amount(&mut self, segment: &Segment) -> bool {
        let Some(amount) = segment.get(1, 2) else { return true };
        let kind = match segment.get(1, 1) {
            Some("40" | "43" | "44") => "customs",
            Some("39" | "77") => "invoice",
            Some("123") => "statistical",
            Some("64" | "144") => "freight",
            _ => return false,
        };
        let amount = if segment.decimal_comma { amount.replace(',', ".") } else { amount.to_owned() };
        let money = Money { amount, currency: segment.get(1, 3).map(str::to_owned), kind: Some(kind.to_owned()) };
        let slot = match self.bill.goods_items.last_mut() {
            _ if kind == "freight" => &mut self.bill.freight,
            Some(item) => &mut item.value,
            None => &mut self.bill.value,
        };
        if slot.is_some() || money.number().is_none() {
            return false;
        }
        *slot = Some(money);
        true
    }

    fn place(&mut self, segment: &Segment) -> bool {
        let Some(found) = fields::place(segment) else {
            // An empty place is no place.
            segment.quiet_all();
            return true;
        };
        let kind = segment.get(1, 1).unwrap_or_default();
        if kind == "27" {
            let n = self.bill.goods_items.len().saturating_sub(1);
            let pointer = Place::HEAD.item(n).field(goods_item::origin);
            let origin = self.reading.country(found, &|| segment.place(), pointer);
            match self.bill.goods_items.last_mut() {
                Some(item) => item.origin = origin,
                None => self.origin = origin,
            }
            return true;
        }
        if kind == "92" || (self.in_leg && kind == "13") {
            let country = found.get(..2).and_then(|code| code.parse::<CountryCode>().ok());
            if let Some(country) = country.filter(|_| self.bill.routing.len() < limits::MAX_LIST) {
                self.bill.routing.push(country);
                return kind == "92";
            }
        }
        let places = &mut self.bill.places;
        let slot = match kind {
            "76" => &mut places.original_loading,
            "9" => &mut places.loading,
            "13" => &mut places.transhipment,
            "11" | "12" => &mut places.discharge,
            "7" | "83" => &mut places.delivery,
            "8" | "20" => &mut places.final_destination,
            "28" | "36" if places.final_destination.is_none() => &mut places.final_destination,
            _ => return false,
        };
        if slot.as_ref().is_some_and(|known| known.as_str() != found) {
            return false;
        }
        *slot = Location::new(found);
        true
    }

    fn indicate(&mut self, code: Option<&str>) -> bool {
        let Some(found) = code.and_then(procedure) else { return false };
        // Under an item it only repeats the bill's, and opens its documents.
        self.bill.procedure = self.bill.procedure.or(Some(found));
        self.bill.procedure == Some(found)
    }

    fn party(&mut self, segment: &Segment) -> bool {
        self.has_body = true;
        let Some(code) = segment.get(1, 1) else { return false };
        let role = codes::role(code).unwrap_or_else(|| {
            let expected = "a role of UN/EDIFACT 3035; the party is kept as another one";
            self.reading.fault("unknown_party_role", Severity::Doubt, &|| segment.place(), code, expected);
            PartyRole::Other
        });
        if self.bill.parties.len() >= limits::MAX_LIST {
            return false;
        }
        let party = fields::party(role, segment, &mut self.reading, self.bill.parties.len());
        self.bill.parties.push(party);
        true
    }

    fn contact(&mut self, segment: &Segment) -> bool {
        let text =
            if segment.tag() == b"COM" { segment.get(1, 1) } else { segment.get(2, 2).or_else(|| segment.get(2, 1)) };
        let Some(text) = text.map(str::to_owned) else { return true };
        segment.quiet(1, &[1, 2]);
        self.bill.parties.last_mut().is_some_and(|party| push(&mut party.contacts, text))
    }

    fn goods_item(&mut self, segment: &Segment) -> bool {
        self.has_body = true;
        let number = segment.get(1, 1).and_then(|text| self.reading.count(text, &|| segment.place()));
        if self.bill.goods_items.len() >= limits::MAX_GOODS_ITEMS {
            self.reading.fault(
                "too_many",
                Severity::Lost,
                &|| segment.place(),
                "goods items",
                "at most MAX_GOODS_ITEMS",
            );
            return false;
        }
        self.full_line = false;
        let mut item = GoodsItem { item: number, origin: self.origin, ..GoodsItem::default() };
        for element in 2..=6 {
            let n = fields::number(segment, element, 1, &mut self.reading);
            segment.quiet(element, &[3, 4]);
            let kind = segment.get(element, 2).map(str::to_owned);
            if n.is_some() || kind.is_some() {
                add(&mut item.packages, Packages { n: n.map(|n| n as u64), kind, marks: None });
            }
        }
        if item.packages.is_empty() && item.item.is_none() {
            item.item = Some(self.bill.goods_items.len() as u64 + 1);
        }
        add(&mut self.bill.goods_items, item);
        true
    }

    fn text(&mut self, segment: &Segment) -> bool {
        let kind = segment.get(1, 1).unwrap_or_default();
        segment.quiet(3, &[2, 3]);
        segment.quiet(2, &[1]);
        segment.quiet(5, &[1]);
        let n = self.bill.goods_items.len();
        if kind == "AAA" {
            let text = match self.bill.goods_items.last_mut() {
                Some(item) => &mut item.description,
                None => &mut self.before,
            };
            // The last line of one FTX goes on in the next as lines within one do.
            let mut whole = std::mem::take(text);
            self.full_line = fields::join_to(&mut whole, self.full_line, segment.all(4, TEXT_WIDTHS));
            // A line that ended where no width was full: between two words, or within one. Both are read.
            if let Some(parted) = segment.parted(4) {
                whole = format!("{whole} / {parted}");
                self.full_line = false;
            }
            *text = self.reading.text(whole, &|| segment.place());
            return true;
        }
        if n == 0 {
            return false;
        }
        let text = fields::joined(segment.all(4, TEXT_WIDTHS));
        let text = self.reading.text(text, &|| segment.place());
        if !text.is_empty() {
            self.texts.push((n - 1, text.clone()));
            self.reading.unmapped(format!("{} ({kind})", segment.place()), &text);
        }
        true
    }

    fn measure(&mut self, segment: &Segment) -> bool {
        segment.quiet(1, &[1]);
        let Some(value) = fields::number(segment, 3, 2, &mut self.reading) else { return true };
        let (kind, spelling) = (segment.code(2).unwrap_or_default(), segment.get(3, 1).unwrap_or_default());
        let is_volume = matches!(kind, "AAW" | "ABJ");
        if !is_volume && !matches!(kind, "G" | "AAB" | "AAD" | "AAA" | "N" | "AAC" | "WT") {
            return false;
        }
        let factor = match (coded_unit(spelling), is_volume) {
            (Some((Unit::Volume(factor), sure)), true) | (Some((Unit::Mass(factor), sure)), false) => {
                if !sure {
                    let expected = "a unit of UNECE Recommendation 20; read as in trade";
                    self.reading.fault("unit_spelling", Severity::Doubt, &|| segment.place(), spelling, expected);
                }
                factor
            }
            _ => {
                let expected = if is_volume { "a unit of volume such as MTQ" } else { "a unit of mass such as KGM" };
                let found = codes::other_unit(spelling).map(|name| format!("{spelling} ({name})"));
                let found = found.as_deref().unwrap_or(spelling);
                self.reading.fault("unknown_unit", Severity::Lost, &|| segment.place(), found, expected);
                return false;
            }
        };
        let Some(item) = self.bill.goods_items.last_mut() else { return false };
        let slot = match kind {
            _ if is_volume => &mut item.volume_m3,
            "AAA" | "N" | "AAC" => &mut item.net_mass_kg,
            _ => &mut item.gross_mass_kg,
        };
        if slot.is_some() {
            return false;
        }
        *slot = Some(value * factor);
        true
    }

    fn tariff(&mut self, segment: &Segment) -> bool {
        segment.quiet(1, &[1]);
        let Some(text) = segment.code(2) else { return true };
        let n = self.bill.goods_items.len().saturating_sub(1);
        let code = self.reading.hs(text, &|| segment.place(), Place::HEAD.item(n).field(goods_item::hs_code));
        let Some(item) = self.bill.goods_items.last_mut().filter(|item| item.hs_code.is_none()) else { return false };
        item.hs_code = code;
        true
    }

    fn document(&mut self, segment: &Segment) -> bool {
        let code = segment.code(1).map(str::to_owned);
        let number = segment.get(2, 1).map(str::to_owned);
        if code.is_none() && number.is_none() {
            return true;
        }
        let kind = codes::document(code.as_deref().unwrap_or_default());
        let document = Document { code, kind, number, ..Document::default() };
        match self.bill.goods_items.last_mut() {
            Some(item) => push(&mut item.documents, document),
            None => push(&mut self.bill.documents, document),
        }
    }

    /// A time under an item is of its document.
    fn document_time(&mut self, segment: &Segment) -> bool {
        if !matches!(segment.get(1, 1), Some("137" | "182" | "171")) {
            return false;
        }
        let moment = fields::moment(segment, &mut self.reading);
        let document =
            self.item().and_then(|item| item.documents.last_mut()).filter(|document| document.issued_on.is_none());
        let Some(document) = document else { return false };
        document.issued_on = moment.map(|moment| moment.day());
        true
    }

    /// The consignment and what was found on the way.
    pub(super) fn finish(mut self, line: u64, default: Option<Procedure>) -> (Consignment, Reading) {
        let mut bill = self.bill;
        bill.line = bill.line.or(Some(line));
        bill.procedure = bill.procedure.or(default);
        if !self.is_referenced {
            bill.bill_of_lading = self.listed.take().or_else(|| bill.master_bill.take()).unwrap_or_default();
        } else if let Some(listed) = self.listed.filter(|listed| *listed != bill.bill_of_lading) {
            // A list number that is no bill of this reference is the one above it.
            bill.master_bill = bill.master_bill.take().or(Some(listed));
        }
        let place = || format!("bill {line}");
        if bill.bill_of_lading.is_empty() {
            bill.bill_of_lading = format!("line-{line}");
            let expected = "a bill of lading number in CNI or RFF";
            self.reading.fault("missing", Severity::Lost, &place, "nothing", expected);
        }
        if bill.goods_items.is_empty() {
            self.reading.fault("missing", Severity::Doubt, &place, "nothing", "a goods item (GID)");
        }
        described_before(&mut bill, self.before);
        if let Some(volume) = self.volume {
            match bill.goods_items.as_mut_slice() {
                [only] if only.volume_m3.is_none() => only.volume_m3 = Some(volume),
                _ => self.reading.unmapped(format!("bill {line} CNT 15 volume_m3"), &volume.to_string()),
            }
        }
        for (n, text) in self.texts {
            if let Some(item) = bill.goods_items.get_mut(n) {
                let at = Place::bill(0).item(n).field(goods_item::description);
                glean::documents(&text, item, &mut self.reading.faults, at, &place);
            }
        }
        (bill, self.reading)
    }
}

fn push<T>(list: &mut Vec<T>, entry: T) -> bool {
    let fits = list.len() < limits::MAX_LIST;
    if fits {
        add(list, entry);
    }
    fits
}

/// Most lists of a bill hold one entry, and a ship has thousands of them: left alone, each would make room for four.
/// Some senders put the goods text before the item: it is the first one's, or all that is known of the goods.
fn described_before(bill: &mut Consignment, before: String) {
    if before.is_empty() {
        return;
    }
    match bill.goods_items.first_mut() {
        Some(item) if item.description.is_empty() => item.description = before,
        Some(item) => item.description = format!("{before} {}", item.description),
        None => bill.goods_items.push(GoodsItem { item: Some(1), description: before, ..GoodsItem::default() }),
    }
}

fn add<T>(list: &mut Vec<T>, entry: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(entry);
}

fn mass(unit: Unit) -> Option<f64> {
    match unit {
        Unit::Mass(factor) => Some(factor),
        Unit::Volume(_) => None,
    }
}

fn volume(unit: Unit) -> Option<f64> {
    match unit {
        Unit::Volume(factor) => Some(factor),
        Unit::Mass(_) => None,
    }
}
