//! Schemas of what is told of plans.

use serde_json::{Value, json};

use super::shapes::{object, words};
use crate::config::{MAX_FIELD_CHARS, MAX_GROUP_MEMBERS};
use crate::plans::{CountryRole, MAX_MILESTONES, MAX_PLAN_CHARS, MAX_PLAN_NAMES, MilestoneState, PlanKind, PlanState};

/// Each schema by its name.
pub(super) fn all() -> Vec<(&'static str, Value)> {
    let free = json!({ "type": "string", "maxLength": MAX_PLAN_CHARS });
    let said = some();
    let name = json!({ "type": "string", "minLength": 1, "maxLength": MAX_FIELD_CHARS, "pattern": "\\S" });
    let member =
        object(&["body", "nominated_by"], json!({ "body": name, "nominated_by": name, "since": day_or_none() }));
    vec![
        (
            "PlanForm",
            object(
                &["plan", "group"],
                json!({ "plan": plan(&free), "group": { "type": "string" },
                    "with": { "type": "array", "items": { "type": "string" }, "uniqueItems": true } }),
            ),
        ),
        ("PlanMoveForm", object(&["to"], json!({ "to": words(PlanState::ALL), "result": free }))),
        ("MilestoneForm", object(&["state"], json!({ "state": words(MilestoneState::ALL), "note": free }))),
        (
            "MembersForm",
            object(
                &["members"],
                json!({ "members": { "type": "array", "items": member, "maxItems": MAX_GROUP_MEMBERS } }),
            ),
        ),
        ("ReportAnswerForm", answer(&said, &free)),
    ]
}

fn some() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MAX_PLAN_CHARS, "pattern": "\\S" })
}

fn day_or_none() -> Value {
    json!({ "type": ["string", "null"], "format": "date" })
}

fn answer(said: &Value, free: &Value) -> Value {
    object(
        &["year", "question", "answer"],
        json!({ "year": { "type": "integer", "minimum": 1, "maximum": 9998 }, "question": { "type": "string" }, "answer": said,
            "note": free }),
    )
}

fn plan(free: &Value) -> Value {
    let said = some();
    let names = json!({ "type": "array", "items": said, "maxItems": MAX_PLAN_NAMES });
    let measure = object(
        &["text", "source"],
        json!({
            "text": said, "source": said, "profiles": names, "taxa": names,
            "roles": { "type": "array", "items": words(CountryRole::ALL), "maxItems": MAX_PLAN_NAMES },
            "agreed": { "type": "array", "items": { "type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" }, "maxItems": MAX_PLAN_NAMES },
        }),
    );
    let milestone = object(
        &["text", "due", "owner"],
        json!({ "text": said, "due": { "type": "string", "format": "date" }, "owner": said,
            "state": words(MilestoneState::ALL), "note": free }),
    );
    object(
        &["id", "kind", "title", "source", "measures"],
        json!({
            "id": said, "kind": words(PlanKind::ALL), "title": said, "source": said, "groups": names, "partners": names,
            "funding": { "type": ["string", "null"], "minLength": 1, "maxLength": MAX_PLAN_CHARS, "pattern": "\\S" },
            "profiles": names, "from": day_or_none(), "to": day_or_none(),
            "measures": { "type": "array", "items": measure, "minItems": 1, "maxItems": 500 },
            "milestones": { "type": "array", "items": milestone, "maxItems": MAX_MILESTONES },
        }),
    )
}
