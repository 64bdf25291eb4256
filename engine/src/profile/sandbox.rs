//! The Rhai host: what a script may do, and the limits it cannot pass.
//!
//! Every limit is set here and nowhere else; Rhai's own defaults differ between debug and release. Operations decide,
//! never the clock. A raw engine has no packages: no print, no time, no random, no files. Words that make loops, load
//! modules, evaluate text or catch errors are not part of the language that profiles see.

use std::cell::Cell;

use rhai::{Dynamic, Engine, ImmutableString, OptimizationLevel, Position};

use super::symbol::Symbol;
use super::value::{Compare, Value};
use super::view::View;
use crate::text::Saying;
use std::sync::Arc;

/// Operations that one test of one subject may use. The longest shipped one uses under 200.
pub const MAX_OPERATIONS: u64 = 20_000;
/// Operations that all interpreted tests of one bill may use. The shipped rules need none: they all run natively.
pub const MAX_OPERATIONS_A_BILL: u64 = 1_000_000;
/// What a call costs besides the operations that Rhai counts: its arguments and its answer.
const OPERATIONS_A_CALL: u64 = 50;
/// Calls within calls.
pub const MAX_CALL_LEVELS: usize = 8;
/// Nesting of expressions; the parser recurses no deeper.
pub const MAX_EXPRESSION_DEPTH: usize = 32;
/// Characters of a text that a script builds.
pub const MAX_STRING_CHARS: usize = 4_096;
/// Members of an array that a script builds.
pub const MAX_ARRAY_MEMBERS: usize = 256;
/// Functions in one profile.
pub const MAX_FUNCTIONS: usize = 256;
/// Variables in scope.
pub const MAX_VARIABLES: usize = 32;
/// `let` in one script: the parser looks at every earlier name for each. The shipped scripts have none.
pub const MAX_LETS: usize = 256;
/// Bytes of one script. The largest shipped one has under 8 kB.
pub const MAX_SCRIPT_BYTES: usize = 64 << 10;
/// Open brackets within brackets, counted before the parser sees the text.
pub const MAX_BRACKET_DEPTH: usize = 48;

/// Words that profiles do not have, and what to write instead.
pub const WITHHELD: &[(&str, &str)] = &[
    ("eval", "write the test itself"),
    ("import", "shared helpers live in rules/lib"),
    ("export", "shared helpers live in rules/lib"),
    ("while", "a test needs no loop"),
    ("loop", "a test needs no loop"),
    ("for", "a test needs no loop; choose `each` in profile.toml"),
    ("do", "a test needs no loop"),
    ("until", "a test needs no loop"),
    ("try", "an error is reported, not caught"),
    ("catch", "an error is reported, not caught"),
    ("throw", "return unverifiable(\"why\") instead"),
    ("print", "reasons are written in profile.toml"),
    ("debug", "use `rules explain`"),
    ("Fn", "call the function by its name"),
    ("call", "call the function by its name"),
    ("curry", "call the function by its name"),
    ("global", "write the constant where it is used"),
    ("this", "name the parameter"),
    ("&&", "write `and`, which also handles what is not known"),
    ("||", "write `or`, which also handles what is not known"),
];

/// A gap, as scripts meet it.
#[derive(Debug, Clone)]
pub struct Gap(Symbol);

/// A set of texts, as scripts meet it.
#[derive(Debug, Clone)]
pub struct TextSet(Arc<[Symbol]>);

/// A subject of view number `V`, as scripts meet it.
#[derive(Debug, Clone)]
pub struct Seen<const V: usize>(super::facts::Values);

/// The engine that compiles and runs every profile. Built once; never per request.
pub fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_max_operations(MAX_OPERATIONS)
        .set_max_call_levels(MAX_CALL_LEVELS)
        .set_max_expr_depths(MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_DEPTH)
        .set_max_string_size(MAX_STRING_CHARS)
        .set_max_array_size(MAX_ARRAY_MEMBERS)
        .set_max_map_size(MAX_ARRAY_MEMBERS)
        .set_max_functions(MAX_FUNCTIONS)
        .set_max_variables(MAX_VARIABLES)
        .set_max_modules(0)
        .set_strict_variables(true)
        .set_allow_looping(false)
        .set_allow_anonymous_fn(false)
        .set_allow_shadowing(false)
        .set_fail_on_invalid_map_property(true)
        .set_optimization_level(OptimizationLevel::None);
    for (word, _) in WITHHELD {
        engine.disable_symbol(*word);
    }
    engine.on_progress(progress);
    words(&mut engine);
    gaps(&mut engine);
    sets(&mut engine);
    views(&mut engine);
    engine
}

