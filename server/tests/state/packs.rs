//! Packs of rules: made by one office, signed, loaded by others from a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use palisander::packs::{About, signature_of};
use palisander::service::live::{Load, Loaded, NotReloaded};
use palisander_engine::Inputs;
use palisander_engine::rules::RuleSource;

use crate::harness::{ENGINE, Ground, House};

const HEAD: &str = r#"id = "coast"
uuid = "00000000-0000-0000-0000-00000000c0a5"
title = "Coasting trade"
owner = "North Harbour"
status = "stable"
version = 1
review_by = "2090-01-01"
genera = []
why = "Shirts of one coast were tried."
sources = ["CITES Res. Conf. 11.3"]
innocent_explanations = ["a new customer"]

[[indicators]]
name = "origin"
each = "item"
points = 50
reason = "{item.description} from {item.origin}"
settled_by = "the certificate of origin"
"#;
const SCRIPT: &str = "/// Looks at the origin of the goods.\nfn origin(item) { item.origin == \"MG\" }\n";
const FIRES: &str = r#"{"title":"fires","as_of":"2026-01-01","consignment":{"bill_of_lading":"A","goods_items":[{"description":"SHIRTS","origin":"MG"}]},"must_hit":["coast/origin"]}"#;
const MISSES: &str = r#"{"title":"misses","as_of":"2026-01-01","consignment":{"bill_of_lading":"B","goods_items":[{"description":"SHIRTS","origin":"KE"}]},"must_not_hit":["coast/origin"]}"#;

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let own = Self(tempfile::tempdir().unwrap());
        for (name, text) in
            [("profile.toml", HEAD), ("profile.rhai", SCRIPT), ("cases/a.json", FIRES), ("cases/b.json", MISSES)]
        {
            let path = own.path("rules/coast").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::write(
            own.path("bill.json"),
            r#"{"bill_of_lading":"A","goods_items":[{"description":"SHIRTS","origin":"MG"}]}"#,
        )
        .unwrap();
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs in this folder.
    fn run(&self, words: &[&str]) -> (Option<i32>, String) {
        let Output { status, stdout, stderr } =
            Command::new(env!("CARGO_BIN_EXE_palisander")).args(words).current_dir(self.0.path()).output().unwrap();
        (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
    }

    fn packed(&self, edition: &str, out: &str) -> (Option<i32>, String) {
        self.run(&[
            "rules",
            "pack",
            "rules",
            "--name",
            "coast",
            "--edition",
            edition,
            "--author",
            "A. Writer",
            "--approved-by",
            "B. Reader",
            "--note",
            "first",
            "--out",
            out,
        ])
    }

    /// What a bill is told by these rules.
    fn scored(&self, pack: &str, key: &str) -> (Option<i32>, String) {
        self.run(&["score", "--format", "ndjson", "--rules", pack, "--rules-key", key, "bill.json"])
    }
}

#[test]
fn a_pack_is_made_signed_checked_and_loaded_and_no_other_is() {
    let bench = Bench::new();
    for words in [&["rules", "keys", "--out", "own"][..], &["rules", "keys", "--out", "other"]] {
        assert_eq!(bench.run(words).0, Some(0));
    }
    assert_eq!(bench.run(&["rules", "keys", "--out", "own"]).0, Some(2), "no key is written over");
    let (code, said) = bench.packed("1", "coast.pack");
    assert_eq!(code, Some(0), "{said}");
    // The same rules are the same bytes.
    assert_eq!(bench.packed("1", "again.pack").0, Some(0));
    let bytes = |name: &str| std::fs::read(bench.path(name)).unwrap();
    assert_eq!(bytes("coast.pack"), bytes("again.pack"));
    let (code, said) = bench.scored("coast.pack", "own/rules.pub");
    assert!(code == Some(2) && said.contains("minisig"), "unsigned: {said}");
    let (code, said) = bench.run(&["rules", "sign", "coast.pack", "--key", "own/rules.key"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = bench.run(&["rules", "verify", "coast.pack", "--key", "own/rules.pub"]);
    assert!(code == Some(0) && said.contains("edition 1") && said.contains("approved by B. Reader"), "{said}");
    let (code, said) = bench.scored("coast.pack", "own/rules.pub");
    assert!(code == Some(0) && said.contains("\"coast\""), "{said}");

    // One byte of the pack, one of the signature, another key, none: each is refused by its reason, and nothing is scored.
    let changed = |name: &str, at: usize| {
        for own in ["coast.pack", "coast.pack.minisig"] {
            let mut bytes = bytes(own);
            if own == name {
                bytes[at] ^= 1;
            }
            std::fs::write(bench.path(&own.replace("coast", "bad")), bytes).unwrap();
        }
        bench.scored("bad.pack", "own/rules.pub")
    };
    let n = bytes("coast.pack").len();
    for at in [0, n / 2, n - 1] {
        let (code, said) = changed("coast.pack", at);
        assert!(code == Some(2) && said.contains("changed") && !said.contains("\"lane\""), "{said}");
    }
    let (code, said) = changed("coast.pack.minisig", 90);
    assert!(code == Some(2) && !said.contains("\"lane\""), "{said}");
    let (code, said) = bench.scored("coast.pack", "other/rules.pub");
    assert!(code == Some(2) && said.contains("another key"), "{said}");
    let (code, said) = bench.run(&["score", "--rules", "coast.pack", "bill.json"]);
    assert!(code == Some(2) && said.contains("--rules-key"), "{said}");
    let (code, said) = bench.run(&["rules", "verify", "bad.pack", "--key", "own/rules.pub"]);
    assert_eq!(code, Some(1), "{said}");

    // Who wrote it does not approve it, and rules that do not hold are not packed.
    let (code, said) = bench.run(&[
        "rules",
        "pack",
        "rules",
        "--name",
        "coast",
        "--edition",
        "2",
        "--author",
        "A. Writer",
        "--approved-by",
        "a. writer ",
        "--out",
        "own.pack",
    ]);
    assert!(code != Some(0) && said.contains("another person"), "{said}");
    std::fs::write(bench.path("rules/coast/cases/b.json"), FIRES.replace("must_hit", "must_not_hit")).unwrap();
    let (code, said) = bench.packed("2", "bad2.pack");
    assert!(code == Some(1) && said.contains("not packed") && !bench.path("bad2.pack").exists(), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(bench.path("own/rules.key")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(signature_of(Path::new("a/b.pack")), Path::new("a/b.pack.minisig"));
}

/// An older edition and a pack that does not open change nothing: the one before goes on.
#[test]
fn the_last_good_pack_is_kept() {
    let about = |edition| About {
        form: 1,
        name: "coast".to_owned(),
        edition,
        made_on: "2026-11-01".parse().unwrap(),
        program: String::new(),
        author: "A".to_owned(),
        approved_by: "B".to_owned(),
        note: String::new(),
    };
    let bench = Bench::new();
    let loaded = |edition: u64| -> Result<Loaded, String> {
        let rules = RuleSource { overlay: Some(bench.path("rules")), ..RuleSource::default() };
        let engine = ENGINE.ruled_by(&rules).map_err(|error| error.to_string())?;
        let pack = Some(about(edition));
        Ok(Loaded {
            engine: Arc::new(engine),
            inputs: Inputs::default(),
            rules,
            sources: Vec::new(),
            pack,
            unpacked: None,
        })
    };
    let next: Arc<Mutex<Result<Loaded, String>>> = Arc::new(Mutex::new(loaded(4)));
    let own = Arc::clone(&next);
    let load: Arc<Load> = Arc::new(move || own.lock().unwrap().clone());
    let house = House::loading(Ground::file(), load);
    let reload = |what: Result<Loaded, String>| {
        *next.lock().unwrap() = what;
        house.engines.reload(Some(&house.office))
    };
    for (what, due) in [(loaded(3), "older"), (Err("the signature does not hold".to_owned()), "signature")] {
        match reload(what) {
            Err(NotReloaded::Unreadable(why)) => assert!(why.contains(due), "{why}"),
            other => panic!("{other:?}"),
        }
        assert!(house.engines.live().engine.profiles().profiles.iter().any(|profile| profile.id == "coast"));
    }
    assert!(reload(loaded(4)).is_ok() && reload(loaded(5)).is_ok());
    assert!(reload(loaded(4)).is_err());
}
