//! Rulesets: written by one, approved by another, tried, set live, taken back.

use palisander::store::{Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};

on_each_store! {
    f01_a_ruleset_goes_its_way_and_back,
    f14_what_is_mandatory_is_not_made_weaker_and_who_tried_is_on_record,
}

/// A profile that fires on shirts, so that what it does is seen on a bill that is green without it.
pub fn files(id: &str, more: &str, points: i64) -> Value {
    let head = format!(
        "id = \"{id}\"\nuuid = \"36ad7c3e-7368-5354-aa4c-52ce68a4a1{:02}\"\ntitle = \"Shirts of one seller\"\nowner = \"Desk\"\n\
         status = \"stable\"\nversion = 1\nreview_by = \"2027-10-01\"\ngenera = []\nmandatory = false\nwhy = \"\"\"\nA pattern of \
         the season.\"\"\"\nsources = [\"CITES Appendices\"]\ninnocent_explanations = [\"an honest seller of shirts\"]\n\n\
         [[indicators]]\nname = \"shirts_of_the_season\"\neach = \"item\"\npoints = {points}\ngroup = \"{id}\"\n\
         floor = \"blue\"\nreason = \"{{item.description}} is of the season\"\nsettled_by = \"a look\"\n{more}",
        id.len()
    );
    let script =
        "/// Shirts.\nfn shirts_of_the_season(item) {\n    item.hs == \"610910\" and item.origin == \"BD\"\n}\n";
    let case = |origin: &str, hit: bool| {
        let name = format!("{id}/shirts_of_the_season");
        json!({ "title": format!("shirts of {origin}"), "as_of": "2026-10-01",
            "consignment": { "bill_of_lading": "A", "goods_items": [{ "description": "COTTON SHIRTS", "hs_code": "610910", "origin": origin }] },
            "must_hit": if hit { vec![name.clone()] } else { vec![] }, "must_not_hit": if hit { vec![] } else { vec![name] } })
        .to_string()
    };
    json!({ format!("{id}/profile.toml"): head, format!("{id}/profile.rhai"): script,
        format!("{id}/cases/of-bd.json"): case("BD", true), format!("{id}/cases/of-in.json"): case("IN", false),
        format!("{id}/cases/other.json"): json!({ "title": "trousers", "as_of": "2026-10-01",
            "consignment": { "bill_of_lading": "A", "goods_items": [{ "description": "TROUSERS", "hs_code": "620342", "origin": "BD" }] },
            "must_not_hit": [format!("{id}/shirts_of_the_season")] }).to_string() })
}

fn bill(n: usize) -> Value {
    json!({ "reference": format!("R{n}"), "consignments": [{ "bill_of_lading": format!("SYN{n:04}"), "goods_items": [
        { "description": "COTTON SHIRTS", "hs_code": "610910", "origin": "BD", "gross_mass_kg": 900 + n }] }] })
}

pub async fn draft(house: &House, key: &str, files: &Value) -> Answer {
    house.post(key, "/v1/rulesets", &json!({ "name": "season", "files": files, "note": "seen in spring" })).await
}

pub async fn act(house: &House, key: &str, id: &str, act: &str) -> Answer {
    house.post(key, &format!("/v1/rulesets/{id}/{act}"), &json!({ "note": "as agreed" })).await
}

/// Lane and hits of a bill, and those that are only tried.
pub async fn told(house: &House, key: &str, n: usize) -> (String, usize, usize) {
    let answer = house.post(key, "/v1/assessments", &bill(n)).await.json();
    let count = |field: &str| answer[field].as_array().map_or(0, Vec::len);
    (answer["lane"].as_str().unwrap().to_owned(), count("hits"), count("shadow_hits"))
}

