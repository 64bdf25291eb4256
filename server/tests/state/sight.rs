//! What each reader sees: computed by an engine that never held the rest.

use std::collections::BTreeSet;

use palisander::config::LENGTH_CLASS_BYTES;
use palisander::render::HELD;
use palisander::store::Role;
use palisander_engine::{Inputs, Label};
use serde_json::{Value, json};

use crate::harness::{Answer, House};
use crate::secrets::{SECRETS, bills, canaries, engine};

/// A reader of each audience, at a clearance.
pub const AUDIENCES: [Role; 4] = [Role::Carrier, Role::Importer, Role::Officer, Role::Analyst];

fn lines(manifests: &[Value]) -> String {
    manifests.iter().map(|one| format!("{one}\n")).collect()
}

/// A bill that is read again: only those above green are kept.
pub const AGAIN: &str = "assessment again of";
/// The order of the queue is that of the lanes.
pub const QUEUE: &str = "/v1/assessments?limit=200";

/// Every answer of the service to a reader, errors included.
pub async fn everything(house: &House, key: &str) -> Vec<(String, Answer)> {
    let mut all = Vec::new();
    for bill in bills() {
        let answer = house.post(key, "/v1/assessments", &bill).await;
        let id = answer.json()["id"].as_str().unwrap_or_default().to_owned();
        all.push((format!("assessment of {}", bill["reference"]), answer));
        all.push((format!("{AGAIN} {}", bill["reference"]), house.get(key, &format!("/v1/assessments/{id}")).await));
    }
    let stream = house.send(Some(key), "POST", "/v1/manifests", &lines(&bills())).await;
    all.push(("manifests".to_owned(), stream));
    // The same, judged later: how it stands, and what is shown of it then.
    let taken = crate::jobs::later(house, key, &lines(&bills()), None).await;
    if let Some(path) = taken.headers.get("location").and_then(|place| place.to_str().ok()) {
        assert!(crate::jobs::work(house).await);
        all.push(("answers of a job".to_owned(), house.get(key, &format!("{path}/answers")).await));
    }
    let mut paths: Vec<String> = [
        "/v1/me",
        "/healthz",
        "/readyz",
        "/freshz",
        "/v1/schemas/manifest",
        "/v1/schemas/assessment",
        "/v1/readers",
        "/v1/groups",
        "/v1/log",
        "/v1/log/checkpoints",
        "/v1/information",
        "/v1/information?due=3660&state=live",
        "/v1/rulesets",
        "/v1/holds",
        "/v1/nothing",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.push(QUEUE.to_owned());
    // The words of a search are answered by what was found, not by themselves.
    for canary in canaries() {
        paths.push(format!("/v1/alerts?q={canary}&limit=50"));
    }
    for query in [
        "q=watched&limit=50",
        "q=DEMO%20QUAY&limit=50",
        "q=&country=MG&limit=50",
        "q=told&kind=alert&limit=50",
        "limit=x",
    ] {
        paths.push(format!("/v1/alerts?{query}"));
    }
    for path in paths {
        all.push((path.clone(), house.get(key, &path).await));
    }
    for body in ["", "{", "{\"consignments\":[]}", "[1]"] {
        all.push((format!("broken {body}"), house.send(Some(key), "POST", "/v1/assessments", body).await));
    }
    all
}

/// Forty words in every output of every endpoint: none for who is not cleared, most for who is.
#[tokio::test]
async fn forty_canaries_in_every_output() {
    let canaries = canaries();
    assert_eq!(canaries.iter().collect::<BTreeSet<_>>().len(), 40);
    let house = House::over(engine(&SECRETS, "TLP:RED"));
    let found = |answers: &[(String, Answer)]| -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (what, answer) in answers {
            let head = format!("{:?}", answer.headers);
            for canary in &canaries {
                if answer.text.to_uppercase().contains(canary) || head.to_uppercase().contains(canary) {
                    found.push((what.clone(), canary.clone()));
                }
            }
        }
        found
    };
    for role in Role::ALL {
        for clearance in [Label::Clear, Label::AmberStrict] {
            let key = house.reader(&[*role], clearance).key;
            assert_eq!(found(&everything(&house, &key).await), [], "{role} {clearance}");
        }
    }
    let key = house.reader(&[Role::Analyst], Label::Red).key;
    let told: BTreeSet<String> = found(&everything(&house, &key).await).into_iter().map(|(_, canary)| canary).collect();
    assert!(told.len() >= 12, "whoever may know them is told: {told:?}");
    // Those outside are told no reason, however they are cleared.
    for role in [Role::Carrier, Role::Importer] {
        let key = house.reader(&[role], Label::Red).key;
        assert_eq!(found(&everything(&house, &key).await), [], "{role} RED");
    }
}

