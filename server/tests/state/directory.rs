//! The directory over HTTP and at the terminal: who may ask, what fits, what is refused.

use std::process::Command;

use palisander_engine::Label;
use palisander_engine::manifests::{Format, read};
use serde_json::{Value, json};

use crate::cases::{Desk, facts};
use crate::harness::{Ground, House, Role};

/// Rows of a list in an answer, by id.
fn ids(answer: &Value, list: &str) -> Vec<String> {
    answer[list].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// L01, A07, F10, F11: what is asked is met by every row; by the clock of the service, or a moment that is asked.
#[tokio::test]
async fn l01_a07_f10_f11_the_directory_answers_officers() {
    let house = House::new();
    let key = house.reader(&[Role::Officer], Label::Green).key;
    let get = async |path: &str| {
        let answer = house.get(&key, &format!("/v1/directory/{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    };
    let found = get("laboratories?material=wood&questions=species%7Corigin&foreign=true&quality=minimum").await;
    assert_eq!(ids(&found, "laboratories"), ["LAB-INVENTED-2", "LAB-INVENTED-5"]);
    let of_day = get("laboratories?quality=audited&material=wood&questions=origin&day=2027-01-01").await;
    assert!(ids(&of_day, "laboratories").is_empty(), "its audit is over");
    assert_eq!(get("laboratories?hub_for=ZM&techniques=isotopes").await["hub"]["id"], "LAB-INVENTED-5");
    assert_eq!(ids(&get("contacts?country=KE&topic=money").await, "contacts"), ["CONTACT-INVENTED-14"]);
    assert!(get("contacts?gaps=true").await["without"].as_array().unwrap().contains(&json!("CA")));
    let night = "duty?kind=interpreter&language=zh&country=KE&at=2026-11-03T23:00:00Z";
    assert_eq!(ids(&get(night).await, "on_duty"), ["HELPER-INVENTED-4"]);
    assert!(ids(&get(&night.replace("zh", "sw")).await, "on_duty").is_empty());
    assert_eq!(get("procedures?agency=customs").await["procedure"]["edition"], 2, "by the clock of the service");
    assert_eq!(get("sampling?pieces=86,12").await["samples"], 20);
    assert_eq!(get("means?port=MGTMM&containers=20").await["day"]["waiting"], 8);
    assert_eq!(get("conventions?country=MG").await["countries"][0]["legislation_category"], 1);
}

/// A10: restricted chapters to those who are cleared; to the others there is none.
#[tokio::test]
async fn a10_a_restricted_chapter_is_for_those_who_are_cleared() {
    let house = House::new();
    let path = "/v1/directory/guidance?profile=cover-loads&indicator=pieces_too_heavy";
    for (clearance, has) in [(Label::Green, false), (Label::Amber, true)] {
        let key = house.reader(&[Role::Analyst], clearance).key;
        let answer = house.get(&key, path).await.json();
        assert_eq!(answer["chapter"].is_object(), has, "{answer}");
        assert_eq!(answer["none_because"].is_string(), !has, "{answer}");
    }
}

/// Faults of a question are told with their names, and nothing of it is taken for something else.
#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let house = House::new();
    let key = house.reader(&[Role::Officer], Label::Green).key;
    for (path, status, says) in [
        ("laboratories?quality=best&country=Kenya", 422, "quality"),
        ("laboratories?colour=red", 422, "is not asked of laboratories"),
        ("contacts?country=KE&country=MG", 422, "stands twice"),
        ("sampling", 422, "`pieces` is needed"),
        ("sampling?pieces=0", 422, "MAX_LOT_PIECES"),
        ("duty?at=now", 422, "at"),
        ("nothing", 404, ""),
    ] {
        let answer = house.get(&key, &format!("/v1/directory/{path}")).await;
        assert!(answer.status == status && answer.text.contains(says), "{path}: {}", answer.text);
    }
}

fn palisander(words: &[&str]) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_palisander")).env("COLUMNS", "80").args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

/// L02, L05: the figures of the review, from the rows of a folder; gaps; help that teaches.
#[test]
fn l02_l05_the_terminal_prints_counts_and_gaps() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/directory");
    let (code, out, err) = palisander(&["directory", "laboratories", "day=2026-11-01", "country=US", "--data", folder]);
    let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(code, 0, "{err}");
    let counts =
        "of 110 laboratories in 39 countries 41 are of minimum quality, 23 of them audited; 36 take foreign cases";
    assert!(told.ends_with(counts), "{told}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    let (code, out, _) = palisander(&["directory", "laboratories", "gaps=yes", "material=wood", "--json"]);
    let gaps: Value = serde_json::from_str(&out).unwrap();
    let oceania = gaps["gaps"].as_array().unwrap().iter().find(|one| one["region"] == "oceania").unwrap();
    assert_eq!((code, oceania["lacks"].as_array().unwrap().len()), (0, 7));
    let (_, help, _) = palisander(&["directory", "--help"]);
    assert!(help.contains("palisander directory duty kind=interpreter"), "{help}");
    for (words, says) in [
        (&["directory", "contacts", "KE"][..], "NAME=VALUE"),
        (&["directory", "contacts", "country=Kenya"][..], "country"),
        (&["directory", "contacts", "gaps=yes", "country=KE"][..], "leave `country` out"),
        (&["directory", "friends"][..], "laboratories"),
    ] {
        let (code, _, err) = palisander(words);
        assert!(code == 3 && err.contains(says), "{words:?}: {err}");
    }
}

/// F10, F11, L01, G08, L09, A10: beside the next step stands whom to call and what to look at, or that there is nobody.
#[tokio::test]
async fn f10_f11_g08_l09_the_advice_of_a_case_names_who_and_what() {
    let desk = Desk::on(Ground::file());
    let case = desk.opened(facts()).await;
    // 02:00 at Mombasa.
    desk.house.at("2026-11-03T23:00:00Z");
    let advice = async |more: &str| {
        let answer = desk.house.get(&desk.one.key, &format!("/v1/cases/{case}/advice{more}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["beside"].clone()
    };
    let beside = advice("?language=zh").await;
    assert_eq!(ids(&beside, "champions"), ["HELPER-INVENTED-2"]);
    assert_eq!(ids(&beside, "interpreters"), ["HELPER-INVENTED-4"]);
    assert!(ids(&beside, "trained_officers").is_empty(), "off duty at night");
    assert_eq!(beside["laboratory"]["id"], "LAB-INVENTED-1", "nobody of the region is of shown quality");
    assert_eq!(beside["procedures"][0]["procedure"]["id"], "find-large");
    assert_eq!(beside["checks"][0]["taxon"], "Dalbergia baronii");
    let says = beside["says"].as_array().unwrap();
    assert!(says.contains(&json!("trained officer: none on duty")), "{says:?}");
    let none = advice("?language=so").await;
    assert!(none["says"].as_array().unwrap().contains(&json!("interpreter for so: none on duty")), "{none}");
    assert!(
        advice("").await["says"].as_array().unwrap().iter().all(|one| !one.as_str().unwrap().contains("interpreter"))
    );
    let wrong = desk.house.get(&desk.one.key, &format!("/v1/cases/{case}/advice?language=Mandarin+Chinese")).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
}

/// B12: goods are found at airports, in homes and businesses; an air waybill makes the same consignment as a bill of lading.
#[tokio::test]
async fn b12_airports_homes_businesses_and_air_waybills() {
    let desk = Desk::on(Ground::file());
    for kind in ["airport", "home", "business"] {
        let mut told = facts();
        told["place"]["kind"] = json!(kind);
        let case = desk.opened(told).await;
        let shown = desk.house.get(&desk.one.key, &format!("/v1/cases/{case}")).await.json();
        assert_eq!(shown["facts"]["place"]["kind"], kind);
    }
    let parsed = |header: &str| {
        let text = format!(
            "{header},consignor,consignee,goods description,gross weight (kg)\n176-12345675,Atelier Rova,Music House,guitar parts of palisander,120\n"
        );
        let bytes: &'static [u8] = text.leak().as_bytes();
        let parts = read(bytes, Format::by_name("csv").unwrap());
        let manifests: Vec<Value> = parts.map(|part| serde_json::to_value(part.unwrap().manifest).unwrap()).collect();
        manifests
    };
    let (sea, air) = (parsed("bill of lading"), parsed("air waybill"));
    assert_eq!(sea[0]["consignments"][0]["bill_of_lading"], "176-12345675");
    assert_eq!(sea, air);
}

/// L06, L07: a gap in the chain of custody is found; a finding comes back to those who seized and to those who measure.
#[tokio::test]
async fn l06_l07_a_finding_comes_back_to_the_finder_and_changes_the_result() {
    let desk = Desk::on(Ground::file());
    let (house, one, other) = (&desk.house, &desk.one, &desk.other);
    let bill = house.post(&one.key, "/v1/assessments", &crate::secrets::bills()[4]).await.json()["id"].clone();
    let path = format!("/v1/assessments/{}/result", bill.as_str().unwrap());
    let found = json!({ "state": "preliminary", "result": "found", "detected_by": ["profile"], "offence": "cites",
        "case": { "lead": desk.customs, "facts": facts() } });
    let case = house.post(&one.key, &path, &found).await.json()["case"].as_str().unwrap().to_owned();
    desk.told(one, &case, "custody", &json!({ "event": "seized", "pieces": 86, "place": "quay 4" })).await;
    desk.told(one, &case, "custody", &json!({ "event": "sampled", "pieces": 10, "place": "laboratory" })).await;
    let finding = |more: Value| {
        let mut form = json!({ "sample": 2, "laboratory": "LAB-INVENTED-2", "question": "species", "verdict": "other", "taxon": "Pterocarpus soyauxii" });
        form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        form
    };
    let tell =
        async |who: &str, case: &str, form: &Value| house.post(who, &format!("/v1/cases/{case}/findings"), form).await;
    // Nobody has signed for the sample: what was examined may be anything.
    let gap = tell(&one.key, &case, &finding(json!({}))).await;
    assert!(gap.status == 409 && gap.text.contains("has a gap"), "{}", gap.text);
    desk.told(other, &case, "custody/2/signatures", &json!({})).await;
    for (form, status, says) in [
        (finding(json!({ "sample": 1 })), 409, "is no sample"),
        (finding(json!({ "sample": 9 })), 409, "there is no line 9"),
        (finding(json!({ "laboratory": "LAB-NOBODY" })), 409, "directory/laboratories"),
        (finding(json!({ "verdict": "undetermined", "settles_result": true })), 422, "settles nothing"),
        (finding(json!({ "verdict": "maybe" })), 422, "maybe"),
    ] {
        let refused = tell(&one.key, &case, &form).await;
        assert!(refused.status == status && refused.text.contains(says), "{form}: {}", refused.text);
    }
    house.at("2026-12-01T08:00:00Z");
    // Another agency leads by then, and tells what came back; who seized sees it.
    let wildlife = desk.ranger.reader.groups.first().unwrap().clone();
    desk.told(one, &case, "hand-overs", &json!({ "group": wildlife })).await;
    let told = tell(&desk.ranger.key, &case, &finding(json!({ "settles_result": true }))).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let seen = house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
    assert_eq!(
        (&seen["findings"][0]["told"]["taxon"], &seen["findings"][0]["quality"]),
        (&json!("Pterocarpus soyauxii"), &json!("audited"))
    );
    // Its label for those who measure rules: the last word on the bill.
    let results = house.office.store.results(0, 10).unwrap();
    let last = serde_json::to_value(&results.last().unwrap().1).unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(
        (&last["bill"], &last["state"], &last["result"], &last["detected_by"], &last["case"]),
        (&bill, &json!("final"), &json!("nothing"), &json!([]), &json!(case))
    );
    // One that settles nothing adds no result; a case of no bill has none to settle.
    assert_eq!(tell(&desk.ranger.key, &case, &finding(json!({ "verdict": "confirmed" }))).await.status, 200);
    assert_eq!(house.office.store.results(0, 10).unwrap().len(), 2);
    let without = desk.opened(facts()).await;
    desk.told(one, &without, "custody", &json!({ "event": "seized", "pieces": 2, "place": "x" })).await;
    desk.told(one, &without, "custody", &json!({ "event": "sampled", "pieces": 1, "place": "x" })).await;
    desk.told(other, &without, "custody/2/signatures", &json!({})).await;
    let settles = tell(&one.key, &without, &finding(json!({ "settles_result": true }))).await;
    assert!(settles.status == 409 && settles.text.contains("began with no bill"), "{}", settles.text);
    // After three months without a word it is due.
    for (day, is_due) in [("2027-03-01T08:00:00Z", false), ("2027-03-02T08:00:00Z", true)] {
        house.at(day);
        let due = house.get(&one.key, &format!("/v1/cases/{without}")).await.json()["due"].to_string();
        assert_eq!(due.contains("line 2 of custody went to an examination"), is_due, "{day}: {due}");
    }
    assert_eq!(tell(&one.key, "c_000000000000", &finding(json!({}))).await.status, 404);
    // A store that is built again has the same.
    let entries = house.office.store.entries(0, 1_000).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.kind == palisander::store::Kind::CaseFinding).count(), 2);
}
