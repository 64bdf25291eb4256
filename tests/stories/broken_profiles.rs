//! One seeded defect each: `rules check` names it with the right code. The whole list is the test of the diagnostics.

use palisander::cli::finding;
use palisander::service::diagnosis::diagnose;
use palisander_engine::rules::Gravity;

use crate::support::{engine_with_files, profile_toml};

const SCRIPT: &str = "/// Looks at the origin.\nfn t(item) { item.origin == \"MG\" }\n";
const FIRES: &str = r#"{"title":"fires","as_of":"2020-01-01","consignment":{"bill_of_lading":"A","goods_items":[{"description":"X","origin":"MG"}]},"must_hit":["broken/t"]}"#;
const MISSES: &str = r#"{"title":"misses","as_of":"2020-01-01","consignment":{"bill_of_lading":"B","goods_items":[{"description":"X","origin":"KE"}]},"must_not_hit":["broken/t"]}"#;

struct Broken {
    code: &'static str,
    /// Text replaced in profile.toml.
    toml: (&'static str, &'static str),
    /// Text replaced in profile.rhai.
    rhai: (&'static str, &'static str),
    /// Text replaced in the first case.
    case: (&'static str, &'static str),
}

const NONE: (&str, &str) = ("", "");

fn toml(code: &'static str, from: &'static str, to: &'static str) -> Broken {
    Broken { code, toml: (from, to), rhai: NONE, case: NONE }
}

fn rhai(code: &'static str, to: &'static str) -> Broken {
    Broken { code, toml: NONE, rhai: ("item.origin == \"MG\"", to), case: NONE }
}

fn case(code: &'static str, from: &'static str, to: &'static str) -> Broken {
    Broken { code, toml: NONE, rhai: NONE, case: (from, to) }
}

