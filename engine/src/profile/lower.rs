//! A script's function becomes a native test, with types checked on the way.
//!
//! In: the AST of one function. Out: an [`Op`], or why it stays with the interpreter, or a fault that every run would
//! meet (unknown field, wrong type). Helper functions and `let` are put in place of their names.

use rhai::{AST, ASTNode, Expr, Position, Stmt};

use super::field::Kind;
use super::mend;
use super::native::Op;
use super::sandbox;
use super::value::{Arithmetic, Compare, Value};
use super::view::View;
use crate::text::Saying;

/// Why a function has no native form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stays {
    /// It runs in the interpreter: this expression stopped the lowering.
    Interpreted(String, Option<(usize, usize)>),
    /// It is wrong: code, what, fix, place.
    Wrong(&'static str, String, String, Option<(usize, usize)>),
}

/// Texts that are looked for however they are spelt: each is compared with every word.
const MAX_NEAR_PHRASES: usize = 32;
/// Helpers within helpers.
const MAX_INLINE: usize = 8;
/// Parts of one test, helpers put in.
const MAX_PARTS: usize = 2_000;

/// What a part is and what it yields; `None` = a gap only (`unverifiable`).
type Part = (Op, Option<Kind>);

/// The statements of function `name`, cloned out of the AST.
pub fn body(ast: &AST, name: &str) -> Vec<Stmt> {
    let mut only = ast.clone_functions_only();
    only.retain_functions(|_, _, function, _| function == name);
    let mut body = Vec::new();
    only.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = path {
            body.push((*statement).clone());
        }
        true
    });
    body
}

/// Names of all functions that any function of the AST calls.
pub fn called(ast: &AST) -> std::collections::BTreeSet<String> {
    let mut called = std::collections::BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(
            ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)),
        ) = path.last()
        {
            called.insert(call.name.to_string());
        }
        true
    });
    called
}

/// Names of the parameters of function `name`.
pub fn parameters(ast: &AST, name: &str) -> Option<Vec<String>> {
    let function = ast.iter_functions().find(|function| function.name == name)?;
    Some(function.params.iter().map(|p| (*p).to_owned()).collect())
}

/// The `///` text above function `name`.
pub fn documentation(ast: &AST, name: &str) -> String {
    let comments = ast.iter_functions().find(|function| function.name == name).map(|function| function.comments);
    let lines = comments.unwrap_or_default();
    let text: Vec<&str> = lines.iter().flat_map(|c| c.lines()).map(|c| c.trim_start_matches("///").trim()).collect();
    text.join(" ")
}

/// Fields that an interpreted function names, for explanations.
pub fn fields_in(ast: &AST, name: &str) -> Vec<(View, usize)> {
    let mut fields = Vec::new();
    let mut only = ast.clone_functions_only();
    only.retain_functions(|_, _, function, _| function == name);
    only.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Expr(Expr::Dot(pair, ..))) = path.last()
            && let Expr::Variable(variable, ..) = &pair.lhs
            && let Some(view) = View::by_name(&variable.1)
        {
            let property = match &pair.rhs {
                Expr::Property(property, _) => Some(&property.2),
                Expr::Dot(inner, ..) => match &inner.lhs {
                    Expr::Property(property, _) => Some(&property.2),
                    _ => None,
                },
                _ => None,
            };
            let found = property.and_then(|property| view.field(property)).map(|(n, _)| (view, n));
            fields.extend(found.filter(|found| !fields.contains(found)));
        }
        true
    });
    fields
}

/// Lowers function `name`, whose parameters are views.
pub fn lower(ast: &AST, name: &str) -> Result<Op, Stays> {
    let parameters = parameters(ast, name).unwrap_or_default();
    let mut names = Vec::new();
    for parameter in &parameters {
        if let Some(view) = View::by_name(parameter) {
            names.push((parameter.clone(), Bound::View(view)));
        }
    }
    let mut lowering = Lowering { ast, parts: 0 };
    let (op, kind) = lowering.function(&body(ast, name), names, 0)?;
    match kind {
        Some(Kind::Bool) | None => Ok(op),
        Some(kind) => Err(Stays::Wrong(
            "P021",
            format!("`{name}` answers {}, not yes or no", kind.name()),
            "compare it with something".to_owned(),
            None,
        )),
    }
}

