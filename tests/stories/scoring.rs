//! Streams: many consignments, any number of threads, the command line and HTTP.

use std::convert::Infallible;
use std::io::Cursor;

use palisander_engine::answers::Lane;
use palisander_engine::bills;
use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, read};
use palisander_engine::past::{Edition, Past};
use palisander_tests::generator::{Made, Port};
use serde_json::json;

use crate::support::{ENGINE, day, hits, score};

pub fn answers(text: &str, format: Format) -> Vec<String> {
    let mut lines = Vec::new();
    let parts = || read(Cursor::new(text.as_bytes().to_vec()), format);
    let edition = Edition::build(bills::remember(&ENGINE, parts(), day("2026-11-01")).records);
    let done: Result<u64, Infallible> =
        bills::score(&ENGINE, parts(), day("2026-11-01"), &Past::of(&edition), &mut |scored| {
            if let Scored::Answer(answer) = scored {
                lines.push(serde_json::to_string(&answer).unwrap());
            }
            Ok(())
        });
    done.unwrap();
    lines
}

#[test]
fn threads_do_not_change_the_bytes() {
    let text = Port::new(3).ndjson(1_500);
    let run = |threads| rayon(threads, || answers(&text, Format::Ndjson));
    let one = run(1);
    assert_eq!(one.len(), 1_500);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
}

/// The short answer has the fields of the full one, with its values; the writer of answers writes what serde_json writes.
#[test]
fn the_short_answer_is_the_full_one_without_its_words() {
    // Every third bill has a value that cannot be read.
    let damaged = |(n, line): (usize, &str)| match n % 3 {
        0 => line.replace("\"volume_m3\":", "\"net_mass_kg\":\"x\",\"volume_m3\":"),
        _ => line.to_owned(),
    };
    let text = Port::new(5).ndjson(600).lines().enumerate().map(damaged).collect::<Vec<_>>().join("\n");
    let parts = || read(Cursor::new(text.as_bytes().to_vec()), Format::Ndjson);
    let mut full = Vec::new();
    let mut short = Vec::new();
    let mut keep = |scored| -> Result<(), Infallible> {
        match scored {
            Scored::Answer(answer) => {
                let written = palisander_engine::answers::bytes(&answer).unwrap();
                assert_eq!(written, serde_json::to_vec(&answer).unwrap());
                full.push(serde_json::to_value(&answer).unwrap());
            }
            Scored::Short(answer) => short.push(serde_json::to_value(&answer).unwrap()),
            other => panic!("{other:?}"),
        }
        Ok(())
    };
    let (as_of, past) = (day("2026-11-01"), ENGINE.past());
    assert_eq!(bills::score(&ENGINE, parts(), as_of, &past, &mut keep), Ok(600));
    assert_eq!(bills::score_short(&ENGINE, parts(), as_of, &past, &mut keep), Ok(600));
    let lanes: std::collections::BTreeSet<&str> = short.iter().filter_map(|answer| answer["lane"].as_str()).collect();
    assert!(lanes.len() >= 3, "{lanes:?}");
    assert!(short.iter().any(|answer| answer["faults"][0]["code"] == "not_a_quantity"));
    for (short, full) in short.iter().zip(&full) {
        let fields = short.as_object().unwrap();
        assert_eq!(fields.len(), 7);
        for (name, value) in fields {
            assert_eq!(value, &full[name], "{name} of {}", full["consignment"]);
        }
    }
}

fn rayon<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn one_bad_line_loses_one_line() {
    let mut port = Port::new(9);
    let mut lines: Vec<String> = (0..20).map(|_| port.manifest().0.to_string()).collect();
    lines[7] = "{ this is no JSON".to_owned();
    let mut bad = 0;
    let mut good = 0;
    let done: Result<u64, Infallible> = bills::score(
        &ENGINE,
        read(Cursor::new(lines.join("\n").into_bytes()), Format::Ndjson),
        day("2026-11-01"),
        &Past::none(),
        &mut |scored| {
            match scored {
                Scored::Answer(_) => good += 1,
                Scored::Unreadable(error) => {
                    assert!(error.to_string().contains("line 8"), "{error}");
                    bad += 1;
                }
                other => panic!("{other:?}"),
            }
            Ok(())
        },
    );
    assert_eq!(done, Ok(19), "bills read are bills answered");
    assert_eq!((good, bad), (19, 1));
}

