//! Tokens of an OpenID Connect issuer, beside keys: who logs in there asks here by the token that he was given.
//!
//! In: the issuer and the audience that the operator named, and a token. Out: whose it is by the issuer, or nothing. Only issuer
//! and subject are taken from a token: who that is here, and what he may do, an administrator said. Keys come from the issuer's
//! own set alone, never from a token; its algorithms are a closed list without any that a public key could be the secret of.
//! The set is kept: while the issuer is away those it had go on for [`OIDC_KEYS_HOURS`].

mod jwks;
mod jws;

use std::sync::{Arc, Mutex, TryLockError};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::runtime::Handle;

use self::jwks::Keys;
use self::jws::Jws;
use crate::config::{
    MAX_ISSUER_BYTES, MAX_SUBJECT_CHARS, OIDC_KEYS_HOURS, OIDC_LEEWAY_SECONDS, OIDC_PAUSE_SECONDS, OIDC_REFRESH_SECONDS,
};
use crate::outgoing::Client;
use crate::service::tokens::{Subject, Tokens};

/// An issuer whose tokens are taken.
pub struct Issuer {
    issuer: String,
    audience: String,
    client: Client,
    known: ArcSwap<Known>,
    /// Held while the set is fetched: since when it may be asked for again.
    fetching: Mutex<Option<Timestamp>>,
}

/// The set as it was fetched last.
#[derive(Default)]
struct Known {
    keys: Keys,
    at: Option<Timestamp>,
}

/// What of the issuer's description is looked at.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
}

/// What of a token is looked at.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Some(Vec<String>),
}

impl Issuer {
    /// An issuer by its address; nothing is asked of it yet.
    pub fn new(issuer: &str, audience: &str, client: Client) -> Result<Self, String> {
        let is_address = issuer.parse::<hyper::Uri>().is_ok_and(|uri| uri.host().is_some() && uri.query().is_none());
        if !is_address || audience.is_empty() {
            return Err(format!("`{issuer}` is no issuer such as https://login.example, or the audience is empty"));
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            client,
            known: ArcSwap::default(),
            fetching: Mutex::default(),
        })
    }

    /// Fetches the set of keys anew; those before go on where that fails.
    pub async fn refreshed(&self, now: Timestamp) -> Result<(), String> {
        let about = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let about = self.client.get(&about, MAX_ISSUER_BYTES).await?;
        let about: Description =
            serde_json::from_slice(&about).map_err(|_| "its description cannot be read".to_owned())?;
        // One that describes another would have its keys taken for this one's.
        if about.issuer != self.issuer {
            return Err("its description is of another issuer".to_owned());
        }
        let set = self.client.get(&about.jwks_uri, MAX_ISSUER_BYTES).await?;
        let keys = Keys::read(&set)?;
        self.known.store(Arc::new(Known { keys, at: Some(now) }));
        Ok(())
    }

    /// Fetches it for a key that is not known, at most every [`OIDC_PAUSE_SECONDS`], and for one caller: who else asks
    /// meanwhile is told no, so that nobody fills the house with waiting.
    fn refreshed_for(&self, now: Timestamp) {
        let mut next = match self.fetching.try_lock() {
            Ok(next) => next,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if next.is_some_and(|next| now < next) {
            return;
        }
        *next = now.checked_add(SignedDuration::from_secs(OIDC_PAUSE_SECONDS)).ok();
        if let Err(why) = Handle::current().block_on(self.refreshed(now)) {
            tracing::warn!(%why, "the keys of the issuer were not fetched; those before go on");
        }
    }

    /// The claims of a token that is signed by a key of the issuer.
    fn signed(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let jws = Jws::read(token)?;
        let is_known = |known: &Known| known.keys.has(&jws.kid);
        if !is_known(&self.known.load()) {
            self.refreshed_for(now);
        }
        let known = self.known.load();
        let oldest = now.checked_sub(SignedDuration::from_hours(OIDC_KEYS_HOURS)).ok()?;
        if known.at.is_none_or(|at| at < oldest) {
            return None;
        }
        known.keys.verify(&jws)?;
        serde_json::from_slice(&jws.payload).ok()
    }
}

impl Tokens for Issuer {
    fn subject(&self, token: &str, now: Timestamp) -> Option<Subject> {
        let Claims { iss, sub, aud, exp, nbf, iat } = self.signed(token, now)?;
        let (now, leeway) = (now.as_second() as f64, OIDC_LEEWAY_SECONDS as f64);
        let is_ours = match &aud {
            Audience::One(one) => *one == self.audience,
            Audience::Some(all) => all.contains(&self.audience),
        };
        let is_in_time = now < exp + leeway && [nbf, iat].into_iter().flatten().all(|from| from <= now + leeway);
        let is_name = !sub.is_empty() && sub.chars().count() <= MAX_SUBJECT_CHARS && !sub.chars().any(char::is_control);
        (iss == self.issuer && is_ours && is_in_time && is_name).then_some(Subject { issuer: iss, subject: sub })
    }

    fn refresh(&self, now: Timestamp) -> u64 {
        let pause = match Handle::current().block_on(self.refreshed(now)) {
            Ok(()) => OIDC_REFRESH_SECONDS,
            Err(why) => {
                tracing::warn!(%why, "the keys of the issuer were not fetched; those before go on");
                OIDC_PAUSE_SECONDS
            }
        };
        pause.unsigned_abs()
    }
}
