//! A call of a ship, put together: drafts in an order that tells nothing, with numbers, boxes, seals and sums.
//!
//! In: a [`Plan`], which holds what had to be decided in order of time. Out: a [`Rendered`] call. Depends on the plan and the
//! seed only, so that calls of a day can be made on any number of threads.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::bill::{Call, CarrierName, Container, Label, Placed, Seal, Ship, Stop, Totals};
use crate::checked;
use crate::draft::Draft;
use crate::honest::Quay;
use crate::random::{Random, Seeds};
use crate::world::{Service, World};

/// Boxes that one call can number.
const BOXES_A_CALL: u64 = 4_096;
/// Numbers that are kept for boxes which alerts name.
const FREE_BOXES: u64 = 20_000_000;
/// Bills that share a box at most.
const SHARERS: u64 = 5;

/// What was decided of a call.
#[derive(Debug)]
pub struct Plan {
    /// Number of the call since the world began.
    pub ordinal: u64,
    /// Place of its service.
    pub service: usize,
    pub ship: Means,
    pub departs: Date,
    pub arrives: Date,
    pub n_bills: usize,
    /// Bills that were made in order of time; the rest is ordinary trade.
    pub made: Vec<Draft>,
}

/// The ship of a call.
#[derive(Debug, Clone)]
pub struct Means {
    pub imo: String,
    pub name: String,
    pub flag: String,
}

impl Means {
    /// Ship `n` of a carrier.
    pub fn new(world: &World, seeds: &Seeds, carrier: &str, n: u64) -> Self {
        let place = world.carriers.iter().position(|own| own.code == carrier).unwrap_or(0);
        let mut random = seeds.stream("ship", place as u64 * 1_000 + n);
        let flags = world.carriers.get(place).map_or(&[][..], |own| &own.flags);
        let words = world.phrases("ship", "en");
        let first = carrier.get(..3).unwrap_or(carrier);
        let name = format!("{first} {} {}", random.pick(&words).copied().unwrap_or("STAR"), n + 1);
        Self { imo: checked::ship(place as u64 * 1_000 + n), name, flag: random.word(flags).to_owned() }
    }
}

/// A call and what its bills were made to be, bill by bill.
#[derive(Debug)]
pub struct Rendered {
    pub call: Call,
    pub labels: Vec<Label>,
    pub arrives: Date,
}

/// Puts the call together.
pub fn render(world: &World, seeds: &Seeds, service: &Service, firms: u64, plan: Plan) -> Rendered {
    let quay = Quay { world, seeds, service, departs: plan.departs, firms };
    let n_honest = plan.n_bills.saturating_sub(plan.made.len());
    let mut drafts = plan.made;
    for n in 0..n_honest as u64 {
        drafts.push(quay.bill(&mut seeds.stream("honest", plan.ordinal * BOXES_A_CALL + n)));
    }
    let mut random = seeds.stream("call", plan.ordinal);
    shuffle(&mut drafts, &mut random);
    let mut hold = Hold { next: plan.ordinal * BOXES_A_CALL, shared: None, equipment: Vec::new() };
    let (mut consignments, mut labels) = (Vec::with_capacity(drafts.len()), Vec::with_capacity(drafts.len()));
    for (n, mut draft) in drafts.into_iter().enumerate() {
        draft.bill.line = n + 1;
        draft.bill.bill_of_lading = format!("{}{:06}{:04}", service.carrier, plan.ordinal % 1_000_000, n + 1);
        hold.load(&mut draft, &mut random);
        consignments.push(draft.bill);
        labels.push(draft.label);
    }
    let carrier = world.carriers.iter().find(|own| own.code == service.carrier);
    let voyage = format!("{}{:05}", service.id.replace('-', ""), plan.ordinal);
    let hour = |random: &mut Random| format!("T{:02}:{:02}:00Z", random.between(0, 23), random.between(0, 5) * 10);
    let last = if service.hub.is_empty() { service.ports.first().map_or("", |(port, _)| port) } else { &service.hub };
    let call = Call {
        reference: format!("{voyage}-{}", service.arrival),
        format: "json/1",
        function: "original",
        sent_at: format!("{}{}", plan.departs.saturating_add(1.day()), hour(&mut random)),
        carrier: CarrierName {
            scac: service.carrier.clone(),
            name: carrier.map_or(String::new(), |own| own.name.clone()),
        },
        transport_means: Ship { mode: 1, imo: plan.ship.imo, name: plan.ship.name, flag: plan.ship.flag, voyage },
        departure: Stop { unlocode: last.to_owned(), at: format!("{}{}", plan.departs, hour(&mut random)) },
        arrival: Stop { unlocode: service.arrival.clone(), at: format!("{}{}", plan.arrives, hour(&mut random)) },
        totals: Totals { n_consignments: consignments.len(), n_containers: hold.equipment.len() },
        equipment: hold.equipment,
        consignments,
    };
    Rendered { call, labels, arrives: plan.arrives }
}

/// Fisher and Yates.
fn shuffle<T>(of: &mut [T], random: &mut Random) {
    for n in (1..of.len()).rev() {
        of.swap(n, random.below(n + 1));
    }
}

/// The boxes of a ship as they fill.
struct Hold {
    next: u64,
    /// The box that groupage goes into, and how many bills it still takes.
    shared: Option<(String, u64)>,
    equipment: Vec<Container>,
}

impl Hold {
    fn new_box(&mut self, draft: &Draft, fullness: &'static str, random: &mut Random) -> String {
        let number = draft.box_number.clone().unwrap_or_else(|| {
            self.next += 1;
            checked::container(self.next % FREE_BOXES)
        });
        self.equipment.push(Container {
            container: number.clone(),
            size_type: draft.size_type,
            fullness,
            tare_kg: draft.tare_kg,
            seals: vec![Seal { number: format!("SY{:07}", random.between(1, 9_999_999)), party: "CA" }],
        });
        number
    }

    fn load(&mut self, draft: &mut Draft, random: &mut Random) {
        let numbers: Vec<String> = if draft.shares_box {
            let (number, left) = match self.shared.take() {
                Some((number, left)) if left > 0 => (number, left),
                _ => (self.new_box(draft, "part", random), random.between(2, SHARERS)),
            };
            self.shared = Some((number.clone(), left - 1));
            vec![number]
        } else {
            (0..draft.n_boxes.max(1)).map(|_| self.new_box(draft, "full", random)).collect()
        };
        let Some(item) = draft.bill.goods_items.first_mut() else { return };
        let n: u64 = item.packages.iter().map(|packages| packages.n).sum();
        let boxes = numbers.len() as u64;
        // Fewer packages than boxes: a piece for each box is what the papers say then.
        let whole = n / boxes;
        item.in_containers = numbers
            .into_iter()
            .enumerate()
            .map(|(place, container)| Placed { container, n_packages: whole + u64::from((place as u64) < n % boxes) })
            .collect();
    }
}
