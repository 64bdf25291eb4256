//! What officers decide: one person raises, two different ones lower or waive, and each attempt is on record.

use axum::body::Body;
use axum::http::{Request, header};
use palisander::config::{MAX_REASON_CHARS, MAX_WAIVER_DAYS};
use palisander::service::readers::{KeyWish, NewKey, OPERATOR};
use palisander::store::{Entry, Kind, ReaderKind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::secrets::bills;

on_each_store! {
    c02_two_different_persons_lower_a_lane,
    c09_a_waiver_has_a_reason_two_signatures_and_a_last_day,
    one_person_confirms_and_raises,
    a_proposal_that_was_overtaken_is_not_signed,
    what_is_sent_again_is_done_once,
    b15_results_are_told_and_handed_out_as_they_are_measured,
    who_does_not_know_why_lowers_nothing,
}

/// A house with one red bill, sent by an importer, and two officers.
struct Desk {
    house: House,
    importer: NewKey,
    one: NewKey,
    other: NewKey,
    bill: String,
}

impl Desk {
    async fn on(ground: Ground) -> Self {
        let house = House::on(ground);
        let importer = house.reader(&[Role::Importer], Label::Clear);
        let (one, other) = (house.reader(&[Role::Officer], Label::Green), house.reader(&[Role::Officer], Label::Green));
        let answer = house.post(&importer.key, "/v1/assessments", &bills()[4]).await.json();
        assert_eq!(answer["lane"], "red");
        let bill = answer["id"].as_str().unwrap().to_owned();
        Self { house, importer, one, other, bill }
    }

    async fn decide(&self, key: &str, form: &Value) -> Answer {
        self.house.post(key, &format!("/v1/assessments/{}/decisions", self.bill), form).await
    }

    async fn sign(&self, key: &str, decision: &Value) -> Answer {
        let id = decision["id"].as_str().unwrap();
        self.house.send(Some(key), "POST", &format!("/v1/decisions/{id}/signatures"), "").await
    }

    /// The lane in force as each reader is told it.
    async fn lane(&self) -> String {
        let path = format!("/v1/assessments/{}", self.bill);
        let of = async |new: &NewKey| self.house.get(&new.key, &path).await.json()["lane"].as_str().unwrap().to_owned();
        let lane = of(&self.one).await;
        assert_eq!(
            (of(&self.importer).await, of(&self.other).await),
            (lane.clone(), lane.clone()),
            "one for all readers"
        );
        lane
    }

    fn entries(&self, kind: Kind) -> Vec<Entry> {
        let all = self.house.office.store.entries(0, usize::MAX).unwrap();
        all.into_iter().filter(|entry| entry.kind == kind).collect()
    }
}

fn lower() -> Value {
    json!({ "kind": "lowered", "lane": "blue", "reason": "the original permit was seen" })
}

/// C02: to lower a lane with one signature, with two keys of one person, or by a machine is refused and on record.
async fn c02_two_different_persons_lower_a_lane(ground: Ground) {
    let desk = Desk::on(ground).await;
    let proposed = desk.decide(&desk.one.key, &lower()).await;
    let decision = proposed.json();
    assert_eq!(
        (proposed.status, &decision["needs"], &decision["lane_in_force"]),
        (202, &json!("second"), &json!("red"))
    );
    assert_eq!(desk.lane().await, "red", "one signature changes nothing");
    // The same person: by the same key, and by another of his.
    let wish = KeyWish { overlap_hours: 5, ..KeyWish::default() };
    let second_key = desk.house.office.rotate_key(OPERATOR, &desk.one.reader.id, wish).unwrap().key;
    for key in [&desk.one.key, &second_key] {
        let refused = desk.sign(key, &decision).await;
        assert_eq!((refused.status, &refused.json()["type"]), (403, &json!("/problems/forbidden")), "{}", refused.text);
    }
    // A machine with the same role.
    let mut wanted = House::wanted("Robot", &[Role::Officer], Label::Green);
    wanted.kind = ReaderKind::Machine;
    let robot = desk.house.office.add_reader(OPERATOR, wanted).unwrap();
    assert_eq!(desk.sign(&robot.key, &decision).await.status, 403);
    assert_eq!(desk.decide(&robot.key, &lower()).await.status, 403);
    let refused = desk.entries(Kind::Refused);
    assert_eq!(
        refused.iter().map(|entry| entry.reader.as_str()).collect::<Vec<_>>(),
        [&desk.one.reader.id, &desk.one.reader.id, &robot.reader.id, &robot.reader.id]
    );
    assert_eq!((desk.lane().await.as_str(), desk.entries(Kind::Lowered).len()), ("red", 0));
    // Another person.
    let signed = desk.sign(&desk.other.key, &decision).await;
    assert_eq!((signed.status, &signed.json()["lane_in_force"]), (201, &json!("blue")), "{}", signed.text);
    assert_eq!(desk.lane().await, "blue");
    let entry = desk.entries(Kind::Lowered).pop().unwrap();
    assert_eq!((entry.reader, entry.second), (desk.other.reader.id.clone(), Some(desk.one.reader.id.clone())));
    // Once is enough.
    assert_eq!(desk.sign(&desk.other.key, &decision).await.status, 409);
    // It is in the queue where it now belongs, and the officer sees who decided.
    let queue = desk.house.get(&desk.one.key, "/v1/assessments?lane=blue").await.json();
    assert_eq!(queue["assessments"][0]["id"], json!(desk.bill));
    let bill = desk.house.get(&desk.one.key, &format!("/v1/assessments/{}", desk.bill)).await.json();
    assert_eq!(bill["decisions"][0]["signed_by"], json!(desk.other.reader.id));
    let outside = desk.house.get(&desk.importer.key, &format!("/v1/assessments/{}", desk.bill)).await;
    assert!(!outside.text.contains("decisions") && !outside.text.contains("permit was seen"));
    // All of it is built again from the entries.
    desk.house.office.store.rebuild().unwrap();
    assert_eq!(desk.lane().await, "blue");
}

/// C09: a waiver without a reason is refused; after its last day the lane is back.
async fn c09_a_waiver_has_a_reason_two_signatures_and_a_last_day(ground: Ground) {
    let desk = Desk::on(ground).await;
    let waive = |reason: &str, until: &str| json!({ "kind": "waived", "reason": reason, "until": until });
    let far = format!("2027-0{}-01", 3 + i32::from(MAX_WAIVER_DAYS > 150));
    for (form, word) in [
        (waive("", "2026-11-10"), "a reason is needed"),
        (waive("  ", "2026-11-10"), "a reason is needed"),
        (json!({ "kind": "waived", "reason": "x" }), "last day"),
        (waive("x", "2026-10-31"), "2026-10-31"),
        (waive("x", &far), "MAX_WAIVER_DAYS"),
        (json!({ "kind": "waived", "reason": "x", "until": "2026-11-10", "lane": "green" }), "takes no `lane`"),
        (
            json!({ "kind": "waived", "reason": "x".repeat(MAX_REASON_CHARS + 1), "until": "2026-11-10" }),
            "MAX_REASON_CHARS",
        ),
    ] {
        let answer = desk.decide(&desk.one.key, &form).await;
        // What is wrong by itself, and what does not fit the day.
        let due = if ["2026-10-31", "MAX_WAIVER_DAYS"].contains(&word) { 409 } else { 422 };
        assert_eq!(answer.status, due, "{form}: {}", answer.text);
        assert!(answer.text.contains(word), "{word}: {}", answer.text);
    }
    let proposed = desk.decide(&desk.one.key, &waive("diplomatic bag, note 7", "2026-11-10")).await;
    assert_eq!((proposed.status, desk.lane().await.as_str()), (202, "red"));
    assert_eq!(desk.sign(&desk.other.key, &proposed.json()).await.status, 201);
    assert_eq!(desk.lane().await, "green");
    let entry = desk.entries(Kind::Waived).pop().unwrap();
    assert_eq!((entry.reader, entry.second), (desk.other.reader.id.clone(), Some(desk.one.reader.id.clone())));
    // One person alone ends the waiver, and goes no lower than the lane under it.
    let raise = |lane: &str| json!({ "kind": "raised", "lane": lane, "reason": "the note is forged" });
    let alone = desk.decide(&desk.one.key, &raise("blue")).await;
    assert_eq!((alone.status, desk.lane().await.as_str()), (409, "green"), "{}", alone.text);
    let in_lane = async |lane: &str| {
        let page = desk.house.get(&desk.one.key, &format!("/v1/assessments?lane={lane}")).await.json();
        page["assessments"].as_array().unwrap().len()
    };
    assert_eq!((in_lane("green").await, in_lane("red").await), (1, 0));
    desk.house.at("2026-11-10T23:59:59Z");
    assert_eq!(desk.lane().await, "green");
    desk.house.at("2026-11-11T00:00:00Z");
    assert_eq!((desk.lane().await.as_str(), in_lane("green").await, in_lane("red").await), ("red", 0, 1));
    // Waived once more, and ended by one.
    let again = desk.decide(&desk.other.key, &waive("note 8", "2026-11-20")).await.json();
    assert_eq!((desk.sign(&desk.one.key, &again).await.status, desk.lane().await.as_str()), (201, "green"));
    assert_eq!((desk.decide(&desk.one.key, &raise("red")).await.status, desk.lane().await.as_str()), (201, "red"));
    // A proposal whose last day is over is not signed any more.
    let late = desk.decide(&desk.one.key, &waive("again", "2026-11-11")).await.json();
    desk.house.at("2026-11-12T00:00:00Z");
    assert_eq!(desk.sign(&desk.other.key, &late).await.status, 409);
}

async fn one_person_confirms_and_raises(ground: Ground) {
    let house = House::on(ground);
    let (importer, officer) =
        (house.reader(&[Role::Importer], Label::Clear), house.reader(&[Role::Officer], Label::Green));
    let carrier = house.reader(&[Role::Carrier], Label::Clear);
    let guitars = &bills()[15];
    let own = house.post(&importer.key, "/v1/assessments", guitars).await.json();
    let lane = own["lane"].as_str().unwrap();
    assert!(["blue", "yellow"].contains(&lane), "{own}");
    let path = |id: &Value| format!("/v1/assessments/{}", id.as_str().unwrap());
    let decide =
        async |id: &Value, form: Value| house.post(&officer.key, &format!("{}/decisions", path(id)), &form).await;
    let confirmed = decide(&own["id"], json!({ "kind": "confirmed" })).await;
    assert_eq!((confirmed.status, &confirmed.json()["lane_in_force"]), (201, &own["lane"]), "{}", confirmed.text);
    for form in [
        json!({ "kind": "raised", "reason": "x" }),
        json!({ "kind": "raised", "reason": "x", "lane": lane }),
        json!({ "kind": "raised", "reason": "x", "lane": "green" }),
        json!({ "kind": "raised", "lane": "red" }),
        json!({ "kind": "raised", "lane": "purple", "reason": "x" }),
        json!({ "kind": "lowered", "lane": "red", "reason": "x" }),
        json!({ "kind": "confirmed", "until": "2026-11-10" }),
        json!({ "kind": "forgiven" }),
        json!({}),
        json!({ "kind": "confirmed", "by": "r_000000000000" }),
    ] {
        let due =
            if form["lane"].is_string() && form["reason"].is_string() && form["lane"] != "purple" { 409 } else { 422 };
        assert_eq!(decide(&own["id"], form.clone()).await.status, due, "{form}");
    }
    let raised = decide(&own["id"], json!({ "kind": "raised", "lane": "red", "reason": "the seal is broken" })).await;
    assert_eq!((raised.status, &raised.json()["lane_in_force"]), (201, &json!("red")));
    assert_eq!(house.get(&importer.key, &path(&own["id"])).await.json()["lane"], "red");
    let load = house.post(&carrier.key, "/v1/assessments", guitars).await.json();
    let form = json!({ "kind": "raised", "lane": "red", "reason": "the seal is broken" });
    assert_eq!(decide(&load["id"], form).await.status, 201);
    assert_eq!(house.get(&carrier.key, &path(&load["id"])).await.json()["referral"], "dnl");
    let unknown = decide(&json!("a_00000000000000000000000000000000"), json!({ "kind": "confirmed" })).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
}

/// What changed since a proposal was not before the eyes of who made it.
async fn a_proposal_that_was_overtaken_is_not_signed(ground: Ground) {
    let desk = Desk::on(ground).await;
    let first = desk.decide(&desk.one.key, &lower()).await.json();
    // Somebody looks at it meanwhile: that changes nothing. Somebody decides: that does.
    desk.house.get(&desk.other.key, &format!("/v1/assessments/{}", desk.bill)).await;
    assert_eq!(desk.decide(&desk.other.key, &json!({ "kind": "confirmed" })).await.status, 201);
    let overtaken = desk.sign(&desk.other.key, &first).await;
    assert_eq!(
        (overtaken.status, &overtaken.json()["type"]),
        (409, &json!("/problems/conflict")),
        "{}",
        overtaken.text
    );
    let again = desk.decide(&desk.one.key, &lower()).await.json();
    assert_eq!(desk.sign(&desk.other.key, &again).await.status, 201);
}

/// A decision that is sent twice under one key is taken once; with another body it is refused.
async fn what_is_sent_again_is_done_once(ground: Ground) {
    let desk = Desk::on(ground).await;
    let sends = async |key: &str, names: &[&str], form: &Value| {
        let path = format!("/v1/assessments/{}/decisions", desk.bill);
        let mut request = Request::builder().method("POST").uri(path).header(header::HOST, "localhost");
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        request = request.header(header::CONTENT_TYPE, "application/json");
        for name in names {
            request = request.header("idempotency-key", *name);
        }
        desk.house.sends(request.body(Body::from(form.to_string())).unwrap()).await
    };
    let first = sends(&desk.one.key, &["order-7"], &lower()).await;
    let again = sends(&desk.one.key, &["order-7"], &lower()).await;
    assert_eq!((first.status, again.status, first.json()), (202, 202, again.json()));
    assert_eq!(desk.entries(Kind::Proposed).len(), 1);
    let mut changed = lower();
    changed["lane"] = json!("yellow");
    let mismatch = sends(&desk.one.key, &["order-7"], &changed).await;
    assert_eq!(
        (mismatch.status, &mismatch.json()["type"]),
        (422, &json!("/problems/idempotency")),
        "{}",
        mismatch.text
    );
    // Another reader's key of the same name is another one; without a name each call is one.
    assert_eq!(sends(&desk.other.key, &["order-7"], &lower()).await.status, 202);
    assert_eq!(sends(&desk.other.key, &[], &lower()).await.status, 202);
    assert_eq!(desk.entries(Kind::Proposed).len(), 3);
    for names in [&["a", "b"][..], &[""], &["x".repeat(101).as_str()]] {
        assert_eq!(sends(&desk.one.key, names, &lower()).await.status, 400, "{names:?}");
    }
    // Sent twice at once: one decision, told twice.
    let form = lower();
    let send = || sends(&desk.one.key, &["order-9"], &form);
    let (a, b) = tokio::join!(send(), send());
    assert_eq!((a.status, a.json()), (202, b.json()));
    assert_eq!(desk.entries(Kind::Proposed).len(), 4);
    // Once it is signed, sending it again tells how it stands now.
    let decision = sends(&desk.one.key, &["order-8"], &lower()).await.json();
    assert_eq!(desk.sign(&desk.other.key, &decision).await.status, 201);
    let now = sends(&desk.one.key, &["order-8"], &lower()).await;
    assert_eq!((now.status, &now.json()["lane_in_force"]), (201, &json!("blue")), "{}", now.text);
}

/// What was found is told by officers, corrected by a later report, and read by the command that measures.
async fn b15_results_are_told_and_handed_out_as_they_are_measured(ground: Ground) {
    let desk = Desk::on(ground).await;
    let path = format!("/v1/assessments/{}/result", desk.bill);
    for (form, word) in [
        (json!({ "state": "final", "result": "found" }), "detected_by"),
        (json!({ "state": "final", "result": "nothing", "detected_by": ["scan"] }), "detected_by"),
        (json!({ "state": "final", "result": "found", "detected_by": ["luck"] }), "luck"),
        (json!({ "state": "done", "result": "found", "detected_by": ["scan"] }), "done"),
        (json!({ "result": "found", "detected_by": ["scan"] }), "state"),
        (
            json!({ "state": "final", "result": "nothing", "note": "x".repeat(MAX_REASON_CHARS + 1) }),
            "MAX_REASON_CHARS",
        ),
    ] {
        let answer = desk.house.post(&desk.one.key, &path, &form).await;
        assert_eq!(answer.status, 422, "{form}: {}", answer.text);
        assert!(answer.text.contains(word), "{word}: {}", answer.text);
    }
    let form = json!({ "state": "preliminary", "result": "nothing" });
    assert_eq!(desk.house.post(&desk.one.key, &path, &form).await.status, 201);
    desk.house.at("2026-11-03T08:00:00Z");
    let form =
        json!({ "state": "final", "result": "found", "detected_by": ["information", "profile"], "note": "86 logs" });
    let told = desk.house.post(&desk.other.key, &path, &form).await;
    assert_eq!((told.status, &told.json()["reported_on"]), (201, &json!("2026-11-03")), "{}", told.text);
    let lines = desk.house.get(&desk.one.key, "/v1/results").await.text;
    let results = palisander_evaluation::Results::read(lines.as_bytes()).unwrap();
    assert_eq!((results.of("SYN0004"), results.n_preliminary), (Some(true), 1));
    let last: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let after =
        desk.house.get(&desk.one.key, &format!("/v1/results?after={}", last["cursor"].as_str().unwrap())).await.text;
    assert_eq!(after.lines().count(), 1);
    let unknown = desk.house.post(&desk.one.key, "/v1/assessments/a_0/result", &form).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
    assert_eq!(desk.entries(Kind::Result).len(), 2);
}

/// Who may not know what made a lane cannot lower it, alone or as the second: two who see nothing would find nothing.
async fn who_does_not_know_why_lowers_nothing(ground: Ground) {
    let house = House::of(crate::secrets::engine(&crate::secrets::SECRETS, "TLP:RED"), ground);
    let full = [house.reader(&[Role::Officer], Label::Red), house.reader(&[Role::Officer], Label::Red)];
    let green = house.reader(&[Role::Officer], Label::Green);
    let mut n_held = 0;
    for bill in &bills()[10..15] {
        let answer = house.post(&green.key, "/v1/assessments", bill).await.json();
        if answer["lane"] == "green" || answer.get("held").is_none() {
            continue;
        }
        n_held += 1;
        let path = format!("/v1/assessments/{}/decisions", answer["id"].as_str().unwrap());
        let form = json!({ "kind": "lowered", "lane": "green", "reason": "nothing is seen" });
        let refused = house.post(&green.key, &path, &form).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        let proposed = house.post(&full[0].key, &path, &form).await.json();
        let sign = format!("/v1/decisions/{}/signatures", proposed["id"].as_str().unwrap());
        assert_eq!(house.send(Some(&green.key), "POST", &sign, "").await.status, 403);
        assert_eq!(house.send(Some(&full[1].key), "POST", &sign, "").await.status, 201);
        // To raise and to confirm needs no more than to see the bill.
        let form = json!({ "kind": "raised", "lane": "red", "reason": "looks odd" });
        assert_eq!(house.post(&green.key, &path, &form).await.status, 201);
    }
    assert!(n_held > 0);
}
