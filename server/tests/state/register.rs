//! The permit register in the store: a file fills it, rows change it, and two different persons sign.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, header};
use palisander::service::live::Loaded;
use palisander::store::{Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::secrets::of_files;

on_each_store! {
    c08_one_signature_on_a_register_change_is_refused,
    a_file_fills_an_empty_register_and_another_one_waits,
    p01_what_is_over_does_not_come_to_life_again,
}

pub const HEAD: &str = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,\
     country_of_origin,taxon,appendix,source,purpose,term,quantity,unit,status,handling";

/// A permit for Indian rosewood of so many cubic metres.
pub fn row(number: &str, m3: u32, status: &str, label: &str) -> String {
    format!(
        "{number},export,Wildlife Crime Control Bureau,IN,2026-09-01,2027-02-28,MALABAR TIMBER EXPORTS,NORTH HARBOUR JOINERY,IN,IN,\
         Dalbergia latifolia,II,A,T,SAW,{m3},m3,{status},{label}"
    )
}

pub fn register(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

/// An engine whose register is that file.
pub fn loaded(register: &str) -> Loaded {
    of_files(vec![("inputs/register".to_owned(), register.to_owned())])
}

/// A house whose register is that file.
pub fn house(ground: Ground, register: &str) -> House {
    let loaded = loaded(register);
    House::loading(ground, Arc::new(move || Ok(loaded.clone())))
}

/// A bill of so many cubic metres under a permit.
pub fn bill(n: usize, number: &str, m3: f64) -> Value {
    json!({ "reference": format!("SHIP{n}"), "sender": "SYNLINE", "departure": { "at": "2026-10-10" }, "arrival": { "at": "2026-11-05" },
        "consignments": [{ "bill_of_lading": format!("SYN{n:05}"), "procedure": "import",
            "parties": [{ "role": "consignor", "name": "MALABAR TIMBER EXPORTS", "address": { "country": "IN" } },
                { "role": "consignee", "name": "NORTH HARBOUR JOINERY", "address": { "country": "DE" } }],
            "places": { "loading": "INCOK", "discharge": "DEHAM" },
            "documents": [{ "kind": "cites_export_permit", "number": number, "country": "IN" }],
            "goods_items": [{ "description": "SAWN TIMBER OF DALBERGIA LATIFOLIA", "hs_code": "440729", "origin": "IN",
                "volume_m3": m3, "net_mass_kg": m3 * 850.0 }] }] })
}

/// Verdict and problems of the one paper of a bill.
pub async fn paper(house: &House, key: &str, bill: &Value) -> (String, Vec<String>) {
    let answer = house.post(key, "/v1/assessments", bill).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    of_paper(&answer.json())
}

pub fn of_paper(answer: &Value) -> (String, Vec<String>) {
    let paper = &answer["documents"][0];
    let problems = paper["problems"].as_array().into_iter().flatten();
    let code = |problem: &Value| problem.as_str().or(problem["code"].as_str()).unwrap_or_default().to_owned();
    (paper["verdict"].as_str().unwrap_or_default().to_owned(), problems.map(code).collect())
}

/// Proposes rows.
pub async fn propose(house: &House, key: &str, rows: &str) -> Answer {
    sent(house, key, "/v1/register/changes?note=as%20told", "text/csv", rows).await
}

pub async fn sent(house: &House, key: &str, path: &str, media: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, media);
    house.sends(request.body(Body::from(body.to_owned())).unwrap()).await
}

pub async fn sign(house: &House, key: &str, id: &str) -> Answer {
    house.post(key, &format!("/v1/register/changes/{id}/signatures"), &json!({})).await
}

/// Proposes rows by one and has another sign them.
pub async fn changed(house: &House, one: &str, other: &str, rows: &str) {
    let proposed = propose(house, one, rows).await;
    assert_eq!(proposed.status, 202, "{}", proposed.text);
    let signed = sign(house, other, proposed.json()["id"].as_str().unwrap()).await;
    assert_eq!(signed.status, 200, "{}", signed.text);
}

fn refusals(house: &House) -> usize {
    let entries = house.office.store.entries(0, 10_000).unwrap();
    entries.iter().filter(|entry| entry.kind == Kind::Refused).count()
}

/// C08: a change of the register waits until another person signs; whoever proposed it does not. History shows old and new.
async fn c08_one_signature_on_a_register_change_is_refused(ground: Ground) {
    let file = register(&[row("IN/2026/0417", 40, "issued", ""), row("IN/2026/0418", 40, "issued", "")]);
    let house = house(ground, &file);
    let other = crate::register::house(house.beside(), &file);
    let [one, two] = [0, 1].map(|_| house.reader(&[Role::Officer], Label::Red).key);
    assert_eq!(paper(&house, &one, &bill(1, "IN/2026/0417", 9.0)).await.0, "consistent");
    let proposed = propose(&house, &one, "number,status\nIN/2026/0417,stolen\n").await;
    assert_eq!((proposed.status, &proposed.json()["needs"]), (202, &json!("second")), "{}", proposed.text);
    assert_eq!(proposed.json()["counts"]["status_changed"], 1);
    let id = proposed.json()["id"].as_str().unwrap().to_owned();
    // It waits: nothing acts, and a second key of the same person is the same person.
    assert_eq!(paper(&house, &one, &bill(2, "IN/2026/0418", 9.0)).await.0, "consistent");
    assert_eq!(
        house.get(&two, &format!("/v1/register/changes/{id}")).await.json()["rows"][0]["status"],
        "lost_or_stolen"
    );
    let alone = sign(&house, &one, &id).await;
    assert_eq!(alone.status, 409, "{}", alone.text);
    assert_eq!(refusals(&house), 1, "the attempt is on record");
    let lost = |found: &(String, Vec<String>)| found.1.contains(&"lost_or_stolen".to_owned());
    assert!(!lost(&paper(&house, &two, &bill(3, "IN/2026/0417", 9.0)).await));
    // The second person signs: it acts here at once, and in the other process at its next look.
    let signed = sign(&house, &two, &id).await;
    assert_eq!((signed.status, &signed.json()["state"]), (200, &json!("acts")), "{}", signed.text);
    let answered = house.post(&two, "/v1/assessments", &bill(4, "IN/2026/0417", 9.0)).await.json();
    assert!(lost(&of_paper(&answered)), "{answered}");
    assert_eq!(answered["lane"], "red");
    assert!(other.engines.follow(&other.office).unwrap());
    assert!(lost(&paper(&other, &two, &bill(5, "IN/2026/0417", 9.0)).await));
    assert_eq!(sign(&house, &two, &id).await.status, 409, "once");
    // Old and new, with who did it.
    let permit = house.get(&two, "/v1/permits/IN%2F2026%2F0417").await;
    let life = permit.json()["permits"][0]["history"].clone();
    let statuses: Vec<&str> = life.as_array().unwrap().iter().map(|step| step["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["issued", "lost_or_stolen"], "{}", permit.text);
    assert_eq!((&life[0]["change"], &life[1]["change"]), (&json!("register-seed"), &json!(id)));
    assert!(life[1]["proposed_by"] != life[1]["signed_by"] && life[1]["since"].is_string());
    assert_eq!(
        other.get(&one, "/v1/permits/in-2026-0417").await.json(),
        permit.json(),
        "in any spelling, in every process"
    );
    // What was answered with it is given again from its bundle, and all of it is built again from the entries.
    house.office.store.rebuild().unwrap();
    let again = crate::register::house(house.beside(), &file);
    assert_eq!(again.get(&one, "/v1/permits/IN%2F2026%2F0417").await.json(), permit.json());
    let path = format!("/v1/assessments/{}/bundle", answered["id"].as_str().unwrap());
    let request =
        Request::get(path).header(header::HOST, "localhost").header(header::AUTHORIZATION, format!("Bearer {two}"));
    let (status, _, bytes) = house.bytes(request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut rows = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("inputs/permits").unwrap(), &mut rows).unwrap();
    assert!(rows.contains("lost_or_stolen"), "{rows}");
}

/// The file named at the start is a seed: it fills an empty register. Another file later waits for a second person, and says so.
async fn a_file_fills_an_empty_register_and_another_one_waits(ground: Ground) {
    let file = Arc::new(Mutex::new(register(&[row("IN/2026/0417", 40, "issued", "")])));
    let read = Arc::clone(&file);
    let load = Arc::new(move || Ok(loaded(&read.lock().unwrap())));
    let house = House::loading(ground, load.clone());
    let [one, two] = [0, 1].map(|_| house.reader(&[Role::Officer], Label::Red).key);
    changed(&house, &one, &two, "number,status\nIN/2026/0417,cancelled\n").await;
    // A restart with the same file keeps what was changed since.
    let house = House::loading(house.beside(), load);
    assert!(paper(&house, &one, &bill(1, "IN/2026/0417", 9.0)).await.1.contains(&"cancelled".to_owned()));
    assert_eq!(house.engines.reload(Some(&house.office)).unwrap().register_waits, None);
    // Another file is a change like any other.
    *file.lock().unwrap() = register(&[row("IN/2026/0417", 40, "issued", ""), row("IN/2026/0500", 12, "issued", "")]);
    let waits = house.engines.reload(Some(&house.office)).unwrap().register_waits.unwrap();
    assert_eq!(house.engines.reload(Some(&house.office)).unwrap().register_waits, None, "it is proposed once");
    assert!(paper(&house, &one, &bill(2, "IN/2026/0417", 9.0)).await.1.contains(&"cancelled".to_owned()));
    let listed = house.get(&one, "/v1/register/changes").await.json();
    assert_eq!(listed["changes"][0]["id"], json!(waits));
    assert_eq!(
        (&listed["changes"][0]["source"], &listed["changes"][0]["counts"]["added"]),
        (&json!("file"), &json!(2))
    );
    // The operator proposed it; any officer is the second person. It stands in the place of all before it.
    assert_eq!(sign(&house, &one, &waits).await.status, 200);
    assert!(!paper(&house, &one, &bill(3, "IN/2026/0417", 9.0)).await.1.contains(&"cancelled".to_owned()));
    assert_eq!(house.get(&one, "/v1/permits/IN20260500").await.status, 200);
    // The file before it comes back by the same way.
    *file.lock().unwrap() = register(&[row("IN/2026/0417", 40, "issued", "")]);
    let back = house.engines.reload(Some(&house.office)).unwrap().register_waits.unwrap();
    let dropped =
        house.post(&two, &format!("/v1/register/changes/{back}/withdraw"), &json!({ "reason": "by mistake" })).await;
    assert_eq!((dropped.status, &dropped.json()["state"]), (200, &json!("dropped")), "{}", dropped.text);
    assert_eq!(sign(&house, &one, &back).await.status, 409);
}

/// P01: the life of a permit. A step back is refused, with its place; nothing of the file is taken then.
async fn p01_what_is_over_does_not_come_to_life_again(ground: Ground) {
    let statuses =
        ["issued", "endorsed", "presented", "used", "exhausted", "cancelled", "lost_or_stolen", "reported_false"];
    let number = |n: usize| format!("IN/2026/1{n:03}");
    let rows: Vec<String> = statuses.iter().enumerate().map(|(n, status)| row(&number(n), 40, status, "")).collect();
    let house = house(ground, &register(&rows));
    let [one, two] = [0, 1].map(|_| house.reader(&[Role::Officer], Label::Red).key);
    // From (row) to (column): may it be? As the table of Resolution Conf. 12.3 is read here.
    let table = [
        "-+++++++", // issued
        ".-++++++", // endorsed
        "..-+++++", // presented
        "...-+.++", // used
        "....-..+", // exhausted
        ".....-++", // cancelled
        ".....+-+", // lost or stolen
        ".......-", // reported false
    ];
    for (from, line) in table.iter().enumerate() {
        for (to, cell) in line.chars().enumerate() {
            let rows = format!("number,status\n{},{}\n", number(from), statuses[to]);
            let answer = propose(&house, &one, &rows).await;
            let due = match cell {
                '+' => 202,
                '-' => 409,
                _ => 422,
            };
            assert_eq!(answer.status, due, "{} to {}: {}", statuses[from], statuses[to], answer.text);
            if due == 422 {
                let error = &answer.json()["errors"][0];
                assert_eq!((&error["at"], &error["found"]), (&json!("row 2"), &json!("status")), "{}", answer.text);
            }
        }
    }
    // One that was lawful when it was proposed is not signed when it is no more.
    let early = propose(&house, &one, &format!("number,status\n{},endorsed\n", number(0))).await.json();
    changed(&house, &one, &two, &format!("number,status\n{},cancelled\n", number(0))).await;
    let late = sign(&house, &two, early["id"].as_str().unwrap()).await;
    assert_eq!(late.status, 409, "{}", late.text);
    let permit = house.get(&one, &format!("/v1/permits/{}", number(0).replace('/', "%2F"))).await.json();
    assert_eq!(permit["permits"][0]["document"]["status"], "cancelled");
}

/// Every row that does not fit is told with its place, and nothing of the file is taken; the formats of a register are all read.
#[tokio::test]
async fn nothing_is_half_taken() {
    let house = house(
        Ground::file(),
        &register(&[row("IN/2026/0417", 40, "issued", ""), row("IN/2026/0418", 40, "issued", "")]),
    );
    let [one, two] = [0, 1].map(|_| house.reader(&[Role::Officer], Label::Amber).key);
    let good = "IN/2026/0417,lost,\n";
    for (rows, row, column) in [
        ("IN/2026/9999,lost,\n", "row 3", "number"),
        ("IN/2026/0418,vanished,\n", "row 3", "status"),
        (",lost,\n", "row 3", "number"),
        ("IN/2026/0417,cancelled,\n", "row 3", "number"),
        ("IN/2026/0418,lost,IN/2026/0417\n", "row 3", "replaced_by"),
        ("IN/2026/0418,replaced,IN/2026/9999\n", "row 3", "replaced_by"),
        ("IN/2026/0418,replaced,IN/2026/0418\n", "row 3", "replaced_by"),
        ("IN/2026/0418,,\n", "row 3", "status"),
    ] {
        let answer = propose(&house, &one, &format!("number,status,replaced_by\n{good}{rows}")).await;
        assert_eq!(answer.status, 422, "{rows}: {}", answer.text);
        let errors = answer.json()["errors"].clone();
        let found: Vec<(&str, &str)> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (error["at"].as_str().unwrap(), error["found"].as_str().unwrap()))
            .collect();
        assert!(found.contains(&(row, column)), "{rows}: {found:?}");
    }
    for (rows, status) in
        [("", 422), ("number\n", 409), ("colour\n1\n", 422), ("{", 422), ("<x/>", 422), ("\u{0}\u{1}", 422)]
    {
        let answer = propose(&house, &one, rows).await;
        assert_eq!(answer.status, status, "{rows:?} {}", answer.text);
    }
    assert_eq!(
        house.get(&one, "/v1/register/changes").await.json()["changes"].as_array().unwrap().len(),
        0,
        "the seed is whole"
    );
    // A label that he may not read himself is none that he gives.
    let red = propose(&house, &one, "number,status,handling\nIN/2026/0417,lost,TLP:RED\n").await;
    assert_eq!(red.status, 422, "{}", red.text);
    // Added, corrected, replaced: in CSV and in NDJSON, in one file and under one key.
    let rows = format!(
        "{HEAD},replaced_by\n{},\n{},\n",
        row("IN/2026/0600", 5, "issued", ""),
        row("IN/2026/0417", 30, "issued", "")
    );
    changed(&house, &one, &two, &rows).await;
    let lines = "{\"number\":\"IN/2026/0418\",\"status\":\"replaced\",\"replaced_by\":\"IN/2026/0600\"}\n";
    let send = async |key: &str, body: &str| {
        let request = Request::post("/v1/register/changes")
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header("idempotency-key", "k-1")
            .header(header::CONTENT_TYPE, "application/x-ndjson");
        house.sends(request.body(Body::from(body.to_owned())).unwrap()).await
    };
    let (first, second) = (send(&one, lines).await, send(&one, lines).await);
    assert_eq!((first.status, &first.json()["id"]), (202, &second.json()["id"]), "{}", second.text);
    assert_eq!(sign(&house, &two, first.json()["id"].as_str().unwrap()).await.status, 200);
    let corrected = house.get(&one, "/v1/permits/IN20260417").await.json();
    assert_eq!(corrected["permits"][0]["document"]["positions"][0]["quantity"], 30.0, "{corrected}");
    assert_eq!(corrected["permits"][0]["history"][0]["document"]["positions"][0]["quantity"], 40.0);
    let replaced = house.get(&one, "/v1/permits/IN20260418").await.json();
    assert_eq!(replaced["permits"][0]["history"][1]["replaced_by"], "IN/2026/0600", "{replaced}");
    // The search of the engine, over what is in force now.
    let stated =
        json!({ "number": "IN/2O26/O600", "holder": "Malabar Timber Exports", "taxon": "Dalbergia latifolia" });
    let found = house.post(&one, "/v1/permits/match", &stated).await.json();
    assert_eq!(found["candidates"][0]["number"], "IN/2026/0600", "{found}");
    assert!(found["candidates"][0]["fields"]["holder"].as_f64() > Some(0.9), "{found}");
    assert_eq!(house.get(&one, "/v1/permits/IN20269999").await.status, 404);
    // A paper that is only half understood may be another one.
    for (stated, says) in [
        (json!({ "number": "IN/2026/0600", "quantity": -1 }), "`quantity` is no number from 0"),
        (json!({ "number": "IN/2026/0600", "endorsed_quantity": "many" }), "`endorsed_quantity` is no number from 0"),
        (json!({ "number": ["IN/2026/0600"] }), "`number` is no text"),
        (json!({ "number": "IN/2026/0600", "taxon": 7 }), "`taxon` is neither a text nor a list of texts"),
        (json!({ "taxon": "Dalbergia latifolia", "taxa": [7] }), "`taxa` is neither a text nor a list of texts"),
        (json!({ "number": "IN/2026/0600", "as_of": "someday" }), "`as_of`: `someday` is not a day"),
        (json!({ "numbr": "IN/2026/0600" }), "`numbr` is no field; did you mean `number`?"),
    ] {
        let answer = house.post(&one, "/v1/permits/match", &stated).await;
        assert!(answer.status == 422 && answer.text.contains(says), "{stated}: {}", answer.text);
    }
}

/// Two states that differ in one change under TLP:RED are one to who is not cleared: answers, permits, changes, matches.
#[tokio::test]
async fn a_change_under_red_is_not_seen() {
    let file = register(&[row("IN/2026/0417", 40, "issued", ""), row("IN/2026/0418", 40, "issued", "")]);
    let [with, without] = [0, 1].map(|_| house(Ground::file(), &file));
    let mut answers = Vec::new();
    for (is_secret, house) in [(true, &with), (false, &without)] {
        let [one, two] = [0, 1].map(|_| house.reader(&[Role::Officer], Label::Red).key);
        let [low, high] = [0, 1].map(|_| house.reader(&[Role::Officer, Role::Analyst], Label::AmberStrict).key);
        if is_secret {
            let rows = format!(
                "{}\n{}\n",
                row("IN/2026/0417", 1, "issued", "TLP:RED"),
                row("IN/2026/0999", 9, "issued", "TLP:RED")
            );
            changed(house, &one, &two, &format!("{HEAD}\n{rows}")).await;
            changed(house, &one, &two, "number,status,handling\nIN/2026/0418,reported_false,TLP:RED\n").await;
            assert_eq!(
                house.get(&one, "/v1/permits/IN20260418").await.json()["permits"][0]["document"]["status"],
                "reported_false"
            );
        }
        let mut seen = Vec::new();
        for number in ["IN20260417", "IN20260418", "IN20260999"] {
            let permit = house.get(&low, &format!("/v1/permits/{number}")).await;
            seen.push(format!("{} {}", permit.status, permit.text));
            let stated =
                json!({ "number": number, "holder": "Malabar Timber Exports", "taxon": "Dalbergia latifolia" });
            seen.push(house.post(&low, "/v1/permits/match", &stated).await.text);
            let mut answer = house.post(&low, "/v1/assessments", &bill(1, number, 9.0)).await.json();
            for field in ["id", "lane", "lane_high", "lane_because", "held"] {
                answer.as_object_mut().unwrap().shift_remove(field);
            }
            seen.push(answer.to_string());
        }
        let changes = house.get(&low, "/v1/register/changes").await.json();
        seen.push(changes["changes"].as_array().unwrap().len().to_string());
        // What he changes himself, not knowing, does not undo what is stricter.
        changed(house, &low, &high, "number,status\nIN/2026/0418,used\n").await;
        seen.push(house.get(&low, "/v1/permits/IN20260418").await.json()["permits"][0]["document"].to_string());
        if is_secret {
            let whole = house.get(&one, "/v1/permits/IN20260418").await.json();
            assert_eq!(whole["permits"][0]["document"]["status"], "reported_false", "{whole}");
        }
        answers.push(seen);
    }
    let (a, b) = (&answers[0], &answers[1]);
    for (a, b) in a.iter().zip(b) {
        assert_eq!(a, b);
    }
}
