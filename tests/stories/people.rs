//! People and papers: lots that belong together, offices that issue in bursts.

use std::io::Cursor;

use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::{Format, read};
use palisander_engine::papers::{BurstKind, Register, bursts};
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Engine, Input, Inputs};
use serde_json::json;

use crate::support::{ENGINE, day, hits};

const AS_OF: &str = "2016-06-30";
const HEAD: &str = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,\
    country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,security_stamp,status\n";

/// A lot of Siamese rosewood of 0.7 m³, as the seizures of the seed document.
struct Lot<'a> {
    n: usize,
    name: &'a str,
    country: &'a str,
    city: &'a str,
    street: &'a str,
    contact: &'a str,
    container: &'a str,
    permit: &'a str,
}

const LOT: Lot<'_> =
    Lot { n: 0, name: "", country: "CN", city: "XIANYOU", street: "", contact: "", container: "", permit: "" };

fn bill(lot: &Lot<'_>) -> String {
    let arrives = day("2016-06-01").checked_add(jiff::Span::new().days(lot.n as i64)).unwrap();
    let departs = arrives.checked_sub(jiff::Span::new().days(9)).unwrap();
    let mut item = json!({ "description": "SAWN DALBERGIA COCHINCHINENSIS", "hs_code": "440729", "origin": "LA",
        "gross_mass_kg": 730.0, "volume_m3": 0.7 });
    if !lot.container.is_empty() {
        item["in_containers"] = json!([{ "container": lot.container }]);
    }
    if !lot.permit.is_empty() {
        item["documents"] = json!([{ "kind": "cites_export_permit", "number": lot.permit, "country": "LA" }]);
    }
    let mut address = json!({ "country": lot.country, "city": lot.city });
    if !lot.street.is_empty() {
        address["street"] = json!(lot.street);
    }
    let mut consignee = json!({ "role": "consignee", "name": lot.name, "address": address });
    if !lot.contact.is_empty() {
        consignee["contacts"] = json!([lot.contact]);
    }
    json!({ "manifest": { "reference": format!("SYN{}", lot.n), "departure": { "unlocode": "VNDAD", "at": departs.to_string() },
        "arrival": { "unlocode": "CNXMN", "at": arrives.to_string() },
        "consignments": [{ "bill_of_lading": format!("LOT{:04}", lot.n), "procedure": "import",
            "places": { "loading": "VNDAD", "discharge": "CNXMN" }, "routing": ["LA", "VN", "CN"],
            "parties": [consignee], "goods_items": [item] }] } })
    .to_string()
}