/// An answer without what is random, and without what may differ: the lane in force and what follows from it alone.
pub fn without_lane(answer: &Answer, differs: &mut usize) -> String {
    let one = |line: &str| {
        let mut value: Value = serde_json::from_str(line).unwrap_or(json!(line));
        if value["held"].is_string() {
            assert_eq!(value["held"], HELD);
            *differs += 1;
        }
        if let Some(fields) = value.as_object_mut() {
            for field in ["id", "lane", "lane_high", "lane_because", "held", "referral", "message"] {
                fields.shift_remove(field);
            }
            if let Some(totals) = fields.get_mut("summary").and_then(|summary| summary["totals"].as_object_mut()) {
                for lane in ["green", "blue", "yellow", "red"] {
                    totals.shift_remove(lane);
                }
            }
        }
        value.to_string()
    };
    let lines: Vec<String> = answer.text.lines().map(one).collect();
    // The sentence has a length; what goes outside is held against its classes elsewhere.
    let mut headers = answer.headers.clone();
    headers.remove("content-length");
    // It is made of the bytes, ids included, which are held against each other below.
    headers.remove("etag");
    format!("{} {headers:?} {}", answer.status, lines.join("\n"))
}

/// I02: two stores that differ in one record under TLP:RED. For whoever is not cleared all is equal, to the headers and the
/// length of what goes outside, but for the lane and the constant sentence.
#[tokio::test]
async fn i02_one_secret_more_changes_nothing_but_the_lane() {
    let without = House::over(engine(&[], "TLP:RED"));
    let mut differs = 0;
    for secret in SECRETS {
        let with = House::over(engine(&[secret], "TLP:RED"));
        for role in AUDIENCES {
            for clearance in [Label::Clear, Label::AmberStrict] {
                // Two readers of one name in two stores: their ids are of no account.
                let keys = [&without, &with].map(|house| house.reader(&[role], clearance));
                let mut both = Vec::new();
                for (house, new) in [&without, &with].into_iter().zip(&keys) {
                    let answers = everything(house, &new.key).await;
                    both.push((new, answers));
                }
                let (mine, theirs) = (&both[0], &both[1]);
                for ((what, a), (_, b)) in mine.1.iter().zip(&theirs.1) {
                    // A bill that is green in one store is not kept there; its lane says so.
                    let is_gone = what.starts_with(AGAIN) && (a.status == 404 || b.status == 404);
                    if what == "/v1/me" || what == QUEUE || is_gone {
                        continue;
                    }
                    let (a, b) = (without_lane(a, &mut 0), without_lane(b, &mut differs));
                    assert_eq!(a, b, "{secret:?} {role} {clearance}: {what}");
                }
            }
        }
    }
    assert!(differs > 20, "the secrets decide lanes, or nothing is shown here: {differs}");
}