async fn f01_a_ruleset_goes_its_way_and_back(ground: Ground) {
    let house = House::told(ground);
    let other = House::told(house.beside());
    let analyst = house.reader(&[Role::Analyst], Label::Red).key;
    let both = house.reader(&[Role::Analyst, Role::Publisher], Label::Red).key;
    let publisher = house.reader(&[Role::Publisher], Label::Red).key;
    let written = draft(&house, &analyst, &files("season", "", 40)).await;
    assert_eq!((written.status, &written.json()["state"]), (201, &json!("checked")), "{}", written.text);
    assert_eq!(written.json()["check"]["cases"], 3);
    let id = written.json()["id"].as_str().unwrap().to_owned();
    // Nothing acts that no second person approved; who wrote it is not the second.
    assert_eq!(act(&house, &publisher, &id, "live").await.status, 409);
    assert_eq!(act(&house, &analyst, &id, "approve").await.status, 403);
    let own = draft(&house, &both, &files("season", "", 41)).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(act(&house, &both, &own, "approve").await.status, 409);
    let refused = house.office.store.entries(0, 1_000).unwrap().into_iter().filter(|entry| entry.kind == Kind::Refused);
    assert_eq!(refused.count(), 1, "the attempt is on record");
    assert_eq!(act(&house, &publisher, &id, "approve").await.status, 200);
    assert_eq!(told(&house, &analyst, 1).await, ("green".to_owned(), 0, 0));
    // Tried: it is seen and counted, and moves nothing.
    assert_eq!(act(&house, &publisher, &id, "shadow").await.status, 200);
    assert_eq!(told(&house, &analyst, 2).await, ("green".to_owned(), 0, 1));
    assert!(other.engines.follow(&other.office).unwrap());
    assert_eq!(told(&other, &analyst, 3).await, ("green".to_owned(), 0, 1));
    let counts = house.get(&analyst, &format!("/v1/rulesets/{id}/shadow")).await.json();
    assert_eq!(
        counts["indicators"],
        json!([{ "indicator": "season-tried/shirts_of_the_season", "fired": 2, "of_green": 2 }])
    );
    // Live, in every process.
    let before = told(&house, &analyst, 4).await;
    assert_eq!(act(&house, &publisher, &id, "live").await.status, 200);
    assert_eq!(told(&house, &analyst, 5).await, ("blue".to_owned(), before.1 + 1, 0));
    assert!(other.engines.follow(&other.office).unwrap());
    assert_eq!(told(&other, &analyst, 6).await.0, "blue");
    // The next one of the name takes its place, and the one before comes back in one call.
    let next = draft(&house, &analyst, &files("season", "handling = \"TLP:RED\"\n", 150)).await;
    assert_eq!(next.json()["state"], "checked", "{}", next.text);
    let next = next.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(act(&house, &publisher, &next, "approve").await.status, 200);
    // It is tried beside the one that acts, which goes on.
    assert_eq!(act(&house, &publisher, &next, "shadow").await.status, 200);
    assert_eq!(told(&house, &analyst, 11).await, ("blue".to_owned(), before.1 + 1, 1));
    assert_eq!(act(&house, &publisher, &next, "live").await.status, 200);
    assert_ne!(told(&house, &analyst, 7).await.0, "blue");
    let state = async |id: &str| house.get(&analyst, &format!("/v1/rulesets/{id}")).await.json()["state"].clone();
    assert_eq!((state(&id).await, state(&next).await), (json!("retired"), json!("live")));
    let answered = house.post(&analyst, "/v1/assessments", &bill(8)).await.json();
    assert_eq!(act(&house, &publisher, &id, "live").await.status, 200);
    assert_eq!(told(&house, &analyst, 9).await.0, "blue");
    assert_eq!(act(&house, &publisher, &id, "retire").await.status, 200);
    assert_eq!(told(&house, &analyst, 10).await.0, "green");
    // What was answered by the one before is given again with it.
    let path = format!("/v1/assessments/{}/bundle", answered["id"].as_str().unwrap());
    let request = axum::http::Request::builder().uri(path).header("host", "localhost");
    let request = request.header("authorization", format!("Bearer {analyst}")).body(axum::body::Body::empty()).unwrap();
    let (status, _, bytes) = house.bytes(request).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut head = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("rulesets/season/profile.toml").unwrap(), &mut head).unwrap();
    assert!(head.contains("points = 150"), "{head}");
    // A rule under a label is no more to who is not cleared for it than one that does not exist.
    let uncleared = house.reader(&[Role::Analyst], Label::Amber).key;
    assert_eq!(house.get(&uncleared, &format!("/v1/rulesets/{next}")).await.status, 404);
    assert!(!house.get(&uncleared, "/v1/rulesets").await.text.contains(&next));
    // All of it is built again from the entries.
    house.office.store.rebuild().unwrap();
    assert_eq!(state(&id).await, json!("retired"));
    assert_eq!(
        house.office.store.shadow_counts("2026-11-01").unwrap(),
        [("season-tried/shirts_of_the_season".to_owned(), 4, 3)]
    );
}

