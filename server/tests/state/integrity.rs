//! What makes it hard to be bought: examiners are drawn, and overrides that are out of the ordinary are found.

use base64::Engine as _;
use palisander::service::examiner;
use palisander::service::readers::{NewKey, OPERATOR};
use palisander::store::{GroupKind, Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};
use crate::kill::command_on;
use crate::secrets::bills;

on_each_store! {
    c02_an_examiner_is_drawn_and_everybody_can_check_it,
    c05_an_officer_who_lowers_for_one_trader_is_named_with_the_bills,
}

/// A bill of one consignee that is red.
fn red(n: usize, consignee: &str) -> Value {
    let mut bill = bills()[4].clone();
    bill["reference"] = json!(format!("RED{n}"));
    bill["consignments"][0]["bill_of_lading"] = json!(format!("RED{n:05}"));
    bill["consignments"][0]["parties"] = json!([{ "role": "consignee", "name": consignee }]);
    bill
}

async fn assessed(house: &House, key: &str, bill: &Value) -> String {
    let answer = house.post(key, "/v1/assessments", bill).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn c02_an_examiner_is_drawn_and_everybody_can_check_it(ground: Ground) {
    let house = House::on(ground);
    let group = house.office.add_group(OPERATOR, "Examiners", GroupKind::Unit, None).unwrap().id;
    let officer = |name: &str, groups: &[&String], role: Role| -> NewKey {
        let mut wanted = House::wanted(name, &[role], Label::Green);
        wanted.groups = groups.iter().map(|id| (*id).clone()).collect();
        house.office.add_reader(OPERATOR, wanted).unwrap()
    };
    let members: Vec<NewKey> = (0..5).map(|n| officer(&format!("member {n}"), &[&group], Role::Officer)).collect();
    // Who is no officer, or not of the group, is not among them.
    officer("analyst", &[&group], Role::Analyst);
    let other = officer("other", &[], Role::Officer);
    let mut drawn = std::collections::BTreeSet::new();
    for n in 0..12 {
        let bill = assessed(&house, &other.key, &red(n, "ACME")).await;
        let path = format!("/v1/assessments/{bill}/examiner");
        assert_eq!(house.get(&other.key, &path).await.status, 404, "nobody was to be drawn yet");
        let asked = house.post(&other.key, &path, &json!({ "group": group })).await;
        assert_eq!((asked.status, &asked.json()["drawn"]), (202, &Value::Null), "{}", asked.text);
        let candidates: Vec<String> = serde_json::from_value(asked.json()["candidates"].clone()).unwrap();
        let mut due: Vec<String> = members.iter().map(|member| member.reader.id.clone()).collect();
        due.sort();
        assert_eq!(candidates, due);
        // Nobody draws again until the draw is to his liking.
        assert_eq!(house.post(&members[0].key, &path, &json!({ "group": group })).await.status, 409);
        assert_eq!(house.get(&other.key, &path).await.json()["drawn"], Value::Null, "before the log is signed");
        house.office.store.checkpoint().unwrap();
        let told = house.get(&members[1].key, &path).await.json()["drawn"].clone();
        // By the note alone, and what everybody can read.
        let note = told["checkpoint"].as_str().unwrap();
        let root = base64::engine::general_purpose::STANDARD.decode(note.lines().nth(2).unwrap()).unwrap();
        let place = usize::try_from(examiner::drawn(&root, &bill, 5)).unwrap();
        assert_eq!(told["examiner"], candidates[place]);
        drawn.insert(candidates[place].clone());
        // Later checkpoints change nothing.
        assessed(&house, &other.key, &red(100 + n, "ACME")).await;
        house.office.store.checkpoint().unwrap();
        assert_eq!(house.get(&other.key, &path).await.json()["drawn"], told);
    }
    assert!(drawn.len() > 1, "not always the same one");
    let entries = house.office.store.entries(0, 10_000).unwrap();
    let count = |kind: Kind| entries.iter().filter(|entry| entry.kind == kind).count();
    assert_eq!((count(Kind::ExaminerAsked), count(Kind::ExaminerDrawn)), (12, 12));
    // A draw among one is none.
    let alone = house.office.add_group(OPERATOR, "Alone", GroupKind::Unit, None).unwrap().id;
    officer("alone", &[&alone], Role::Officer);
    let bill = assessed(&house, &other.key, &red(50, "ACME")).await;
    for (group, status) in [(alone.as_str(), 409), ("g_none", 404), ("", 404)] {
        let asked =
            house.post(&other.key, &format!("/v1/assessments/{bill}/examiner"), &json!({ "group": group })).await;
        assert_eq!(asked.status, status, "{group}: {}", asked.text);
    }
}

/// C05: one officer among six lowers for one trader; he is named with the bills, and nobody else is. The command says the same.
async fn c05_an_officer_who_lowers_for_one_trader_is_named_with_the_bills(ground: Ground) {
    let house = House::on(ground);
    let importer = house.reader(&[Role::Publisher], Label::Red).key;
    let officers: Vec<NewKey> = (0..6).map(|_| house.reader(&[Role::Officer], Label::Red)).collect();
    let integrity = house.reader(&[Role::Integrity], Label::Clear).key;
    let mut bought = Vec::new();
    for n in 0..150 {
        let (who, trader) = (n % 6, n / 6 % 5);
        house.at(&format!("2026-11-{:02}T{:02}:00:00Z", 1 + n / 30, 8 + n % 9));
        let bill = assessed(&house, &importer, &red(n, &format!("TRADER {trader}"))).await;
        let is_bought = who == 2 && trader == 3;
        // Everybody lowers now and then.
        let form = if is_bought || n % 37 == 5 {
            json!({ "kind": "lowered", "lane": "blue", "reason": "the papers were seen" })
        } else {
            json!({ "kind": "confirmed" })
        };
        let decided = house.post(&officers[who].key, &format!("/v1/assessments/{bill}/decisions"), &form).await;
        assert!(matches!(decided.status, 201 | 202), "{}", decided.text);
        if is_bought {
            bought.push(bill);
        }
    }
    house.at("2026-11-06T09:00:00Z");
    let told = house.get(&integrity, "/v1/patterns?days=30").await;
    assert_eq!(told.status, 200, "{}", told.text);
    let told = told.json();
    assert_eq!((&told["decisions"], &told["officers"], &told["is_whole"]), (&json!(150), &json!(6), &json!(true)));
    let patterns = told["patterns"].as_array().unwrap();
    let of_trader = patterns.iter().find(|one| one["what"] == "trader").unwrap();
    assert_eq!(of_trader["officer"], officers[2].reader.id);
    assert!(patterns.iter().all(|one| one["officer"] == officers[2].reader.id), "{told}");
    let mut named: Vec<String> = serde_json::from_value(of_trader["bills"].clone()).unwrap();
    named.sort();
    bought.sort();
    assert_eq!(named, bought);
    assert!(!told.to_string().contains("TRADER"), "who reads this may not read bills");
    // Of other days nothing is said.
    assert_eq!(house.get(&integrity, "/v1/patterns?days=1").await.json()["patterns"], json!([]));
    for (query, status) in [("days=0", 422), ("days=9999", 422), ("days=x", 400), ("day=3", 400)] {
        assert_eq!(house.get(&integrity, &format!("/v1/patterns?{query}")).await.status, status, "{query}");
    }
    let (code, text) = command_on(&house.beside(), &["log", "decisions", "--json"]);
    let by_command: Value = serde_json::from_str(&text).unwrap();
    // Its clock is the real one, which may be past these days.
    assert!(matches!(code, Some(0 | 1)) && by_command["level"] == json!(0.05), "{text}");
}
