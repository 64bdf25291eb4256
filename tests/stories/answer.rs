//! The answer names what an officer opens, and says what it could still become; its schema holds.

use std::io::Cursor;

use axum::body::Body;
use axum::http::{Request, header};
use palisander::state::State;
use palisander_engine::answers::{Lane, MAX_GOODS_SHOWN, MAX_HITS_SHOWN, schema};
use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, read};
use palisander_engine::{Assessment, Engine, Options, bills};
use palisander_tests::generator::{Made, Port};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{ENGINE, day, engine_with_files, profile_toml, score, score_with};

/// What the schema says against a value: as much of JSON Schema as the answer's uses. Empty: it holds.
fn against(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(target) = schema["$ref"].as_str() {
        let target = root.pointer(target.trim_start_matches('#')).unwrap_or_else(|| panic!("{target} is not there"));
        return against(root, target, value, at, wrong);
    }
    for choices in [&schema["anyOf"], &schema["oneOf"]].into_iter().filter_map(Value::as_array) {
        let holds = |choice: &&Value| {
            let mut found = Vec::new();
            against(root, choice, value, at, &mut found);
            found.is_empty()
        };
        if choices.iter().filter(holds).count() == 0 {
            wrong.push(format!("{at}: fits no choice"));
        }
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value))
        || schema.get("const").is_some_and(|only| only != value)
    {
        wrong.push(format!("{at}: {value} is none of its words"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let fits = types.iter().any(|name| match *name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type {other}"),
    });
    if !fits {
        wrong.push(format!("{at}: {value} is not {types:?}"));
    }
    if let (Some(below), Some(minimum)) = (value.as_f64(), schema["minimum"].as_f64())
        && below < minimum
    {
        wrong.push(format!("{at}: {value} under {minimum}"));
    }
    for (n, entry) in value.as_array().into_iter().flatten().enumerate() {
        against(root, &schema["items"], entry, &format!("{at}/{n}"), wrong);
    }
    let Some(map) = value.as_object() else { return };
    for (name, value) in map {
        let at = format!("{at}/{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(own), _) => against(root, own, value, &at, wrong),
            (None, Value::Bool(false)) => wrong.push(format!("{at}: not in the schema")),
            (None, Value::Object(_)) => against(root, &schema["additionalProperties"], value, &at, wrong),
            (None, _) => {}
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !map.contains_key(name) {
            wrong.push(format!("{at}: `{name}` is missing"));
        }
    }
}

fn wrong(answer: &Value) -> Vec<String> {
    let schema = schema();
    let mut wrong = Vec::new();
    against(&schema, &schema, answer, "", &mut wrong);
    wrong
}

/// The shipped sample ship as it is scored.
fn sample_ship() -> Vec<Assessment> {
    let mut answers = Vec::new();
    for (_, bytes) in palisander_engine::tables::samples() {
        let parts = read(Cursor::new(bytes), Format::detect(bytes));
        let n = bills::score::<()>(&ENGINE, parts, day("2026-11-01"), &ENGINE.past(), &mut |scored| {
            let Scored::Answer(answer) = scored else { panic!("{scored:?}") };
            answers.push(*answer);
            Ok(())
        });
        assert_eq!(n, Ok(answers.len() as u64));
    }
    assert!(answers.len() >= 24);
    answers
}

#[test]
fn the_sample_ship_fits_the_schema() {
    for answer in sample_ship() {
        let value = serde_json::to_value(&answer).unwrap();
        assert_eq!(wrong(&value), Vec::<String>::new(), "{}", answer.consignment);
    }
}

#[test]
fn seeded_traffic_fits_the_schema() {
    let mut port = Port::new(77);
    for made in [Made::Planted, Made::Honest, Made::Sounding] {
        for _ in 0..40 {
            let answer = score(&port.of(made), "2026-11-01");
            assert_eq!(wrong(&serde_json::to_value(&answer).unwrap()), Vec::<String>::new());
        }
    }
}

#[test]
fn an_answer_with_a_field_more_or_less_does_not_fit() {
    let answer = serde_json::to_value(&sample_ship()[0]).unwrap();
    let objects =
        ["", "/ship", "/containers/0", "/goods/0", "/parties/0", "/hits/0", "/hits/0/met/0", "/editions", "/history"];
    for place in objects {
        let mut more = answer.clone();
        more.pointer_mut(place).unwrap()["colour"] = json!("red");
        assert_eq!(wrong(&more), [format!("{place}/colour: not in the schema")], "{place}");
    }
    for (place, field) in
        [("", "lane_high"), ("/hits/0", "handling"), ("/goods/0", "description"), ("/parties/0", "role")]
    {
        let mut less = answer.clone();
        less.pointer_mut(place).unwrap().as_object_mut().unwrap().shift_remove(field).unwrap();
        assert_eq!(wrong(&less), [format!("{place}: `{field}` is missing")]);
    }
    let mut other = answer;
    other["lane"] = json!("purple");
    other["score"] = json!("many");
    assert_eq!(wrong(&other).len(), 2, "{:?}", wrong(&other));
}

#[tokio::test]
async fn the_schema_is_served() {
    let app = palisander::build_router(State::new(Engine::open(&Options::default()).unwrap(), None));
    for (name, expected) in [("assessment", schema()), ("manifest", palisander_engine::manifests::schema())] {
        let path = format!("/v1/schemas/{name}");
        let request = Request::builder().uri(&path).header(header::HOST, "localhost").body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/schema+json");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let served: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(served["$id"], path);
        assert_eq!(served, expected);
    }
}

fn bill(goods_items: Value) -> Value {
    json!({ "manifest": { "reference": "R", "format": "json/1",
        "transport_means": { "mode": 1, "imo": "9999993", "name": "SYNTHETIC STAR", "flag": "KM", "voyage": "SYN047E" },
        "departure": { "unlocode": "LKCMB", "at": "2014-03-04T06:00:00Z" },
        "arrival": { "unlocode": "HKHKG", "at": "2014-03-14T10:00:00Z" },
        "equipment": [
            { "container": "ZZSU4170016", "size_type": "22G1", "fullness": "full", "seals": [{ "number": "SYN1" }, { "number": "SYN2" }] },
            { "container": "ZZSU4170021", "size_type": "42G1" }],
        "consignments": [{ "bill_of_lading": "B",
            "places": { "loading": "LKCMB", "discharge": "HKHKG" },
            "parties": [{ "role": "consignor", "name": "BOIS FICTIF SARL", "address": { "country": "LK" } },
                        { "role": "consignee", "name": "TO ORDER" }],
            "goods_items": goods_items }] } })
}

#[test]
fn the_answer_names_what_an_officer_opens() {
    let goods = json!([
        { "item": 7, "description": "TEAK FURNITURE", "hs_code": "940360", "origin": "LK", "gross_mass_kg": 1000.5, "volume_m3": 4.1,
          "packages": [{ "n": 10, "kind": "CT" }, { "n": 2, "kind": "PX" }], "in_containers": [{ "container": "ZZSU4170016" }] },
        { "description": "SPICES", "gross_mass_kg": 200.0, "volume_m3": 0.2, "in_containers": [{ "container": "LCL" }] }]);
    let answer = serde_json::to_value(score(&bill(goods), "2014-03-20")).unwrap();
    assert_eq!(
        answer["ship"],
        json!({ "name": "SYNTHETIC STAR", "imo": "9999993", "flag": "KM", "voyage": "SYN047E", "departs_on": "2014-03-04", "arrival": "HKHKG", "arrives_on": "2014-03-14" })
    );
    assert_eq!(
        answer["containers"],
        json!([{ "number": "LCL" },
            { "number": "ZZSU4170016", "size_type": "22G1", "fullness": "full", "seals": ["SYN1", "SYN2"], "check_digit_holds": true }])
    );
    assert_eq!(
        answer["goods"],
        json!([{ "item": 7, "description": "TEAK FURNITURE", "hs_code": "940360", "origin": "LK", "gross_mass_kg": 1000.5, "volume_m3": 4.1, "n_packages": 12 },
            { "item": 2, "description": "SPICES", "gross_mass_kg": 200.0, "volume_m3": 0.2 }])
    );
    assert_eq!(
        answer["parties"],
        json!([{ "role": "consignor", "name": "BOIS FICTIF SARL", "country": "LK" }, { "role": "consignee", "name": "TO ORDER" }])
    );
    assert_eq!((&answer["gross_mass_kg"], &answer["volume_m3"]), (&json!(1200.5), &json!(4.3)));
}

/// Other seals are another answer, so they have another id.
#[test]
fn what_is_shown_is_in_the_id() {
    let goods = json!([{ "description": "SPICES", "in_containers": [{ "container": "ZZSU4170016" }] }]);
    let one = bill(goods);
    let mut other = one.clone();
    other["manifest"]["equipment"][0]["seals"][0]["number"] = json!("SYN9");
    let (one, other) = (score(&one, "2014-03-20"), score(&other, "2014-03-20"));
    assert_ne!(one.containers, other.containers);
    assert_ne!(one.assessment_id, other.assessment_id);
}

#[test]
fn of_many_items_the_one_that_is_hit_is_shown() {
    let mut items: Vec<Value> =
        (0..3_000).map(|n| json!({ "description": format!("STEEL BOLTS SIZE {n}"), "hs_code": "731815" })).collect();
    items[2_500] = json!({ "description": "DALBERGIA NIGRA VENEER", "hs_code": "440839", "origin": "BR" });
    let answer = score(&bill(Value::Array(items)), "2014-03-20");
    assert_eq!((answer.goods.len(), answer.n_goods_items), (MAX_GOODS_SHOWN, 3_000));
    assert!(answer.goods.iter().any(|goods| goods.item == 2_501), "{:?}", answer.hits);
    assert!(answer.hits.len() <= MAX_HITS_SHOWN);
}

/// The lane at score_high: from the points, and from the floors of what is open.
#[test]
fn lane_high_is_what_the_bill_could_become() {
    let script = "/// Whether the value is known.\nfn t(item) { item.value_per_m3_usd > 0.0 }\n";
    let with = |points: i64, floor: &str| {
        let toml = profile_toml("open-point").replace("points = 50", &format!("points = {points}\n{floor}"));
        engine_with_files("open-point", &[("profile.toml", &toml), ("profile.rhai", script)])
    };
    let goods = json!([{ "description": "STEEL BOLTS", "hs_code": "731815" }]);
    for (points, floor, expected) in [
        (5, "", Lane::Green),
        (15, "", Lane::Blue),
        (70, "", Lane::Yellow),
        (500, "", Lane::Red),
        (5, "floor = \"yellow\"", Lane::Yellow),
        (5, "floor = \"red\"", Lane::Red),
    ] {
        let answer = score_with(&with(points, floor), &bill(goods.clone()), "2014-03-20");
        assert_eq!(
            (answer.lane, answer.lane_high),
            (Lane::Green, expected),
            "{points} {floor}: {:?}",
            answer.unverifiable
        );
        let open = answer.unverifiable.iter().find(|open| open.profile == "open-point").unwrap();
        assert!(
            !open.settled_by.trim().is_empty(),
            "a rule that does not say it still says where such facts come from"
        );
    }
}

#[test]
fn lane_high_is_never_below_the_lane_and_every_open_point_says_what_settles_it() {
    let mut port = Port::new(5);
    let made = (0..60).map(|n| score(&port.of(if n % 2 == 0 { Made::Planted } else { Made::Honest }), "2026-11-01"));
    let (mut n_open, mut n_higher) = (0, 0);
    for answer in made.chain(sample_ship()) {
        assert!(answer.lane_high >= answer.lane && answer.score_high >= answer.score);
        n_higher += usize::from(answer.lane_high > answer.lane);
        for open in &answer.unverifiable {
            n_open += 1;
            assert!(!open.settled_by.trim().is_empty(), "{open:?}");
        }
    }
    assert!(n_open > 0 && n_higher > 0, "{n_open} open, {n_higher} higher");
}
