//! Hostile scripts: each is refused or stopped within its limits, the process lives, and the finding names the profile.

use std::time::{Duration, Instant};

use palisander_engine::rules::{Claim, Tables, changes, lint, witnesses};
use palisander_tests::generator::{Made, Port};

use crate::support::{ENGINE, engine_with, engine_with_files, profile_toml, score_with};

/// Bodies of `fn t(item)`, and whole scripts where they start with `fn` or `!`.
fn scripts() -> Vec<String> {
    let mut scripts: Vec<String> = [
        // Loops and recursion.
        "loop { }", "while true { }", "let x = 0; while x < 1e18 { x += 1; } true", "do { } while true", "do { } until false",
        "for i in 0..9223372036854775807 { } true", "for i in [1,2,3] { } true", "t(item)", "t(item) and t(item)",
        "fn a(x) { b(x) } fn b(x) { a(x) } fn t(item) { a(item) }", "fn t(item) { let f = |x| x; f.call(1) }",
        "let f = || 1; f.call()", "[1,2,3].map(|x| x)", "Fn(\"t\").call(item)", "call(\"t\", item)", "curry(Fn(\"t\"), 1)",
        // Evaluation, modules, outside.
        "eval(\"1 == 1\")", "eval(\"eval(\\\"1\\\")\")", "let e = \"eval\"; e", "import \"/etc/passwd\" as p; true", "import \"../x\" as p; p::x",
        "export t; true", "print(\"x\"); true", "debug(item); true", "sleep(10); true", "timestamp() > 0", "timestamp().elapsed > 0",
        "open_file(\"/etc/passwd\")", "read(\"/etc/passwd\")", "env(\"PATH\") == \"\"", "exec(\"id\")", "rand() > 0.5", "global::x", "this.x == 1",
        // Growth.
        "let s = \"x\"; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s == \"\"",
        "let a = [1]; a.push(a); a == []", "let a = [0]; a = [a, a, a, a, a, a, a, a]; a = [a, a, a, a, a, a, a, a]; a = [a, a, a, a, a, a, a, a]; a == []",
        "let a = []; a.pad(1000000000, 0); true", "let b = blob(4000000000); b.len() > 0", "let m = #{}; m[\"a\"] = m; true", "let m = #{a: #{b: #{}}}; m.a.b = m; true",
        "\"x\".repeat(1000000000) == \"\"", "\"x\" * 1000000000 == \"\"", "let x = 1; x <<= 70; x > 0", "9223372036854775807 + 1 > 0", "-9223372036854775808 / -1 > 0",
        "1 / 0 > 1", "1 % 0 == 1", "2 ** 100000 > 1", "let x = 0x7fffffffffffffff; x * x > 0", "0.0 / 0.0 > 1.0", "`${`${`${item}`}`}` == \"\"",
        // Shadowing, errors, oddities.
        "fn not(x) { t(x) } fn t(item) { not(item) }", "fn known(x) { true } fn t(item) { known(item.nothing) }", "throw \"x\"", "throw #{a: 1}", "try { t(item) } catch { true }",
        "let item = 5; item == 5", "item = 5; true", "item.origin = \"MG\"; true", "item.origin.x.y.z == 1", "item[0] == 1", "item?.origin == \"MG\"", "switch item.origin { \"MG\" => true }",
        "()", "#{}", "[]", "'x'", "return", "return;", "break", "continue", "const A = 1; A == 1", "\u{202e} true", "\u{0}", "оrigin == 1", "fn t(item, item) { true }", "fn t() { true }", "fn t(x) { true }",
        "fn t(item) { true } fn t(item) { false }", "fn t(item) { fn u() { true } u() }", "private fn t(item) { true }", "is_def_fn(\"t\", 1)", "type_of(item) == \"x\"", "item is String",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    // Eight calls of eight calls, eight levels deep.
    let level = |n: usize| format!("fn f{n}(x) {{ {} }} ", vec![format!("f{}(x)", n + 1); 8].join(" or "));
    scripts.push((0..7).map(level).collect::<String>() + "fn f7(x) { x.origin == \"no\" } fn t(item) { f0(item) }");
    // Size and depth.
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("!", ""), ("-", ""), ("not(", ")"), ("if true {", "}")] {
        scripts.push(format!("{}true{}", open.repeat(4_000), close.repeat(4_000)));
    }
    scripts.push(format!("{} true", "true and ".repeat(20_000)));
    scripts.push(format!("item.origin == \"{}\"", "x".repeat(200_000)));
    scripts.push(format!("{} == 1", "9".repeat(100_000)));
    scripts.push(format!("let {} = 1; true", "a".repeat(100_000)));
    scripts.push(format!("item.a{}", ".a".repeat(20_000)));
    scripts.push((0..3_000).map(|n| format!("fn f{n}(x) {{ true }} ")).collect::<String>() + "fn t(item) { true }");
    scripts.push((0..3_000).map(|n| format!("let v{n} = {n}; ")).collect::<String>() + "true");
    scripts.push("/*".repeat(10_000));
    // What looks for slips looks no further at each place than it must.
    scripts.push("\\'".repeat(30_000));
    scripts.push("#\n".repeat(30_000));
    scripts.push("1,1 ".repeat(15_000));
    scripts
}

