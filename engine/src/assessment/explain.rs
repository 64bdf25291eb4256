//! Which values met: the places in the consignment that a hit rests on. Built only for hits.

use super::Met;
use super::given::Concluding;
use crate::evidence::ItemEvidence;
use crate::evidence::documents::DocumentEvidence;
use crate::names::{Field, Mention};
use crate::profile::Indicator;
use crate::profile::facts::Subject;
use crate::profile::view::View;

/// Fields of an item that come from its names.
const NAME_FIELDS: &[&str] = &[
    "verdict",
    "genera",
    "taxa",
    "lookalikes",
    "names_other_wood",
    "latin_name_given",
    "trade_name_conflicts",
    "appendix",
    "coverage",
    "coverage_reason",
    "document_due",
    "old_name",
    "misspelt_name",
    "n_hongmu",
    "is_wood",
];

/// Values that met, each place once.
pub(super) fn met(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject) -> Vec<Met> {
    let mut met = own(from, indicator.each, subject);
    let frame = from.facts.frame(indicator.each, subject);
    for (view, field) in &indicator.reads {
        let Some(spec) = view.fields().get(*field) else { continue };
        let shown = frame.value(*view, *field).show();
        match view {
            View::Item => item_field(from, subject, spec.name, shown, &mut met),
            View::Consignment => met.push(place(&format!("/{}", consignment_place(spec.name)), &shown)),
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
fn own(from: &Concluding<'_>, view: View, subject: &Subject) -> Vec<Met> {
    let item = subject.item.and_then(|n| from.evidence.items.get(n).map(|item| (n, item)));
    match view {
        View::Taxon => item.and_then(|(n, item)| {
            let taxon = item.taxa.get(subject.n)?;
            Some(vec![mention_met(n, item.names.mentions.get(taxon.mention)?)])
        }),
        View::Measure => item.and_then(|(n, item)| measure_met(n, item, subject.n)),
        View::Document => from.evidence.documents.get(subject.n).map(|found| document_met(from, found)),
        View::Party => party_met(from, subject.n),
        View::Container => {
            from.evidence.equipment.containers.get(subject.n).map(|found| vec![place("/equipment", &found.number)])
        }
        View::Alert => from.evidence.alerts.get(subject.n).map(|found| alert_met(from, found)),
        View::Item | View::Consignment => None,
    }
    .unwrap_or_default()
}

fn mention_met(item: usize, mention: &Mention) -> Met {
    let field = match mention.field {
        Field::Text => "description",
        Field::Declared => "scientific_name",
        Field::Common => "common_name",
    };
    Met {
        at: format!("/goods_items/{item}/{field}"),
        text: mention.text.clone(),
        means: Some(mention.taxon.clone()),
        similarity: Some(round(mention.similarity)),
    }
}

fn round(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

fn measure_met(n: usize, item: &ItemEvidence, measure: usize) -> Option<Vec<Met>> {
    let found = item.measures.get(measure)?;
    let taxon = item.taxa.get(found.taxon)?;
    let at = match found.role {
        "origin" => format!("/goods_items/{n}/origin"),
        "consignor" => "/parties".to_owned(),
        "loading" => "/places".to_owned(),
        "permit" => format!("/goods_items/{n}/documents"),
        "destination" => "/places/final_destination".to_owned(),
        _ => "/routing".to_owned(),
    };
    let mut met: Vec<Met> =
        item.names.mentions.get(taxon.mention).map(|mention| mention_met(n, mention)).into_iter().collect();
    met.extend(found.country.map(|country| Met {
        means: Some(format!("{} of {}", found.kind.as_str(), found.instrument)),
        ..place(&at, country.as_str())
    }));
    Some(met)
}

/// JSON pointer of a declared document.
pub(super) fn document_place(found: &DocumentEvidence) -> String {
    match found.item {
        Some(item) => format!("/goods_items/{item}/documents/{}", found.n),
        None => format!("/documents/{}", found.n),
    }
}

fn document_met(from: &Concluding<'_>, found: &DocumentEvidence) -> Vec<Met> {
    let at = document_place(found);
    let list = match found.item {
        Some(item) => from.consignment.goods_items.get(item).map(|item| &item.documents),
        None => Some(&from.consignment.documents),
    };
    let number = list.and_then(|list| list.get(found.n)).and_then(|document| document.number.clone());
    let best = found.candidates.first();
    let mut met = vec![Met {
        at: at.clone(),
        text: number.unwrap_or_else(|| "without a number".to_owned()),
        means: best.map(|candidate| candidate.number.clone()),
        similarity: best.map(|candidate| round(candidate.similarity)),
    }];
    met.extend(found.problems.iter().map(|problem| Met {
        at: at.clone(),
        text: problem.declared.clone(),
        means: Some(format!("{}: {}", problem.code, problem.registered)),
        similarity: None,
    }));
    met
}

fn party_met(from: &Concluding<'_>, n: usize) -> Option<Vec<Met>> {
    let declared = from.consignment.parties.get(n)?;
    let watch = from.evidence.parties.get(n)?.watch.as_ref();
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

fn item_field(from: &Concluding<'_>, subject: &Subject, field: &str, shown: String, met: &mut Vec<Met>) {
    let Some(n) = subject.item else { return };
    let Some((evidence, goods)) = from.evidence.items.get(n).zip(from.consignment.goods_items.get(n)) else { return };
    let at = |field: &str| format!("/goods_items/{n}/{field}");
    if NAME_FIELDS.contains(&field) {
        met.extend(evidence.names.mentions.iter().map(|mention| mention_met(n, mention)));
        return;
    }
    match field {
        "origin" => met.push(place(&at("origin"), &shown)),
        "hs" | "hs_chapter" | "hs_heading" | "form_by_hs" | "species_missing" => {
            met.push(place(&at("hs_code"), goods.hs_code.as_ref().map_or("", |hs| hs.as_str())));
        }
        "density_kg_m3" | "density" | "density_expected" | "heavier_than_cover" | "as_dense_as_rosewood" => {
            if let Some(density) = evidence.physics.density_kg_m3 {
                met.push(place(&at("volume_m3"), &format!("{density:.0} kg/m³")));
            }
        }
        "cover_goods" | "vague" | "evasive" | "claims" | "form_by_words" | "form_conflicts" | "form"
        | "is_raw_wood" => {
            met.push(place(&at("description"), &goods.description));
        }
        "n_documents" | "n_cites_documents" | "document_kinds" => {
            let text = if goods.documents.is_empty() { "none".to_owned() } else { shown };
            met.push(place(&at("documents"), &text));
        }
        "gross_mass_kg" | "net_mass_kg" | "volume_m3" => met.push(place(&at(field), &shown)),
        _ => {}
    }
}

/// Where a field of the consignment stands.
fn consignment_place(field: &str) -> &str {
    match field {
        "procedure" | "passes_through" => "procedure",
        "loading_country" => "places/loading",
        "first_country" => "places/original_loading",
        "discharge_country" => "places/discharge",
        "destination_country" => "places/final_destination",
        "consignor_country" | "consignee_country" => "parties",
        "gross_mass_kg" | "mass_differs" => "gross_mass_kg",
        "value_usd" => "value",
        "imo_number_holds" => "transport_means/imo",
        "countries" | "hubs" | "risk_routes" | "on_risk_route" => "routing",
        _ => "goods_items",
    }
}
