//! The arrows between modules point one way, and no files of the engine reach each other (README, code map).

use std::path::Path;

use super::arrows::{House, sources};

/// Modules from the ground up. A module may use those before it and itself.
const ORDER: &[&str] = &[
    "words",
    "codes",
    "digest",
    "label",
    "text",
    "sealed",
    "manifest",
    "reference",
    "names",
    "parties",
    "permits",
    "alerts",
    "evidence",
    "history",
    "settle",
    "profile",
    "assessment",
    "inputs",
    "assess",
    "stream",
    "workbench",
];

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Arrows to a module that stands above.
fn upward(house: &House) -> Vec<String> {
    let module = |file: &str| file.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
    let mut found = Vec::new();
    for (file, targets) in house.arrows() {
        let Some(own) = ORDER.iter().position(|name| *name == module(&file)) else { continue };
        for (target, paths) in targets {
            if ORDER.iter().position(|name| *name == module(&target)).is_none_or(|other| other > own) {
                found.push(format!("{file} uses {target}, which stands above it: {paths:?}"));
            }
        }
    }
    found
}

/// The circles, each with the arrows that make it.
fn circles(house: &House) -> Vec<String> {
    let arrows = house.arrows();
    let shown = |circle: &Vec<String>| {
        let mut lines = vec![format!("{} files reach each other:", circle.len())];
        for (file, targets) in arrows.iter().filter(|(file, _)| circle.contains(file)) {
            for (target, paths) in targets.iter().filter(|(target, _)| circle.contains(target)) {
                lines.push(format!("  {file} -> {target}: {paths:?}"));
            }
        }
        lines.join("\n")
    };
    house.circles().iter().map(shown).collect()
}

fn engine() -> House {
    House::read(&root().join("engine/src"))
}

#[test]
fn arrows_point_down() {
    let found = upward(&engine());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_module_has_its_place_in_the_order() {
    let src = root().join("engine/src");
    for file in sources(&src) {
        let first = file.strip_prefix(&src).unwrap().components().next().unwrap();
        let name = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        assert!(name == "lib" || ORDER.contains(&name.as_str()), "{name} stands nowhere in ORDER");
    }
}

#[test]
fn no_files_reach_each_other() {
    let found = circles(&engine());
    assert!(found.is_empty(), "{}", found.join("\n"));
    // Of the server the rooms whose files know each other by name; commands and routes are listed by those above them.
    for room in ["store", "service", "openapi"] {
        let found = circles(&House::read(&root().join("server/src").join(room)));
        assert!(found.is_empty(), "{room}: {}", found.join("\n"));
    }
}

#[test]
fn planted_circles_and_arrows_are_found() {
    // (files, circles, arrows that point up)
    type Case = (&'static [(&'static str, &'static str)], usize, usize);
    let cases: &[Case] = &[
        // By `use`, and by a path written out.
        (&[("text/mod.rs", ""), ("text/a.rs", "use super::b::B;"), ("text/b.rs", "fn b() { super::a::a() }")], 1, 0),
        // Through the folder's own names.
        (
            &[
                ("text/mod.rs", "mod a;\nmod b;\npub use a::{A, deep::Other as B};\npub use b::*;"),
                ("text/a.rs", "use crate::text::{C, self};"),
                ("text/b.rs", "use super::A;\npub struct C;"),
            ],
            1,
            0,
        ),
        // Through a name given to a module, and three files long.
        (
            &[
                ("text/mod.rs", "mod a; mod b; mod c;"),
                ("text/a.rs", "use super::b as other;\nfn a() -> other::B { other::b() }"),
                ("text/b.rs", "pub struct B; use super::c; fn b() { c::c() }"),
                ("text/c.rs", "pub fn c() { crate::text::a::a() }"),
            ],
            1,
            0,
        ),
        // A folder that drives its files and lends them its own types.
        (
            &[("text/mod.rs", "mod a;\npub struct T;\nfn go() { a::a() }"), ("text/a.rs", "pub fn a(t: super::T) {}")],
            1,
            0,
        ),
        // In tests, comments and texts nothing counts; a folder that hands names on is no arrow.
        (
            &[
                ("text/mod.rs", "mod a;\nmod b;\npub use a::A;\npub use b::B;"),
                ("text/a.rs", "use super::B;\npub struct A;"),
                (
                    "text/b.rs",
                    "// super::a::A\npub struct B;\nconst T: &str = \"super::a::A\";\n#[cfg(test)]\nmod tests { use super::super::a::A; }",
                ),
            ],
            0,
            0,
        ),
        // Upward, by a path and by a `use`.
        (
            &[
                ("text/mod.rs", "fn a() { crate::names::x::y() }"),
                ("names/mod.rs", "mod x;"),
                ("names/x.rs", "pub fn y() {}"),
            ],
            0,
            1,
        ),
        (
            &[
                ("codes.rs", "use crate::{text::T, words};\nwords::words!{}"),
                ("text.rs", "pub struct T;"),
                ("words.rs", ""),
            ],
            0,
            1,
        ),
    ];
    for (files, n_circles, n_upward) in cases {
        let house = House::of(files.iter().copied());
        assert_eq!(house.circles().len(), *n_circles, "{files:?}: {:?}", house.arrows());
        assert_eq!(upward(&house).len(), *n_upward, "{files:?}: {:?}", house.arrows());
    }
}

#[test]
fn siblings_do_not_import_each_other() {
    for folder in ["engine/src/evidence", "server/src/routes"] {
        for file in sources(&root().join(folder)) {
            if file.file_name().unwrap() == "mod.rs" {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let siblings =
                text.lines().filter(|line| line.starts_with("use super::") && !line.starts_with("use super::{"));
            for line in siblings {
                // Shared types of the folder are fine; another file's functions are not called.
                assert!(!line.contains("::gather"), "{}: {line}", file.display());
            }
        }
    }
}

#[test]
fn heavy_crates_stay_in_one_module() {
    for (crate_name, module) in [("tantivy", "alerts"), ("rhai", "profile"), ("aho_corasick", "text")] {
        for file in sources(&root().join("engine/src")) {
            let relative = file.strip_prefix(root().join("engine/src")).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            let used = text.contains(&format!("use {crate_name}::")) || text.contains(&format!(" {crate_name}::"));
            assert!(!used || relative.starts_with(module), "{} uses {crate_name}", relative.display());
        }
    }
}

/// Rooms of the server and the crates that only they may name: SQL in the store, HTTP outside it.
#[test]
fn rooms_of_the_server_keep_to_themselves() {
    let src = root().join("server/src");
    // A room and the words that may not stand in its files: crates, and other rooms.
    let rows: &[(&str, &[&str])] = &[
        (
            "store",
            &["axum::", "tokio::", "crate::service", "crate::routes", "crate::render", "crate::cli", "crate::problem"],
        ),
        ("service", &["axum::", "crate::routes", "crate::render", "crate::cli", "crate::problem"]),
        ("render", &["axum::", "crate::routes", "crate::cli", "crate::problem", "crate::store"]),
        ("verify", &["crate::store", "crate::service", "palisander_engine"]),
        ("routes", &["crate::cli"]),
        ("cli", &["axum::"]),
    ];
    for (room, words) in rows {
        let files = sources(&src.join(room));
        assert!(!files.is_empty(), "{room}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in *words {
                assert!(!text.contains(word), "{} names {word}", file.display());
            }
        }
    }
    for file in sources(&src) {
        let text = std::fs::read_to_string(&file).unwrap();
        // Each client of a database in the folder of its store, and no statement outside both.
        let of = |folder: &str| file.starts_with(src.join("store").join(folder));
        let (is_sqlite, is_postgres) = (of("sqlite"), of("postgres"));
        assert!(is_sqlite || !text.contains("rusqlite::"), "{} asks SQLite", file.display());
        // The crate; a module of ours has a name before it.
        let mut named = text.match_indices("::postgres::");
        let asks = named.any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric)) || text.contains("tokio_postgres");
        assert!(is_postgres || !asks, "{} asks PostgreSQL", file.display());
        for word in ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE "] {
            assert!(is_sqlite || is_postgres || !text.contains(word), "{} speaks SQL", file.display());
        }
    }
}

