//! Which file of a crate uses which: read from the paths in the code, not from what files are called.
//!
//! In: files as (path below `src`, text). Out: [`House::arrows`], from file to file with the paths that make them, and
//! [`House::circles`], the files that reach each other. A path is `use` or written out (`super::index::key(…)`); `pub use`
//! makes no arrow of its own: who takes a name from a folder takes it from the file that has it. Comments, texts and what
//! stands under `#[cfg(test)]` are left out.
//! Not here: calls of methods, which show no path; the order of modules (`architecture.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Segments from the root of the crate.
type Place = Vec<String>;

/// The files of one crate.
#[derive(Debug, Default)]
pub struct House {
    rooms: BTreeMap<Place, Room>,
}

#[derive(Debug, Default)]
struct Room {
    file: String,
    /// Paths written out.
    paths: Vec<Place>,
    /// `use`: name to path.
    imports: BTreeMap<String, Place>,
    /// `pub use`: name to path; a glob under `*`.
    hands_on: Vec<(String, Place)>,
    defines: BTreeSet<String>,
}

/// From file to file, with the paths that make the arrow.
pub type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl House {
    /// Every `.rs` below `src`.
    pub fn read(src: &Path) -> Self {
        let files = sources(src);
        let texts: Vec<(String, String)> = files
            .iter()
            .map(|file| {
                let path = file.strip_prefix(src).unwrap().to_string_lossy().replace('\\', "/");
                (path, std::fs::read_to_string(file).unwrap())
            })
            .collect();
        Self::of(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let rooms = files.into_iter().map(|(file, text)| (place_of(file), Room::read(file, text))).collect();
        Self { rooms }
    }

    pub fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (place, room) in &self.rooms {
            // A folder or file that gets a name is used where the name is.
            let imports = room.imports.values().map(|path| (path, true));
            for (path, import) in room.paths.iter().map(|path| (path, false)).chain(imports) {
                let Some((target, whole)) = self.room_of(place, path, 0) else { continue };
                let target = &self.rooms[&target].file;
                if *target != room.file && !(import && whole) {
                    let arrow = arrows.entry(room.file.clone()).or_default().entry(target.clone()).or_default();
                    arrow.insert(path.join("::"));
                }
            }
        }
        arrows
    }

    /// Files that reach each other, the smallest such groups.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let arrows = self.arrows();
        let reach: BTreeMap<&String, BTreeSet<&String>> =
            arrows.keys().map(|file| (file, reached(&arrows, file))).collect();
        let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
        for (file, others) in reach.iter().filter(|(file, others)| others.contains(*file)) {
            let back = others.iter().filter(|other| reach.get(**other).is_some_and(|back| back.contains(file)));
            circles.insert(back.map(|other| (*other).clone()).collect());
        }
        circles.into_iter().collect()
    }

    /// The room that has what `path`, written in the room at `from`, names, and whether the path names the room itself;
    /// `None` for other crates.
    fn room_of(&self, from: &Place, path: &[String], depth: usize) -> Option<(Place, bool)> {
        if depth > 16 {
            return None;
        }
        let mut at = from.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop();
            }
            first => {
                let import = self.rooms.get(from).and_then(|room| room.imports.get(first));
                if let Some(import) = import.filter(|import| import.first().map(String::as_str) != Some(first)) {
                    let whole: Place = import.iter().chain(path.iter().skip(1)).cloned().collect();
                    return self.room_of(from, &whole, depth + 1);
                }
                at.push(first.to_owned());
                if !self.rooms.contains_key(&at) {
                    return None;
                }
            }
        }
        rest = &rest[1..];
        while rest.first().is_some_and(|segment| segment == "super") {
            at.pop();
            rest = &rest[1..];
        }
        self.descend(at, rest, depth)
    }

    fn descend(&self, mut at: Place, mut rest: &[String], depth: usize) -> Option<(Place, bool)> {
        while let Some(segment) = rest.first() {
            at.push(segment.clone());
            if !self.rooms.contains_key(&at) {
                at.pop();
                break;
            }
            rest = &rest[1..];
        }
        let room = self.rooms.get(&at)?;
        let Some(name) = rest.first().filter(|name| !room.defines.contains(*name)) else {
            return Some((at, rest.is_empty()));
        };
        for (handed, path) in &room.hands_on {
            if handed == name {
                let whole: Place = path.iter().chain(&rest[1..]).cloned().collect();
                return self.room_of(&at, &whole, depth + 1).or(Some((at, false)));
            }
            if handed == "*"
                && let Some((target, _)) = self.room_of(&at, path, depth + 1)
                && self.rooms.get(&target).is_some_and(|room| room.defines.contains(name))
            {
                return Some((target, false));
            }
        }
        Some((at, false))
    }
}

fn reached<'a>(arrows: &'a Arrows, from: &'a String) -> BTreeSet<&'a String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for next in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen
}

