//! What a bill states in all, against the sum of its goods items.
//!
//! In: consignments as read, whatever the format. Out: a fault where packages or gross mass of the bill are not what its
//! items add up to. A whole item that was left out cannot be missed otherwise: where the bill states more than its items
//! hold, goods of it were not told, which is *lost*; where it states less, one of the figures is wrong, which is a doubt.
//! Not here: totals of a whole manifest, which the readers of its format compare once they have seen its end.

use super::fault::{Fault, Faults, Severity};
use super::field::Field;
use super::fields::{Consignment, GoodsItem, Manifest, consignment};
use super::place::Place;

/// Masses are rounded on their way: to whole kilograms for each item, and by this share of the whole.
const ROUNDED: f64 = 0.005;

/// Adds to the faults of each bill what its sums say.
pub(super) fn check(manifest: &Manifest, bills: &mut [Faults]) {
    for ((n, bill), faults) in manifest.consignments.iter().enumerate().zip(bills) {
        wrong(bill).into_iter().for_each(|(field, severity, stated, sum)| {
            let place = Place::bill(n).field(field);
            let expected = format!("{sum}, the sum of its goods items");
            let at = place.pointer();
            faults.push(Fault::of(place, "wrong_total", severity, at, &stated.to_string(), &expected));
        });
    }
}

/// The fields of a bill that its items contradict: with what is stated and what the items add up to. A sum of which one
/// part is not known says nothing.
fn wrong(bill: &Consignment) -> Vec<(Field, Severity, f64, f64)> {
    let items = &bill.goods_items;
    let packages = |item: &GoodsItem| {
        let n = item.packages.iter().map(|packages| packages.n).sum::<Option<u64>>();
        n.filter(|_| !item.packages.is_empty()).map(|n| n as f64)
    };
    let sums = [
        (consignment::n_packages, bill.n_packages.map(|n| n as f64), sum(items, packages), 0.0),
        (consignment::gross_mass_kg, bill.gross_mass_kg, sum(items, |item| item.gross_mass_kg), items.len() as f64),
    ];
    let differs = |(field, stated, sum, rounded): (Field, Option<f64>, Option<f64>, f64)| {
        let (stated, sum) = (stated?, sum?);
        let room = if rounded > 0.0 { rounded + stated.abs().max(sum.abs()) * ROUNDED } else { 0.5 };
        let severity = if stated > sum { Severity::Lost } else { Severity::Doubt };
        ((stated - sum).abs() > room).then_some((field, severity, stated, sum))
    };
    sums.into_iter().filter_map(differs).collect()
}

fn sum(items: &[GoodsItem], of: impl Fn(&GoodsItem) -> Option<f64>) -> Option<f64> {
    let sum = items.iter().map(of).sum::<Option<f64>>()?;
    (!items.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::parse;

    fn found(bill: serde_json::Value) -> Vec<(String, Severity)> {
        let parsed = parse::json_document(bill.to_string().as_bytes()).unwrap();
        let faults = parsed.faults_of(0).into_iter().filter(|fault| fault.code == "wrong_total");
        faults.map(|fault| (fault.at, fault.severity)).collect()
    }

    #[test]
    fn a_bill_against_its_items() {
        let item =
            |n: u64, kg: f64| json!({ "description": "teak boards", "packages": [{"n": n}], "gross_mass_kg": kg });
        let check = |stated: (Option<u64>, Option<f64>), items: &[serde_json::Value], expected: &[(&str, Severity)]| {
            let bill = json!({ "bill_of_lading": "A", "n_packages": stated.0, "gross_mass_kg": stated.1, "goods_items": items });
            let expected: Vec<_> = expected.iter().map(|(at, severity)| ((*at).to_owned(), *severity)).collect();
            assert_eq!(found(bill.clone()), expected, "{bill}");
        };
        let two = [item(4, 100.0), item(6, 50.5)];
        check((Some(10), Some(150.5)), &two, &[]);
        check((Some(10), Some(151.9)), &two, &[]);
        check((Some(12), Some(150.0)), &two, &[("/n_packages", Severity::Lost)]);
        check((Some(10), Some(400.0)), &two, &[("/gross_mass_kg", Severity::Lost)]);
        check((Some(1), Some(100.0)), &two, &[("/n_packages", Severity::Doubt), ("/gross_mass_kg", Severity::Doubt)]);
        // What is not known of one item leaves the sum open.
        check((Some(10), Some(900.0)), &[item(4, 100.0), json!({ "description": "oak" })], &[]);
        check((None, None), &two, &[]);
        check((Some(3), Some(30.0)), &[], &[]);
    }
}
