//! What the directory answers: a document for programs, and lines for people, of the same facts.
//!
//! In: a table, what is asked, the tables of an office, the moment and the clearance of whoever asks. Out: [`Told`], or every fault of
//! the question.

use std::collections::BTreeSet;

use jiff::Timestamp;
use palisander_engine::tables::{FindSize, LibraryEntry, ProcedureSubject, References};
use palisander_engine::{Date, Label};
use serde_json::{Value, json};

use super::asked::{Asked, DirectoryTable, MAX_CONTAINERS, MAX_LOT_PIECES, MAX_LOTS, shown};
use super::contacts::{ContactWish, contacts, parties_without};
use super::duty::{DutyWish, on_duty};
use super::guidance::{Guide, guide, site_checks};
use super::laboratories::{FoundLaboratory, LabWish, hub, lab_counts, lab_gaps, laboratories};
use super::means::{planned, recommended};
use super::procedures::{procedure, sampled};
use super::treaties::{bound, unbound};
use crate::cases::AgencyKind;

/// Days that anybody waits for a laboratory.
const MAX_WAIT_DAYS: u32 = 3_660;

/// When it is asked, and by somebody of which clearance.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub at: Timestamp,
    pub clearance: Label,
}

impl Moment {
    fn day(self) -> Date {
        jiff::tz::Offset::UTC.to_datetime(self.at).date()
    }
}

/// An answer of the directory.
#[derive(Debug, Clone)]
pub struct Told {
    pub document: Value,
    /// The same in words; where nobody meets the question, it says so.
    pub lines: Vec<String>,
}

type Answer = Result<Told, Vec<String>>;

/// Answers a question of one table.
pub fn told(
    table: DirectoryTable,
    pairs: impl IntoIterator<Item = (String, String)>,
    tables: &References,
    moment: Moment,
) -> Answer {
    let asked = Asked::of(table, pairs);
    match table {
        DirectoryTable::Laboratories => of_laboratories(asked, tables, moment),
        DirectoryTable::Contacts => of_contacts(asked, tables, moment),
        DirectoryTable::Duty => of_duty(asked, tables, moment),
        DirectoryTable::Procedures => of_procedures(asked, tables, moment),
        DirectoryTable::Sampling => of_sampling(asked, tables),
        DirectoryTable::Guidance => of_guidance(asked, tables, moment),
        DirectoryTable::Checks => of_checks(asked, tables),
        DirectoryTable::Means => of_means(asked, tables),
        DirectoryTable::Conventions => of_conventions(asked, tables, moment),
        DirectoryTable::Tools => of_tools(asked, tables, moment),
    }
}

/// Lines, or that there are none.
fn or_none(lines: Vec<String>, none: &str) -> Vec<String> {
    if lines.is_empty() { vec![none.to_owned()] } else { lines }
}

fn joined<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What is invented says so wherever it is read.
fn mark(invented: bool) -> &'static str {
    if invented { " [invented]" } else { "" }
}

fn stale(is_stale: bool) -> &'static str {
    if is_stale { "; stale: confirm it first" } else { "" }
}

fn laboratory(one: &FoundLaboratory<'_>) -> String {
    let row = one.row;
    let days = row.turnaround_days.map_or("time not known".to_owned(), |days| format!("{days} days"));
    format!(
        "{}, {}{}: {}; {}; {}; foreign cases: {}; {days}; {}{}",
        row.name,
        row.country,
        mark(row.invented),
        joined(&row.questions),
        joined(&row.techniques),
        one.quality_now,
        row.foreign_cases,
        row.channel,
        stale(one.is_stale)
    )
}