/// The lane in force is one for all readers, alone and in a stream, and that of the whole engine.
#[tokio::test]
async fn the_lane_in_force_is_one_for_all() {
    let house = House::over(engine(&SECRETS, "TLP:RED"));
    let full = house.reader(&[Role::Analyst], Label::Red).key;
    let mut due = Vec::new();
    for bill in bills() {
        let answer = house.post(&full, "/v1/assessments", &bill).await.json();
        due.push(answer["lane"].as_str().unwrap().to_owned());
    }
    assert!(
        ["green", "blue", "yellow", "red"].iter().filter(|lane| due.iter().any(|one| one == *lane)).count() >= 3,
        "{due:?}"
    );
    for role in [Role::Importer, Role::Officer, Role::Publisher, Role::Handler, Role::Analyst, Role::Auditor] {
        for clearance in Label::ALL {
            let key = house.reader(&[role], clearance).key;
            let stream = house.send(Some(&key), "POST", "/v1/manifests", &lines(&bills())).await;
            let (mut lanes, mut totals) = (Vec::new(), Value::Null);
            for line in stream.text.lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                match line["lane"].as_str() {
                    Some(lane) => lanes.push(lane.to_owned()),
                    None => totals = line["summary"]["totals"].clone(),
                }
            }
            assert_eq!(lanes, due, "{role} {clearance}");
            let red = due.iter().filter(|lane| *lane == "red").count();
            assert_eq!(totals["red"], json!(red), "{role} {clearance}");
            let bill = &bills()[0];
            let alone = house.post(&key, "/v1/assessments", bill).await.json();
            assert_eq!(alone["lane"], json!(due[0]), "{role} {clearance}");
        }
    }
}

/// Below full clearance nothing is a sum of what is hidden.
#[tokio::test]
async fn points_are_for_those_who_are_cleared_for_all() {
    let house = House::over(engine(&SECRETS, "TLP:AMBER"));
    let sums = [
        "\"points\"",
        "\"score\"",
        "\"score_high\"",
        "\"rank_key\"",
        "\"counts\":true",
        "score 1",
        "score 2",
        "\"rules\"",
    ];
    for role in [Role::Officer, Role::Analyst] {
        for clearance in Label::ALL {
            let key = house.reader(&[role], clearance).key;
            let mut text = house.send(Some(&key), "POST", "/v1/manifests", &lines(&bills())).await.text;
            for bill in bills() {
                text += &house.post(&key, "/v1/assessments", &bill).await.text;
            }
            let shown: Vec<&&str> = sums.iter().filter(|sum| text.contains(**sum)).collect();
            let n = if clearance == Label::Red { 6 } else { 0 };
            assert!(shown.len() >= n && (n > 0 || shown.is_empty()), "{role} {clearance}: {shown:?}");
            // What may be known is said: the records are AMBER.
            assert_eq!(text.contains("QUOLLHUSK"), clearance >= Label::Amber, "{role} {clearance}");
            assert_eq!(text.contains("\"shadow_hits\""), role == Role::Analyst, "{role} {clearance}");
        }
    }
}

/// One line of a stream is the answer that the bill gets alone, and no two ids are one.
#[tokio::test]
async fn a_stream_answers_as_single_calls_do() {
    let house = House::over(engine(&SECRETS, "TLP:RED"));
    let mut ids = BTreeSet::new();
    for role in AUDIENCES {
        let key = house.reader(&[role], Label::Green).key;
        let stream = house.send(Some(&key), "POST", "/v1/manifests", &lines(&bills()[4..9])).await;
        let found: Vec<Value> = stream.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(found.last().unwrap()["summary"]["complete"], true);
        for (bill, mut line) in bills().into_iter().skip(4).zip(found).take(5) {
            let mut alone = house.post(&key, "/v1/assessments", &bill).await.json();
            assert!(ids.insert(line["id"].to_string()) && ids.insert(alone["id"].to_string()));
            // A single call knows no earlier bills: what that leaves open differs, and what is to be done about it.
            for answer in [&mut line, &mut alone] {
                let open = ["id", "history", "unverifiable", "lane_high", "documents", "next_steps", "editions"];
                open.iter().for_each(|field| drop(answer.as_object_mut().unwrap().shift_remove(*field)));
            }
            for (field, value) in alone.as_object().unwrap() {
                assert_eq!(value, &line[field], "{role} {field}");
            }
        }
    }
}

