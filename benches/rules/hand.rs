//! The thirty indicators of [`super::generated::THIRTY`], written by hand in Rust over the same facts.
//!
//! As one would write them for speed: no table, no tree, fields by number, the first deciding part ends a test. Three
//! values all the same, with the reasons of gaps, because the answers must be equal.

use palisander_engine::profile::facts::{Facts, Values};
use palisander_engine::profile::value::Value;
use palisander_engine::profile::view::{View, consignment, document, item, measure, taxon};
use palisander_engine::profile::{Outcome, State};

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
    use consignment::F as C;
    use item::F as I;
    let (verdict, coverage, due) = (I::verdict as usize, I::coverage as usize, I::document_due as usize);
    let (n_cites, genera, raw) = (I::n_cites_documents as usize, I::genera as usize, I::is_raw_wood as usize);
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
            not(is(item, I::is_plant_food as usize))
        ),
    );
    say(4, all!(text(item, coverage, |v| matches!(v, "covered" | "unclear")), number(item, n_cites, |n| n > 0.0)));
    say(
        5,
        all!(
            text(item, due, |v| v == "due"),
            number(item, n_cites, |n| n == 0.0),
            number(item, I::n_documents as usize, |n| n > 0.0)
        ),
    );
    say(6, text(item, I::density as usize, |v| v == "too_heavy"));
    say(7, all!(text(item, I::density as usize, |v| v == "too_light"), text(item, verdict, may)));
    say(8, all!(is(item, I::net_above_gross as usize), text(item, verdict, may)));
    say(9, all!(is(item, I::heavier_than_cover as usize), is(item, I::as_dense_as_rosewood as usize)));
    say(10, all!(is(item, I::cover_seen_in_cases as usize), is(whole, C::on_risk_route as usize)));
    say(11, is(item, I::vague as usize));
    say(
        12,
        all!(
            is(item, I::vague as usize),
            number(item, I::gross_mass_kg as usize, |n| n > 15_000.0),
            is(whole, C::on_risk_route as usize)
        ),
    );
    say(
        13,
        all!(is(item, I::evasive as usize), any!(is(item, I::is_wood as usize), is(whole, C::on_risk_route as usize))),
    );
    say(
        14,
        all!(
            text(item, verdict, flag),
            has(item, genera, &rose_or_ebony),
            has(whole, C::countries as usize, &["MG"]),
            text(whole, C::destination_country as usize, |v| matches!(v, "CN" | "HK" | "SG" | "MY"))
        ),
    );
    say(
        15,
        all!(
            text(item, verdict, may),
            has(item, genera, &rose_or_ebony),
            text(whole, C::first_country as usize, |v| matches!(v, "KM" | "MU" | "RE" | "YT" | "SC"))
        ),
    );
    say(
        16,
        all!(
            has(item, genera, &["Osyris"]),
            any!(has(whole, C::countries as usize, &["BI"]), text(item, I::origin as usize, |v| v == "BI"))
        ),
    );
    say(
        17,
        all!(
            has(item, I::claims as usize, &["pre_convention"]),
            text(item, coverage, |v| v == "covered"),
            is(item, raw)
        ),
    );
}

fn taxa(taxon: &Values, item: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    use item::F as I;
    use taxon::F as T;
    let unlisted = |v: &str| v == "not_listed";
    let coverage = T::coverage as usize;
    say(18, text(taxon, T::appendix as usize, |v| v == "I"));
    say(
        19,
        all!(
            is(taxon, T::is_listed_genus as usize),
            not(text(taxon, coverage, unlisted)),
            not(is(taxon, T::origin_in_range as usize))
        ),
    );
    say(
        20,
        all!(
            is(taxon, T::is_listed_genus as usize),
            text(taxon, T::rank as usize, |v| v == "species"),
            is(taxon, T::origin_beside_range as usize)
        ),
    );
    say(21, all!(is(taxon, T::is_lookalike as usize), text(taxon, coverage, unlisted), is(item, I::is_wood as usize)));
    say(
        22,
        all!(
            is(taxon, T::is_lookalike as usize),
            text(taxon, coverage, unlisted),
            is(item, I::is_raw_wood as usize),
            is(taxon, T::lookalike_range_matches as usize)
        ),
    );
    say(
        23,
        all!(
            text(taxon, T::name as usize, |v| v == "Dalbergia cochinchinensis"),
            text(item, I::origin as usize, |v| v == "TH")
        ),
    );
}

fn measures(measure: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    use measure::F as M;
    let covers = |wanted: &'static str| move |v: &str| v == wanted;
    say(
        24,
        all!(
            text(measure, M::kind as usize, |v| v == "zero_quota"),
            is(measure, M::direct as usize),
            text(measure, M::covers_form as usize, covers("covered"))
        ),
    );
    say(
        25,
        all!(
            text(measure, M::kind as usize, |v| matches!(v, "zero_quota" | "suspension")),
            is(measure, M::direct as usize),
            text(measure, M::covers_form as usize, covers("unclear"))
        ),
    );
}

fn documents(document: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    say(26, has(document, document::F::problems as usize, &["lost_or_stolen"]));
    say(27, has(document, document::F::problems as usize, &["number_altered"]));
}

fn wholes(whole: &Values, say: &mut impl FnMut(usize, Test<'_>)) {
    use consignment::F as C;
    let names = C::names_listed_genus as usize;
    say(28, all!(is(whole, C::passes_through as usize), is(whole, names)));
    say(29, all!(is(whole, names), number(whole, C::small_lots_30_days as usize, |n| n >= 3.0)));
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
