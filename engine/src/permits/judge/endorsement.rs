//! Box 14: did the exporting State's customs endorse what left, and no more than was permitted?
//!
//! In: what the register and the paper say of the endorsement, and whether the goods have left. Out: problems. A register
//! or a paper that does not tell of box 14 is not missed: a copy made before the export has it empty.
//! Sources: Resolution Conf. 12.3 (endorsement by customs); reference/permit_rules section 3, box 14; indicators C10.

use super::quantity::matching;
use crate::permits::document::{Endorsement, PermitKind, Position};
use crate::permits::problem::{Judge, ProblemCode};

/// A rounding, no quantity.
const ROUNDING: f64 = 1e-6;

pub(super) fn endorsement(judge: &mut Judge<'_>) {
    let (document, presented) = (judge.document, judge.asked.presented);
    if !matches!(document.kind, PermitKind::Export | PermitKind::ReExport) {
        return;
    }
    let on_paper = presented.endorsed.or(presented.endorsed_quantity.is_some().then_some(true));
    let is_empty = on_paper == Some(false) || on_paper.is_none() && document.endorsement == Endorsement::Empty;
    if presented.has_left && is_empty {
        judge.add(
            ProblemCode::EndorsementMissing,
            "box 14 is empty",
            "",
            "customs of the exporting State did not endorse what left under it",
        );
    }
    let positions: Vec<&Position> = document.positions.iter().collect();
    for position in &positions {
        if let (Some(left), Some(permitted)) = (position.endorsed_quantity, position.quantity) {
            above(judge, left, permitted, position.unit.as_deref());
        }
    }
    let (Some((left, unit)), Some(first)) = (presented.endorsed_quantity, positions.first()) else { return };
    let units = &judge.references.units;
    let base = |amount: f64, unit: &str| units.find(unit).map(|unit| (amount * unit.factor, unit.quantity));
    let of_goods = matching(judge, &positions);
    let permitted: Option<Vec<_>> = of_goods.iter().map(|own| base(own.quantity?, own.unit.as_deref()?)).collect();
    if let (Some((left, measured)), Some(permitted)) =
        (base(left, unit.or(first.unit.as_deref()).unwrap_or("")), permitted)
        && permitted.iter().all(|(_, own)| *own == measured)
    {
        let sum = permitted.iter().map(|(amount, _)| amount).sum();
        above(judge, left, sum, Some(measured.base_unit()));
    }
}

/// More left than was permitted: box 14 above box 11.
fn above(judge: &mut Judge<'_>, left: f64, permitted: f64, unit: Option<&str>) {
    if left > permitted * (1.0 + ROUNDING) + ROUNDING {
        let unit = unit.unwrap_or_default();
        let shown = |amount: f64| format!("{amount:.3} {unit}").trim_end().to_owned();
        let why = "more is endorsed as exported (box 14) than the document permits (box 11)";
        judge.add(ProblemCode::EndorsedAbovePermitted, shown(left), shown(permitted), why);
    }
}
