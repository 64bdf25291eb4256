//! What people tell: who sees it, how it comes to act, and how it is taken back.

use std::time::{Duration, Instant};

use palisander::service::readers::OPERATOR;
use palisander::store::{Entry, GroupKind, InformationState, Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};
use crate::sight::{AGAIN, AUDIENCES, QUEUE, everything, without_lane};

on_each_store! {
    b14_what_was_let_go_is_looked_at_again_when_something_is_told,
    i09_a15_what_is_accepted_acts_at_once_and_in_every_process,
    i06_what_has_ended_is_silent_and_listed,
    i08_a_quashed_conviction_is_taken_back,
    f08_a_bundle_holds_what_was_live_then,
}

pub fn report(title: &str) -> Value {
    json!({ "kind": "report", "title": title, "text": "seen at the quay", "source_kind": "government",
        "containers": ["CSQU3054383"], "effective_to": "2027-06-30" })
}

pub fn grading(label: &str) -> Value {
    json!({ "grade": { "scheme": "europol_4x4", "source": "B", "content": "2" }, "label": label, "purpose": "targeting" })
}

fn bill(n: usize, container: &str) -> Value {
    json!({ "reference": format!("R{n}"), "equipment": [{ "container": container }], "consignments": [{
        "bill_of_lading": format!("SYN{n:04}"),
        "parties": [{ "role": "consignor", "name": "KESTREL SAMPLE HARDWOODS LTD", "address": { "country": "MG" } }],
        "goods_items": [{ "description": "COTTON SHIRTS", "hs_code": "610910", "origin": "BD", "gross_mass_kg": 900 + n,
            "in_containers": [{ "container": container }] }] }] })
}

