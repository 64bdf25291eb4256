//! Whom events are told: an administrator names an address for a reader, and what could not be told is listed and sent again.
//!
//! In: what is wanted. Out: entries; a secret, shown once. The secret is made of the key of the log and kept nowhere: no copy of
//! the store and no export tells it. How far each was told is a note of its lease. Not here: sending (`webhooks`), what a message
//! says (`webhook_events.rs`).

use std::collections::BTreeSet;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::office::{Faults, Office, OfficeError};
use super::outbound::Outbound;
use crate::config::{MAX_FIELD_CHARS, MAX_ONLY_TAXA, MAX_URL_CHARS, MAX_WEBHOOKS, WEBHOOK_OVERLAP_HOURS};
use crate::secret;
use crate::store::{Batch, Event, Hash, Kind, Only, Resent, Webhook};

/// A webhook that is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Id of the reader as whom it is told.
    pub reader: String,
    pub url: String,
    pub events: BTreeSet<Event>,
    /// Of which information it is told.
    pub only: Only,
}

/// A webhook with its secret: the only time that it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct NewSecret {
    pub webhook: Webhook,
    /// `whsec_` and base64, as Standard Webhooks writes it.
    pub secret: String,
}

/// How far a webhook was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Number of the last entry that was told or meant nothing.
    pub upto: u64,
    /// Messages of the entry after it that were told.
    #[serde(default)]
    pub within: usize,
    /// How often the next one was not taken.
    #[serde(default)]
    pub attempts: usize,
    /// Not before.
    #[serde(default)]
    pub next_at: Option<Timestamp>,
    /// Why it was not taken last.
    #[serde(default)]
    pub why: Option<String>,
    /// What is sent again before all else.
    #[serde(default)]
    pub again: Vec<u64>,
    /// What was given up.
    #[serde(default)]
    pub dead: Vec<Dead>,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dead {
    /// Id of the message.
    pub id: String,
    /// Its entry.
    pub seq: u64,
    pub event: Event,
    /// When it was given up.
    pub at: Timestamp,
    pub why: String,
}

/// A webhook as it is listed.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    #[serde(flatten)]
    pub webhook: Webhook,
    /// How often the next message was not taken.
    pub attempts: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Messages that were given up.
    pub dead: usize,
}

/// The name of a webhook's lease.
pub fn lease_name(webhook: &str) -> String {
    format!("webhook {webhook}")
}

impl Office {
    /// Adds a webhook, and shows its secret.
    pub fn add_webhook(&self, by: &str, wanted: Wanted, outbound: &Outbound) -> Result<NewSecret, OfficeError> {
        let mut faults = Faults::default();
        faults.form.extend(url_fault(&wanted.url, outbound));
        let is_informed =
            [Event::InformationLive, Event::InformationShared].iter().any(|one| wanted.events.contains(one));
        if !is_informed && !wanted.only.is_empty() {
            faults.form.push("`only` is of information.live and information.shared; ask for one of them".to_owned());
        }
        if wanted.only.taxa.len() > MAX_ONLY_TAXA {
            faults.form.push(format!("`only` names up to MAX_ONLY_TAXA ({MAX_ONLY_TAXA}) taxa"));
        }
        let is_long = |taxon: &&String| taxon.trim().is_empty() || taxon.chars().count() > MAX_FIELD_CHARS;
        if wanted.only.taxa.iter().any(|taxon| is_long(&taxon)) {
            faults.form.push(format!("a taxon has 1 to MAX_FIELD_CHARS ({MAX_FIELD_CHARS}) characters"));
        }
        if wanted.events.is_empty() {
            faults.form.push("a webhook is told at least one kind of event".to_owned());
        }
        let all = self.store.webhooks()?;
        if all.iter().filter(|one| one.ended_at.is_none()).count() >= MAX_WEBHOOKS {
            faults.standing.push(format!("there are MAX_WEBHOOKS ({MAX_WEBHOOKS}) webhooks; end one"));
        }
        faults.checked()?;
        self.reader_by_id(&wanted.reader)?;
        let Wanted { reader, url, events, only } = wanted;
        let (id, added_at, after) = (secret::short_id("w")?, self.clock.now(), self.store.n_entries()?);
        let webhook =
            Webhook { id, reader, url, events, only, secret: 1, added_at, after, secret_at: None, ended_at: None };
        let draft = self.says(by, Kind::WebhookAdded, &webhook.id, &webhook)?;
        self.store.append(Batch::of(draft))?;
        Ok(NewSecret { secret: written(&self.webhook_secret(&webhook, webhook.secret)), webhook })
    }

    /// Webhooks and how they stand.
    pub fn listed_webhooks(&self) -> Result<Vec<Listed>, OfficeError> {
        let listed = |webhook: Webhook| {
            let Told { attempts, next_at, why, dead, .. } = self.webhook_told(&webhook)?;
            Ok(Listed { webhook, attempts, next_at, why, dead: dead.len() })
        };
        self.store.webhooks()?.into_iter().map(listed).collect()
    }

