//! What everybody may read without a key.

use axum::body::Body;
use axum::http::{Request, header};
use palisander::config::FEED_READS_A_MINUTE;
use palisander::store::Role;
use palisander_engine::Label;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::information::live;

on_each_store! {
    e06_the_feed_holds_what_was_written_for_everybody_and_no_more,
    e06_a_page_goes_on_where_the_one_before_ended,
}

const NDJSON: &str = "application/x-ndjson";

async fn asked(house: &House, path: &str, accept: Option<&str>, known: Option<&str>) -> Answer {
    let mut request = Request::builder().uri(path).header(header::HOST, "localhost");
    for (name, value) in [(header::ACCEPT, accept), (header::IF_NONE_MATCH, known)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    house.sends(request.body(Body::empty()).unwrap()).await
}

fn alert(plain: &str) -> Value {
    json!({ "kind": "alert", "title": "TITLEQUOLL", "text": "TEXTQUOLL", "plain_text": plain, "source_kind": "government",
        "number": "NUMBERQUOLL", "parties": ["PARTYQUOLL LTD"], "vessels": [{ "name": "SHIPQUOLL" }], "route": ["PORTQUOLL"],
        "containers": ["CSQU3054383"], "identifiers": [{ "kind": "phone", "value": "+261 20 22 000 00" }],
        "effective_to": "2027-06-30" })
}

/// The plain texts of the feed, as a line each.
async fn texts(house: &House) -> Vec<String> {
    let answer = asked(house, "/v1/feed", Some(NDJSON), None).await;
    assert_eq!((answer.status, &answer.headers["content-type"]), (200, &NDJSON.parse().unwrap()), "{}", answer.text);
    answer
        .text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["plain_text"].as_str().unwrap().to_owned())
        .collect()
}

/// Names of the elements, in order; the document is well-formed.
fn elements(text: &str) -> Vec<String> {
    let (mut reader, mut names) = (Reader::from_str(text), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => names.push(tag.name().as_ref().to_owned()),
            Event::Eof => return names,
            _ => {}
        }
    }
}

/// Only what is live and CLEAR, and of it only the plain text, the days and the id; what is withdrawn, made stricter or over
/// leaves it; neither a record of another label nor what was done about one shows, in a byte or in a tag.
async fn e06_the_feed_holds_what_was_written_for_everybody_and_no_more(ground: Ground) {
    let house = House::told(ground);
    let (one, two) = (house.reader(&[Role::Handler], Label::Red).key, house.reader(&[Role::Handler], Label::Red).key);
    assert_eq!(texts(&house).await, [] as [String; 0]);
    let first = live(&house, &one, &alert("Rosewood & ebony\nleave <Toamasina>"), "TLP:CLEAR").await;
    let before = asked(&house, "/v1/feed", None, None).await;
    assert_eq!(before.headers["content-type"], "application/atom+xml; charset=utf-8");
    assert_eq!(before.headers["vary"], "accept");
    let entry = ["entry", "id", "title", "published", "updated", "content"];
    let head = ["feed", "id", "title", "author", "name", "updated", "link"];
    assert_eq!(elements(&before.text), head.iter().chain(&entry).copied().collect::<Vec<_>>());
    assert!(before.text.contains("<title>Rosewood &amp; ebony</title>"), "{}", before.text);
    assert!(before.text.contains("leave &lt;Toamasina&gt;</content>"), "{}", before.text);
    let tag = before.headers["etag"].to_str().unwrap().to_owned();

    // Forty words under every other label and state, none of which changes a byte.
    let mut hidden = Vec::new();
    for label in ["TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"] {
        for n in 0..9 {
            let word = format!("{}XYZZY{n}", label.replace([':', '+'], ""));
            hidden.push(live(&house, &one, &alert(&word), label).await);
        }
    }
    let mut covert = alert("COVERTXYZZY");
    covert["source_kind"] = json!("covert");
    covert["source_code"] = json!("SRC-7");
    live(&house, &one, &covert, "TLP:CLEAR").await;
    let mut later = alert("LATERXYZZY");
    later["effective_from"] = json!("2026-12-01");
    live(&house, &one, &later, "TLP:CLEAR").await;
    live(&house, &one, &alert(" "), "TLP:CLEAR").await;
    let graded = house.post(&one, "/v1/information", &alert("GRADEDXYZZY")).await.json()["id"].clone();
    let path = format!("/v1/information/{}/grade", graded.as_str().unwrap());
    assert_eq!(house.post(&one, &path, &crate::information::grading("TLP:CLEAR")).await.status, 200);
    // Nor does what is done about the one that shows, until it acts.
    let wish = json!({ "reason": "wrong quay" });
    assert_eq!(house.post(&one, &format!("/v1/information/{first}/withdraw"), &wish).await.status, 202);
    let after = asked(&house, "/v1/feed", None, None).await;
    assert_eq!((&after.text, &after.headers), (&before.text, &before.headers));
    assert_eq!(asked(&house, "/v1/feed", None, Some(&tag)).await.status, 304);
    let lines = asked(&house, "/v1/feed", Some(NDJSON), None).await;
    let line: Value = serde_json::from_str(&lines.text).unwrap();
    let fields: Vec<&String> = line.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "published_on", "effective_to", "title", "plain_text"]);
    for text in [&after.text, &lines.text] {
        assert!(!text.contains("XYZZY") && !text.contains("QUOLL"), "{text}");
    }

    // It leaves when the second person has signed, when it is made stricter, and after its last day.
    let second = live(&house, &one, &alert("second"), "TLP:CLEAR").await;
    let third = live(&house, &one, &alert("third"), "TLP:CLEAR").await;
    assert_eq!(texts(&house).await.len(), 3);
    let sign = async |id: &str| {
        let signed = house.send(Some(&two), "POST", &format!("/v1/information/{id}/signatures"), "").await;
        assert_eq!(signed.status, 200, "{}", signed.text);
    };
    sign(&first).await;
    let stricter = json!({ "label": "TLP:GREEN", "reason": "no longer" });
    assert_eq!(house.post(&one, &format!("/v1/information/{second}/label"), &stricter).await.status, 200);
    assert_eq!(texts(&house).await, ["third"]);
    assert_ne!(asked(&house, "/v1/feed", None, Some(&tag)).await.status, 304);
    house.at("2027-06-30T23:59:59Z");
    assert!(texts(&house).await.contains(&"third".to_owned()), "{third}");
    house.at("2027-07-01T00:00:00Z");
    assert_eq!(texts(&house).await, [] as [String; 0]);
    // A label falls to CLEAR by two persons, and not before.
    house.at("2026-11-02T08:00:00Z");
    let secret = hidden.last().unwrap();
    let lower = json!({ "label": "TLP:CLEAR", "reason": "it is known by now" });
    assert_eq!(house.post(&one, &format!("/v1/information/{secret}/label"), &lower).await.status, 202);
    assert_eq!(texts(&house).await, ["third"]);
    sign(secret).await;
    assert_eq!(texts(&house).await.len(), 2);
}

