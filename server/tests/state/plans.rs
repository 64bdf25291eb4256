//! Plans as a noun of the service: who sees them, who agrees, how they run and end, and what an operation brought.

use palisander::service::readers::{NewKey, OPERATOR};
use palisander::store::{GroupKind, Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};
use crate::rulesets::{act, files};

on_each_store! {
    f13_a_plan_goes_its_way_and_late_milestones_are_told,
    i13_an_operation_acts_between_its_days_and_what_it_brought_is_counted,
}

/// Three people of one group, and one of another.
struct Room {
    house: House,
    group: String,
    other: String,
    writer: NewKey,
    publisher: NewKey,
    officer: NewKey,
    stranger: NewKey,
}

impl Room {
    fn of(house: House) -> Self {
        let group = |name: &str| house.office.add_group(OPERATOR, name, GroupKind::Unit, None).unwrap().id;
        let (own, other) = (group("Task Force"), group("Elsewhere"));
        let reader = |name: &str, roles: &[Role], group: &String| {
            let mut wanted = House::wanted(name, roles, Label::Red);
            wanted.groups.insert(group.clone());
            wanted.key.days = Some(366);
            house.office.add_reader(OPERATOR, wanted).unwrap()
        };
        let writer = reader("writer", &[Role::Analyst, Role::Publisher], &own);
        let publisher = reader("publisher", &[Role::Publisher], &own);
        let officer = reader("officer", &[Role::Officer], &own);
        let stranger = reader("stranger", &[Role::Analyst, Role::Publisher, Role::Officer], &other);
        Self { group: own, other, writer, publisher, officer, stranger, house }
    }

