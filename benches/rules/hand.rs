//! The thirty indicators of [`super::generated::THIRTY`], written by hand in Rust over the same facts.
//!
//! As one would write them for speed: no table, no tree, fields by number, the first deciding part ends a test. Three
//! values all the same, with the reasons of gaps, because the answers must be equal.

use palisander_engine::rules::{
    Facts, Outcome, State, Value, Values, View, consignment, document, item, measure, taxon,
};

/// Yes, no, or why it is not known.
type Test<'f> = Result<bool, &'f str>;

macro_rules! all {
    ($($part:expr),+ $(,)?) => {
        (|| {
            let mut gap = None;
            $(match $part {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(why) => { gap.get_or_insert(why); }
            })+
            gap.map_or(Ok(true), Err)
        })()
    };
}

macro_rules! any {
    ($($part:expr),+ $(,)?) => { not(all!($(not($part)),+)) };
}

fn not(test: Test<'_>) -> Test<'_> {
    test.map(|yes| !yes)
}

fn is(values: &Values, field: usize) -> Test<'_> {
    match &values[field] {
        Value::Bool(yes) => Ok(*yes),
        Value::Unknown(why) => Err(why),
        _ => Ok(false),
    }
}

fn text<'f>(values: &'f Values, field: usize, test: impl Fn(&str) -> bool) -> Test<'f> {
    match &values[field] {
        Value::Text(text) => Ok(test(text)),
        Value::Unknown(why) => Err(why),
        _ => Ok(false),
    }
}

fn number<'f>(values: &'f Values, field: usize, test: impl Fn(f64) -> bool) -> Test<'f> {
    match &values[field] {
        Value::Number(number) => Ok(test(*number)),
        Value::Unknown(why) => Err(why),
        _ => Ok(false),
    }
}

fn has<'f>(values: &'f Values, field: usize, wanted: &[&str]) -> Test<'f> {
    match &values[field] {
        Value::Texts(set) => Ok(set.iter().any(|member| wanted.contains(&&**member))),
        Value::Unknown(why) => Err(why),
        _ => Ok(false),
    }
}

fn items(item: &Values, whole: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    let (verdict, coverage, due) = (item::verdict.n, item::coverage.n, item::document_due.n);
    let (n_cites, genera, raw) = (item::n_cites_documents.n, item::genera.n, item::is_raw_wood.n);
    let flag = |v: &str| v == "flag";
    let may = |v: &str| matches!(v, "flag" | "review");
    let rose_or_ebony = ["Dalbergia", "Diospyros"];
    say(0, all!(text(item, due, |v| v == "due"), number(item, n_cites, |n| n == 0.0)));
    say(
        1,
        all!(
            text(item, due, |v| v == "unclear"),
            number(item, n_cites, |n| n == 0.0),
            text(item, verdict, flag),
            is(item, raw)
        ),
    );
    say(2, all!(text(item, verdict, flag), text(item, coverage, |v| v == "exempt")));
    say(
        3,
        all!(
            text(item, verdict, flag),
            text(item, coverage, |v| v == "not_listed"),
            not(is(item, item::is_plant_food.n))
        ),
    );
    say(4, all!(text(item, coverage, |v| matches!(v, "covered" | "unclear")), number(item, n_cites, |n| n > 0.0)));
    say(
        5,
        all!(
            text(item, due, |v| v == "due"),
            number(item, n_cites, |n| n == 0.0),
            number(item, item::n_documents.n, |n| n > 0.0)
        ),
    );
    say(6, text(item, item::density.n, |v| v == "too_heavy"));
    say(7, all!(text(item, item::density.n, |v| v == "too_light"), text(item, verdict, may)));
    say(8, all!(is(item, item::net_above_gross.n), text(item, verdict, may)));
    say(9, all!(is(item, item::heavier_than_cover.n), is(item, item::as_dense_as_rosewood.n)));
    say(10, all!(is(item, item::cover_seen_in_cases.n), is(whole, consignment::on_risk_route.n)));
    say(11, is(item, item::vague.n));
    say(
        12,
        all!(
            is(item, item::vague.n),
            number(item, item::gross_mass_kg.n, |n| n > 15_000.0),
            is(whole, consignment::on_risk_route.n)
        ),
    );
    say(13, all!(is(item, item::evasive.n), any!(is(item, item::is_wood.n), is(whole, consignment::on_risk_route.n))));
    say(
        14,
        all!(
            text(item, verdict, flag),
            has(item, genera, &rose_or_ebony),
            has(whole, consignment::countries.n, &["MG"]),
            text(whole, consignment::destination_country.n, |v| matches!(v, "CN" | "HK" | "SG" | "MY"))
        ),
    );
    say(
        15,
        all!(
            text(item, verdict, may),
            has(item, genera, &rose_or_ebony),
            text(whole, consignment::first_country.n, |v| matches!(v, "KM" | "MU" | "RE" | "YT" | "SC"))
        ),
    );
    say(
        16,
        all!(
            has(item, genera, &["Osyris"]),
            any!(has(whole, consignment::countries.n, &["BI"]), text(item, item::origin.n, |v| v == "BI"))
        ),
    );
    say(
        17,
        all!(has(item, item::claims.n, &["pre_convention"]), text(item, coverage, |v| v == "covered"), is(item, raw)),
    );
}

