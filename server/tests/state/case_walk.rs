//! One case from the manifest to the row of the annual report, with everybody whom it needs, every refusal on the way tried.

use palisander::store::Role;
use palisander_engine::Label;
use serde_json::json;

use crate::cases::{Desk, facts};
use crate::harness::{Ground, on_each_store};
use crate::secrets::bills;

on_each_store! {
    from_a_manifest_to_the_annual_report,
}

/// From a manifest to the row of the annual report, with the roles that it needs and every refusal on the way.
async fn from_a_manifest_to_the_annual_report(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, other, ranger, prosecutor) = (&desk.one, &desk.other, &desk.ranger, &desk.prosecutor);
    // 640 t come under a paper that two officers doubt.
    let mut manifest = bills()[4].clone();
    manifest["consignments"][0]["goods_items"][0]["net_mass_kg"] = json!(640_000.0);
    manifest["consignments"][0]["documents"] =
        json!([{ "kind": "cites_export_permit", "number": "MG-77/26", "country": "MG" }]);
    let answer = desk.house.post(&one.key, "/v1/assessments", &manifest).await.json();
    let bill = answer["id"].as_str().unwrap().to_owned();
    assert_eq!(answer["lane"], "red", "{answer}");
    // The store is too small, and that is said before anything is opened.
    let room = desk.house.get(&one.key, &format!("/v1/assessments/{bill}/storage?at=KEMBA")).await.json();
    assert!(room["fits"] == json!(false) && room["says"].as_str().unwrap().contains("before it is opened"), "{room}");
    // The issuer is asked; nobody else is told meanwhile that the paper is good.
    let asked = desk
        .house
        .post(&one.key, &format!("/v1/assessments/{bill}/verifications"), &json!({ "document": 0, "country": "MG" }))
        .await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let asked = asked.json();
    assert!(asked["language"] == "fr" && asked["is_confirmed"] == json!(false));
    // Examined: a find opens the case. Whoever is no officer opens none.
    let mut told = facts();
    told["goods"][0]["mass_kg"] = json!(640_000.0);
    told["goods"][0]["volume_m3"] = json!(700.0);
    let found = json!({ "state": "final", "result": "found", "detected_by": ["profile"], "offence": "cites", "thorough": "full",
        "case": { "lead": desk.customs, "facts": told, "templates": ["container"] } });
    let path = format!("/v1/assessments/{bill}/result");
    let analyst = desk.house.reader(&[Role::Analyst], Label::Red).key;
    assert_eq!(desk.house.post(&analyst, &path, &found).await.status, 403);
    let result = desk.house.post(&one.key, &path, &found).await;
    assert_eq!(result.status, 201, "{}", result.text);
    let case = result.json()["case"].as_str().unwrap().to_owned();
    // Seized, moved under two signatures, sampled; support is asked for.
    desk.told(one, &case, "custody", &json!({ "event": "seized", "pieces": 3_000, "place": "quay 4" })).await;
    desk.told(
        one,
        &case,
        "custody",
        &json!({ "event": "moved", "pieces": 3_000, "place": "invented-mombasa", "seals": ["S1", "S2"] }),
    )
    .await;
    assert_eq!(desk.tell(one, &case, "custody/2/signatures", &json!({})).await.status, 409);
    desk.told(other, &case, "custody/2/signatures", &json!({})).await;
    desk.told(one, &case, "state", &json!({ "to": "secured" })).await;
    desk.told(
        one,
        &case,
        "decisions",
        &json!({ "about": "wist", "choice": "requested", "reason": "no room and no training" }),
    )
    .await;
    desk.told(one, &case, "custody", &json!({ "event": "sampled", "pieces": 12, "place": "laboratory" })).await;
    desk.told(other, &case, "custody/3/signatures", &json!({})).await;
    // The laboratory says what the wood is; without a signed sample nobody would have believed it.
    let finding = json!({ "sample": 3, "laboratory": "LAB-INVENTED-1", "question": "species", "verdict": "confirmed",
        "taxon": "Dalbergia baronii", "settles_result": true });
    let unsigned =
        json!({ "sample": 1, "laboratory": "LAB-INVENTED-1", "question": "species", "verdict": "confirmed" });
    assert_eq!(desk.tell(one, &case, "findings", &unsigned).await.status, 409);
    desk.told(one, &case, "findings", &finding).await;
    // The paper is false: the register learns it from two persons.
    let verification = format!("/v1/verifications/{}/events", asked["id"].as_str().unwrap());
    let answered =
        desk.house.post(&one.key, &verification, &json!({ "what": "answered", "answer": "not_issued" })).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    // Another agency investigates; who seized hears of it in the end.
    desk.told(one, &case, "state", &json!({ "to": "investigating" })).await;
    desk.told(one, &case, "hand-overs", &json!({ "group": desk.wildlife })).await;
    assert_eq!(desk.tell(one, &case, "leads", &json!({ "what": "x" })).await.status, 403);
    desk.told(ranger, &case, "groups", &json!({ "group": desk.court })).await;
    desk.told(
        ranger,
        &case,
        "entities",
        &json!({ "kind": "person", "name": "KANARIENVOGEL", "lawful_basis": "Wildlife Act 1" }),
    )
    .await;
    assert_eq!(desk.house.get(&one.key, &format!("/v1/cases/{case}/entities")).await.status, 403);
    assert_eq!(desk.house.get(&prosecutor.key, &format!("/v1/cases/{case}/entities")).await.status, 200);
    let shown = desk.house.get(&ranger.key, &format!("/v1/cases/{case}")).await.json();
    for lead in 1..=shown["tasks"].as_array().unwrap().len() {
        desk.told(ranger, &case, &format!("leads/{lead}"), &json!({ "state": "done", "note": "looked at" })).await;
    }
    for notice in 1..=shown["notices"].as_array().unwrap().len() {
        desk.told(ranger, &case, &format!("notices/{notice}"), &json!({ "state": "sent" })).await;
    }
    let charges = json!([{ "law": "Wildlife Act", "article": "92" }, { "law": "Proceeds of Crime Act" }]);
    desk.told(ranger, &case, "court", &json!({ "stage": "charged", "charges": charges })).await;
    desk.told(ranger, &case, "state", &json!({ "to": "prosecuting" })).await;
    desk.told(
        ranger,
        &case,
        "decisions",
        &json!({ "about": "money_trail", "choice": "followed", "reason": "freight was paid by a third" }),
    )
    .await;
    let last = shown["notices"].as_array().unwrap().len() + 1;
    desk.told(
        ranger,
        &case,
        &format!("notices/{last}"),
        &json!({ "state": "sent", "note": "to the financial intelligence unit" }),
    )
    .await;
    desk.told(
        ranger,
        &case,
        "custody",
        &json!({ "event": "returned", "pieces": 12, "place": "invented-mombasa", "note": "Dalbergia baronii" }),
    )
    .await;
    let sentence = json!({ "stage": "final", "outcome": "convicted", "charges": charges, "sentence_months": 60, "fine": 1e6, "currency": "KES",
        "assets": [{ "kind": "lorry", "value": 40_000.0, "currency": "USD", "state": "forfeited" }], "cooperation": "good" });
    desk.told(ranger, &case, "court", &sentence).await;
    desk.told(
        ranger,
        &case,
        "decisions",
        &json!({ "about": "disposal", "choice": "returned_to_origin", "reason": "asked for by MG" }),
    )
    .await;
    desk.told(
        ranger,
        &case,
        "custody",
        &json!({ "event": "released", "pieces": 3_000, "place": "on board", "note": "to MG, order 12" }),
    )
    .await;
    let early = desk.tell(ranger, &case, "state", &json!({ "to": "closed" })).await;
    assert!(early.status == 409 && early.text.contains("second signature"), "{}", early.text);
    let released = shown["custody"].as_array().unwrap().len() + 2;
    desk.told(one, &case, &format!("custody/{released}/signatures"), &json!({})).await;
    desk.told(ranger, &case, "hand-overs/1", &json!({ "state": "outcome", "note": "60 months, goods go back" })).await;
    let closed = desk.told(ranger, &case, "state", &json!({ "to": "closed" })).await;
    assert_eq!((&closed["state"], &closed["balance"]["released"]), (&json!("closed"), &json!(3_000)));
    let heard = desk.house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
    assert_eq!(heard["hand_overs"][0]["outcome"], "60 months, goods go back");
    // The row of the annual report.
    let report = desk.house.get(&ranger.key, "/v1/reports/illegal-trade?year=2026&share=true").await.json();
    let row: Vec<&str> = report["rows"][0].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect();
    for says in
        [case.as_str(), "2026-10-31", "Dalbergia baronii", "700", "m3", "60 months; 1000000 KES", "returned_to_origin"]
    {
        assert!(row.contains(&says), "{says}: {row:?}");
    }
    assert!(!report.to_string().contains("KANARIENVOGEL"));
}
