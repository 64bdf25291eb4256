//! Which fields of the views are gathered.
//!
//! In: indicators. Out: [`Wanted`], a bit for each field. A short answer rests on the tests alone: what only reasons and
//! explanations read is gathered for a full one. Not here: what a field is (`view.rs`).

use super::indicator::Indicator;
use super::native::Op;
use super::view::{View, measure};

/// Fields by view, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted([u128; View::COUNT]);

impl Wanted {
    /// Every field of every view.
    pub const ALL: Self = Self([u128::MAX; View::COUNT]);

    /// What the tests of these indicators read. Of an interpreted test it is not known: it may read all that it takes.
    pub fn by_tests(indicators: &[Indicator]) -> Self {
        let mut wanted = Self([0; View::COUNT]);
        // Without a country no measure is met, whatever its indicator says.
        wanted.add(View::Measure, 1 << measure::country.n);
        for indicator in indicators {
            match &indicator.native {
                Some(op) => op.visit(&mut |part| {
                    if let Op::Field(view, field) = part {
                        wanted.add(*view, 1 << field);
                    }
                }),
                None => indicator.takes.iter().for_each(|view| wanted.add(*view, u128::MAX)),
            }
        }
        wanted
    }

    fn add(&mut self, view: View, fields: u128) {
        if let Some(own) = self.0.get_mut(view as usize) {
            *own |= fields;
        }
    }

    /// The fields of one view.
    pub fn of(&self, view: View) -> u128 {
        self.0.get(view as usize).copied().unwrap_or(u128::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RuleSource;
    use super::super::facts::{Fill, Word};
    use super::super::load::ProfileSet;
    use super::super::value::Value;
    use super::super::view::item;
    use super::*;

    /// What only sentences say is not worked out for a short answer; what a test or the conclusion looks at is.
    #[test]
    fn what_no_test_reads_is_not_wanted() {
        let rules = ProfileSet::load(&RuleSource::default(), &|_| true).unwrap();
        let is_wanted = |(view, field): (View, usize)| rules.tested().of(view) & (1 << field) != 0;
        for op in rules.indicators.iter().filter_map(|indicator| indicator.native.as_ref()) {
            assert!(op.fields().into_iter().all(is_wanted), "{}", op.show());
        }
        assert!(is_wanted((View::Measure, measure::country.n)) && !is_wanted((View::Item, item::coverage_reason.n)));
        let mut fill = Fill::<item::V>::new(rules.tested());
        fill.put(item::verdict, Word("flag"));
        fill.put_with(item::coverage_reason, || -> &str { panic!("nobody reads it") });
        let values = fill.done();
        assert_eq!(values.get(item::verdict.n), Some(&Value::text("flag")));
        assert_eq!(values.get(item::coverage_reason.n), Some(&Value::Bool(false)));
    }
}