/// What does not load, and what a case contradicts, stays a draft with every finding; what is no file of a profile is refused; a
/// shipped profile is not switched off.
#[tokio::test]
async fn what_is_wrong_is_told_and_does_not_act() {
    let house = House::told(Ground::file());
    let analyst = house.reader(&[Role::Analyst], Label::Red).key;
    let publisher = house.reader(&[Role::Publisher], Label::Red).key;
    let good = files("season", "", 40);
    let with = |path: &str, text: &str| {
        let mut files = good.clone();
        files[path] = json!(text);
        files
    };
    let broken = [
        with("season/profile.rhai", "fn shirts_of_the_season(item) { item.nothing }"),
        with("season/profile.rhai", "fn shirts_of_the_season(item) { loop { } }"),
        with("season/profile.rhai", "import \"x\" as y; fn shirts_of_the_season(item) { true }"),
        with("season/profile.toml", "id = "),
        with("season/cases/of-in.json", &good["season/cases/of-bd.json"].as_str().unwrap().replace("\"BD\"", "\"IN\"")),
        with("alerts/profile.toml", "id = \"alerts\"\nstatus = \"deprecated\"\n"),
    ];
    for files in broken {
        let answer = draft(&house, &analyst, &files).await;
        assert_eq!((answer.status, &answer.json()["state"]), (201, &json!("draft")), "{}", answer.text);
        let check = &answer.json()["check"];
        assert!(check["findings"].as_array().unwrap().len() + check["failing"].as_array().unwrap().len() > 0);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        for wanted in ["approve", "shadow", "live"] {
            assert_eq!(act(&house, &publisher, &id, wanted).await.status, 409, "{wanted}");
        }
    }
    for (path, text) in [("../x/profile.toml", "x"), ("season/../../x.rhai", "x"), ("season/cases/a.txt", "x")] {
        assert_eq!(draft(&house, &analyst, &with(path, text)).await.status, 422, "{path}");
    }
    assert_eq!(draft(&house, &analyst, &with("season/cases/big.json", &"x".repeat(3 << 20))).await.status, 422);
    assert_eq!(told(&house, &analyst, 1).await, ("green".to_owned(), 0, 0));
    // Two names do not hold one profile.
    let id = draft(&house, &analyst, &good).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(act(&house, &publisher, &id, "approve").await.status, 200);
    assert_eq!(act(&house, &publisher, &id, "live").await.status, 200);
    let other = house.post(&analyst, "/v1/rulesets", &json!({ "name": "another", "files": good })).await;
    assert_eq!(other.status, 409, "{}", other.text);
}

