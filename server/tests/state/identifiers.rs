//! From a phone number to a bill.

use palisander::store::{Entry, Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};
use crate::information::{lane, live, report};

on_each_store! {
    i11_from_a_phone_number_to_a_bill_in_two_steps,
}

fn with_phone(title: &str, container: &str, phone: &str) -> Value {
    let mut told = report(title);
    told["containers"] = json!([container]);
    told["identifiers"] = json!([{ "kind": "phone", "value": phone }]);
    told
}

fn readings(house: &House) -> Vec<Entry> {
    house.office.store.entries(0, 10_000).unwrap().into_iter().filter(|entry| entry.kind == Kind::Read).collect()
}

/// Who may know the record is told it and the bill that leans on it; to all others the number is one that nobody told of, in the same
/// bytes. Whoever reads what is AMBER stands in the log.
async fn i11_from_a_phone_number_to_a_bill_in_two_steps(ground: Ground) {
    let house = House::told(ground);
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let officer = house.reader(&[Role::Officer], Label::Amber);
    let uncleared = house.reader(&[Role::Officer], Label::Green).key;
    let phone = "+261 20 22-000 00";
    let hidden = live(&house, &handler, &with_phone("the broker's line", "CSQU3054383", phone), "TLP:AMBER").await;
    let open =
        live(&house, &handler, &with_phone("the yard's line", "TGHU1234567", "+261 33 11 000 11"), "TLP:GREEN").await;
    // It holds the phone and acts in nothing yet.
    let graded = house.post(&handler, "/v1/information", &with_phone("told only", "MSCU1234566", phone)).await.json();
    for (n, container, expected) in
        [(1, "CSQU3054383", "yellow"), (2, "TGHU1234567", "yellow"), (3, "MSCU1234566", "green")]
    {
        assert_eq!(lane(&house, &officer.key, n, container).await, expected);
    }
    let path = |number: &str| format!("/v1/identifiers/phone/{}", number.replace(' ', "%20").replace('+', "%2B"));
    let asked = async |key: &str, number: &str| house.get(key, &path(number)).await;

    let before = readings(&house).len();
    let told = asked(&officer.key, "00261202200000").await;
    assert_eq!(told.status, 200, "{}", told.text);
    let told = told.json();
    let ids: Vec<&str> =
        told["information"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!((ids, &told["is_whole"]), (vec![hidden.as_str()], &json!(true)), "{told}");
    let bills = told["bills"].as_array().unwrap();
    assert_eq!(bills.len(), 1, "{told}");
    assert_eq!(
        (&bills[0]["consignment"], &bills[0]["lane"], &bills[0]["information"]),
        (&json!("SYN0001"), &json!("yellow"), &json!([hidden]))
    );
    let bill = format!("/v1/assessments/{}", bills[0]["id"].as_str().unwrap());
    assert_eq!(house.get(&officer.key, &bill).await.status, 200, "the second step leads to the bill");
    let noted = &readings(&house)[before];
    assert_eq!((&noted.reader, noted.label), (&officer.reader.id, Label::Amber));

    // Below its label there is nothing: neither the record nor the bill, nor an entry, nor another length.
    let before = readings(&house).len();
    let nothing = asked(&uncleared, "+261 20 22 000 00").await;
    let unknown = asked(&uncleared, "+261 20 22 000 99").await;
    assert_eq!(nothing.text.replace("261202200000", ""), unknown.text.replace("261202200099", ""));
    assert_eq!((nothing.json()["information"].clone(), nothing.json()["bills"].clone()), (json!([]), json!([])));
    assert_eq!(readings(&house).len(), before);
    let seen = asked(&uncleared, "+261331100011").await.json();
    assert_eq!((&seen["information"][0]["id"], &seen["bills"][0]["consignment"]), (&json!(open), &json!("SYN0002")));
    assert_eq!(readings(&house).len(), before, "what is GREEN is read without one");

    // Who handles it sees all that was told of it, what acts in nothing too.
    let all = asked(&handler, phone).await.json();
    assert_eq!(all["information"].as_array().unwrap().len(), 2, "{all}");
    assert_eq!(all["information"][0]["id"], graded["id"]);
    assert_eq!(all["bills"].as_array().unwrap().len(), 1);
    for (wrong, status) in [("/v1/identifiers/phone/none", 422), ("/v1/identifiers/name/Rakoto", 422)] {
        assert_eq!(house.get(&officer.key, wrong).await.status, status, "{wrong}");
    }
}

/// What is told of those who decide is linked for those alone who look into it.
#[tokio::test]
async fn i11_c04_what_is_told_of_officials_is_not_linked() {
    let house = House::told(Ground::file());
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let told = json!({ "kind": "integrity", "title": "an offer", "source_kind": "government",
        "identifiers": [{ "kind": "email", "value": "broker@example.org" }] });
    assert_eq!(house.post(&handler, "/v1/information", &told).await.status, 201);
    let other = house.reader(&[Role::Handler], Label::Red).key;
    for key in [other, house.reader(&[Role::Analyst], Label::Red).key] {
        let linked = house.get(&key, "/v1/identifiers/email/broker@example.org").await.json();
        assert_eq!(linked["information"], json!([]), "{linked}");
    }
}
