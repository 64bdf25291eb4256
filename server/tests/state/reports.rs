//! What is made of cases: what comes next, the room that goods need, reports and figures, to whom they may be told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use palisander::service::suspicions::SuspicionChannel;
use palisander::store::Role;
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::cases::{Desk, facts};
use crate::harness::{Ground, House};
use crate::secrets::bills;

/// F17, G18, G15, M05, G05: what is told to whoever stands before the container.
#[tokio::test]
async fn f17_g18_g15_m05_g05_what_comes_next_is_told_with_its_law() {
    let desk = Desk::on(Ground::file());
    let says = async |kind: &str, agencies: Value| -> (Vec<String>, Vec<String>) {
        let mut told = facts();
        (told["place"]["kind"], told["agencies"]) = (json!(kind), agencies);
        told["patterns"] = json!(["false_value"]);
        let case = desk.opened(told).await;
        let advice = desk.house.get(&desk.one.key, &format!("/v1/cases/{case}/advice")).await;
        assert_eq!(desk.house.get(&desk.ranger.key, &format!("/v1/cases/{case}/advice")).await.status, 404);
        let advice = advice.json();
        let list = |field: &str, of: &str| {
            advice[field].as_array().unwrap().iter().map(|one| one[of].as_str().unwrap().to_owned()).collect()
        };
        (list("acts", "says"), list("laws", "field"))
    };
    let (acts, laws) = says("home", json!(["wildlife"])).await;
    assert!(acts.contains(&"wildlife: police authorisation to open it".to_owned()), "{acts:?}");
    assert_eq!(laws, ["wildlife", "customs", "money", "documents"]);
    let (acts, _) = says("port", json!(["customs", "other"])).await;
    assert!(acts.contains(&"customs: open it".to_owned()), "{acts:?}");
    assert!(acts.iter().any(|says| says.starts_with("other: nobody here knows")), "{acts:?}");
    // Before anything is opened: the room that it needs.
    let bill =
        desk.house.post(&desk.one.key, "/v1/assessments", &bills()[4]).await.json()["id"].as_str().unwrap().to_owned();
    let room = desk.house.get(&desk.one.key, &format!("/v1/assessments/{bill}/storage?at=KEMBA")).await;
    assert_eq!(room.status, 200, "{}", room.text);
    assert!(room.json()["rooms"][0]["site"] == "invented-mombasa" && room.json()["says"].is_string(), "{}", room.text);
    assert_eq!(desk.house.get(&desk.one.key, &format!("/v1/assessments/{bill}/storage")).await.status, 400);
}

/// R01, G03: rows to those who work on the cases, figures without small cells to the others, and a name to nobody.
#[tokio::test]
async fn r01_g03_reports_are_told_to_whom_they_may() {
    let desk = Desk::on(Ground::file());
    let analyst = desk.house.reader(&[Role::Analyst], Label::Red).key;
    for n in 0..2 {
        let case = desk.opened(facts()).await;
        if n == 0 {
            desk.told(
                &desk.one,
                &case,
                "entities",
                &json!({ "kind": "person", "name": "KANARIENVOGEL", "lawful_basis": "x" }),
            )
            .await;
        }
    }
    desk.house.at("2026-12-01T08:00:00Z");
    let guide = desk.house.get(&analyst, "/v1/reports/seizure-guide").await.json();
    assert_eq!((&guide["n_cases"], guide["figures"].as_array().unwrap().len()), (&Value::Null, 0), "two are too few");
    desk.house.at("2026-11-02T08:00:00Z");
    for _ in 0..3 {
        desk.opened(facts()).await;
    }
    // What is opened this month changes no figure: nobody asks before and after.
    assert_eq!(desk.house.get(&analyst, "/v1/reports/seizure-guide").await.json()["n_cases"], 0);
    desk.house.at("2026-12-01T08:00:00Z");
    let guide = desk.house.get(&analyst, "/v1/reports/seizure-guide").await.json();
    let figure = |question: &str| {
        guide["figures"].as_array().unwrap().iter().find(|one| one["question"] == question).unwrap()["n"].clone()
    };
    assert_eq!((guide["n_cases"].clone(), figure("agency.customs"), figure("charged")), (json!(5), json!(5), json!(0)));
    let path = "/v1/reports/illegal-trade?year=2026";
    assert_eq!(desk.house.get(&analyst, path).await.status, 403);
    let own = desk.house.get(&desk.one.key, path).await;
    assert_eq!((own.json()["n_cases"].clone(), own.json()["may_be_shared"].clone()), (json!(5), json!(false)));
    assert_eq!(desk.house.get(&desk.ranger.key, path).await.json()["n_cases"], 0, "another agency's");
    assert_eq!(desk.house.get(&desk.one.key, "/v1/reports/illegal-trade?year=2025").await.json()["n_cases"], 0);
    for (format, media) in [("csv", "text/csv"), ("html", "text/html"), ("json", "application/json")] {
        let answer = desk.house.get(&desk.one.key, &format!("{path}&format={format}&share=true")).await;
        assert!(
            answer.status == 200 && answer.headers["content-type"].to_str().unwrap().starts_with(media),
            "{format}"
        );
        assert!(!answer.text.contains("KANARIENVOGEL") && answer.text.contains("Dalbergia baronii"), "{format}");
    }
    assert_eq!(desk.house.get(&desk.one.key, "/v1/reports/none").await.status, 404);
    assert_eq!(desk.house.get(&desk.one.key, &format!("{path}&format=doc")).await.status, 400);
    assert_eq!(
        desk.house.get(&analyst, "/v1/reports").await.json()["reports"],
        json!([
            "illegal-trade",
            "appendix-one",
            "implementation",
            "iccwc-indicators",
            "toolkit",
            "enforcement",
            "awareness",
            "findings",
            "methods",
            "sanctions",
            "cooperation",
            "listing-trends",
            "seizure-guide"
        ])
    );
}