fn codes(broken: &Broken) -> Vec<String> {
    let change = |text: &str, (from, to): (&str, &str)| {
        if from.is_empty() {
            return text.to_owned();
        }
        assert!(text.contains(from), "{}: `{from}` is not in the file", broken.code);
        text.replacen(from, to, 1)
    };
    let files = [
        ("profile.toml", change(&profile_toml("broken"), broken.toml)),
        ("profile.rhai", change(SCRIPT, broken.rhai)),
        ("cases/a.json", change(FIRES, broken.case)),
        ("cases/b.json", MISSES.to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let engine = engine_with_files("broken", &files);
    diagnose(&engine, Some(&["broken".to_owned()]), palisander::state::today())
        .into_iter()
        .map(|fault| fault.code.to_owned())
        .collect()
}

#[test]
fn a_sound_profile_has_nothing_to_say() {
    let sound = Broken { code: "", toml: NONE, rhai: NONE, case: NONE };
    // Nothing settles a test of what may be unknown: a note, no defect.
    assert!(codes(&sound).iter().all(|code| code == "P054"), "{:?}", codes(&sound));
}

#[test]
fn every_seeded_defect_is_named() {
    let list = [
        toml("P001", "points = 50", "points = \"many\""),
        toml("P001", "version = 1", "version = 1\ncolour = \"red\""),
        toml("P003", "id = \"broken\"", "id = \"other\""),
        toml("P004", "2090-01-01", "next year"),
        toml("P005", "why = \"w\"", "why = \" \""),
        toml("P006", "CITES Res. Conf. 11.3", "CITES Notif. 2999/999"),
        toml("P007", "innocent_explanations = [\"none\"]", "innocent_explanations = []"),
        toml("P008", "each = \"item\"", "each = \"box\""),
        toml("P009", "name = \"t\"", "name = \"u\""),
        rhai("P010", "origin == \"MG\""),
        rhai("P011", "item == \"MG\""),
        rhai("P012", "item.origin.resembles(\"MG\")"),
        rhai("P013", "item.orgin == \"MG\""),
        rhai("P014", "item.origin == 5"),
        rhai("P014", "item.taxa == item.genera"),
        rhai("P015", "item.origin + 1 > 2"),
        rhai("P016", "item.origin and true"),
        Broken { code: "P017", toml: NONE, rhai: ("fn t(item)", "fn t(item, taxon)"), case: NONE },
        toml("P018", "{item.description}", "{item.colour}"),
        Broken { code: "P020", toml: NONE, rhai: ("item.origin == \"MG\"", "let a = 1;"), case: NONE },
        rhai("P021", "item.origin"),
        rhai("P022", "5 in item.taxa"),
        rhai("P023", "unverifiable(5)"),
        rhai(
            "P030",
            "((((((((((((((((((((((((((((((((((((((((((((((((((true))))))))))))))))))))))))))))))))))))))))))))))))))",
        ),
        rhai("P031", "item.origin == "),
        rhai("P031", "item.origin == \"MG\" && true"),
        Broken { code: "P032", toml: NONE, rhai: (" }\n", " }\nlet x = 1;\n"), case: NONE },
        rhai("P040", "item.origin == \"XQ\""),
        rhai("P040", "item.origin == \"mg\""),
        rhai("P040", "\"Dalbergia imaginaria\" in item.taxa"),
        rhai("P040", "item.form == \"logs\""),
        rhai("P040", "item.verdict == \"flagged\""),
        rhai("P040", "\"antik\" in item.claims"),
        rhai("P041", "item.origin == \"MG\" and item.origin == \"KE\""),
        rhai("P041", "item.volume_m3 > 10 and item.volume_m3 < 5"),
        rhai("P041", "item.is_wood and not(item.is_wood)"),
        rhai("P041", "item.origin == \"MG\" and item.origin in [\"KE\", \"TZ\"]"),
        rhai("P042", "item.is_wood or not(item.is_wood)"),
        rhai("P042", "true"),
        toml("P045", "points = 50", "points = 500"),
        Broken {
            code: "P078",
            toml: NONE,
            rhai: ("fn t(item)", "fn acts_on_goods(measure) { measure.direct }\n/// Looks.\nfn t(item)"),
            case: NONE,
        },
        case("P046", "\"MG\"", "\"TZ\""),
        toml("P048", "2090-01-01", "2020-01-01"),
        toml("P049", "CITES Res. Conf. 11.3", "CITES Notif. 1999/039"),
        toml("P050", "{item.description}", "something"),
        toml("P051", "points = 50", "points = 0"),
        toml("P077", "points = 50", "points = -5"),
        toml("P077", "points = 50", "points = 1001"),
        toml("P077", "points = 50", "points = -9223372036854775807"),
        toml("P077", "points = 50", "points = 9223372036854775807"),
        Broken { code: "P053", toml: NONE, rhai: ("/// Looks at the origin.\n", ""), case: NONE },
        Broken {
            code: "P055",
            toml: NONE,
            rhai: ("fn t(item)", "fn idle(item) { item.is_wood }\n/// Looks.\nfn t(item)"),
            case: NONE,
        },
        toml(
            "P056",
            "[[indicators]]",
            "[[indicators]]\nname = \"t\"\neach = \"item\"\npoints = 1\nreason = \"{item.form}\"\n\n[[indicators]]",
        ),
        toml("P057", "genera = []", "genera = [\"Rosewoodia\"]"),
        toml("P058", "points = 50", "points = 50\nhandling = \"SECRET\""),
        toml("P059", "version = 1", "version = 1\neffective_from = \"2020-01-01\"\neffective_to = \"2019-01-01\""),
        toml("P061", "00000000-0000-0000-0000-000000000006", "35a1ccb5-6e5d-5d6f-b4f5-shipped"),
        rhai("P062", "item.n_documents < -1"),
        rhai("P063", "item.hs_heading == \"44\""),
        toml("P064", "version = 1", "version = 0"),
        toml("P065", "points = 50", "points = 50\nfloor = \"green\""),
        rhai("P066", "1 == 1"),
        rhai("P067", "if item.is_wood { true } else { false }"),
        Broken {
            code: "P068",
            toml: NONE,
            rhai: ("fn t(item)", "fn count(item) { item.is_wood }\n/// Looks.\nfn t(item)"),
            case: NONE,
        },
        case("P069", "broken/t", "broken/u"),
        case("P070", "\"title\"", "\"titel\""),
        case("P071", "must_hit", "must_not_hit"),
        toml("P072", "version = 1", "version = 1\neffective_from = \"soon\""),
        toml("P074", "points = 50", "points = 50\nnext_steps = [{ step = \"do_something\" }]"),
    ];
    let shipped = crate::support::ENGINE.profiles().profiles[0].uuid.clone();
    let mut missed = Vec::new();
    for mut broken in list {
        if broken.code == "P061" {
            broken.toml.1 = Box::leak(shipped.clone().into_boxed_str());
        }
        let found = codes(&broken);
        if !found.iter().any(|code| code == broken.code) {
            missed.push(format!("{} ({:?} {:?} {:?}): {found:?}", broken.code, broken.toml, broken.rhai, broken.case));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_doubt_is_allowed_only_with_a_reason() {
    let allow = |toml: &str, rhai: &str| {
        let toml = profile_toml("broken").replacen("points = 50", &format!("points = 500\n{toml}"), 1);
        let rhai = format!("{rhai}{}", SCRIPT.replace("MG", "XQ"));
        let files = [("profile.toml", toml.as_str()), ("profile.rhai", &rhai), ("cases/a.json", FIRES)];
        let found =
            diagnose(&engine_with_files("broken", &files), Some(&["broken".to_owned()]), palisander::state::today());
        found.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    let none = allow("", "");
    assert!(none.contains(&"P045") && none.contains(&"P040"), "{none:?}");
    let both = allow("# allow P045: by order of the board", "// allow P040: a code of our own\n");
    assert!(!both.iter().any(|code| ["P045", "P040", "P075", "P076"].contains(code)), "{both:?}");
    let bare = allow("# allow P045", "// allow P040:\n");
    assert_eq!(bare.iter().filter(|code| **code == "P075").count(), 2, "{bare:?}");
    assert!(bare.contains(&"P045") && bare.contains(&"P040"), "{bare:?}");
    let idle = allow("# allow P051: it has points", "");
    assert!(idle.contains(&"P076"), "{idle:?}");
}

#[test]
fn a_finding_shows_the_place() {
    let files = |toml: &str, rhai: &str| {
        let engine = engine_with_files("broken", &[("profile.toml", toml), ("profile.rhai", rhai)]);
        diagnose(&engine, Some(&["broken".to_owned()]), palisander::state::today())
    };
    let shown = |found: &[palisander_engine::rules::ProfileFault], code: &str| {
        let fault = found.iter().find(|fault| fault.code == code).unwrap();
        (fault.indicator.clone(), finding(Gravity::Warning, fault, 100))
    };
    let toml = profile_toml("broken").replace("points = 50", "points = 500");
    let found = files(&toml, &SCRIPT.replace("MG", "XQ"));
    let (indicator, excerpt) = shown(&found, "P040");
    assert_eq!(indicator.as_deref(), Some("t"));
    let place = " --> broken/profile.rhai:2:29\n  |\n2 | fn t(item) { item.origin == \"XQ\" }\n  |                             ^^^^\n";
    assert!(
        excerpt.starts_with("warning[P040]: ") && excerpt.contains(place) && excerpt.contains("= help: "),
        "{excerpt}"
    );
    let (indicator, excerpt) = shown(&found, "P045");
    assert_eq!(indicator.as_deref(), Some("t"));
    assert!(excerpt.contains("| points = 500\n   |          ^^^\n"), "{excerpt}");
    let found = files(&toml, "fn t(item) { item.orgin == \"MG\" }");
    assert!(shown(&found, "P013").1.contains(" ^^^^^\n"), "{}", shown(&found, "P013").1);
    // A fault without a line names its file.
    let found = files("id = 3", SCRIPT);
    assert!(shown(&found, "P001").1.contains("--> broken/profile.toml"), "{}", shown(&found, "P001").1);
}
