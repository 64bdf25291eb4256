//! Does the quantity of the goods fit the document?
//!
//! In: amounts of the goods, positions of the document. Out: problems, and what the goods would take. Volume and mass are compared by the
//! density range of the wood: the goods exceed the document only when they do so at the most favourable density.
//! Sources: datasets/densities, datasets/codes (units by term).

use crate::permits::compare::taxon_similarity;
use crate::permits::document::{Document, Position};
use crate::permits::ledger::PermitKey;
use crate::permits::number::FoldedNumber;
use crate::permits::problem::{Judge, ProblemCode, Taking};
use crate::reference::{Measured, References};

/// Goods may exceed the document by this share: measuring differs by as much (indicators, C09).
pub const TOLERANCE: f64 = 0.05;

/// Green logs with bark weigh up to this much more than air-dry wood.
const LOG_FACTOR: f64 = 1.3;

/// Lightest and heaviest kg/m³ that wood of a taxon and term may have; all woods, when the taxon is not known.
fn density_range(position: &Position, references: &References) -> Option<(f64, f64)> {
    let density = references.densities.of(&references.accepted_name(&position.taxon))?;
    let green = if position.term.as_deref() == Some("LOG") { LOG_FACTOR } else { 1.0 };
    Some((density.air_dry_min_kg_m3, density.air_dry_max_kg_m3 * green))
}

/// A position's quantity in base units.
pub(super) fn amount_of(position: &Position, references: &References) -> Option<(f64, Measured)> {
    let unit = references.units.find(position.unit.as_deref()?)?;
    position.usable().map(|quantity| (quantity * unit.factor, unit.quantity))
}

/// What a document allows in all, and in which base unit: of its positions those in the measure of the first.
pub fn allowance(document: &Document, references: &References) -> Option<(f64, &'static str)> {
    let amounts: Vec<(f64, Measured)> =
        document.positions.iter().filter_map(|position| amount_of(position, references)).collect();
    let (_, measured) = *amounts.first()?;
    let same = amounts.iter().filter(|(_, own)| *own == measured).map(|(amount, _)| *amount);
    Some((same.sum(), measured.base_unit()))
}

/// The least that `amount` can be in another measure.
fn least_in(amount: f64, from: Measured, to: Measured, position: &Position, references: &References) -> Option<f64> {
    match (from, to) {
        (from, to) if from == to => Some(amount),
        (Measured::Mass, Measured::Volume) => {
            density_range(position, references).map(|(_, heaviest)| amount / heaviest)
        }
        (Measured::Volume, Measured::Mass) => {
            density_range(position, references).map(|(lightest, _)| amount * lightest)
        }
        _ => None,
    }
}

/// Adds what is wrong with the quantity.
pub(super) fn judge(judge: &mut Judge<'_>) -> Option<Taking> {
    let references = judge.references;
    let positions: Vec<&Position> = judge.document.positions.iter().collect();
    for position in &positions {
        unit_of_term(judge, position);
    }
    let of_goods: Vec<&Position> = matching(judge, &positions);
    let first = of_goods.first().copied()?;
    let registered: Vec<(f64, Measured)> = of_goods.iter().filter_map(|p| amount_of(p, references)).collect();
    let (_, measured) = registered.first().copied()?;
    let allowed: f64 = registered.iter().filter(|(_, own)| *own == measured).map(|(amount, _)| amount).sum();
    let amounts = judge.asked.amounts.clone();
    // The amount in the document's own measure says most; else one that density turns into it.
    let direct = amounts.iter().find(|(_, own)| *own == measured).map(|(amount, _)| *amount);
    let least = direct.or_else(|| {
        amounts.iter().filter_map(|(amount, own)| least_in(*amount, *own, measured, first, references)).reduce(f64::max)
    });
    let unit = measured.base_unit();
    match least {
        Some(least) if least > allowed * (1.0 + TOLERANCE) + 1e-9 => {
            let why = if direct.is_some() {
                "the goods exceed the document"
            } else {
                "the goods exceed the document even at the most favourable density"
            };
            judge.add(ProblemCode::QuantityExceeded, format!("{least:.3} {unit}"), format!("{allowed:.3} {unit}"), why);
        }
        None if !amounts.is_empty() => {
            let declared: Vec<&str> = amounts.iter().map(|(_, own)| own.base_unit()).collect();
            judge.add(ProblemCode::UnitMismatch, declared.join(", "), unit, "the two quantities cannot be compared");
        }
        _ => {}
    }
    transport(judge);
    let number = judge.asked.presented.number.unwrap_or_default().to_owned();
    Some(Taking { permit: PermitKey::of(judge.document), number, least, allowed, unit })
}

/// Positions for the taxa of the goods; all of them when none is named or none matches.
pub(super) fn matching<'a>(judge: &Judge<'_>, positions: &[&'a Position]) -> Vec<&'a Position> {
    let of_goods: Vec<&Position> = positions
        .iter()
        .filter(|position| {
            judge.asked.taxa.iter().any(|taxon| taxon_similarity(taxon, &position.taxon, judge.references) >= 0.75)
        })
        .copied()
        .collect();
    if of_goods.is_empty() { positions.to_vec() } else { of_goods }
}

/// A unit that the term does not take hides the quantity: logs and sawn wood in pieces say no volume.
fn unit_of_term(judge: &mut Judge<'_>, position: &Position) {
    let Some(term) = position.term.as_deref().and_then(|term| judge.references.codes.term(term)) else { return };
    let Some(unit) = position.unit.as_deref().and_then(|unit| judge.references.units.find(unit)) else { return };
    let takes = |name: &String| judge.references.units.find(name).is_some_and(|own| own.quantity == unit.quantity);
    if !term.preferred_units.iter().chain(&term.alternative_units).any(takes) {
        let due = term.preferred_units.join(" or ");
        let why = format!("{} are measured in {due}", term.name);
        judge.add(ProblemCode::UnitMismatch, &unit.symbol, due, &why);
    }
}

fn transport(judge: &mut Judge<'_>) {
    let (Some(declared), Some(registered)) =
        (judge.asked.presented.transport_document, judge.document.transport_document.clone())
    else {
        return;
    };
    let (asked, own) = (FoldedNumber::new(declared), FoldedNumber::new(&registered));
    if !asked.is_empty() && !own.is_empty() && asked.text() != own.text() {
        judge.add(
            ProblemCode::Reused,
            declared,
            registered,
            "the document stands for another transport document (box 15)",
        );
    }
}
