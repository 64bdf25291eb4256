//! Customs of the world: what they open, what they find, and when the result is known, if ever; first reports are sometimes
//! wrong and corrected by a final one.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::bill::{Bill, Label};
use crate::random::{Random, Seeds};
use crate::world::World;

/// One report about one examination.
#[derive(Debug, Clone, Serialize)]
pub struct ResultLine {
    pub consignment: String,
    pub manifest: String,
    pub port: String,
    pub examined_on: Date,
    pub reported_on: Date,
    /// `preliminary` or `final`; only final ones count in figures.
    pub state: &'static str,
    /// `found` or `nothing`.
    pub result: &'static str,
    /// Codes of what led to it (B15): information, profile, scan, routine, operation, random.
    pub detected_by: Vec<&'static str>,
}

/// Results on their way.
#[derive(Debug, Default)]
pub struct Customs {
    due: BTreeMap<Date, Vec<(ResultLine, Option<usize>)>>,
    /// Examinations, and those whose result is never told.
    pub n_opened: u64,
    pub n_untold: u64,
}

impl Customs {
    /// Looks at a bill that arrived; what is found is told on a later day.
    pub fn look(&mut self, world: &World, seeds: &Seeds, bill: &Bill, manifest: &str, label: &Label, on: Date) {
        let mut random = seeds.stream("customs", Seeds::number(&bill.bill_of_lading));
        let random = &mut random;
        let visible = world.methods.iter().find(|method| method.id == label.method && label.is_planted());
        let wood = matches!(label.made, "timber" | "planted" | "twin");
        let by_chance = random.chance(world.setting("opened_random"));
        let by_wood = wood && random.chance(world.setting("opened_timber"));
        let by_sight = visible.is_some_and(|method| random.chance(method.visible));
        if !(by_chance || by_wood || by_sight) {
            return;
        }
        self.n_opened += 1;
        if random.chance(world.setting("result_missing")) {
            self.n_untold += 1;
            return;
        }
        let found = label.is_planted() && random.chance(world.setting("found_if_opened"));
        let mut detected_by = Vec::new();
        for (code, so) in [("random", by_chance), ("routine", by_wood), ("profile", by_sight)] {
            if so {
                detected_by.push(code);
            }
        }
        if found && random.chance(0.3) {
            detected_by.push("scan");
        }
        let told = |found: bool| if found { "found" } else { "nothing" };
        let wrong = random.chance(world.setting("result_wrong"));
        let days = self.days(world, random);
        let first = ResultLine {
            consignment: bill.bill_of_lading.clone(),
            manifest: manifest.to_owned(),
            port: bill.places.discharge.clone(),
            examined_on: on,
            reported_on: on.saturating_add(days.days()),
            state: if wrong { "preliminary" } else { "final" },
            result: told(found != wrong),
            detected_by,
        };
        let ring = label.ring.filter(|_| found && !wrong);
        if wrong {
            let more = self.days(world, random);
            let reported_on = first.reported_on.saturating_add(more.days());
            let last = ResultLine { reported_on, state: "final", result: told(found), ..first.clone() };
            self.due.entry(reported_on).or_default().push((last, label.ring.filter(|_| found)));
        }
        self.due.entry(first.reported_on).or_default().push((first, ring));
    }

    /// Days until a report: exponential, so that some take very long; at most half a year, which bounds what is kept.
    fn days(&self, world: &World, random: &mut Random) -> i64 {
        let mean = world.setting("result_days");
        ((-mean * (1.0 - random.unit()).ln()).ceil() as i64).clamp(1, 183)
    }

    /// Reports of a day, with the ring that learns of a find.
    pub fn due(&mut self, on: Date) -> Vec<(ResultLine, Option<usize>)> {
        let later = self.due.split_off(&on.saturating_add(1.day()));
        let due = std::mem::replace(&mut self.due, later);
        due.into_values().flatten().collect()
    }

    /// Reports that are still on their way.
    pub fn n_waiting(&self) -> usize {
        self.due.values().map(Vec::len).sum()
    }
}
