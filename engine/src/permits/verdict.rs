//! What is wrong with a presented document, given the document of the register that it claims to be.
//!
//! In: both, their comparison, the facts, ledger and alerts. Out: a verdict and every problem with the two values that
//! met. The verdict says consistent, inconsistent or unverifiable; it never says that a paper is false.
//! Sources: Resolution Conf. 12.3; CITES CoP17 Doc. 25 para. 44 and Annex 2.

use serde::{Deserialize, Serialize};

use super::compare::{Comparison, Prepared};
use super::document::{Document, PermitKind, Position, Status};
use super::number::Relation;
use super::party::SAME_PARTY;
use super::quantity;
use super::register::MatchContext;
use crate::codes::{Appendix, CountryCode, Date, Period};
use crate::reference::{Issuer, References, genus_of};

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Number and every field compared agree with the register.
    Consistent,
    /// Something contradicts the register or the rules.
    Inconsistent,
    /// The register cannot say.
    Unverifiable,
}

/// What can be wrong with a document. In the order in which problems are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No register covers the issuing country.
    RegisterUnavailable,
    /// The number is not in the register.
    NotFound,
    /// A near number of the register agrees in the other fields.
    NumberAltered,
    /// The register marks it reported false.
    ReportedFalse,
    /// The register marks it lost or stolen.
    LostOrStolen,
    /// The register marks it cancelled.
    Cancelled,
    /// It was used before, or for another transport document.
    Reused,
    /// Nothing is left on it.
    QuantityExhausted,
    /// The goods exceed it, or what is left on it.
    QuantityExceeded,
    /// The two quantities cannot be compared, or the unit hides the volume.
    UnitMismatch,
    /// Its validity had ended.
    Expired,
    /// Its validity had not begun.
    NotYetValid,
    /// Its validity is longer than the rule allows.
    ValidityTooLong,
    /// It was issued after the goods had left.
    IssuedAfterDeparture,
    /// It was issued after the goods had left, and says so.
    Retrospective,
    /// It is not the document that the register holds or that the flow needs.
    WrongType,
    /// The issuer was not a designated Management Authority on that day.
    IssuerNotDesignated,
    /// The issuer is under an alert.
    IssuerUnderAlert,
    /// Holder or importer is another.
    HolderMismatch,
    /// The goods are of another taxon.
    TaxonMismatch,
    /// The goods are of another origin.
    OriginMismatch,
    /// The source code cannot be.
    SourceImplausible,
    /// The purpose is not allowed for the Appendix.
    PurposeForbidden,
    /// A date on the paper is another than in the register.
    DateMismatch,
}

impl ProblemCode {
    /// Every code, in order.
    pub const ALL: [Self; 24] = [
        Self::RegisterUnavailable,
        Self::NotFound,
        Self::NumberAltered,
        Self::ReportedFalse,
        Self::LostOrStolen,
        Self::Cancelled,
        Self::Reused,
        Self::QuantityExhausted,
        Self::QuantityExceeded,
        Self::UnitMismatch,
        Self::Expired,
        Self::NotYetValid,
        Self::ValidityTooLong,
        Self::IssuedAfterDeparture,
        Self::Retrospective,
        Self::WrongType,
        Self::IssuerNotDesignated,
        Self::IssuerUnderAlert,
        Self::HolderMismatch,
        Self::TaxonMismatch,
        Self::OriginMismatch,
        Self::SourceImplausible,
        Self::PurposeForbidden,
        Self::DateMismatch,
    ];

