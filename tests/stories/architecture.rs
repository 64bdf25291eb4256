//! The arrows between modules point one way (README, code map).

use std::path::{Path, PathBuf};

/// Modules from the ground up. A module may use those before it and itself.
const ORDER: &[&str] = &[
    "words",
    "codes",
    "digest",
    "label",
    "text",
    "manifest",
    "reference",
    "names",
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

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `(module, file, modules that it uses)`
fn uses() -> Vec<(String, PathBuf, Vec<String>)> {
    let src = root().join("engine/src");
    let mut found = Vec::new();
    for file in sources(&src) {
        let relative = file.strip_prefix(&src).unwrap().to_owned();
        let module =
            relative.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let used = code
            .match_indices("crate::")
            .map(|(at, _)| code[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
            .filter(|name| ORDER.contains(&name.as_str()))
            .collect();
        found.push((module, relative, used));
    }
    found
}

#[test]
fn arrows_point_down() {
    for (module, file, used) in uses() {
        let Some(own) = ORDER.iter().position(|name| *name == module) else { continue };
        for name in used {
            let other = ORDER.iter().position(|known| *known == name).unwrap();
            assert!(other <= own, "{} uses crate::{name}, which stands above {module}", file.display());
        }
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
    for (crate_name, module) in [("tantivy", "alerts"), ("rhai", "profile")] {
        for file in sources(&root().join("engine/src")) {
            let relative = file.strip_prefix(root().join("engine/src")).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            let used = text.contains(&format!("use {crate_name}::")) || text.contains(&format!(" {crate_name}::"));
            assert!(!used || relative.starts_with(module), "{} uses {crate_name}", relative.display());
        }
    }
}
