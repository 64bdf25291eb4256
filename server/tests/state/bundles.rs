//! F08: a bundle gives its answer again, byte for byte, with the program alone; with one byte changed it does not.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, header};
use palisander::store::Role;
use palisander_engine::Label;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::harness::{Ground, House, on_each_store};
use crate::secrets::{SECRETS, bills, canaries, files, loaded, of_files};

on_each_store! {
    f08_one_byte_changed_is_found,
}

/// Files by their paths, or why they cannot be read.
type Texts = Result<Vec<(String, String)>, String>;

pub async fn bundle(house: &House, key: &str, id: &str) -> (u16, Vec<u8>) {
    let request = Request::get(format!("/v1/assessments/{id}/bundle"))
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    let (status, _, bytes) = house.bytes(request.body(Body::empty()).unwrap()).await;
    (status, bytes)
}

/// Exit code and what is printed.
pub fn replay(archive: &[u8]) -> (i32, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(archive).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_palisander")).arg("replay").arg(file.path()).output().unwrap();
    let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (out.status.code().unwrap(), said)
}

fn parts(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let n_parts = archive.len();
    let read = |n: usize| {
        let mut part = archive.by_index(n).unwrap();
        let (name, mut bytes) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    (0..n_parts).map(read).collect()
}

fn packed(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The digests as they would be, had nobody meant to notice.
fn with_new_sums(parts: &mut BTreeMap<String, Vec<u8>>) {
    use sha2::{Digest, Sha256};
    let line =
        |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", palisander::hex::shown(&Sha256::digest(bytes)));
    let sums: String = parts.iter().filter(|(name, _)| *name != "SHA256SUMS").map(line).collect();
    parts.insert("SHA256SUMS".to_owned(), sums.into_bytes());
}

/// Ids of the bills above green that a reader may see.
async fn queue(house: &House, key: &str) -> Vec<String> {
    let page = house.get(key, "/v1/assessments?limit=200").await.json();
    page["assessments"].as_array().unwrap().iter().map(|bill| bill["id"].as_str().unwrap().to_owned()).collect()
}

/// Bills sent alone, in a stream and as a table under a mapping, against secrets; each bundle of three clearances.
#[tokio::test]
async fn f08_a_bundle_gives_its_answer_again_at_every_clearance() {
    let mut all = files(&SECRETS, "TLP:RED");
    let more = [
        (
            "inputs/alerts",
            json!({ "id": "OPEN-1", "kind": "alert", "title": "open", "published_on": "2013-01-01",
            "containers": ["TGHU1234567"], "handling": "TLP:GREEN" })
            .to_string(),
        ),
        (
            "inputs/alerts",
            json!({ "id": "OTHERS-2", "kind": "alert", "title": "of others", "published_on": "2013-01-01",
            "containers": ["MSCU1234566"], "handling": "TLP:GREEN" })
            .to_string(),
        ),
    ];
    for (path, text) in more {
        let (_, own) = all.iter_mut().find(|(own, _)| own == path).unwrap();
        own.push_str(&format!("\n{text}"));
    }
    let house = House::loading(Ground::file(), Arc::new(move || Ok(of_files(all.clone()))));
    let sender = house.reader(&[Role::Officer], Label::Red);
    for bill in bills().iter().step_by(4) {
        house.post(&sender.key, "/v1/assessments", bill).await;
    }
    let lines: String = bills().iter().step_by(3).map(|bill| format!("{bill}\n")).collect();
    house.send(Some(&sender.key), "POST", "/v1/manifests", &lines).await;
    let form = "--x\r\ncontent-disposition: form-data; name=\"mapping\"\r\n\r\n[columns]\n\"Was\" = \"description\"\n\r\n--x\r\n\
                content-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv\r\n\r\n\
                bill_of_lading,Was,origin,gross_mass_kg\nT1,DALBERGIA BARONII LOGS,MG,9000\n\r\n--x--\r\n";
    let request = Request::post("/v1/manifests")
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {}", sender.key))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    assert_eq!(house.sends(request.body(Body::from(form)).unwrap()).await.status, 200);

    let ids = queue(&house, &sender.key).await;
    assert!(ids.len() >= 10, "{}", ids.len());
    let (mut bundles, mut sliced, mut refused) = (0, 0, 0);
    for (role, clearance) in [(Role::Auditor, Label::Red), (Role::Officer, Label::Green), (Role::Analyst, Label::Clear)]
    {
        let reader = house.reader(&[role], clearance);
        for id in &ids {
            let (status, archive) = bundle(&house, &reader.key, id).await;
            if status == 409 && clearance < Label::Red {
                refused += 1;
                continue;
            }
            assert_eq!(status, 200, "{role} {clearance} {id} {}", String::from_utf8_lossy(&archive));
            let (code, said) = replay(&archive);
            assert_eq!(code, 0, "{role} {clearance} {id}: {said}");
            let parts = parts(&archive);
            let about: Value = serde_json::from_slice(&parts["about.json"]).unwrap();
            let text = parts.values().map(|bytes| String::from_utf8_lossy(bytes)).collect::<String>();
            assert!(!text.contains("OTHERS-2"), "what concerns others is not handed out");
            bundles += 1;
            sliced += usize::from(about["sliced"].as_array().is_some_and(|sliced| !sliced.is_empty()));
            // An input of which he may know no row is no part: that it is there is not told.
            let inputs = parts.keys().filter(|name| name.starts_with("inputs/")).count();
            assert!(clearance > Label::Clear || inputs == 0, "{inputs} inputs");
            if clearance < Label::Red {
                for (name, bytes) in &parts {
                    let text = format!("{name} {}", String::from_utf8_lossy(bytes)).to_uppercase();
                    let told: Vec<String> = canaries().into_iter().filter(|canary| text.contains(canary)).collect();
                    assert_eq!(told, Vec::<String>::new(), "{clearance} {name}");
                }
                assert_eq!(about["stated"]["editions"]["rules"], "");
                assert!(!parts.contains_key("entries.ndjson") && !parts.contains_key("checkpoint.txt"));
            } else {
                assert!(parts.contains_key("entries.ndjson") && parts.contains_key("checkpoint.txt"));
            }
        }
    }
    assert_eq!((bundles, refused), (3 * ids.len(), 0));
    assert!(sliced >= ids.len(), "{sliced}: each at full clearance is of slices");
}

/// Any part changed, with and without the digest that goes with it, is found.
async fn f08_one_byte_changed_is_found(ground: Ground) {
    let house = House::loading(ground, Arc::new(|| Ok(loaded(&SECRETS, "TLP:GREEN"))));
    let reader = house.reader(&[Role::Officer, Role::Auditor], Label::Red);
    let id = house.post(&reader.key, "/v1/assessments", &bills()[0]).await.json()["id"].as_str().unwrap().to_owned();
    let (status, archive) = bundle(&house, &reader.key, &id).await;
    assert_eq!((status, replay(&archive).0), (200, 0));
    let whole = parts(&archive);
    let names: Vec<&String> = whole.keys().filter(|name| *name != "SHA256SUMS").collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in &names {
        let mut changed = whole.clone();
        let bytes = changed.get_mut(*name).unwrap();
        let Some(last) = bytes.last_mut() else { continue };
        *last ^= 1;
        let (code, said) = replay(&packed(&changed));
        assert_eq!(code, 1, "{name}: {said}");
        assert!(said.contains(&format!("`{name}` was changed")), "{said}");
    }
    // Who changes the digests too changes the answer.
    let replaced = |name: &str, from: &str, to: &str| {
        let mut changed = whole.clone();
        let text = String::from_utf8(changed[name].clone()).unwrap();
        assert!(text.contains(from), "{name} {from}");
        changed.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
        with_new_sums(&mut changed);
        replay(&packed(&changed))
    };
    for (name, from, to) in [
        ("manifest", "9000", "9001"),
        ("answer.json", "red", "green"),
        ("inputs/alerts", "TLP:GREEN", "TLP:CLEAR"),
        ("inputs/register", "cancelled", "issued"),
        ("about.json", "2026-11-01", "2026-11-02"),
    ] {
        let (code, said) = replaced(name, from, to);
        assert_eq!(code, 1, "{name}: {said}");
        assert!(said.contains("Another answer"), "{said}");
    }
    let rules = names.iter().find(|name| name.ends_with("profile.toml")).unwrap();
    assert_eq!(replaced(rules, "points = 250", "points = 251").0, 1);
    assert_eq!(replay(b"no archive").0, 2);
    // That it was handed out is on record, with its digest.
    use sha2::Digest;
    let sum = palisander::hex::shown(&sha2::Sha256::digest(&archive));
    let log = house.get(&reader.key, "/v1/log").await.json();
    let bundled = log["entries"].as_array().unwrap().iter().find(|entry| entry["kind"] == "bundled").unwrap();
    let digest = palisander::hex::read(bundled["body_digest"].as_str().unwrap()).unwrap();
    let body = house.office.store.body(&digest).unwrap().unwrap();
    assert!(String::from_utf8(body.bytes).unwrap().contains(&sum));
}

/// Files that change act after a reload, all at once; files that cannot be read change nothing; and what was answered before
/// is given again from the edition of then.
#[tokio::test]
async fn a_reload_swaps_and_old_answers_stay() {
    let texts: Arc<Mutex<Texts>> = Arc::new(Mutex::new(Ok(Vec::new())));
    let now = Arc::clone(&texts);
    let house = House::loading(Ground::file(), Arc::new(move || now.lock().unwrap().clone().map(of_files)));
    let officer = house.reader(&[Role::Officer], Label::Red);
    let administrator = house.reader(&[Role::Administrator], Label::Clear);
    let lane = async || {
        let answer = house.post(&officer.key, "/v1/assessments", &bills()[0]).await.json();
        (answer["id"].as_str().unwrap().to_owned(), answer["editions"]["alerts"].as_str().unwrap().to_owned())
    };
    let reload = async || house.send(Some(&administrator.key), "POST", "/v1/reload", "").await;
    let (first, without) = lane().await;
    let same = reload().await;
    assert_eq!((same.status, &same.json()["changed"]), (200, &json!(false)));
    *texts.lock().unwrap() = Ok(files(&SECRETS, "TLP:RED"));
    assert_eq!(lane().await.1, without, "nothing acts before it is loaded");
    let other = reload().await;
    assert_eq!((other.status, &other.json()["changed"]), (200, &json!(true)));
    for canary in canaries() {
        assert!(!other.text.to_uppercase().contains(&canary), "an administrator is told no record");
    }
    let (second, with) = lane().await;
    assert_ne!(with, without);
    *texts.lock().unwrap() = Err("`/srv/secret/alerts.ndjson` cannot be read".to_owned());
    let failed = reload().await;
    assert_eq!((failed.status, &failed.json()["type"]), (409, &json!("/problems/reload")));
    assert!(!failed.text.contains("/srv/secret"), "{}", failed.text);
    assert_eq!(lane().await.1, with, "the engine before goes on");
    for id in [first, second] {
        let (status, archive) = bundle(&house, &officer.key, &id).await;
        assert_eq!((status, replay(&archive).0), (200, 0), "{id}");
    }
    let fixed = House::new();
    let key = fixed.reader(&[Role::Administrator], Label::Clear).key;
    assert_eq!(fixed.send(Some(&key), "POST", "/v1/reload", "").await.status, 409);
}
