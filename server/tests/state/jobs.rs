//! Manifests that are judged later: taken once, judged once, shown to their sender alone as he may know them.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, header};
use palisander::config::{MAX_JOB_ATTEMPTS, MAX_JOBS_OF_A_READER};
use palisander::hex;
use palisander::service::readers::{KeyWish, OPERATOR};
use palisander::store::{Job, Kind, Lease, Store};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, Role, on_each_store};
use crate::kill::{Service, command_on};
use crate::secrets::{SECRETS, bills, engine};

on_each_store! {
    it_is_answered_later_as_at_once,
    what_is_cancelled_is_not_judged,
    another_process_takes_it_up,
}

fn lines(n: usize) -> String {
    bills()[..n].iter().map(|bill| format!("{bill}\n")).collect()
}

/// Sends a manifest that is to be judged later.
pub async fn later(house: &House, key: &str, body: &str, once: Option<&str>) -> Answer {
    let mut request = Request::builder().method("POST").uri("/v1/manifests").header(header::HOST, "localhost");
    request = request.header("prefer", "return=minimal, Respond-Async; wait=0");
    request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    request = request.header(header::CONTENT_TYPE, "application/x-ndjson");
    if let Some(once) = once {
        request = request.header("idempotency-key", once);
    }
    house.sends(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// Does the next job, as the background of a service does; was there one?
pub async fn work(house: &House) -> bool {
    let state = house.state.clone();
    tokio::task::spawn_blocking(move || palisander::jobs::next(&state, "p_1").unwrap()).await.unwrap()
}

fn without_ids(text: &str) -> Vec<Value> {
    let one = |line: &str| {
        let mut value: Value = serde_json::from_str(line).unwrap();
        value.as_object_mut().unwrap().shift_remove("id");
        value
    };
    text.lines().map(one).collect()
}

fn ids(text: &str) -> Vec<String> {
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter_map(|line| line["id"].as_str().map(str::to_owned)).collect()
}

async fn it_is_answered_later_as_at_once(ground: Ground) {
    let house = House::of(engine(&SECRETS, "TLP:RED"), ground);
    for (role, clearance) in [(Role::Carrier, Label::Clear), (Role::Officer, Label::Amber), (Role::Analyst, Label::Red)]
    {
        let key = house.reader(&[role], clearance).key;
        let other = house.reader(&[Role::Officer], Label::Red).key;
        let taken = later(&house, &key, &lines(12), Some("ship-1")).await;
        assert_eq!(taken.status, 202, "{}", taken.text);
        assert_eq!(taken.headers["preference-applied"], "respond-async");
        let path = taken.headers[header::LOCATION].to_str().unwrap().to_owned();
        assert_eq!((&taken.json()["state"], path.starts_with("/v1/jobs/j_")), (&json!("waiting"), true));
        // The same call again is the same job; with another body it is refused.
        let again = later(&house, &key, &lines(12), Some("ship-1")).await;
        assert_eq!((again.status, &again.headers[header::LOCATION]), (202, &taken.headers[header::LOCATION]));
        assert_eq!(later(&house, &key, &lines(3), Some("ship-1")).await.status, 422);
        for (method, path) in [("GET", path.clone()), ("GET", format!("{path}/answers")), ("DELETE", path.clone())] {
            assert_eq!(house.send(Some(&other), method, &path, "").await.status, 404, "{method} {path}");
        }
        let stands = house.get(&key, &path).await;
        assert!(stands.headers.contains_key(header::RETRY_AFTER));
        assert_eq!(house.get(&key, &format!("{path}/answers")).await.status, 409);
        assert!(work(&house).await && !work(&house).await);
        let stands = house.get(&key, &path).await.json();
        assert_eq!(stands["state"], "done", "{stands}");
        assert_eq!(stands["progress"], json!({ "read": 12, "scored": 12, "lost": 0 }));
        let answers = house.get(&key, stands["answers"].as_str().unwrap()).await;
        assert_eq!(
            (answers.status, &answers.headers[header::CONTENT_TYPE]),
            (200, &"application/x-ndjson".parse().unwrap())
        );
        // Nothing is drawn here, and nearly the same bills are answered alike to those outside.
        if role != Role::Carrier {
            let at_once = house.send(Some(&key), "POST", "/v1/manifests", &lines(12)).await;
            assert_eq!(without_ids(&answers.text), without_ids(&at_once.text), "{role}");
        }
        assert_eq!(house.get(&other, &format!("{path}/answers")).await.status, 404);
        let listed = house.get(&key, "/v1/jobs").await.json();
        assert_eq!(listed["jobs"].as_array().unwrap().len(), 1);
        // What is decided meanwhile is in force when they are read.
        if role == Role::Officer {
            let shown = |text: &str, n: usize| serde_json::from_str::<Value>(text.lines().nth(n).unwrap()).unwrap();
            let is_open =
                |n: &usize| ["yellow", "blue"].map(|lane| json!(lane)).contains(&shown(&answers.text, *n)["lane"]);
            let n = (0..12).find(is_open).expect(&answers.text);
            let id = &ids(&answers.text)[n];
            let raise = json!({ "kind": "raised", "lane": "red", "reason": "known here" });
            assert_eq!(house.post(&key, &format!("/v1/assessments/{id}/decisions"), &raise).await.status, 201);
            let after = house.get(&key, &format!("{path}/answers")).await;
            assert_eq!(shown(&after.text, n)["lane"], "red");
        }
    }
    // Their days are over: the answers go, with their bodies; the record of the bills stays.
    let (jobs, _) = jobs_said(&*house.office.store);
    let kept: Vec<String> = jobs.iter().flat_map(|job| job.answers.clone()).collect();
    assert!(kept.len() == 3 && kept.iter().all(|digest| is_kept(&house, digest)));
    let key = house.reader(&[Role::Officer], Label::Red).key;
    let path = later(&house, &key, &lines(1), None).await.headers[header::LOCATION].to_str().unwrap().to_owned();
    work(&house).await;
    house.at("2026-11-09T08:00:00Z");
    work(&house).await;
    assert!(kept.iter().all(|digest| !is_kept(&house, digest)));
    assert_eq!(house.get(&key, &format!("{path}/answers")).await.status, 410);
    assert_eq!(house.get(&key, &path).await.json()["state"], "expired");
    house.office.store.rebuild().unwrap();
    assert_eq!(house.get(&key, &path).await.json()["state"], "expired");
}

fn is_kept(house: &House, digest: &str) -> bool {
    house.office.store.body(&hex::read(digest).unwrap()).unwrap().is_some()
}

/// What the log says of jobs, and how many batches of bills it holds.
fn jobs_said(store: &dyn Store) -> (Vec<Job>, usize) {
    let entries = store.entries(0, 10_000).unwrap();
    let of = |kind: Kind| entries.iter().filter(move |entry| entry.kind == kind);
    let said = |entry: &palisander::store::Entry| {
        serde_json::from_slice(&store.body(&entry.body).unwrap().unwrap().bytes).unwrap()
    };
    (of(Kind::JobEnded).map(said).collect(), of(Kind::Assessed).count())
}

async fn what_is_cancelled_is_not_judged(ground: Ground) {
    let house = House::on(ground);
    let key = house.reader(&[Role::Officer], Label::Red).key;
    let path = later(&house, &key, &lines(3), None).await.headers[header::LOCATION].to_str().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let payload = house.office.store.job(&id).unwrap().unwrap().0.payload;
    assert!(payload.iter().all(|digest| is_kept(&house, digest)));
    for _ in 0..2 {
        let cancelled = house.send(Some(&key), "DELETE", &path, "").await;
        assert_eq!((cancelled.status, &cancelled.json()["state"]), (200, &json!("cancelled")));
    }
    assert!(payload.iter().all(|digest| !is_kept(&house, digest)), "what came is gone");
    assert!(!work(&house).await);
    assert_eq!(house.get(&key, &format!("{path}/answers")).await.status, 409);
    assert_eq!(jobs_said(&*house.office.store).1, 0);
    // What holds no manifest fails with the problem that it would have had at once; what is done is not undone.
    let bad =
        later(&house, &key, "this is no manifest", None).await.headers[header::LOCATION].to_str().unwrap().to_owned();
    let good = later(&house, &key, &lines(1), None).await.headers[header::LOCATION].to_str().unwrap().to_owned();
    assert!(work(&house).await && work(&house).await);
    let failed = house.get(&key, &bad).await.json();
    let at_once = house.send(Some(&key), "POST", "/v1/manifests", "this is no manifest").await;
    assert_eq!((&failed["state"], &failed["problem"]), (&json!("failed"), &at_once.json()), "{failed}");
    assert_eq!(house.send(Some(&key), "DELETE", &good, "").await.status, 409);
    assert_eq!(house.send(Some(&key), "DELETE", "/v1/jobs/j_0", "").await.status, 404);
}

fn lease(house: &House, id: &str, holder: &str, seconds: u64, begun: u32) -> bool {
    let note = json!({ "read": 7, "scored": 3, "lost": 0, "begun": begun }).to_string();
    let note = Some(note);
    let (name, length) = (format!("job {id}"), Duration::from_secs(seconds));
    house.office.store.lease(Lease { name, holder: holder.to_owned(), length, note }).unwrap()
}

async fn another_process_takes_it_up(ground: Ground) {
    let house = House::on(ground);
    let key = house.reader(&[Role::Officer], Label::Red).key;
    let path = later(&house, &key, &lines(3), None).await.headers[header::LOCATION].to_str().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap();
    // Another process is at it.
    assert!(lease(&house, id, "p_2", 60, 1) && !work(&house).await);
    let stands = house.get(&key, &path).await.json();
    assert_eq!((&stands["state"], &stands["progress"]["read"]), (&json!("running"), &json!(7)), "{stands}");
    // It died: its lease runs out.
    assert!(lease(&house, id, "p_2", 0, 1));
    let stands = house.get(&key, &path).await.json();
    assert_eq!((&stands["state"], &stands["interrupted"]), (&json!("waiting"), &json!(1)), "{stands}");
    assert!(work(&house).await);
    assert_eq!(house.get(&key, &path).await.json()["state"], "done");
    // One that kills whoever begins it is not begun for ever.
    let path = later(&house, &key, &lines(2), None).await.headers[header::LOCATION].to_str().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap();
    assert!(lease(&house, id, "p_2", 0, MAX_JOB_ATTEMPTS) && work(&house).await);
    let stands = house.get(&key, &path).await.json();
    assert_eq!((&stands["state"], &stands["problem"]["status"]), (&json!("failed"), &json!(500)), "{stands}");
    assert_eq!(jobs_said(&*house.office.store).1, 1);
}

#[tokio::test]
async fn nobody_fills_the_line_alone() {
    let house = House::new();
    let (one, other) = (house.reader(&[Role::Importer], Label::Clear), house.reader(&[Role::Importer], Label::Clear));
    for n in 0..MAX_JOBS_OF_A_READER {
        assert_eq!(later(&house, &one.key, &lines(1 + n % 3), None).await.status, 202);
    }
    let refused = later(&house, &one.key, &lines(1), None).await;
    assert_eq!((refused.status, refused.json()["type"].as_str()), (429, Some("/problems/jobs")));
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(later(&house, &other.key, &lines(1), None).await.status, 202);
    // A call at a line goes on meanwhile.
    assert_eq!(house.post(&one.key, "/v1/assessments", &bills()[0]).await.status, 200);
}

/// It is shown as it was judged: for the roles of the key that sent it, and to no key that gives less.
#[tokio::test]
async fn it_is_shown_to_no_key_that_gives_less() {
    let house = House::new();
    let both = house.reader(&[Role::Officer, Role::Importer], Label::Amber);
    let only = |role: Role| {
        let wish = KeyWish { roles: Some([role].into()), overlap_hours: 24, ..KeyWish::default() };
        house.office.rotate_key(OPERATOR, &both.reader.id, wish).unwrap().key
    };
    let importer = only(Role::Importer);
    let sent = |answer: Answer| answer.headers[header::LOCATION].to_str().unwrap().to_owned();
    let as_officer = sent(later(&house, &both.key, &lines(2), None).await);
    let as_importer = sent(later(&house, &importer, &lines(2), None).await);
    assert!(work(&house).await && work(&house).await);
    let answers = |path: &str| format!("{path}/answers");
    assert_eq!(house.get(&importer, &answers(&as_officer)).await.status, 403);
    for key in [&importer, &both.key] {
        let shown = house.get(key, &answers(&as_importer)).await;
        assert!(shown.status == 200 && !shown.text.contains("\"hits\""), "{}", shown.text);
    }
    assert!(house.get(&both.key, &answers(&as_officer)).await.text.contains("\"hits\""));
    // Without a memory nothing is taken, and a preference binds nobody.
    let plain = palisander::state::State::new(
        crate::harness::ENGINE.with_inputs(&palisander_engine::Inputs::default()).unwrap(),
        None,
    );
    let request = Request::builder().method("POST").uri("/v1/manifests").header(header::HOST, "localhost");
    let request = request.header("prefer", "respond-async").body(Body::from(lines(1))).unwrap();
    let response = tower::ServiceExt::oneshot(palisander::build_router(plain), request).await.unwrap();
    assert_eq!(response.status(), 200);
}

/// A process that dies in the middle: the job is taken up by the next, and its bills are on record once.
#[test]
fn a_job_survives_its_process() {
    let ground = Ground::file();
    let mut service = Service::start(&ground);
    let officer = crate::kill::key(&ground, "officer");
    let many: String = (0..1_500)
        .map(|n| {
            let mut bill = bills()[n % 20].clone();
            bill["reference"] = json!(format!("M{n}"));
            format!("{bill}\n")
        })
        .collect();
    let mut stream = service.connect().unwrap();
    let head = format!(
        "POST /v1/manifests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nPrefer: respond-async\r\n\
         Content-Length: {}\r\nAuthorization: Bearer {officer}\r\nConnection: close\r\n\r\n",
        many.len()
    );
    stream.write_all(&[head.as_bytes(), many.as_bytes()].concat()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let path = text.lines().find_map(|line| line.strip_prefix("location: ")).expect(&text).trim().to_owned();
    let stands = |service: &Service| -> Value {
        let (status, text) = service.call(&officer, "GET", &path, "").unwrap();
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    };
    let until = Instant::now() + Duration::from_secs(60);
    while stands(&service)["state"] != "running" {
        assert!(Instant::now() < until, "it is not begun");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    let before = stands(&service);
    service.process.kill().unwrap();
    service.process.wait().unwrap();
    assert_eq!(before["state"], "running", "it was killed in the middle: {before}");
    let service = Service::start(&ground);
    let until = Instant::now() + Duration::from_secs(180);
    while stands(&service)["state"] != "done" {
        assert!(Instant::now() < until, "{}", stands(&service));
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(stands(&service)["progress"], json!({ "read": 1_500, "scored": 1_500, "lost": 0 }));
    drop(service);
    let (code, log) = command_on(&ground, &["log", "export"]);
    assert_eq!(code, Some(0));
    let n = log.lines().filter(|line| line.contains("\"kind\":\"assessed\"")).count();
    assert_eq!(n, 1, "its bills are on record once");
}
