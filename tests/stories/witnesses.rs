//! What is wrong with rules as rules: every seeded defect is found, with a bill that was asked again, and nothing is said of sound
//! ones, nor of the shipped set. A new case is a new file of `tests/corpus/witnesses`.

use std::path::Path;

use palisander_engine::Engine;
use palisander_engine::rules::{Witness, cases, witnesses};
use rayon::prelude::*;

use crate::support::ENGINE;

const PROFILE: &str = "seeded";

struct Seed {
    file: String,
    /// What must be said: the claim and what it is about.
    expected: Vec<(String, String)>,
    engine: Engine,
}

fn text<'t>(table: &'t toml::Table, key: &str) -> &'t str {
    table[key].as_str().unwrap()
}

/// The profile of a seed, as the base that it would become.
fn seed(path: &Path) -> Seed {
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let top = tempfile::tempdir().unwrap();
    let dir = top.path().join(PROFILE);
    std::fs::create_dir_all(&dir).unwrap();
    let rises = table.get("rises_with").map(|rises| format!("rises_with = {rises}\n")).unwrap_or_default();
    let mut toml = format!(
        "id = \"{PROFILE}\"\nuuid = \"00000000-0000-0000-0000-00000000005e\"\ntitle = \"t\"\nowner = \"o\"\nstatus = \"test\"\n\
         version = 1\nreview_by = \"2090-01-01\"\nwhy = \"w\"\nsources = [\"CITES Res. Conf. 11.3\"]\n\
         innocent_explanations = [\"none\"]\n{rises}"
    );
    let mut rhai = String::new();
    for indicator in table["indicators"].as_array().unwrap() {
        let indicator = indicator.as_table().unwrap();
        let (name, group, points) = (text(indicator, "name"), text(indicator, "group"), &indicator["points"]);
        let floor = indicator.get("floor").map(|floor| format!("floor = {floor}\n")).unwrap_or_default();
        toml.push_str(&format!(
            "\n[[indicators]]\nname = \"{name}\"\neach = \"item\"\npoints = {points}\ngroup = \"{group}\"\n{floor}reason = \"{{item.description}}\"\n"
        ));
        rhai.push_str(&format!("/// T.\nfn {name}(item) {{ {} }}\n", text(indicator, "test")));
    }
    std::fs::write(dir.join("profile.toml"), toml).unwrap();
    std::fs::write(dir.join("profile.rhai"), rhai).unwrap();
    if let Some([blue, yellow, red]) = table.get("lanes").and_then(|lanes| lanes.as_array()).map(Vec::as_slice) {
        let shipped =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/lanes.toml")).unwrap();
        let other = shipped
            .replace("blue = 10\nyellow = 60\nred = 200", &format!("blue = {blue}\nyellow = {yellow}\nred = {red}"));
        assert_ne!(shipped, other);
        std::fs::write(top.path().join("lanes.toml"), other).unwrap();
    }
    let engine = ENGINE.judging(top.path()).unwrap();
    let faults: Vec<String> = engine.profiles().faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new(), "{}", path.display());
    let expected = table["expected"].as_array().unwrap().iter().map(|pair| {
        let of: Vec<String> = pair[1]
            .as_str()
            .unwrap()
            .split(' ')
            .map(|name| match pair[0].as_str().unwrap() {
                "lane_unreached" => name.to_owned(),
                _ if name.is_empty() => PROFILE.to_owned(),
                _ => format!("{PROFILE}/{name}"),
            })
            .collect();
        (pair[0].as_str().unwrap().to_owned(), of.join(" "))
    });
    Seed { file: path.file_stem().unwrap().to_string_lossy().into_owned(), expected: expected.collect(), engine }
}

/// What is said must be so: the engine is asked about every bill once more.
fn replayed(engine: &Engine, witness: &Witness) {
    let mut points = Vec::new();
    for shown in &witness.bills {
        let case = cases::read(&shown.case.to_string()).unwrap();
        let ran = cases::run(engine, "", "", &case).unwrap();
        assert_eq!((ran.assessment.lane, ran.assessment.score), (shown.lane, shown.score), "{witness:?}");
        let own = ran.assessment.hits.iter().filter(|hit| hit.profile == PROFILE && hit.counts);
        points.push(own.map(|hit| hit.points).sum::<i64>());
        let fires = |name: &String| {
            let mut hits = ran.assessment.hits.iter().chain(&ran.assessment.shadow_hits);
            hits.any(|hit| format!("{}/{}", hit.profile, hit.indicator) == *name)
        };
        match witness.claim.as_str() {
            "never_holds" => assert!(!witness.of.iter().any(fires), "{witness:?}"),
            "always_holds" | "always_together" | "hidden" | "lone_signal" => {
                assert!(witness.of.iter().all(fires), "{witness:?}");
            }
            "lane_unreached" => assert_ne!(ran.assessment.lane.as_str(), witness.of[0], "{witness:?}"),
            _ => {}
        }
    }
    if witness.claim.as_str() == "falls" {
        let [less, more] = points.as_slice() else { panic!("{witness:?}") };
        assert!(less > more, "{witness:?}");
    }
}

#[test]
fn every_seeded_defect_is_found_with_a_bill_and_sound_rules_are_left_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/witnesses");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let amiss: Vec<String> = paths
        .par_iter()
        .filter_map(|path| {
            let Seed { file, expected, engine } = seed(path);
            let found = witnesses(&engine, Some(&[PROFILE.to_owned()]));
            found.iter().for_each(|witness| replayed(&engine, witness));
            let said: Vec<(String, String)> =
                found.iter().map(|one| (one.claim.as_str().to_owned(), one.of.join(" "))).collect();
            let unseen = found.iter().filter(|one| one.bills.is_empty()).count();
            (said != expected || unseen > 0)
                .then(|| format!("{file}: {said:?}, {unseen} without a bill; wanted {expected:?}"))
        })
        .collect();
    println!("{} of {} seeds are as they should be", paths.len() - amiss.len(), paths.len());
    assert!(paths.len() >= 45 && amiss.is_empty(), "{}", amiss.join("\n"));
}

#[test]
fn of_the_shipped_set_nothing_is_said() {
    let found = witnesses(&ENGINE, None);
    let said: Vec<String> =
        found.iter().map(|one| format!("{} {:?}: {}", one.claim.as_str(), one.of, one.says)).collect();
    assert_eq!(said, Vec::<String>::new());
}