/// Indicators that fired for the last of the lots, the others being history.
fn last_of(engine: &Engine, lots: &[Lot<'_>]) -> Vec<String> {
    let lines: Vec<String> = lots.iter().map(bill).collect();
    let parts = || read(Cursor::new(lines.join("\n").into_bytes()), Format::Ndjson);
    let edition = Edition::build(bills::remember(engine, parts(), day(AS_OF)).records);
    let mut answers: Vec<Vec<String>> = Vec::new();
    let done: Result<u64, std::convert::Infallible> =
        bills::score(engine, parts(), day(AS_OF), &Past::of(&edition), &mut |scored| {
            let Scored::Answer(answer) = scored else { panic!("{scored:?}") };
            answers.push(hits(&answer));
            Ok(())
        });
    done.unwrap();
    answers.pop().unwrap()
}

fn adds_up(lots: &[Lot<'_>]) -> (bool, bool) {
    adds_up_with(&ENGINE, lots)
}

fn adds_up_with(engine: &Engine, lots: &[Lot<'_>]) -> (bool, bool) {
    let fired = last_of(engine, lots);
    let has = |name: &str| fired.iter().any(|hit| hit.contains(name));
    (has("several_lots_to_one_address"), has("many_lots_to_one_address"))
}

#[test]
fn t06_ten_lots_under_five_names_and_one_address_add_up() {
    let names = ["YUANSHAN ARTS", "MINGYUE CRAFTS", "HENGDA LIVING", "GUTENG CARVERS", "RUIFENG HOMES"];
    let street = ["88 GULOU ROAD", "88 Gulou Rd.", "No. 88 Gulou Road"];
    let lots: Vec<Lot<'_>> = (0..10).map(|n| Lot { n, name: names[n % 5], street: street[n % 3], ..LOT }).collect();
    assert!(!last_of(&ENGINE, &lots[..1]).is_empty(), "one lot of 0.7 m³ fires by itself");
    assert_eq!(adds_up(&lots[..1]), (false, false));
    assert_eq!(adds_up(&lots), (false, true));
    // Ten shops of one city are not one receiver.
    let shops =
        ["YUANSHAN", "MINGYUE", "HENGDA", "GUTENG", "RUIFENG", "TIANCHENG", "BAOLONG", "JINXIU", "HUAYI", "DONGFANG"];
    let lots: Vec<Lot<'_>> = (0..10).map(|n| Lot { n, name: shops[n], ..LOT }).collect();
    assert_eq!(adds_up(&lots), (false, false), "a city alone is no address");
}

#[test]
fn t16_shells_are_linked_by_address_contact_container_or_permit_and_never_by_a_common_name() {
    let names = ["ARDENT OAKLEAF", "BRIGHT QUARRY", "CALM HARROW", "DEEP MEADOWLARK", "EVEN THISTLE"];
    type Same<'a> = fn(Lot<'a>) -> Lot<'a>;
    let same: [(&str, Same<'_>); 4] = [
        ("address", |lot| Lot { street: "PO BOX 4417", ..lot }),
        ("telephone", |lot| Lot { contact: "+86 594 555 0117", ..lot }),
        ("container", |lot| Lot { container: "ZZSU1234560", ..lot }),
        ("permit", |lot| Lot { permit: "16LA000777", ..lot }),
    ];
    for (what, same) in same {
        let shells: Vec<Lot<'_>> = (0..5).map(|n| same(Lot { n, name: names[n], ..LOT })).collect();
        assert_eq!(adds_up(&shells), (true, false), "{what}");
    }
    let apart: Vec<Lot<'_>> = (0..5).map(|n| Lot { n, name: names[n], ..LOT }).collect();
    assert_eq!(adds_up(&apart), (false, false));
    // Firms of one name in five cities.
    let places = [("CN", "XIANYOU"), ("CN", "DONGGUAN"), ("VN", "HANOI"), ("HK", "KOWLOON"), ("TW", "TAICHUNG")];
    let namesakes: Vec<Lot<'_>> = (0..5)
        .map(|n| Lot { n, name: "GOLDEN DRAGON FURNITURE", country: places[n].0, city: places[n].1, ..LOT })
        .collect();
    assert_eq!(adds_up(&namesakes), (false, false));
}

/// An importer that gets small lots under its own name, each under a permit of its own that agrees, hides nothing; without
/// papers that agree, with one permit for several, or under several names it does.
#[test]
fn t06_honest_repeats_of_one_importer_stay_silent() {
    const N: usize = 12;
    let numbers: Vec<String> = (0..N).map(|n| format!("16LA{:06}", 4_170 + n * 7)).collect();
    let row = |number: &String| {
        format!(
            "{number},export,,LA,2016-04-20,2016-10-19,,SYN LUTHIER,LA,LA,CN,Dalbergia cochinchinensis,II,W,T,SAW,0.75,m3,,issued\n"
        )
    };
    let rows: String = numbers.iter().map(row).collect();
    let register = Inputs { register: Some(Input::Bytes(format!("{HEAD}{rows}").into_bytes())), ..Inputs::default() };
    let engine = ENGINE.with_inputs(&register).unwrap();
    let lot = |n: usize| Lot { n, name: "SYN LUTHIER", street: "14 Sample Lane", permit: &numbers[n], ..LOT };
    let honest: Vec<Lot<'_>> = (0..N).map(lot).collect();
    assert_eq!(adds_up_with(&engine, &honest), (false, false), "each lot under its own permit");
    assert_eq!(adds_up_with(&engine, &honest[..4]), (false, false));
    assert_eq!(adds_up(&honest), (false, true), "nobody can say whether the papers agree");
    let mut one_without: Vec<Lot<'_>> = (0..N).map(lot).collect();
    one_without[3].permit = "";
    assert_eq!(adds_up_with(&engine, &one_without), (false, true), "one lot without a paper");
    let mut last_without: Vec<Lot<'_>> = (0..N).map(lot).collect();
    last_without[N - 1].permit = "";
    assert_eq!(adds_up_with(&engine, &last_without), (false, true), "this one has no paper");
    let mut shared: Vec<Lot<'_>> = (0..N).map(lot).collect();
    shared[2].permit = &numbers[N - 1];
    assert_eq!(adds_up_with(&engine, &shared), (false, true), "one permit for two lots");
    let names = ["SYN LUTHIER", "SYN GUITARS", "MODEL STRINGS", "SAMPLE FRETS", "EXAMPLE NECKS"];
    let shells: Vec<Lot<'_>> = (0..N).map(|n| Lot { name: names[n % 5], ..lot(n) }).collect();
    assert_eq!(adds_up_with(&engine, &shells), (false, true), "five names and one address");
}

/// Rows of one office: how many on each day.
fn register(days: &[(&str, usize)]) -> String {
    let mut text = HEAD.to_owned();
    let mut serial = 1;
    for (day, n) in days {
        for _ in 0..*n {
            text.push_str(&format!(
                "17NG{serial:06},export,Federal Department of Forestry,NG,{day},2018-06-30,INVENTED {serial},NOBODY,NG,NG,CN,\
                 Pterocarpus erinaceus,II,W,T,LOG,40,m3,SYN{serial:05},issued\n"
            ));
            serial += 1;
        }
    }
    text
}

#[test]
fn p20_thousands_in_a_day_are_a_burst_and_a_busy_office_is_none() {
    let of = |days: &[(&str, usize)]| {
        let (register, faults) = Register::from_csv(register(days).as_bytes());
        assert!(faults.is_empty(), "{faults:?}");
        bursts(register.documents())
    };
    let quiet = [("2017-01-09", 3), ("2017-01-10", 5), ("2017-01-11", 4), ("2017-01-12", 2), ("2017-01-13", 2_992)];
    let found = of(&quiet);
    let many: Vec<_> = found.iter().filter(|burst| burst.kind == BurstKind::ManyInADay).collect();
    assert_eq!(many.len(), 1, "{found:?}");
    assert_eq!((many[0].count, many[0].usual, many[0].day), (2_992, 4, Some(day("2017-01-13"))));
    // The same is read by a profile: cases burst, busy-office, serial-far-ahead and stamp-twice of document-problems.
    let busy = [("2017-01-09", 60), ("2017-01-10", 85), ("2017-01-11", 40), ("2017-01-12", 70), ("2017-01-13", 120)];
    assert_eq!(of(&busy), Vec::new());
}
