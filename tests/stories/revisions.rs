//! An instrument is revised: profiles that cite the clause of an earlier revision are told what became of it (F15).

use palisander::service::diagnosis::diagnose;
use palisander_engine::rules::RuleSource;
use palisander_engine::tables::DataSource;
use palisander_engine::{Engine, Options};

use crate::support::profile_toml;

const SHIPPED: &str = include_str!("../../datasets/clauses/clauses.csv");

/// What `rules check` says of a profile that cites a source, with these rows of clauses.
fn said(clauses: &str, citation: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (data, rules) = (folder.path().join("data"), folder.path().join("cites"));
    std::fs::create_dir_all(data.join("clauses")).unwrap();
    std::fs::write(data.join("clauses/clauses.csv"), clauses).unwrap();
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("profile.toml"), profile_toml("cites").replace("CITES Res. Conf. 11.3", citation))
        .unwrap();
    std::fs::write(rules.join("profile.rhai"), "/// Looks.\nfn t(item) { item.origin == \"MG\" }\n").unwrap();
    let rules = RuleSource { overlay: Some(rules), ..RuleSource::default() };
    let engine = Engine::open(&Options { data: DataSource::Folder(data), rules, ..Options::default() }).unwrap();
    let found = diagnose(&engine, Some(&["cites".to_owned()]), palisander::state::today());
    let of_sources = |code: &str| matches!(code, "P006" | "P049" | "P079");
    found
        .into_iter()
        .filter(|fault| of_sources(fault.code))
        .map(|fault| format!("{} {}", fault.code, fault.what))
        .collect()
}

#[test]
fn f15_k11_a_superseded_clause_is_flagged_with_what_became_of_it() {
    let cited = "CITES Res. Conf. 11.3 (Rev. CoP16) add c";
    let before: String =
        SHIPPED.lines().filter(|line| !line.contains(",17,")).map(|line| format!("{line}\n")).collect();
    assert_eq!(said(&before, cited), [] as [&str; 0], "the revision of CoP17 is not loaded");
    let flagged = said(SHIPPED, cited);
    let [only] = flagged.as_slice() else { panic!("{flagged:?}") };
    assert!(only.starts_with("P079") && only.contains(cited) && only.contains("CoP17"), "{only}");
    assert!(only.contains("[-forensic technology") && only.contains("{+a Wildlife Incident Support Team"), "{only}");
    // What is added to a clause is told as an addition.
    let grown = said(SHIPPED, "CITES Res. Conf. 11.3 (Rev. CoP16) add b").join("");
    assert!(grown.contains("networks of informers within the law {+") && !grown.contains("[-"), "{grown}");
    // A clause of which nothing is held is to be compared by hand; the revision in force and the instrument alone stand.
    assert!(said(SHIPPED, "CITES Res. Conf. 11.3 (Rev. CoP16) com k").join("").contains("not held"));
    for stands in
        ["CITES Res. Conf. 11.3 (Rev. CoP17) add c", "CITES Res. Conf. 11.3 (Rev. CoP16)", "CITES Res. Conf. 11.3"]
    {
        assert_eq!(said(SHIPPED, stands), [] as [&str; 0], "{stands}");
    }
    // A section that the instrument does not have is no clause of it.
    assert!(said(SHIPPED, "CITES Res. Conf. 11.3 (Rev. CoP16) xyz c").join("").contains("P006"));
}