fn of_laboratories(mut asked: Asked, tables: &References, moment: Moment) -> Answer {
    let wish = LabWish {
        country: asked.one("country"),
        region: asked.text("region"),
        material: asked.one("material"),
        questions: asked.many("questions").into_iter().collect(),
        techniques: asked.many("techniques").into_iter().collect(),
        reference: asked.text("reference"),
        takes_foreign: asked.yes("foreign"),
        quality: asked.one("quality"),
        within_days: asked.one("within_days"),
    };
    if wish.within_days.is_some_and(|days| days > MAX_WAIT_DAYS) {
        asked.fault(format!("`within_days` is 0 to MAX_WAIT_DAYS ({MAX_WAIT_DAYS})"));
    }
    let regions = &tables.directory.regions;
    if let Some(region) = &wish.region
        && !regions.iter().any(|own| own.id == *region)
    {
        let known: Vec<&str> = regions.iter().map(|own| own.id.as_str()).collect();
        asked.fault(format!("`region`: `{}` is none of {}", shown(region), known.join(", ")));
    }
    let day = asked.one("day").unwrap_or(moment.day());
    let (gaps, hub_for) = (asked.yes("gaps"), asked.one("hub_for"));
    if gaps && hub_for.is_some() {
        asked.fault("`gaps` and `hub_for` are two questions; ask one".to_owned());
    }
    asked.checked()?;
    if gaps {
        let all = lab_gaps(tables, wish.material, day);
        let line = |one: &super::laboratories::RegionGaps| {
            let lacks = if one.lacks.is_empty() { "nothing".to_owned() } else { joined(&one.lacks) };
            let n = one.laboratories;
            format!("{}: {n} {}; lacks {lacks}", one.name, if n == 1 { "laboratory" } else { "laboratories" })
        };
        let lines = all.iter().map(line).collect();
        return Ok(Told { document: json!({ "day": day, "gaps": all }), lines });
    }
    if let Some(country) = hub_for {
        let found = hub(tables, &wish, country, day);
        let lines = or_none(found.iter().map(laboratory).collect(), "none serves that country");
        return Ok(Told { document: json!({ "day": day, "hub": found }), lines });
    }
    let (found, counts) = (laboratories(tables, &wish, day), lab_counts(tables, day));
    let mut lines = or_none(found.iter().map(laboratory).collect(), "none meets all of it");
    lines.push(format!(
        "of {} laboratories in {} countries {} are of minimum quality, {} of them audited; {} take foreign cases",
        counts.laboratories, counts.countries, counts.at_minimum, counts.audited, counts.foreign_cases
    ));
    Ok(Told { document: json!({ "day": day, "laboratories": found, "counts": counts }), lines })
}

fn of_contacts(mut asked: Asked, tables: &References, moment: Moment) -> Answer {
    let wish = ContactWish {
        country: asked.one("country"),
        topic: asked.one("topic"),
        agency: asked.one("agency"),
        language: asked.language(),
        urgency: asked.one("urgency"),
    };
    let day = asked.one("day").unwrap_or(moment.day());
    let gaps = asked.yes("gaps");
    if gaps && wish.country.is_some() {
        asked.fault("`gaps` is of all Parties; leave `country` out".to_owned());
    }
    asked.checked()?;
    if gaps {
        let without = parties_without(tables, &wish, day);
        let lines =
            vec![format!("{} countries whose authority is known have no contact: {}", without.len(), joined(&without))];
        return Ok(Told { document: json!({ "day": day, "without": without }), lines });
    }
    let found = contacts(tables, &wish, day);
    let line = |one: &super::contacts::FoundContact<'_>| {
        let row = one.row;
        format!(
            "{} {}{}: {}; {}; {}; answers: {}{}",
            row.country,
            row.agency,
            mark(row.invented),
            row.channel,
            joined(&row.topics),
            joined(&row.languages),
            row.urgency,
            stale(one.is_stale)
        )
    };
    let lines = or_none(found.iter().map(line).collect(), "none: ask the Secretariat");
    Ok(Told { document: json!({ "day": day, "contacts": found }), lines })
}

