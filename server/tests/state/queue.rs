//! What was judged is on record before it is answered, and the queue has one order.

use std::collections::BTreeSet;

use palisander::config::MAX_PAGE;
use palisander::store::{Assessed, Frontier, Kind, Role, export};
use palisander::verify;
use palisander_engine::Label;
use palisander_engine::manifests::json_document;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{DAY, House};
use crate::secrets::{SECRETS, bills, engine};

const ORDER: [&str; 4] = ["red", "yellow", "blue", "green"];

/// Every page of the queue, in pages of `limit`.
async fn queue(house: &House, key: &str, more: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = house.get(key, &format!("/v1/assessments?limit={limit}{more}{after}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let page = page.json();
        let found = page["assessments"].as_array().unwrap().clone();
        assert!(found.len() <= limit);
        all.extend(found);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
        assert!(all.len() < 10_000, "it does not end");
    }
}

fn place(bill: &Value) -> usize {
    ORDER.iter().position(|lane| bill["lane"] == *lane).unwrap()
}

/// C06: bills come in any order, alone and in streams; they are read by lane and rank, and nothing but a decision changes it.
#[tokio::test]
async fn c06_the_queue_has_one_order_whatever_came_first() {
    let house = House::over(engine(&SECRETS, "TLP:RED"));
    let sender = house.reader(&[Role::Importer], Label::Clear).key;
    let all = bills();
    let (alone, stream) = all.split_at(9);
    for bill in alone.iter().rev() {
        assert_eq!(house.post(&sender, "/v1/assessments", bill).await.status, 200);
    }
    let lines: String = stream.iter().rev().map(|bill| format!("{bill}\n")).collect();
    assert!(house.send(Some(&sender), "POST", "/v1/manifests", &lines).await.text.contains("\"complete\":true"));
    let full = house.reader(&[Role::Analyst], Label::Red).key;
    let whole = queue(&house, &full, "", 3).await;
    let keys: Vec<String> = whole.iter().map(|bill| bill["rank_key"].as_str().unwrap().to_owned()).collect();
    assert!(keys.is_sorted(), "{keys:#?}");
    assert!(whole.len() >= 10 && whole.iter().all(|bill| bill["lane"] != "green"), "{}", whole.len());
    let ids =
        |bills: &[Value]| bills.iter().map(|bill| bill["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(ids(&whole).len(), whole.len(), "each once");
    for limit in [1, 4, MAX_PAGE] {
        assert_eq!(queue(&house, &full, "", limit).await, whole, "{limit}");
    }
    for clearance in [Label::Clear, Label::AmberStrict] {
        let key = house.reader(&[Role::Officer], clearance).key;
        let seen = queue(&house, &key, "", 3).await;
        assert_eq!(ids(&seen), ids(&whole), "the same bills");
        assert!(seen.is_sorted_by_key(place), "by lane");
        assert!(seen.iter().all(|bill| bill.get("score").is_none() && bill.get("rank_key").is_none()));
        let lanes = |bills: &[Value]| {
            let mut lanes: Vec<_> =
                bills.iter().map(|bill| (bill["id"].to_string(), bill["lane"].to_string())).collect();
            lanes.sort();
            lanes
        };
        assert_eq!(lanes(&seen), lanes(&whole), "the lane in force is one for all");
    }
    for lane in ORDER {
        let only = queue(&house, &full, &format!("&lane={lane}"), 2).await;
        let due: Vec<Value> = whole.iter().filter(|bill| bill["lane"] == lane).cloned().collect();
        assert_eq!(only, due, "{lane}");
    }
    for query in ["lane=purple", "limit=0", "limit=201", "after=x", "sort=score", "after=a_0.purple"] {
        assert_eq!(house.get(&full, &format!("/v1/assessments?{query}")).await.status, 400, "{query}");
    }
    for query in ["after=a_00.red", "after=.red", "after=%00.red"] {
        assert_eq!(house.get(&full, &format!("/v1/assessments?{query}")).await.status, 404, "{query}");
    }
}

/// What a reader was told is what he reads later, and what others may know was kept for them.
#[tokio::test]
async fn a_bill_is_read_as_it_was_told() {
    let house = House::over(engine(&SECRETS, "TLP:AMBER"));
    let readers = [
        (Role::Carrier, Label::Clear),
        (Role::Importer, Label::Clear),
        (Role::Officer, Label::Clear),
        (Role::Officer, Label::Amber),
        (Role::Analyst, Label::AmberStrict),
        (Role::Analyst, Label::Red),
    ];
    let readers = readers.map(|(role, clearance)| house.reader(&[role], clearance));
    for bill in bills() {
        let mut told = Vec::new();
        for new in &readers {
            told.push(house.post(&new.key, "/v1/assessments", &bill).await);
        }
        for (new, answer) in readers.iter().zip(&told) {
            let id = answer.json()["id"].as_str().unwrap().to_owned();
            let again = house.get(&new.key, &format!("/v1/assessments/{id}")).await;
            if told[5].json()["lane"] == "green" {
                assert_eq!(again.status, 404, "of a green bill only digests are kept");
                continue;
            }
            let mut again_json = again.json();
            assert_eq!(again.status, 200, "{}", again.text);
            if let Some(decisions) = again_json.as_object_mut().unwrap().shift_remove("decisions") {
                assert_eq!(decisions, json!([]));
            }
            assert_eq!(again_json, answer.json(), "{}", new.reader.name);
            // Those outside see their own alone, those inside see all.
            for other in &readers {
                let is_outside =
                    other.reader.roles.contains(&Role::Importer) || other.reader.roles.contains(&Role::Carrier);
                let found = house.get(&other.key, &format!("/v1/assessments/{id}")).await;
                let due = if is_outside && other.reader.id != new.reader.id { 404 } else { 200 };
                assert_eq!(found.status, due, "{} of {}", other.reader.name, new.reader.name);
            }
        }
    }
    // Reading what is AMBER is an entry; reading what is CLEAR is none.
    let entries = house.office.store.entries(0, usize::MAX).unwrap();
    let reads =
        |reader: &str| entries.iter().filter(|entry| entry.kind == Kind::Read && entry.reader == reader).count();
    assert!(reads(&readers[3].reader.id) > 0 && reads(&readers[5].reader.id) > 0);
    assert_eq!((reads(&readers[1].reader.id), reads(&readers[2].reader.id)), (0, 0));
}

/// One entry a batch, with a root over every bill that anybody can compute again; the log of it all verifies.
#[tokio::test]
async fn every_bill_is_under_the_root_of_its_batch() {
    let secret = engine(&SECRETS, "TLP:RED");
    let due: Vec<Vec<u8>> = bills()
        .iter()
        .map(|bill| {
            let parsed = json_document(bill.to_string().as_bytes()).unwrap();
            let answer = secret.assess(
                &parsed.manifest,
                &parsed.manifest.consignments[0],
                &parsed.faults_of(0),
                DAY.parse().unwrap(),
            );
            serde_json::to_vec(&answer).unwrap()
        })
        .collect();
    let house = House::over(secret);
    let sender = house.reader(&[Role::Importer], Label::Clear).key;
    let said = |kind: Kind| {
        let entries = house.office.store.entries(0, usize::MAX).unwrap();
        entries
            .into_iter()
            .filter(|entry| entry.kind == kind)
            .map(|entry| {
                serde_json::from_slice::<Assessed>(&house.office.store.body(&entry.body).unwrap().unwrap().bytes)
                    .unwrap()
            })
            .collect::<Vec<_>>()
    };
    for (bill, answer) in bills().iter().zip(&due) {
        let body = bill.to_string();
        house.post(&sender, "/v1/assessments", bill).await;
        let batch = said(Kind::Assessed).pop().unwrap();
        let salt: Vec<u8> =
            (0..64).step_by(2).map(|n| u8::from_str_radix(&batch.salt[n..n + 2], 16).unwrap()).collect();
        let mut tree = Frontier::default();
        let (payload, answer) = (Sha256::digest(body.as_bytes()), Sha256::digest(answer));
        tree.add(&[salt.as_slice(), &payload, &answer].concat());
        let root: String = tree.root().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((batch.n_bills, &batch.root), (1, &root));
        assert_eq!(batch.payload.is_some(), !batch.kept.is_empty(), "a body is kept for bills above green");
    }
    let lines: String = bills().iter().map(|bill| format!("{bill}\n")).collect();
    house.send(Some(&sender), "POST", "/v1/manifests", &lines).await;
    let all = said(Kind::Assessed);
    let stream = all.last().unwrap();
    assert_eq!((all.len(), stream.n_bills, stream.lanes.values().sum::<u64>()), (21, 20, 20), "one entry a batch");
    assert!(stream.kept.iter().all(|bill| bill.sights.len() == 5));
    let mut text = Vec::new();
    house.office.store.checkpoint().unwrap();
    export(&*house.office.store, &mut text).unwrap();
    let found = verify::check(&mut text.as_slice(), &[], None).unwrap();
    assert_eq!((found.n_faults, found.erased, found.checkpoints), (0, 0, 1), "{:?}", found.faults);
    // Nothing but the projections is lost when they are: they are built again.
    let full = house.reader(&[Role::Analyst], Label::Red).key;
    let before = queue(&house, &full, "", 7).await;
    house.office.store.rebuild().unwrap();
    assert_eq!(queue(&house, &full, "", 7).await, before);
}

/// A body that no bill can be read of leaves no entry, and neither does one that is refused.
#[tokio::test]
async fn what_was_not_judged_is_not_on_record() {
    let house = House::new();
    let sender = house.reader(&[Role::Importer], Label::Clear).key;
    let before = house.office.store.entries(0, 100).unwrap().len();
    for (path, body) in [
        ("/v1/assessments", "{"),
        ("/v1/assessments", "{\"consignments\":[]}"),
        ("/v1/assessments?as_of=x", "{}"),
        ("/v1/manifests", "{ no json"),
        ("/v1/manifests", ""),
    ] {
        let answer = house.send(Some(&sender), "POST", path, body).await;
        assert!(answer.status != 200 || !answer.text.contains("\"lane\""), "{path} {body}: {}", answer.text);
    }
    assert_eq!(house.office.store.entries(0, 100).unwrap().len(), before);
}
