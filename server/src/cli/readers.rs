//! `palisander readers`: who may ask a service, at the machine that keeps its state.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use palisander_engine::{Date, Label};

use super::out::{self, put, putln};
use super::safe;
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::service::readers::{KeyWish, Listed, NewKey, OPERATOR, Wanted};
use crate::service::tokens::Subject;
use crate::service::{Clock, Office, OfficeError};
use crate::store::{GroupKind, ReaderKind, Role};

/// What is done with readers.
#[derive(Subcommand)]
pub enum Command {
    /// Add a reader, and show his key this once
    Add(Add),
    /// Show readers, their groups, keys, and when each key was last used
    List(List),
    /// Set the last day of a reader; without a day his keys end now
    Expire(Expire),
    /// Make a new key for a reader, and end the older ones
    Rotate(Rotate),
    /// Say which subject of an OpenID Connect issuer a reader is, or with --end that it is nobody any more
    Subject(SubjectOf),
    /// Add a group, or set its last day: its members read on that day, and no more after midnight UTC
    Group(GroupOf),
}

/// A reader that is wanted.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    state: State,
    /// Name that lists show
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// What he may do; may be given more than once
    #[arg(long, required = true, value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.as_str())))]
    role: Vec<String>,
    /// A machine of an office: it sends and reads, and signs nothing
    #[arg(long)]
    machine: bool,
    /// The strictest label that he may read
    #[arg(long, value_name = "LABEL", default_value = "TLP:CLEAR")]
    clearance: String,
    /// Id of a group that he belongs to
    #[arg(long, value_name = "ID")]
    group: Vec<String>,
    /// His last day, in UTC
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    #[command(flatten)]
    key: KeyOf,
    #[command(flatten)]
    shown: Shown,
}

/// What the new key is to be.
#[derive(Args)]
pub struct KeyOf {
    /// Days for which the key opens
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// Only this role of the reader; may be given more than once
    #[arg(long, value_name = "ROLE", value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.as_str())))]
    only: Vec<String>,
}

/// How the answer looks.
#[derive(Args)]
pub struct Shown {
    /// One JSON document, for programs
    #[arg(long)]
    json: bool,
}

/// Which readers are shown.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    shown: Shown,
    /// Columns to write for [default: the terminal's]
    #[arg(long, value_name = "N")]
    columns: Option<u16>,
}

/// Whose last day is set.
#[derive(Args)]
pub struct Expire {
    #[command(flatten)]
    state: State,
    /// Id of the reader
    id: String,
    /// His last day, in UTC [default: he is out now]
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
}

/// Who gets a new key.
#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    state: State,
    /// Id of the reader
    id: String,
    #[command(flatten)]
    key: KeyOf,
    /// Hours for which his older keys still open
    #[arg(long, value_name = "N", default_value = "0")]
    overlap: u32,
    #[command(flatten)]
    shown: Shown,
}

/// Somebody as another authority names him.
#[derive(Args)]
pub struct SubjectOf {
    #[command(flatten)]
    state: State,
    /// Id of the reader
    id: String,
    /// The issuer, as `serve --oidc-issuer` has it
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// His subject there: `sub` of his tokens
    #[arg(long, value_name = "SUB")]
    subject: String,
    /// He is nobody here any more
    #[arg(long)]
    end: bool,
}

/// A group that is wanted, or ends.
#[derive(Args)]
pub struct GroupOf {
    #[command(flatten)]
    state: State,
    /// Id of a group that is there: its last day is set
    #[arg(long, value_name = "ID", conflicts_with_all = ["name", "kind"], requires = "until")]
    id: Option<String>,
    /// Name of a new group
    #[arg(long, value_name = "TEXT", required_unless_present = "id")]
    name: Option<String>,
    /// What the new group is
    #[arg(long, default_value = "unit", value_parser = PossibleValuesParser::new(GroupKind::ALL.iter().map(|kind| kind.as_str())))]
    kind: String,
    /// Its last day, in UTC
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
}

/// Runs it; the exit code.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Add(add) => added(add),
        Command::List(list) => listed(list),
        Command::Expire(expire) => expired(expire),
        Command::Rotate(rotate) => rotated(rotate),
        Command::Group(group) => grouped(group),
        Command::Subject(of) => bound(of),
    };
    match done {
        Ok(()) => OK,
        Err(Stopped::State(Stop { code, why })) => {
            say(&why);
            code
        }
        Err(Stopped::Office(error)) => {
            say(&error.to_string());
            match error {
                OfficeError::Wrong(_) | OfficeError::Conflict(_) | OfficeError::Missing { .. } => BAD_ARGUMENTS,
                _ => UNREADABLE,
            }
        }
    }
}

/// Why the command did not do it.
enum Stopped {
    State(Stop),
    Office(OfficeError),
}

impl From<OfficeError> for Stopped {
    fn from(error: OfficeError) -> Self {
        Self::Office(error)
    }
}

fn office(state: &State) -> Result<Office, Stopped> {
    let (_, store) = state.existing().map_err(Stopped::State)?;
    Ok(Office::new(Arc::from(store), Clock::default()))
}

fn roles(words: &[String]) -> BTreeSet<Role> {
    words.iter().filter_map(|word| Role::read(word)).collect()
}

fn wish(key: &KeyOf, overlap_hours: u32) -> KeyWish {
    let only = roles(&key.only);
    KeyWish { days: key.days, roles: (!only.is_empty()).then_some(only), overlap_hours }
}