fn of_duty(mut asked: Asked, tables: &References, moment: Moment) -> Answer {
    let wish = DutyWish {
        kind: asked.one("kind"),
        country: asked.one("country"),
        skill: asked.one("skill"),
        taxon: asked.text("taxon").map(|taxon| tables.accepted_name(&taxon)),
        language: asked.language(),
    };
    let at = asked.one("at").unwrap_or(moment.at);
    asked.checked()?;
    let found = on_duty(tables, &wish, at);
    let line = |row: &&palisander_engine::tables::Helper| {
        let parts = [joined(&row.skills), joined(&row.taxa), joined(&row.languages)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{}{}: {}; {}", row.kind, mark(row.invented), row.channel, parts.join("; "))
    };
    let lines = or_none(found.iter().map(line).collect(), "none on duty");
    Ok(Told { document: json!({ "at": at, "on_duty": found }), lines })
}

fn of_procedures(mut asked: Asked, tables: &References, moment: Moment) -> Answer {
    let agency = asked.needed("agency");
    if AgencyKind::read(&agency).is_none() && !agency.is_empty() {
        asked.fault(format!("`agency`: `{}` is none of {}", shown(&agency), joined(AgencyKind::ALL)));
    }
    let size = asked.one("size").unwrap_or(FindSize::Any);
    let subject = asked.one("subject").unwrap_or(ProcedureSubject::Find);
    let day = asked.one("day").unwrap_or(moment.day());
    asked.checked()?;
    let found = procedure(tables, subject, &agency, size, day);
    let mut lines = Vec::new();
    if let Some(row) = found {
        lines.push(format!("{}, edition {} of {} [unconfirmed]", row.title, row.edition, row.effective_from));
        lines.extend(row.steps.iter().enumerate().map(|(n, step)| format!("  {}. {step}", n + 1)));
    }
    Ok(Told { document: json!({ "day": day, "procedure": found }), lines: or_none(lines, "none") })
}

fn of_sampling(mut asked: Asked, tables: &References) -> Answer {
    asked.needed("pieces");
    let lots: Vec<u64> = asked.many("pieces");
    if lots.len() > MAX_LOTS {
        asked.fault(format!("`pieces` has over MAX_LOTS ({MAX_LOTS}) lots"));
    }
    if lots.iter().any(|pieces| !(1..=MAX_LOT_PIECES).contains(pieces)) {
        asked.fault(format!("`pieces` of a lot are 1 to MAX_LOT_PIECES ({MAX_LOT_PIECES})"));
    }
    asked.checked()?;
    let plans = sampled(tables, &lots);
    let n: u64 = plans.iter().flatten().map(|plan| plan.samples).sum();
    let line = |(pieces, plan): (&u64, &Option<super::procedures::Sampled>)| match plan {
        Some(plan) => format!("of {pieces} pieces that look alike: {}", plan.samples),
        None => format!("of {pieces} pieces: no plan is held"),
    };
    let mut lines: Vec<String> = lots.iter().zip(&plans).map(line).collect();
    lines.push(format!("{n} samples in all, each in a bag of its own with a seal and two signatures [unconfirmed]"));
    Ok(Told { document: json!({ "lots": plans, "samples": n, "is_unconfirmed": true }), lines })
}

fn entry(what: &str, entry: Option<&LibraryEntry>) -> String {
    match entry {
        Some(one) => format!("{what}: {} ({}, {}){}", one.title, one.language, one.access, mark(one.invented)),
        None => format!("{what}: none"),
    }
}

fn of_guidance(mut asked: Asked, tables: &References, moment: Moment) -> Answer {
    let (profile, indicator) = (asked.needed("profile"), asked.needed("indicator"));
    asked.checked()?;
    let found: Guide<'_> = guide(tables, &profile, &indicator, moment.clearance);
    let mut lines = vec![entry("chapter", found.chapter), entry("course", found.course)];
    lines.extend(found.none_because.map(|why| format!("because {why}")));
    Ok(Told { document: json!(found), lines })
}

fn of_checks(mut asked: Asked, tables: &References) -> Answer {
    let taxon = asked.needed("taxon");
    asked.checked()?;
    let found = site_checks(tables, &taxon);
    let mut lines: Vec<String> = Vec::new();
    for check in &found.checks {
        let tells = if check.tells_from.is_empty() {
            String::new()
        } else {
            format!("; not so in {}", joined(&check.tells_from))
        };
        lines.push(format!("{}: {}{tells} [unconfirmed]", check.part, check.look));
    }
    lines.extend(found.density_kg_m3.map(|[low, usual, high]| format!("air-dry {usual} kg/m³, from {low} to {high}")));
    if !found.look_alikes.is_empty() {
        lines.push(format!("look-alikes: {}", joined(&found.look_alikes)));
    }
    Ok(Told { document: json!(found), lines: or_none(lines, "none: nothing is held of it") })
}

fn of_means(mut asked: Asked, tables: &References) -> Answer {
    let port = asked.needed("port").to_ascii_uppercase();
    let containers: Option<u32> = asked.one("containers");
    if containers.is_some_and(|n| n > MAX_CONTAINERS) {
        asked.fault(format!("`containers` is over MAX_CONTAINERS ({MAX_CONTAINERS})"));
    }
    asked.checked()?;
    let port = shown(&port);
    let first = recommended(tables, &port);
    let mut lines = vec![first.says.clone()];
    let day = containers.map(|n| planned(tables, &port, n));
    if let Some(day) = &day {
        lines.extend(day.done.iter().map(|(means, n)| format!("{means}: {n}")));
        lines.push(format!(
            "waiting: {}; lacks {}",
            day.waiting,
            if day.lacks.is_empty() { "nothing".to_owned() } else { joined(&day.lacks) }
        ));
    }
    Ok(Told { document: json!({ "recommended": first, "day": day }), lines })
}

fn of_conventions(mut asked: Asked, tables: &References, moment: Moment) -> Answer {
    let country = asked.one("country");
    let day = asked.one("day").unwrap_or(moment.day());
    let gaps = asked.yes("gaps");
    if gaps && country.is_some() {
        asked.fault("`gaps` is of all Parties; leave `country` out".to_owned());
    }
    asked.checked()?;
    if gaps {
        let all = unbound(tables, day);
        let countries: BTreeSet<_> = all.iter().map(|(country, _)| *country).collect();
        let line = |country| {
            let own: Vec<_> = all.iter().filter(|(other, _)| *other == country).map(|(_, one)| *one).collect();
            format!("{country}: not known to be bound by {}", joined(&own))
        };
        let lines = countries.into_iter().map(line).collect();
        return Ok(Told { document: json!({ "day": day, "gaps": all }), lines: or_none(lines, "none") });
    }
    let found = bound(tables, country);
    let line = |one: &super::treaties::Bound<'_>| {
        let rows = one.conventions.iter().map(|row| format!("{}: {}", row.convention, row.standing));
        let category = one.legislation_category.map_or("not known".to_owned(), |category| category.to_string());
        let known = or_none(rows.collect(), "conventions: not known").join("; ");
        format!("{}: {known}; category of its law: {category} [unconfirmed]", one.country)
    };
    Ok(Told { lines: found.iter().map(line).collect(), document: json!({ "countries": found }) })
}