    /// A webhook that has not ended.
    pub fn webhook(&self, id: &str) -> Result<Webhook, OfficeError> {
        let missing =
            || OfficeError::Missing { what: "webhook", id: id.chars().filter(|c| !c.is_control()).take(40).collect() };
        let found = self.store.webhooks()?.into_iter().find(|one| one.id == id && one.ended_at.is_none());
        found.ok_or_else(missing)
    }

    /// Ends a webhook: nothing is sent to it any more.
    pub fn end_webhook(&self, by: &str, id: &str) -> Result<Webhook, OfficeError> {
        let webhook = Webhook { ended_at: Some(self.clock.now()), ..self.webhook(id)? };
        self.store.append(Batch::of(self.says(by, Kind::WebhookChanged, id, &webhook)?))?;
        Ok(webhook)
    }

    /// Makes a new secret; the one before signs beside it for [`WEBHOOK_OVERLAP_HOURS`].
    pub fn rotate_webhook(&self, by: &str, id: &str) -> Result<NewSecret, OfficeError> {
        let before = self.webhook(id)?;
        let webhook = Webhook { secret: before.secret + 1, secret_at: Some(self.clock.now()), ..before };
        self.store.append(Batch::of(self.says(by, Kind::WebhookChanged, id, &webhook)?))?;
        Ok(NewSecret { secret: written(&self.webhook_secret(&webhook, webhook.secret)), webhook })
    }

    /// What was given up and not sent since.
    pub fn dead_letters(&self, id: &str) -> Result<Vec<Dead>, OfficeError> {
        let webhook = self.webhook(id)?;
        Ok(self.webhook_told(&webhook)?.dead)
    }

    /// Has what was given up sent again: these messages, or all; how many.
    pub fn resend(&self, by: &str, id: &str, messages: Option<&BTreeSet<String>>) -> Result<usize, OfficeError> {
        let dead = self.dead_letters(id)?;
        let is_wanted = |one: &&Dead| messages.is_none_or(|messages| messages.contains(&one.id));
        let found: BTreeSet<u64> = dead.iter().filter(is_wanted).map(|one| one.seq).collect();
        let n = dead.iter().filter(is_wanted).count();
        if messages.is_some_and(|messages| messages.len() != n) {
            let why =
                "one of these messages was not given up, or was sent since; the dead letters list those that were";
            return Err(OfficeError::Conflict(vec![why.to_owned()]));
        }
        if n > 0 {
            let resent = Resent { entries: found.into_iter().collect() };
            self.store.append(Batch::of(self.says(by, Kind::WebhookResent, id, &resent)?))?;
        }
        Ok(n)
    }

    /// How far a webhook was told; from its adding, where nothing is known.
    pub fn webhook_told(&self, webhook: &Webhook) -> Result<Told, OfficeError> {
        let note = self.store.leased(&lease_name(&webhook.id))?.map(|leased| leased.note).unwrap_or_default();
        Ok(serde_json::from_str(&note).unwrap_or_else(|_| Told { upto: webhook.after, ..Told::default() }))
    }

    /// The secrets that sign now, the newest first.
    pub fn webhook_secrets(&self, webhook: &Webhook) -> Vec<Hash> {
        let mut secrets = vec![self.webhook_secret(webhook, webhook.secret)];
        let overlap = SignedDuration::from_hours(WEBHOOK_OVERLAP_HOURS);
        if webhook.secret_at.is_some_and(|at| self.clock.now().duration_since(at) < overlap) {
            secrets.push(self.webhook_secret(webhook, webhook.secret.saturating_sub(1)));
        }
        secrets
    }

    fn webhook_secret(&self, webhook: &Webhook, n: u32) -> Hash {
        self.store.secret(&format!("webhook {} {n}", webhook.id))
    }
}

fn written(secret: &Hash) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// Why an address is none that messages are sent to. What a name leads to is looked at when it is connected to.
fn url_fault(text: &str, outbound: &Outbound) -> Option<String> {
    if text.len() > MAX_URL_CHARS || !text.is_ascii() || text.bytes().any(|b| b.is_ascii_control() || b == b' ') {
        return Some(format!("`url` is ASCII without blanks, up to MAX_URL_CHARS ({MAX_URL_CHARS})"));
    }
    let Ok(url) = text.parse::<hyper::Uri>() else {
        return Some("`url` is no address such as https://port.example/hooks".to_owned());
    };
    match url.scheme_str() {
        Some("https") => {}
        Some("http") if outbound.is_http_allowed => {}
        _ => return Some("`url` begins with https://; http:// is sent to only with --webhook-http".to_owned()),
    }
    let authority = url.authority().map(|authority| authority.as_str()).unwrap_or_default();
    if authority.contains('@') || text.contains('#') {
        return Some("`url` holds neither a user nor a fragment".to_owned());
    }
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        _ if host.is_empty() => Some("`url` names no host".to_owned()),
        Ok(address) if !outbound.may(address) => {
            Some(format!("`{address}` is an address of an inner network; allow it with --webhook-allow"))
        }
        _ => None,
    }
}
