//! Records under TLP:RED, each word of which is a canary, and bills that meet them.

use std::sync::Arc;

use palisander::service::editions::Source;
use palisander::service::live::Loaded;
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, Input, Inputs, Options};
use serde_json::{Value, json};

/// Forty words that stand in the secret records and nowhere else.
pub fn canaries() -> Vec<String> {
    let (first, last) = (
        ["QUOLL", "ZIBET", "XERUS", "VOLE", "WOMBAT"],
        ["FANG", "GLEN", "HUSK", "JINX", "KILN", "LOFT", "MOTH", "NOOK"],
    );
    first.iter().flat_map(|first| last.iter().map(move |last| format!("{first}{last}"))).collect()
}

/// The parts of a secret: each is met by a bill of [`bills`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    AlertOfShip,
    AlertOfContainer,
    AlertOfParty,
    Watched,
    Permit,
    Profile,
}

pub const SECRETS: [Secret; 6] = [
    Secret::AlertOfShip,
    Secret::AlertOfContainer,
    Secret::AlertOfParty,
    Secret::Watched,
    Secret::Permit,
    Secret::Profile,
];

/// An engine that holds some of them under a label.
pub fn engine(held: &[Secret], label: &str) -> Engine {
    Arc::into_inner(loaded(held, label).engine).unwrap()
}

/// The same with the files that it is made of.
pub fn loaded(held: &[Secret], label: &str) -> Loaded {
    of_files(files(held, label))
}

/// An engine of files by their paths in a bundle.
pub fn of_files(files: Vec<(String, String)>) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let given = |name: &str| {
        let path = folder.path().join("inputs").join(name);
        path.is_file().then(|| Input::Bytes(std::fs::read(path).unwrap()))
    };
    let inputs = Inputs {
        alerts: given("alerts"),
        watch_list: given("watch_list"),
        register: given("register"),
        history: given("history"),
        ..Inputs::default()
    };
    let overlay = Some(folder.path().join("rules")).filter(|path| path.is_dir());
    let rules = RuleSource { overlay, ..RuleSource::default() };
    let engine = Engine::open(&Options { rules: rules.clone(), inputs: inputs.clone(), ..Options::default() }).unwrap();
    assert!(engine.load_faults().is_empty(), "{:?}", engine.load_faults());
    let source = |(path, text): (String, String)| Source { path, bytes: text.into_bytes().into() };
    Loaded {
        engine: Arc::new(engine),
        inputs,
        rules,
        sources: files.into_iter().map(source).collect(),
        pack: None,
        unpacked: None,
    }
}

/// The files that hold some of them under a label.
pub fn files(held: &[Secret], label: &str) -> Vec<(String, String)> {
    let c = canaries();
    let alert = |n: usize, about: Value| {
        let mut record = json!({ "id": format!("{}-{n}", c[n]), "number": format!("{} 7/{n}", c[n + 1]), "kind": "alert",
            "title": format!("{} is watched", c[n + 2]), "text": format!("{} was told by {}", c[n + 3], c[n + 4]),
            "issuing_body": c[n + 5], "source": c[n + 6], "published_on": "2013-01-01", "reliability": "A1", "handling": label });
        for (field, value) in about.as_object().unwrap() {
            record[field] = value.clone();
        }
        record.to_string()
    };
    let mut alerts = Vec::new();
    if held.contains(&Secret::AlertOfShip) {
        alerts.push(alert(0, json!({ "vessels": [{ "name": "DEMO QUAY", "imo": "9999993" }] })));
    }
    if held.contains(&Secret::AlertOfContainer) {
        alerts.push(alert(7, json!({ "containers": ["CSQU3054383"], "taxa": ["Dalbergia"], "countries": [{ "code": "MG", "role": "origin" }] })));
    }
    if held.contains(&Secret::AlertOfParty) {
        alerts.push(alert(14, json!({ "parties": ["ORDINARY TRADING COMPANY"], "measure": "verify" })));
    }
    let watched = held.contains(&Secret::Watched).then(|| {
        format!(
            "id,kind,name,aliases,country,reason,source,reliability,handling\n{},company,HARMLESS EXPORT COMPANY,{},MG,{},{},A1,{label}\n",
            c[21], c[22], c[23], c[24]
        )
    });
    let register = held.contains(&Secret::Permit).then(|| {
        let head = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,taxon,status,security_stamp,handling";
        format!("{head}\n14MG000417,export,{},MG,2013-12-01,2014-05-30,{},{},Dalbergia baronii,cancelled,{},{label}\n", c[25], c[26], c[27], c[28])
    });
    let alerts = (!alerts.is_empty()).then(|| alerts.join("\n"));
    let inputs = [("inputs/alerts", alerts), ("inputs/watch_list", watched), ("inputs/register", register)];
    let mut files: Vec<(String, String)> =
        inputs.into_iter().filter_map(|(path, text)| Some((path.to_owned(), text?))).collect();
    if held.contains(&Secret::Profile) {
        files.extend(profile(&c, label));
    }
    files
}

