//! The head of a CUSCAR message, and the parts that its bills go into.
//!
//! A tolerant machine for every directory from D.94B to D.24A: segments that open something (`TDT`, `EQD`, `CNI`, `RFF`,
//! `GID`) are anchors, what follows belongs to the last anchor. Equipment is declared once for the message and is given
//! to each part whose bills name it ([`containers`](super::containers)); what no bill named goes with the last part.

use std::collections::{BTreeMap, VecDeque};

use super::super::super::fault::{Fault, Severity};
use super::super::super::fields::*;
use super::super::super::limits;
use super::super::super::place::Place;
use super::super::super::reading::{HIDDEN, Reading, visible};
use super::super::super::types::*;
use super::super::Parsed;
use super::super::part::OpenPart;
use super::super::units::{Unit, coded_unit};
use super::bill::Bill;
use super::containers::Containers;
use super::envelope::Envelope;
use super::fields;
use super::segment::Segment;

/// What the last anchor was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Head,
    Equipment,
    Bill,
}

/// What is open while a CUSCAR message is read.
pub(super) struct Message {
    head: Manifest,
    /// Number within the file.
    number: u64,
    reference: Option<String>,
    scope: Scope,
    n_segments: u64,
    n_bills: u64,
    /// Procedure stated once for all bills.
    procedure: Option<Procedure>,
    containers: Containers,
    bill: Option<Bill>,
    reading: Reading,
    unknown: BTreeMap<String, u64>,
    stated: Totals,
    part: OpenPart,
    done: VecDeque<Parsed>,
}

/// Where the ship's flag stands.
fn flag() -> Place {
    Place::HEAD.field(manifest::transport_means).field(transport_means::flag)
}

/// Segments of the CUSCAR directories that the canonical form does not carry.
const KNOWN: &[&[u8; 3]] = &[
    b"TSR", b"DIM", b"TMP", b"RNG", b"CUX", b"CPI", b"HAN", b"DGS", b"TMD", b"AUT", b"CTA", b"COM", b"PAC", b"QTY",
    b"MOA", b"GIS", b"GEI", b"DOC", b"PCI", b"CST", b"SGP", b"FTX", b"NAD", b"MEA", b"SEL", b"LOC", b"DTM", b"RFF",
    b"CNT", b"TDT", b"PIA",
];

impl Message {
    /// Opens at `UNH`. `waiting` are faults from before.
    pub(super) fn open(segment: &Segment, envelope: &Envelope, number: u64, waiting: Vec<Fault>) -> Self {
        let directory = format!("{}.{}", segment.get(2, 2).unwrap_or("?"), segment.get(2, 3).unwrap_or("?"));
        let head = Manifest {
            format: format!("cuscar/{directory}"),
            sender: envelope.sender.clone(),
            sent_at: envelope.sent_at.clone(),
            ..Manifest::default()
        };
        let mut waiting = waiting;
        if segment.get(2, 1).is_none() {
            let (at, expected) =
                (format!("message {number} segment 1 UNH element 2"), "CUSCAR; read as a cargo report");
            waiting.push(Fault::new("missing_message_type", Severity::Doubt, at, "nothing", expected));
        }
        Self {
            head,
            number,
            reference: segment.get(1, 1).map(str::to_owned),
            scope: Scope::Head,
            n_segments: 1,
            n_bills: 0,
            procedure: None,
            containers: Containers::default(),
            bill: None,
            reading: Reading::default(),
            unknown: BTreeMap::new(),
            stated: Totals::default(),
            part: OpenPart::after(waiting),
            done: VecDeque::new(),
        }
    }

    /// Counts a segment and tells it where it stands.
    pub(super) fn count(&mut self, segment: &mut Segment) {
        self.n_segments += 1;
        (segment.message, segment.number) = (self.number, self.n_segments);
    }

