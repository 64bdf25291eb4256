//! What peers see of a consignment: the fields that the thirty read, as JSON, by view and subject.
//!
//! A gap is `null`, and of a set the empty set: peers have no third answer and no reasons, so they are asked for what is met
//! alone, which is less work than ours do.

use std::collections::BTreeSet;

use palisander_engine::rules::{Facts, Kind, State, Value as Seen, View};
use serde_json::{Map, Value, json};

use crate::generated::THIRTY;
use crate::hand;
use crate::tree::{self, Field, Test};

/// The views that the thirty go over, in their order.
pub const VIEWS: [View; 5] = [View::Consignment, View::Item, View::Taxon, View::Measure, View::Document];

/// One of the thirty.
pub struct Rule {
    /// Its place among the thirty.
    pub n: usize,
    pub each: View,
    pub test: Test,
}

/// All thirty, read once.
pub fn rules() -> Vec<Rule> {
    let read = |(n, (each, _, test)): (usize, &(&str, &str, &str))| {
        let each = View::by_name(each).unwrap();
        Rule { n, each, test: tree::read(test) }
    };
    THIRTY.iter().enumerate().map(read).collect()
}

/// May the field be unknown? Peers need a guard there; a set that is unknown is empty for them.
pub fn has_gaps(field: &Field) -> bool {
    View::by_name(&field.view).and_then(|view| view.field(&field.name)).unwrap().1.may_be_unknown()
}

/// A subject of one consignment with all that a test of it may look at.
pub struct Subject {
    pub view: View,
    /// Its place among those of its view.
    pub n: usize,
    /// By view, then by field.
    pub frame: Value,
}

/// One consignment as peers see it.
pub struct Consignment {
    pub subjects: Vec<Subject>,
    /// The same for those who go over subjects themselves: `consignment`, and lists by view; a taxon tells its item's place.
    #[cfg_attr(not(feature = "regorus"), expect(dead_code, reason = "only Rego reads it"))]
    pub whole: Value,
    /// Which of the thirty are met by which subject, in order.
    pub met: Vec<(usize, usize)>,
}

impl Consignment {
    /// Of the facts that the native rules see.
    pub fn of(facts: &Facts, rules: &[Rule]) -> Self {
        let read: BTreeSet<&Field> = rules.iter().flat_map(|rule| rule.test.fields()).collect();
        let (mut subjects, mut whole) = (Vec::new(), Map::new());
        for view in VIEWS {
            let mut list = Vec::new();
            for (n, subject) in facts.of(view).iter().enumerate() {
                let frame = facts.frame(view, subject);
                let mut seen = Map::new();
                for other in [View::Consignment, View::Item, view] {
                    if frame.values(other).is_some() {
                        let own = read.iter().filter(|field| field.view == other.name());
                        let shown = own.map(|field| {
                            let (at, about) = other.field(&field.name).unwrap();
                            (field.name.clone(), shown(frame.get(other, at).unwrap(), about.kind))
                        });
                        seen.insert(other.name().to_owned(), shown.collect::<Map<_, _>>().into());
                    }
                }
                let mut own = seen[view.name()].clone();
                own["item_at"] = json!(subject.item);
                list.push(own);
                subjects.push(Subject { view, n, frame: seen.into() });
            }
            whole.insert(view.name().to_owned(), list.into());
        }
        let met = hand::evaluate(facts).into_iter().filter(|outcome| outcome.state == State::Met);
        let met = met.map(|outcome| (outcome.indicator, outcome.subject)).collect();
        Self { subjects, whole: whole.into(), met }
    }
}

fn shown(value: &Seen, kind: Kind) -> Value {
    match value {
        Seen::Unknown(_) if kind == Kind::Texts => json!([]),
        Seen::Unknown(_) => Value::Null,
        Seen::Bool(yes) => json!(yes),
        Seen::Number(number) => json!(number),
        Seen::Text(text) => json!(&**text),
        Seen::Texts(set) => set.iter().map(|member| json!(&**member)).collect(),
    }
}
