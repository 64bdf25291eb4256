//! What a local file may change of a mandatory profile above it, a shipped one or one of a wider layer: cases are added, points
//! and floors rise, and nothing else.
//!
//! In: the folder above and the local one of the same id. Out: [`Raised`], and what of the local file is not heard.
//! Script, groups, status, dates and words stay those above: a copy that leaves them out, breaks or softens them
//! must not switch a mandatory profile off. A copy is whole when it has a `title`; a file that holds only `id` and
//! indicators with `name`, `points` and `floor` says all that may be said.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::folder::Folder;
use super::indicator::MAX_POINTS;
use super::lanes::Lane;

/// Points and floors that a local file raises, by indicator.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Raised {
    pub(super) points: BTreeMap<String, i64>,
    pub(super) floors: BTreeMap<String, Lane>,
}

/// What a layer does to one profile of the base.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) raised: Raised,
    pub(super) cases: Vec<(String, String)>,
    /// File and words of what is not heard.
    pub(super) refused: Vec<(&'static str, String)>,
}

/// Does a folder hold a profile of its own, not only cases and what is to be raised of another?
pub(super) fn is_whole(folder: &Folder) -> bool {
    let says_title = |text: &String| !text.parse::<Table>().is_ok_and(|table| !table.contains_key("title"));
    folder.rhai.is_some() || folder.toml.as_ref().is_some_and(says_title)
}

/// Does a folder say of itself that layers below it may only sharpen it?
pub(super) fn is_mandatory(folder: &Folder) -> bool {
    let says = |text: &String| text.parse::<Table>().ok()?.get("mandatory")?.as_bool();
    folder.toml.as_ref().and_then(says).unwrap_or_default()
}

/// What a local folder is compared with.
pub(super) struct Above<'a> {
    pub(super) folder: &'a Folder,
    /// What layers between have raised of it.
    pub(super) raised: &'a Raised,
    /// Whose it is, as faults say it: `shipped`, `of lusaka`.
    pub(super) whose: &'a str,
}

impl Above<'_> {
    /// `the shipped script`, `the script of lusaka`.
    fn the(&self, what: &str) -> String {
        match self.whose {
            SHIPPED => format!("the shipped {what}"),
            whose => format!("the {what} {whose}"),
        }
    }
}

/// Whose the profiles are that are built in.
pub(super) const SHIPPED: &str = "shipped";

/// Compares a local folder with the one above it.
pub(super) fn compare(above: &Above<'_>, local: &Folder) -> Change {
    let base = above.folder;
    let mut change = Change { cases: added(base, local), ..Change::default() };
    let whole = match &local.toml {
        None => false,
        Some(text) => match (text.parse::<Table>(), base.toml.as_ref().and_then(|text| text.parse::<Table>().ok())) {
            (Ok(local), Some(base)) => {
                compare_head(above, &base, &local, &mut change);
                let whole = local.contains_key("title");
                compare_indicators(above, &base, &local, whole, &mut change);
                whole
            }
            (Err(error), _) => {
                change.refuse(super::folder::TOML, format!("it cannot be read: {}", error.message()));
                false
            }
            (Ok(_), None) => false,
        },
    };
    match &local.rhai {
        Some(script) if base.rhai.as_ref() == Some(script) => {}
        Some(_) => change.refuse(super::folder::RHAI, format!("the script is not {}", above.the("one"))),
        None if whole && local.unread.is_empty() => {
            change.refuse(super::folder::RHAI, format!("the copy has no script; {} runs", above.the("one")));
        }
        None => {}
    }
    change
}

impl Change {
    fn refuse(&mut self, file: &'static str, what: String) {
        if self.refused.len() < MAX_REFUSED {
            self.refused.push((file, what));
        }
    }
}

/// Differences that are told of one file; more of them say nothing new.
const MAX_REFUSED: usize = 20;

/// Cases that the base has not. One of a shipped name and another text is added beside the shipped one.
fn added(base: &Folder, local: &Folder) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for (name, text) in &local.cases {
        match base.cases.iter().find(|(shipped, _)| shipped == name) {
            Some((_, shipped)) if shipped == text => {}
            Some(_) => cases.push((format!("local-{name}"), text.clone())),
            None => cases.push((name.clone(), text.clone())),
        }
    }
    cases
}

fn compare_head(above: &Above<'_>, base: &Table, local: &Table, change: &mut Change) {
    for (key, value) in local.iter().filter(|(key, _)| key.as_str() != "indicators") {
        if base.get(key) != Some(value) {
            change.refuse(super::folder::TOML, format!("`{key}` is not {}", above.the("one")));
        }
    }
    let missing = |key: &&String| local.contains_key("title") && !local.contains_key(key.as_str());
    for key in base.keys().filter(missing) {
        change.refuse(super::folder::TOML, format!("`{key}` is left out"));
    }
}

fn indicators(table: &Table) -> Vec<(&str, &Table)> {
    let list = table.get("indicators").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
    list.map(|one| (one.get("name").and_then(Value::as_str).unwrap_or_default(), one)).collect()
}