fn added(add: &Add) -> Result<(), Stopped> {
    let clearance = Label::read(&add.clearance).or_else(|| Label::read(&format!("TLP:{}", add.clearance)));
    let clearance = clearance.ok_or_else(|| {
        let names = Label::ALL.map(Label::as_str).join(", ");
        OfficeError::Wrong(vec![format!("--clearance `{}` is none of {names}", add.clearance)])
    })?;
    let wanted = Wanted {
        name: add.name.clone(),
        kind: if add.machine { ReaderKind::Machine } else { ReaderKind::Person },
        roles: roles(&add.role),
        groups: add.group.iter().cloned().collect(),
        clearance,
        expires_on: add.until,
        key: wish(&add.key, 0),
    };
    let new = office(&add.state)?.add_reader(OPERATOR, wanted)?;
    told(&new, add.shown.json);
    Ok(())
}

fn rotated(rotate: &Rotate) -> Result<(), Stopped> {
    let office = office(&rotate.state)?;
    let new = office.rotate_key(OPERATOR, &rotate.id, wish(&rotate.key, rotate.overlap))?;
    told(&new, rotate.shown.json);
    Ok(())
}

/// Shows a new key: the only time.
fn told(new: &NewKey, json: bool) {
    if json {
        return putln!("{}", serde_json::to_string(new).unwrap_or_default());
    }
    let NewKey { reader, key, expires_on, .. } = new;
    let roles: Vec<&str> = reader.roles.iter().map(|role| role.as_str()).collect();
    putln!("Reader {} `{}`", reader.id, reader.name);
    putln!("{}, reads up to {}", roles.join(", "), reader.clearance);
    putln!("");
    putln!("Key, shown this once; it opens until {expires_on}:");
    putln!("{key}");
}

fn expired(expire: &Expire) -> Result<(), Stopped> {
    let reader = office(&expire.state)?.expire_reader(OPERATOR, &expire.id, expire.on)?;
    match expire.on {
        Some(last) => putln!("Reader {} `{}` reads until {last}, midnight UTC.", reader.id, reader.name),
        None => putln!("Reader {} `{}` is out: none of his keys opens.", reader.id, reader.name),
    }
    Ok(())
}

fn bound(of: &SubjectOf) -> Result<(), Stopped> {
    let subject = Subject { issuer: of.issuer.clone(), subject: of.subject.clone() };
    let reader = (!of.end).then_some(of.id.as_str());
    office(&of.state)?.bind_subject(OPERATOR, subject, reader)?;
    match reader {
        Some(reader) => putln!("Reader {reader} may ask by tokens of {}, too.", of.issuer),
        None => putln!("Tokens of this subject of {} open nothing any more.", of.issuer),
    }
    Ok(())
}

fn grouped(wanted: &GroupOf) -> Result<(), Stopped> {
    let office = office(&wanted.state)?;
    let group = match (&wanted.id, wanted.until) {
        (Some(id), Some(last)) => office.end_group(OPERATOR, id, last)?,
        _ => {
            let kind = GroupKind::read(&wanted.kind).unwrap_or(GroupKind::Unit);
            office.add_group(OPERATOR, wanted.name.as_deref().unwrap_or_default(), kind, wanted.until)?
        }
    };
    let until =
        group.ends_on.map_or_else(|| "without a last day".to_owned(), |last| format!("until {last}, midnight UTC"));
    putln!("Group {} `{}`: {}, {until}", group.id, group.name, group.kind);
    Ok(())
}

fn listed(list: &List) -> Result<(), Stopped> {
    let office = office(&list.state)?;
    let all = office.listed()?;
    if list.shown.json {
        putln!("{}", serde_json::to_string(&all).unwrap_or_default());
        return Ok(());
    }
    let (today, now) = (office.clock.today(), office.clock.now());
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(out::columns(list.columns));
    table.set_header(["reader", "roles", "reads up to", "key", "last used"]);
    for Listed { reader, keys } in &all {
        let who = format!("{}\n{}", safe::line(&reader.name), reader.id);
        let roles: Vec<&str> = reader.roles.iter().map(|role| role.as_str()).collect();
        let label = reader.clearance.as_str().trim_start_matches("TLP:");
        // Keys that ended stay in the log; the list shows what opens, and the last one where none does.
        let is_open = |ended: Option<jiff::Timestamp>, last: Date| ended.is_none_or(|at| at > now) && last >= today;
        let is_in = reader.expires_on.is_none_or(|last| last >= today);
        let open: Vec<_> = keys.iter().filter(|key| is_in && is_open(key.ended_at, key.expires_on)).collect();
        let (mut key, mut used) = (Vec::new(), Vec::new());
        for one in &open {
            key.push(format!("{} to {}", one.id, one.expires_on));
            used.push(one.last_used_at.map_or_else(|| "never".to_owned(), minute));
        }
        if open.is_empty() {
            key.push("none opens".to_owned());
            used.push(keys.iter().filter_map(|key| key.last_used_at).max().map_or_else(|| "never".to_owned(), minute));
        }
        table.add_row([who, roles.join(", "), label.to_owned(), key.join("\n"), used.join("\n")]);
    }
    put!("{table}\n");
    Ok(())
}

/// The minute of a time, in UTC.
fn minute(at: jiff::Timestamp) -> String {
    at.to_string().chars().take(16).collect::<String>().replace('T', " ")
}
