//! Which milestones of plans are late: whose, and by how many days.

use palisander_engine::Date;
use serde::Serialize;

use super::read::{MilestoneState, Plan};

/// A milestone that is open after its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overdue {
    pub plan: String,
    /// Its place in the plan, from 1.
    pub n: usize,
    pub text: String,
    pub owner: String,
    pub due: Date,
    /// Days since the last on which it was in time.
    pub days: i32,
}

/// Milestones that are open and late on a day, the latest first.
pub fn overdue<'a>(plans: impl IntoIterator<Item = &'a Plan>, as_of: Date) -> Vec<Overdue> {
    let mut late = Vec::new();
    for plan in plans {
        for (n, own) in plan.milestones.iter().enumerate() {
            if own.state == MilestoneState::Open && own.due < as_of {
                late.push(Overdue {
                    plan: plan.id.clone(),
                    n: n + 1,
                    text: own.text.clone(),
                    owner: own.owner.clone(),
                    due: own.due,
                    days: (as_of - own.due).get_days(),
                });
            }
        }
    }
    late.sort_by(|a, b| (b.days, &a.plan, a.n).cmp(&(a.days, &b.plan, b.n)));
    late
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;

    /// F13: open milestones after their day, with owner and days; a day in time is none, nor what is done or declined.
    #[test]
    fn f13_overdue_milestones_are_told_with_their_owner_and_days() {
        let step = |text: &str, due: &str, more: &str| {
            format!("[[milestones]]\ntext = \"{text}\"\ndue = \"{due}\"\nowner = \"Unit {text}\"\n{more}\n")
        };
        let head = "id = \"p\"\nkind = \"action_plan\"\ntitle = \"t\"\nsource = \"s\"\nfunding = \"none yet\"\n[[measures]]\ntext = \"m\"\nsource = \"s\"\n";
        let text = [
            head,
            &step("a", "2026-10-31", ""),
            &step("b", "2026-11-01", ""),
            &step("c", "2025-11-01", ""),
            &step("d", "2026-01-01", "state = \"done\""),
            &step("e", "2026-01-01", "state = \"declined\"\nnote = \"no money\""),
        ]
        .concat();
        let plan = read(&text).unwrap();
        let on = |day: &str| -> Vec<(String, String, i32)> {
            overdue([&plan], day.parse().unwrap()).into_iter().map(|own| (own.text, own.owner, own.days)).collect()
        };
        let late = |text: &str, days| (text.to_owned(), format!("Unit {text}"), days);
        assert_eq!(on("2026-11-01"), [late("c", 365), late("a", 1)]);
        assert_eq!(on("2026-11-02"), [late("c", 366), late("a", 2), late("b", 1)]);
        assert_eq!(on("2025-11-01"), []);
        // What is declined says why, and every milestone has an owner.
        assert!(read(&text.replace("note = \"no money\"", "")).unwrap_err()[0].contains("milestone 5"));
        assert!(read(&text.replace("Unit b", " ")).unwrap_err()[0].contains("`owner` of milestone 2"));
    }
}