/// E05: a carrier's answer has one of four values, no free text of a rule, and one of few lengths.
#[tokio::test]
async fn e05_a_carrier_is_told_one_of_four_things() {
    let house = House::with(&Inputs::default());
    let key = house.reader(&[Role::Carrier], Label::Clear).key;
    let goods = [
        "COTTON SHIRTS",
        "DALBERGIA NIGRA LOGS",
        "ROSEWOOD LOGS",
        "ROSEWOOD HOTEL SOAP",
        "EBONY WOOD SAWN",
        "OSYRIS LANCEOLATA CHIPS",
        "GUITARS",
        "FURNITURE OF TEAK",
        "PALISANDER VENEER",
        "WOOD",
        "",
        "#REF!",
        "TROPICAL HARDWOOD SAWN TIMBER",
    ];
    let countries = ["MG", "BI", "TH", "IN", "BR", "DE", "ZZ", "CN"];
    let mut manifests = Vec::new();
    for (n, description) in goods.iter().cycle().take(goods.len() * countries.len() * 5).enumerate() {
        let hs_code = ["440349", "610910", "920290"][n % 3];
        let country = countries[(n / goods.len()) % countries.len()];
        manifests.push(json!({ "reference": "R", "consignments": [{ "bill_of_lading": format!("B{n:05}"),
            "goods_items": [{ "description": description, "origin": country, "hs_code": hs_code }] }] }));
    }
    let stream = house.send(Some(&key), "POST", "/v1/manifests", &lines(&manifests)).await;
    let mut seen = BTreeSet::new();
    let mut n = 0;
    for line in stream.text.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        if let Some(summary) = value.get("summary") {
            let fields: Vec<&str> = summary.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(fields, ["complete", "counts", "as_of"], "lanes are not for carriers");
            continue;
        }
        n += 1;
        let fields: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["id", "consignment", "manifest", "as_of", "referral", "message", "before"]);
        assert_eq!(line.len() % LENGTH_CLASS_BYTES, 0);
        seen.insert((value["referral"].as_str().unwrap().to_owned(), value["message"].as_str().unwrap().to_owned()));
    }
    assert_eq!((n, seen.len()), (manifests.len(), 4), "{seen:?}");
    let referrals: Vec<&str> = seen.iter().map(|(referral, _)| referral.as_str()).collect();
    assert_eq!(referrals, ["dnl", "none", "rfi", "rfs"]);
}

/// An importer gets the same fields whatever is found.
#[tokio::test]
async fn an_importer_gets_one_shape() {
    let house = House::over(engine(&SECRETS, "TLP:RED"));
    let key = house.reader(&[Role::Importer], Label::Clear).key;
    let mut lengths = BTreeSet::new();
    let mut requests = BTreeSet::new();
    for bill in bills() {
        let answer = house.post(&key, "/v1/assessments", &bill).await;
        let value = answer.json();
        let fields: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["id", "consignment", "manifest", "as_of", "lane", "requests"]);
        lengths.insert(answer.text.len());
        requests.extend(value["requests"].as_array().unwrap().iter().map(ToString::to_string));
    }
    assert_eq!(lengths, BTreeSet::from([LENGTH_CLASS_BYTES]));
    assert!(!requests.is_empty());
}

/// Who sends his own bills does not choose the day: he would learn since when something is held.
#[tokio::test]
async fn c10_those_outside_do_not_choose_the_day() {
    let house = House::new();
    for (role, status) in
        [(Role::Carrier, 403), (Role::Importer, 403), (Role::Officer, 200), (Role::Analyst, 200), (Role::Auditor, 200)]
    {
        let key = house.reader(&[role], Label::Green).key;
        for path in ["/v1/assessments", "/v1/manifests"] {
            let answer =
                house.send(Some(&key), "POST", &format!("{path}?as_of=2014-03-01"), &bills()[0].to_string()).await;
            assert_eq!(answer.status, status, "{role} {path}");
            assert_eq!(house.send(Some(&key), "POST", path, &bills()[0].to_string()).await.status, 200);
        }
    }
}
