//! Schemas of what is told of a case.

use palisander_engine::tables::LabQuestion;
use serde_json::{Value, json};

use super::shapes::{object, words};
use crate::cases::{
    About, Activity, AgencyKind, AssetState, CaseState, Concealment, Cooperation, Detection, EntityKind, Finding,
    Happened, LabVerdict, MAX_CASE_CHARS, MAX_CASE_ROWS, MAX_MEASURE, Mode, Outcome, OutcomeTold, Pattern, PlaceKind,
    Progress, Sent, Stage,
};

use crate::verifications::{Answer, Language};

/// Each schema by its name.
pub(super) fn all() -> Vec<(&'static str, Value)> {
    let free = json!({ "type": "string", "maxLength": MAX_CASE_CHARS });
    let day = json!({ "type": ["string", "null"], "format": "date" });
    let said = some();
    let end = |all: Value| object(&["state", "note"], json!({ "state": all, "note": said }));
    vec![
        ("Facts", facts()),
        (
            "CaseForm",
            object(
                &["lead", "facts"],
                json!({ "lead": { "type": "string" }, "facts": facts(),
                    "templates": { "type": "array", "items": { "type": "string" }, "uniqueItems": true } }),
            ),
        ),
        ("CustodyForm", custody(&free)),
        ("LabFindingForm", laboratory(&free)),
        ("LeadForm", object(&["what"], json!({ "what": said, "due": day }))),
        ("EndLeadForm", end(words(Progress::ALL))),
        ("NoticeForm", end(words(Sent::ALL))),
        ("OutcomeForm", end(words(OutcomeTold::ALL))),
        ("CaseGroupForm", object(&["group"], json!({ "group": { "type": "string" } }))),
        ("CourtForm", court(&free)),
        ("CaseDecisionForm", decision()),
        ("CaseMoveForm", object(&["to"], json!({ "to": words(CaseState::ALL) }))),
        ("EntityForm", entity(&free)),
        (
            "VerificationForm",
            object(
                &["document", "country"],
                json!({ "document": { "type": "integer", "minimum": 0, "maximum": 10_000 }, "country": country(),
                    "language": { "type": "string", "enum": Language::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>() } }),
            ),
        ),
        ("VerificationToldForm", told_of_verification(&free)),
    ]
}

/// A text that says something.
fn some() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MAX_CASE_CHARS, "pattern": "\\S" })
}

fn country() -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{2}$" })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "maxItems": MAX_CASE_ROWS })
}

fn set(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "uniqueItems": true, "maxItems": MAX_CASE_ROWS })
}

fn measure() -> Value {
    json!({ "type": ["number", "null"], "minimum": 0, "maximum": MAX_MEASURE })
}

fn money() -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{3}$" })
}

fn facts() -> Value {
    let (said, optional) =
        (some(), json!({ "type": ["string", "null"], "minLength": 1, "maxLength": MAX_CASE_CHARS, "pattern": "\\S" }));
    let place = object(
        &["kind", "country", "name"],
        json!({ "kind": words(PlaceKind::ALL), "country": country(), "name": said }),
    );
    let goods = |more: Value, required: &[&str]| {
        let mut properties = json!({ "taxon": optional, "term": optional, "source_code": optional,
            "pieces": { "type": ["integer", "null"], "minimum": 0, "maximum": 1_000_000_000 },
            "mass_kg": measure(), "volume_m3": measure() });
        if let (Some(own), Some(more)) = (properties.as_object_mut(), more.as_object()) {
            own.extend(more.clone());
        }
        object(required, properties)
    };
    // A value without its money is no value.
    let value = json!({ "value": { "type": "number", "minimum": 0, "maximum": MAX_MEASURE }, "currency": money() });
    let goods = json!({ "oneOf": [goods(json!({}), &[]), goods(value, &["value", "currency"])] });
    let paper =
        object(&["kind", "number", "finding"], json!({ "kind": said, "number": said, "finding": words(Finding::ALL) }));
    object(
        &["seized_on", "place", "activity", "goods"],
        json!({
            "seized_on": { "type": "string", "format": "date" }, "place": place, "activity": words(Activity::ALL), "agencies": set(&words(AgencyKind::ALL)),
            "transport": words(Mode::ALL), "concealment": set(&words(Concealment::ALL)), "detected_by": set(&words(Detection::ALL)),
            "goods": { "type": "array", "items": goods, "minItems": 1, "maxItems": MAX_CASE_ROWS },
            "origin": list(&country()), "export": list(&country()), "transit": list(&country()), "destination": list(&country()),
            "patterns": set(&words(Pattern::ALL)), "papers": list(&paper), "nationalities": set(&country()), "arrests": { "type": "integer", "minimum": 0, "maximum": 100_000 },
        }),
    )
}