/// Each record stands on one page, whatever leaves the feed between two of them.
async fn e06_a_page_goes_on_where_the_one_before_ended(ground: Ground) {
    let house = House::told(ground);
    let (one, two) = (house.reader(&[Role::Handler], Label::Red).key, house.reader(&[Role::Handler], Label::Red).key);
    let mut ids = Vec::new();
    for n in 0..7 {
        house.at(&format!("2026-11-0{}T08:00:00Z", 1 + n / 3));
        ids.push(live(&house, &one, &alert(&format!("n {n}")), "TLP:CLEAR").await);
    }
    let mut path = "/v1/feed?limit=2".to_owned();
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = asked(&house, &path, Some(NDJSON), None).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let lines: Vec<Value> = page.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.len() <= 2);
        seen.extend(lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()));
        pages += 1;
        let atom = asked(&house, &path, Some("application/atom+xml"), None).await;
        assert_eq!(atom.text.matches("<entry>").count(), lines.len());
        let Some(link) = page.headers.get("link") else {
            assert!(!atom.text.contains("rel=\"next\""));
            break;
        };
        assert!(atom.text.contains("rel=\"next\""), "{}", atom.text);
        path = link.to_str().unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
        if pages == 1 {
            // What the page ended at is taken back before the next is asked for.
            let gone = seen.last().unwrap();
            let (withdraw, sign) =
                (format!("/v1/information/{gone}/withdraw"), format!("/v1/information/{gone}/signatures"));
            assert_eq!(house.post(&one, &withdraw, &json!({ "reason": "wrong" })).await.status, 202);
            assert_eq!(house.send(Some(&two), "POST", &sign, "").await.status, 200);
        }
    }
    assert_eq!((seen.len(), pages), (7, 4));
    assert_eq!(seen[0], ids[6], "the latest day first");
    seen.sort();
    ids.sort();
    assert_eq!(seen, ids);
    for (query, status) in [
        ("after=2026-11-01.i_00000000000000000000000000000000", 200),
        ("after=2026-99-99.i_00000000000000000000000000000000", 200),
        ("after=x", 400),
        ("after=2026-11-01.i_0", 400),
        ("after=2026-11-01T00.i_00000000000000000000000000000000", 400),
        ("after=2026-11-01.i_0000000000000000000000000000000G", 400),
        ("after=2026-11-01.%3Cb%3E", 400),
        ("limit=0", 400),
        ("limit=201", 400),
        ("label=TLP:RED", 400),
    ] {
        assert_eq!(asked(&house, &format!("/v1/feed?{query}"), None, None).await.status, status, "{query}");
    }
    assert_eq!(asked(&house, "/v1/feed", Some("text/html"), None).await.status, 406);
}

/// Whoever floods the door holds up nobody for longer than its bucket takes to fill again.
#[tokio::test]
async fn e06_the_door_of_the_feed_opens_so_often_in_a_minute() {
    let house = House::new();
    let mut read = 0;
    loop {
        let answer = asked(&house, "/v1/feed", None, None).await;
        match answer.status {
            200 => read += 1,
            429 => {
                assert!(answer.headers.contains_key(header::RETRY_AFTER));
                break;
            }
            other => panic!("{other}: {}", answer.text),
        }
        assert!(read < 100_000, "nothing holds it up");
    }
    assert!(read >= FEED_READS_A_MINUTE.get(), "{read}");
    let auditor = house.reader(&[Role::Auditor], Label::Clear).key;
    let counted = house.get(&auditor, "/metrics").await.text;
    assert!(counted.contains("why=\"door\"} 1"), "{counted}");
    // Other doors have buckets of their own.
    let tip = house.send(None, "POST", "/v1/tips", "{\"text\":\"x\",\"proof\":\"x\"}").await;
    assert_eq!(tip.status, 422);
}
