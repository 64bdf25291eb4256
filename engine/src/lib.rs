#![doc = include_str!("../README.md")]

mod alerts;
mod assess;
mod assessment;
mod codes;
mod digest;
mod evidence;
mod history;
mod inputs;
mod label;
mod manifest;
mod names;
mod parties;
mod permits;
mod profile;
mod reference;
mod sealed;
mod settle;
mod stream;
mod text;
mod words;
mod workbench;

// What callers may use, by subject. A name that is not listed here is nobody's but the engine's.

pub use assess::{Engine, EngineError, Options, Stated};
pub use assessment::Assessment;
pub use codes::{Appendix, CodeError, CountryCode, Date, HsCode, Period, Unlocode};
pub use inputs::{Input, InputError, Inputs};
pub use label::Label;
pub use sealed::SealedBills;

/// Reading: bytes of any format become a [`Manifest`](manifests::Manifest) and all faults with their place.
pub mod manifests {
    pub use crate::manifest::limits;
    pub use crate::manifest::parse::{
        Format, Mapping, Parsed, Parts, edifact_segments, guess_mapping, is_contained, json_document, read, read_with,
    };
    pub use crate::manifest::schema::schema;
    pub use crate::manifest::{
        Address, Call, Carrier, ColumnRead, Consignment, Document, DocumentKind, Equipment, Fault, Faults, Function,
        GoodsItem, InContainer, Location, Manifest, ManifestError, Moment, Money, Original, Packages, Party, PartyRole,
        Place, Places, Procedure, Quantity, ReadingSummary, Seal, Severity, Totals, TransportMeans, Unmapped,
    };
}

/// Answering many bills in order, on all cores.
pub mod bills {
    pub use crate::stream::{Handed, Left, LostBill, Scored, remember, score, score_short};
    pub use crate::workbench::trial::{Days, Judged, Named, Trial, Tried};
}

/// What an answer says; its JSON Schema.
pub mod answers {
    pub use crate::assessment::schema::schema;
    pub use crate::assessment::{
        Boxed, Container, Counts, DocumentAnswer, Editions, Goods, HistoryAnswer, Hit, MAX_GOODS_CHARS,
        MAX_GOODS_SHOWN, MAX_HITS_SHOWN, Met, NamedTaxon, PartyNamed, Ship, Short, Step, Unverifiable, bytes,
    };
    pub use crate::profile::{Floors, Lane, Lanes, Thresholds};
    pub use crate::settle::Reach;
}

/// The steps between a manifest and an answer, for those that look between them. They cannot be called out of order.
pub mod facts {
    pub use crate::evidence::wording::WordingEvidence;
    pub use crate::evidence::{Evidence, Finding, Neighbours};
    pub use crate::settle::{Gathered, Settled};

    /// Coverage by the Appendices, for one taxon and form on a day.
    pub mod listing {
        pub use crate::evidence::listing::{Coverage, Question, gather};
    }
}

/// What is remembered of earlier bills: editions of it, and what is asked of them.
pub mod past {
    pub use crate::history::{
        Booked, Draw, EarlierLots, EarlierUses, Edition, Filing, FilingNamed, GivenBack, HistoryError, Key, Ledgered,
        Opened, Openings, OtherFilings, Past, Remembered, Standing, Unavailable, acted_on, draws,
    };
}

/// Names of woods in goods texts.
pub mod woods {
    pub use crate::names::{Excluded, Mention, Method, NameIndex, NameQuery, Resolution, Verdict, resolve_line};
    pub use crate::workbench::names::{Evaluation, Figures, evaluate};
    pub use crate::workbench::ordinary::OrdinaryWords;
}

/// Permits: the register, the match of a declared document against it, the ledger of what is spent.
pub mod papers {
    pub use crate::permits::{
        Apart, Balance, Burst, BurstKind, Candidate, Change, Claim, DayBurst, Document, Endorsement, IssuerAlert,
        IssuerFound, IssuerStanding, Ledger, LedgerError, Mark, MatchContext, MemoryLedger, PermitKey, PermitKind,
        PermitMatch, Position, PresentedPermit, Problem, ProblemCode, Proposal, ProposalCounts, Register, Relation,
        RowFault, Score, Spent, Stated, Status, StatusChange, UseState, Verdict, allowance, bursts, evaluate,
        match_line, question_fields,
    };
}