pub async fn lane(house: &House, key: &str, n: usize, container: &str) -> String {
    let answer = house.post(key, "/v1/assessments", &bill(n, container)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["lane"].as_str().unwrap().to_owned()
}

/// Told, graded and live: its id.
pub async fn live(house: &House, key: &str, told: &Value, label: &str) -> String {
    let id = house.post(key, "/v1/information", told).await.json()["id"].as_str().unwrap().to_owned();
    let graded = house.post(key, &format!("/v1/information/{id}/grade"), &grading(label)).await;
    assert_eq!(graded.status, 200, "{}", graded.text);
    let live = house.send(Some(key), "POST", &format!("/v1/information/{id}/live"), "").await;
    assert!(matches!(live.status, 200 | 202), "{}", live.text);
    id
}

fn entries(house: &House, kind: Kind) -> Vec<Entry> {
    house.office.store.entries(0, 10_000).unwrap().into_iter().filter(|entry| entry.kind == kind).collect()
}

/// Told, graded, live: the next bill is answered by it here, and within a second in another process on the same state; taken
/// back by two persons, it acts no longer.
async fn i09_a15_what_is_accepted_acts_at_once_and_in_every_process(ground: Ground) {
    let house = House::told(ground);
    let other = House::told(house.beside());
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let second = house.reader(&[Role::Handler], Label::Red).key;
    let officer = house.reader(&[Role::Officer], Label::Red).key;
    assert_eq!(lane(&house, &officer, 1, "CSQU3054383").await, "green");
    let id = live(&house, &handler, &report("box"), "TLP:AMBER").await;
    assert_eq!(lane(&house, &officer, 2, "CSQU3054383").await, "yellow");
    assert_eq!(lane(&other, &officer, 3, "CSQU3054383").await, "green", "it has not looked yet");
    let began = Instant::now();
    assert!(other.engines.follow(&other.office).unwrap());
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(lane(&other, &officer, 4, "CSQU3054383").await, "yellow");
    assert!(!other.engines.follow(&other.office).unwrap(), "nothing is new");
    // How long it took is counted by the process that took it on.
    let shown = other.office.metrics.shown(Some(0), &[]);
    assert!(shown.contains("palisander_relay_seconds_count 1\n"), "{shown}");

    let path = |act: &str| format!("/v1/information/{id}/{act}");
    assert_eq!(house.get(&officer, &format!("/v1/information/{id}")).await.status, 200);
    let effects = async || house.get(&handler, &path("effects")).await.json();
    let told = effects().await;
    assert_eq!(told["bills"].as_array().unwrap().len(), 2, "{told}");
    assert!(told["bills"].as_array().unwrap().iter().all(|bill| bill["lane_now"] == "yellow"), "{told}");
    assert_eq!((told["readers"].as_array().unwrap().len(), &told["is_whole"]), (1, &json!(true)));
    let waits = house.post(&handler, &path("withdraw"), &json!({ "reason": "it was another box" })).await;
    assert_eq!((waits.status, &waits.json()["needs"]), (202, &json!("second")));
    assert_eq!(lane(&house, &officer, 5, "CSQU3054383").await, "yellow", "it acts until two persons have signed");
    let same = house.send(Some(&handler), "POST", &path("signatures"), "").await;
    assert_eq!(same.status, 409, "{}", same.text);
    assert_eq!(entries(&house, Kind::Refused).len(), 1);
    let signed = house.send(Some(&second), "POST", &path("signatures"), "").await;
    assert_eq!((signed.status, &signed.json()["state"]), (200, &json!("withdrawn")));
    assert_eq!(lane(&house, &officer, 6, "CSQU3054383").await, "green");
    // Every bill that leant on it is told with what it would be now; none falls by itself.
    let told = effects().await;
    let now =
        |field: &str, lane: &str| told["bills"].as_array().unwrap().iter().filter(|bill| bill[field] == lane).count();
    assert_eq!(
        (now("lane_now", "green"), now("lane_in_force", "yellow"), now("lane_then", "yellow")),
        (3, 3, 3),
        "{told}"
    );
    let withdrawn = entries(&house, Kind::InformationWithdrawn);
    assert!(withdrawn[0].second.is_some() && withdrawn[0].second.as_deref() != Some(&withdrawn[0].reader));
    house.office.store.rebuild().unwrap();
    assert_eq!(house.office.store.information(&id).unwrap().unwrap().0.state, InformationState::Withdrawn);
    assert_eq!(house.office.store.live_information(u64::MAX >> 1).unwrap(), []);
}

/// A report that ended yesterday is silent, and listed with what it is.
async fn i06_what_has_ended_is_silent_and_listed(ground: Ground) {
    let house = House::told(ground);
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let officer = house.reader(&[Role::Officer], Label::Red).key;
    let mut told = report("box");
    told["effective_to"] = json!("2026-11-20");
    let ends = live(&house, &handler, &told, "TLP:GREEN").await;
    told["effective_to"] = json!(null);
    told["review_by"] = json!("2026-11-10");
    told["containers"] = json!(["TGHU1234567"]);
    let review = live(&house, &handler, &told, "TLP:GREEN").await;
    let due = async |days: u32| {
        let listed = house.get(&handler, &format!("/v1/information?due={days}")).await.json();
        let listed = listed["information"].as_array().unwrap().clone();
        listed
            .iter()
            .map(|one| (one["id"].as_str().unwrap().to_owned(), one["due"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(due(5).await, []);
    assert_eq!(due(30).await, [(ends.clone(), "it ends soon".to_owned())]);
    let answered = async |n: usize, day: &str, container: &str| {
        let path = format!("/v1/assessments?as_of={day}");
        house.post(&officer, &path, &bill(n, container)).await.json()["lane"].as_str().unwrap().to_owned()
    };
    assert_eq!(answered(1, "2026-11-20", "CSQU3054383").await, "yellow");
    assert_eq!(answered(2, "2026-11-21", "CSQU3054383").await, "green");
    house.at("2026-11-21T00:00:00Z");
    let expected = [(review, "its day of review has passed".to_owned()), (ends, "it has ended".to_owned())];
    assert_eq!(due(0).await, expected);
    // What is past its review acts until somebody looks.
    assert_eq!(answered(3, "2026-11-21", "TGHU1234567").await, "yellow");
}

/// A convicted party goes on the watch list by two persons, is met in another spelling, and is off it when the conviction is
/// quashed; who read it is told.
async fn i08_a_quashed_conviction_is_taken_back(ground: Ground) {
    let house = House::told(ground);
    let (one, two) = (house.reader(&[Role::Handler], Label::Red).key, house.reader(&[Role::Handler], Label::Red).key);
    let officer = house.reader(&[Role::Officer], Label::Red).key;
    let uncleared = house.reader(&[Role::Officer], Label::Green).key;
    let told = json!({ "kind": "conviction", "title": "Kestrel", "source_kind": "government",
        "parties": ["Kestrel Sample Hardwoods Limited"], "review_by": "2027-11-01",
        "conviction": { "offence": "smuggling", "law": "Law 1", "court": "High Court", "sentenced_on": "2025-03-01",
            "country": "HK", "appeal": "open" } });
    let id = live(&house, &one, &told, "TLP:AMBER").await;
    assert_eq!(lane(&house, &officer, 1, "TGHU1234567").await, "green", "one person puts nobody on a watch list");
    let path = |act: &str| format!("/v1/information/{id}/{act}");
    assert_eq!(house.send(Some(&one), "POST", &path("signatures"), "").await.status, 409);
    assert_eq!(house.send(Some(&two), "POST", &path("signatures"), "").await.status, 200);
    let answer = house.post(&officer, "/v1/assessments", &bill(2, "TGHU1234567")).await;
    assert_ne!(answer.json()["lane"], "green", "{}", answer.text);
    assert!(answer.text.contains("High Court"), "{}", answer.text);
    assert_eq!(house.get(&officer, &format!("/v1/information/{id}")).await.status, 200);
    assert_eq!(house.get(&uncleared, &format!("/v1/information/{id}")).await.status, 404);
    assert!(house.get(&officer, "/v1/me").await.json()["retracted"].is_null());
    assert_eq!(house.post(&two, &path("withdraw"), &json!({ "reason": "quashed on appeal" })).await.status, 202);
    assert_eq!(house.send(Some(&one), "POST", &path("signatures"), "").await.status, 200);
    assert_eq!(lane(&house, &officer, 3, "TGHU1234567").await, "green");
    let told = house.get(&officer, "/v1/me").await.json();
    assert_eq!(told["retracted"][0]["id"], json!(id));
    assert!(house.get(&uncleared, "/v1/me").await.json()["retracted"].is_null());
}

/// A bill is given again with what was live when it was answered, whatever became of it since.
async fn f08_a_bundle_holds_what_was_live_then(ground: Ground) {
    let house = House::told(ground);
    let (one, two) = (house.reader(&[Role::Handler], Label::Red).key, house.reader(&[Role::Handler], Label::Red).key);
    let analyst = house.reader(&[Role::Analyst], Label::Red).key;
    let green = house.reader(&[Role::Analyst], Label::Green).key;
    let id = live(&house, &one, &report("box"), "TLP:AMBER").await;
    let hidden = live(&house, &one, &report("QUOLLFANG"), "TLP:RED").await;
    let answer = house.post(&analyst, "/v1/assessments", &bill(1, "CSQU3054383")).await.json();
    assert_eq!(answer["lane"], "yellow");
    for id in [&id, &hidden] {
        house.post(&one, &format!("/v1/information/{id}/withdraw"), &json!({ "reason": "wrong" })).await;
        assert_eq!(house.send(Some(&two), "POST", &format!("/v1/information/{id}/signatures"), "").await.status, 200);
    }
    let bundle = async |key: &str| {
        let request = axum::http::Request::builder()
            .uri(format!("/v1/assessments/{}/bundle", answer["id"].as_str().unwrap()))
            .header("host", "localhost")
            .header("authorization", format!("Bearer {key}"));
        house.bytes(request.body(axum::body::Body::empty()).unwrap()).await
    };
    let (status, _, bytes) = bundle(&analyst).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("inputs/information").unwrap(), &mut text).unwrap();
    assert!(text.contains(&id) && text.contains(&hidden), "{text}");
    let (status, _, bytes) = bundle(&green).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert!(archive.by_name("inputs/information").is_err(), "that there is any is not told");
}

/// Who may see what: handlers all but what is on those who decide, which integrity readers alone see; others by label and group;
/// contributors what is open to their groups, and their own.
#[tokio::test]
async fn i05_i15_i16_c03_who_sees_what() {
    let house = House::told(Ground::file());
    let group = house.office.add_group(OPERATOR, "Wood watchers", GroupKind::Ngo, None).unwrap().id;
    let of_group = |roles: &[Role], label| {
        let mut wanted = House::wanted("one of a group", roles, label);
        wanted.groups.insert(group.clone());
        house.office.add_reader(OPERATOR, wanted).unwrap().key
    };
    let handler = house.reader(&[Role::Handler], Label::Clear).key;
    let integrity = house.reader(&[Role::Integrity], Label::Clear).key;
    let contributor = of_group(&[Role::Contributor], Label::Clear);
    let outsider = house.reader(&[Role::Contributor], Label::Red).key;
    let officer = house.reader(&[Role::Officer], Label::Amber).key;
    let of_task = of_group(&[Role::Officer], Label::Amber);
    let official = house.reader(&[Role::Officer], Label::Red).key;
    let told = async |key: &str, kind: &str, title: &str| {
        let told = json!({ "kind": kind, "title": title, "source_kind": "ngo", "effective_to": "2027-01-01" });
        let answer = house.post(key, "/v1/information", &told).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let grade = async |id: &str, label: &str, groups: &[&String]| {
        let mut grading = grading(label);
        grading["groups"] = json!(groups);
        let answer = house.post(&handler, &format!("/v1/information/{id}/grade"), &grading).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    let new = told(&contributor, "report", "new").await;
    let amber = told(&contributor, "report", "amber").await;
    grade(&amber, "TLP:AMBER", &[&group]).await;
    let (clear, green) = (told(&handler, "alert", "clear").await, told(&handler, "alert", "green").await);
    grade(&clear, "TLP:CLEAR", &[]).await;
    grade(&green, "TLP:GREEN", &[&group]).await;
    // An official who was offered money and said so: it is on record, and read by those alone who look into it.
    let bribe = told(&official, "integrity", "an offer was refused").await;
    let all = [("new", &new), ("amber", &amber), ("clear", &clear), ("green", &green), ("bribe", &bribe)];
    let seen = async |key: &str| {
        let mut seen = Vec::new();
        for (name, id) in all {
            match house.get(key, &format!("/v1/information/{id}")).await.status {
                200 => seen.push(name),
                404 => {}
                other => panic!("{other}"),
            }
        }
        let listed = house.get(key, "/v1/information").await.json();
        let mut titles: Vec<String> = listed["information"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let mut ids: Vec<String> =
            all.iter().filter(|(name, _)| seen.contains(name)).map(|(_, id)| (*id).clone()).collect();
        titles.sort();
        ids.sort();
        assert_eq!(titles, ids, "what is listed is what may be read");
        seen.join(" ")
    };
    assert_eq!(seen(&handler).await, "new amber clear green");
    assert_eq!(seen(&integrity).await, "bribe");
    assert_eq!(seen(&contributor).await, "new amber clear green", "his own, and what is open to his group");
    assert_eq!(seen(&outsider).await, "clear", "a clearance alone makes no contributor an insider");
    assert_eq!(seen(&officer).await, "clear green");
    assert_eq!(seen(&of_task).await, "amber clear green");
    assert_eq!(seen(&official).await, "clear green bribe");
    // What is on those who decide never acts in a score.
    let path = format!("/v1/information/{bribe}");
    assert_eq!(house.post(&integrity, &format!("{path}/grade"), &grading("TLP:RED")).await.status, 200);
    assert_eq!(house.send(Some(&integrity), "POST", &format!("{path}/live"), "").await.status, 409);
    assert_eq!(house.post(&handler, &format!("{path}/close"), &json!({ "reason": "x" })).await.status, 404);
    // Readings of what is AMBER or stricter stand in the log, and by whom.
    assert!(entries(&house, Kind::Read).iter().all(|entry| entry.label >= Label::Amber));
    assert!(!entries(&house, Kind::Read).is_empty());
}

/// No field for who informs; a code is no name; a text that names a registered holder is refused in any spelling, and none of it is
/// kept.
#[tokio::test]
async fn i01_nobody_who_informs_is_named() {
    let house = House::told(Ground::file());
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let contributor = house.reader(&[Role::Contributor], Label::Clear).key;
    let schema = house.send(None, "GET", "/openapi.json", "").await.json();
    let form = &schema["components"]["schemas"]["InformationForm"]["properties"];
    let fields: Vec<&String> = form.as_object().unwrap().keys().collect();
    for word in ["name", "person", "informant", "sender", "phone", "email", "contact", "author"] {
        assert!(!fields.iter().any(|field| field.contains(word)), "{word} in {fields:?}");
    }
    let told = |code: Value| json!({ "kind": "report", "title": "t", "source_kind": "covert", "source_code": code });
    for (code, status) in
        [(json!("SRC-7"), 201), (json!(null), 422), (json!("JOHN-SMITH"), 422), (json!("John 7"), 422)]
    {
        assert_eq!(house.post(&handler, "/v1/information", &told(code.clone())).await.status, status, "{code}");
    }
    let names = ["Jonathan Ashcombe", "Rasoamanana Hery", "Ибрагим Хасанов", "María Peñalosa"];
    for (n, name) in names.iter().enumerate() {
        house.office.add_holder(OPERATOR, &format!("SRC-{n}"), &[(*name).to_owned()]).unwrap();
    }
    let spelt = [
        "Jonathan Ashcombe",
        "ASHCOMBE, Jonathan",
        "Jonathon Ashcomb",
        "J. Ashcombe",
        "Jonathan  ASHCOMBE",
        "Mr Ashcombe (Jonathan)",
        "Hery Rasoamanana",
        "RASOAMANANA, H.",
        "Rasoamanana Héry",
        "rasoamanana hery",
        "Rasoamanana-Hery",
        "Hery. Rasoamanana",
        "Ibragim Khasanov",
        "Хасанов Ибрагим",
        "ИБРАГИМ ХАСАНОВ",
        "I. Khasanov",
        "Khasanov, Ibragim",
        "Ибрагим  Хасанов",
        "Maria Penalosa",
        "PEÑALOSA María",
    ];
    let sentence = |n: usize, who: &str| {
        format!("Note {n}: two trucks left the depot by night, {who} was with them until Tuesday.")
    };
    let honest = [
        "the driver",
        "the shipping agent",
        "Captain Ahab",
        "somebody of the mill",
        "John Ashworth",
        "Hery",
        "Maria Lopez",
        "the consignee",
        "a guard",
        "their forwarder in Toamasina",
    ];
    let before = house.office.store.n_entries().unwrap();
    let mut taken = 0;
    for n in 0..180 {
        let text = sentence(n, honest[n % honest.len()]);
        let body = json!({ "kind": "report", "title": "Depot", "text": text, "source_kind": "ngo" });
        let answer = house.post(&contributor, "/v1/information", &body).await;
        assert_eq!(answer.status, 201, "{text}: {}", answer.text);
        taken += 1;
    }
    let fields = ["text", "title", "plain_text"];
    for (n, who) in spelt.iter().enumerate() {
        let mut body = json!({ "kind": "report", "title": "Depot", "text": "x", "source_kind": "ngo" });
        body[fields[n % 3]] = json!(sentence(n, who));
        let answer = house.post(&contributor, "/v1/information", &body).await;
        assert_eq!(answer.status, 422, "{who}: {}", answer.text);
        assert!(answer.text.contains("speak to a handler") && !answer.text.contains("truck"), "{}", answer.text);
    }
    // Whatever the field: a ship, a court, a reason.
    let mut ship =
        json!({ "kind": "report", "title": "t", "source_kind": "ngo", "vessels": [{ "name": "Jonathan Ashcombe" }] });
    assert_eq!(house.post(&contributor, "/v1/information", &ship).await.status, 422);
    ship["vessels"] = json!([{ "name": "DEMO QUAY" }]);
    let id = house.post(&handler, "/v1/information", &ship).await.json()["id"].as_str().unwrap().to_owned();
    let reason = json!({ "reason": "J. Ashcombe was wrong" });
    assert_eq!(house.post(&handler, &format!("/v1/information/{id}/close"), &reason).await.status, 422);
    // Of the refused ones stands only that there was one.
    let after = house.office.store.entries(before, 10_000).unwrap();
    assert_eq!(after.len(), taken + spelt.len() + 3);
    for entry in &after {
        let body = house.office.store.body(&entry.body).unwrap().unwrap();
        let text = String::from_utf8(body.bytes).unwrap().to_lowercase();
        assert!(!text.contains("ashcomb") && !text.contains("rasoamanana") && !text.contains("хасанов"), "{text}");
    }
}

/// What a covert source told is passed on in a copy that says nothing of it, or not at all; no copy says that it is one.
#[tokio::test]
async fn i07_what_a_covert_source_told_is_not_passed_on() {
    let house = House::told(Ground::file());
    let group = house.office.add_group(OPERATOR, "Partners", GroupKind::Regional, None).unwrap().id;
    let mut wanted = House::wanted("partner", &[Role::Officer], Label::Amber);
    wanted.groups.insert(group.clone());
    let partner = house.office.add_reader(OPERATOR, wanted).unwrap().key;
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let told = json!({ "kind": "report", "title": "ZIBETHUSK", "text": "ZIBETGLEN", "source_kind": "covert", "source_code": "SRC-77",
        "effective_to": "2027-01-01" });
    let id = house.post(&handler, "/v1/information", &told).await.json()["id"].as_str().unwrap().to_owned();
    house.post(&handler, &format!("/v1/information/{id}/grade"), &grading("TLP:AMBER")).await;
    let share = json!({ "to_groups": [group], "to_countries": ["MG"] });
    let refused = house.post(&handler, &format!("/v1/information/{id}/shares"), &share).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(entries(&house, Kind::Refused).len(), 1);
    let mut clean =
        json!({ "kind": "report", "title": "a box to look at", "source_kind": "covert", "source_code": "SRC-77" });
    let copies = format!("/v1/information/{id}/copies");
    assert_eq!(house.post(&handler, &copies, &clean).await.status, 422);
    clean["source_kind"] = json!("government");
    clean["source_code"] = json!(null);
    let copy = house.post(&handler, &copies, &clean).await;
    assert_eq!(copy.status, 201, "{}", copy.text);
    let copy = copy.json()["id"].as_str().unwrap().to_owned();
    house.post(&handler, &format!("/v1/information/{copy}/grade"), &grading("TLP:AMBER")).await;
    assert_eq!(house.post(&handler, &format!("/v1/information/{copy}/shares"), &share).await.status, 200);
    let seen = house.get(&partner, &format!("/v1/information/{copy}")).await;
    assert_eq!(seen.status, 200);
    for word in ["ZIBET", "SRC-77", &id, "covert", "copies", "derived"] {
        assert!(!seen.text.contains(word), "{word}: {}", seen.text);
    }
    assert!(
        house.get(&handler, &format!("/v1/information/{id}")).await.text.contains(&copy),
        "the original knows its copies"
    );
}

/// A label is made stricter by one person and less strict by two; a grade of another scheme, a field that nobody knows, and days in
/// the wrong order are refused with what would fit.
#[tokio::test]
async fn e06_c08_labels_and_grades() {
    let house = House::told(Ground::file());
    let (one, two) = (house.reader(&[Role::Handler], Label::Red).key, house.reader(&[Role::Handler], Label::Red).key);
    let officer = house.reader(&[Role::Officer], Label::Amber).key;
    let id = house.post(&one, "/v1/information", &report("box")).await.json()["id"].as_str().unwrap().to_owned();
    let path = |act: &str| format!("/v1/information/{id}/{act}");
    let mut wrong = grading("TLP:RED");
    wrong["grade"]["scheme"] = json!("uk_3x5x2");
    let answer = house.post(&one, &path("grade"), &wrong).await;
    assert!(answer.status == 422 && answer.text.contains("europol_4x4"), "{}", answer.text);
    assert_eq!(house.post(&one, &path("grade"), &grading("TLP:RED")).await.status, 200);
    assert_eq!(house.post(&one, &path("grade"), &grading("TLP:CLEAR")).await.status, 409);
    let lower = json!({ "label": "TLP:AMBER", "reason": "the partner needs it" });
    assert_eq!(house.post(&one, &path("label"), &lower).await.status, 202);
    assert_eq!(house.get(&officer, &format!("/v1/information/{id}")).await.status, 404);
    assert_eq!(house.send(Some(&one), "POST", &path("signatures"), "").await.status, 409);
    assert_eq!(house.send(Some(&two), "POST", &path("signatures"), "").await.status, 200);
    assert_eq!(house.get(&officer, &format!("/v1/information/{id}")).await.status, 200);
    assert_eq!(entries(&house, Kind::LabelLowered).len(), 1);
    let raise = json!({ "label": "TLP:RED", "reason": "no longer" });
    assert_eq!(house.post(&one, &path("label"), &raise).await.status, 200);
    assert_eq!(house.get(&officer, &format!("/v1/information/{id}")).await.status, 404);
    for (field, value, says) in [
        ("containrs", json!(["X"]), "containrs"),
        ("effective_from", json!("2028-01-01"), "comes before its first"),
        ("kind", json!("tip"), "without a key"),
        ("title", json!(" "), "empty"),
        ("taxa", json!(vec!["Dalbergia nigra"; 300]), "MAX_INFORMATION_NAMES"),
    ] {
        let mut told = report("box");
        told[field] = value;
        let answer = house.post(&one, "/v1/information", &told).await;
        assert!(answer.status == 422 && answer.text.contains(says), "{field}: {}", answer.text);
    }
}

/// X4 is not A1: what a grade says decides what it does.
#[tokio::test]
async fn grades_act_by_their_own_scheme() {
    let house = House::told(Ground::file());
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let officer = house.reader(&[Role::Officer], Label::Red).key;
    for (n, (source, content, expected)) in
        [("A", "1", "yellow"), ("X", "4", "blue"), ("C", "3", "green")].iter().enumerate()
    {
        let container = ["CSQU3054383", "TGHU1234567", "MSCU1234566"][n];
        let mut told = report("box");
        told["containers"] = json!([container]);
        let id = house.post(&handler, "/v1/information", &told).await.json()["id"].as_str().unwrap().to_owned();
        let mut grading = grading("TLP:GREEN");
        grading["grade"] = json!({ "scheme": "europol_4x4", "source": source, "content": content });
        house.post(&handler, &format!("/v1/information/{id}/grade"), &grading).await;
        assert_eq!(house.send(Some(&handler), "POST", &format!("/v1/information/{id}/live"), "").await.status, 200);
        assert_eq!(lane(&house, &officer, n, container).await, *expected, "{source}{content}");
    }
}

/// Two stores, one of which holds a report, a conviction and a ruleset under TLP:RED: to who is not cleared all is equal but for
/// the lane and the constant sentence, and none of their words is anywhere.
#[tokio::test]
async fn i02_what_is_told_in_secret_changes_nothing_but_the_lane() {
    let (without, with) = (House::told(Ground::file()), House::told(Ground::file()));
    let words = ["QUOLLFANG", "ZIBETGLEN", "XERUSHUSK", "WOMBATMOTH"];
    let (one, two) = (with.reader(&[Role::Handler], Label::Red).key, with.reader(&[Role::Handler], Label::Red).key);
    let mut told = report(words[0]);
    told["text"] = json!(words[1]);
    told["vessels"] = json!([{ "name": "DEMO QUAY", "imo": "9999993" }]);
    live(&with, &one, &told, "TLP:RED").await;
    let convicted = json!({ "kind": "conviction", "title": words[2], "source_kind": "government",
        "parties": ["HARMLESS EXPORT COMPANY"], "review_by": "2027-11-01",
        "conviction": { "offence": words[3], "law": words[2], "court": words[1], "sentenced_on": "2025-03-01", "country": "HK",
            "appeal": "final" } });
    let id = live(&with, &one, &convicted, "TLP:RED").await;
    assert_eq!(with.send(Some(&two), "POST", &format!("/v1/information/{id}/signatures"), "").await.status, 200);
    let mut differs = 0;
    for role in AUDIENCES.into_iter().chain([Role::Publisher, Role::Contributor]) {
        for clearance in [Label::Clear, Label::AmberStrict] {
            let keys = [&without, &with].map(|house| house.reader(&[role], clearance).key);
            let (mine, theirs) = (everything(&without, &keys[0]).await, everything(&with, &keys[1]).await);
            for ((what, a), (_, b)) in mine.iter().zip(&theirs) {
                for word in words {
                    assert!(!b.text.contains(word) && !format!("{:?}", b.headers).contains(word), "{role}: {what}");
                }
                let is_gone = what.starts_with(AGAIN) && (a.status == 404 || b.status == 404);
                if what != "/v1/me" && what != QUEUE && !is_gone {
                    assert_eq!(without_lane(a, &mut 0), without_lane(b, &mut differs), "{role} {clearance}: {what}");
                }
            }
        }
    }
    assert!(differs > 5, "the secrets decide lanes, or nothing is shown here: {differs}");
    let cleared = with.reader(&[Role::Analyst], Label::Red).key;
    let text: String = everything(&with, &cleared).await.into_iter().map(|(_, answer)| answer.text).collect();
    assert!(words.iter().all(|word| text.contains(word)), "whoever may know them is told");
}

/// A bill that was let go on one day becomes an audit on another, when somebody tells of its container; its lane moves only as an officer
/// raises it. What leaves on other ways, what came long before and what is in no answer stays.
async fn b14_what_was_let_go_is_looked_at_again_when_something_is_told(ground: Ground) {
    let house = House::told(ground);
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let officer = house.reader(&[Role::Officer], Label::Red).key;
    // It is blue for its papers, and let go.
    let mut asks = bill(1, "CSQU3054383");
    asks["consignments"][0]["goods_items"][0]["description"] = json!("SAWN WOOD OF DALBERGIA LATIFOLIA");
    asks["consignments"][0]["goods_items"][0]["hs_code"] = json!("440729");
    asks["consignments"][0]["goods_items"][0]["origin"] = json!("IN");
    let of = async |bill: &Value| {
        let answer = house.post(&officer, "/v1/assessments", bill).await.json();
        (answer["id"].as_str().unwrap().to_owned(), answer["lane"].as_str().unwrap().to_owned())
    };
    let (id, lane) = of(&asks).await;
    let lowered = json!({ "kind": "waived", "reason": "papers seen", "until": "2026-12-31" });
    let second = house.reader(&[Role::Officer], Label::Red).key;
    if lane != "blue" {
        let proposed = house.post(&officer, &format!("/v1/assessments/{id}/decisions"), &lowered).await;
        assert_eq!(proposed.status, 202, "{}", proposed.text);
        let decision = proposed.json()["id"].as_str().unwrap().to_owned();
        let signed = house.send(Some(&second), "POST", &format!("/v1/decisions/{decision}/signatures"), "{}").await;
        assert_eq!(signed.status, 201, "{}", signed.text);
    }
    let mut other = asks.clone();
    other["consignments"][0]["bill_of_lading"] = json!("SYN9999");
    other["consignments"][0]["goods_items"][0]["in_containers"] = json!([{ "container": "MSKU6011672" }]);
    other["equipment"] = json!([{ "container": "MSKU6011672" }]);
    of(&other).await;
    house.at("2026-11-20T08:00:00Z");
    let told = json!({ "kind": "report", "title": "box", "text": "seen at the quay", "source_kind": "government",
        "containers": ["CSQU3054383"], "effective_to": "2027-06-30" });
    let report = live(&house, &handler, &told, "TLP:GREEN").await;
    let path = |days: u32| format!("/v1/information/{report}/reselection?days={days}");
    let found = house.get(&handler, &path(30)).await;
    assert_eq!(found.status, 200, "{}", found.text);
    let found = found.json();
    let bills = found["bills"].as_array().unwrap();
    assert_eq!(bills.len(), 1, "{found}");
    assert_eq!(bills[0]["id"], json!(id));
    assert_ne!(bills[0]["lane_now"], bills[0]["lane_in_force"]);
    // Of an earlier day nothing is told; days are bounded; nobody else is told what a report would stop.
    assert_eq!(house.get(&handler, &path(1)).await.json()["bills"], json!([]));
    for days in [0, 367] {
        assert_eq!(house.get(&handler, &path(days)).await.status, 422);
    }
    assert_eq!(house.get(&officer, &path(30)).await.status, 403);
    // An officer raises it, or not: nothing has moved by the look. Then it is found no more.
    let again = house.get(&handler, &path(30)).await.json();
    assert_eq!(again["bills"][0]["lane_in_force"], bills[0]["lane_in_force"]);
    let raise = json!({ "kind": "raised", "lane": "red", "reason": "told of after it was let go" });
    let raised = house.post(&officer, &format!("/v1/assessments/{id}/decisions"), &raise).await;
    assert_eq!((raised.status, &raised.json()["lane_in_force"]), (201, &json!("red")), "{}", raised.text);
    assert_eq!(house.get(&handler, &path(30)).await.json()["bills"], json!([]));
    // Once it acts no longer, it stops nothing.
    let withdrawn =
        house.post(&handler, &format!("/v1/information/{report}/withdraw"), &json!({ "reason": "x" })).await;
    assert_eq!(withdrawn.status, 202);
    let both = house.reader(&[Role::Handler], Label::Red).key;
    house.send(Some(&both), "POST", &format!("/v1/information/{report}/signatures"), "").await;
    assert_eq!(house.get(&handler, &path(30)).await.status, 409);
}
