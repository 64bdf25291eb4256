//! `palisander webhooks`: whom events are told, at the machine that keeps the state.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use palisander_engine::CountryCode;

use super::out::{self, putln};
use super::safe;
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::service::outbound::{Network, Outbound};
use crate::service::readers::OPERATOR;
use crate::service::webhooks::{NewSecret, Wanted};
use crate::service::{Clock, Office, OfficeError};
use crate::store::{Event, InformationKind, Only};

/// What is done with webhooks.
#[derive(Subcommand)]
pub enum Command {
    /// Tell a reader of events at an address, and show the secret that signs this once
    ///
    /// Messages are those of Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature` (HMAC-SHA256). They hold
    /// kinds and ids alone, of what this reader may know; what happened he asks for with his key. In order, at least once; the
    /// id of a message is the same each time that it is sent. A running service sends them.
    Add(Add),
    /// Show webhooks, and how far each was told
    List(List),
    /// Tell nothing more
    End(One),
    /// Make a new secret; the one before signs beside it for a day
    Rotate(One),
    /// Show messages that were given up
    Dead(One),
    /// Send again what was given up
    Resend(Resend),
}

/// A webhook that is wanted.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    state: State,
    /// The reader as whom it is told, by his id
    #[arg(long, value_name = "ID")]
    reader: String,
    /// Where messages are sent to: https://port.example/hooks
    #[arg(long, value_name = "URL")]
    url: String,
    /// A kind of event; may be given more than once
    #[arg(long, required = true, value_parser = PossibleValuesParser::new(Event::ALL.iter().map(|event| event.as_str())))]
    event: Vec<String>,
    /// Of information only what names this country or passes it (ISO 3166); may be given more than once
    #[arg(long, value_name = "CODE")]
    country: Vec<CountryCode>,
    /// Of information only what names this taxon, its genus or its species; may be given more than once
    #[arg(long, value_name = "NAME")]
    taxon: Vec<String>,
    /// Of information only this kind; may be given more than once
    #[arg(long, value_parser = PossibleValuesParser::new(InformationKind::ALL.iter().map(|kind| kind.as_str())))]
    kind: Vec<String>,
    /// As `serve` has it: an address of this network may be named
    #[arg(long, value_name = "NETWORK")]
    webhook_allow: Vec<Network>,
    /// As `serve` has it: also without TLS
    #[arg(long)]
    webhook_http: bool,
    /// One JSON document, for programs
    #[arg(long)]
    json: bool,
}

/// How webhooks are shown.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    state: State,
    /// One JSON document, for programs
    #[arg(long)]
    json: bool,
    /// Columns to write for [default: the terminal's]
    #[arg(long, value_name = "N")]
    columns: Option<u16>,
}

/// One webhook that is there.
#[derive(Args)]
pub struct One {
    #[command(flatten)]
    state: State,
    /// Id of the webhook
    id: String,
    /// One JSON document, for programs
    #[arg(long)]
    json: bool,
}

/// What is sent again.
#[derive(Args)]
pub struct Resend {
    #[command(flatten)]
    state: State,
    /// Id of the webhook
    id: String,
    /// Only this message, by its id; may be given more than once [default: all that were given up]
    #[arg(long, value_name = "ID")]
    message: Vec<String>,
}

/// Runs it; the exit code.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Add(add) => added(add),
        Command::List(list) => listed(list),
        Command::End(one) => ended(one),
        Command::Rotate(one) => rotated(one),
        Command::Dead(one) => dead(one),
        Command::Resend(resend) => resent(resend),
    };
    match done {
        Ok(()) => OK,
        Err(Stop { code, why }) => {
            say(&why);
            code
        }
    }
}

fn office(state: &State) -> Result<Office, Stop> {
    let (_, store) = state.existing()?;
    Ok(Office::new(Arc::from(store), Clock::default()))
}

impl From<OfficeError> for Stop {
    fn from(error: OfficeError) -> Self {
        let code = match error {
            OfficeError::Wrong(_) | OfficeError::Conflict(_) | OfficeError::Missing { .. } => BAD_ARGUMENTS,
            _ => UNREADABLE,
        };
        Self { code, why: error.to_string() }
    }
}

fn added(add: &Add) -> Result<(), Stop> {
    let events: BTreeSet<Event> = add.event.iter().filter_map(|word| Event::read(word)).collect();
    let outbound = Outbound { allowed: add.webhook_allow.clone(), is_http_allowed: add.webhook_http };
    let only = Only {
        countries: add.country.iter().copied().collect(),
        taxa: add.taxon.iter().cloned().collect(),
        kinds: add.kind.iter().filter_map(|kind| InformationKind::read(kind)).collect(),
    };
    let wanted = Wanted { reader: add.reader.clone(), url: add.url.clone(), events, only };
    told(&office(&add.state)?.add_webhook(OPERATOR, wanted, &outbound)?, add.json);
    Ok(())
}

fn rotated(one: &One) -> Result<(), Stop> {
    told(&office(&one.state)?.rotate_webhook(OPERATOR, &one.id)?, one.json);
    Ok(())
}

/// Shows a secret: the only time.
fn told(new: &NewSecret, json: bool) {
    if json {
        return putln!("{}", serde_json::to_string(new).unwrap_or_default());
    }
    let NewSecret { webhook, secret } = new;
    putln!("Webhook {} for reader {}", webhook.id, webhook.reader);
    putln!("{}", webhook.url);
    putln!("");
    putln!("Secret, shown this once:");
    putln!("{secret}");
}

fn ended(one: &One) -> Result<(), Stop> {
    let webhook = office(&one.state)?.end_webhook(OPERATOR, &one.id)?;
    putln!("Webhook {} is told nothing more.", webhook.id);
    Ok(())
}

fn listed(list: &List) -> Result<(), Stop> {
    let all = office(&list.state)?.listed_webhooks()?;
    if list.json {
        putln!("{}", serde_json::json!({ "webhooks": all }));
        return Ok(());
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(out::columns(list.columns));
    table.set_header(["webhook", "reader", "events", "given up", "stands"]);
    for one in &all {
        let events: Vec<&str> = one.webhook.events.iter().map(|event| event.as_str()).collect();
        let stands = match (&one.why, one.webhook.ended_at) {
            (_, Some(at)) => format!("ended {at}"),
            (Some(why), None) => format!("{} times not taken: {}", one.attempts, safe::line(why)),
            (None, None) => "told".to_owned(),
        };
        let id = format!("{}\n{}", one.webhook.id, safe::line(&one.webhook.url));
        table.add_row([id, one.webhook.reader.clone(), events.join("\n"), one.dead.to_string(), stands]);
    }
    putln!("{table}");
    Ok(())
}

fn dead(one: &One) -> Result<(), Stop> {
    let dead = office(&one.state)?.dead_letters(&one.id)?;
    for letter in &dead {
        match one.json {
            true => putln!(
                "{}",
                serde_json::json!({ "id": letter.id, "event": letter.event, "given_up_at": letter.at, "why": letter.why })
            ),
            false => putln!("{}  {}  {}  {}", letter.id, letter.event, letter.at, safe::line(&letter.why)),
        }
    }
    say(&format!("{} messages were given up", dead.len()));
    Ok(())
}

fn resent(resend: &Resend) -> Result<(), Stop> {
    let some: BTreeSet<String> = resend.message.iter().cloned().collect();
    let messages = (!some.is_empty()).then_some(&some);
    let n = office(&resend.state)?.resend(OPERATOR, &resend.id, messages)?;
    say(&format!("{n} messages are sent again by the service, before all else"));
    Ok(())
}