fn of_tools(asked: Asked, tables: &References, moment: Moment) -> Answer {
    asked.checked()?;
    let is_tool = |one: &&LibraryEntry| matches!(one.kind.as_str(), "tool" | "course");
    let is_open = |one: &&LibraryEntry| one.access != "restricted" || moment.clearance >= Label::Amber;
    let found: Vec<&LibraryEntry> = tables.directory.library.iter().filter(is_tool).filter(is_open).collect();
    let lines = found.iter().map(|one| entry(&one.kind, Some(one))).collect();
    Ok(Told { document: json!({ "tools": found }), lines })
}

#[cfg(test)]
mod tests {
    use palisander_engine::tables::DataSource;

    use super::super::asked::MAX_ASKED_CHARS;
    use super::*;

    fn ask(table: DirectoryTable, pairs: &[(&str, &str)]) -> Answer {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let moment = Moment { at: "2026-11-03T23:00:00Z".parse().unwrap(), clearance: Label::Clear };
        told(table, pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())), &tables, moment)
    }

    /// What is wrong with a question is told all at once, with its name; hostile values are cut.
    #[test]
    fn every_fault_of_a_question_is_told() {
        let long = "x".repeat(MAX_ASKED_CHARS + 1);
        let many = vec!["1"; MAX_LOTS + 1].join(",");
        type Case<'a> = (DirectoryTable, &'a [(&'a str, &'a str)], usize);
        let cases: &[Case<'_>] = &[
            (
                DirectoryTable::Laboratories,
                &[("country", "Kenya"), ("quality", "best"), ("questions", "species|colour"), ("foreign", "maybe")],
                4,
            ),
            (DirectoryTable::Laboratories, &[("region", "atlantis")], 1),
            (DirectoryTable::Laboratories, &[("gaps", "true"), ("hub_for", "KE")], 1),
            (DirectoryTable::Contacts, &[("taxon", "Dalbergia"), ("country", "KE"), ("country", "MG")], 2),
            (DirectoryTable::Contacts, &[("language", &long)], 1),
            (DirectoryTable::Contacts, &[("country", " ")], 1),
            (DirectoryTable::Duty, &[("at", "tomorrow"), ("kind", "hero")], 2),
            (DirectoryTable::Procedures, &[], 1),
            (DirectoryTable::Procedures, &[("agency", "navy"), ("size", "huge")], 2),
            (DirectoryTable::Sampling, &[("pieces", "0")], 1),
            (DirectoryTable::Sampling, &[("pieces", "ten")], 1),
            (DirectoryTable::Sampling, &[("pieces", &many)], 1),
            (DirectoryTable::Means, &[("port", "KEMBA"), ("containers", "100001")], 1),
            (DirectoryTable::Conventions, &[("gaps", "yes"), ("country", "KE")], 1),
            (DirectoryTable::Tools, &[("\u{1b}[31m", "x")], 1),
        ];
        for (table, pairs, n) in cases {
            let faults = ask(*table, pairs).unwrap_err();
            assert_eq!(faults.len(), *n, "{table} {pairs:?}: {faults:?}");
            assert!(!faults.concat().contains('\u{1b}'), "{faults:?}");
        }
    }

    /// Where nobody meets a question, that is said; nobody else is offered instead.
    #[test]
    fn f10_f11_where_there_is_nobody_it_says_none() {
        let none = |table, pairs: &[(&str, &str)]| ask(table, pairs).unwrap().lines.concat();
        assert_eq!(none(DirectoryTable::Duty, &[("language", "so")]), "none on duty");
        assert!(none(DirectoryTable::Contacts, &[("country", "CA")]).starts_with("none"));
        assert!(none(DirectoryTable::Laboratories, &[("techniques", "nir|dna")]).starts_with("none meets all of it"));
        assert!(
            none(DirectoryTable::Laboratories, &[("questions", "age"), ("material", "wood"), ("hub_for", "KE")])
                .starts_with("none")
        );
        assert!(none(DirectoryTable::Checks, &[("taxon", "Quercus robur")]).starts_with("none"));
        assert!(
            none(DirectoryTable::Guidance, &[("profile", "values"), ("indicator", "round_sum")]).contains("because")
        );
    }

    #[test]
    fn a12_tools_are_listed() {
        let told = ask(DirectoryTable::Tools, &[]).unwrap();
        for title in ["Wildlife and Forest Crime Analytic Toolkit", "CITES Virtual College", "CITESwoodID"] {
            assert!(told.lines.iter().any(|line| line.contains(title)), "{title}: {:?}", told.lines);
        }
    }

    /// The documents behind the laboratories' work are held and found as people cite them.
    #[test]
    fn l10_instruments_on_forensic_work_are_held() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        for citation in [
            "Notification No. 2015/061",
            "Decision 16.78, paragraph b)",
            "Decision 16.84",
            "Decision 16.89",
            "Decision 16.102",
            "Decision 16.136",
            "CITES CoP17 Doc. 25 ¶35",
        ] {
            assert!(tables.instruments.resolve(citation).is_some(), "{citation}");
        }
    }

    /// What is invented is marked wherever somebody reads it.
    #[test]
    fn what_is_invented_is_marked() {
        for (table, pairs) in [
            (DirectoryTable::Laboratories, &[][..]),
            (DirectoryTable::Contacts, &[][..]),
            (DirectoryTable::Duty, &[][..]),
        ] {
            let told = ask(table, pairs).unwrap();
            let rows = told.lines.iter().filter(|line| line.contains("example.org")).collect::<Vec<_>>();
            assert!(!rows.is_empty() && rows.iter().all(|line| line.contains("[invented]")), "{table}: {rows:?}");
        }
    }
}
