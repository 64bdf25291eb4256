//! Profiles as a Task Force writes them, as text: thirty that are also written by hand, and any number of others.

use std::fmt::Write as _;

use palisander_engine::rules::{ProfileSet, RuleSource};
use palisander_tests::random::Random;

/// What an indicator looks at, its parameters and its test.
type Written = (&'static str, &'static str, String);

/// The thirty. The order is that of `hand.rs`.
pub const THIRTY: [(&str, &str, &str); 30] = [
    ("item", "item", r#"item.document_due == "due" and item.n_cites_documents == 0"#),
    (
        "item",
        "item",
        r#"item.document_due == "unclear" and item.n_cites_documents == 0 and item.verdict == "flag" and item.is_raw_wood"#,
    ),
    ("item", "item", r#"item.verdict == "flag" and item.coverage == "exempt""#),
    ("item", "item", r#"item.verdict == "flag" and item.coverage == "not_listed" and not(item.is_plant_food)"#),
    ("item", "item", r#"item.coverage in ["covered", "unclear"] and item.n_cites_documents > 0"#),
    ("item", "item", r#"item.document_due == "due" and item.n_cites_documents == 0 and item.n_documents > 0"#),
    ("item", "item", r#"item.density == "too_heavy""#),
    ("item", "item", r#"item.density == "too_light" and item.verdict in ["flag", "review"]"#),
    ("item", "item", r#"item.net_above_gross and item.verdict in ["flag", "review"]"#),
    ("item", "item", "item.heavier_than_cover and item.as_dense_as_rosewood"),
    ("item", "item, consignment", "item.cover_seen_in_cases and consignment.on_risk_route"),
    ("item", "item", "item.vague"),
    ("item", "item, consignment", "item.vague and item.gross_mass_kg > 15000 and consignment.on_risk_route"),
    ("item", "item, consignment", "item.evasive and (item.is_wood or consignment.on_risk_route)"),
    (
        "item",
        "item, consignment",
        r#"item.verdict == "flag" and item.genera.shares(["Dalbergia", "Diospyros"]) and "MG" in consignment.countries and consignment.destination_country in ["CN", "HK", "SG", "MY"]"#,
    ),
    (
        "item",
        "item, consignment",
        r#"item.verdict in ["flag", "review"] and item.genera.shares(["Dalbergia", "Diospyros"]) and consignment.first_country in ["KM", "MU", "RE", "YT", "SC"]"#,
    ),
    (
        "item",
        "item, consignment",
        r#""Osyris" in item.genera and ("BI" in consignment.countries or item.origin == "BI")"#,
    ),
    ("item", "item", r#""pre_convention" in item.claims and item.coverage == "covered" and item.is_raw_wood"#),
    ("taxon", "taxon", r#"taxon.appendix == "I""#),
    ("taxon", "taxon", r#"taxon.is_listed_genus and taxon.coverage != "not_listed" and not(taxon.origin_in_range)"#),
    ("taxon", "taxon", r#"taxon.is_listed_genus and taxon.rank == "species" and taxon.origin_beside_range"#),
    ("taxon", "taxon, item", r#"taxon.is_lookalike and taxon.coverage == "not_listed" and item.is_wood"#),
    (
        "taxon",
        "taxon, item",
        r#"taxon.is_lookalike and taxon.coverage == "not_listed" and item.is_raw_wood and taxon.lookalike_range_matches"#,
    ),
    ("taxon", "taxon, item", r#"taxon.name == "Dalbergia cochinchinensis" and item.origin == "TH""#),
    ("measure", "measure", r#"measure.kind == "zero_quota" and measure.direct and measure.covers_form == "covered""#),
    (
        "measure",
        "measure",
        r#"measure.kind in ["zero_quota", "suspension"] and measure.direct and measure.covers_form == "unclear""#,
    ),
    ("document", "document", r#""lost_or_stolen" in document.problems"#),
    ("document", "document", r#""number_altered" in document.problems"#),
    ("consignment", "consignment", "consignment.passes_through and consignment.names_listed_genus"),
    ("consignment", "consignment", "consignment.names_listed_genus and consignment.small_lots_30_days >= 3"),
];

const TAXA: &[&str] = &[
    "Dalbergia baronii",
    "Dalbergia cochinchinensis",
    "Dalbergia cultrata",
    "Dalbergia frutescens",
    "Dalbergia greveana",
    "Dalbergia latifolia",
    "Dalbergia louvelii",
    "Dalbergia maritima",
    "Dalbergia melanoxylon",
    "Dalbergia nigra",
    "Dalbergia odorifera",
    "Dalbergia oliveri",
    "Dalbergia retusa",
    "Dalbergia sissoo",
    "Dalbergia stevensonii",
    "Dalbergia tonkinensis",
    "Diospyros celebica",
    "Diospyros crassiflora",
    "Diospyros ebenum",
    "Diospyros perrieri",
    "Osyris lanceolata",
    "Osyris quadripartita",
    "Pterocarpus angolensis",
    "Pterocarpus erinaceus",
    "Pterocarpus indicus",
    "Pterocarpus macrocarpus",
    "Pterocarpus santalinus",
    "Pterocarpus soyauxii",
    "Santalum album",
    "Millettia laurentii",
];
const COUNTRIES: &[&str] = &[
    "AE", "AO", "AU", "BD", "BE", "BI", "BR", "BZ", "CD", "CG", "CI", "CM", "CN", "CR", "DE", "ET", "FR", "GA", "GB",
    "GH", "GM", "GT", "GW", "HK", "HN", "ID", "IN", "IT", "JP", "KE", "KH", "KM", "KR", "LA", "LK", "MA", "MG", "MM",
    "MO", "MU", "MX", "MY", "MZ", "NG", "NI", "NL", "PA", "PH", "PK", "PT", "RE", "RW", "SC", "SG", "SN", "TH", "TW",
    "TZ", "UG", "US", "VN", "YT", "ZA", "ZM",
];
const HEADINGS: &[&str] = &[
    "4401", "4402", "4403", "4404", "4407", "4408", "4409", "4412", "4414", "4417", "4418", "4420", "4421", "3301",
    "9201", "9202", "9205", "9209", "9401", "9403", "1211", "3915", "4012", "2505", "6802", "7204", "0703", "5208",
];
const FORMS: &[&str] = &[
    "log",
    "sawn",
    "veneer",
    "plywood",
    "chips",
    "powder",
    "root",
    "oil",
    "furniture",
    "instrument",
    "charcoal",
    "blank",
];
const CLAIMS: &[&str] =
    &["pre_convention", "retail_packed", "plantation", "salvage", "sample", "under_10_kg", "antique"];
const PROBLEMS: &[&str] = &["expired", "reused", "cancelled", "unit_mismatch", "holder_mismatch", "quantity_exceeded"];
const KINDS: &[&str] = &["zero_quota", "suspension", "verify_permits", "alert", "export_ban", "import_ban"];

/// A test that is nobody's: woods, ways, headings, weights, papers.
fn other(random: &mut Random) -> Written {
    let country = |random: &mut Random| random.pick(COUNTRIES);
    let some = |random: &mut Random| {
        let n = 2 + random.below(4);
        (0..n).map(|_| format!("\"{}\"", random.pick(COUNTRIES))).collect::<Vec<_>>().join(", ")
    };
    let kg = |random: &mut Random| 500 * random.between(1, 50);
    match random.below(10) {
        0 => {
            let (heading, origin, kg) = (random.pick(HEADINGS), country(random), kg(random));
            (
                "item",
                "item",
                format!(
                    r#"item.hs_heading == "{heading}" and item.origin == "{origin}" and item.gross_mass_kg > {kg}"#
                ),
            )
        }
        1 => {
            let (taxon, ends) = (random.pick(TAXA), some(random));
            (
                "item",
                "item, consignment",
                format!(
                    r#""{taxon}" in item.taxa and item.is_raw_wood and consignment.destination_country in [{ends}]"#
                ),
            )
        }
        2 => {
            let (form, first, ends) = (random.pick(FORMS), country(random), some(random));
            (
                "item",
                "item, consignment",
                format!(
                    r#"item.verdict == "flag" and item.form == "{form}" and consignment.first_country == "{first}" and consignment.destination_country in [{ends}]"#
                ),
            )
        }
        3 => {
            let (claim, origin) = (random.pick(CLAIMS), some(random));
            (
                "item",
                "item",
                format!(r#""{claim}" in item.claims and item.coverage == "covered" and item.origin in [{origin}]"#),
            )
        }
        4 => {
            let (heading, by, kg) = (random.pick(HEADINGS), country(random), kg(random));
            (
                "item",
                "item, consignment",
                format!(
                    r#"item.hs_heading == "{heading}" and "{by}" in consignment.hubs and (item.vague or item.density_kg_m3 > {kg})"#
                ),
            )
        }
        5 => {
            let (taxon, origin) = (random.pick(TAXA), some(random));
            (
                "taxon",
                "taxon, item",
                format!(r#"taxon.name == "{taxon}" and taxon.coverage != "not_listed" and item.origin in [{origin}]"#),
            )
        }
        6 => {
            let (taxon, form, by) = (random.pick(TAXA), random.pick(FORMS), country(random));
            (
                "taxon",
                "taxon, item, consignment",
                format!(
                    r#"taxon.name == "{taxon}" and item.form == "{form}" and "{by}" in consignment.countries and not("cites_re_export_certificate" in item.document_kinds)"#
                ),
            )
        }
        7 => {
            let (kind, country, taxon) = (random.pick(KINDS), country(random), random.pick(TAXA));
            (
                "measure",
                "measure",
                format!(
                    r#"measure.kind == "{kind}" and measure.country == "{country}" and measure.taxon == "{taxon}""#
                ),
            )
        }
        8 => {
            let (problem, country) = (random.pick(PROBLEMS), country(random));
            ("document", "document", format!(r#""{problem}" in document.problems and document.country == "{country}""#))
        }
        _ => {
            let (first, end, kg) = (country(random), country(random), kg(random));
            (
                "consignment",
                "consignment",
                format!(
                    r#"consignment.has_timber and consignment.first_country == "{first}" and consignment.destination_country == "{end}" and consignment.gross_mass_kg > {kg}"#
                ),
            )
        }
    }
}

/// The thirty, then others up to `n`, as profiles of a hundred indicators, loaded as any local profile is.
pub fn profiles(n: usize) -> ProfileSet {
    let mut random = Random::new(30);
    let thirty = THIRTY.map(|(each, parameters, test)| (each, parameters, test.to_owned()));
    let all: Vec<Written> = thirty.into_iter().chain((30..n).map(|_| other(&mut random))).collect();
    let top = std::env::temp_dir().join(format!("palisander-bench-{}-{n}", std::process::id()));
    for (p, indicators) in all.chunks(100).enumerate() {
        let id = format!("zz-generated-{p:03}");
        let (mut toml, mut rhai) = (
            format!(
                "id = \"{id}\"\nuuid = \"{id}\"\ntitle = \"t\"\nowner = \"o\"\nstatus = \"test\"\nversion = 1\nreview_by = \"2090-01-01\"\nwhy = \"w\"\nsources = []\ninnocent_explanations = [\"none\"]\n"
            ),
            String::new(),
        );
        for (i, (each, parameters, test)) in indicators.iter().enumerate() {
            writeln!(rhai, "fn i{i}({parameters}) {{ {test} }}").unwrap();
            writeln!(toml, "[[indicators]]\nname = \"i{i}\"\neach = \"{each}\"\npoints = 1\nreason = \"r\"").unwrap();
        }
        let dir = top.join(&id);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("profile.toml"), toml).unwrap();
        std::fs::write(dir.join("profile.rhai"), rhai).unwrap();
    }
    let set = ProfileSet::load(&RuleSource { overlay: Some(top.clone()), ..RuleSource::default() }, &|_| true).unwrap();
    std::fs::remove_dir_all(top).unwrap();
    assert!(set.faults.is_empty(), "{:?}", set.faults.first());
    let set = set.only(|profile, _| profile.id.starts_with("zz-generated"));
    assert_eq!(set.indicators.len(), n);
    set
}
