//! Schemas of the document: the engine's own of manifest and answer, and those of the service.

use std::collections::BTreeSet;

use palisander_engine::Label;
use palisander_engine::answers::Lane;
use palisander_engine::papers::{Stated, question_fields};
use palisander_engine::tables;
use serde_json::{Map, Value, json};

use super::shapes::{object, words};
use crate::cases::Detection;
use crate::config::{
    MAX_FIELD_CHARS, MAX_KEY_DAYS, MAX_KEY_OVERLAP_HOURS, MAX_NUMBER, MAX_ONLY_TAXA, MAX_PAGE, MAX_PATTERN_DAYS,
    MAX_REASON_CHARS, MAX_RESELECTION_DAYS, MAX_SUBJECT_CHARS, MAX_URL_CHARS,
};
use crate::render::{OFFICER_FIELDS, SANDBOX};
use crate::standing::Degraded;
use crate::store::{
    AccessState, Deciding, Event, Found, GroupKind, IdentifierKind, InformationKind, InformationState, ReaderKind,
    Role, Stage,
};

/// A reference to a schema of [`all`].
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// What a parameter of a query is.
pub(super) fn of_query(kind: &str) -> Value {
    match kind {
        "day" => json!({ "type": "string", "format": "date" }),
        "lane" => lane(),
        "page" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_PAGE }),
        "few" => json!({ "type": "integer", "minimum": 1, "maximum": palisander_engine::notices::MAX_RESULTS }),
        "cursor" => json!({ "type": "string", "pattern": format!("^a_[0-9a-f]{{32}}\\.({})$", Lane::WORDS.join("|")) }),
        "place" => json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" }),
        "mark" => {
            json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}\\.[a-z]_[0-9a-f]{32}$" })
        }
        "nation" | "needed_nation" => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        "form" => words(crate::cases::Form::ALL),
        "year" => json!({ "type": "integer", "minimum": 1, "maximum": 9998 }),
        "report_format" => json!({ "type": "string", "enum": ["csv", "xlsx", "json", "html"] }),
        "yes" => json!({ "type": "boolean" }),
        "language" => json!({ "type": "string", "pattern": "^[a-z]{2,3}$" }),
        "moment" => json!({ "type": "string", "format": "date-time" }),
        "material" => json!({ "type": "string", "enum": tables::Material::WORDS }),
        "quality" => json!({ "type": "string", "enum": tables::Quality::WORDS }),
        "topic" => json!({ "type": "string", "enum": tables::Topic::WORDS }),
        "urgency" => json!({ "type": "string", "enum": tables::Urgency::WORDS }),
        "helper" => json!({ "type": "string", "enum": tables::HelperKind::WORDS }),
        "skill" => json!({ "type": "string", "enum": tables::Skill::WORDS }),
        "find_size" => json!({ "type": "string", "enum": tables::FindSize::WORDS }),
        "procedure_subject" => json!({ "type": "string", "enum": tables::ProcedureSubject::WORDS }),
        "country" => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        "days" => json!({ "type": "integer", "minimum": 0, "maximum": 3_660 }),
        "days_again" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_RESELECTION_DAYS }),
        "file_kind" => words(crate::cases::AttachmentKind::ALL),
        "season" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_PATTERN_DAYS }),
        "access_state" => words(AccessState::ALL),
        "information_state" => words(InformationState::ALL),
        "information_kind" => words(InformationKind::ALL),
        "seq" => json!({ "type": "integer", "minimum": 0, "maximum": MAX_NUMBER }),
        _ => json!({ "type": "string" }),
    }
}

/// What a part of a path is.
pub(super) fn of_path(name: &str) -> Value {
    match name {
        "kind" => words(IdentifierKind::ALL),
        "table" => words(crate::directory::DirectoryTable::ALL),
        "n" => json!({ "type": "integer", "minimum": 1, "maximum": crate::cases::MAX_CASE_ROWS }),
        _ => json!({ "type": "string" }),
    }
}

/// Must a parameter of that kind stand in the query? Whose exchange was asked, nobody can guess.
pub(super) fn is_needed(kind: &str) -> bool {
    matches!(kind, "country" | "form" | "port" | "file_kind" | "needed_nation" | "needed_text")
}

/// A paper as somebody states it: the fields that the engine asks about, and no others.
fn permit_form() -> Value {
    let shape = |kind: Stated| match kind {
        Stated::Text | Stated::Country => json!({ "type": ["string", "number", "boolean", "null"] }),
        Stated::Day => {
            json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "maxLength": 0 }, { "type": "null" }] })
        }
        Stated::Amount => json!({ "type": ["number", "string", "null"], "minimum": 0 }),
        Stated::Taxa => {
            json!({ "anyOf": [{ "type": ["string", "null"] }, { "type": "array", "items": { "type": "string" } }] })
        }
        Stated::Id => json!({}),
    };
    object(&[], question_fields().map(|(name, kind)| (name.to_owned(), shape(kind))).collect::<Map<_, _>>().into())
}