/// R08: from bills to convictions each step holds bills of the one before, and equals what the cases say.
#[tokio::test]
async fn r08_from_bills_to_convictions_each_step_holds_the_next() {
    let desk = Desk::on(Ground::file());
    let mut ids = Vec::new();
    for n in 0..6 {
        let mut bill = bills()[4].clone();
        (bill["reference"], bill["consignments"][0]["bill_of_lading"]) =
            (json!(format!("F{n}")), json!(format!("F{n:05}")));
        let answer = desk.house.post(&desk.one.key, "/v1/assessments", &bill).await.json();
        assert_eq!(answer["lane"], "red");
        ids.push(answer["id"].as_str().unwrap().to_owned());
    }
    // Five are examined, four times something is found, three are seized, two charged, one convicted.
    for (n, bill) in ids.iter().take(5).enumerate() {
        let path = format!("/v1/assessments/{bill}/result");
        let mut result = json!({ "state": "final", "result": "nothing" });
        if n < 4 {
            result = json!({ "state": "final", "result": "found", "detected_by": ["profile"], "case": { "lead": desk.customs, "facts": facts() } });
        }
        let said = desk.house.post(&desk.one.key, &path, &result).await;
        assert_eq!(said.status, 201, "{}", said.text);
        let Some(case) = said.json()["case"].as_str().map(str::to_owned) else { continue };
        if n < 3 {
            desk.told(&desk.one, &case, "custody", &json!({ "event": "seized", "pieces": 3, "place": "x" })).await;
        }
        if n < 2 {
            let mut court = json!({ "stage": "charged", "charges": [{ "law": "x" }] });
            if n == 0 {
                court = json!({ "stage": "final", "outcome": "convicted", "charges": [{ "law": "x" }] });
            }
            desk.told(&desk.one, &case, "court", &court).await;
        }
    }
    // One that began with no bill is in no step.
    desk.opened(facts()).await;
    let steps = |year: i16| desk.house.office.funnel(year).unwrap().into_iter().map(|step| step.n).collect::<Vec<_>>();
    assert_eq!(steps(2026), [6, 5, 4, 3, 2, 1]);
    assert!(steps(2026).windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(steps(2025), [0; 6]);
}

/// R02, R03, R04, R09, G17, F07, G04: figures to whoever may read reports, each with the rows behind it to those who work on them; answers by
/// form with who and when; and nobody of a case in any of them, in any shape.
#[tokio::test]
async fn r02_r03_r04_r09_figures_open_their_rows_and_name_nobody() {
    let desk = Desk::on(Ground::file());
    let analyst = desk.house.reader(&[Role::Analyst], Label::Red);
    for n in 0..4 {
        let case = desk.opened(facts()).await;
        let canary = json!({ "kind": "person", "name": "KANARIENVOGEL", "lawful_basis": "x" });
        desk.told(&desk.one, &case, "entities", &canary).await;
        if n < 3 {
            let court =
                json!({ "stage": "final", "outcome": "convicted", "charges": [{ "law": "x" }], "sentence_months": 9 });
            desk.told(&desk.one, &case, "court", &court).await;
        }
    }
    let get = async |key: &str, path: &str| desk.house.get(key, &format!("/v1/reports/{path}")).await;
    let cell = |report: &Value, id: &str, column: usize| {
        let rows = report["rows"].as_array().unwrap().iter();
        rows.into_iter().find(|row| row[1] == id).map(|row| row[column].as_str().unwrap().to_owned()).unwrap()
    };
    // Of the month that runs nothing is counted: nobody asks before and after.
    let now = get(&analyst.key, "implementation?year=2026").await.json();
    assert_eq!(cell(&now, "seizures", 4), "0");
    desk.house.at("2026-12-01T08:00:00Z");
    let report = get(&analyst.key, "implementation?year=2026").await.json();
    assert_eq!(
        (cell(&report, "seizures", 4), cell(&report, "charged", 4).contains("left out")),
        ("4".to_owned(), true)
    );
    assert!(cell(&report, "convicted", 4).parse::<usize>().is_err(), "one of four could be told");
    assert_eq!(get(&analyst.key, "implementation?year=2026").await.json(), report, "made again it is the same");
    // The query that stands beside a number opens its rows, to those who work on them.
    let opens = cell(&report, "seizures", 6);
    assert_eq!(desk.house.get(&analyst.key, &opens).await.status, 403);
    let rows = desk.house.get(&desk.one.key, &opens).await.json();
    assert_eq!((&rows["n"], rows["rows"].as_array().unwrap().len()), (&json!(4), 4), "{rows}");
    assert_eq!(desk.house.get(&desk.ranger.key, &opens).await.json()["n"], 0, "another agency's");
    assert_eq!(get(&desk.one.key, "implementation?year=2026&question=committee").await.status, 409);
    assert_eq!(get(&desk.one.key, "implementation?year=2026&question=nothing").await.status, 404);
    // By form, with who and when; what the log counts nobody fills in.
    let answer = async |key: &str, name: &str, question: &str, text: &str| {
        let said = json!({ "year": 2026, "question": question, "answer": text, "note": "panel of three" });
        desk.house.post(key, &format!("/v1/reports/{name}/answers"), &said).await
    };
    assert_eq!(answer(&desk.one.key, "toolkit", "law.penalties", "2").await.status, 403, "an officer");
    for (name, question, text, status) in [
        ("toolkit", "law.penalties", "2", 201),
        ("toolkit", "law.penalties", "1", 201),
        ("toolkit", "law.penalties", "5", 422),
        ("toolkit", "law.penalties", " ", 422),
        ("toolkit", "nothing", "2", 422),
        ("iccwc-indicators", "1.seizures", "999", 422),
        ("iccwc-indicators", "1.plan", "present", 201),
        ("awareness", "demand", "it fell", 422),
        ("illegal-trade", "x", "1", 404),
    ] {
        let said = answer(&analyst.key, name, question, text).await;
        assert_eq!(said.status, status, "{name} {question} {text}: {}", said.text);
    }
    let toolkit = get(&analyst.key, "toolkit?year=2026").await.json();
    let signed = [4, 7, 8].map(|column| cell(&toolkit, "law.penalties", column));
    assert_eq!(signed, ["1".to_owned(), analyst.reader.id.clone(), "2026-12-01".to_owned()]);
    assert_eq!(cell(&get(&analyst.key, "toolkit?year=2025").await.json(), "law.penalties", 4), "");
    desk.house.office.store.rebuild().unwrap();
    assert_eq!(get(&analyst.key, "toolkit?year=2026").await.json(), toolkit);
    // Nobody in any of them.
    assert_eq!(get(&analyst.key, "cooperation?year=2026").await.status, 422, "since when?");
    for name in [
        "implementation",
        "iccwc-indicators",
        "toolkit",
        "enforcement",
        "awareness",
        "findings",
        "sanctions",
        "cooperation",
        "listing-trends",
    ] {
        for format in ["json", "csv", "html"] {
            let said = get(&analyst.key, &format!("{name}?year=2026&format={format}&since=2026-06-01")).await;
            assert_eq!(said.status, 200, "{name} {format}: {}", said.text);
            for told in ["KANARIENVOGEL", "\"c_", ">c_"] {
                assert!(!said.text.contains(told), "{name} {format}: {told}");
            }
        }
    }
    let sanctions = get(&analyst.key, "sanctions?year=2026").await.json();
    assert_eq!(sanctions["rows"][0].as_array().unwrap()[..3], [json!("large"), json!("3"), json!("3")]);
    assert_eq!(sanctions["rows"][0][5], "6 to 11");
}

/// A unit that keeps what it is sent, and takes nothing while it is shut.
#[derive(Default)]
struct Unit {
    taken: Mutex<Vec<String>>,
    is_shut: AtomicBool,
}

impl SuspicionChannel for Unit {
    fn deliver(&self, xml: &str) -> Result<String, String> {
        if self.is_shut.load(Ordering::SeqCst) {
            return Err("it is shut".to_owned());
        }
        let mut taken = self.taken.lock().unwrap();
        taken.push(xml.to_owned());
        Ok(format!("unit-{}", taken.len()))
    }
}

/// M01, M03: a synthetic case from the manifest to the report: a bill is judged and examined, a case is opened of
/// the find, the money is followed, and the unit has a complete report with the price evidence; names go nowhere else.
#[tokio::test]
async fn m01_m03_the_money_is_followed_from_the_manifest_to_the_unit() {
    let unit = Arc::new(Unit::default());
    let desk = Desk::of(House::reporting(Ground::file(), unit.clone()));
    let (house, one) = (&desk.house, &desk.one);
    // Ten cubic metres of Siamese rosewood for 9 000 USD, called so.
    let bill = json!({ "reference": "EX1", "consignments": [{ "bill_of_lading": "EX0001", "value": { "amount": "9000", "currency": "USD" }, "goods_items": [
        { "description": "DALBERGIA COCHINCHINENSIS LOGS", "hs_code": "440349", "origin": "LA", "gross_mass_kg": 10_500,
          "net_mass_kg": 10_000, "volume_m3": 10 }] }] });
    let answer = house.post(&one.key, "/v1/assessments", &bill).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let assessment = answer.json()["id"].as_str().unwrap().to_owned();
    let mut facts = facts();
    facts["goods"] = json!([{ "taxon": "Dalbergia cochinchinensis", "term": "LOG", "volume_m3": 10.0, "value": 9_000.0, "currency": "USD" }]);
    let found = json!({ "state": "final", "result": "found", "detected_by": ["profile"], "case": { "lead": desk.customs, "facts": facts } });
    let case = house.post(&one.key, &format!("/v1/assessments/{assessment}/result"), &found).await.json()["case"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/cases/{case}/suspicion");
    // Nothing of it is there yet, and all of that is told at once.
    let bare = house.get(&one.key, &path).await.json();
    assert_eq!(bare["missing"].as_array().unwrap().len(), 3, "{bare}");
    assert_eq!(house.post(&one.key, &path, &json!({})).await.status, 409);
    for (kind, name) in [("company", "KANARIENVOGEL TRADING"), ("account", "XX00 1234 5678")] {
        desk.told(one, &case, "entities", &json!({ "kind": kind, "name": name, "lawful_basis": "Act 9" })).await;
    }
    let decision = json!({ "about": "money_trail", "choice": "followed", "reason": "paid through three firms" });
    desk.told(one, &case, "decisions", &decision).await;
    let report = house.get(&one.key, &path).await.json();
    assert_eq!((&report["missing"], &report["prices"][0]["priced"]), (&json!([]), &json!("below")), "{report}");
    assert!(report["xml"].as_str().unwrap().contains("KANARIENVOGEL TRADING"));
    // It is for those who may read the names alone.
    assert_eq!(house.get(&desk.ranger.key, &path).await.status, 404);
    let low = desk.house.get(&desk.other.key, &path).await;
    assert_eq!(low.status, 403, "{}", low.text);
    // A unit that takes nothing has nothing, and it is due still.
    let fiu = async || {
        let shown = house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
        let notices = shown["notices"].as_array().unwrap().clone();
        notices.into_iter().find(|notice| notice["to"] == "fiu").unwrap()["state"].clone()
    };
    unit.is_shut.store(true, Ordering::SeqCst);
    assert_eq!(house.post(&one.key, &path, &json!({})).await.status, 409);
    assert_eq!((fiu().await, unit.taken.lock().unwrap().len()), (json!("due"), 0));
    unit.is_shut.store(false, Ordering::SeqCst);
    let sent = house.post(&one.key, &path, &json!({})).await;
    assert_eq!((sent.status, &sent.json()["receipt"]), (200, &json!("unit-1")), "{}", sent.text);
    assert_eq!(fiu().await, "sent");
    let taken = unit.taken.lock().unwrap().clone();
    assert!(taken.len() == 1 && taken[0].contains("900 USD per m3 is below") && taken[0].contains("KANARIENVOGEL"));
    assert_eq!(house.post(&one.key, &path, &json!({})).await.status, 409, "once");
    // The case itself names nobody after all that.
    assert!(!house.get(&one.key, &format!("/v1/cases/{case}")).await.text.contains("KANARIENVOGEL"));
}