    /// As written in answers and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegisterUnavailable => "register_unavailable",
            Self::NotFound => "not_found",
            Self::NumberAltered => "number_altered",
            Self::ReportedFalse => "reported_false",
            Self::LostOrStolen => "lost_or_stolen",
            Self::Cancelled => "cancelled",
            Self::Reused => "reused",
            Self::QuantityExhausted => "quantity_exhausted",
            Self::QuantityExceeded => "quantity_exceeded",
            Self::UnitMismatch => "unit_mismatch",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::ValidityTooLong => "validity_too_long",
            Self::IssuedAfterDeparture => "issued_after_departure",
            Self::Retrospective => "retrospective",
            Self::WrongType => "wrong_type",
            Self::IssuerNotDesignated => "issuer_not_designated",
            Self::IssuerUnderAlert => "issuer_under_alert",
            Self::HolderMismatch => "holder_mismatch",
            Self::TaxonMismatch => "taxon_mismatch",
            Self::OriginMismatch => "origin_mismatch",
            Self::SourceImplausible => "source_implausible",
            Self::PurposeForbidden => "purpose_forbidden",
            Self::DateMismatch => "date_mismatch",
        }
    }
}

/// One problem with the two values that met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What.
    pub code: ProblemCode,
    /// Value on the paper or of the goods.
    pub declared: String,
    /// Value of the register or the rule.
    pub registered: String,
    /// In words.
    pub why: String,
}

/// An issuer whose documents are to be asked about, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IssuerAlert {
    /// Country of the issuer.
    pub country: Option<CountryCode>,
    /// Authority or office; `None` = every issuer of the country.
    pub authority: Option<String>,
    /// Signatory; `None` = every one.
    pub signatory: Option<String>,
    /// Days of issue that the alert is about.
    pub issued: Period,
    /// Where the alert stands.
    pub source: String,
}

/// Gathers problems.
pub(super) struct Judge<'a> {
    pub(super) asked: &'a Prepared<'a>,
    pub(super) document: &'a Document,
    pub(super) references: &'a References,
    problems: Vec<Problem>,
}

impl Judge<'_> {
    pub(super) fn add(&mut self, code: ProblemCode, declared: impl ToString, registered: impl ToString, why: &str) {
        self.problems.push(Problem {
            code,
            declared: declared.to_string(),
            registered: registered.to_string(),
            why: why.to_owned(),
        });
    }
}

/// Judges a presented document against the document of the register.
pub(super) fn judge(
    asked: &Prepared<'_>,
    document: &Document,
    comparison: &Comparison,
    context: &MatchContext<'_>,
) -> (Verdict, Vec<Problem>) {
    let mut judge = Judge { asked, document, references: context.references, problems: Vec::new() };
    if comparison.relation == Some(Relation::Near) {
        let declared = asked.presented.number.unwrap_or_default();
        judge.add(
            ProblemCode::NumberAltered,
            declared,
            &document.number,
            "the other fields agree with this number of the register",
        );
    }
    status(&mut judge);
    quantity::judge(&mut judge, context.ledger);
    dates(&mut judge);
    kind(&mut judge);
    issuer(&mut judge, context.issuer_alerts);
    parties(&mut judge, comparison);
    goods(&mut judge, comparison);
    codes(&mut judge);
    let mut problems = judge.problems;
    problems.sort_by(|a, b| (a.code, &a.declared).cmp(&(b.code, &b.declared)));
    problems.dedup_by(|a, b| a.code == b.code && a.declared == b.declared && a.registered == b.registered);
    let support = comparison.support();
    let verdict = match problems.is_empty() {
        false => Verdict::Inconsistent,
        // A number alone confirms nothing.
        true if support.agree == 0 => Verdict::Unverifiable,
        true => Verdict::Consistent,
    };
    (verdict, problems)
}

fn status(judge: &mut Judge<'_>) {
    let status = judge.document.status;
    let (code, why) = match status {
        Status::Cancelled => (ProblemCode::Cancelled, "the issuer cancelled it"),
        Status::LostOrStolen => (ProblemCode::LostOrStolen, "it was reported lost or stolen"),
        Status::ReportedFalse => (ProblemCode::ReportedFalse, "it was reported false"),
        Status::Used => (ProblemCode::Reused, "the register marks it used; a document is valid for one consignment"),
        Status::Exhausted => (ProblemCode::QuantityExhausted, "the register marks it used up"),
        Status::Issued | Status::Endorsed | Status::Presented => return,
    };
    let number = judge.asked.presented.number.unwrap_or_default();
    judge.add(code, number, status.as_str(), why);
}

