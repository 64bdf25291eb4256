//! Layers over the shipped rules: whatever an office lays over them, no lane and no score falls, and what is not heard is
//! named in the answer. Each row is one local folder.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use palisander_engine::answers::Lane;
use palisander_engine::manifests::Parsed;
use palisander_engine::rules::{RuleSource, Status};
use palisander_engine::{Assessment, Engine};
use palisander_tests::generator::{Made, Port};

use crate::support::{ENGINE, day, parse, profile_toml};

static PORT: LazyLock<Vec<Parsed>> = LazyLock::new(|| {
    let made = [Made::Plain, Made::Honest, Made::Sounding, Made::Planted].into_iter();
    made.flat_map(|made| (0..4).map(move |seed| parse(&Port::new(seed).of(made)))).collect()
});

fn answers(engine: &Engine) -> Vec<Assessment> {
    let one = |parsed: &Parsed| {
        engine.assess(&parsed.manifest, &parsed.manifest.consignments[0], &parsed.faults_of(0), day("2026-11-01"))
    };
    PORT.iter().map(one).collect()
}

static USUAL: LazyLock<Vec<Assessment>> = LazyLock::new(|| answers(&ENGINE));

fn shipped(path: &str) -> String {
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../rules");
    std::fs::read_to_string(rules.join(path)).unwrap()
}

/// An engine over a layer that `write` fills.
fn over(write: impl FnOnce(&Path)) -> Engine {
    static N: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let n = N.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let top = std::env::temp_dir().join(format!("palisander-layer-{}-{n}", std::process::id()));
    std::fs::create_dir_all(&top).unwrap();
    write(&top);
    let engine = ENGINE.with_rules(&RuleSource { overlay: Some(top.clone()), ..RuleSource::default() }).unwrap();
    std::fs::remove_dir_all(top).unwrap();
    engine
}

