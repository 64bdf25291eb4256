//! Evidence becomes facts: the values that tests look at, in the words of the view.
//!
//! In: the evidence of one consignment. Out: [`Facts`], a subject for each thing that an indicator may look at. One file for
//! each large view. A field that is not put stays a gap. Not here: what a field means (`view.rs`).

mod consignment;
mod from;
mod item;
mod parts;
mod taxon;

use super::facts::Facts;
use super::view::View;

pub use from::Gathered;

/// All facts of a consignment.
pub fn facts(from: &Gathered<'_>) -> Facts {
    let mut facts = Facts::new(consignment::values(from));
    for (n, (evidence, goods)) in from.evidence.items.iter().zip(&from.consignment.goods_items).enumerate() {
        facts.push(View::Item, Some(n), n, item::values(from, n, goods, evidence));
        for (t, found) in evidence.taxa.iter().enumerate().filter(|(_, taxon)| !taxon.is_alternative) {
            facts.push(View::Taxon, Some(n), t, taxon::values(from, evidence, found));
        }
        for (m, found) in evidence.measures.iter().enumerate() {
            facts.push(View::Measure, Some(n), m, parts::measure(from, evidence, found));
        }
    }
    for (n, found) in from.evidence.documents.iter().enumerate() {
        facts.push(View::Document, found.item, n, parts::document(from, found));
    }
    for (n, found) in from.evidence.alerts.iter().enumerate() {
        let item = if from.evidence.items.len() == 1 { Some(0) } else { None };
        facts.push(View::Alert, item, n, parts::alert(from, found));
    }
    for n in 0..from.evidence.parties.len() {
        facts.push(View::Party, None, n, parts::party(from, n));
    }
    for (n, found) in from.evidence.equipment.containers.iter().enumerate() {
        facts.push(View::Container, None, n, parts::container(from, found));
    }
    facts
}
