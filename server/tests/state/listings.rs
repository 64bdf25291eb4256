//! Offers on platforms, many at once.

use axum::body::Body;
use axum::http::Request;
use palisander::config::MAX_LISTINGS;
use palisander::service::readers::OPERATOR;
use palisander::store::Role;
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};

on_each_store! {
    e01_an_offer_is_one_record_however_often_it_is_told,
}

async fn tells(house: &House, key: &str, lines: &str) -> Answer {
    let request = Request::post("/v1/listings")
        .header("host", "localhost")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/x-ndjson");
    house.sends(request.body(Body::from(lines.to_owned())).unwrap()).await
}

fn offer(n: usize, title: &str) -> Value {
    json!({ "platform": "Sample Market", "url": format!("https://market.example/item/{n}"), "title": title,
        "seller": "@Tonewood_88", "price": 1200.5, "currency": "USD", "seen_on": "2026-10-30",
        "countries": [{ "code": "BR", "role": "origin" }] })
}

fn lines(offers: &[Value]) -> String {
    offers.iter().map(|one| format!("{one}\n")).collect()
}

/// Woods by their names in any trade, urgency by the Appendix, the seller as an identifier; told again in the same file, in another
/// call or in another process, an offer is the record that there is. Its address is nowhere.
async fn e01_an_offer_is_one_record_however_often_it_is_told(ground: Ground) {
    let house = House::told(ground);
    let contributor = house.reader(&[Role::Contributor], Label::Clear).key;
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let offers = [
        offer(1, "Guitar back and sides, Dalbergia nigra, old stock"),
        offer(2, "African blackwood clarinet billets (Dalbergia melanoxylon)"),
        offer(3, "Cotton shirts"),
        offer(1, "the same page again"),
    ];
    let first = tells(&house, &contributor, &lines(&offers)).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let taken = first.json()["listings"].as_array().unwrap().clone();
    let of = |n: usize, field: &str| taken[n][field].clone();
    assert_eq!((of(0, "taxa"), of(0, "priority")), (json!(["Dalbergia nigra"]), json!(1)), "{}", first.text);
    assert_eq!((of(1, "taxa"), of(1, "priority")), (json!(["Dalbergia melanoxylon"]), json!(2)));
    assert_eq!((of(2, "taxa"), of(2, "again")), (json!([]), json!(false)));
    assert_eq!((of(3, "id"), of(3, "again"), of(3, "line")), (of(0, "id"), json!(true), json!(4)));

    let n_entries = house.office.store.n_entries().unwrap();
    let other = House::told(house.beside());
    let again = tells(&other, &handler, &format!("\n{}", lines(&offers[..3]))).await.json();
    let known: Vec<(Value, Value)> =
        again["listings"].as_array().unwrap().iter().map(|one| (one["again"].clone(), one["id"].clone())).collect();
    assert_eq!(known, (0..3).map(|n| (json!(true), of(n, "id"))).collect::<Vec<_>>());
    assert_eq!(again["listings"][0]["line"], 2, "blank lines count");
    assert_eq!(house.office.store.n_entries().unwrap(), n_entries, "nothing is written twice");

    let record = house.get(&handler, &format!("/v1/information/{}", of(0, "id").as_str().unwrap())).await;
    let record = record.json();
    assert_eq!((&record["told"]["kind"], &record["priority"]), (&json!("listing"), &json!(1)), "{record}");
    assert_eq!(record["told"]["listing"]["price"], json!(1200.5));
    assert_eq!(record["told"]["identifiers"], json!([{ "kind": "handle", "value": "@Tonewood_88" }]));
    let entries = house.office.store.entries(0, 1_000).unwrap();
    for entry in &entries {
        let body = house.office.store.body(&entry.body).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&body.bytes).contains("market.example"), "an address is kept");
    }
    // From the seller to what is offered, as from every identifier.
    let linked = house.get(&handler, "/v1/identifiers/handle/tonewood_88").await.json();
    assert_eq!(linked["information"].as_array().unwrap().len(), 3, "{linked}");
}