#[test]
fn every_hostile_script_is_refused_or_stopped() {
    let scripts = scripts();
    assert!(scripts.len() >= 60, "{}", scripts.len());
    let planted = Port::new(1).of(Made::Planted);
    let plain = crate::support::score(&planted, "2026-11-01");
    let mut bad = Vec::new();
    let mut took = Vec::new();
    for body in &scripts {
        let script = if body.starts_with("fn ") || body.starts_with("private") {
            body.clone()
        } else {
            format!("fn t(item) {{ {body} }}")
        };
        let shown: String = script.chars().take(60).collect();
        let began = Instant::now();
        let engine = engine_with("hostile", &script);
        let answer = score_with(&engine, &planted, "2026-11-01");
        took.push((began.elapsed(), shown.clone()));
        if answer.lane < plain.lane || answer.score < plain.score {
            bad.push(format!("lowered: {shown}"));
        }
        let harmless = engine.profiles().faults.is_empty() && answer.faults.is_empty();
        let named = answer.faults.iter().all(|fault| fault.at.starts_with("hostile"));
        if !named {
            bad.push(format!("blames another: {shown} {:?}", answer.faults));
        }
        // What loads and runs must be a plain test that answers.
        if harmless && !engine.profiles().indicators.iter().any(|i| i.name == "t") {
            bad.push(format!("vanished: {shown}"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    // Limits stop them, not a clock; the times are for people. The least is that of loading the shipped rules.
    took.sort();
    let work = |(elapsed, shown): &(Duration, String)| format!("{:.2?} {shown}", *elapsed - took[0].0);
    println!(
        "{} scripts; the slowest:\n{}",
        took.len(),
        took.iter().rev().take(3).map(work).collect::<Vec<_>>().join("\n")
    );
}

/// Tests whose choices multiply: what a script of 64 KiB can ask of whoever compares tests, a name and a body of `fn part(item)` each.
fn tangled() -> Vec<(&'static str, String)> {
    let joined = |parts: Vec<String>, word: &str| parts.join(&format!(" {word} "));
    let thresholds = |from: usize| (from..from + 15).map(|n| format!("item.gross_mass_kg > {n}")).collect::<Vec<_>>();
    let named = |lets: Vec<String>, word: &str| {
        let lines: String = lets.iter().enumerate().map(|(n, body)| format!("let v{n} = {body};\n")).collect();
        format!("{lines}{}", joined((0..lets.len()).map(|n| format!("v{n}")).collect(), word))
    };
    let pick = |n: usize| format!("(item.origin == \"GA\" or item.net_mass_kg > {n})");
    let mut many: Vec<String> = (0..10).map(|n| joined(thresholds(n * 15), "and")).collect();
    many.extend((0..14).map(|n| pick(n).replace("net", "gross").replace('>', "<")));
    let sets = |n: usize| {
        let codes: Vec<String> = (0..60).map(|k| format!("\"Genus{n}x{k}\"")).collect();
        format!("item.genera.shares([{}])", codes.join(", "))
    };
    let long = "x".repeat(1_000);
    vec![
        ("many_thresholds_and_choices", named(many, "and")),
        (
            "choices_of_choices",
            named((0..10).map(|n| joined((0..6).map(|k| pick(n * 6 + k)).collect(), "or")).collect(), "and"),
        ),
        ("choices_of_sets", named((0..16).map(|n| format!("{} or {}", sets(n), sets(n + 100))).collect(), "and")),
        (
            "beginnings",
            named(
                (0..20)
                    .map(|n| joined((0..9).map(|k| format!("not(item.hs.starts_with(\"{n}{k}\"))")).collect(), "or"))
                    .collect(),
                "and",
            ),
        ),
        (
            "long_texts",
            named(
                (0..20).map(|n| format!("item.description == \"{long}{n}\" or item.hs == \"{long}{n}\"")).collect(),
                "and",
            ),
        ),
    ]
}

/// Comparing tests takes as long as the tests let it, up to a limit: then it is said, and of other profiles nothing is missed.
#[test]
fn what_compares_tests_stops_at_a_limit_and_says_so() {
    const INDICATORS: usize = 120;
    let tables = Tables {
        holds: &|_, _| true,
        wood: &|_| None,
        in_force: &|_, _| None,
        revised: &|_| None,
        today: "2026-11-01".parse().unwrap(),
    };
    for (name, body) in tangled() {
        let mut toml = profile_toml("hostile");
        toml.truncate(toml.find("\n[[indicators]]").unwrap());
        let mut rhai = format!("fn part(item) {{ {body} }}\n");
        for n in 0..INDICATORS {
            toml.push_str(&format!(
                "\n[[indicators]]\nname = \"t{n}\"\neach = \"item\"\ngroup = \"g\"\npoints = {}\nreason = \"{{item.description}}\"\n",
                10 + n
            ));
            rhai.push_str(&format!("/// T.\nfn t{n}(item) {{ part(item) and item.gross_mass_kg > {n} }}\n"));
        }
        let engine = engine_with_files("hostile", &[("profile.toml", &toml), ("profile.rhai", &rhai)]);
        assert_eq!(engine.profiles().faults, [], "{name}");
        let own = engine.profiles().indicators.iter().filter(|one| one.name.starts_with('t') && one.name.len() > 1);
        let why: Vec<_> = own.filter(|one| one.native.is_none()).map(|one| &one.interpreted_because).collect();
        assert!(why.is_empty(), "{name}: {why:?}");
        let began = Instant::now();
        let doubts = lint(engine.profiles(), &tables, None);
        let linted = began.elapsed();
        let is_said = doubts.iter().any(|doubt| doubt.code == "P084" && doubt.profile == "hostile");
        assert!(
            doubts.iter().all(|doubt| doubt.code != "P084" || doubt.profile == "hostile"),
            "{name}: blames another"
        );
        let found = witnesses(&engine, Some(&["hostile".to_owned()]));
        let sought = began.elapsed() - linted;
        let is_found = found.iter().any(|one| one.claim == Claim::NotFollowed && one.of == ["hostile"]);
        let appeared = changes(ENGINE.profiles(), engine.profiles());
        let turned = rhai.replace("item.gross_mass_kg > ", "item.gross_mass_kg >= ");
        let other = engine_with_files("hostile", &[("profile.toml", &toml), ("profile.rhai", &turned)]);
        let changed = changes(engine.profiles(), other.profiles());
        let compared = began.elapsed() - linted - sought;
        println!(
            "{name}: check {linted:.2?} {is_said}, witnesses {sought:.2?} {is_found}, {} found, diff {compared:.2?}",
            found.len()
        );
        assert!(name != "many_thresholds_and_choices" || is_said && is_found, "{name}: what was left is not said");
        assert_eq!(appeared.len(), INDICATORS, "{name}");
        assert!(changed.len() >= INDICATORS, "{name}");
        assert!(found.len() <= 3 * INDICATORS, "{name}");
    }
}
