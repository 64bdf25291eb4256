//! What a person is shown of one assessment, whatever it is written to.
//!
//! In: an [`Assessment`]. Out: a [`Row`], small enough to be kept a million times until the most urgent are known, whose
//! texts stand on one line each and are safe for a terminal. Not here: columns and colours (`table.rs`), pages (`html.rs`).

use palisander_engine::answers::{Container, Goods, Hit, Ship};
use palisander_engine::{Assessment, Label};
use serde::{Deserialize, Serialize};

use crate::cli::safe;

/// How much of each assessment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Where it is, what it is and the top reason.
    Short,
    Full,
}

/// Containers and goods items named in short; the rest is counted.
const SHOWN: usize = 3;

/// What is shown of one assessment, and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub lane: String,
    pub score: i64,
    /// Points met and open.
    pub high: i64,
    /// Bill of lading.
    pub bill: String,
    /// Lines of text, the first of which begins with the bill.
    pub lines: Vec<String>,
}

impl Row {
    /// What is shown of an assessment.
    pub fn of(assessment: &Assessment, detail: Detail) -> Self {
        let bill = if assessment.consignment.trim().is_empty() { "(no bill)" } else { &assessment.consignment };
        let mut lines = vec![
            joined("  ", [bill.to_owned(), ship(&assessment.ship)]),
            containers(&assessment.containers),
            goods(assessment),
            why(assessment),
            could_rise(assessment),
        ];
        if detail == Detail::Full {
            lines.extend(everything(assessment));
        }
        lines.retain(|line| !line.is_empty());
        Self {
            lane: assessment.lane.as_str().to_owned(),
            score: assessment.score,
            high: assessment.score_high,
            bill: safe::line(bill).into_owned(),
            lines: lines.iter().map(|line| safe::line(line).into_owned()).collect(),
        }
    }
}

fn joined(between: &str, parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(between)
}

/// Ship, voyage, place and day of arrival.
pub fn ship(ship: &Ship) -> String {
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let name = if ship.name.is_some() {
        of(&ship.name)
    } else {
        ship.imo.as_ref().map(|imo| format!("IMO {imo}")).unwrap_or_default()
    };
    let day = ship.arrives_on.map(|day| day.to_string()).unwrap_or_default();
    joined(", ", [joined(" ", [name, of(&ship.voyage)]), joined(" ", [of(&ship.arrival), day])])
}

/// Containers with size and seals.
fn containers(containers: &[Container]) -> String {
    if containers.is_empty() {
        return String::new();
    }
    let more = containers.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|n| format!("and {n} more"));
    format!("in {}", joined(", ", containers.iter().take(SHOWN).map(container).chain(more)))
}

/// A container with size, fullness and seals.
pub fn container(container: &Container) -> String {
    let wrong = container.check_digit_holds == Some(false);
    let seals = if container.seals.is_empty() { String::new() } else { format!("seal {}", container.seals.join(" ")) };
    let about = joined(
        ", ",
        [
            container.size_type.clone().unwrap_or_default(),
            container.fullness.clone().unwrap_or_default(),
            seals,
            if wrong { "check digit fails".to_owned() } else { String::new() },
        ],
    );
    if about.is_empty() { container.number.clone() } else { format!("{} ({about})", container.number) }
}

/// The first goods items in short.
pub fn goods(assessment: &Assessment) -> String {
    let more = assessment.n_goods_items.saturating_sub(SHOWN.min(assessment.goods.len()));
    let more = (more > 0).then(|| format!("and {more} more items"));
    joined("; ", assessment.goods.iter().take(SHOWN).map(item).chain(more))
}

/// A goods item with its figures.
pub fn item(goods: &Goods) -> String {
    let text = if goods.description.trim().is_empty() { "(no description)" } else { &goods.description };
    let figures = figures(goods);
    if figures.is_empty() { text.to_owned() } else { format!("{text} ({figures})") }
}