fn told_of_verification(free: &Value) -> Value {
    let is = |what: &str| json!({ "type": "string", "const": what });
    let day = json!({ "type": "string", "format": "date" });
    let boxes = json!({ "type": "array", "items": some() });
    json!({ "oneOf": [
        object(&["what"], json!({ "what": is("reminded") })),
        object(&["what", "until"], json!({ "what": is("acknowledged"), "until": day })),
        object(&["what", "answer"], json!({ "what": is("answered"), "answer": words(Answer::ALL), "boxes": boxes, "note": free })),
        object(&["what", "why"], json!({ "what": is("secretariat"), "why": some() })),
    ] })
}

fn custody(free: &Value) -> Value {
    let mark = json!({ "type": "string", "minLength": 1, "maxLength": 60, "pattern": "\\S" });
    let of = |events: &[Happened], least: u64, note: &Value, required: &[&str]| {
        object(
            required,
            json!({ "event": words(events), "pieces": { "type": "integer", "minimum": least, "maximum": 1_000_000_000 },
                "mass_kg": measure(), "volume_m3": measure(), "marks": set(&mark), "seals": set(&mark), "place": some(), "note": note }),
        )
    };
    let for_good = [Happened::Released, Happened::Destroyed, Happened::Lost];
    let others: Vec<Happened> =
        Happened::ALL.iter().copied().filter(|one| *one != Happened::Counted && !for_good.contains(one)).collect();
    let usual = ["event", "pieces", "place"];
    json!({ "oneOf": [
        of(&[Happened::Counted], 0, free, &usual),
        of(&others, 1, free, &usual),
        of(&for_good, 1, &some(), &["event", "pieces", "place", "note"]),
    ] })
}

/// What nobody can say settles nothing.
fn laboratory(free: &Value) -> Value {
    let of = |verdicts: &[LabVerdict], more: Value| {
        let mut properties = json!({ "sample": { "type": "integer", "minimum": 1, "maximum": MAX_CASE_ROWS }, "laboratory": some(),
            "question": { "type": "string", "enum": LabQuestion::WORDS }, "verdict": words(verdicts), "taxon": some(),
            "origin": list(&country()), "note": free });
        if let (Some(own), Some(more)) = (properties.as_object_mut(), more.as_object()) {
            own.extend(more.clone());
        }
        object(&["sample", "laboratory", "question", "verdict"], properties)
    };
    json!({ "oneOf": [
        of(&[LabVerdict::Confirmed, LabVerdict::Other], json!({ "settles_result": { "type": "boolean" } })),
        of(&[LabVerdict::Undetermined], json!({ "settles_result": { "type": "boolean", "const": false } })),
    ] })
}

fn court(free: &Value) -> Value {
    let charge = object(&["law"], json!({ "law": some(), "article": free }));
    let asset = object(
        &["kind", "value", "currency", "state"],
        json!({ "kind": some(), "value": { "type": "number", "minimum": 0, "maximum": MAX_MEASURE }, "currency": money(),
            "state": words(AssetState::ALL) }),
    );
    object(
        &["stage"],
        json!({ "stage": words(Stage::ALL), "outcome": words(Outcome::ALL), "charges": list(&charge),
            "sentence_months": { "type": ["integer", "null"], "minimum": 0, "maximum": 1_200 }, "fine": measure(), "currency": money(),
            "assets": list(&asset), "cooperation": words(Cooperation::ALL), "reason": free }),
    )
}

fn decision() -> Value {
    let of = |about: &About| {
        let is = json!({ "type": "string", "const": about.as_str() });
        object(
            &["about", "choice", "reason"],
            json!({ "about": is, "choice": words(about.choices()), "reason": some() }),
        )
    };
    json!({ "oneOf": About::ALL.iter().map(of).collect::<Vec<_>>() })
}

fn entity(free: &Value) -> Value {
    let of = |kinds: &[EntityKind], more: Value| {
        let mut properties = json!({ "kind": words(kinds), "name": some(), "lawful_basis": some(), "found_where": free, "links": list(&some()) });
        if let (Some(own), Some(more)) = (properties.as_object_mut(), more.as_object()) {
            own.extend(more.clone());
        }
        object(&["kind", "name", "lawful_basis"], properties)
    };
    let others: Vec<EntityKind> = EntityKind::ALL.iter().copied().filter(|kind| *kind != EntityKind::Paper).collect();
    json!({ "oneOf": [
        of(&others, json!({})),
        of(&[EntityKind::Paper], json!({ "issuer": free, "layout": free, "is_false": { "type": "boolean" } })),
    ] })
}