/// What is left of [`MAX_OPERATIONS_A_BILL`].
#[derive(Debug)]
pub struct Budget {
    left: u64,
}

impl Budget {
    /// The whole budget of one bill.
    pub fn of_a_bill() -> Self {
        Self { left: MAX_OPERATIONS_A_BILL }
    }

    /// Makes a call within what is left. `None` when nothing is left, before the call or in the middle of it.
    pub fn spend<T>(&mut self, call: impl FnOnce() -> T) -> Option<T> {
        self.left = self.left.checked_sub(OPERATIONS_A_CALL)?;
        METER.set((0, self.left));
        let answer = call();
        let (used, _) = METER.replace((0, u64::MAX));
        self.left = self.left.checked_sub(used)?;
        Some(answer)
    }
}

thread_local! {
    /// Operations of the call that runs on this thread, and how many it may use. Rhai's engine is shared by all threads
    /// and tells only the call's own count, so the count is kept where the call is.
    static METER: Cell<(u64, u64)> = const { Cell::new((0, u64::MAX)) };
}

/// Rhai asks before each operation; an answer ends the call.
fn progress(used: u64) -> Option<Dynamic> {
    let (_, allowed) = METER.get();
    METER.set((used, allowed));
    (used > allowed).then_some(Dynamic::UNIT)
}

/// `and`, `or`, `not`, `unverifiable` and `known`.
fn words(engine: &mut Engine) {
    // Precedences as Rhai's own && (60) and || (30). Both names are free, so the registration cannot fail.
    for (word, precedence) in [("and", 60), ("or", 30)] {
        let registered = engine.register_custom_operator(word, precedence);
        debug_assert!(registered.is_ok(), "{word}");
    }
    engine.register_fn("and", |a: bool, b: bool| a && b);
    engine.register_fn("or", |a: bool, b: bool| a || b);
    engine.register_fn("and", |a: bool, b: Gap| shown(Value::Bool(a).and(Value::Unknown(b.0))));
    engine.register_fn("and", |a: Gap, b: bool| shown(Value::Unknown(a.0).and(Value::Bool(b))));
    engine.register_fn("and", |a: Gap, _b: Gap| a);
    engine.register_fn("or", |a: bool, b: Gap| shown(Value::Bool(a).or(Value::Unknown(b.0))));
    engine.register_fn("or", |a: Gap, b: bool| shown(Value::Unknown(a.0).or(Value::Bool(b))));
    engine.register_fn("or", |a: Gap, _b: Gap| a);
    engine.register_fn("not", |a: bool| !a);
    engine.register_fn("not", |a: Gap| a);
    engine.register_fn("!", |a: Gap| a);
    engine.register_fn("unverifiable", |why: ImmutableString| Gap(Symbol::from(why.as_str())));
    engine.register_fn("known", |_: Gap| false);
    engine.register_fn("known", |_: bool| true);
    engine.register_fn("known", |_: f64| true);
    engine.register_fn("known", |_: ImmutableString| true);
    engine.register_fn("known", |_: TextSet| true);
}

macro_rules! gap_with {
    ($engine:ident, $name:literal, $($other:ty),*) => {$(
        $engine.register_fn($name, |a: Gap, _b: $other| a);
        $engine.register_fn($name, |_a: $other, b: Gap| b);
    )*};
}

