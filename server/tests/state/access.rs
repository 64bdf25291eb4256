//! How somebody without a key is let in, and what those who are not cleared find of what is restricted.

use palisander::store::{Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::information::live;
use crate::sight::{AUDIENCES, without_lane};
use crate::tips::proof;

on_each_store! {
    a05_who_asks_is_vetted_and_told_his_key_once,
    a05_of_two_administrators_and_two_who_fetch_one_comes_first,
}

fn asking(name: &str) -> Value {
    let purpose = "Scientific Authority; checks of seized wood";
    json!({ "name": name, "office": "Herbarium of Tsimbazaza", "contact": "by the Secretariat", "purpose": purpose,
        "proof": proof(purpose) })
}

fn approval() -> Value {
    json!({ "roles": ["analyst"], "clearance": "TLP:GREEN", "expires_on": "2027-10-31" })
}

async fn asks(house: &House, form: &Value) -> Answer {
    house.send(None, "POST", "/v1/access", &form.to_string()).await
}

/// The paths of one who asked: how it stands, and his key.
async fn asked(house: &House, name: &str) -> (String, String) {
    let taken = asks(house, &asking(name)).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    let path = format!("/v1/access/{}", taken.json()["token"].as_str().unwrap());
    (path.clone(), format!("{path}/key"))
}

/// The path of the request of that name, as an administrator has it.
async fn listed(house: &House, administrator: &str, name: &str) -> String {
    let list = house.get(administrator, "/v1/access-requests?state=waiting").await.json();
    let own = list["requests"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    format!("/v1/access-requests/{}", own["id"].as_str().unwrap())
}

/// He asks, waits, is let in by one who vetted him, is told his key once, and is out after his last day; who is refused is told
/// why. Each step is on record, and neither token nor key is anywhere.
async fn a05_who_asks_is_vetted_and_told_his_key_once(ground: Ground) {
    let house = House::on(ground);
    let administrator = house.reader(&[Role::Administrator], Label::Clear).key;
    let began = house.office.store.n_entries().unwrap();
    let status = async |path: &str| house.send(None, "GET", path, "").await.json();
    let fetched = async |path: &str| house.send(None, "POST", path, "").await;

    let (path, key) = asked(&house, "Hanta Ravelo").await;
    assert_eq!(status(&path).await, json!({ "state": "waiting" }));
    let early = fetched(&key).await;
    assert_eq!(
        (early.status, &early.json()["type"]),
        (403, &json!("/problems/forbidden")),
        "who is not vetted is not in"
    );
    let request = listed(&house, &administrator, "Hanta Ravelo").await;
    let seen = house.get(&administrator, &request).await;
    assert_eq!((seen.status, &seen.json()["office"]), (200, &json!("Herbarium of Tsimbazaza")));
    let approved = house.post(&administrator, &format!("{request}/approve"), &approval()).await;
    assert_eq!((approved.status, &approved.json()["state"]), (200, &json!("approved")), "{}", approved.text);
    assert!(!approved.text.contains("pal_"), "who lets him in is told no key");
    assert_eq!(status(&path).await, json!({ "state": "approved", "fetch_by": "2026-11-15" }));
    let told = fetched(&key).await;
    assert_eq!(told.status, 201, "{}", told.text);
    let own = told.json()["key"].as_str().unwrap().to_owned();
    let again = fetched(&key).await;
    assert_eq!(again.status, 409, "{}", again.text);
    assert_eq!(status(&path).await, json!({ "state": "collected" }));
    let me = house.get(&own, "/v1/me").await.json();
    assert_eq!(
        (&me["name"], &me["clearance"], &me["key"]["roles"], &me["expires_on"]),
        (&json!("Hanta Ravelo"), &json!("TLP:GREEN"), &json!(["analyst"]), &json!("2027-10-31"))
    );

    let (refused, no_key) = asked(&house, "Somebody Else").await;
    let request = listed(&house, &administrator, "Somebody Else").await;
    for (act, form, code) in [
        ("refuse", json!({ "reason": " " }), 422),
        ("approve", json!({ "roles": ["analyst"] }), 422),
        ("approve", json!({ "roles": ["analyst"], "clearance": "TLP:MAUVE", "expires_on": "2027-10-31" }), 422),
        ("approve", json!({ "roles": [], "expires_on": "2027-10-31" }), 422),
        ("approve", json!({ "roles": ["analyst"], "expires_on": "2026-10-31" }), 409),
        ("approve", json!({ "roles": ["analyst"], "expires_on": "2027-10-31", "groups": ["g_none"] }), 409),
        ("refuse", json!({ "reason": "the Secretariat does not know the office" }), 200),
        ("refuse", json!({ "reason": "again" }), 409),
        ("approve", approval(), 409),
    ] {
        let answer = house.post(&administrator, &format!("{request}/{act}"), &form).await;
        assert_eq!(answer.status, code, "{act} {form}: {}", answer.text);
    }
    let reason = "the Secretariat does not know the office";
    assert_eq!(status(&refused).await, json!({ "state": "refused", "reason": reason }));
    assert_eq!(fetched(&no_key).await.text, early.text.replace(&key, &no_key), "why there is none, the status says");

    // Who does not fetch his key in time is told so, and asks an administrator.
    let (late, late_key) = asked(&house, "Late Comer").await;
    let request = listed(&house, &administrator, "Late Comer").await;
    assert_eq!(house.post(&administrator, &format!("{request}/approve"), &approval()).await.status, 200);
    house.at("2026-11-16T00:00:00Z");
    assert_eq!((status(&late).await, fetched(&late_key).await.status), (json!({ "state": "lapsed" }), 403));

    // Each step is an entry; of tokens and keys nothing is kept, and a store that is built again says the same.
    let entries = house.office.store.entries(began, 1_000).unwrap();
    let of = |kind: Kind| entries.iter().filter(|entry| entry.kind == kind).count();
    let kinds = [Kind::AccessAsked, Kind::AccessApproved, Kind::AccessRefused, Kind::AccessCollected];
    assert_eq!(kinds.map(of), [3, 2, 1, 1]);
    assert_eq!((of(Kind::ReaderAdded), of(Kind::KeyAdded)), (2, 1));
    let mut text = Vec::new();
    palisander::store::export(&*house.office.store, &mut text).unwrap();
    let bodies: Vec<u8> =
        entries.iter().flat_map(|entry| house.office.store.body(&entry.body).unwrap().unwrap().bytes).collect();
    for secret in [&own, path.rsplit('/').next().unwrap()] {
        for bytes in [&text, &bodies] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        }
    }
    let list = house.get(&administrator, "/v1/access-requests").await.text;
    house.office.store.rebuild().unwrap();
    assert_eq!(house.get(&administrator, "/v1/access-requests").await.text, list);

    // After his last day he is told the same at every door, whatever he asks.
    house.at("2027-11-01T00:00:00Z");
    let made = house.office.rotate_key("operator", me["id"].as_str().unwrap(), Default::default());
    assert!(made.is_err(), "who is out has no new key");
    house.at("2027-10-31T08:00:00Z");
    let made = house.office.rotate_key("operator", me["id"].as_str().unwrap(), Default::default()).unwrap();
    assert_eq!(house.get(&made.key, "/v1/me").await.status, 200);
    house.at("2027-11-01T00:00:00Z");
    let out = house.get(&made.key, "/v1/me").await;
    assert_eq!(out.status, 403, "{}", out.text);
    for (method, path) in [("GET", "/v1/alerts?q=rosewood"), ("GET", "/v1/assessments"), ("POST", "/v1/assessments")] {
        let answer = house.send(Some(&made.key), method, path, "").await;
        assert_eq!((answer.status, answer.text), (out.status, out.text.clone()), "{path}");
    }
}

/// Two administrators decide at once, and two who hold the token fetch at once: one of each comes first.
async fn a05_of_two_administrators_and_two_who_fetch_one_comes_first(ground: Ground) {
    let house = House::on(ground);
    let administrator = house.reader(&[Role::Administrator], Label::Clear).key;
    let (path, _) = asked(&house, "Hanta Ravelo").await;
    let token = path.rsplit('/').next().unwrap();
    let request = listed(&house, &administrator, "Hanta Ravelo").await;
    // Who acts on what he saw before is told so.
    let seen = house.get(&administrator, &request).await.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(house.post(&administrator, &format!("{request}/approve"), &approval()).await.status, 200);
    let stale = axum::http::Request::post(format!("{request}/refuse"))
        .header("host", "localhost")
        .header("authorization", format!("Bearer {administrator}"))
        .header("content-type", "application/json")
        .header("if-match", seen)
        .body(axum::body::Body::from(json!({ "reason": "late" }).to_string()));
    assert_eq!(house.sends(stale.unwrap()).await.status, 412);
    let told: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| house.office.collect_key(token).is_ok())).collect();
        all.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(told, 1);
    let keys = house.office.store.keys().unwrap();
    assert_eq!(keys.len(), 2, "the administrator's and his");
}

