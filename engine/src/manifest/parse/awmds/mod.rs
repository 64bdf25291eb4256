//! ASYCUDA World manifest XML (`Awmds`, and the bills of `Awbolds`, `Awmcds`, `Awbolegmds`).
//!
//! In: UTF-8 text. Out: a part every few bills with the head of the file. Element names without regard to case and order
//! beyond the head; national elements are kept as unmapped. Dates `yyyy-MM-dd`, masses in kg, volumes in m³. Not here: what
//! a bill says (`bill.rs`).

mod bill;

use std::collections::VecDeque;
use std::io::BufRead;

use super::super::fault::{ManifestError, Severity};
use super::super::fields::*;
use super::super::place::Place;
use super::super::reading::Reading;
use super::super::types::*;
use super::part::OpenPart;
use super::xml::{Node, Piece, Records};
use super::{Parsed, Parts};
use bill::Bill;

/// Reads a manifest.
pub(super) fn manifest(input: impl BufRead + Send + 'static) -> Parts {
    Box::new(Reader::new(input))
}

struct Reader<R: BufRead> {
    records: Records<R>,
    head: Manifest,
    part: OpenPart,
    reading: Reading,
    queue: VecDeque<Result<Parsed, ManifestError>>,
    n_bills: u64,
    n_packages: u64,
    gross_mass_kg: f64,
    masses_known: bool,
    has_head: bool,
    root: String,
    ended: bool,
}

/// Elements that are read as one record each.
const RECORDS: &[&str] = &[
    "General_segment",
    "Bol_segment",
    "Transaction_details",
    "Attached_Document",
    "Master_bol",
    "Transport_information",
];

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        // The last part is held back until the end is seen, so that totals are compared in it.
        while !self.ended && self.queue.len() < 2 {
            self.step();
        }
        self.queue.pop_front()
    }
}

impl<R: BufRead> Reader<R> {
    fn new(input: R) -> Self {
        Self {
            records: Records::new(input, "AWMDS XML"),
            head: Manifest { format: "awmds/1".into(), ..Manifest::default() },
            part: OpenPart::default(),
            reading: Reading::default(),
            queue: VecDeque::new(),
            n_bills: 0,
            n_packages: 0,
            gross_mass_kg: 0.0,
            masses_known: true,
            has_head: false,
            root: "Awmds".into(),
            ended: false,
        }
    }

    fn step(&mut self) {
        let wanted = |name: &str, _: usize| RECORDS.iter().any(|known| known.eq_ignore_ascii_case(name));
        match self.records.next(&wanted) {
            Ok(Piece::Opened(name, 1)) => self.root = name,
            Ok(Piece::Opened(name, _)) => {
                let place = format!("/{}/{name}", self.root);
                self.reading.fault("unknown_element", Severity::Note, &|| place.clone(), &name, "an element of AWMDS");
            }
            Ok(Piece::Record(node)) => self.record(&node),
            Ok(Piece::End) => self.finish(None),
            Err(error) => self.finish(Some(error)),
        }
    }

    fn record(&mut self, node: &Node) {
        let path = format!("/{}/{}", self.root, node.name);
        if node.is("General_segment") {
            self.general(node, &path);
        } else if node.is("Bol_segment") {
            self.bill(node);
            return;
        } else if node.is("Master_bol") {
            self.master(node, &path);
        } else if node.is("Transaction_details") {
            let at = || path.clone();
            let time = node.value(&["transaction_time"]);
            self.head.sent_at =
                node.value(&["transaction_date"]).and_then(|day| moment(day, time, &mut self.reading, &at));
            self.head.sender = node.value(&["User_login"]).map(str::to_owned);
        } else if node.is("Attached_Document") {
            // The content is a file in base64: its name is kept, not its bytes.
            if let Some(content) = node.child("Attached_document_content") {
                let size = content.text().map_or(0, str::len);
                self.reading.unmapped(format!("{path}/Attached_document_content"), &format!("{size} bytes of base64"));
            }
        }
        node.keep_unread(&path, &mut self.reading);
    }

