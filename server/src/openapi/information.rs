//! Schemas of what is told and done with information.

use palisander_engine::Label;
use serde_json::{Value, json};

use super::shapes::{object, words};
use crate::config::{MAX_FIELD_CHARS, MAX_INFORMATION_CHARS, MAX_INFORMATION_NAMES, MAX_REASON_CHARS, MAX_URL_CHARS};
use crate::store::{Appeal, CountryRole, IdentifierKind, InformationKind, SourceKind};

/// Letters of a text that says something, without control characters.
const SAYS: &str = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$";

/// Each schema by its name.
pub(super) fn all() -> Vec<(&'static str, Value)> {
    let label = json!({ "type": "string", "enum": Label::ALL.map(Label::as_str) });
    let day = json!({ "type": ["string", "null"], "format": "date" });
    let short = json!({ "type": "string", "minLength": 1, "maxLength": MAX_FIELD_CHARS, "pattern": SAYS });
    let reason = json!({ "type": "string", "minLength": 1, "maxLength": MAX_REASON_CHARS, "pattern": "\\S" });
    let groups = json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true });
    let country = json!({ "type": "string", "pattern": "^[A-Z]{2}$" });
    let grade = object(&["scheme", "source", "content"], json!({ "scheme": short, "source": short, "content": short }));
    let answer = json!({ "type": "object", "required": ["state"], "properties": {
        "state": { "type": "string", "enum": ["received", "being looked at", "closed"] }, "question": { "type": "string" } } });
    vec![
        ("InformationForm", form(&short, &day, &country)),
        (
            "GradeForm",
            object(
                &["grade", "label", "purpose"],
                json!({ "grade": grade, "label": label, "purpose": short, "groups": groups, "effective_from": day,
                    "effective_to": day, "review_by": day }),
            ),
        ),
        (
            "HoldForm",
            object(
                &["consignment", "instrument", "reason", "expires_at"],
                json!({ "consignment": short, "instrument": reason, "reason": reason,
                    "expires_at": { "type": "string", "format": "date-time" } }),
            ),
        ),
        ("ReasonForm", object(&["reason"], json!({ "reason": reason }))),
        ("LabelForm", object(&["label", "reason"], json!({ "label": label, "reason": reason }))),
        (
            "ShareForm",
            object(
                &[],
                json!({ "to_groups": groups,
                "to_countries": { "type": "array", "items": country, "uniqueItems": true } }),
            ),
        ),
        ("QuestionForm", object(&["question"], json!({ "question": reason }))),
        ("AnswerForm", object(&["answer"], json!({ "answer": reason }))),
        ("ListingForm", listing(&short, &country)),
        ("TipForm", tip(&short, &country)),
        ("TipStatus", answer),
    ]
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "maxItems": MAX_INFORMATION_NAMES })
}

/// What names woods, ways and people: of information and of tips.
fn names(short: &Value, country: &Value) -> Value {
    let maybe = json!({ "anyOf": [short, { "type": "null" }] });
    let role = json!({ "anyOf": [words(CountryRole::ALL), { "type": "null" }] });
    json!({
        "taxa": list(short), "route": list(short), "parties": list(short), "containers": list(short), "permits": list(short),
        "countries": list(&object(&["code"], json!({ "code": country, "role": role }))),
        "vessels": list(&object(&[], json!({ "name": maybe, "imo": maybe }))),
        "identifiers": list(&object(&["kind", "value"], json!({ "kind": words(IdentifierKind::ALL), "value": short }))),
    })
}

fn with(mut own: Value, more: Value) -> Value {
    if let (Some(own), Value::Object(more)) = (own.as_object_mut(), more) {
        own.extend(more);
    }
    own
}

fn form(short: &Value, day: &Value, country: &Value) -> Value {
    let text = json!({ "type": "string", "maxLength": MAX_INFORMATION_CHARS });
    let conviction = object(
        &["offence", "law", "court", "sentenced_on", "country", "appeal"],
        json!({ "offence": short, "law": short, "court": short, "sentenced_on": { "type": "string", "format": "date" },
            "country": country, "appeal": words(Appeal::ALL) }),
    );
    let kinds: Vec<InformationKind> =
        InformationKind::ALL.iter().copied().filter(|kind| *kind != InformationKind::Tip).collect();
    let maybe = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let own = json!({
        "kind": words(&kinds), "title": short, "text": text, "plain_text": maybe(text.clone()), "number": maybe(short.clone()),
        "source_kind": words(SourceKind::ALL),
        "source_code": { "type": ["string", "null"], "pattern": "^(?=.*[0-9])[A-Z0-9-]{2,40}$" },
        "method": list(short), "issuers": list(short), "conviction": maybe(conviction), "effective_from": day,
        "effective_to": day, "review_by": day,
    });
    object(&["kind", "title", "source_kind"], with(own, names(short, country)))
}

fn listing(short: &Value, country: &Value) -> Value {
    let maybe = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let role = json!({ "anyOf": [words(CountryRole::ALL), { "type": "null" }] });
    let own = json!({
        "platform": short, "title": short, "text": { "type": "string", "maxLength": MAX_INFORMATION_CHARS },
        "url": { "type": "string", "minLength": 1, "maxLength": MAX_URL_CHARS, "pattern": SAYS },
        "seller": maybe(short.clone()), "price": { "type": ["number", "null"], "minimum": 0 },
        "currency": { "type": ["string", "null"], "pattern": "^[A-Z]{3}$" },
        "seen_on": { "type": "string", "format": "date" },
        "countries": list(&object(&["code"], json!({ "code": country, "role": role }))),
    });
    object(&["platform", "url", "title", "seen_on"], own)
}

fn tip(short: &Value, country: &Value) -> Value {
    let own = json!({
        "text": { "type": "string", "minLength": 1, "maxLength": MAX_INFORMATION_CHARS },
        "from": { "type": "string", "enum": ["public", "carrier"] },
        "proof": { "type": "string", "maxLength": 32 },
    });
    object(&["text", "proof"], with(own, names(short, country)))
}