fn write(top: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = top.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Lanes and scores do not fall, and the answer names the folder.
fn check(what: &str, named: Option<&str>, engine: &Engine) {
    for (answer, usual) in answers(engine).iter().zip(USUAL.iter()) {
        assert!(answer.lane >= usual.lane, "{what}: {} {:?} < {:?}", answer.consignment, answer.lane, usual.lane);
        assert!(answer.score >= usual.score && answer.score_high >= usual.score_high, "{what}: {}", answer.consignment);
        let told: Vec<&str> = answer.faults.iter().map(|fault| fault.at.as_str()).collect();
        match named {
            Some(named) => {
                assert!(told.iter().any(|at| at.starts_with(named)), "{what}: {told:?}");
                assert!(answer.lane >= Lane::Blue, "{what}");
            }
            None => assert_eq!((&answer.faults, answer.lane), (&usual.faults, usual.lane), "{what}"),
        }
    }
}

#[test]
fn every_shipped_profile_is_mandatory_and_acts() {
    for profile in &ENGINE.profiles().profiles {
        assert!(profile.mandatory && profile.status == Status::Stable, "{}", profile.id);
    }
}

#[test]
fn a_copy_of_a_shipped_profile_only_sharpens() {
    let id = "trade-measures";
    let (toml, rhai) = (shipped("trade-measures/profile.toml"), shipped("trade-measures/profile.rhai"));
    let changed = |from: &str, to: &str| {
        assert!(toml.contains(from), "{from}");
        toml.replacen(from, to, 1)
    };
    let of_toml = |text: String| (Some(text), Some(rhai.clone()));
    let of_rhai = |text: &str| (Some(toml.clone()), Some(text.to_owned()));
    let only_false: String = rhai
        .lines()
        .filter(|line| line.starts_with("fn "))
        .fold(String::new(), |all, line| all + line.split('{').next().unwrap() + "{ false }\n");
    type Files = (Option<String>, Option<String>);
    let rows: Vec<(&str, bool, Files)> = vec![
        ("the same", false, (Some(toml.clone()), Some(rhai.clone()))),
        ("script that says no", true, of_rhai(&only_false)),
        ("broken script", true, of_rhai("fn zero_quota_in_force(")),
        ("empty script", true, of_rhai("")),
        ("no script", true, (Some(toml.clone()), None)),
        (
            "script out of its budget",
            true,
            of_rhai("fn zero_quota_in_force(measure) { let a = \"x\"; a += a; a == \"\" }"),
        ),
        ("no toml, other script", true, (None, Some(only_false.clone()))),
        ("not stable", true, of_toml(changed("\"stable\"", "\"experimental\""))),
        ("no longer", true, of_toml(changed("\"stable\"", "\"deprecated\""))),
        ("not mandatory", true, of_toml(changed("mandatory = true", "mandatory = false"))),
        ("from the year 9999", true, of_toml(changed("version = 1", "version = 1\neffective_from = \"9999-01-01\""))),
        ("until 2015", true, of_toml(changed("version = 1", "version = 1\neffective_to = \"2015-01-01\""))),
        ("one group for all", true, of_toml(toml.replace("group = \"national-ban\"", "group = \"measure-bar\""))),
        ("other points", true, of_toml(changed("points = 150", "points = 10"))),
        ("points that forgive", true, of_toml(changed("points = 150", "points = -150"))),
        ("too many points", true, of_toml(changed("points = 150", "points = 9223372036854775807"))),
        ("a lower floor", true, of_toml(changed("floor = \"red\"", "floor = \"blue\""))),
        ("no id of its own", true, of_toml(changed("id = \"trade-measures\"", "id = \"others\""))),
        ("no toml that can be read", true, of_toml("id = ".to_owned())),
        ("a secret label", true, of_toml(changed("floor = \"red\"", "floor = \"red\"\nhandling = \"TLP:RED\""))),
    ];
    for (what, is_named, (toml, rhai)) in rows {
        let engine = over(|top| {
            toml.iter().for_each(|text| write(top, "trade-measures/profile.toml", text));
            rhai.iter().for_each(|text| write(top, "trade-measures/profile.rhai", text));
        });
        check(what, is_named.then_some(id), &engine);
        let rules = |engine: &Engine| {
            engine
                .profiles()
                .indicators
                .iter()
                .map(|i| (i.name.clone(), i.points, i.floor, i.group.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(rules(&engine), rules(&ENGINE), "{what}");
    }
    let engine = over(|top| {
        write(
            top,
            "trade-measures/profile.toml",
            "id = \"trade-measures\"\n[[indicators]]\nname = \"zero_quota_in_force\"\npoints = 170\n[[indicators]]\nname = \"bar_on_the_way\"\nfloor = \"red\"\n",
        );
        write(top, "trade-measures/cases/own.json", "{}");
    });
    check("points and floors that rise, and a case", None, &engine);
    let of = |name: &str| engine.profiles().indicators.iter().find(|i| i.name == name).unwrap();
    assert_eq!((of("zero_quota_in_force").points, of("bar_on_the_way").floor), (170, Some(Lane::Red)));
    let cases = |engine: &Engine| engine.profiles().profiles.iter().find(|p| p.id == id).unwrap().cases.len();
    assert_eq!(cases(&engine), cases(&ENGINE) + 1);
}

#[test]
fn what_is_not_read_is_named() {
    let toml = profile_toml("local");
    let script = "fn t(item) { item.origin == \"MG\" }";
    type Fill = Box<dyn Fn(&Path)>;
    let rows: Vec<(&str, Option<&str>, Fill)> = vec![
        ("a whole profile", None, {
            let toml = toml.clone();
            Box::new(move |top| {
                write(top, "local/profile.toml", &toml);
                write(top, "local/profile.rhai", "fn t(item) { item.origin == \"ZW\" }");
            })
        }),
        ("capitals", Some("local"), {
            let toml = toml.clone();
            Box::new(move |top| {
                write(top, "local/Profile.toml", &toml);
                write(top, "local/Profile.rhai", script);
            })
        }),
        ("an empty folder", Some("local"), Box::new(|top| std::fs::create_dir(top.join("local")).unwrap())),
        ("an empty layer", Some("palisander-layer"), Box::new(|_| {})),
        ("a script alone", Some("local"), Box::new(move |top| write(top, "local/profile.rhai", script))),
        ("a loose script", Some("own.rhai"), Box::new(move |top| write(top, "own.rhai", script))),
        ("toml that is no text", Some("local"), Box::new(|top| write(top, "local/profile.toml", [0xff, 0xfe, 0]))),
        (
            "toml that is a folder",
            Some("local"),
            Box::new(|top| {
                std::fs::create_dir_all(top.join("local/profile.toml")).unwrap();
            }),
        ),
        (
            "toml that is too long",
            Some("local"),
            Box::new(|top| {
                write(top, "local/profile.toml", "# ".repeat(200_000));
            }),
        ),
        ("helpers of its own", Some("lib"), {
            let toml = toml.clone();
            Box::new(move |top| {
                write(top, "lib/goods.rhai", "fn acts_on_goods(measure) { false }");
                write(top, "local/profile.toml", &toml);
                write(top, "local/profile.rhai", script);
            })
        }),
        ("a helper written anew", Some("local"), {
            let toml = toml.clone();
            Box::new(move |top| {
                write(top, "local/profile.toml", &toml);
                write(top, "local/profile.rhai", format!("fn acts_on_goods(measure) {{ false }} {script}"));
            })
        }),
        ("lanes that are no text", Some("lanes"), Box::new(|top| write(top, "lanes.toml", [0xff, 0xfe, b'[', 0]))),
        ("lanes in capitals", Some("lanes"), Box::new(|top| write(top, "Lanes.toml", shipped("lanes.toml")))),
        (
            "lanes that are a folder",
            Some("lanes"),
            Box::new(|top| std::fs::create_dir(top.join("lanes.toml")).unwrap()),
        ),
        ("empty lanes", Some("lanes"), Box::new(|top| write(top, "lanes.toml", ""))),
    ];
    for (what, named, fill) in rows {
        let engine = over(|top| fill(top));
        check(what, named, &engine);
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_inside_the_layer_are_read() {
    use std::os::unix::fs::symlink;
    let secret = std::env::temp_dir().join(format!("palisander-outside-{}.toml", std::process::id()));
    std::fs::write(&secret, "password = \"hunter2\"\n").unwrap();
    let pipe = |path: &Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    type Fill<'a> = Box<dyn Fn(&Path) + 'a>;
    let rows: Vec<(&str, &str, Fill<'_>)> = vec![
        ("lanes are a pipe", "lanes", Box::new(|top| pipe(&top.join("lanes.toml")))),
        ("lanes are a device", "lanes", Box::new(|top| symlink("/dev/zero", top.join("lanes.toml")).unwrap())),
        ("lanes lead nowhere", "lanes", Box::new(|top| symlink("/nowhere/at/all", top.join("lanes.toml")).unwrap())),
        ("lanes lead out", "lanes", Box::new(|top| symlink(&secret, top.join("lanes.toml")).unwrap())),
        (
            "a script is a device",
            "local",
            Box::new(|top| {
                write(top, "local/profile.toml", profile_toml("local"));
                symlink("/dev/zero", top.join("local/profile.rhai")).unwrap();
            }),
        ),
        (
            "a profile is a pipe",
            "local",
            Box::new(|top| {
                std::fs::create_dir(top.join("local")).unwrap();
                pipe(&top.join("local/profile.toml"));
            }),
        ),
        (
            "helpers are a device",
            "lib",
            Box::new(|top| {
                std::fs::create_dir(top.join("lib")).unwrap();
                symlink("/dev/zero", top.join("lib/goods.rhai")).unwrap();
            }),
        ),
    ];
    for (what, named, fill) in rows {
        let engine = over(|top| fill(top));
        check(what, Some(named), &engine);
        assert!(!engine.profiles().faults.iter().any(|fault| fault.to_string().contains("hunter2")), "{what}");
    }
    // A link inside the layer is followed.
    let engine = over(|top| {
        write(top, "local/profile.toml", profile_toml("local"));
        write(top, "local/own.txt", "fn t(item) { item.origin == \"ZW\" }");
        symlink(top.join("local/own.txt"), top.join("local/profile.rhai")).unwrap();
    });
    check("a link inside", None, &engine);
    std::fs::remove_file(secret).unwrap();
}

#[test]
fn an_experimental_profile_is_shown_apart_and_moves_nothing() {
    let toml = profile_toml("tried")
        .replace("\"test\"", "\"experimental\"")
        .replace("points = 50", "points = 900\nfloor = \"red\"\nnext_steps = [{ step = \"hold_and_examine\" }]");
    let engine = over(|top| {
        write(top, "tried/profile.toml", &toml);
        write(top, "tried/profile.rhai", "fn t(item) { item.gross_mass_kg > 0 }");
    });
    let mut shown = 0;
    for (answer, usual) in answers(&engine).into_iter().zip(USUAL.iter()) {
        shown += answer.shadow_hits.len();
        assert!(answer.shadow_hits.iter().all(|hit| hit.profile == "tried" && !hit.counts), "{:?}", answer.shadow_hits);
        assert!(usual.shadow_hits.is_empty());
        let mut same = answer.clone();
        same.shadow_hits.clear();
        same.assessment_id.clone_from(&usual.assessment_id);
        same.editions.clone_from(&usual.editions);
        assert_eq!(same, *usual);
    }
    assert!(shown > 8, "{shown}");
    // What fails of it is named, and moves no lane either.
    for (what, script) in [("broken", "fn t(item) {"), ("failing", "fn t(item) { if true { 5 } else { 6 } }")] {
        let engine = over(|top| {
            write(top, "tried/profile.toml", &toml);
            write(top, "tried/profile.rhai", script);
        });
        for (answer, usual) in answers(&engine).into_iter().zip(USUAL.iter()) {
            assert!(answer.faults.iter().any(|fault| fault.at.starts_with("tried")), "{what}: {:?}", answer.faults);
            assert_eq!((answer.lane, answer.score), (usual.lane, usual.score), "{what}");
        }
    }
}

#[test]
fn another_layer_is_another_edition() {
    let edition = |write: &dyn Fn(&Path)| over(write).profiles().edition.clone();
    let stricter =
        |top: &Path| write(top, "lanes.toml", shipped("lanes.toml").replacen("yellow = 60", "yellow = 50", 1));
    let same = |top: &Path| write(top, "lanes.toml", shipped("lanes.toml"));
    assert_ne!(edition(&stricter), edition(&same));
    assert_eq!(edition(&same), edition(&same));
}

/// F05: a region lays a mandatory profile over the shipped ones. Whatever a nation below it says of that profile, it stands: four
/// ways to switch it off are refused, each by name, and no lane falls.
#[test]
fn f05_a_nation_cannot_switch_off_what_its_region_made_mandatory() {
    let (id, rhai) = ("lusaka-ebony", "/// Ebony.\nfn t(item) { \"Diospyros\" in item.genera }\n");
    let toml = profile_toml(id).replacen("title =", "mandatory = true\ntitle =", 1);
    let stack = |nation: &dyn Fn(&Path)| {
        over(|top| {
            write(top, "layers.toml", "layers = [\"lusaka\", \"kenya\"]\n");
            write(top, "lusaka/lusaka-ebony/profile.toml", &toml);
            write(top, "lusaka/lusaka-ebony/profile.rhai", rhai);
            write(top, "kenya/lusaka-ebony/profile.toml", "id = \"lusaka-ebony\"\n");
            nation(top);
        })
    };
    let with = |toml: String| {
        stack(&move |top: &Path| {
            write(top, "kenya/lusaka-ebony/profile.toml", &toml);
            write(top, "kenya/lusaka-ebony/profile.rhai", rhai);
        })
    };
    let usual = answers(&stack(&|_| {}));
    assert!(
        usual.iter().zip(USUAL.iter()).any(|(own, shipped)| own.score > shipped.score),
        "the region's profile acts"
    );
    let other = profile_toml("kenya-ebony").replace("points = 50", "points = -50");
    let refused = [
        ("weaker", with(toml.replace("points = 50", "points = 10")), id, "P073"),
        (
            "another id takes points back",
            {
                stack(&|top| {
                    write(top, "kenya/kenya-ebony/profile.toml", &other);
                    write(top, "kenya/kenya-ebony/profile.rhai", rhai);
                })
            },
            "kenya-ebony",
            "P077",
        ),
        ("deprecated", with(toml.replace("status = \"test\"", "status = \"deprecated\"")), id, "P073"),
        ("a shorter time", with(toml.replacen("title =", "effective_to = \"2020-01-01\"\ntitle =", 1)), id, "P073"),
    ];
    for (what, engine, named, code) in refused {
        let told = engine.profiles().faults.iter().any(|fault| fault.profile == named && fault.code == code);
        assert!(told, "{what}: {:?}", engine.profiles().faults);
        for (answer, usual) in answers(&engine).iter().zip(&usual) {
            assert!(answer.lane >= usual.lane && answer.score >= usual.score, "{what}: {}", answer.consignment);
        }
    }
    // It may sharpen, and an office below it no longer blunt that.
    let sharper = "id = \"lusaka-ebony\"\n[[indicators]]\nname = \"t\"\npoints = 70\n";
    let three = over(|top| {
        write(top, "layers.toml", "layers = [\"lusaka\", \"kenya\", \"mombasa\"]\n");
        write(top, "lusaka/lusaka-ebony/profile.toml", &toml);
        write(top, "lusaka/lusaka-ebony/profile.rhai", rhai);
        write(top, "kenya/lusaka-ebony/profile.toml", sharper);
        write(top, "mombasa/lusaka-ebony/profile.toml", sharper.replace("70", "60"));
        write(top, "notes/kept.txt", "n");
    });
    let points = three.profiles().indicators.iter().find(|one| one.name == "t").map(|one| one.points);
    let told: Vec<String> = three.profiles().faults.iter().map(ToString::to_string).collect();
    assert_eq!(points, Some(70));
    assert!(told.iter().any(|fault| fault.contains("points 60 do not lie from the 70 of lusaka")), "{told:?}");
    assert!(told.iter().any(|fault| fault.contains("`notes` is not among the layers")), "{told:?}");
}

/// What a layer does not make mandatory an office below it may write anew.
#[test]
fn what_is_not_mandatory_is_written_anew_below() {
    let rhai = |test: &str| format!("/// Wood.\nfn t(item) {{ {test} }}\n");
    let engine = over(|top| {
        write(top, "layers.toml", "layers = [\"region\", \"office\"]\n");
        write(top, "region/own/profile.toml", profile_toml("own"));
        write(top, "region/own/profile.rhai", rhai("item.is_wood"));
        write(top, "office/own/profile.toml", profile_toml("own").replace("points = 50", "points = 5"));
        write(top, "office/own/profile.rhai", rhai("item.is_raw_wood"));
    });
    let own = engine.profiles().indicators.iter().find(|one| one.name == "t").unwrap();
    assert_eq!((own.points, own.native.as_ref().unwrap().show().as_str()), (5, "item.is_raw_wood"));
    for (list, why) in [
        ("layers = []\n", "layers are 1 to"),
        ("layers = [\"../x\"]\n", "layers are 1 to"),
        ("layer = [\"x\"]\n", "unknown field"),
    ] {
        let top = tempfile::tempdir().unwrap();
        write(top.path(), "layers.toml", list);
        let source = RuleSource { overlay: Some(top.path().to_owned()), ..RuleSource::default() };
        let error = ENGINE.with_rules(&source).unwrap_err().to_string();
        assert!(error.contains(why), "{list}: {error}");
    }
}