    /// A segment between `UNH` and `UNT`.
    pub(super) fn take(&mut self, segment: &Segment) {
        if segment.swallows_another() {
            let expected = "a terminator that is not released; the segment behind it was read as text";
            self.lost("released_terminator", &format!("segment {}", self.n_segments), &segment.to_text(), expected);
        }
        match segment.tag() {
            b"CNI" => self.open_bill(segment),
            b"RFF" if self.scope == Scope::Bill || Bill::is_bill_reference(segment) => self.reference_of_bill(segment),
            b"EQD" => self.equipment(segment),
            tag if self.scope != Scope::Bill => match tag {
                b"GID" => {
                    self.open_bill(segment);
                    self.take(segment);
                    return;
                }
                _ => self.head_segment(segment),
            },
            _ => {
                let taken = self.bill.as_mut().is_some_and(|bill| bill.take(segment));
                if !taken {
                    self.not_carried(segment);
                }
            }
        }
        self.keep_unread(segment);
    }

    fn open_bill(&mut self, segment: &Segment) {
        self.close_bill();
        self.scope = Scope::Bill;
        self.bill = Some(Bill::open(segment, self.n_bills + 1));
    }

    fn reference_of_bill(&mut self, segment: &Segment) {
        let next = match &mut self.bill {
            Some(bill) => bill.reference(segment),
            None => {
                // No CNI: the reference itself opens the bill.
                self.scope = Scope::Bill;
                let mut bill = Bill::new(self.n_bills + 1);
                bill.reference(segment);
                self.bill = Some(bill);
                None
            }
        };
        if let Some(next) = next {
            self.close_bill();
            self.scope = Scope::Bill;
            self.bill = Some(next);
        }
    }

    fn close_bill(&mut self) {
        let Some(bill) = self.bill.take() else { return };
        self.n_bills += 1;
        let index = self.part.next();
        let (consignment, reading) = bill.finish(self.n_bills, self.procedure);
        let n_closed = self.part.n_closed();
        for place in consignment.goods_items.iter().flat_map(|item| &item.in_containers) {
            if !self.containers.give(&place.container, &mut self.part.manifest, n_closed) {
                self.undeclared(&place.container, index);
            }
        }
        if self.part.add(consignment, reading) {
            self.close_part();
        }
    }

    fn undeclared(&mut self, container: &str, index: usize) {
        if self.containers.len() == 0 {
            return;
        }
        let at = format!("message {}", self.number);
        let expected = "a container that EQD declares at the head of the message";
        let place = Place::bill(index);
        let fault = Fault::of(place, "undeclared_container", Severity::Doubt, at, container, expected);
        self.part.fault(index, fault);
    }

    /// Moves the part that is open to the finished ones.
    fn close_part(&mut self) {
        let totals = (self.stated != Totals::default()).then(|| self.stated.clone());
        let head = Manifest { totals, ..self.head.clone() };
        self.done.push_back(self.part.close(&head, &mut self.reading));
    }

    /// A finished part. With `all` the open one as well.
    pub(super) fn part(&mut self, all: bool) -> Option<Parsed> {
        let _ = all;
        self.done.pop_front()
    }

    fn head_segment(&mut self, segment: &Segment) {
        match segment.tag() {
            b"BGM" => self.beginning(segment),
            b"DTM" => self.head_time(segment),
            b"NAD" => self.head_party(segment),
            b"TDT" => self.transport(segment),
            b"LOC" => self.head_place(segment),
            b"GIS" => self.procedure = segment.code(1).and_then(super::bill::procedure).or(self.procedure),
            b"GEI" => self.procedure = segment.code(2).and_then(super::bill::procedure).or(self.procedure),
            b"CNT" => {
                self.scope = Scope::Head;
                let value = fields::number(segment, 1, 2, &mut self.reading);
                let whole = value.map(|value| value as u64);
                match segment.get(1, 1) {
                    Some("7") => {
                        let factor = segment.get(1, 3).and_then(coded_unit).map_or(1.0, |(unit, _)| match unit {
                            Unit::Mass(factor) => factor,
                            Unit::Volume(_) => 1.0,
                        });
                        self.stated.gross_mass_kg = value.map(|value| value * factor);
                    }
                    Some("10") => self.stated.n_consignments = whole,
                    Some("11") => self.stated.n_packages = whole,
                    Some("16") => self.stated.n_containers = whole,
                    _ => self.not_carried(segment),
                }
            }
            b"SEL" | b"MEA" if self.scope == Scope::Equipment => self.equipment_detail(segment),
            b"RFF" if segment.get(1, 1) == Some("VON") => {
                let means = self.head.transport_means.get_or_insert_default();
                means.voyage = means.voyage.take().or_else(|| segment.get(1, 2).map(str::to_owned));
            }
            b"RFF" if segment.get(1, 1) == Some("AFB") && segment.get(1, 2) == Some(self.head.reference.as_str()) => {}
            _ => self.not_carried(segment),
        }
    }