/// Without work nothing is taken; what does not fit is told; more than a bucketful in a minute waits, and tips do not.
#[tokio::test]
async fn a05_the_door_is_bounded() {
    let house = House::new();
    for (field, value, says) in [
        ("proof", json!("0"), "PROOF_BITS"),
        ("name", json!(" "), "name is empty"),
        ("name", json!("a\nb"), "control"),
        ("office", json!("x".repeat(201)), "MAX_FIELD_CHARS"),
        ("roles", json!(["administrator"]), "roles"),
    ] {
        let mut form = asking("Hanta Ravelo");
        form[field] = value;
        let answer = asks(&house, &form).await;
        assert!(answer.status == 422 && answer.text.contains(says), "{field}: {}", answer.text);
    }
    for wrong in ["0".repeat(32), "x".to_owned(), "é".repeat(16)] {
        let path = format!("/v1/access/{}", wrong.replace('é', "%C3%A9"));
        assert_eq!(house.send(None, "GET", &path, "").await.status, 404);
        assert_eq!(house.send(None, "POST", &format!("{path}/key"), "").await.status, 404);
    }
    let form = asking("Hanta Ravelo");
    let mut taken = 0;
    while asks(&house, &form).await.status == 201 {
        taken += 1;
        assert!(taken < 1_000, "nothing holds it up");
    }
    assert!(taken >= palisander::config::ACCESS_A_MINUTE.get(), "{taken}");
    assert_eq!(asks(&house, &form).await.status, 429);
    let tip = json!({ "text": "logs", "proof": proof("logs") });
    assert_eq!(house.send(None, "POST", "/v1/tips", &tip.to_string()).await.status, 201);
}

