//! Rows of the feature list on quotas, reservations, national measures and instruments, each test named by its row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use palisander_engine::answers::Lane;
use palisander_engine::papers::{Claim, Ledger, LedgerError, MemoryLedger, PermitKey};
use palisander_engine::past::{Edition, Past};
use palisander_engine::tables::DataSource;
use palisander_engine::{Assessment, CountryCode, Engine};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{ENGINE, day, engine_with_files, hits, parse, profile_toml, score, score_with};

/// Tables to be taken in place of the shipped ones.
fn law(tables: &[(&str, &str)]) -> Engine {
    let tables = tables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    ENGINE.with_law(&DataSource::Texts(tables)).unwrap()
}

fn bill(words: &str, hs: &str, more: &[(&str, Value)]) -> Value {
    let mut item =
        json!({ "item": 1, "description": words, "hs_code": hs, "gross_mass_kg": 12_000.0, "volume_m3": 10.0 });
    let mut bill = json!({ "bill_of_lading": "SYN1", "procedure": "import" });
    for (name, value) in more {
        let at =
            if ["origin", "volume_m3", "gross_mass_kg", "documents"].contains(name) { &mut item } else { &mut bill };
        at[*name] = value.clone();
    }
    bill["goods_items"] = json!([item]);
    json!({ "manifest": { "reference": "SYN", "consignments": [bill] } })
}

fn has(answer: &Assessment, indicator: &str) -> bool {
    hits(answer).iter().any(|hit| hit == indicator)
}

fn is_open(answer: &Assessment, indicator: &str) -> bool {
    answer.unverifiable.iter().any(|open| format!("{}/{}", open.profile, open.indicator) == indicator)
}

const QUOTAS: &str = "id,instrument,countries,taxon,source_codes,year,quantity,unit,published_on,effective_from,effective_to,date_note,confidence,source\n";
const RESERVATIONS: &str =
    "id,party,taxa,appendix,reservation,effective_from,effective_to,date_note,confidence,source\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The account of a quota: whatever is reserved, used in part, replaced or given back, the balance is the sum of what
    /// stands, and never more than the quota.
    #[test]
    fn p12_quota_balance_is_exact_after_partial_and_cancelled_uses(
        steps in prop::collection::vec((0_usize..6, 1_u32..12_000, 0_u8..3), 1..60)
    ) {
        let (ledger, allowed) = (MemoryLedger::default(), 25.0);
        let account = PermitKey::of_quota("invented", "TZ".parse::<CountryCode>().unwrap(), 2024);
        let (mut stands, mut ever): (BTreeMap<usize, u32>, BTreeSet<usize>) = Default::default();
        for (version, (who, thousandths, act)) in (1_u64..).zip(steps) {
            let claim = Claim {
                permit: account.clone(),
                consignment: format!("SYN{who}"),
                version,
                amount: f64::from(thousandths) / 1_000.0,
                allowed,
                tolerance: 0.0,
                port: None,
                days: None,
            };
            match act {
                0 | 1 => {
                    let booked = if act == 0 { ledger.reserve(&claim) } else { ledger.consume(&claim) };
                    let others: u32 = stands.iter().filter(|(other, _)| **other != who).map(|(_, n)| n).sum();
                    match booked {
                        Ok(balance) => {
                            stands.insert(who, thousandths);
                            ever.insert(who);
                            prop_assert!((balance.used * 1_000.0 - f64::from(others + thousandths)).abs() < 1e-6);
                        }
                        Err(LedgerError::Exceeded { .. }) => prop_assert!(others + thousandths > 25_000),
                        Err(other) => prop_assert!(false, "{other}"),
                    }
                }
                _ => {
                    let released = ledger.release(&account, &claim.consignment, version);
                    // What was given back once may be given back again, and gives nothing.
                    stands.remove(&who);
                    prop_assert_eq!(released.is_ok(), ever.contains(&who));
                }
            }
            let used: f64 = ledger.uses(&account).unwrap().iter().map(|use_| use_.amount()).sum();
            let sum: u32 = stands.values().sum();
            prop_assert!((used * 1_000.0 - f64::from(sum)).abs() < 1e-6 && sum <= 25_000);
        }
    }
}

