//! Sealed holds: a consignment that is let through is as its twin that nothing is known of, to everybody who is not cleared for
//! all, until the hold is over.

use palisander::service::readers::OPERATOR;
use palisander::store::{Entry, Kind, ReaderKind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::information::{live, report};
use crate::sight::{AUDIENCES, QUEUE};

on_each_store! {
    g12_a_held_consignment_is_as_its_unheld_twin,
    g12_what_expired_is_in_its_lane_under_the_ids_that_were_told,
    g12_two_persons_order_a_hold_and_one_ends_it,
}

/// The container of which something is known, and the bill in it.
const BOX: &str = "CSQU3054383";

/// A bill in the box; with words of rosewood, a red one whoever looks.
fn bill(number: &str, goods: &str) -> Value {
    json!({ "reference": format!("R-{number}"), "equipment": [{ "container": BOX }], "consignments": [{
        "bill_of_lading": number,
        "parties": [{ "role": "consignor", "name": "KESTREL SAMPLE HARDWOODS LTD", "address": { "country": "MG" } }],
        "goods_items": [{ "description": goods, "hs_code": if goods == OPEN { "440349" } else { "610910" },
            "origin": if goods == OPEN { "MG" } else { "BD" }, "gross_mass_kg": 900, "in_containers": [{ "container": BOX }] }] }] })
}

const PLAIN: &str = "COTTON SHIRTS";
const OPEN: &str = "DALBERGIA BARONII LOGS";

fn wanted(number: &str) -> Value {
    json!({ "consignment": number, "instrument": "order 7/26 of the prosecutor", "reason": "to whom it goes",
        "expires_at": "2026-11-03T12:00:00Z" })
}

/// A hold that acts: its id.
async fn held(house: &House, number: &str) -> String {
    let [first, second] = [(); 2].map(|()| house.reader(&[Role::Handler], Label::Red).key);
    let proposed = house.post(&first, "/v1/holds", &wanted(number)).await;
    assert_eq!((proposed.status, &proposed.json()["needs"]), (202, &json!("second")), "{}", proposed.text);
    let id = proposed.json()["id"].as_str().unwrap().to_owned();
    let signed = house.post(&second, &format!("/v1/holds/{id}/signatures"), &json!({})).await;
    assert_eq!((signed.status, &signed.json()["state"]), (200, &json!("acts")), "{}", signed.text);
    id
}

fn entries(house: &House, kind: Kind) -> Vec<Entry> {
    house.office.store.entries(0, 10_000).unwrap().into_iter().filter(|entry| entry.kind == kind).collect()
}

/// All of an answer that is not random: lanes, lengths and heads included.
fn plain(answer: &Answer) -> String {
    let one = |line: &str| {
        let mut value: Value = serde_json::from_str(line).unwrap_or(json!(line));
        if let Some(fields) = value.as_object_mut() {
            fields.shift_remove("id");
        }
        value.to_string()
    };
    let mut headers = answer.headers.clone();
    headers.remove("etag");
    let lines: Vec<String> = answer.text.lines().map(one).collect();
    format!("{} {} {headers:?} {}", answer.status, answer.text.len(), lines.join("\n"))
}

/// What a reader is told of a bill: alone, again, among others, and in the queue.
async fn told(house: &House, key: &str, bill: &Value) -> Vec<String> {
    let alone = house.post(key, "/v1/assessments", bill).await;
    let id = alone.json()["id"].as_str().unwrap_or_default().to_owned();
    let again = house.get(key, &format!("/v1/assessments/{id}")).await;
    let bundle = house.get(key, &format!("/v1/assessments/{id}/bundle")).await;
    let other = json!({ "reference": "R-X", "consignments": [{ "bill_of_lading": "OTHER",
        "goods_items": [{ "description": "COTTON SHIRTS", "hs_code": "610910", "gross_mass_kg": 90 }] }] });
    let among = house.send(Some(key), "POST", "/v1/manifests", &format!("{other}\n{bill}\n")).await;
    let queue = house.get(key, QUEUE).await;
    let holds = house.get(key, "/v1/holds").await;
    // Ids are of the path that was asked.
    let gone = |answer: &Answer| plain(answer).replace(&id, "ID");
    vec![plain(&alone), gone(&again), gone(&bundle), plain(&among), plain(&queue), plain(&holds)]
}

/// What is counted of bills.
async fn counted(house: &House) -> Vec<String> {
    let auditor = house.reader(&[Role::Auditor], Label::Red).key;
    let metrics = house.get(&auditor, "/metrics").await.text;
    metrics.lines().filter(|line| line.contains("bills") && !line.starts_with('#')).map(str::to_owned).collect()
}

/// In one house something is known of the box under TLP:RED and its bill is let through; in the other nothing is known and
/// nothing held. And a bill that is red by its own words is, while it is let through, one that no rule speaks of.
async fn g12_a_held_consignment_is_as_its_unheld_twin(ground: Ground) {
    let (house, twin) = (House::told(ground), House::told(Ground::file()));
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    live(&house, &handler, &report("box"), "TLP:RED").await;
    let officer = house.reader(&[Role::Officer], Label::Clear).key;
    let known = house.post(&officer, "/v1/assessments", &bill("KNOWN-1", PLAIN)).await.json();
    assert_eq!((&known["lane"], known["held"].is_string()), (&json!("yellow"), true), "what is not held is not green");
    let hold = held(&house, "HELD-1").await;

    let queued = house.get(&officer, QUEUE).await.text;
    let mut n = 0;
    for role in AUDIENCES {
        for clearance in [Label::Clear, Label::AmberStrict] {
            let keys = [&house, &twin].map(|house| house.reader(&[role], clearance).key);
            for written in ["HELD-1", "held 1"] {
                let bill = bill(written, PLAIN);
                let [mut mine, mut theirs] = [told(&house, &keys[0], &bill).await, told(&twin, &keys[1], &bill).await];
                // The bill from before is in the one queue alone.
                mine.remove(4);
                theirs.remove(4);
                assert_eq!(mine, theirs, "{role} {clearance} {written}");
                assert!(!mine[0].contains("held\":"), "{}", mine[0]);
                n += 2;
            }
        }
    }
    assert_eq!(house.get(&officer, QUEUE).await.text, queued, "nothing of it is in the queue");
    assert_eq!(entries(&house, Kind::HoldMet).len(), n);

    // Who is cleared for all sees it as it is.
    let shown = house.get(&handler, &format!("/v1/holds/{hold}")).await.json();
    assert_eq!((&shown["n_bills"], &shown["bills"][0]["lane"]), (&json!(n), &json!("yellow")), "{shown}");
    assert_eq!(shown["bills"][0]["answer"]["hits"][0]["handling"], "TLP:RED", "{shown}");

    // Red by its own words: while it is let through no rule has met, and nothing else is missing.
    let red = house.post(&officer, "/v1/assessments", &bill("OPEN-0", OPEN)).await.json();
    assert_eq!(red["lane"], "red");
    let hold = held(&house, "OPEN-1").await;
    let before = counted(&house).await;
    for role in AUDIENCES {
        for clearance in Label::ALL {
            let key = house.reader(&[role], clearance).key;
            let answer = house.post(&key, "/v1/assessments", &bill("OPEN-1", OPEN)).await.json();
            let is_green = answer["lane"] == "green" || answer["referral"] == "none";
            assert!(is_green, "{role} {clearance}: {answer}");
            for field in ["hits", "next_steps", "unverifiable", "shadow_hits"] {
                assert!(answer[field].as_array().is_none_or(Vec::is_empty), "{role} {clearance}: {answer}");
            }
            assert!(answer["requests"].as_array().is_none_or(Vec::is_empty), "{answer}");
            assert!(role < Role::Officer || answer["taxa"] == red["taxa"], "{answer}");
        }
    }
    let grown: Vec<String> = counted(&house).await.into_iter().filter(|line| !before.contains(line)).collect();
    assert!(grown.len() == 1 && grown[0].contains("green"), "{grown:?}");
    let shown = house.get(&handler, &format!("/v1/holds/{hold}")).await.json();
    assert_eq!(shown["bills"][0]["lane"], "red", "{shown}");
}

/// After its end each bill is in its lane under the id by which it was answered, in every list, for every reader, and its bundle
/// gives it again; one that was drawn meanwhile, and one that an officer raised, as well.
async fn g12_what_expired_is_in_its_lane_under_the_ids_that_were_told(ground: Ground) {
    let house = House::told_and_drawing(ground, 1.0);
    let officer = house.reader(&[Role::Officer], Label::Clear).key;
    let importer = house.reader(&[Role::Importer], Label::Clear).key;
    let hold = held(&house, "OPEN-1").await;
    let told = async |key: &str, number: &str| {
        let answer = house.post(key, "/v1/assessments", &bill(number, OPEN)).await.json();
        (answer["id"].as_str().unwrap().to_owned(), answer["lane"].as_str().unwrap().to_owned())
    };
    let (unseen, lane) = told(&officer, "OPEN-1").await;
    assert_eq!(lane, "green");
    let (drawn, lane) = told(&importer, "OPEN-1").await;
    assert_eq!(lane, "blue", "it is drawn as any green bill is");
    let path = |id: &str| format!("/v1/assessments/{id}");
    assert_eq!(house.get(&officer, &path(&unseen)).await.status, 404, "a green bill is not kept");
    assert_eq!(house.get(&officer, &path(&drawn)).await.json()["lane"], "blue");
    let raise = json!({ "kind": "raised", "lane": "yellow", "reason": "the seals" });
    assert_eq!(house.post(&officer, &format!("{}/decisions", path(&drawn)), &raise).await.status, 201);

    // A day before nothing changes, nor by a look; when it has expired, at the next look of whoever serves.
    house.at("2026-11-03T11:59:59Z");
    house.engines.follow(&house.office).unwrap();
    assert_eq!(house.get(&officer, &path(&drawn)).await.json()["lane"], "yellow");
    house.at("2026-11-03T12:00:00Z");
    assert!(house.engines.follow(&house.office).unwrap());
    for id in [&unseen, &drawn] {
        for role in [Role::Officer, Role::Analyst, Role::Auditor] {
            for clearance in Label::ALL {
                let key = house.reader(&[role], clearance).key;
                let answer = house.get(&key, &path(id)).await.json();
                assert_eq!(answer["lane"], "red", "{role} {clearance}: {answer}");
                assert!(answer["hits"].to_string().contains("Dalbergia baronii"), "{answer}");
                let queue = house.get(&key, QUEUE).await.text;
                assert!(queue.contains(id.as_str()), "{queue}");
            }
        }
        let (status, bundle) = crate::bundles::bundle(&house, &officer, id).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bundle));
    }
    assert_eq!(house.get(&importer, &path(&drawn)).await.json()["lane"], "red");
    // The next one is not let through any more, and the log says how it came.
    assert_eq!(told(&officer, "OPEN-1").await.1, "red");
    assert_eq!(entries(&house, Kind::HoldEnded).len(), 1);
    assert_eq!(entries(&house, Kind::HoldMet).iter().map(|entry| &entry.subject).collect::<Vec<_>>(), [&hold, &hold]);
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    assert_eq!(house.get(&handler, &format!("/v1/holds/{hold}")).await.json()["state"], "ended");
    // What came is kept as long as the hold acts, and goes when its days are over.
    let met = entries(&house, Kind::HoldMet);
    let payload = |entry: &Entry| {
        let body = house.office.store.body(&entry.body).unwrap().unwrap();
        let said: Value = serde_json::from_slice(&body.bytes).unwrap();
        palisander::hex::read(said["payload"].as_str().unwrap()).unwrap()
    };
    let is_kept = |entry: &Entry| house.office.store.body(&payload(entry)).unwrap().is_some();
    assert!(met.iter().all(is_kept));
    // What the entries say is what is shown, however often they are read.
    let before = house.get(&officer, QUEUE).await.text;
    house.office.store.rebuild().unwrap();
    assert_eq!(house.get(&officer, QUEUE).await.text, before);
    house.at("2027-11-03T12:00:00Z");
    house.office.erase(OPERATOR, 300, false).unwrap();
    assert!(!met.iter().any(is_kept));
}

