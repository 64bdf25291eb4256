//! Tells webhooks of events, each in order, at least once.
//!
//! In: entries of the log, which are what is to be told: whatever is on record is told, and nothing that is not. Out: messages,
//! signed (Standard Webhooks), one after another for each webhook; the next only when the one before was taken or given up. Of
//! several processes one has a webhook, by its lease, whose note says how far it was told: who dies between a message and its
//! note sends it again under the same id. Not here: who is told (`service/webhooks.rs`), what (`service/webhook_events.rs`).

mod sign;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use self::sign::signature;
use crate::config::{
    MAX_DEAD_LETTERS, MAX_MESSAGES_A_TURN, WEBHOOK_LEASE, WEBHOOK_PAUSE, WEBHOOK_STEPS_SECONDS, WEBHOOKS_AT_ONCE,
};
pub use crate::outgoing::Client;
use crate::secret;
use crate::service::webhook_events::Message;
use crate::service::webhooks::{Dead, Told, lease_name};
use crate::service::{Caller, Office, OfficeError};
use crate::state::State;
use crate::store::{Entry, Kind, Lease, Resent, Webhook};

/// Entries that are looked at together.
const STEP: usize = 200;

/// Tells, for as long as the service runs.
pub async fn delivers(state: State) {
    let Ok(holder) = secret::id("p") else { return };
    let client = match Client::new(state.outbound.as_ref().clone()) {
        Ok(client) => Arc::new(client),
        Err(why) => return tracing::error!(%why, "no webhook is told of events"),
    };
    let Some(office) = state.office.clone() else { return };
    let mut is_away = false;
    loop {
        let done = round(&office, &client, &holder).await;
        let was_away = std::mem::replace(&mut is_away, done.is_err());
        match done {
            Ok(true) => continue,
            Err(why) if !was_away => tracing::warn!(%why, "webhooks are not told; tried again"),
            _ => {}
        }
        tokio::time::sleep(WEBHOOK_PAUSE).await;
    }
}

/// One turn of every webhook; was there something to be told?
pub async fn round(office: &Arc<Office>, client: &Arc<Client>, holder: &str) -> Result<bool, OfficeError> {
    let own = Arc::clone(office);
    let all = tokio::task::spawn_blocking(move || own.store.webhooks());
    let all = all.await.unwrap_or_else(|_| Ok(Vec::new()))?;
    let mut waiting = all.into_iter().filter(|webhook| webhook.ended_at.is_none());
    let (mut turns, mut told, mut failed) = (JoinSet::new(), false, None);
    loop {
        while turns.len() < WEBHOOKS_AT_ONCE
            && let Some(webhook) = waiting.next()
        {
            let (office, client, holder) = (Arc::clone(office), Arc::clone(client), holder.to_owned());
            turns.spawn_blocking(move || Turn { office: &office, client: &client, holder: &holder, webhook }.taken());
        }
        match turns.join_next().await {
            None => break,
            Some(Ok(Ok(n))) => told |= n,
            Some(Ok(Err(error))) => failed = Some(error),
            Some(Err(_)) => tracing::error!("a webhook was not told: it broke"),
        }
    }
    failed.map_or(Ok(told), Err)
}

/// One turn of a webhook.
struct Turn<'a> {
    office: &'a Office,
    client: &'a Client,
    holder: &'a str,
    webhook: Webhook,
}