#[derive(Clone)]
enum Bound {
    View(View),
    Part(Part),
}

type Names = Vec<(String, Bound)>;

struct Lowering<'a> {
    ast: &'a AST,
    parts: usize,
}

impl Lowering<'_> {
    fn function(&mut self, body: &[Stmt], mut names: Names, depth: usize) -> Result<Part, Stays> {
        for (n, statement) in body.iter().enumerate() {
            let last = n + 1 == body.len();
            match statement {
                Stmt::Noop(_) => {}
                Stmt::Var(declared, ..) => {
                    let (name, value, _) = declared.as_ref();
                    let part = self.expression(value, &names, depth)?;
                    names.push((name.name.to_string(), Bound::Part(part)));
                }
                Stmt::Expr(expression) if last => return self.expression(expression, &names, depth),
                Stmt::FnCall(call, position) if last => return self.call(call, *position, &names, depth),
                Stmt::Return(Some(expression), ..) if last => return self.expression(expression, &names, depth),
                other => return stays("a statement of several steps", other.position()),
            }
        }
        Err(Stays::Wrong("P020", "the function answers nothing".into(), "end it with a test".into(), None))
    }

    fn expression(&mut self, expression: &Expr, names: &Names, depth: usize) -> Result<Part, Stays> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return stays("a test of very many parts", expression.position());
        }
        match expression {
            Expr::BoolConstant(yes, _) => Ok((Op::Constant(Value::Bool(*yes)), Some(Kind::Bool))),
            Expr::IntegerConstant(number, _) => Ok((Op::Constant(Value::Number(*number as f64)), Some(Kind::Number))),
            Expr::FloatConstant(number, _) => Ok((Op::Constant(Value::Number(**number)), Some(Kind::Number))),
            Expr::StringConstant(text, _) => Ok((Op::Constant(Value::text(text)), Some(Kind::Text))),
            Expr::Array(members, position) => texts(members, *position),
            Expr::DynamicConstant(constant, position) => constant_texts(constant, *position),
            Expr::Variable(variable, _, position) => {
                let part = bound(&variable.1, *position, names)?;
                // A name stands for all its parts: a `let` of twice itself doubles them.
                self.parts += part.0.n_parts();
                if self.parts > MAX_PARTS { stays("a test of very many parts", *position) } else { Ok(part) }
            }
            Expr::Dot(pair, _, position) => self.dot(&pair.lhs, &pair.rhs, *position, names, depth),
            Expr::FnCall(call, position) => self.call(call, *position, names, depth),
            Expr::Stmt(block) => self.function(block.statements(), names.clone(), depth),
            other => stays("an expression of this kind", other.position()),
        }
    }

    /// `view.field`, or a method on a value.
    fn dot(&mut self, lhs: &Expr, rhs: &Expr, at: Position, names: &Names, depth: usize) -> Result<Part, Stays> {
        let (first, rest) = match rhs {
            Expr::Dot(pair, ..) => (&pair.lhs, Some(&pair.rhs)),
            other => (other, None),
        };
        let mut part = match (view_of(lhs, names), first) {
            (Some(view), Expr::Property(property, position)) => field(view, &property.2, *position)?,
            (Some(view), Expr::MethodCall(call, position)) => {
                let what = format!("`{}.{}()` is no test", view.name(), call.name);
                return wrong("P011", what, "name a field".into(), *position);
            }
            (None, Expr::MethodCall(call, position)) => {
                let receiver = self.expression(lhs, names, depth)?;
                self.method(receiver, call, *position, names, depth)?
            }
            _ => return stays("a chain of this kind", at),
        };
        if let Some(rest) = rest {
            part = match rest {
                Expr::MethodCall(call, position) => self.method(part, call, *position, names, depth)?,
                Expr::Property(property, position) => {
                    return wrong("P011", format!("there is no field `{}` here", property.2), String::new(), *position);
                }
                _ => return stays("a chain of this kind", at),
            };
        }
        Ok(part)
    }

    fn method(
        &mut self,
        receiver: Part,
        call: &rhai::FnCallExpr,
        at: Position,
        names: &Names,
        depth: usize,
    ) -> Result<Part, Stays> {
        let mut arguments = vec![receiver];
        for argument in &call.args {
            arguments.push(self.expression(argument, names, depth)?);
        }
        built_in(&call.name, arguments, at)
            .unwrap_or_else(|| wrong("P012", format!("there is no test `{}`", call.name), TESTS.to_owned(), at))
    }

    fn call(&mut self, call: &rhai::FnCallExpr, at: Position, names: &Names, depth: usize) -> Result<Part, Stays> {
        let own = parameters(self.ast, &call.name).filter(|own| own.len() == call.args.len());
        let Some(parameters) = own else {
            let mut arguments = Vec::new();
            for argument in &call.args {
                arguments.push(self.expression(argument, names, depth)?);
            }
            return built_in(&call.name, arguments, at)
                .unwrap_or_else(|| wrong("P012", format!("there is no test `{}`", call.name), TESTS.to_owned(), at));
        };
        if depth >= MAX_INLINE {
            return stays("helpers that call each other too deep", at);
        }
        let mut bound = Names::new();
        for (parameter, argument) in parameters.iter().zip(&call.args) {
            let value = match view_of(argument, names) {
                Some(view) => Bound::View(view),
                None => Bound::Part(self.expression(argument, names, depth)?),
            };
            bound.push((parameter.clone(), value));
        }
        self.function(&body(self.ast, &call.name), bound, depth + 1)
    }
}