/// The day after `months` months.
fn months_after(day: Date, months: i32) -> Option<Date> {
    use jiff::ToSpan;
    day.checked_add(months.months()).ok()
}

fn dates(judge: &mut Judge<'_>) {
    let presented = judge.asked.presented;
    let document = judge.document;
    let issued = document.issued_on.or(presented.issued_on);
    let expires = document.expires_on.or(presented.expires_on);
    for (declared, registered, which) in [
        (presented.issued_on, document.issued_on, "day of issue"),
        (presented.expires_on, document.expires_on, "last day of validity"),
    ] {
        let extended =
            which == "last day of validity" && document.extended_to.is_some() && declared == document.extended_to;
        if let (Some(declared), Some(registered)) = (declared, registered)
            && declared != registered
            && !extended
        {
            judge.add(ProblemCode::DateMismatch, declared, registered, &format!("the {which} on the paper is another"));
        }
    }
    let last_day = extended_to(judge, expires).or(expires);
    let limit = document.kind.longest_validity_months();
    if let (Some(issued), Some(expires), Some(months)) = (issued, expires, limit)
        && months_after(issued, months).is_some_and(|longest| expires > longest)
    {
        let why = format!("valid longer than the {months} months that a document of this type may be");
        judge.add(ProblemCode::ValidityTooLong, format!("{issued} to {expires}"), format!("{months} months"), &why);
    }
    let Some((day, which)) = presented.judged_on() else { return };
    if let Some(last_day) = last_day.filter(|last| day > *last) {
        // An extension that only the paper tells is no extension.
        let told = presented.claims_extension() && document.extended_to.is_none();
        let and = if told { "; the register holds no extension" } else { "" };
        judge.add(ProblemCode::Expired, day, last_day, &format!("it had expired at {which}{and}"));
    }
    let Some(issued) = issued.filter(|issued| day < *issued) else { return };
    if presented.departed_on.is_none() {
        return judge.add(ProblemCode::NotYetValid, day, issued, &format!("it was not issued yet at {which}"));
    }
    let appendix_one = document.positions.iter().any(|position| position.appendix == Some(Appendix::I));
    let said = document.retrospective || presented.claims_retrospective();
    if said {
        let why = if appendix_one {
            "issued after the goods had left; for Appendix I never allowed"
        } else {
            "issued after the goods had left and says so: allowed in stated exceptional cases only"
        };
        judge.add(ProblemCode::Retrospective, day, issued, why);
    }
    if !said || appendix_one {
        judge.add(ProblemCode::IssuedAfterDeparture, day, issued, "issued after the goods had left");
    }
}

/// Last day after a timber extension: wood of Appendix II or III in log, sawn or veneer, once, six months at most, the
/// goods being in the final port before the document expired.
fn extended_to(judge: &Judge<'_>, expires: Option<Date>) -> Option<Date> {
    let (document, presented) = (judge.document, judge.asked.presented);
    let registered = document.extended_to?;
    let expires = expires?;
    let wood = |position: &Position| {
        position.appendix != Some(Appendix::I)
            && position.term.as_deref().is_none_or(|term| matches!(term, "LOG" | "SAW" | "TIM" | "VEN"))
    };
    let in_port_in_time = presented.arrives_on.is_none_or(|arrives| arrives <= expires);
    let allowed = document.positions.iter().all(wood)
        && in_port_in_time
        && months_after(expires, 6).is_some_and(|longest| registered <= longest);
    allowed.then_some(registered)
}

