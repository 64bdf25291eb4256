//! How much may be looked at before what is not proven yet is left unproven.
//!
//! In: steps as they are taken. Out: whether some are left. A test whose choices multiply would otherwise keep a desk busy for as
//! long as its writer likes. A step is about one comparison of two values; counts, not clocks, so that the same rules are told the
//! same on every machine. Not here: what is looked at (`ways.rs`, `implied.rs`).

use std::cell::Cell;

use crate::profile::native::Op;
use crate::profile::value::Value;

/// Bytes of a text that are compared in one step.
const BYTES_A_STEP: usize = 32;

/// Steps that are left, of this and of whatever it is a part of.
#[derive(Debug)]
pub(super) struct Effort<'e> {
    left: Cell<usize>,
    /// It, or a part of it, was not enough.
    is_short: Cell<bool>,
    whole: Option<&'e Effort<'e>>,
}

impl<'e> Effort<'e> {
    pub(super) fn of(steps: usize) -> Self {
        Self { left: Cell::new(steps), is_short: Cell::new(false), whole: None }
    }

    /// No more than `steps` of it.
    pub(super) fn part(&'e self, steps: usize) -> Self {
        Self { left: Cell::new(steps), is_short: Cell::new(false), whole: Some(self) }
    }

    /// Takes that many steps; false when they are more than were left.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let had = self.left.get();
        self.left.set(had.saturating_sub(steps));
        if had < steps {
            self.falls_short();
        }
        let of_whole = self.whole.is_none_or(|whole| whole.spend(steps));
        of_whole && had >= steps
    }

    fn falls_short(&self) {
        self.is_short.set(true);
        if let Some(whole) = self.whole {
            whole.falls_short();
        }
    }

    /// Was it, or a part of it, not enough? Then something was left unproven.
    pub(super) fn was_short(&self) -> bool {
        self.is_short.get()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0 || self.whole.is_some_and(Self::is_spent)
    }
}

/// Steps that it takes to hold a test against one that is the same.
pub(super) fn weight(op: &Op) -> usize {
    let of_text = |text: &str| 1 + text.len() / BYTES_A_STEP;
    let mut steps = 0;
    op.visit(&mut |part| {
        steps += match part {
            Op::Constant(Value::Text(text)) => of_text(text),
            Op::Constant(Value::Texts(set)) => 1 + set.iter().map(|text| of_text(text)).sum::<usize>(),
            _ => 1,
        }
    });
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_takes_from_the_whole_and_ends_with_it() {
        let whole = Effort::of(10);
        let part = whole.part(8);
        assert!(part.spend(5) && !part.is_spent());
        assert!(!part.spend(4), "four are more than the three that are left");
        assert!(part.is_spent() && !whole.is_spent() && whole.was_short(), "whatever was left is said");
        let other = whole.part(100);
        assert!(!other.spend(2), "the whole has one left");
        assert!(other.is_spent() && whole.is_spent());
    }
}