/// Quotas by country, taxon, year and unit, with what earlier consignments took.
#[test]
fn p12_quotas_by_country_taxon_year_and_unit() {
    let engine = law(&[(
        "quotas",
        &format!(
            "{QUOTAS}invented,CITES Res. Conf. 14.7,TZ,Dalbergia melanoxylon,,2024,25,m3,2023-12-01,2024-01-01,,,checked,invented\n"
        ),
    )]);
    let paper = |n: usize| json!([{ "kind": "cites_export_permit", "country": "TZ", "number": format!("24TZ00{n:04}"), "issued_on": "2024-03-01" }]);
    let lot = |n: usize, volume: Option<f64>, origin: &str, words: &str| {
        let mut value = bill(words, "440729", &[("origin", json!(origin)), ("documents", paper(n))]);
        value["manifest"]["consignments"][0]["bill_of_lading"] = json!(format!("SYN{n}"));
        let item = &mut value["manifest"]["consignments"][0]["goods_items"][0];
        item["volume_m3"] = json!(volume);
        item["gross_mass_kg"] = json!(volume.map_or(12_000.0, |volume| volume * 1_200.0));
        value
    };
    let mel = "DALBERGIA MELANOXYLON SAWN";
    let after = |earlier: &[Value], last: &Value, as_of: &str| {
        let records = earlier.iter().filter_map(|value| {
            let parsed = parse(value);
            engine.remember(&parsed.manifest, &parsed.manifest.consignments[0], day(as_of))
        });
        let edition = Edition::build(records);
        let parsed = parse(last);
        let gathered = engine.gather(&parsed.manifest, &parsed.manifest.consignments[0], day(as_of));
        engine.conclude(&engine.settle(gathered, &Past::of(&edition)), &[])
    };
    const EXCEEDED: &str = "trade-measures/quota_exceeded";
    // Bills of one day stand in the order of their numbers.
    let earlier = [lot(1, Some(9.0), "TZ", mel), lot(2, Some(6.5), "TZ", mel)];
    assert!(!has(&after(&earlier, &lot(3, Some(9.5), "TZ", mel), "2024-05-14"), EXCEEDED));
    assert!(has(&after(&earlier, &lot(3, Some(9.6), "TZ", mel), "2024-05-14"), EXCEEDED));
    assert!(has(&after(&[], &lot(3, Some(25.1), "TZ", mel), "2024-05-14"), EXCEEDED), "alone above it");
    // Another year, country or taxon has an account of its own, or none.
    assert!(!has(&after(&earlier, &lot(3, Some(9.6), "TZ", mel), "2025-05-14"), EXCEEDED));
    assert!(!has(&after(&earlier, &lot(3, Some(9.6), "MZ", mel), "2024-05-14"), EXCEEDED));
    assert!(!has(&after(&earlier, &lot(3, Some(9.6), "TZ", "DALBERGIA RETUSA SAWN"), "2024-05-14"), EXCEEDED));
    // The unit trap: kilograms say nothing of cubic metres.
    let trap = after(&earlier, &lot(3, None, "TZ", mel), "2024-05-14");
    assert!(!has(&trap, EXCEEDED) && is_open(&trap, EXCEEDED), "{:?}", hits(&trap));
    // Without a history the balance is not known.
    let alone = score_with(&engine, &lot(3, Some(9.6), "TZ", mel), "2024-05-14");
    assert!(!has(&alone, EXCEEDED) && is_open(&alone, EXCEEDED));
}

/// Any use of a zero quota, however small; not before it was published.
#[test]
fn p12_any_use_of_a_zero_quota_fires() {
    const ZERO: &str = "trade-measures/zero_quota_used";
    for volume in [0.01, 0.7, 24.0] {
        let lot = bill(
            "DALBERGIA BARONII LOGS",
            "440399",
            &[("origin", json!("MG")), ("volume_m3", json!(volume)), ("gross_mass_kg", json!(volume * 900.0))],
        );
        let answer = score(&lot, "2014-05-14");
        assert!(has(&answer, ZERO) && answer.lane == Lane::Red, "{volume}: {:?}", hits(&answer));
        assert!(!has(&score(&lot, "2013-09-03"), ZERO));
        assert!(!has(&score(&lot, "2016-03-15"), ZERO));
    }
}

/// A way through a Party that holds a reservation: before, during, after, and through others.
#[test]
fn p14_a_way_through_a_reserving_party() {
    const HELD: &str = "listed-without-document/reserving_party_on_the_way";
    let engine = law(&[(
        "reservations",
        &format!(
            "{RESERVATIONS}invented,AE,Dalbergia spp.,II,yes,2018-01-01,2020-12-31,,checked,invented\nheard,SG,Dalbergia spp.,II,yes,2018-01-01,,,unverified,invented\n"
        ),
    )]);
    let through = |hub: &str| {
        bill(
            "DALBERGIA MELANOXYLON SAWN",
            "440729",
            &[
                ("origin", json!("TZ")),
                ("routing", json!(["TZ", hub, "CN"])),
                ("documents", json!([{ "kind": "cites_export_permit", "country": "TZ", "number": "24TZ000417" }])),
            ],
        )
    };
    for (hub, on, held) in [
        ("AE", "2017-12-31", false),
        ("AE", "2018-01-01", true),
        ("AE", "2020-12-31", true),
        ("AE", "2021-01-01", false),
        ("LK", "2019-05-14", false),
    ] {
        assert_eq!(has(&score_with(&engine, &through(hub), on), HELD), held, "{hub} {on}");
    }
    // What was only heard of is a question.
    let heard = score_with(&engine, &through("SG"), "2019-05-14");
    assert!(!has(&heard, HELD) && is_open(&heard, HELD));
    let shipped = score(&through("AE"), "2019-05-14");
    assert!(!has(&shipped, HELD) && !is_open(&shipped, HELD));
}