const TESTS: &str = "use == != < <= > >=, and, or, not(…), in, .contains(…), .says([…]), .says_nearly([…]), .shares([…]), .starts_with(…), .count(), known(…)";

fn stays<T>(what: &str, at: Position) -> Result<T, Stays> {
    Err(Stays::Interpreted(what.to_owned(), sandbox::place(at)))
}

fn wrong<T>(code: &'static str, what: String, fix: String, at: Position) -> Result<T, Stays> {
    Err(Stays::Wrong(code, what, fix, sandbox::place(at)))
}

fn view_of(expression: &Expr, names: &Names) -> Option<View> {
    let Expr::Variable(variable, ..) = expression else { return None };
    names.iter().rev().find(|(name, _)| *name == variable.1.as_str()).and_then(|(_, bound)| match bound {
        Bound::View(view) => Some(*view),
        Bound::Part(_) => None,
    })
}

fn bound(name: &str, at: Position, names: &Names) -> Result<Part, Stays> {
    match names.iter().rev().find(|(known, _)| known == name) {
        Some((_, Bound::Part(part))) => Ok(part.clone()),
        Some((_, Bound::View(view))) => {
            wrong("P011", format!("`{name}` alone is no test"), format!("name a field of the {}", view.name()), at)
        }
        None => wrong("P010", format!("`{name}` is not known here"), mend::name(name), at),
    }
}

/// A field by name, or a fault that names the nearest one.
pub fn field(view: View, name: &str, at: Position) -> Result<Part, Stays> {
    if let Some((n, spec)) = view.field(name) {
        return Ok((Op::Field(view, n), Some(spec.kind)));
    }
    wrong("P013", format!("the {} has no field `{name}`", view.name()), mend::field(view, name), at)
}

fn texts(members: &[Expr], at: Position) -> Result<Part, Stays> {
    let mut set = Vec::new();
    for member in members {
        match member {
            Expr::StringConstant(text, _) => set.push(text.to_string()),
            _ => return stays("a list of something other than texts", at),
        }
    }
    Ok((Op::Constant(Value::texts(set)), Some(Kind::Texts)))
}

fn constant_texts(constant: &rhai::Dynamic, at: Position) -> Result<Part, Stays> {
    let Some(array) = constant.read_lock::<rhai::Array>() else { return stays("a constant of this kind", at) };
    let mut set = Vec::new();
    for member in array.iter() {
        match member.clone().into_immutable_string() {
            Ok(text) => set.push(text.to_string()),
            Err(_) => return stays("a list of something other than texts", at),
        }
    }
    Ok((Op::Constant(Value::texts(set)), Some(Kind::Texts)))
}

