//! Means of control at ports: scanners, dogs, trained officers.
//!
//! In: nothing. Out: rows. Not here: which means is taken. Source: datasets/control-methods/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::{self, Confidence};
use crate::words::words;

words! {
    /// A means of control.
    pub enum ControlMeans {
        /// Drives through a scanner.
        Scanner = "scanner",
        /// X-ray of pieces and packages.
        XRay = "x_ray",
        Dogs = "dogs",
        /// Officers trained to open and to tell woods apart.
        TrainedOfficers = "trained_officers",
        /// A device in the hand of an officer.
        Handheld = "handheld",
    }
}

words! {
    /// Whether a means works.
    pub enum MeansState {
        Up = "up",
        Down = "down",
    }
}

/// A means at a port.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PortMeans {
    /// UN/LOCODE of the port.
    pub locode: String,
    pub means: ControlMeans,
    /// How many there are.
    pub units: u32,
    /// Containers that all of them do in a day.
    pub per_day: u32,
    pub state: MeansState,
    #[serde(deserialize_with = "fields::flag")]
    pub invented: bool,
    pub confidence: Confidence,
}
