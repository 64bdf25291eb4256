//! Readers, their groups and their keys, as entries say them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What a reader may do.
    Role {
        /// Sends his own bills and gets the lane and the documents asked for.
        Importer = "importer",
        /// Sends what he is to load and gets one of four referrals.
        Carrier = "carrier",
        /// Tells information and reads what is open to him.
        Contributor = "contributor",
        /// Works the queue and decides.
        Officer = "officer",
        /// Writes rules and sees points.
        Analyst = "analyst",
        /// Approves what analysts write.
        Publisher = "publisher",
        /// Grades and labels information.
        Handler = "handler",
        /// Looks into what officers decide.
        Integrity = "integrity",
        /// Reads the log.
        Auditor = "auditor",
        /// Adds readers, groups and keys, and reads no bill.
        Administrator = "administrator",
    }
}

words! {
    /// A person signs; two keys of one person are one signature. A machine sends and reads.
    ReaderKind { Person = "person", Machine = "machine" }
}

words! {
    /// What a group is.
    GroupKind {
        Agency = "agency",
        Unit = "unit",
        Committee = "committee",
        TaskForce = "task_force",
        Regional = "regional",
        Prosecution = "prosecution",
        Laboratory = "laboratory",
        Ngo = "ngo",
    }
}

/// A person, or a machine that acts for an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    pub id: String,
    pub name: String,
    pub kind: ReaderKind,
    pub roles: BTreeSet<Role>,
    /// Ids of his groups. Once all of them have ended he reads nothing.
    pub groups: BTreeSet<String>,
    /// The strictest label that he may read.
    pub clearance: Label,
    /// The last day on which he may ask, in UTC.
    pub expires_on: Option<Date>,
}

/// A body that belongs to a group, an office or a country and never a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub body: String,
    /// The authority that named it.
    pub nominated_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
}

/// People and machines that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub kind: GroupKind,
    /// Its last day, in UTC; nobody reads for it afterwards.
    pub ends_on: Option<Date>,
    /// Bodies that belong to it, as of a working group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// What opens the service for a reader. The key itself is known to him alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub id: String,
    pub reader: String,
    /// Hash of the key, hexadecimal digits.
    pub hash: String,
    /// Roles of the reader that it gives; all of them without a word.
    pub roles: Option<BTreeSet<Role>>,
    pub made_at: Timestamp,
    /// The last day on which it opens, in UTC.
    pub expires_on: Date,
    /// Since when it opens nothing.
    pub ended_at: Option<Timestamp>,
}

/// What a `subject_bound` entry says: whom a subject of another authority is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectBound {
    pub issuer: String,
    pub subject: String,
    /// Id of the reader; `None` = nobody any more.
    pub reader: Option<String>,
}

/// What the end of a key says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEnded {
    pub id: String,
    pub at: Timestamp,
}