/// F14: points, script, group, status, dates, lanes: each attempt is refused, moves nothing, and stands in the log with who tried.
async fn f14_what_is_mandatory_is_not_made_weaker_and_who_tried_is_on_record(ground: Ground) {
    let house = House::told(ground);
    let writer = house.reader(&[Role::Analyst], Label::Red);
    let shipped =
        |file: &str| std::fs::read_to_string(format!("{}/../rules/values/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (head, script) = (shipped("profile.toml"), shipped("profile.rhai"));
    let changed = |from: &str, to: &str| {
        assert!(head.contains(from), "{from}");
        head.replacen(from, to, 1)
    };
    let points = "id = \"values\"\n\n[[indicators]]\nname = \"cover_value_too_high\"\npoints = ";
    let negative = files("season", "", -5)["season/profile.toml"].as_str().unwrap().to_owned();
    let season = files("season", "", 5)["season/profile.rhai"].as_str().unwrap().to_owned();
    let attempts: Vec<(&str, Value)> = vec![
        ("points", json!({ "values/profile.toml": format!("{points}5\n") })),
        (
            "a copy with fewer points",
            json!({ "values/profile.toml": changed("points = 20", "points = 2"), "values/profile.rhai": script }),
        ),
        (
            "script",
            json!({ "values/profile.toml": head, "values/profile.rhai": script.replacen("{", "{ false and ", 1) }),
        ),
        ("no script", json!({ "values/profile.toml": head })),
        (
            "group",
            json!({ "values/profile.toml": changed("group = \"freight\"", "group = \"value\""), "values/profile.rhai": script }),
        ),
        (
            "status",
            json!({ "values/profile.toml": changed("status = \"stable\"", "status = \"deprecated\""), "values/profile.rhai": script }),
        ),
        (
            "dates",
            json!({ "values/profile.toml": changed("genera = []", "genera = []\neffective_to = \"2026-01-01\""), "values/profile.rhai": script }),
        ),
        (
            "not mandatory",
            json!({ "values/profile.toml": changed("mandatory = true", "mandatory = false"), "values/profile.rhai": script }),
        ),
        ("lanes", json!({ "lanes.toml": "red = 1000\n" })),
        ("lanes beside", json!({ "values/lanes.toml": "red = 1000\n" })),
        ("points below nothing", json!({ "season/profile.toml": negative, "season/profile.rhai": season })),
    ];
    let before = told(&house, &writer.key, 1).await;
    let attempted = |house: &House| -> Vec<Value> {
        let entries = house.office.store.entries(0, 10_000).unwrap();
        let body = |entry: &palisander::store::Entry| house.office.store.body(&entry.body).unwrap().unwrap().bytes;
        let refused = entries.iter().filter(|entry| entry.kind == Kind::Refused && entry.reader == writer.reader.id);
        refused.map(|entry| serde_json::from_slice(&body(entry)).unwrap()).collect()
    };
    for (n, (what, files)) in attempts.iter().enumerate() {
        let answer = draft(&house, &writer.key, files).await;
        match answer.status {
            201 => {
                assert_eq!(answer.json()["state"], "draft", "{what}: it cannot be approved: {}", answer.text);
                let id = answer.json()["id"].as_str().unwrap().to_owned();
                let publisher = house.reader(&[Role::Publisher], Label::Red).key;
                assert_eq!(act(&house, &publisher, &id, "approve").await.status, 409, "{what}");
            }
            status => assert_eq!(status, 409, "{what}: {}", answer.text),
        }
        let all = attempted(&house);
        assert_eq!(all.len(), n + 1, "{what}: the attempt is on record: {}", answer.text);
        assert!(all[n]["why"].as_str().is_some_and(|why| why.starts_with("a ruleset")), "{what}: {}", all[n]);
    }
    assert_eq!(told(&house, &writer.key, 1).await, before);
    // To sharpen is no attempt.
    let answer = draft(&house, &writer.key, &json!({ "values/profile.toml": format!("{points}60\n") })).await;
    assert_eq!((answer.status, &answer.json()["state"]), (201, &json!("checked")), "{}", answer.text);
    assert_eq!(attempted(&house).len(), attempts.len());
}