    fn beginning(&mut self, segment: &Segment) {
        // Names of documents that list cargo: UN/EDIFACT 1001.
        if let Some(other) =
            segment.code(1).filter(|code| !matches!(*code, "85" | "785" | "833" | "933" | "932" | "788"))
        {
            let expected = "85 customs manifest, 785 cargo manifest or 833 cargo declaration";
            self.reading.fault("unknown_document", Severity::Doubt, &|| segment.place(), other, expected);
        }
        segment.quiet(1, &[4]);
        self.head.reference = segment.get(2, 1).unwrap_or_default().to_owned();
        self.head.function = match segment.get(3, 1) {
            None | Some("9") => Function::Original,
            Some("5") => Function::Replace,
            Some("2" | "4" | "36") => Function::Change,
            Some("1" | "3") => Function::Cancel,
            Some(other) => {
                let expected = "9 original, 5 replace, 4 change or 1 cancellation; read as original";
                self.reading.fault("unknown_function", Severity::Lost, &|| segment.place(), other, expected);
                Function::Original
            }
        };
        if self.head.reference.is_empty() {
            self.reading.fault("missing", Severity::Doubt, &|| segment.place(), "nothing", "a document number");
        }
    }

    fn head_time(&mut self, segment: &Segment) {
        let Some(moment) = fields::moment(segment, &mut self.reading) else {
            // An empty time is no time.
            segment.quiet_all();
            return;
        };
        let slot = match segment.get(1, 1) {
            Some("137") => {
                // The message's own time counts before that of the interchange; a further one is kept.
                if self.head.sent_at.is_none() || self.n_segments <= 6 {
                    self.head.sent_at = Some(moment);
                } else {
                    self.not_carried(segment);
                }
                return;
            }
            Some("132" | "178") => &mut self.head.arrival.get_or_insert_default().at,
            Some("133" | "136" | "189") => &mut self.head.departure.get_or_insert_default().at,
            _ => return self.not_carried(segment),
        };
        let earlier = slot.replace(moment);
        if let Some(earlier) = earlier.filter(|earlier| Some(earlier) != slot.as_ref()) {
            self.reading.unmapped(segment.place(), earlier.as_str());
        }
    }

    fn head_party(&mut self, segment: &Segment) {
        match segment.get(1, 1) {
            Some("CA") => {
                let carrier = self.head.carrier.get_or_insert_default();
                carrier.scac = segment.code(2).map(str::to_owned).or(carrier.scac.take());
                let name = fields::joined(segment.all(4, &[35, 70]));
                if !name.is_empty() {
                    carrier.name = Some(name);
                }
            }
            Some("MS") if self.head.sender.is_none() => self.head.sender = segment.code(2).map(str::to_owned),
            Some("MS") if segment.code(2) == self.head.sender.as_deref() => {}
            Some("MR" | "CM") if self.head.office.is_none() => self.head.office = segment.code(2).map(str::to_owned),
            _ => {
                segment.quiet_all();
                self.reading.unmapped(segment.place(), &segment.to_text());
            }
        }
    }