fn compare_indicators(above: &Above<'_>, base: &Table, local: &Table, whole: bool, change: &mut Change) {
    let (shipped, own) = (indicators(base), indicators(local));
    let shipped: BTreeMap<&str, &Table> = shipped.into_iter().collect();
    for (name, indicator) in &own {
        match shipped.get(name) {
            Some(base) => compare_indicator(above, name, base, indicator, change),
            None => {
                let what = format!("`{name}` is no indicator of {}", above.the("profile"));
                change.refuse(super::folder::TOML, what);
            }
        }
    }
    if whole {
        for name in shipped.keys().filter(|name| !own.iter().any(|(own, _)| own == *name)) {
            change.refuse(super::folder::TOML, format!("`{name}` is left out"));
        }
    }
}

fn compare_indicator(above: &Above<'_>, name: &str, base: &Table, local: &Table, change: &mut Change) {
    for (key, value) in local {
        let shipped = base.get(key);
        if shipped == Some(value) {
            continue;
        }
        match key.as_str() {
            "points" => {
                let raised = above.raised.points.get(name).copied();
                let floor = shipped.and_then(Value::as_integer).max(raised).unwrap_or(0);
                match value.as_integer().filter(|points| (floor..=MAX_POINTS).contains(points)) {
                    Some(points) => {
                        change.raised.points.insert(name.to_owned(), points);
                    }
                    None => change.refuse(
                        super::folder::TOML,
                        format!(
                            "`{name}`: points {} do not lie from {} to {MAX_POINTS}",
                            shown(value),
                            above.the(&floor.to_string())
                        ),
                    ),
                }
            }
            "floor" => {
                let lane = |value: &Value| value.clone().try_into::<Lane>().ok();
                let held = shipped.and_then(lane).max(above.raised.floors.get(name).copied());
                match lane(value).filter(|own| Some(*own) >= held) {
                    Some(own) => {
                        change.raised.floors.insert(name.to_owned(), own);
                    }
                    None => change.refuse(
                        super::folder::TOML,
                        format!("`{name}`: floor {} is no lane, or below {}", shown(value), above.the("one")),
                    ),
                }
            }
            _ => change.refuse(super::folder::TOML, format!("`{name}`: `{key}` is not {}", above.the("one"))),
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::String(text) => format!("\"{}\"", text.chars().take(40).collect::<String>()),
        other => format!("of type {}", other.type_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "id = \"p\"\ntitle = \"T\"\nstatus = \"stable\"\n\n[[indicators]]\nname = \"a\"\neach = \"item\"\npoints = 50\ngroup = \"g\"\nfloor = \"blue\"\n\n[[indicators]]\nname = \"b\"\neach = \"item\"\npoints = 10\n";

    fn check(toml: Option<&str>, rhai: Option<&str>, raised: &[(&str, &str)], refused: &[&str]) {
        let folder = |toml: Option<&str>, rhai: Option<&str>| Folder {
            id: "p".to_owned(),
            toml: toml.map(str::to_owned),
            rhai: rhai.map(str::to_owned),
            ..Folder::default()
        };
        let (base, between) = (folder(Some(BASE), Some("fn a(item) { item.is_wood }")), Raised::default());
        let above = Above { folder: &base, raised: &between, whose: SHIPPED };
        let change = compare(&above, &folder(toml, rhai));
        let points = change.raised.points.iter().map(|(name, points)| (name.clone(), points.to_string()));
        let floors = change.raised.floors.iter().map(|(name, lane)| (name.clone(), lane.as_str().to_owned()));
        let found: Vec<(String, String)> = points.chain(floors).collect();
        let wanted: Vec<(String, String)> = raised.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, wanted, "{toml:?}");
        let told: Vec<&str> = change.refused.iter().map(|(_, what)| what.as_str()).collect();
        assert_eq!(told.len(), refused.len(), "{told:?}");
        for (told, word) in told.iter().zip(refused) {
            assert!(told.contains(word), "{told} / {word}");
        }
    }

    const SCRIPT: Option<&str> = Some("fn a(item) { item.is_wood }");

    #[test]
    fn only_points_and_floors_rise() {
        check(Some(BASE), SCRIPT, &[], &[]);
        check(None, None, &[], &[]);
        let small = "id = \"p\"\n[[indicators]]\nname = \"a\"\npoints = 60\nfloor = \"red\"\n";
        check(Some(small), None, &[("a", "60"), ("a", "red")], &[]);
        check(Some(&BASE.replace("points = 50", "points = 1000")), SCRIPT, &[("a", "1000")], &[]);
        check(Some(&BASE.replace("points = 50", "points = 1001")), SCRIPT, &[], &["1001"]);
        check(Some(&BASE.replace("points = 50", "points = 49")), SCRIPT, &[], &["49"]);
        check(Some(&BASE.replace("points = 50", "points = -9")), SCRIPT, &[], &["-9"]);
        check(Some(&BASE.replace("\"blue\"", "\"green\"")), SCRIPT, &[], &["green"]);
        check(Some(&BASE.replace("points = 10", "points = 10\nfloor = \"yellow\"")), SCRIPT, &[("b", "yellow")], &[]);
        check(Some(&BASE.replace("group = \"g\"", "group = \"h\"")), SCRIPT, &[], &["group"]);
        check(Some(&BASE.replace("stable", "deprecated")), SCRIPT, &[], &["status"]);
        check(Some(&BASE.replace("name = \"b\"", "name = \"c\"")), SCRIPT, &[], &["`c` is no", "`b` is left out"]);
        check(Some("id = "), None, &[], &["cannot be read"]);
        check(Some(BASE), Some("fn a(item) { false }"), &[], &["script"]);
        check(Some(BASE), None, &[], &["no script"]);
    }
}