fn kind(judge: &mut Judge<'_>) {
    let document = judge.document;
    let declared = judge.asked.presented.kind.and_then(|kind| kind.parse::<PermitKind>().ok());
    if let Some(declared) = declared.filter(|declared| {
        *declared != document.kind && *declared != PermitKind::Other && document.kind != PermitKind::Other
    }) {
        judge.add(
            ProblemCode::WrongType,
            declared.as_str(),
            document.kind.as_str(),
            "the register holds another type of document",
        );
    }
    let at = document.country_of_export.or(document.issuing_country);
    let (mut own, mut foreign, mut not_third) = (false, false, false);
    for position in &document.positions {
        let origin = position.origin.filter(|origin| origin.is_known());
        own |= origin.is_some() && origin == at;
        foreign |= origin.is_some() && at.is_some() && origin != at;
        not_third |= position.appendix.is_some_and(|appendix| appendix != Appendix::III);
    }
    let shown = |country: Option<CountryCode>| country.map_or_else(String::new, |country| country.to_string());
    match document.kind {
        PermitKind::ReExport if own && !foreign => {
            judge.add(
                ProblemCode::WrongType,
                "re-export",
                shown(at),
                "a re-export certificate for wood of the exporting State itself",
            );
        }
        PermitKind::Export if foreign && !own => {
            judge.add(
                ProblemCode::WrongType,
                "export",
                shown(at),
                "an export permit for wood of another State, where a re-export certificate is due",
            );
        }
        PermitKind::Origin if not_third => {
            judge.add(
                ProblemCode::WrongType,
                "origin",
                "Appendix III",
                "a certificate of origin serves Appendix III only",
            );
        }
        _ => {}
    }
}

fn issuer(judge: &mut Judge<'_>, alerts: &[IssuerAlert]) {
    let (document, presented) = (judge.document, judge.asked.presented);
    let day = document.issued_on.or(presented.issued_on).or(presented.judged_on().map(|(day, _)| day));
    let country = document.issuing_country.or(presented.issuing_country);
    let names = [presented.issuing_authority, document.issuing_authority.as_deref()];
    if let (Some(country), Some(day)) = (country, day) {
        for name in names.into_iter().flatten() {
            match judge.references.authorities.issuer(country, name, day) {
                Issuer::Designated(..) | Issuer::NoneHeld => {}
                Issuer::NotOnThatDay(authority, _) => {
                    let why = format!("it was not designated to issue on {day}");
                    judge.add(ProblemCode::IssuerNotDesignated, name, &authority.name, &why);
                }
                Issuer::Unknown(nearest) => {
                    let nearest =
                        nearest.map_or_else(String::new, |(row, likeness)| format!("{} ({likeness:.2})", row.name));
                    let why = format!("no designated authority of {country} has this name");
                    judge.add(ProblemCode::IssuerNotDesignated, name, nearest, &why);
                }
            }
        }
    }
    for alert in alerts {
        let of_country = alert.country.is_none_or(|own| Some(own) == country);
        let of_authority = alert.authority.as_deref().is_none_or(|own| {
            names
                .into_iter()
                .flatten()
                .any(|name| strsim::jaro_winkler(&own.to_lowercase(), &name.to_lowercase()) >= 0.92)
        });
        let of_signatory = alert.signatory.as_deref().is_none_or(|own| {
            document
                .signatory
                .as_deref()
                .is_some_and(|name| strsim::jaro_winkler(&own.to_lowercase(), &name.to_lowercase()) >= 0.92)
        });
        let said = alert.country.is_some() || alert.authority.is_some() || alert.signatory.is_some();
        if said && of_country && of_authority && of_signatory && day.is_none_or(|day| alert.issued.contains(day)) {
            let name = document.issuing_authority.clone().or(presented.issuing_authority.map(str::to_owned));
            judge.add(
                ProblemCode::IssuerUnderAlert,
                name.unwrap_or_default(),
                &alert.source,
                "documents of this issuer and time are under an alert",
            );
        }
    }
}