/// Names of firms, people and ships: how like two of them are, and figures over labelled pairs.
pub mod people {
    pub use crate::parties::{FormRow, PartyName, SAME_PARTY, derive_forms, similarity, spoken};
    pub use crate::workbench::parties::{Counted, Half, PairFigures, Screened, evaluate, screen};
}

/// Alerts, Notifications, watch lists: records, look-up, search, and what one record changes.
pub mod notices {
    pub use crate::alerts::{
        AlertIndex, AlertIndexError, AlertLookup, AlertMatch, AlertQuestion, AlertRecord, AlertResult, AlertSearch,
        MAX_GENERAL, MAX_RESULTS, RecordCountry, RecordFault, RecordVessel, SearchContext, Vocabulary, WatchEntry,
        WatchList, WatchMatch, WatchedParty, due, library_records, read_records, shipped_records,
    };
    pub use crate::workbench::alerts::{JudgedQuery, evaluate};
    pub use crate::workbench::hunt::{Hunt, Touched, leans_on};
}

/// The reference tables.
pub mod tables {
    pub use crate::reference::{
        Certainty, Contact, ContactAgency, ControlMeans, Convention, Correspondence, Cover, DataSource, Directory,
        Duties, Duty, FindSize, FollowUp, ForeignCases, Form, Graded, Gradings, Guidance, Helper, HelperKind, Issuer,
        LabQuestion, Laboratory, Lead, Legislation, LibraryEntry, LooksAt, Material, MeansState, MeasureQuestion,
        Needs, Node, Offence, Offences, PortMeans, Power, PowerAct, Powers, Procedure, ProcedureSubject, Quality,
        Ratification, ReferenceError, References, Region, SamplingPlan, SamplingRule, SiteCheck, Skill, StorageSite,
        StorageSites, Technique, Topic, TreatyStanding, Urgency, Weekday, check, load_ordinary, load_taxa,
        load_trade_names, samples, taxon_meets,
    };
}

/// Profiles and the workbench of those who write them.
pub mod rules {
    pub use crate::profile::facts::{Facts, Filling, Values};
    pub use crate::profile::field::{Domain, Field, Kind, Table};
    pub use crate::profile::native::Op;
    pub use crate::profile::value::Value;
    pub use crate::profile::view::{View, consignment, document, item, measure, taxon};
    pub use crate::profile::{
        Indicator, MAX_POINTS, NextStep, Outcome, Profile, ProfileError, ProfileFault, ProfileSet, RuleSource,
        RuleText, State, Status, Thresholds, differing, ids_in,
    };
    pub use crate::workbench::compared::{Change, Compared, Differs, Way, changes, lane_changes};
    pub use crate::workbench::diagnostics::{Gravity, PAGES, Page, page};
    pub use crate::workbench::lint::lint;
    pub use crate::workbench::tables::Tables;
    pub use crate::workbench::{
        Altered, Claim, Cost, Covered, Evasion, Explained, Fired, Held, Learned, Means, Open, Shown, Silenced, Turn,
        Turns, Witness, allowed, by_profile, costs, coverage, definitions, evasions, explain, hold, learn, turns,
        view_reference, vocabulary, witnesses,
    };

    /// What may be written in `profile.toml`, and the helpers that scripts share.
    pub mod writing {
        pub use crate::workbench::writing::{Block, KEYS, Key, SENTENCES, Written, helpers, values};
    }

    /// Cases of profiles: manifests with the hits that they must and must not give.
    pub mod cases {
        pub use crate::workbench::cases::{CaseResult, Ran, doubts, read, run, run_all, run_of};
    }
}

/// Lines of a stream, bounded.
pub mod lines {
    pub use crate::text::lines::{Line, Lines, MAX_LINE_BYTES};
}