fn taxa(taxon: &Values, item: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    let unlisted = |v: &str| v == "not_listed";
    let coverage = taxon::coverage.n;
    say(18, text(taxon, taxon::appendix.n, |v| v == "I"));
    say(
        19,
        all!(
            is(taxon, taxon::is_listed_genus.n),
            not(text(taxon, coverage, unlisted)),
            not(is(taxon, taxon::origin_in_range.n))
        ),
    );
    say(
        20,
        all!(
            is(taxon, taxon::is_listed_genus.n),
            text(taxon, taxon::rank.n, |v| v == "species"),
            is(taxon, taxon::origin_beside_range.n)
        ),
    );
    say(21, all!(is(taxon, taxon::is_lookalike.n), text(taxon, coverage, unlisted), is(item, item::is_wood.n)));
    say(
        22,
        all!(
            is(taxon, taxon::is_lookalike.n),
            text(taxon, coverage, unlisted),
            is(item, item::is_raw_wood.n),
            is(taxon, taxon::lookalike_range_matches.n)
        ),
    );
    say(
        23,
        all!(
            text(taxon, taxon::name.n, |v| v == "Dalbergia cochinchinensis"),
            text(item, item::origin.n, |v| v == "TH")
        ),
    );
}

fn measures(measure: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    let covers = |wanted: &'static str| move |v: &str| v == wanted;
    say(
        24,
        all!(
            text(measure, measure::kind.n, |v| v == "zero_quota"),
            is(measure, measure::direct.n),
            text(measure, measure::covers_form.n, covers("covered"))
        ),
    );
    say(
        25,
        all!(
            text(measure, measure::kind.n, |v| matches!(v, "zero_quota" | "suspension")),
            is(measure, measure::direct.n),
            text(measure, measure::covers_form.n, covers("unclear"))
        ),
    );
}

fn documents(document: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    say(26, has(document, document::problems.n, &["lost_or_stolen"]));
    say(27, has(document, document::problems.n, &["number_altered"]));
}

fn wholes(whole: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    let names = consignment::names_listed_genus.n;
    say(28, all!(is(whole, consignment::passes_through.n), is(whole, names)));
    say(29, all!(is(whole, names), number(whole, consignment::small_lots_30_days.n, |n| n >= 3.0)));
}

/// Outcomes of the thirty, by indicator, then by subject.
pub fn evaluate(facts: &Facts) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut keep = |subject: usize, indicator: usize, test: Test<'_>| {
        let state = match test {
            Ok(true) => State::Met,
            Ok(false) => return,
            Err(why) => State::Unverifiable(why.to_owned()),
        };
        outcomes.push(Outcome { indicator, subject, state });
    };
    let whole = &facts.consignment;
    wholes(whole, &mut |n, test| keep(0, n, test));
    for (s, subject) in facts.of(View::Item).iter().enumerate() {
        items(&subject.values, whole, &mut |n, test| keep(s, n, test));
    }
    for (s, subject) in facts.of(View::Taxon).iter().enumerate() {
        let item = &facts.of(View::Item)[subject.item.unwrap()];
        taxa(&subject.values, &item.values, &mut |n, test| keep(s, n, test));
    }
    for (s, subject) in facts.of(View::Measure).iter().enumerate() {
        measures(&subject.values, &mut |n, test| keep(s, n, test));
    }
    for (s, subject) in facts.of(View::Document).iter().enumerate() {
        documents(&subject.values, &mut |n, test| keep(s, n, test));
    }
    outcomes.sort_unstable_by_key(|outcome| (outcome.indicator, outcome.subject));
    outcomes
}