/// Every refusal, and each on record; whoever is not cleared for all is told what is told of any page that is none.
async fn g12_two_persons_order_a_hold_and_one_ends_it(ground: Ground) {
    let house = House::told(ground);
    let other = House::told(house.beside());
    let [first, second] = [(); 2].map(|()| house.reader(&[Role::Handler], Label::Red).key);
    let proposed = house.post(&first, "/v1/holds", &wanted("HELD-1")).await.json();
    let path = format!("/v1/holds/{}", proposed["id"].as_str().unwrap());
    let sign = format!("{path}/signatures");
    assert_eq!(house.post(&first, &sign, &json!({})).await.status, 409, "his own");
    let mut machine = House::wanted("machine", &[Role::Handler], Label::Red);
    machine.kind = ReaderKind::Machine;
    let machine = house.office.add_reader(OPERATOR, machine).unwrap().key;
    assert_eq!(house.post(&machine, "/v1/holds", &wanted("HELD-2")).await.status, 409);
    assert_eq!(house.post(&machine, &sign, &json!({})).await.status, 409);
    assert_eq!(entries(&house, Kind::Refused).len(), 3);
    for role in Role::ALL {
        for clearance in [Label::AmberStrict, Label::Red] {
            if (*role, clearance) == (Role::Handler, Label::Red) {
                continue;
            }
            let key = house.reader(&[*role], clearance).key;
            for (method, path) in [("GET", "/v1/holds"), ("GET", &path), ("DELETE", &path), ("POST", &sign)] {
                let answer = house.send(Some(&key), method, path, "").await;
                let nothing = house.send(Some(&key), method, "/v1/nothing", "").await;
                let alike = |answer: &Answer, path: &str| answer.text.replace(path, "PATH");
                assert_eq!((answer.status, alike(&answer, path)), (404, alike(&nothing, "/v1/nothing")), "{role}");
            }
        }
    }
    // Before it acts nothing is let through.
    let officer = house.reader(&[Role::Officer], Label::Clear).key;
    let lane = async |house: &House| {
        house.post(&officer, "/v1/assessments", &bill("HELD-1", OPEN)).await.json()["lane"].clone()
    };
    assert_eq!(lane(&house).await, "red");
    assert_eq!(house.post(&second, &sign, &json!({})).await.status, 200);
    assert_eq!(house.post(&second, &sign, &json!({})).await.status, 409, "it acts already");
    assert_eq!(house.post(&first, "/v1/holds", &wanted("held1")).await.status, 409, "one acts on it");
    assert_eq!(lane(&house).await, "green");
    assert!(other.engines.follow(&other.office).unwrap(), "another process is told");
    assert_eq!(lane(&other).await, "green");
    // What does not fit is told all at once.
    let wrong = json!({ "consignment": "--", "instrument": " ", "reason": "", "expires_at": "2026-10-01T00:00:00Z" });
    let answer = house.post(&first, "/v1/holds", &wrong).await;
    assert_eq!(answer.status, 422);
    for word in ["consignment", "instrument", "reason"] {
        assert!(answer.text.contains(&format!("`{word}`")), "{}", answer.text);
    }
    let mut late = wanted("HELD-3");
    late["expires_at"] = json!("2027-11-01T00:00:00Z");
    assert_eq!(house.post(&first, "/v1/holds", &late).await.status, 409);
    // One alone ends it, at once and here; the bills of both processes are in their lanes.
    assert_eq!(house.send(Some(&first), "DELETE", &path, "").await.json()["state"], "ended");
    assert_eq!(house.send(Some(&first), "DELETE", &path, "").await.status, 409);
    assert_eq!(lane(&house).await, "red");
    assert!(other.engines.follow(&other.office).unwrap());
    assert_eq!(lane(&other).await, "red");
    let shown = house.get(&first, &path).await.json();
    assert_eq!((&shown["n_bills"], &shown["state"]), (&json!(2), &json!("ended")), "{shown}");
    // What waits is taken back.
    let proposed = house.post(&first, "/v1/holds", &wanted("HELD-4")).await.json();
    let path = format!("/v1/holds/{}", proposed["id"].as_str().unwrap());
    assert_eq!(house.send(Some(&second), "DELETE", &path, "").await.json()["state"], "dropped");
    assert_eq!(house.get(&first, "/v1/holds").await.json()["holds"].as_array().unwrap().len(), 2);
}
