//! One page for the browser and the printer: the list of bills, then a sheet for each.
//!
//! In: assessments, the most urgent first. Out: HTML that needs nothing else: no script, no picture, no font, nothing from
//! the net (its own policy forbids it). In print each bill stands on a page of its own. Every text passes [`safe::html`].
//! Not here: which bills, in which order (`output.rs`).

use palisander_engine::Assessment;
use palisander_engine::answers::{DocumentAnswer, Hit};
use serde::{Deserialize, Serialize};

use super::row;
use crate::cli::safe;

/// The style: colours of lanes, light and dark, and print.
const STYLE: &str = include_str!("sheet.css");

/// What is kept of a bill until the order is known.
#[derive(Serialize, Deserialize)]
pub struct Sheet {
    lane: String,
    high: String,
    score: i64,
    bill: String,
    ship: String,
    containers: String,
    goods: String,
    why: String,
    body: String,
}

impl Sheet {
    /// The sheet of a bill.
    pub fn of(assessment: &Assessment) -> Self {
        let why = assessment.hits.first().map(row::cited);
        let containers: Vec<&str> = assessment.containers.iter().map(|one| one.number.as_str()).take(4).collect();
        let more = if assessment.containers.len() > 4 { " …" } else { "" };
        Self {
            lane: assessment.lane.to_string(),
            high: assessment.lane_high.to_string(),
            score: assessment.score,
            bill: safe::html(&assessment.consignment),
            ship: safe::html(&row::ship(&assessment.ship)),
            containers: safe::html(&format!("{}{more}", containers.join(" "))),
            goods: safe::html(&row::goods(assessment)),
            why: safe::html(&why.unwrap_or_else(|| assessment.lane_because.join(", "))),
            body: body(assessment),
        }
    }

    /// Its line of the list.
    pub fn line(&self, rank: usize) -> String {
        let Self { lane, high, score, bill, ship, containers, goods, why, .. } = self;
        let rises = if high == lane { String::new() } else { format!(" <small>to {high}</small>") };
        format!(
            "<tr><td class=n>{rank}</td><td>{}{rises}</td><td class=n>{score}</td><td><a href=\"#b{rank}\">{bill}</a><br>\
             <small>{ship}</small></td><td>{containers}</td><td>{why}<br><small>{goods}</small></td></tr>\n",
            badge(lane)
        )
    }

    /// The page of one bill, `rank` of the list.
    pub fn sheet(&self, rank: usize) -> String {
        let Self { lane, high, score, bill, ship, body, .. } = self;
        let rises = if high == lane { String::new() } else { format!(" could be {}", badge(high)) };
        format!(
            "<article id=\"b{rank}\"><header><h2>{} {bill}</h2><p>rank {rank}, score {score}{rises}; {ship}</p></header>\n\
             {body}</article>\n",
            badge(lane)
        )
    }
}

/// Everything before the list.
pub fn begin(title: &str, meanings: &[(String, String)]) -> String {
    let meaning = |(lane, means): &(String, String)| format!("<li>{} {}</li>", badge(lane), safe::html(means));
    let meanings: String = meanings.iter().map(meaning).collect();
    let title = safe::html(title);
    format!(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=viewport content=\"width=device-width, initial-scale=1\"><title>{title}</title>\n<style>\n{STYLE}</style></head>\n\
         <body><main><section><h1>{title}</h1><ul class=lanes>{meanings}</ul>\n<div class=wide tabindex=0 role=region \
         aria-label=\"Bills by urgency\"><table class=list><thead><tr><th>rank</th><th>lane</th><th>score</th><th>bill</th>\
         <th>containers</th><th>reason, goods</th></tr></thead><tbody>\n"
    )
}

/// Between the list and the sheets.
pub fn middle(summary: &str) -> String {
    format!("</tbody></table></div>\n<p>{}</p></section>\n", safe::html(summary))
}

/// After the last sheet.
pub const END: &str = "</main></body></html>\n";

fn badge(lane: &str) -> String {
    format!("<b class=\"lane {lane}\">{lane}</b>")
}

