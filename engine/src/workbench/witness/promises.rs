//! Promises of profiles: more of a figure never brings fewer points.
//!
//! In: `rises_with` of `profile.toml`. Out: a witness where it does, with two bills that differ in that figure alone. The figures
//! that are tried are those that the tests of the profile tell apart; both bills are asked of the engine.

use super::super::alternatives::Alternatives;
use super::altered::with_figure;
use super::bills::{Bills, shown};
use super::found::{Claim, Shown, Witness, is_heard};
use crate::assess::Engine;
use crate::profile::field::Field;
use crate::profile::value::Value;
use crate::profile::view::View;
use crate::profile::{Indicator, Profile};
use crate::workbench::cases::Ran;

/// Bills of which figures are tried for one promise, those of the profile's own cases first.
const MAX_BILLS: usize = 40;

/// The promises that are broken.
pub(super) fn broken(engine: &Engine, only: Option<&[String]>, bills: &mut Bills<'_>) -> Vec<Witness> {
    let profiles = engine.profiles();
    let mut found = Vec::new();
    for (n, profile) in profiles.profiles.iter().enumerate() {
        if only.is_some_and(|only| !only.contains(&profile.id)) || !is_heard(profile.status) {
            continue;
        }
        let own: Vec<&Indicator> = profiles.indicators.iter().filter(|one| one.profile == n).collect();
        for place in &profile.rises_with {
            found.extend(one(profile, &own, *place, bills));
        }
    }
    found
}

fn one(profile: &Profile, own: &[&Indicator], place: (View, usize), bills: &mut Bills<'_>) -> Option<Witness> {
    let (view, n) = place;
    let field = view.fields().get(n)?;
    let alternatives = Alternatives::of(own.iter().copied());
    for n_bill in bills.order(&profile.id).into_iter().take(MAX_BILLS) {
        let (Some(bill), Some(ran)) = (bills.all.get(n_bill), bills.ran(n_bill)) else { continue };
        let Some(now) = figure(ran, place) else { continue };
        let case = bill.case.clone();
        let mut figures: Vec<f64> = alternatives
            .to(view, n, &Value::Number(now))
            .into_iter()
            .filter_map(|(value, _)| if let Value::Number(number) = value { Some(number) } else { None })
            .chain([now])
            .collect();
        figures.sort_by(f64::total_cmp);
        if let Some([less, more]) = falls(profile, &case, field, &figures, bills) {
            let name = format!("{}.{}", view.name(), field.name);
            return Some(Witness {
                claim: Claim::Falls,
                of: vec![profile.id.clone()],
                says: format!("it promises to rise with {name}, and brings fewer points of more"),
                bills: vec![less, more],
            });
        }
    }
    None
}

/// The first subject's figure.
fn figure(ran: &Ran, (view, n): (View, usize)) -> Option<f64> {
    match ran.facts.of(view).first()?.values.get(n)? {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// Two bills of which the one with more brings fewer points of the profile.
fn falls(
    profile: &Profile,
    case: &serde_json::Value,
    field: &Field,
    figures: &[f64],
    bills: &mut Bills<'_>,
) -> Option<[Shown; 2]> {
    let mut highest: Option<(i64, Shown)> = None;
    for number in figures {
        let case = with_figure(case, field, *number)?;
        let ran = bills.run(&case)?;
        let points = points(profile, &ran);
        let shown = shown(
            case,
            &ran,
            format!("{} {}: {points} points of this profile", field.name, Value::Number(*number).show()),
        );
        match &highest {
            Some((most, before)) if points < *most => return Some([before.clone(), shown]),
            Some((most, _)) if points == *most => {}
            _ => highest = Some((points, shown)),
        }
    }
    None
}

/// What the hits of the profile bring, the highest of each group.
fn points(profile: &Profile, ran: &Ran) -> i64 {
    let all = ran.assessment.hits.iter().chain(&ran.assessment.shadow_hits);
    let own = all.filter(|hit| hit.profile == profile.id);
    let mut by_group = std::collections::BTreeMap::new();
    for hit in own {
        let most = by_group.entry(hit.group.as_str()).or_insert(0);
        *most = hit.points.max(*most);
    }
    by_group.values().sum()
}