/// Public items of a file without a line of meaning above them, or with one or two words that only repeat the name. Fields
/// and variants are left alone: an obvious one says itself, a note without shape or unit says nothing.
fn undocumented(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_item = |line: &str| {
        let rest = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub "));
        let word = rest.and_then(|rest| rest.split([' ', '(']).next());
        matches!(word, Some("fn" | "const" | "async" | "struct" | "enum" | "trait" | "type" | "static"))
    };
    let meaning = |n: usize| {
        let above = lines[..n].iter().rev().skip_while(|line| line.starts_with("#[") || line.ends_with(")]"));
        above.take_while(|line| line.starts_with("///")).map(|line| line.split_whitespace().count() - 1).sum::<usize>()
    };
    // Names that a macro fills in carry the meaning that its table states.
    let found = (0..lines.len()).filter(|n| is_item(lines[*n]) && !lines[*n].contains('$') && meaning(*n) < 3);
    found.map(|n| format!("line {}: {}", n + 1, lines[n])).collect()
}

#[test]
fn every_file_says_its_step_and_every_public_item_its_meaning() {
    let mut found = Vec::new();
    for folder in ["engine/src", "server/src", "server/simulator/src", "server/evaluation/src"] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            if !text.starts_with("//! ") && !text.starts_with("#![doc = include_str!") {
                found.push(format!("{}: no header", file.display()));
            }
            found.extend(undocumented(&text).into_iter().map(|item| format!("{}, {item}", file.display())));
        }
    }
    assert!(found.is_empty(), "{} items:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_planted_item_without_meaning_is_found() {
    let cases: &[(&str, usize)] = &[
        ("/// The mass in kilograms.\npub fn mass() {}", 0),
        ("/// The mass in kilograms.\n#[must_use]\npub fn mass() {}", 0),
        ("pub fn mass() {}", 1),
        ("/// Mass.\npub fn mass() {}", 1),
        ("/// The mass.\n#[derive(Debug)]\npub(crate) struct Mass {\n    pub kg: f64,\n}", 1),
        ("pub use a::B;\nmod c;\nfn d() {}", 0),
    ];
    for (text, n) in cases {
        assert_eq!(undocumented(text).len(), *n, "{text}");
    }
}
