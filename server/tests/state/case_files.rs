//! Files of a case, its bundle for a court, and the dossier for a country: every part verifies, one changed byte is found.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::process::Command;

use axum::body::Body;
use axum::http::{Request, header};
use palisander::service::readers::NewKey;
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::cases::{Desk, facts};
use crate::harness::{Answer, Ground, on_each_store};
use crate::secrets::bills;

on_each_store! {
    g11_the_impact_statement_is_asked_for_attached_and_in_the_bundle,
    p17_a_country_is_given_copies_of_all_papers_with_their_hashes,
}

const STATEMENT: &[u8] = b"%PDF-1.4 what the loss of this wood means";

async fn attach(desk: &Desk, who: &NewKey, case: &str, query: &str, media: &str, bytes: &[u8]) -> Answer {
    let request = Request::post(format!("/v1/cases/{case}/files?{query}"))
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.key))
        .header(header::CONTENT_TYPE, media)
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    desk.house.sends(request).await
}

/// The bytes of a page, and its status.
async fn got(desk: &Desk, who: &NewKey, path: &str) -> (u16, Vec<u8>) {
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.key))
        .body(Body::empty())
        .unwrap();
    let (status, _, bytes) = desk.house.bytes(request).await;
    (status, bytes)
}

/// Parts of an archive, by name.
fn parts(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let all = 0..zip.len();
    all.map(|n| {
        let mut part = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    })
    .collect()
}

fn contents(parts: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&parts["contents.json"]).unwrap()
}

/// What `palisander log verify` says of an archive: its exit code and text.
fn verified(archive: &[u8], key: Option<&str>) -> (i32, String) {
    let (folder, file) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
    std::fs::write(file.path(), archive).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
    command.args(["log", "verify"]).arg(file.path());
    if let Some(key) = key {
        let path = folder.path().join("log.pub");
        std::fs::write(&path, key).unwrap();
        command.arg("--key").arg(path);
    }
    let out = command.output().unwrap();
    (
        out.status.code().unwrap(),
        format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)),
    )
}