fn parties(judge: &mut Judge<'_>, comparison: &Comparison) {
    let (document, presented) = (judge.document, judge.asked.presented);
    for (field, declared, registered) in
        [("holder", presented.holder, &document.exporter), ("importer", presented.importer, &document.importer)]
    {
        if let Some(similarity) = comparison.field(field).filter(|similarity| *similarity < SAME_PARTY) {
            let registered = registered.clone().unwrap_or_default();
            let why = format!("the {field} is another (likeness {similarity:.2})");
            judge.add(ProblemCode::HolderMismatch, declared.unwrap_or_default(), registered, &why);
        }
    }
}

fn goods(judge: &mut Judge<'_>, comparison: &Comparison) {
    let (document, presented) = (judge.document, judge.asked.presented);
    let registered = |pick: fn(&Position) -> Option<String>| {
        let mut values: Vec<String> = document.positions.iter().filter_map(pick).collect();
        values.dedup();
        values.join(" | ")
    };
    // Every taxon of the goods must be on the document, not only the best one.
    for taxon in &judge.asked.taxa {
        let best = document
            .positions
            .iter()
            .map(|position| super::compare::taxon_similarity(taxon, &position.taxon, judge.references))
            .fold(f64::NAN, f64::max);
        if best < 0.75 {
            judge.add(
                ProblemCode::TaxonMismatch,
                taxon,
                registered(|p| Some(p.taxon.clone())),
                "the document is for another taxon",
            );
        }
    }
    if comparison.field("origin") == Some(0.0) {
        let declared = presented.origin.map_or_else(String::new, |origin| origin.to_string());
        judge.add(
            ProblemCode::OriginMismatch,
            declared,
            registered(|p| p.origin.map(|o| o.to_string())),
            "the document is for another country of origin",
        );
    }
}

fn codes(judge: &mut Judge<'_>) {
    let (document, presented) = (judge.document, judge.asked.presented);
    for position in &document.positions {
        for source in [presented.source, position.source].into_iter().flatten() {
            if let Some(why) = source_fault(source, position) {
                judge.add(ProblemCode::SourceImplausible, source, &position.taxon, why);
            }
        }
        let wild = !matches!(position.source, Some('A' | 'D' | 'O'));
        let commercial = [presented.purpose, document.purpose].contains(&Some('T'));
        if position.appendix == Some(Appendix::I) && commercial && wild {
            judge.add(
                ProblemCode::PurposeForbidden,
                "T",
                &position.taxon,
                "commercial trade in wild wood of Appendix I is not permitted",
            );
        }
    }
}

/// Why a source code cannot be that of the wood.
fn source_fault(source: char, position: &Position) -> Option<&'static str> {
    /// Slow woods of natural forests for which no plantation supplies trade (indicators, C18).
    const NO_PLANTATION: [(&str, &[&str]); 4] = [
        ("Dalbergia cochinchinensis", &["LA", "KH"]),
        ("Dalbergia", &["MG"]),
        ("Diospyros", &["MG"]),
        ("Osyris", &["BI", "ET", "KE", "RW", "TZ", "UG"]),
    ];
    let origin = position.origin.map(|origin| origin.to_string()).unwrap_or_default();
    match source {
        'C' | 'F' | 'R' | 'X' => Some("this source code is for animals or the sea, not for wood"),
        'D' if position.appendix.is_some_and(|appendix| appendix != Appendix::I) => {
            Some("source D is for plants of Appendix I only")
        }
        'A' | 'D' | 'Y' => NO_PLANTATION
            .iter()
            .any(|(taxon, countries)| {
                let taxon_meets =
                    if taxon.contains(' ') { *taxon == position.taxon } else { *taxon == genus_of(&position.taxon) };
                taxon_meets && countries.contains(&origin.as_str())
            })
            .then_some("no plantation supplies trade in this wood of this origin"),
        'U' => Some("source unknown must be justified"),
        _ => None,
    }
}
