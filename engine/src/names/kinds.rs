//! What speaks for and against wood around one name: of each kind the strongest, and their sum.
//!
//! In: a kind, its points, how to say it. Out: the score, the points of a kind, the reasons. Not here: what is found around a
//! name (`context.rs`).

/// The strongest of one kind.
#[derive(Debug, Clone)]
struct Kind<'a> {
    name: &'a str,
    points: i32,
    /// What it was; empty where nobody reads it.
    what: String,
}

/// Of each kind the strongest.
#[derive(Debug, Clone, Default)]
pub(super) struct Kinds<'a> {
    /// Few, so that they are looked for one by one.
    all: Vec<Kind<'a>>,
    in_words: bool,
}

impl<'a> Kinds<'a> {
    /// None spoke yet. `in_words`: somebody reads why.
    pub fn new(in_words: bool) -> Self {
        Self { all: Vec::new(), in_words }
    }

    /// Hears one; it counts where it is the strongest of its kind so far, the first of equals.
    pub fn count(&mut self, name: &'a str, points: i32, what: impl FnOnce() -> String) {
        let known = self.all.iter_mut().find(|known| known.name == name);
        if known.as_ref().is_some_and(|known| known.points.abs() >= points.abs()) {
            return;
        }
        // A code without points says nothing, and has no words.
        let is_said = self.in_words && points != 0;
        let kind = Kind { name, points, what: if is_said { what() } else { String::new() } };
        match known {
            Some(known) => *known = kind,
            None => self.all.push(kind),
        }
    }

    /// Points of a kind; `None` = it did not speak.
    pub fn points(&self, name: &str) -> Option<i32> {
        self.all.iter().find(|kind| kind.name == name).map(|kind| kind.points)
    }

    /// Sum over kinds: below 0 against wood.
    pub fn score(&self) -> i32 {
        self.all.iter().map(|kind| kind.points).sum()
    }

    /// No kind speaks against wood.
    pub fn none_speaks_against(&self) -> bool {
        self.all.iter().all(|kind| kind.points >= 0)
    }

    /// In words, where they are wanted: the strongest first, of equals by name.
    pub fn reasons(&self) -> Vec<String> {
        if !self.in_words {
            return Vec::new();
        }
        let mut kinds: Vec<&Kind<'_>> = self.all.iter().collect();
        kinds.sort_by_key(|kind| (-kind.points.abs(), kind.name));
        kinds.into_iter().map(|kind| format!("{} ({:+})", kind.what, kind.points)).collect()
    }
}