/// A gap goes through comparisons and arithmetic.
fn gaps(engine: &mut Engine) {
    macro_rules! operators {
        ($($name:literal),*) => {$(
            gap_with!(engine, $name, bool, i64, f64, ImmutableString, TextSet);
            engine.register_fn($name, |a: Gap, _b: Gap| a);
        )*};
    }
    operators!("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "shares");
    engine.register_fn("contains", |set: Gap, _item: ImmutableString| set);
    engine.register_fn("contains", |_set: TextSet, item: Gap| item);
    engine.register_fn("contains", |_set: ImmutableString, item: Gap| item);
    engine.register_fn("contains", |set: Gap, _item: Gap| set);
    engine.register_fn("starts_with", |text: Gap, _prefix: ImmutableString| text);
    engine.register_fn("starts_with", |_text: ImmutableString, prefix: Gap| prefix);
    engine.register_fn("count", |a: Gap| a);
}

/// Sets and texts.
fn sets(engine: &mut Engine) {
    engine.register_fn("contains", |set: TextSet, item: ImmutableString| set.0.iter().any(|m| **m == *item.as_str()));
    engine.register_fn("contains", |whole: ImmutableString, part: ImmutableString| whole.contains(part.as_str()));
    engine.register_fn("contains", |set: rhai::Array, item: Dynamic| {
        let item = item.into_immutable_string().unwrap_or_default();
        set.iter().any(|member| member.clone().into_immutable_string().is_ok_and(|member| member == item))
    });
    engine.register_fn("contains", |_set: rhai::Array, item: Gap| item);
    engine.register_fn("shares", |a: TextSet, b: TextSet| a.0.iter().any(|member| b.0.contains(member)));
    engine.register_fn("shares", |a: TextSet, b: rhai::Array| {
        b.iter()
            .any(|m| m.clone().into_immutable_string().is_ok_and(|m| a.0.iter().any(|member| **member == *m.as_str())))
    });
    engine.register_fn("shares", |a: Gap, _b: rhai::Array| a);
    engine
        .register_fn("starts_with", |text: ImmutableString, prefix: ImmutableString| text.starts_with(prefix.as_str()));
    engine.register_fn("count", |set: TextSet| set.0.len() as f64);
    engine.register_fn("count", |text: ImmutableString| text.chars().count() as f64);
    for how in Saying::ALL {
        let say = move |text: ImmutableString, phrases: Value| {
            let said = Value::text(&text).folded().says(how, &phrases.folded());
            said == Value::Bool(true)
        };
        let of = move |array: rhai::Array| {
            Value::texts(
                array.into_iter().filter_map(|member| member.into_immutable_string().ok()).map(|text| text.to_string()),
            )
        };
        engine.register_fn(how.as_str(), move |text: ImmutableString, phrase: ImmutableString| {
            say(text, Value::text(&phrase))
        });
        engine.register_fn(how.as_str(), move |text: ImmutableString, phrases: TextSet| {
            say(text, Value::Texts(phrases.0))
        });
        engine.register_fn(how.as_str(), move |text: ImmutableString, phrases: rhai::Array| say(text, of(phrases)));
        engine.register_fn(how.as_str(), |_text: ImmutableString, phrases: Gap| phrases);
        engine.register_fn(how.as_str(), |text: Gap, _phrase: ImmutableString| text);
        engine.register_fn(how.as_str(), |text: Gap, _phrases: TextSet| text);
        engine.register_fn(how.as_str(), |text: Gap, _phrases: rhai::Array| text);
        engine.register_fn(how.as_str(), |text: Gap, _phrases: Gap| text);
    }
    // Two texts are compared by the built-in operators; two sets are not compared at all.
    let _ = Compare::Equal;
}

/// A getter for every field of every view.
fn views(engine: &mut Engine) {
    macro_rules! one {
        ($($n:literal),*) => {$(
            let view = View::ALL[$n];
            engine.register_type_with_name::<Seen<$n>>(view.name());
            for (field, spec) in view.fields().iter().enumerate() {
                engine.register_get(spec.name, move |seen: &mut Seen<$n>| match seen.0.get(field) {
                    Some(value) => shown(value.clone()),
                    None => shown(Value::unknown(super::facts::NO_ITEM)),
                });
            }
        )*};
    }
    one!(0, 1, 2, 3, 4, 5, 6, 7);
}

/// A value as scripts meet it.
pub fn shown(value: Value) -> Dynamic {
    match value {
        Value::Unknown(why) => Dynamic::from(Gap(why)),
        Value::Bool(yes) => Dynamic::from(yes),
        Value::Number(number) => Dynamic::from(number),
        Value::Text(text) => Dynamic::from(ImmutableString::from(text.as_ref())),
        Value::Texts(set) => Dynamic::from(TextSet(set)),
    }
}

/// What a script returned.
pub fn returned(value: Dynamic) -> Result<Value, String> {
    if let Ok(yes) = value.as_bool() {
        return Ok(Value::Bool(yes));
    }
    let kind = value.type_name().to_owned();
    value.try_cast::<Gap>().map(|gap| Value::Unknown(gap.0)).ok_or_else(|| {
        format!(
            "a test must answer yes, no or unverifiable(\"why\"), not {}",
            kind.rsplit("::").next().unwrap_or("this")
        )
    })
}

/// A subject as the argument of a script's function.
pub fn argument(view: View, values: super::facts::Values) -> Dynamic {
    match view {
        View::Consignment => Dynamic::from(Seen::<0>(values)),
        View::Item => Dynamic::from(Seen::<1>(values)),
        View::Taxon => Dynamic::from(Seen::<2>(values)),
        View::Measure => Dynamic::from(Seen::<3>(values)),
        View::Document => Dynamic::from(Seen::<4>(values)),
        View::Alert => Dynamic::from(Seen::<5>(values)),
        View::Party => Dynamic::from(Seen::<6>(values)),
        View::Container => Dynamic::from(Seen::<7>(values)),
    }
}

/// Refuses a text that the parser should not even see. Says why, and where.
pub fn before_parsing(script: &str) -> Result<(), (String, Option<(usize, usize)>)> {
    if script.len() > MAX_SCRIPT_BYTES {
        return Err((format!("the script has {} bytes, more than {MAX_SCRIPT_BYTES}", script.len()), None));
    }
    let words = script.split(|c: char| !c.is_alphanumeric() && c != '_');
    let n_lets = words.filter(|word| *word == "let").count();
    if n_lets > MAX_LETS {
        return Err((format!("the script has {n_lets} `let`, more than {MAX_LETS}"), None));
    }
    let mut depth = 0_usize;
    let mut run = 0_usize;
    let mut last = ' ';
    for (line, text) in script.lines().enumerate() {
        for (column, c) in text.chars().enumerate() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            run = if c == last && matches!(c, '!' | '-' | '+') { run + 1 } else { 0 };
            last = c;
            if depth > MAX_BRACKET_DEPTH || run > MAX_BRACKET_DEPTH {
                let what = format!("nested deeper than {MAX_BRACKET_DEPTH}");
                return Err((what, Some((line + 1, column + 1))));
            }
        }
    }
    Ok(())
}