    fn transport(&mut self, segment: &Segment) {
        if self.head.transport_means.as_ref().is_some_and(|means| means.imo.is_some() || means.name.is_some()) {
            return self.not_carried(segment);
        }
        segment.quiet(1, &[1]);
        segment.quiet(4, &[1, 2, 3, 4]);
        segment.quiet(8, &[2, 3]);
        let is_call_sign = segment.get(8, 2) == Some("103");
        let id = segment.get(8, 1).filter(|_| !is_call_sign);
        let shaped = |id: &str| id.len() == 7 && id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(id) = id.filter(|id| !shaped(id)) {
            let expected = "an IMO number of seven digits";
            self.reading.fault("not_an_imo_number", Severity::Doubt, &|| segment.place(), id, expected);
        }
        if is_call_sign && let Some(sign) = segment.get(8, 1) {
            self.reading.unmapped(format!("{} element 8 component 1 (call sign)", segment.place()), sign);
        }
        let flag = segment.get(8, 5).and_then(|text| self.reading.country(text, &|| segment.place(), flag()));
        let mode = segment.get(3, 1).and_then(|text| text.parse::<u8>().ok());
        let means = self.head.transport_means.get_or_insert_default();
        *means = TransportMeans {
            mode,
            imo: id.map(str::to_owned),
            name: segment.get(8, 4).map(str::to_owned),
            flag,
            voyage: segment.get(2, 1).map(str::to_owned).or(means.voyage.take()),
        };
        let (scac, name) = (segment.code(5).map(str::to_owned), segment.get(5, 4).map(str::to_owned));
        if scac.is_some() || name.is_some() {
            let carrier = self.head.carrier.get_or_insert_default();
            carrier.scac = carrier.scac.take().or(scac);
            carrier.name = carrier.name.take().or(name);
        }
    }

    fn head_place(&mut self, segment: &Segment) {
        let place = fields::place(segment).and_then(Location::new);
        let head = &mut self.head;
        match segment.get(1, 1) {
            Some("5") => head.departure.get_or_insert_default().unlocode = place,
            Some("60") => head.arrival.get_or_insert_default().unlocode = place,
            Some("11" | "12" | "61") if head.arrival.as_ref().is_none_or(|call| call.unlocode.is_none()) => {
                head.arrival.get_or_insert_default().unlocode = place;
            }
            Some("22") if head.office.is_none() => head.office = place.map(|place| place.as_str().to_owned()),
            _ => self.not_carried(segment),
        }
    }

    fn equipment(&mut self, segment: &Segment) {
        if self.scope != Scope::Bill {
            self.scope = Scope::Equipment;
        }
        let Some(number) = segment.code(2).filter(|_| matches!(segment.get(1, 1), Some("CN" | "CH" | "TE" | "RF")))
        else {
            return self.not_carried(segment);
        };
        if self.containers.len() >= limits::MAX_EQUIPMENT {
            let expected = "at most MAX_EQUIPMENT containers";
            return self.reading.fault("too_many", Severity::Lost, &|| segment.place(), number, expected);
        }
        let fullness = match segment.get(6, 1) {
            Some("4") => Some("empty"),
            Some("5" | "8") => Some("full"),
            Some("7") => Some("mixed"),
            Some("6") => Some("part"),
            _ => None,
        };
        segment.quiet(5, &[1]);
        segment.quiet(4, &[1]);
        let size_type = segment.code(3).or_else(|| segment.get(3, 4)).map(str::to_owned);
        let container = number.to_owned();
        let fullness = fullness.map(str::to_owned);
        let equipment = Equipment { container, size_type, fullness, ..Equipment::default() };
        if !self.containers.declare(equipment) {
            let expected = "each container declared once; the last counts";
            self.reading.fault("repeated_container", Severity::Doubt, &|| segment.place(), number, expected);
        }
    }

    fn equipment_detail(&mut self, segment: &Segment) {
        let value = if segment.tag() == b"MEA" { fields::number(segment, 3, 2, &mut self.reading) } else { None };
        let Some(equipment) = self.containers.last_mut() else { return self.not_carried(segment) };
        if segment.tag() == b"SEL" {
            let party = segment.code(2).map(str::to_owned);
            if equipment.seals.len() < limits::MAX_LIST
                && let Some(number) = segment.get(1, 1)
            {
                equipment.seals.push(Seal { number: number.to_owned(), party });
            }
            return;
        }
        let factor = match segment.get(3, 1).and_then(coded_unit) {
            Some((Unit::Mass(factor), _)) => factor,
            _ => return self.not_carried(segment),
        };
        segment.quiet(1, &[1]);
        match segment.code(2) {
            Some("T" | "TAR") => equipment.tare_kg = value.map(|value| value * factor),
            Some("VGM") => equipment.vgm_kg = value.map(|value| value * factor),
            _ => self.not_carried(segment),
        }
    }