/// A built-in test or operator; `None` when there is none of that name.
fn built_in(name: &str, mut arguments: Vec<Part>, at: Position) -> Option<Result<Part, Stays>> {
    let compare = match name {
        "==" => Some(Compare::Equal),
        "!=" => Some(Compare::NotEqual),
        "<" => Some(Compare::Less),
        "<=" => Some(Compare::LessOrEqual),
        ">" => Some(Compare::Greater),
        ">=" => Some(Compare::GreaterOrEqual),
        _ => None,
    };
    let arithmetic = match name {
        "+" => Some(Arithmetic::Add),
        "-" => Some(Arithmetic::Subtract),
        "*" => Some(Arithmetic::Multiply),
        "/" => Some(Arithmetic::Divide),
        _ => None,
    };
    let second = if arguments.len() == 2 { arguments.pop() } else { None };
    let first = if arguments.len() == 1 { arguments.pop() } else { None };
    let (a, a_kind) = first?;
    let answer = match (name, second) {
        (_, Some((b, b_kind))) if compare.is_some() => compared(compare?, (a, a_kind), (b, b_kind), at),
        (_, Some((b, b_kind))) if arithmetic.is_some() => {
            if matches!((&a, &b), (Op::Constant(_), Op::Constant(_))) {
                return Some(stays("arithmetic on two constants", at));
            }
            let how = arithmetic?;
            numbers(a_kind, b_kind, at).map(|()| (Op::Arithmetic(how, a.into(), b.into()), Some(Kind::Number)))
        }
        ("and" | "or", Some((b, b_kind))) => {
            truths((&a, a_kind), (&b, b_kind), name, at).map(|()| (joined(a, b, name == "and"), Some(Kind::Bool)))
        }
        ("contains", Some((b, b_kind))) => match (a_kind, b_kind) {
            (Some(Kind::Texts | Kind::Text), Some(Kind::Text)) => {
                Ok((Op::Contains(a.into(), b.into()), Some(Kind::Bool)))
            }
            _ => {
                wrong("P022", "`in` needs a text on its left and a set or text on its right".into(), String::new(), at)
            }
        },
        ("shares", Some((b, b_kind))) => match (a_kind, b_kind) {
            (Some(Kind::Texts), Some(Kind::Texts)) => Ok((Op::Shares(a.into(), b.into()), Some(Kind::Bool))),
            _ => wrong("P022", "`shares` needs two sets".into(), "write item.taxa.shares([\"…\"])".into(), at),
        },
        ("starts_with", Some((b, b_kind))) => match (a_kind, b_kind) {
            (Some(Kind::Text), Some(Kind::Text)) => Ok((Op::StartsWith(a.into(), b.into()), Some(Kind::Bool))),
            _ => wrong("P022", "`starts_with` needs two texts".into(), String::new(), at),
        },
        (name, Some((b, b_kind))) if saying(name).is_some() => match (a_kind, b_kind) {
            (Some(Kind::Text), Some(Kind::Text | Kind::Texts)) => said(saying(name)?, a, b, at),
            _ => {
                let fix = format!("write item.words.{name}([\"charcoal\"])");
                wrong("P022", format!("`{name}` needs a text, and words in quotes"), fix, at)
            }
        },
        ("not" | "!", None) => match a_kind {
            Some(Kind::Bool) | None => Ok((Op::Not(a.into()), Some(Kind::Bool))),
            Some(kind) => wrong("P022", format!("`not` needs yes or no, not {}", kind.name()), String::new(), at),
        },
        ("-", None) => match a {
            Op::Constant(Value::Number(number)) => Ok((Op::Constant(Value::Number(-number)), Some(Kind::Number))),
            _ => return Some(stays("a sign before a field", at)),
        },
        ("count", None) => Ok((Op::Count(a.into()), Some(Kind::Number))),
        ("known", None) => Ok((Op::Known(a.into()), Some(Kind::Bool))),
        ("unverifiable", None) => match a {
            Op::Constant(Value::Text(why)) => Ok((Op::Constant(Value::Unknown(why)), None)),
            _ => wrong("P023", "`unverifiable` needs a reason in quotes".into(), String::new(), at),
        },
        _ => return None,
    };
    Some(answer)
}

