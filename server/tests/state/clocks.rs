//! Clocks that jump: what is acknowledged stays, and the chain is one, whatever the time is said to be.

use palisander::store::Role;
use palisander_engine::Label;
use serde_json::json;

use crate::harness::{Ground, House, on_each_store};
use crate::kill::command_on;
use crate::secrets::bills;

on_each_store! {
    a_clock_that_jumps_breaks_nothing,
}

async fn a_clock_that_jumps_breaks_nothing(ground: Ground) {
    let house = House::on(ground);
    let (importer, officer) =
        (house.reader(&[Role::Importer], Label::Clear).key, house.reader(&[Role::Officer], Label::Red).key);
    let mut acknowledged = Vec::new();
    // Ahead and back, by a second, over midnight, over the end of keys, to before there were computers.
    for (time, is_open) in [
        ("2026-11-01T23:59:59Z", true),
        ("2026-11-02T00:00:00Z", true),
        ("2026-11-01T08:00:00Z", true),
        ("2026-10-01T08:00:00Z", true),
        ("2036-11-01T08:00:00Z", false),
        ("1970-01-01T00:00:01Z", true),
        ("2026-11-03T08:00:00Z", true),
    ] {
        house.at(time);
        let answer = house.post(&importer, "/v1/assessments", &bills()[4]).await;
        assert_eq!(answer.status == 200, is_open, "{time}: {}", answer.text);
        if !is_open {
            assert_eq!(answer.status, 401, "the key has ended then");
            continue;
        }
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let decided =
            house.post(&officer, &format!("/v1/assessments/{id}/decisions"), &json!({ "kind": "confirmed" })).await;
        assert_eq!(decided.status, 201, "{time}: {}", decided.text);
        acknowledged.push(id);
        assert_eq!(house.send(None, "GET", "/readyz", "").await.status, 200, "{time}");
        // A log that is signed at a later time than its next entry is still one log.
        house.office.store.checkpoint().unwrap();
    }
    for id in &acknowledged {
        let bill = house.get(&officer, &format!("/v1/assessments/{id}")).await.json();
        assert_eq!(bill["decisions"].as_array().map(Vec::len), Some(1), "{id}");
    }
    let (code, text) = command_on(&house.beside(), &["log", "export"]);
    assert_eq!(code, Some(0));
    let folder = tempfile::tempdir().unwrap();
    let (file, public) = (folder.path().join("export.ndjson"), folder.path().join("log.pub"));
    std::fs::write(&file, text).unwrap();
    std::fs::write(&public, house.office.store.public_key()).unwrap();
    let mut verify = std::process::Command::new(env!("CARGO_BIN_EXE_palisander"));
    let out = verify.args(["log", "verify"]).arg(&file).arg("--key").arg(&public).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}
