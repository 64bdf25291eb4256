//! Which means of control to take at a port, and what a port cannot do in a day.
//!
//! In: the means of a port and whether they work; a number of containers. Out: the order in which to take them, what falls back when one
//! is down, and containers for which there is none. None is left out: what no means does waits and is named.

use palisander_engine::tables::{ControlMeans, MeansState, PortMeans, References};
use serde::Serialize;

/// From the means that takes the most containers to the one that takes the fewest and sees the most.
const ORDER: &[ControlMeans] = &[
    ControlMeans::Scanner,
    ControlMeans::XRay,
    ControlMeans::Dogs,
    ControlMeans::TrainedOfficers,
    ControlMeans::Handheld,
];

/// What to take for one container.
#[derive(Debug, Clone, Serialize)]
pub struct Recommended<'a> {
    /// None where nothing works, or nothing is known of the port: it is opened by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<&'a PortMeans>,
    /// Means that would come first and are down.
    pub down: Vec<ControlMeans>,
    pub says: String,
}

/// Means of a port, in the order in which they are taken.
fn at<'a>(tables: &'a References, locode: &str) -> Vec<&'a PortMeans> {
    let mut own: Vec<&PortMeans> = tables.directory.means.iter().filter(|row| row.locode == locode).collect();
    own.sort_by_key(|row| ORDER.iter().position(|means| *means == row.means));
    own
}

/// The means to take first at a port; where it is down, the next.
pub fn recommended<'a>(tables: &'a References, locode: &str) -> Recommended<'a> {
    let own = at(tables, locode);
    let means = own.iter().copied().find(|row| works(row));
    let down: Vec<ControlMeans> = own.iter().take_while(|row| !works(row)).map(|row| row.means).collect();
    let after = if down.is_empty() {
        String::new()
    } else {
        format!(" ({} down)", down.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", "))
    };
    let says = match means {
        Some(row) => format!("{locode}: {}{after}", row.means),
        None => format!("{locode}: no means is known to work{after}; open it by hand, with a second officer"),
    };
    Recommended { means, down, says }
}

fn works(row: &PortMeans) -> bool {
    row.state == MeansState::Up && row.units > 0
}

/// What a port does with the containers of a day.
#[derive(Debug, Clone, Serialize)]
pub struct Planned {
    pub locode: String,
    pub containers: u32,
    /// By means, as far as each goes.
    pub done: Vec<(ControlMeans, u32)>,
    /// Those for which nothing is left today: they wait, and none is let go for it.
    pub waiting: u32,
    /// What the port would need: means that are down or not there.
    pub lacks: Vec<ControlMeans>,
}

/// How the containers of a day are shared among the means of a port; what is over is told.
pub fn planned(tables: &References, locode: &str, containers: u32) -> Planned {
    let own = at(tables, locode);
    let (mut left, mut done) = (containers, Vec::new());
    for row in own.iter().filter(|row| works(row)) {
        let taken = row.per_day.min(left);
        left -= taken;
        done.push((row.means, taken));
    }
    let has = |means: ControlMeans| own.iter().any(|row| row.means == means && works(row));
    let lacks = ORDER.iter().copied().filter(|means| !has(*means) && *means != ControlMeans::Handheld).collect();
    Planned { locode: locode.to_owned(), containers, done, waiting: left, lacks }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use palisander_engine::tables::DataSource;
    use proptest::prelude::*;

    use super::*;

    static TABLES: LazyLock<References> = LazyLock::new(|| References::load(&DataSource::Embedded).unwrap());

    #[test]
    fn b06_the_means_falls_back_when_the_scanner_is_down() {
        let first = |locode: &str| recommended(&TABLES, locode).means.map(|row| row.means);
        assert_eq!(first("KEMBA"), Some(ControlMeans::Scanner));
        assert_eq!(first("MGTMM"), Some(ControlMeans::Dogs), "its scanner is down");
        assert!(recommended(&TABLES, "MGTMM").says.contains("scanner down"));
        let mut tables = TABLES.clone();
        for row in &mut tables.directory.means {
            row.state = MeansState::Down;
        }
        let nothing = recommended(&tables, "KEMBA");
        assert!(nothing.means.is_none() && nothing.says.contains("by hand"), "{}", nothing.says);
        assert!(recommended(&TABLES, "XXXXX").says.contains("by hand"), "a port of which nothing is known");
    }

    #[test]
    fn b08_what_a_port_cannot_do_in_a_day_is_listed() {
        let day = planned(&TABLES, "MGTMM", 20);
        assert_eq!(day.done, [(ControlMeans::Dogs, 8), (ControlMeans::TrainedOfficers, 4)]);
        assert_eq!((day.waiting, day.lacks.as_slice()), (8, [ControlMeans::Scanner, ControlMeans::XRay].as_slice()));
        assert_eq!(planned(&TABLES, "XXXXX", 3).waiting, 3);
    }

    proptest! {
        // Each case copies all tables.
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whatever works and however many come: each container is done or waits.
        #[test]
        fn b08_no_consignment_is_lost(containers in 0_u32..100_000, up in proptest::collection::vec(any::<bool>(), 40)) {
            let mut tables = TABLES.clone();
            for (row, is_up) in tables.directory.means.iter_mut().zip(up.iter().cycle()) {
                row.state = if *is_up { MeansState::Up } else { MeansState::Down };
            }
            for locode in ["KEMBA", "MGTMM", "SGSIN", "TZDAR", "XXXXX"] {
                let day = planned(&tables, locode, containers);
                let done: u32 = day.done.iter().map(|(_, n)| n).sum();
                prop_assert_eq!(done + day.waiting, containers);
            }
        }
    }
}