/// The test of this name that looks for words.
fn saying(name: &str) -> Option<Saying> {
    Saying::ALL.into_iter().find(|how| how.as_str() == name)
}

/// Words that are looked for, folded once and for all. More of them than a script may list, or none, are refused.
fn said(how: Saying, text: Op, phrases: Op, at: Position) -> Result<Part, Stays> {
    let fold = |op: Op| if let Op::Constant(value) = op { Op::Constant(value.folded()) } else { op };
    let phrases = fold(phrases);
    let most = if how == Saying::Nearly { MAX_NEAR_PHRASES } else { sandbox::MAX_ARRAY_MEMBERS };
    let (n, is_empty) = match &phrases {
        Op::Constant(Value::Text(phrase)) => (1, phrase.is_empty()),
        Op::Constant(Value::Texts(set)) => (set.len(), set.is_empty() || set.iter().any(|phrase| phrase.is_empty())),
        _ => (1, false),
    };
    let name = how.as_str();
    if is_empty {
        return wrong("P024", format!("`{name}` looks for nothing"), "write the words in quotes".to_owned(), at);
    }
    if n > most {
        let fix = "split the list, or ask a field that knows the goods".to_owned();
        return wrong("P030", format!("`{name}` looks for {n} texts, more than {most}"), fix, at);
    }
    Ok((Op::Says(how, fold(text).into(), phrases.into()), Some(Kind::Bool)))
}

/// `and` and `or` are flat: `a and b and c` is one list.
fn joined(a: Op, b: Op, and: bool) -> Op {
    let mut parts = Vec::new();
    for side in [a, b] {
        match (side, and) {
            (Op::And(inner), true) | (Op::Or(inner), false) => parts.extend(inner),
            (other, _) => parts.push(other),
        }
    }
    if and { Op::And(parts) } else { Op::Or(parts) }
}

fn compared(how: Compare, a: Part, b: Part, at: Position) -> Result<Part, Stays> {
    let orders = !matches!(how, Compare::Equal | Compare::NotEqual);
    match (a.1, b.1) {
        (Some(Kind::Number), Some(Kind::Number)) | (None, _) | (_, None) => {}
        (Some(Kind::Text), Some(Kind::Text)) | (Some(Kind::Bool), Some(Kind::Bool)) if !orders => {}
        (Some(x), Some(y)) if x != y => {
            let (what, fix) = mend::unlike((&a.0, x), (&b.0, y));
            return wrong("P014", what, fix, at);
        }
        (Some(Kind::Texts), _) => {
            return wrong("P014", "two sets are compared".into(), "use .shares([…]) or `in`".into(), at);
        }
        (Some(kind), _) => {
            return wrong("P014", format!("{} has no order", kind.name()), "use == or !=".into(), at);
        }
    }
    Ok((Op::Compare(how, a.0.into(), b.0.into()), Some(Kind::Bool)))
}

fn numbers(a: Option<Kind>, b: Option<Kind>, at: Position) -> Result<(), Stays> {
    match (a, b) {
        (Some(Kind::Number) | None, Some(Kind::Number) | None) => Ok(()),
        _ => wrong("P015", "arithmetic needs numbers".into(), String::new(), at),
    }
}

