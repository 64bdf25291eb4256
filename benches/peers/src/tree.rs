//! The thirty tests as a tree, so that each peer's language is written from the same text.
//!
//! In: the text of `generated.rs`, in the part of Rhai that it uses. Out: [`Test`]. Anything else stops the run.

/// A field of a view, as `item.verdict`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    pub view: String,
    pub name: String,
}

/// A test of one subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    /// A yes-or-no field is as it should be.
    Is(Field, bool),
    /// A text is this one, or is not.
    Text(Field, bool, String),
    /// A text is one of these.
    OneOf(Field, Vec<String>),
    /// A set has this member.
    Holds(Field, String),
    /// A set has one of these members.
    Shares(Field, Vec<String>),
    /// A number compares so: `==`, `>`, `>=`.
    Number(Field, &'static str, f64),
}

impl Test {
    /// The fields that it reads.
    pub fn fields(&self) -> Vec<&Field> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
            Self::Is(field, _)
            | Self::Text(field, ..)
            | Self::OneOf(field, _)
            | Self::Holds(field, _)
            | Self::Shares(field, _)
            | Self::Number(field, ..) => vec![field],
        }
    }

    /// It is met where all tests of one of these lists are.
    #[cfg_attr(not(feature = "regorus"), allow(dead_code, reason = "only Rego asks for it"))]
    pub fn cases(&self) -> Vec<Vec<&Test>> {
        match self {
            Self::Any(parts) => parts.iter().flat_map(Self::cases).collect(),
            Self::All(parts) => parts.iter().fold(vec![Vec::new()], |before, part| {
                let joined = |list: &Vec<_>| {
                    part.cases().into_iter().map(|case| [list.as_slice(), &case].concat()).collect::<Vec<_>>()
                };
                before.iter().flat_map(joined).collect()
            }),
            one => vec![vec![one]],
        }
    }
}

/// Reads a test.
pub fn read(text: &str) -> Test {
    let mut reader = Reader { text };
    let test = reader.any();
    assert!(reader.text.trim().is_empty(), "`{}` is not understood in `{text}`", reader.text);
    test
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        match self.text.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn needs(&mut self, token: &str) {
        assert!(self.takes(token), "`{token}` is wanted before `{}`", self.text);
    }

    fn while_in(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let text = self.text.trim_start();
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        self.text = &text[end..];
        text[..end].to_owned()
    }

    fn any(&mut self) -> Test {
        let mut parts = vec![self.all()];
        while self.takes("or ") {
            parts.push(self.all());
        }
        if parts.len() == 1 { parts.remove(0) } else { Test::Any(parts) }
    }

    fn all(&mut self) -> Test {
        let mut parts = vec![self.one()];
        while self.takes("and ") {
            parts.push(self.one());
        }
        if parts.len() == 1 { parts.remove(0) } else { Test::All(parts) }
    }

    fn one(&mut self) -> Test {
        if self.takes("not(") {
            let field = self.field();
            self.needs(")");
            return Test::Is(field, false);
        }
        if self.takes("(") {
            let test = self.any();
            self.needs(")");
            return test;
        }
        if self.text.trim_start().starts_with('"') {
            let member = self.word();
            self.needs("in ");
            return Test::Holds(self.field(), member);
        }
        let field = self.field();
        if self.takes("in [") {
            return Test::OneOf(field, self.words());
        }
        if self.takes(".shares([") {
            let members = self.words();
            self.needs(")");
            return Test::Shares(field, members);
        }
        match ["==", "!=", ">=", ">"].into_iter().find(|how| self.takes(how)) {
            None => Test::Is(field, true),
            Some(how) if self.text.trim_start().starts_with('"') => Test::Text(field, how == "==", self.word()),
            Some(how) => Test::Number(field, how, self.while_in(|c| c.is_ascii_digit() || c == '.').parse().unwrap()),
        }
    }

    fn field(&mut self) -> Field {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let view = self.while_in(part);
        self.needs(".");
        Field { view, name: self.while_in(part) }
    }

    fn word(&mut self) -> String {
        self.needs("\"");
        let word = self.while_in(|c| c != '"');
        self.needs("\"");
        word
    }

    /// Words with commas between them, to the bracket that ends them.
    fn words(&mut self) -> Vec<String> {
        let mut words = vec![self.word()];
        while self.takes(",") {
            words.push(self.word());
        }
        self.needs("]");
        words
    }
}