fn lane() -> Value {
    json!({ "type": "string", "enum": Lane::WORDS })
}

/// Every schema by its name.
pub(super) fn all() -> Value {
    let mut all = Map::new();
    let answer = hoisted("Assessment", palisander_engine::answers::schema(), &mut all);
    let manifest = hoisted("Manifest", palisander_engine::manifests::schema(), &mut all);
    all.insert("OfficerAnswer".to_owned(), officer(&answer));
    all.insert("Assessment".to_owned(), answer);
    all.insert("Manifest".to_owned(), manifest);
    let day = json!({ "type": "string", "format": "date" });
    let day_or_none = json!({ "type": ["string", "null"], "format": "date" });
    let text = json!({ "type": "string" });
    let name = json!({ "type": "string", "minLength": 1, "maxLength": MAX_FIELD_CHARS,
        "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$" });
    let others: Vec<Role> = Role::ALL.iter().copied().filter(|role| *role != Role::Administrator).collect();
    let roles = json!({ "anyOf": [
        { "type": "array", "items": words(&others), "minItems": 1 },
        { "type": "array", "items": words(&[Role::Administrator]), "minItems": 1 },
    ] });
    let reason = json!({ "type": "string", "maxLength": MAX_REASON_CHARS });
    let sandbox = sandbox();
    let age = json!({ "type": ["object", "null"], "required": ["day", "days"], "properties": {
        "day": day, "days": { "type": "integer", "minimum": 0 } } });
    let own = [
        ("Any", json!({ "type": "object" })),
        (
            "Ready",
            json!({ "type": "object", "required": ["status", "degraded"], "properties": {
                "status": { "type": "string", "enum": ["ready", "degraded"] },
                "degraded": { "type": "array", "items": { "type": "string", "enum": Degraded::ALL } },
                "editions": { "type": "object" }, "load_faults": { "type": "array", "items": text } } }),
        ),
        (
            "Ages",
            json!({ "type": "object", "required": ["today", "files_read_at"], "properties": {
                "today": { "type": ["string", "null"] }, "files_read_at": { "type": ["string", "null"] },
                "checkpoint_at": { "type": ["string", "null"] },
                "notifications": age, "alerts": age, "register": age, "history": age } }),
        ),
        ("Status", json!({ "type": "object", "required": ["status"], "properties": { "status": text } })),
        (
            "Problem",
            json!({ "type": "object", "required": ["type", "title", "status", "detail"], "properties": {
                "type": text, "title": text, "status": { "type": "integer" }, "detail": text,
                "errors": { "type": "array", "items": { "type": "object" } } } }),
        ),
        (
            "CarrierAnswer",
            object(
                &["id", "consignment", "manifest", "as_of", "referral", "message", "before"],
                json!({ "id": text, "consignment": text, "manifest": text, "as_of": day, "sandbox": sandbox,
                    "referral": { "type": "string", "enum": ["none", "rfi", "rfs", "dnl"] }, "message": text, "before": day_or_none }),
            ),
        ),
        (
            "ImporterAnswer",
            object(
                &["id", "consignment", "manifest", "as_of", "lane", "requests"],
                json!({ "id": text, "consignment": text, "manifest": text, "as_of": day, "lane": lane(), "sandbox": sandbox,
                    "requests": { "type": "array", "items": text } }),
            ),
        ),
        (
            "Answer",
            json!({ "anyOf": [reference("OfficerAnswer"), reference("ImporterAnswer"), reference("CarrierAnswer"),
                reference("Assessment")] }),
        ),
        (
            "Job",
            json!({ "type": "object", "required": ["id", "state", "bytes", "as_of", "sent_at"], "properties": {
                "id": text, "state": { "type": "string", "enum": ["waiting", "running", "done", "failed", "cancelled", "expired"] },
                "bytes": { "type": "integer", "minimum": 0 }, "as_of": day, "sent_at": text, "ended_at": text,
                "progress": object(&["read", "scored", "lost"], json!({ "read": { "type": "integer" },
                    "scored": { "type": "integer" }, "lost": { "type": "integer" } })),
                "interrupted": { "type": "integer" }, "answers": text, "expires_at": text, "problem": reference("Problem") } }),
        ),
        ("Jobs", object(&["jobs"], json!({ "jobs": { "type": "array", "items": reference("Job") } }))),
        (
            "Queue",
            object(
                &["assessments", "next"],
                json!({ "assessments": { "type": "array", "items": { "type": "object" } }, "next": { "type": ["string", "null"] } }),
            ),
        ),
        (
            "Me",
            json!({ "type": "object", "required": ["id", "name", "kind", "groups", "clearance", "key", "audience"],
                "properties": { "id": text, "name": text, "kind": words(ReaderKind::ALL), "clearance": label(),
                    "groups": { "type": "array", "items": text }, "expires_on": day_or_none,
                    "key": { "type": "object" }, "audience": { "type": ["string", "null"] } } }),
        ),
        ("DecisionForm", decision_form(&reason, &day)),
        (
            "Decision",
            json!({ "type": "object", "required": ["id", "bill", "kind", "reason", "by", "at", "lane_in_force"],
                "properties": { "id": text, "bill": text, "kind": words(Deciding::ALL), "lane": lane(), "reason": text,
                    "until": day, "by": text, "at": text, "signed_by": text, "signed_at": text, "needs": text,
                    "lane_in_force": lane() } }),
        ),
        ("ResultForm", result_form(&reason)),
        (
            "KeyForm",
            object(
                &[],
                json!({ "days": { "type": ["integer", "null"], "minimum": 1, "maximum": MAX_KEY_DAYS },
                    "roles": { "anyOf": [roles, { "type": "null" }] },
                    "overlap_hours": { "type": "integer", "minimum": 0, "maximum": MAX_KEY_OVERLAP_HOURS } }),
            ),
        ),
        (
            "ReaderForm",
            object(
                &["name", "kind", "roles"],
                json!({ "name": name, "kind": words(ReaderKind::ALL), "roles": roles,
                    "groups": { "type": "array", "items": text }, "clearance": { "anyOf": [label(), { "type": "null" }] },
                    "expires_on": day_or_none, "key": { "anyOf": [reference("KeyForm"), { "type": "null" }] } }),
            ),
        ),
        (
            "AccessForm",
            object(
                &["name", "office", "contact", "purpose", "proof"],
                json!({ "name": name, "office": name, "contact": name,
                    "purpose": { "type": "string", "minLength": 1, "maxLength": MAX_REASON_CHARS, "pattern": "\\S" },
                    "proof": { "type": "string", "maxLength": 32 } }),
            ),
        ),
        (
            "AccessStatus",
            json!({ "type": "object", "required": ["state"], "properties": {
                "state": { "type": "string", "enum": ["waiting", "approved", "refused", "collected", "lapsed"] },
                "reason": text, "fetch_by": day } }),
        ),
        (
            "ApprovalForm",
            object(
                &["roles", "expires_on"],
                json!({ "roles": roles, "groups": { "type": "array", "items": text },
                    "clearance": { "anyOf": [label(), { "type": "null" }] }, "expires_on": day }),
            ),
        ),
        ("EndForm", object(&[], json!({ "on": day_or_none }))),
        (
            "GroupForm",
            object(&["name", "kind"], json!({ "name": name, "kind": words(GroupKind::ALL), "ends_on": day_or_none })),
        ),
        (
            "RulesetForm",
            object(
                &["name", "files"],
                json!({ "name": name, "note": reason, "files": { "type": "object", "minProperties": 1,
                    "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,64}/(profile\\.(toml|rhai)|cases/[A-Za-z0-9_-]{1,64}\\.json)$" },
                    "additionalProperties": text } }),
            ),
        ),
        (
            "SubjectForm",
            object(
                &["issuer", "subject"],
                json!({ "issuer": { "type": "string", "minLength": 1, "maxLength": MAX_URL_CHARS },
                    "subject": { "type": "string", "minLength": 1, "maxLength": MAX_SUBJECT_CHARS },
                    "ends": { "type": "boolean" } }),
            ),
        ),
        (
            "WebhookForm",
            object(
                &["reader", "url", "events"],
                json!({ "reader": text, "url": { "type": "string", "format": "uri", "maxLength": MAX_URL_CHARS },
                    "events": { "type": "array", "items": words(Event::ALL), "minItems": 1 },
                    "only": object(&[], json!({
                        "countries": { "type": "array", "items": { "type": "string", "pattern": "^[A-Z]{2}$" } },
                        "taxa": { "type": "array", "items": { "type": "string", "minLength": 1, "maxLength": MAX_FIELD_CHARS }, "maxItems": MAX_ONLY_TAXA },
                        "kinds": { "type": "array", "items": words(InformationKind::ALL) } })) }),
            ),
        ),
        ("ResendForm", object(&[], json!({ "messages": { "type": ["array", "null"], "items": text } }))),
        ("PermitForm", permit_form()),
        ("CheckForm", object(&["country"], json!({ "country": { "type": "string", "pattern": "^[A-Z]{2}$" } }))),
        ("NothingForm", object(&[], json!({}))),
        ("NoteForm", object(&[], json!({ "note": reason }))),
        // What cannot be understood of a bill is told as a fault with its place, and its rest is judged: nothing within a bill is
        // refused.
        ("ManifestSent", json!({ "anyOf": [reference("Manifest"), reference("ManifestNearly")] })),
        (
            "ManifestNearly",
            json!({ "type": "object", "required": ["manifest"], "properties": { "manifest": { "type": "object" } } }),
        ),
        ("DrawForm", object(&["group"], json!({ "group": text }))),
        ("GroupEndForm", object(&["on"], json!({ "on": day }))),
    ];
    all.extend(super::plans::all().into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    all.extend(super::cases::all().into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    all.extend(super::information::all().into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    all.extend(own.into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    Value::Object(all)
}

/// Stands in answers of a sandbox alone.
fn sandbox() -> Value {
    json!({ "type": "boolean", "const": true })
}

fn label() -> Value {
    json!({ "type": "string", "enum": Label::ALL.map(Label::as_str) })
}

/// Each kind of decision with what it needs.
fn decision_form(reason: &Value, day: &Value) -> Value {
    let some = json!({ "type": "string", "minLength": 1, "maxLength": MAX_REASON_CHARS, "pattern": "\\S" });
    let is = |kind: Deciding| json!({ "type": "string", "const": kind.as_str() });
    let lane_needed =
        |kind| object(&["kind", "lane", "reason"], json!({ "kind": is(kind), "lane": lane(), "reason": some }));
    json!({ "oneOf": [
        object(&["kind"], json!({ "kind": is(Deciding::Confirmed), "reason": reason })),
        lane_needed(Deciding::Raised),
        lane_needed(Deciding::Lowered),
        object(&["kind", "reason", "until"], json!({ "kind": is(Deciding::Waived), "reason": some, "until": day })),
    ] })
}

/// A find names what led to it, and nothing found names nothing.
fn result_form(note: &Value) -> Value {
    let is = |found: Found| json!({ "type": "string", "const": found.as_str() });
    let detected = json!({ "type": "array", "items": words(Detection::ALL), "uniqueItems": true, "minItems": 1 });
    json!({ "oneOf": [
        object(&["state", "result", "detected_by"],
            json!({ "state": words(Stage::ALL), "result": is(Found::Found), "note": note, "detected_by": detected })),
        object(&["state", "result"], json!({ "state": words(Stage::ALL), "result": is(Found::Nothing), "note": note,
            "detected_by": { "type": "array", "maxItems": 0, "items": { "type": "string" } } })),
    ] })
}

/// What officers and analysts are shown, by the table that lets fields through.
fn officer(answer: &Value) -> Value {
    let mut properties = Map::new();
    for field in OFFICER_FIELDS {
        properties.insert((*field).to_owned(), answer["properties"].get(*field).cloned().unwrap_or_default());
    }
    // Of these fewer fields are shown than the engine writes.
    for field in ["hits", "shadow_hits", "unverifiable", "editions"] {
        let kind = if field == "editions" {
            json!({ "type": "object" })
        } else {
            json!({ "type": "array", "items": { "type": "object" } })
        };
        properties.insert(field.to_owned(), kind);
    }
    for (field, schema) in [
        ("id", json!({ "type": "string" })),
        ("held", json!({ "type": "string" })),
        (SANDBOX, sandbox()),
        ("raised", json!({ "type": "string" })),
        ("decisions", json!({ "type": "array", "items": { "type": "object" } })),
    ] {
        properties.insert(field.to_owned(), schema);
    }
    let required =
        ["id", "consignment", "manifest", "as_of", "lane", "lane_because", "lane_high", "hits", "unverifiable"];
    object(&required, Value::Object(properties))
}

/// A schema whose own definitions stand among all, under its name.
fn hoisted(name: &str, mut schema: Value, all: &mut Map<String, Value>) -> Value {
    let own = schema.as_object_mut().and_then(|fields| {
        fields.shift_remove("$schema");
        fields.shift_remove("$id");
        fields.shift_remove("$defs")
    });
    let own = own.and_then(|own| own.as_object().cloned()).unwrap_or_default();
    let names: BTreeSet<String> = own.keys().cloned().collect();
    for (key, mut definition) in own {
        renamed(name, &names, &mut definition);
        all.insert(format!("{name}.{key}"), definition);
    }
    renamed(name, &names, &mut schema);
    schema
}

fn renamed(name: &str, names: &BTreeSet<String>, schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                let own = value.as_str().and_then(|to| to.strip_prefix("#/$defs/")).filter(|own| names.contains(*own));
                match own.filter(|_| key == "$ref") {
                    Some(own) => *value = json!(format!("#/components/schemas/{name}.{own}")),
                    None => renamed(name, names, value),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| renamed(name, names, value)),
        _ => {}
    }
}
