//! Who is let in, and as whom: by the key alone.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use palisander::config::MAX_KEY_DAYS;
use palisander::identity::ROUTES;
use palisander::service::readers::{KeyWish, OPERATOR};
use palisander::service::{Clock, Office};
use palisander::store::{GroupKind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};

on_each_store! {
    of_all_who_start_at_once_one_prints_a_key,
}

/// Many processes may start at once on an empty state.
async fn of_all_who_start_at_once_one_prints_a_key(ground: Ground) {
    let offices: Vec<Office> =
        (0..6).map(|_| Office::new(Arc::from(ground.place().open().unwrap()), Clock::default())).collect();
    let found = std::thread::scope(|scope| {
        let all: Vec<_> = offices.iter().map(|office| scope.spawn(|| office.first_administrator().unwrap())).collect();
        all.into_iter().filter_map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    let [first] = found.as_slice() else { panic!("{} administrators", found.len()) };
    for office in &offices {
        assert_eq!(office.caller(&first.key).unwrap().reader, first.reader);
        assert_eq!(office.store.readers().unwrap().len(), 1);
    }
}

/// Every role at every route, each cell of the table tried. A route that the table does not name fails the test.
#[tokio::test]
async fn i05_c04_every_role_at_every_route() {
    let house = House::new();
    let table = include_str!("roles.csv");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let who: Vec<String> = rows.headers().unwrap().iter().skip(1).map(str::to_owned).collect();
    assert_eq!(who.len(), Role::ALL.len() + 1);
    let keys: Vec<Option<String>> =
        who.iter().map(|who| Role::read(who).map(|role| house.reader(&[role], Label::Green).key)).collect();
    let mut routes = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let (method, path) = row[0].split_once(' ').unwrap();
        assert!(ROUTES.iter().any(|(own, route, _)| (*own, *route) == (method, path)), "{} is no route", &row[0]);
        routes += 1;
        for (n, key) in keys.iter().enumerate() {
            // Nobody has these ids, and no form is filled in: who may, is told so by another problem than who may not.
            let path =
                path.replace("{id}", "x_000000000000").replace("{token}", &"0".repeat(32)).replace("{number}", "X1");
            let path = path.replace("{name}", "seizure-guide").replace("{n}", "1");
            let path = path.replace("{table}", "tools");
            let path = path.replace("{kind}", "phone").replace("{value}", "261200");
            let body = if method == "POST" { "{\"x\":1}" } else { "" };
            let answer = house.send(key.as_deref(), method, &path, body).await;
            let is_problem = answer.json()["type"].as_str().unwrap_or_default().to_owned();
            let found = match (answer.status, is_problem.as_str()) {
                (401, "/problems/key") => "401",
                (403, "/problems/forbidden") => "403",
                (404, "/problems/not-found") if answer.text.contains("is not a path of this service") => "404",
                _ => "yes",
            };
            assert_eq!(found, &row[n + 1], "{} as {}: {}", &row[0], who[n], answer.text);
        }
    }
    assert_eq!(routes, ROUTES.len(), "a route has no row in roles.csv");
}

/// A path that no table names is nobody's, whoever asks.
#[tokio::test]
async fn unknown_paths_and_methods_are_told_as_before() {
    let house = House::new();
    let key = house.reader(&[Role::Auditor], Label::Red).key;
    assert_eq!(house.get(&key, "/v1/nothing").await.status, 404);
    let wrong = house.send(Some(&key), "DELETE", "/v1/me", "").await;
    assert_eq!((wrong.status, &wrong.json()["type"]), (405, &json!("/problems/method")));
    assert_eq!(house.send(Some(&key), "HEAD", "/v1/me", "").await.status, 200);
    assert_eq!(house.send(None, "HEAD", "/v1/me", "").await.status, 401);
}

/// Whatever a request says of itself, only a key that opens counts, and why one does not is not told.
#[tokio::test]
async fn identity_is_the_key_alone() {
    let house = House::new();
    let new = house.reader(&[Role::Officer], Label::Green);
    let key = new.key.as_str();
    let sends = async |headers: &[(&str, &str)]| {
        let mut request = Request::builder().uri("/v1/me").header(header::HOST, "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        house.sends(request.body(Body::empty()).unwrap()).await
    };
    let bearer = format!("Bearer {key}");
    let cut = format!("Bearer {}", &key[..key.len() - 1]);
    let longer = format!("Bearer {key}x");
    let basic = format!("Basic {key}");
    for headers in [
        &[][..],
        &[("authorization", "")],
        &[("authorization", key)],
        &[("authorization", "Bearer ")],
        &[("authorization", &cut)],
        &[("authorization", &longer)],
        &[("authorization", &basic)],
        &[("authorization", &bearer), ("authorization", &bearer)],
        &[("authorization", "Bearer pal_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
        &[("x-reader", &new.reader.id), ("x-api-key", key), ("cookie", key), ("forwarded", "for=127.0.0.1")],
    ] {
        let answer = sends(headers).await;
        assert_eq!(answer.status, 401, "{headers:?}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(!answer.text.contains(key));
    }
    let other = house.reader(&[Role::Administrator], Label::Clear);
    let answer = sends(&[("authorization", &bearer), ("x-reader", &other.reader.id)]).await;
    let me = answer.json();
    assert_eq!((answer.status, &me["id"], &me["audience"]), (200, &json!(new.reader.id), &json!("officer")));
    assert_eq!((&me["clearance"], &me["key"]["roles"]), (&json!("TLP:GREEN"), &json!(["officer"])));
    assert!(!answer.text.contains(key));
    // A key in the address is none.
    assert_eq!(house.send(None, "GET", &format!("/v1/me?key={key}"), "").await.status, 401);
}

/// F03: a member reads on the last day of his group, and gets 403 after midnight UTC.
#[tokio::test]
async fn f03_a_member_reads_on_the_last_day_and_no_more_after_midnight() {
    let house = House::new();
    let last = Some("2026-11-30".parse().unwrap());
    let group = house.office.add_group(OPERATOR, "Joint operation", GroupKind::TaskForce, last).unwrap();
    let other = house.office.add_group(OPERATOR, "Agency", GroupKind::Agency, None).unwrap();
    let member = |groups: &[&str]| {
        let mut wanted = House::wanted("Member", &[Role::Officer], Label::Green);
        wanted.groups = groups.iter().map(|id| (*id).to_owned()).collect();
        house.office.add_reader(OPERATOR, wanted).unwrap()
    };
    let (only, both, none) = (member(&[&group.id]), member(&[&group.id, &other.id]), member(&[]));
    let statuses = async || {
        let mut all = Vec::new();
        for new in [&only, &both, &none] {
            all.push(house.get(&new.key, "/v1/me").await.status);
        }
        all
    };
    house.at("2026-11-30T23:59:59.999999Z");
    assert_eq!(statuses().await, [200, 200, 200]);
    house.at("2026-12-01T00:00:00Z");
    assert_eq!(statuses().await, [403, 200, 200]);
    let told = house.get(&only.key, "/v1/alerts?q=rosewood").await;
    assert_eq!((told.status, told.headers[header::CONTENT_TYPE].as_bytes()), (403, &b"application/problem+json"[..]));
    assert!(told.json()["detail"].as_str().unwrap().contains("2026-11-30"), "{}", told.text);
    // The group that goes on gets a last day too.
    house.office.end_group(OPERATOR, &other.id, "2026-12-02".parse().unwrap()).unwrap();
    house.at("2026-12-03T00:00:00Z");
    assert_eq!(statuses().await, [403, 403, 200]);
}

#[tokio::test]
async fn keys_and_readers_end_on_their_day() {
    let house = House::new();
    let mut wanted = House::wanted("Guest", &[Role::Officer], Label::Green);
    wanted.expires_on = Some("2026-11-05".parse().unwrap());
    wanted.key = KeyWish { days: Some(2), ..KeyWish::default() };
    let guest = house.office.add_reader(OPERATOR, wanted).unwrap();
    for (time, status) in [
        ("2026-11-03T23:59:59Z", 200),
        // The key is over, then the reader.
        ("2026-11-04T00:00:00Z", 401),
    ] {
        house.at(time);
        assert_eq!(house.get(&guest.key, "/v1/me").await.status, status, "{time}");
    }
    let wish = KeyWish { days: Some(30), ..KeyWish::default() };
    let guest = house.office.rotate_key(OPERATOR, &guest.reader.id, wish).unwrap();
    for (time, status) in [("2026-11-05T23:59:59Z", 200), ("2026-11-06T00:00:00Z", 403)] {
        house.at(time);
        assert_eq!(house.get(&guest.key, "/v1/me").await.status, status, "{time}");
    }
    assert!(house.office.rotate_key(OPERATOR, &guest.reader.id, KeyWish::default()).is_err(), "his day is over");
}

#[tokio::test]
async fn a_rotated_key_opens_and_the_old_one_ends() {
    let house = House::new();
    let old = house.reader(&[Role::Officer, Role::Handler], Label::Green);
    let id = old.reader.id.as_str();
    let wish = KeyWish { roles: Some([Role::Handler].into()), overlap_hours: 1, ..KeyWish::default() };
    let new = house.office.rotate_key(OPERATOR, id, wish).unwrap();
    let both = async || (house.get(&old.key, "/v1/me").await.status, house.get(&new.key, "/v1/me").await);
    let (before, me) = both().await;
    assert_eq!((before, me.status, &me.json()["key"]["roles"]), (200, 200, &json!(["handler"])));
    house.at("2026-11-01T09:00:00Z");
    let (before, me) = both().await;
    assert_eq!((before, me.status), (401, 200));
    // Without an overlap at once, however long the one before was to last.
    let newest = house.office.rotate_key(OPERATOR, id, KeyWish::default()).unwrap();
    let (_, me) = both().await;
    assert_eq!((me.status, house.get(&newest.key, "/v1/me").await.status), (401, 200));
    // Out at once.
    house.office.expire_reader(OPERATOR, id, None).unwrap();
    assert_eq!(house.get(&newest.key, "/v1/me").await.status, 401);
}

/// An administrator does over HTTP what the operator does at the machine; the log says who.
#[tokio::test]
async fn an_administrator_adds_ends_and_rotates() {
    let house = House::new();
    let first = house.office.first_administrator().unwrap().unwrap();
    assert!(house.office.first_administrator().unwrap().is_none(), "only once");
    let key = first.key.as_str();
    let group = house.post(key, "/v1/groups", &json!({ "name": "Port unit", "kind": "unit" })).await;
    assert_eq!(group.status, 201, "{}", group.text);
    let group = group.json()["id"].as_str().unwrap().to_owned();
    let wanted = json!({ "name": "Desk", "kind": "person", "roles": ["officer"], "groups": [group],
        "clearance": "TLP:AMBER", "expires_on": "2026-12-24", "key": { "days": 7 } });
    let added = house.post(key, "/v1/readers", &wanted).await;
    let new = added.json();
    assert_eq!((added.status, &new["expires_on"]), (201, &json!("2026-11-08")), "{}", added.text);
    let (id, desk) = (new["reader"]["id"].as_str().unwrap(), new["key"].as_str().unwrap());
    assert_eq!(house.get(desk, "/v1/me").await.json()["groups"], json!([group]));
    let rotated = house.post(key, &format!("/v1/readers/{id}/keys"), &json!({})).await;
    assert_eq!(rotated.status, 201, "{}", rotated.text);
    assert_eq!(house.get(desk, "/v1/me").await.status, 401);
    let ended = house.post(key, &format!("/v1/readers/{id}/end"), &json!({ "on": "2026-11-20" })).await;
    assert_eq!((ended.status, &ended.json()["expires_on"]), (200, &json!("2026-11-20")));
    let ended = house.post(key, &format!("/v1/groups/{group}/end"), &json!({ "on": "2026-11-19" })).await;
    assert_eq!(ended.status, 200, "{}", ended.text);
    let list = house.get(key, "/v1/readers").await;
    let readers = list.json()["readers"].as_array().unwrap().clone();
    assert_eq!(
        readers.iter().map(|reader| reader["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Desk", "First administrator"]
    );
    assert!(readers[1]["keys"][0]["last_used_at"].is_string(), "{}", list.text);
    assert_eq!(readers[0]["keys"].as_array().unwrap().len(), 2);
    // No key and no hash of one is in the list, in the log, or in the file.
    let log = {
        let mut text = Vec::new();
        palisander::store::export(&*house.office.store, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    for secret in [key, desk, rotated.json()["key"].as_str().unwrap()] {
        assert!(!list.text.contains(secret) && !log.contains(secret) && !list.text.contains("hash"));
    }
    let by: Vec<String> = house.office.store.entries(0, 100).unwrap().into_iter().map(|entry| entry.reader).collect();
    assert_eq!(by[..2], [OPERATOR, OPERATOR]);
    assert!(by.len() > 8 && by[2..].iter().all(|by| *by == first.reader.id), "{by:?}");
}

/// Each form with one thing wrong: a problem that names it, and no entry.
#[tokio::test]
async fn what_does_not_fit_is_named() {
    let house = House::new();
    let first = house.office.first_administrator().unwrap().unwrap();
    let before = house.office.store.entries(0, 100).unwrap().len();
    let good = json!({ "name": "Desk", "kind": "person", "roles": ["officer"] });
    let with = |field: &str, value: Value| {
        let mut form = good.clone();
        form[field] = value;
        form
    };
    let own_end = format!("/v1/readers/{}/end", first.reader.id);
    let too_long = "x".repeat(201);
    for (path, form, status, word) in [
        ("/v1/readers", with("name", json!("")), 422, "name is empty"),
        ("/v1/readers", with("name", json!(too_long)), 422, "MAX_FIELD_CHARS"),
        ("/v1/readers", with("name", json!("a\u{1b}[2Jb")), 422, "control"),
        ("/v1/readers", with("roles", json!([])), 422, "at least one role"),
        ("/v1/readers", with("roles", json!(["officer", "administrator"])), 422, "no other role"),
        ("/v1/readers", with("roles", json!(["king"])), 422, "king"),
        ("/v1/readers", with("groups", json!(["g_none"])), 409, "g_none"),
        ("/v1/readers", with("clearance", json!("TOP SECRET")), 422, "TOP SECRET"),
        ("/v1/readers", with("expires_on", json!("2026-10-31")), 409, "2026-10-31"),
        ("/v1/readers", with("key", json!({ "days": 0 })), 422, "MAX_KEY_DAYS"),
        ("/v1/readers", with("key", json!({ "days": MAX_KEY_DAYS + 1 })), 422, "MAX_KEY_DAYS"),
        ("/v1/readers", with("key", json!({ "roles": ["auditor"] })), 422, "no auditor"),
        ("/v1/readers", with("key", json!({ "overlap_hours": 1000 })), 422, "MAX_KEY_OVERLAP_HOURS"),
        ("/v1/readers", with("is_admin", json!(true)), 422, "is_admin"),
        ("/v1/readers", json!([]), 422, ""),
        ("/v1/readers/r_000000000000/end", json!({}), 404, "r_000000000000"),
        ("/v1/readers/r_000000000000/keys", json!({}), 404, "r_000000000000"),
        ("/v1/groups/g_000000000000/end", json!({ "on": "2026-12-01" }), 404, "g_000000000000"),
        ("/v1/groups", json!({ "name": "x", "kind": "club" }), 422, "club"),
        (&own_end, json!({}), 409, "last administrator"),
    ] {
        let answer = house.post(&first.key, path, &form).await;
        assert_eq!(answer.status, status, "{path} {form}: {}", answer.text);
        assert!(answer.text.contains(word), "{word}: {}", answer.text);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    }
    for (body, status) in
        [("{", 400), ("\u{0}", 400), ("null", 422), ("{\"name\":\"x\"", 400), (r#"["Desk","person",["officer"]]"#, 422)]
    {
        assert_eq!(house.send(Some(&first.key), "POST", "/v1/readers", body).await.status, status, "{body}");
    }
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(house.send(Some(&first.key), "POST", "/v1/readers", &long).await.status, 413);
    assert_eq!(house.office.store.entries(0, 100).unwrap().len(), before);
}

/// What the auditor reads over HTTP is the log itself: chained, and signed as far as it goes.
#[tokio::test]
async fn an_auditor_reads_the_log_page_by_page() {
    let house = House::new();
    let auditor = house.reader(&[Role::Auditor], Label::Red).key;
    for n in 0..5 {
        house.office.add_group(OPERATOR, &format!("Group {n}"), GroupKind::Unit, None).unwrap();
    }
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = house.get(&auditor, &format!("/v1/log?after={after}&limit=3")).await.json();
        let entries = page["entries"].as_array().unwrap().clone();
        after = page["after"].as_u64().unwrap();
        if entries.is_empty() {
            break;
        }
        all.extend(entries);
    }
    assert_eq!(all.len(), 7);
    assert!(all.windows(2).all(|pair| pair[1]["prev"] == pair[0]["hash"]));
    let notes = house.get(&auditor, "/v1/log/checkpoints").await.json();
    assert!(notes["checkpoints"][0].as_str().unwrap().starts_with("palisander/log\n7\n"), "{notes}");
    for query in ["limit=0", "limit=201", "after=-1", "after=x", "before=1"] {
        assert_eq!(house.get(&auditor, &format!("/v1/log?{query}")).await.status, 400, "{query}");
    }
}

/// A service without a state folder is what it was: no keys, no readers, whoever is on this machine is served.
#[tokio::test]
async fn without_state_nothing_is_asked_and_nothing_kept() {
    let house = House::new();
    let engine = crate::harness::ENGINE.with_inputs(&palisander_engine::Inputs::default()).unwrap();
    let app = palisander::build_router(palisander::state::State::new(engine, None));
    let stateless = House { app, ..house };
    let bill = r#"{"bill_of_lading":"A","goods_items":[{"description":"COTTON SHIRTS","hs_code":"610910"}]}"#;
    assert_eq!(stateless.send(None, "POST", "/v1/assessments", bill).await.status, 200);
    for path in ["/v1/me", "/v1/readers", "/v1/log"] {
        let answer = stateless.send(None, "GET", path, "").await;
        assert_eq!((answer.status, &answer.json()["type"]), (404, &json!("/problems/no-state")), "{path}");
    }
}

/// C06: time to answer is published, by route and never by path; labels are bounded whatever is asked.
#[tokio::test]
async fn c06_times_are_published_by_route() {
    let house = House::new();
    let auditor = house.reader(&[Role::Auditor], Label::Clear).key;
    let officer = house.reader(&[Role::Officer], Label::Clear).key;
    house.post(&officer, "/v1/assessments", &crate::secrets::bills()[4]).await;
    for n in 0..20 {
        house.get(&officer, &format!("/v1/assessments/a_{n}")).await;
        house.get(&officer, &format!("/nothing/{n}")).await;
    }
    let text = house.get(&auditor, "/metrics").await.text;
    for line in [
        "palisander_request_seconds_count{route=\"/v1/assessments/{id}\",status=\"4xx\"} 20",
        "palisander_request_seconds_count{route=\"none\",status=\"4xx\"} 20",
        "palisander_request_seconds_count{route=\"/v1/assessments\",status=\"2xx\"} 1",
        "palisander_bills_total{lane=\"red\"} 1",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(!text.contains("a_1") && !text.contains("SYN0004"));
}