    /// Keeps a segment that nobody read; one that no directory has is counted.
    fn not_carried(&mut self, segment: &Segment) {
        let tag = segment.tag_text();
        if !KNOWN.contains(&segment.tag()) && self.unknown.len() < limits::MAX_LIST {
            let n = self.unknown.entry(tag.to_owned()).or_default();
            *n += 1;
            if *n == 1 {
                let expected = "a segment of the CUSCAR directories; such segments are counted and kept as unmapped";
                self.reading.fault("unknown_segment", Severity::Note, &|| segment.place(), tag, expected);
            }
        }
        segment.quiet_all();
        self.unmapped(segment.place(), &segment.to_text());
    }

    fn unmapped(&mut self, place: String, found: &str) {
        match &mut self.bill {
            Some(bill) => bill.reading.unmapped(place, found),
            None => self.reading.unmapped(place, found),
        }
    }

    /// Components that nobody read are kept.
    fn keep_unread(&mut self, segment: &Segment) {
        for (element, component, text) in segment.unread() {
            let place = format!("{} element {element} component {component}", segment.place());
            self.unmapped(place, text);
        }
        if segment.hid_signs() {
            let reading = self.bill.as_mut().map_or(&mut self.reading, |bill| &mut bill.reading);
            let found = visible(&segment.to_text());
            reading.fault("hidden_characters", Severity::Doubt, &|| segment.place(), &found, HIDDEN);
        }
    }

    /// Something was lost here: it belongs to the open bill, else to the head.
    pub(super) fn lost(&mut self, code: &'static str, place: &str, found: &str, expected: &str) {
        let at = format!("message {} {place}", self.number);
        let reading = self.bill.as_mut().map_or(&mut self.reading, |bill| &mut bill.reading);
        reading.fault(code, Severity::Lost, &|| at.clone(), found, expected);
    }

    /// The message ends without `UNT`.
    pub(super) fn cut(&mut self, before: &str) {
        self.lost(
            "missing_unt",
            &format!("after segment {}", self.n_segments),
            before,
            "UNT; what came after is missing",
        );
        self.end();
    }

    /// `UNT`: counts and references are compared, nothing is lost for them.
    pub(super) fn close(&mut self, segment: &Segment) {
        self.end_bills();
        let n_segments = self.n_segments;
        match segment.get(1, 1).map(str::parse::<u64>) {
            Some(Ok(n)) if n == n_segments => {}
            _ => {
                let found = segment.get(1, 1).unwrap_or("nothing").to_owned();
                let expected = format!("{n_segments}, the segments from UNH to UNT");
                self.reading.fault("wrong_unt_count", Severity::Doubt, &|| segment.place(), &found, &expected);
            }
        }
        if segment.get(2, 1) != self.reference.as_deref() {
            let found = segment.get(2, 1).unwrap_or("nothing").to_owned();
            let expected = format!("`{}`, the reference in UNH", self.reference.as_deref().unwrap_or_default());
            self.reading.fault("wrong_unt_reference", Severity::Doubt, &|| segment.place(), &found, &expected);
        }
        if let Some(stated) = self.stated.n_consignments.filter(|stated| *stated != self.n_bills) {
            let expected = format!("{}, the bills that were read", self.n_bills);
            self.reading.fault("wrong_total", Severity::Doubt, &|| segment.place(), &stated.to_string(), &expected);
        }
        let n_equipment = self.containers.len() as u64;
        if let Some(stated) = self.stated.n_containers.filter(|stated| *stated != n_equipment && n_equipment > 0) {
            let expected = format!("{n_equipment}, the containers that were read");
            self.reading.fault("wrong_total", Severity::Doubt, &|| segment.place(), &stated.to_string(), &expected);
        }
        self.end();
    }

    fn end_bills(&mut self) {
        self.close_bill();
        self.part.manifest.equipment.extend(self.containers.unnamed().cloned());
    }

    fn end(&mut self) {
        if self.bill.is_some() {
            self.end_bills();
        }
        if self.part.n_closed() == 0 || self.part.has_something() {
            self.close_part();
        } else if let Some(last) = self.done.back_mut() {
            last.head.append(self.reading.take_faults());
            last.manifest.unmapped.append(&mut self.reading.unmapped);
        } else {
            self.close_part();
        }
    }
}