/// What the uncleared may ask of documents: lists, counts, search, what a search meant, what is fresh, and the feed.
const QUESTIONS: [&str; 13] = [
    "/v1/information",
    "/v1/information?limit=1",
    "/v1/information?kind=alert&state=live",
    "/v1/alerts?q=rosewood&limit=50",
    "/v1/alerts?q=rosewod&limit=50",
    "/v1/alerts?q=RESTRICTED&limit=50",
    "/v1/alerts?q=manual%20of%20the%20forum",
    "/v1/alerts?q=&country=MG&limit=50",
    "/v1/alerts?q=&kind=alert&limit=50",
    "/v1/alerts?q=&taxon=Dalbergia&limit=50",
    "/v1/me",
    "/freshz",
    "/v1/feed",
];

/// A04: of a restricted area nothing shows to who is not cleared, with it or without: neither a result nor how many there are, nor
/// how a word weighs, nor where a page ends.
#[tokio::test]
async fn a04_the_uncleared_count_and_find_the_same_with_and_without_what_is_restricted() {
    let document = |n: usize, title: &str| {
        json!({ "kind": "alert", "title": title, "text": format!("manual of the forum, rosewood, part {n}"),
            "plain_text": "rosewood", "source_kind": "government", "taxa": ["Dalbergia"],
            "countries": [{ "code": "MG", "role": "origin" }], "effective_to": "2027-06-30" })
    };
    let mut houses = Vec::new();
    for restricted in [&[][..], &["TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]] {
        let house = House::told(Ground::file());
        let handler = house.reader(&[Role::Handler], Label::Red).key;
        for n in 0..3 {
            live(&house, &handler, &document(n, "open"), "TLP:CLEAR").await;
        }
        for label in restricted {
            for n in 0..5 {
                live(&house, &handler, &document(n, &format!("RESTRICTED {n}")), label).await;
            }
        }
        houses.push(house);
    }
    let mut compared = 0;
    for role in AUDIENCES.into_iter().chain([Role::Contributor, Role::Publisher, Role::Auditor, Role::Administrator]) {
        let keys: Vec<_> = houses.iter().map(|house| house.reader(&[role], Label::Clear).key).collect();
        for path in QUESTIONS {
            let mut seen = Vec::new();
            for (house, key) in houses.iter().zip(&keys) {
                let key = (path != "/v1/feed").then_some(key.as_str());
                let answer = house.send(key, "GET", path, "").await;
                assert!(
                    !answer.text.contains("RESTRICTED") || path.contains("RESTRICTED"),
                    "{role} {path}: {}",
                    answer.text
                );
                seen.push(told(&answer));
            }
            assert_eq!(seen[0], seen[1], "{role} {path}");
            compared += 1;
        }
    }
    assert_eq!(compared, 8 * QUESTIONS.len());
    // Whoever is cleared finds it, so that there is something to hide.
    let cleared = houses[1].reader(&[Role::Officer], Label::Red).key;
    assert!(houses[1].get(&cleared, "/v1/information").await.text.contains("RESTRICTED"));
}

/// An answer without what is random in two stores: ids, and numbers to go on from, which are held to be there or not.
fn told(answer: &Answer) -> String {
    let random = |word: &str| {
        let digits = word.rsplit('_').next().unwrap_or_default();
        digits.len() >= 12 && digits.bytes().all(|b| b.is_ascii_hexdigit())
    };
    // An Atom document names records and itself by what is random.
    let text: String = without_lane(answer, &mut 0).lines().filter(|line| !line.contains("<id>urn:")).collect();
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| !random(word)).collect::<Vec<_>>().join(" ")
}