fn figures(goods: &Goods) -> String {
    joined(
        ", ",
        [
            goods.hs_code.as_ref().map(|hs| format!("HS {hs}")).unwrap_or_default(),
            goods.origin.map(|origin| format!("from {origin}")).unwrap_or_default(),
            goods.gross_mass_kg.or(goods.net_mass_kg).map(|kg| format!("{kg} kg")).unwrap_or_default(),
            goods.volume_m3.map(|m3| format!("{m3} m³")).unwrap_or_default(),
            goods
                .n_packages
                .map(|n| if n == 1 { "1 package".to_owned() } else { format!("{n} packages") })
                .unwrap_or_default(),
        ],
    )
}

/// The top reason with its instrument; without one, what decided the lane.
fn why(assessment: &Assessment) -> String {
    match assessment.hits.first() {
        Some(hit) => format!("why: {}", cited(hit)),
        None if assessment.lane.as_str() == "green" => String::new(),
        None => format!("why: {}", assessment.lane_because.join(", ")),
    }
}

/// A reason with the first instrument behind it.
pub fn cited(hit: &Hit) -> String {
    match hit.sources.first() {
        Some(source) => format!("{} [{source}]", hit.reason),
        None => hit.reason.clone(),
    }
}

/// What it could still become, and what settles it.
fn could_rise(assessment: &Assessment) -> String {
    if assessment.lane_high <= assessment.lane {
        return String::new();
    }
    let settled = assessment.unverifiable.iter().max_by_key(|open| open.points).map(|open| open.settled_by.clone());
    format!("could be {}: {}", assessment.lane_high, settled.unwrap_or_else(|| "open points".to_owned()))
}

/// The strictest label of all that the answer shows.
pub fn handling(assessment: &Assessment) -> Label {
    let hits = assessment.hits.iter().chain(&assessment.shadow_hits).map(|hit| hit.handling);
    let open = assessment.unverifiable.iter().map(|open| open.handling);
    let documents = assessment.documents.iter().map(|document| document.handling);
    let steps = assessment.next_steps.iter().map(|step| step.handling);
    hits.chain(open).chain(documents).chain(steps).max().unwrap_or_default()
}

/// All that explains an answer, a line each.
fn everything(assessment: &Assessment) -> Vec<String> {
    let mut lines = vec![format!("lane by {}", assessment.lane_because.join(", "))];
    lines.extend(assessment.parties.iter().map(|party| {
        let country = party.country.map(|country| format!(" ({country})")).unwrap_or_default();
        format!("{}: {}{country}", party.role.as_str().replace('_', " "), party.name)
    }));
    lines.extend(assessment.taxa.iter().map(|taxon| {
        format!("names `{}` at {} = {} ({}) {}", taxon.text, taxon.at, taxon.taxon, taxon.verdict, taxon.listing)
    }));
    for hit in &assessment.hits {
        let points =
            if hit.counts { format!("+{}", hit.points) } else { format!("(+{}, group {})", hit.points, hit.group) };
        lines.push(format!("{points} {}/{}: {}", hit.profile, hit.indicator, hit.reason));
        lines.extend(hit.met.iter().map(|met| {
            let means = met.means.as_ref().map(|means| format!(" = {means}")).unwrap_or_default();
            let similarity = met.similarity.map(|s| format!(" ({s:.2})")).unwrap_or_default();
            format!("  {} `{}`{means}{similarity}", met.at, met.text)
        }));
        lines.push(format!("  by {} ({})", hit.sources.join("; "), hit.handling));
    }
    lines.extend(assessment.unverifiable.iter().map(|open| {
        format!(
            "open {}/{}: {} (+{}); settled by {}",
            open.profile, open.indicator, open.why, open.points, open.settled_by
        )
    }));
    lines.extend(assessment.documents.iter().map(|document| {
        let declared = document.declared.as_deref().unwrap_or("without a number");
        format!("document {declared} {}: {} {}", document.kind, document.verdict.as_str(), document.problems.join(", "))
    }));
    lines.extend(assessment.next_steps.iter().map(|step| format!("next {} {} {}", step.step, step.to, step.why)));
    lines.extend(assessment.faults.iter().map(|fault| format!("fault {fault}")));
    lines
}