    fn general(&mut self, node: &Node, path: &str) {
        if self.n_bills > 0 {
            let expected = "General_segment before the bills; those before it have no head";
            self.reading.fault("order", Severity::Doubt, &|| path.to_owned(), "General_segment", expected);
        }
        self.has_head = true;
        let Self { head, reading, .. } = self;
        let id = node.child("General_segment_id");
        let value = |name: &str| id.and_then(|id| id.value(&[name])).map(str::to_owned);
        head.office = value("Customs_office_code");
        // In Bangladesh the rotation is the number under which the port knows the call.
        let rotation = ["Rotation_number", "Import_rotation_number", "Rotation_no", "Rotation"];
        let rotation = rotation.into_iter().find_map(|name| node.find(name)).and_then(Node::text).map(str::to_owned);
        let voyage = value("Voyage_number").or_else(|| rotation.clone());
        let at = |name: &str| format!("{path}/General_segment_id/{name}");
        let departure =
            value("Date_of_departure").and_then(|day| moment(&day, None, reading, &|| at("Date_of_departure")));
        let arrival = value("Date_of_arrival")
            .and_then(|day| moment(&day, value("Time_of_arrival").as_deref(), reading, &|| at("Date_of_arrival")));
        let place = |name: &str| node.value(&["Load_unload_place", name]).and_then(Location::new);
        head.departure = call(place("Place_of_departure_code"), departure);
        head.arrival = call(place("Place_of_destination_code"), arrival);
        head.reference = match (&head.office, &voyage) {
            (Some(office), Some(voyage)) => {
                let day = head.departure.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day().to_string());
                [Some(office.clone()), Some(voyage.clone()), day].into_iter().flatten().collect::<Vec<_>>().join("/")
            }
            _ => voyage.clone().unwrap_or_default(),
        };
        if let Some(transport) = node.child("Transport_information") {
            self.transport(transport, voyage, path);
        } else {
            self.head.transport_means =
                voyage.map(|voyage| TransportMeans { voyage: Some(voyage), ..TransportMeans::default() });
        }
        let Self { head, reading, .. } = self;
        let total = |name: &str| node.value(&["Totals_segment", name]).map(str::to_owned);
        let at = |name: &str| format!("{path}/Totals_segment/{name}");
        let mut whole =
            |name: &str| total(name).and_then(|text| reading.decimal(&text, &|| at(name))).map(|n| n as u64);
        let totals = Totals {
            n_consignments: whole("Total_number_of_bols"),
            n_packages: whole("Total_number_of_packages"),
            n_containers: whole("Total_number_of_containers"),
            gross_mass_kg: total("Total_gross_mass")
                .and_then(|text| reading.decimal(&text, &|| at("Total_gross_mass"))),
        };
        head.totals = (totals != Totals::default()).then_some(totals);
    }

    fn transport(&mut self, node: &Node, voyage: Option<String>, path: &str) {
        let path = format!("{path}/Transport_information");
        let Self { head, reading, .. } = self;
        let text = |name: &[&str]| node.value(name).map(str::to_owned);
        let (scac, name) = (text(&["Carrier", "Carrier_code"]), text(&["Carrier", "Carrier_name"]));
        head.carrier = (scac.is_some() || name.is_some()).then_some(Carrier { scac, name });
        let mode = node.value(&["Mode_of_transport_code"]);
        let flag = node.value(&["Nationality_of_transporter_code"]).and_then(|text| {
            reading.country(
                text,
                &|| format!("{path}/Nationality_of_transporter_code"),
                Place::HEAD.field(manifest::transport_means).field(transport_means::flag),
            )
        });
        let means = TransportMeans {
            mode: mode.and_then(|mode| mode.parse().ok()),
            imo: text(&["Registration_number_of_transport_code"]),
            name: text(&["Identity_of_transporter"]),
            flag,
            voyage,
        };
        if let Some(mode) = mode.filter(|_| means.mode.is_none()) {
            reading.unmapped(format!("{path}/Mode_of_transport_code"), mode);
        }
        head.transport_means = (means != TransportMeans::default()).then_some(means);
    }

    /// The head of a list of house bills: its master bill is that of every bill.
    fn master(&mut self, node: &Node, path: &str) {
        self.has_head = true;
        let at = || format!("{path}/Date_of_departure");
        self.head.office = node.value(&["Customs_office_code"]).map(str::to_owned);
        let departure = node.value(&["Date_of_departure"]).and_then(|day| moment(day, None, &mut self.reading, &at));
        self.head.departure = call(None, departure);
        let voyage = node.value(&["Voyage_number"]).map(str::to_owned);
        self.head.transport_means =
            voyage.map(|voyage| TransportMeans { voyage: Some(voyage), ..TransportMeans::default() });
        self.head.reference = node.value(&["Reference_number"]).unwrap_or_default().to_owned();
    }

    fn bill(&mut self, node: &Node) {
        self.n_bills += 1;
        let path = format!("/{}/Bol_segment[{}]", self.root, self.n_bills);
        let mut bill = Bill::new(node, path);
        let (mut consignment, equipment) = bill.read(self.n_bills);
        if self.root.eq_ignore_ascii_case("Awbolds") && consignment.master_bill.is_none() {
            consignment.master_bill = (!self.head.reference.is_empty()).then(|| self.head.reference.clone());
        }
        let reading = bill.left_over();
        for one in equipment {
            self.part.equip(one);
        }
        self.n_packages += consignment.n_packages.unwrap_or(0);
        match consignment.gross_mass_kg {
            Some(mass) => self.gross_mass_kg += mass,
            None => self.masses_known = false,
        }
        if self.part.add(consignment, reading) {
            self.close_part();
        }
    }

    fn close_part(&mut self) {
        self.queue.push_back(Ok(self.part.close(&self.head, &mut self.reading)));
    }

    /// The end, or the break: totals are compared, what was read so far is given.
    fn finish(&mut self, error: Option<ManifestError>) {
        self.ended = true;
        let place = format!("/{}", self.root);
        if error.is_none() {
            self.compare_totals(&place);
            if !self.has_head {
                let expected = "a General_segment with office, voyage and dates";
                self.reading.fault("missing", Severity::Doubt, &|| place.clone(), "nothing", expected);
            }
        } else if self.n_bills > 0 {
            let expected = "the rest of the file; bills behind this one were not read";
            let found = format!("{} bills", self.n_bills);
            self.reading.fault("cut_off", Severity::Lost, &|| place.clone(), &found, expected);
        }
        let something = self.part.has_something() || !self.reading.faults.is_empty() || self.has_head;
        if !self.part.has_something()
            && let Some(Ok(last)) = self.queue.back_mut()
        {
            last.head.append(self.reading.take_faults());
            last.manifest.unmapped.append(&mut self.reading.unmapped);
        } else if something && (error.is_none() || self.n_bills > 0) {
            self.close_part();
        }
        match error {
            Some(error) => self.queue.push_back(Err(error)),
            None if self.queue.is_empty() => self.queue.push_back(Err(ManifestError::Malformed {
                format: "AWMDS XML",
                at: place,
                why: "no General_segment and no Bol_segment".into(),
            })),
            None => {}
        }
    }

    fn compare_totals(&mut self, place: &str) {
        let Some(totals) = self.head.totals.clone() else { return };
        let mass = self.masses_known.then_some(self.gross_mass_kg);
        let counted = [
            ("Total_number_of_bols", totals.n_consignments.map(|n| n as f64), Some(self.n_bills as f64)),
            ("Total_number_of_packages", totals.n_packages.map(|n| n as f64), Some(self.n_packages as f64)),
            ("Total_gross_mass", totals.gross_mass_kg, mass),
        ];
        for (name, stated, counted) in counted {
            if let (Some(stated), Some(counted)) = (stated, counted)
                && (stated - counted).abs() > 0.5
            {
                let at = format!("{place}/General_segment/Totals_segment/{name}");
                let expected = format!("{counted}, the sum of the bills");
                self.reading.fault("wrong_total", Severity::Doubt, &|| at.clone(), &stated.to_string(), &expected);
            }
        }
    }
}

fn call(unlocode: Option<Location>, at: Option<Moment>) -> Option<Call> {
    (unlocode.is_some() || at.is_some()).then_some(Call { unlocode, at })
}

/// A day and a time of day.
fn moment(day: &str, time: Option<&str>, reading: &mut Reading, at: super::super::reading::At<'_>) -> Option<Moment> {
    let timed = time.and_then(|time| Moment::parse(&format!("{day}T{time}Z")));
    timed.or_else(|| reading.moment(day, at))
}