/// The same parts with one byte of one of them changed, the sums as they were or made anew.
fn altered(archive: &[u8], name: &str, anew: bool) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut all = parts(archive);
    let part = all.get_mut(name).unwrap();
    let at = part.len() / 2;
    part[at] = if part[at] == b'7' { b'8' } else { b'7' };
    if anew {
        let sums: String = all
            .iter()
            .filter(|(name, _)| *name != "SHA256SUMS")
            .map(|(name, bytes)| {
                let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{digest}  {name}\n")
            })
            .collect();
        all.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in all {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn g11_the_impact_statement_is_asked_for_attached_and_in_the_bundle(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, house) = (&desk.one, &desk.house);
    let bill = house.post(&one.key, "/v1/assessments", &bills()[0]).await.json()["id"].as_str().unwrap().to_owned();
    let result = json!({ "state": "final", "result": "found", "detected_by": ["profile"], "offence": "cites",
        "case": { "lead": desk.customs, "facts": facts() } });
    let told = house.post(&one.key, &format!("/v1/assessments/{bill}/result"), &result).await;
    assert_eq!(told.status, 201, "{}", told.text);
    let case = told.json()["case"].as_str().unwrap().to_owned();
    let entity = json!({ "kind": "person", "name": "QUILLFEATHER", "lawful_basis": "Wildlife Act 12" });
    assert!(desk.tell(one, &case, "entities", &entity).await.status < 300);
    let shown = house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
    let notice =
        shown["notices"].as_array().unwrap().iter().find(|one| one["to"] == "origin_impact").unwrap()["n"].clone();
    // It is asked for; before it comes the bundle says that it lacks.
    desk.told(one, &case, &format!("notices/{notice}"), &json!({ "state": "sent" })).await;
    let (status, before) = got(&desk, one, &format!("/v1/cases/{case}/court-bundle")).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&before));
    let lacks = contents(&parts(&before))["lacks"].to_string();
    assert!(lacks.contains("the impact statement of MG"), "{lacks}");
    // What is no file of a case.
    for (query, media, bytes, status) in [
        ("kind=impact_statement&title=Loss", "application/pdf", STATEMENT, 422),
        ("kind=impact_statement&title=&country=MG", "application/pdf", STATEMENT, 422),
        ("kind=song&title=Loss", "application/pdf", STATEMENT, 400),
        ("kind=picture&title=Loss", "image/gif", STATEMENT, 415),
        ("kind=picture&title=Loss", "image/png", b"", 422),
        ("kind=picture&title=of%20Quillfeather", "image/png", STATEMENT, 409),
    ] {
        let answer = attach(&desk, one, &case, query, media, bytes).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text);
    }
    let query = "kind=impact_statement&title=What%20the%20loss%20means&country=MG";
    let told = attach(&desk, one, &case, query, "application/pdf", STATEMENT).await;
    assert_eq!(told.status, 201, "{}", told.text);
    let told = told.json();
    let is_answered =
        told["notices"].as_array().unwrap().iter().any(|one| one["n"] == notice && one["state"] == "answered");
    assert!(is_answered, "{told}");
    assert_eq!(attach(&desk, one, &case, query, "application/pdf", STATEMENT).await.status, 409, "it is there");
    let (_, bundle) = got(&desk, one, &format!("/v1/cases/{case}/court-bundle")).await;
    let all = parts(&bundle);
    assert_eq!(all["attachments/001-impact_statement.pdf"], STATEMENT);
    for part in ["case.json", "entities.json", "entries.ndjson", "proofs.json", "checkpoint.txt", "SHA256SUMS"] {
        assert!(all.contains_key(part), "{part}: {:?}", all.keys());
    }
    let said = contents(&all);
    let is_bill_there = all.contains_key("assessment.zip") || said["lacks"].to_string().contains("assessment.zip");
    assert!(is_bill_there && !said["lacks"].to_string().contains("impact statement"), "{said}");
    // It verifies by itself and by the key of the log; one changed byte is found, and a changed entry with sums made anew.
    let key = house.office.store.public_key();
    let (code, text) = verified(&bundle, Some(&key));
    assert!(
        code == 0 && text.contains("Every part is as it was packed") && text.contains("Signed up to entry"),
        "{text}"
    );
    for part in ["case.json", "attachments/001-impact_statement.pdf", "contents.json"] {
        let (code, text) = verified(&altered(&bundle, part, false), None);
        assert!(code == 1 && text.contains(part), "{part}: {text}");
    }
    let (code, text) = verified(&altered(&bundle, "entries.ndjson", true), Some(&key));
    assert_eq!(code, 1, "{text}");
    // Who reads no names is given none of it; who works elsewhere finds no case.
    for (who, status) in [(&desk.other, 403), (&desk.ranger, 404), (&desk.prosecutor, 404)] {
        for path in ["court-bundle", "dossier?to=MG", "files/1"] {
            let answer = house.get(&who.key, &format!("/v1/cases/{case}/{path}")).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.text);
        }
    }
    desk.told(one, &case, "groups", &json!({ "group": desk.court })).await;
    let file = got(&desk, &desk.prosecutor, &format!("/v1/cases/{case}/files/1")).await;
    assert_eq!(file, (200, STATEMENT.to_vec()));
    assert_eq!(got(&desk, &desk.prosecutor, &format!("/v1/cases/{case}/court-bundle")).await.0, 200);
    assert_eq!(house.get(&one.key, &format!("/v1/cases/{case}/files/2")).await.status, 404);
    // What was handed out is on record by its digest.
    let entries = house.office.store.entries(0, 10_000).unwrap();
    let handed = entries.iter().filter(|entry| entry.subject == format!("archive of {case}"));
    assert!(handed.clone().count() == 3 && handed.clone().all(|entry| entry.label == Label::AmberStrict));
    house.office.store.rebuild().unwrap();
    assert_eq!(got(&desk, one, &format!("/v1/cases/{case}/files/1")).await.1, STATEMENT);
}

async fn p17_a_country_is_given_copies_of_all_papers_with_their_hashes(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, house) = (&desk.one, &desk.house);
    let case = desk.opened(facts()).await;
    let path = format!("/v1/cases/{case}/dossier?to=MG");
    let before = contents(&parts(&got(&desk, one, &path).await.1));
    assert!(before["lacks"].to_string().contains("copies of papers"), "{before}");
    let copy = b"CITES export permit MG-77";
    assert_eq!(attach(&desk, one, &case, "kind=paper&title=Permit", "text/plain", copy).await.status, 201);
    assert_eq!(attach(&desk, one, &case, "kind=picture&title=Logs", "image/png", b"x").await.status, 201);
    let (_, dossier) = got(&desk, one, &path).await;
    let all = parts(&dossier);
    assert_eq!(all["attachments/001-paper.txt"], copy);
    assert!(!all.contains_key("attachments/002-picture.png"), "only papers: {:?}", all.keys());
    let packet: Value = serde_json::from_slice(&all["packet.json"]).unwrap();
    assert!(packet["heads"].as_array().unwrap().iter().any(|head| head["head"] == "your part"), "{packet}");
    let named: Vec<String> = contents(&all)["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(named, ["packet.json", "attachments/001-paper.txt"]);
    assert_eq!(verified(&dossier, None).0, 0);
    assert_eq!(verified(&altered(&dossier, "attachments/001-paper.txt", false), None).0, 1);
    // A country that the goods never touched has no part in it.
    assert_eq!(house.get(&one.key, &format!("/v1/cases/{case}/dossier?to=PE")).await.status, 404);
    assert_eq!(house.get(&one.key, &format!("/v1/cases/{case}/dossier")).await.status, 400);
}
