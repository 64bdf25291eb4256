//! What the workbench says of a rule, at a glance: a script, and the codes of what is wrong with it.

use super::diagnostics::{Gravity, page};

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