/// A profile that fires on Malagasy wood, under a label.
fn profile(c: &[String], label: &str) -> [(String, String); 2] {
    let folder = format!("rules/{}", c[29].to_lowercase());
    let (id, name) = (c[29].to_lowercase(), c[30].to_lowercase());
    let toml = format!(
        r#"id = "{id}"
uuid = "36ad7c3e-7368-5354-aa4c-52ce68a4a199"
title = "{}"
owner = "{}"
status = "stable"
version = 1
review_by = "2027-11-24"
genera = ["Dalbergia"]
mandatory = false
why = """
{} and {} say so."""
sources = ["CITES Appendices"]
innocent_explanations = ["{}"]

[[indicators]]
name = "{name}"
each = "item"
points = 250
group = "{}"
floor = "red"
reason = "{} of {{item.description}}"
settled_by = "{}"
handling = "{label}"
next_steps = [{{ step = "{}", to = "{}", why = "{}" }}]
"#,
        c[31], c[32], c[33], c[34], c[35], c[30], c[36], c[37], name, c[38], c[39]
    );
    let rhai = format!("/// Wood from {}.\nfn {name}(item) {{ item.origin == \"MG\" }}\n", c[33]);
    [(format!("{folder}/profile.toml"), toml), (format!("{folder}/profile.rhai"), rhai)]
}

/// Bills that meet the secrets in some way, and some that meet nothing. One manifest each.
pub fn bills() -> Vec<Value> {
    let bill = |n: usize, ship: &str, consignor: &str, container: &str, mut goods: Value| {
        goods["in_containers"] = json!([{ "container": container }]);
        // Each is another shipment: nearly the same ones are answered alike to those outside.
        goods["gross_mass_kg"] = json!(goods["gross_mass_kg"].as_u64().unwrap() + n as u64);
        goods["packages"] = json!([{ "n": 10 + n, "kind": "PK" }]);
        let consignee =
            json!({ "role": "consignee", "name": format!("BUYER NUMBER {n}"), "address": { "country": "CN" } });
        json!({ "equipment": [{ "container": container }], "reference": format!("R{n}"), "transport_means": { "name": ship, "imo": if ship == "DEMO QUAY" { "9999993" } else { "9074729" }, "voyage": format!("V{n}") },
            "consignments": [{ "bill_of_lading": format!("SYN{n:04}"),
                "parties": [{ "role": "consignor", "name": consignor, "address": { "country": "MG" } }, consignee],
                "goods_items": [goods] }] })
    };
    let logs = json!({ "description": "DALBERGIA BARONII LOGS", "hs_code": "440349", "origin": "MG", "gross_mass_kg": 9000,
        "net_mass_kg": 8800, "volume_m3": 10,
        "documents": [{ "kind": "cites_export_permit", "number": "14MG000417", "country": "MG" }] });
    let shirts = json!({ "description": "COTTON SHIRTS", "hs_code": "610910", "origin": "BD", "gross_mass_kg": 900 });
    let vanilla =
        json!({ "description": "VANILLA BEANS IN CARTONS", "hs_code": "090510", "origin": "MG", "gross_mass_kg": 700 });
    let guitars = json!({ "description": "GUITARS WITH ROSEWOOD FINGERBOARD", "hs_code": "920290", "origin": "CN", "gross_mass_kg": 400 });
    let mut all = Vec::new();
    for goods in [&logs, &shirts, &vanilla, &guitars] {
        for (ship, consignor, container) in [
            ("DEMO QUAY", "SOME SELLER", "TGHU1234567"),
            ("OTHER SHIP", "ORDINARY TRADING COMPANY", "TGHU1234567"),
            ("OTHER SHIP", "HARMLESS EXPORT COMPANY", "TGHU1234567"),
            ("OTHER SHIP", "SOME SELLER", "CSQU3054383"),
            ("OTHER SHIP", "SOME SELLER", "TGHU1234567"),
        ] {
            all.push(bill(all.len(), ship, consignor, container, goods.clone()));
        }
    }
    all
}