fn body(assessment: &Assessment) -> String {
    let mut out = String::new();
    let label = row::handling(assessment);
    out.push_str(&format!("<p class=handling>{}</p>", safe::html(label.as_str())));
    out.push_str(&facts(assessment));
    section(&mut out, "Reasons", assessment.hits.iter().map(reason).collect());
    let open = assessment.unverifiable.iter().map(|open| {
        format!(
            "<li>{}: {} <small>(+{})</small><br>settled by: {}</li>",
            safe::html(&open.indicator.replace('_', " ")),
            safe::html(&open.why),
            open.points,
            safe::html(&open.settled_by)
        )
    });
    section(&mut out, "Open points", open.collect());
    section(&mut out, "Documents", assessment.documents.iter().map(document).collect());
    let steps = assessment.next_steps.iter().map(|step| {
        let what = step.step.replace('_', " ");
        format!("<li>{} {}: {}</li>", safe::html(&what), safe::html(&step.to), safe::html(&step.why))
    });
    section(&mut out, "Next steps", steps.collect());
    let faults = assessment.faults.iter().map(|fault| format!("<li>{}</li>", safe::html(&fault.to_string())));
    section(&mut out, "Faults of the input", faults.collect());
    out.push_str(&format!(
        "<footer>as of {}; rules {}, alerts {}, register {}, watch list {}; assessment {}</footer>",
        assessment.as_of,
        safe::html(&assessment.editions.rules),
        safe::html(&assessment.editions.alerts),
        safe::html(&assessment.editions.register),
        safe::html(&assessment.editions.watch_list),
        safe::html(&assessment.assessment_id)
    ));
    out
}

/// What the bill declares.
fn facts(assessment: &Assessment) -> String {
    let mut rows = String::new();
    let mut say = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| safe::html(value)).collect();
            rows.push_str(&format!("<tr><th>{name}</th><td>{}</td></tr>\n", values.join("<br>")));
        }
    };
    say("Containers", assessment.containers.iter().map(row::container).collect());
    let more = assessment.n_goods_items.saturating_sub(assessment.goods.len());
    let more = (more > 0).then(|| format!("and {more} more items"));
    say("Goods", assessment.goods.iter().map(row::item).chain(more).collect());
    let party = |party: &palisander_engine::answers::PartyNamed| {
        let country = party.country.map(|country| format!(" ({country})")).unwrap_or_default();
        format!("{}: {}{country}", party.role.as_str().replace('_', " "), party.name)
    };
    say("Parties", assessment.parties.iter().map(party).collect());
    let mass = assessment.gross_mass_kg.map(|kg| format!("{kg} kg"));
    let volume = assessment.volume_m3.map(|m3| format!("{m3} m³"));
    say("Mass and volume", mass.into_iter().chain(volume).collect());
    let taxon =
        |taxon: &palisander_engine::answers::NamedTaxon| format!("{} = {}, {}", taxon.text, taxon.taxon, taxon.listing);
    say("Woods named", assessment.taxa.iter().map(taxon).collect());
    say("Lane by", assessment.lane_because.clone());
    format!("<table class=facts>{rows}</table>\n")
}

fn section(out: &mut String, title: &str, entries: Vec<String>) {
    if !entries.is_empty() {
        out.push_str(&format!("<h3>{title}</h3><ul>{}</ul>\n", entries.concat()));
    }
}

fn reason(hit: &Hit) -> String {
    let points = if hit.counts { format!("+{}", hit.points) } else { format!("(+{})", hit.points) };
    let met = hit.met.iter().map(|met| {
        let means = met.means.as_ref().map(|means| format!(" = {means}")).unwrap_or_default();
        format!("{} “{}”{means}", met.at, met.text)
    });
    let met: Vec<String> = met.collect();
    let label =
        if hit.handling == palisander_engine::Label::Clear { String::new() } else { format!("; {}", hit.handling) };
    format!(
        "<li>{} <b>{points}</b><br><small>{}<br>{}{}</small></li>",
        safe::html(&hit.reason),
        safe::html(&met.join("; ")),
        safe::html(&hit.sources.join("; ")),
        safe::html(&label)
    )
}

fn document(document: &DocumentAnswer) -> String {
    let declared = document.declared.as_deref().unwrap_or("without a number");
    let details = document
        .details
        .iter()
        .map(|problem| format!("{} (“{}”, “{}”)", problem.why, problem.declared, problem.registered));
    format!(
        "<li>{} {}: <b>{}</b> {}</li>",
        safe::html(&document.kind.replace('_', " ")),
        safe::html(declared),
        document.verdict.as_str(),
        safe::html(&details.collect::<Vec<_>>().join("; "))
    )
}
