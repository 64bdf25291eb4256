//! The interpreter is the meaning: the native form and the index answer as it does, over generated facts, for the shipped
//! indicators and for generated ones.

use palisander_engine::rules::{Facts, Field, Filling, Kind, Op, ProfileSet, State, Value, Values, View};
use palisander_tests::random::Random;

use crate::support::{ENGINE, day, engine_with_files, profile_toml};

/// What generated facts are made of.
struct Makings {
    texts: Vec<String>,
    numbers: Vec<f64>,
    random: Random,
}

impl Makings {
    fn values(&mut self, view: View) -> Values {
        let mut values = Filling::of(view);
        for (n, field) in view.fields().iter().enumerate() {
            let value = self.value(field);
            values.set(n, value);
        }
        values.done()
    }

    fn value(&mut self, field: &Field) -> Value {
        if field.may_be_unknown() && self.random.one_in(4) {
            return Value::unknown(["made so", "not told"][self.random.below(2)]);
        }
        match field.kind {
            Kind::Bool => Value::Bool(self.random.one_in(2)),
            Kind::Number => Value::Number(self.numbers[self.random.below(self.numbers.len())]),
            Kind::Text => Value::text(self.text()),
            Kind::Texts => {
                let n = self.random.below(4);
                Value::texts((0..n).map(|_| self.text().to_owned()).collect::<Vec<_>>())
            }
        }
    }

    fn text(&mut self) -> &str {
        &self.texts[self.random.below(self.texts.len())]
    }

    /// Two subjects of each view; of documents and alerts, some belong to no item.
    fn facts(&mut self) -> Facts {
        let mut facts = Facts::new(self.values(View::Consignment));
        for view in View::ALL.into_iter().skip(1) {
            for n in 0..2 {
                let item = if view == View::Item || self.random.one_in(2) { Some(n) } else { None };
                facts.push(view, item, n, self.values(view));
            }
        }
        facts
    }
}

/// Asserts that every indicator answers alike three ways. Tests made, and how many were met.
fn alike(set: &ProfileSet, facts: &Facts) -> (u32, u32) {
    let day = day("2020-01-01");
    let (mut tests, mut met) = (0, 0);
    let mut expected = Vec::new();
    for (n, indicator) in set.indicators.iter().enumerate() {
        for (s, subject) in facts.of(indicator.each).iter().enumerate() {
            let native = set.test(indicator, facts, subject);
            let interpreted = set.interpret(indicator, &facts.frame(indicator.each, subject));
            assert_eq!(native, interpreted, "{}", indicator.native.as_ref().unwrap().show());
            tests += 1;
            met += u32::from(native == Ok(Value::Bool(true)));
            let state = match interpreted {
                Ok(Value::Bool(true)) => State::Met,
                Ok(Value::Unknown(why)) => State::Unverifiable(why.to_string()),
                _ => continue,
            };
            expected.extend(set.acts(indicator, day).then_some((n, s, state)));
        }
    }
    // The index leaves out only what the interpreter finds not met, and gives the same reasons.
    let outcomes = set.evaluate(facts, day);
    let found: Vec<_> = outcomes.into_iter().map(|o| (o.indicator, o.subject, o.state)).collect();
    assert_eq!(found, expected);
    (tests, met)
}

#[test]
fn shipped_indicators_answer_as_interpreted() {
    // Values that the shipped rules ask for, and others: texts of their constants, numbers around their thresholds.
    let (mut texts, mut numbers) = (vec![String::new(), "x".to_owned()], vec![0.0, 1.0, 0.5]);
    for indicator in &ENGINE.profiles().indicators {
        indicator.native.as_ref().unwrap().visit(&mut |op| match op {
            Op::Constant(Value::Text(text)) => texts.push(text.to_string()),
            Op::Constant(Value::Texts(set)) => texts.extend(set.iter().map(ToString::to_string)),
            Op::Constant(Value::Number(n)) => numbers.extend([*n, n - 1.0, n + 1.0]),
            _ => {}
        });
    }
    let mut makings = Makings { texts, numbers, random: Random::new(17) };
    // 600 facts × two subjects × every indicator: over 100,000 evidences.
    let (mut tests, mut met) = (0, 0);
    for _ in 0..600 {
        let (more, more_met) = alike(ENGINE.profiles(), &makings.facts());
        tests += more;
        met += more_met;
    }
    println!("{tests} tests, {met} met");
    assert!(tests >= 100_000 && met > 1_000);
}

const TEXTS: [&str; 5] = ["MG", "log", "Dalbergia", "a", ""];
const NUMBERS: [&str; 6] = ["0", "1", "2.5", "-1", "1000", "0.3"];