fn place_of(file: &str) -> Place {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// All `.rs` files below a folder, in order.
pub fn sources(dir: &Path) -> Vec<PathBuf> {
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

impl Room {
    fn read(file: &str, text: &str) -> Self {
        let tokens = without_scopes(without_tests(tokens(text)));
        let mut room = Self { file: file.to_owned(), ..Self::default() };
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let name = tokens.get(at + 1).filter(|name| is_name(name));
            match token.as_str() {
                "use" => {
                    let public = at > 0 && tokens[at - 1] == "pub";
                    at = room.read_use(&tokens, at + 1, public);
                    continue;
                }
                "struct" | "enum" | "trait" | "fn" | "const" | "static" | "type" | "union" => {
                    room.defines.extend(name.cloned());
                }
                "macro_rules" => room.defines.extend(tokens.get(at + 2).cloned()),
                _ => at = room.read_path(&tokens, at),
            }
            at += 1;
        }
        room
    }

    /// A path written out; gives the token of its last segment.
    fn read_path(&mut self, tokens: &[String], at: usize) -> usize {
        let after_path = at > 0 && tokens[at - 1] == "::";
        if after_path || !is_name(&tokens[at]) || tokens.get(at + 1).is_none_or(|next| next != "::") {
            return at;
        }
        let mut path = vec![tokens[at].clone()];
        let mut last = at;
        while tokens.get(last + 1).is_some_and(|next| next == "::") && tokens.get(last + 2).is_some_and(|n| is_name(n))
        {
            path.push(tokens[last + 2].clone());
            last += 2;
        }
        self.paths.push(path);
        last
    }

    /// The tree of a `use`, which begins at `at`; gives the token after its end.
    fn read_use(&mut self, tokens: &[String], at: usize, public: bool) -> usize {
        let end = (at..tokens.len()).find(|n| tokens[*n] == ";").unwrap_or(tokens.len());
        let mut leaves = Vec::new();
        leaves_of(&tokens[at..end], &[], &mut leaves);
        for (name, path) in leaves {
            if public {
                self.hands_on.push((name, path));
            } else {
                self.imports.insert(name, path);
            }
        }
        end + 1
    }
}

/// Each leaf of a `use` tree with the name that it gets.
fn leaves_of(tokens: &[String], before: &[String], leaves: &mut Vec<(String, Place)>) {
    let mut path = before.to_vec();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "{" => {
                let mut depth = 0;
                let mut start = at + 1;
                for (n, token) in tokens.iter().enumerate().skip(at) {
                    match token.as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        _ => {}
                    }
                    if (token == "," && depth == 1) || (token == "}" && depth == 0) {
                        leaves_of(&tokens[start..n], &path, leaves);
                        start = n + 1;
                    }
                    if depth == 0 {
                        break;
                    }
                }
                return;
            }
            "*" => {
                leaves.push(("*".to_owned(), path));
                return;
            }
            "as" => {
                leaves.extend(tokens.get(at + 1).map(|name| (name.clone(), path)));
                return;
            }
            "::" => {}
            "self" if !path.is_empty() => {}
            _ => path.push(token.clone()),
        }
        at += 1;
    }
    if let Some(name) = path.last().filter(|_| path.len() > before.len() || !tokens.is_empty()) {
        leaves.push((name.clone(), path.clone()));
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs; without comments, texts and characters.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = letters.get(at).copied() {
        let next = letters.get(at + 1).copied().unwrap_or_default();
        let raw = c == 'r' && (next == '"' || next == '#') && raw_end(&letters, at).is_some();
        at = if c == '/' && next == '/' {
            (at..letters.len()).find(|n| letters[*n] == '\n').unwrap_or(letters.len())
        } else if c == '/' && next == '*' {
            (at + 2..letters.len())
                .find(|n| letters[*n - 1] == '*' && letters[*n] == '/')
                .map_or(letters.len(), |n| n + 1)
        } else if raw {
            raw_end(&letters, at).unwrap_or(letters.len())
        } else if c == '"' {
            text_end(&letters, at)
        } else if c == '\'' {
            char_end(&letters, at)
        } else if c.is_alphanumeric() || c == '_' {
            let end = (at..letters.len()).find(|n| !(letters[*n].is_alphanumeric() || letters[*n] == '_'));
            let end = end.unwrap_or(letters.len());
            out.push(letters[at..end].iter().collect());
            end
        } else if c == ':' && next == ':' {
            out.push("::".to_owned());
            at + 2
        } else {
            if !c.is_whitespace() {
                out.push(c.to_string());
            }
            at + 1
        };
    }
    out
}

fn text_end(letters: &[char], at: usize) -> usize {
    let mut n = at + 1;
    while let Some(c) = letters.get(n) {
        match c {
            '\\' => n += 2,
            '"' => return n + 1,
            _ => n += 1,
        }
    }
    n
}

/// The place after `r#"…"#`; `None` where no text begins (`r#type`).
fn raw_end(letters: &[char], at: usize) -> Option<usize> {
    let signs = letters[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + signs;
    if letters.get(open) != Some(&'"') {
        return None;
    }
    let closes =
        |n: &usize| letters[*n] == '"' && letters[*n + 1..].iter().take(signs).filter(|c| **c == '#').count() == signs;
    (open + 1..letters.len()).find(closes).map(|n| n + 1 + signs)
}

/// A character, or the quote of a lifetime.
fn char_end(letters: &[char], at: usize) -> usize {
    match letters.get(at + 1) {
        Some('\\') => (at + 3..letters.len()).find(|n| letters[*n] == '\'').map_or(letters.len(), |n| n + 1),
        Some(_) if letters.get(at + 2) == Some(&'\'') => at + 3,
        _ => at + 1,
    }
}

/// Leaves out each item under `#[cfg(test)]`.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at..].iter().map(String::as_str).take(mark.len()).eq(mark) {
            out.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += mark.len();
        let mut depth = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 && (token == ";" || token == "}") {
                break;
            }
        }
    }
    out
}

/// Leaves out the scope of `pub(…)`, which is no use of anything.
fn without_scopes(tokens: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let public = token == "pub";
        out.push(token);
        if public && tokens.peek().is_some_and(|next| next == "(") {
            let _: Vec<String> = tokens.by_ref().take_while(|token| token != ")").collect();
        }
    }
    out
}
