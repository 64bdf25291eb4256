//! Writers of foreign formats, for round trips, ships and benches. They write what the format carries and leave out the
//! rest; `carried` functions say which that is, so that a test can ask for identity on it.

pub mod awmds;
pub mod cuscar;
pub mod table;

use palisander_engine::manifests::{Consignment, Manifest};

use crate::generator::{Made, Port};

/// A ship of `n` bills from a seeded port: one head, a container for each bill, and what each bill was made to be.
pub fn ship(seed: u64, n: usize) -> (Manifest, Vec<Made>) {
    let mut port = Port::new(seed);
    let mut ship = Manifest::default();
    let mut made = Vec::with_capacity(n);
    for i in 0..n {
        let (value, kind) = port.manifest();
        let one: Manifest =
            value.get("manifest").and_then(|inner| serde_json::from_value(inner.clone()).ok()).unwrap_or_default();
        let Manifest { consignments, equipment, .. } = one.clone();
        if i == 0 {
            ship = Manifest { reference: "SYN-SHIP".into(), consignments: Vec::new(), equipment: Vec::new(), ..one };
        }
        ship.consignments.extend(consignments);
        ship.equipment.extend(equipment);
        made.push(kind);
    }
    (ship, made)
}

/// Bills of a ship, to change one of them.
pub fn bill(ship: &mut Manifest, n: usize) -> Option<&mut Consignment> {
    ship.consignments.get_mut(n)
}