impl Turn<'_> {
    /// Takes the turn, if there is something to be told and nobody else is at it.
    fn taken(&self) -> Result<bool, OfficeError> {
        let told = self.office.webhook_told(&self.webhook)?;
        let now = self.office.clock.now();
        let is_idle = told.again.is_empty() && self.office.store.n_entries()? <= told.upto;
        if is_idle || told.next_at.is_some_and(|at| at > now) || !self.held(WEBHOOK_LEASE, None)? {
            return Ok(false);
        }
        // What was noted before it was held is old.
        let mut told = self.office.webhook_told(&self.webhook)?;
        let sent = if told.next_at.is_some_and(|at| at > now) { Ok(false) } else { self.sent(&mut told) };
        // Who lost it has nothing to note.
        if sent != Err(OfficeError::Busy) {
            self.held(Duration::ZERO, Some(&told))?;
        }
        sent
    }

    fn held(&self, length: Duration, told: Option<&Told>) -> Result<bool, OfficeError> {
        let note = told.and_then(|told| serde_json::to_string(told).ok());
        let (name, holder) = (lease_name(&self.webhook.id), self.holder.to_owned());
        Ok(self.office.store.lease(Lease { name, holder, length, note })?)
    }

    /// Sends what there is, up to [`MAX_MESSAGES_A_TURN`].
    fn sent(&self, told: &mut Told) -> Result<bool, OfficeError> {
        let caller = match self.office.reader_by_id(&self.webhook.reader) {
            Ok(caller) => caller,
            Err(OfficeError::Store(error)) => return Err(error.into()),
            // Who is out is told nothing of what happens meanwhile.
            Err(_) => {
                *told = Told {
                    upto: self.office.store.n_entries()?,
                    dead: std::mem::take(&mut told.dead),
                    ..Told::default()
                };
                return Ok(false);
            }
        };
        let mut n = 0;
        while n < MAX_MESSAGES_A_TURN {
            let again = told.again.first().copied();
            let after = again.map_or(told.upto, |seq| seq.saturating_sub(1));
            let limit = if again.is_some() { 1 } else { STEP };
            let entries = self.office.store.entries(after, limit)?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                if !self.entry(&entry, &caller, told, &mut n)? {
                    return Ok(false);
                }
                match again {
                    Some(_) => drop(told.again.remove(0)),
                    None => told.upto = entry.seq,
                }
                told.within = 0;
                if n >= MAX_MESSAGES_A_TURN || !told.again.is_empty() {
                    break;
                }
            }
        }
        Ok(n > 0)
    }

    /// Tells all that one entry means; false when one of it was not taken and waits.
    fn entry(&self, entry: &Entry, caller: &Caller, told: &mut Told, n: &mut usize) -> Result<bool, OfficeError> {
        if entry.kind == Kind::WebhookResent && entry.subject == self.webhook.id {
            let body = self.office.store.body(&entry.body)?;
            let resent: Option<Resent> = body.and_then(|body| serde_json::from_slice(&body.bytes).ok());
            told.again = resent.map(|resent| resent.entries).unwrap_or_default();
            return Ok(true);
        }
        let messages = self.office.messages(entry, caller, &self.webhook.only)?;
        for message in messages.into_iter().filter(|one| self.webhook.events.contains(&one.event)).skip(told.within) {
            let id = self.office.message_id(&self.webhook.id, entry.seq, message.event);
            match self.posted(&id, &message) {
                Ok(()) => told.dead.retain(|dead| dead.id != id),
                Err(why) => {
                    if let Some(seconds) = WEBHOOK_STEPS_SECONDS.get(told.attempts) {
                        told.attempts += 1;
                        told.next_at = self.office.clock.now().checked_add(SignedDuration::from_secs(*seconds)).ok();
                        told.why = Some(why);
                        return Ok(false);
                    }
                    tracing::warn!(webhook = self.webhook.id, message = id, %why, "given up; it is a dead letter");
                    told.dead.retain(|dead| dead.id != id);
                    let (seq, event, at) = (entry.seq, message.event, self.office.clock.now());
                    told.dead.push(Dead { id, seq, event, at, why });
                    let over = told.dead.len().saturating_sub(MAX_DEAD_LETTERS);
                    told.dead.drain(..over);
                }
            }
            *n += 1;
            told.within += 1;
            (told.attempts, told.next_at, told.why) = (0, None, None);
            // What was told is noted before the next goes out; whoever lost his lease meanwhile stops.
            if !self.held(WEBHOOK_LEASE, Some(told))? {
                return Err(OfficeError::Busy);
            }
        }
        Ok(true)
    }

    /// Sends one message; why it was not taken.
    fn posted(&self, id: &str, message: &Message) -> Result<(), String> {
        let body = serde_json::to_string(message).map_err(|error| error.to_string())?;
        let at = self.office.clock.now().as_second();
        let secrets = self.office.webhook_secrets(&self.webhook);
        let signatures: Vec<String> = secrets.iter().map(|secret| signature(secret, id, at, &body)).collect();
        let head = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ];
        Handle::current().block_on(self.client.post(&self.webhook.url, &head, body))
    }
}