/// An importer with a reservation on an Appendix I species treats it as one of Appendix II: papers stay due.
#[test]
fn p15_comparable_papers_stay_due_despite_a_reservation() {
    let engine = law(&[(
        "reservations",
        &format!("{RESERVATIONS}invented,JP,Dalbergia nigra,I,yes,1992-06-11,,,checked,invented\n"),
    )]);
    let to_japan = |documents: Value| {
        bill(
            "DALBERGIA NIGRA SAWN",
            "440729",
            &[
                ("origin", json!("BR")),
                ("places", json!({ "loading": "BRSSZ", "final_destination": "JPTYO" })),
                ("documents", documents),
            ],
        )
    };
    for papers in
        [json!([]), json!([{ "kind": "cites_export_permit", "country": "BR", "number": "24BR000002", "purpose": "P" }])]
    {
        let (with, without) =
            (score_with(&engine, &to_japan(papers.clone()), "2024-05-14"), score(&to_japan(papers), "2024-05-14"));
        assert!(with.lane >= without.lane && with.score >= without.score, "{:?}", hits(&with));
        assert!(hits(&without).iter().all(|hit| has(&with, hit)));
    }
    let nothing = score_with(&engine, &to_japan(json!([])), "2024-05-14");
    assert!(has(&nothing, "listed-without-document/no_document_declared"));
    assert!(nothing.lane >= Lane::Yellow);
}

/// National measures: dates, the law by name, what they leave out, silence after their end.
#[test]
fn p16_national_measures_name_their_law_on_its_days() {
    let said = |answer: &Assessment| -> Vec<String> {
        answer
            .hits
            .iter()
            .filter(|hit| ["national_ban", "bar_not_confirmed"].contains(&hit.indicator.as_str()))
            .map(|hit| hit.reason.clone())
            .collect()
    };
    let of = |words: &str, hs: &str, origin: &str, end: &str, on: &str| {
        let way = [
            ("origin", json!(origin)),
            ("routing", json!([origin, end[..2]])),
            ("places", json!({ "final_destination": end })),
        ];
        said(&score(&bill(words, hs, &way), on))
    };
    for (words, hs, origin, end, on, law) in [
        ("DALBERGIA OLIVERI LOGS", "440349", "TH", "CNSHA", "2010-05-01", Some("TH logging ban 1989")),
        ("DALBERGIA OLIVERI LOGS", "440349", "TH", "CNSHA", "1988-05-01", None),
        ("DALBERGIA OLIVERI CHAIRS", "940169", "TH", "CNSHA", "2010-05-01", None),
        // The law of the destination.
        ("DALBERGIA COCHINCHINENSIS LOGS", "440349", "KH", "VNSGN", "2016-05-01", Some("VN import licence halt 2015")),
        ("DALBERGIA COCHINCHINENSIS LOGS", "440349", "LA", "VNSGN", "2014-12-31", None),
        ("OSYRIS LANCEOLATA WOOD", "440399", "KE", "INNSA", "2008-05-01", Some("KE Presidential decree 2007")),
        ("OSYRIS LANCEOLATA WOOD", "440399", "KE", "INNSA", "2007-04-03", None),
        ("PTEROCARPUS ERINACEUS LOGS", "440349", "GH", "CNSHA", "2019-05-01", Some("GH rosewood ban 2019")),
        // Plantation wood is outside; what no plantation supplies is not.
        ("TEAK LOGS FROM PLANTATION", "440342", "MG", "INNSA", "2015-05-01", None),
        ("PLANTATION DALBERGIA BARONII LOGS", "440349", "MG", "CNSHA", "2009-05-01", Some("MG Arrêté 10885/2007")),
    ] {
        let told = of(words, hs, origin, end, on);
        match law {
            Some(law) => assert!(told.iter().any(|reason| reason.contains(law)), "{words} {on}: {told:?}"),
            None => assert!(told.is_empty(), "{words} {on}: {told:?}"),
        }
    }
    // Ended: the Indian bar of 1999 on 2018-03-25, then that of 2018.
    let indian = |on: &str| of("DALBERGIA LATIFOLIA LOGS", "440349", "IN", "CNSHA", on).join(" ");
    assert!(!indian("2018-04-15").contains("1999/039"));
}