    async fn drafted(&self, plan: Value) -> String {
        let answer =
            self.house.post(&self.writer.key, "/v1/plans", &json!({ "plan": plan, "group": self.group })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn step(&self, who: &NewKey, id: &str, to: &str, result: &str) -> (u16, Value) {
        let said = json!({ "to": to, "result": result });
        let answer = self.house.post(&who.key, &format!("/v1/plans/{id}/state"), &said).await;
        (answer.status, answer.json())
    }
}

fn operation(profiles: &[&str]) -> Value {
    json!({
        "id": "winter", "kind": "operation", "title": "Ports in winter", "source": "letter of the Task Force",
        "groups": ["Task Force"], "partners": ["INTERPOL", "WCO"], "funding": "10 000 USD of the Task Force",
        "from": "2026-11-05", "to": "2026-11-10", "profiles": profiles,
        "measures": [{ "text": "look at shirts", "source": "s", "profiles": profiles, "roles": ["transit"], "agreed": ["2026-10"] }],
        "milestones": [{ "text": "brief the ports", "due": "2026-11-04", "owner": "Customs" }],
    })
}

async fn f13_a_plan_goes_its_way_and_late_milestones_are_told(ground: Ground) {
    let room = Room::of(House::told(ground));
    let (house, writer) = (&room.house, &room.writer);
    let id = room.drafted(operation(&[])).await;
    let path = format!("/v1/plans/{id}");
    // It exists for the members of its groups alone.
    for who in [&room.officer, &room.publisher] {
        assert_eq!(house.get(&who.key, &path).await.json()["state"], "draft");
    }
    assert_eq!(house.get(&room.stranger.key, &path).await.status, 404);
    assert_eq!(house.get(&room.stranger.key, "/v1/plans").await.json()["plans"], json!([]));
    assert_eq!(room.step(&room.stranger, &id, "agreed", "").await.0, 404);
    assert_eq!(house.post(&room.officer.key, &format!("{path}/state"), &json!({ "to": "agreed" })).await.status, 403);
    // Who wrote it does not agree to it, and that he tried is on record.
    assert_eq!(room.step(writer, &id, "agreed", "").await.0, 403);
    let refused = house.office.store.entries(0, 1_000).unwrap().into_iter().filter(|entry| entry.kind == Kind::Refused);
    assert_eq!(refused.count(), 1);
    assert_eq!(room.step(&room.publisher, &id, "running", "").await.0, 409);
    assert_eq!(room.step(&room.publisher, &id, "agreed", "").await.0, 200);
    // Not before its first day, not after its last.
    assert_eq!(room.step(writer, &id, "running", "").await.0, 409);
    house.at("2026-11-11T08:00:00Z");
    assert_eq!(room.step(writer, &id, "running", "").await.0, 409);
    house.at("2026-11-05T08:00:00Z");
    let (status, shown) = room.step(writer, &id, "running", "").await;
    assert_eq!((status, &shown["acts"]), (200, &json!(true)), "{shown}");
    // A day late, with its owner.
    let due = |shown: &Value| {
        let all = shown["due"].as_array().unwrap().iter();
        all.map(|own| (own["owner"].clone(), own["days"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(due(&shown), [(json!("Customs"), json!(1))]);
    assert_eq!(due(&house.get(&room.officer.key, "/v1/plans").await.json()), [(json!("Customs"), json!(1))]);
    assert_eq!(room.step(writer, &id, "ended", "all done").await.0, 409, "a milestone is open");
    let tell = async |n: usize, said: Value| house.post(&writer.key, &format!("{path}/milestones/{n}"), &said).await;
    assert_eq!(tell(2, json!({ "state": "done" })).await.status, 409);
    assert_eq!(tell(1, json!({ "state": "declined" })).await.status, 409, "without a reason");
    let told = tell(1, json!({ "state": "done", "note": "by telephone" })).await;
    assert_eq!((told.status, due(&told.json())), (200, Vec::new()), "{}", told.text);
    assert_eq!(room.step(writer, &id, "ended", " ").await.0, 409, "nothing is said of what came of it");
    assert_eq!(room.step(writer, &id, "ended", "nothing was found").await.0, 200);
    assert_eq!(room.step(writer, &id, "draft", "").await.0, 409);
    assert_eq!(house.get(&writer.key, "/v1/plans").await.json()["plans"], json!([]));
    let kept = house.get(&writer.key, "/v1/plans?ended=true").await.json();
    assert_eq!(
        (&kept["plans"][0]["result"], &kept["plans"][0]["plan"]["funding"]),
        (&json!("nothing was found"), &json!("10 000 USD of the Task Force"))
    );
    // Every step is an entry, and the projections can be built again from them.
    let kinds: Vec<Kind> = house.office.store.entries(0, 1_000).unwrap().into_iter().map(|entry| entry.kind).collect();
    let n = |kind| kinds.iter().filter(|own| **own == kind).count();
    assert_eq!((n(Kind::PlanDrafted), n(Kind::PlanMoved), n(Kind::PlanTold)), (1, 3, 1));
    house.office.store.rebuild().unwrap();
    assert_eq!(house.get(&writer.key, "/v1/plans?ended=true").await.json()["plans"], kept["plans"]);
}

/// T09, F12: measures without a profile and profiles without a measure, and who belongs to the groups of a plan by whom.
#[tokio::test]
async fn t09_f12_measures_are_listed_both_ways_and_members_with_who_named_them() {
    let room = Room::of(House::told(Ground::file()));
    let (house, writer) = (&room.house, &room.writer);
    let admin = house.reader(&[Role::Administrator], Label::Clear).key;
    let members = json!([{ "body": "Invented Wildlife Unit of Examplia", "nominated_by": "INTERPOL National Central Bureau, Examplia", "since": "2026-01-01" },
        { "body": "Invented Customs Desk of Samplia", "nominated_by": "Management Authority of Samplia" }]);
    let path = format!("/v1/groups/{}/members", room.group);
    assert_eq!(house.post(&writer.key, &path, &json!({ "members": members })).await.status, 403);
    let unnamed = json!([{ "body": "Invented Unit", "nominated_by": " " }]);
    assert_eq!(house.post(&admin, &path, &json!({ "members": unnamed })).await.status, 422, "by nobody");
    let twice = json!([members[0], members[0]]);
    assert_eq!(house.post(&admin, &path, &json!({ "members": twice })).await.status, 422);
    assert_eq!(house.post(&admin, &path, &json!({ "members": members })).await.status, 200);
    let groups = house.get(&admin, "/v1/groups").await.json();
    let own = groups["groups"].as_array().unwrap().iter().find(|group| group["id"] == room.group.as_str()).unwrap();
    assert_eq!(own["members"], members);
    // Who works on a plan of the group reads them, too.
    let mut plan = operation(&[]);
    plan["measures"] = json!([{ "text": "seize less by chance", "source": "s", "roles": ["range"] }, { "text": "prices", "source": "s", "profiles": ["values"] }]);
    (plan["from"], plan["kind"]) = (json!("2026-10-01"), json!("strategy"));
    let id = room.drafted(plan).await;
    let shown = house.get(&room.officer.key, &format!("/v1/plans/{id}")).await.json();
    assert_eq!(shown["groups"][0]["members"], members, "{shown}");
    let done: Vec<&Value> = shown["coverage"].as_array().unwrap().iter().map(|own| &own["is_done"]).collect();
    assert_eq!(done, [&json!(false), &json!(true)]);
    // A draft covers nothing yet; once agreed, `values` is of a plan and the open measure is listed.
    let lists = async || {
        let all = house.get(&room.officer.key, "/v1/plans").await.json();
        let open: Vec<String> = all["coverage"]["measures"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|own| own["is_done"] == false)
            .map(|own| own["text"].as_str().unwrap().to_owned())
            .collect();
        let is_unplanned = all["coverage"]["unplanned"].as_array().unwrap().iter().any(|own| own[0] == "values");
        (open.contains(&"seize less by chance".to_owned()), is_unplanned)
    };
    assert_eq!(lists().await, (false, true));
    assert_eq!(room.step(&room.publisher, &id, "agreed", "").await.0, 200);
    assert_eq!(lists().await, (true, false));
    assert_ne!(room.other, room.group);
}

/// F04: a plan of several agencies is seen by each of its groups, and its bills by each as far as it may.
#[tokio::test]
async fn f04_a_shared_plan_is_seen_by_each_of_its_groups_and_nobody_else() {
    let room = Room::of(House::told(Ground::file()));
    let house = &room.house;
    let said = json!({ "plan": operation(&[]), "group": room.group, "with": [room.other] });
    let id = house.post(&room.writer.key, "/v1/plans", &said).await.json()["id"].as_str().unwrap().to_owned();
    for who in [&room.officer, &room.stranger] {
        assert_eq!(house.get(&who.key, &format!("/v1/plans/{id}")).await.status, 200);
    }
    let nobody = house.reader(&[Role::Analyst], Label::Red).key;
    for path in [format!("/v1/plans/{id}"), format!("/v1/plans/{id}/bills")] {
        assert_eq!(house.get(&nobody, &path).await.status, 404);
    }
    // A group of somebody else's, a group that there is not, and one `id` twice.
    for (group, with, status) in
        [(&room.other, json!([]), 409), (&room.group, json!(["g_none"]), 409), (&room.group, json!([]), 409)]
    {
        let said = json!({ "plan": operation(&[]), "group": group, "with": with });
        assert_eq!(house.post(&room.writer.key, "/v1/plans", &said).await.status, status);
    }
    let mut wrong = operation(&[]);
    (wrong["id"], wrong["to"]) = (json!("x"), json!("2026-11-01"));
    let said = house.post(&room.writer.key, "/v1/plans", &json!({ "plan": wrong, "group": room.group })).await;
    assert!(said.status == 422 && said.text.contains("before it begins"), "{}", said.text);
}

async fn i13_an_operation_acts_between_its_days_and_what_it_brought_is_counted(ground: Ground) {
    let room = Room::of(House::told(ground));
    let (house, writer) = (&room.house, &room.writer);
    // A profile of its own, which acts between the days of the operation.
    let text = files("winter-shirts", "", 40).to_string();
    let dated = text.replace(
        "genera = []",
        "effective_from = \\\"2026-11-05\\\"\\neffective_to = \\\"2026-11-10\\\"\\ngenera = []",
    );
    let dated = dated.replace("2026-10-01", "2026-11-06");
    let wanted =
        json!({ "name": "winter", "files": serde_json::from_str::<Value>(&dated).unwrap(), "note": "operation" });
    let written = house.post(&writer.key, "/v1/rulesets", &wanted).await;
    assert_eq!((written.status, &written.json()["state"]), (201, &json!("checked")), "{}", written.text);
    let ruleset = written.json()["id"].as_str().unwrap().to_owned();
    let id = room.drafted(operation(&["winter-shirts"])).await;
    assert_eq!(room.step(&room.publisher, &id, "agreed", "").await.0, 200);
    house.at("2026-11-05T08:00:00Z");
    let (status, why) = room.step(writer, &id, "running", "").await;
    assert!(status == 409 && why.to_string().contains("is not loaded"), "{why}");
    for what in ["approve", "shadow", "live"] {
        let done = act(house, &room.publisher.key, &ruleset, what).await;
        assert_eq!(done.status, 200, "{what}: {}", done.text);
    }
    assert_eq!(room.step(writer, &id, "running", "").await.0, 200);
    // The day before, its first and last, the day after: it is silent outside, and counts say so.
    let fired = async |n: usize, day: &str| {
        let bill = json!({ "reference": format!("R{n}"), "consignments": [{ "bill_of_lading": format!("SYN{n:04}"), "goods_items": [
            { "description": "COTTON SHIRTS", "hs_code": "610910", "origin": "BD", "gross_mass_kg": 900 + n }] }] });
        let answer = house.post(&room.officer.key, &format!("/v1/assessments?as_of={day}"), &bill).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["hits"].as_array().unwrap().len()
    };
    let days = ["2026-11-04", "2026-11-05", "2026-11-10", "2026-11-11"];
    let mut seen = Vec::new();
    for (n, day) in days.into_iter().enumerate() {
        seen.push(fired(n, day).await);
    }
    assert_eq!(seen, [0, 1, 1, 0]);
    let brought = house.get(&room.officer.key, &format!("/v1/plans/{id}/bills")).await.json();
    assert_eq!((&brought["n_bills"], &brought["by_profile"]), (&json!(2), &json!({ "winter-shirts": 2 })), "{brought}");
    assert_eq!(brought["partners"], json!(["INTERPOL", "WCO"]));
    let bills = brought["bills"].as_array().unwrap();
    assert!(bills.iter().all(|bill| bill["hits"][0]["plan"] == "winter"), "{brought}");
    let on: Vec<&str> = bills.iter().map(|bill| bill["on"].as_str().unwrap()).collect();
    assert_eq!(on, ["2026-11-05", "2026-11-10"]);
    // Another plan of the same days, to which nobody has agreed yet, brought nothing.
    let mut quiet = operation(&[]);
    quiet["id"] = json!("quiet");
    let quiet = room.drafted(quiet).await;
    assert_eq!(house.get(&room.officer.key, &format!("/v1/plans/{quiet}/bills")).await.status, 409);
}
