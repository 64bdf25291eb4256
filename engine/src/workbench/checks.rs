//! What the workbench says of a rule, at a glance: a script, and the codes of what is wrong with it.

use super::diagnostics::{Gravity, page};
use crate::profile::native::Op;
use crate::profile::{ProfileSet, RuleSource, RuleText};

/// Tests over an item, as a rule writer writes them.
pub(super) fn tests(written: &[&str]) -> Vec<Op> {
    let script: String =
        written.iter().enumerate().map(|(n, test)| format!("/// T.\nfn t{n}(item) {{ {test} }}\n")).collect();
    let one =
        |n| format!("[[indicators]]\nname = \"t{n}\"\neach = \"item\"\npoints = 1\ngroup = \"g\"\nreason = \"r\"\n");
    let head = "id = \"p\"\nuuid = \"8c0d7c52-1f3f-4c8e-9d7e-0c5b7f6f2a11\"\ntitle = \"T\"\nowner = \"o\"\nstatus = \"test\"\n\
        version = 1\nreview_by = \"2090-01-01\"\neffective_from = \"2020-01-01\"\ngenera = []\nwhy = \"w\"\nsources = [\"CITES Art. III\"]\n\
        innocent_explanations = [\"e\"]\n";
    let toml = format!("{head}{}", (0..written.len()).map(one).collect::<String>());
    let texts = [("p/profile.toml", toml), ("p/profile.rhai", script)];
    let texts = texts.map(|(path, text)| RuleText { path: path.to_owned(), text }).to_vec();
    let set = ProfileSet::load(&RuleSource { texts, ..RuleSource::default() }, &|_| true).unwrap();
    let own = |n: usize| set.indicators.iter().find(|own| own.name == format!("t{n}"));
    let native = |n: usize| own(n).and_then(|own| own.native.clone());
    (0..written.len()).map(|n| native(n).unwrap_or_else(|| panic!("{}: {:?}", written[n], set.faults))).collect()
}

#[test]
fn codes_have_pages() {
    let check = |code: &str, gravity: Option<Gravity>| {
        assert_eq!(page(code).map(|page| page.gravity), gravity, "{code}");
    };
    check("P001", Some(Gravity::Error));
    check("p040", Some(Gravity::Warning));
    check("P051", Some(Gravity::Note));
    check("P999", None);
}
