//! Who may do what: one table of acts and roles. The router asks it for every route, and a test tries every cell.

use std::collections::BTreeSet;

use crate::store::Role;
use crate::words::words;

words! {
    /// Something that a reader may do.
    Act {
        /// Ask who he is.
        Me = "me",
        /// Search what everybody may read.
        Search = "search",
        /// Have bills judged.
        Assess = "assess",
        /// See one bill that was judged.
        See = "see",
        /// See all bills in the order of their urgency.
        Queue = "queue",
        /// Decide about a bill, or sign what another one decided.
        Decide = "decide",
        /// See who was drawn to examine a bill.
        Drawn = "drawn",
        /// See whose overrides are out of the ordinary.
        Patterns = "patterns",
        /// Tell what an examination found.
        Report = "report",
        /// Read what examinations found.
        Results = "results",
        /// Work on cases.
        Case = "case",
        /// Have papers verified by their issuers.
        Verify = "verify",
        /// Look up laboratories, contacts, who is on duty, guidance.
        Directory = "directory",
        /// Read reports and figures.
        Figures = "figures",
        /// Read plans of his groups.
        Plans = "plans",
        /// Write plans and say how far they have come; answer questions of reports by form.
        WritePlans = "write_plans",
        /// Have one bill with everything that its answer rests on.
        Bundle = "bundle",
        /// Tell something.
        Inform = "inform",
        /// Read what others told, as far as it is open to him.
        Informed = "informed",
        /// Go from what identifies somebody to what was told of it, and to bills.
        Link = "link",
        /// Grade and label what was told, have it act and take it back.
        Handle = "handle",
        /// Read rulesets.
        ReadRules = "read_rules",
        /// Write rulesets.
        WriteRules = "write_rules",
        /// Approve rulesets, try them, set them live and take them back.
        PublishRules = "publish_rules",
        /// Read the permit register and its changes.
        Permits = "permits",
        /// Ask what a stated paper is in the register.
        MatchPermits = "match_permits",
        /// Propose a change of the register, or sign another one's.
        ChangeRegister = "change_register",
        /// Have a consignment let through while it is watched.
        Hold = "hold",
        /// See and change readers, groups and keys.
        Administer = "administer",
        /// Have rules, tables and inputs read again.
        Reload = "reload",
        /// Read what the service counts of itself.
        Measure = "measure",
        /// Read the log and its checkpoints.
        ReadLog = "read_log",
    }
}

/// How an act that is not allowed is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 403: he may know that it exists.
    Forbidden,
    /// 404: to him there is nothing.
    Nothing,
}

/// What an answer about a bill looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// One of four referrals.
    Carrier,
    /// The lane and what is asked for.
    Importer,
    /// Reasons up to his clearance.
    Officer,
    /// The same, with what rule writers need.
    Analyst,
}

impl Audience {
    /// The widest that some roles give; `None` = to them bills do not exist.
    pub fn of(roles: &BTreeSet<Role>) -> Option<Self> {
        let of_role = |role: &Role| match role {
            Role::Carrier => Some(Self::Carrier),
            Role::Importer => Some(Self::Importer),
            Role::Officer | Role::Publisher | Role::Handler => Some(Self::Officer),
            Role::Analyst | Role::Auditor => Some(Self::Analyst),
            Role::Contributor | Role::Integrity | Role::Administrator => None,
        };
        roles.iter().filter_map(of_role).max()
    }

    /// The audience of that word.
    pub fn read(text: &str) -> Option<Self> {
        [Self::Carrier, Self::Importer, Self::Officer, Self::Analyst].into_iter().find(|own| own.as_str() == text)
    }

    /// In a word, as `GET /v1/me` says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Importer => "importer",
            Self::Officer => "officer",
            Self::Analyst => "analyst",
        }
    }
}

/// Does information exist to that role? Auditors see its entries and not what they say; administrators neither.
fn is_informed(role: Role) -> bool {
    !matches!(role, Role::Importer | Role::Auditor | Role::Administrator)
}

/// May one of these roles do it?
pub fn may(roles: &BTreeSet<Role>, act: Act) -> Result<(), Refusal> {
    let is_allowed = match act {
        Act::Me | Act::Search => !roles.is_empty(),
        Act::Assess | Act::See => Audience::of(roles).is_some(),
        Act::Queue | Act::Results | Act::Bundle | Act::Figures | Act::Directory | Act::Plans => {
            Audience::of(roles) >= Some(Audience::Officer)
        }
        Act::Decide | Act::Report | Act::Case | Act::Verify | Act::ChangeRegister => roles.contains(&Role::Officer),
        Act::Permits => roles.iter().any(|role| matches!(role, Role::Officer | Role::Analyst | Role::Auditor)),
        Act::MatchPermits => roles.contains(&Role::Officer) || roles.contains(&Role::Analyst),
        Act::Drawn => Audience::of(roles) >= Some(Audience::Officer) || roles.contains(&Role::Integrity),
        Act::Patterns => roles.contains(&Role::Integrity) || roles.contains(&Role::Auditor),
        Act::Measure => roles.contains(&Role::Administrator) || roles.contains(&Role::Auditor),
        Act::Administer | Act::Reload => roles.contains(&Role::Administrator),
        Act::ReadLog => roles.contains(&Role::Auditor),
        Act::ReadRules => roles.iter().any(|role| matches!(role, Role::Analyst | Role::Publisher | Role::Auditor)),
        Act::WriteRules | Act::WritePlans => roles.contains(&Role::Analyst) || roles.contains(&Role::Publisher),
        Act::PublishRules => roles.contains(&Role::Publisher),
        Act::Inform | Act::Informed => roles.iter().any(|role| is_informed(*role)),
        Act::Hold => roles.contains(&Role::Handler),
        Act::Handle => roles.contains(&Role::Handler) || roles.contains(&Role::Integrity),
        Act::Link => roles.iter().any(|role| is_informed(*role)) && Audience::of(roles) >= Some(Audience::Officer),
    };
    match act {
        _ if is_allowed => Ok(()),
        Act::Me | Act::Search | Act::Administer | Act::Reload | Act::Measure | Act::ReadLog => Err(Refusal::Forbidden),
        Act::ReadRules | Act::WriteRules | Act::PublishRules => Err(Refusal::Forbidden),
        // That there are holds is not told.
        Act::Hold => Err(Refusal::Nothing),
        Act::Handle | Act::Link if roles.iter().any(|role| is_informed(*role)) => Err(Refusal::Forbidden),
        Act::Inform | Act::Informed | Act::Handle | Act::Link => Err(Refusal::Nothing),
        _ if Audience::of(roles).is_none() => Err(Refusal::Nothing),
        _ => Err(Refusal::Forbidden),
    }
}

/// Roles that one reader may hold together: an administrator reads neither bills nor information, so he holds nothing
/// else.
pub fn fit_together(roles: &BTreeSet<Role>) -> Result<(), String> {
    match roles.len() {
        0 => Err("a reader has at least one role".to_owned()),
        1 => Ok(()),
        _ if roles.contains(&Role::Administrator) => {
            Err("an administrator holds no other role: who opens doors does not read what lies behind".to_owned())
        }
        _ => Ok(()),
    }
}