/// Roundings that Rhai takes for equal, and what is no number.
const ODD_NUMBERS: [f64; 6] = [0.1 + 0.2, 1.0 - f64::EPSILON, 1e-17, f64::NAN, f64::INFINITY, 0.5];

/// A test over a taxon, its item and the consignment, of every form that the language has.
fn test_of(random: &mut Random, depth: usize) -> String {
    if depth > 0 && !random.one_in(4) {
        let (a, b) = (test_of(random, depth - 1), test_of(random, depth - 1));
        return match random.below(5) {
            0 => format!("not({a})"),
            1 => format!("({a} or {b})"),
            _ => format!("({a} and {b})"),
        };
    }
    if random.one_in(20) {
        return "unverifiable(\"said so\")".to_owned();
    }
    let view = random.pick(&[Some(View::Taxon), Some(View::Item), Some(View::Consignment)]).unwrap();
    // Few fields, so that indicators meet on them.
    let known = &view.fields()[random.below(7)];
    let field = format!("{}.{}", view.name(), known.name);
    let quoted = |random: &mut Random| format!("\"{}\"", random.pick(&TEXTS));
    let list = |random: &mut Random| {
        let n = 1 + random.below(3);
        format!("[{}]", (0..n).map(|_| format!("\"{}\"", random.pick(&TEXTS))).collect::<Vec<_>>().join(", "))
    };
    let sign = random.pick(&["==", "!=", "<", "<=", ">", ">="]);
    match (known.kind, random.below(8)) {
        (_, 0) => format!("known({field})"),
        (Kind::Bool, _) => field,
        (Kind::Number, 1) => format!("{field} * 2 {sign} {}", random.pick(&NUMBERS)),
        (Kind::Number, 2) => format!("{} {sign} {field}", random.pick(&NUMBERS)),
        (Kind::Number, _) => format!("{field} {sign} {}", random.pick(&NUMBERS)),
        (Kind::Text, 1) => format!("{field}.starts_with({})", quoted(random)),
        (Kind::Text, 2) => format!("{} in {field}", quoted(random)),
        (Kind::Text, 3) => format!("{field}.count() {sign} {}", random.pick(&NUMBERS)),
        (Kind::Text, 4) => format!("{field} != {}", quoted(random)),
        (Kind::Text, 5) => format!("{field} in {}", list(random)),
        (Kind::Text, _) => format!("{field} == {}", quoted(random)),
        (Kind::Texts, 1) => format!("{field}.count() {sign} {}", random.pick(&NUMBERS)),
        (Kind::Texts, 2 | 3) => format!("{field}.shares({})", list(random)),
        (Kind::Texts, _) => format!("{} in {field}", quoted(random)),
    }
}

#[test]
fn generated_indicators_answer_as_interpreted() {
    let mut random = Random::new(7);
    // More than one word of a bit set.
    let tests: Vec<String> = (0..200).map(|_| test_of(&mut random, 3)).collect();
    let head = profile_toml("generated").split("[[indicators]]").next().unwrap().to_owned();
    let block = |n| format!("[[indicators]]\nname = \"i{n}\"\neach = \"taxon\"\npoints = 1\nreason = \"r\"\n");
    let blocks: String = (0..tests.len()).map(block).collect();
    let toml = format!("{head}{blocks}");
    let function = |(n, test): (usize, &String)| format!("fn i{n}(taxon, item, consignment) {{ {test} }}\n");
    let rhai: String = tests.iter().enumerate().map(function).collect();
    let engine = engine_with_files("generated", &[("profile.toml", &toml), ("profile.rhai", &rhai)]);
    assert!(engine.profiles().faults.is_empty(), "{:?}", engine.profiles().faults);
    let set = engine.into_profiles().unwrap().only(|profile, _| profile.id == "generated");
    assert_eq!(set.indicators.len(), tests.len());
    let extent = set.extent();
    assert!(extent.indexed * 4 > extent.clauses && extent.indexed < extent.clauses, "{extent:?}");
    let mut makings = Makings {
        texts: TEXTS.map(str::to_owned).to_vec(),
        numbers: NUMBERS.iter().map(|n| n.parse().unwrap()).chain(ODD_NUMBERS).collect(),
        random: Random::new(8),
    };
    let (mut tests, mut met) = (0, 0);
    for _ in 0..100 {
        let (more, more_met) = alike(&set, &makings.facts());
        tests += more;
        met += more_met;
    }
    println!("{tests} tests, {met} met; {extent:?}");
    assert!(tests >= 30_000 && met > 1_000);
}