/// Line and column of a Rhai position.
pub fn place(position: Position) -> Option<(usize, usize)> {
    position.line().map(|line| (line, position.position().unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_set() {
        let engine = engine();
        assert_eq!(engine.max_operations(), MAX_OPERATIONS);
        assert_eq!(engine.max_call_levels(), MAX_CALL_LEVELS);
        assert_eq!(engine.max_expr_depth(), MAX_EXPRESSION_DEPTH);
        assert_eq!(engine.max_function_expr_depth(), MAX_EXPRESSION_DEPTH);
        assert_eq!(engine.max_string_size(), MAX_STRING_CHARS);
        assert_eq!(engine.max_array_size(), MAX_ARRAY_MEMBERS);
        assert_eq!(engine.max_map_size(), MAX_ARRAY_MEMBERS);
        assert_eq!(engine.max_functions(), MAX_FUNCTIONS);
        assert_eq!(engine.max_variables(), MAX_VARIABLES);
        assert_eq!(engine.max_modules(), 0);
        assert!(engine.strict_variables() && !engine.allow_looping() && !engine.allow_anonymous_fn());
    }

    #[test]
    fn a_budget_ends_calls_and_only_those() {
        let engine = engine();
        let ast = engine.compile("fn f(x) { x == 1 or x == 2 or x == 3 }").unwrap_or_else(|error| panic!("{error}"));
        let call = || engine.call_fn::<bool>(&mut rhai::Scope::new(), &ast, "f", (3_i64,)).ok();
        let mut budget = Budget::of_a_bill();
        assert_eq!(budget.spend(call), Some(Some(true)));
        let used = MAX_OPERATIONS_A_BILL - budget.left;
        assert!(used > OPERATIONS_A_CALL);
        let mut budget = Budget { left: 3 * used - 1 };
        let answers: Vec<_> = (0..4).map(|_| budget.spend(call)).collect();
        assert_eq!(answers, [Some(Some(true)), Some(Some(true)), None, None]);
        // Outside a budget nothing is metered.
        assert_eq!(call(), Some(true));
    }

    #[test]
    fn operations_end_what_calls_multiply() {
        let level = |n: usize| format!("fn f{n}(x) {{ {} }} ", vec![format!("f{}(x)", n + 1); 8].join(" or "));
        let script = (0..6).map(level).collect::<String>() + "fn f6(x) { x == 1 }";
        let engine = engine();
        let ast = engine.compile(script).unwrap_or_else(|error| panic!("{error}"));
        let answer = engine.call_fn::<Dynamic>(&mut rhai::Scope::new(), &ast, "f0", (2_i64,));
        let error = answer.map_or_else(|error| error.unwrap_inner().to_string(), |_| String::new());
        assert!(error.contains("Too many operations"), "{error}");
    }
}
