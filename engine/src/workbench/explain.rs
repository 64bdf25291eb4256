//! Why each indicator is met, not met or open for one consignment.

use serde::Serialize;

use super::turns::missing;
use crate::assess::Engine;
use crate::profile::Facts;
use crate::profile::native::Op;
use crate::profile::value::Value as Fact;

/// Every indicator with how it came out for each of its subjects, clause by clause.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    pub profile: String,
    pub indicator: String,
    /// What it looks at.
    pub each: &'static str,
    /// Number of the subject.
    pub subject: usize,
    /// `met`, `not met`, `unverifiable`, `failed`.
    pub state: &'static str,
    /// Clauses and their values; those that decided come first.
    pub clauses: Vec<(String, String)>,
    /// The one clause that does not hold while all others do: it is nearly met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// What would settle it.
    pub settled_by: String,
}

/// Explains every indicator over the facts.
pub fn explain(engine: &Engine, facts: &Facts) -> Vec<Explained> {
    let mut explained = Vec::new();
    for indicator in &engine.profiles().indicators {
        let profile = engine.profiles().profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default();
        for (n, subject) in facts.of(indicator.each).iter().enumerate() {
            let frame = facts.frame(indicator.each, subject);
            let value = engine.profiles().test(indicator, facts, subject);
            let state = match &value {
                Ok(Fact::Bool(true)) => "met",
                Ok(Fact::Unknown(_)) => "unverifiable",
                Ok(_) => "not met",
                Err(_) => "failed",
            };
            let mut clauses = Vec::new();
            if let Some(op) = &indicator.native {
                let parts: &[Op] = match op {
                    Op::And(parts) | Op::Or(parts) => parts,
                    other => std::slice::from_ref(other),
                };
                for part in parts {
                    let mut shown = part.value(&frame).show();
                    for (view, field) in part.fields() {
                        let name = view.fields().get(field).map_or("", |f| f.name);
                        shown.push_str(&format!("; {}.{name} = {}", view.name(), frame.value(view, field).show()));
                    }
                    clauses.push((part.show(), shown));
                }
            } else if let Err(why) = &value {
                clauses.push(("the script".to_owned(), why.clone()));
            }
            explained.push(Explained {
                profile: profile.clone(),
                indicator: indicator.name.clone(),
                each: indicator.each.name(),
                subject: n,
                state,
                clauses,
                lacks: missing(facts, indicator, n).map(Op::show),
                settled_by: indicator.settled_by.fill(&frame),
            });
        }
    }
    explained
}