fn truths(a: (&Op, Option<Kind>), b: (&Op, Option<Kind>), word: &str, at: Position) -> Result<(), Stays> {
    match (a.1, b.1) {
        (Some(Kind::Bool) | None, Some(Kind::Bool) | None) => Ok(()),
        _ => {
            let (what, fix) = mend::alone(a, b, word);
            wrong("P016", what, fix, at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Facts, Filling};
    use super::super::view;
    use super::*;

    fn check(script: &str, expected: &str) {
        let engine = sandbox::engine();
        let ast = engine.compile(script).unwrap_or_else(|error| panic!("{error}"));
        let found = match lower(&ast, "t") {
            Ok(op) => {
                let mut item = Filling::of(View::Item);
                item.set(view::item::origin.n, Value::text("MG"));
                item.set(view::item::genera.n, Value::texts(["Dalbergia"]));
                item.set(view::item::volume_m3.n, Value::Number(24.0));
                item.set(view::item::words.n, Value::text("grumes d okoume 12 m3"));
                let mut facts = Facts::new(Filling::of(View::Consignment).done());
                facts.push(View::Item, Some(0), 0, item.done());
                let subject = &facts.of(View::Item)[0];
                let frame = facts.frame(View::Item, subject);
                let native = op.value(&frame).into_owned();
                let argument = sandbox::argument(View::Item, subject.values.clone());
                let mut scope = rhai::Scope::new();
                let interpreted = engine
                    .call_fn::<rhai::Dynamic>(&mut scope, &ast, "t", (argument,))
                    .map_err(|error| error.to_string())
                    .and_then(sandbox::returned);
                assert_eq!(interpreted, Ok(native.clone()), "{script}");
                native.show()
            }
            Err(Stays::Interpreted(what, _)) => format!("interpreted: {what}"),
            Err(Stays::Wrong(code, what, fix, _)) => format!("{code} {what}: {fix}"),
        };
        assert_eq!(found, expected, "{script}");
    }

    #[test]
    fn lowered_as_interpreted() {
        check(r#"fn t(item) { item.origin == "MG" and "Dalbergia" in item.genera }"#, "yes");
        check(r#"fn t(item) { item.origin != "MG" or not(item.volume_m3 > 20) }"#, "no");
        check(r#"fn t(item) { item.gross_mass_kg > 5 and item.origin == "MG" }"#, "unknown (not gathered)");
        check(r#"fn t(item) { item.gross_mass_kg > 5 and item.origin == "XX" }"#, "no");
        check(r#"fn t(item) { item.gross_mass_kg / item.volume_m3 > 5 or item.volume_m3 * 2 > 47.5 }"#, "yes");
        check(r#"fn t(item) { item.genera.shares(["Osyris", "Dalbergia"]) and item.genera.count() == 1 }"#, "yes");
        check(r#"fn t(item) { item.origin in ["MG", "KM"] and !(item.hs == "4403") }"#, "unknown (not gathered)");
        check(r#"fn t(item) { unverifiable("no register") }"#, "unknown (no register)");
        check(r#"fn t(item) { let far = item.origin != "MG"; far or item.origin.starts_with("M") }"#, "yes");
        check(r#"fn helper(item, code) { item.origin == code } fn t(item) { helper(item, "MG") }"#, "yes");
        check(r#"fn t(item) { known(item.hs) }"#, "no");
        check(r#"fn t(item) { item.words.says(["Okoumé", "grume"]) }"#, "yes");
        check(r#"fn t(item) { item.words.says("okoume grumes") and not(item.words.says(["oku", "me"])) }"#, "no");
        check(r#"fn t(item) { item.words.says_nearly(["okume"]) and item.origin.says(["mg"]) }"#, "yes");
        check(r#"fn t(item) { item.declared_name.says(["okoume"]) }"#, "unknown (not gathered)");
        check(r#"fn t(item) { item.words.says(item.genera) }"#, "no");
    }

    #[test]
    fn faults_are_found_at_load() {
        check(r#"fn t(item) { item.orgin == "MG" }"#, "P013 the item has no field `orgin`: did you mean `origin`?");
        check(
            r#"fn t(item) { item.origin > 5 }"#,
            "P014 `item.origin` is a text, and `5` is a number: write it in quotes: \"5\"",
        );
        check(
            r#"fn t(item) { item.origin and true }"#,
            "P016 `item.origin` stands alone beside `and`, which joins tests that answer yes or no: compare it with something",
        );
        check(r#"fn t(item) { item.words.says(["."]) }"#, "P024 `says` looks for nothing: write the words in quotes");
        check(
            r#"fn t(item) { item.genera.says(["ebony"]) }"#,
            "P022 `says` needs a text, and words in quotes: write item.words.says([\"charcoal\"])",
        );
        check(
            r#"fn t(item) { if item.origin == "MG" { true } else { false } }"#,
            "interpreted: a statement of several steps",
        );
    }
}
