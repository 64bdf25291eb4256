//! Which values met: the places in the consignment that a hit rests on. Built only for hits.
//!
//! In: an indicator and its subject. Out: [`Met`]s, each place once. Where a field stands is said in the view
//! (`profile/view.rs`); here is only how a place is written and what of a record is shown beside it.

use super::given::Concluding;
use super::{Met, handling};
use crate::evidence::ItemEvidence;
use crate::evidence::documents::DocumentEvidence;
use crate::evidence::measures::{Reach, Role};
use crate::names::{Field, Mention};
use crate::profile::Indicator;
use crate::profile::facts::Subject;
use crate::profile::field::{Rests, Stands};
use crate::profile::view::View;

/// Values that met, each place once.
pub(super) fn met(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject) -> Vec<Met> {
    let mut met = own(from, indicator, subject);
    let frame = from.facts.frame(indicator.each, subject);
    for (view, field) in &indicator.reads {
        let Some(spec) = view.fields().get(*field) else { continue };
        let shown = frame.value(*view, *field).show();
        match view {
            View::Item => item_field(from, subject, spec.stands, shown, &mut met),
            View::Consignment => {
                if let Stands::Whole(at) = spec.stands {
                    met.push(place(&format!("/{at}"), &shown));
                }
            }
            _ => {}
        }
    }
    let mut kept: Vec<Met> = Vec::new();
    for one in met.into_iter().filter(|met| !met.text.is_empty()) {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

fn place(at: &str, text: &str) -> Met {
    Met { at: at.to_owned(), text: text.to_owned(), means: None, similarity: None }
}

/// What the subject itself is.
fn own(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject) -> Vec<Met> {
    let item = subject.item.and_then(|n| from.evidence.items.get(n).map(|item| (n, item)));
    match indicator.each {
        View::Taxon => item.and_then(|(n, item)| {
            let taxon = item.taxa.get(subject.n)?;
            Some(vec![mention_met(n, item, item.names.mentions.get(taxon.mention)?)])
        }),
        View::Measure => item.and_then(|(n, item)| measure_met(n, item, subject.n)),
        View::Document => from.evidence.documents.get(subject.n).map(|found| document_met(from, indicator, found)),
        View::Party => party_met(from, indicator, subject.n),
        View::Container => {
            from.evidence.equipment.containers.get(subject.n).map(|found| vec![place("/equipment", &found.number)])
        }
        View::Alert => from.evidence.alerts.get(subject.n).map(|found| alert_met(from, found)),
        View::Item | View::Consignment => None,
    }
    .unwrap_or_default()
}

/// Words and what they mean: the accepted name, and the one under which the law counts it where that is another.
fn mention_met(n: usize, item: &ItemEvidence, mention: &Mention) -> Met {
    let field = match mention.field {
        Field::Text => "description",
        Field::Declared => "scientific_name",
        Field::Common => "common_name",
    };
    let known = item.taxa.iter().find(|taxon| taxon.taxon == mention.taxon);
    let counted = known.map(|taxon| &taxon.counted).filter(|counted| **counted != mention.taxon);
    Met {
        at: format!("/goods_items/{n}/{field}"),
        text: mention.text.clone(),
        means: Some(match counted {
            Some(counted) => format!("{} ({counted})", mention.taxon),
            None => mention.taxon.clone(),
        }),
        similarity: Some(round(mention.similarity)),
    }
}

fn round(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

fn measure_met(n: usize, item: &ItemEvidence, measure: usize) -> Option<Vec<Met>> {
    let found = item.measures.get(measure)?;
    let taxon = item.taxa.get(found.taxon)?;
    let mut met: Vec<Met> =
        item.names.mentions.get(taxon.mention).map(|mention| mention_met(n, item, mention)).into_iter().collect();
    if let Reach::Country(country, role) = &found.reach {
        let at = match role {
            Role::Origin => format!("/goods_items/{n}/origin"),
            Role::Consignor => "/parties".to_owned(),
            Role::Loading => "/places".to_owned(),
            Role::Permit => format!("/goods_items/{n}/documents"),
            Role::Destination => "/places/final_destination".to_owned(),
            Role::Routing => "/routing".to_owned(),
        };
        let means = Some(format!("{} of {}", found.kind.as_str(), found.instrument));
        met.push(Met { means, ..place(&at, country.as_str()) });
    }
    Some(met)
}

/// JSON pointer of a declared document.
pub(super) fn document_place(found: &DocumentEvidence) -> String {
    match found.item {
        Some(item) => format!("/goods_items/{item}/documents/{}", found.n),
        None => format!("/documents/{}", found.n),
    }
}

/// The register's side is shown only to an indicator that looks at it: what is shown decides who may see the hit.
fn document_met(from: &Concluding<'_>, indicator: &Indicator, found: &DocumentEvidence) -> Vec<Met> {
    let shows_register = handling::shows(indicator, Rests::Register);
    let at = document_place(found);
    let list = match found.item {
        Some(item) => from.consignment.goods_items.get(item).map(|item| &item.documents),
        None => Some(&from.consignment.documents),
    };
    let number = list.and_then(|list| list.get(found.n)).and_then(|document| document.number.clone());
    let best = found.candidates.first().filter(|_| shows_register);
    let mut met = vec![Met {
        at: at.clone(),
        text: number.unwrap_or_else(|| "without a number".to_owned()),
        means: best.map(|candidate| candidate.number.clone()),
        similarity: best.map(|candidate| round(candidate.similarity)),
    }];
    let problems = found.problems.iter().filter(|_| shows_register);
    met.extend(problems.map(|problem| Met {
        at: at.clone(),
        text: problem.declared.clone(),
        means: Some(format!("{}: {}", problem.code, problem.registered)),
        similarity: None,
    }));
    met
}

fn party_met(from: &Concluding<'_>, indicator: &Indicator, n: usize) -> Option<Vec<Met>> {
    let declared = from.consignment.parties.get(n)?;
    let watch = from.evidence.parties.get(n)?.watch.as_ref();
    let watch = watch.filter(|_| handling::shows(indicator, Rests::WatchList));
    let field = if watch.is_some_and(|watch| watch.on == "address") { "address" } else { "name" };
    Some(vec![Met {
        at: format!("/parties/{n}/{field}"),
        text: declared.name.clone(),
        means: watch.map(|watch| watch.met.clone()),
        similarity: watch.map(|watch| round(watch.similarity)),
    }])
}

fn alert_met(from: &Concluding<'_>, found: &crate::evidence::alerts::AlertEvidence) -> Vec<Met> {
    let means = from.manifest.transport_means.as_ref();
    found
        .on
        .iter()
        .map(|on| {
            let (at, text) = match *on {
                "vessel" => ("/transport_means", means.and_then(|m| m.name.clone().or_else(|| m.imo.clone()))),
                "container" => ("/equipment", None),
                "permit" => ("/documents", None),
                "party" => ("/parties", None),
                "taxon" => ("/goods_items", None),
                _ => ("/routing", None),
            };
            Met { means: Some(found.title.clone()), ..place(at, &text.unwrap_or_else(|| (*on).to_owned())) }
        })
        .collect()
}

fn item_field(from: &Concluding<'_>, subject: &Subject, stands: Stands, shown: String, met: &mut Vec<Met>) {
    let Some(n) = subject.item else { return };
    let Some((evidence, goods)) = from.evidence.items.get(n).zip(from.consignment.goods_items.get(n)) else { return };
    let mut say = |field: &str, text: &str| met.push(place(&format!("/goods_items/{n}/{field}"), text));
    match stands {
        Stands::Names => met.extend(evidence.names.mentions.iter().map(|mention| mention_met(n, evidence, mention))),
        Stands::Item(field) => say(field, &shown),
        Stands::HsCode => say("hs_code", goods.hs_code.as_ref().map_or("", |hs| hs.as_str())),
        Stands::Words => say("description", &goods.description),
        Stands::MassAndVolume => {
            if let Some(density) = evidence.physics.density_kg_m3 {
                say("volume_m3", &format!("{density:.0} kg/m³"));
            }
        }
        Stands::Documents => say("documents", if goods.documents.is_empty() { "none" } else { &shown }),
        Stands::Subject | Stands::Whole(_) | Stands::Nowhere => {}
    }
}
