//! Routes seen in cases.
//!
//! In: the nodes of a consignment's path in order. Out: the routes that it follows. Source: datasets/routes/card.toml.

use std::str::FromStr;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::{CodeError, CountryCode, Unlocode};

/// A country or a place on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// Somewhere in a country.
    Country(CountryCode),
    Place(Unlocode),
}

impl Node {
    /// The country of the node.
    pub fn country(self) -> CountryCode {
        match self {
            Self::Country(country) => country,
            Self::Place(place) => place.country(),
        }
    }

    /// A route's place is met by itself or by its country alone; a route's country by any of its places.
    fn is_met_by(self, passed: Self) -> bool {
        match (self, passed) {
            (Self::Place(own), Self::Place(passed)) => own == passed,
            _ => self.country() == passed.country(),
        }
    }
}

impl FromStr for Node {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        if text.len() == 2 { text.parse().map(Self::Country) } else { text.parse().map(Self::Place) }
    }
}

/// A way that smuggled wood took, as reported: origins, places between, destinations.
#[derive(Debug, Clone, Deserialize)]
pub struct Route {
    /// Id that never changes, whatever the row says later.
    pub id: String,
    /// Nodes in order.
    #[serde(deserialize_with = "fields::parts")]
    pub path: Vec<Node>,
    /// Taxa that took it.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// `hub`, `relay`, `loop`, `border`.
    pub risk: String,
    /// `sea`, `land`, `land and sea`.
    pub mode: String,
    pub note: String,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

impl Route {
    /// How many nodes of the route the path meets in order, from the first on.
    pub fn nodes_met(&self, passed: &[Node]) -> usize {
        let mut left = passed.iter();
        self.path.iter().take_while(|node| left.any(|passed| node.is_met_by(*passed))).count()
    }
}

/// A route that a path follows.
#[derive(Debug, Clone, Copy)]
pub struct FollowedRoute<'a> {
    pub route: &'a Route,
    /// All its nodes were met; otherwise all but the last.
    pub complete: bool,
}

/// The routes reported.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    rows: Vec<Route>,
    /// Rows by the country of their first node, in the order of the table: no route is followed without its beginning.
    by_start: FxHashMap<CountryCode, Vec<usize>>,
}

impl Routes {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Route> = fields::rows(source, "routes", faults)?;
        let mut by_start: FxHashMap<CountryCode, Vec<usize>> = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            if let Some(first) = row.path.first() {
                by_start.entry(first.country()).or_default().push(n);
            }
        }
        Ok(Self { rows, by_start })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Route] {
        &self.rows
    }

    /// The routes that a path follows: all nodes in order, or (of three and more) all but the last.
    pub fn followed<'a>(&'a self, passed: &[Node]) -> Vec<FollowedRoute<'a>> {
        let starts = passed.iter().filter_map(|node| self.by_start.get(&node.country()));
        let mut rows: Vec<usize> = starts.flatten().copied().collect();
        rows.sort_unstable();
        rows.dedup();
        let rows = rows.into_iter().filter_map(|n| self.rows.get(n)).filter_map(|route| {
            let (met, n) = (route.nodes_met(passed), route.path.len());
            (met == n || n >= 3 && met + 1 == n).then_some(FollowedRoute { route, complete: met == n })
        });
        rows.collect()
    }
}
