//! A store whose bills are no bills, and one that is none.

use std::process::Command;
use std::sync::Arc;

use palisander::service::{Clock, Office};
use palisander::store::{Kind, Role};
use palisander_engine::Label;
use palisander_engine::answers::Lane;
use serde_json::Value;

use crate::bundles::{bundle, replay};
use crate::harness::{Ground, House, on_each_store};

on_each_store! {
    a_sandbox_answers_each_lane_that_is_asked_for,
    a_store_is_a_sandbox_from_its_first_entry_or_never,
}

/// The bills of `server/sandbox/examples`, by the lane that they ask for.
fn examples() -> Vec<(Lane, Value)> {
    let read = |lane: &Lane| {
        let path = format!("{}/sandbox/examples/{lane}.json", env!("CARGO_MANIFEST_DIR"));
        (*lane, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    };
    Lane::ALL.iter().map(read).collect()
}

fn office(ground: &Ground) -> Office {
    Office::new(Arc::from(ground.place().open().unwrap()), Clock::default())
}

fn sandbox(ground: Ground) -> House {
    office(&ground).make_sandbox().unwrap();
    House::told(ground)
}

/// The lane as each audience is told it.
fn asked_for(lane: Lane, role: Role, answer: &Value) {
    match (role, lane) {
        (Role::Carrier, Lane::Green | Lane::Blue) => assert_eq!(answer["referral"], "none", "{answer}"),
        (Role::Carrier, Lane::Yellow) => assert_eq!(answer["referral"], "rfs", "{answer}"),
        (Role::Carrier, Lane::Red) => assert_eq!(answer["referral"], "dnl", "{answer}"),
        _ => assert_eq!(answer["lane"], lane.as_str(), "{role} {answer}"),
    }
}

/// Each lane, for each audience, in a call and in a stream, as often as it is asked for; every answer says what it is, and its
/// bundle gives it again. The same bytes elsewhere are bills like all others.
async fn a_sandbox_answers_each_lane_that_is_asked_for(ground: Ground) {
    let (house, production) = (sandbox(ground), House::told(Ground::file()));
    let stream: String = examples().iter().map(|(_, bill)| format!("{bill}\n")).collect();
    for role in [Role::Carrier, Role::Importer, Role::Officer, Role::Analyst] {
        let (own, other) = (house.reader(&[role], Label::Green).key, production.reader(&[role], Label::Green).key);
        assert_eq!(house.get(&own, "/v1/me").await.json()["sandbox"], true);
        assert!(production.get(&other, "/v1/me").await.json()["sandbox"].is_null());
        // The strictest first: what is nearly the same is not held against who tries.
        for (lane, bill) in examples().into_iter().rev() {
            let answer = house.post(&own, "/v1/assessments", &bill).await;
            assert_eq!((answer.status, &answer.json()["sandbox"]), (200, &Value::Bool(true)), "{}", answer.text);
            asked_for(lane, role, &answer.json());
            let elsewhere = production.post(&other, "/v1/assessments", &bill).await;
            assert!(!elsewhere.text.contains("sandbox"), "{}", elsewhere.text);
            asked_for(Lane::Green, role, &elsewhere.json());
        }
        let lines = house.send(Some(&own), "POST", "/v1/manifests", &stream).await.text;
        for ((lane, _), line) in examples().into_iter().zip(lines.lines()) {
            let answer: Value = serde_json::from_str(line).unwrap();
            assert_eq!(answer["sandbox"], true, "{line}");
            asked_for(lane, role, &answer);
        }
    }
    let officer = house.reader(&[Role::Officer], Label::Green).key;
    let queue = house.get(&officer, "/v1/assessments?lane=red").await.json();
    let first = &queue["assessments"][0];
    assert_eq!(
        (&first["sandbox"], &first["reason"]),
        (&true.into(), &"sandbox: the goods text holds TEST-LANE-RED".into())
    );
    let (status, archive) = bundle(&house, &officer, first["id"].as_str().unwrap()).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&archive));
    let (code, said) = replay(&archive);
    assert_eq!(code, 0, "{said}");
}

/// Nothing makes one of a store that holds anything, and nothing unmakes one.
async fn a_store_is_a_sandbox_from_its_first_entry_or_never(ground: Ground) {
    let production = Ground::file();
    assert!(office(&production).first_administrator().unwrap().is_some());
    let refused = office(&production).make_sandbox().unwrap_err();
    assert!(refused.to_string().contains("no sandbox"), "{refused}");
    assert!(!office(&production).is_sandbox().unwrap());
    let offices: Vec<Office> = (0..4).map(|_| office(&ground)).collect();
    std::thread::scope(|scope| {
        offices.iter().for_each(|office| drop(scope.spawn(|| office.make_sandbox().unwrap())));
    });
    assert!(offices[0].first_administrator().unwrap().is_some());
    offices[1].make_sandbox().unwrap();
    assert!(offices.iter().all(|office| office.is_sandbox().unwrap()));
    let entries = offices[0].store.entries(0, 10).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.kind == Kind::SandboxMade).count(), 1);
    offices[0].store.rebuild().unwrap();
    assert!(office(&ground).is_sandbox().unwrap());
}

/// The command refuses a state that is none, and a service without one.
#[test]
fn the_command_makes_no_sandbox_of_what_is_there() {
    let production = Ground::file();
    office(&production).first_administrator().unwrap();
    let state = production.arguments();
    for (arguments, code, says) in [(state.as_slice(), 2, "no sandbox"), (&[], 3, "--state")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
        command.args(["serve", "--sandbox", "--listen", "127.0.0.1:0"]).args(arguments).env_remove("PALISANDER_STATE");
        let out = command.output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    }
}