#[test]
fn k06_every_citation_of_rules_and_tables_resolves() {
    let references = ENGINE.references();
    let resolves = |citation: &str| references.instruments.resolve(citation).is_some();
    let set = ENGINE.profiles();
    let of_rules = set.profiles.iter().flat_map(|profile| profile.sources.iter().cloned());
    let of_indicators = set.indicators.iter().flat_map(|one| one.sources.iter().map(|source| source.text().to_owned()));
    let mut cited: Vec<String> = of_rules.chain(of_indicators).filter(|text| !text.contains('{')).collect();
    cited.extend(references.listings.rows().iter().map(|row| row.instrument.clone()));
    cited.extend(references.measures.rows().iter().map(|row| row.instrument.clone()));
    assert!(cited.len() > 200);
    for table in ["import-permit-rules", "quotas"] {
        let column = if table == "quotas" { "instrument" } else { "law" };
        cited.extend(table_of(table).into_iter().map(|row| row[column].clone()));
    }
    let missing: Vec<&String> = cited.iter().filter(|citation| !resolves(citation)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // The Decisions that the seed names, each with where it stands.
    for id in ["16.39", "16.40", "16.78", "16.84", "16.85", "16.89", "16.102", "16.136"] {
        let row = references.instruments.resolve(&format!("CITES Decision {id}")).unwrap();
        assert!(!row.status.is_empty(), "{id}");
    }
    for draft in ["17.A", "17.B"] {
        assert!(resolves(&format!("CITES CoP17 Doc. 25 draft Decision {draft}")), "{draft}");
    }
}

fn table_of(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../datasets").join(name).join(format!("{name}.csv"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

#[test]
fn k07_citing_a_repealed_resolution_warns() {
    let references = ENGINE.references();
    for id in ["11.3", "14.3", "4.25", "10.10", "4.6"] {
        assert_eq!(
            references.instruments.in_force(&format!("CITES Res. Conf. {id}"), day("2026-11-01")),
            Some(true),
            "{id}"
        );
    }
    assert!(references.instruments.resolve("CITES Res. Conf. 10.7").is_some());
    for id in ["2.6", "3.9", "6.3", "6.4", "7.5", "9.8"] {
        let citation = format!("CITES Res. Conf. {id}");
        assert_eq!(references.instruments.in_force(&citation, day("2026-11-01")), Some(false), "{id}");
        let toml = profile_toml("cites-old").replace("CITES Res. Conf. 11.3", &citation);
        let files =
            [("profile.toml", toml.as_str()), ("profile.rhai", "/// t\nfn t(item) { item.origin == \"MG\" }\n")];
        let (text, _) = palisander::cli::checked(&engine_with_files("cites-old", &files), None, true);
        let warned = text.contains("P049") && text.contains(&citation);
        assert!(warned, "{id}: {text}");
    }
}

#[test]
fn k08_the_standards_that_the_seed_names_are_held() {
    for citation in [
        "UNGA Res. 69/314",
        "SDG Target 15.7",
        "SDG Target 15.c",
        "ECOSOC Res. 2011/36",
        "Rio+20 para. 203",
        "APEC 2012 declaration",
    ] {
        assert!(ENGINE.references().instruments.resolve(citation).is_some(), "{citation}");
    }
}

/// Honest consignments of `tests/labelled/lanes` and `papers`: those with a highest lane allowed below red.
#[test]
fn b18_honest_cargo_seldom_stands_above_the_documents_lane() {
    /// Of 1,000 honest consignments so many may be sent to physical examination.
    const LIMIT_PER_1000: usize = 5;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("labelled/lanes");
    let (mut n, mut above) = (0, Vec::new());
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        for row in csv::Reader::from_path(&file).unwrap().deserialize::<BTreeMap<String, String>>() {
            let row = row.unwrap();
            if matches!(row["lane_max"].as_str(), "green" | "blue" | "yellow") {
                n += 1;
                let answer = score(&crate::woods::manifest(&row), &row["as_of"]);
                above.extend((answer.lane > Lane::Yellow).then(|| row["case"].clone()));
            }
        }
    }
    println!("{} of {n} honest consignments above the documents lane", above.len());
    assert!(n > 400, "{n}");
    assert!(above.len() * 1_000 <= n * LIMIT_PER_1000, "{above:?}");
}