/// Each line that does not fit is told with its number, and nothing of the file is taken; what names somebody whom no text may hold is
/// refused, and that there was such a line is on record.
#[tokio::test]
async fn e01_every_fault_has_its_line() {
    let house = House::told(Ground::file());
    house.office.add_holder(OPERATOR, "SRC-1", &["Jonathan Ashcombe".to_owned()]).unwrap();
    let key = house.reader(&[Role::Contributor], Label::Clear).key;
    let before = house.office.store.n_entries().unwrap();
    let with = |field: &str, value: Value| {
        let mut one = offer(9, "Rosewood");
        one[field] = value;
        one.to_string()
    };
    let file = [
        offer(1, "Rosewood").to_string(),
        "{".to_owned(),
        String::new(),
        with("prise", json!(1)),
        with("title", json!(" ")),
        with("price", json!(-1)),
        with("currency", json!("usd")),
        with("price", Value::Null),
        with("url", json!("")),
        with("countries", json!([{ "code": "Brazil" }])),
        with("text", json!("ask J. Ashcombe")),
        with("text", json!("x".repeat(10_001))),
    ];
    let answer = tells(&house, &key, &file.join("\n")).await;
    assert_eq!((answer.status, &answer.json()["type"]), (422, &json!("/problems/listings")), "{}", answer.text);
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let at = |says: &str| -> Vec<String> {
        let found = errors.iter().filter(|error| error.to_string().contains(says));
        found.map(|error| error["at"].as_str().unwrap().to_owned()).collect()
    };
    for (says, line) in [
        ("EOF", "line 2"),
        ("prise", "line 4"),
        ("`title` is empty", "line 5"),
        ("below zero", "line 6"),
        ("three capitals", "line 7"),
        ("go together", "line 8"),
        ("`url` is", "line 9"),
        ("Brazil", "line 10"),
        ("speak to a handler", "line 11"),
        ("10000 characters", "line 12"),
    ] {
        assert_eq!(at(says), [line], "{says}: {}", answer.text);
    }
    assert_eq!(errors.len(), 10, "{}", answer.text);
    let after = house.office.store.entries(before, 100).unwrap();
    assert_eq!(after.len(), 1, "that a line was refused: {after:?}");
    let many: String = (0..=MAX_LISTINGS).map(|n| format!("{}\n", offer(n, "Rosewood"))).collect();
    let answer = tells(&house, &key, &many).await;
    assert!(answer.status == 422 && answer.text.contains("MAX_LISTINGS"), "{}", answer.text);
    assert_eq!(tells(&house, &key, "\n\n").await.status, 422);
    let csv =
        Request::post("/v1/listings").header("host", "localhost").header("authorization", format!("Bearer {key}"));
    let csv = csv.header("content-type", "text/csv").body(Body::from("a,b")).unwrap();
    assert_eq!(house.sends(csv).await.status, 415);
}

/// The command does the same at the machine, and says by its exit code whether anything was taken.
#[test]
fn e01_the_command_takes_a_file_once() {
    let ground = Ground::file();
    drop(ground.place().open().unwrap());
    let file = ground.folder.path().join("offers.ndjson");
    let run = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_palisander"));
        let out = command.arg("listings").args(ground.arguments()).arg(&file).output().unwrap();
        let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (out.status.code().unwrap(), said)
    };
    let offers = lines(&[offer(1, "Dalbergia nigra veneer"), offer(2, "Cotton shirts")]);
    let (code, said) = run(&offers);
    assert!(code == 0 && said.contains("taken priority 1 Dalbergia nigra") && said.contains("2 taken on"), "{said}");
    let (code, said) = run(&offers);
    assert!(code == 0 && said.contains("0 taken on, 2 known before"), "{said}");
    let (code, said) = run(&format!("{offers}{{"));
    assert!(code == 1 && said.contains("line 3: ") && said.contains("nothing was taken on"), "{said}");
}

/// One offer by itself, on as many lines as it likes; a list is none, by itself and in a line.
#[tokio::test]
async fn one_offer_by_itself() {
    let house = House::told(Ground::file());
    let key = house.reader(&[Role::Contributor], Label::Clear).key;
    let pretty = serde_json::to_string_pretty(&offer(9, "Ebony fingerboards, Diospyros celebica")).unwrap();
    let one = house.send(Some(&key), "POST", "/v1/listings", &pretty).await;
    assert_eq!((one.status, &one.json()["listings"][0]["line"]), (201, &json!(1)), "{}", one.text);
    let again = tells(&house, &key, &lines(&[offer(9, "Ebony")])).await.json();
    assert_eq!(again["listings"][0]["again"], true, "{again}");
    let list = json!(["Sample Market", "https://market.example/1", "Ebony", null, null, null, "2026-10-30", []]);
    for answer in [
        house.send(Some(&key), "POST", "/v1/listings", &list.to_string()).await,
        tells(&house, &key, &format!("{list}\n")).await,
    ] {
        assert!(answer.status == 422 && answer.text.contains("not a list"), "{}", answer.text);
    }
}