#[test]
fn json_and_csv_of_one_bill_score_alike() {
    let json = json!({ "manifest": { "reference": "SYN047E-HKG", "format": "json/1", "function": "original",
        "transport_means": { "mode": 1, "imo": "9999993", "name": "SYNTHETIC STAR", "flag": "KM", "voyage": "SYN047E" },
        "departure": { "unlocode": "LKCMB", "at": "2014-03-04T06:00:00Z" },
        "arrival": { "unlocode": "HKHKG", "at": "2014-03-14T10:00:00Z" },
        "equipment": [{ "container": "ZZSU4170016", "size_type": "22G1", "fullness": "full", "tare_kg": 2200, "seals": [{ "number": "SYN00417", "party": "CA" }] }],
        "consignments": [{ "line": 1, "bill_of_lading": "SYNTMM0417", "procedure": "import",
            "places": { "original_loading": "MGTMM", "loading": "LKCMB", "discharge": "HKHKG", "final_destination": "HKHKG" },
            "parties": [
                { "role": "consignor", "name": "BOIS FICTIF SARL", "address": { "country": "MG" } },
                { "role": "consignee", "name": "EXAMPLE HARDWOOD TRADING LTD", "address": { "country": "HK" } },
                { "role": "notify_party", "name": "EXAMPLE HARDWOOD TRADING LTD" }],
            "gross_mass_kg": 21600, "n_packages": 86, "value": { "amount": "180000.00", "currency": "USD" },
            "goods_items": [{ "item": 1, "hs_code": "440399", "hs_edition": 2012,
                "description": "ROSEWOOD LOGS DALBERGIA MARITIMA, BOIS DE ROSE EN RONDINS", "origin": "MG",
                "packages": [{ "n": 86, "kind": "LG" }], "gross_mass_kg": 21600, "volume_m3": 24.0,
                "in_containers": [{ "container": "ZZSU4170016", "n_packages": 86 }],
                "documents": [{ "code": "811", "kind": "cites_export_permit", "number": "14MG000417" }] }] }] } });
    let csv = "manifest_reference,imo,voyage,departure,departed_at,arrival,arrives_at,bill_of_lading,master_bill,procedure,original_loading,loading,discharge,final_destination,consignor_name,consignor_country,consignee_name,consignee_country,notify_name,container,size_type,fullness,seals,item,hs_code,hs_edition,description,origin,n_packages,package_kind,gross_mass_kg,net_mass_kg,volume_m3,value,currency,document_code,document_number\n\
        SYN047E-HKG,9999993,SYN047E,LKCMB,2014-03-04T06:00:00Z,HKHKG,2014-03-14T10:00:00Z,SYNTMM0417,,import,MGTMM,LKCMB,HKHKG,HKHKG,BOIS FICTIF SARL,MG,EXAMPLE HARDWOOD TRADING LTD,HK,EXAMPLE HARDWOOD TRADING LTD,ZZSU4170016,22G1,full,SYN00417,1,440399,2012,\"ROSEWOOD LOGS DALBERGIA MARITIMA, BOIS DE ROSE EN RONDINS\",MG,86,LG,21600,,24.0,180000.00,USD,811,14MG000417\n";
    let mut from_csv = Vec::new();
    for part in read(Cursor::new(csv.as_bytes()), Format::Csv) {
        let parsed = part.unwrap();
        assert_eq!(parsed.faults(), []);
        from_csv.push(ENGINE.assess(
            &parsed.manifest,
            &parsed.manifest.consignments[0],
            &parsed.faults_of(0),
            day("2014-03-01"),
        ));
    }
    let from_json = score(&json, "2014-03-01");
    assert_eq!(from_csv.len(), 1);
    let shape = |a: &palisander_engine::Assessment| (a.lane, a.score, a.score_high, a.hits.clone());
    assert_eq!(shape(&from_csv[0]), shape(&from_json));
    assert_eq!(from_json.lane, Lane::Red);
}

#[test]
fn planted_smuggling_is_found_and_sounding_words_are_not() {
    let mut port = Port::new(21);
    for _ in 0..60 {
        let planted = port.of(Made::Planted);
        let answer = score(&planted, "2026-11-01");
        assert!(
            answer.lane >= Lane::Yellow,
            "{} {:?}",
            planted["manifest"]["consignments"][0]["goods_items"][0]["description"],
            hits(&answer)
        );
        let sounding = port.of(Made::Sounding);
        let answer = score(&sounding, "2026-11-01");
        assert_eq!(
            answer.lane,
            Lane::Green,
            "{} {:?}",
            sounding["manifest"]["consignments"][0]["goods_items"][0]["description"],
            hits(&answer)
        );
    }
}

#[test]
fn a_permit_is_not_spent_twice() {
    use palisander_engine::{Input, Inputs};
    let register = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,security_stamp,status\n26TZ000467,export,Wildlife Division,TZ,2026-08-01,2027-01-31,EXAMPLE RUFIJI WOODS LTD,MUSTER KLANGHOLZ GMBH,TZ,TZ,DE,Dalbergia melanoxylon,II,W,T,SAW,10,m3,SYN0001,issued\n";
    let inputs = Inputs { register: Some(Input::Bytes(register.into())), ..Inputs::default() };
    let engine = ENGINE.with_inputs(&inputs).unwrap();
    let line = |bill: &str, volume: f64| {
        json!({ "bill_of_lading": bill,
            "parties": [{ "role": "consignor", "name": "EXAMPLE RUFIJI WOODS LTD", "address": { "country": "TZ" } },
                        { "role": "consignee", "name": "MUSTER KLANGHOLZ GMBH", "address": { "country": "DE" } }],
            "goods_items": [{ "description": "SAWN TIMBER DALBERGIA MELANOXYLON", "hs_code": "440729", "origin": "TZ", "volume_m3": volume,
                "documents": [{ "kind": "cites_export_permit", "number": "26TZ000467", "issued_on": "2026-08-01", "country": "TZ" }] }] })
        .to_string()
    };
    // 10 m³ are allowed: 6, then 6 again, then the first bill once more (the same consignment is not another one).
    let text = [line("A", 6.0), line("B", 6.0), line("A", 6.0)].join("\n");
    let mut problems = Vec::new();
    let parts = || read(Cursor::new(text.clone().into_bytes()), Format::Ndjson);
    let edition = Edition::build(bills::remember(&engine, parts(), day("2026-11-01")).records);
    let done: Result<u64, Infallible> =
        bills::score(&engine, parts(), day("2026-11-01"), &Past::of(&edition), &mut |scored| {
            if let Scored::Answer(answer) = scored {
                problems.push(answer.documents[0].problems.join(" "));
            }
            Ok(())
        });
    done.unwrap();
    // Each goes to Germany without the import permit that the law of the Union asks for.
    let alone = "import_permit_missing";
    assert_eq!(problems, [alone, "reused quantity_exceeded import_permit_missing", alone]);
}
